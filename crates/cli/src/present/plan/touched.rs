//! Which pools each step of a plan touches: in a plan for very many pools a question about one of them is asked anew only
//! where its answer can be another one. It asks nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use model::declaration::Declaration;
use model::estate::{Estate, PoolId};
use model::field::Field;

/// Steps and pools, both ways.
pub struct Touched {
    by_step: Vec<BTreeSet<PoolId>>,
    by_pool: BTreeMap<PoolId, Vec<usize>>,
}

impl Touched {
    /// The pools of each step.
    #[must_use]
    pub fn of<'a>(estate: &Estate, steps: impl Iterator<Item = &'a Declaration>) -> Self {
        let by_step: Vec<BTreeSet<PoolId>> = steps
            .map(|d| d.begin.iter().chain(&d.end).flat_map(|w| pools(estate, w.field)).copied().collect())
            .collect();
        let mut by_pool: BTreeMap<PoolId, Vec<usize>> = BTreeMap::new();
        for (n, pools) in by_step.iter().enumerate() {
            pools.iter().for_each(|&p| by_pool.entry(p).or_default().push(n));
        }
        Self { by_step, by_pool }
    }

    /// The pools that a step touches, counted from 0.
    #[must_use]
    pub fn pools(&self, step: usize) -> &BTreeSet<PoolId> {
        &self.by_step[step]
    }

    /// The steps that touch a pool, in order, counted from 0.
    #[must_use]
    pub fn steps(&self, pool: PoolId) -> &[usize] {
        self.by_pool.get(&pool).map_or(&[], Vec::as_slice)
    }
}

/// The pools whose service, second copies, slots or votes can be otherwise with another value of a field: those that use a
/// store that may lie on the machine, or the store itself. Nothing of these is read from what belongs to the whole estate.
fn pools(estate: &Estate, field: Field) -> Vec<&PoolId> {
    let on = |h| estate.stores_on(h).iter().flat_map(|&s| &estate.store(s).users).collect();
    let of = |s| estate.store(s).users.iter().collect();
    match field {
        Field::Reachable(h) | Field::Fenced(h) | Field::Epoch(h) => on(h),
        Field::Answers(i) | Field::Ready(i) => on(estate.host_of(i)),
        Field::Role(d, _) | Field::Session(d, _) | Field::Content(d, _) => of(estate.database(d).store),
        Field::Safety(d, _) | Field::Witness(d, _) | Field::WitnessLink(d, _) => of(estate.database(d).store),
        Field::PrimarySlot(s) | Field::MirrorSlot(s) | Field::WitnessSlot(s) => of(s),
        Field::Services(f) | Field::Replica(f) | Field::VoterEpoch(f) => vec![&estate.front_end(f).pool],
        Field::StartedSinceMirror(f) => vec![&estate.front_end(f).pool],
        Field::LoadedPrimary(f, _) | Field::LoadedMirror(f, _) => vec![&estate.front_end(f).pool],
        Field::Tested(_) | Field::LogBackups(_) | Field::Reports(_) | Field::HoldsCms(_) => Vec::new(),
        Field::CmsWritable | Field::Saved | Field::Publishing => Vec::new(),
    }
}
