//! The night of the seed, carried out from its first step to its last on the simulated deployment.

mod support;

use executor::run::{Outcome, StepState};
use executor::simulated::Deployment;
use executor::simulated::host::{Role, SessionState};
use support::{Made, NIGHT, begin, problem, run};

#[test]
fn the_whole_night_ends_as_declared_and_loses_nothing() {
    let mut world = begin(Deployment::seed());
    let made = Made::of(problem(&mut world, false, &[]), &NIGHT);
    let ran = run(&mut world, &made);
    assert_eq!(ran.report.outcome, Outcome::Done, "{:#?}\n{:?}", ran.events, ran.report.steps);
    assert_eq!((ran.report.done(), ran.report.exit_code()), (29, 0));
    // While the mirrors were created the topology arrived: nothing was left to wait for.
    let already = |s: &StepState| *s == StepState::AlreadyTrue;
    assert_eq!(ran.report.steps.iter().position(already), Some(23));
    assert_eq!(ran.report.already_true(), 1);
    assert!(world.world.ledger.is_empty(), "{:?}", world.world.ledger);
    for copy in &world.world.hosts[1].instances[0].databases {
        let session = copy.session.as_ref().unwrap();
        assert_eq!((session.role, session.state), (Role::Principal, SessionState::Synchronized), "{}", copy.name);
    }
    // The cmdlet fails in this order, as the release notes say (E04), and T-SQL does it.
    for place in 12..16 {
        assert!(matches!(ran.report.steps[place], StepState::Done { way: 1, .. }), "{:?}", ran.report.steps[place]);
    }
    // 20 minutes of settling are part of a restart.
    for place in [9, 10, 11, 24, 25, 26] {
        let StepState::Done { seconds, .. } = ran.report.steps[place] else { panic!() };
        assert!((1800..3300).contains(&seconds), "{seconds}");
    }
    assert!(ran.told.used("7c41e0b295fd").unwrap().ended.is_some());
}

#[test]
fn a_second_run_finds_everything_already_true() {
    let mut world = begin(Deployment::seed());
    let made = Made::of(problem(&mut world, false, &[]), &NIGHT);
    run(&mut world, &made);
    // Steps whose result was undone by later ones of the same plan are not asked again: only the last ones stay true.
    let last = Made { declarations: made.declarations[19..].to_vec(), ..made };
    let before = world.world.clone();
    let ran = run(&mut world, &last);
    assert_eq!((ran.report.outcome.clone(), ran.report.already_true()), (Outcome::Done, 10), "{:#?}", ran.events);
    assert_eq!(world.world.now, before.now, "nothing was sent and nothing waited for");
}

#[test]
fn two_front_ends_need_the_announced_full_stop() {
    let mut world = begin(Deployment::seed().front_ends(2));
    let mut ids = NIGHT.to_vec();
    ids.splice(9..12, ["full-stop/pool01"]);
    ids.retain(|id| *id != "restart/fe3");
    let made = Made::of(problem(&mut world, true, &[]), &ids);
    let ran = run(&mut world, &made);
    assert_eq!(ran.report.outcome, Outcome::Done, "{:#?}\n{:#?}", ran.events, world.world.events);
    assert!(world.world.ledger.is_empty());
    let lost = |e: &&executor::simulated::deployment::Event| e.what.contains("lost its quorum");
    assert_eq!(world.world.events.iter().filter(lost).count(), 1, "the first stop costs the quorum while be1 is dead");
}
