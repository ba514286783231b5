//! A plan as data: steps in canonical order, edges with reasons, the facts it rests on. It knows neither how it was found
//! nor how it is carried out.

use crate::actions::Action;
use crate::condition::Condition;
use crate::declaration::{Declaration, Rule, StepId};
use crate::field::{Field, State};
use crate::problem::Problem;

/// A plan for a problem.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The question it answers.
    pub problem: Problem,
    /// Its steps, in canonical order; numbers on screens count from 1.
    pub steps: Vec<Step>,
    /// What must end before what begins; no edge follows from others.
    pub edges: Vec<Edge>,
    /// The fields whose observed values it rests on; only these can make it stale.
    pub base: Vec<Field>,
    /// How many orders of the steps the edges allow; none where that was not counted.
    pub orders: Option<u128>,
}

/// A step: an action in a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The action.
    pub action: Action,
    /// What it is.
    pub declaration: Declaration,
}

/// One step ends before another begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The step that ends first, by place.
    pub from: usize,
    /// The step that begins after it, by place.
    pub to: usize,
    /// What fails without the edge.
    pub why: Why,
}

/// What fails in some order if an edge is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// What kind of thing fails.
    pub kind: WhyKind,
    /// An order in which it fails: the places of the steps that had ended, then of those that had begun.
    pub ended: Vec<usize>,
    /// See `ended`.
    pub begun: Vec<usize>,
}

/// See [`Why`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhyKind {
    /// A requirement of a step would not hold.
    Requirement {
        /// The step, by place.
        step: usize,
        /// What it requires.
        condition: Condition,
        /// The rule behind it.
        rule: Rule,
    },
    /// An invariant would be worse than it is.
    Invariant {
        /// What must hold.
        condition: Condition,
        /// The rule behind it.
        rule: Rule,
    },
    /// Users would be without service for longer than the plan says.
    Outage {
        /// The step that would begin in the outage, by place.
        step: usize,
    },
    /// The two would leave different values in a field, depending on their order.
    EndState {
        /// The field.
        field: Field,
    },
}

impl Plan {
    /// The estate that it is about.
    #[must_use]
    pub fn estate(&self) -> &crate::estate::Estate {
        &self.problem.estate
    }

    /// The place of a step by its id.
    #[must_use]
    pub fn place(&self, id: &StepId) -> Option<usize> {
        self.steps.iter().position(|s| s.declaration.id == *id)
    }

    /// The steps that must have ended before a step begins, directly.
    pub fn predecessors(&self, step: usize) -> impl Iterator<Item = usize> + '_ {
        self.edges.iter().filter(move |e| e.to == step).map(|e| e.from)
    }

    /// The state before each step, in canonical order, and the last one: one more than there are steps.
    #[must_use]
    pub fn states(&self) -> Vec<State> {
        let mut state = self.problem.initial.clone();
        let mut states = vec![state.clone()];
        for step in &self.steps {
            for w in step.declaration.begin.iter().chain(&step.declaration.end) {
                state.set(&self.problem.estate, w.field, w.value);
            }
            states.push(state.clone());
        }
        states
    }
}
