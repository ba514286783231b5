//! The night of the seed, rehearsed; and a plan without its fence, to see that a rehearsal can fail.

#![allow(clippy::print_stderr)] // a test that is skipped says so

use std::collections::BTreeSet;

use executor::simulated::{Deployment, Simulated};
use model::attest::Attestations;
use model::desired::Desired;
use model::plan::Plan;
use model::problem::Problem;
use model::rules;
use planner::solve::{Outcome, solve};
use rehearsal::{After, Goal, Options, Rehearsal, Tried, Verdict, rehearse};

const DESIRED: &str = include_str!("../../../fixtures/scenarios/seed/desired.toml");

fn goal() -> Desired {
    Desired::read(DESIRED, "desired.toml").unwrap()
}

fn plan(world: &Deployment, lifted: &[&'static str]) -> Plan {
    let snapshot = Simulated::new(world.clone()).snapshot().unwrap();
    let assembled = model::assemble::assemble(&snapshot, &Attestations::default(), &goal(), &[], &[]).unwrap();
    let problem = Problem { lifted: lifted.iter().copied().collect(), ..assembled.problem };
    match solve(&problem) {
        Outcome::Plan(solved) => solved.plan,
        Outcome::NothingToDo | Outcome::NoPlan { .. } | Outcome::TooLarge => panic!("there is a plan"),
    }
}

fn rehearsed(world: &Deployment, lifted: &[&'static str], options: Options) -> Rehearsal {
    let desired = goal();
    let goal = Goal { desired: &desired, accepted_loss: &[], only: &[], words: &[] };
    rehearse(&plan(world, lifted), &goal, world, options).unwrap()
}

fn holds(found: &Rehearsal) {
    assert_eq!((found.plain.verdict(), found.plain.after), (Verdict::Done, After::Nothing), "{:#?}", found.plain);
    let bad = |t: &&Tried| !t.broken.is_empty() || !t.lost.is_empty();
    let bad: Vec<&Tried> = found.singles.iter().filter(bad).collect();
    assert!(bad.is_empty(), "{bad:#?}");
    // What a person wiped by mistake no plan brings back: the run must only stop there.
    let stuck: Vec<&Tried> = found.singles.iter().filter(|t| !t.finished() && t.by_fault.is_empty()).collect();
    assert!(stuck.is_empty(), "{stuck:#?}");
    assert!(found.singles.iter().all(|t| t.struck == 1), "a fault found its step");
}

#[test]
fn some_faults_of_the_seed_break_nothing_and_a_new_plan_finishes() {
    // Every eleventh fault, for time: `make prove` tries them all.
    let found = rehearsed(&Deployment::seed(), &[], Options { pairs: false, every: 11 });
    assert_eq!(found.steps.len(), 29);
    holds(&found);
    assert!(found.singles.iter().any(Tried::stopped));
    assert!(!found.table().is_empty());
}

/// Every fault, where somebody asks for all: `make prove`.
#[test]
fn no_fault_of_the_seed_breaks_anything_and_a_new_plan_finishes() {
    if std::env::var("CSTOPO_PROVE").as_deref() != Ok("all") {
        eprintln!("skipped: every fault of the seed; make prove tries them all");
        return;
    }
    let found = rehearsed(&Deployment::seed(), &[], Options::default());
    assert_eq!(found.steps_struck(), 28, "one wait is over before it begins");
    holds(&found);
}

#[test]
fn a_plan_without_its_fence_is_caught() {
    let found = rehearsed(
        &Deployment::seed(),
        &[rules::K1.key, rules::I1.key, rules::I3.key],
        Options { pairs: false, every: 40 },
    );
    assert!(!found.holds());
    let broken: BTreeSet<&str> = found.plain.broken.iter().map(|b| b.rule).collect();
    assert!(broken.contains(rules::I1.key), "{:#?}", found.plain);
}

#[test]
fn the_same_plan_is_rehearsed_the_same_way_twice() {
    let options = Options { pairs: true, every: 97 };
    let found = rehearsed(&Deployment::seed(), &[], options);
    assert_eq!(found.pairs.len(), found.pairs_of);
    assert_eq!(found, rehearsed(&Deployment::seed(), &[], options));
}

/// A store of its own is lost and comes back from its backup: what was given up by name may be lost, and nothing else.
#[test]
fn what_was_given_up_by_name_may_be_lost() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios/archiving-lost");
    let world = Deployment::load(&folder.join("deployment.json")).unwrap();
    let text = std::fs::read_to_string(folder.join("desired.toml")).unwrap();
    let desired = Desired::read(&text, "desired.toml").unwrap();
    let consents = ["pool01.contoso.com/LcsLog".to_owned()];
    let snapshot = Simulated::new(world.clone()).snapshot().unwrap();
    let problem =
        model::assemble::assemble(&snapshot, &Attestations::default(), &desired, &consents, &[]).unwrap().problem;
    let Outcome::Plan(solved) = solve(&problem) else { panic!("there is a plan") };
    let goal = Goal { desired: &desired, accepted_loss: &consents, only: &[], words: &[] };
    let found = rehearse(&solved.plan, &goal, &world, Options { pairs: false, every: 9 }).unwrap();
    holds(&found);
    // The same without anybody's word is a loss.
    let mut silent = solved.plan;
    silent.problem.consents.clear();
    let found = rehearse(&silent, &goal, &world, Options { pairs: false, every: 1000 }).unwrap();
    assert!(found.plain.lost.iter().any(|l| l.contains("LcsLog")), "{:?}", found.plain.lost);
}
