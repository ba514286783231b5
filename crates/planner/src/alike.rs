//! What is alike is solved once: stores of a pool that differ in nothing but their names are one store in the search, and
//! many again in the plan; pools that do so are one pool. It knows no particular action.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::actions::Action;
use model::cms;
use model::database_type::DatabaseType;
use model::declaration::StepId;
use model::estate::{FrontEndId, PoolId, Product, StoreId};
use model::field::{Field, Value};
use model::problem::{Problem, Slots, Wanted, Wish};

use crate::step::Rules;

/// Classes of managed stores that are alike; the first of each stands for the others. User stores may stand apart: what is
/// best for them need not be for the others, because only on them does it depend whether users are served.
#[must_use]
pub fn classes(problem: &Problem, users_apart: bool) -> Vec<Vec<StoreId>> {
    let mut classes: Vec<((bool, Likeness), Vec<StoreId>)> = Vec::new();
    for wish in &problem.wishes {
        let apart = users_apart && problem.estate.store(wish.store).kind == DatabaseType::User;
        let likeness = (apart, likeness(problem, wish));
        match classes.iter_mut().find(|(l, _)| *l == likeness) {
            Some((_, stores)) => stores.push(wish.store),
            None => classes.push((likeness, vec![wish.store])),
        }
    }
    classes.into_iter().map(|(_, stores)| stores).collect()
}

#[derive(PartialEq, Eq)]
struct Likeness {
    users: Vec<PoolId>,
    pool: PoolId,
    rules: [bool; 2],
    wish: (Slots, Wanted, Option<model::estate::InstanceId>),
    slots: Vec<Value>,
    loaded: Vec<Value>,
    copies: BTreeSet<Vec<Value>>,
}

fn likeness(problem: &Problem, wish: &Wish) -> Likeness {
    let estate = &problem.estate;
    let s = wish.store;
    let store = estate.store(s);
    let get = |field| problem.initial.get(estate, field);
    let copy = |&d: &model::estate::DatabaseId| {
        let fields = |&i: &model::estate::InstanceId| {
            [
                Value::Instance(i),
                get(Field::Role(d, i)),
                get(Field::Session(d, i)),
                get(Field::Content(d, i)),
                get(Field::Safety(d, i)),
                get(Field::Witness(d, i)),
                get(Field::WitnessLink(d, i)),
                if problem.consents.contains(&d) { Value::Yes } else { Value::No },
                if problem.lost(d) && problem.recreated(d) { Value::Yes } else { Value::No },
            ]
        };
        store.instances.iter().flat_map(fields).collect::<Vec<Value>>()
    };
    let front_ends = store.users.iter().flat_map(|&p| &estate.pool(p).front_ends);
    Likeness {
        users: store.users.clone(),
        pool: store.pool,
        // The Central Management store has rules of its own, and the back end of the pool that holds it keeps its slots.
        rules: [
            store.kind == DatabaseType::CentralMgmt,
            cms::is_back_end(store.kind) && get(Field::HoldsCms(store.pool)) != Value::No,
        ],
        wish: (wish.slots, wish.witness, wish.principal),
        slots: vec![get(Field::PrimarySlot(s)), get(Field::MirrorSlot(s)), get(Field::WitnessSlot(s))],
        loaded: front_ends.flat_map(|&f| [get(Field::LoadedPrimary(f, s)), get(Field::LoadedMirror(f, s))]).collect(),
        copies: store.databases.iter().map(copy).collect(),
    }
}

/// Classes of pools that are alike: Front Ends, own stores and the state of both, place by place. The first of each stands
/// for the others. A store that several pools use is one, and makes them no less alike.
#[must_use]
pub fn twins(problem: &Problem) -> Vec<Vec<PoolId>> {
    let mut twins: Vec<(PoolLikeness, Vec<PoolId>)> = Vec::new();
    for pool in problem.pools() {
        let likeness = pool_likeness(problem, pool);
        match twins.iter_mut().find(|(l, _)| *l == likeness) {
            Some((_, pools)) => pools.push(pool),
            None => twins.push((likeness, vec![pool])),
        }
    }
    twins.into_iter().map(|(_, pools)| pools).collect()
}

#[derive(PartialEq, Eq)]
struct PoolLikeness {
    product: Product,
    front_ends: Vec<Vec<Value>>,
    /// Shared stores by name, own ones by what they are like.
    stores: Vec<(DatabaseType, Result<StoreId, Option<Likeness>>)>,
    facts: [Value; 4],
}

fn pool_likeness(problem: &Problem, pool: PoolId) -> PoolLikeness {
    let estate = &problem.estate;
    let get = |field| problem.initial.get(estate, field);
    let part = estate.pool(pool);
    let front_end = |&f: &FrontEndId| {
        let own = [Field::Services(f), Field::Replica(f), Field::VoterEpoch(f), Field::StartedSinceMirror(f)];
        let loaded = part.stores.iter().flat_map(|&s| [Field::LoadedPrimary(f, s), Field::LoadedMirror(f, s)]);
        own.into_iter().chain(loaded).map(get).collect()
    };
    let store = |&s: &StoreId| {
        let like = || problem.wish(s).map(|w| Likeness { users: Vec::new(), pool: PoolId(0), ..likeness(problem, w) });
        let shared = estate.store(s).users.len() > 1;
        (estate.store(s).kind, if shared { Ok(s) } else { Err(like()) })
    };
    PoolLikeness {
        product: part.product,
        front_ends: part.front_ends.iter().map(front_end).collect(),
        stores: part.stores.iter().map(store).collect(),
        facts: [Field::Tested(pool), Field::LogBackups(pool), Field::Reports(pool), Field::HoldsCms(pool)].map(get),
    }
}

