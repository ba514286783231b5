//! Verification: in every order that the edges allow, with every step begun and not ended, with every partial outcome,
//! every requirement holds where a step begins, no invariant is worse than it was, users are not without service for
//! longer than the plan says, and the end is the same. It knows neither how the plan was found nor particular actions.
//!
//! Clause by clause: for one clause only the steps that write its fields matter, and of these only which have begun and
//! which have ended. That is exact, because effects are constant writes, and because two unordered steps that would leave
//! different values in a field are themselves a failure (`EndState`).

use model::condition::Condition;
use model::declaration::{Declaration, Group, Rule};
use model::field::{Field, State, Write};
use model::plan::{Why, WhyKind};
use model::problem::Problem;
use model::truth::Truth;

use crate::cost::unserved;
use crate::order::Order;

/// Every clause of a plan, ready to be checked under any order of its steps.
pub struct Verifier<'a> {
    problem: &'a Problem,
    steps: Vec<&'a Declaration>,
    checks: Vec<Check>,
    /// The fields that some clause or the goal reads: a different end in any other is no difference.
    read: std::collections::BTreeSet<Field>,
}

struct Check {
    kind: Kind,
    /// The step at whose begin it is checked; none for an invariant, which is checked always.
    at: Option<usize>,
    /// The steps that write what it reads.
    writers: Vec<Writer>,
}

enum Kind {
    Requirement(Condition, Rule),
    Invariant(Condition, Rule, Truth),
    /// The most that may be unserved, by pool.
    Outage(Vec<(model::estate::PoolId, u64)>),
}

