//! Estates of many pools, built without files: each pool on a pair of SQL Server hosts, which pools may share.

use std::collections::{BTreeMap, BTreeSet};

use model::database_type::DatabaseType;
use model::estate::{Estate, InstanceId, Parts, PoolPart, Product, StorePart};
use model::field::{Field, State, Value};
use model::problem::{Policy, Problem, Wanted, Wish};
use topology::names::{Fqdn, SqlInstance};

use super::world::{copy, ordered, set};
use super::{fqdn, sql};

/// A pool.
#[derive(Clone, Copy)]
pub struct Pool {
    /// The pair of hosts on which its stores lie: hosts `be<pair>a` and `be<pair>b`.
    pub pair: usize,
    /// How many Front Ends it has.
    pub front_ends: usize,
    /// Whether its Monitoring store lies on an instance of its own there.
    pub monitoring: bool,
    /// How it stands.
    pub stands: Stands,
}

/// How a pool stands. The first host of its pair is in the primary slots.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// As declared.
    Well,
    /// The first host is dead, and nobody serves.
    Lost,
    /// The first host is dead, and a witness has failed everything over.
    Served,
}

impl Default for Pool {
    fn default() -> Self {
        Self { pair: 1, front_ends: 3, monitoring: false, stands: Stands::Lost }
    }
}

fn pool_name(n: usize) -> Fqdn {
    fqdn(&format!("pool{n:05}.contoso.com"))
}

fn holders(pair: usize, name: &str) -> [SqlInstance; 2] {
    ["a", "b"].map(|side| sql(&format!("be{pair:05}{side}.contoso.com\\{name}")))
}

/// The pools, numbered from 1. With `shared` the first pair holds one Monitoring store of all of them.
pub fn many(pools: &[Pool], shared: bool) -> Problem {
    let mut parts = Parts::default();
    let mut at: Vec<([SqlInstance; 2], Stands)> = Vec::new();
    let mut store = |users: Vec<Fqdn>, kind, on: [SqlInstance; 2], stands, parts: &mut Parts| {
        parts.stores.push(StorePart { users, kind, megabytes: Default::default(), instances: on.to_vec() });
        at.push((on, stands));
    };
    for (n, pool) in (1..).zip(pools) {
        parts.pools.push(PoolPart {
            fqdn: pool_name(n),
            product: Product::Lync2013,
            front_ends: (1..=pool.front_ends).map(|f| fqdn(&format!("fe{n:05}-{f}.contoso.com"))).collect(),
        });
        let user = holders(pool.pair, &format!("RTC{n}"));
        store(vec![pool_name(n)], DatabaseType::User, user, pool.stands, &mut parts);
        if pool.monitoring {
            let own = holders(pool.pair, &format!("MON{n}"));
            store(vec![pool_name(n)], DatabaseType::Monitoring, own, pool.stands, &mut parts);
        }
    }
    if shared {
        let users = (1..=pools.len()).map(pool_name).collect();
        store(users, DatabaseType::Monitoring, holders(1, "MON"), pools[0].stands, &mut parts);
    }
    let estate = Estate::new(parts).unwrap();
    let mut problem = Problem {
        initial: State::unknown(&estate),
        wishes: Vec::new(),
        policy: Policy {
            seed_share: Some("\\\\fs1.contoso.com\\sqlseed".to_owned()),
            allow_full_stop: true,
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
    let p = &mut problem;
    hosts(p, &at);
    // Each store has an instance of its own.
    let by_name: BTreeMap<_, _> = at.into_iter().map(|(on, stands)| (on[0].clone(), (on, stands))).collect();
    for s in p.estate.store_ids() {
        let first = p.estate.store(s).instances[0];
        let (on, stands) = by_name[&p.estate.instance(first).name].clone();
        let [a, b] = on.map(|i| p.estate.instance_named(&i).unwrap());
        place(p, s, [a, b], stands);
    }
    for f in p.estate.front_end_ids() {
        for (field, value) in [
            (Field::Services(f), Value::Running),
            (Field::Replica(f), Value::Current),
            (Field::VoterEpoch(f), Value::Original),
            (Field::StartedSinceMirror(f), Value::Yes),
        ] {
            set(p, field, value);
        }
    }
    for pool in p.estate.pool_ids() {
        set(p, Field::HoldsCms(pool), Value::No);
        for field in [Field::Tested(pool), Field::LogBackups(pool), Field::Reports(pool)] {
            set(p, field, Value::Yes);
        }
    }
    for pool in p.estate.pool_ids() {
        set(p, Field::HoldsCms(pool), Value::No);
    }
    set(p, Field::CmsWritable, Value::Yes);
    set(p, Field::Saved, Value::No);
    set(p, Field::Publishing, Value::No);
    problem
}

fn hosts(p: &mut Problem, at: &[([SqlInstance; 2], Stands)]) {
    let dead: BTreeSet<Fqdn> =
        at.iter().filter(|(_, s)| *s != Stands::Well).map(|(on, _)| on[0].host.clone()).collect();
    for h in p.estate.host_ids() {
        let up = !dead.contains(p.estate.host(h));
        set(p, Field::Reachable(h), if up { Value::Yes } else { Value::No });
        set(p, Field::Fenced(h), Value::No);
        set(p, Field::Epoch(h), Value::Original);
        for i in p.estate.instances_on(h).to_vec() {
            set(p, Field::Answers(i), if up { Value::Yes } else { Value::No });
            set(p, Field::Ready(i), if up { Value::Yes } else { Value::Unknown });
        }
    }
}

fn place(p: &mut Problem, s: model::estate::StoreId, [a, b]: [InstanceId; 2], stands: Stands) {
    set(p, Field::PrimarySlot(s), a.into());
    set(p, Field::MirrorSlot(s), b.into());
    set(p, Field::WitnessSlot(s), Value::Nothing);
    for user in p.estate.store(s).users.clone() {
        for f in p.estate.pool(user).front_ends.clone() {
            set(p, Field::LoadedPrimary(f, s), a.into());
            set(p, Field::LoadedMirror(f, s), b.into());
        }
    }
    match stands {
        Stands::Well => {
            copy(p, s, a, Value::Principal, Value::Synchronized, Value::Complete);
            copy(p, s, b, Value::Mirror, Value::Synchronized, Value::Complete);
        }
        Stands::Lost => copy(p, s, b, Value::Mirror, Value::Disconnected, Value::Complete),
        Stands::Served => copy(p, s, b, Value::Principal, Value::Disconnected, Value::Complete),
    }
    let slots = if stands == Stands::Well { ordered(a, Some(b)) } else { ordered(b, Some(a)) };
    p.wishes.push(Wish { store: s, slots, witness: Wanted::Unmanaged, principal: None });
}
