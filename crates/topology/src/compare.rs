//! What differs between two topologies of one form, by identity of things and not by lines; it judges no difference.
//!
//! Signature, order of attributes and elements, namespace prefixes, white space and line ends are not compared.

use std::collections::HashMap;

use crate::facets::{self, Facet};
use crate::slot_differences::{SlotDifference, slot_differences};
use crate::store::StoreRole;
use crate::tree::NodeId;
use crate::view::{Form, Topology};
use crate::vocabulary::Tag;

/// What became of a thing or of one of its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DifferenceKind {
    /// Only in the new document.
    Added,
    /// Only in the old one.
    Removed,
    /// In both, and a field differs.
    Changed,
}

/// What kind of thing differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Something of the topology as a whole, such as the SIP domains.
    Topology,
    /// A site.
    Site,
    /// A cluster or its machines.
    Cluster,
    /// A SQL instance.
    SqlInstance,
    /// A service.
    Service,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Added, removed or changed.
    pub kind: DifferenceKind,
    /// What kind of thing.
    pub subject: Subject,
    /// Which one: `1-UserStore-1`, `1:2`, `1:2\rtc`, or a `UniqueId`.
    pub identity: String,
    /// The same for people: the role of a service, the name of a cluster or of an instance.
    pub name: String,
    /// The field, when one field changed: `InstalledOn`, `DependsOn`, `Port`.
    pub field: Option<String>,
    /// Its value in the old document.
    pub old: Option<String>,
    /// Its value in the new document.
    pub new: Option<String>,
    /// Whether it is about a store's place or about who depends on it, which [`Comparison::slots`] says better.
    pub of_slots: bool,
}

/// How many things are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Equal {
    /// Services.
    pub services: usize,
    /// Machines of all clusters that are equal.
    pub servers: usize,
    /// SQL instances.
    pub sql_instances: usize,
}

/// All differences of two topologies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// By kind of thing, then in order of the documents.
    pub differences: Vec<Difference>,
    /// Slots that differ, by pool and store.
    pub slots: Vec<SlotDifference>,
    /// What is equal.
    pub equal: Equal,
}

impl Comparison {
    /// Whether nothing differs that is compared.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.differences.is_empty() && self.slots.is_empty()
    }

    /// The differences that are not about slots.
    pub fn beside_slots(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter().filter(|d| !d.of_slots)
    }
}

/// The two documents are of different forms, whose identities have nothing in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a {} and a {} cannot be compared; compare two of one form", old.name(), new.name())]
pub struct FormsDiffer {
    /// Form of the old document.
    pub old: Form,
    /// Form of the new document.
    pub new: Form,
}

/// Compares two topologies of one form.
///
/// # Errors
/// When their forms differ.
pub fn compare(old: &Topology, new: &Topology) -> Result<Comparison, FormsDiffer> {
    if old.form != new.form {
        return Err(FormsDiffer { old: old.form, new: new.form });
    }
    let mut differences = Vec::new();
    let mut equal = Equal::default();
    for subject in [Subject::Topology, Subject::Site, Subject::Cluster, Subject::SqlInstance, Subject::Service] {
        differ(subject, old, new, &mut differences, &mut equal);
    }
    Ok(Comparison { differences, slots: slot_differences(old, new), equal })
}

/// One thing of one document.
struct Thing<'a> {
    topology: &'a Topology,
    subject: Subject,
    identity: &'a str,
    node: NodeId,
    number: u32,
}

impl<'a> Thing<'a> {
    fn all(topology: &'a Topology, subject: Subject) -> Vec<Self> {
        let records = &topology.records;
        let thing = |(number, (identity, node)): (usize, (&'a str, NodeId))| Self {
            topology,
            subject,
            identity,
            node,
            number: number as u32,
        };
        match subject {
            Subject::Topology => {
                let xml = topology.xml();
                let listed = |t| matches!(t, Tag::Sites | Tag::CentralSites | Tag::Clusters | Tag::SqlInstances);
                let rest = xml.children(topology.root).filter(|&n| {
                    let tag = xml.node(n).tag;
                    !listed(tag) && tag != Tag::Services
                });
                rest.map(|n| (xml.local(n), n)).enumerate().map(thing).collect()
            }
            Subject::Site => records.sites.iter().map(|r| (&*r.id, r.node)).enumerate().map(thing).collect(),
            Subject::Cluster => {
                records.clusters.iter().map(|r| (&*r.identity, r.node)).enumerate().map(thing).collect()
            }
            Subject::SqlInstance => {
                records.sqls.iter().map(|r| (&*r.identity, r.node)).enumerate().map(thing).collect()
            }
            Subject::Service => {
                records.services.iter().map(|r| (&*r.identity, r.node)).enumerate().map(thing).collect()
            }
        }
    }

    fn text(&self) -> &'a str {
        let xml = self.topology.xml();
        &xml.text[xml.span(self.node)]
    }

    fn facets(&self) -> Vec<Facet> {
        let xml = self.topology.xml();
        match self.subject {
            Subject::Topology => vec![("content".to_owned(), facets::canonical(xml, self.node))],
            Subject::Site => facets::of_site(xml, self.node),
            Subject::Cluster => facets::of_cluster(xml, self.node),
            Subject::SqlInstance => facets::of_sql_instance(xml, self.node),
            Subject::Service => facets::of_service(self.topology, self.number),
        }
    }

    fn name(&self) -> String {
        let records = &self.topology.records;
        let index = self.number as usize;
        let name = match self.subject {
            Subject::Topology | Subject::Site => None,
            Subject::Cluster => records.clusters[index].fqdn.as_ref().map(ToString::to_string),
            Subject::SqlInstance => records.sqls[index].instance.as_ref().map(ToString::to_string),
            Subject::Service => Some(records.services[index].role.to_string()),
        };
        name.unwrap_or_else(|| self.identity.to_owned())
    }

