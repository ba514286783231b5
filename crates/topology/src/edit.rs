//! Edits as values, and what a document is after them; an edit uses words that the site's own documents hold.
//!
//! Only what is understood is edited: every slot that an edit touches must be known before, and is read back after.
//! Whatever else would change with it makes the edit refused.

use crate::diagnostic::Mark;
use crate::document::Document;
use crate::encoding::encode;
use crate::names::{Fqdn, SqlInstance};
use crate::repoint::repoint;
use crate::slots::{Mirroring, Slots};
use crate::splice::{Splice, splice, with_leading_space};
use crate::store::StoreRole;
use crate::view::Topology;
use crate::words::Words;

/// One change of the slots of one store of one pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Takes the mirror out of the mirror slot: its dependency, and its store service once nothing depends on it.
    MirroringOff {
        /// The pool.
        pool: Fqdn,
        /// The store.
        store: StoreRole,
    },
    /// Puts another listed SQL instance into the primary slot of a store without a mirror.
    MoveStore {
        /// The pool.
        pool: Fqdn,
        /// The store.
        store: StoreRole,
        /// The instance.
        to: SqlInstance,
    },
    /// Puts a mirror back in the words of an earlier document, with the two instances as they were or exchanged.
    MirroringOn {
        /// The pool.
        pool: Fqdn,
        /// The store.
        store: StoreRole,
        /// The earlier document's words for this store of this pool.
        words: Words,
        /// The instance that is in the primary slot.
        primary: SqlInstance,
        /// The instance for the mirror slot.
        mirror: SqlInstance,
    },
}

impl Edit {
    /// The pool and store that the edit names.
    #[must_use]
    pub fn subject(&self) -> (&Fqdn, StoreRole) {
        match self {
            Self::MirroringOff { pool, store }
            | Self::MoveStore { pool, store, .. }
            | Self::MirroringOn { pool, store, .. } => (pool, *store),
        }
    }
}

/// Why a document is not edited. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct EditRefusal {
    /// Stable code.
    pub code: &'static str,
    /// What was expected and what was found, in one sentence.
    pub reason: String,
    /// The place it is about, if there is one.
    pub place: Option<Mark>,
    /// What to do instead.
    pub help: String,
}

const BY_GATE: &str = "make the change in Topology Builder and publish there";

fn refuse<T>(code: &'static str, reason: String) -> Result<T, EditRefusal> {
    Err(EditRefusal { code, reason, place: None, help: BY_GATE.to_owned() })
}

impl Document {
    /// The document after some edits, one after the other; of a `.tbxml`, its `NewTopology`. It has the encoding of
    /// this one, and every byte that no edit touches is the same.
    ///
    /// # Errors
    /// When any slot of the document is unknown, an edit does not fit it, or more would change than the edits name.
    pub fn apply(&self, edits: &[Edit]) -> Result<Document, EditRefusal> {
        refuse_unknown(self.topology())?;
        let mut document = self.clone();
        for edit in edits {
            let splices = splices(document.topology(), edit)?;
            if !splices.is_empty() {
                let text = splice(document.text(), splices);
                let read = Document::read(encode(&text, self.encoding()), self.file());
                document = read.map_err(|d| unexpected(format!("the edited document is not sound: {}", d.message)))?;
            }
            read_back(document.topology(), edit)?;
        }
        refuse_side_effects(self.topology(), document.topology(), edits)?;
        Ok(document)
    }
}

fn unexpected(reason: String) -> EditRefusal {
    EditRefusal { code: "CT1105", reason, place: None, help: BY_GATE.to_owned() }
}

/// What is not understood may hang together with what an edit changes.
fn refuse_unknown(topology: &Topology) -> Result<(), EditRefusal> {
    for (number, cluster) in topology.records.clusters.iter().enumerate() {
        for store in StoreRole::ALL {
            let Some(relation) = topology.relation_on(number as u32, store) else { continue };
            if let Mirroring::Unknown { reason, excerpt } = topology.judge(&relation, store).mirroring {
                let pool = cluster.fqdn.as_ref().map_or(&*cluster.identity, Fqdn::as_str);
                return Err(EditRefusal {
                    code: "CT1101",
                    reason: format!("the slots of the {store} store of {pool} are unknown: {reason}"),
                    place: Some(excerpt),
                    help: BY_GATE.to_owned(),
                });
            }
        }
    }
    Ok(())
}

