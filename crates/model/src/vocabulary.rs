//! The one table between fields or values and the words that files and screens use for them. It knows no states, and not
//! what a value means.
//!
//! A field is written as a subject and an attribute: `pool01.contoso.com/LcsCDR on be2.contoso.com\RTC` and `role`. Roles
//! and session states are spelt as SQL Server prints them. Names compare without case, words too.

use topology::names::{Fqdn, SqlInstance};

use crate::database_type::DatabaseType;
use crate::estate::{DatabaseId, Estate, InstanceId, StoreId};
use crate::field::{Field, Value};

/// The subject of the fields that belong to no machine, pool or store.
pub const ESTATE: &str = "estate";

/// Every attribute, in the order of [`Field`].
pub const ATTRIBUTES: [&str; 27] = [
    "reachable",
    "fenced",
    "epoch",
    "answers",
    "ready",
    "role",
    "session",
    "content",
    "safety",
    "witness",
    "witness-link",
    "primary-slot",
    "mirror-slot",
    "witness-slot",
    "services",
    "replica",
    "loaded-primary",
    "loaded-mirror",
    "voter-epoch",
    "started-since-mirror",
    "tested",
    "log-backups",
    "reports",
    "holds-cms",
    "cms-writable",
    "saved",
    "publishing",
];

/// The attribute of a field, in kebab case.
#[must_use]
pub fn attribute(field: Field) -> &'static str {
    ATTRIBUTES[match field {
        Field::Reachable(_) => 0,
        Field::Fenced(_) => 1,
        Field::Epoch(_) => 2,
        Field::Answers(_) => 3,
        Field::Ready(_) => 4,
        Field::Role(..) => 5,
        Field::Session(..) => 6,
        Field::Content(..) => 7,
        Field::Safety(..) => 8,
        Field::Witness(..) => 9,
        Field::WitnessLink(..) => 10,
        Field::PrimarySlot(_) => 11,
        Field::MirrorSlot(_) => 12,
        Field::WitnessSlot(_) => 13,
        Field::Services(_) => 14,
        Field::Replica(_) => 15,
        Field::LoadedPrimary(..) => 16,
        Field::LoadedMirror(..) => 17,
        Field::VoterEpoch(_) => 18,
        Field::StartedSinceMirror(_) => 19,
        Field::Tested(_) => 20,
        Field::LogBackups(_) => 21,
        Field::Reports(_) => 22,
        Field::HoldsCms(_) => 23,
        Field::CmsWritable => 24,
        Field::Saved => 25,
        Field::Publishing => 26,
    }]
}

/// The subject of a field: a machine, an instance, a pool, a store, a copy, a store as a Front End loaded it, or
/// [`ESTATE`].
#[must_use]
pub fn subject(estate: &Estate, field: Field) -> String {
    match field {
        Field::Reachable(h) | Field::Fenced(h) | Field::Epoch(h) => estate.host(h).to_string(),
        Field::Answers(i) | Field::Ready(i) => estate.instance(i).name.to_string(),
        Field::Role(d, i)
        | Field::Session(d, i)
        | Field::Content(d, i)
        | Field::Safety(d, i)
        | Field::Witness(d, i)
        | Field::WitnessLink(d, i) => format!("{} on {}", estate.qualified(d), estate.instance(i).name),
        Field::PrimarySlot(s) | Field::MirrorSlot(s) | Field::WitnessSlot(s) => store_name(estate, s),
        Field::Services(f) | Field::Replica(f) | Field::VoterEpoch(f) | Field::StartedSinceMirror(f) => {
            estate.front_end(f).fqdn.to_string()
        }
        Field::LoadedPrimary(f, s) | Field::LoadedMirror(f, s) => {
            format!("{} for {}", estate.front_end(f).fqdn, store_name(estate, s))
        }
        Field::Tested(p) | Field::LogBackups(p) | Field::Reports(p) | Field::HoldsCms(p) => {
            estate.pool(p).fqdn.to_string()
        }
        Field::CmsWritable | Field::Saved | Field::Publishing => ESTATE.to_owned(),
    }
}

/// A store by name: `pool01.contoso.com/User`.
#[must_use]
pub fn store_name(estate: &Estate, s: StoreId) -> String {
    let store = estate.store(s);
    format!("{}/{}", estate.pool(store.pool).fqdn, store.kind)
}

