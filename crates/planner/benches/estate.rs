//! How long it takes to plan for estates of 10 to 10,000 pools, every tenth with a dead SQL Server host, and how much memory;
//! and to verify the plan of the seed clause by clause, against every set of its steps that may have ended.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::process::Command;
use std::time::{Duration, Instant};

use model::field::State;
use planner::order::Order;
use planner::solve::Solved;
use planner::step::{Rules, apply};
use planner::verify::Verifier;
use support::many::{Pool, Stands, many};
use support::{FOUR, seed, solved};

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

/// Every tenth pool is dead: with 2, 3 or 6 Front Ends, failed over by a witness or not, with a Monitoring instance of its
/// own or without.
fn pool(n: usize) -> Pool {
    let shape = n / 10;
    Pool {
        pair: n,
        front_ends: [3, 2, 6][shape % 3],
        monitoring: shape % 4 >= 2,
        stands: match (n % 10, shape % 2) {
            (0, 0) => Stands::Lost,
            (0, _) => Stands::Served,
            _ => Stands::Well,
        },
    }
}

/// The most memory that this process had at once, in megabytes, where the system says.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kilobytes.map_or_else(|| "?".to_owned(), |kb| format!("{} MB", kb / 1024))
}

fn seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

fn estate(size: usize) {
    let problem = many(&(0..size).map(pool).collect::<Vec<_>>(), false);
    let before = peak();
    let begin = Instant::now();
    let plan = solved(&problem);
    let time = begin.elapsed();
    let edges = plan.plan.edges.len();
    println!(
        "{size:>7} {:>6} {:>7} {edges:>7} {:>9} {:>8} {:>10} {:>10} {:>9}",
        plan.searched.parts,
        plan.plan.steps.len(),
        plan.searched.distinct,
        plan.searched.states,
        seconds(time),
        before,
        peak(),
    );
}

/// Every set of steps that may have ended, and every step that may begin then. How many sets there are.
fn every_set(rules: &Rules<'_>, plan: &Solved, order: &Order) -> usize {
    let n = plan.plan.steps.len();
    let mut layer = BTreeMap::from([(0u128, rules.problem.initial.clone())]);
    let mut sets = 1;
    for _ in 0..n {
        let mut next: BTreeMap<u128, State> = BTreeMap::new();
        for (set, state) in layer {
            let ended = |i: usize| set >> i & 1 == 1;
            for j in (0..n).filter(|&j| !ended(j) && (0..n).all(|i| !order.precedes(i, j) || ended(i))) {
                let d = &plan.plan.steps[j].declaration;
                let v = rules.problem.view(&state);
                assert!(d.requires.iter().all(|c| c.condition.eval(v).holds()), "{} may not begin", d.id);
                let more = set | 1 << j;
                if let std::collections::btree_map::Entry::Vacant(free) = next.entry(more) {
                    let during = apply(rules.problem, &state, &d.begin);
                    free.insert(apply(rules.problem, &during, &d.end));
                }
            }
        }
        sets += next.len();
        layer = next;
    }
    sets
}

fn verification() {
    for front_ends in [2, 3, 6] {
        let problem = seed(&FOUR, front_ends);
        let plan = solved(&problem);
        let edges = plan.plan.edges.iter().map(|e| (e.from, e.to));
        let order = Order::spanned(plan.plan.steps.len(), edges).expect("edges lead on");
        let begin = Instant::now();
        let verifier = Verifier::new(&problem, plan.plan.steps.iter().map(|s| &s.declaration).collect());
        assert_eq!(verifier.failure(&order), None);
        let clauses = begin.elapsed();
        let begin = Instant::now();
        let sets = every_set(&Rules::new(&problem), &plan, &order);
        let whole = begin.elapsed();
        println!(
            "{front_ends:>10} {:>6} {:>17} {:>14} {:>9}",
            plan.plan.steps.len(),
            seconds(clauses),
            seconds(whole),
            sets
        );
    }
}

fn main() {
    if let Some(size) = std::env::args().find_map(|a| a.parse().ok()) {
        return estate(size);
    }
    println!("planned, merged and verified; every tenth pool has a dead SQL Server host; one thread");
    println!("  pools  parts   steps   edges  distinct   states       time     before      peak");
    for size in SIZES {
        // A process of its own for each, so that the peak is its own.
        let status = Command::new(std::env::current_exe().expect("a bench has a file")).arg(size.to_string()).status();
        assert!(status.expect("it starts").success());
    }
    println!("\nverification of the seed's plan, four types");
    println!("Front Ends  steps  clause by clause  every set, at       sets");
    verification();
}
