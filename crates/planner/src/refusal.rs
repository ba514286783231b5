//! Why there is no plan: the conditions that were met in no reachable state, and what would unblock it, found by granting
//! one consent, attestation or fact after the other and searching again. It knows no particular action.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

use model::actions::Action;
use model::cms;
use model::condition::{Condition, Predicate};
use model::declaration::{Clause, Stage, StepId};
use model::estate::{DatabaseId, HostId, InstanceId, PoolId, StoreId};
use model::field::{Field, Value};
use model::ids::Ids;
use model::problem::{Problem, Slots, Wanted, Wish};
use model::restrict::Kept;
use model::truth::Truth;

use crate::part::{self, Effort};
use crate::parts::{joined, parts};
use crate::solve::{Outcome, possible};
use crate::step::Rules;

/// Proof that there is no plan, and the ways out.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The pools that it is about: those of the first parts that have no plan.
    pub pools: Vec<PoolId>,
    /// Pools of other parts that have none either; they are explained when it is their turn.
    pub also: Vec<PoolId>,
    /// Pools that can be planned for now, without the others.
    pub possible: Vec<PoolId>,
    /// Steps that could never begin, each with the requirements that stood in the way where it came nearest.
    pub blocked: Vec<Blocked>,
    /// What would unblock it, cheapest first; each of them alone is enough.
    pub ways_out: Vec<WayOut>,
    /// What can be done now without any of them.
    pub now: Option<Part>,
    /// States that were seen.
    pub states: usize,
}

/// Stores that can be served now, whatever else is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The stores.
    pub stores: Vec<StoreId>,
    /// How many steps that takes.
    pub steps: usize,
}

/// A step that could never begin.
#[derive(Clone, Debug)]
pub struct Blocked {
    /// The step.
    pub id: StepId,
    /// What did not hold.
    pub unmet: Vec<(Clause, Truth)>,
}

/// What would unblock a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOut {
    /// What is granted.
    pub grants: Vec<Grant>,
    /// How many steps the plan then has.
    pub steps: usize,
    /// Databases that would be given up.
    pub loses: Vec<DatabaseId>,
}

/// Something that can be granted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// A person attests that a host cannot serve.
    Fence(HostId),
    /// A fact turns out to be so.
    Fact(Field, Value),
    /// The facts of one kind about an instance turn out to be so.
    Facts(InstanceId, Vec<(Field, Value)>),
    /// The desired file names the share through which mirrors are seeded.
    SeedShare,
    /// Slots are declared beside a role that no failover reaches: the role's instance in the primary slot.
    Slots(Vec<(StoreId, Slots)>),
    /// Users of one Front End at a time may be signed out.
    Outage,
    /// The whole pool may be stopped, announced.
    FullStop,
    /// Steps may be planned that no source describes.
    Undocumented,
    /// What databases may lose is given up, by name.
    Loss(Vec<DatabaseId>),
}

/// How many parts without a plan are explained at once.
const EXPLAINED: usize = 4;

/// Explains why a problem has no plan. Parts that share no machine and no pool stand for themselves: the first that have
/// none are explained, and it is said which of the others could be planned.
#[must_use]
pub fn explain(problem: &Problem, states: usize) -> Refusal {
    let mut refused: Option<Kept> = None;
    let (mut explained, mut also, mut possible) = (0, Vec::new(), Vec::new());
    for kept in parts(problem) {
        let Some(restriction) = problem.restricted(&kept) else { continue };
        let pools = restriction.problem.pools().into_iter().map(|p| restriction.ids.pool(p));
        match part::solve(&restriction.problem, Effort::Any) {
            Ok(None) => {}
            Ok(Some(_)) => possible.extend(pools),
            Err(_) if explained < EXPLAINED => {
                explained += 1;
                refused = Some(refused.map_or_else(|| kept.clone(), |one| joined(problem, &one, &kept)));
            }
            Err(_) => also.extend(pools),
        }
    }
    // Where each part has a plan, they do not fit together.
    let part = refused.and_then(|kept| problem.restricted(&kept)).unwrap_or_else(|| problem.unrestricted());
    let pools: Vec<PoolId> = part.problem.pools().into_iter().map(|p| part.ids.pool(p)).collect();
    let (ids, small) = (&part.ids, &part.problem);
    let mut ways_out: Vec<WayOut> = Vec::new();
    let grants = grants(small);
    for grant in &grants {
        ways_out.extend(try_out(small, std::slice::from_ref(grant)));
    }
    if ways_out.is_empty() {
        ways_out.extend(together(small, &grants));
    }
    let price = |w: &WayOut| {
        let dearest = w.grants.iter().map(|g| dear(small, g)).max();
        (w.loses.len(), dearest, w.grants.len(), w.steps)
    };
    ways_out.sort_by(|a, b| (price(a), &a.grants).cmp(&(price(b), &b.grants)));
    let blocked = blocked(small)
        .into_iter()
        .map(|b| Blocked { unmet: b.unmet.iter().map(|(clause, truth)| (ids.clause(clause), *truth)).collect(), ..b });
    let blocked = blocked.collect();
    let ways_out = ways_out.into_iter().map(|w| WayOut {
        grants: w.grants.iter().map(|g| carried(ids, g)).collect(),
        loses: w.loses.iter().map(|&d| ids.database(d)).collect(),
        ..w
    });
    Refusal {
        pools,
        also,
        possible,
        blocked,
        ways_out: ways_out.collect(),
        now: now(small).map(|p| whole_part(ids, p)),
        states,
    }
}

