//! Estates in which it matters where the Central Management store is.

use model::database_type::DatabaseType::{self, Application, CentralMgmt, User};
use model::estate::{Estate, InstanceId, PoolId};
use model::field::{Field, State, Value};
use model::problem::{Problem, Slots};

use super::world::{self, BE1, BE2, Plan, copy, dies, healthy, host, set, slots};
use super::{fqdn, sql};

/// sql2 of the paired estate.
pub const SQL2: InstanceId = InstanceId(2);
pub const POOL01: PoolId = PoolId(0);
pub const POOL02: PoolId = PoolId(1);

/// Pools with the machines of each, mirrored where there are two; the last two are paired for the Central Management store.
/// All is well, and desired is just that.
pub fn apart(homes: &[&[&str]], types: &[DatabaseType]) -> Problem {
    let names: Vec<String> = (1..=homes.len()).map(|n| format!("pool0{n}")).collect();
    let pools: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = Plan { pools: &pools, types, ..Plan::default() };
    let mut p = healthy(&plan);
    let mut parts = world::parts(&plan);
    parts.instances.clear();
    let pair: Vec<_> = parts.pools.iter().rev().take(2).map(|p| p.fqdn.clone()).collect();
    parts.stores.retain(|s| s.kind != CentralMgmt || pair.contains(&s.users[0]));
    for store in &mut parts.stores {
        let pool = pools.iter().position(|n| store.users[0].label() == *n).unwrap();
        store.instances = homes[pool].iter().map(|n| sql(&format!("{n}.contoso.com\\RTC"))).collect();
    }
    p.estate = Estate::new(parts).unwrap();
    p.initial = State::unknown(&p.estate);
    p.wishes.clear();
    world::make_healthy(&mut p);
    for (s, wish) in p.estate.store_ids().collect::<Vec<_>>().into_iter().zip(0..) {
        let at = p.estate.store(s).instances.clone();
        slots(&mut p, s, at[0], at.get(1).copied());
        p.wishes[wish].slots = world::ordered(at[0], at.get(1).copied());
        let Some(&mirror) = at.get(1) else {
            copy(&mut p, s, at[0], Value::Unmirrored, Value::NoSession, Value::Complete);
            continue;
        };
        copy(&mut p, s, at[0], Value::Principal, Value::Synchronized, Value::Complete);
        copy(&mut p, s, mirror, Value::Mirror, Value::Synchronized, Value::Complete);
    }
    p
}

/// pool01 on be1 and be2, pool02 on sql2 alone, which nobody manages; both have a store of type CentralMgmt, and pool01
/// holds the Central Management store.
pub fn paired() -> Problem {
    let mut p = apart(&[&["be1", "be2"], &["sql2"]], &[User, Application, CentralMgmt]);
    p.wishes.retain(|w| p.estate.store(w.store).pool == POOL01);
    set(&mut p, Field::HoldsCms(POOL01), Value::Yes);
    p
}

/// be1 is dead, be2 was SYNCHRONIZED.
pub fn night(mut p: Problem) -> Problem {
    let be1 = host(&p, BE1);
    dies(&mut p, be1);
    for s in p.wishes.iter().map(|w| w.store).collect::<Vec<_>>() {
        copy(&mut p, s, BE2, Value::Mirror, Value::Disconnected, Value::Complete);
    }
    set(&mut p, Field::CmsWritable, Value::No);
    p
}

/// pool02 holds it, and sql2 is dead.
pub fn elsewhere_down(mut p: Problem) -> Problem {
    let sql2 = p.estate.host_named(&fqdn("sql2.contoso.com")).unwrap();
    dies(&mut p, sql2);
    set(&mut p, Field::HoldsCms(POOL01), Value::No);
    set(&mut p, Field::HoldsCms(POOL02), Value::Yes);
    set(&mut p, Field::CmsWritable, Value::No);
    p
}

/// pool01 alone, and its slots may stay as they are.
pub fn alone(allowed: bool) -> Problem {
    let mut p = night(apart(&[&["be1", "be2"]], &[User, Application, CentralMgmt]));
    set(&mut p, Field::HoldsCms(POOL01), Value::Yes);
    p.wishes.iter_mut().for_each(|w| w.slots = Slots::Pair(BE1, BE2));
    p.policy.allow_undocumented = allowed;
    p.policy.allow_full_stop = allowed;
    p
}

/// The night of pool01, which holds the Central Management store; pool02 runs, and has no store for it.
pub fn beside() -> Problem {
    let mut p = night(apart(&[&["be1", "be2"], &["sql2"]], &[User, Application, CentralMgmt]));
    let theirs = model::cms::store(&p.estate, POOL02).unwrap();
    let kept = p.estate.store_ids().filter(|&s| s != theirs && p.estate.store(s).pool != POOL01).collect();
    let managed = p.estate.store_ids().filter(|&s| p.estate.store(s).pool == POOL01).collect();
    let part = model::restrict::Kept { managed, beside: kept, pools: [POOL01, POOL02].into() };
    p = p.restricted(&part).unwrap().problem;
    set(&mut p, Field::HoldsCms(POOL01), Value::Yes);
    set(&mut p, Field::HoldsCms(POOL02), Value::No);
    world::want(&mut p, BE2, Some(BE1));
    p
}
