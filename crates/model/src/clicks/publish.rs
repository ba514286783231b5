//! The clicks of a publish in Topology Builder, derived from the slots before and after. It knows labels, and nothing of
//! documents.
//!
//! Labels: operations §2 (S2, S3, S9) and §6.2. User, Application and Central Management lie on one SQL Server store of
//! the pool; Archiving and Monitoring have their own under "Associations".

use std::collections::BTreeSet;

use topology::names::{Fqdn, SqlInstance};

use super::{Instructions, Step};
use crate::call::SlotChange;
use crate::database_type::DatabaseType;
use crate::estate::Product;

/// One thing that is set, cleared or chosen for a store. In the order in which Topology Builder lets it be done: a mirror
/// is cleared before its instance can be chosen as the store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Edit {
    ClearWitness,
    ClearMirror,
    Store(SqlInstance),
    Mirror(SqlInstance),
    Witness(SqlInstance),
}

/// What a person is told: the clicks of the pool, and where one publish serves several, those of each, before all of it is
/// published at once. A shared store is edited with the pool that its cmdlets name.
pub(super) fn instructions(pool: &Fqdn, product: Product, changes: &[SlotChange]) -> Instructions {
    let owners: BTreeSet<&Fqdn> = changes.iter().map(|c| &c.pool).collect();
    let several = owners.len() > 1;
    let mut steps = vec![Step::from("Start Topology Builder, \"Download Topology from existing deployment\".")];
    let mut all = Vec::new();
    for owner in if several { owners } else { BTreeSet::from([pool]) } {
        let of = |c: &&SlotChange| c.pool == *owner || changes.iter().all(|c| c.pool != *owner);
        let own: Vec<&SlotChange> = changes.iter().filter(of).collect();
        let edits = edits(&own);
        steps.push(open(owner, &own));
        steps.extend(edits.iter().map(|(edit, stores)| step(edit, owner, stores)));
        steps.push("OK. Leave every other field alone.".into());
        all.extend(edits);
    }
    steps.push(publish(product));
    if all.iter().any(|(edit, _)| matches!(edit, Edit::ClearWitness | Edit::Witness(_))) {
        steps.push(
            "Download the topology again and look at the witness: no cmdlet shows it, your word is the proof.".into(),
        );
    }
    Instructions {
        heads: vec![("Right", "RTCUniversalServerAdmins, and Domain Admins or delegated setup".to_owned())],
        steps,
        notes: notes(&all, several),
    }
}

/// What is edited for a pool, each with the stores for which it is.
fn edits<'a>(changes: &[&'a SlotChange]) -> Vec<(Edit, Vec<&'a SlotChange>)> {
    let mut edits: Vec<(Edit, Vec<&SlotChange>)> = Vec::new();
    for &change in changes {
        for edit in edits_of(change) {
            match edits.iter_mut().find(|(e, _)| *e == edit) {
                Some((_, stores)) => stores.push(change),
                None => edits.push((edit, vec![change])),
            }
        }
    }
    edits.sort_by(|a, b| a.0.cmp(&b.0));
    edits
}

fn edits_of(change: &SlotChange) -> Vec<Edit> {
    let (before, after) = (&change.before, &change.after);
    let mut edits = Vec::new();
    if before.mirror.is_some() && after.mirror.is_none() {
        // Clearing mirroring takes the witness with it (operations §3, row 11).
        edits.push(Edit::ClearMirror);
    } else if before.witness.is_some() && after.witness.is_none() {
        edits.push(Edit::ClearWitness);
    }
    if before.primary != after.primary {
        edits.push(Edit::Store(after.primary.clone()));
    }
    if let Some(mirror) = after.mirror.as_ref().filter(|m| before.mirror.as_ref() != Some(*m)) {
        edits.push(Edit::Mirror(mirror.clone()));
    }
    if let Some(witness) = after.witness.as_ref().filter(|w| before.witness.as_ref() != Some(*w)) {
        edits.push(Edit::Witness(witness.clone()));
    }
    edits
}

fn open(pool: &Fqdn, changes: &[&SlotChange]) -> Step {
    let chat = |k: DatabaseType| matches!(k, DatabaseType::PersistentChat | DatabaseType::PersistentChatCompliance);
    let folder = if changes.iter().all(|c| chat(c.kind)) {
        "Persistent Chat pools"
    } else {
        "Enterprise Edition Front End pools"
    };
    format!("Under \"{folder}\", right-click {pool}, \"Edit Properties\". Tab \"General\", \"Associations\".").into()
}

