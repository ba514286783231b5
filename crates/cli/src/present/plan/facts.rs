//! The facts that a plan rests on, as they were read: only these can make it stale.

use model::fact::Reading;
use model::field::Field;
use model::vocabulary;
use serde::Serialize;

use super::world::World;
use crate::present::reasons;

/// A fact.
#[derive(Clone, Debug, Serialize)]
pub struct Fact {
    /// A machine, an instance, a pool, a store, a copy, or `estate`.
    pub subject: String,
    /// Which property of it.
    pub attribute: &'static str,
    /// `known`, `unknown` or `not_applicable`.
    pub state: &'static str,
    /// The value; of what is unknown, the reason.
    pub value: String,
    /// Where it comes from.
    pub source: Option<String>,
    /// When it was read, UTC.
    pub time: Option<String>,
}

/// The facts that a plan rests on.
pub(super) fn of(world: &World<'_>) -> Vec<Fact> {
    world.solved.plan.base.iter().map(|&field| fact(world, field)).collect()
}

fn fact(world: &World<'_>, field: Field) -> Fact {
    let estate = world.estate();
    let read = world.facts.get(&field);
    let value = world.first().get(field);
    let (state, value) = match read.map(|f| &f.reading) {
        Some(Reading::NotApplicable) => ("not_applicable", "none".to_owned()),
        _ if value.is_known() => ("known", vocabulary::value_text(estate, value)),
        _ => ("unknown", reasons::of(read.copied())),
    };
    Fact {
        subject: vocabulary::subject(estate, field),
        attribute: vocabulary::attribute(field),
        state,
        value,
        source: read.map(|f| f.source.clone()),
        time: read.map(|f| f.time.to_string()),
    }
}