fn splices(topology: &Topology, edit: &Edit) -> Result<Vec<Splice>, EditRefusal> {
    match edit {
        Edit::MirroringOff { pool, store } => mirroring_off(topology, pool, *store),
        Edit::MoveStore { pool, store, to } => move_store(topology, pool, *store, to),
        Edit::MirroringOn { pool, store, words, primary, mirror } => {
            if (words.pool(), words.store()) != (pool, *store) {
                let (of, its) = (words.pool(), words.store());
                return refuse(
                    "CT1104",
                    format!("the words are those of the {its} store of {of}, not {store} of {pool}"),
                );
            }
            mirroring_on(topology, words, primary, mirror)
        }
    }
}

fn slots(topology: &Topology, pool: &Fqdn, store: StoreRole) -> Result<Slots, EditRefusal> {
    match topology.slots(pool, store) {
        Some(slots) => Ok(slots),
        None => refuse("CT1102", format!("{pool} has no {store} store in this document")),
    }
}

fn mirroring_off(topology: &Topology, pool: &Fqdn, store: StoreRole) -> Result<Vec<Splice>, EditRefusal> {
    slots(topology, pool, store)?;
    let Some(pair) = topology.relation(pool, store).and_then(|relation| topology.pair(&relation)) else {
        return refuse(
            "CT1103",
            format!("the {store} store of {pool} is not mirrored, as far as the document is understood"),
        );
    };
    let xml = topology.xml();
    let remove = |node| Splice { range: with_leading_space(xml.text, xml.span(node)), with: String::new() };
    let mut splices = vec![remove(topology.dependency(pair.mirror_dependency).node)];
    let users = topology.records.dependencies.iter().filter(|d| d.target == Some(pair.mirror)).count();
    if users == 1 {
        splices.push(remove(topology.service(pair.mirror).node));
    }
    Ok(splices)
}

/// The number of a listed SQL instance; exactly one has to be listed under the name.
fn listed(topology: &Topology, instance: &SqlInstance) -> Result<u32, EditRefusal> {
    let mut found = topology.records.sqls.iter().enumerate().filter(|(_, s)| s.instance.as_ref() == Some(instance));
    match (found.next(), found.next()) {
        (Some((number, _)), None) => Ok(number as u32),
        (None, _) => refuse("CT1102", format!("the document lists no SQL instance {instance}; an edit adds none")),
        (Some(_), Some(_)) => refuse("CT1102", format!("the document lists {instance} more than once")),
    }
}

/// The service of the store in the primary slot, of a store without a mirror.
fn unmirrored(topology: &Topology, pool: &Fqdn, store: StoreRole) -> Result<(u32, u32, SqlInstance), EditRefusal> {
    let Slots { primary, mirroring, .. } = slots(topology, pool, store)?;
    if let Mirroring::Mirrored { mirror, .. } = mirroring {
        return refuse(
            "CT1103",
            format!("the {store} store of {pool} is mirrored on {mirror}; mirroring must be off first"),
        );
    }
    let relation = topology.relation(pool, store);
    let found = relation.and_then(|r| Some((r.consumer, topology.dependency(*r.dependencies.first()?).target?)));
    match (found, primary) {
        (Some((consumer, service)), Some(primary)) => Ok((consumer, service, primary)),
        _ => refuse("CT1101", format!("where the {store} store of {pool} lies is not understood")),
    }
}

fn move_store(
    topology: &Topology,
    pool: &Fqdn,
    store: StoreRole,
    to: &SqlInstance,
) -> Result<Vec<Splice>, EditRefusal> {
    let sql = listed(topology, to)?;
    let (_, service, _) = unmirrored(topology, pool, store)?;
    match repoint(topology, service, topology, sql) {
        Some(splices) => Ok(splices),
        None => refuse("CT1101", format!("how the {store} store of {pool} is installed is not understood")),
    }
}

