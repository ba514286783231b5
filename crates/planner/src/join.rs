//! The plans of parts as one plan: their steps in one sequence, a step that several parts need once. It solves nothing.
//!
//! A part was ordered and verified on a problem of its own. That is exact for the whole, because what is checked here holds:
//! every step is the same step in the whole ([`crate::lift`]), and no step of another part writes a field that a clause of
//! the part reads ([`clash`]), but for those that the part itself takes too. So whatever the other parts do meanwhile, the
//! part's fields go through the states that were verified. `Publishing` is the one field that all publishes write: each
//! finds it as at first and leaves it so, and their exclusive group keeps them apart.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::declaration::{Declaration, Group, StepId};
use model::field::{Field, State};
use model::plan::{Edge, Plan, Step, Why, WhyKind};
use model::problem::{Leave, Problem};

use crate::cost::Cost;
use crate::lift::Lifted;
use crate::sequence::Placed;
use crate::solve::Solved;
use crate::step::{Taken, apply};

/// Two parts that are not independent: one writes what the other reads or writes, in a step that the other does not take.
#[must_use]
pub fn clash(parts: &[Lifted]) -> Option<(usize, usize)> {
    let mut taking: HashMap<&StepId, Vec<(usize, &Declaration)>> = HashMap::new();
    let mut writing: HashMap<Field, Vec<(usize, &StepId)>> = HashMap::new();
    for (n, part) in parts.iter().enumerate() {
        for step in &part.steps {
            let d = &*step.declaration;
            let others = taking.entry(&d.id).or_default();
            if let Some((other, _)) = others.iter().find(|(other, same)| *other != n && *same != d) {
                return Some((*other, n));
            }
            others.push((n, d));
            for field in written(d) {
                let writers = writing.entry(field).or_default();
                if writers.last() != Some(&(n, &d.id)) {
                    writers.push((n, &d.id));
                }
            }
        }
    }
    for (n, part) in parts.iter().enumerate() {
        let own = part.steps.iter().flat_map(|s| written(&s.declaration));
        for field in part.reads.iter().copied().chain(own) {
            let foreign = |(other, id): &&(usize, &StepId)| *other != n && !taking[*id].iter().any(|(p, _)| *p == n);
            if let Some((other, _)) = writing.get(&field).into_iter().flatten().find(foreign) {
                return Some((*other, n));
            }
        }
    }
    None
}

/// The fields that a step writes, whatever comes of it, but for the one that exclusive publishes leave as they found it.
fn written(d: &Declaration) -> impl Iterator<Item = Field> {
    let all = d.begin.iter().chain(&d.end).chain(d.partial.iter().flatten().flatten()).map(|w| w.field);
    all.filter(|&f| !(f == Field::Publishing && d.group == Some(Group::Publish)))
}

/// The sequence of all steps: for each its part and its place there, first for the part that stands first.
///
/// Stage by stage, and part by part within a stage: service comes back everywhere before anything is built anew. A step that
/// several parts need stands where the last of them needs it. None if parts need two such steps in different orders.
fn sequence(parts: &[Lifted]) -> Option<Vec<Vec<(usize, usize)>>> {
    let mut needing: HashMap<&StepId, usize> = HashMap::new();
    for part in parts {
        let own: BTreeSet<&StepId> = part.steps.iter().map(|s| &s.declaration.id).collect();
        own.into_iter().for_each(|id| *needing.entry(id).or_default() += 1);
    }
    let common = |id: &StepId| needing[id] > 1;
    let mut at = vec![0; parts.len()];
    let mut come: HashMap<&StepId, Vec<(usize, usize)>> = HashMap::new();
    let mut open: BTreeSet<(model::declaration::Stage, usize)> = BTreeSet::new();
    let mut all = Vec::new();
    // A part that comes to a common step waits there until the last one has come.
    let mut arrive = |n: usize, at: &[usize], open: &mut BTreeSet<_>| {
        let Some(step) = parts[n].steps.get(at[n]) else { return };
        let d = &*step.declaration;
        if !common(&d.id) {
            open.insert((d.stage, n));
            return;
        }
        let waiting = come.entry(&d.id).or_default();
        waiting.push((n, at[n]));
        if waiting.len() == needing[&d.id] {
            open.insert((d.stage, waiting.iter().map(|w| w.0).min().unwrap_or(n)));
        }
    };
    (0..parts.len()).for_each(|n| arrive(n, &at, &mut open));
    let waiting = |n: usize, at: &[usize], id: &StepId| -> Vec<(usize, usize)> {
        if !common(id) {
            return vec![(n, at[n])];
        }
        let here = |p: &usize| parts[*p].steps.get(at[*p]).is_some_and(|s| s.declaration.id == *id);
        (0..parts.len()).filter(here).map(|p| (p, at[p])).collect()
    };
    while let Some((stage, n)) = open.pop_first() {
        // A part goes on as long as its stage lasts.
        loop {
            let id = &parts[n].steps[at[n]].declaration.id;
            let those = waiting(n, &at, id);
            all.push(those.clone());
            for (p, _) in &those {
                at[*p] += 1;
            }
            for (p, _) in those.iter().filter(|(p, _)| *p != n) {
                arrive(*p, &at, &mut open);
            }
            let next = parts[n].steps.get(at[n]);
            let goes_on = next.is_some_and(|s| s.declaration.stage == stage && !common(&s.declaration.id));
            if !goes_on {
                arrive(n, &at, &mut open);
                break;
            }
        }
    }
    (0..parts.len()).all(|n| at[n] == parts[n].steps.len()).then_some(all)
}

