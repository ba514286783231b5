//! Parts of a problem that share no machine and no pool: each is a problem of its own. It solves none of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use model::estate::{HostId, InstanceId, PoolId, Product, StoreId};
use model::field::{Field, State};
use model::problem::{Problem, Wish};
use model::restrict::Kept;
use petgraph::unionfind::UnionFind;

/// The parts of a problem, in the order of their first stores.
///
/// Managed stores that share a machine or a pool are one part, directly or through others. So are those that a store
/// without a wish lies between: building a machine anew destroys its copies there, and asks for those elsewhere.
#[must_use]
pub fn parts(problem: &Problem) -> Vec<Kept> {
    let estate = &problem.estate;
    let managed: Vec<StoreId> = problem.wishes.iter().map(|w| w.store).collect();
    let known: BTreeSet<StoreId> = managed.iter().copied().collect();
    let mut sets: UnionFind<usize> = UnionFind::new(managed.len());
    let mut of_host: HashMap<HostId, usize> = HashMap::new();
    let mut of_pool: HashMap<PoolId, usize> = HashMap::new();
    for (n, &s) in managed.iter().enumerate() {
        let store = estate.store(s);
        for &i in &store.instances {
            sets.union(n, *of_host.entry(estate.host_of(i)).or_insert(n));
        }
        for &p in &store.users {
            sets.union(n, *of_pool.entry(p).or_insert(n));
        }
    }
    for s in estate.store_ids().filter(|s| !known.contains(s)) {
        let touched = estate.store(s).instances.iter().filter_map(|&i| of_host.get(&estate.host_of(i)));
        let touched: Vec<usize> = touched.copied().collect();
        touched.windows(2).for_each(|pair| _ = sets.union(pair[0], pair[1]));
    }
    let mut parts: BTreeMap<usize, BTreeSet<StoreId>> = BTreeMap::new();
    for (n, &s) in managed.iter().enumerate() {
        parts.entry(sets.find(n)).or_default().insert(s);
    }
    let unread = unread(problem);
    let mut parts: Vec<Kept> = parts.into_values().map(|m| kept(problem, m, |_| true, &unread)).collect();
    parts.sort_by(|a, b| a.managed.first().cmp(&b.managed.first()));
    parts
}

/// Two parts as one.
#[must_use]
pub fn joined(problem: &Problem, a: &Kept, b: &Kept) -> Kept {
    kept(problem, a.managed.union(&b.managed).copied().collect(), |_| true, &unread(problem))
}

/// What belongs to some managed stores and some pools of a problem: stores without a wish that those pools use or that lie
/// on those machines. They stay as they are, but Front Ends load them too, and copies of them are not to be destroyed.
#[must_use]
pub fn of_pools(problem: &Problem, managed: BTreeSet<StoreId>, of: impl Fn(PoolId) -> bool) -> Kept {
    kept(problem, managed, of, &unread(problem))
}

/// Stores whose mirror slot is not known: any instance may be in it, which forbids to make it a primary one (K3). One is as
/// good as all of them, two where the part itself has one.
fn unread(problem: &Problem) -> Vec<StoreId> {
    let unknown = |s: &StoreId| !problem.initial.get(&problem.estate, Field::MirrorSlot(*s)).is_known();
    problem.estate.store_ids().filter(unknown).take(2).collect()
}

fn kept(problem: &Problem, managed: BTreeSet<StoreId>, of: impl Fn(PoolId) -> bool, unread: &[StoreId]) -> Kept {
    let estate = &problem.estate;
    let stores = || managed.iter().map(|&s| estate.store(s));
    let mut pools: BTreeSet<PoolId> = stores().flat_map(|s| s.users.iter().copied()).filter(|&p| of(p)).collect();
    let hosts: BTreeSet<HostId> = stores().flat_map(|s| &s.instances).map(|&i| estate.host_of(i)).collect();
    let of_pools = pools.iter().flat_map(|&p| estate.pool(p).stores.iter());
    let on_hosts = hosts.iter().flat_map(|&h| estate.stores_on(h).iter());
    let unwished = of_pools.chain(on_hosts).copied().filter(|&s| problem.wish(s).is_none());
    let mut beside: BTreeSet<StoreId> = unwished.collect();
    beside.extend(unread.iter().filter(|s| !managed.contains(s)));
    // What a move of the Central Management store reads, whoever manages it.
    beside.extend(crate::cms::seen(problem, &pools).into_iter().filter(|s| !managed.contains(s)));
    for &s in &beside {
        let users = &estate.store(s).users;
        // A store of nobody here is still somebody's.
        if !users.iter().any(|p| pools.contains(p)) {
            pools.extend(users.first());
        }
    }
    Kept { managed, beside, pools }
}

/// Everything of a problem but the names: problems that are alike have the same plans, step by step in their own ids.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Likeness {
    pools: Vec<(Product, usize, Vec<StoreId>)>,
    stores: Vec<(PoolId, Vec<PoolId>, model::database_type::DatabaseType, Vec<InstanceId>)>,
    hosts: Vec<HostId>,
    megabytes: Vec<Option<u64>>,
    cms: [Option<PoolId>; 2],
    initial: State,
    wishes: Vec<Wish>,
    consents: BTreeSet<model::estate::DatabaseId>,
    builds: BTreeMap<InstanceId, String>,
}

/// What a problem is like.
#[must_use]
pub fn likeness(problem: &Problem) -> Likeness {
    let estate = &problem.estate;
    Likeness {
        pools: estate.pools.iter().map(|p| (p.product, p.front_ends.len(), p.stores.clone())).collect(),
        stores: estate.stores.iter().map(|s| (s.pool, s.users.clone(), s.kind, s.instances.clone())).collect(),
        hosts: estate.instances.iter().map(|i| i.host).collect(),
        megabytes: estate.databases.iter().map(|d| d.megabytes).collect(),
        cms: [estate.cms, problem.cms_to],
        initial: problem.initial.clone(),
        wishes: problem.wishes.clone(),
        consents: problem.consents.clone(),
        builds: problem.builds.clone(),
    }
}
