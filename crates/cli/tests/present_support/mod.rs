//! The seed's night for tests of screens: the planner's own small estates, and a snapshot that says the same.
#![allow(dead_code)] // every test takes what it needs

#[path = "../../../planner/tests/support/mod.rs"]
pub mod estates;

use std::path::PathBuf;

use cstopo_cli::present::Context;
use jiff::Timestamp;
use jiff::tz::Offset;
use model::fact::{Fact, Provenance};
use model::field::{Field, Value};
use model::problem::Problem;
use model::snapshot::{
    Constant, CopyDetail, Details, HostDetail, InstanceDetail, PoolEntry, Read, Snapshot, StoreEntry,
};
use model::vocabulary;

/// A digest for tests; nothing computes it.
pub const DIGEST: &str = "7c41e0b295fd0c3d6a5f2b1e9d8c7a6b5f4e3d2c1b0a99887766554433221100";

/// A moment of the night, UTC.
pub fn moment(text: &str) -> Timestamp {
    format!("2026-03-14T{text}Z").parse().unwrap()
}

/// The zone of the night.
pub fn zone() -> Offset {
    Offset::constant(1)
}

/// What an observer would have read of a problem.
pub fn snapshot(problem: &Problem) -> Snapshot {
    let estate = &problem.estate;
    let v = problem.view(&problem.initial);
    let time = moment("01:58:21");
    let fact = |&field: &Field| {
        let value = v.get(field);
        let from = Provenance::new("Get-CsService, sys.database_mirroring", None, time);
        if value.is_known() {
            Fact::known(estate, field, value, from)
        } else {
            Fact::unknown(estate, field, "no answer in 15 s", from)
        }
    };
    let mut details = Details::default();
    for i in estate.instance_ids() {
        let name = estate.instance(i).name.clone();
        if v.get(Field::Answers(i)) == Value::No {
            let asked_from = estate.front_ends.iter().map(|f| f.fqdn.clone()).collect();
            details.hosts.insert(name.host.clone(), HostDetail { silent_since: Some(moment("01:41:07")), asked_from });
        }
    }
    for (i, build) in &problem.builds {
        let version = Some(build.clone());
        details.instances.insert(estate.instance(*i).name.clone(), InstanceDetail { version, ..Default::default() });
    }
    for s in estate.store_ids() {
        let store = estate.store(s);
        for (&d, &i) in store.databases.iter().flat_map(|d| store.instances.iter().map(move |i| (d, i))) {
            let caught_up_to = match v.get(Field::Content(d, i)) {
                Value::Complete => moment("01:41:00"),
                Value::Behind => moment("01:37:12"),
                _ => continue,
            };
            let detail = CopyDetail { caught_up_to, source: "msdb mirroring monitor".to_owned(), time };
            details.copies.insert(vocabulary::subject(estate, Field::Role(d, i)), detail);
        }
    }
    Snapshot {
        format: 1,
        simulated: false,
        read: Read {
            from: moment("01:58:10"),
            to: moment("01:58:48"),
            by: "CONTOSO\\lync-admin".to_owned(),
            on: estates::fqdn("fe1.contoso.com"),
        },
        estate: Constant {
            pools: estate
                .pools
                .iter()
                .map(|p| PoolEntry {
                    fqdn: p.fqdn.clone(),
                    product: p.product,
                    front_ends: p.front_ends.iter().map(|&f| estate.front_end(f).fqdn.clone()).collect(),
                })
                .collect(),
            stores: estate
                .stores
                .iter()
                .map(|s| StoreEntry {
                    users: s.users.iter().map(|&p| estate.pool(p).fqdn.clone()).collect(),
                    kind: s.kind,
                    megabytes: Default::default(),
                })
                .collect(),
            sql: estate.instances.iter().map(|i| i.name.clone()).collect(),
            central_management: None,
        },
        details,
        topology: None,
        facts: estate.layout().fields().iter().map(fact).collect(),
    }
}

/// The context of a plan of the night.
pub fn context(snapshot: &Snapshot) -> Context<'_> {
    Context::new(snapshot, zone(), DIGEST)
}

/// Compares a text with a golden file, or writes it where `CSTOPO_BLESS` is set.
pub fn golden(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("CSTOPO_BLESS").is_some() {
        std::fs::write(&path, text).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{name} is missing: set CSTOPO_BLESS=1"));
    if expected.replace("\r\n", "\n") != text {
        let diff = similar::TextDiff::from_lines(expected.as_str(), text);
        panic!("{name} differs:\n{}", diff.unified_diff().header("golden", "now"));
    }
}

/// No line is wider than the screen; nothing is written that ought not to be.
pub fn well_formed(text: &str, width: usize) {
    for line in text.lines() {
        assert!(cstopo_cli::present::page::columns(line) <= width, "too wide: {line}");
        assert_eq!(line, line.trim_end(), "blanks at the end: {line:?}");
    }
    for word in ["successfully", "abort", "master", "slave", "should"] {
        assert!(!text.to_lowercase().contains(word), "{word} is never said");
    }
    assert!(text.ends_with('\n') && !text.contains('\u{a0}') && !text.contains('!'));
}
