//! The estate: pools, Front Ends, SQL Server instances, stores and databases, by name and by id. What is constant while
//! a plan runs; it knows no facts that change.
//!
//! Everything is sorted, so that the same estate has the same ids whatever the order of the input. An id belongs to one
//! estate; files carry names.

use std::collections::{BTreeMap, BTreeSet};

use topology::names::{Fqdn, SqlInstance};

use crate::database_type::DatabaseType;
use crate::field::{Field, Value};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u16);
        impl $name {
            /// The place in the estate's list.
            #[must_use]
            pub fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    )* };
}

ids! {
    /// A machine that runs SQL Server.
    HostId,
    /// A SQL Server instance.
    InstanceId,
    /// A pool.
    PoolId,
    /// A Front End Server.
    FrontEndId,
    /// A store: the databases of one type that a pool uses.
    StoreId,
    /// A database.
    DatabaseId,
}

/// Product version, from `ServiceVersion` of the topology (5 to 8).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
pub enum Product {
    /// `ServiceVersion` 5.
    #[serde(rename = "Lync Server 2010")]
    Lync2010,
    /// `ServiceVersion` 6.
    #[serde(rename = "Lync Server 2013")]
    Lync2013,
    /// `ServiceVersion` 7.
    #[serde(rename = "Skype for Business Server 2015")]
    Skype2015,
    /// `ServiceVersion` 8; has no SQL mirroring.
    #[serde(rename = "Skype for Business Server 2019")]
    Skype2019,
}

impl Product {
    /// The product's full name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lync2010 => "Lync Server 2010",
            Self::Lync2013 => "Lync Server 2013",
            Self::Skype2015 => "Skype for Business Server 2015",
            Self::Skype2019 => "Skype for Business Server 2019",
        }
    }

    /// Whether SQL mirroring of back ends is supported (operations §1: 2013 and 2015 only).
    #[must_use]
    pub fn mirrors(self) -> bool {
        matches!(self, Self::Lync2013 | Self::Skype2015)
    }
}

/// A Front End pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its name.
    pub fqdn: Fqdn,
    /// Its product.
    pub product: Product,
    /// Its Front Ends, in the order of the topology: the order decides who votes in pools above seven.
    pub front_ends: Vec<FrontEndId>,
    /// The stores it uses, by type; a shared store stands under each of its pools.
    pub stores: Vec<StoreId>,
}

/// A Front End Server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontEnd {
    /// Its name.
    pub fqdn: Fqdn,
    /// Its pool.
    pub pool: PoolId,
}

/// A SQL Server instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Its name.
    pub name: SqlInstance,
    /// The machine.
    pub host: HostId,
}

/// A store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// The pool that is passed to cmdlets: the only user of the store, or the first by name of several.
    pub pool: PoolId,
    /// Every pool that uses it.
    pub users: Vec<PoolId>,
    /// Its type.
    pub kind: DatabaseType,
    /// Its databases, in the order of [`DatabaseType::databases`].
    pub databases: Vec<DatabaseId>,
    /// The instances that may hold copies of it: any slot, observed or desired.
    pub instances: Vec<InstanceId>,
}

/// A database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Database {
    /// Its name in SQL Server.
    pub name: String,
    /// The store it belongs to.
    pub store: StoreId,
    /// Size of its data in megabytes, where known.
    pub megabytes: Option<u64>,
}

/// Constant part of the world.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Estate {
    /// Machines with SQL Server.
    pub hosts: Vec<Fqdn>,
    /// SQL Server instances.
    pub instances: Vec<Instance>,
    /// Pools.
    pub pools: Vec<Pool>,
    /// Front Ends.
    pub front_ends: Vec<FrontEnd>,
    /// Stores.
    pub stores: Vec<Store>,
    /// Databases.
    pub databases: Vec<Database>,
    /// The pool that holds the Central Management store, where known.
    pub cms: Option<PoolId>,
    /// Front Ends by name: they are numbered pool by pool, in the order of the topology.
    front_ends_by_name: Vec<FrontEndId>,
    /// The stores that may have copies on each host, and its instances.
    on_host: Vec<(Vec<StoreId>, Vec<InstanceId>)>,
    layout: crate::field::Layout,
}

