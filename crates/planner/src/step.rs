//! Taking one step in thought: may it begin, what is the world then, what does it cost. It looks no further.

use std::collections::HashMap;
use std::rc::Rc;

use model::actions::Action;
use model::declaration::{Clause, Declaration, StepId};
use model::field::{State, Write};
use model::problem::Problem;
use model::truth::Truth;
use model::{invariant, view::View};

use crate::cost::{self, Cost};

/// The rules of a problem, ready for many steps.
pub struct Rules<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// Its invariants.
    pub invariants: Vec<Clause>,
    /// Its goal.
    pub goal: Vec<Clause>,
    declared: std::cell::RefCell<HashMap<Action, Rc<Declaration>>>,
}

/// A step taken.
#[derive(Clone)]
pub struct Taken {
    /// The world while it runs.
    pub during: State,
    /// The world after it.
    pub after: State,
    /// What it costs.
    pub cost: Cost,
}

/// Writes a list of effects.
pub fn apply(problem: &Problem, state: &State, writes: &[Write]) -> State {
    let mut next = state.clone();
    for w in writes {
        next.set(&problem.estate, w.field, w.value);
    }
    next
}

impl<'a> Rules<'a> {
    /// The rules of a problem.
    #[must_use]
    pub fn new(problem: &'a Problem) -> Self {
        Self {
            problem,
            invariants: invariant::all(problem),
            goal: problem.goal(),
            declared: std::cell::RefCell::default(),
        }
    }

    /// What an action is.
    #[must_use]
    pub fn declare(&self, action: &Action) -> Rc<Declaration> {
        if let Some(known) = self.declared.borrow().get(action) {
            return Rc::clone(known);
        }
        let declaration = Rc::new(action.declare(self.problem));
        self.declared.borrow_mut().insert(action.clone(), Rc::clone(&declaration));
        declaration
    }

    /// The action with that step id among those that apply in a state.
    #[must_use]
    pub fn with_id(&self, state: &State, id: &StepId) -> Option<(Action, Rc<Declaration>)> {
        let proposals = Action::proposals(self.problem, state).into_iter();
        proposals.map(|a| (self.declare(&a), a)).find(|(d, _)| d.id == *id).map(|(d, a)| (a, d))
    }

    /// Whether the goal holds.
    #[must_use]
    pub fn reached(&self, state: &State) -> bool {
        let v = self.problem.view(state);
        self.goal.iter().all(|c| c.condition.eval(v).holds())
    }

    /// How each invariant stands.
    #[must_use]
    pub fn standing(&self, state: &State) -> Vec<Truth> {
        let v = self.problem.view(state);
        self.invariants.iter().map(|c| c.condition.eval(v)).collect()
    }

    /// Takes a step, if it may be taken: what it requires holds, it makes no invariant worse, and while an invariant is
    /// false it stops harm or repairs it.
    #[must_use]
    pub fn take(&self, state: &State, standing: &[Truth], d: &Declaration) -> Option<Taken> {
        let v: View<'_> = self.problem.view(state);
        if d.is_true(v) || !d.may_begin(v) {
            return None;
        }
        let during = apply(self.problem, state, &d.begin);
        let after = apply(self.problem, &during, &d.end);
        let worse = |next: &[Truth]| standing.iter().zip(next).any(|(before, after)| after < before);
        let ended = self.standing(&after);
        if worse(&ended) || (!d.begin.is_empty() && worse(&self.standing(&during))) {
            return None;
        }
        // A pool that stands still is no reason to leave its databases unserved: it cannot start without them.
        let harms = |c: &Clause| c.rule.key != model::rules::I4.key;
        let harmed = self.invariants.iter().zip(standing).any(|(c, t)| *t == Truth::False && harms(c));
        let repairs = standing.iter().zip(&ended).any(|(before, after)| *before == Truth::False && after > before);
        if harmed && !repairs && !d.stops_harm {
            return None;
        }
        let cost = cost::of_step(self.problem, state, &during, d);
        Some(Taken { during, after, cost })
    }
}
