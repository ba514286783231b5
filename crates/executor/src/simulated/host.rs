//! Machines with SQL Server, their instances, the copies of databases on them and the sessions of those copies. Plain
//! data with the truths that follow from it; it knows neither time nor who changes it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use topology::names::{Fqdn, InstanceName, SqlInstance};

/// A machine with SQL Server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    /// Its name.
    pub name: Fqdn,
    /// Whether it has power.
    pub power: bool,
    /// Whether it is on the network.
    pub network: bool,
    /// When Windows was installed: half of the machine's epoch.
    pub windows_installed: Timestamp,
    /// Since when nothing on it has answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<Timestamp>,
    /// Whether a job backs up the logs of its databases. Jobs do not move with a role (operations §2.2).
    #[serde(default)]
    pub log_backups: bool,
    /// SQL Server instances.
    #[serde(default)]
    pub instances: Vec<SqlServer>,
}

impl Host {
    /// Whether anything on it answers.
    #[must_use]
    pub fn answers(&self) -> bool {
        self.power && self.network
    }

    /// The instance of that name.
    #[must_use]
    pub fn instance(&self, name: &InstanceName) -> Option<&SqlServer> {
        self.instances.iter().find(|i| i.name == *name)
    }
}

/// A SQL Server instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SqlServer {
    /// Its name on the machine; empty for the default instance.
    pub name: InstanceName,
    /// When it was installed: the other half of the epoch.
    pub installed: Timestamp,
    /// Its version, `11.0.7001.0`.
    pub version: String,
    /// Its edition, `Standard`.
    pub edition: String,
    /// Whether the service runs.
    pub running: bool,
    /// Whether its service account may write to the share through which mirrors are seeded.
    #[serde(default = "yes")]
    pub share_rights: bool,
    /// The mirroring endpoint, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<Endpoint>,
    /// Its databases.
    #[serde(default)]
    pub databases: Vec<Copy>,
}

fn yes() -> bool {
    true
}

impl SqlServer {
    /// The copy of that database. SQL Server compares names without case, and so do the tools (operations §8.1).
    #[must_use]
    pub fn copy(&self, database: &str) -> Option<&Copy> {
        self.databases.iter().find(|c| c.name.eq_ignore_ascii_case(database))
    }

    /// Version and edition, as a gate asks for them: `11.0.7001.0 Standard`.
    #[must_use]
    pub fn build(&self) -> String {
        format!("{} {}", self.version, self.edition)
    }
}

/// A mirroring endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Its port.
    pub port: u16,
    /// Whether it is STARTED.
    pub started: bool,
}

/// State of a copy in `sys.databases`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CopyState {
    /// It serves.
    Online,
    /// It waits for logs: a mirror, or the left-over of one.
    Restoring,
    /// A principal that lost its quorum and serves nobody (operations §7.5).
    Recovering,
}

/// A copy of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// The database.
    pub name: String,
    /// `family_guid` of `sys.database_recovery_status`, as a number: copies of one database share it, and databases of
    /// one name in two stores do not.
    pub family: u32,
    /// Its size.
    pub megabytes: u64,
    /// Its state.
    pub state: CopyState,
    /// Its recovery fork: a forced failover or a recovery begins a new one.
    pub fork: u32,
    /// How far its log goes: everything up to here is committed in it.
    pub log: u64,
    /// Its mirroring session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// The newest row of the mirroring monitor in this instance's msdb about this copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor: Option<MonitorRow>,
    /// The last backup of its log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backed_up: Option<Timestamp>,
    /// Whether it was created and holds nothing yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
}

impl Copy {
    /// Whether it is online for clients.
    #[must_use]
    pub fn online(&self) -> bool {
        self.state == CopyState::Online
    }

    /// The role of its session.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.session.as_ref().map(|s| s.role)
    }

    /// Its place in the history of the database: later is more.
    #[must_use]
    pub fn position(&self) -> (u32, u64) {
        (self.fork, self.log)
    }
}

/// Role of a copy in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// It serves and sends.
    Principal,
    /// It receives.
    Mirror,
}

/// State of a session, as `sys.database_mirroring` of that copy's instance says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SessionState {
    /// The partner does not answer.
    Disconnected,
    /// Paused: after a forced failover, or because a log is full.
    Suspended,
    /// The mirror catches up.
    Synchronizing,
    /// Both hold the same.
    Synchronized,
}

/// Whether a commit waits for the mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Safety {
    /// It does. The only setting that the products support.
    Full,
    /// It does not.
    Off,
}

/// A mirroring session, as one of its two copies remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// `mirroring_guid`: the same on both partners.
    pub guid: String,
    /// The role of this copy.
    pub role: Role,
    /// The instance of the other copy.
    pub partner: SqlInstance,
    /// Its state.
    pub state: SessionState,
    /// Its safety level.
    pub safety: Safety,
    /// When it was created.
    pub created: Timestamp,
    /// Its witness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<WitnessLink>,
    /// Since when the partner has been silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_since: Option<Timestamp>,
    /// When a mirror that catches up will have caught up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synchronized_at: Option<Timestamp>,
    /// Whether it was SYNCHRONIZED when the partner fell silent: SQL Server knows, `sys.database_mirroring` does not say.
    #[serde(default)]
    pub was_synchronized: bool,
    /// Whether it goes on although the partner has ended it: the word was given while the two did not see each other, and
    /// is not given again (operations §8.2). Ended here as well, it is gone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unheard: bool,
}

/// The witness of a session, as a copy sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessLink {
    /// The instance.
    pub instance: SqlInstance,
    /// Whether it answers.
    pub connected: bool,
}

/// A row of the mirroring monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MonitorRow {
    /// When it was written.
    pub at: Timestamp,
    /// Whether the session was SYNCHRONIZED then.
    pub synchronized: bool,
}
