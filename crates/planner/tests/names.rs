//! The names of situations, told a second time from their definitions: what a store is called in triage, how its copies stand
//! to each other, and what changes, over every combination of known facts of a small estate.

mod support;

use Value::{
    Absent, Connected, Disconnected, Mirror, No, NoSession, Nothing, PendingFailover, Principal, Restoring, Suspended,
    Synchronized, Synchronizing, Unknown, Unmirrored, Yes,
};
use model::database_type::DatabaseType;
use model::estate::{DatabaseId, HostId, InstanceId, StoreId};
use model::field::{Field, Value};
use model::problem::Problem;
use planner::changes::{Line, Seen, What, changes, seen};
use planner::pairing::{Pairing, pairing};
use planner::triage::{Situation, triage};
use support::world::{BE1, BE2, FE1, Plan, copy, healthy, set};

const S: StoreId = StoreId(0);
const PAIR: [InstanceId; 2] = [BE1, BE2];

/// A pool with an Archiving store: one database.
fn small() -> (Problem, DatabaseId) {
    let p = healthy(&Plan { types: &[DatabaseType::Archiving], ..Plan::default() });
    let d = p.estate.store(S).databases[0];
    (p, d)
}

/// Every combination of the values of some fields.
fn each(p: &Problem, facts: &[(Field, &[Value])], mut look: impl FnMut(&Problem)) {
    let mut p = p.clone();
    let total: usize = facts.iter().map(|(_, values)| values.len()).product();
    for n in 0..total {
        let mut rest = n;
        for (field, values) in facts {
            set(&mut p, *field, values[rest % values.len()]);
            rest /= values.len();
        }
        look(&p);
    }
}

/// A known fact.
fn is(p: &Problem, field: Field, value: Value) -> bool {
    p.initial.get(&p.estate, field) == value
}

fn answers(p: &Problem, i: InstanceId) -> bool {
    is(p, Field::Answers(i), Yes)
}

fn online(p: &Problem, d: DatabaseId, i: InstanceId) -> bool {
    is(p, Field::Role(d, i), Principal) || is(p, Field::Role(d, i), Unmirrored)
}

fn serves(p: &Problem, d: DatabaseId, i: InstanceId) -> bool {
    online(p, d, i) && answers(p, i) && is(p, Field::Fenced(p.estate.host_of(i)), No)
}

/// As the list of names says, from the worst to the best; what a machine says of its sessions that does not answer does not
/// count.
fn how_copies_stand(p: &Problem, d: DatabaseId) -> Pairing {
    let session = |i, value| answers(p, i) && is(p, Field::Session(d, i), value);
    let has = |i| answers(p, i) && !is(p, Field::Session(d, i), NoSession);
    let any = |test: &dyn Fn(InstanceId) -> bool| PAIR.into_iter().any(test);
    let witness_lost = any(&|i| answers(p, i) && is(p, Field::WitnessLink(d, i), Disconnected));
    let served = any(&|i| serves(p, d, i));
    if PAIR.into_iter().all(|i| serves(p, d, i)) {
        Pairing::Twice
    } else if !served && witness_lost {
        Pairing::ForceRefused
    } else if !served {
        Pairing::Unserved
    } else if any(&|i| session(i, Suspended)) {
        Pairing::Suspended
    } else if (has(BE1) && session(BE2, NoSession)) || (has(BE2) && session(BE1, NoSession)) {
        Pairing::OneSided
    } else if any(&|i| session(i, Disconnected)) {
        Pairing::Disconnected
    } else if any(&|i| answers(p, i) && is(p, Field::Role(d, i), Restoring)) {
        Pairing::LeftOver
    } else if !any(&has) {
        Pairing::Unmirrored
    } else if any(&|i| session(i, Synchronizing) || session(i, PendingFailover)) {
        Pairing::CatchingUp
    } else if witness_lost {
        Pairing::Unwitnessed
    } else if any(&|i| session(i, Synchronized)) {
        Pairing::Synchronized
    } else {
        Pairing::Unknown
    }
}