/// What can be done now, in ids of the whole.
fn whole_part(ids: &Ids, part: Part) -> Part {
    Part { stores: part.stores.iter().map(|&s| ids.store(s)).collect(), ..part }
}

/// How many stores are looked at one by one for what can be done now.
const STORES: usize = 32;

/// The stores that nobody serves, or two do, and that a plan for service alone brings in order: all together, or those that can
/// be.
fn now(problem: &Problem) -> Option<Part> {
    let v = problem.view(&problem.initial);
    let harmed = |&d: &DatabaseId| Condition::from(Predicate::NoKnownHarm(d)).eval(v) == Truth::False;
    let harm = |s: &StoreId| problem.estate.store(*s).databases.iter().any(harmed);
    let away = |s: &StoreId| v.store_served(*s) == Truth::False || harm(s);
    let all: Vec<StoreId> = problem.wishes.iter().map(|w| w.store).filter(away).collect();
    if all.is_empty() || all.len() > STORES {
        return None;
    }
    let steps = |stores: &[StoreId]| {
        let mut part = problem.for_service();
        part.wishes.retain(|w| stores.contains(&w.store) && !w.manages_slots());
        match possible(&part) {
            Outcome::Plan(solved) if part.wishes.len() == stores.len() => Some(solved.plan.steps.len()),
            _ => None,
        }
    };
    let some = || all.iter().copied().filter(|&s| steps(&[s]).is_some()).collect::<Vec<StoreId>>();
    let stores = if steps(&all).is_some() { all.clone() } else { some() };
    steps(&stores).map(|steps| Part { stores, steps })
}

/// A grant in ids of the whole.
fn carried(ids: &Ids, grant: &Grant) -> Grant {
    let fact = |(field, value): (Field, Value)| (ids.field(field), ids.value(value));
    match grant {
        Grant::Fence(h) => Grant::Fence(ids.host(*h)),
        Grant::Fact(field, value) => {
            let (field, value) = fact((*field, *value));
            Grant::Fact(field, value)
        }
        Grant::Facts(i, facts) => Grant::Facts(ids.instance(*i), facts.iter().copied().map(fact).collect()),
        Grant::Loss(databases) => Grant::Loss(databases.iter().map(|&d| ids.database(d)).collect()),
        Grant::Slots(all) => Grant::Slots(all.iter().map(|&(s, slots)| (ids.store(s), ids.slots(slots))).collect()),
        Grant::SeedShare | Grant::Outage | Grant::FullStop | Grant::Undocumented => grant.clone(),
    }
}

/// How dear a grant is: to find something out, to name something, to give one's word, to bring something about, to put up
/// with something, to give something up.
fn dear(problem: &Problem, grant: &Grant) -> u8 {
    let unknown = |f: Field| !problem.view(&problem.initial).get(f).is_known();
    match grant {
        Grant::Fact(field, _) if unknown(*field) => 0,
        Grant::Facts(_, facts) if facts.iter().all(|(f, _)| unknown(*f)) => 0,
        Grant::SeedShare | Grant::Slots(_) => 1,
        Grant::Fence(_) => 2,
        Grant::Fact(..) | Grant::Facts(..) => 3,
        Grant::Outage => 4,
        Grant::FullStop => 5,
        Grant::Undocumented => 6,
        Grant::Loss(_) => 7,
    }
}

fn try_out(problem: &Problem, grants: &[Grant]) -> Option<WayOut> {
    let mut granted = problem.clone();
    for grant in grants {
        apply(&mut granted, grant);
    }
    match possible(&granted) {
        Outcome::Plan(solved) => {
            let loses = solved.plan.steps.iter().flat_map(|s| s.declaration.loses.clone());
            let loses = loses.collect::<BTreeSet<_>>().into_iter().collect();
            Some(WayOut { grants: grants.to_vec(), steps: solved.plan.steps.len(), loses })
        }
        Outcome::NothingToDo => Some(WayOut { grants: grants.to_vec(), steps: 0, loses: Vec::new() }),
        Outcome::NoPlan { .. } | Outcome::TooLarge => None,
    }
}

