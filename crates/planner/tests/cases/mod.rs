//! Estates in which every kind of action may begin somewhere on the way to the goal: at least one for each. It knows no
//! rules.
//!
//! Who adds an action adds a case here in which it is proposed and may begin, without which `every_action.rs` fails.

use model::database_type::DatabaseType;
use model::estate::{InstanceId, Product, StoreId};
use model::field::{Field, Value};
use model::problem::{Problem, Slots, Wanted};

use crate::support::world::{
    BE1, BE2, FE1, Plan, THIRD, copies, copy, dies, healthy, host, one, ordered, set, slots, want, witnessed,
};
use crate::support::{FOUR, cms, seed};

/// The second instance that holds nothing.
const OTHER: InstanceId = InstanceId(3);

/// Every case, by name.
pub fn all() -> Vec<(&'static str, Problem)> {
    vec![
        ("the night of the seed, three types", seed(&[FOUR[0], FOUR[2], FOUR[3]], 3)),
        ("the night of the seed, two Front Ends", seed(&FOUR[..1], 2)),
        ("the night of the seed, and one database is behind", behind()),
        ("the night of two pools with a store in common", two_pools()),
        ("nobody knows whether the topology can be written", asking()),
        ("the mirror is lost", mirror_lost()),
        ("the slots are exchanged", exchanged()),
        ("another primary, whatever its mirror", primary_only()),
        ("the mirror moves to another host", moved()),
        ("mirroring ends", ended()),
        ("a mirror is added, with a witness", added()),
        ("mirrors that a cmdlet can publish are added", unmirrored(&Plan { types: &FOUR[2..], ..Plan::default() })),
        ("two slots in any order, and a mirror is added", pair()),
        ("a role, whatever the slots", role(BE2)),
        ("one type half here, half there, comes home", half()),
        ("a mirror catches up", catching_up(Value::Full)),
        ("a mirror is asynchronous", catching_up(Value::Off)),
        ("mirrors are in the making", in_the_making()),
        ("empty databases beside the living ones", beside(Value::Nothing)),
        ("an old copy serves beside the living one", beside(Value::Superseded)),
        ("sessions are suspended", suspended(false)),
        ("sessions are suspended after a force, loss agreed to", suspended(true)),
        ("a mirror remembers a session", one_sided()),
        ("two principals", two_principals()),
        ("a Front End stands still", stopped()),
        ("a Front End is disabled", disabled()),
        ("a mirror that may not be forced", refused()),
        ("the Central Management store is in the pool, which keeps its slots", cms::alone(true)),
        ("every copy is lost", lost(healthy(&Plan::default()), &[BE1, BE2])),
        ("the only copy is lost", lost(alone(), &[BE1])),
        ("the Central Management store is in the pool that lost its back end", crate::support::cms::night(cms())),
        ("it is there, and nobody can take it over", kept()),
        ("it is there, and every copy is lost", cms_lost()),
        ("it is there, and another pool takes it that has no store for it", by_hand(false)),
        ("the same, and every copy is lost", by_hand(true)),
        ("the witness is changed", witness(Wanted::One(OTHER))),
        ("the witness is taken away", witness(Wanted::Nothing)),
        ("the witness is lost", witness_lost()),
        ("a principal waits for its witness", offline(Wanted::Unmanaged)),
        ("a principal is opened without mirror and witness", offline(Wanted::Nothing)),
        ("both hosts are lost", both_lost()),
        ("the only host is lost", only_lost()),
    ]
}

/// These hosts are dead, and everybody has agreed to what that costs.
fn lost(mut p: Problem, hosts: &[model::estate::InstanceId]) -> Problem {
    for &i in hosts {
        let h = host(&p, i);
        dies(&mut p, h);
    }
    p.policy.allow_full_stop = true;
    let databases = p.wishes.iter().flat_map(|w| p.estate.store(w.store).databases.clone());
    p.consents = databases.filter(|&d| !p.gives_up(d)).collect();
    p
}

fn alone() -> Problem {
    let mut p = unmirrored(&Plan::default());
    want(&mut p, BE1, None);
    for f in p.estate.front_end_ids() {
        set(&mut p, Field::LoadedMirror(f, StoreId(0)), Value::Nothing);
    }
    p
}

fn behind() -> Problem {
    let mut p = seed(&FOUR[..1], 3);
    let d = p.estate.store(StoreId(0)).databases[1];
    set(&mut p, Field::Content(d, BE2), Value::Behind);
    p.consents.insert(d);
    p
}

