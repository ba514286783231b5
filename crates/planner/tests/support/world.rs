//! Mirrored estates in every condition, built without files: healthy to begin with, then changed one fact at a time.

use model::database_type::DatabaseType;
use model::estate::{Estate, FrontEndId, HostId, InstanceId, Parts, PoolPart, Product, StoreId, StorePart};
use model::field::{Field, State, Value};
use model::problem::{Policy, Problem, Slots, Wanted, Wish};
use planner::order::Order;
use planner::solve::Solved;
use planner::verify::Verifier;

use super::{fqdn, short, solved, sql};

/// be1, in the primary slot of a healthy estate.
pub const BE1: InstanceId = InstanceId(0);
/// be2, in its mirror slot.
pub const BE2: InstanceId = InstanceId(1);
/// The third instance: be3 or w1, as the estate has it.
pub const THIRD: InstanceId = InstanceId(2);

/// What an estate is made of.
pub struct Plan<'a> {
    /// Pools, each with Front Ends of its own and stores of its own.
    pub pools: &'a [&'a str],
    /// Types of those stores.
    pub types: &'a [DatabaseType],
    /// Types of one store that all pools use.
    pub shared: &'a [DatabaseType],
    /// Front Ends of each pool.
    pub front_ends: usize,
    /// A third instance that may hold copies.
    pub spare: Option<&'a str>,
    /// Types of stores that lie on the third instance alone.
    pub lone: &'a [DatabaseType],
    /// An instance that holds none: a witness.
    pub witness: Option<&'a str>,
    /// Another one.
    pub other_witness: Option<&'a str>,
    /// The product.
    pub product: Product,
}

impl Default for Plan<'_> {
    fn default() -> Self {
        Self {
            pools: &["pool01"],
            types: &[DatabaseType::User],
            shared: &[],
            front_ends: 3,
            spare: None,
            lone: &[],
            witness: None,
            other_witness: None,
            product: Product::Lync2013,
        }
    }
}

/// The parts of an estate: pools with Front Ends, stores on be1 and be2.
pub fn parts(plan: &Plan<'_>) -> Parts {
    let full = |s: &str| fqdn(&format!("{s}.contoso.com"));
    let pools: Vec<_> = plan.pools.iter().map(|p| full(p)).collect();
    let mut instances = vec![sql("be1.contoso.com\\RTC"), sql("be2.contoso.com\\RTC")];
    instances.extend(plan.spare.map(sql));
    let lies = |kind| match plan.lone.contains(&kind) {
        true => instances[2..].to_vec(),
        false if plan.lone.is_empty() => instances.clone(),
        false => instances[..2].to_vec(),
    };
    let store = |users: Vec<_>, kind| StorePart { users, kind, megabytes: Default::default(), instances: lies(kind) };
    let own = pools.iter().flat_map(|p| plan.types.iter().map(move |&k| (vec![p.clone()], k)));
    let shared = plan.shared.iter().map(|&k| (pools.clone(), k));
    Parts {
        stores: own.chain(shared).map(|(users, kind)| store(users, kind)).collect(),
        pools: pools
            .iter()
            .enumerate()
            .map(|(n, p)| PoolPart {
                fqdn: p.clone(),
                product: plan.product,
                front_ends: (1..=plan.front_ends)
                    .map(|f| full(&if n == 0 { format!("fe{f}") } else { format!("fe{}{f}", n + 1) }))
                    .collect(),
            })
            .collect(),
        instances: plan.witness.iter().chain(&plan.other_witness).map(|w| sql(w)).collect(),
        cms: None,
    }
}

/// Everything answers, be1 is in the primary slot and PRINCIPAL, be2 MIRROR and SYNCHRONIZED; desired is just that.
pub fn healthy(plan: &Plan<'_>) -> Problem {
    let estate = Estate::new(parts(plan)).unwrap();
    let mut problem = Problem {
        initial: State::unknown(&estate),
        wishes: Vec::new(),
        policy: Policy {
            seed_share: Some("\\\\fs1.contoso.com\\sqlseed".to_owned()),
            allow_full_stop: plan.front_ends == 2,
            ..Policy::default()
        },
        consents: Default::default(),
        builds: Default::default(),
        ports: Default::default(),
        cms_to: None,
        leave: Default::default(),
        lifted: Default::default(),
        estate,
    };
    make_healthy(&mut problem);
    problem
}

