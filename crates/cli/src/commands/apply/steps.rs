//! A plan as the executor takes it, with the planner's safe stops. It decides nothing.

use executor::run::Steps;
use model::declaration::{Clause, Declaration};
use model::estate::Estate;
use model::field::State;
use planner::safe_stop::safe_stops;
use planner::solve::Solved;
use planner::step::Rules;

/// A plan with its safe stops.
pub struct Planned<'a> {
    solved: &'a Solved,
    stops: Vec<usize>,
}

impl<'a> Planned<'a> {
    /// Finds the safe stops of a plan.
    #[must_use]
    pub fn new(solved: &'a Solved) -> Self {
        let rules = Rules::new(&solved.plan.problem);
        Self { solved, stops: safe_stops(&rules, &solved.placed) }
    }
}

impl Steps for Planned<'_> {
    fn estate(&self) -> &Estate {
        self.solved.plan.estate()
    }

    fn initial(&self) -> &State {
        &self.solved.plan.problem.initial
    }

    fn count(&self) -> usize {
        self.solved.plan.steps.len()
    }

    fn declaration(&self, place: usize) -> &Declaration {
        &self.solved.plan.steps[place].declaration
    }

    fn invariants(&self) -> Vec<Clause> {
        model::invariant::all(&self.solved.plan.problem)
    }

    fn safe_stop(&self, place: usize) -> Option<String> {
        let last = place + 1 == self.solved.plan.steps.len();
        let words = if last { "done" } else { "every pool is served, and Front Ends run the published slots" };
        self.stops.contains(&place).then(|| words.to_owned())
    }
}
