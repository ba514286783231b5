//! The simulated deployment: one file that is the whole world of a demo or a rehearsal. Plain data, its lookups, and how
//! it is read and written; what changes it stands in the other modules. It knows nothing of plans or declarations.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use model::database_type::DatabaseType;
use serde::{Deserialize, Serialize};
use topology::names::{Fqdn, SqlInstance};

use super::backups::{Offer, SeedFile};
use super::deed::Pending;
use super::fault::Fault;
use super::host::{Copy, Host, SqlServer};
use super::ledger::Loss;
use super::pool::{FrontEnd, Pool, Published};
use super::restore::Backup;

/// The version of the file that this program writes, and the only one it reads.
pub const FORMAT: u32 = 1;

/// The whole world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deployment {
    /// Version of the file.
    pub format: u32,
    /// The virtual clock.
    pub now: Timestamp,
    /// The Central Management store.
    pub cms: Cms,
    /// The share through which new mirrors are seeded.
    pub share: Share,
    /// The published topology.
    pub published: Published,
    /// Pools.
    pub pools: Vec<Pool>,
    /// Machines with SQL Server.
    pub hosts: Vec<Host>,
    /// What was exported, and when: the name of the cmdlet.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub saved: BTreeMap<String, Timestamp>,
    /// People's word that a machine cannot serve. In a demo the simulation plays the people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fences: Vec<FenceWord>,
    /// Faults to come.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// What was sent and has not taken effect yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<Pending>,
    /// What was lost, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ledger: Vec<Loss>,
    /// What happened, in order, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// When something was last done to the world: time passes in smaller steps for a while then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stirred: Option<Timestamp>,
    /// The topology document in force, where one is given; the table of slots decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// An earlier document, whose words a mirror can be put back with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirrored_document: Option<String>,
    /// Files that a cmdlet may be told to read, by the name it is told.
    #[serde(skip)]
    pub files: BTreeMap<String, String>,
    /// Backups on the seeding share, by file.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seed_files: BTreeMap<String, SeedFile>,
    /// What copies that are to be mirrors were told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offer>,
    /// Numbers the sessions that are created.
    #[serde(default)]
    pub sessions: u32,
    /// The site's own backups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub backups: Vec<Backup>,
}

/// The Central Management store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cms {
    /// The pool that holds it.
    pub pool: Fqdn,
    /// Whether its service takes writes, as long as its databases serve.
    pub writable: bool,
}

/// The seeding share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Its UNC path.
    pub path: String,
    /// Whether it takes writes.
    pub writable: bool,
}

/// A person's word for a fence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FenceWord {
    /// The machine.
    pub host: Fqdn,
    /// When it was given.
    pub at: Timestamp,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: String,
}

/// Why a deployment cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DeploymentError {
    /// The file system refuses.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it says.
        source: std::io::Error,
    },
    /// The text is not a deployment.
    #[error("{}:{}:{}: {source}", path.display(), source.line(), source.column())]
    Text {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        source: serde_json::Error,
    },
    /// Written by another version.
    #[error("{}: format {found}; this program reads format {FORMAT}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: u32,
    },
}

impl Deployment {
    /// Reads a deployment.
    ///
    /// # Errors
    /// When the file cannot be read, is no deployment, or has another format.
    pub fn load(path: &Path) -> Result<Self, DeploymentError> {
        let text = std::fs::read(path).map_err(|source| DeploymentError::Io { path: path.into(), source })?;
        let deployment: Self =
            serde_json::from_slice(&text).map_err(|source| DeploymentError::Text { path: path.into(), source })?;
        if deployment.format != FORMAT {
            return Err(DeploymentError::Format { path: path.into(), found: deployment.format });
        }
        Ok(deployment)
    }

