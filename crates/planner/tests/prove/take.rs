//! Whether a step may be taken, told anew from the definitions: its requirements hold, it makes no invariant worse, and
//! while one is false it stops harm or repairs; of several that are false the quorum of a pool comes last. It shares nothing
//! with the planner's own step.

use std::collections::HashMap;
use std::rc::Rc;

use model::actions::Action;
use model::declaration::{Clause, Declaration};
use model::field::{State, Write};
use model::problem::Problem;
use model::truth::Truth;

use super::price::{self, Price};

/// The steps of one problem.
pub struct Steps<'a> {
    /// The problem.
    pub problem: &'a Problem,
    /// Its invariants.
    pub invariants: Vec<Clause>,
    /// Its goal.
    pub goal: Vec<Clause>,
    declarations: HashMap<Action, Rc<Declaration>>,
}

/// A step that may be taken.
pub struct Step {
    /// What it is.
    pub declaration: Rc<Declaration>,
    /// Where it leads.
    pub after: State,
    /// What it costs.
    pub price: Price,
    /// Whether it neither stops harm nor repairs, and all that is false is the quorum of a pool: such a pool may wait where
    /// it cannot start as it is.
    pub patient: bool,
}

/// Writes effects into a copy of a state.
pub fn written(problem: &Problem, state: &State, effects: &[Write]) -> State {
    let mut next = state.clone();
    effects.iter().for_each(|w| next.set(&problem.estate, w.field, w.value));
    next
}

impl<'a> Steps<'a> {
    /// The steps of a problem.
    pub fn new(problem: &'a Problem) -> Self {
        Self { problem, invariants: model::invariant::all(problem), goal: problem.goal(), declarations: HashMap::new() }
    }

    /// How each clause stands in a state.
    pub fn stand(&self, clauses: &[Clause], state: &State) -> Vec<Truth> {
        clauses.iter().map(|c| c.condition.eval(self.problem.view(state))).collect()
    }

    /// Whether the goal holds.
    pub fn arrived(&self, state: &State) -> bool {
        self.goal.iter().all(|c| c.condition.eval(self.problem.view(state)) == Truth::True)
    }

    /// Every action that is proposed in a state, with what it is.
    pub fn proposed(&mut self, state: &State) -> Vec<Rc<Declaration>> {
        let problem = self.problem;
        let declared = |a: Action| {
            if let Some(known) = self.declarations.get(&a) {
                return Rc::clone(known);
            }
            let d = Rc::new(a.declare(problem));
            self.declarations.insert(a, Rc::clone(&d));
            d
        };
        Action::proposals(problem, state).into_iter().map(declared).collect()
    }

    /// Every step that may be taken from a state.
    pub fn from(&mut self, state: &State) -> Vec<Step> {
        let before = self.stand(&self.invariants, state);
        let of_quorum: Vec<bool> = self.invariants.iter().map(|c| c.rule.key == "invariant 4").collect();
        let broken = |i: &usize| before[*i] == Truth::False;
        let data_broken = (0..before.len()).any(|i| broken(&i) && !of_quorum[i]);
        let quorum_broken = (0..before.len()).any(|i| broken(&i) && of_quorum[i]);
        let mut all = Vec::new();
        for d in self.proposed(state) {
            let v = self.problem.view(state);
            let holds = |c: &Clause| c.condition.eval(v) == Truth::True;
            let open = d.requires.iter().all(holds) && d.ways.iter().any(|w| w.requires.iter().all(holds));
            let done = d.achieves.iter().all(|c| c.eval(v) == Truth::True);
            if !open || done {
                continue;
            }
            let during = written(self.problem, state, &d.begin);
            let after = written(self.problem, &during, &d.end);
            let now = self.stand(&self.invariants, &during);
            let then = self.stand(&self.invariants, &after);
            let no_worse = |later: &[Truth]| before.iter().zip(later).all(|(b, l)| l >= b);
            let better: Vec<usize> = (0..before.len()).filter(|i| broken(i) && then[*i] > before[*i]).collect();
            let heeds = d.stops_harm
                || (if data_broken {
                    better.iter().any(|&i| !of_quorum[i])
                } else {
                    !quorum_broken || !better.is_empty()
                });
            let patient = !heeds && !data_broken;
            if no_worse(&now) && no_worse(&then) && (heeds || patient) {
                let price = price::of(self.problem, state, &during, &d);
                all.push(Step { declaration: d, after, price, patient });
            }
        }
        all
    }
}
