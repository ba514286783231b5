//! Which copy of a database could be forced, which partner of it is silent, and what time lies between them, where that
//! was read. Each database by the hosts of its own store; it knows no plan.

use jiff::Timestamp;
use model::estate::{DatabaseId, InstanceId};
use model::field::{Field, Value};
use model::view::View;

use super::{Context, reasons, time};

/// A time that is missing in a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Up to here the copy holds everything.
    pub from: Timestamp,
    /// Since then its partner is silent.
    pub to: Timestamp,
}

impl Missing {
    /// How long that is.
    #[must_use]
    pub fn seconds(self) -> u64 {
        time::seconds(self.from, self.to)
    }
}

/// The instances on which a database may lie: those in its slots first, the mirror slot before the primary slot.
fn instances(v: View<'_>, d: DatabaseId) -> Vec<InstanceId> {
    let s = v.estate.database(d).store;
    let slots = [Field::MirrorSlot(s), Field::PrimarySlot(s)].map(|slot| v.get(slot).instance());
    let mut list: Vec<InstanceId> = slots.into_iter().flatten().collect();
    for &i in &v.estate.store(s).instances {
        if !list.contains(&i) {
            list.push(i);
        }
    }
    list
}

/// The instance whose copy could be forced: one that answers and is not known to have none.
#[must_use]
pub fn survivor(v: View<'_>, d: DatabaseId) -> Option<InstanceId> {
    let here = |&i: &InstanceId| v.get(Field::Answers(i)) == Value::Yes && v.get(Field::Role(d, i)) != Value::Absent;
    instances(v, d).into_iter().find(here)
}

/// The instances in the slots of a database's store that do not answer, the primary slot first.
#[must_use]
pub fn silent(v: View<'_>, d: DatabaseId) -> Vec<InstanceId> {
    let s = v.estate.database(d).store;
    let slots = [Field::PrimarySlot(s), Field::MirrorSlot(s)].map(|slot| v.get(slot).instance());
    let mut list: Vec<InstanceId> =
        slots.into_iter().flatten().filter(|&i| v.get(Field::Answers(i)) != Value::Yes).collect();
    list.dedup();
    list
}

/// Since when the partner of a database's copy is silent.
#[must_use]
pub fn silent_since(v: View<'_>, context: &Context<'_>, d: DatabaseId) -> Option<Timestamp> {
    let since = |i| reasons::silent_since(context.snapshot, v.estate, v.estate.host_of(i));
    since(silent(v, d).into_iter().next()?)
}

/// The time that is missing in the copy that could be forced; none where either end was not read, or where they leave
/// nothing between them.
#[must_use]
pub fn of(v: View<'_>, context: &Context<'_>, d: DatabaseId) -> Option<Missing> {
    let copy = reasons::copy(context.snapshot, v.estate, Field::Role(d, survivor(v, d)?))?;
    let to = silent_since(v, context, d)?;
    (copy.caught_up_to < to).then_some(Missing { from: copy.caught_up_to, to })
}
