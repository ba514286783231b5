//! Every span of the tree against an independent parser, over all fixtures.

use std::ops::Range;

use crate::parse::parse;
use crate::tree::{NodeId, Xml, range};

/// What a parser says of one element: its range, its name, and the ranges of its attributes' names and values.
type Spans = (Range<usize>, String, Vec<(String, Range<usize>)>);

fn ours(text: &str) -> Vec<Spans> {
    let tree = parse(text).unwrap_or_else(|f| panic!("{f:?}"));
    let xml = Xml { text, tree: &tree };
    let element = |id: NodeId| {
        let attributes = xml.attributes(id).iter().filter(|a| !xml.declares_namespace(a));
        let attributes = attributes.map(|a| (text[range(a.name)].to_owned(), range(a.value)));
        (xml.span(id), xml.local(id).to_owned(), attributes.collect())
    };
    (0..tree.nodes.len() as NodeId).map(element).collect()
}

fn theirs(text: &str) -> Vec<Spans> {
    let document = roxmltree::Document::parse(text).unwrap();
    let element = |node: roxmltree::Node<'_, '_>| {
        let attributes = node.attributes().map(|a| (a.name().to_owned(), a.range_value()));
        (node.range(), node.tag_name().name().to_owned(), attributes.collect())
    };
    document.descendants().filter(roxmltree::Node::is_element).map(element).collect()
}

fn check(bytes: &[u8]) {
    let decoded = crate::encoding::decode(bytes.to_vec(), "fixture").unwrap();
    let (ours, theirs) = (ours(decoded.text()), theirs(decoded.text()));
    assert!(ours.len() > 20);
    assert_eq!(ours, theirs);
}

macro_rules! documents {
    ($($test:ident: $file:literal)*) => {
        $(#[test]
        fn $test() {
            check(include_bytes!(concat!("../../../fixtures/documents/", $file)));
        })*
    };
}

documents! {
    mirrored: "mirrored.xml"
    mirrored_utf16: "mirrored-utf16.xml"
    always_on: "alwayson.xml"
    builder_new: "new.tbxml"
    builder_published: "published.tbxml"
    two_pools: "two-pools.xml"
    shared_archiving: "shared-archiving.xml"
    cycle: "cycle.xml"
    dangling: "dangling.xml"
}

#[test]
fn odd_spelling_that_is_legal() {
    let text = "<?xml version='1.0'?><!-- < & > -->\n<t:Topology\n\txmlns:t = 'a&amp;b' x='\"' y = \"é'\"\r\n>\
                é<![CDATA[<a b=\"c\">&]]><?p i?><b></b ><c d=''/>&lt;&#xE9;</t:Topology\n>\n<!-- end -->";
    let ours = ours(text);
    assert_eq!(ours, theirs(text));
    assert_eq!(ours.len(), 3);
}
