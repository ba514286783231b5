//! Which published procedure a plan amounts to, and where it deviates: computed from the steps' origins, both ways.

use std::collections::{BTreeMap, BTreeSet};

use model::procedure::{self, DEVIATIONS};
use planner::triage;
use serde::Serialize;

use super::world::World;

/// The procedure that a plan follows.
#[derive(Clone, Debug, Serialize)]
pub struct Procedure {
    /// Its title.
    pub title: &'static str,
    /// Where the plan does otherwise.
    pub deviations: Vec<Deviation>,
    /// Sentences that no step carries out.
    pub sentences_without_a_step: Vec<Sentence>,
    /// Steps that no sentence asks for.
    pub steps_without_a_sentence: Vec<usize>,
}

/// A deviation with its steps.
#[derive(Clone, Debug, Serialize)]
pub struct Deviation {
    /// Its name.
    pub id: &'static str,
    /// The steps that deviate, by number.
    pub steps: Vec<usize>,
    /// What is done otherwise, and why.
    pub says: &'static str,
    /// Who demands it.
    pub source: &'static str,
}

/// A sentence of the procedure.
#[derive(Clone, Debug, Serialize)]
pub struct Sentence {
    /// Its number on the page.
    pub id: &'static str,
    /// What it says, in our words.
    pub says: &'static str,
}

/// The procedure of the worst situation that is covered by one.
pub(super) fn of(world: &World<'_>) -> Option<Procedure> {
    let pools = triage::triage(world.problem());
    let title = pools.iter().find_map(|p| p.situation.procedure())?;
    let mut by_deviation: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut said: BTreeSet<&str> = BTreeSet::new();
    for (n, p) in world.placed().iter().enumerate() {
        let origin = p.declaration.origin;
        said.extend(origin.sentences);
        if let Some(id) = origin.deviation {
            by_deviation.entry(id).or_default().push(n + 1);
        }
    }
    let deviation = |d: &model::procedure::Deviation| {
        let steps = by_deviation.get(d.id)?.clone();
        Some(Deviation { id: d.id, steps, says: d.says, source: d.source })
    };
    let mut deviations: Vec<Deviation> = DEVIATIONS.iter().filter_map(deviation).collect();
    deviations.sort_by_key(|d| d.steps.first().copied());
    let unsaid = procedure::page(title).iter().filter(|s| s.acts && !said.contains(s.id));
    Some(Procedure {
        title,
        deviations,
        sentences_without_a_step: unsaid.map(|s| Sentence { id: s.id, says: s.says }).collect(),
        steps_without_a_sentence: world.numbers(|p| p.declaration.origin.sentences.is_empty()),
    })
}
