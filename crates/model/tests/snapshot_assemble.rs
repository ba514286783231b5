//! Assembly: a problem rests on the snapshot with the attested facts, and on nothing that is not named.

mod sample;

use model::assemble::{Assembled, Fault, assemble};
use model::attest::{Attestation, Attestations, FenceKind};
use model::database_type::DatabaseType;
use model::desired::Desired;
use model::estate::Product;
use model::fact::{Fact, Provenance, Reading};
use model::field::{Field, Value};
use model::snapshot::Snapshot;
use model::snapshot::StoreEntry;
use sample::{DESIRED, at, fqdn, seed, sql};

fn run(snapshot: &Snapshot, consents: &[&str], only: &[&str]) -> Result<Assembled, Fault> {
    let estate = snapshot.observed_estate().unwrap();
    let be1 = estate.host_named(&fqdn("be1.contoso.com")).unwrap();
    let fence = Attestation::fence(&estate, be1, FenceKind::PoweredOff, "me", at("2026-03-14T01:50:00Z"));
    let words = Attestations { attestations: vec![fence], ..Attestations::default() };
    let desired = Desired::read(DESIRED, "desired.toml").unwrap();
    let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    assemble(snapshot, &words, &desired, &owned(consents), &owned(only))
}

fn input(fault: Fault) -> String {
    match fault {
        Fault::Input(list) => list.iter().map(topology::diagnostic::Diagnostic::render).collect::<Vec<_>>().join("\n"),
        Fault::Refused(list) => panic!("{list:?}"),
    }
}

#[test]
fn a_problem_rests_on_facts_and_words() {
    let Assembled { problem, facts, refuted, .. } = run(&seed(), &[], &[]).unwrap();
    let estate = &problem.estate;
    let be1 = estate.host_named(&fqdn("be1.contoso.com")).unwrap();
    let be2 = estate.host_named(&fqdn("be2.contoso.com")).unwrap();
    assert_eq!(problem.initial.get(estate, Field::Fenced(be1)), Value::Yes);
    assert_eq!(problem.initial.get(estate, Field::Fenced(be2)), Value::No);
    assert_eq!(facts.fact(estate, Field::Fenced(be1)).unwrap().source, "person: me");
    assert!(refuted.is_empty() && problem.consents.is_empty() && !problem.leave.confirms && problem.lifted.is_empty());
    let be1_sql = estate.instance_named(&sql(r"be1.contoso.com\RTC")).unwrap();
    assert_eq!(problem.builds, [(be1_sql, "11.0.7001.0 Standard".to_owned())].into(), "be1 is to be built as be2 is");
}

