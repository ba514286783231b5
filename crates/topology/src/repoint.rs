//! Re-pointing `InstalledOn` of a store at another SQL instance by exchanging values of attributes; it decides nothing.

use crate::splice::Splice;
use crate::tree::{NodeId, Xml, range};
use crate::view::{Form, Topology};
use crate::vocabulary::{Ns, Tag};

/// The splices in the text of `of` that install its service on the SQL instance `sql` of `target`, in the words in
/// which `target` lists that instance. None if the service is not installed on a SQL instance in the known way.
pub(crate) fn repoint(of: &Topology, service: u32, target: &Topology, sql: u32) -> Option<Vec<Splice>> {
    let (xml, from) = (of.xml(), target.xml());
    let (service, sql) = (of.service(service).node, target.sql(sql).node);
    let pairs: Vec<_> = match of.form {
        Form::Builder => vec![((service, "InstalledOn"), (sql, "UniqueId"))],
        Form::Published => {
            let child = |xml: Xml<'_>, node, tag| xml.child(node, Ns::Topology, tag);
            let here = child(xml, child(xml, service, Tag::InstalledOn)?, Tag::SqlInstanceId)?;
            let there = child(from, sql, Tag::SqlInstanceId)?;
            let (here_on, there_on) = (child(xml, here, Tag::ClusterId)?, child(from, there, Tag::ClusterId)?);
            vec![
                ((here, "Name"), (there, "Name")),
                ((here_on, "SiteId"), (there_on, "SiteId")),
                ((here_on, "Number"), (there_on, "Number")),
            ]
        }
    };
    let splices = pairs.into_iter().map(|(here, there)| exchange(xml, here, from, there));
    Some(splices.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Replaces the value of one attribute by that of another, if they differ.
fn exchange(xml: Xml<'_>, here: (NodeId, &str), from: Xml<'_>, there: (NodeId, &str)) -> Option<Option<Splice>> {
    let here = range(xml.attribute(here.0, here.1)?.value);
    let value = &from.text[range(from.attribute(there.0, there.1)?.value)];
    if xml.text[here.clone()] == *value {
        return Some(None);
    }
    // The two values may stand in different quotes.
    let with = match xml.text.as_bytes().get(here.end) {
        Some(b'\'') => value.replace('\'', "&apos;"),
        _ => value.replace('"', "&quot;"),
    };
    Some(Some(Splice { range: here, with }))
}