/// No single grant is enough: several together, less what is not needed. Policies first, then consent, then words, then
/// facts: to grant every fact at once would grant what contradicts itself.
fn together(problem: &Problem, grants: &[Grant]) -> Option<WayOut> {
    let weight = |g: &Grant| match g {
        Grant::SeedShare | Grant::Slots(_) | Grant::Outage | Grant::FullStop | Grant::Undocumented => 0,
        Grant::Loss(_) => 1,
        Grant::Fence(_) => 2,
        Grant::Fact(..) | Grant::Facts(..) => 3,
    };
    let bundle = |most: u8| grants.iter().filter(|g| weight(g) <= most).cloned().collect::<Vec<Grant>>();
    let mut needed = (0..=3).map(bundle).find(|b| try_out(problem, b).is_some())?;
    // The last ones are spared first: they are the dearest.
    for i in (0..needed.len()).rev() {
        let mut fewer = needed.clone();
        fewer.remove(i);
        if try_out(problem, &fewer).is_some() {
            needed = fewer;
        }
    }
    try_out(problem, &needed)
}

fn apply(problem: &mut Problem, grant: &Grant) {
    let estate = &problem.estate;
    match grant {
        Grant::Fence(h) => problem.initial.set(estate, Field::Fenced(*h), Value::Yes),
        Grant::Fact(field, value) => problem.initial.set(estate, *field, *value),
        Grant::Facts(_, facts) => {
            for (field, value) in facts {
                problem.initial.set(estate, *field, *value);
            }
        }
        Grant::SeedShare => problem.policy.seed_share = Some(String::new()),
        Grant::Slots(all) => {
            for (s, slots) in all {
                problem.wishes.iter_mut().filter(|w| w.store == *s).for_each(|w| w.slots = *slots);
            }
        }
        Grant::Outage => problem.policy.accept_outage = true,
        Grant::FullStop => problem.policy.allow_full_stop = true,
        Grant::Undocumented => problem.policy.allow_undocumented = true,
        Grant::Loss(databases) => problem.consents.extend(databases),
    }
}

/// The value in which a field stands in nobody's way.
fn favourable(field: Field) -> Option<Value> {
    match field {
        Field::Content(..) => Some(Value::Complete),
        Field::Safety(..) => Some(Value::Full),
        Field::Services(_) => Some(Value::Running),
        Field::HoldsCms(_) => Some(Value::No),
        Field::Answers(_) | Field::Ready(_) | Field::CmsWritable | Field::Reachable(_) => Some(Value::Yes),
        Field::WitnessLink(..) => Some(Value::Connected),
        _ => None,
    }
}

/// Whether a host is seen to serve a database of which no other copy that serves is known to be good, or answers and was not
/// read: nobody is asked to switch that off, whatever it would make possible.
fn must_go_on(problem: &Problem, h: HostId) -> bool {
    let (estate, v) = (&problem.estate, problem.view(&problem.initial));
    let only = |s: &StoreId| {
        let store = estate.store(*s);
        let here = store.instances.iter().filter(|&&i| estate.host_of(i) == h);
        let spared = |d, i| Condition::from(Predicate::NotTheOnlyServer(d, i)).eval(v).holds();
        let unread = |d, i| v.get(Field::Answers(i)) == Value::Yes && !v.get(Field::Role(d, i)).is_known();
        let seen = |d, i| v.serves(d, i).holds() || unread(d, i);
        here.into_iter().any(|&i| store.databases.iter().any(|&d| seen(d, i) && !spared(d, i)))
    };
    estate.stores_on(h).iter().any(only)
}

/// The slots that a role without slots would need to be built anew or moved to: its instance in the primary slot, and beside it
/// what is published, but for the instance itself.
fn slots(problem: &Problem, wish: &Wish) -> Option<(StoreId, Slots)> {
    let v = problem.view(&problem.initial);
    let role = wish.principal.filter(|_| !wish.manages_slots())?;
    let primary = v.get(Field::PrimarySlot(wish.store)).instance()?;
    let other = match v.get(Field::MirrorSlot(wish.store)).instance() {
        Some(mirror) if mirror == role => Wanted::One(primary),
        Some(mirror) => Wanted::One(mirror),
        None => Wanted::Nothing,
    };
    Some((wish.store, Slots::Ordered { primary: Some(role), mirror: other }))
}

