//! The seed case: be1 is silent, be2 has every copy as MIRROR, DISCONNECTED, and nobody has said that be1 is fenced.

#![allow(dead_code)] // each test uses its own part

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::database_type::DatabaseType;
use model::estate::{Estate, Product};
use model::fact::{Fact, Provenance};
use model::field::{Field, Value};
use model::snapshot::{
    BackupDetail, Constant, CopyDetail, Details, Document, FORMAT, HostDetail, InstanceDetail, PoolEntry, Read,
    Snapshot, StoreEntry,
};
use topology::names::{Fqdn, SqlInstance};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn fqdn(text: &str) -> Fqdn {
    Fqdn::new(text).unwrap()
}

pub fn sql(text: &str) -> SqlInstance {
    text.parse().unwrap()
}

pub const READ: &str = "2026-03-14T01:58:21Z";

/// The desired file of the seed goal.
pub const DESIRED: &str = r#"# pool01.contoso.com after the loss of be1
format = 1

[pool."pool01.contoso.com"]
sql-server-store = 'be2.contoso.com\RTC'
mirroring-sql-server-store = 'be1.contoso.com\RTC'
mirroring-witness = "none"

[policy]
publish = "gate"
seed-share = '\\fs1.contoso.com\sqlseed'
accept = ["outage"]
full-stop = "refuse"
undocumented-steps = "refuse"
stop-services = "graceful"
max-snapshot-age = "15m"
"#;

/// An estate without facts: two pools, of which the second holds the CMS.
pub fn empty() -> Snapshot {
    let pool = |name: &str, front_ends: &[&str]| PoolEntry {
        fqdn: fqdn(name),
        product: Product::Lync2013,
        front_ends: front_ends.iter().map(|f| fqdn(f)).collect(),
    };
    let store = |user: &str, kind: DatabaseType, megabytes: u64| StoreEntry {
        users: vec![fqdn(user)],
        kind,
        megabytes: kind.databases().iter().map(|d| ((*d).to_owned(), megabytes)).collect(),
    };
    Snapshot {
        format: FORMAT,
        simulated: true,
        read: Read {
            from: at("2026-03-14T01:58:10Z"),
            to: at("2026-03-14T01:58:48Z"),
            by: r"CONTOSO\lync-admin".to_owned(),
            on: fqdn("fe1.contoso.com"),
        },
        estate: Constant {
            pools: vec![
                pool("pool01.contoso.com", &["fe1.contoso.com", "fe2.contoso.com", "fe3.contoso.com"]),
                pool("pool02.contoso.com", &["fe4.contoso.com", "fe5.contoso.com", "fe6.contoso.com"]),
            ],
            stores: vec![
                store("pool01.contoso.com", DatabaseType::User, 4700),
                store("pool01.contoso.com", DatabaseType::Application, 40),
                store("pool01.contoso.com", DatabaseType::Archiving, 7000),
                store("pool01.contoso.com", DatabaseType::Monitoring, 10500),
                store("pool02.contoso.com", DatabaseType::CentralMgmt, 100),
            ],
            sql: ["be1", "be2", "be3"].iter().map(|h| sql(&format!(r"{h}.contoso.com\RTC"))).collect(),
            central_management: Some(fqdn("pool02.contoso.com")),
        },
        details: Details::default(),
        topology: Some(Document {
            file: Some("topology.xml".to_owned()),
            digest: "0123".to_owned(),
            published: Some(at("2026-02-01T10:00:00Z")),
        }),
        facts: Vec::new(),
    }
}

/// The estate with every instance as a possible holder of every store of pool01.
pub fn wide(snapshot: &Snapshot) -> Estate {
    let mut parts = snapshot.parts(&[]);
    for store in &mut parts.stores {
        store.instances.extend([sql(r"be1.contoso.com\RTC"), sql(r"be2.contoso.com\RTC")]);
    }
    Estate::new(parts).unwrap()
}