fn two_pools() -> Problem {
    let shared = [DatabaseType::Monitoring];
    let mut p = healthy(&Plan { pools: &["pool01", "pool02"], shared: &shared, ..Plan::default() });
    want(&mut p, BE2, Some(BE1));
    let be1 = host(&p, BE1);
    dies(&mut p, be1);
    copies(&mut p, BE2, Value::Mirror, Value::Disconnected, Value::Complete);
    p
}

fn asking() -> Problem {
    let mut p = seed(&FOUR[..1], 3);
    set(&mut p, Field::CmsWritable, Value::Unknown);
    p
}

fn mirror_lost() -> Problem {
    let mut p = one();
    let be2 = host(&p, BE2);
    dies(&mut p, be2);
    copies(&mut p, BE1, Value::Principal, Value::Disconnected, Value::Complete);
    p
}

fn exchanged() -> Problem {
    let mut p = healthy(&Plan { types: &FOUR[..2], spare: Some("be3.contoso.com"), ..Plan::default() });
    want(&mut p, BE2, Some(BE1));
    p
}

fn primary_only() -> Problem {
    let mut p = one();
    p.wishes[0].slots = Slots::Ordered { primary: Some(BE2), mirror: Wanted::Unmanaged };
    p
}

fn moved() -> Problem {
    let mut p = healthy(&Plan { spare: Some("be3.contoso.com"), ..Plan::default() });
    want(&mut p, BE1, Some(THIRD));
    set(&mut p, Field::Ready(THIRD), Value::No);
    p
}

fn ended() -> Problem {
    let mut p = one();
    want(&mut p, BE1, None);
    p
}

