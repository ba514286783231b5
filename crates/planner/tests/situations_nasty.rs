//! Several things at once: types and databases in different middle states, an old primary that is back, a pool that stands
//! still. What is harmful is ended first; the rest has a plan.

mod support;

use model::estate::{DatabaseId, FrontEndId, InstanceId, StoreId};
use model::field::{Field, Value};
use model::problem::Problem;
use support::FOUR;
use support::world::{BE1, BE2, FE1, Plan, copies, copy, dies, healthy, host, one, set, sound, want};

/// One copy of one database.
fn single(p: &mut Problem, d: DatabaseId, i: InstanceId, role: Value, session: Value, content: Value) {
    set(p, Field::Role(d, i), role);
    set(p, Field::Session(d, i), session);
    set(p, Field::Content(d, i), content);
    let safety = if session == Value::NoSession { Value::Nothing } else { Value::Full };
    set(p, Field::Safety(d, i), safety);
}

/// The ids of a sound plan that loses nothing.
#[track_caller]
fn ids(p: &Problem) -> Vec<String> {
    let plan = support::solved(p);
    assert_eq!(plan.cost.0[0], 0, "something is lost");
    sound(p, &plan);
    plan.plan.steps.iter().map(|s| support::short(&s.declaration.id.0)).collect()
}

#[track_caller]
fn has(ids: &[String], wanted: &[&str]) {
    for id in wanted {
        assert!(ids.iter().any(|i| i == id), "no {id} in {ids:#?}");
    }
}