    fn is_store(&self) -> bool {
        self.subject == Subject::Service && StoreRole::from_xml_name(&self.topology.service(self.number).role).is_some()
    }

    fn machines(&self) -> usize {
        let cluster = self.topology.records.clusters.get(self.number as usize);
        cluster.map_or(0, |c| c.machines.len())
    }

    /// The whole thing as added or removed.
    fn whole(&self, kind: DifferenceKind) -> Difference {
        let place = (self.subject == Subject::Service)
            .then(|| facets::installed(self.topology, self.topology.service(self.number).installed));
        let (old, new) = if kind == DifferenceKind::Removed { (place, None) } else { (None, place) };
        let (subject, name, identity) = (self.subject, self.name(), self.identity.to_owned());
        Difference { kind, subject, identity, name, field: None, old, new, of_slots: self.is_store() }
    }
}

/// Identities, each with how many before it are the same: only elements of the topology as a whole can repeat.
fn keys<'a>(things: &[Thing<'a>]) -> Vec<(&'a str, usize)> {
    let mut met: HashMap<&str, usize> = HashMap::new();
    let mut key = |thing: &Thing<'a>| {
        let before = met.entry(thing.identity).or_default();
        *before += 1;
        (thing.identity, *before - 1)
    };
    things.iter().map(&mut key).collect()
}

fn differ(subject: Subject, old: &Topology, new: &Topology, out: &mut Vec<Difference>, equal: &mut Equal) {
    let (old, new) = (Thing::all(old, subject), Thing::all(new, subject));
    let keys_of_old = keys(&old);
    let by_key: HashMap<_, usize> = keys(&new).into_iter().zip(0..).collect();
    let mut met = vec![false; new.len()];
    for (thing, key) in old.iter().zip(keys_of_old) {
        let Some(&index) = by_key.get(&key) else {
            out.push(thing.whole(DifferenceKind::Removed));
            continue;
        };
        met[index] = true;
        let before = out.len();
        if thing.text() != new[index].text() {
            fields(thing, &new[index], out);
        }
        if out.len() == before {
            match subject {
                Subject::Service => equal.services += 1,
                Subject::SqlInstance => equal.sql_instances += 1,
                Subject::Cluster => equal.servers += thing.machines(),
                Subject::Topology | Subject::Site => {}
            }
        }
    }
    let added = new.iter().zip(met).filter(|(_, met)| !met);
    out.extend(added.map(|(thing, _)| thing.whole(DifferenceKind::Added)));
}

/// The fields in which a thing differs. A value that exactly one other replaces is one change.
fn fields(old: &Thing<'_>, new: &Thing<'_>, out: &mut Vec<Difference>) {
    let (mut before, mut after) = (old.facets(), new.facets());
    before.sort();
    after.sort();
    let (gone, come) = subtract(before, after);
    let mut come = come.into_iter().peekable();
    let mut gone = gone.into_iter().peekable();
    loop {
        let field = match (gone.peek(), come.peek()) {
            (None, None) => return,
            (Some((a, _)), Some((b, _))) => a.min(b).clone(),
            (Some((field, _)), None) | (None, Some((field, _))) => field.clone(),
        };
        let take = |from: &mut std::iter::Peekable<std::vec::IntoIter<Facet>>| -> Vec<String> {
            std::iter::from_fn(|| from.next_if(|(f, _)| *f == field)).map(|(_, value)| value).collect()
        };
        let (gone, come) = (take(&mut gone), take(&mut come));
        let of_slots = is_of_slots(old, &field, gone.iter().chain(&come));
        let mut push = |old_value: Option<String>, new_value: Option<String>| {
            out.push(Difference {
                kind: DifferenceKind::Changed,
                subject: old.subject,
                identity: old.identity.to_owned(),
                name: old.name(),
                field: Some(field.clone()),
                old: old_value,
                new: new_value,
                of_slots,
            });
        };
        if let ([_], [_]) = (gone.as_slice(), come.as_slice()) {
            push(gone.into_iter().next(), come.into_iter().next());
        } else {
            gone.into_iter().for_each(|value| push(Some(value), None));
            come.into_iter().for_each(|value| push(None, Some(value)));
        }
    }
}

/// Whether a changed field is about where a store lies or who depends on it.
fn is_of_slots<'a>(thing: &Thing<'_>, field: &str, mut values: impl Iterator<Item = &'a String>) -> bool {
    let names_store = |value: &String| value.split([' ', '-']).any(|word| StoreRole::from_xml_name(word).is_some());
    match field {
        "InstalledOn" => thing.is_store(),
        "DependsOn" => values.all(names_store),
        _ => false,
    }
}

/// What is only in the first and only in the second of two sorted lists.
fn subtract(a: Vec<Facet>, b: Vec<Facet>) -> (Vec<Facet>, Vec<Facet>) {
    let (mut only_a, mut only_b) = (Vec::new(), Vec::new());
    let (mut a, mut b) = (a.into_iter().peekable(), b.into_iter().peekable());
    loop {
        match (a.peek(), b.peek()) {
            (None, None) => return (only_a, only_b),
            (Some(x), Some(y)) if x == y => {
                a.next();
                b.next();
            }
            (Some(x), Some(y)) if x < y => only_a.extend(a.next()),
            (Some(_), None) => only_a.extend(a.next()),
            (_, Some(_)) => only_b.extend(b.next()),
        }
    }
}
