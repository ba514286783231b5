//! A smaller question: the same problem with some of its stores, so that what is alike or independent is solved once.
//! Ids change, and `Ids` carries what is said in them back.

use std::collections::{BTreeMap, BTreeSet};

use crate::estate::{Estate, InstanceId, Parts, PoolId, PoolPart, StoreId, StorePart};
use crate::field::{Field, State, Value};
use crate::ids::Ids;
use crate::problem::{Problem, Slots, Wanted, Wish};

/// What of a problem is kept in a smaller one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Stores whose wishes are kept with them.
    pub managed: BTreeSet<StoreId>,
    /// Stores that are kept without a wish: they stay as they are.
    pub beside: BTreeSet<StoreId>,
    /// The pools that are kept: to the others it is as if they did not use those stores.
    pub pools: BTreeSet<PoolId>,
}

/// A smaller problem, and the way back to the larger one.
#[derive(Clone, Debug)]
pub struct Restriction {
    /// The smaller problem.
    pub problem: Problem,
    /// Its ids, as the larger one has them.
    pub ids: Ids,
}

impl Estate {
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
    /// The same question for a part of the estate. None if the estate cannot be cut so: a store would be left without a pool.
    #[must_use]
    pub fn restricted(&self, kept: &Kept) -> Option<Restriction> {
        let wishes: Vec<&Wish> = kept.managed.iter().filter_map(|&s| self.wish(s)).collect();
        let instances = self.instances_of(kept, &wishes);
        let estate = Estate::new(self.parts_of(kept, &instances)).ok()?;
        let ids = self.ids_of(&estate, kept, &instances)?;
        let small: BTreeMap<InstanceId, InstanceId> = estate.instance_ids().map(|i| (ids.instance(i), i)).collect();
        let instance = |i: InstanceId| small.get(&i).copied();
        let value = |field: &Field| match self.initial.get(&self.estate, ids.field(*field)) {
            Value::Instance(i) => instance(i).map_or(Value::Unknown, Value::Instance),
            value => value,
        };
        let initial = State::from_values(estate.layout().fields().iter().map(value).collect());
        let stores: BTreeMap<StoreId, StoreId> = estate.store_ids().map(|s| (ids.store(s), s)).collect();
        let carried = wishes.iter().map(|w| restricted_wish(w, *stores.get(&w.store)?, instance));
        let wishes = carried.collect::<Option<Vec<Wish>>>()?;
        let databases = estate.store_ids().flat_map(|s| estate.store(s).databases.clone());
        let consents = databases.filter(|&d| self.consents.contains(&ids.database(d))).collect();
        let builds = small.iter().filter_map(|(i, at)| Some((*at, self.builds.get(i)?.clone()))).collect();
        let ports = small.iter().filter_map(|(i, at)| Some((*at, *self.ports.get(i)?))).collect();
        let asked = crate::cms::asked_of(self, &kept.managed);
        let cms_to = asked.and_then(|p| estate.pool_named(&self.estate.pool(p).fqdn));
        let problem = Self {
            initial,
            cms_to,
            wishes,
            policy: self.policy.clone(),
            consents,
            builds,
            ports,
            leave: self.leave,
            lifted: self.lifted.clone(),
            estate,
        };
        Some(Restriction { problem, ids })
    }

    /// The instances that the kept part may speak of: where its stores may lie, what its wishes and slots name, and what
    /// else is on those machines.
    fn instances_of(&self, kept: &Kept, wishes: &[&Wish]) -> BTreeSet<InstanceId> {
        let estate = &self.estate;
        let mut named: BTreeSet<InstanceId> = wishes.iter().flat_map(|w| w.named()).collect();
        for &s in kept.managed.union(&kept.beside) {
            let store = estate.store(s);
            named.extend(&store.instances);
            let mut fields = vec![Field::PrimarySlot(s), Field::MirrorSlot(s), Field::WitnessSlot(s)];
            let copies = store.databases.iter().flat_map(|&d| store.instances.iter().map(move |&i| (d, i)));
            fields.extend(copies.map(|(d, i)| Field::Witness(d, i)));
            let front_ends =
                store.users.iter().filter(|p| kept.pools.contains(p)).flat_map(|&p| &estate.pool(p).front_ends);
            fields.extend(front_ends.flat_map(|&f| [Field::LoadedPrimary(f, s), Field::LoadedMirror(f, s)]));
            named.extend(fields.into_iter().filter_map(|f| self.initial.get(estate, f).instance()));
        }
        let hosts: BTreeSet<_> = named.iter().map(|&i| estate.host_of(i)).collect();
        hosts.into_iter().flat_map(|h| estate.instances_on(h).iter().copied()).collect()
    }

