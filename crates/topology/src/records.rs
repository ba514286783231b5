//! What a document lists, as numbers and spans: sites, clusters, machines, SQL instances, services, dependencies.
//! It knows neither which form the document has nor what a mirror is.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use crate::fault::{Fault, quote};
use crate::names::{Fqdn, SqlInstance};
use crate::tree::{NodeId, Xml};

/// Identity of a site, cluster, SQL instance or service: one to three values, as the form has it.
pub(crate) type Key<'a, const N: usize> = [Cow<'a, str>; N];

/// Most warnings that are kept; the rest is counted.
const WARNINGS_LIMIT: usize = 64;

#[derive(Debug)]
pub(crate) struct SiteRecord {
    pub(crate) node: NodeId,
    pub(crate) id: String,
}

#[derive(Debug)]
pub(crate) struct ClusterRecord {
    pub(crate) node: NodeId,
    /// `1:2` of the published form, the `UniqueId` of the other.
    pub(crate) identity: Box<str>,
    /// Number of its site; none if that is missing.
    pub(crate) site: Option<u32>,
    /// None if what stands there is no host name.
    pub(crate) fqdn: Option<Fqdn>,
    /// In the list of machines.
    pub(crate) machines: Range<u32>,
}

#[derive(Debug)]
pub(crate) struct MachineRecord {
    pub(crate) node: NodeId,
    pub(crate) fqdn: Option<Fqdn>,
    pub(crate) ordinal: u32,
}

#[derive(Debug)]
pub(crate) struct SqlRecord {
    pub(crate) node: NodeId,
    pub(crate) identity: Box<str>,
    /// None if its cluster is missing or a name is none.
    pub(crate) instance: Option<SqlInstance>,
    /// Whether any service is installed on it.
    pub(crate) used: bool,
}

/// Where a service is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Installed {
    Cluster(u32),
    Sql(u32),
    /// The reference leads nowhere, or there is none.
    Nowhere,
}

#[derive(Debug)]
pub(crate) struct ServiceRecord {
    pub(crate) node: NodeId,
    /// `1-UserStore-1` of the published form, the `UniqueId` of the other.
    pub(crate) identity: Box<str>,
    pub(crate) role: Role,
    pub(crate) version: Option<u8>,
    pub(crate) installed: Installed,
    /// In the list of dependencies.
    pub(crate) dependencies: Range<u32>,
}

/// The value of `RoleName`, as a span of the text where that is possible.
pub(crate) type Role = Box<str>;

#[derive(Debug)]
pub(crate) struct DependencyRecord {
    pub(crate) node: NodeId,
    /// None if the reference leads nowhere.
    pub(crate) target: Option<u32>,
    /// The role of the service that is referred to; none if neither the reference nor a service says it.
    pub(crate) role: Option<Role>,
}

/// Everything one half of a document lists.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) sites: Vec<SiteRecord>,
    pub(crate) clusters: Vec<ClusterRecord>,
    pub(crate) machines: Vec<MachineRecord>,
    pub(crate) sqls: Vec<SqlRecord>,
    pub(crate) services: Vec<ServiceRecord>,
    pub(crate) dependencies: Vec<DependencyRecord>,
    pub(crate) warnings: Vec<Fault>,
    pub(crate) warnings_left_out: usize,
}

impl Records {
    pub(crate) fn warn(&mut self, fault: Fault) {
        if self.warnings.len() < WARNINGS_LIMIT {
            self.warnings.push(fault);
        } else {
            self.warnings_left_out += 1;
        }
    }
}

/// Finds things by identity while a document is read, and refuses a second one of the same identity.
#[derive(Default)]
pub(crate) struct Index<'a, const N: usize> {
    by_key: HashMap<Key<'a, N>, (u32, NodeId)>,
}

impl<'a, const N: usize> Index<'a, N> {
    pub(crate) fn get(&self, key: &Key<'a, N>) -> Option<u32> {
        self.by_key.get(key).map(|&(number, _)| number)
    }

    /// Adds a thing; `what` and `shown` name it in the error.
    pub(crate) fn add(
        &mut self,
        xml: Xml<'_>,
        key: Key<'a, N>,
        number: usize,
        node: NodeId,
        what: &str,
    ) -> Result<(), Box<Fault>> {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let (shown, first) = match self.by_key.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert((number, node));
                return Ok(());
            }
            Entry::Occupied(entry) => (shown(entry.key()), entry.get().1),
        };
        let fault = Fault::new(
            "CT1007",
            format!("two {what} have the identity {}", quote(&shown)),
            xml.head(node),
            "the second one",
        );
        let fault = fault.related(xml.head(first), "the first one");
        Err(fault.note("help", crate::fault::EXPORT_AGAIN).into())
    }
}

/// An identity for people.
pub(crate) fn shown<const N: usize>(key: &Key<'_, N>) -> String {
    key.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("-")
}

/// The value of an attribute that an element must have.
pub(crate) fn required<'a>(xml: Xml<'a>, node: NodeId, name: &str) -> Result<Cow<'a, str>, Box<Fault>> {
    xml.value_of(node, name).ok_or_else(|| {
        let message = format!("<{}> has no attribute {name}", quote(xml.name(node)));
        let fault = Fault::new("CT1009", message, xml.head(node), &format!("expected {name}=\"…\""));
        fault.note("help", crate::fault::EXPORT_AGAIN).into()
    })
}

/// A host name; what is none is kept in the document and warned about.
pub(crate) fn host(xml: Xml<'_>, node: NodeId, name: &str, records: &mut Records) -> Option<Fqdn> {
    let attribute = xml.attribute(node, name)?;
    match Fqdn::new(xml.value(attribute)) {
        Ok(fqdn) => Some(fqdn),
        Err(error) => {
            let message = format!("{name} of <{}> is no host name: {error}", quote(xml.name(node)));
            let place = crate::tree::range(attribute.value);
            records.warn(Fault::new("CT1009", message, place, "not a host name"));
            None
        }
    }
}

/// A warning that a reference leads nowhere.
pub(crate) fn dangling(xml: Xml<'_>, node: NodeId, what: &str, identity: &str) -> Fault {
    let message = format!("there is no {what} {}", quote(identity));
    let fault = Fault::new("CT1008", message, xml.head(node), "refers to it");
    fault.note("", "the reference is kept as it stands; slots that rest on it are unknown")
}
