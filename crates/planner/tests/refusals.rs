//! A refusal names what would unblock it, and it does: the named thing is granted, and the plan appears.

mod support;

use model::field::{Field, Value};
use model::problem::Problem;
use planner::refusal::{Grant, explain};
use planner::solve::{Outcome, solve};
use support::{FOUR, seed};

fn refused(problem: &Problem) -> planner::refusal::Refusal {
    match solve(problem) {
        Outcome::NoPlan { states } => explain(problem, states),
        _ => panic!("a plan was found"),
    }
}

fn has_plan(problem: &Problem) -> bool {
    matches!(solve(problem), Outcome::Plan(_))
}

/// A problem in which two databases are known to be behind.
fn behind() -> Problem {
    let mut problem = seed(&FOUR, 3);
    for name in ["LcsCDR", "QoEMetrics"] {
        let pool = problem.pools()[0];
        let d = problem.estate.database_of(pool, name).unwrap();
        let mirror = problem.estate.store(problem.estate.database(d).store).instances[1];
        problem.initial.set(&problem.estate, Field::Content(d, mirror), Value::Behind);
    }
    problem
}

#[test]
fn known_loss_asks_for_consent_by_name() {
    let problem = behind();
    let refusal = refused(&problem);
    let [way] = &refusal.ways_out[..] else { panic!("{:?}", refusal.ways_out) };
    let [Grant::Loss(databases)] = &way.grants[..] else { panic!("{:?}", way.grants) };
    let names: Vec<_> = databases.iter().map(|&d| problem.estate.qualified(d)).collect();
    assert_eq!(names, ["pool01.contoso.com/LcsCDR", "pool01.contoso.com/QoEMetrics"]);
    // One of the two is not enough; both are, and the plan says what it loses.
    let mut one = problem.clone();
    one.consents.insert(databases[0]);
    assert!(!has_plan(&one));
    let mut both = problem.clone();
    both.consents.extend(databases);
    let Outcome::Plan(solved) = solve(&both) else { panic!() };
    assert_eq!(solved.cost.0[0], 2);
    assert_eq!(solved.plan.steps.len(), way.steps);
    let blocked = refusal.blocked.iter().find(|b| b.id.0.ends_with("/Monitoring")).unwrap();
    assert!(blocked.unmet.iter().any(|(c, _)| c.rule.key == "loss"));
}

#[test]
fn unknown_completeness_asks_for_consent_and_is_never_confirmed() {
    let mut problem = seed(&FOUR[..1], 3);
    let store = problem.wishes[0].store;
    let mirror = problem.estate.store(store).instances[1];
    for d in problem.estate.store(store).databases.clone() {
        problem.initial.set(&problem.estate, Field::Content(d, mirror), Value::Unknown);
    }
    let refusal = refused(&problem);
    assert!(refusal.ways_out.iter().any(|w| matches!(&w.grants[..], [Grant::Loss(d)] if d.len() == 3)));
    let mut granted = problem.clone();
    granted.consents.extend(problem.estate.store(store).databases.iter().copied());
    let Outcome::Plan(solved) = solve(&granted) else { panic!() };
    assert_eq!(solved.cost.0[0], 3);
    assert!(!solved.plan.steps.iter().any(|s| s.declaration.id.0.starts_with("confirm/")));
}

#[test]
fn two_front_ends_ask_for_the_full_stop() {
    let mut problem = seed(&FOUR, 2);
    problem.policy.allow_full_stop = false;
    let refusal = refused(&problem);
    assert!(refusal.ways_out.iter().any(|w| w.grants == [Grant::FullStop]), "{:?}", refusal.ways_out);
    problem.policy.allow_full_stop = true;
    assert!(has_plan(&problem));
}

#[test]
fn a_missing_share_and_a_refused_outage_are_both_named() {
    let mut problem = seed(&FOUR[..1], 3);
    problem.policy.seed_share = None;
    problem.policy.accept_outage = false;
    let refusal = refused(&problem);
    let [way] = &refusal.ways_out[..] else { panic!("{:?}", refusal.ways_out) };
    assert_eq!(way.grants, [Grant::SeedShare, Grant::Outage]);
}

#[test]
fn a_store_that_takes_no_writes_is_named() {
    let mut problem = seed(&FOUR[..1], 3);
    problem.initial.set(&problem.estate, Field::CmsWritable, Value::No);
    let refusal = refused(&problem);
    assert!(refusal.ways_out.iter().any(|w| w.grants == [Grant::Fact(Field::CmsWritable, Value::Yes)]));
    assert!(refusal.blocked.iter().any(|b| b.unmet.iter().all(|(c, _)| c.rule.key == "cms")));
}

#[test]
fn a_fact_that_can_still_be_read_is_confirmed_before_the_first_step_that_needs_it() {
    let mut problem = seed(&FOUR[..1], 3);
    problem.initial.set(&problem.estate, Field::CmsWritable, Value::Unknown);
    let Outcome::Plan(solved) = solve(&problem) else { panic!("no plan") };
    let ids: Vec<_> = solved.plan.steps.iter().map(|s| support::short(&s.declaration.id.0)).collect();
    let place = |id: &str| ids.iter().position(|x| x.starts_with(id)).unwrap();
    assert!(place("confirm/") < place("publish/pool01/mirroring-off"), "{ids:?}");
    assert_eq!(ids.iter().filter(|id| id.starts_with("confirm/")).count(), 1);
}
