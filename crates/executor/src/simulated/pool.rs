//! Pools and Front Ends: services, the topology that a Front End received and the one it runs. Plain data; the rules of
//! quorum and of starting are in `fabric`.

use jiff::Timestamp;
use model::database_type::DatabaseType;
use model::estate::Product;
use serde::{Deserialize, Serialize};
use topology::names::{Fqdn, SqlInstance};

/// A Front End pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// Its name.
    pub name: Fqdn,
    /// Its product.
    pub product: Product,
    /// Its Front Ends, in the order of the topology.
    pub front_ends: Vec<FrontEnd>,
    /// The data sources of the Monitoring reports (operations §2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports: Option<ReportSource>,
    /// When databases and versions were last tested and found right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested: Option<Timestamp>,
    /// When copies or slots of its stores last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<Timestamp>,
}

impl Pool {
    /// Whether a Front End of it runs.
    pub(super) fn runs(&self) -> bool {
        self.front_ends.iter().any(|f| f.power && f.services == Services::Running)
    }
}

/// What the reports read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportSource {
    /// The server of the connection string.
    pub server: SqlInstance,
    /// Its `Failover Partner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<SqlInstance>,
}

/// A Front End Server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontEnd {
    /// Its name.
    pub name: Fqdn,
    /// Whether it has power and network.
    #[serde(default = "yes")]
    pub power: bool,
    /// Its services.
    pub services: Services,
    /// When the services were last told to start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started: Option<Timestamp>,
    /// When the last service ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running_since: Option<Timestamp>,
    /// The slots that it read when it started.
    pub loaded: Vec<Slots>,
    /// The SQL host that it took for a voter when it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voter: Option<Voter>,
    /// The topology that its replica holds.
    pub replica: Replica,
}

fn yes() -> bool {
    true
}

/// State of the services of a Front End, RTCSRV first of all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Services {
    /// All run.
    Running,
    /// RTCSRV is StartPending.
    Starting,
    /// None runs.
    Stopped,
    /// None runs and none may be started: the left-over of `Invoke-CsComputerFailOver` (operations §11.1).
    Disabled,
}

/// The machine that votes for a pool besides its Front Ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voter {
    /// The SQL host in the primary slot of the user store.
    pub instance: SqlInstance,
    /// The installation that was taken.
    pub windows_installed: Timestamp,
}

/// A replica of the Central Management store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replica {
    /// The publish that it holds.
    pub version: u32,
    /// When it arrived, on the Front End's clock.
    pub received: Timestamp,
    /// The slots in it, of the pool's stores.
    pub slots: Vec<Slots>,
    /// Why it receives nothing, where it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stuck: Option<Stuck>,
    /// When it was last told to hurry: it receives what there is two to three minutes later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forced: Option<Timestamp>,
}

/// Why a replica receives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stuck {
    /// It waits to be told.
    UntilForced,
    /// A share, a certificate or a service is not right.
    UntilMended,
}

/// The slots of a store in one topology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slots {
    /// The store's type.
    pub kind: DatabaseType,
    /// The primary slot.
    pub primary: SqlInstance,
    /// The mirror slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<SqlInstance>,
    /// The witness slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<SqlInstance>,
}

/// A store in the published topology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The pools that use it.
    pub pools: Vec<Fqdn>,
    /// Its slots.
    pub slots: Slots,
    /// Instances that held it until their machines were built anew. The topology defines them all the same, so that they
    /// can be named again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<SqlInstance>,
}

/// The published topology.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Counts publishes.
    pub version: u32,
    /// When it was published.
    pub at: Timestamp,
    /// When it was last published by somebody outside the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_at: Option<Timestamp>,
    /// Its stores.
    pub stores: Vec<Store>,
    /// What else was changed by slips: named only so that a comparison can find it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unplanned: Vec<String>,
}

impl Published {
    /// The store of that type that a pool uses.
    #[must_use]
    pub fn store(&self, pool: &Fqdn, kind: DatabaseType) -> Option<&Store> {
        self.stores.iter().find(|s| s.slots.kind == kind && s.pools.contains(pool))
    }

    /// The same, to be changed.
    pub fn store_mut(&mut self, pool: &Fqdn, kind: DatabaseType) -> Option<&mut Store> {
        self.stores.iter_mut().find(|s| s.slots.kind == kind && s.pools.contains(pool))
    }

    /// The slots of every store that a pool uses.
    #[must_use]
    pub fn slots_of(&self, pool: &Fqdn) -> Vec<Slots> {
        self.stores.iter().filter(|s| s.pools.contains(pool)).map(|s| s.slots.clone()).collect()
    }
}
