//! What stands on a SQL instance, a store's service or a dependency that no known document has there; it draws no
//! conclusion from it.
//!
//! A mirror may be spelt by just such a construct, so one of them makes the slots that it touches unknown.

use std::ops::Range;

use crate::spelling::{DEPENDENCY, SQL_INSTANCE, STORE_SERVICE};
use crate::tree::{Attribute, NodeId, Xml, local, range};
use crate::vocabulary::{Ns, Tag};

/// A construct that is not recognised: where, and what.
pub(crate) type Strange = (Range<usize>, String);

/// From the name of an attribute to behind its closing quote.
pub(crate) fn whole(attribute: &Attribute) -> Range<usize> {
    attribute.name.0 as usize..range(attribute.value).end + 1
}

pub(crate) fn on_sql_instance(xml: Xml<'_>, node: NodeId) -> Option<Strange> {
    attribute(xml, node, SQL_INSTANCE).or_else(|| child(xml, node, |n| is_product(xml, n, &[Tag::SqlInstanceId])))
}

pub(crate) fn on_dependency(xml: Xml<'_>, node: NodeId) -> Option<Strange> {
    attribute(xml, node, DEPENDENCY).or_else(|| child(xml, node, |n| is_product(xml, n, &[Tag::ServiceId])))
}

/// A store depends on nothing and has no element of its own role in any document seen.
pub(crate) fn on_store_service(xml: Xml<'_>, node: NodeId) -> Option<Strange> {
    let known = |n| {
        is_product(xml, n, &[Tag::ServiceId, Tag::InstalledOn])
            || xml.is(n, Ns::Roles, Tag::Ports)
            || (is_product(xml, n, &[Tag::DependsOn]) && xml.children(n).next().is_none())
    };
    attribute(xml, node, STORE_SERVICE).or_else(|| child(xml, node, known))
}

fn is_product(xml: Xml<'_>, node: NodeId, tags: &[Tag]) -> bool {
    let node = xml.node(node);
    matches!(node.ns, Ns::Topology | Ns::Writable) && tags.contains(&node.tag)
}

fn attribute(xml: Xml<'_>, node: NodeId, known: &[&str]) -> Option<Strange> {
    let strange = |a: &&Attribute| !known.contains(&&xml.text[range(a.name)]) && !xml.declares_namespace(a);
    let found = xml.attributes(node).iter().find(strange)?;
    let name = &xml.text[range(found.name)];
    Some((whole(found), format!("the attribute {name} of <{}>", xml.local(node))))
}

fn child(xml: Xml<'_>, node: NodeId, known: impl Fn(NodeId) -> bool) -> Option<Strange> {
    let found = xml.children(node).find(|&n| !known(n))?;
    Some((xml.head(found), format!("<{}> inside of <{}>", local(xml.name(found)), xml.local(node))))
}
