//! The principal answers and serves nobody: it has lost mirror and witness.

mod support;

use model::declaration::Evidence;
use model::estate::StoreId;
use model::field::{Field, Value};
use model::problem::{Problem, Wanted};
use planner::pairing::{Pairing, pairing};
use planner::refusal::{Grant, explain};
use planner::solve::{Outcome, solve};
use planner::triage::{Situation, triage};
use support::world::{BE1, BE2, Plan, THIRD, copies, dies, healthy, host, planned, set, sound, witnessed};

/// be2 and w1 are dead; be1 answers, its copies are not online and say nothing of their session.
fn offline(content: Value, witness: Wanted) -> Problem {
    let mut p = healthy(&Plan { witness: Some("w1.contoso.com"), ..Plan::default() });
    witnessed(&mut p, THIRD, Value::Connected);
    for lost in [BE2, THIRD] {
        let h = host(&p, lost);
        dies(&mut p, h);
    }
    copies(&mut p, BE1, Value::Recovering, Value::Unknown, content);
    for d in p.estate.store(StoreId(0)).databases.clone() {
        for field in [Field::Safety(d, BE1), Field::Witness(d, BE1), Field::WitnessLink(d, BE1)] {
            set(&mut p, field, Value::Unknown);
        }
    }
    p.wishes[0].witness = witness;
    p
}

const AGAIN: [&str; 8] = [
    "rebuild/be2",
    "sql-server/be2\\RTC",
    "mirror/pool01/User",
    "restart/fe1/mirroring",
    "restart/fe2/mirroring",
    "restart/fe3/mirroring",
    "test/pool01",
    "aftercare/pool01",
];

#[test]
fn the_principal_that_is_offline_has_a_name() {
    let p = offline(Value::Unknown, Wanted::Unmanaged);
    let be1 = host(&p, BE1);
    let be2 = host(&p, BE2);
    let one = &triage(&p)[0];
    assert_eq!((one.situation, one.decides), (Situation::PrincipalOffline(be1), Some(Field::Fenced(be2))));
    assert_eq!(pairing(p.view(&p.initial), StoreId(0)), Pairing::Offline);
}

#[test]
fn the_witness_is_brought_back_and_the_principal_serves_by_itself() {
    for wish in [Wanted::One(THIRD), Wanted::Unmanaged] {
        let p = offline(Value::Unknown, wish);
        let first = ["witness-server/w1", "quorum/pool01/User", "fence/be2", "end-mirroring/pool01/User"];
        let plan = planned(&p, &[&first[..], &AGAIN].concat());
        assert_eq!(plan.cost.0[1], 0, "every step is documented");
    }
}

#[test]
fn without_the_witness_it_is_opened_only_where_undocumented_steps_are_allowed() {
    let mut p = offline(Value::Complete, Wanted::Nothing);
    let Outcome::NoPlan { states } = solve(&p) else { panic!("planned what no page describes") };
    let refusal = explain(&p, states);
    assert!(refusal.ways_out.iter().any(|w| w.grants == [Grant::Undocumented]), "{:?}", refusal.ways_out);
    p.policy.allow_undocumented = true;
    let first = ["fence/be2", "open/pool01/User", "save/topology", "publish/pool01/witness"];
    let then = &AGAIN[..3];
    let last = [&["replicate/pool01/mirroring"][..], &AGAIN[3..]].concat();
    let plan = planned(&p, &[&first[..], then, &last].concat());
    assert_eq!(plan.placed[1].declaration.ways[0].evidence, Evidence::Inferred);
    assert_eq!(plan.cost.0[1], 1, "one step that no source describes");
}

#[test]
fn a_mirror_that_may_have_failed_over_is_not_overruled() {
    // Nobody knows whether the mirror failed over before it was lost: then this principal is the old one.
    let mut p = offline(Value::Unknown, Wanted::Nothing);
    p.policy.allow_undocumented = true;
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    p.consents = p.estate.store(StoreId(0)).databases.iter().copied().collect();
    let plan = support::solved(&p);
    assert_eq!(plan.cost.0[0], 3, "three databases, by name");
    sound(&p, &plan);
    // The mirror answers and is PRINCIPAL: it has failed over, and nothing opens the old one.
    let mut p = offline(Value::Superseded, Wanted::Nothing);
    p.policy.allow_undocumented = true;
    let be2 = host(&p, BE2);
    set(&mut p, Field::Reachable(be2), Value::Yes);
    for field in [Field::Answers(BE2), Field::Ready(BE2)] {
        set(&mut p, field, Value::Yes);
    }
    copies(&mut p, BE2, Value::Principal, Value::Disconnected, Value::Complete);
    let ids = support::ids(&p);
    assert!(!ids.iter().any(|i| i.starts_with("open/")), "{ids:?}");
}

#[test]
fn nothing_is_opened_while_the_mirror_may_serve() {
    let mut p = offline(Value::Complete, Wanted::Nothing);
    p.policy.allow_undocumented = true;
    let be2 = host(&p, BE2);
    // Whether it can be fenced is not known either.
    set(&mut p, Field::Fenced(be2), Value::Unknown);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
}
