//! Conditions: conjunctions of grounded atoms and of named predicates from a closed list. Each has the fields it reads, a
//! three-valued evaluation, and words. They are data; no condition knows the action that asks for it.

use crate::estate::{DatabaseId, FrontEndId, HostId, InstanceId, PoolId, StoreId};
use crate::field::{Field, Value};
use crate::truth::Truth;
use crate::view::View;

/// Something that holds, does not hold, or is not known to hold in a state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// The field is known to have the value.
    Is(Field, Value),
    /// The field is known, and has another value.
    IsNot(Field, Value),
    /// A named predicate.
    Named(Predicate),
}

/// The closed list of named predicates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Predicate {
    /// The copy serves: online, PRINCIPAL or unmirrored, on a host that answers and is not fenced.
    Serves(DatabaseId, InstanceId),
    /// One of those copies serves.
    ServesOnOneOf(DatabaseId, Vec<InstanceId>),
    /// Some copy of the database serves.
    Served(DatabaseId),
    /// Not serving, or empty, or another copy serves that is not of an older history: fencing the host stops nobody who is
    /// not stopped already, and of two principals the older one.
    NotTheOnlyServer(DatabaseId, InstanceId),
    /// All databases of the store are served from one instance.
    Together(StoreId),
    /// The first instance does not serve the database to a living mirror on the second.
    NoLivingPair(DatabaseId, InstanceId, InstanceId),
    /// A complete copy serves on another host: what is on this host may be lost.
    CompleteBesides(DatabaseId, HostId),
    /// No other host that may answer holds a copy: each is fenced, or has none. Only then is a lost database given up for
    /// its backup.
    NoOtherCopy(DatabaseId, HostId),
    /// The copy is nobody's: absent, or left RESTORING without a session. Half of guard G1.
    NoLiveCopy(DatabaseId, InstanceId),
    /// Both copies in the slots have this witness and see it, or have none.
    Witnessed(DatabaseId, Option<InstanceId>),
    /// A witness does not forbid forcing: there is none, or it is connected (operations §7.4).
    WitnessPermits(DatabaseId, InstanceId),
    /// The old partner cannot serve an old copy: its host is fenced, or it is a mirror that answers, or it is gone.
    PartnerHarmless(DatabaseId, InstanceId),
    /// This copy cannot serve: its host is fenced, or it is a mirror that answers, or it is gone.
    CannotServe(DatabaseId, InstanceId),
    /// If the Front End runs, then with a topology whose primary slot of the store is the instance.
    RunsOnPrimary(FrontEndId, StoreId, InstanceId),
    /// If the Front End runs, then with a topology that names the instance in one of the two slots of the store.
    KnowsPartner(FrontEndId, StoreId, InstanceId),
    /// With these slots a Front End finds the user store.
    Reaches(StoreId, InstanceId, Option<InstanceId>),
    /// The pool keeps its quorum and its routing groups while the Front End is down.
    Spares(PoolId, FrontEndId),
    /// With the Front End started the pool has its quorum.
    Joins(PoolId, FrontEndId),
    /// A session exists exactly where the published slots say, and is SYNCHRONIZED; where there is no mirror slot, the
    /// primary-slot copy is unmirrored.
    SessionAsSlots(DatabaseId),
    /// No copy that serves is known to be empty. For goals only: what is not known is nobody's to bring back.
    DataBack(DatabaseId),
    /// No two copies of the database are known to serve, and none of an older history. For goals only, as above: what a silent
    /// host does nobody wished to look into where no slot is declared, but harm that is seen is no goal.
    NoKnownHarm(DatabaseId),
    /// The two slots of the store are these instances, in any order.
    SlotsArePair(StoreId, InstanceId, InstanceId),
    /// The Front End is not known to run other slots of the store than the published ones. For goals only: unknown is
    /// reported, never a reason to restart (rules §2, loaded).
    NotKnownToRunOtherSlots(FrontEndId, StoreId),
    /// The field is not known to differ from the value. For goals only, as above.
    NotKnownToDiffer(Field, Value),
    /// The fact is not known. For `Confirm` only.
    IsUnknown(Field),
    /// At most one host may serve the database: invariant 1.
    OneServer(DatabaseId),
    /// A complete copy exists that no running step may overwrite: invariant 2.
    CompleteCopy(DatabaseId),
    /// No superseded copy may serve: invariant 3.
    NoForkServes(DatabaseId),
    /// The pool has its votes and its routing groups, or stands still by announcement: invariant 4.
    PoolHolds(PoolId),
    /// Nobody publishes while the Central Management store takes no writes: invariant 5.
    NoBlindPublish,
}

