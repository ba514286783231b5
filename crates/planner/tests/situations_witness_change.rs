//! A witness is added, changed and taken away; it is lost, and comes back or is given up. The pair stays as it is.

mod support;

use model::call::{Call, Statement, Task};
use model::declaration::Evidence;
use model::estate::{InstanceId, StoreId};
use model::field::{Field, Value};
use model::problem::{Problem, Wanted};
use planner::solve::{Outcome, solve};
use planner::triage::{Situation, triage};
use support::FOUR;
use support::world::{BE1, BE2, Plan, THIRD, copies, dies, healthy, host, planned, set, witnessed};

/// The second instance that holds nothing.
const OTHER: InstanceId = InstanceId(3);

fn pair(witness: Option<InstanceId>, wanted: Wanted) -> Problem {
    let (first, second) = (Some("w1.contoso.com"), Some("w2.contoso.com"));
    let mut p = healthy(&Plan { types: &FOUR[..2], witness: first, other_witness: second, ..Plan::default() });
    if let Some(w) = witness {
        witnessed(&mut p, w, Value::Connected);
    }
    p.wishes.iter_mut().for_each(|w| w.witness = wanted);
    p
}

const CHANGE: [&str; 4] =
    ["save/topology", "publish/pool01/witness", "witness/pool01/User", "witness/pool01/Application"];

/// The statements of the last step, without names of databases.
fn statements(plan: &planner::solve::Solved) -> Vec<&'static str> {
    let call = plan.placed.iter().rev().flat_map(|s| &s.declaration.ways).map(|w| &w.call);
    let statements = call.filter_map(|c| if let Call::Sql { statements, .. } = c { Some(statements) } else { None });
    let word = |s: &Statement| match s {
        Statement::WitnessOff(_) => "off",
        Statement::WitnessSet { port: 7022, .. } => "set",
        other => panic!("{other:?}"),
    };
    statements.take(1).flatten().map(word).collect()
}

#[test]
fn a_witness_is_published_and_set_on_the_principal() {
    let p = pair(None, Wanted::One(THIRD));
    let plan = planned(&p, &CHANGE);
    assert_eq!(plan.cost.0[5..7], [0, 0], "users and protection are left alone");
    assert_eq!(statements(&plan), ["set"; 3]);
    assert!(plan.placed.iter().all(|s| s.declaration.ways.iter().all(|w| w.evidence != Evidence::Inferred)));
    let v = p.view(&plan.placed.last().unwrap().taken.after);
    let d = p.estate.store(StoreId(0)).databases[0];
    for i in [BE1, BE2] {
        assert_eq!(v.get(Field::WitnessLink(d, i)), Value::Connected);
    }
}

#[test]
fn the_port_is_the_one_of_the_endpoint_that_is_there() {
    let mut p = pair(None, Wanted::One(THIRD));
    p.ports = [(THIRD, 5099)].into();
    let plan = planned(&p, &CHANGE);
    let Call::Sql { on, statements } = &plan.placed[2].declaration.ways[0].call else { panic!("no T-SQL") };
    assert_eq!(on.host.label(), "be1");
    let text = model::tsql::text(&statements[0]);
    assert_eq!(text, "ALTER DATABASE [rtcab] SET WITNESS = 'TCP://w1.contoso.com:5099'");
}

#[test]
fn a_witness_is_taken_away() {
    let p = pair(Some(THIRD), Wanted::Nothing);
    let plan = planned(&p, &CHANGE);
    assert_eq!(statements(&plan), ["off"; 3]);
    let Call::Person(task @ Task::Publish { .. }) = &plan.placed[1].declaration.ways[0].call else { panic!("no gate") };
    let told = model::clicks::instructions(task).lines().join(" ");
    assert!(told.contains("Clear \"Use SQL mirroring witness"), "{told}");
    assert!(!told.contains("Clear \"Enable SQL Server store mirroring\""), "the pair stays: {told}");
    assert!(told.contains("would end all"), "{told}");
}

#[test]
fn a_witness_is_exchanged_for_another() {
    let p = pair(Some(THIRD), Wanted::One(OTHER));
    assert_eq!(statements(&planned(&p, &CHANGE)), ["off", "set", "off", "set", "off", "set"]);
}