    fn parts_of(&self, kept: &Kept, instances: &BTreeSet<InstanceId>) -> Parts {
        let estate = &self.estate;
        let pools = kept.pools.iter().map(|&p| PoolPart {
            fqdn: estate.pool(p).fqdn.clone(),
            product: estate.pool(p).product,
            front_ends: estate.pool(p).front_ends.iter().map(|&f| estate.front_end(f).fqdn.clone()).collect(),
        });
        let stores = kept.managed.union(&kept.beside).map(|&s| {
            let store = estate.store(s);
            let sizes = store.databases.iter().map(|&d| estate.database(d));
            let users = store.users.iter().filter(|p| kept.pools.contains(p));
            StorePart {
                users: users.map(|&p| estate.pool(p).fqdn.clone()).collect(),
                kind: store.kind,
                megabytes: sizes.filter_map(|d| Some((d.name.clone(), d.megabytes?))).collect(),
                instances: store.instances.iter().map(|&i| estate.instance(i).name.clone()).collect(),
            }
        });
        Parts {
            pools: pools.collect(),
            stores: stores.collect(),
            instances: instances.iter().map(|&i| estate.instance(i).name.clone()).collect(),
            cms: estate.cms.map(|p| estate.pool(p).fqdn.clone()),
        }
    }

    /// What each id of the smaller estate is in this one.
    fn ids_of(&self, small: &Estate, kept: &Kept, instances: &BTreeSet<InstanceId>) -> Option<Ids> {
        let estate = &self.estate;
        let mut pools = BTreeMap::new();
        let mut front_ends = BTreeMap::new();
        for &p in &kept.pools {
            let at = small.pool_named(&estate.pool(p).fqdn)?;
            pools.insert(at, p);
            front_ends.extend(small.pool(at).front_ends.iter().copied().zip(estate.pool(p).front_ends.iter().copied()));
        }
        let mut named = BTreeMap::new();
        let mut hosts = BTreeMap::new();
        for &i in instances {
            let at = small.instance_named(&estate.instance(i).name)?;
            named.insert(at, i);
            hosts.insert(small.host_of(at), estate.host_of(i));
        }
        let mut stores = BTreeMap::new();
        let mut databases = BTreeMap::new();
        for &s in kept.managed.union(&kept.beside) {
            let store = estate.store(s);
            let user = store.users.iter().find(|p| kept.pools.contains(p))?;
            let at = small.store_of(small.pool_named(&estate.pool(*user).fqdn)?, store.kind)?;
            stores.insert(at, s);
            databases.extend(small.store(at).databases.iter().copied().zip(store.databases.iter().copied()));
        }
        Some(Ids {
            hosts: hosts.into_values().collect(),
            instances: named.into_values().collect(),
            pools: pools.into_values().collect(),
            front_ends: front_ends.into_values().collect(),
            stores: stores.into_values().collect(),
            databases: databases.into_values().collect(),
        })
    }

    /// The whole problem as a part of itself.
    #[must_use]
    pub fn unrestricted(&self) -> Restriction {
        let estate = &self.estate;
        let ids = Ids {
            hosts: estate.host_ids().collect(),
            instances: estate.instance_ids().collect(),
            pools: estate.pool_ids().collect(),
            front_ends: estate.front_end_ids().collect(),
            stores: estate.store_ids().collect(),
            databases: estate.store_ids().flat_map(|s| estate.store(s).databases.clone()).collect(),
        };
        Restriction { problem: self.clone(), ids }
    }
}

/// A wish in the ids of a smaller estate, which has every instance that it names.
fn restricted_wish(wish: &Wish, store: StoreId, instance: impl Fn(InstanceId) -> Option<InstanceId>) -> Option<Wish> {
    let wanted = |w| match w {
        Wanted::One(i) => instance(i).map(Wanted::One),
        other => Some(other),
    };
    let slots = match wish.slots {
        Slots::Ordered { primary, mirror } => {
            Slots::Ordered { primary: primary.and_then(&instance), mirror: wanted(mirror)? }
        }
        Slots::Pair(a, b) => Slots::Pair(instance(a)?, instance(b)?),
    };
    Some(Wish { store, slots, witness: wanted(wish.witness)?, principal: wish.principal.and_then(&instance) })
}