const SESSIONS: [Value; 6] = [NoSession, Disconnected, Suspended, Synchronizing, PendingFailover, Synchronized];
const ROLES: [Value; 5] = [Absent, Restoring, Unmirrored, Principal, Mirror];

#[test]
fn how_the_copies_of_a_store_stand_to_each_other() {
    let (p, d) = small();
    let mut facts: Vec<(Field, &[Value])> = vec![(Field::Fenced(HostId(0)), &[Yes, No])];
    for i in PAIR {
        facts.extend([(Field::Answers(i), &[Yes, No][..]), (Field::Role(d, i), &ROLES[..])]);
        facts.push((Field::Session(d, i), &SESSIONS[..]));
    }
    facts.push((Field::WitnessLink(d, BE2), &[Nothing, Connected, Disconnected]));
    let mut named = std::collections::BTreeSet::new();
    each(&p, &facts, |p| {
        let name = pairing(p.view(&p.initial), S);
        assert_eq!(name, how_copies_stand(p, d), "{:?}", p.initial);
        named.insert(name);
        // What a silent machine holds is not asked.
        for i in PAIR.into_iter().filter(|&i| !answers(p, i)) {
            let mut dark = p.clone();
            for f in [Field::Role(d, i), Field::Session(d, i), Field::WitnessLink(d, i)] {
                set(&mut dark, f, Unknown);
            }
            assert_eq!(pairing(dark.view(&dark.initial), S), name, "{:?}", dark.initial);
        }
    });
    assert_eq!(named.len(), 11, "of one database every name but Apart and Unknown: {named:?}");
}

#[test]
fn a_store_whose_databases_part_ways_is_apart() {
    let mut p = healthy(&Plan { types: &[DatabaseType::Monitoring], ..Plan::default() });
    let d = p.estate.store(S).databases[0];
    set(&mut p, Field::Role(d, BE1), Mirror);
    set(&mut p, Field::Role(d, BE2), Principal);
    assert_eq!(pairing(p.view(&p.initial), S), Pairing::Apart);
    // One is served nowhere: that is worse.
    set(&mut p, Field::Role(d, BE2), Mirror);
    assert_eq!(pairing(p.view(&p.initial), S), Pairing::Unserved);
    // One is served twice: that is the worst.
    set(&mut p, Field::Role(d, BE1), Principal);
    set(&mut p, Field::Role(d, BE2), Unmirrored);
    assert_eq!(pairing(p.view(&p.initial), S), Pairing::Twice);
}

/// As the list of situations says, from the worst to the best.
fn situation_of(p: &Problem, d: DatabaseId) -> Situation {
    let slot = |field| p.initial.get(&p.estate, field);
    let primary = slot(Field::PrimarySlot(S)).instance().unwrap();
    let mirror = slot(Field::MirrorSlot(S)).instance();
    let other = if primary == BE1 { BE2 } else { BE1 };
    let (host, served) = (p.estate.host_of(primary), PAIR.into_iter().any(|i| serves(p, d, i)));
    let in_step = PAIR.into_iter().all(|i| is(p, Field::Session(d, i), Synchronized));
    match (answers(p, primary), answers(p, other)) {
        _ if PAIR.into_iter().all(|i| serves(p, d, i)) => Situation::SplitBrain,
        (false, false) => Situation::BothLost(host),
        (false, true) if served => Situation::PrimaryLostServed(host),
        (false, true) => Situation::PrimaryLost(host),
        (true, _) if mirror.is_some_and(|m| !answers(p, m)) => Situation::MirrorLost(p.estate.host_of(mirror.unwrap())),
        _ if primary == BE1 && mirror == Some(BE2) && in_step && served => Situation::AsDeclared,
        _ => Situation::Drift,
    }
}

