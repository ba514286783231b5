//! A smaller question: the same problem with some of its stores, so that what is alike or independent is solved once.
//! Ids change; `Restriction` carries fields over.

use std::collections::BTreeSet;

use topology::names::Fqdn;

use crate::estate::{Estate, Parts, PoolId, PoolPart, StoreId, StorePart};
use crate::field::{Field, State, Value};
use crate::problem::{Problem, Slots, Wanted, Wish};

impl Estate {
    /// The parts of this estate that belong to some of its stores and some of its pools, and all instances.
    #[must_use]
    pub fn parts_of(&self, keep: &[StoreId], of: impl Fn(PoolId) -> bool) -> Parts {
        let of_store = |s: StoreId| self.store(s).users.iter().copied().filter(|&p| of(p));
        let users: BTreeSet<_> = keep.iter().flat_map(|&s| of_store(s)).collect();
        let name = |p| -> Fqdn { self.pool(p).fqdn.clone() };
        let pools = users.iter().map(|&p| PoolPart {
            fqdn: name(p),
            product: self.pool(p).product,
            front_ends: self.pool(p).front_ends.iter().map(|&f| self.front_end(f).fqdn.clone()).collect(),
        });
        let stores = keep.iter().map(|&s| {
            let store = self.store(s);
            let sizes = store.databases.iter().map(|&d| self.database(d));
            StorePart {
                users: of_store(s).map(name).collect(),
                kind: store.kind,
                megabytes: sizes.filter_map(|d| Some((d.name.clone(), d.megabytes?))).collect(),
                instances: store.instances.iter().map(|&i| self.instance(i).name.clone()).collect(),
            }
        });
        Parts {
            pools: pools.collect(),
            stores: stores.collect(),
            instances: self.instances.iter().map(|i| i.name.clone()).collect(),
            cms: self.cms.map(name),
        }
    }

    /// The same field in another estate that has it.
    #[must_use]
    pub fn carry(&self, field: Field, to: &Self) -> Option<Field> {
        let host = |h| to.host_named(self.host(h));
        let instance = |i| to.instance_named(&self.instance(i).name);
        let pool = |p| to.pool_named(&self.pool(p).fqdn);
        let front_end = |f| to.front_end_named(&self.front_end(f).fqdn);
        let store = |s| {
            let store = self.store(s);
            to.store_of(pool(store.pool)?, store.kind)
        };
        let database = |d| {
            let database = self.database(d);
            let target = store(database.store)?;
            to.store(target).databases.iter().copied().find(|&x| to.database(x).name == database.name)
        };
        Some(match field {
            Field::Reachable(h) => Field::Reachable(host(h)?),
            Field::Fenced(h) => Field::Fenced(host(h)?),
            Field::Epoch(h) => Field::Epoch(host(h)?),
            Field::Answers(i) => Field::Answers(instance(i)?),
            Field::Ready(i) => Field::Ready(instance(i)?),
            Field::Role(d, i) => Field::Role(database(d)?, instance(i)?),
            Field::Session(d, i) => Field::Session(database(d)?, instance(i)?),
            Field::Content(d, i) => Field::Content(database(d)?, instance(i)?),
            Field::Safety(d, i) => Field::Safety(database(d)?, instance(i)?),
            Field::Witness(d, i) => Field::Witness(database(d)?, instance(i)?),
            Field::WitnessLink(d, i) => Field::WitnessLink(database(d)?, instance(i)?),
            Field::PrimarySlot(s) => Field::PrimarySlot(store(s)?),
            Field::MirrorSlot(s) => Field::MirrorSlot(store(s)?),
            Field::WitnessSlot(s) => Field::WitnessSlot(store(s)?),
            Field::Services(f) => Field::Services(front_end(f)?),
            Field::Replica(f) => Field::Replica(front_end(f)?),
            Field::LoadedPrimary(f, s) => Field::LoadedPrimary(front_end(f)?, store(s)?),
            Field::LoadedMirror(f, s) => Field::LoadedMirror(front_end(f)?, store(s)?),
            Field::VoterEpoch(f) => Field::VoterEpoch(front_end(f)?),
            Field::StartedSinceMirror(f) => Field::StartedSinceMirror(front_end(f)?),
            Field::Tested(p) => Field::Tested(pool(p)?),
            Field::LogBackups(p) => Field::LogBackups(pool(p)?),
            Field::Reports(p) => Field::Reports(pool(p)?),
            Field::HoldsCms(p) => Field::HoldsCms(pool(p)?),
            Field::CmsWritable => Field::CmsWritable,
            Field::Saved => Field::Saved,
            Field::Publishing => Field::Publishing,
        })
    }
}

impl Problem {
    /// The same question for some of the managed stores. None if the estate cannot be cut so.
    #[must_use]
    pub fn restricted(&self, keep: &[StoreId]) -> Option<Self> {
        self.restricted_to(keep, |_| true)
    }

    /// As above, and as if only some of the pools used those stores.
    #[must_use]
    pub fn restricted_to(&self, keep: &[StoreId], of: impl Fn(PoolId) -> bool) -> Option<Self> {
        let estate = Estate::new(self.estate.parts_of(keep, of)).ok()?;
        let old = &self.estate;
        let instance = |i| estate.instance_named(&old.instance(i).name);
        let mut initial = State::unknown(&estate);
        for &field in old.layout().fields() {
            let Some(target) = old.carry(field, &estate) else { continue };
            let value = match self.initial.get(old, field) {
                Value::Instance(i) => instance(i).map_or(Value::Unknown, Value::Instance),
                value => value,
            };
            initial.set(&estate, target, value);
        }
        let wanted = |w| match w {
            Wanted::One(i) => instance(i).map(Wanted::One),
            other => Some(other),
        };
        let mut wishes = Vec::new();
        for wish in self.wishes.iter().filter(|w| keep.contains(&w.store)) {
            let store = old.store(wish.store);
            wishes.push(Wish {
                store: estate.store_of(estate.pool_named(&old.pool(store.pool).fqdn)?, store.kind)?,
                slots: match wish.slots {
                    Slots::Ordered { primary, mirror } => {
                        Slots::Ordered { primary: primary.and_then(instance), mirror: wanted(mirror)? }
                    }
                    Slots::Pair(a, b) => Slots::Pair(instance(a)?, instance(b)?),
                },
                witness: wanted(wish.witness)?,
                principal: wish.principal.and_then(instance),
            });
        }
        let consents = self.consents.iter().filter_map(|&d| {
            let database = old.database(d);
            let pool = estate.pool_named(&old.pool(old.store(database.store).pool).fqdn)?;
            estate.database_of(pool, &database.name)
        });
        let builds = self.builds.iter().filter_map(|(i, build)| Some((instance(*i)?, build.clone())));
        let (consents, builds) = (consents.collect(), builds.collect());
        Some(Self {
            initial,
            wishes,
            policy: self.policy.clone(),
            consents,
            builds,
            confirms: self.confirms,
            lifted: self.lifted.clone(),
            estate,
        })
    }
}
