//! Reads one half of a Topology Builder file, `<PartialTopology>` of a `.tbxml`, into records; it knows no other form.
//!
//! All identities are opaque `UniqueId`s: GUIDs for what was made in Topology Builder, `1-1` or `sql1-1rtc` for what
//! was downloaded. Both kinds may mix in one file.

use crate::fault::Fault;
use crate::names::{Fqdn, InstanceName, SqlInstance};
use crate::records::{
    ClusterRecord, DependencyRecord, Index, Installed, MachineRecord, Records, ServiceRecord, SiteRecord, SqlRecord,
    dangling, host, required,
};
use crate::tree::{NodeId, Xml};
use crate::vocabulary::{Ns, Tag};

const NS: Ns = Ns::Writable;

struct Reader<'a> {
    xml: Xml<'a>,
    records: Records,
    /// Clusters and SQL instances share one space of names: `InstalledOn` names either.
    places: Index<'a, 1>,
    found: Vec<Installed>,
    services: Index<'a, 1>,
}

/// Reads the records below `root`, a `PartialTopology`.
pub(crate) fn read(xml: Xml<'_>, root: NodeId) -> Result<Records, Box<Fault>> {
    let (records, places, services) = Default::default();
    let mut reader = Reader { xml, records, places, found: Vec::new(), services };
    for site in children(xml, root, Tag::CentralSites).flat_map(|n| children(xml, n, Tag::CentralSite)) {
        let id = xml.value_of(site, "SiteId").or_else(|| xml.value_of(site, "OriginalSiteId")).unwrap_or_default();
        let number = reader.records.sites.len() as u32;
        reader.records.sites.push(SiteRecord { node: site, id: id.into_owned() });
        // Branch sites hold clusters like central ones; their element was never seen, so its name is not asked for.
        let branches = children(xml, site, Tag::RemoteSites).flat_map(|n| xml.children(n));
        for place in std::iter::once(site).chain(branches) {
            for cluster in children(xml, place, Tag::Clusters).flat_map(|n| children(xml, n, Tag::Cluster)) {
                reader.cluster(cluster, number)?;
            }
        }
    }
    let services = || children(xml, root, Tag::Services).flat_map(|n| children(xml, n, Tag::Service));
    for service in services() {
        reader.service(service)?;
    }
    for (number, service) in services().enumerate() {
        reader.links(number, service)?;
    }
    Ok(reader.records)
}

fn children(xml: Xml<'_>, node: NodeId, tag: Tag) -> impl Iterator<Item = NodeId> {
    xml.children(node).filter(move |&n| xml.is(n, NS, tag))
}

impl Reader<'_> {
    fn cluster(&mut self, node: NodeId, site: u32) -> Result<(), Box<Fault>> {
        let xml = self.xml;
        let id = required(xml, node, "UniqueId")?;
        required(xml, node, "Fqdn")?;
        let fqdn = host(xml, node, "Fqdn", &mut self.records);
        let first = self.records.machines.len();
        for machine in children(xml, node, Tag::Machines).flat_map(|n| children(xml, n, Tag::Machine)) {
            // The machine of a cluster that can only have one is written without a name.
            let named = xml.attribute(machine, "Fqdn").is_some();
            let fqdn = if named { host(xml, machine, "Fqdn", &mut self.records) } else { fqdn.clone() };
            let ordinal = (self.records.machines.len() - first) as u32;
            self.records.machines.push(MachineRecord { node: machine, fqdn, ordinal });
        }
        let machines = first as u32..self.records.machines.len() as u32;
        let number = self.records.clusters.len();
        self.places.add(xml, [id.clone()], self.found.len(), node, "clusters or SQL instances")?;
        self.found.push(Installed::Cluster(number as u32));
        for sql in children(xml, node, Tag::SqlInstances).flat_map(|n| children(xml, n, Tag::SqlInstance)) {
            self.sql(sql, fqdn.as_ref())?;
        }
        let (identity, site) = (id.into(), Some(site));
        self.records.clusters.push(ClusterRecord { node, identity, site, fqdn, machines });
        Ok(())
    }

    fn sql(&mut self, node: NodeId, host: Option<&Fqdn>) -> Result<(), Box<Fault>> {
        let id = required(self.xml, node, "UniqueId")?;
        let name = InstanceName::new(required(self.xml, node, "Name")?).ok();
        let instance = host.cloned().zip(name).map(|(host, name)| SqlInstance { host, name });
        self.places.add(self.xml, [id.clone()], self.found.len(), node, "clusters or SQL instances")?;
        self.found.push(Installed::Sql(self.records.sqls.len() as u32));
        self.records.sqls.push(SqlRecord { node, identity: id.into(), instance, used: false });
        Ok(())
    }

    fn service(&mut self, node: NodeId) -> Result<(), Box<Fault>> {
        let id = required(self.xml, node, "UniqueId")?;
        let (identity, role) = (id.clone().into(), required(self.xml, node, "RoleName")?.into());
        self.services.add(self.xml, [id], self.records.services.len(), node, "services")?;
        let version = self.xml.value_of(node, "ServiceVersion").and_then(|v| v.parse().ok());
        let installed = Installed::Nowhere;
        self.records.services.push(ServiceRecord { node, identity, role, version, installed, dependencies: 0..0 });
        Ok(())
    }

    /// What a service is installed on and depends on, once all services are known.
    fn links(&mut self, number: usize, node: NodeId) -> Result<(), Box<Fault>> {
        let xml = self.xml;
        let first = self.records.dependencies.len() as u32;
        for dependency in children(xml, node, Tag::DependsOn).flat_map(|n| children(xml, n, Tag::Dependency)) {
            let target = match xml.value_of(dependency, "ServiceUniqueId") {
                None => None,
                Some(id) => self.services.get(std::array::from_ref(&id)).or_else(|| {
                    self.records.warn(dangling(xml, dependency, "service", &id));
                    None
                }),
            };
            let role = target.map(|t| self.records.services[t as usize].role.clone());
            self.records.dependencies.push(DependencyRecord { node: dependency, target, role });
        }
        let id = required(xml, node, "InstalledOn")?;
        let installed = match self.places.get(std::array::from_ref(&id)) {
            Some(place) => self.found[place as usize],
            None => {
                self.records.warn(dangling(xml, node, "cluster or SQL instance", &id));
                Installed::Nowhere
            }
        };
        if let Installed::Sql(sql) = installed {
            self.records.sqls[sql as usize].used = true;
        }
        let service = &mut self.records.services[number];
        service.installed = installed;
        service.dependencies = first..self.records.dependencies.len() as u32;
        Ok(())
    }
}