impl Condition {
    /// Whether it holds.
    #[must_use]
    pub fn eval(&self, v: View<'_>) -> Truth {
        match self {
            Self::Is(field, value) => v.is(*field, *value),
            Self::IsNot(field, value) => v.is(*field, *value).not(),
            Self::Named(p) => p.eval(v),
        }
    }

    /// Every field that the evaluation may read.
    pub fn fields(&self, v: View<'_>, out: &mut Vec<Field>) {
        match self {
            Self::Is(field, _) | Self::IsNot(field, _) => out.push(*field),
            Self::Named(p) => p.fields(v, out),
        }
    }
}

impl From<Predicate> for Condition {
    fn from(p: Predicate) -> Self {
        Self::Named(p)
    }
}

fn instances(v: View<'_>, d: DatabaseId) -> &[InstanceId] {
    &v.estate.store(v.estate.database(d).store).instances
}

impl Predicate {
    fn eval(&self, v: View<'_>) -> Truth {
        match self {
            Self::Serves(d, i) => v.serves(*d, *i),
            Self::ServesOnOneOf(d, list) => Truth::any(list.iter().map(|&i| v.serves(*d, i))),
            Self::Served(d) => v.served(*d),
            Self::NotTheOnlyServer(d, i) => {
                let others = instances(v, *d).iter().filter(|&x| x != i);
                let good = |x| v.serves(*d, x).and(v.is(Field::Content(*d, x), Value::Superseded).not());
                let elsewhere = Truth::any(others.map(|&x| good(x)));
                let empty = v.is(Field::Content(*d, *i), Value::Fresh);
                v.serves(*d, *i).not().or(empty).or(elsewhere)
            }
            Self::Together(s) => {
                let store = v.estate.store(*s);
                let all_on = |i: InstanceId| Truth::all(store.databases.iter().map(|&d| v.serves(d, i)));
                Truth::any(store.instances.iter().map(|&i| all_on(i)))
            }
            Self::NoLivingPair(d, p, m) => {
                let mirror = v.is(Field::Role(*d, *m), Value::Mirror).and(v.is(Field::Answers(*m), Value::Yes));
                let session = v.is(Field::Session(*d, *p), Value::NoSession).not();
                v.serves(*d, *p).and(session).and(mirror).not()
            }
            Self::CompleteBesides(d, h) => v.complete_besides(*d, *h),
            Self::NoOtherCopy(d, h) => v.no_other_copy(*d, *h),
            Self::NoLiveCopy(d, i) => {
                v.is(Field::Role(*d, *i), Value::Absent).or(v.is(Field::Role(*d, *i), Value::Restoring))
            }
            Self::WitnessPermits(d, i) => {
                v.is(Field::Witness(*d, *i), Value::Nothing).or(v.is(Field::WitnessLink(*d, *i), Value::Connected))
            }
            Self::Witnessed(d, w) => witnessed(v, *d, *w),
            Self::PartnerHarmless(d, i) => {
                Truth::all(instances(v, *d).iter().filter(|&x| x != i).map(|&x| Self::CannotServe(*d, x).eval(v)))
            }
            Self::CannotServe(d, x) => {
                let fenced = v.is(Field::Fenced(v.estate.host_of(*x)), Value::Yes);
                let mirror = v.is(Field::Role(*d, *x), Value::Mirror).and(v.is(Field::Answers(*x), Value::Yes));
                fenced.or(mirror).or(Self::NoLiveCopy(*d, *x).eval(v))
            }
            Self::RunsOnPrimary(f, s, i) => v
                .is(Field::Services(*f), Value::Running)
                .not()
                .or(v.is(Field::LoadedPrimary(*f, *s), Value::Instance(*i))),
            Self::KnowsPartner(f, s, i) => {
                let named = |field| v.is(field, Value::Instance(*i));
                let runs = v.is(Field::Services(*f), Value::Running);
                runs.not().or(named(Field::LoadedPrimary(*f, *s))).or(named(Field::LoadedMirror(*f, *s)))
            }
            Self::Reaches(s, p, m) => v.reaches(*s, Value::Instance(*p), Value::from(*m)),
            Self::Spares(pool, f) => v.pool_holds(*pool, Some(*f)),
            Self::Joins(pool, f) => v.votes_with(*pool, *f),
            Self::SessionAsSlots(d) => session_as_slots(v, *d),
            Self::DataBack(d) => Truth::all(instances(v, *d).iter().map(|&i| {
                let empty = v.is(Field::Content(*d, i), Value::Fresh) == Truth::True;
                (!(empty && v.serves(*d, i) == Truth::True)).into()
            })),
            Self::NoKnownHarm(d) => {
                let known = instances(v, *d).iter().filter(|&&i| v.serves(*d, i) == Truth::True);
                let old = |&&i: &&InstanceId| v.is(Field::Content(*d, i), Value::Superseded) == Truth::True;
                (known.clone().count() < 2 && !known.clone().any(|i| old(&i))).into()
            }
            Self::SlotsArePair(s, a, b) => {
                let pair = |x: InstanceId, y: InstanceId| {
                    v.is(Field::PrimarySlot(*s), x.into()).and(v.is(Field::MirrorSlot(*s), y.into()))
                };
                pair(*a, *b).or(pair(*b, *a))
            }
            Self::NotKnownToRunOtherSlots(f, s) => {
                let differs = |loaded: Field, slot: Field| {
                    let (l, p) = (v.get(loaded), v.get(slot));
                    l.is_known() && p.is_known() && l != p
                };
                let other = differs(Field::LoadedPrimary(*f, *s), Field::PrimarySlot(*s))
                    || differs(Field::LoadedMirror(*f, *s), Field::MirrorSlot(*s));
                (!other).into()
            }
            Self::NotKnownToDiffer(field, value) => {
                let known = v.get(*field);
                (!known.is_known() || known == *value).into()
            }
            Self::IsUnknown(field) => (!v.get(*field).is_known()).into(),
            Self::OneServer(d) => one_server(v, *d),
            Self::CompleteCopy(d) => Truth::any(instances(v, *d).iter().map(|&i| {
                // A copy that lies RESTORING beside one that serves may be dropped; the last one may not, it can be opened.
                let left_over = v.is(Field::Role(*d, i), Value::Restoring).and(v.served(*d));
                v.is(Field::Content(*d, i), Value::Complete).and(left_over.not())
            })),
            Self::NoForkServes(d) => Truth::all(instances(v, *d).iter().map(|&i| {
                let old = v.is(Field::Content(*d, i), Value::Superseded);
                old.not().or(v.may_serve(*d, i).not())
            })),
            Self::PoolHolds(pool) => v.announced_stop(*pool).or(v.pool_holds(*pool, None)),
            Self::NoBlindPublish => v.is(Field::Publishing, Value::Yes).not().or(v.is(Field::CmsWritable, Value::Yes)),
        }
    }

