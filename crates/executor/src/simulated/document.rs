//! The topology document of a simulated deployment, where one is given: it follows the table of slots when a person
//! publishes, and the table follows it when a file is published. It edits only through the topology crate.

use topology::names::{Fqdn, SqlInstance};
use topology::{Document, Edit, Mirroring};

use super::act::Outcome;
use super::deployment::Deployment;
use super::pool::Slots;

/// A store before and after a publish.
pub(super) struct Moved {
    pub pool: Fqdn,
    pub before: Slots,
    pub after: Slots,
}

fn read(text: &str) -> Option<Document> {
    Document::read(text.as_bytes().to_vec(), "topology.xml").ok()
}

impl Deployment {
    /// With a topology document beside the table of slots.
    #[must_use]
    pub fn with_document(mut self, text: &str) -> Self {
        self.document = Some(text.to_owned());
        self.mirrored_document = Some(text.to_owned());
        self
    }

    /// The document follows what a person published. Where its words do not allow that, it stays as it was, and the events
    /// say so: Topology Builder would write what nobody here knows how to spell.
    pub(super) fn document_follows(&mut self, moved: &[Moved]) {
        let Some(document) = self.document.as_deref().and_then(read) else { return };
        let earlier = self.mirrored_document.as_deref().and_then(read);
        let mut edits = Vec::new();
        for m in moved {
            let (pool, store) = (m.pool.clone(), m.after.kind.store_role());
            if m.before.mirror.is_some() && m.after.mirror != m.before.mirror {
                edits.push(Edit::MirroringOff { pool: pool.clone(), store });
            }
            if m.after.primary != m.before.primary {
                edits.push(Edit::MoveStore { pool: pool.clone(), store, to: m.after.primary.clone() });
            }
            let words = earlier.as_ref().and_then(|d| d.words(&pool, store));
            if let (Some(mirror), Some(words)) = (m.after.mirror.clone(), words)
                && m.after.mirror != m.before.mirror
            {
                edits.push(Edit::MirroringOn { pool, store, words, primary: m.after.primary.clone(), mirror });
            }
        }
        match document.apply(&edits) {
            Ok(edited) => self.document = Some(edited.text().to_owned()),
            Err(refusal) => self.note(format!("the topology document could not follow the publish: {refusal}")),
        }
    }

    /// `Publish-CsTopology -FileName`: the whole document is replaced, and with it every slot that it says. It asks for no
    /// mirror rules as Topology Builder does, and simple URLs have to be configured again (operations §10.1).
    pub(super) fn publish_file(&mut self, file: &str) -> Outcome {
        if !self.cms_writable() {
            return Outcome::no("Publish-CsTopology: the Central Management store does not answer.");
        }
        let Some(text) = self.files.get(file).cloned() else {
            return Outcome::no(format!("Publish-CsTopology: cannot find {file}."));
        };
        let Some(document) = read(&text) else {
            return Outcome::no(format!("Publish-CsTopology: {file} is not a topology document."));
        };
        let mut changed = Vec::new();
        for store in &mut self.published.stores {
            let Some(pool) = store.pools.first().cloned() else { continue };
            let Some(said) = document.topology().slots(&pool, store.slots.kind.store_role()) else { continue };
            let mirror: Option<SqlInstance> = match &said.mirroring {
                Mirroring::Mirrored { mirror, .. } => Some(mirror.clone()),
                Mirroring::NotConfigured { .. } => None,
                Mirroring::Unknown { .. } => continue,
            };
            let primary = said.primary.unwrap_or_else(|| store.slots.primary.clone());
            let witness = store.slots.witness.clone().filter(|_| mirror.is_some());
            let after = Slots { kind: store.slots.kind, primary, mirror, witness };
            if after != store.slots {
                store.slots = after;
                changed.push((pool, store.slots.kind));
            }
        }
        self.document = Some(text);
        self.published_now(changed);
        self.note("simple URLs have to be configured again");
        Outcome::yes("")
    }
}
