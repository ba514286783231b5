//! A plan as a sequence: replaying it, pricing it, and putting it into its canonical order. It searches nothing.

use std::rc::Rc;

use model::actions::Action;
use model::declaration::Declaration;
use model::field::State;

use crate::cost::Cost;
use crate::step::{Rules, Taken};

/// A step in a sequence, with the world around it.
#[derive(Clone)]
pub struct Placed {
    /// The action.
    pub action: Action,
    /// What it is.
    pub declaration: Rc<Declaration>,
    /// The world before it, while it runs, after it.
    pub before: State,
    /// See [`Taken`].
    pub taken: Taken,
}

/// Replays actions from the observed state. None if one of them may not be taken where it stands.
#[must_use]
pub fn replay(rules: &Rules<'_>, actions: &[Action]) -> Option<Vec<Placed>> {
    let mut state = rules.problem.initial.clone();
    let mut placed = Vec::new();
    for action in actions {
        let declaration = rules.declare(action);
        let taken = rules.take(&state, &rules.standing(&state), &declaration)?;
        let before = std::mem::replace(&mut state, taken.after.clone());
        placed.push(Placed { action: action.clone(), declaration, before, taken });
    }
    Some(placed)
}

/// The cost of a replayed sequence.
#[must_use]
pub fn cost(placed: &[Placed]) -> Cost {
    placed.iter().fold(Cost::default(), |sum, p| sum.plus(p.taken.cost))
}

/// Exchanges neighbours as long as that makes the sequence cheaper, or keeps its price and brings it nearer to the
/// canonical order. What was solved as one store is in order afterwards as if it had been solved as many: mirrors that
/// are quick to create come first, because they protect first.
#[must_use]
pub fn settle(rules: &Rules<'_>, actions: Vec<Action>) -> Option<Vec<Placed>> {
    let mut placed = replay(rules, &actions)?;
    let mut moved = true;
    while moved {
        moved = false;
        for i in 1..placed.len() {
            if let Some(pair) = exchanged(rules, &placed[i - 1], &placed[i]) {
                let [first, second] = pair;
                placed[i - 1] = first;
                placed[i] = second;
                moved = true;
            }
        }
    }
    Some(placed)
}

/// The two in the other order, if that is better.
fn exchanged(rules: &Rules<'_>, a: &Placed, b: &Placed) -> Option<[Placed; 2]> {
    let later = b.action.rank() >= a.action.rank();
    let first = rules.take(&a.before, &rules.standing(&a.before), &b.declaration)?;
    let second = rules.take(&first.after, &rules.standing(&first.after), &a.declaration)?;
    if second.after != b.taken.after {
        return None;
    }
    let old = a.taken.cost.plus(b.taken.cost);
    let new = first.cost.plus(second.cost);
    if new > old || (new == old && later) {
        return None;
    }
    let place = |p: &Placed, before: &State, taken: Taken| Placed { before: before.clone(), taken, ..p.clone() };
    let middle = first.after.clone();
    Some([place(b, &a.before, first), place(a, &middle, second)])
}