/// The store of that name; a shared store may be named by any of its pools.
#[must_use]
pub fn store_named(estate: &Estate, name: &str) -> Option<StoreId> {
    let (pool, kind) = name.split_once('/')?;
    let pool = estate.pool_named(&Fqdn::new(pool).ok()?)?;
    estate.store_of(pool, kind.parse::<DatabaseType>().ok()?)
}

/// The database of that name, `pool01.contoso.com/LcsCDR`.
#[must_use]
pub fn database_named(estate: &Estate, name: &str) -> Option<DatabaseId> {
    let (pool, database) = name.split_once('/')?;
    estate.database_of(estate.pool_named(&Fqdn::new(pool).ok()?)?, database)
}

/// Splits the name of a copy into database and instance.
pub(crate) fn split_copy(subject: &str) -> Option<(&str, &str)> {
    subject.split_once(" on ")
}

/// Splits the name of a loaded store into Front End and store.
pub(crate) fn split_loaded(subject: &str) -> Option<(&str, &str)> {
    subject.split_once(" for ")
}

/// The field of that subject and attribute; none where the estate has no such field.
#[must_use]
pub fn parse_field(estate: &Estate, subject: &str, attribute: &str) -> Option<Field> {
    let fqdn = || Fqdn::new(subject).ok();
    let host = || estate.host_named(&fqdn()?);
    let instance = || instance_named(estate, subject);
    let store = || store_named(estate, subject);
    let pool = || estate.pool_named(&fqdn()?);
    let front_end = || estate.front_end_named(&fqdn()?);
    let whole = |field| (subject == ESTATE).then_some(field);
    let copy = |make: fn(DatabaseId, InstanceId) -> Field| {
        let (database, instance) = split_copy(subject)?;
        let (d, i) = (database_named(estate, database)?, instance_named(estate, instance)?);
        estate.store(estate.database(d).store).instances.contains(&i).then(|| make(d, i))
    };
    let loaded = |make: fn(_, StoreId) -> Field| {
        let (front_end, store) = split_loaded(subject)?;
        let (f, s) = (estate.front_end_named(&Fqdn::new(front_end).ok()?)?, store_named(estate, store)?);
        estate.pool(estate.front_end(f).pool).stores.contains(&s).then(|| make(f, s))
    };
    match attribute {
        "reachable" => host().map(Field::Reachable),
        "fenced" => host().map(Field::Fenced),
        "epoch" => host().map(Field::Epoch),
        "answers" => instance().map(Field::Answers),
        "ready" => instance().map(Field::Ready),
        "role" => copy(Field::Role),
        "session" => copy(Field::Session),
        "content" => copy(Field::Content),
        "safety" => copy(Field::Safety),
        "witness" => copy(Field::Witness),
        "witness-link" => copy(Field::WitnessLink),
        "primary-slot" => store().map(Field::PrimarySlot),
        "mirror-slot" => store().map(Field::MirrorSlot),
        "witness-slot" => store().map(Field::WitnessSlot),
        "services" => front_end().map(Field::Services),
        "replica" => front_end().map(Field::Replica),
        "loaded-primary" => loaded(Field::LoadedPrimary),
        "loaded-mirror" => loaded(Field::LoadedMirror),
        "voter-epoch" => front_end().map(Field::VoterEpoch),
        "started-since-mirror" => front_end().map(Field::StartedSinceMirror),
        "tested" => pool().map(Field::Tested),
        "log-backups" => pool().map(Field::LogBackups),
        "reports" => pool().map(Field::Reports),
        "holds-cms" => pool().map(Field::HoldsCms),
        "cms-writable" => whole(Field::CmsWritable),
        "saved" => whole(Field::Saved),
        "publishing" => whole(Field::Publishing),
        _ => None,
    }
}

fn instance_named(estate: &Estate, name: &str) -> Option<InstanceId> {
    estate.instance_named(&name.parse::<SqlInstance>().ok()?)
}

/// The values that a field can have; unknown is none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain {
    /// The values that are words.
    pub words: &'static [Value],
    /// Whether an instance is a value too.
    pub instances: bool,
}