/// What an estate is made of; any order.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// Pools.
    pub pools: Vec<PoolPart>,
    /// Stores.
    pub stores: Vec<StorePart>,
    /// SQL Server instances that hold no store but may be named.
    pub instances: Vec<SqlInstance>,
    /// The pool that holds the Central Management store.
    pub cms: Option<Fqdn>,
}

/// A pool, by name.
#[derive(Clone, Debug)]
pub struct PoolPart {
    /// Its name.
    pub fqdn: Fqdn,
    /// Its product.
    pub product: Product,
    /// Its Front Ends in the order of the topology.
    pub front_ends: Vec<Fqdn>,
}

/// A store, by name.
#[derive(Clone, Debug)]
pub struct StorePart {
    /// The pools that use it, one or more.
    pub users: Vec<Fqdn>,
    /// Its type.
    pub kind: DatabaseType,
    /// Sizes of its databases in megabytes, by name.
    pub megabytes: BTreeMap<String, u64>,
    /// The instances that may hold copies of it.
    pub instances: Vec<SqlInstance>,
}

/// Why parts make no estate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EstateError {
    /// A name stands twice.
    #[error("{0} stands twice")]
    Twice(String),
    /// A store names a pool that is not there.
    #[error("the {kind} store names pool {pool}, which is not in the estate")]
    NoPool {
        /// The store's type.
        kind: DatabaseType,
        /// The name.
        pool: Fqdn,
    },
    /// A store without a pool.
    #[error("a {0} store names no pool")]
    NoUser(DatabaseType),
    /// More than ids can number.
    #[error("{count} {what} are more than one estate can hold, {most}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        most: usize,
    },
}

/// The most pools of one estate: publishes are numbered by pool and purpose.
const MOST_POOLS: usize = 0x3fff;
/// The most stores of one estate: failovers are numbered by store and direction.
const MOST_STORES: usize = 0x7fff;
/// The most of anything else.
const MOST: usize = 0xffff;

