//! From every goal state backwards: what it costs to get there from every state, or that one cannot. It knows no steps.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::graph::Graph;
use super::price::{Price, sum};

/// The least cost to a goal from each state of a graph, by patient steps too or without; none where there is no way.
pub fn costs_to_go(graph: &Graph, patiently: bool) -> Vec<Option<Price>> {
    let n = graph.states.len();
    // Arrows by the state they lead to.
    let mut first = vec![0u32; n + 1];
    graph.arrows.iter().for_each(|a| first[a.to as usize + 1] += 1);
    for i in 0..n {
        first[i + 1] += first[i];
    }
    let mut by_target = vec![0u32; graph.arrows.len()];
    let mut next = first.clone();
    for (i, a) in (0u32..).zip(&graph.arrows) {
        let slot = &mut next[a.to as usize];
        by_target[*slot as usize] = i;
        *slot += 1;
    }
    let mut costs: Vec<Option<Price>> = vec![None; n];
    let mut settled = vec![false; n];
    let mut heap = BinaryHeap::new();
    for i in (0..n).filter(|&i| graph.arrived[i]) {
        costs[i] = Some(Price::default());
        heap.push(Reverse((Price::default(), i)));
    }
    while let Some(Reverse((cost, to))) = heap.pop() {
        if std::mem::replace(&mut settled[to], true) {
            continue;
        }
        for &arrow in &by_target[first[to] as usize..first[to + 1] as usize] {
            let arrow = graph.arrows[arrow as usize];
            if arrow.patient && !patiently {
                continue;
            }
            let (from, total) = (arrow.from as usize, sum(cost, graph.prices[arrow.price as usize]));
            if costs[from].is_none_or(|known| total < known) {
                costs[from] = Some(total);
                heap.push(Reverse((total, from)));
            }
        }
    }
    costs
}