/// The values that a field can have.
#[must_use]
pub fn domain(field: Field) -> Domain {
    use Value as V;
    let words: &'static [Value] = match field {
        Field::Reachable(_)
        | Field::Fenced(_)
        | Field::Answers(_)
        | Field::Ready(_)
        | Field::StartedSinceMirror(_)
        | Field::Tested(_)
        | Field::LogBackups(_)
        | Field::Reports(_)
        | Field::HoldsCms(_)
        | Field::CmsWritable
        | Field::Saved
        | Field::Publishing => &[V::Yes, V::No],
        Field::Epoch(_) => &[V::Original, V::Rebuilt],
        Field::Role(..) => &[V::Absent, V::Restoring, V::Recovering, V::Unmirrored, V::Principal, V::Mirror],
        Field::Session(..) => {
            &[V::NoSession, V::Disconnected, V::Suspended, V::Synchronizing, V::PendingFailover, V::Synchronized]
        }
        Field::Content(..) => &[V::Complete, V::Behind, V::Superseded, V::Fresh, V::Nothing],
        Field::Safety(..) => &[V::Full, V::Off, V::Nothing],
        Field::WitnessLink(..) => &[V::Connected, V::Disconnected, V::Nothing],
        Field::PrimarySlot(_) | Field::LoadedPrimary(..) => &[],
        Field::Witness(..) | Field::MirrorSlot(_) | Field::WitnessSlot(_) | Field::LoadedMirror(..) => &[V::Nothing],
        Field::Services(_) => &[V::Running, V::Starting, V::Stopped, V::AnnouncedStop, V::Disabled],
        Field::Replica(_) => &[V::Current, V::Stale],
        Field::VoterEpoch(_) => &[V::Original, V::Rebuilt, V::Older],
    };
    let instances = matches!(
        field,
        Field::Witness(..)
            | Field::PrimarySlot(_)
            | Field::MirrorSlot(_)
            | Field::WitnessSlot(_)
            | Field::LoadedPrimary(..)
            | Field::LoadedMirror(..)
    );
    Domain { words, instances }
}

impl Domain {
    /// Whether a value belongs to it.
    #[must_use]
    pub fn contains(self, value: Value) -> bool {
        self.words.contains(&value) || (self.instances && value.instance().is_some())
    }

    /// Every value, for an estate.
    #[must_use]
    pub fn values(self, estate: &Estate) -> Vec<Value> {
        let instances = estate.instance_ids().filter(|_| self.instances).map(Value::Instance);
        self.words.iter().copied().chain(instances).collect()
    }

    /// What is allowed, in words: `yes, no`.
    #[must_use]
    pub fn describe(self) -> String {
        let instance = self.instances.then_some(r"an instance, host\INSTANCE");
        self.words.iter().map(|&v| word(v)).chain(instance).collect::<Vec<_>>().join(", ")
    }
}

/// The word for a value that is not an instance.
fn word(value: Value) -> &'static str {
    match value {
        Value::Unknown => "unknown",
        Value::Yes => "yes",
        Value::No => "no",
        // Both say that there is none; which of the two a field can have is a matter of its domain.
        Value::Nothing | Value::NoSession => "none",
        Value::Instance(_) => "an instance",
        Value::Original => "original",
        Value::Rebuilt => "rebuilt",
        Value::Older => "older",
        Value::Absent => "absent",
        Value::Restoring => "RESTORING",
        Value::Recovering => "RECOVERING",
        Value::Unmirrored => "unmirrored",
        Value::Principal => "PRINCIPAL",
        Value::Mirror => "MIRROR",
        Value::Disconnected => "DISCONNECTED",
        Value::Suspended => "SUSPENDED",
        Value::Synchronizing => "SYNCHRONIZING",
        Value::PendingFailover => "PENDING_FAILOVER",
        Value::Synchronized => "SYNCHRONIZED",
        Value::Complete => "complete",
        Value::Behind => "behind",
        Value::Superseded => "superseded",
        Value::Fresh => "fresh",
        Value::Full => "FULL",
        Value::Off => "OFF",
        Value::Connected => "CONNECTED",
        Value::Running => "running",
        Value::Starting => "starting",
        Value::Stopped => "stopped",
        Value::AnnouncedStop => "announced-stop",
        Value::Disabled => "disabled",
        Value::Current => "current",
        Value::Stale => "stale",
    }
}