    fn fields(&self, v: View<'_>, out: &mut Vec<Field>) {
        let serves = |out: &mut Vec<Field>, d: DatabaseId, i: InstanceId| {
            out.extend([Field::Role(d, i), Field::Fenced(v.estate.host_of(i)), Field::Answers(i)]);
        };
        match self {
            Self::Serves(d, i) | Self::CannotServe(d, i) => serves(out, *d, *i),
            Self::ServesOnOneOf(d, list) => list.iter().for_each(|&i| serves(out, *d, i)),
            Self::Served(d) | Self::OneServer(d) => instances(v, *d).iter().for_each(|&i| serves(out, *d, i)),
            Self::NotTheOnlyServer(d, _) | Self::DataBack(d) | Self::NoKnownHarm(d) => {
                for &i in instances(v, *d) {
                    serves(out, *d, i);
                    out.push(Field::Content(*d, i));
                }
            }
            Self::Together(s) => {
                let store = v.estate.store(*s);
                store.databases.iter().for_each(|&d| store.instances.iter().for_each(|&i| serves(out, d, i)));
            }
            Self::NoLivingPair(d, p, m) => {
                serves(out, *d, *p);
                serves(out, *d, *m);
                out.push(Field::Session(*d, *p));
            }
            Self::CompleteBesides(d, h) => {
                for &i in instances(v, *d).iter().filter(|&&i| v.estate.host_of(i) != *h) {
                    serves(out, *d, i);
                    out.push(Field::Content(*d, i));
                }
            }
            Self::NoOtherCopy(d, h) => {
                for &i in instances(v, *d).iter().filter(|&&i| v.estate.host_of(i) != *h) {
                    out.extend([Field::Role(*d, i), Field::Fenced(v.estate.host_of(i))]);
                }
            }
            Self::NoLiveCopy(d, i) => out.push(Field::Role(*d, *i)),
            Self::WitnessPermits(d, i) => out.extend([Field::Witness(*d, *i), Field::WitnessLink(*d, *i)]),
            Self::Witnessed(d, _) => {
                let s = v.estate.database(*d).store;
                out.extend([Field::PrimarySlot(s), Field::MirrorSlot(s)]);
                out.extend(instances(v, *d).iter().flat_map(|&i| [Field::Witness(*d, i), Field::WitnessLink(*d, i)]));
            }
            Self::PartnerHarmless(d, i) => {
                instances(v, *d).iter().filter(|&x| x != i).for_each(|&x| serves(out, *d, x));
            }
            Self::RunsOnPrimary(f, s, _) => out.extend([Field::Services(*f), Field::LoadedPrimary(*f, *s)]),
            Self::KnowsPartner(f, s, _) => {
                out.extend([Field::Services(*f), Field::LoadedPrimary(*f, *s), Field::LoadedMirror(*f, *s)]);
            }
            Self::Reaches(s, p, m) => {
                for &d in &v.estate.store(*s).databases {
                    serves(out, d, *p);
                    if let Some(m) = m {
                        serves(out, d, *m);
                    }
                }
            }
            Self::Spares(pool, _) | Self::Joins(pool, _) | Self::PoolHolds(pool) => quorum_fields(v, *pool, out),
            Self::SessionAsSlots(d) => {
                let s = v.estate.database(*d).store;
                out.extend([Field::PrimarySlot(s), Field::MirrorSlot(s)]);
                for &i in instances(v, *d) {
                    serves(out, *d, i);
                    out.push(Field::Session(*d, i));
                }
            }
            Self::SlotsArePair(s, ..) => out.extend([Field::PrimarySlot(*s), Field::MirrorSlot(*s)]),
            Self::NotKnownToRunOtherSlots(f, s) => out.extend([
                Field::LoadedPrimary(*f, *s),
                Field::PrimarySlot(*s),
                Field::LoadedMirror(*f, *s),
                Field::MirrorSlot(*s),
            ]),
            Self::NotKnownToDiffer(field, _) | Self::IsUnknown(field) => out.push(*field),
            Self::CompleteCopy(d) | Self::NoForkServes(d) => {
                for &i in instances(v, *d) {
                    out.extend([
                        Field::Content(*d, i),
                        Field::Role(*d, i),
                        Field::Fenced(v.estate.host_of(i)),
                        Field::Answers(i),
                    ]);
                }
            }
            Self::NoBlindPublish => out.extend([Field::Publishing, Field::CmsWritable]),
        }
    }
}

