//! Fields: the places of the world that have a value, and where each stands in a state. It knows no rules.
//!
//! A *slot* is written in the topology, a *role* lives in SQL Server; both are fields, of stores and of copies.

use crate::estate::{DatabaseId, Estate, FrontEndId, HostId, InstanceId, PoolId, StoreId};
pub use crate::state::State;

/// A place of the world that has a value. A *copy* is a database on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Whether anything on the machine answers (ping, WinRM, SMB): `Yes`, `No`.
    Reachable(HostId),
    /// Whether a person has made sure that the machine cannot serve: `Yes`, `No`.
    Fenced(HostId),
    /// Which installation of the machine this is: `Original`, or `Rebuilt` since the facts were read.
    Epoch(HostId),
    /// Whether SQL Server answers a login: `Yes`, `No`.
    Answers(InstanceId),
    /// Whether SQL Server is ready to take a mirror: version and edition as the partner's, endpoint and port as the
    /// topology says, the seeding share writable for both service accounts. Of an instance on whose machine no store may
    /// lie: ready to witness, with the version of the partners and a mirroring endpoint that is STARTED. `Yes`, `No`.
    Ready(InstanceId),
    /// Role of a copy: `Absent`, `Restoring` (no session), `Unmirrored` (online), `Principal`, `Mirror`, `Recovering` (not
    /// online, and it says nothing of a session: a PRINCIPAL that has lost its quorum).
    Role(DatabaseId, InstanceId),
    /// State of a copy's mirroring session, as that copy sees it: `NoSession`, `Disconnected`, `Suspended`,
    /// `Synchronizing`, `PendingFailover`, `Synchronized`.
    Session(DatabaseId, InstanceId),
    /// Whether a copy holds every committed transaction that any copy is known to hold: `Complete`, `Behind`,
    /// `Superseded` (of an older recovery fork), `Fresh` (created, and its data not brought back), `Nothing` (no copy).
    Content(DatabaseId, InstanceId),
    /// Safety level of a copy's session: `Full`, `Off`, `Nothing`.
    Safety(DatabaseId, InstanceId),
    /// The witness of a copy's session: an instance, or `Nothing`.
    Witness(DatabaseId, InstanceId),
    /// Whether a copy sees its witness: `Connected`, `Disconnected`, `Nothing`.
    WitnessLink(DatabaseId, InstanceId),
    /// The primary slot of a store in the published topology: an instance.
    PrimarySlot(StoreId),
    /// The mirror slot of a store in the published topology: an instance, or `Nothing`.
    MirrorSlot(StoreId),
    /// The witness slot of a store in the published topology: an instance, or `Nothing`.
    WitnessSlot(StoreId),
    /// The services of a Front End: `Running`, `Starting`, `Stopped`, `Disabled`, and
    /// `AnnouncedStop` within a full stop.
    Services(FrontEndId),
    /// Whether a Front End's replica holds the published topology: `Current`, `Stale`.
    Replica(FrontEndId),
    /// The primary slot of a store in the topology that a Front End runs.
    LoadedPrimary(FrontEndId, StoreId),
    /// The mirror slot of a store in the topology that a Front End runs.
    LoadedMirror(FrontEndId, StoreId),
    /// The epoch of the SQL host that a Front End counts as voter, at its start: `Original`, `Rebuilt`, `Older`.
    VoterEpoch(FrontEndId),
    /// Whether a Front End started after the last mirror of its pool was created: `Yes`, `No`.
    StartedSinceMirror(FrontEndId),
    /// Whether databases and versions were tested since the last change: `Yes`, `No`.
    Tested(PoolId),
    /// Whether log backups run on every host that holds copies: `Yes`, `No`.
    LogBackups(PoolId),
    /// Whether the reports' data sources name the slots: `Yes`, `No`.
    Reports(PoolId),
    /// Whether the pool holds the Central Management store: `Yes`, `No`.
    HoldsCms(PoolId),
    /// Whether the Central Management store takes writes: `Yes`, `No`.
    CmsWritable,
    /// Whether topology, simple URLs and settings were saved since the last publish by somebody else: `Yes`, `No`.
    Saved,
    /// Whether a publish is running: `Yes`, `No`.
    Publishing,
}

/// A value of a field. Unknown is a value of its own; it satisfies nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // each word is explained at the fields that take it
pub enum Value {
    Unknown,
    Yes,
    No,
    Nothing,
    Instance(InstanceId),
    Original,
    Rebuilt,
    Older,
    Absent,
    Restoring,
    Recovering,
    Unmirrored,
    Principal,
    Mirror,
    NoSession,
    Disconnected,
    Suspended,
    Synchronizing,
    PendingFailover,
    Synchronized,
    Complete,
    Behind,
    Superseded,
    Fresh,
    Full,
    Off,
    Connected,
    Running,
    Starting,
    Stopped,
    AnnouncedStop,
    Disabled,
    Current,
    Stale,
}

impl Value {
    /// Whether the value is known.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::Unknown
    }

    /// The instance, where the value is one.
    #[must_use]
    pub fn instance(self) -> Option<InstanceId> {
        if let Self::Instance(i) = self { Some(i) } else { None }
    }
}

impl From<InstanceId> for Value {
    fn from(i: InstanceId) -> Self {
        Self::Instance(i)
    }
}

