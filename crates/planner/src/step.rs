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

    /// The action with that step id among those that apply in a state: where there are several, as of two principals either
    /// may be the one whose session is ended, one that may begin.
    #[must_use]
    pub fn with_id(&self, state: &State, id: &StepId) -> Option<(Action, Rc<Declaration>)> {
        self.named(state, id, |a| self.declare(a))
    }

    /// As above, where each action is what it is for a larger problem, of which this one asks only for a part.
    #[must_use]
    pub fn with_id_for(&self, larger: &Problem, state: &State, id: &StepId) -> Option<(Action, Rc<Declaration>)> {
        self.named(state, id, |a| {
            let known = self.declared.borrow().get(a).map(Rc::clone);
            known.unwrap_or_else(|| self.declared_for(larger, a))
        })
    }

    fn named(
        &self,
        state: &State,
        id: &StepId,
        declare: impl Fn(&Action) -> Rc<Declaration>,
    ) -> Option<(Action, Rc<Declaration>)> {
        let v: View<'_> = self.problem.view(state);
        let declared = Action::proposals(self.problem, state).into_iter().map(|a| (declare(&a), a));
        let named: Vec<_> = declared.filter(|(d, _)| d.id == *id).collect();
        let at = named.iter().position(|(d, _)| d.may_begin(v)).unwrap_or(0);
        named.into_iter().nth(at).map(|(d, a)| (a, d))
    }

    /// What an action is for a larger problem, of which this one asks only for a part; from now on, here too.
    pub fn declared_for(&self, larger: &Problem, action: &Action) -> Rc<Declaration> {
        let declaration = Rc::new(action.declare(larger));
        self.declared.borrow_mut().insert(action.clone(), Rc::clone(&declaration));
        declaration
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
        if !self.heeds_harm(standing, &ended, d) {
            return None;
        }
        let cost = cost::of_step(self.problem, state, &during, d);
        Some(Taken { during, after, cost })
    }

    /// Whether a step may be taken although an invariant is false: it stops harm, or repairs what is false. To start a pool
    /// repairs nothing of two principals; and a pool without quorum that cannot start as it is may wait for what it needs.
    fn heeds_harm(&self, before: &[Truth], after: &[Truth], d: &Declaration) -> bool {
        let all = || self.invariants.iter().map(|c| c.rule.key == model::rules::I4.key).zip(before.iter().zip(after));
        let broken = |quorum: bool| all().any(|(q, (b, _))| q == quorum && *b == Truth::False);
        let repaired = |quorum: bool| all().any(|(q, (b, a))| q == quorum && *b == Truth::False && a > b);
        let data = !broken(false) || d.stops_harm || repaired(false);
        let pools = !broken(true) || d.stops_harm || repaired(true) || repaired(false) || self.problem.leave.patience;
        data && pools
    }
}