/// The facts of a healthy estate, and the wish that it stays so.
pub fn make_healthy(p: &mut Problem) {
    for h in p.estate.host_ids() {
        let facts =
            [(Field::Reachable(h), Value::Yes), (Field::Fenced(h), Value::No), (Field::Epoch(h), Value::Original)];
        facts.into_iter().for_each(|(f, x)| set(p, f, x));
    }
    for i in p.estate.instance_ids() {
        set(p, Field::Answers(i), Value::Yes);
        set(p, Field::Ready(i), Value::Yes);
    }
    for s in p.estate.store_ids() {
        slots(p, s, BE1, Some(BE2));
        set(p, Field::WitnessSlot(s), Value::Nothing);
        for i in p.estate.store(s).instances.clone() {
            copy(p, s, i, Value::Absent, Value::NoSession, Value::Nothing);
        }
        copy(p, s, BE1, Value::Principal, Value::Synchronized, Value::Complete);
        copy(p, s, BE2, Value::Mirror, Value::Synchronized, Value::Complete);
        let wish = Wish { store: s, slots: ordered(BE1, Some(BE2)), witness: Wanted::Unmanaged, principal: None };
        p.wishes.push(wish);
    }
    for f in p.estate.front_end_ids() {
        set(p, Field::Services(f), Value::Running);
        set(p, Field::Replica(f), Value::Current);
        set(p, Field::VoterEpoch(f), Value::Original);
        set(p, Field::StartedSinceMirror(f), Value::Yes);
    }
    for pool in p.estate.pool_ids() {
        for field in [Field::Tested(pool), Field::LogBackups(pool), Field::Reports(pool)] {
            set(p, field, Value::Yes);
        }
        set(p, Field::HoldsCms(pool), Value::No);
    }
    set(p, Field::CmsWritable, Value::Yes);
    set(p, Field::Saved, Value::No);
    set(p, Field::Publishing, Value::No);
}

/// One pool with one User store and three Front Ends, healthy.
pub fn one() -> Problem {
    healthy(&Plan::default())
}

/// Sets a fact.
pub fn set(p: &mut Problem, field: Field, value: Value) {
    p.initial.set(&p.estate, field, value);
}

/// Publishes slots of a store, which every Front End has loaded.
pub fn slots(p: &mut Problem, s: StoreId, primary: InstanceId, mirror: Option<InstanceId>) {
    set(p, Field::PrimarySlot(s), primary.into());
    set(p, Field::MirrorSlot(s), mirror.into());
    for f in p.estate.front_end_ids() {
        set(p, Field::LoadedPrimary(f, s), primary.into());
        set(p, Field::LoadedMirror(f, s), mirror.into());
    }
}

/// Every copy of a store on an instance.
pub fn copy(p: &mut Problem, s: StoreId, i: InstanceId, role: Value, session: Value, content: Value) {
    let safety = if session == Value::NoSession { Value::Nothing } else { Value::Full };
    for d in p.estate.store(s).databases.clone() {
        set(p, Field::Role(d, i), role);
        set(p, Field::Session(d, i), session);
        set(p, Field::Content(d, i), content);
        set(p, Field::Safety(d, i), safety);
        set(p, Field::Witness(d, i), Value::Nothing);
        set(p, Field::WitnessLink(d, i), Value::Nothing);
    }
}

/// Every copy of every store on an instance.
pub fn copies(p: &mut Problem, i: InstanceId, role: Value, session: Value, content: Value) {
    for s in p.estate.store_ids() {
        copy(p, s, i, role, session, content);
    }
}

/// Every session of every store has that witness, and sees it so.
pub fn witnessed(p: &mut Problem, witness: InstanceId, link: Value) {
    for s in p.estate.store_ids() {
        set(p, Field::WitnessSlot(s), witness.into());
        for d in p.estate.store(s).databases.clone() {
            for i in [BE1, BE2] {
                if p.initial.get(&p.estate, Field::Session(d, i)) != Value::NoSession {
                    set(p, Field::Witness(d, i), witness.into());
                    set(p, Field::WitnessLink(d, i), link);
                }
            }
        }
    }
}

