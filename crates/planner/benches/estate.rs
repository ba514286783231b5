//! How long it takes to plan for estates of 10 to 10,000 pools, every tenth with a dead SQL Server host, and how much memory;
//! and to verify the plan of the seed clause by clause, against looking at every moment that it allows.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

#[path = "../../cli/tests/oracle/mod.rs"]
mod oracle;
#[path = "../tests/support/mod.rs"]
mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use oracle::Seen;
use planner::order::Order;
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

fn verification() {
    for front_ends in [2, 3, 6] {
        let problem = seed(&FOUR, front_ends);
        let plan = solved(&problem);
        let edges: Vec<(usize, usize)> = plan.plan.edges.iter().map(|e| (e.from, e.to)).collect();
        let order = Order::spanned(plan.plan.steps.len(), edges.iter().copied()).expect("edges lead on");
        let begin = Instant::now();
        let verifier = Verifier::new(&problem, plan.plan.steps.iter().map(|s| &s.declaration).collect());
        assert_eq!(verifier.failure(&order), None);
        let clauses = begin.elapsed();
        let begin = Instant::now();
        let seen = oracle::look(&plan.plan, &edges, true);
        let whole = begin.elapsed();
        let Seen::Works(moments, states) = seen else { panic!("the verification says that it works, and: {seen:?}") };
        println!(
            "{front_ends:>10} {:>6} {:>17} {:>13} {moments:>8} {states:>9}",
            plan.plan.steps.len(),
            seconds(clauses),
            seconds(whole),
        );
    }
}

fn main() {
    if std::env::args().any(|a| a == "verification") {
        return verification();
    }
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
    println!("every moment: each set of steps that has ended, each set begun beside it, each partial outcome of those");
    println!("Front Ends  steps  clause by clause  every moment  moments    states");
    verification();
}
