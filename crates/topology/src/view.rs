//! The typed view of one topology, as borrowed pieces that point back into the text; it judges nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::names::{Fqdn, SqlInstance};
use crate::records::{ClusterRecord, DependencyRecord, Installed, MachineRecord, Records, ServiceRecord, SqlRecord};
use crate::source::Source;
use crate::tree::{NodeId, Xml};
use crate::vocabulary::{Ns, Tag};

/// Which of the two documents this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `<Topology>`, what `Get-CsTopology -AsXml` answers and `Publish-CsTopology` takes.
    Published,
    /// `<TopologyBuilder>`, a `.tbxml` that only Topology Builder can publish.
    Builder,
}

impl Form {
    /// The name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Published => "published form",
            Self::Builder => "Topology Builder file",
        }
    }
}

/// What one topology lists. A `.tbxml` can hold two.
#[derive(Debug)]
pub struct Topology {
    pub(crate) source: Arc<Source>,
    pub(crate) form: Form,
    pub(crate) root: NodeId,
    pub(crate) records: Records,
    /// (cluster, service) in order, for the services that are installed on a cluster.
    by_cluster: Vec<(u32, u32)>,
    by_fqdn: OnceLock<HashMap<Fqdn, Vec<u32>>>,
    /// SQL instances without any service.
    pub(crate) unused: Arc<[SqlInstance]>,
}

impl Topology {
    pub(crate) fn new(source: Arc<Source>, form: Form, root: NodeId, records: Records) -> Self {
        let on_cluster = |(number, service): (usize, &ServiceRecord)| match service.installed {
            Installed::Cluster(cluster) => Some((cluster, number as u32)),
            Installed::Sql(_) | Installed::Nowhere => None,
        };
        let mut by_cluster: Vec<_> = records.services.iter().enumerate().filter_map(on_cluster).collect();
        by_cluster.sort_unstable();
        let unused = records.sqls.iter().filter(|s| !s.used).filter_map(|s| s.instance.clone()).collect();
        Self { source, form, root, records, by_cluster, by_fqdn: OnceLock::new(), unused }
    }

    /// Which form the document has that this topology stands in.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// The sites, in order of the document.
    pub fn sites(&self) -> impl Iterator<Item = Site<'_>> {
        self.records.sites.iter().map(|r| Site { topology: self, node: r.node, id: &r.id })
    }

    /// The clusters: pools, SQL Servers, file servers, gateways.
    pub fn clusters(&self) -> impl Iterator<Item = Cluster<'_>> {
        self.records.clusters.iter().map(|record| Cluster { topology: self, record })
    }

    /// The SQL instances, those without a service included.
    pub fn sql_instances(&self) -> impl Iterator<Item = ListedSqlInstance<'_>> {
        self.records.sqls.iter().map(|record| ListedSqlInstance { topology: self, record })
    }

    /// The services.
    pub fn services(&self) -> impl Iterator<Item = Service<'_>> {
        self.records.services.iter().map(|record| Service { topology: self, record })
    }

    pub(crate) fn xml(&self) -> Xml<'_> {
        self.source.xml()
    }

    /// Numbers of the services installed on a cluster, in order of the document.
    pub(crate) fn services_on(&self, cluster: u32) -> impl Iterator<Item = u32> {
        let from = self.by_cluster.partition_point(|&(c, _)| c < cluster);
        self.by_cluster[from..].iter().take_while(move |&&(c, _)| c == cluster).map(|&(_, service)| service)
    }

    /// Numbers of the clusters with this name. Several may share one, such as a domain that names a DFS share.
    pub(crate) fn clusters_named(&self, fqdn: &Fqdn) -> &[u32] {
        let make = || {
            let mut map: HashMap<Fqdn, Vec<u32>> = HashMap::new();
            for (number, cluster) in self.records.clusters.iter().enumerate() {
                if let Some(fqdn) = &cluster.fqdn {
                    map.entry(fqdn.clone()).or_default().push(number as u32);
                }
            }
            map
        };
        self.by_fqdn.get_or_init(make).get(fqdn).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn cluster(&self, number: u32) -> Cluster<'_> {
        Cluster { topology: self, record: &self.records.clusters[number as usize] }
    }

    pub(crate) fn service(&self, number: u32) -> &ServiceRecord {
        &self.records.services[number as usize]
    }

    pub(crate) fn dependency(&self, number: u32) -> &DependencyRecord {
        &self.records.dependencies[number as usize]
    }

    pub(crate) fn sql(&self, number: u32) -> &SqlRecord {
        &self.records.sqls[number as usize]
    }
}

/// A site.
#[derive(Clone, Copy, Debug)]
pub struct Site<'a> {
    topology: &'a Topology,
    node: NodeId,
    id: &'a str,
}

impl<'a> Site<'a> {
    /// `SiteId`.
    #[must_use]
    pub fn id(&self) -> &'a str {
        self.id
    }

    /// The name that people gave it; empty if there is none.
    #[must_use]
    pub fn name(&self) -> Cow<'a, str> {
        let xml = self.topology.xml();
        xml.child(self.node, Ns::Topology, Tag::Name).map_or(Cow::Borrowed(""), |n| xml.content(n))
    }

    /// Where its element stands in the text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.topology.xml().span(self.node)
    }
}

/// A cluster.
#[derive(Clone, Copy, Debug)]
pub struct Cluster<'a> {
    topology: &'a Topology,
    record: &'a ClusterRecord,
}