/// Everything that can be granted, cheapest first.
fn grants(problem: &Problem) -> Vec<Grant> {
    let estate = &problem.estate;
    let v = problem.view(&problem.initial);
    let mut list = Vec::new();
    let mut by_copy: BTreeMap<(u8, InstanceId), Vec<(Field, Value)>> = BTreeMap::new();
    let managed: BTreeSet<StoreId> = problem.wishes.iter().map(|w| w.store).collect();
    for &field in estate.layout().fields() {
        let Some(value) = favourable(field) else { continue };
        let now = v.get(field);
        let copy = match field {
            Field::Content(d, i) => Some((0, d, i)),
            Field::Safety(d, i) => Some((1, d, i)),
            Field::WitnessLink(d, i) => Some((2, d, i)),
            _ => None,
        };
        match copy {
            // History is not granted against what is known, and not for a host that does not answer.
            Some((kind, d, i)) => {
                let asked = v.get(Field::Answers(i)) == Value::Yes && managed.contains(&estate.database(d).store);
                if asked && (!now.is_known() || (kind == 2 && now == Value::Disconnected)) {
                    by_copy.entry((kind, i)).or_default().push((field, value));
                }
            }
            // Where the Central Management store is known to be, it is not elsewhere by being granted so.
            None if matches!(field, Field::HoldsCms(_)) && now.is_known() => {}
            None if now != value => list.push(Grant::Fact(field, value)),
            None => {}
        }
    }
    list.extend(by_copy.into_iter().map(|((_, i), facts)| Grant::Facts(i, facts)));
    list.extend(
        estate
            .host_ids()
            .filter(|&h| v.get(Field::Fenced(h)) != Value::Yes && !must_go_on(problem, h))
            .map(Grant::Fence),
    );
    if problem.policy.seed_share.is_none() {
        list.push(Grant::SeedShare);
    }
    let bare: Vec<(StoreId, Slots)> = problem.wishes.iter().filter_map(|w| slots(problem, w)).collect();
    if !bare.is_empty() {
        list.push(Grant::Slots(bare));
    }
    if !problem.policy.accept_outage {
        list.push(Grant::Outage);
    }
    if !problem.policy.allow_full_stop {
        list.push(Grant::FullStop);
    }
    if !problem.policy.allow_undocumented {
        list.push(Grant::Undocumented);
    }
    let incomplete = |d: &DatabaseId| {
        let instances = &estate.store(estate.database(*d).store).instances;
        let complete = |&i: &InstanceId| v.get(Field::Content(*d, i)) == Value::Complete;
        !instances.iter().any(complete) && !problem.consents.contains(d)
    };
    // The Central Management store is moved away from where it may be lost, whoever manages it.
    let left = cms::taker(problem).and(cms::holder(v)).and_then(|p| cms::store(estate, p));
    let stores: BTreeSet<StoreId> = managed.iter().copied().chain(left).collect();
    let databases = stores.iter().flat_map(|&s| estate.store(s).databases.iter().copied());
    let loss: Vec<DatabaseId> = databases.filter(incomplete).collect();
    if !loss.is_empty() {
        list.push(Grant::Loss(loss));
    }
    list.sort();
    list
}

/// Steps that were proposed in some reachable state and could begin in none, with the fewest requirements in the way.
fn blocked(problem: &Problem) -> Vec<Blocked> {
    let rules = Rules::new(problem);
    let mut seen = HashSet::from([problem.initial.clone()]);
    let mut queue = VecDeque::from([problem.initial.clone()]);
    let mut taken: BTreeSet<StepId> = BTreeSet::new();
    let mut nearest: BTreeMap<StepId, (Stage, Vec<(Clause, Truth)>)> = BTreeMap::new();
    // Enough to name what is in the way; the proof was the search's.
    while let Some(state) = queue.pop_front().filter(|_| seen.len() < 20_000) {
        let v = problem.view(&state);
        let standing = rules.standing(&state);
        for action in Action::proposals(problem, &state) {
            let d = rules.declare(&action);
            if let Some(next) = rules.take(&state, &standing, &d) {
                taken.insert(d.id.clone());
                if seen.insert(next.after.clone()) {
                    queue.push_back(next.after);
                }
                continue;
            }
            let own = d.ways.first().into_iter().flat_map(|w| &w.requires);
            let clauses = d.requires.iter().chain(own);
            let unmet: Vec<_> = clauses.map(|c| (c.clone(), c.condition.eval(v))).filter(|(_, t)| !t.holds()).collect();
            if unmet.is_empty() {
                continue;
            }
            let nearer = nearest.get(&d.id).is_none_or(|(_, known)| unmet.len() < known.len());
            if nearer {
                nearest.insert(d.id.clone(), (d.stage, unmet));
            }
        }
    }
    let mut blocked: Vec<_> = nearest.into_iter().filter(|(id, _)| !taken.contains(id)).collect();
    // What comes first in the work is what stands in the way of the rest.
    blocked.sort_by_key(|(_, (stage, unmet))| (*stage, unmet.len()));
    blocked.into_iter().map(|(id, (_, unmet))| Blocked { id, unmet }).collect()
}
