//! The plans of parts as one plan: their steps in one sequence, a step that several parts need once. It solves nothing.
//!
//! A part was ordered and verified on a problem of its own. That is exact for the whole, because what is checked here holds:
//! every step is the same step in the whole ([`crate::lift`]), and no step of another part writes a field that a clause of
//! the part reads ([`clash`]), but for those that the part itself takes too. So whatever the other parts do meanwhile, the
//! part's fields go through the states that were verified. `Publishing` is the one field that all publishes write: each
//! finds it as at first and leaves it so, and their exclusive group keeps them apart.
//!
//! A publish that parts share is, in the fields of each of them, that part's own publish: the same writes, the same partial
//! outcomes, and one more, in which all of its own stores are published and others are not. In its own fields that is the
//! end of its publish. So what was verified for the part's own publish holds for the shared one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use model::actions::{Action, Publish};
use model::declaration::{Declaration, Group, Stage, StepId};
use model::field::{Field, State};
use model::plan::{Edge, Plan, Step, Why, WhyKind};
use model::problem::{Leave, Problem};

use crate::cost::Cost;
use crate::lift::{Lifted, LiftedStep};
use crate::sequence::Placed;
use crate::share::Shared;
use crate::solve::{Searched, Solved};
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

/// Which steps of the parts are one step: a number for each, the same for the same id, and for publishes that are shared.
struct Keys {
    of: Vec<Vec<usize>>,
    /// How many parts need a step, by number.
    needing: Vec<usize>,
}

impl Keys {
    fn of(parts: &[Lifted], shared: &[Vec<(usize, usize)>]) -> Self {
        let group: HashMap<(usize, usize), usize> =
            shared.iter().enumerate().flat_map(|(g, those)| those.iter().map(move |&at| (at, g))).collect();
        let mut numbers: HashMap<Result<&StepId, usize>, usize> = HashMap::new();
        let mut keys = Self { of: Vec::new(), needing: Vec::new() };
        for (n, part) in parts.iter().enumerate() {
            let mut own = Vec::with_capacity(part.steps.len());
            for (at, step) in part.steps.iter().enumerate() {
                let name = group.get(&(n, at)).map_or(Ok(&step.declaration.id), |&g| Err(g));
                let next = keys.needing.len();
                let key = *numbers.entry(name).or_insert(next);
                // A purpose that a part serves twice is two steps.
                let key = if own.contains(&key) { next } else { key };
                if key == next {
                    keys.needing.push(0);
                }
                keys.needing[key] += 1;
                own.push(key);
            }
            keys.of.push(own);
        }
        keys
    }

    fn common(&self, (part, at): (usize, usize)) -> bool {
        self.needing[self.of[part][at]] > 1
    }
}

/// The sequence of all steps: for each its part and its place there, for all parts that need it.
///
/// Stage by stage, and part by part within a stage: service comes back everywhere before anything is built anew. A step that
/// several parts need stands where the last of them needs it. None if parts need two such steps in different orders.
fn sequence(parts: &[Lifted], keys: &Keys) -> Option<Vec<Vec<(usize, usize)>>> {
    let mut at = vec![0; parts.len()];
    let mut come: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
    let mut open: BTreeMap<(Stage, usize), Vec<(usize, usize)>> = BTreeMap::new();
    let mut all = Vec::new();
    // A part that comes to a common step waits there until the last one has come.
    let mut arrive = |n: usize, at: usize, open: &mut BTreeMap<(Stage, usize), Vec<(usize, usize)>>| {
        let Some(step) = parts[n].steps.get(at) else { return };
        let mut those = vec![(n, at)];
        if keys.common((n, at)) {
            let key = keys.of[n][at];
            let waiting = come.entry(key).or_default();
            waiting.push((n, at));
            if waiting.len() < keys.needing[key] {
                return;
            }
            those.clone_from(waiting);
            those.sort_unstable();
        }
        open.insert((step.declaration.stage, those[0].0), those);
    };
    (0..parts.len()).for_each(|n| arrive(n, 0, &mut open));
    while let Some(((stage, n), mut those)) = open.pop_first() {
        // A part goes on as long as its stage lasts.
        loop {
            for &(p, _) in &those {
                at[p] += 1;
            }
            for &(p, _) in those.iter().filter(|(p, _)| *p != n) {
                arrive(p, at[p], &mut open);
            }
            all.push(those);
            let next = parts[n].steps.get(at[n]);
            if !next.is_some_and(|s| s.declaration.stage == stage && !keys.common((n, at[n]))) {
                arrive(n, at[n], &mut open);
                break;
            }
            those = vec![(n, at[n])];
        }
    }
    (0..parts.len()).all(|n| at[n] == parts[n].steps.len()).then_some(all)
}

/// What any of the parts was allowed.
fn leave(parts: &[Lifted]) -> Leave {
    let any = |of: fn(Leave) -> bool| parts.iter().any(|p| of(p.leave));
    Leave { confirms: any(|l| l.confirms), patience: any(|l| l.patience) }
}

/// The plans of independent parts as one, with the publishes that they share. None if they need common steps in different
/// orders.
#[must_use]
pub fn join(problem: &Problem, parts: &[Lifted], shared: &[Vec<(usize, usize)>]) -> Option<Solved> {
    let sequence = sequence(parts, &Keys::of(parts, shared))?;
    let mut places: Vec<Vec<usize>> = parts.iter().map(|p| vec![0; p.steps.len()]).collect();
    for (n, those) in sequence.iter().enumerate() {
        those.iter().for_each(|&(part, at)| places[part][at] = n);
    }
    let placed = placed(problem, parts, &sequence)?;
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
    Some(Solved { plan, placed, cost, searched: Searched::default(), shared: Shared::default() })
}