#[test]
fn consent_names_databases() {
    let problem = run(&seed(), &["POOL01.contoso.com/lcscdr"], &[]).unwrap().problem;
    let names: Vec<_> = problem.consents.iter().map(|&d| problem.estate.qualified(d)).collect();
    assert_eq!(names, ["pool01.contoso.com/LcsCDR"]);
    let said = input(run(&seed(), &["pool01.contoso.com/LcsCRD"], &[]).unwrap_err());
    for part in
        ["[CT2018]", "--accept-data-loss pool01.contoso.com/LcsCRD", "did you mean `pool01.contoso.com/LcsCDR`?"]
    {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn only_keeps_the_wishes_asked_for() {
    let count = |only: &[&str]| run(&seed(), &[], only).unwrap().problem.wishes.len();
    assert_eq!(count(&["pool01.contoso.com"]), 4);
    assert_eq!(count(&["pool01.contoso.com/user", "pool01.contoso.com/Archiving"]), 2);
    assert_eq!(count(&["monitoring"]), 1, "of every pool");
    let left = run(&seed(), &[], &["User"]).unwrap().left_out;
    assert_eq!(left.len(), 3, "what is left out is kept, to be told");
    let said = input(run(&seed(), &[], &["pool02.contoso.com"]).unwrap_err());
    assert!(said.contains("desired.toml declares nothing for `pool02.contoso.com`"), "{said}");
    let said = input(run(&seed(), &["x"], &["pool01.contoso.com/Usr"]).unwrap_err());
    assert!(
        said.contains("did you mean `pool01.contoso.com/User`?") && said.contains("`x`"),
        "both in one run: {said}"
    );
}

#[test]
fn a_product_without_mirroring_is_refused() {
    let mut snapshot = seed();
    snapshot.estate.pools[0].product = Product::Skype2019;
    let Err(Fault::Refused(list)) = run(&snapshot, &[], &[]) else { panic!("not refused") };
    let expected = r#"refused: pool01.contoso.com is Skype for Business Server 2019, which has no SQL mirroring [CT4008]
 --> desired.toml:4:8
4 | [pool."pool01.contoso.com"]
  |        ^^^^^^^^^^^^^^^^^^ declared here
  = see Microsoft's "Plan for high availability and disaster recovery in
    Skype for Business Server":
  = - Microsoft supports availability groups and failover clusters there
  = - some cmdlet pages still claim otherwise; the product page decides
  = help: take pool01.contoso.com out of desired.toml; cstopo cannot restore
          it"#;
    assert_eq!(list[0].render_as("refused"), expected);
    let mut other = seed();
    other.estate.pools[1].product = Product::Lync2010;
    assert!(run(&other, &[], &[]).is_ok(), "a pool that is not declared is nobody's business");
}

#[test]
fn names_are_said_to_come_from_the_topology_document() {
    let desired = Desired::read(&DESIRED.replace("be1", "be8"), "desired.toml").unwrap();
    let fault = assemble(&seed(), &Attestations::default(), &desired, &[], &[]).unwrap_err();
    assert!(input(fault).contains("not in topology.xml"));
}

#[test]
fn an_instance_holds_one_store_of_a_type() {
    let mut snapshot = seed();
    let users = vec![fqdn("pool02.contoso.com")];
    let kind = DatabaseType::User;
    snapshot.estate.stores.push(StoreEntry { users, kind, megabytes: Default::default() });
    let be3 = sql(r"be3.contoso.com\RTC");
    let text = DESIRED.replacen(r"be1.contoso.com\RTC", r"be3.contoso.com\RTC", 1);
    let desired = Desired::read(&text, "desired.toml").unwrap();
    assert!(assemble(&snapshot, &Attestations::default(), &desired, &[], &[]).is_ok(), "be3 is free");
    // Now pool02's users are there: databases of the same names.
    let estate = snapshot.estate(&desired).unwrap();
    let store = estate.store_of(estate.pool_named(&fqdn("pool02.contoso.com")).unwrap(), kind).unwrap();
    let there = estate.instance_named(&be3).unwrap();
    let from = Provenance::new("Get-CsService", None, at(sample::READ));
    snapshot.with_facts(vec![Fact::known(&estate, Field::PrimarySlot(store), there, from)]);
    match assemble(&snapshot, &Attestations::default(), &desired, &[], &[]) {
        Err(Fault::Refused(list)) => {
            let said: Vec<_> = list.iter().map(|d| d.render_as("refused")).collect();
            assert!(
                said[0].contains("[CT4011]") && said[0].contains(r"be3.contoso.com\RTC holds the User store"),
                "{said:?}"
            );
        }
        other => panic!("{other:?}"),
    }
}

/// The Central Management store lies in pool02, which nobody manages, and takes writes: it is not in the way of anything.
#[test]
fn only_cms_asks_another_pool_to_take_it_over() {
    let to = |snapshot: &Snapshot| run(snapshot, &[], &["cms"]).unwrap().problem;
    let there = to(&seed());
    assert_eq!(there.cms_to.map(|p| there.estate.pool(p).fqdn.to_string()), Some("pool02.contoso.com".to_owned()));
    assert!(there.wishes.iter().all(|w| !w.manages_slots()), "nothing else is asked for");
    // It is down there: pool01, which is declared, takes it over.
    let mut down = seed();
    let writable = down.facts.iter_mut().find(|f| f.attribute == "cms-writable").unwrap();
    writable.reading = Reading::Known("no".to_owned());
    let moved = to(&down);
    assert_eq!(moved.cms_to.map(|p| moved.estate.pool(p).fqdn.to_string()), Some("pool01.contoso.com".to_owned()));
    // Nobody knows who holds it.
    let mut unread = seed();
    unread.estate.central_management = None;
    unread.facts.retain(|f| f.attribute != "holds-cms");
    let Err(Fault::Input(errors)) = run(&unread, &[], &["cms"]) else { panic!("nobody knows where it is") };
    assert!(errors[0].code == "CT2018" && errors[0].message.contains("not known which pool holds"), "{errors:?}");
    // There is no other pool.
    let mut alone = seed();
    alone.estate.pools.retain(|p| p.fqdn.label() == "pool01");
    alone.estate.stores.retain(|s| s.users[0].label() == "pool01");
    alone.estate.central_management = alone.estate.pools.first().map(|p| p.fqdn.clone());
    alone.facts.retain(|f| !f.subject.contains("pool02"));
    let Err(Fault::Input(errors)) = run(&alone, &[], &["cms"]) else { panic!("there is no other pool") };
    assert!(errors[0].message.contains("no other pool"), "{errors:?}");
}
