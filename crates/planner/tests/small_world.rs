//! The small world: an independent search backwards from every goal says of each state whether there is a plan and what it
//! costs; the planner says the same. `make prove` asks about every state, the tests about a tenth, chosen by hash.
#![allow(clippy::print_stderr)] // measured numbers

mod prove;
mod support;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use model::problem::Problem;
use planner::order::Order;
use planner::solve::{Outcome, Solved, solve};
use planner::verify::Verifier;
use prove::backward::costs_to_go;
use prove::code::{Code, Key, draw};
use prove::graph::Graph;
use prove::price::Price;
use prove::{goals, starts, threads, world};

/// The share of states that is compared.
fn share() -> f64 {
    if std::env::var("CSTOPO_PROVE").is_ok_and(|v| v == "all") { 1.0 } else { 0.1 }
}

#[test]
fn the_planner_agrees_with_a_search_that_shares_nothing_with_it() {
    let base = world::problem();
    let code = Code::new(&base);
    let starts = starts::all(&base, &code);
    let mut disagreements = Vec::new();
    for (salt, (name, problem)) in (0..).zip(goals::all()) {
        let begin = Instant::now();
        let graph = Graph::of(&problem, &code, &starts);
        let costs = costs_to_go(&graph);
        let searched = begin.elapsed();
        let chosen: Vec<usize> = (0..graph.states.len()).filter(|&i| draw(graph.states[i], salt) < share()).collect();
        let begin = Instant::now();
        let plans = AtomicUsize::new(0);
        let complain = |(): &mut (), &i: &usize| complaint(&problem, &code, graph.states[i], costs[i], &plans);
        let found: Vec<String> = threads::map(&chosen, || (), complain).into_iter().flatten().collect();
        eprintln!(
            "{name}: {} start states, {} states, {} steps between them, {} with a plan, searched in {searched:.1?}; \
             {} compared, {} plans verified, in {:.1?}",
            starts.len(),
            graph.states.len(),
            graph.arrows.len(),
            costs.iter().flatten().count(),
            chosen.len(),
            plans.load(Relaxed),
            begin.elapsed(),
        );
        disagreements.extend(found.into_iter().map(|d| format!("{name}: {d}")));
    }
    let some = disagreements.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(disagreements.is_empty(), "{} disagreements, such as\n{some}", disagreements.len());
}

/// What is wrong with the planner's answer for one state.
fn complaint(problem: &Problem, code: &Code, key: Key, cost: Option<Price>, plans: &AtomicUsize) -> Option<String> {
    let problem = Problem { initial: code.decode(key), ..problem.clone() };
    let wrong = match (solve(&problem), cost) {
        (Outcome::NothingToDo, Some(cost)) if cost == Price::default() => None,
        (Outcome::NoPlan { .. }, None) => None,
        // A pool that cannot start as it is may wait for what it needs; the independent search gives no such leave, and its
        // None says that the planner was right to.
        (Outcome::Plan(solved), None) if solved.plan.problem.leave.patience => {
            plans.fetch_add(1, Relaxed);
            loose(&problem, &solved)
        }
        // Which steps stop harm where every copy is lost depends on where the plan begins; the independent search begins
        // everywhere at once and cannot know it.
        (Outcome::Plan(solved), None) if begins_anew(&solved) => {
            plans.fetch_add(1, Relaxed);
            loose(&problem, &solved)
        }
        (Outcome::Plan(solved), Some(cost)) if solved.cost.0 == cost => {
            plans.fetch_add(1, Relaxed);
            loose(&problem, &solved)
        }
        (answer, _) => Some(format!("the independent search says {cost:?}, the planner {}", said(&answer))),
    };
    wrong.map(|w| format!("{w}\n  in: {}", code.words(&problem, key)))
}

fn begins_anew(solved: &planner::solve::Solved) -> bool {
    solved.plan.steps.iter().any(|s| s.declaration.id.0.starts_with("create-databases/"))
}

fn said(answer: &Outcome) -> String {
    match answer {
        Outcome::NothingToDo => "that nothing is to be done".to_owned(),
        Outcome::NoPlan { states } => format!("that there is no plan among {states} states"),
        Outcome::TooLarge => "that it is too large".to_owned(),
        Outcome::Plan(solved) => {
            let steps: Vec<_> = solved.plan.steps.iter().map(|s| support::short(&s.declaration.id.0)).collect();
            format!("{:?} by {}", solved.cost.0, steps.join(", "))
        }
    }
}

/// What is wrong with the edges of a plan: an order or a partial outcome that fails, or an edge that is not needed.
fn loose(problem: &Problem, solved: &Solved) -> Option<String> {
    let steps = &solved.plan.steps;
    let edges = &solved.plan.edges;
    let verifier = Verifier::new(problem, steps.iter().map(|s| &s.declaration).collect());
    let order = Order::spanned(steps.len(), edges.iter().map(|e| (e.from, e.to)))?;
    if let Some(why) = verifier.failure(&order) {
        return Some(format!("the plan fails in some order: {why:?}"));
    }
    let spare = edges.iter().find(|e| {
        let mut looser = order.clone();
        looser.release(e.from, e.to);
        verifier.failure_between(&looser, e.from, e.to).is_none()
    })?;
    let name = |n: usize| support::short(&steps[n].declaration.id.0);
    Some(format!("the edge from {} to {} is not needed", name(spare.from), name(spare.to)))
}