/// The steps with the states of the whole around them.
fn placed(problem: &Problem, parts: &[Lifted], sequence: &[Vec<(usize, usize)>]) -> Option<Vec<Placed>> {
    let mut state: State = problem.initial.clone();
    let mut placed = Vec::with_capacity(sequence.len());
    for those in sequence {
        let steps: Vec<&LiftedStep> = those.iter().map(|&(part, at)| &parts[part].steps[at]).collect();
        let (action, declaration) = one(problem, &steps)?;
        let cost = steps[1..].iter().fold(steps[0].cost, |sum, s| sum.beside(s.cost));
        let during = apply(problem, &state, &declaration.begin);
        let after = apply(problem, &during, &declaration.end);
        let before = std::mem::replace(&mut state, after.clone());
        placed.push(Placed { action, declaration, before, taken: Taken { during, after, cost } });
    }
    Some(placed)
}

/// The one step that steps of several parts are: the same for all of them, or a publish that they share.
fn one(problem: &Problem, steps: &[&LiftedStep]) -> Option<(Action, Rc<Declaration>)> {
    let first = steps[0];
    if steps.iter().all(|s| s.declaration.id == first.declaration.id) {
        return Some((first.action.clone(), Rc::clone(&first.declaration)));
    }
    let publish = |s: &&LiftedStep| if let Action::Publish(p) = &s.action { Some(p.clone()) } else { None };
    let all: Vec<Publish> = steps.iter().map(publish).collect::<Option<_>>()?;
    let action = Action::Publish(Publish::together(problem, &all.iter().collect::<Vec<_>>())?);
    let declaration = Rc::new(action.declare(problem));
    Some((action, declaration))
}

/// The edges of all parts, by their second and then their first place, each once, and none that follows from others.
fn edges(parts: &[Lifted], places: &[Vec<usize>]) -> Vec<Edge> {
    let common = Common::of(parts, places);
    let mut all: BTreeMap<(usize, usize), Edge> = BTreeMap::new();
    for (n, (part, places)) in parts.iter().zip(places).enumerate() {
        for edge in &part.edges {
            let (from, to) = (places[edge.from], places[edge.to]);
            if !common.leads_around(parts, n, edge, from, to) {
                all.entry((to, from)).or_insert_with(|| Edge { from, to, why: shifted(&edge.why, places) });
            }
        }
    }
    all.into_values().collect()
}

/// The steps that several parts need: only through them does a way lead from one part to another.
struct Common {
    /// For each, by its place in the whole, its places in the parts.
    at: BTreeMap<usize, Vec<(usize, usize)>>,
    /// Pairs of them with a way from the first to the second that passes another step.
    around: BTreeSet<(usize, usize)>,
    /// Pairs of them with any way.
    ways: BTreeSet<(usize, usize)>,
}

impl Common {
    fn of(parts: &[Lifted], places: &[Vec<usize>]) -> Self {
        let mut at: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (part, of) in places.iter().enumerate() {
            of.iter().enumerate().for_each(|(step, &n)| at.entry(n).or_default().push((part, step)));
        }
        at.retain(|_, those| those.len() > 1);
        let mut common = Self { at, around: BTreeSet::new(), ways: BTreeSet::new() };
        let all: Vec<usize> = common.at.keys().copied().collect();
        // In the order of the second place, so that ways over a third are known before.
        for (n, &to) in all.iter().enumerate() {
            for &from in all[..n].iter().rev() {
                let in_part = common.at[&from].iter().flat_map(|&(p, i)| {
                    common.at[&to].iter().filter(move |(q, _)| *q == p).map(move |&(_, j)| (p, i, j))
                });
                let (mut way, mut around) = (false, false);
                for (part, i, j) in in_part {
                    way |= parts[part].order.precedes(i, j);
                    around |= parts[part].order.precedes(i, j) && !parts[part].order.covers(i, j);
                }
                let third = |&x: &usize| common.ways.contains(&(from, x)) && common.ways.contains(&(x, to));
                around |= all[..n].iter().any(third);
                if around {
                    common.around.insert((from, to));
                }
                if way || around {
                    common.ways.insert((from, to));
                }
            }
        }
        common
    }

    /// Whether a way leads from the first to the second step of an edge over other parts.
    fn leads_around(&self, parts: &[Lifted], part: usize, edge: &Edge, from: usize, to: usize) -> bool {
        if self.at.is_empty() {
            return false;
        }
        let order = &parts[part].order;
        let own = |n: &usize| self.at[n].iter().find(|(p, _)| *p == part).map(|&(_, at)| at);
        let after = |n: &&usize| own(n).is_some_and(|at| at == edge.from || order.precedes(edge.from, at));
        let before = |n: &&usize| own(n).is_some_and(|at| at == edge.to || order.precedes(at, edge.to));
        let firsts: Vec<usize> = self.at.keys().filter(after).copied().collect();
        let lasts: Vec<usize> = self.at.keys().filter(before).copied().collect();
        firsts.iter().any(|&x| {
            lasts.iter().any(|&y| {
                let whole = (x, y) == (from, to);
                if whole { self.around.contains(&(x, y)) } else { self.ways.contains(&(x, y)) }
            })
        })
    }
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