/// A machine that answers nothing: what it holds is not known.
pub fn dies(p: &mut Problem, h: HostId) {
    set(p, Field::Reachable(h), Value::No);
    for i in p.estate.instance_ids().filter(|&i| p.estate.host_of(i) == h).collect::<Vec<_>>() {
        set(p, Field::Answers(i), Value::No);
        set(p, Field::Ready(i), Value::Unknown);
        for s in p.estate.store_ids().filter(|&s| p.estate.store(s).instances.contains(&i)).collect::<Vec<_>>() {
            copy(p, s, i, Value::Unknown, Value::Unknown, Value::Unknown);
            for d in p.estate.store(s).databases.clone() {
                set(p, Field::Safety(d, i), Value::Unknown);
                set(p, Field::Witness(d, i), Value::Unknown);
                set(p, Field::WitnessLink(d, i), Value::Unknown);
            }
        }
    }
}

/// The host of an instance.
pub fn host(p: &Problem, i: InstanceId) -> HostId {
    p.estate.host_of(i)
}

/// The first Front End.
pub const FE1: FrontEndId = FrontEndId(0);

/// Slots as a wish.
pub fn ordered(primary: InstanceId, mirror: Option<InstanceId>) -> Slots {
    Slots::Ordered { primary: Some(primary), mirror: mirror.map_or(Wanted::Nothing, Wanted::One) }
}

/// Every store shall have these slots.
pub fn want(p: &mut Problem, primary: InstanceId, mirror: Option<InstanceId>) {
    for wish in &mut p.wishes {
        wish.slots = ordered(primary, mirror);
    }
}

/// The plan's ids are these, in this order; its edges hold, in every order that they allow, and are all needed; no
/// database is lost, and each is served by a complete copy at the end.
#[track_caller]
pub fn planned(p: &Problem, expected: &[&str]) -> Box<Solved> {
    let plan = solved(p);
    let ids: Vec<String> = plan.plan.steps.iter().map(|s| short(&s.declaration.id.0)).collect();
    assert_eq!(ids, expected, "\n{ids:#?}");
    assert_eq!(plan.cost.0[0], 0, "something is lost");
    sound(p, &plan);
    plan
}

/// What every plan must be, whatever its steps.
#[track_caller]
pub fn sound(p: &Problem, plan: &Solved) {
    let verifier = Verifier::new(p, plan.plan.steps.iter().map(|s| &s.declaration).collect());
    let edges = plan.plan.edges.iter().map(|e| (e.from, e.to));
    let order = Order::spanned(plan.plan.steps.len(), edges).unwrap();
    assert_eq!(verifier.failure(&order), None);
    let name = |n: usize| plan.plan.steps[n].declaration.id.0.clone();
    for edge in &plan.plan.edges {
        let mut looser = order.clone();
        looser.release(edge.from, edge.to);
        assert!(verifier.failure(&looser).is_some(), "{} -> {} is not needed", name(edge.from), name(edge.to));
    }
    let Some(last) = plan.placed.last() else { return };
    let v = p.view(&last.taken.after);
    for wish in &p.wishes {
        let store = p.estate.store(wish.store);
        for &d in &store.databases {
            let whole = |&i: &InstanceId| v.serves(d, i).holds() && v.get(Field::Content(d, i)) == Value::Complete;
            assert!(store.instances.iter().any(whole), "{} is not served by a complete copy", p.estate.qualified(d));
        }
    }
    for step in &plan.plan.steps {
        let d = &step.declaration;
        assert!(!d.origin.sentences.is_empty() || d.origin.deviation.is_some(), "{} comes from nowhere", d.id);
        let known = |s: &&str| model::procedure::sentence(s).is_some();
        assert!(d.origin.sentences.iter().all(known), "{} names a sentence that is not there", d.id);
        assert!(d.origin.deviation.is_none_or(|x| model::procedure::by_id(x).is_some()), "{}", d.id);
    }
}