#[test]
fn every_situation_has_the_name_of_its_definition() {
    let (p, d) = small();
    let pairs: [[Value; 2]; 4] =
        [[BE1.into(), BE2.into()], [BE2.into(), BE1.into()], [BE1.into(), Nothing], [BE2.into(), Nothing]];
    let mut facts: Vec<(Field, &[Value])> = vec![(Field::Fenced(HostId(0)), &[Yes, No])];
    for i in PAIR {
        facts.extend([(Field::Answers(i), &[Yes, No][..]), (Field::Role(d, i), &ROLES[1..])]);
        facts.push((Field::Session(d, i), &[NoSession, Disconnected, Synchronized]));
    }
    for [primary, mirror] in pairs {
        let mut p = p.clone();
        set(&mut p, Field::PrimarySlot(S), primary);
        set(&mut p, Field::MirrorSlot(S), mirror);
        each(&p, &facts, |p| {
            let found = &triage(p)[0];
            let name = situation_of(p, d);
            assert_eq!((found.situation, &found.stores), (name, &vec![(S, name)]), "{:?}", p.initial);
            let decides = match name {
                Situation::PrimaryLost(h) | Situation::PrimaryLostServed(h) => {
                    Some(Field::Fenced(h)).filter(|&f| !is(p, f, Yes))
                }
                Situation::BothLost(h) => Some(Field::Reachable(h)),
                _ => None,
            };
            assert_eq!(found.decides, decides);
        });
    }
}

#[test]
fn what_is_not_known_decides_in_the_order_in_which_it_is_asked() {
    let (p, d) = small();
    let asked = [
        Field::PrimarySlot(S),
        Field::MirrorSlot(S),
        Field::Answers(BE1),
        Field::Role(d, BE1),
        Field::Answers(BE2),
        Field::Role(d, BE2),
    ];
    for first in 0..asked.len() {
        let mut dark = p.clone();
        asked[first..].iter().for_each(|&f| set(&mut dark, f, Unknown));
        let found = &triage(&dark)[0];
        assert_eq!((found.situation, found.decides), (Situation::Unknown, Some(asked[first])));
    }
}

#[test]
fn between_two_that_serve_the_age_decides_and_in_a_drift_what_was_not_read() {
    let (mut p, d) = small();
    set(&mut p, Field::Role(d, BE2), Principal);
    let content = Field::Content(d, BE2);
    set(&mut p, content, Unknown);
    let found = &triage(&p)[0];
    assert_eq!((found.situation, found.decides), (Situation::SplitBrain, Some(content)));
    // Where one store is not as declared, what was not read of another one is asked for.
    let mut p = healthy(&Plan { types: &[DatabaseType::Archiving, DatabaseType::Monitoring], ..Plan::default() });
    set(&mut p, Field::PrimarySlot(S), BE2.into());
    set(&mut p, Field::MirrorSlot(S), BE1.into());
    let role = Field::Role(p.estate.store(StoreId(1)).databases[0], BE2);
    set(&mut p, role, Unknown);
    let found = &triage(&p)[0];
    assert_eq!((found.situation, found.decides), (Situation::Drift, Some(role)));
    // Who does not answer tells nothing.
    set(&mut p, Field::Answers(BE2), Unknown);
    assert_ne!(triage(&p)[0].decides, Some(role));
}

#[test]
fn a_store_of_which_some_databases_serve_from_the_mirror_is_lost_partly() {
    let mut p = healthy(&Plan { types: &[DatabaseType::Monitoring], ..Plan::default() });
    let d = p.estate.store(S).databases[0];
    set(&mut p, Field::Answers(BE1), No);
    set(&mut p, Field::Role(d, BE2), Principal);
    let found = &triage(&p)[0];
    assert_eq!(found.situation, Situation::PrimaryLostPartly(HostId(0)));
    assert_eq!(found.decides, Some(Field::Fenced(HostId(0))));
}

