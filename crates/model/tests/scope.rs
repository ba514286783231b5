//! What is outside of scope is refused with its document and its checklist, and nothing is refused that is only not known.

mod sample;

use model::assemble::{Fault, assemble};
use model::attest::Attestations;
use model::database_type::DatabaseType;
use model::desired::Desired;
use model::estate::Product;
use model::fact::{Fact, Provenance};
use model::field::Field;
use model::scope;
use model::snapshot::{InstanceDetail, ServerRole, Snapshot, StoreEntry};
use sample::{DESIRED, at, fqdn, seed, sql};

fn refused(snapshot: &Snapshot, desired: &str) -> Vec<String> {
    let desired = Desired::read(desired, "desired.toml").unwrap();
    match assemble(snapshot, &Attestations::default(), &desired, &[], &[]) {
        Err(Fault::Refused(list)) => list.iter().map(|d| d.render_as("refused")).collect(),
        Err(Fault::Input(list)) => panic!("{}", list[0].render()),
        Ok(_) => Vec::new(),
    }
}

/// The only refusal, which names the document of an entry and all of its checklist.
#[track_caller]
fn names(said: &[String], beyond: &scope::Beyond) -> String {
    let [text] = said else { panic!("{said:#?}") };
    let plain = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(plain.contains(&format!("[{}]", beyond.code)), "{text}");
    assert!(plain.contains(&format!("see Microsoft's \"{}\"", beyond.document)), "{plain}");
    for line in beyond.checklist {
        assert!(plain.contains(line), "{line} is not in {plain}");
    }
    // The first line is the message, as long as its names are.
    assert!(text.lines().skip(1).all(|l| l.chars().count() <= 80), "{text}");
    text.clone()
}

fn detail(snapshot: &mut Snapshot, instance: &str, change: impl FnOnce(&mut InstanceDetail)) {
    change(snapshot.details.instances.entry(sql(instance)).or_default());
}

#[test]
fn products_without_mirroring() {
    for (product, beyond) in [(Product::Lync2010, &scope::LYNC_2010), (Product::Skype2019, &scope::SKYPE_2019)] {
        let mut snapshot = seed();
        snapshot.estate.pools[0].product = product;
        let text = names(&refused(&snapshot, DESIRED), beyond);
        assert!(
            text.starts_with(&format!("refused: pool01.contoso.com is {}, which has no SQL", product.name())),
            "{text}"
        );
    }
}

#[test]
fn an_availability_group() {
    let mut snapshot = seed();
    detail(&mut snapshot, r"be2.contoso.com\RTC", |d| d.availability_group = Some("AG1".to_owned()));
    let text = names(&refused(&snapshot, DESIRED), &scope::AVAILABILITY_GROUP);
    let expected = r#"refused: be2.contoso.com\RTC is in the availability group AG1 [CT4013]
 --> desired.toml:4:8
4 | [pool."pool01.contoso.com"]
  |        ^^^^^^^^^^^^^^^^^^ declared here
  = see Microsoft's "Deploy an Always On Availability Group on a Back
    End Server in Skype for Business Server":
  = - the group fails over in SQL Server, and Front Ends follow its
    listener
  = - Install-CsMirrorDatabase and Uninstall-CsMirrorDatabase have no
    place there
  = help: take pool01.contoso.com out of desired.toml; cstopo cannot restore
          it"#;
    assert_eq!(text, expected);
}

#[test]
fn a_failover_cluster_where_it_is_known_to_be_one() {
    let mut snapshot = seed();
    detail(&mut snapshot, r"be1.contoso.com\RTC", |d| d.clustered = Some(false));
    assert!(refused(&snapshot, DESIRED).is_empty(), "known not to be one");
    detail(&mut snapshot, r"be1.contoso.com\RTC", |d| d.clustered = Some(true));
    names(&refused(&snapshot, DESIRED), &scope::FAILOVER_CLUSTER);
}

#[test]
fn an_instance_that_nobody_wishes_for_refuses_nothing() {
    let mut snapshot = seed();
    detail(&mut snapshot, r"be3.contoso.com\RTC", |d| d.clustered = Some(true));
    assert!(refused(&snapshot, DESIRED).is_empty());
}

#[test]
fn a_standard_edition_server_holds_its_stores_itself() {
    let mut snapshot = seed();
    snapshot.estate.pools[0].front_ends[0] = fqdn("be1.contoso.com");
    let text = names(&refused(&snapshot, DESIRED), &scope::STANDARD_EDITION);
    assert!(text.contains("pool01.contoso.com is a Standard Edition server: be1.contoso.com"), "{text}");
}

#[test]
fn a_front_end_is_no_pool_and_nor_is_an_edge_server() {
    let of = |name: &str| DESIRED.replace("pool01.contoso.com", name);
    let text = names(&refused(&seed(), &of("fe1.contoso.com")), &scope::MEMBER_SERVER);
    assert!(text.contains("fe1.contoso.com is a Front End of pool01.contoso.com, not a pool"), "{text}");
    for role in [ServerRole::Edge, ServerRole::Mediation, ServerRole::Director, ServerRole::PersistentChat] {
        let mut snapshot = seed();
        snapshot.details.servers.insert(fqdn("x1.contoso.com"), role);
        let text = names(&refused(&snapshot, &of("x1.contoso.com")), &scope::MEMBER_SERVER);
        assert!(text.contains(&format!("x1.contoso.com is {}", role.words())), "{text}");
    }
}

#[test]
fn persistent_chat_is_not_moved_to_another_site() {
    let mut snapshot = seed();
    let users = vec![fqdn("pool01.contoso.com")];
    snapshot.estate.stores.push(StoreEntry {
        users,
        kind: DatabaseType::PersistentChat,
        megabytes: Default::default(),
    });
    let text = "format = 1\n[pool.\"pool01.contoso.com\".persistent-chat]\nsql-server-store = 'be3.contoso.com\\RTC'\n";
    let desired = Desired::read(text, "desired.toml").unwrap();
    let estate = snapshot.estate(&desired).unwrap();
    let store = estate.store_of(estate.pool_named(&fqdn("pool01.contoso.com")).unwrap(), DatabaseType::PersistentChat);
    let here = estate.instance_named(&sql(r"be1.contoso.com\RTC")).unwrap();
    let from = Provenance::new("Get-CsService", None, at(sample::READ));
    snapshot.with_facts(vec![Fact::known(&estate, Field::PrimarySlot(store.unwrap()), here, from)]);
    assert!(refused(&snapshot, text).is_empty(), "an instance like any other");
    detail(&mut snapshot, r"be3.contoso.com\RTC", |d| d.receives_logs_of = vec!["MGC".to_owned()]);
    names(&refused(&snapshot, text), &scope::CHAT_BETWEEN_SITES);
}

#[test]
fn a_pool_that_is_nowhere_may_have_been_replaced() {
    let text = DESIRED.replace("pool01.contoso.com", "europe-west.contoso.com");
    let desired = Desired::read(&text, "desired.toml").unwrap();
    let Err(Fault::Input(list)) = assemble(&seed(), &Attestations::default(), &desired, &[], &[]) else { panic!() };
    let said = list[0].render().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("[CT2008]") && said.contains(scope::POOL_REPLACEMENT.document), "{said}");
}
