//! What a person is told, word by word: the three publishes of the seed case, and the work on hosts.

mod sample;

use model::call::{SlotChange, SlotPair, Task};
use model::clicks::instructions;
use model::database_type::DatabaseType;
use model::estate::Product;
use sample::{fqdn, sql};

const KINDS: [DatabaseType; 4] =
    [DatabaseType::User, DatabaseType::Application, DatabaseType::Archiving, DatabaseType::Monitoring];

fn pair(primary: &str, mirror: Option<&str>) -> SlotPair {
    let instance = |host: &str| sql(&format!(r"{host}.contoso.com\RTC"));
    SlotPair { primary: instance(primary), mirror: mirror.map(instance), witness: None }
}

fn publish(kinds: &[DatabaseType], product: Product, before: &SlotPair, after: &SlotPair) -> String {
    let change = |&kind: &DatabaseType| SlotChange {
        pool: fqdn("pool01.contoso.com"),
        kind,
        before: before.clone(),
        after: after.clone(),
    };
    let changes = kinds.iter().map(change).collect();
    told(&Task::Publish { pool: fqdn("pool01.contoso.com"), product, changes })
}

fn told(task: &Task) -> String {
    instructions(task).lines().join("\n")
}

/// The same in one line, for words that a line end may part.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn mirroring_off() {
    let expected = r#"Right    RTCUniversalServerAdmins, and Domain Admins or delegated setup

 1  Start Topology Builder, "Download Topology from existing deployment".
 2  Under "Enterprise Edition Front End pools", right-click
    pool01.contoso.com, "Edit Properties". Tab "General", "Associations".
 3  Clear "Enable SQL Server store mirroring"
      for the SQL Server store (User and Application)
      for Archiving
      for Monitoring
 4  OK. Leave every other field alone.
 5  Right-click "Lync Server 2013", "Topology", "Publish". Select no
    database for creation: the pool's databases are live.

A SQL Server that is away gives warnings that it cannot be reached. They
are expected.

Ignore the to-do "Uninstall-CsMirrorDatabase" that is shown after the
publish: where it is needed, it is a step of its own."#;
    let (before, after) = (pair("be1", Some("be2")), pair("be1", None));
    assert_eq!(publish(&KINDS, Product::Lync2013, &before, &after), expected);
}

#[test]
fn another_store() {
    let text = publish(&KINDS[..1], Product::Skype2015, &pair("be1", None), &pair("be2", None));
    assert!(text.contains(
        "\n 3  Choose be2.contoso.com\\RTC as the SQL Server store\n      for the SQL Server store (User)\n"
    ));
    assert!(text.contains("\"Skype for Business Server\", \"Topology\", \"Publish\""), "{text}");
    assert!(text.contains("the pool's databases are live"), "{text}");
    assert!(!text.contains("Uninstall-CsMirrorDatabase"), "{text}");
}

#[test]
fn mirroring_on() {
    let text = publish(&KINDS[2..], Product::Lync2013, &pair("be2", None), &pair("be2", Some("be1")));
    let expected = "\n 3  Set \"Enable SQL Server store mirroring\", and choose\n    be1.contoso.com\\RTC as \"Mirroring SQL \
                    Server store\"\n      for Archiving\n      for Monitoring\n 4  OK.";
    assert!(text.contains(expected), "{text}");
    for part in ["port 5022", "Do not let the wizard create the mirrors"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_mirror_is_cleared_before_its_instance_becomes_the_store() {
    let text = publish(&KINDS, Product::Lync2013, &pair("be1", Some("be2")), &pair("be2", Some("be1")));
    let text = words(&text);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at("Choose be2.contoso.com") < at("be1.contoso.com\\RTC as"));
    let witness = SlotPair { witness: Some(sql(r"be3.contoso.com\RTC")), ..pair("be1", Some("be2")) };
    let text = publish(&KINDS, Product::Lync2013, &witness, &pair("be1", Some("be2")));
    assert!(text.contains("Clear \"Use SQL mirroring witness"), "{text}");
    assert!(!text.contains("Clear \"Enable SQL Server store"), "the mirror stays: {text}");
    let text = words(&publish(&KINDS, Product::Lync2013, &pair("be1", None), &witness));
    assert!(text.contains("and choose be3.contoso.com\\RTC"), "{text}");
}

#[test]
fn a_shared_store_of_another_pool_names_it() {
    let change = SlotChange {
        pool: fqdn("pool02.contoso.com"),
        kind: DatabaseType::Archiving,
        before: pair("be1", Some("be2")),
        after: pair("be1", None),
    };
    let task = Task::Publish { pool: fqdn("pool01.contoso.com"), product: Product::Lync2013, changes: vec![change] };
    assert!(told(&task).contains("for Archiving, of pool02.contoso.com"));
}

#[test]
fn work_on_hosts() {
    let host = fqdn("be1.contoso.com");
    let fence = words(&told(&Task::Fence { host: host.clone() }));
    for part in ["be1.contoso.com cannot serve", "power it off", "cut it off", "stop and disable", "your word"] {
        assert!(fence.contains(part), "{fence}");
    }
    let rebuild = words(&told(&Task::Rebuild { host }));
    for part in ["reset it, do not delete it", "empty disks", "be1.contoso.com"] {
        assert!(rebuild.contains(part), "{rebuild}");
    }
    let sql_server = |like: Option<&str>, partner: Option<&str>| {
        words(&told(&Task::SetUpSql {
            instance: sql(r"be1.contoso.com\RTC"),
            like: like.map(str::to_owned),
            partner: partner.map(sql),
            share: Some(r"\\fs1.contoso.com\sqlseed".to_owned()),
        }))
    };
    let text = sql_server(Some("11.0.7001.0 Standard"), Some(r"be2.contoso.com\RTC"));
    for part in ["instance RTC: 11.0.7001.0", "TCP 5022", "UDP 1434", r"\\fs1.contoso.com\sqlseed", r"DOMAIN\HOST$"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(sql_server(None, None).contains("that it had"));
    let reports = Some((sql(r"be2.contoso.com\RTC"), Some(sql(r"be1.contoso.com\RTC"))));
    let backups = vec![fqdn("be2.contoso.com"), fqdn("be1.contoso.com")];
    let text = words(&told(&Task::Aftercare { pool: fqdn("pool01.contoso.com"), backups: backups.clone(), reports }));
    for part in ["CDRDB", "QMSDB", r"Data Source=be2.contoso.com\RTC", r"Failover Partner=be1.contoso.com\RTC"] {
        assert!(text.contains(part), "{text}");
    }
    let text = words(&told(&Task::Aftercare { pool: fqdn("pool01.contoso.com"), backups, reports: None }));
    assert!(!text.contains("CDRDB"), "no Monitoring, no reports: {text}");
}