#[test]
fn a_pool_has_the_worst_situation_of_its_stores() {
    let mut p = healthy(&Plan { types: &[DatabaseType::User, DatabaseType::Archiving], ..Plan::default() });
    copy(&mut p, StoreId(1), BE2, Restoring, NoSession, Nothing);
    let named = |p: &Problem| triage(p)[0].stores.iter().map(|(_, s)| *s).collect::<Vec<_>>();
    assert_eq!(named(&p), [Situation::AsDeclared, Situation::Drift]);
    assert_eq!(triage(&p)[0].situation, Situation::Drift);
    copy(&mut p, StoreId(1), BE2, Unmirrored, NoSession, Value::Complete);
    assert_eq!(triage(&p)[0].situation, Situation::SplitBrain);
}

#[test]
fn what_a_pool_lacks_is_drift_of_its_own_stores_and_of_no_others() {
    let types = [DatabaseType::User, DatabaseType::Monitoring];
    let p = healthy(&Plan { pools: &["pool01", "pool02"], types: &types, ..Plan::default() });
    let pools: Vec<_> = p.estate.pool_ids().collect();
    let lacks = [
        (Field::Tested(pools[0]), No),
        (Field::LogBackups(pools[0]), No),
        (Field::Reports(pools[0]), No),
        (Field::Services(FE1), Value::Stopped),
        (Field::StartedSinceMirror(FE1), No),
    ];
    let named = |p: &Problem| triage(p).iter().map(|t| t.situation).collect::<Vec<_>>();
    assert_eq!(named(&p), [Situation::AsDeclared; 2]);
    for (field, value) in lacks {
        let mut p = p.clone();
        set(&mut p, field, value);
        assert_eq!(named(&p), [Situation::Drift, Situation::AsDeclared], "{field:?}");
    }
    // What is of one store is not of the other of the same pool.
    let stores = p.estate.pool(pools[0]).stores.clone();
    for (n, &s) in stores.iter().enumerate() {
        for field in [Field::LoadedPrimary(FE1, s), Field::LoadedMirror(FE1, s)] {
            let mut p = p.clone();
            set(&mut p, field, if matches!(field, Field::LoadedPrimary(..)) { BE2.into() } else { BE1.into() });
            let found = triage(&p).remove(0).stores.into_iter().map(|(_, s)| s).collect::<Vec<_>>();
            let mut expected = [Situation::AsDeclared; 2];
            expected[n] = Situation::Drift;
            assert_eq!(found, expected, "{field:?}");
        }
    }
}

#[test]
fn only_lost_hosts_have_a_published_procedure() {
    let h = HostId(0);
    for s in [Situation::PrimaryLost(h), Situation::PrimaryLostPartly(h), Situation::PrimaryLostServed(h)] {
        assert_eq!(s.procedure(), Some("Restoring a mirrored Enterprise Edition Back End Server - primary"));
    }
    assert_eq!(
        Situation::MirrorLost(h).procedure(),
        Some("Restoring a mirrored Enterprise Edition Back End Server - mirror")
    );
    assert_eq!(Situation::BothLost(h).procedure(), Some("Restoring an Enterprise Edition Back End Server"));
    for s in [Situation::SplitBrain, Situation::Drift, Situation::Unknown, Situation::AsDeclared] {
        assert_eq!(s.procedure(), None);
    }
}