fn step(edit: &Edit, pool: &Fqdn, stores: &[&SlotChange]) -> Step {
    let text = match edit {
        Edit::ClearWitness => "Clear \"Use SQL mirroring witness to enable automatic failover\"".to_owned(),
        Edit::ClearMirror => "Clear \"Enable SQL Server store mirroring\"".to_owned(),
        Edit::Store(i) => format!("Choose {i} as the SQL Server store"),
        Edit::Mirror(i) => {
            format!("Set \"Enable SQL Server store mirroring\", and choose {i} as \"Mirroring SQL Server store\"")
        }
        Edit::Witness(i) => {
            format!("Set \"Use SQL mirroring witness to enable automatic failover\", and choose {i}")
        }
    };
    Step { text, items: labels(pool, stores), code: Vec::new() }
}

/// The stores of an edit as Topology Builder shows them; with the pool, where it is another one.
fn labels(pool: &Fqdn, stores: &[&SlotChange]) -> Vec<String> {
    let mut pools: Vec<&Fqdn> = stores.iter().map(|c| &c.pool).collect();
    pools.sort();
    pools.dedup();
    let mut labels = Vec::new();
    for owner in pools {
        let of = |kinds: &[DatabaseType]| -> Vec<&str> {
            let mine = stores.iter().filter(|c| c.pool == *owner && kinds.contains(&c.kind));
            mine.map(|c| c.kind.name()).collect()
        };
        let place = if owner == pool { String::new() } else { format!(", of {owner}") };
        let common = of(&[DatabaseType::User, DatabaseType::Application, DatabaseType::CentralMgmt]);
        if !common.is_empty() {
            labels.push(format!("for the SQL Server store ({}){place}", and(&common)));
        }
        for (kind, label) in [
            (DatabaseType::Archiving, "Archiving"),
            (DatabaseType::Monitoring, "Monitoring"),
            (DatabaseType::PersistentChat, "the Persistent Chat store"),
            (DatabaseType::PersistentChatCompliance, "the Persistent Chat compliance store"),
        ] {
            if !of(&[kind]).is_empty() {
                labels.push(format!("for {label}{place}"));
            }
        }
    }
    labels
}

/// "User", "User and Application", "User, Application and CentralMgmt".
fn and(words: &[&str]) -> String {
    match words {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => words.concat(),
    }
}

fn publish(product: Product) -> Step {
    let node = match product {
        Product::Lync2010 => "Lync Server 2010",
        Product::Lync2013 => "Lync Server 2013",
        Product::Skype2015 | Product::Skype2019 => "Skype for Business Server",
    };
    // Which host holds the live databases is not said: while the primary slot's host is dead it is the other one.
    let text = format!(
        "Right-click \"{node}\", \"Topology\", \"Publish\". Select no database for creation: the pool's databases are live."
    );
    text.into()
}

fn notes(edits: &[(Edit, Vec<&SlotChange>)], several: bool) -> Vec<String> {
    let mut notes =
        vec!["A SQL Server that is away gives warnings that it cannot be reached. They are expected.".to_owned()];
    for (edit, _) in edits {
        match edit {
            Edit::ClearWitness => notes.push(
                "Do not follow the to-do \"Uninstall-CsMirrorDatabase\" that is shown after the publish: it would end all \
                 mirroring. The sessions lose their witness in a step of its own."
                    .to_owned(),
            ),
            Edit::ClearMirror => notes.push(
                "Ignore the to-do \"Uninstall-CsMirrorDatabase\" that is shown after the publish: where it is needed, it \
                 is a step of its own."
                    .to_owned(),
            ),
            Edit::Mirror(i) => {
                notes.push(format!(
                    "Where {i} is not offered, define it first: \"New\", then \"This SQL instance is in mirroring \
                     relation\" with port 5022. An endpoint that exists already keeps its own port, and the topology must \
                     name that one."
                ));
                notes.push("Do not let the wizard create the mirrors: that is a step of its own.".to_owned());
            }
            Edit::Witness(i) => notes.push(format!(
                "Where {i} is not offered, define it first: \"New\", then \"This SQL instance is in mirroring relation\" \
                 with port 7022. Do not follow a to-do \"Uninstall-CsMirrorDatabase\": it would end all mirroring."
            )),
            Edit::Store(_) => {}
        }
    }
    notes.dedup();
    // The same note for each pool is one.
    let mut said = BTreeSet::new();
    notes.retain(|n| !several || said.insert(n.clone()));
    notes
}
