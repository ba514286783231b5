//! What a plan is for, so that a new one can be made from wherever a run has stopped, exactly as `observe` and `plan` would.

use executor::simulated::Simulated;
use model::assemble::assemble;
use model::attest::Attestations;
use model::desired::Desired;
use model::fact::Fact;
use planner::solve::{Outcome, Solved, solve};

/// The goal of a plan.
#[derive(Clone, Copy, Debug)]
pub struct Goal<'a> {
    /// The desired file.
    pub desired: &'a Desired,
    /// Databases given up by name.
    pub accepted_loss: &'a [String],
    /// What the plan is kept to.
    pub only: &'a [String],
    /// Words that people gave and nothing refutes: what no collector sees.
    pub words: &'a [Fact],
}

/// What planning from somewhere came to.
pub(crate) enum Onward {
    /// The goal holds.
    Reached,
    /// A plan.
    Plan(Box<Solved>),
    /// None.
    NoPlan,
}

impl Goal<'_> {
    /// Observes, and plans.
    pub(crate) fn onward(&self, world: &mut Simulated, words: &[Fact]) -> Onward {
        let Ok(mut snapshot) = world.snapshot() else { return Onward::NoPlan };
        // A word counts where nothing is seen; what the deployment's own people said since is newer.
        let unseen = |w: &&Fact| snapshot.facts.iter().any(|f| f.source == "no attestation" && f.same_field(w));
        let words: Vec<Fact> = words.iter().filter(unseen).cloned().collect();
        snapshot.with_facts(words);
        let assembled = assemble(&snapshot, &Attestations::default(), self.desired, self.accepted_loss, self.only);
        let Ok(assembled) = assembled else { return Onward::NoPlan };
        match solve(&assembled.problem) {
            Outcome::NothingToDo => Onward::Reached,
            Outcome::Plan(solved) => Onward::Plan(solved),
            Outcome::NoPlan { .. } | Outcome::TooLarge => Onward::NoPlan,
        }
    }
}
