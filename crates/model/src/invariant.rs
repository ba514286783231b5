//! The invariants of rules §2, over states: what no plan and no run may make false. It knows no actions.

use crate::condition::Predicate;
use crate::declaration::{Clause, clause};
use crate::problem::Problem;
use crate::rules;

/// Every invariant of a problem's managed stores and pools, one conjunct each. Invariant 6, losses within consent, is a
/// requirement of the step that would lose (`rules::LOSS`): it cannot be read from a state.
#[must_use]
pub fn all(problem: &Problem) -> Vec<Clause> {
    let mut list = vec![clause(Predicate::NoBlindPublish, rules::I5)];
    for wish in &problem.wishes {
        for &d in &problem.estate.store(wish.store).databases {
            list.push(clause(Predicate::OneServer(d), rules::I1));
            // Where every copy is gone and the loss is consented to by name, there is none to be kept; until then there is:
            // a copy that answers is never given up for a backup.
            if !(problem.lost(d) && problem.gives_up(d)) {
                list.push(clause(Predicate::CompleteCopy(d), rules::I2));
            }
            list.push(clause(Predicate::NoForkServes(d), rules::I3));
        }
    }
    list.extend(problem.pools().into_iter().map(|p| clause(Predicate::PoolHolds(p), rules::I4)));
    list.retain(|c| !problem.lifted.contains(c.rule.key));
    list
}