impl<'a> Cluster<'a> {
    /// `1:2` of the published form, the `UniqueId` of the other.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.record.identity
    }

    /// Its name; none if what stands there is no host name.
    #[must_use]
    pub fn fqdn(&self) -> Option<&'a Fqdn> {
        self.record.fqdn.as_ref()
    }

    /// Its machines, in order of the document.
    pub fn machines(&self) -> impl Iterator<Item = Machine<'a>> + use<'a> {
        let topology = self.topology;
        let range = self.record.machines.start as usize..self.record.machines.end as usize;
        topology.records.machines[range].iter().map(move |record| Machine { topology, record })
    }

    /// Where its element stands in the text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.topology.xml().span(self.record.node)
    }
}

/// A machine of a cluster.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'a> {
    topology: &'a Topology,
    record: &'a MachineRecord,
}

impl<'a> Machine<'a> {
    /// Its name.
    #[must_use]
    pub fn fqdn(&self) -> Option<&'a Fqdn> {
        self.record.fqdn.as_ref()
    }

    /// `OrdinalInCluster`, or its place in the cluster where the form has no such number.
    #[must_use]
    pub fn ordinal(&self) -> u32 {
        self.record.ordinal
    }

    /// `FaultDomain`.
    #[must_use]
    pub fn fault_domain(&self) -> Option<Cow<'a, str>> {
        self.topology.xml().value_of(self.record.node, "FaultDomain")
    }

    /// `UpgradeDomain`.
    #[must_use]
    pub fn upgrade_domain(&self) -> Option<Cow<'a, str>> {
        self.topology.xml().value_of(self.record.node, "UpgradeDomain")
    }

    /// Where its element stands in the text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.topology.xml().span(self.record.node)
    }
}

/// A SQL instance as the document lists it.
#[derive(Clone, Copy, Debug)]
pub struct ListedSqlInstance<'a> {
    topology: &'a Topology,
    record: &'a SqlRecord,
}

impl<'a> ListedSqlInstance<'a> {
    /// `1:2\rtc` of the published form, the `UniqueId` of the other.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.record.identity
    }

    /// Its name; none if its cluster is missing or a name is none.
    #[must_use]
    pub fn instance(&self) -> Option<&'a SqlInstance> {
        self.record.instance.as_ref()
    }

    /// Whether any service is installed on it. One without may be a mirror or a witness that is not understood.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.record.used
    }

    /// `AlwaysOnPrimaryNodeFqdn`: any node of the availability group, or its listener.
    #[must_use]
    pub fn always_on(&self) -> Option<Cow<'a, str>> {
        self.topology.xml().value_of(self.record.node, "AlwaysOnPrimaryNodeFqdn")
    }

    /// Where its element stands in the text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.topology.xml().span(self.record.node)
    }
}

/// A service.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    topology: &'a Topology,
    record: &'a ServiceRecord,
}

impl<'a> Service<'a> {
    /// `1-UserStore-1` of the published form, the `UniqueId` of the other.
    #[must_use]
    pub fn id(&self) -> &'a str {
        &self.record.identity
    }

    /// `RoleName`.
    #[must_use]
    pub fn role(&self) -> &'a str {
        &self.record.role
    }

    /// `ServiceVersion`: 5 to 8 in known products.
    #[must_use]
    pub fn version(&self) -> Option<u8> {
        self.record.version
    }

    /// The cluster it is installed on; none for stores and for references that lead nowhere.
    #[must_use]
    pub fn cluster(&self) -> Option<Cluster<'a>> {
        match self.record.installed {
            Installed::Cluster(c) => Some(self.topology.cluster(c)),
            Installed::Sql(_) | Installed::Nowhere => None,
        }
    }

    /// The SQL instance it is installed on, for stores.
    #[must_use]
    pub fn sql_instance(&self) -> Option<ListedSqlInstance<'a>> {
        match self.record.installed {
            Installed::Sql(s) => Some(ListedSqlInstance { topology: self.topology, record: self.topology.sql(s) }),
            Installed::Cluster(_) | Installed::Nowhere => None,
        }
    }

    /// What it depends on, in order of the document.
    pub fn dependencies(&self) -> impl Iterator<Item = Dependency<'a>> + use<'a> {
        let topology = self.topology;
        self.record.dependencies.clone().map(move |n| Dependency { topology, record: topology.dependency(n) })
    }

    /// An attribute of the element of its role: `IsActive` of `CentralMgmtService`, `ShareName` of `FileStoreService`.
    #[must_use]
    pub fn role_attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let xml = self.topology.xml();
        let is_role = |&n: &NodeId| xml.node(n).ns == Ns::Roles && xml.node(n).tag != Tag::Ports;
        xml.children(self.record.node).find(is_role).and_then(|n| xml.value_of(n, name))
    }

    /// Where its element stands in the text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.topology.xml().span(self.record.node)
    }
}

/// A dependency of a service on another.
#[derive(Clone, Copy, Debug)]
pub struct Dependency<'a> {
    topology: &'a Topology,
    record: &'a DependencyRecord,
}

impl<'a> Dependency<'a> {
    /// `Usage`, the document's own word.
    #[must_use]
    pub fn usage(&self) -> Option<Cow<'a, str>> {
        self.topology.xml().value_of(self.record.node, "Usage")
    }

    /// The service; none if the reference leads nowhere.
    #[must_use]
    pub fn service(&self) -> Option<Service<'a>> {
        let record = self.topology.service(self.record.target?);
        Some(Service { topology: self.topology, record })
    }

    /// Where its element stands in the text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.topology.xml().span(self.record.node)
    }
}
