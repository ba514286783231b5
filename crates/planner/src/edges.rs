//! From a sequence to a directed graph: every pair of neighbours that no clause needs in order is released, and every edge
//! that stays knows the clause that fails without it.

use std::collections::{BTreeMap, BTreeSet};

use model::declaration::Declaration;
use model::plan::{Edge, Why};
use model::problem::Problem;

use crate::order::Order;
use crate::verify::Verifier;

/// The edges that are needed, and the order that they span. None if the sequence itself fails.
#[must_use]
pub fn needed(problem: &Problem, steps: Vec<&Declaration>) -> Option<(Vec<Edge>, Order)> {
    let mut order = Order::total(steps.len());
    let verifier = Verifier::new(problem, steps);
    let mut reasons: BTreeMap<(usize, usize), Why> = BTreeMap::new();
    // Pairs by their second place, as `Order::covering` lists them.
    let mut open: BTreeSet<(usize, usize)> = (1..order.len()).map(|j| (j, j - 1)).collect();
    while !open.is_empty() {
        let mut next = BTreeSet::new();
        // Another release may have put something between them, or nothing may be left to release.
        let round: Vec<_> = open.into_iter().filter(|&(j, i)| order.covers(i, j)).collect();
        for (j, i) in round {
            if !order.covers(i, j) || reasons.contains_key(&(i, j)) {
                continue;
            }
            order.release(i, j);
            if let Some(why) = verifier.failure_between(&order, i, j) {
                order.bind(i, j);
                // More freedom elsewhere never makes this pair dispensable: what fails in one order fails still.
                reasons.insert((i, j), why);
                continue;
            }
            // Pairs that only these two stood between are neighbours now.
            next.extend(order.last(i).filter(|&k| order.covers(k, j)).map(|k| (j, k)));
            next.extend(order.next(j).filter(|&l| order.covers(i, l)).map(|l| (l, i)));
        }
        open = next;
    }
    verifier.failure(&order).is_none().then(|| {
        let edge = |(from, to): (usize, usize)| Some(Edge { from, to, why: reasons.get(&(from, to))?.clone() });
        let edges = order.covering().into_iter().filter_map(edge).collect();
        (edges, order)
    })
}