    /// Writes it in one piece: whoever reads it sees the world before or after, never half of it.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn save(&self, path: &Path) -> Result<(), DeploymentError> {
        let io = |source| DeploymentError::Io { path: path.into(), source };
        let mut file = atomic_write_file::AtomicWriteFile::open(path).map_err(io)?;
        file.write_all(self.to_json().as_bytes()).map_err(io)?;
        file.commit().map_err(io)
    }

    /// The text of the file: the same deployment gives the same bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Plain data with text keys always has a text; an empty one would be refused by `load`.
        serde_json::to_string_pretty(self).map(|t| t + "\n").unwrap_or_default()
    }

    /// The clock, with seconds added.
    #[must_use]
    pub fn after(&self, seconds: u64) -> Timestamp {
        later(self.now, seconds)
    }

    /// Seconds since a time; zero for a time to come.
    #[must_use]
    pub fn since(&self, at: Timestamp) -> u64 {
        u64::try_from(self.now.duration_since(at).as_secs()).unwrap_or(0)
    }

    /// Writes down that something happened.
    pub fn note(&mut self, what: impl Into<String>) {
        self.events.push(Event { at: self.now, what: what.into() });
    }

    /// The host of that name.
    #[must_use]
    pub fn host(&self, name: &Fqdn) -> Option<&Host> {
        self.hosts.iter().find(|h| h.name == *name)
    }

    /// The same, to be changed.
    pub fn host_mut(&mut self, name: &Fqdn) -> Option<&mut Host> {
        self.hosts.iter_mut().find(|h| h.name == *name)
    }

    /// The instance of that name, whether it answers or not.
    #[must_use]
    pub fn instance(&self, name: &SqlInstance) -> Option<&SqlServer> {
        self.host(&name.host)?.instance(&name.name)
    }

    /// The same, to be changed.
    pub fn instance_mut(&mut self, name: &SqlInstance) -> Option<&mut SqlServer> {
        self.host_mut(&name.host)?.instances.iter_mut().find(|i| i.name == name.name)
    }

    /// Whether an instance answers a login.
    #[must_use]
    pub fn answers(&self, name: &SqlInstance) -> bool {
        self.host(&name.host).is_some_and(Host::answers) && self.instance(name).is_some_and(|i| i.running)
    }

    /// Whether two instances can talk to each other: session partners, or a witness and a partner.
    #[must_use]
    pub fn linked(&self, a: &SqlInstance, b: &SqlInstance) -> bool {
        let listens = |i| self.answers(i) && self.instance(i).and_then(|s| s.endpoint).is_none_or(|e| e.started);
        listens(a) && listens(b)
    }

    /// A copy.
    #[must_use]
    pub fn copy(&self, at: &SqlInstance, database: &str) -> Option<&Copy> {
        self.instance(at)?.copy(database)
    }

    /// The same, to be changed.
    pub fn copy_mut(&mut self, at: &SqlInstance, database: &str) -> Option<&mut Copy> {
        self.instance_mut(at)?.databases.iter_mut().find(|c| c.name.eq_ignore_ascii_case(database))
    }

    /// Every copy of every database, with the machine and the instance it lies on.
    pub fn each_copy(&self) -> impl Iterator<Item = (&Host, &SqlServer, &Copy)> {
        self.hosts.iter().flat_map(|h| h.instances.iter().flat_map(move |i| i.databases.iter().map(move |c| (h, i, c))))
    }

    /// Every copy of every database: the name of the instance, and the copy.
    pub fn copies(&self) -> impl Iterator<Item = (SqlInstance, &Copy)> {
        self.each_copy().map(|(h, i, c)| (SqlInstance { host: h.name.clone(), name: i.name.clone() }, c))
    }

    /// Every instance.
    #[must_use]
    pub fn instance_names(&self) -> Vec<SqlInstance> {
        let of = |h: &Host| {
            let host = h.name.clone();
            h.instances
                .iter()
                .map(move |i| SqlInstance { host: host.clone(), name: i.name.clone() })
                .collect::<Vec<_>>()
        };
        self.hosts.iter().flat_map(of).collect()
    }

    /// The pool of that name.
    #[must_use]
    pub fn pool(&self, name: &Fqdn) -> Option<&Pool> {
        self.pools.iter().find(|p| p.name == *name)
    }

    /// The same, to be changed.
    pub fn pool_mut(&mut self, name: &Fqdn) -> Option<&mut Pool> {
        self.pools.iter_mut().find(|p| p.name == *name)
    }

    /// The Front End of that name.
    #[must_use]
    pub fn front_end(&self, name: &Fqdn) -> Option<&FrontEnd> {
        self.pools.iter().flat_map(|p| &p.front_ends).find(|f| f.name == *name)
    }

    /// The same, to be changed.
    pub fn front_end_mut(&mut self, name: &Fqdn) -> Option<&mut FrontEnd> {
        self.pools.iter_mut().flat_map(|p| &mut p.front_ends).find(|f| f.name == *name)
    }

    /// Writes down that copies or slots of a store changed, for every pool that uses it.
    pub fn touched(&mut self, kind: DatabaseType, at: &SqlInstance) {
        let now = self.now;
        let near = |s: &&super::pool::Store| {
            s.slots.kind == kind && (s.slots.primary == *at || s.slots.mirror.as_ref() == Some(at))
        };
        let users: Vec<Fqdn> = self.published.stores.iter().filter(near).flat_map(|s| s.pools.clone()).collect();
        for pool in self.pools.iter_mut().filter(|p| users.contains(&p.name)) {
            pool.changed = Some(now);
        }
    }
}

/// A time, with seconds added; the end of time at most.
#[must_use]
pub fn later(at: Timestamp, seconds: u64) -> Timestamp {
    let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}
