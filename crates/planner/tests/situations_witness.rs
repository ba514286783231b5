//! A witness that is lost, or cut off together with the principal.

mod support;

use model::declaration::Evidence;
use model::estate::StoreId;
use model::field::{Field, Value};
use model::problem::Problem;
use planner::refusal::{Grant, explain};
use planner::solve::{Outcome, solve};
use support::world::{BE1, BE2, Plan, THIRD, copies, dies, healthy, host, planned, set, sound, want, witnessed};

/// be1 dead, be2 MIRROR, and neither be1 nor the witness is seen from there.
fn force_refused() -> Problem {
    let mut p = healthy(&Plan { witness: Some("w1.contoso.com"), ..Plan::default() });
    want(&mut p, BE2, Some(BE1));
    let be1 = host(&p, BE1);
    dies(&mut p, be1);
    copies(&mut p, BE2, Value::Mirror, Value::Disconnected, Value::Complete);
    witnessed(&mut p, THIRD, Value::Disconnected);
    p
}

#[test]
fn a_lost_witness_stops_nothing() {
    let mut p = healthy(&Plan { witness: Some("w1.contoso.com"), ..Plan::default() });
    witnessed(&mut p, THIRD, Value::Disconnected);
    set(&mut p, Field::Answers(THIRD), Value::No);
    assert!(matches!(solve(&p), Outcome::NothingToDo), "principal and mirror keep the quorum");
}

#[test]
fn where_forcing_is_refused_the_copies_are_opened_if_that_is_allowed() {
    let mut p = force_refused();
    let Outcome::NoPlan { states } = solve(&p) else { panic!("planned what no page describes") };
    let refusal = explain(&p, states);
    assert!(refusal.ways_out.iter().any(|w| w.grants == [Grant::Undocumented]), "{:?}", refusal.ways_out);
    p.policy.allow_undocumented = true;
    let plan = planned(
        &p,
        &[
            "fence/be1",
            "recover/pool01/User",
            "save/topology",
            "publish/pool01/mirroring-off",
            "publish/pool01/store",
            "replicate/pool01/store",
            "restart/fe1/store",
            "restart/fe2/store",
            "restart/fe3/store",
            "rebuild/be1",
            "sql-server/be1\\RTC",
            "publish/pool01/mirroring",
            "mirror/pool01/User",
            "replicate/pool01/mirroring",
            "restart/fe1/mirroring",
            "restart/fe2/mirroring",
            "restart/fe3/mirroring",
            "test/pool01",
            "aftercare/pool01",
        ],
    );
    assert_eq!(plan.placed[1].declaration.ways[0].evidence, Evidence::Inferred);
    assert_eq!(plan.cost.0[1], 1, "one step that no source describes");
}

#[test]
fn a_copy_that_may_be_behind_is_opened_only_with_consent_by_name() {
    let mut p = force_refused();
    p.policy.allow_undocumented = true;
    let databases = p.estate.store(StoreId(0)).databases.clone();
    set(&mut p, Field::Content(databases[0], BE2), Value::Unknown);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    p.consents = [databases[0]].into();
    let plan = support::solved(&p);
    assert_eq!(plan.cost.0[0], 1);
    sound(&p, &plan);
}

#[test]
fn what_was_ended_and_not_opened_is_opened() {
    let mut p = force_refused();
    p.policy.allow_undocumented = true;
    let whole = support::ids(&p);
    let fenced = host(&p, BE1);
    set(&mut p, Field::Fenced(fenced), Value::Yes);
    let d = p.estate.store(StoreId(0)).databases[1];
    set(&mut p, Field::Role(d, BE2), Value::Restoring);
    set(&mut p, Field::Session(d, BE2), Value::NoSession);
    for field in [Field::Safety(d, BE2), Field::Witness(d, BE2), Field::WitnessLink(d, BE2)] {
        set(&mut p, field, Value::Nothing);
    }
    assert_eq!(support::ids(&p), whole[1..], "the remainder keeps its ids");
}

#[test]
fn a_witness_that_is_seen_lets_the_cmdlet_force() {
    let mut p = force_refused();
    witnessed(&mut p, THIRD, Value::Connected);
    let ids = support::ids(&p);
    assert_eq!(ids[..2], ["fence/be1", "failover/pool01/User"]);
}
