//! One pass of quick-xml over a text: a tree of spans, or the first place where the text is not well-formed.
//! It knows no element of any document.
//!
//! quick-xml leaves to its caller what is checked here: matching tags, names, namespaces, one root, no DTD, no
//! entities but the predefined five, no control characters, bounded depth and number.

use std::collections::HashMap;
use std::ops::Range;

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use crate::fault::{EXPORT_AGAIN, Fault, quote};
use crate::syntax;
use crate::tree::{Attribute, Node, NodeId, Tree, local, range};
use crate::vocabulary::{Ns, Tag};

/// Deepest nesting that is read. Real documents nest 9 deep.
const DEPTH_LIMIT: usize = 256;
/// Most elements that are read: an estate of 1,000 pools has some 400,000.
const ELEMENT_LIMIT: usize = 1 << 20;
/// Most namespace prefixes in scope at one place. Real documents declare none.
const PREFIX_LIMIT: usize = 64;
/// Real documents have some 100 bytes per element and 35 per attribute; room for these is made at once.
const BYTES_PER_ELEMENT: usize = 80;
const BYTES_PER_ATTRIBUTE: usize = 32;
/// Most attributes of one element. Real documents have 11.
const ATTRIBUTE_LIMIT: usize = 1024;
/// Up to so many attributes of one tag are compared in pairs, more by a map.
const PAIRS_LIMIT: usize = 64;

/// An element that is still open.
struct Open {
    node: NodeId,
    default_ns: Ns,
    /// How many prefixes were in scope outside of it.
    prefixes: usize,
}

struct Parser<'a> {
    text: &'a str,
    tree: Tree,
    open: Vec<Open>,
    prefixes: Vec<(&'a str, Ns)>,
}

/// Reads a text into a tree.
pub(crate) fn parse(text: &str) -> Result<Tree, Box<Fault>> {
    syntax::refuse_control_characters(text)?;
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    let tree = Tree {
        nodes: Vec::with_capacity(text.len() / BYTES_PER_ELEMENT),
        attributes: Vec::with_capacity(text.len() / BYTES_PER_ATTRIBUTE),
    };
    let mut parser = Parser { text, tree, open: Vec::new(), prefixes: Vec::new() };
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader.read_event();
        let end = reader.buffer_position() as usize;
        match event {
            Ok(Event::Start(tag)) => {
                parser.start(&tag, start, end)?;
            }
            Ok(Event::Empty(tag)) => {
                parser.start(&tag, start, end)?;
                parser.close(end);
            }
            Ok(Event::End(tag)) => parser.end(tag.name().as_ref(), start..end)?,
            Ok(Event::Text(_)) => parser.text(start..end)?,
            Ok(Event::CData(_)) => parser.inside(start..end)?,
            Ok(Event::GeneralRef(_)) => {
                parser.inside(start..end)?;
                syntax::check_references(text, start..end)?;
            }
            Ok(Event::Comment(_) | Event::PI(_)) => {}
            Ok(Event::Decl(declaration)) => syntax::check_declaration(&declaration, start..end)?,
            Ok(Event::DocType(_)) => return Err(syntax::doctype(start)),
            Ok(Event::Eof) => break,
            Err(error) => return Err(syntax::explain(&error, text, reader.error_position() as usize)),
        }
    }
    parser.finish()
}

impl<'a> Parser<'a> {
    fn start(&mut self, tag: &BytesStart<'_>, start: usize, end: usize) -> Result<(), Box<Fault>> {
        let name = tag.name();
        let head = start..start + 1 + name.as_ref().len();
        if self.open.is_empty() && !self.tree.nodes.is_empty() {
            let fault = Fault::new("CT1003", "a second element follows the root", head, "must not be here");
            return Err(fault.related(0..self.root_head(), "the root").note("help", EXPORT_AGAIN).into());
        }
        self.check_bounds(&head)?;
        syntax::check_name(self.text, head.start + 1..head.end)?;
        let first = self.tree.attributes.len();
        let (default_ns, prefixes) = (self.open.last().map_or(Ns::None, |o| o.default_ns), self.prefixes.len());
        let default_ns = self.attributes(tag, first, default_ns)?;
        if self.prefixes.len() > PREFIX_LIMIT {
            return Err(syntax::too_much("more than 64 namespace prefixes", head));
        }
        let name = &self.text[head.start + 1..head.end];
        let ns = match name.split_once(':') {
            None => default_ns,
            Some((prefix, _)) => self.prefix(prefix, &head)?,
        };
        let node = to_u32(self.tree.nodes.len());
        self.tree.nodes.push(Node {
            start: to_u32(start),
            end: to_u32(end),
            open_end: to_u32(end),
            next: node + 1,
            attributes: to_u32(first),
            name_len: u16::try_from(name.len()).map_err(|_| syntax::too_much("a name longer than 65,535", head))?,
            ns,
            tag: Tag::of(local(name)),
        });
        self.open.push(Open { node, default_ns, prefixes });
        Ok(())
    }

