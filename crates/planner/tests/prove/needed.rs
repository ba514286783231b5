//! Which clauses a set of states needs: a clause is needed if in some state it alone stands between a step and its begin,
//! between a step and what it would break, or between the state and the goal. It knows no particular rule.

use std::collections::BTreeMap;
use std::rc::Rc;

use model::condition::Condition;
use model::declaration::{Clause, Declaration};
use model::field::{Field, State};
use model::rules;
use model::truth::Truth;

use super::take::{Steps, written};

/// A clause by what it belongs to (a kind of step, the invariants, the goal), its rule and what it asks about.
pub type Shape = (String, &'static str, String);

/// Every clause that occurs, and whether it was alone in some state.
#[derive(Default)]
pub struct Survey(pub BTreeMap<Shape, bool>);

/// Rules of one step that say the same twice: what the first asks is part of what the second asks, and it is looked at
/// without the second.
///
/// A pool spares a Front End only if at most one is down with it: so the others run.
const TWICE: [(&str, &str, &str); 1] = [("restart", rules::ROUTING.key, rules::G2.key)];

impl Survey {
    /// Looks at a state: at the goal, and at every one of those steps, wherever it was proposed.
    pub fn look(&mut self, steps: &Steps<'_>, known: &[Rc<Declaration>], state: &State) {
        let v = steps.problem.view(state);
        let fails = |c: &&Clause| c.condition.eval(v) != Truth::True;
        self.alone("goal", steps.goal.iter().filter(fails));
        for d in known {
            if d.achieves.iter().all(|c| c.eval(v) == Truth::True) {
                continue;
            }
            if d.requires.iter().any(|c| fails(&c)) {
                self.alone(step(d), d.requires.iter().filter(fails));
                for (_, part, whole) in TWICE.iter().filter(|(of, ..)| *of == step(d)) {
                    let without = d.requires.iter().filter(fails).filter(|c| c.rule.key != *whole);
                    self.alone(step(d), without.clone().filter(|_| without.clone().all(|c| c.rule.key == *part)));
                }
            } else {
                self.invariants(steps, d, state);
            }
        }
    }

    /// Notes that the clauses of steps, invariants and goal occur.
    pub fn note(&mut self, steps: &Steps<'_>, known: &[Rc<Declaration>]) {
        let mut note = |of: &str, clauses: &[Clause]| {
            clauses.iter().for_each(|c| {
                self.0.entry(shape(of, c)).or_default();
            });
        };
        note("goal", &steps.goal);
        note("invariant", &steps.invariants);
        known.iter().for_each(|d| note(step(d), &d.requires));
    }

    /// A step that may begin as far as its own clauses go: which invariants does it break, or leave broken?
    fn invariants(&mut self, steps: &Steps<'_>, d: &Declaration, state: &State) {
        let before = steps.stand(&steps.invariants, state);
        let during = written(steps.problem, state, &d.begin);
        let after = written(steps.problem, &during, &d.end);
        let (now, then) = (steps.stand(&steps.invariants, &during), steps.stand(&steps.invariants, &after));
        let all = || steps.invariants.iter().enumerate();
        let worse = all().filter(|&(i, _)| now[i] < before[i] || then[i] < before[i]);
        let quorum = |c: &Clause| c.rule.key == "invariant 4";
        let repairs = |of_quorum: bool| {
            all().any(|(i, c)| before[i] == Truth::False && then[i] > before[i] && (of_quorum || !quorum(c)))
        };
        let stays = all().filter(|&(i, c)| before[i] == Truth::False && !d.stops_harm && !repairs(quorum(c)));
        let against = worse.chain(stays).map(|(_, c)| c);
        self.alone("invariant", against);
    }

    /// If clauses of one shape fail and no others, that shape is needed.
    fn alone<'a>(&mut self, of: &str, failing: impl Iterator<Item = &'a Clause>) {
        let mut shapes = failing.map(|c| shape(of, c));
        let Some(first) = shapes.next() else { return };
        if shapes.all(|s| s == first) {
            self.0.insert(first, true);
        }
    }

    /// The clauses that nothing needs.
    pub fn survivors(&self) -> Vec<&Shape> {
        self.0.iter().filter(|(_, needed)| !**needed).map(|(shape, _)| shape).collect()
    }
}

/// The kind of a step: the first word of its id.
fn step(d: &Declaration) -> &str {
    d.id.0.split('/').next().unwrap_or_default()
}

fn shape(of: &str, c: &Clause) -> Shape {
    (of.to_owned(), c.rule.key, asks(&c.condition))
}

/// What a condition asks, without the names in it: `Is Fenced`, `Named Serves`. The two slots of a store are one question:
/// no instance can be in both.
fn asks(condition: &Condition) -> String {
    if let Condition::Is(Field::PrimarySlot(_) | Field::MirrorSlot(_), _) = condition {
        return "Is slots".to_owned();
    }
    let text = format!("{condition:?}");
    text.split(['(', ')']).take(2).collect::<Vec<_>>().join(" ")
}