fn mirroring_on(
    topology: &Topology,
    words: &Words,
    primary: &SqlInstance,
    mirror: &SqlInstance,
) -> Result<Vec<Splice>, EditRefusal> {
    let (pool, store) = (words.pool(), words.store());
    let Some(passage) = words.passage().filter(|p| p.topology.form == topology.form) else {
        return refuse("CT1104", "the earlier words stand in a document of another form".to_owned());
    };
    if !words.are_about(primary, mirror) {
        let (a, b) = (words.primary(), words.mirror());
        let reason = format!("the earlier words are about {a} and {b}, not about {primary} and {mirror}");
        return refuse("CT1104", reason);
    }
    let (consumer, service, found) = unmirrored(topology, pool, store)?;
    if found != *primary {
        return refuse("CT1103", format!("the {store} store of {pool} lies on {found}; expected {primary}"));
    }
    let sql = listed(topology, mirror)?;
    let then = passage.topology;
    for (now, before) in [(consumer, passage.relation.consumer), (service, passage.pair.primary)] {
        let (now, before) = (topology.service(now), then.service(before));
        if now.identity != before.identity {
            let reason = format!("the earlier words belong to {}; the document has {}", before.identity, now.identity);
            return refuse("CT1104", reason);
        }
    }
    let identity = &then.service(passage.pair.mirror).identity;
    let mut splices = Vec::new();
    match (0..topology.records.services.len() as u32).find(|&n| topology.service(n).identity == *identity) {
        // A store that serves several pools is there already once the first of them is mirrored again.
        Some(there) if topology.instance_of(there) == Some(mirror) => {}
        Some(_) => return refuse("CT1104", format!("{identity} is in the document, and not as the store on {mirror}")),
        None => splices.push(passage.service(topology, sql)),
    }
    splices.push(passage.dependency(topology, consumer));
    match splices.into_iter().collect() {
        Some(splices) => Ok(splices),
        None => refuse("CT1104", "the earlier words have no place in the document".to_owned()),
    }
}

/// After an edit the slots must read as the edit says.
fn read_back(topology: &Topology, edit: &Edit) -> Result<(), EditRefusal> {
    let (pool, store) = edit.subject();
    let Slots { primary: now, mirroring, .. } = slots(topology, pool, store)?;
    let fits = match (edit, &mirroring) {
        (Edit::MirroringOff { .. }, Mirroring::NotConfigured { .. }) => true,
        (Edit::MoveStore { to, .. }, Mirroring::NotConfigured { .. }) => now.as_ref() == Some(to),
        (Edit::MirroringOn { primary, mirror, .. }, Mirroring::Mirrored { primary: p, mirror: m, .. }) => {
            (p, m) == (primary, mirror)
        }
        (Edit::MirroringOff { .. } | Edit::MoveStore { .. } | Edit::MirroringOn { .. }, _) => false,
    };
    if fits {
        Ok(())
    } else {
        Err(unexpected(format!("the slots of the {store} store of {pool} do not read as edited")))
    }
}

/// Nothing may change but the slots that the edits name: one Archiving store may serve several pools.
fn refuse_side_effects(old: &Topology, new: &Topology, edits: &[Edit]) -> Result<(), EditRefusal> {
    let Ok(comparison) = crate::compare::compare(old, new) else { return Ok(()) };
    let named = |pool: &Fqdn, store| edits.iter().any(|e| e.subject() == (pool, store));
    if let Some(other) = comparison.slots.iter().find(|d| !named(&d.pool, d.store)) {
        return Err(EditRefusal {
            code: "CT1106",
            reason: format!("the {} slot of the {} store of {} would change too", other.slot, other.store, other.pool),
            place: None,
            help: "the pools share the store: change it for all of them in one publish".to_owned(),
        });
    }
    match comparison.beside_slots().next() {
        None => Ok(()),
        Some(other) => Err(unexpected(format!("{} {} would change too", other.name, other.identity))),
    }
}