    fn check_bounds(&self, head: &Range<usize>) -> Result<(), Box<Fault>> {
        if self.open.len() == DEPTH_LIMIT {
            return Err(syntax::too_much("elements nested deeper than 256", head.clone()));
        }
        if self.tree.nodes.len() == ELEMENT_LIMIT {
            return Err(syntax::too_much("more than 1,048,576 elements", head.clone()));
        }
        Ok(())
    }

    /// Records the attributes of a start tag; answers the default namespace inside of it.
    fn attributes(&mut self, tag: &BytesStart<'_>, first: usize, mut default_ns: Ns) -> Result<Ns, Box<Fault>> {
        let content = self.offset(tag.as_ref());
        let inside = content..content + tag.as_ref().len();
        let raw = &self.text.as_bytes()[inside.clone()];
        if raw.contains(&b'<') {
            return Err(syntax::less_than_in_tag(self.text, inside));
        }
        let has_references = raw.contains(&b'&');
        let mut seen = 0_u64;
        let mut iterator = tag.attributes();
        for attribute in iterator.with_checks(false) {
            let attribute = attribute.map_err(|e| syntax::explain_attribute(&e, self.text, inside.clone()))?;
            let key = attribute.key.as_ref();
            let name_at = self.offset(key);
            let name = name_at..name_at + key.len();
            let value_at = self.offset(&attribute.value);
            let value = value_at..value_at + attribute.value.len();
            syntax::check_attribute(self.text, &name)?;
            if has_references {
                syntax::check_references(self.text, value.clone())?;
            }
            if self.tree.attributes.len() - first == ATTRIBUTE_LIMIT {
                return Err(syntax::too_much("more than 1,024 attributes of one element", name));
            }
            let bit = key_bit(key.as_bytes());
            if seen & bit != 0 && self.tree.attributes.len() - first <= PAIRS_LIMIT {
                self.check_unique(first, &name)?;
            }
            seen |= bit;
            if key.starts_with("xmlns") {
                let uri = Ns::of(&crate::tree::resolve(&self.text[value.clone()]));
                match self.text[name.clone()].split_once(':') {
                    None if key == "xmlns" => default_ns = uri,
                    Some(("xmlns", prefix)) => self.prefixes.push((prefix, uri)),
                    _ => {}
                }
            }
            self.tree.attributes.push(Attribute {
                name: (to_u32(name.start), to_u32(name.end)),
                value: (to_u32(value.start), to_u32(value.end)),
            });
        }
        if self.tree.attributes.len() - first > PAIRS_LIMIT {
            self.check_all_unique(first)?;
        }
        Ok(default_ns)
    }

    /// Refuses a second attribute of one name, given the names before it in its tag.
    fn check_unique(&self, first: usize, name: &Range<usize>) -> Result<(), Box<Fault>> {
        let same = |a: &&Attribute| self.text[range(a.name)] == self.text[name.clone()];
        match self.tree.attributes[first..].iter().find(same) {
            None => Ok(()),
            Some(twin) => Err(syntax::duplicate_attribute(self.text, name.clone(), range(twin.name))),
        }
    }

    /// The same for a whole tag that has so many attributes that pairs would take too long.
    fn check_all_unique(&self, first: usize) -> Result<(), Box<Fault>> {
        let mut names = HashMap::new();
        for attribute in &self.tree.attributes[first..] {
            let name = range(attribute.name);
            if let Some(twin) = names.insert(&self.text[name.clone()], name.clone()) {
                return Err(syntax::duplicate_attribute(self.text, name, twin));
            }
        }
        Ok(())
    }