#[test]
fn a_dead_witness_can_be_taken_away_while_both_partners_live() {
    let mut p = pair(Some(THIRD), Wanted::Nothing);
    let w = host(&p, THIRD);
    dies(&mut p, w);
    witnessed(&mut p, THIRD, Value::Disconnected);
    planned(&p, &CHANGE);
    // Or exchanged.
    p.wishes.iter_mut().for_each(|w| w.witness = Wanted::One(OTHER));
    planned(&p, &CHANGE);
}

#[test]
fn a_dead_witness_that_shall_stay_is_brought_back_and_seen_again() {
    let mut p = pair(Some(THIRD), Wanted::One(THIRD));
    assert!(matches!(solve(&p), Outcome::NothingToDo));
    let w = host(&p, THIRD);
    dies(&mut p, w);
    witnessed(&mut p, THIRD, Value::Disconnected);
    assert_eq!(triage(&p)[0].situation, Situation::Drift);
    let steps = ["witness-server/w1", "witness/pool01/User", "witness/pool01/Application"];
    let plan = planned(&p, &steps);
    assert_eq!(plan.placed[1].declaration.ways[0].call, Call::Wait, "it joins again by itself");
    assert!(matches!(plan.placed[1].declaration.ways[1].call, Call::Sql { .. }));
    // Where it answers and is not seen, its endpoint is what a person looks at.
    for field in [Field::Answers(THIRD), Field::Ready(THIRD)] {
        set(&mut p, field, Value::Yes);
    }
    set(&mut p, Field::Reachable(w), Value::Yes);
    planned(&p, &steps[1..]);
    set(&mut p, Field::Ready(THIRD), Value::No);
    planned(&p, &steps);
}

#[test]
fn a_new_witness_without_an_endpoint_gets_one_first() {
    let mut p = pair(None, Wanted::One(THIRD));
    set(&mut p, Field::Ready(THIRD), Value::No);
    planned(
        &p,
        &[
            "save/topology",
            "publish/pool01/witness",
            "witness-server/w1",
            "witness/pool01/User",
            "witness/pool01/Application",
        ],
    );
}

#[test]
fn the_slot_is_published_where_only_the_topology_differs() {
    let mut p = pair(None, Wanted::Nothing);
    for s in [StoreId(0), StoreId(1)] {
        set(&mut p, Field::WitnessSlot(s), THIRD.into());
    }
    planned(&p, &CHANGE[..2]);
    // And not where nobody has said what it is: it cannot be read.
    for s in [StoreId(0), StoreId(1)] {
        set(&mut p, Field::WitnessSlot(s), Value::Unknown);
    }
    assert!(matches!(solve(&p), Outcome::NothingToDo));
}

#[test]
fn a_slot_that_nobody_knows_is_published_before_the_sessions_change() {
    for (witness, wanted) in [(None, Wanted::One(THIRD)), (Some(THIRD), Wanted::Nothing)] {
        let mut p = pair(witness, wanted);
        for s in [StoreId(0), StoreId(1)] {
            set(&mut p, Field::WitnessSlot(s), Value::Unknown);
        }
        planned(&p, &CHANGE);
    }
}

#[test]
fn a_witness_waits_for_a_session_that_is_suspended() {
    let mut p = pair(None, Wanted::One(THIRD));
    copies(&mut p, BE1, Value::Principal, Value::Suspended, Value::Complete);
    copies(&mut p, BE2, Value::Mirror, Value::Suspended, Value::Behind);
    let ids = support::ids(&p);
    let at = |id: &str| ids.iter().position(|i| i == id).unwrap_or_else(|| panic!("no {id} in {ids:?}"));
    assert!(at("synchronise/pool01/User") < at("witness/pool01/User"));
}

#[test]
fn a_witness_is_set_where_the_roles_are_exchanged() {
    let mut p = pair(None, Wanted::One(THIRD));
    copies(&mut p, BE1, Value::Mirror, Value::Synchronized, Value::Complete);
    copies(&mut p, BE2, Value::Principal, Value::Synchronized, Value::Complete);
    let plan = planned(&p, &CHANGE);
    let Call::Sql { on, .. } = &plan.placed[2].declaration.ways[0].call else { panic!("no T-SQL") };
    assert_eq!(on.host.label(), "be2", "on the principal, whatever the slot");
}