/// The stores of a pool that stand for all of its stores: the first of each class that it uses.
#[must_use]
pub fn stand_ins(problem: &Problem, classes: &[Vec<StoreId>], pool: PoolId) -> BTreeSet<StoreId> {
    let used = |s: &StoreId| problem.estate.store(*s).users.contains(&pool);
    classes.iter().map(|c| c[0]).filter(used).collect()
}

/// The steps of one pool's plan, carried over to every store and every pool for which it stands: for each step those it
/// becomes.
#[must_use]
pub fn carried(problem: &Problem, classes: &[Vec<StoreId>], twins: &[PoolId], ids: &[StepId]) -> Vec<Vec<StepId>> {
    let of_pools = |id: StepId| moved(problem, twins, &id);
    ids.iter()
        .map(|id| renamed(problem, classes, &at_home(problem, twins[0], id)).into_iter().flat_map(of_pools).collect())
        .collect()
}

/// The plans of several pools as one: what they have in common is done once, when all of them have come to it. None if they
/// come to it in different orders.
#[must_use]
pub fn merged(plans: &[Vec<Vec<StepId>>]) -> Option<Vec<StepId>> {
    let mut left: BTreeMap<&StepId, usize> = BTreeMap::new();
    for plan in plans {
        let own: BTreeSet<&StepId> = plan.iter().flatten().collect();
        own.into_iter().for_each(|id| *left.entry(id).or_default() += 1);
    }
    let mut queues: Vec<VecDeque<&StepId>> = plans.iter().map(|p| p.iter().flatten().collect()).collect();
    let mut all = Vec::new();
    while queues.iter().any(|q| !q.is_empty()) {
        let before = all.len();
        for queue in &mut queues {
            while let Some(&id) = queue.front().filter(|id| left[**id] == 1) {
                queue.pop_front();
                all.push(id.clone());
            }
        }
        let waits = |id: &StepId| queues.iter().filter(|q| q.front() == Some(&id)).count();
        let common = queues.iter().filter_map(|q| q.front().copied()).find(|id| waits(id) == left[*id]);
        match common {
            Some(id) => {
                all.push(id.clone());
                queues.iter_mut().filter(|q| q.front() == Some(&id)).for_each(|q| _ = q.pop_front());
            }
            None if all.len() == before => return None,
            None => {}
        }
    }
    Some(all)
}

/// Takes steps by their ids, as far as there is something to do. None if one may not be taken where it stands, or the goal
/// is not reached.
#[must_use]
pub fn taken(rules: &Rules<'_>, ids: &[StepId]) -> Option<Vec<Action>> {
    let mut state = rules.problem.initial.clone();
    let mut actions = Vec::new();
    for id in ids {
        let Some((action, declaration)) = rules.with_id(&state, id) else { continue };
        state = rules.take(&state, &rules.standing(&state), &declaration)?.after;
        actions.push(action);
    }
    rules.reached(&state).then_some(actions)
}

/// A step of a store that several pools use, by the name of the pool that its cmdlets name.
fn at_home(problem: &Problem, pool: PoolId, id: &StepId) -> StepId {
    let estate = &problem.estate;
    for &s in &estate.pool(pool).stores {
        let store = estate.store(s);
        let by_this = format!("/{}/{}", estate.pool(pool).fqdn, store.kind);
        if let Some(purpose) = id.0.strip_suffix(&by_this) {
            return StepId(format!("{purpose}/{}/{}", estate.pool(store.pool).fqdn, store.kind));
        }
    }
    id.clone()
}

/// The ids of a step for every store of the class that its store stands for.
fn renamed(problem: &Problem, classes: &[Vec<StoreId>], id: &StepId) -> Vec<StepId> {
    let name = |s: StoreId| {
        let store = problem.estate.store(s);
        format!("/{}/{}", problem.estate.pool(store.pool).fqdn, store.kind)
    };
    for class in classes {
        let Some(purpose) = class.first().and_then(|&first| id.0.strip_suffix(&name(first))) else { continue };
        return class.iter().map(|&s| StepId(format!("{purpose}{}", name(s)))).collect();
    }
    vec![id.clone()]
}

/// A step id for every pool that the first one stands for; a step that names neither it nor a Front End of it is for all.
fn moved(problem: &Problem, twins: &[PoolId], id: &StepId) -> Vec<StepId> {
    let estate = &problem.estate;
    let names = |p: PoolId| -> Vec<String> {
        let part = estate.pool(p);
        let front_ends = part.front_ends.iter().map(|&f| estate.front_end(f).fqdn.to_string());
        std::iter::once(part.fqdn.to_string()).chain(front_ends).collect()
    };
    // A store that several pools use is failed over, ended and mirrored once.
    let shared = |s: &&StoreId| estate.store(**s).users.len() > 1;
    let mut shared = estate.pool(twins[0]).stores.iter().filter(shared);
    if shared.any(|&s| id.0.ends_with(&format!("/{}", model::vocabulary::store_name(estate, s)))) {
        return vec![id.clone()];
    }
    let segments: Vec<&str> = id.0.split('/').collect();
    let first = names(twins[0]);
    if !segments.iter().any(|s| first.iter().any(|n| n == s)) {
        return vec![id.clone()];
    }
    let to = |&p: &PoolId| {
        let other = names(p);
        let name = |s: &&str| first.iter().position(|n| n == s).map_or_else(|| (*s).to_owned(), |n| other[n].clone());
        StepId(segments.iter().map(name).collect::<Vec<_>>().join("/"))
    };
    twins.iter().map(to).collect()
}
