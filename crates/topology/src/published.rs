//! Reads the published form, `<Topology>` of `Get-CsTopology -AsXml`, into records; it knows no other form.

use crate::fault::Fault;
use crate::names::{InstanceName, SqlInstance};
use crate::records::{
    ClusterRecord, DependencyRecord, Index, Installed, Key, MachineRecord, Records, ServiceRecord, SiteRecord,
    SqlRecord, dangling, host, required, shown,
};
use crate::tree::{NodeId, Xml};
use crate::vocabulary::{Ns, Tag};

const NS: Ns = Ns::Topology;

struct Reader<'a> {
    xml: Xml<'a>,
    records: Records,
    sites: Index<'a, 1>,
    clusters: Index<'a, 2>,
    sqls: Index<'a, 3>,
    services: Index<'a, 3>,
}

/// Reads the records below `root`.
pub(crate) fn read(xml: Xml<'_>, root: NodeId) -> Result<Records, Box<Fault>> {
    let (records, sites, clusters, sqls, services) = Default::default();
    let mut reader = Reader { xml, records, sites, clusters, sqls, services };
    for site in entries(xml, root, Tag::Sites) {
        let id = required(xml, site, "SiteId")?;
        reader.sites.add(xml, [id.clone()], reader.records.sites.len(), site, "sites")?;
        reader.records.sites.push(SiteRecord { node: site, id: id.into_owned() });
    }
    for cluster in entries(xml, root, Tag::Clusters).filter(|&n| xml.is(n, NS, Tag::Cluster)) {
        reader.cluster(cluster)?;
    }
    for sql in entries(xml, root, Tag::SqlInstances).filter(|&n| xml.is(n, NS, Tag::SqlInstance)) {
        reader.sql(sql)?;
    }
    let services = || entries(xml, root, Tag::Services).filter(|&n| xml.is(n, NS, Tag::Service));
    for service in services() {
        reader.service(service)?;
    }
    for (number, service) in services().enumerate() {
        reader.links(number, service)?;
    }
    Ok(reader.records)
}

/// The children of every section with this name.
fn entries(xml: Xml<'_>, root: NodeId, section: Tag) -> impl Iterator<Item = NodeId> {
    xml.children(root).filter(move |&n| xml.is(n, NS, section)).flat_map(move |n| xml.children(n))
}

fn required_child(xml: Xml<'_>, node: NodeId, tag: Tag) -> Result<NodeId, Box<Fault>> {
    xml.child(node, NS, tag).ok_or_else(|| {
        let message = format!("<{}> has no <{tag:?}>", xml.name(node));
        let fault = Fault::new("CT1009", message, xml.head(node), &format!("expected <{tag:?}> inside"));
        fault.note("help", crate::fault::EXPORT_AGAIN).into()
    })
}