/// What is numbered was counted first: [`EstateError::TooMany`].
fn id(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn at_most(what: &'static str, count: usize, most: usize) -> Result<(), EstateError> {
    if count > most { Err(EstateError::TooMany { what, count, most }) } else { Ok(()) }
}

impl Estate {
    /// Sorts and numbers the parts.
    ///
    /// # Errors
    /// When a pool, a Front End or a store stands twice, a store names a pool that is not there, or there is more than ids
    /// can number.
    pub fn new(parts: Parts) -> Result<Self, EstateError> {
        let mut estate = Self::default();
        let databases = parts.stores.iter().map(|s| s.kind.databases().len()).sum();
        at_most("pools", parts.pools.len(), MOST_POOLS)?;
        at_most("stores", parts.stores.len(), MOST_STORES)?;
        at_most("databases", databases, MOST)?;
        at_most("Front Ends", parts.pools.iter().map(|p| p.front_ends.len()).sum(), MOST)?;
        let mut instances: BTreeSet<SqlInstance> = parts.instances.into_iter().collect();
        instances.extend(parts.stores.iter().flat_map(|s| s.instances.iter().cloned()));
        at_most("SQL Server instances", instances.len(), MOST)?;
        let hosts: BTreeSet<Fqdn> = instances.iter().map(|i| i.host.clone()).collect();
        estate.hosts = hosts.into_iter().collect();
        for name in instances {
            let host = estate.hosts.binary_search(&name.host).map_or(HostId(u16::MAX), |i| HostId(id(i)));
            estate.instances.push(Instance { name, host });
        }
        let mut pools = parts.pools;
        pools.sort_by(|a, b| a.fqdn.cmp(&b.fqdn));
        let mut known: BTreeSet<Fqdn> = BTreeSet::new();
        for (i, part) in pools.into_iter().enumerate() {
            if estate.pools.last().is_some_and(|p| p.fqdn == part.fqdn) {
                return Err(EstateError::Twice(part.fqdn.to_string()));
            }
            let mut front_ends = Vec::new();
            for fqdn in part.front_ends {
                if !known.insert(fqdn.clone()) {
                    return Err(EstateError::Twice(fqdn.to_string()));
                }
                front_ends.push(FrontEndId(id(estate.front_ends.len())));
                estate.front_ends.push(FrontEnd { fqdn, pool: PoolId(id(i)) });
            }
            estate.pools.push(Pool { fqdn: part.fqdn, product: part.product, front_ends, stores: Vec::new() });
        }
        let mut stores = Vec::new();
        for part in parts.stores {
            let mut users = Vec::new();
            for pool in &part.users {
                let found = estate.pool_named(pool);
                users.push(found.ok_or_else(|| EstateError::NoPool { kind: part.kind, pool: pool.clone() })?);
            }
            users.sort_unstable();
            users.dedup();
            let pool = *users.first().ok_or(EstateError::NoUser(part.kind))?;
            stores.push((pool, part.kind, users, part));
        }
        stores.sort_by_key(|s| (s.0, s.1));
        for (pool, kind, users, part) in stores {
            let store = StoreId(id(estate.stores.len()));
            let databases = estate.number_databases(store, kind, &part.megabytes);
            let mut instances: Vec<_> = part.instances.iter().filter_map(|i| estate.instance_named(i)).collect();
            instances.sort_unstable();
            instances.dedup();
            for &user in &users {
                let used = &mut estate.pools[user.index()].stores;
                if used.iter().any(|&s| estate.stores[s.index()].kind == kind) {
                    return Err(EstateError::Twice(format!("the {kind} store of {}", estate.pools[user.index()].fqdn)));
                }
                used.push(store);
            }
            estate.stores.push(Store { pool, users, kind, databases, instances });
        }
        for i in 0..estate.pools.len() {
            let mut used = std::mem::take(&mut estate.pools[i].stores);
            used.sort_by_key(|&s| estate.stores[s.index()].kind);
            estate.pools[i].stores = used;
        }
        estate.cms = parts.cms.as_ref().and_then(|p| estate.pool_named(p));
        estate.index();
        estate.layout = crate::field::Layout::of(&estate);
        Ok(estate)
    }

    /// What is asked for by name or by host.
    fn index(&mut self) {
        let mut by_name: Vec<FrontEndId> = self.front_end_ids().collect();
        by_name.sort_by(|&a, &b| self.front_end(a).fqdn.cmp(&self.front_end(b).fqdn));
        self.front_ends_by_name = by_name;
        let mut on_host = vec![(Vec::new(), Vec::new()); self.hosts.len()];
        for i in self.instance_ids() {
            on_host[self.host_of(i).index()].1.push(i);
        }
        for s in self.store_ids() {
            let hosts: BTreeSet<HostId> = self.store(s).instances.iter().map(|&i| self.host_of(i)).collect();
            hosts.into_iter().for_each(|h| on_host[h.index()].0.push(s));
        }
        self.on_host = on_host;
    }

    fn number_databases(
        &mut self,
        store: StoreId,
        kind: DatabaseType,
        sizes: &BTreeMap<String, u64>,
    ) -> Vec<DatabaseId> {
        let size = |name: &str| sizes.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, &mb)| mb);
        let first = self.databases.len();
        self.databases.extend(kind.databases().iter().map(|&name| Database {
            name: name.to_owned(),
            store,
            megabytes: size(name),
        }));
        (first..self.databases.len()).map(|i| DatabaseId(id(i))).collect()
    }

    /// Where each field stands in a state of this estate.
    #[must_use]
    pub fn layout(&self) -> &crate::field::Layout {
        &self.layout
    }

    /// Writes down which pools hold the Central Management store, where that is known.
    pub fn place_cms(&self, state: &mut crate::field::State) {
        let Some(holder) = self.cms else { return };
        for p in self.pool_ids() {
            let holds = if p == holder { Value::Yes } else { Value::No };
            state.set(self, Field::HoldsCms(p), holds);
        }
    }

    /// The pool of that name.
    #[must_use]
    pub fn pool_named(&self, fqdn: &Fqdn) -> Option<PoolId> {
        self.pools.binary_search_by(|p| p.fqdn.cmp(fqdn)).ok().map(|i| PoolId(id(i)))
    }

    /// The Front End of that name.
    #[must_use]
    pub fn front_end_named(&self, fqdn: &Fqdn) -> Option<FrontEndId> {
        let found = self.front_ends_by_name.binary_search_by(|&f| self.front_end(f).fqdn.cmp(fqdn));
        found.ok().map(|i| self.front_ends_by_name[i])
    }

    /// The host of that name.
    #[must_use]
    pub fn host_named(&self, fqdn: &Fqdn) -> Option<HostId> {
        self.hosts.binary_search(fqdn).ok().map(|i| HostId(id(i)))
    }

    /// The instance of that name.
    #[must_use]
    pub fn instance_named(&self, name: &SqlInstance) -> Option<InstanceId> {
        self.instances.binary_search_by(|i| i.name.cmp(name)).ok().map(|i| InstanceId(id(i)))
    }

    /// The stores that may have copies on a host.
    #[must_use]
    pub fn stores_on(&self, h: HostId) -> &[StoreId] {
        &self.on_host[h.index()].0
    }

    /// The instances of a host.
    #[must_use]
    pub fn instances_on(&self, h: HostId) -> &[InstanceId] {
        &self.on_host[h.index()].1
    }

    /// The store of that type that a pool uses.
    #[must_use]
    pub fn store_of(&self, pool: PoolId, kind: DatabaseType) -> Option<StoreId> {
        self.pool(pool).stores.iter().copied().find(|&s| self.store(s).kind == kind)
    }

    /// The database of that name that a pool uses.
    #[must_use]
    pub fn database_of(&self, pool: PoolId, name: &str) -> Option<DatabaseId> {
        let stores = self.pool(pool).stores.iter();
        stores
            .flat_map(|&s| &self.store(s).databases)
            .copied()
            .find(|&d| self.database(d).name.eq_ignore_ascii_case(name))
    }

    /// All pools.
    pub fn pool_ids(&self) -> impl Iterator<Item = PoolId> + use<> {
        (0..id(self.pools.len())).map(PoolId)
    }

    /// All stores.
    pub fn store_ids(&self) -> impl Iterator<Item = StoreId> + use<> {
        (0..id(self.stores.len())).map(StoreId)
    }

    /// All hosts.
    pub fn host_ids(&self) -> impl Iterator<Item = HostId> + use<> {
        (0..id(self.hosts.len())).map(HostId)
    }

    /// All instances.
    pub fn instance_ids(&self) -> impl Iterator<Item = InstanceId> + use<> {
        (0..id(self.instances.len())).map(InstanceId)
    }

    /// All Front Ends.
    pub fn front_end_ids(&self) -> impl Iterator<Item = FrontEndId> + use<> {
        (0..id(self.front_ends.len())).map(FrontEndId)
    }

    /// A pool by id.
    #[must_use]
    pub fn pool(&self, p: PoolId) -> &Pool {
        &self.pools[p.index()]
    }

    /// A store by id.
    #[must_use]
    pub fn store(&self, s: StoreId) -> &Store {
        &self.stores[s.index()]
    }

    /// A database by id.
    #[must_use]
    pub fn database(&self, d: DatabaseId) -> &Database {
        &self.databases[d.index()]
    }

    /// A Front End by id.
    #[must_use]
    pub fn front_end(&self, f: FrontEndId) -> &FrontEnd {
        &self.front_ends[f.index()]
    }

    /// A host's name by id.
    #[must_use]
    pub fn host(&self, h: HostId) -> &Fqdn {
        &self.hosts[h.index()]
    }

    /// An instance by id.
    #[must_use]
    pub fn instance(&self, i: InstanceId) -> &Instance {
        &self.instances[i.index()]
    }

    /// The host of an instance.
    #[must_use]
    pub fn host_of(&self, i: InstanceId) -> HostId {
        self.instance(i).host
    }

    /// A database with its pool, as consent names it: `pool01.contoso.com/LcsCDR`.
    #[must_use]
    pub fn qualified(&self, d: DatabaseId) -> String {
        let database = self.database(d);
        format!("{}/{}", self.pool(self.store(database.store).pool).fqdn, database.name)
    }
}
