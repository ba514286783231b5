//! Every order that the edges allow works, every edge is needed, and checking clause by clause says the same as looking at
//! every set of steps.

mod support;

use model::field::State;
use model::truth::Truth;
use planner::order::Order;
use planner::solve::Solved;
use planner::step::Rules;
use planner::verify::Verifier;
use support::{FOUR, seed, solved};

fn order_of(s: &Solved) -> Order {
    Order::spanned(s.plan.steps.len(), s.plan.edges.iter().map(|e| (e.from, e.to))).unwrap()
}

#[test]
fn failovers_ends_and_creations_are_unordered_among_themselves() {
    let solved = solved(&seed(&FOUR, 3));
    let order = order_of(&solved);
    let of = |prefix: &str| -> Vec<usize> {
        let steps = solved.plan.steps.iter().enumerate();
        steps.filter(|(_, s)| s.declaration.id.0.starts_with(prefix)).map(|(n, _)| n).collect()
    };
    for prefix in ["failover/", "end-mirroring/", "mirror/"] {
        let steps = of(prefix);
        assert_eq!(steps.len(), 4, "{prefix}");
        assert!(steps.iter().all(|&i| steps.iter().all(|&j| !order.precedes(i, j))), "{prefix}");
    }
    let restarts: Vec<usize> = of("restart/").into_iter().take(3).collect();
    assert!(restarts.iter().all(|&i| restarts.iter().all(|&j| !order.precedes(i, j))));
    assert!(restarts.iter().all(|&i| solved.plan.steps[i].declaration.group.is_some()));
}

#[test]
fn every_edge_is_needed_and_says_why() {
    for n in [2, 3] {
        let base = seed(&FOUR, n);
        let solved = solved(&base);
        let verifier = Verifier::new(&base, solved.plan.steps.iter().map(|s| &s.declaration).collect());
        let order = order_of(&solved);
        assert_eq!(verifier.failure(&order), None);
        for edge in &solved.plan.edges {
            let mut looser = order.clone();
            looser.release(edge.from, edge.to);
            let why = verifier.failure(&looser);
            assert!(why.is_some(), "{} -> {} is not needed", edge.from + 1, edge.to + 1);
        }
    }
}

/// The oracle: every set of steps that may have ended, every step that may begin then, one at a time.
fn walks(rules: &Rules<'_>, solved: &Solved, order: &Order) -> bool {
    let n = solved.plan.steps.len();
    let mut layer = std::collections::BTreeMap::from([(0u128, rules.problem.initial.clone())]);
    let first = rules.standing(&rules.problem.initial);
    let mut last: Option<State> = None;
    for _ in 0..n {
        let mut next = std::collections::BTreeMap::new();
        for (set, state) in layer {
            let free =
                (0..n).filter(|&j| set & (1 << j) == 0 && (0..n).all(|i| !order.precedes(i, j) || set & (1 << i) != 0));
            for j in free {
                let d = &solved.plan.steps[j].declaration;
                let v = rules.problem.view(&state);
                if d.requires.iter().any(|c| c.condition.eval(v) != Truth::True) {
                    return false;
                }
                let after =
                    planner::step::apply(rules.problem, &planner::step::apply(rules.problem, &state, &d.begin), &d.end);
                if rules.standing(&after).iter().zip(&first).any(|(now, before)| now < before) {
                    return false;
                }
                next.insert(set | (1 << j), after);
            }
        }
        last = next.values().next().cloned();
        layer = next;
    }
    last.is_some_and(|state| rules.reached(&state))
}

#[test]
fn clause_by_clause_agrees_with_every_set_of_steps() {
    let base = seed(&FOUR[..2], 2);
    let rules = Rules::new(&base);
    let solved = solved(&base);
    let order = order_of(&solved);
    assert!(walks(&rules, &solved, &order));
    let verifier = Verifier::new(&base, solved.plan.steps.iter().map(|s| &s.declaration).collect());
    // What the oracle finds with steps one at a time, the clauses find too; they also see steps begun and not ended.
    for edge in &solved.plan.edges {
        let mut looser = order.clone();
        looser.release(edge.from, edge.to);
        if !walks(&rules, &solved, &looser) {
            assert!(verifier.failure(&looser).is_some(), "{} -> {}", edge.from + 1, edge.to + 1);
        }
    }
}

#[test]
fn the_critical_path_is_a_chain_of_edges_and_no_chain_is_longer() {
    let plan = solved(&seed(&FOUR, 3)).plan.clone();
    let (path, seconds) = planner::critical::critical_path(&plan);
    let edge = |pair: &[usize]| plan.edges.iter().any(|e| e.from == pair[0] && e.to == pair[1]);
    assert!(path.windows(2).all(edge), "{path:?}");
    let sum = |path: &[usize]| path.iter().map(|&n| u64::from(plan.steps[n].declaration.duration.most)).sum::<u64>();
    assert_eq!(sum(&path), seconds);
    // Of mirrors that are created side by side only the longest counts, of restarts in a round only one.
    assert_eq!(path.iter().filter(|&&n| plan.steps[n].declaration.id.0.starts_with("mirror/")).count(), 1);
    assert!(seconds < sum(&(0..plan.steps.len()).collect::<Vec<_>>()));
    // Edges form the smallest graph of their order.
    let graph = planner::critical::graph(&plan);
    let order = petgraph::algo::toposort(&graph, None).unwrap();
    let (listed, _) = petgraph::algo::tred::dag_to_toposorted_adjacency_list::<_, u32>(&graph, &order);
    let (reduced, _) = petgraph::algo::tred::dag_transitive_reduction_closure(&listed);
    assert_eq!(reduced.edge_count(), plan.edges.len());
}
