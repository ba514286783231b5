//! Elements and attributes of a text as spans into it, in document order; it knows no names and no meaning.
//!
//! A node holds no text: 24 bytes for an element, 16 for an attribute. Offsets are `u32`, because a document has at
//! most [`crate::SIZE_LIMIT`] bytes.

use std::borrow::Cow;
use std::ops::Range;

use crate::vocabulary::{Ns, Tag};

/// Number of an element in its tree.
pub(crate) type NodeId = u32;

/// An element.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// From `<` to behind the `>` of the end tag.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Behind the `>` of the start tag.
    pub(crate) open_end: u32,
    /// The first node behind this one's descendants.
    pub(crate) next: NodeId,
    /// The first attribute; the last is the one before the next node's first.
    pub(crate) attributes: u32,
    pub(crate) name_len: u16,
    pub(crate) ns: Ns,
    pub(crate) tag: Tag,
}

/// An attribute: its name, and its value between the quotes.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: (u32, u32),
    pub(crate) value: (u32, u32),
}

/// Usable range of a span.
pub(crate) fn range((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}

/// The elements of one document. Node 0 is the root.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) attributes: Vec<Attribute>,
}

/// A tree together with the text it points into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Xml<'a> {
    pub(crate) text: &'a str,
    pub(crate) tree: &'a Tree,
}

impl<'a> Xml<'a> {
    pub(crate) fn node(self, id: NodeId) -> &'a Node {
        &self.tree.nodes[id as usize]
    }

    /// Whether a node has this namespace and local name.
    pub(crate) fn is(self, id: NodeId, ns: Ns, tag: Tag) -> bool {
        let node = self.node(id);
        node.ns == ns && node.tag == tag
    }

    /// The whole element, tags included.
    pub(crate) fn span(self, id: NodeId) -> Range<usize> {
        let node = self.node(id);
        node.start as usize..node.end as usize
    }

    /// `<` and the name, as diagnostics mark it.
    pub(crate) fn head(self, id: NodeId) -> Range<usize> {
        let node = self.node(id);
        node.start as usize..node.start as usize + 1 + usize::from(node.name_len)
    }

    /// The name as it is spelt, prefix included.
    pub(crate) fn name(self, id: NodeId) -> &'a str {
        let head = self.head(id);
        &self.text[head.start + 1..head.end]
    }

    /// The name without its prefix.
    pub(crate) fn local(self, id: NodeId) -> &'a str {
        local(self.name(id))
    }

    pub(crate) fn attributes(self, id: NodeId) -> &'a [Attribute] {
        let from = self.node(id).attributes as usize;
        let to = self.tree.nodes.get(id as usize + 1).map_or(self.tree.attributes.len(), |n| n.attributes as usize);
        &self.tree.attributes[from..to]
    }

    /// The attribute without a prefix that has this name.
    pub(crate) fn attribute(self, id: NodeId, name: &str) -> Option<&'a Attribute> {
        self.attributes(id).iter().find(|a| self.text.as_bytes()[range(a.name)] == *name.as_bytes())
    }

    /// The value of an attribute with its references resolved.
    pub(crate) fn value(self, attribute: &Attribute) -> Cow<'a, str> {
        resolve(&self.text[range(attribute.value)])
    }

    pub(crate) fn value_of(self, id: NodeId, name: &str) -> Option<Cow<'a, str>> {
        self.attribute(id, name).map(|a| self.value(a))
    }

    pub(crate) fn children(self, id: NodeId) -> impl Iterator<Item = NodeId> + 'a {
        let end = self.node(id).next;
        let mut at = id + 1;
        std::iter::from_fn(move || {
            let here = at;
            (here < end).then(|| {
                at = self.node(here).next;
                here
            })
        })
    }

    pub(crate) fn child(self, id: NodeId, ns: Ns, tag: Tag) -> Option<NodeId> {
        self.children(id).find(|&c| self.is(c, ns, tag))
    }

    /// The text between the tags of an element that holds only text.
    pub(crate) fn content(self, id: NodeId) -> Cow<'a, str> {
        let node = self.node(id);
        let inner = &self.text[node.open_end as usize..node.end as usize];
        resolve(inner.rfind("</").map_or("", |end| inner[..end].trim()))
    }

    /// Whether an attribute declares a namespace; such attributes are no part of what a document says.
    pub(crate) fn declares_namespace(self, attribute: &Attribute) -> bool {
        let name = &self.text[range(attribute.name)];
        name == "xmlns" || name.starts_with("xmlns:")
    }
}

/// A name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Resolves the five predefined entities and character references. The parser has refused all others.
pub(crate) fn resolve(raw: &str) -> Cow<'_, str> {
    if raw.as_bytes().contains(&b'&') {
        quick_xml::escape::unescape(raw).unwrap_or(Cow::Borrowed(raw))
    } else {
        Cow::Borrowed(raw)
    }
}
