//! Which slots differ between two topologies, by pool and store; it compares nothing else.

use std::collections::BTreeSet;
use std::fmt;

use crate::names::{Fqdn, SqlInstance};
use crate::slots::{Mirroring, Slots};
use crate::store::StoreRole;
use crate::view::Topology;

/// A slot of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// The primary slot.
    Primary,
    /// The mirror slot.
    Mirror,
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Primary => "primary",
            Self::Mirror => "mirror",
        })
    }
}

/// What is in a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlotValue {
    /// Nothing that is recognised, or the pool has no such store.
    None,
    /// A SQL instance.
    Instance(SqlInstance),
    /// Something that is not understood.
    Unknown,
}

impl fmt::Display for SlotValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.pad("none"),
            Self::Instance(instance) => instance.fmt(f),
            Self::Unknown => f.pad("unknown"),
        }
    }
}

/// A slot that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotDifference {
    /// The pool.
    pub pool: Fqdn,
    /// The store; [`StoreRole::consumer`] names the service that depends on it.
    pub store: StoreRole,
    /// Which slot.
    pub slot: Slot,
    /// What was in it.
    pub old: SlotValue,
    /// What is in it.
    pub new: SlotValue,
}

/// All slots that differ, in order of pools of the old topology, then of the new one.
pub(crate) fn slot_differences(old: &Topology, new: &Topology) -> Vec<SlotDifference> {
    let mut out = Vec::new();
    for pool in store_pools(old, new) {
        for store in StoreRole::ALL {
            let (before, after) = (old.slots(&pool, store), new.slots(&pool, store));
            for slot in [Slot::Primary, Slot::Mirror] {
                let (old, new) = (value(before.as_ref(), slot), value(after.as_ref(), slot));
                if old != new {
                    out.push(SlotDifference { pool: pool.clone(), store, slot, old, new });
                }
            }
        }
    }
    out
}

/// Names of clusters in either topology on which a service is installed that uses a store.
fn store_pools(old: &Topology, new: &Topology) -> Vec<Fqdn> {
    let consumers: BTreeSet<&str> = StoreRole::ALL.into_iter().map(StoreRole::consumer).collect();
    let mut seen = BTreeSet::new();
    let names = [old, new].into_iter().flat_map(Topology::services);
    let names = names.filter(|s| consumers.contains(s.role())).filter_map(|s| s.cluster()?.fqdn().cloned());
    names.filter(|fqdn| seen.insert(fqdn.clone())).collect()
}

fn value(slots: Option<&Slots>, slot: Slot) -> SlotValue {
    let Some(slots) = slots else { return SlotValue::None };
    match (slot, &slots.mirroring) {
        (Slot::Primary, _) => slots.primary.clone().map_or(SlotValue::Unknown, SlotValue::Instance),
        (Slot::Mirror, Mirroring::NotConfigured { .. }) => SlotValue::None,
        (Slot::Mirror, Mirroring::Mirrored { mirror, .. }) => SlotValue::Instance(mirror.clone()),
        (Slot::Mirror, Mirroring::Unknown { .. }) => SlotValue::Unknown,
    }
}