fn quorum_fields(v: View<'_>, pool: PoolId, out: &mut Vec<Field>) {
    let members = &v.estate.pool(pool).front_ends;
    out.extend(members.iter().map(|&f| Field::Services(f)));
    if !matches!(members.len(), 2 | 4 | 6) {
        return;
    }
    if let Some(s) = v.estate.store_of(pool, crate::database_type::DatabaseType::User) {
        out.extend(members.iter().flat_map(|&f| [Field::LoadedPrimary(f, s), Field::VoterEpoch(f)]));
        for &i in &v.estate.store(s).instances {
            let h = v.estate.host_of(i);
            out.extend([Field::Answers(i), Field::Epoch(h), Field::Fenced(h)]);
        }
    }
}

fn one_server(v: View<'_>, d: DatabaseId) -> Truth {
    let all = || instances(v, d).iter().map(|&i| v.may_serve(d, i));
    let sure = all().filter(|&t| t == Truth::True).count();
    let possible = all().filter(|&t| t != Truth::False).count();
    if possible <= 1 {
        Truth::True
    } else if sure > 1 {
        Truth::False
    } else {
        Truth::Unknown
    }
}

fn witnessed(v: View<'_>, d: DatabaseId, witness: Option<InstanceId>) -> Truth {
    let s = v.estate.database(d).store;
    let Some(p) = v.get(Field::PrimarySlot(s)).instance() else { return Truth::Unknown };
    let mirror = v.get(Field::MirrorSlot(s));
    if !mirror.is_known() {
        return Truth::Unknown;
    }
    let link = if witness.is_some() { Value::Connected } else { Value::Nothing };
    let here = |i| v.is(Field::Witness(d, i), witness.into()).and(v.is(Field::WitnessLink(d, i), link));
    Truth::all([Some(p), mirror.instance()].into_iter().flatten().map(here))
}

fn session_as_slots(v: View<'_>, d: DatabaseId) -> Truth {
    let s = v.estate.database(d).store;
    let Some(p) = v.get(Field::PrimarySlot(s)).instance() else { return Truth::Unknown };
    match v.get(Field::MirrorSlot(s)) {
        Value::Unknown => Truth::Unknown,
        Value::Instance(m) => {
            let synchronized = |i| v.is(Field::Session(d, i), Value::Synchronized);
            synchronized(p).and(synchronized(m)).and(v.serves(d, p).or(v.serves(d, m)))
        }
        _ => v.serves(d, p).and(v.is(Field::Session(d, p), Value::NoSession)),
    }
}
