//! Which invariants a set of states needs: one is needed if in some state it alone stands between a step and what the step
//! would break or leave broken. It knows no particular invariant.

use std::collections::BTreeMap;
use std::rc::Rc;

use model::declaration::{Clause, Declaration};
use model::field::State;
use model::truth::Truth;

use super::take::{Steps, written};

/// An invariant by its rule and what it asks about.
pub type Shape = (&'static str, String);

/// Every invariant that occurs, and whether it was alone in some state.
#[derive(Default)]
pub struct Survey(pub BTreeMap<Shape, bool>);

impl Survey {
    /// Looks at a state: at every one of those steps, wherever it was proposed.
    pub fn look(&mut self, steps: &Steps<'_>, known: &[Rc<Declaration>], state: &State) {
        let v = steps.problem.view(state);
        let holds = |c: &Clause| c.condition.eval(v) == Truth::True;
        for d in known {
            let done = d.achieves.iter().all(|c| c.eval(v) == Truth::True);
            if !done && d.requires.iter().all(holds) {
                self.invariants(steps, d, state);
            }
        }
    }

    /// Notes that the invariants of a problem occur.
    pub fn note(&mut self, steps: &Steps<'_>) {
        steps.invariants.iter().for_each(|c| {
            self.0.entry(shape(c)).or_default();
        });
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
        self.alone(against);
    }

    /// If invariants of one shape fail and no others, that shape is needed.
    fn alone<'a>(&mut self, failing: impl Iterator<Item = &'a Clause>) {
        let mut shapes = failing.map(shape);
        let Some(first) = shapes.next() else { return };
        if shapes.all(|s| s == first) {
            self.0.insert(first, true);
        }
    }

    /// The invariants that nothing needs.
    pub fn survivors(&self) -> Vec<&Shape> {
        self.0.iter().filter(|(_, needed)| !**needed).map(|(shape, _)| shape).collect()
    }
}

fn shape(c: &Clause) -> Shape {
    let text = format!("{:?}", c.condition);
    (c.rule.key, text.split(['(', ')']).take(2).collect::<Vec<_>>().join(" "))
}
