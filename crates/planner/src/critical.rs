//! The critical path of a plan: the chain of steps that decides how long it takes when everything else runs beside it. It
//! is shown, never optimised: what is shortest over all orders is not a sum, and the remainder of a best plan would not be
//! a best plan.

use model::plan::Plan;
use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

/// The chain, by place, and the seconds it takes at most.
#[must_use]
pub fn critical_path(plan: &Plan) -> (Vec<usize>, u64) {
    let graph = graph(plan);
    // Edges lead from smaller to larger places, so there is no cycle; without an order there is no path.
    let order = toposort(&graph, None).unwrap_or_default();
    let mut best: Vec<(u64, Option<NodeIndex>)> = vec![(0, None); graph.node_count()];
    for &node in &order {
        let longest = graph.neighbors_directed(node, petgraph::Incoming).max_by_key(|n| (best[n.index()].0, n.index()));
        let before = longest.map_or(0, |n| best[n.index()].0);
        best[node.index()] = (before + graph[node], longest);
    }
    let mut at = order.iter().copied().max_by_key(|n| (best[n.index()].0, n.index()));
    let seconds = at.map_or(0, |n| best[n.index()].0);
    let mut path = Vec::new();
    while let Some(node) = at {
        path.push(node.index());
        at = best[node.index()].1;
    }
    path.reverse();
    (path, seconds)
}

/// The plan as a graph: seconds on the nodes, whose indices are the places of the steps.
#[must_use]
pub fn graph(plan: &Plan) -> DiGraph<u64, ()> {
    let mut graph = DiGraph::new();
    let nodes: Vec<NodeIndex> =
        plan.steps.iter().map(|s| graph.add_node(u64::from(s.declaration.duration.most))).collect();
    for edge in &plan.edges {
        graph.add_edge(nodes[edge.from], nodes[edge.to], ());
    }
    graph
}