fn unmirrored(plan: &Plan<'_>) -> Problem {
    let mut p = healthy(plan);
    for s in p.estate.store_ids().collect::<Vec<_>>() {
        slots(&mut p, s, BE1, None);
    }
    copies(&mut p, BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copies(&mut p, BE2, Value::Absent, Value::NoSession, Value::Nothing);
    p
}

fn added() -> Problem {
    let mut p = unmirrored(&Plan { types: &FOUR[2..], witness: Some("w1.contoso.com"), ..Plan::default() });
    p.wishes.iter_mut().for_each(|w| w.witness = Wanted::One(THIRD));
    p
}

fn pair() -> Problem {
    let mut p = unmirrored(&Plan::default());
    p.wishes[0].slots = Slots::Pair(BE1, BE2);
    p.wishes[0].witness = Wanted::Nothing;
    p
}

fn role(principal: InstanceId) -> Problem {
    let mut p = one();
    p.wishes[0].slots = Slots::Ordered { primary: None, mirror: Wanted::Unmanaged };
    p.wishes[0].principal = Some(principal);
    p
}

fn half() -> Problem {
    let mut p = role(BE1);
    let d = p.estate.store(StoreId(0)).databases[1];
    set(&mut p, Field::Role(d, BE1), Value::Mirror);
    set(&mut p, Field::Role(d, BE2), Value::Principal);
    p
}

fn catching_up(safety: Value) -> Problem {
    let mut p = one();
    copies(&mut p, BE1, Value::Principal, Value::Synchronizing, Value::Complete);
    copies(&mut p, BE2, Value::Mirror, Value::Synchronizing, Value::Behind);
    for d in p.estate.store(StoreId(0)).databases.clone() {
        [BE1, BE2].into_iter().for_each(|i| set(&mut p, Field::Safety(d, i), safety));
    }
    p
}

fn in_the_making() -> Problem {
    let mut p = catching_up(Value::Full);
    set(&mut p, Field::StartedSinceMirror(FE1), Value::No);
    p
}

/// Beside be1, which serves, be2 serves something else.
fn beside(content: Value) -> Problem {
    let mut p = unmirrored(&Plan::default());
    copies(&mut p, BE2, Value::Unmirrored, Value::NoSession, content);
    p
}

fn suspended(forced: bool) -> Problem {
    let mut p = one();
    let content = if forced { Value::Unknown } else { Value::Complete };
    copies(&mut p, BE1, Value::Principal, Value::Suspended, content);
    copies(&mut p, BE2, Value::Mirror, Value::Suspended, Value::Behind);
    if forced {
        p.consents = p.estate.store(StoreId(0)).databases.iter().copied().collect();
    }
    p
}

fn one_sided() -> Problem {
    let mut p = one();
    copies(&mut p, BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copies(&mut p, BE2, Value::Mirror, Value::Disconnected, Value::Behind);
    p
}

fn two_principals() -> Problem {
    let mut p = one();
    p.wishes[0].slots = ordered(BE2, Some(BE1));
    copies(&mut p, BE1, Value::Principal, Value::Disconnected, Value::Superseded);
    copies(&mut p, BE2, Value::Principal, Value::Disconnected, Value::Complete);
    p
}

fn stopped() -> Problem {
    let mut p = one();
    set(&mut p, Field::Services(FE1), Value::Stopped);
    p
}

fn disabled() -> Problem {
    let mut p = healthy(&Plan { product: Product::Skype2015, ..Plan::default() });
    set(&mut p, Field::Services(FE1), Value::Disabled);
    p
}

/// be1 dead, be2 MIRROR, and neither be1 nor the witness is seen from there; of one type a session was ended already.
fn refused() -> Problem {
    let types = [DatabaseType::User, DatabaseType::Archiving];
    let mut p = healthy(&Plan { types: &types, witness: Some("w1.contoso.com"), ..Plan::default() });
    want(&mut p, BE2, Some(BE1));
    let be1 = host(&p, BE1);
    dies(&mut p, be1);
    copies(&mut p, BE2, Value::Mirror, Value::Disconnected, Value::Complete);
    witnessed(&mut p, THIRD, Value::Disconnected);
    copy(&mut p, StoreId(1), BE2, Value::Restoring, Value::NoSession, Value::Complete);
    p.policy.allow_undocumented = true;
    p
}

fn cms() -> Problem {
    let mut p = crate::support::cms::paired();
    want(&mut p, BE2, Some(BE1));
    p
}

fn cms_lost() -> Problem {
    let mut p = cms();
    set(&mut p, Field::CmsWritable, Value::No);
    lost(p, &[BE1, BE2])
}

fn by_hand(every_copy: bool) -> Problem {
    let p = crate::support::cms::beside();
    if !every_copy {
        return p.for_cms(crate::support::cms::POOL02);
    }
    lost(p, &[BE1, BE2]).for_cms(crate::support::cms::POOL02)
}

fn witness(wanted: Wanted) -> Problem {
    let plan = Plan { witness: Some("w1.contoso.com"), other_witness: Some("w2.contoso.com"), ..Plan::default() };
    let mut p = healthy(&plan);
    witnessed(&mut p, THIRD, Value::Connected);
    p.wishes[0].witness = wanted;
    p
}

fn witness_lost() -> Problem {
    let mut p = witness(Wanted::One(THIRD));
    witnessed(&mut p, THIRD, Value::Disconnected);
    let w1 = host(&p, THIRD);
    dies(&mut p, w1);
    p
}

/// be2 and w1 are dead; be1 answers, its copies are not online and say nothing of their session.
fn offline(wanted: Wanted) -> Problem {
    let mut p = witness(wanted);
    for lost in [BE2, THIRD] {
        let h = host(&p, lost);
        dies(&mut p, h);
    }
    copies(&mut p, BE1, Value::Recovering, Value::Unknown, Value::Complete);
    for d in p.estate.store(StoreId(0)).databases.clone() {
        for field in [Field::Safety(d, BE1), Field::Witness(d, BE1), Field::WitnessLink(d, BE1)] {
            set(&mut p, field, Value::Unknown);
        }
    }
    p.policy.allow_undocumented = wanted == Wanted::Nothing;
    p
}

fn kept() -> Problem {
    let mut p = crate::support::cms::alone(true);
    want(&mut p, BE1, Some(BE2));
    p
}

/// Whoever can be reached has agreed to everything.
fn agreed(mut p: Problem) -> Problem {
    p.policy.allow_full_stop = true;
    let stores = p.wishes.iter().flat_map(|w| p.estate.store(w.store).databases.clone());
    p.consents = stores.filter(|&d| !p.gives_up(d)).collect();
    p
}

fn both_lost() -> Problem {
    let mut p = one();
    for i in [BE1, BE2] {
        let h = host(&p, i);
        dies(&mut p, h);
    }
    agreed(p)
}

fn only_lost() -> Problem {
    let mut p = one();
    for s in p.estate.store_ids().collect::<Vec<_>>() {
        slots(&mut p, s, BE1, None);
        copy(&mut p, s, BE2, Value::Absent, Value::NoSession, Value::Nothing);
    }
    want(&mut p, BE1, None);
    let be1 = host(&p, BE1);
    dies(&mut p, be1);
    agreed(p)
}
