//! Ids of a part of an estate, as the whole estate has them, and what is said in ids carried over. It knows no rules.

use std::collections::BTreeMap;

use crate::condition::{Condition, Predicate};
use crate::declaration::{Clause, Declaration, Group};
use crate::estate::{DatabaseId, FrontEndId, HostId, InstanceId, PoolId, StoreId};
use crate::field::{Field, Value, Write};
use crate::problem::{Slots, Wanted};

/// For each id of a part, the id in the whole estate: both name the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    pub(crate) hosts: Vec<HostId>,
    pub(crate) instances: Vec<InstanceId>,
    pub(crate) pools: Vec<PoolId>,
    pub(crate) front_ends: Vec<FrontEndId>,
    pub(crate) stores: Vec<StoreId>,
    pub(crate) databases: Vec<DatabaseId>,
}

impl Ids {
    /// A host.
    #[must_use]
    pub fn host(&self, h: HostId) -> HostId {
        self.hosts[h.index()]
    }

    /// An instance.
    #[must_use]
    pub fn instance(&self, i: InstanceId) -> InstanceId {
        self.instances[i.index()]
    }

    /// Desired slots.
    #[must_use]
    pub fn slots(&self, slots: Slots) -> Slots {
        match slots {
            Slots::Ordered { primary, mirror } => {
                let mirror = if let Wanted::One(m) = mirror { Wanted::One(self.instance(m)) } else { mirror };
                Slots::Ordered { primary: primary.map(|p| self.instance(p)), mirror }
            }
            Slots::Pair(a, b) => Slots::Pair(self.instance(a), self.instance(b)),
        }
    }

    /// A pool.
    #[must_use]
    pub fn pool(&self, p: PoolId) -> PoolId {
        self.pools[p.index()]
    }

    /// A Front End.
    #[must_use]
    pub fn front_end(&self, f: FrontEndId) -> FrontEndId {
        self.front_ends[f.index()]
    }

    /// A store.
    #[must_use]
    pub fn store(&self, s: StoreId) -> StoreId {
        self.stores[s.index()]
    }

    /// A database.
    #[must_use]
    pub fn database(&self, d: DatabaseId) -> DatabaseId {
        self.databases[d.index()]
    }

    /// A field.
    #[must_use]
    pub fn field(&self, field: Field) -> Field {
        let copy = |d, i| (self.database(d), self.instance(i));
        match field {
            Field::Reachable(h) => Field::Reachable(self.host(h)),
            Field::Fenced(h) => Field::Fenced(self.host(h)),
            Field::Epoch(h) => Field::Epoch(self.host(h)),
            Field::Answers(i) => Field::Answers(self.instance(i)),
            Field::Ready(i) => Field::Ready(self.instance(i)),
            Field::Role(d, i) => at(Field::Role, copy(d, i)),
            Field::Session(d, i) => at(Field::Session, copy(d, i)),
            Field::Content(d, i) => at(Field::Content, copy(d, i)),
            Field::Safety(d, i) => at(Field::Safety, copy(d, i)),
            Field::Witness(d, i) => at(Field::Witness, copy(d, i)),
            Field::WitnessLink(d, i) => at(Field::WitnessLink, copy(d, i)),
            Field::PrimarySlot(s) => Field::PrimarySlot(self.store(s)),
            Field::MirrorSlot(s) => Field::MirrorSlot(self.store(s)),
            Field::WitnessSlot(s) => Field::WitnessSlot(self.store(s)),
            Field::Services(f) => Field::Services(self.front_end(f)),
            Field::Replica(f) => Field::Replica(self.front_end(f)),
            Field::LoadedPrimary(f, s) => Field::LoadedPrimary(self.front_end(f), self.store(s)),
            Field::LoadedMirror(f, s) => Field::LoadedMirror(self.front_end(f), self.store(s)),
            Field::VoterEpoch(f) => Field::VoterEpoch(self.front_end(f)),
            Field::StartedSinceMirror(f) => Field::StartedSinceMirror(self.front_end(f)),
            Field::Tested(p) => Field::Tested(self.pool(p)),
            Field::LogBackups(p) => Field::LogBackups(self.pool(p)),
            Field::Reports(p) => Field::Reports(self.pool(p)),
            Field::HoldsCms(p) => Field::HoldsCms(self.pool(p)),
            Field::CmsWritable => Field::CmsWritable,
            Field::Saved => Field::Saved,
            Field::Publishing => Field::Publishing,
        }
    }

    /// A value.
    #[must_use]
    pub fn value(&self, value: Value) -> Value {
        value.instance().map_or(value, |i| Value::Instance(self.instance(i)))
    }

    /// A write.
    #[must_use]
    pub fn write(&self, w: Write) -> Write {
        Write { field: self.field(w.field), value: self.value(w.value) }
    }

    /// A condition.
    #[must_use]
    pub fn condition(&self, condition: &Condition) -> Condition {
        match condition {
            Condition::Is(field, value) => Condition::Is(self.field(*field), self.value(*value)),
            Condition::IsNot(field, value) => Condition::IsNot(self.field(*field), self.value(*value)),
            Condition::Named(p) => Condition::Named(self.predicate(p)),
        }
    }

