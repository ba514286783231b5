//! A document's own earlier words for a mirror, to be put back where they stood; it invents none.

use std::ops::Range;

use crate::document::Document;
use crate::lines::LineEnding;
use crate::names::{Fqdn, SqlInstance};
use crate::repoint::repoint;
use crate::slots::{Pair, Relation};
use crate::splice::{Splice, splice, with_leading_space};
use crate::store::StoreRole;
use crate::tree::NodeId;
use crate::view::Topology;

/// How an earlier document spelt the mirror of one store of one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    earlier: Document,
    pool: Fqdn,
    store: StoreRole,
    primary: SqlInstance,
    mirror: SqlInstance,
}

/// The part of an earlier document that says the mirror.
pub(crate) struct Passage<'a> {
    pub(crate) topology: &'a Topology,
    pub(crate) relation: Relation,
    pub(crate) pair: Pair,
}

impl Document {
    /// The words of this document for the mirror of a store; none if it is not read as mirrored.
    #[must_use]
    pub fn words(&self, pool: &Fqdn, store: StoreRole) -> Option<Words> {
        let topology = self.topology();
        let pair = topology.pair(&topology.relation(pool, store)?)?;
        let primary = topology.instance_of(pair.primary)?.clone();
        let mirror = topology.instance_of(pair.mirror)?.clone();
        Some(Words { earlier: self.clone(), pool: pool.clone(), store, primary, mirror })
    }
}

impl Words {
    /// The pool that the words are about.
    #[must_use]
    pub fn pool(&self) -> &Fqdn {
        &self.pool
    }

    /// The store that the words are about.
    #[must_use]
    pub fn store(&self) -> StoreRole {
        self.store
    }

    /// The instance that was in the primary slot.
    #[must_use]
    pub fn primary(&self) -> &SqlInstance {
        &self.primary
    }

    /// The instance that was in the mirror slot.
    #[must_use]
    pub fn mirror(&self) -> &SqlInstance {
        &self.mirror
    }

    /// The document that the words stand in.
    #[must_use]
    pub fn earlier(&self) -> &Document {
        &self.earlier
    }

    /// Whether these are the two instances, in either order.
    pub(crate) fn are_about(&self, a: &SqlInstance, b: &SqlInstance) -> bool {
        (a, b) == (&self.primary, &self.mirror) || (b, a) == (&self.primary, &self.mirror)
    }

    pub(crate) fn passage(&self) -> Option<Passage<'_>> {
        let topology = self.earlier.topology();
        let relation = topology.relation(&self.pool, self.store)?;
        let pair = topology.pair(&relation)?;
        Some(Passage { topology, relation, pair })
    }
}

impl Passage<'_> {
    /// Puts the dependency on the mirror back into the consumer `consumer` of `now`.
    pub(crate) fn dependency(&self, now: &Topology, consumer: u32) -> Option<Splice> {
        let then = self.topology;
        let target = |t: &'_ Topology, n: u32| Some(t.service(t.dependency(n).target?).identity.clone());
        let earlier = then.service(self.relation.consumer).dependencies.clone();
        let before = earlier.take_while(|&n| n != self.pair.mirror_dependency);
        let before: Vec<_> = before.map(|n| (then.dependency(n).node, target(then, n))).collect();
        let present = now.service(consumer).dependencies.clone();
        let present: Vec<_> = present.map(|n| (now.dependency(n).node, target(now, n))).collect();
        let node = then.dependency(self.pair.mirror_dependency).node;
        let first = present.first()?.0;
        self.put_back(now, node, &before, &present, first, Vec::new())
    }

    /// Puts the mirror's store service back into `now`, installed on the SQL instance number `sql` of `now`.
    pub(crate) fn service(&self, now: &Topology, sql: u32) -> Option<Splice> {
        let then = self.topology;
        let list = |t: &Topology, until: usize| -> Vec<_> {
            t.records.services[..until].iter().map(|s| (s.node, Some(s.identity.clone()))).collect()
        };
        let (before, present) = (list(then, self.pair.mirror as usize), list(now, now.records.services.len()));
        let node = then.service(self.pair.mirror).node;
        let moved = repoint(then, self.pair.mirror, now, sql)?;
        self.put_back(now, node, &before, &present, present.first()?.0, moved)
    }

    /// Inserts the element `node` of the earlier document, changed by `changes`, behind the nearest of the siblings
    /// that stood before it and still do. So elements that come back in any order stand as they stood.
    fn put_back(
        &self,
        now: &Topology,
        node: NodeId,
        before: &[(NodeId, Option<Box<str>>)],
        present: &[(NodeId, Option<Box<str>>)],
        first: NodeId,
        changes: Vec<Splice>,
    ) -> Option<Splice> {
        let (then_xml, now_xml) = (self.topology.xml(), now.xml());
        let cut = with_leading_space(then_xml.text, then_xml.span(node));
        let find = |(sibling, identity): &(NodeId, Option<Box<str>>)| {
            let twin = present.iter().find(|(_, other)| identity.is_some() && other == identity)?;
            Some((*sibling, twin.0))
        };
        let at = match before.iter().rev().find_map(find) {
            Some((sibling, twin)) => {
                let end = now_xml.span(twin).end;
                // A comment that stood between the two still stands between them.
                let between = then_xml.text.get(then_xml.span(sibling).end..cut.start).unwrap_or_default();
                if now_xml.text[end..].starts_with(between) { end + between.len() } else { end }
            }
            None => with_leading_space(now_xml.text, now_xml.span(first)).start,
        };
        let shift = |s: Splice| Splice { range: offset(s.range, cut.start), with: s.with };
        let text = splice(&then_xml.text[cut.clone()], changes.into_iter().map(shift).collect());
        Some(Splice { range: at..at, with: with_line_ending(&text, now.source.lines().ending()) })
    }
}

fn offset(range: Range<usize>, by: usize) -> Range<usize> {
    range.start - by..range.end - by
}

/// Line ends are those of the document that the words are put into.
fn with_line_ending(text: &str, ending: LineEnding) -> String {
    match ending {
        LineEnding::Lf => text.replace("\r\n", "\n"),
        LineEnding::Crlf => text.replace("\r\n", "\n").replace('\n', "\r\n"),
        LineEnding::Mixed => text.to_owned(),
    }
}