    fn prefix(&self, prefix: &str, head: &Range<usize>) -> Result<Ns, Box<Fault>> {
        let declared = self.prefixes.iter().rev().find(|(p, _)| *p == prefix).map(|&(_, ns)| ns);
        declared.or((prefix == "xml").then_some(Ns::Other)).ok_or_else(|| {
            let message = format!("the namespace prefix `{}` is not declared", quote(prefix));
            Fault::new("CT1003", message, head.clone(), "prefix without xmlns").note("help", EXPORT_AGAIN).into()
        })
    }

    fn end(&mut self, name: &str, span: Range<usize>) -> Result<(), Box<Fault>> {
        let name = name.trim_end();
        let Some(open) = self.open.last() else {
            let message = format!("</{}> ends an element that was never begun", quote(name));
            return Err(Fault::new("CT1003", message, span, "nothing is open").note("help", EXPORT_AGAIN).into());
        };
        let node = &self.tree.nodes[open.node as usize];
        let head = node.start as usize..node.start as usize + 1 + usize::from(node.name_len);
        let expected = &self.text[head.start + 1..head.end];
        if name != expected {
            let message = format!("</{}> comes before the end of <{}>", quote(name), quote(expected));
            let fault = Fault::new("CT1003", message, span, "closes too early").related(head, "still open");
            return Err(fault.note("help", EXPORT_AGAIN).into());
        }
        self.close(span.end);
        Ok(())
    }

    fn close(&mut self, end: usize) {
        if let Some(open) = self.open.pop() {
            let next = to_u32(self.tree.nodes.len());
            let node = &mut self.tree.nodes[open.node as usize];
            (node.end, node.next) = (to_u32(end), next);
            self.prefixes.truncate(open.prefixes);
        }
    }

    fn text(&self, span: Range<usize>) -> Result<(), Box<Fault>> {
        let text = &self.text[span.clone()];
        if text.bytes().all(|b| matches!(b, b' ' | b'\n' | b'\r' | b'\t')) {
            return Ok(());
        }
        self.inside(span.clone())?;
        match text.find("]]>") {
            None => Ok(()),
            Some(at) => {
                let place = span.start + at..span.start + at + 3;
                let fault = Fault::new("CT1003", "]]> stands outside of CDATA", place, "must be written ]]&gt;");
                Err(fault.note("help", EXPORT_AGAIN).into())
            }
        }
    }

    /// Refuses text outside of the root.
    fn inside(&self, span: Range<usize>) -> Result<(), Box<Fault>> {
        if !self.open.is_empty() {
            return Ok(());
        }
        let lead = self.text[span.clone()].len() - self.text[span.clone()].trim_start().len();
        Err(if self.tree.nodes.is_empty() {
            syntax::not_xml(span.start + lead..span.end)
        } else {
            let place = span.start + lead..span.end;
            let fault = Fault::new("CT1003", "text follows the end of the document", place, "must not be here");
            fault.note("help", EXPORT_AGAIN).into()
        })
    }

    fn finish(self) -> Result<Tree, Box<Fault>> {
        if let Some(open) = self.open.last() {
            let node = &self.tree.nodes[open.node as usize];
            let head = node.start as usize..node.start as usize + 1 + usize::from(node.name_len);
            let name = quote(&self.text[head.start + 1..head.end]);
            let end = self.text.trim_end().len();
            let message = format!("the file ends before the end of <{name}>");
            let fault = Fault::new("CT1003", message, end..end, "the file ends here").related(head, "still open");
            return Err(fault.note("", "the file was cut off").note("help", EXPORT_AGAIN).into());
        }
        if self.tree.nodes.is_empty() {
            return Err(syntax::not_xml(0..0));
        }
        Ok(self.tree)
    }

    fn root_head(&self) -> usize {
        self.tree.nodes.first().map_or(0, |n| n.start as usize + 1 + usize::from(n.name_len))
    }

    /// Where in the text a piece that quick-xml borrowed from it begins.
    fn offset(&self, piece: &str) -> usize {
        (piece.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len())
    }
}

/// One of 64 classes of attribute names.
fn key_bit(key: &[u8]) -> u64 {
    let at = |i: usize| u64::from(key.get(i).copied().unwrap_or_default());
    let mixed = at(0).wrapping_mul(7) ^ at(key.len() / 2).wrapping_mul(13) ^ at(key.len().wrapping_sub(1));
    1 << ((mixed ^ (key.len() as u64).wrapping_mul(5)) & 63)
}

/// Offsets fit, because larger documents are refused before they are parsed.
fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
