//! Pools: clusters that serve users, with their Front Ends and the slots of their stores; it reads no XML itself.

use std::collections::BTreeMap;

use crate::names::Fqdn;
use crate::slots::Slots;
use crate::store::StoreRole;
use crate::view::Topology;
use crate::vocabulary::VERSIONS;

/// A pool: a cluster on which `UserServices` or `Registrar` is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its name.
    pub fqdn: Fqdn,
    /// `SiteId` of its site; empty if the document has no such site.
    pub site: String,
    /// `ServiceVersion` of its Registrar or UserServices: 5 to 8 in known products.
    pub version: Option<u8>,
    /// Its Front End Servers, by ordinal.
    pub front_ends: Vec<FrontEnd>,
    /// The stores that its services depend on.
    pub stores: BTreeMap<StoreRole, Slots>,
}

impl Pool {
    /// The product's name: `Lync Server 2013`.
    #[must_use]
    pub fn product(&self) -> Option<&'static str> {
        product(self.version?)
    }
}

/// The product that a `ServiceVersion` belongs to.
#[must_use]
pub fn product(version: u8) -> Option<&'static str> {
    VERSIONS.iter().find(|&&(v, _)| v == version).map(|&(_, name)| name)
}

/// A Front End Server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrontEnd {
    /// Its name.
    pub fqdn: Fqdn,
    /// `FaultDomain`, the routing group's fault domain.
    pub fault_domain: Option<String>,
    /// `UpgradeDomain`.
    pub upgrade_domain: Option<String>,
}

/// A pool that can hold the Central Management Server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CentralManagement {
    /// The pool.
    pub pool: Fqdn,
    /// `IsActive`; of two paired pools one is active. None if the document does not say it.
    pub active: Option<bool>,
}

impl Topology {
    /// All pools, in order of the document. A pool whose name is no host name is left out and warned about.
    #[must_use]
    pub fn pools(&self) -> Vec<Pool> {
        (0..self.records.clusters.len()).filter_map(|cluster| self.pool(cluster as u32)).collect()
    }

    fn pool(&self, number: u32) -> Option<Pool> {
        let mut serving = self.services_on(number).map(|s| self.service(s));
        let service = serving.find(|s| matches!(&*s.role, "UserServices" | "Registrar"))?;
        let cluster = &self.records.clusters[number as usize];
        let stores = StoreRole::ALL.into_iter().filter_map(|store| {
            let relation = self.relation_on(number, store)?;
            Some((store, self.judge(&relation, store)))
        });
        Some(Pool {
            fqdn: cluster.fqdn.clone()?,
            site: cluster.site.map(|s| self.records.sites[s as usize].id.clone()).unwrap_or_default(),
            version: service.version,
            front_ends: self.front_ends(number),
            stores: stores.collect(),
        })
    }

    fn front_ends(&self, number: u32) -> Vec<FrontEnd> {
        let mut machines: Vec<_> = self.cluster(number).machines().collect();
        machines.sort_by_key(|m| m.ordinal());
        let front_end = |m: crate::view::Machine<'_>| {
            Some(FrontEnd {
                fqdn: m.fqdn()?.clone(),
                fault_domain: m.fault_domain().map(Into::into),
                upgrade_domain: m.upgrade_domain().map(Into::into),
            })
        };
        machines.into_iter().filter_map(front_end).collect()
    }

    /// The pools on which `CentralMgmt` is installed.
    #[must_use]
    pub fn central_management_pools(&self) -> Vec<CentralManagement> {
        let central = self.services().filter(|s| s.role() == StoreRole::CentralMgmt.consumer());
        let pool = |s: crate::view::Service<'_>| {
            let active = s.role_attribute("IsActive").and_then(|v| v.parse().ok());
            Some(CentralManagement { pool: s.cluster()?.fqdn()?.clone(), active })
        };
        central.filter_map(pool).collect()
    }
}