/// The text of a value.
#[must_use]
pub fn value_text(estate: &Estate, value: Value) -> String {
    match value {
        Value::Instance(i) => estate.instance(i).name.to_string(),
        other => word(other).to_owned(),
    }
}

/// The value of a field that a text names; none where the field cannot have it, or the estate has no such instance.
#[must_use]
pub fn parse_value(estate: &Estate, field: Field, text: &str) -> Option<Value> {
    let domain = domain(field);
    let named = domain.words.iter().copied().find(|&v| word(v).eq_ignore_ascii_case(text));
    let instance = || domain.instances.then(|| instance_named(estate, text)).flatten().map(Value::Instance);
    named.or_else(instance)
}

/// A field in words: `role of LcsCDR on be2.contoso.com\RTC`.
#[must_use]
pub fn phrase(estate: &Estate, field: Field) -> String {
    let copy = |what: &str, d: DatabaseId, i: InstanceId| {
        format!("{what} of {} on {}", estate.database(d).name, estate.instance(i).name)
    };
    let slot = |what: &str, s: StoreId| {
        let store = estate.store(s);
        format!("{what} slot of {} of {}", store.kind, estate.pool(store.pool).fqdn)
    };
    let pool = |what: &str, p| format!("{what} of {}", estate.pool(p).fqdn);
    let front_end = |what: &str, f| format!("{what} of {}", estate.front_end(f).fqdn);
    match field {
        Field::Reachable(h) => format!("answers of {}", estate.host(h)),
        Field::Fenced(h) => format!("fence of {}", estate.host(h)),
        Field::Epoch(h) => format!("installation of {}", estate.host(h)),
        Field::Answers(i) => format!("SQL login on {}", estate.instance(i).name),
        Field::Ready(i) => format!("readiness of {} for a mirror", estate.instance(i).name),
        Field::Role(d, i) => copy("role", d, i),
        Field::Session(d, i) => copy("mirroring session", d, i),
        Field::Content(d, i) => copy("content", d, i),
        Field::Safety(d, i) => copy("safety level", d, i),
        Field::Witness(d, i) => copy("witness", d, i),
        Field::WitnessLink(d, i) => copy("link to the witness", d, i),
        Field::PrimarySlot(s) => slot("primary", s),
        Field::MirrorSlot(s) => slot("mirror", s),
        Field::WitnessSlot(s) => slot("witness", s),
        Field::Services(f) => front_end("services", f),
        Field::Replica(f) => front_end("replica", f),
        Field::LoadedPrimary(f, s) => {
            format!("primary slot of {} that {} runs with", estate.store(s).kind, estate.front_end(f).fqdn)
        }
        Field::LoadedMirror(f, s) => {
            format!("mirror slot of {} that {} runs with", estate.store(s).kind, estate.front_end(f).fqdn)
        }
        Field::VoterEpoch(f) => front_end("SQL voter", f),
        Field::StartedSinceMirror(f) => format!("{} since the last mirror was made", front_end("start", f)),
        Field::Tested(p) => pool("test of the databases", p),
        Field::LogBackups(p) => pool("log backups", p),
        Field::Reports(p) => pool("report data sources", p),
        Field::HoldsCms(p) => format!("place of the Central Management store: {}", estate.pool(p).fqdn),
        Field::CmsWritable => "writability of the Central Management store".to_owned(),
        Field::Saved => "saved export of the topology".to_owned(),
        Field::Publishing => "publish in progress".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::estate::{Parts, PoolPart, Product, StorePart};

    /// Two pools that share Monitoring, a named and a default instance, a Standard Edition server whose pool, Front End
    /// and SQL host have one name.
    fn estate() -> Estate {
        let name = |s: &str| Fqdn::new(s).unwrap();
        let sql = |s: &str| s.parse::<SqlInstance>().unwrap();
        let pool = |fqdn: &str, front_ends: &[&str]| PoolPart {
            fqdn: name(fqdn),
            product: Product::Lync2013,
            front_ends: front_ends.iter().map(|f| name(f)).collect(),
        };
        let store = |users: &[&str], kind, instances: &[&str]| StorePart {
            users: users.iter().map(|u| name(u)).collect(),
            kind,
            megabytes: std::collections::BTreeMap::new(),
            instances: instances.iter().map(|i| sql(i)).collect(),
        };
        Estate::new(Parts {
            pools: vec![pool("pool01.contoso.com", &["fe1.contoso.com", "fe2.contoso.com"]), pool("se1", &["se1"])],
            stores: vec![
                store(&["pool01.contoso.com"], DatabaseType::User, &[r"be1.contoso.com\RTC", "be2.contoso.com"]),
                store(&["pool01.contoso.com", "se1"], DatabaseType::Monitoring, &[r"be1.contoso.com\MON"]),
                store(&["se1"], DatabaseType::User, &[r"se1\RTC"]),
            ],
            instances: vec![sql(r"be3.contoso.com\RTC")],
            cms: None,
        })
        .unwrap()
    }

    #[test]
    fn every_field_is_found_again_by_its_words() {
        let estate = estate();
        let mut seen = BTreeSet::new();
        for &field in estate.layout().fields() {
            let (subject, attribute) = (subject(&estate, field), attribute(field));
            assert_eq!(parse_field(&estate, &subject, attribute), Some(field), "{subject} {attribute}");
            let upper = if subject == ESTATE { subject.clone() } else { subject.to_uppercase() };
            let upper = upper.replace(" ON ", " on ").replace(" FOR ", " for ");
            assert_eq!(parse_field(&estate, &upper, attribute), Some(field), "names compare without case: {upper}");
            assert!(seen.insert((subject.clone(), attribute)), "{subject} {attribute} stands for two fields");
            assert!(!phrase(&estate, field).is_empty());
        }
        let used: BTreeSet<_> = seen.iter().map(|(_, a)| *a).collect();
        assert_eq!(used, ATTRIBUTES.into_iter().collect(), "the estate of this test has every kind of field");
    }

    #[test]
    fn every_value_of_every_field_is_found_again_by_its_word() {
        let estate = estate();
        for &field in estate.layout().fields() {
            let domain = domain(field);
            assert!(!domain.contains(Value::Unknown), "unknown is no value of a domain");
            for value in domain.values(&estate) {
                assert!(domain.contains(value));
                let text = value_text(&estate, value);
                assert_eq!(parse_value(&estate, field, &text), Some(value), "{} {text}", attribute(field));
            }
        }
    }

    #[test]
    fn a_word_outside_of_the_domain_is_no_value() {
        let estate = estate();
        let role = parse_field(&estate, r"pool01.contoso.com/rtcxds on be1.contoso.com\RTC", "role").unwrap();
        assert_eq!(parse_value(&estate, role, "SYNCHRONIZED"), None);
        assert_eq!(parse_value(&estate, role, r"be1.contoso.com\RTC"), None);
        let slot = parse_field(&estate, "pool01.contoso.com/User", "mirror-slot").unwrap();
        assert_eq!(parse_value(&estate, slot, r"be9.contoso.com\RTC"), None, "not an instance of this estate");
    }

    #[test]
    fn a_copy_exists_only_where_its_store_may_lie() {
        let estate = estate();
        assert_eq!(parse_field(&estate, r"pool01.contoso.com/rtcxds on be3.contoso.com\RTC", "role"), None);
        assert_eq!(parse_field(&estate, "fe1.contoso.com for se1/User", "loaded-primary"), None);
    }

    #[test]
    fn a_shared_store_may_be_named_by_any_of_its_pools() {
        let estate = estate();
        let by_second = parse_field(&estate, "se1/Monitoring", "primary-slot");
        assert_eq!(by_second, parse_field(&estate, "pool01.contoso.com/Monitoring", "primary-slot"));
        assert!(by_second.is_some());
    }

    #[test]
    fn facts_have_human_words() {
        let estate = estate();
        let words = |subject, attribute| phrase(&estate, parse_field(&estate, subject, attribute).unwrap());
        let copy = r"pool01.contoso.com/LcsCDR on be1.contoso.com\MON";
        assert_eq!(words(copy, "role"), r"role of LcsCDR on be1.contoso.com\MON");
        assert_eq!(words("fe1.contoso.com", "services"), "services of fe1.contoso.com");
    }
}