/// What any of the parts was allowed.
fn leave(parts: &[Lifted]) -> Leave {
    let any = |of: fn(Leave) -> bool| parts.iter().any(|p| of(p.leave));
    Leave { confirms: any(|l| l.confirms), patience: any(|l| l.patience) }
}

/// The plans of independent parts as one. None if they need common steps in different orders.
#[must_use]
pub fn join(problem: &Problem, parts: &[Lifted]) -> Option<Solved> {
    let sequence = sequence(parts)?;
    let mut places: Vec<Vec<usize>> = parts.iter().map(|p| vec![0; p.steps.len()]).collect();
    for (n, those) in sequence.iter().enumerate() {
        those.iter().for_each(|&(part, at)| places[part][at] = n);
    }
    let placed = placed(problem, parts, &sequence);
    let cost = placed.iter().fold(Cost::default(), |sum, p| sum.plus(p.taken.cost));
    let steps = placed.iter().map(|p| Step { action: p.action.clone(), declaration: (*p.declaration).clone() });
    let base: BTreeSet<Field> = parts.iter().flat_map(|p| p.base.iter().copied()).collect();
    let plan = Plan {
        problem: Problem { leave: leave(parts), ..problem.clone() },
        steps: steps.collect(),
        edges: edges(parts, &places),
        base: base.into_iter().collect(),
        orders: if let [one] = parts { one.sequences } else { None },
    };
    Some(Solved { plan, placed, cost, searched: Default::default() })
}

/// The steps with the states of the whole around them. What a step costs, it costs its part.
fn placed(problem: &Problem, parts: &[Lifted], sequence: &[Vec<(usize, usize)>]) -> Vec<Placed> {
    let mut state: State = problem.initial.clone();
    let mut placed = Vec::with_capacity(sequence.len());
    for those in sequence {
        let (part, at) = those[0];
        let step = &parts[part].steps[at];
        let d = &step.declaration;
        let during = apply(problem, &state, &d.begin);
        let after = apply(problem, &during, &d.end);
        let before = std::mem::replace(&mut state, after.clone());
        let taken = Taken { during, after, cost: step.cost };
        placed.push(Placed { action: step.action.clone(), declaration: d.clone(), before, taken });
    }
    placed
}

/// The edges of all parts, by their second and then their first place, each once.
fn edges(parts: &[Lifted], places: &[Vec<usize>]) -> Vec<Edge> {
    let mut common: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
    if parts.len() > 1 {
        for (part, of) in places.iter().enumerate() {
            of.iter().enumerate().for_each(|(at, &n)| common.entry(n).or_default().push((part, at)));
        }
        common.retain(|_, those| those.len() > 1);
    }
    // Between two common steps another part may know of a longer way.
    let follows = |from: usize, to: usize| {
        let (Some(a), Some(b)) = (common.get(&from), common.get(&to)) else { return false };
        a.iter().any(|&(part, i)| {
            let of = &parts[part].order;
            b.iter().any(|&(other, j)| other == part && of.precedes(i, j) && !of.covers(i, j))
        })
    };
    let mut all: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
    for (part, places) in parts.iter().zip(places) {
        for edge in &part.edges {
            let (from, to) = (places[edge.from], places[edge.to]);
            if !follows(from, to) {
                all.entry((to, from)).or_insert_with(|| Edge { from, to, why: shifted(&edge.why, places) });
            }
        }
    }
    all.into_values().collect()
}

fn shifted(why: &Why, places: &[usize]) -> Why {
    let kind = match &why.kind {
        WhyKind::Requirement { step, condition, rule } => {
            WhyKind::Requirement { step: places[*step], condition: condition.clone(), rule: *rule }
        }
        WhyKind::Invariant { condition, rule } => WhyKind::Invariant { condition: condition.clone(), rule: *rule },
        WhyKind::Outage { step } => WhyKind::Outage { step: places[*step] },
        WhyKind::EndState { field } => WhyKind::EndState { field: *field },
    };
    let of = |list: &[usize]| list.iter().map(|&n| places[n]).collect();
    Why { kind, ended: of(&why.ended), begun: of(&why.begun) }
}
