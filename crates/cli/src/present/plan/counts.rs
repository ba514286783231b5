//! The numbers of a plan that its first line says and its last line repeats.

use model::declaration::{Performer, Risk, Undo, Work};
use serde::Serialize;

use super::steps::Step;
use super::world::World;
use crate::present::numbers::{count, verb};

/// The numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All steps.
    pub steps: usize,
    /// Steps of people.
    pub by_people: usize,
    /// Steps that stop a whole pool.
    pub stop_a_pool: usize,
    /// Steps that sign out the users of one Front End.
    pub sign_users_out: usize,
    /// Steps that cannot be undone.
    pub no_way_back: usize,
    /// Steps that lose data, or may lose data.
    pub lose_data: usize,
}

/// Counts the steps of a plan.
pub(super) fn of(world: &World<'_>, steps: &[Step]) -> Counts {
    let placed = world.placed();
    let work = |work| world.of_work(work).len();
    let outage = placed.iter().filter(|p| world.risk(p) == Risk::Outage && p.declaration.work != Work::FullStop);
    let undo = |p: &&planner::sequence::Placed| matches!(p.declaration.undo, Undo::Irreversible(_));
    Counts {
        steps: steps.len(),
        by_people: placed.iter().filter(|p| world.who(p) == Performer::Person).count(),
        stop_a_pool: work(Work::FullStop),
        sign_users_out: outage.count(),
        no_way_back: placed.iter().filter(undo).count(),
        lose_data: placed.iter().filter(|p| world.risk(p) >= Risk::PossibleLoss).count(),
    }
}

impl Counts {
    /// The last sentence: `29 steps, 7 yours; 6 sign users out; 5 have no way back; 0 lose data.`
    #[must_use]
    pub fn sentence(&self) -> String {
        let stops = match self.stop_a_pool {
            0 => String::new(),
            n => format!(" {n} {} the pool;", verb(n, "stops", "stop")),
        };
        format!(
            "{}, {} yours;{stops} {} {} users out; {} {} no way back; {} {} data.",
            count(self.steps, "step"),
            self.by_people,
            self.sign_users_out,
            verb(self.sign_users_out, "signs", "sign"),
            self.no_way_back,
            verb(self.no_way_back, "has", "have"),
            self.lose_data,
            verb(self.lose_data, "loses", "lose"),
        )
    }
}
