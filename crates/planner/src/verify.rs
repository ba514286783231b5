//! Verification: in every order that the edges allow, with every step begun and not ended, with every partial outcome,
//! every requirement holds where a step begins, no invariant is worse than it was, users are not without service for
//! longer than the plan says, and the end is the same. It knows neither how the plan was found nor particular actions.
//!
//! Clause by clause: for one clause only the steps that write its fields matter, and of these only which have begun and
//! which have ended. That is exact, because effects are constant writes, and because two unordered steps that would leave
//! different values in a field are themselves a failure (`EndState`).

use std::collections::HashMap;

use model::condition::Condition;
use model::declaration::{Declaration, Group};
use model::field::{Field, State, Value, Write};
use model::plan::{Why, WhyKind};
use model::problem::Problem;

use crate::checks::{Check, Checks, Kind};
use crate::cost::unserved;
use crate::order::Order;

/// Every clause of a plan, ready to be checked under any order of its steps.
pub struct Verifier<'a> {
    problem: &'a Problem,
    steps: Vec<&'a Declaration>,
    checks: Vec<Check>,
    /// For each step the checks in which it takes part, in order.
    of_step: Vec<Vec<usize>>,
    /// For each step the fields it writes and somebody reads: a different end in any other is no difference.
    written: Vec<Vec<Field>>,
    /// The value that each step leaves in such a field, and whether it writes it at its begin.
    left: Vec<HashMap<Field, (Value, bool)>>,
}

/// Where a step stands at one moment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    NotBegun,
    /// Begun; 0 is its begin, n the nth partial outcome.
    Begun(usize),
    Ended,
}

impl<'a> Verifier<'a> {
    /// Collects the clauses of a plan's steps, given in an order in which they work.
    #[must_use]
    pub fn new(problem: &'a Problem, steps: Vec<&'a Declaration>) -> Self {
        let Checks { list: checks, read, .. } = Checks::of(problem, &steps);
        let mut of_step = vec![Vec::new(); steps.len()];
        for (n, check) in checks.iter().enumerate() {
            let at = check.at.filter(|j| check.writers.iter().all(|w| w.step != *j));
            for step in check.writers.iter().map(|w| w.step).chain(at) {
                of_step[step].push(n);
            }
        }
        let mut written = vec![Vec::new(); steps.len()];
        let mut left = vec![HashMap::new(); steps.len()];
        for (n, d) in steps.iter().enumerate() {
            for (w, begins) in d.begin.iter().map(|w| (w, true)).chain(d.end.iter().map(|w| (w, false))) {
                if !read.contains(&w.field) {
                    continue;
                }
                let known: &mut (Value, bool) = left[n].entry(w.field).or_insert_with(|| {
                    written[n].push(w.field);
                    (w.value, begins)
                });
                known.0 = w.value;
            }
        }
        Self { problem, steps, checks, of_step, written, left }
    }