#[test]
fn who_serves_is_seen_or_nobody_or_not_known() {
    let (p, d) = small();
    let mut facts: Vec<(Field, &[Value])> = Vec::new();
    for i in PAIR {
        let roles: &[Value] = &[Unknown, Principal, Unmirrored, Mirror, Absent];
        facts.extend([(Field::Answers(i), &[Unknown, Yes, No][..]), (Field::Role(d, i), roles)]);
        facts.push((Field::Fenced(p.estate.host_of(i)), &[Unknown, Yes, No]));
    }
    each(&p, &facts, |p| {
        let may = |i: InstanceId| {
            let offline = is(p, Field::Role(d, i), Mirror) || is(p, Field::Role(d, i), Absent);
            !offline && !is(p, Field::Fenced(p.estate.host_of(i)), Yes)
        };
        let expected = match PAIR.map(|i| serves(p, d, i)) {
            [true, true] => Seen::Twice,
            [true, false] => Seen::Value(BE1.into()),
            [false, true] => Seen::Value(BE2.into()),
            _ if PAIR.into_iter().any(may) => Seen::Value(Unknown),
            _ => Seen::Nobody,
        };
        assert_eq!(seen(p.view(&p.initial), S, What::Principal), expected, "{:?}", p.initial);
    });
}

#[test]
fn a_session_is_seen_as_who_serves_says_then_who_has_one_then_who_knows() {
    let (p, d) = small();
    let facts = PAIR.map(|i| {
        [(Field::Answers(i), &[Unknown, Yes, No][..]), (Field::Session(d, i), &[Unknown, NoSession, Synchronized][..])]
    });
    each(&p, &facts.concat(), |p| {
        let says = |i: InstanceId| {
            Some(p.initial.get(&p.estate, Field::Session(d, i))).filter(|s| answers(p, i) && *s != Unknown)
        };
        let server = PAIR.into_iter().find(|&i| serves(p, d, i)).and_then(says);
        let one = PAIR.into_iter().filter_map(says).find(|s| *s != NoSession);
        let expected = server.or(one).or(says(BE1)).or(says(BE2)).unwrap_or(Unknown);
        assert_eq!(seen(p.view(&p.initial), S, What::Session), Seen::Value(expected), "{:?}", p.initial);
    });
}

#[test]
fn changes_are_told_once_for_stores_of_a_pool_that_change_alike() {
    let types = [DatabaseType::User, DatabaseType::Monitoring];
    let p = healthy(&Plan { pools: &["pool01", "pool02"], types: &types, ..Plan::default() });
    let stores: Vec<StoreId> = p.estate.store_ids().collect();
    let same = changes(&p, &p.initial, &p.initial);
    assert_eq!(same.iter().map(|c| c.stores.clone()).collect::<Vec<_>>(), [stores[..2].to_vec(), stores[2..].to_vec()]);
    assert!(same.iter().flat_map(|c| &c.lines).all(Line::same));
    let mut other = p.clone();
    set(&mut other, Field::MirrorSlot(stores[1]), Nothing);
    set(&mut other, Field::WitnessSlot(stores[0]), Unknown);
    let databases = p.estate.store(stores[1]).databases.clone();
    set(&mut other, Field::Role(databases[0], BE1), Mirror);
    set(&mut other, Field::Role(databases[0], BE2), Principal);
    let found = changes(&p, &p.initial, &other.initial);
    assert_eq!(found.iter().map(|c| c.stores.len()).collect::<Vec<_>>(), [1, 1, 2]);
    let differ =
        |n: usize| found[n].lines.iter().filter(|l| !l.same()).map(|l| (l.what, l.old, l.new)).collect::<Vec<_>>();
    assert_eq!(differ(0), [(What::WitnessSlot, Seen::Value(Nothing), Seen::Value(Unknown))]);
    assert_eq!(
        differ(1),
        [
            (What::MirrorSlot, Seen::Value(BE2.into()), Seen::Value(Nothing)),
            (What::Principal, Seen::Value(BE1.into()), Seen::Mixed)
        ]
    );
    let unknown = Line { what: What::Session, old: Seen::Value(Unknown), new: Seen::Value(Unknown) };
    assert!(!unknown.same(), "what is not known may have changed");
    let lines = found[0].lines.iter().map(|l| l.what).collect::<Vec<_>>();
    assert_eq!(lines, [What::PrimarySlot, What::MirrorSlot, What::WitnessSlot, What::Principal, What::Session]);
}
