//! A refusal names what would unblock it, and it does: the named thing is granted, and the plan appears.

mod support;

use model::database_type::DatabaseType;
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

#[test]
fn what_can_be_served_now_is_found_beside_what_is_refused() {
    let problem = behind();
    let part = refused(&problem).now.expect("three stores are complete");
    let kinds: Vec<_> = part.stores.iter().map(|&s| problem.estate.store(s).kind).collect();
    assert_eq!(kinds, [DatabaseType::User, DatabaseType::Application, DatabaseType::Archiving]);
    assert_eq!(part.steps, 4, "the fence and three failovers");
    let mut own = problem.for_service();
    own.wishes.retain(|w| part.stores.contains(&w.store));
    let Outcome::Plan(solved) = solve(&own) else { panic!("no plan") };
    support::world::sound(&own, &solved);
    // Where all of them would lose something there is no such part.
    let mut all = problem.clone();
    for s in all.estate.store_ids().collect::<Vec<_>>() {
        for d in all.estate.store(s).databases.clone() {
            let survivor = all.estate.store(s).instances[1];
            all.initial.set(&all.estate, Field::Content(d, survivor), Value::Behind);
        }
    }
    assert_eq!(refused(&all).now, None);
}

#[test]
fn what_only_has_to_be_found_out_comes_before_what_has_to_be_given_up() {
    let mut problem = seed(&FOUR[..1], 3);
    let mirror = problem.estate.store(problem.wishes[0].store).instances[1];
    for d in problem.estate.store(problem.wishes[0].store).databases.clone() {
        problem.initial.set(&problem.estate, Field::Content(d, mirror), Value::Unknown);
    }
    let ways = refused(&problem).ways_out;
    assert!(matches!(ways.first().map(|w| &w.grants[..]), Some([Grant::Facts(..)])), "{ways:?}");
    assert!(matches!(ways.last().map(|w| &w.grants[..]), Some([Grant::Loss(..)])), "{ways:?}");
}

#[test]
fn another_policy_gives_another_plan_the_same_or_none() {
    use planner::runner_up::{Came, Other, runners_up};
    let solved = support::solved(&seed(&FOUR, 3));
    let came = |other: Other| {
        let all = runners_up(&solved);
        all.into_iter().find(|(o, _)| *o == other).map(|(_, came)| came).expect("it is asked")
    };
    assert!(matches!(came(Other::NoOutage), Came::Nothing), "Front Ends have to restart");
    assert!(matches!(came(Other::Undocumented), Came::Same));
    // A full stop that costs nothing more still is no better: all users are out, not a third of them three times.
    assert!(matches!(came(Other::FullStop), Came::Same));
    let two = support::solved(&seed(&FOUR, 2));
    let none = runners_up(&two).into_iter().find(|(o, _)| *o == Other::NoFullStop);
    assert!(matches!(none, Some((_, Came::Nothing))), "two Front Ends cannot be restarted one after the other");
}

#[test]
fn a_draft_assumes_what_an_observation_delivers_and_never_history_or_words() {
    let whole = seed(&FOUR, 3);
    let mut bare = whole.clone();
    let history =
        |f: Field| matches!(f, Field::Content(..) | Field::Safety(..) | Field::Fenced(_) | Field::WitnessSlot(_));
    let slot =
        |f: Field| matches!(f, Field::PrimarySlot(_) | Field::MirrorSlot(_) | Field::Answers(_) | Field::Reachable(_));
    for &field in whole.estate.layout().fields().iter().filter(|&&f| !slot(f)) {
        bare.initial.set(&bare.estate, field, Value::Unknown);
    }
    let draft = planner::draft::draft(&bare);
    assert!(draft.assumed.len() > 20, "{:?}", draft.assumed);
    for (field, value) in &draft.assumed {
        assert!(!history(*field), "{field:?}");
        let known = whole.view(&whole.initial).get(*field);
        // The night is one in which everything is as an observation would most likely find it.
        assert!(!known.is_known() || known == *value, "{field:?}: {value:?}, and it is {known:?}");
    }
    assert!(planner::draft::draft(&draft.problem).assumed.is_empty(), "once is enough");
}

/// Whether a copy was synchronised is history (rules §2): who does not answer cannot be asked, and nobody's hope stands for it.
#[test]
fn what_a_silent_host_holds_is_never_granted_as_a_fact() {
    let mut problem = seed(&FOUR[..1], 3);
    let mirror = problem.estate.store(problem.wishes[0].store).instances[1];
    for d in problem.estate.store(problem.wishes[0].store).databases.clone() {
        problem.initial.set(&problem.estate, Field::Content(d, mirror), Value::Unknown);
    }
    let history = |problem: &Problem| {
        let ways = refused(problem).ways_out;
        ways.iter().flat_map(|w| &w.grants).any(|g| matches!(g, Grant::Facts(i, _) if *i == mirror))
    };
    assert!(history(&problem), "it answers: it is only to be read");
    for silent in [Value::No, Value::Unknown] {
        problem.initial.set(&problem.estate, Field::Answers(mirror), silent);
        assert!(!history(&problem), "{silent:?}");
    }
}