    /// The first thing that fails under an order; none if the plan holds in all of it.
    #[must_use]
    pub fn failure(&self, order: &Order) -> Option<Why> {
        let conflicts = (0..self.steps.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
        let conflict = conflicts.into_iter().find_map(|(i, j)| self.conflict(order, i, j));
        conflict.or_else(|| self.checks.iter().find_map(|c| self.check(order, c)))
    }

    /// What fails if a pair that was ordered no longer is: only clauses in which both take part can.
    #[must_use]
    pub fn failure_between(&self, order: &Order, i: usize, j: usize) -> Option<Why> {
        let (few, many) = if self.of_step[i].len() < self.of_step[j].len() { (i, j) } else { (j, i) };
        let affected = self.of_step[few].iter().filter(|&n| self.of_step[many].binary_search(n).is_ok());
        let failed = affected.into_iter().find_map(|&n| self.check(order, &self.checks[n]));
        failed.or_else(|| self.conflict(order, i, j))
    }

    fn exclusive(&self, i: usize, j: usize) -> bool {
        let group: Option<Group> = self.steps[i].group;
        group.is_some() && group == self.steps[j].group
    }

    /// Two unordered steps that would leave different values in a field.
    fn conflict(&self, order: &Order, i: usize, j: usize) -> Option<Why> {
        if !order.free(i, j) {
            return None;
        }
        let differs = |f: &&Field| {
            let ((x, begins), Some((y, also))) = (self.left[i][*f], self.left[j].get(*f)) else { return false };
            x != *y || (!self.exclusive(i, j) && (begins || *also))
        };
        let field = *self.written[i].iter().find(differs)?;
        Some(Why { kind: WhyKind::EndState { field }, ended: vec![j], begun: vec![i] })
    }

    fn check(&self, order: &Order, check: &Check) -> Option<Why> {
        let mut stands = Vec::with_capacity(check.writers.len());
        self.enumerate(order, check, &mut stands)
    }

    /// Every combination of stands that the order allows, one writer after the other in the order of the plan.
    fn enumerate(&self, order: &Order, check: &Check, stands: &mut Vec<Stand>) -> Option<Why> {
        let Some(writer) = check.writers.get(stands.len()) else { return self.evaluate(check, stands) };
        let s = writer.step;
        let mut options = Vec::with_capacity(3);
        match check.at {
            Some(j) if order.precedes(s, j) => options.push(Stand::Ended),
            Some(j) if order.precedes(j, s) => options.push(Stand::NotBegun),
            at => {
                options.push(Stand::NotBegun);
                options.push(Stand::Ended);
                let atomic = matches!(check.kind, Kind::Outage(..)) || at.is_some_and(|j| self.exclusive(s, j));
                if !atomic {
                    if !writer.begin.is_empty() {
                        options.push(Stand::Begun(0));
                    }
                    options.extend((1..=writer.partial.len()).map(Stand::Begun));
                }
            }
        }
        for stand in options {
            let fits = stands.iter().zip(&check.writers).all(|(&earlier, w)| {
                let begun = stand != Stand::NotBegun;
                let both_run = matches!(stand, Stand::Begun(_)) && matches!(earlier, Stand::Begun(_));
                let too_early = order.precedes(w.step, s) && begun && earlier != Stand::Ended;
                let together = both_run && self.exclusive(w.step, s);
                !(too_early || together)
            });
            if !fits {
                continue;
            }
            stands.push(stand);
            let why = self.enumerate(order, check, stands);
            stands.pop();
            if why.is_some() {
                return why;
            }
        }
        None
    }

    fn evaluate(&self, check: &Check, stands: &[Stand]) -> Option<Why> {
        let mut state: State = self.problem.initial.clone();
        let estate = &self.problem.estate;
        for (writer, stand) in check.writers.iter().zip(stands) {
            let lists: [&[Write]; 2] = match stand {
                Stand::NotBegun => [&[], &[]],
                Stand::Begun(0) => [&writer.begin, &[]],
                Stand::Begun(n) => [&writer.begin, &writer.partial[n - 1]],
                Stand::Ended => [&writer.begin, &writer.end],
            };
            for w in lists.into_iter().flatten() {
                state.set(estate, w.field, w.value);
            }
        }
        let v = self.problem.view(&state);
        let kind = match &check.kind {
            Kind::Requirement(condition, rule) => {
                let failed = !condition.eval(v).holds();
                let step = check.at?;
                failed.then(|| WhyKind::Requirement { step, condition: condition.clone(), rule: *rule })
            }
            Kind::Invariant(condition, rule, at_first) => {
                let failed = condition.eval(v) < *at_first;
                failed.then(|| WhyKind::Invariant { condition: condition.clone(), rule: *rule })
            }
            Kind::Outage(pool, most) => {
                let failed = unserved(self.problem, &state, *pool) > *most;
                let step = check.at?;
                failed.then_some(WhyKind::Outage { step })
            }
        }?;
        let of = |test: fn(&Stand) -> bool| {
            check.writers.iter().zip(stands).filter(|(_, s)| test(s)).map(|(w, _)| w.step).collect()
        };
        Some(Why { kind, ended: of(|s| *s == Stand::Ended), begun: of(|s| matches!(s, Stand::Begun(_))) })
    }
}

/// The fields a condition reads, each once, sorted.
pub fn fields(problem: &Problem, condition: &Condition) -> Vec<Field> {
    let mut read = Vec::new();
    condition.fields(problem.view(&problem.initial), &mut read);
    read.sort_unstable();
    read.dedup();
    read
}