impl<'a> Reader<'a> {
    fn cluster_key(&self, id: NodeId) -> Result<Key<'a, 2>, Box<Fault>> {
        Ok([required(self.xml, id, "SiteId")?, required(self.xml, id, "Number")?])
    }

    fn service_key(&self, id: NodeId) -> Result<Key<'a, 3>, Box<Fault>> {
        let xml = self.xml;
        Ok([required(xml, id, "SiteId")?, required(xml, id, "RoleName")?, required(xml, id, "Instance")?])
    }

    /// The key of a SQL instance: its cluster's, with the name in lower case, because SQL Server compares so.
    fn sql_key(&self, id: NodeId) -> Result<(Key<'a, 3>, NodeId), Box<Fault>> {
        let cluster = required_child(self.xml, id, Tag::ClusterId)?;
        let [site, number] = self.cluster_key(cluster)?;
        let name = required(self.xml, id, "Name")?;
        let name = if name.bytes().any(|b| b.is_ascii_uppercase()) { name.to_ascii_lowercase().into() } else { name };
        Ok(([site, number, name], cluster))
    }

    fn cluster(&mut self, node: NodeId) -> Result<(), Box<Fault>> {
        let xml = self.xml;
        let key = self.cluster_key(required_child(xml, node, Tag::ClusterId)?)?;
        required(xml, node, "Fqdn")?;
        let fqdn = host(xml, node, "Fqdn", &mut self.records);
        let first = self.records.machines.len();
        for machine in xml.children(node).filter(|&n| xml.is(n, NS, Tag::Machine)) {
            let fqdn = host(xml, machine, "Fqdn", &mut self.records);
            let ordinal = xml.value_of(machine, "OrdinalInCluster").and_then(|v| v.parse().ok()).unwrap_or(u32::MAX);
            self.records.machines.push(MachineRecord { node: machine, fqdn, ordinal });
        }
        let machines = first as u32..self.records.machines.len() as u32;
        let (identity, site) = (format!("{}:{}", key[0], key[1]).into(), self.sites.get(&[key[0].clone()]));
        self.clusters.add(xml, key, self.records.clusters.len(), node, "clusters")?;
        self.records.clusters.push(ClusterRecord { node, identity, site, fqdn, machines });
        Ok(())
    }

    fn sql(&mut self, node: NodeId) -> Result<(), Box<Fault>> {
        let xml = self.xml;
        let id = required_child(xml, node, Tag::SqlInstanceId)?;
        let (key, cluster_id) = self.sql_key(id)?;
        let cluster_key = [key[0].clone(), key[1].clone()];
        let found = self.clusters.get(&cluster_key);
        if found.is_none() {
            self.records.warn(dangling(xml, cluster_id, "cluster", &shown(&cluster_key)));
        }
        let host = found.and_then(|c| self.records.clusters[c as usize].fqdn.clone());
        let name = InstanceName::new(required(xml, id, "Name")?).ok();
        let instance = host.zip(name).map(|(host, name)| SqlInstance { host, name });
        let identity = format!("{}:{}\\{}", key[0], key[1], key[2]).into();
        self.sqls.add(xml, key, self.records.sqls.len(), node, "SQL instances")?;
        self.records.sqls.push(SqlRecord { node, identity, instance, used: false });
        Ok(())
    }

    fn service(&mut self, node: NodeId) -> Result<(), Box<Fault>> {
        let key = self.service_key(required_child(self.xml, node, Tag::ServiceId)?)?;
        let (identity, role) = (shown(&key).into(), key[1].clone().into());
        self.services.add(self.xml, key, self.records.services.len(), node, "services")?;
        let version = self.xml.value_of(node, "ServiceVersion").and_then(|v| v.parse().ok());
        let installed = Installed::Nowhere;
        self.records.services.push(ServiceRecord { node, identity, role, version, installed, dependencies: 0..0 });
        Ok(())
    }

    /// What a service is installed on and depends on, once all services are known.
    fn links(&mut self, number: usize, node: NodeId) -> Result<(), Box<Fault>> {
        let first = self.records.dependencies.len() as u32;
        let (xml, mut installed) = (self.xml, Installed::Nowhere);
        for child in xml.children(node) {
            if xml.is(child, NS, Tag::DependsOn) {
                for dependency in xml.children(child).filter(|&n| xml.is(n, NS, Tag::Dependency)) {
                    self.dependency(dependency)?;
                }
            } else if xml.is(child, NS, Tag::InstalledOn) {
                installed = self.installed(child)?;
            }
        }
        let service = &mut self.records.services[number];
        service.installed = installed;
        service.dependencies = first..self.records.dependencies.len() as u32;
        Ok(())
    }

    fn dependency(&mut self, node: NodeId) -> Result<(), Box<Fault>> {
        let Some(id) = self.xml.child(node, NS, Tag::ServiceId) else {
            self.records.dependencies.push(DependencyRecord { node, target: None, role: None });
            return Ok(());
        };
        let key = self.service_key(id)?;
        let target = self.services.get(&key);
        if target.is_none() {
            self.records.warn(dangling(self.xml, id, "service", &shown(&key)));
        }
        let [_, role, _] = key;
        self.records.dependencies.push(DependencyRecord { node, target, role: Some(role.into()) });
        Ok(())
    }

    fn installed(&mut self, node: NodeId) -> Result<Installed, Box<Fault>> {
        let xml = self.xml;
        if let Some(id) = xml.child(node, NS, Tag::SqlInstanceId) {
            let (key, _) = self.sql_key(id)?;
            if let Some(sql) = self.sqls.get(&key) {
                self.records.sqls[sql as usize].used = true;
                return Ok(Installed::Sql(sql));
            }
            self.records.warn(dangling(xml, id, "SQL instance", &shown(&key)));
        } else if let Some(id) = xml.child(node, NS, Tag::ClusterId) {
            let key = self.cluster_key(id)?;
            if let Some(cluster) = self.clusters.get(&key) {
                return Ok(Installed::Cluster(cluster));
            }
            self.records.warn(dangling(xml, id, "cluster", &shown(&key)));
        }
        Ok(Installed::Nowhere)
    }
}
