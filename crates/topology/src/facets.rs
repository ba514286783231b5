//! What a document says of one thing, as pairs of field and value that do not depend on order, spelling of namespaces
//! or white space; it compares nothing.

use std::fmt::Write as _;

use crate::records::Installed;
use crate::tree::{Attribute, NodeId, Xml, range};
use crate::view::{Form, Topology};
use crate::vocabulary::Tag;

/// Field and value.
pub(crate) type Facet = (String, String);

/// Attributes that are bookkeeping of Topology Builder and differ between the halves of one file.
const BOOKKEEPING: &[&str] = &["SiteId", "OriginalSiteId", "LastServiceInstance", "LastClusterNumber"];

/// A site without the clusters that the builder form nests in it.
pub(crate) fn of_site(xml: Xml<'_>, node: NodeId) -> Vec<Facet> {
    let mut facets = attributes(xml, node, BOOKKEEPING);
    let nested = |&n: &NodeId| !matches!(xml.node(n).tag, Tag::Clusters | Tag::RemoteSites);
    for child in xml.children(node).filter(nested) {
        let value =
            if xml.node(child).tag == Tag::Name { xml.content(child).into_owned() } else { canonical(xml, child) };
        facets.push((xml.local(child).to_owned(), value));
    }
    facets
}

/// A cluster with its machines, without the SQL instances that the builder form nests in it.
pub(crate) fn of_cluster(xml: Xml<'_>, node: NodeId) -> Vec<Facet> {
    let mut facets = attributes(xml, node, &["UniqueId"]);
    for child in xml.children(node) {
        match xml.node(child).tag {
            Tag::SqlInstances | Tag::ClusterId => {}
            Tag::Machines => facets.extend(xml.children(child).map(|m| ("Machine".to_owned(), canonical(xml, m)))),
            _ => facets.push((xml.local(child).to_owned(), canonical(xml, child))),
        }
    }
    facets
}

pub(crate) fn of_sql_instance(xml: Xml<'_>, node: NodeId) -> Vec<Facet> {
    let mut facets = attributes(xml, node, &["UniqueId"]);
    let others = xml.children(node).filter(|&n| xml.node(n).tag != Tag::SqlInstanceId);
    facets.extend(others.map(|n| (xml.local(n).to_owned(), canonical(xml, n))));
    facets
}

/// A service; what it refers to is named, not numbered.
pub(crate) fn of_service(topology: &Topology, number: u32) -> Vec<Facet> {
    let (xml, service) = (topology.xml(), topology.service(number));
    let mut facets = attributes(xml, service.node, &["UniqueId", "InstalledOn"]);
    facets.push(("InstalledOn".to_owned(), installed(topology, service.installed)));
    for number in service.dependencies.clone() {
        facets.push(("DependsOn".to_owned(), dependency(topology, number)));
    }
    for child in xml.children(service.node) {
        match xml.node(child).tag {
            Tag::ServiceId | Tag::InstalledOn => {}
            Tag::DependsOn => {
                let strange = xml.children(child).filter(|&n| xml.node(n).tag != Tag::Dependency);
                facets.extend(strange.map(|n| ("DependsOn".to_owned(), canonical(xml, n))));
            }
            Tag::Ports => facets.extend(xml.children(child).map(|p| ("Port".to_owned(), canonical(xml, p)))),
            _ => facets.push((xml.local(child).to_owned(), canonical(xml, child))),
        }
    }
    facets
}

/// The name of what a service is installed on.
pub(crate) fn installed(topology: &Topology, installed: Installed) -> String {
    match installed {
        Installed::Cluster(c) => {
            let cluster = &topology.records.clusters[c as usize];
            cluster.fqdn.as_ref().map_or_else(|| cluster.identity.to_string(), ToString::to_string)
        }
        Installed::Sql(s) => {
            let sql = topology.sql(s);
            sql.instance.as_ref().map_or_else(|| sql.identity.to_string(), ToString::to_string)
        }
        Installed::Nowhere => "nothing known".to_owned(),
    }
}

fn dependency(topology: &Topology, number: u32) -> String {
    let (xml, record) = (topology.xml(), topology.dependency(number));
    let mut text = match record.target {
        Some(target) => {
            let service = topology.service(target);
            match topology.form {
                Form::Published => service.identity.to_string(),
                Form::Builder => format!("{} {}", service.role, service.identity),
            }
        }
        None => canonical(xml, record.node),
    };
    if let Some(usage) = topology.usage(number).filter(|u| u != crate::vocabulary::DEFAULT_USAGE) {
        _ = write!(text, " ({usage})");
    }
    for (name, value) in attributes(xml, record.node, &["Usage", "ServiceUniqueId"]) {
        _ = write!(text, " {name}={value}");
    }
    text
}

/// The attributes of an element, without namespace declarations and those left out.
fn attributes(xml: Xml<'_>, node: NodeId, without: &[&str]) -> Vec<Facet> {
    let said = |a: &&Attribute| !xml.declares_namespace(a) && !without.contains(&&xml.text[range(a.name)]);
    let facet = |a: &Attribute| (xml.text[range(a.name)].to_owned(), xml.value(a).into_owned());
    xml.attributes(node).iter().filter(said).map(facet).collect()
}

/// An element on one line: name, attributes in order of the alphabet, children in order of the document.
pub(crate) fn canonical(xml: Xml<'_>, node: NodeId) -> String {
    let mut out = String::new();
    write_canonical(xml, node, &mut out);
    out
}

/// Recursion is bounded by the depth limit of the parser.
fn write_canonical(xml: Xml<'_>, node: NodeId, out: &mut String) {
    out.push_str(xml.local(node));
    let mut sorted = attributes(xml, node, &[]);
    sorted.sort();
    for (name, value) in sorted {
        _ = write!(out, " {name}=\"{value}\"");
    }
    let mut children = xml.children(node).peekable();
    if children.peek().is_none() {
        let content = xml.content(node);
        if !content.is_empty() {
            _ = write!(out, " \"{content}\"");
        }
        return;
    }
    out.push_str(" {");
    for (number, child) in children.enumerate() {
        out.push_str(if number == 0 { " " } else { "; " });
        write_canonical(xml, child, out);
    }
    out.push_str(" }");
}