    fn predicate(&self, predicate: &Predicate) -> Predicate {
        use Predicate as P;
        let (d, i, h) = (|d| self.database(d), |i| self.instance(i), |h| self.host(h));
        let (s, f, p) = (|s| self.store(s), |f| self.front_end(f), |p| self.pool(p));
        match predicate {
            P::Serves(x, y) => P::Serves(d(*x), i(*y)),
            P::ServesOnOneOf(x, list) => P::ServesOnOneOf(d(*x), list.iter().map(|&y| i(y)).collect()),
            P::Served(x) => P::Served(d(*x)),
            P::NotTheOnlyServer(x, y) => P::NotTheOnlyServer(d(*x), i(*y)),
            P::Together(x) => P::Together(s(*x)),
            P::NoLivingPair(x, y, z) => P::NoLivingPair(d(*x), i(*y), i(*z)),
            P::CompleteBesides(x, y) => P::CompleteBesides(d(*x), h(*y)),
            P::NoOtherCopy(x, y) => P::NoOtherCopy(d(*x), h(*y)),
            P::DataBack(x) => P::DataBack(d(*x)),
            P::NoKnownHarm(x) => P::NoKnownHarm(d(*x)),
            P::NoLiveCopy(x, y) => P::NoLiveCopy(d(*x), i(*y)),
            P::Witnessed(x, y) => P::Witnessed(d(*x), y.map(i)),
            P::WitnessPermits(x, y) => P::WitnessPermits(d(*x), i(*y)),
            P::CannotServe(x, y) => P::CannotServe(d(*x), i(*y)),
            P::PartnerHarmless(x, y) => P::PartnerHarmless(d(*x), i(*y)),
            P::RunsOnPrimary(x, y, z) => P::RunsOnPrimary(f(*x), s(*y), i(*z)),
            P::KnowsPartner(x, y, z) => P::KnowsPartner(f(*x), s(*y), i(*z)),
            P::Reaches(x, y, z) => P::Reaches(s(*x), i(*y), z.map(i)),
            P::Spares(x, y) => P::Spares(p(*x), f(*y)),
            P::Joins(x, y) => P::Joins(p(*x), f(*y)),
            P::SessionAsSlots(x) => P::SessionAsSlots(d(*x)),
            P::SlotsArePair(x, y, z) => P::SlotsArePair(s(*x), i(*y), i(*z)),
            P::NotKnownToRunOtherSlots(x, y) => P::NotKnownToRunOtherSlots(f(*x), s(*y)),
            P::NotKnownToDiffer(field, value) => P::NotKnownToDiffer(self.field(*field), self.value(*value)),
            P::IsUnknown(field) => P::IsUnknown(self.field(*field)),
            P::OneServer(x) => P::OneServer(d(*x)),
            P::CompleteCopy(x) => P::CompleteCopy(d(*x)),
            P::NoForkServes(x) => P::NoForkServes(d(*x)),
            P::PoolHolds(x) => P::PoolHolds(p(*x)),
            P::NoBlindPublish => P::NoBlindPublish,
        }
    }

    /// A clause.
    #[must_use]
    pub fn clause(&self, clause: &Clause) -> Clause {
        Clause { condition: self.condition(&clause.condition), rule: clause.rule }
    }

    /// Whether two declarations are the same step, of the part and of the whole: in everything by which a plan is found,
    /// ordered and verified. If so, what the whole requires beyond the part: of stores that the part does not have.
    #[must_use]
    pub fn same(&self, of_part: &Declaration, of_whole: &Declaration) -> Option<Vec<Clause>> {
        let (a, b) = (of_part, of_whole);
        let writes = |x: &[Write], y: &[Write]| sorted(x.iter().map(|&w| self.write(w))) == sorted(y.iter().copied());
        let units =
            |x: &[Vec<Write>], y: &[Vec<Write>]| x.len() == y.len() && x.iter().zip(y).all(|(x, y)| writes(x, y));
        let group = a.group.map(|g| match g {
            Group::Pool(p) => Group::Pool(self.pool(p)),
            Group::Publish => Group::Publish,
        });
        let conditions = |x: &[Condition], y: &[Condition]| x.iter().map(|c| self.condition(c)).eq(y.iter().cloned());
        let ways = a.ways.iter().zip(&b.ways);
        let same = a.ways.len() == b.ways.len()
            && ways.into_iter().all(|(x, y)| {
                x.evidence == y.evidence && self.beyond(&x.requires, &y.requires).is_some_and(|more| more.is_empty())
            })
            && writes(&a.begin, &b.begin)
            && writes(&a.end, &b.end)
            && a.partial.len() == b.partial.len()
            && a.partial.iter().zip(&b.partial).all(|(x, y)| units(x, y))
            && conditions(&a.achieves, &b.achieves)
            && a.risks.len() == b.risks.len()
            && a.risks.iter().zip(&b.risks).all(|((x, r), (y, s))| conditions(x, y) && r == s)
            && a.loses.iter().map(|&x| self.database(x)).eq(b.loses.iter().copied())
            && (group, a.duration, a.work, a.stage, a.stops_harm)
                == (b.group, b.duration, b.work, b.stage, b.stops_harm);
        if same { self.beyond(&a.requires, &b.requires) } else { None }
    }

    /// What the whole requires beyond the part. None if it does not require all that the part does.
    fn beyond(&self, of_part: &[Clause], of_whole: &[Clause]) -> Option<Vec<Clause>> {
        let mut left: BTreeMap<(&str, Condition), usize> = BTreeMap::new();
        for c in of_part {
            *left.entry((c.rule.key, self.condition(&c.condition))).or_default() += 1;
        }
        let mut more = Vec::new();
        for c in of_whole {
            match left.get_mut(&(c.rule.key, c.condition.clone())) {
                Some(n) if *n > 0 => *n -= 1,
                _ => more.push(c.clone()),
            }
        }
        left.values().all(|n| *n == 0).then_some(more)
    }
}

fn at(field: fn(DatabaseId, InstanceId) -> Field, (d, i): (DatabaseId, InstanceId)) -> Field {
    field(d, i)
}

fn sorted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut list: Vec<T> = items.collect();
    list.sort_unstable();
    list
}