impl From<Option<InstanceId>> for Value {
    fn from(i: Option<InstanceId>) -> Self {
        i.map_or(Self::Nothing, Self::Instance)
    }
}

/// Where the fields of an estate stand in a state.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Layout {
    fields: Vec<Field>,
    host: usize,
    instance: usize,
    store: usize,
    pool: usize,
    front_end: Vec<usize>,
    copy: Vec<usize>,
    estate: usize,
}

const COPY: usize = 6;
const FRONT_END: usize = 4;
const POOL: usize = 4;

impl Layout {
    pub(crate) fn of(estate: &Estate) -> Self {
        let mut l = Self::default();
        for h in estate.host_ids() {
            l.fields.extend([Field::Reachable(h), Field::Fenced(h), Field::Epoch(h)]);
        }
        l.instance = l.fields.len();
        for i in estate.instance_ids() {
            l.fields.extend([Field::Answers(i), Field::Ready(i)]);
        }
        l.store = l.fields.len();
        for s in estate.store_ids() {
            l.fields.extend([Field::PrimarySlot(s), Field::MirrorSlot(s), Field::WitnessSlot(s)]);
        }
        l.pool = l.fields.len();
        for p in estate.pool_ids() {
            l.fields.extend([Field::Tested(p), Field::LogBackups(p), Field::Reports(p), Field::HoldsCms(p)]);
        }
        for (i, database) in estate.databases.iter().enumerate() {
            l.copy.push(l.fields.len());
            let d = DatabaseId(u16::try_from(i).unwrap_or(u16::MAX));
            for &at in &estate.store(database.store).instances {
                l.fields.extend([
                    Field::Role(d, at),
                    Field::Session(d, at),
                    Field::Content(d, at),
                    Field::Safety(d, at),
                    Field::Witness(d, at),
                    Field::WitnessLink(d, at),
                ]);
            }
        }
        for f in estate.front_end_ids() {
            l.front_end.push(l.fields.len());
            l.fields.extend([
                Field::Services(f),
                Field::Replica(f),
                Field::VoterEpoch(f),
                Field::StartedSinceMirror(f),
            ]);
            for &s in &estate.pool(estate.front_end(f).pool).stores {
                l.fields.extend([Field::LoadedPrimary(f, s), Field::LoadedMirror(f, s)]);
            }
        }
        l.estate = l.fields.len();
        l.fields.extend([Field::CmsWritable, Field::Saved, Field::Publishing]);
        l
    }

    /// Every field of the estate, in the order of the state.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub(crate) fn place(&self, estate: &Estate, field: Field) -> Option<usize> {
        let copy = |d: DatabaseId, i: InstanceId, offset: usize| {
            let instances = &estate.store(estate.database(d).store).instances;
            instances.iter().position(|&x| x == i).map(|n| self.copy[d.index()] + n * COPY + offset)
        };
        let loaded = |f: FrontEndId, s: StoreId, offset: usize| {
            let stores = &estate.pool(estate.front_end(f).pool).stores;
            stores.iter().position(|&x| x == s).map(|n| self.front_end[f.index()] + FRONT_END + n * 2 + offset)
        };
        let front_end = |f: FrontEndId, offset: usize| Some(self.front_end[f.index()] + offset);
        match field {
            Field::Reachable(h) => Some(h.index() * 3),
            Field::Fenced(h) => Some(h.index() * 3 + 1),
            Field::Epoch(h) => Some(h.index() * 3 + 2),
            Field::Answers(i) => Some(self.instance + i.index() * 2),
            Field::Ready(i) => Some(self.instance + i.index() * 2 + 1),
            Field::Role(d, i) => copy(d, i, 0),
            Field::Session(d, i) => copy(d, i, 1),
            Field::Content(d, i) => copy(d, i, 2),
            Field::Safety(d, i) => copy(d, i, 3),
            Field::Witness(d, i) => copy(d, i, 4),
            Field::WitnessLink(d, i) => copy(d, i, 5),
            Field::PrimarySlot(s) => Some(self.store + s.index() * 3),
            Field::MirrorSlot(s) => Some(self.store + s.index() * 3 + 1),
            Field::WitnessSlot(s) => Some(self.store + s.index() * 3 + 2),
            Field::Services(f) => front_end(f, 0),
            Field::Replica(f) => front_end(f, 1),
            Field::VoterEpoch(f) => front_end(f, 2),
            Field::StartedSinceMirror(f) => front_end(f, 3),
            Field::LoadedPrimary(f, s) => loaded(f, s, 0),
            Field::LoadedMirror(f, s) => loaded(f, s, 1),
            Field::Tested(p) => Some(self.pool + p.index() * POOL),
            Field::LogBackups(p) => Some(self.pool + p.index() * POOL + 1),
            Field::Reports(p) => Some(self.pool + p.index() * POOL + 2),
            Field::HoldsCms(p) => Some(self.pool + p.index() * POOL + 3),
            Field::CmsWritable => Some(self.estate),
            Field::Saved => Some(self.estate + 1),
            Field::Publishing => Some(self.estate + 2),
        }
    }
}

/// A constant write of an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Write {
    /// What is written.
    pub field: Field,
    /// The value it has from then on.
    pub value: Value,
}

/// Short for a [`Write`].
pub fn write(field: Field, value: impl Into<Value>) -> Write {
    Write { field, value: value.into() }
}
