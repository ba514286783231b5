//! Why a fact is not known, and when it was read, from the snapshot. It knows no plan.

use jiff::Timestamp;
use model::estate::{DatabaseId, Estate};
use model::fact::{Fact, Reading};
use model::field::Field;
use model::snapshot::{CopyDetail, Snapshot};
use model::vocabulary;

/// Why a field is unknown; "not read" where nothing says more.
#[must_use]
pub fn unknown(snapshot: &Snapshot, estate: &Estate, field: Field) -> String {
    of(snapshot.fact(estate, field))
}

/// As above, of a fact that was found already.
#[must_use]
pub fn of(fact: Option<&Fact>) -> String {
    match fact.map(|f| &f.reading) {
        Some(Reading::Unknown(reason)) => reason.clone(),
        _ => "not read".to_owned(),
    }
}

/// Since when a machine is silent.
#[must_use]
pub fn silent_since(snapshot: &Snapshot, estate: &Estate, host: model::estate::HostId) -> Option<Timestamp> {
    snapshot.details.hosts.get(estate.host(host)).and_then(|d| d.silent_since)
}

/// When a database was last backed up, of whichever copy.
#[must_use]
pub fn backed_up(snapshot: &Snapshot, estate: &Estate, d: DatabaseId) -> Option<Timestamp> {
    let copies = estate.store(estate.database(d).store).instances.iter().map(|&i| Field::Role(d, i));
    copies.filter_map(|f| Some(snapshot.details.backups.get(&vocabulary::subject(estate, f))?.at)).max()
}

/// What is told about a copy, by any field of it.
#[must_use]
pub fn copy<'a>(snapshot: &'a Snapshot, estate: &Estate, field: Field) -> Option<&'a CopyDetail> {
    snapshot.details.copies.get(&vocabulary::subject(estate, field))
}
