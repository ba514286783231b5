//! Snapshots of simulated estates: a file that reads back, an estate that is the deployment's, details for people.

use executor::simulated::{Deployment, Simulated};
use model::field::{Field, Value};
use model::snapshot::Snapshot;
use topology::names::SqlInstance;

fn rtc(label: &str) -> SqlInstance {
    format!(r"{label}.contoso.com\RTC").parse().unwrap()
}

fn nights() -> Vec<Deployment> {
    let mut failed_over = Deployment::healthy().witness(&rtc("w"));
    failed_over.power_off(&rtc("be1").host);
    failed_over.advance(60);
    vec![
        Deployment::seed(),
        Deployment::healthy(),
        Deployment::seed().front_ends(12),
        Deployment::seed().behind(&["LcsLog"]).cms_in_the_pool(),
        Deployment::seed().synchronisation_unknown().cms_down(),
        failed_over,
    ]
}

#[test]
fn every_snapshot_reads_back_and_describes_the_deployment() {
    for world in nights() {
        let estate = world.estate().unwrap();
        let snapshot = Simulated::new(world).snapshot().unwrap();
        let read = Snapshot::read(&snapshot.to_json(), "snapshot.json").unwrap_or_else(|d| panic!("{}", d.render()));
        assert_eq!(read.to_json(), snapshot.to_json());
        let observed = read.observed_estate().unwrap();
        // What nobody can read names no place for a store: the estate as observed may know fewer, never others.
        for &field in observed.layout().fields() {
            assert!(observed.carry(field, &estate).is_some(), "{field:?}");
        }
        assert_eq!(estate.layout().fields().len(), observed.layout().fields().len());
        assert!(snapshot.simulated);
    }
}

#[test]
fn the_seed_is_told_as_the_screens_tell_it() {
    let snapshot = Simulated::new(Deployment::seed()).snapshot().unwrap();
    let be1 = &snapshot.details.hosts[&rtc("be1").host];
    assert_eq!(be1.silent_since.unwrap().to_string(), "2026-03-14T01:41:07Z");
    assert_eq!(snapshot.read.to.to_string(), "2026-03-14T01:58:10Z");
    assert_eq!(snapshot.details.instances[&rtc("be2")].version.as_deref(), Some("11.0.7001.0 Standard"));
    let copy = &snapshot.details.copies[r"pool01.contoso.com/LcsCDR on be2.contoso.com\RTC"];
    assert_eq!(copy.caught_up_to.to_string(), "2026-03-14T01:41:00Z");
    let estate = snapshot.observed_estate().unwrap();
    let pool = estate.pool_named(&"pool01.contoso.com".parse().unwrap()).unwrap();
    let sizes = estate.pool(pool).stores.iter().map(|&s| estate.store(s));
    let sum = |s: &model::estate::Store| s.databases.iter().filter_map(|&d| estate.database(d).megabytes).sum::<u64>();
    assert_eq!(sizes.map(sum).collect::<Vec<_>>(), [14 * 1024, 102, 7 * 1024, 21 * 1024]);
    let state = snapshot.state(&estate);
    let unknown = |f: &&Field| state.get(&estate, **f) == Value::Unknown;
    let fields = estate.layout().fields();
    // Nothing that lies on be1 is known, nor what only it could tell; everything else is.
    let be1 = estate.instance_named(&rtc("be1")).unwrap();
    for field in fields.iter().filter(unknown) {
        let there = match *field {
            Field::Ready(i) => i == be1,
            Field::Role(_, i)
            | Field::Session(_, i)
            | Field::Content(_, i)
            | Field::Safety(_, i)
            | Field::Witness(_, i)
            | Field::WitnessLink(_, i) => i == be1,
            _ => false,
        };
        assert!(there, "{field:?}");
    }
}
