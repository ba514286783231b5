//! Sessions that run: mirrors that catch up, asynchronous ones, and mirrors that are in the making.

mod support;

use model::declaration::{Performer, Work};
use model::estate::StoreId;
use model::field::{Field, Value};
use model::problem::{Problem, Slots, Wanted};
use planner::solve::{Outcome, solve};
use support::world::{BE1, BE2, FE1, Plan, copies, copy, healthy, one, planned, set};
use support::{FOUR, ids};

/// The mirror has been away and catches up.
fn catching_up() -> Problem {
    let mut p = one();
    copies(&mut p, BE1, Value::Principal, Value::Synchronizing, Value::Complete);
    copies(&mut p, BE2, Value::Mirror, Value::Synchronizing, Value::Behind);
    p
}

/// The same, and somebody has turned its safety off.
fn asynchronous() -> Problem {
    let mut p = catching_up();
    for d in p.estate.store(StoreId(0)).databases.clone() {
        for i in [BE1, BE2] {
            set(&mut p, Field::Safety(d, i), Value::Off);
        }
    }
    p
}

#[test]
fn a_mirror_that_catches_up_is_waited_for_and_no_front_end_restarts() {
    let plan = planned(&catching_up(), &["synchronise/pool01/User"]);
    let d = &plan.plan.steps[0].declaration;
    assert_eq!((d.ways[0].performer, d.work), (Performer::Wait, Work::Look));
    assert_eq!(d.ways[0].limit, Some(30 * 60), "the time of a wait is its limit");
}

#[test]
fn a_role_that_is_wished_for_waits_until_the_mirror_has_caught_up() {
    let mut p = catching_up();
    p.wishes[0].slots = Slots::Ordered { primary: None, mirror: Wanted::Unmanaged };
    p.wishes[0].principal = Some(BE2);
    planned(&p, &["synchronise/pool01/User", "failover/pool01/User"]);
}

#[test]
fn principals_in_the_mirror_slots_come_home_after_they_have_been_waited_for() {
    // As after a failover: the slots are as declared, the roles are the other way round.
    let mut p = one();
    p.wishes[0].principal = Some(BE1);
    copies(&mut p, BE1, Value::Mirror, Value::Synchronizing, Value::Behind);
    copies(&mut p, BE2, Value::Principal, Value::Synchronizing, Value::Complete);
    planned(&p, &["synchronise/pool01/User", "failback/pool01/User"]);
}

#[test]
fn a_mirror_that_is_in_the_making_is_still_the_step_that_makes_it() {
    let mut p = catching_up();
    set(&mut p, Field::StartedSinceMirror(FE1), Value::No);
    planned(&p, &["mirror/pool01/User", "restart/fe1/mirroring"]);
}

#[test]
fn an_asynchronous_session_gets_safety_full_because_it_would_never_be_synchronized() {
    let plan = planned(&asynchronous(), &["synchronise/pool01/User"]);
    let script = model::tsql::script(&plan.plan.steps[0].declaration.ways[0].call).unwrap();
    assert_eq!(script.lines().next(), Some("ALTER DATABASE [rtcab] SET PARTNER SAFETY FULL"));
    let last = &plan.placed[0].taken.after;
    for &d in &plan.plan.problem.estate.store(StoreId(0)).databases {
        assert_eq!(last.get(&plan.plan.problem.estate, Field::Safety(d, BE2)), Value::Full);
    }
}

#[test]
fn a_mirror_in_the_making_that_is_asynchronous_is_not_waited_for_in_vain() {
    let mut p = asynchronous();
    set(&mut p, Field::StartedSinceMirror(FE1), Value::No);
    planned(&p, &["synchronise/pool01/User", "restart/fe1/mirroring"]);
}

#[test]
fn one_database_is_suspended_another_catches_up_and_both_are_one_step() {
    let mut p = catching_up();
    let d = p.estate.store(StoreId(0)).databases[0];
    for i in [BE1, BE2] {
        set(&mut p, Field::Session(d, i), Value::Suspended);
    }
    let plan = planned(&p, &["synchronise/pool01/User"]);
    let script = model::tsql::script(&plan.plan.steps[0].declaration.ways[0].call).unwrap();
    assert_eq!(script, "ALTER DATABASE [rtcab] SET PARTNER RESUME");
}

#[test]
fn a_mirror_of_a_principal_that_nobody_knows_to_be_complete_is_not_known_to_be_complete_either() {
    let mut p = catching_up();
    copies(&mut p, BE1, Value::Principal, Value::Synchronizing, Value::Unknown);
    let Outcome::Plan(plan) = solve(&p) else { panic!("no plan") };
    let last = &plan.placed.last().unwrap().taken.after;
    let d = p.estate.store(StoreId(0)).databases[0];
    assert_eq!(last.get(&p.estate, Field::Content(d, BE2)), Value::Behind, "as it was read");
}

#[test]
fn each_type_is_waited_for_by_itself() {
    let mut p = healthy(&Plan { types: &FOUR[..2], ..Plan::default() });
    copy(&mut p, StoreId(1), BE1, Value::Principal, Value::Synchronizing, Value::Complete);
    copy(&mut p, StoreId(1), BE2, Value::Mirror, Value::Synchronizing, Value::Behind);
    assert_eq!(ids(&p), ["synchronise/pool01/Application"]);
}
