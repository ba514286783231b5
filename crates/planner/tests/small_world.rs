//! The small worlds: an independent search backwards from every goal says of each state whether there is a plan and what it
//! costs; the planner says the same. `make prove` asks about every state of the smallest world, and of the worlds of two
//! types about a quarter of the start states and a twentieth of what only plans from there reach; the tests ask about a tenth of
//! the smallest world and a hundredth of the others, all chosen by hash.
#![allow(clippy::print_stderr)] // measured numbers

mod prove;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;

use model::declaration::{Clause, Declaration, StepId};
use model::field::State;
use model::problem::Problem;
use model::truth::Truth;
use planner::order::Order;
use planner::solve::{Outcome, Solved, solve};
use planner::verify::Verifier;
use prove::backward::costs_to_go;
use prove::code::{Code, Key, draw};
use prove::graph::{self, Graph};
use prove::price::Price;
use prove::world::World;
use prove::{goals, starts, threads, world};

/// Whether every state is asked about.
fn all() -> bool {
    std::env::var("CSTOPO_PROVE").is_ok_and(|v| v == "all")
}

/// How much of a world is asked about.
struct Share {
    /// Of its start states: from here everything is searched that can be reached.
    begun: f64,
    /// Of these, those that are compared.
    starts: f64,
    /// Of the other states that are reached, those that are compared.
    reached: f64,
}

#[test]
fn the_planner_agrees_with_a_search_that_shares_nothing_with_it() {
    let share = if all() { 1.0 } else { 0.1 };
    agree(world::ONE, &Share { begun: 1.0, starts: share, reached: share });
}

/// Of worlds with two types.
fn of_two() -> Share {
    if all() {
        Share { begun: 0.25, starts: 1.0, reached: 0.05 }
    } else {
        Share { begun: 0.01, starts: 1.0, reached: 0.02 }
    }
}

#[test]
fn it_agrees_about_two_types() {
    agree(world::TWO, &of_two());
}

#[test]
fn it_agrees_about_the_pool_that_holds_the_central_management_store() {
    agree(world::CMS, &of_two());
}

/// Asks about a share of the states of a world.
fn agree(world: World, share: &Share) {
    let base = world::question(world);
    let code = Code::new(&base);
    let mut starts = starts::all(&base, &code);
    starts.retain(|&key| draw(key, 77) < share.begun);
    let begun: BTreeSet<Key> = starts.iter().copied().collect();
    let mut disagreements = Vec::new();
    for (salt, (name, problem)) in (0..).zip(goals::of(world)) {
        let begin = Instant::now();
        let graphs = graph::graphs(&problem, &code, &starts);
        let answers: Vec<_> = graphs.iter().flat_map(|(class, graph)| answers(&problem, &code, class, graph)).collect();
        let searched = begin.elapsed();
        let share = |key| if begun.contains(&key) { share.starts } else { share.reached };
        let chosen: Vec<_> = answers.iter().filter(|a| draw(a.key, salt) < share(a.key)).collect();
        let begin = Instant::now();
        let plans = AtomicUsize::new(0);
        let complain = |(): &mut (), a: &&Answer<'_>| complaint(&code, a, &plans);
        let found: Vec<String> = threads::map(&chosen, || (), complain).into_iter().flatten().collect();
        eprintln!(
            "{}; {name}: {} start states, {} states that begin in {} ways, {} steps between them, {} with a plan, \
             searched in {searched:.1?}; {} compared, {} plans verified, in {:.1?}",
            world.name,
            starts.len(),
            answers.len(),
            graphs.len(),
            graphs.values().map(|g| g.arrows.len()).sum::<usize>(),
            answers.iter().filter(|a| a.cost.is_some()).count(),
            chosen.len(),
            plans.load(Relaxed),
            begin.elapsed(),
        );
        disagreements.extend(found.into_iter().map(|d| format!("{name}: {d}")));
    }
    let some = disagreements.iter().take(5).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(disagreements.is_empty(), "{} disagreements, such as\n{some}", disagreements.len());
}

/// What the independent search says of a state.
struct Answer<'a> {
    graph: &'a Graph,
    key: Key,
    cost: Option<Price>,
}

/// Its answers for the states of a graph that begin as the graph does.
fn answers<'a>(problem: &Problem, code: &Code, class: &graph::Class, graph: &'a Graph) -> Vec<Answer<'a>> {
    let [at_once, patiently] = [false, true].map(|patiently| costs_to_go(graph, patiently));
    let quorum: Vec<Clause> =
        model::invariant::all(problem).into_iter().filter(|c| c.rule.key == "invariant 4").collect();
    // A pool that cannot start as it is may wait for what it needs.
    let stopped = |state: &State| quorum.iter().any(|c| c.condition.eval(problem.view(state)) == Truth::False);
    let answer = |(i, &key): (usize, &Key)| {
        let state = code.decode(key);
        let leave = || patiently[i].filter(|_| stopped(&state));
        (graph::class(problem, &state) == *class).then(|| Answer { graph, key, cost: at_once[i].or_else(leave) })
    };
    graph.states.iter().enumerate().filter_map(answer).collect()
}

/// What is wrong with the planner's answer for one state.
fn complaint(code: &Code, answer: &Answer<'_>, plans: &AtomicUsize) -> Option<String> {
    let state = code.decode(answer.key);
    let problem = Problem { initial: state, ..answer.graph.problem.clone() };
    let wrong = match (solve(&problem), answer.cost) {
        (Outcome::NothingToDo, Some(cost)) if cost == Price::default() => None,
        (Outcome::NoPlan { .. }, None) => None,
        (Outcome::Plan(solved), Some(cost)) if solved.cost.0 == cost => {
            plans.fetch_add(1, Relaxed);
            loose(&problem, &solved)
        }
        (found, cost) => Some(format!("the independent search says {cost:?}, the planner {}", said(&found))),
    };
    let wrong = wrong.or_else(|| unlike(&problem, &answer.graph.problem));
    wrong.map(|w| format!("{w}\n  in: {}", code.words(&problem, answer.key)))
}

/// A declaration that is not the same for another beginning of its class, but for words.
fn unlike(problem: &Problem, other: &Problem) -> Option<String> {
    let declared = |p: &Problem| -> BTreeMap<StepId, String> {
        let all = model::actions::Action::proposals(problem, &problem.initial).into_iter().map(|a| a.declare(p));
        all.map(|d| (d.id.clone(), matter(&d))).collect()
    };
    let (here, there) = (declared(problem), declared(other));
    let (id, one) = here.iter().find(|(id, one)| there.get(*id) != Some(*one))?;
    Some(format!("{id} is declared as {one}\nand elsewhere in its class as {:?}", there.get(id)))
}

/// What matters of a declaration.
fn matter(d: &Declaration) -> String {
    let ways: Vec<_> = d.ways.iter().map(|w| (w.performer, &w.requires, w.evidence)).collect();
    let effects = (&d.begin, &d.end, &d.partial, &d.risks, &d.loses);
    format!("{:?}", (&d.requires, &d.achieves, effects, ways, d.duration, d.group, d.work, d.stops_harm))
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
