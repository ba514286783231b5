//! What is wrong, in one look: the situation of each managed pool, the published procedure it amounts to, and the fact
//! that would decide. It plans nothing.

use std::collections::{BTreeMap, BTreeSet};

use model::declaration::Clause;
use model::estate::{HostId, PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::{Problem, Wish};
use model::truth::Truth;
use model::view::View;

/// The situation of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Situation {
    /// Two copies may serve the same database.
    SplitBrain,
    /// Neither slot answers, or there is no other copy.
    BothLost(HostId),
    /// Databases were created in the place of lost ones on this host, and their data are not back.
    DataNotBack(HostId),
    /// The host in the primary slot is silent, and nobody is seen to serve.
    PrimaryLost(HostId),
    /// As above, and some databases serve from the mirror slot already.
    PrimaryLostPartly(HostId),
    /// As above, and all databases serve from the mirror slot already.
    PrimaryLostServed(HostId),
    /// A host answers and serves nobody: its copies are PRINCIPAL and have lost mirror and witness.
    PrincipalOffline(HostId),
    /// The host in the mirror slot is silent; the other serves.
    MirrorLost(HostId),
    /// What serves is not mirrored as declared, or other slots are declared.
    Drift,
    /// It could not be told.
    Unknown,
    /// As declared.
    AsDeclared,
}

impl Situation {
    /// The published procedure it amounts to.
    #[must_use]
    pub fn procedure(self) -> Option<&'static str> {
        match self {
            Self::PrimaryLost(_) | Self::PrimaryLostPartly(_) | Self::PrimaryLostServed(_) => {
                Some(model::procedure::TITLE)
            }
            Self::MirrorLost(_) => Some(model::procedure::MIRROR_TITLE),
            Self::BothLost(_) | Self::DataNotBack(_) => Some(model::procedure::BACK_END_TITLE),
            Self::SplitBrain | Self::PrincipalOffline(_) | Self::Drift | Self::Unknown | Self::AsDeclared => None,
        }
    }
}

/// The triage of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolTriage {
    /// The pool.
    pub pool: PoolId,
    /// Its worst situation.
    pub situation: Situation,
    /// Every managed store with its own.
    pub stores: Vec<(StoreId, Situation)>,
    /// The fact that would decide most, where one is not known or may be changed.
    pub decides: Option<Field>,
}

/// Looks at every managed pool.
#[must_use]
pub fn triage(problem: &Problem) -> Vec<PoolTriage> {
    let v = problem.view(&problem.initial);
    let mut declared: BTreeMap<StoreId, Vec<Truth>> = BTreeMap::new();
    for clause in problem.goal() {
        let truth = clause.condition.eval(v);
        concerned(problem, &clause.condition).into_iter().for_each(|s| declared.entry(s).or_default().push(truth));
    }
    let as_declared = |s: StoreId| Truth::all(declared.get(&s).into_iter().flatten().copied());
    let pool = |pool| {
        let stores = problem.managed(pool).map(|w| (w.store, situation(v, w, as_declared(w.store))));
        let stores: Vec<_> = stores.collect();
        let worst = stores.iter().map(|(_, s)| *s).min().unwrap_or(Situation::Unknown);
        let decides = match worst {
            Situation::PrimaryLost(h) | Situation::PrimaryLostPartly(h) | Situation::PrimaryLostServed(h) => {
                let history = stores.iter().find_map(|(s, _)| unknown_history(v, *s));
                history.or_else(|| (v.get(Field::Fenced(h)) != Value::Yes).then_some(Field::Fenced(h)))
            }
            Situation::PrincipalOffline(h) => {
                let partners = problem.managed(pool).flat_map(|w| problem.estate.store(w.store).instances.clone());
                let mut others = partners.map(|i| problem.estate.host_of(i)).filter(|&x| x != h);
                others.find(|&x| v.get(Field::Fenced(x)) != Value::Yes).map(Field::Fenced)
            }
            Situation::Unknown => problem.managed(pool).find_map(|w| first_unknown(v, w)),
            Situation::SplitBrain => stores.iter().find_map(|(s, _)| unknown_age(v, *s)),
            Situation::BothLost(h) => Some(Field::Reachable(h)),
            // Who is silent is no drift, and what it holds is not asked for.
            Situation::Drift => {
                let read = |&f: &Field| !matches!(f, Field::Answers(_)) && !silent(v, f);
                problem.managed(pool).flat_map(|w| unknown(v, w)).find(read)
            }
            Situation::DataNotBack(_) | Situation::MirrorLost(_) | Situation::AsDeclared => None,
        };
        PoolTriage { pool, situation: worst, stores, decides }
    };
    problem.pools().into_iter().map(pool).collect()
}

/// The invariants that are known to be false already, each with its rule: they come before everything else.
#[must_use]
pub fn violated(problem: &Problem) -> Vec<Clause> {
    let v = problem.view(&problem.initial);
    let mut list = model::invariant::all(problem);
    list.retain(|c| c.condition.eval(v) == Truth::False);
    list
}

/// What is declared for the stores of a pool and is known not to be so.
#[must_use]
pub fn undone(problem: &Problem, pool: PoolId) -> Vec<Clause> {
    let v = problem.view(&problem.initial);
    let mut list = problem.goal();
    let managed: BTreeSet<StoreId> = problem.managed(pool).map(|w| w.store).collect();
    list.retain(|c| c.condition.eval(v) == Truth::False && !concerned(problem, &c.condition).is_disjoint(&managed));
    list
}