/// The seed case.
pub fn seed() -> Snapshot {
    let mut snapshot = empty();
    let estate = wide(&snapshot);
    let time = at(READ);
    let (be1, be2) = (sql(r"be1.contoso.com\RTC"), sql(r"be2.contoso.com\RTC"));
    let (i1, i2) = (estate.instance_named(&be1).unwrap(), estate.instance_named(&be2).unwrap());
    let from = |source: &str, host: &Fqdn| Provenance::new(source, Some(host.clone()), time);
    let (h1, h2) = (estate.host_of(i1), estate.host_of(i2));
    let mut facts = vec![
        Fact::known(&estate, Field::Reachable(h1), Value::No, from("ping", &be1.host)),
        Fact::known(&estate, Field::Reachable(h2), Value::Yes, from("ping", &be2.host)),
        Fact::known(&estate, Field::Answers(i1), Value::No, from("SQL login", &be1.host)),
        Fact::known(&estate, Field::Answers(i2), Value::Yes, from("SQL login", &be2.host)),
    ];
    let pool = estate.pool_named(&fqdn("pool01.contoso.com")).unwrap();
    for &s in &estate.pool(pool).stores {
        let service = || from("Get-CsService", &fqdn("fe1.contoso.com"));
        facts.push(Fact::known(&estate, Field::PrimarySlot(s), i1, service()));
        facts.push(Fact::known(&estate, Field::MirrorSlot(s), i2, service()));
        facts.push(Fact::not_applicable(&estate, Field::WitnessSlot(s), service()));
        for &d in &estate.store(s).databases {
            let view = || from("sys.database_mirroring", &be2.host);
            let login = || from("SQL login", &be1.host);
            facts.push(Fact::unknown(&estate, Field::Role(d, i1), "no answer", login()));
            facts.push(Fact::known(&estate, Field::Role(d, i2), Value::Mirror, view()));
            facts.push(Fact::known(&estate, Field::Session(d, i2), Value::Disconnected, view()));
            facts.push(Fact::known(&estate, Field::Content(d, i2), Value::Complete, view()));
            facts.push(Fact::known(&estate, Field::Safety(d, i2), Value::Full, view()));
            facts.push(Fact::not_applicable(&estate, Field::Witness(d, i2), view()));
        }
    }
    for &f in &estate.pool(pool).front_ends {
        let name = estate.front_end(f).fqdn.clone();
        let known = |field, value: Value| Fact::known(&estate, field, value, from("Get-CsWindowsService", &name));
        facts.push(known(Field::Services(f), Value::Running));
        facts.push(known(Field::Replica(f), Value::Current));
        facts.push(known(Field::VoterEpoch(f), Value::Original));
        facts.push(known(Field::StartedSinceMirror(f), Value::Yes));
        for &s in &estate.pool(pool).stores {
            facts.push(known(Field::LoadedPrimary(f, s), i1.into()));
            facts.push(known(Field::LoadedMirror(f, s), i2.into()));
        }
    }
    // The CMS lies on be3, without a mirror.
    let i3 = estate.instance_named(&sql(r"be3.contoso.com\RTC")).unwrap();
    let second = estate.pool_named(&fqdn("pool02.contoso.com")).unwrap();
    for &s in &estate.pool(second).stores {
        let service = || from("Get-CsService", &fqdn("fe1.contoso.com"));
        facts.push(Fact::known(&estate, Field::PrimarySlot(s), i3, service()));
        facts.push(Fact::known(&estate, Field::MirrorSlot(s), Value::Nothing, service()));
    }
    let shell = || from("management shell", &fqdn("fe1.contoso.com"));
    facts.extend([
        Fact::known(&estate, Field::Epoch(h1), Value::Original, shell()),
        Fact::known(&estate, Field::Epoch(h2), Value::Original, shell()),
        Fact::known(&estate, Field::CmsWritable, Value::Yes, shell()),
        Fact::known(&estate, Field::Saved, Value::No, shell()),
        Fact::known(&estate, Field::Publishing, Value::No, shell()),
    ]);
    snapshot.with_facts(facts);
    let silent = HostDetail {
        silent_since: Some(at("2026-03-14T01:41:07Z")),
        asked_from: ["be2", "fe1", "fe2", "fe3"].iter().map(|h| fqdn(&format!("{h}.contoso.com"))).collect(),
    };
    let backup = BackupDetail { at: at("2026-03-13T21:15:00Z"), source: "msdb.dbo.backupset".to_owned() };
    snapshot.details = Details {
        backups: [(r"pool01.contoso.com/LcsCDR on be2.contoso.com\RTC".to_owned(), backup)].into(),
        hosts: BTreeMap::from([(be1.host.clone(), silent)]),
        instances: BTreeMap::from([(
            be2,
            InstanceDetail {
                version: Some("11.0.7001.0 Standard".to_owned()),
                mirroring_port: Some(5022),
                ..Default::default()
            },
        )]),
        copies: BTreeMap::from([(
            r"pool01.contoso.com/LcsCDR on be2.contoso.com\RTC".to_owned(),
            CopyDetail { caught_up_to: at("2026-03-14T01:41:00Z"), source: "msdb, mirroring monitor".to_owned(), time },
        )]),
        notes: vec!["age of backups: the history is in be1's msdb".to_owned()],
        ..Default::default()
    };
    snapshot
}
