//! What a desired file says of one pool, and what that means for one of its stores. It knows neither TOML nor an estate.

use std::collections::BTreeMap;
use std::ops::Range;

use topology::names::{Fqdn, SqlInstance};

use super::place::Spot;
use crate::database_type::DatabaseType;

/// An instance, or that there must be none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    Nothing,
    One(SqlInstance),
}

/// The keys of one table: of a pool, where they hold for each of its stores, or of one store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    /// Where its head stands.
    pub(crate) head: Range<usize>,
    pub(crate) store: Option<Spot<SqlInstance>>,
    pub(crate) mirror: Option<Spot<Choice>>,
    pub(crate) witness: Option<Spot<Choice>>,
    pub(crate) pair: Option<[Spot<SqlInstance>; 2]>,
    pub(crate) principal: Option<Spot<SqlInstance>>,
    /// Whether a key of it could not be read: what is missing then is no statement.
    pub(crate) broken: bool,
}

/// The tables of one pool.
#[derive(Clone, Debug)]
pub(crate) struct PoolSection {
    pub(crate) fqdn: Spot<Fqdn>,
    pub(crate) all: Section,
    pub(crate) stores: BTreeMap<DatabaseType, Section>,
}

impl Section {
    /// Whether nothing is declared.
    pub(crate) fn is_empty(&self) -> bool {
        self.store.is_none()
            && self.mirror.is_none()
            && self.witness.is_none()
            && self.pair.is_none()
            && self.principal.is_none()
    }

    /// Every instance named, with its place.
    pub(crate) fn named(&self) -> Vec<Spot<SqlInstance>> {
        let one = |choice: &Option<Spot<Choice>>| match choice {
            Some(Spot { value: Choice::One(i), span }) => Some(Spot { value: i.clone(), span: span.clone() }),
            _ => None,
        };
        let mut named: Vec<_> = self.store.iter().cloned().collect();
        named.extend(one(&self.mirror));
        named.extend(self.pair.iter().flatten().cloned());
        named.extend(one(&self.witness));
        named.extend(self.principal.iter().cloned());
        named
    }

    /// The instances that may come to hold copies: all named ones but the witness.
    pub(crate) fn holders(&self) -> Vec<SqlInstance> {
        let without = Self { witness: None, ..self.clone() };
        without.named().into_iter().map(|s| s.value).collect()
    }
}

impl PoolSection {
    /// What is declared for a store: its own keys, and the pool's for what it leaves out.
    pub(crate) fn effective(&self, kind: DatabaseType) -> Section {
        let all = &self.all;
        let Some(own) = self.stores.get(&kind) else { return all.clone() };
        let mut merged = own.clone();
        merged.broken |= all.broken;
        // A pair and named slots are two ways to say the same: the store's way replaces the pool's.
        let named_slots = own.store.is_some() || own.mirror.is_some();
        if own.pair.is_none() {
            merged.store = own.store.clone().or_else(|| all.store.clone());
            merged.mirror = own.mirror.clone().or_else(|| all.mirror.clone());
            if !named_slots {
                merged.pair.clone_from(&all.pair);
            }
        }
        // Clearing mirroring takes the witness with it (operations §3, row 11), so a store that is declared without a
        // mirror does not inherit one.
        let off = matches!(&own.mirror, Some(Spot { value: Choice::Nothing, .. }));
        if !off {
            merged.witness = own.witness.clone().or_else(|| all.witness.clone());
        }
        merged.principal = own.principal.clone().or_else(|| all.principal.clone());
        merged
    }
}