#[test]
fn four_types_in_four_middle_states() {
    let mut p = healthy(&Plan { types: &FOUR, ..Plan::default() });
    // User is half here, half there; Application is suspended; of Archiving the mirror remembers a session that the principal
    // has ended; Monitoring was left RESTORING.
    let d = p.estate.store(StoreId(0)).databases[1];
    set(&mut p, Field::Role(d, BE1), Value::Mirror);
    set(&mut p, Field::Role(d, BE2), Value::Principal);
    copy(&mut p, StoreId(1), BE1, Value::Principal, Value::Suspended, Value::Complete);
    copy(&mut p, StoreId(1), BE2, Value::Mirror, Value::Suspended, Value::Behind);
    copy(&mut p, StoreId(2), BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copy(&mut p, StoreId(2), BE2, Value::Mirror, Value::Disconnected, Value::Behind);
    copy(&mut p, StoreId(3), BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copy(&mut p, StoreId(3), BE2, Value::Restoring, Value::NoSession, Value::Nothing);
    let ids = ids(&p);
    let moved = ids.iter().any(|i| i == "failover/pool01/User" || i == "failback/pool01/User");
    assert!(moved, "{ids:#?}");
    let rest = ["synchronise/pool01/Application", "forget-partner/pool01/Archiving", "mirror/pool01/Archiving"];
    has(&ids, &rest);
    has(&ids, &["mirror/pool01/Monitoring", "restart/fe1/mirroring"]);
    assert!(!ids.iter().any(|i| i.starts_with("fence") || i.starts_with("publish")), "{ids:#?}");
}

#[test]
fn three_databases_of_one_type_in_three_middle_states() {
    let mut p = one();
    let [a, b, c] = p.estate.store(StoreId(0)).databases[..] else { panic!("User has three") };
    single(&mut p, a, BE1, Value::Principal, Value::Suspended, Value::Complete);
    single(&mut p, a, BE2, Value::Mirror, Value::Suspended, Value::Behind);
    single(&mut p, b, BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    single(&mut p, b, BE2, Value::Mirror, Value::Disconnected, Value::Behind);
    single(&mut p, c, BE1, Value::Principal, Value::Disconnected, Value::Complete);
    single(&mut p, c, BE2, Value::Restoring, Value::NoSession, Value::Nothing);
    let ids = ids(&p);
    // What could be resumed is created again with the others of its type.
    has(&ids, &["forget-partner/pool01/User", "end-mirroring/pool01/User", "mirror/pool01/User"]);
    assert!(!ids.iter().any(|i| i.starts_with("fence") || i.starts_with("publish")), "{ids:#?}");
}

#[test]
fn half_of_the_databases_orphaned_on_each_side() {
    let mut p = one();
    let [a, b, _] = p.estate.store(StoreId(0)).databases[..] else { panic!("User has three") };
    // One is served by be2 alone, one by be1 alone, the third is a healthy pair.
    single(&mut p, a, BE1, Value::Restoring, Value::NoSession, Value::Nothing);
    single(&mut p, a, BE2, Value::Unmirrored, Value::NoSession, Value::Complete);
    single(&mut p, b, BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    single(&mut p, b, BE2, Value::Restoring, Value::NoSession, Value::Nothing);
    // No cmdlet brings an unmirrored database to the other side: that it lies there is told, and nothing is overwritten.
    match planner::solve::solve(&p) {
        planner::solve::Outcome::NoPlan { .. } => {}
        planner::solve::Outcome::Plan(plan) => sound(&p, &plan),
        _ => panic!("neither a plan nor a refusal"),
    }
}

/// be1 is back with old copies and believes that it is PRINCIPAL; be2 serves the newer ones.
fn old_primary_is_back() -> Problem {
    let mut p = healthy(&Plan { types: &FOUR[..2], ..Plan::default() });
    want(&mut p, BE2, Some(BE1));
    copies(&mut p, BE1, Value::Principal, Value::Disconnected, Value::Superseded);
    copies(&mut p, BE2, Value::Principal, Value::Disconnected, Value::Complete);
    p
}

#[test]
fn an_old_primary_that_is_back_is_fenced_first_however_mixed_the_front_ends_are() {
    let mut p = old_primary_is_back();
    for s in [StoreId(0), StoreId(1)] {
        set(&mut p, Field::LoadedPrimary(FE1, s), BE2.into());
        set(&mut p, Field::LoadedMirror(FE1, s), Value::Nothing);
    }
    set(&mut p, Field::Services(FrontEndId(2)), Value::Stopped);
    let ids = ids(&p);
    assert_eq!(ids[0], "fence/be1", "{ids:#?}");
    has(&ids, &["rebuild/be1", "mirror/pool01/User", "mirror/pool01/Application"]);
}

#[test]
fn an_old_primary_that_is_a_good_mirror_of_another_type_is_fenced_all_the_same() {
    let mut p = old_primary_is_back();
    copy(&mut p, StoreId(1), BE1, Value::Mirror, Value::Synchronized, Value::Complete);
    copy(&mut p, StoreId(1), BE2, Value::Principal, Value::Synchronized, Value::Complete);
    let ids = ids(&p);
    assert_eq!(ids[0], "fence/be1", "{ids:#?}");
    has(&ids, &["end-mirroring/pool01/Application", "mirror/pool01/Application"]);
}

#[test]
fn an_old_primary_that_alone_serves_another_type_is_not_fenced() {
    let mut p = old_primary_is_back();
    copy(&mut p, StoreId(1), BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copy(&mut p, StoreId(1), BE2, Value::Restoring, Value::NoSession, Value::Nothing);
    assert!(matches!(planner::solve::solve(&p), planner::solve::Outcome::NoPlan { .. }));
}

#[test]
fn a_pool_that_stands_still_because_its_primary_died_is_served_before_it_starts() {
    let mut p = one();
    want(&mut p, BE2, Some(BE1));
    let be1 = host(&p, BE1);
    dies(&mut p, be1);
    copies(&mut p, BE2, Value::Mirror, Value::Disconnected, Value::Complete);
    for f in p.estate.front_end_ids().collect::<Vec<_>>() {
        set(&mut p, Field::Services(f), Value::Stopped);
    }
    let ids = ids(&p);
    let at = |id: &str| ids.iter().position(|i| i == id).unwrap_or_else(|| panic!("no {id} in {ids:#?}"));
    assert!(at("failover/pool01/User") < at("full-stop/pool01/mirroring-meanwhile"));
    assert!(at("full-stop/pool01/mirroring-meanwhile") < at("save/topology"), "nothing else before it stands again");
}

#[test]
fn suspended_with_a_full_log_on_a_pool_whose_front_ends_run_old_slots() {
    let mut p = one();
    copies(&mut p, BE1, Value::Principal, Value::Suspended, Value::Complete);
    copies(&mut p, BE2, Value::Mirror, Value::Suspended, Value::Behind);
    set(&mut p, Field::LoadedMirror(FE1, StoreId(0)), Value::Nothing);
    set(&mut p, Field::Replica(FE1), Value::Stale);
    let ids = ids(&p);
    has(&ids, &["synchronise/pool01/User", "replicate/pool01/mirroring", "restart/fe1/mirroring"]);
}
