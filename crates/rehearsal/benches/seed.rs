//! How long it takes to rehearse the plan of the seed with every single fault at every step, on every core.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

use std::time::Instant;

use executor::simulated::{Deployment, Simulated};
use model::attest::Attestations;
use model::desired::Desired;
use planner::solve::{Outcome, solve};
use rehearsal::{Goal, Options, Tried, rehearse};

const DESIRED: &str = include_str!("../../../fixtures/scenarios/seed/desired.toml");

fn main() {
    let world = Deployment::seed();
    let desired = Desired::read(DESIRED, "desired.toml").expect("the seed's desired file");
    let snapshot = Simulated::new(world.clone()).snapshot().expect("the seed can be read");
    let assembled = model::assemble::assemble(&snapshot, &Attestations::default(), &desired, &[], &[]);
    let Outcome::Plan(solved) = solve(&assembled.expect("the seed is a question").problem) else {
        panic!("the seed has a plan");
    };
    let goal = Goal { desired: &desired, accepted_loss: &[], only: &[], words: &[] };
    let begin = Instant::now();
    let found = rehearse(&solved.plan, &goal, &world, Options::default()).expect("a folder for journals");
    let time = begin.elapsed().as_secs_f64();
    // A rehearsal that is fast because nothing happens would be no measurement.
    assert!(found.singles.iter().all(|t| t.struck == 1 && t.broken.is_empty() && t.lost.is_empty()));
    let trials = found.singles.len();
    let stopped = found.singles.iter().filter(|t| Tried::stopped(t)).count();
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    println!("rehearsal of the seed's plan: every single fault at every step, and a new plan from wherever that stops");
    println!("  steps  trials  stopped       time  trials per second  cores");
    let (steps, rate) = (found.steps.len(), trials as f64 / time);
    println!("{steps:>7} {trials:>7} {stopped:>8} {time:>8.3} s {rate:>18.0} {cores:>6}");
}
