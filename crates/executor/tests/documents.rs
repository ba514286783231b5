//! A deployment with a topology document: it follows what people publish, and slots follow a file that is published.

use executor::driver::Driver;
use executor::simulated::{Deployment, Simulated};
use model::call::{Call, Cmdlet, SlotChange, SlotPair, Task};
use model::database_type::DatabaseType;
use model::declaration::StepId;
use model::estate::Product;
use topology::names::{Fqdn, SqlInstance};
use topology::{Document, StoreRole};

const TEXT: &str = include_str!("../../../fixtures/documents/mirrored.xml");

fn rtc(label: &str) -> SqlInstance {
    format!(r"{label}.contoso.com\RTC").parse().unwrap()
}

fn pool() -> Fqdn {
    "pool01.contoso.com".parse().unwrap()
}

fn publish(world: &mut Deployment, before: (&str, Option<&str>), after: (&str, Option<&str>)) {
    let kinds = [DatabaseType::User, DatabaseType::Application, DatabaseType::Archiving, DatabaseType::Monitoring];
    let pair = |(p, m): (&str, Option<&str>)| SlotPair { primary: rtc(p), mirror: m.map(rtc), witness: None };
    let change = |kind| SlotChange { pool: pool(), kind, before: pair(before), after: pair(after) };
    let changes = kinds.map(change).into();
    assert!(world.perform(&Call::Person(Task::Publish { pool: pool(), product: Product::Lync2013, changes })).yes());
}

fn said(text: &str) -> (Option<SqlInstance>, Option<SqlInstance>) {
    let document = Document::read(text.as_bytes().to_vec(), "topology.xml").unwrap();
    let slots = document.topology().slots(&pool(), StoreRole::User).unwrap();
    (slots.primary.clone(), slots.mirror().cloned())
}

#[test]
fn the_document_follows_every_publish_of_the_night() {
    let mut world = Deployment::seed().with_document(TEXT);
    publish(&mut world, ("be1", Some("be2")), ("be1", None));
    assert_eq!(said(world.document.as_deref().unwrap()), (Some(rtc("be1")), None), "{:?}", world.events);
    publish(&mut world, ("be1", None), ("be2", None));
    assert_eq!(said(world.document.as_deref().unwrap()), (Some(rtc("be2")), None), "{:?}", world.events);
    publish(&mut world, ("be2", None), ("be2", Some("be1")));
    assert_eq!(said(world.document.as_deref().unwrap()), (Some(rtc("be2")), Some(rtc("be1"))), "{:?}", world.events);
}

#[test]
fn slots_follow_a_file_that_is_published() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deployment.json");
    let mut other = Deployment::seed().with_document(TEXT);
    publish(&mut other, ("be1", Some("be2")), ("be1", None));
    std::fs::write(folder.path().join("topology.xml"), other.document.unwrap()).unwrap();
    Deployment::seed().with_document(TEXT).save(&file).unwrap();
    let mut world = Simulated::open(&file).unwrap();
    let call = |name| Call::Cmdlets(vec![Cmdlet::new("Publish-CsTopology").with("FileName", name)]);
    let step = StepId("publish".to_owned());
    assert!(!world.perform(&step, &call("missing.xml"), None).unwrap().yes());
    assert!(world.perform(&step, &call("topology.xml"), None).unwrap().yes());
    let slots = &world.world.published.store(&pool(), DatabaseType::User).unwrap().slots;
    assert_eq!((slots.primary.clone(), slots.mirror.clone()), (rtc("be1"), None));
    assert_eq!(world.world.published.version, 2);
}