/// A copy that would have to be forced, and of which nobody knows whether it is complete: without that no plan is free of
/// possible loss, whatever else is settled.
fn unknown_history(v: View<'_>, s: StoreId) -> Option<Field> {
    let store = v.estate.store(s);
    let waiting = store.databases.iter().filter(|&&d| v.served(d) == Truth::False);
    let copies = waiting.flat_map(|&d| store.instances.iter().map(move |&i| (d, i)));
    let standing = |&(d, i): &(_, _)| {
        v.get(Field::Answers(i)) == Value::Yes && matches!(v.get(Field::Role(d, i)), Value::Mirror | Value::Restoring)
    };
    copies.filter(standing).map(|(d, i)| Field::Content(d, i)).find(|&f| !v.get(f).is_known())
}

/// A copy that serves beside another one, and of which nobody knows whether it is the older one.
fn unknown_age(v: View<'_>, s: StoreId) -> Option<Field> {
    let store = v.estate.store(s);
    let serving = |d| store.instances.iter().filter(move |&&i| v.serves(d, i).holds()).map(move |&i| (d, i));
    let twice = store.databases.iter().filter(|&&d| serving(d).count() > 1);
    twice.flat_map(|&d| serving(d)).map(|(d, i)| Field::Content(d, i)).find(|&f| !v.get(f).is_known())
}

/// Whether a fact is of a copy on an instance that does not answer.
fn silent(v: View<'_>, field: Field) -> bool {
    matches!(field, Field::Role(_, i) if v.get(Field::Answers(i)) != Value::Yes)
}

fn first_unknown(v: View<'_>, wish: &Wish) -> Option<Field> {
    unknown(v, wish).into_iter().next()
}

/// What is not known of the slots and copies of a store.
fn unknown(v: View<'_>, wish: &Wish) -> Vec<Field> {
    let store = v.estate.store(wish.store);
    let slots = [Field::PrimarySlot(wish.store), Field::MirrorSlot(wish.store)];
    let copies = store.instances.iter().flat_map(|&i| {
        let databases = store.databases.iter().map(move |&d| Field::Role(d, i));
        std::iter::once(Field::Answers(i)).chain(databases)
    });
    slots.into_iter().chain(copies).filter(|&f| !v.get(f).is_known()).collect()
}

fn situation(v: View<'_>, wish: &Wish, as_declared: Truth) -> Situation {
    let store = v.estate.store(wish.store);
    let Some(primary) = v.get(Field::PrimarySlot(wish.store)).instance() else { return Situation::Unknown };
    let mirror = v.get(Field::MirrorSlot(wish.store));
    let host = v.estate.host_of(primary);
    let answers = |i| v.is(Field::Answers(i), Value::Yes);
    let silent = answers(primary).not();
    let others = || store.instances.iter().copied().filter(|&i| i != primary);
    let others_answer = Truth::any(others().map(answers));
    let all_served = v.store_served(wish.store);
    let any_served = Truth::any(store.databases.iter().map(|&d| v.served(d)));
    let fresh = |&d: &_| v.is(Field::Content(d, primary), Value::Fresh) == Truth::True;
    let empty = Truth::from(store.databases.iter().any(fresh));
    // A host that answers and holds nothing of it is no other copy.
    let all_lost = Truth::from(store.databases.iter().all(|&d| v.lost(d).holds()));
    let mirror_silent = match mirror {
        Value::Unknown => Truth::Unknown,
        Value::Instance(m) => answers(m).not(),
        _ => Truth::False,
    };
    let mirror_host = mirror.instance().map_or(host, |m| v.estate.host_of(m));
    let mut each = store.instances.iter().map(|&i| (i, crate::pairing::offline_at(v, wish.store, i)));
    let (offline, is_offline) = each.find(|(_, t)| *t != Truth::False).unwrap_or((primary, Truth::False));
    first_of(
        Situation::Unknown,
        [
            (Situation::SplitBrain, crate::pairing::twice(v, wish.store)),
            (Situation::BothLost(host), silent.and(others_answer.not().or(all_lost))),
            (Situation::DataNotBack(host), empty),
            (Situation::PrimaryLostServed(host), silent.and(all_served)),
            (Situation::PrimaryLostPartly(host), silent.and(any_served)),
            (Situation::PrimaryLost(host), silent),
            (Situation::PrincipalOffline(v.estate.host_of(offline)), is_offline),
            (Situation::MirrorLost(mirror_host), mirror_silent),
            (Situation::AsDeclared, as_declared),
            (Situation::Drift, as_declared.not()),
        ],
    )
}

/// The first that is not known to be false, if it is known to be true. So an unknown fact never names another situation than
/// the known one would: it names none.
pub(crate) fn first_of<T>(unknown: T, list: impl IntoIterator<Item = (T, Truth)>) -> T {
    match list.into_iter().find(|(_, truth)| *truth != Truth::False) {
        Some((name, Truth::True)) => name,
        Some((_, Truth::Unknown | Truth::False)) | None => unknown,
    }
}

/// The stores of which a goal reads a field.
fn concerned(problem: &Problem, condition: &model::condition::Condition) -> BTreeSet<StoreId> {
    let mut stores = BTreeSet::new();
    let estate = &problem.estate;
    for field in crate::verify::fields(problem, condition) {
        match field {
            Field::PrimarySlot(s)
            | Field::MirrorSlot(s)
            | Field::WitnessSlot(s)
            | Field::LoadedPrimary(_, s)
            | Field::LoadedMirror(_, s) => _ = stores.insert(s),
            Field::Role(d, _) | Field::Session(d, _) => _ = stores.insert(estate.database(d).store),
            Field::Tested(p) | Field::LogBackups(p) | Field::Reports(p) => stores.extend(&estate.pool(p).stores),
            Field::Services(f) | Field::StartedSinceMirror(f) => {
                stores.extend(&estate.pool(estate.front_end(f).pool).stores);
            }
            _ => {}
        }
    }
    stores
}
