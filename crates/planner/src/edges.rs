//! From a sequence to a directed graph: every pair of neighbours that no clause needs in order is released, and every edge
//! that stays knows the clause that fails without it.

use model::declaration::Declaration;
use model::plan::{Edge, Why};
use model::problem::Problem;

use crate::order::Order;
use crate::verify::Verifier;

/// The edges that are needed, and the order that they span. None if the sequence itself fails, or is too long.
#[must_use]
pub fn needed(problem: &Problem, steps: Vec<&Declaration>) -> Option<(Vec<Edge>, Order)> {
    let mut order = Order::total(steps.len())?;
    let verifier = Verifier::new(problem, steps);
    let mut reasons: std::collections::BTreeMap<(usize, usize), Why> = std::collections::BTreeMap::new();
    loop {
        let open: Vec<_> = order.covering().into_iter().filter(|pair| !reasons.contains_key(pair)).collect();
        if open.is_empty() {
            break;
        }
        for (i, j) in open {
            // Another release may have put something between them, or nothing may be left to release.
            if !order.covers(i, j) {
                continue;
            }
            order.release(i, j);
            if let Some(why) = verifier.failure_between(&order, i, j) {
                order.bind(i, j);
                // More freedom elsewhere never makes this pair dispensable: what fails in one order fails still.
                reasons.insert((i, j), why);
            }
        }
    }
    verifier.failure(&order).is_none().then(|| {
        let edge = |(from, to): (usize, usize)| Some(Edge { from, to, why: reasons.get(&(from, to))?.clone() });
        let edges = order.covering().into_iter().filter_map(edge).collect();
        (edges, order)
    })
}
