//! What in a sound document is worth a warning: constructs that are not known, and states that may surprise.
//! It refuses nothing.

use crate::fault::{Fault, quote};
use crate::records::ServiceRecord;
use crate::spelling::mirror_usage;
use crate::store::StoreRole;
use crate::strange::{on_dependency, on_sql_instance, on_store_service, whole};
use crate::view::Topology;
use crate::vocabulary::{DEFAULT_USAGE, ROLES, VERSIONS};

/// Most warnings of one kind; a thousand pools with one new attribute are one finding.
const PER_KIND: usize = 16;

struct Findings {
    faults: Vec<Fault>,
    left_out: usize,
}

impl Findings {
    fn add(&mut self, fault: Fault) {
        if self.faults.iter().filter(|f| f.code == fault.code).count() < PER_KIND {
            self.faults.push(fault);
        } else {
            self.left_out += 1;
        }
    }
}

/// The warnings of a document, by place of their kind.
pub(crate) fn of(topology: &Topology, original: Option<&Topology>) -> Vec<Fault> {
    let records = &topology.records;
    let mut findings = Findings { faults: Vec::new(), left_out: records.warnings_left_out };
    for fault in &records.warnings {
        findings.add(fault.clone());
    }
    for service in &records.services {
        role_and_version(topology, service, &mut findings);
        dependencies(topology, service, &mut findings);
    }
    sql_instances(topology, &mut findings);
    if let Some(fault) = unpublished(topology, original) {
        findings.add(fault);
    }
    let Findings { mut faults, left_out } = findings;
    if let (Some(last), true) = (faults.last_mut(), left_out > 0) {
        last.notes.push(("note", format!("{left_out} more of these kinds are not shown")));
    }
    faults
}

fn role_and_version(topology: &Topology, service: &ServiceRecord, findings: &mut Findings) {
    let xml = topology.xml();
    if !ROLES.contains(&&*service.role) {
        let message = format!("the role {} is not known", quote(&service.role));
        let fault = Fault::new("CT1010", message, xml.head(service.node), "a service of this role");
        findings.add(fault.note("", "it is kept as it stands, and no step touches it"));
    }
    let known = service.version.is_some_and(|v| VERSIONS.iter().any(|&(known, _)| known == v));
    if !known {
        let attribute = xml.attribute(service.node, "ServiceVersion");
        let place = attribute.map_or_else(|| xml.head(service.node), whole);
        let message = match attribute {
            Some(a) => format!("the service version {} is not known", quote(&xml.value(a))),
            None => "a service has no version".to_owned(),
        };
        findings.add(Fault::new("CT1012", message, place, "5 to 8 are known: Lync Server 2010 to Skype 2019"));
    }
    if StoreRole::from_xml_name(&service.role).is_some()
        && let Some((place, what)) = on_store_service(xml, service.node)
    {
        findings.add(strange(&what, place));
    }
}

fn dependencies(topology: &Topology, service: &ServiceRecord, findings: &mut Findings) {
    let xml = topology.xml();
    for number in service.dependencies.clone() {
        let node = topology.dependency(number).node;
        if let Some((place, what)) = on_dependency(xml, node) {
            findings.add(strange(&what, place));
        }
        let usage = xml.attribute(node, "Usage");
        let value = usage.map(|u| xml.value(u)).unwrap_or_default();
        if value != DEFAULT_USAGE && mirror_usage(&value).is_none() {
            let message = format!("the usage \"{}\" of a dependency is not known", quote(&value));
            let place = usage.map_or_else(|| xml.head(node), whole);
            findings.add(Fault::new("CT1011", message, place, "not \"Default\""));
        }
    }
}

fn sql_instances(topology: &Topology, findings: &mut Findings) {
    let xml = topology.xml();
    for sql in &topology.records.sqls {
        if let Some((place, what)) = on_sql_instance(xml, sql.node) {
            findings.add(strange(&what, place));
        }
        if !sql.used {
            let name = sql.instance.as_ref().map_or_else(|| sql.identity.to_string(), ToString::to_string);
            let message = format!("no service is installed on {}", quote(&name));
            let fault = Fault::new("CT1013", message, xml.head(sql.node), "a SQL instance without a service");
            findings.add(fault.note("", "it may be a mirror or a witness that is spelt in a way not known here"));
        }
    }
}

fn strange(what: &str, place: std::ops::Range<usize>) -> Fault {
    let fault = Fault::new("CT1015", format!("{} is not known", quote(what)), place, "not known");
    fault.note("", "slots that it touches are unknown; a publish by cmdlet is refused, nothing else")
}

/// A file that Topology Builder has changed since it was downloaded is not the deployed state.
fn unpublished(topology: &Topology, original: Option<&Topology>) -> Option<Fault> {
    let xml = topology.xml();
    let published = xml.attribute(topology.root, "IsPublished");
    if published.is_some_and(|a| xml.value(a) == "false") {
        let place = published.map_or_else(|| xml.head(topology.root), whole);
        return Some(Fault::new("CT1014", "the document was not published", place, "not the deployed state"));
    }
    let original = original?;
    let differences = crate::compare::compare(original, topology).ok()?;
    if differences.is_equal() {
        return None;
    }
    let message = "the new topology differs from the original: changes are not published";
    Some(Fault::new("CT1014", message, xml.head(topology.root), "not the deployed state"))
}