/// What a step does to the fields of one check.
struct Writer {
    step: usize,
    begin: Vec<Write>,
    end: Vec<Write>,
    /// Different ways to be unfinished, beyond its begin.
    partial: Vec<Vec<Write>>,
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
        let read = problem.goal().iter().flat_map(|c| fields(problem, &c.condition)).collect();
        let mut verifier = Self { problem, steps, checks: Vec::new(), read };
        verifier.collect_requirements();
        verifier.collect_invariants();
        verifier.collect_outages();
        verifier
    }

    fn collect_requirements(&mut self) {
        for j in 0..self.steps.len() {
            for c in &self.steps[j].requires {
                let read = fields(self.problem, &c.condition);
                self.read.extend(read.iter().copied());
                let writers = self.writers(&read, Some(j), false);
                let kind = Kind::Requirement(c.condition.clone(), c.rule);
                self.checks.push(Check { kind, at: Some(j), writers });
            }
        }
    }

    fn collect_invariants(&mut self) {
        let v = self.problem.view(&self.problem.initial);
        for c in model::invariant::all(self.problem) {
            let read = fields(self.problem, &c.condition);
            self.read.extend(read.iter().copied());
            let writers = self.writers(&read, None, true);
            let kind = Kind::Invariant(c.condition.clone(), c.rule, c.condition.eval(v));
            self.checks.push(Check { kind, at: None, writers });
        }
    }

    /// A step does not begin while more users are without service than in the plan's own order. Steps that bring a store
    /// back are free: they belong to the announced wait for service, and may run side by side.
    fn collect_outages(&mut self) {
        let mut state = self.problem.initial.clone();
        let pools = self.problem.pools();
        let mut read = Vec::new();
        for &pool in &pools {
            service_fields(self.problem, pool, &mut read);
        }
        for j in 0..self.steps.len() {
            let most = pools.iter().map(|&p| (p, unserved(self.problem, &state, p))).collect();
            let served = |s: &State| {
                let v = self.problem.view(s);
                self.problem.wishes.iter().filter(|w| v.store_served(w.store) == Truth::True).count()
            };
            let before = served(&state);
            for w in self.steps[j].begin.iter().chain(&self.steps[j].end) {
                state.set(&self.problem.estate, w.field, w.value);
            }
            if served(&state) <= before {
                let writers = self.writers(&read, Some(j), false);
                self.checks.push(Check { kind: Kind::Outage(most), at: Some(j), writers });
            }
        }
    }

    /// The steps that write one of the fields, with just these writes.
    fn writers(&self, read: &[Field], but: Option<usize>, partial: bool) -> Vec<Writer> {
        let only =
            |writes: &[Write]| -> Vec<Write> { writes.iter().filter(|w| read.contains(&w.field)).copied().collect() };
        let writer = |step: usize| {
            let d = self.steps[step];
            let (begin, end) = (only(&d.begin), only(&d.end));
            let mut outcomes: Vec<Vec<Write>> = Vec::new();
            if partial {
                // Units that touch none of the fields would only multiply the same.
                let mut unfinished = vec![Vec::new()];
                for unit in &d.partial {
                    let mut choices: Vec<Vec<Write>> = unit.iter().map(|o| only(o)).collect();
                    choices.sort();
                    choices.dedup();
                    if choices.iter().all(Vec::is_empty) {
                        continue;
                    }
                    unfinished = unfinished
                        .iter()
                        .flat_map(|so_far: &Vec<Write>| choices.iter().map(move |c| [so_far.as_slice(), c].concat()))
                        .collect();
                }
                outcomes = unfinished.into_iter().filter(|o| !o.is_empty() && *o != end).collect();
            }
            Writer { step, begin, end, partial: outcomes }
        };
        let steps = (0..self.steps.len()).filter(|&i| Some(i) != but).map(writer);
        steps.filter(|w| !(w.begin.is_empty() && w.end.is_empty() && w.partial.is_empty())).collect()
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
        let takes_part = |c: &Check, s: usize| c.at == Some(s) || c.writers.iter().any(|w| w.step == s);
        let affected = self.checks.iter().filter(|c| takes_part(c, i) && takes_part(c, j));
        let failed = affected.into_iter().find_map(|c| self.check(order, c));
        failed.or_else(|| self.conflict(order, i, j))
    }

    fn exclusive(&self, i: usize, j: usize) -> bool {
        let group: Option<Group> = self.steps[i].group;
        group.is_some() && group == self.steps[j].group
    }

    /// Two unordered steps that would leave different values in a field.
    fn conflict(&self, order: &Order, i: usize, j: usize) -> Option<Why> {
        if order.precedes(i, j) || order.precedes(j, i) {
            return None;
        }
        let (a, b) = (self.steps[i], self.steps[j]);
        let last = |d: &Declaration, field: Field| {
            let writes = d.end.iter().rev().chain(d.begin.iter().rev());
            writes.into_iter().find(|w| w.field == field).map(|w| w.value)
        };
        let fields = a.begin.iter().chain(&a.end).map(|w| w.field);
        let differs = |&f: &Field| {
            if !self.read.contains(&f) {
                return false;
            }
            let (x, y) = (last(a, f), last(b, f));
            let overlapping = || {
                let any = |d: &Declaration| d.begin.iter().any(|w| w.field == f);
                !self.exclusive(i, j) && (any(a) || any(b))
            };
            y.is_some() && (x != y || overlapping())
        };
        let field = fields.into_iter().find(differs)?;
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
                let atomic = matches!(check.kind, Kind::Outage(_)) || at.is_some_and(|j| self.exclusive(s, j));
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
            Kind::Outage(most) => {
                let failed = most.iter().any(|&(pool, share)| unserved(self.problem, &state, pool) > share);
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

/// The fields a condition reads, each once.
pub fn fields(problem: &Problem, condition: &Condition) -> Vec<Field> {
    let mut read = Vec::new();
    condition.fields(problem.view(&problem.initial), &mut read);
    read.sort_unstable();
    read.dedup();
    read
}

/// What `unserved` reads of a pool.
fn service_fields(problem: &Problem, pool: model::estate::PoolId, out: &mut Vec<Field>) {
    let estate = &problem.estate;
    let front_ends = &estate.pool(pool).front_ends;
    out.extend(front_ends.iter().map(|&f| Field::Services(f)));
    let Some(s) = estate.store_of(pool, model::database_type::DatabaseType::User) else { return };
    out.extend(front_ends.iter().flat_map(|&f| [Field::LoadedPrimary(f, s), Field::LoadedMirror(f, s)]));
    for &i in &estate.store(s).instances {
        out.extend([Field::Answers(i), Field::Fenced(estate.host_of(i))]);
        out.extend(estate.store(s).databases.iter().map(|&d| Field::Role(d, i)));
    }
}
