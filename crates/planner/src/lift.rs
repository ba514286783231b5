//! A part's plan, carried over to the whole problem: every step is found there again, must be the same step, and is taken
//! once more. It knows no search.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use model::actions::Action;
use model::condition::Condition;
use model::declaration::{Clause, Declaration};
use model::field::{Field, State};
use model::ids::Ids;
use model::plan::{Edge, Why, WhyKind};
use model::problem::{Leave, Problem};
use model::restrict::{Kept, Restriction};

use crate::cost::Cost;
use crate::order::Order;
use crate::part::Own;
use crate::step::Rules;
use crate::verify;

/// A part's plan, in ids of the whole. Places in its edges are those of the part.
pub struct Lifted {
    /// Its steps in canonical order.
    pub steps: Vec<LiftedStep>,
    /// Its edges.
    pub edges: Vec<Edge>,
    /// The order that they span.
    pub order: Order,
    /// How many sequences that order allows.
    pub sequences: Option<u128>,
    /// What it was allowed.
    pub leave: Leave,
    /// The fields that some clause of the part reads.
    pub reads: HashSet<Field>,
    /// Those whose observed values the plan rests on: read before any step has written them.
    pub base: BTreeSet<Field>,
}

/// A step of a part's plan.
pub struct LiftedStep {
    /// The action.
    pub action: Action,
    /// What it is.
    pub declaration: Rc<Declaration>,
    /// What it costs its part.
    pub cost: Cost,
}

/// Carries a plan over. `whole` is a copy of the problem whose wishes are exchanged for those of the part. None if the whole
/// does not see the same steps: then the part is none.
#[must_use]
pub fn lift(
    problem: &Problem,
    whole: &mut Problem,
    part: &Kept,
    restriction: &Restriction,
    own: &Own,
) -> Option<Lifted> {
    focus(problem, whole, part, own.leave);
    let rules = Rules::new(whole);
    let mut state: State = whole.initial.clone();
    let mut steps = Vec::new();
    let mut reading = Reading::new(&rules);
    let mut beyond = Vec::new();
    for action in &own.actions {
        let of_part = action.declare(&restriction.problem);
        // For a part every other store is one without a wish, of which a publish requires something each.
        let (action, declaration) = rules.with_id_for(problem, &state, &of_part.id)?;
        beyond.extend(restriction.ids.same(&of_part, &declaration)?);
        let taken = rules.take(&state, &rules.standing(&state), &declaration)?;
        state = taken.after;
        reading.step(&declaration);
        steps.push(LiftedStep { action, declaration, cost: taken.cost });
    }
    // What is required of other stores holds now, and nothing here changes it.
    let constant = |c: &Clause| verify::fields(problem, &c.condition).iter().all(|f| !reading.written.contains(f));
    if !rules.reached(&state) || !beyond.iter().all(constant) {
        return None;
    }
    let (reads, base) = reading.end();
    let edge = |e: &Edge| Edge { why: carried(&restriction.ids, &e.why), ..e.clone() };
    Some(Lifted {
        steps,
        edges: own.edges.iter().map(edge).collect(),
        order: own.order.clone(),
        sequences: own.sequences,
        leave: own.leave,
        reads,
        base,
    })
}

/// The plan of a part with other steps in place of its own: they are taken, given their edges and verified anew, on the
/// whole. None if they are no plan.
#[must_use]
pub fn again(problem: &Problem, whole: &mut Problem, part: &Kept, actions: &[Action], leave: Leave) -> Option<Lifted> {
    focus(problem, whole, part, leave);
    let rules = Rules::new(whole);
    actions.iter().for_each(|a| _ = rules.declared_for(problem, a));
    let placed = crate::sequence::replay(&rules, actions)?;
    if !placed.last().is_some_and(|p| rules.reached(&p.taken.after)) {
        return None;
    }
    let declarations = placed.iter().map(|p| &*p.declaration).collect();
    let (edges, order) = crate::edges::needed(whole, declarations)?;
    let mut reading = Reading::new(&rules);
    placed.iter().for_each(|p| reading.step(&p.declaration));
    let (reads, base) = reading.end();
    let sequences = order.sequences();
    let step =
        |p: crate::sequence::Placed| LiftedStep { action: p.action, declaration: p.declaration, cost: p.taken.cost };
    Some(Lifted { steps: placed.into_iter().map(step).collect(), edges, order, sequences, leave, reads, base })
}

/// Makes the whole ask for a part only.
fn focus(problem: &Problem, whole: &mut Problem, part: &Kept, leave: Leave) {
    whole.wishes = part.managed.iter().filter_map(|&s| problem.wish(s).cloned()).collect();
    whole.leave = leave;
    whole.cms_to = model::cms::asked_of(problem, &part.managed).filter(|p| part.pools.contains(p));
}

/// A reason in ids of the whole; its places stay.
fn carried(ids: &Ids, why: &Why) -> Why {
    let kind = match &why.kind {
        WhyKind::Requirement { step, condition, rule } => {
            WhyKind::Requirement { step: *step, condition: ids.condition(condition), rule: *rule }
        }
        WhyKind::Invariant { condition, rule } => {
            WhyKind::Invariant { condition: ids.condition(condition), rule: *rule }
        }
        WhyKind::Outage { step } => WhyKind::Outage { step: *step },
        WhyKind::EndState { field } => WhyKind::EndState { field: ids.field(*field) },
    };
    Why { kind, ..why.clone() }
}

/// What is read by a requirement, a way, a risk, an invariant or the goal, and what of it before any step has written it.
struct Reading<'a> {
    rules: &'a Rules<'a>,
    written: HashSet<Field>,
    reads: HashSet<Field>,
    base: BTreeSet<Field>,
}

impl<'a> Reading<'a> {
    fn new(rules: &'a Rules<'a>) -> Self {
        let mut reading = Self { rules, written: HashSet::new(), reads: HashSet::new(), base: BTreeSet::new() };
        rules.invariants.iter().for_each(|c| reading.read(&c.condition));
        reading
    }

    fn read(&mut self, condition: &Condition) {
        for field in verify::fields(self.rules.problem, condition) {
            self.reads.insert(field);
            if !self.written.contains(&field) {
                self.base.insert(field);
            }
        }
    }

    fn step(&mut self, d: &Declaration) {
        d.requires.iter().for_each(|c| self.read(&c.condition));
        d.ways.iter().flat_map(|w| &w.requires).for_each(|c| self.read(&c.condition));
        d.risks.iter().flat_map(|(conditions, _)| conditions).for_each(|c| self.read(c));
        self.written.extend(d.begin.iter().chain(&d.end).map(|w| w.field));
    }

    fn end(mut self) -> (HashSet<Field>, BTreeSet<Field>) {
        self.rules.goal.iter().for_each(|c| self.read(&c.condition));
        (self.reads, self.base)
    }
}
