//! Desired files: the screens of wrong files, all errors in one run, and what a right file means.

mod sample;

use model::database_type::DatabaseType;
use model::desired::{Desired, Resolved};
use model::estate::Estate;
use model::problem::{PublishBy, Slots, Wanted};
use sample::{DESIRED, seed, sql};

fn estate(desired: &Desired) -> Estate {
    seed().estate(desired).unwrap()
}

fn resolved(text: &str) -> Resolved {
    let desired = Desired::read(text, "desired.toml").unwrap();
    desired.resolve(&estate(&desired), "topology.xml").unwrap()
}

/// A file with these lines in line 7 and below, as the screens have them, and everything that is said of it.
fn said(lines: &str) -> Vec<String> {
    let text = format!("# 1\n# 2\n# 3\nformat = 1\n\n[pool.\"pool01.contoso.com\"]\n{lines}\n");
    said_of(&text)
}

fn said_of(text: &str) -> Vec<String> {
    let errors = match Desired::read(text, "desired.toml") {
        Err(errors) => errors,
        Ok(desired) => desired.resolve(&estate(&desired), "topology.xml").unwrap_err(),
    };
    errors.iter().map(topology::diagnostic::Diagnostic::render).collect()
}

fn one(lines: &str) -> String {
    let said = said(lines);
    assert_eq!(said.len(), 1, "{}", said.join("\n\n"));
    said.into_iter().next().unwrap()
}

#[test]
fn an_unknown_key() {
    let expected = r"error: desired.toml has no key `mirror-sql-server-store` [CT2001]
 --> desired.toml:8:1
8 | mirror-sql-server-store = 'be1.contoso.com\RTC'
  | ^^^^^^^^^^^^^^^^^^^^^^^ unknown key
  = help: did you mean `mirroring-sql-server-store`?";
    let lines = "sql-server-store = 'be2.contoso.com\\RTC'\nmirror-sql-server-store = 'be1.contoso.com\\RTC'";
    assert_eq!(one(lines), expected);
}

#[test]
fn an_unknown_host() {
    let expected = r"error: `be11.contoso.com` is not a SQL Server host of this topology [CT2004]
 --> desired.toml:8:31
8 | mirroring-sql-server-store = 'be11.contoso.com\RTC'
  |                               ^^^^^^^^^^^^^^^^ not in topology.xml
  = known: be1.contoso.com, be2.contoso.com, be3.contoso.com
  = help: did you mean `be1.contoso.com`? A new host is first defined in
          Topology Builder: Shared Components, SQL Server stores";
    let lines = "sql-server-store = 'be2.contoso.com\\RTC'\nmirroring-sql-server-store = 'be11.contoso.com\\RTC'";
    assert_eq!(one(lines), expected);
}

#[test]
fn store_and_mirror_are_the_same() {
    let expected = r"error: SQL Server store and its mirror are the same instance [CT2005]
 --> desired.toml:8:31
7 | sql-server-store = 'be2.contoso.com\RTC'
  |                     ^^^^^^^^^^^^^^^^^^^ first here
8 | mirroring-sql-server-store = 'BE2.contoso.com\rtc'
  |                               ^^^^^^^^^^^^^^^^^^^ again here
  = names are compared without case";
    let lines = "sql-server-store = 'be2.contoso.com\\RTC'\nmirroring-sql-server-store = 'BE2.contoso.com\\rtc'";
    assert_eq!(one(lines), expected);
}

#[test]
fn an_unknown_instance() {
    let expected = r"error: be2.contoso.com has no SQL Server instance `LYNC` [CT2006]
 --> desired.toml:7:37
7 | sql-server-store = 'be2.contoso.com\LYNC'
  |                                     ^^^^ not in topology.xml
  = known on be2.contoso.com: RTC
  = note: Topology Builder would not have noticed either";
    assert_eq!(one("sql-server-store = 'be2.contoso.com\\LYNC'"), expected);
}

#[test]
fn a_witness_without_a_mirror() {
    let expected = r#"error: a witness without a mirror [CT2007]
 --> desired.toml:9:22
8 | mirroring-sql-server-store = "none"
  |                              ^^^^^^ mirroring is declared off
9 | mirroring-witness = 'be3.contoso.com\RTC'
  |                      ^^^^^^^^^^^^^^^^^^^ nothing to witness
  = help: drop line 9, or name a mirror in line 8"#;
    let lines = "sql-server-store = 'be2.contoso.com\\RTC'\nmirroring-sql-server-store = \"none\"\nmirroring-witness = \
                 'be3.contoso.com\\RTC'";
    assert_eq!(one(lines), expected);
}

#[test]
fn a_principal_where_no_slot_is() {
    let expected = r#"error: be1.contoso.com\RTC cannot be PRINCIPAL: no slot holds it [CT2009]
 --> desired.toml:9:14
7 | sql-server-store = 'be2.contoso.com\RTC'
  |                     ^^^^^^^^^^^^^^^^^^^ store
8 | mirroring-sql-server-store = "none"
  |                              ^^^^^^ no mirror
9 | principal = 'be1.contoso.com\RTC'
  |              ^^^^^^^^^^^^^^^^^^^ neither store nor mirror
  = help: a role can only be where a slot is: name be2.contoso.com\RTC, or
          make be1.contoso.com\RTC the mirror in line 8"#;
    let lines = "sql-server-store = 'be2.contoso.com\\RTC'\nmirroring-sql-server-store = \"none\"\nprincipal = \
                 'be1.contoso.com\\RTC'";
    assert_eq!(one(lines), expected);
}

#[test]
fn a_backslash_that_toml_reads_as_an_escape() {
    let expected = r#"error: a host name holds a control character, carriage return [CT2002]
 --> desired.toml:7:36
7 | sql-server-store = "be2.contoso.com\rtc"
  |                                    ^^ TOML reads this as one character
  = help: use single quotes: 'be2.contoso.com\rtc'"#;
    assert_eq!(one("sql-server-store = \"be2.contoso.com\\rtc\""), expected);
}

#[test]
fn a_backslash_that_toml_does_not_know() {
    let said = one("sql-server-store = \"be2.contoso.com\\RTC\"");
    for part in ["[CT2003]", "desired.toml:7:3", "'single quotes'"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn every_error_of_a_file_is_said_in_one_run_in_the_order_of_lines() {
    let lines = "sql-server-store = 7\nmirorring-witness = \"none\"\nprincipal = 'be2 .contoso.com'\n\n[policy]\npublish = \
                 \"gat\"\naccept = [\"data-loss\"]\nmax-snapshot-age = \"soon\"\nseed-share = 'C:\\seed'\n\n[polcy]";
    let said = said(lines);
    let codes: Vec<_> =
        said.iter().map(|s| s.split('[').nth(1).unwrap_or_default().split(']').next().unwrap()).collect();
    let expected = ["CT2003", "CT2001", "CT2002", "CT2013", "CT2013", "CT2013", "CT2013", "CT2001"];
    assert_eq!(codes, expected, "{}", said.join("\n\n"));
    assert!(said[3].contains("did you mean `gate`?"), "{}", said[3]);
    assert!(said[4].contains("--accept-data-loss"), "consent never stands in a file: {}", said[4]);
    for line in said.iter().flat_map(|s| s.lines()) {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn files_that_declare_nothing() {
    assert!(said_of("")[0].contains("desired.toml is empty"));
    assert!(said_of("format = 1\n")[0].contains("declares no pool"));
    assert!(said_of("format = 1\n[pool.\"pool01.contoso.com\"]\n")[0].contains("[CT2011]"));
    assert!(said_of(&DESIRED.replace("format = 1", ""))[0].contains("[CT2014]"));
    assert!(said_of(&DESIRED.replace("format = 1", "format = 2"))[0].contains("[CT2014]"));
}

#[test]
fn relations_between_keys() {
    let both = "sql-server-store = 'be2.contoso.com\\RTC'\nsql-server-stores = ['be1.contoso.com\\RTC', \
                'be2.contoso.com\\RTC']";
    assert!(one(both).contains("[CT2010]"));
    assert!(one("sql-server-stores = ['be1.contoso.com\\RTC']").contains("[CT2003]"));
    assert!(one("sql-server-stores = ['be1.contoso.com\\RTC', 'BE1.contoso.com\\RTC']").contains("[CT2005]"));
    let watched = "sql-server-store = 'be2.contoso.com\\RTC'\nmirroring-sql-server-store = 'be1.contoso.com\\RTC'\n\
                   mirroring-witness = 'be1.contoso.com\\RTC'";
    assert!(one(watched).contains("[CT2017]"));
    assert!(one("mirroring-witness = 'be3.contoso.com\\RTC'").contains("[CT2007]"), "no mirror is declared at all");
    let pair =
        "sql-server-stores = ['be1.contoso.com\\RTC', 'be2.contoso.com\\RTC']\nprincipal = 'be3.contoso.com\\RTC'";
    assert!(one(pair).contains("[CT2009]"));
    // An error in one key gives no second one by its absence.
    assert!(one("mirroring-sql-server-store = 7\nmirroring-witness = 'be3.contoso.com\\RTC'").contains("[CT2003]"));
}

#[test]
fn names_of_pools_and_stores() {
    let said = said_of(&DESIRED.replace("\"pool01", "\"pool1"));
    assert!(said[0].contains("`pool1.contoso.com` is not a pool") && said[0].contains("[CT2008]"), "{}", said[0]);
    assert!(said[0].contains("did you mean `pool01.contoso.com`?"));
    let lines = "[pool.\"pool01.contoso.com\".persistent-chat]\nprincipal = 'be1.contoso.com\\RTC'";
    assert!(one(lines).contains("has no PersistentChat store [CT2016]"));
    let twice = format!("{DESIRED}\n[pool.\"POOL01.contoso.com\"]\nmirroring-witness = \"none\"\n");
    assert!(said_of(&twice)[0].contains("[CT2012]"));
}

#[test]
fn the_seed_goal_holds_for_every_store_of_the_pool() {
    let Resolved { wishes, policy, state_folder } = resolved(DESIRED);
    assert_eq!(wishes.len(), 4, "User, Application, Archiving, Monitoring; the CMS is on the other pool");
    let desired = Desired::read(DESIRED, "desired.toml").unwrap();
    let estate = estate(&desired);
    let id = |i: &str| estate.instance_named(&sql(i)).unwrap();
    let (be1, be2) = (id(r"be1.contoso.com\RTC"), id(r"be2.contoso.com\RTC"));
    for wish in &wishes {
        assert_eq!(wish.slots, Slots::Ordered { primary: Some(be2), mirror: Wanted::One(be1) });
        assert_eq!((wish.witness, wish.principal), (Wanted::Nothing, None));
    }
    assert_eq!(policy.publish, PublishBy::Gate);
    assert_eq!(policy.seed_share.as_deref(), Some(r"\\fs1.contoso.com\sqlseed"));
    assert_eq!((policy.max_snapshot_age, policy.publish_wait), (15 * 60, None));
    assert!(policy.accept_outage && policy.graceful && !policy.allow_full_stop && !policy.allow_undocumented);
    assert_eq!(state_folder, None);
}

#[test]
fn a_key_left_out_is_not_managed() {
    let text = "format = 1\n[pool.\"pool01.contoso.com\".archiving]\nprincipal = 'be2.contoso.com\\RTC'\n";
    let Resolved { wishes, policy, .. } = resolved(text);
    assert_eq!(wishes.len(), 1, "the other stores are not declared");
    assert_eq!(wishes[0].slots, Slots::Ordered { primary: None, mirror: Wanted::Unmanaged });
    assert_eq!(wishes[0].witness, Wanted::Unmanaged);
    assert_eq!(policy, model::problem::Policy::default());
    assert!(!resolved(&DESIRED.replace("[\"outage\"]", "[]")).policy.accept_outage);
}

#[test]
fn a_store_overrides_its_pool_key_by_key() {
    let text = DESIRED.replace("mirroring-witness = \"none\"", "mirroring-witness = 'be3.contoso.com\\RTC'")
        + "\n[pool.\"pool01.contoso.com\".archiving]\nmirroring-sql-server-store = \"none\"\n";
    let desired = Desired::read(&text, "desired.toml").unwrap();
    let estate = estate(&desired);
    let wishes = desired.resolve(&estate, "topology.xml").unwrap().wishes;
    let id = |i: &str| estate.instance_named(&sql(i)).unwrap();
    let archiving = wishes.iter().find(|w| estate.store(w.store).kind == DatabaseType::Archiving).unwrap();
    let primary = Some(id(r"be2.contoso.com\RTC"));
    assert_eq!(archiving.slots, Slots::Ordered { primary, mirror: Wanted::Nothing });
    assert_eq!(archiving.witness, Wanted::Unmanaged, "clearing mirroring takes the witness with it");
    let user = wishes.iter().find(|w| estate.store(w.store).kind == DatabaseType::User).unwrap();
    assert_eq!(user.witness, Wanted::One(id(r"be3.contoso.com\RTC")));
    // The store's own keys and those it inherits are looked at together.
    let clash =
        format!("{DESIRED}\n[pool.\"pool01.contoso.com\".archiving]\nsql-server-store = 'be1.contoso.com\\RTC'\n");
    let said = said_of(&clash);
    assert!(said.len() == 1 && said[0].contains("[CT2005]"), "{}", said.join("\n\n"));
}

#[test]
fn a_pair_gives_way_to_slots_that_a_store_names() {
    let text = "format = 1\n[pool.\"pool01.contoso.com\"]\nsql-server-stores = ['be2.contoso.com\\RTC', \
                'be1.contoso.com\\RTC']\n[pool.\"pool01.contoso.com\".user]\nsql-server-store = 'be2.contoso.com\\RTC'\n";
    let wishes = resolved(text).wishes;
    assert!(matches!(wishes[0].slots, Slots::Ordered { primary: Some(_), mirror: Wanted::Unmanaged }));
    assert!(matches!(wishes[1].slots, Slots::Pair(..)));
}

#[test]
fn a_shared_store_is_declared_once_or_the_same() {
    let mut snapshot = seed();
    let store = snapshot.estate.stores.iter_mut().find(|s| s.kind == DatabaseType::Archiving).unwrap();
    store.users.push(sample::fqdn("pool02.contoso.com"));
    let second = |host: &str| {
        let text = format!(
            "{DESIRED}\n[pool.\"pool02.contoso.com\".archiving]\nsql-server-store = '{host}.contoso.com\\RTC'\n\
             mirroring-sql-server-store = 'be1.contoso.com\\RTC'\nmirroring-witness = \"none\"\n"
        );
        let desired = Desired::read(&text, "desired.toml").unwrap();
        desired.resolve(&snapshot.estate(&desired).unwrap(), "topology.xml")
    };
    assert_eq!(second("be2").unwrap().wishes.len(), 4, "one wish for one store");
    let rendered = second("be3").unwrap_err()[0].render();
    for part in ["[CT2015]", "pool01.contoso.com/Archiving", "so here", "and so here", "pool02.contoso.com"] {
        assert!(rendered.contains(part), "{rendered}");
    }
}

#[test]
fn the_normal_form_reads_back_as_it_is_and_means_the_same() {
    let texts = [
        DESIRED.to_owned(),
        format!("{DESIRED}state-folder = '\\\\fs1.contoso.com\\cstopo'\n"),
        "format = 1\n[pool.\"pool01.contoso.com\"]\nsql-server-stores = ['be2.contoso.com\\RTC', \
         'be1.contoso.com\\RTC']\n[pool.\"pool01.contoso.com\".archiving]\nmirroring-sql-server-store = \"None\"\n\
         [policy]\nstate-folder = \"it's\"\naccept = []\npublish = \"cmdlet\"\n"
            .to_owned(),
    ];
    for text in texts {
        let desired = Desired::read(&text, "desired.toml").unwrap();
        let normal = desired.to_toml();
        let again = Desired::read(&normal, "desired.toml").unwrap_or_else(|e| panic!("{normal}\n{e:?}"));
        assert_eq!(again.to_toml(), normal);
        let estate = estate(&desired);
        let mut before = desired.resolve(&estate, "x").unwrap();
        let after = again.resolve(&estate, "x").unwrap();
        // A pair has no order, and the normal form sorts it.
        for wish in &mut before.wishes {
            if let Slots::Pair(a, b) = wish.slots {
                wish.slots = Slots::Pair(a.min(b), a.max(b));
            }
        }
        assert_eq!(after, before);
    }
    let spaced = DESIRED.replace(" = ", "=").replace("# pool01", "# another word");
    let normal = |t: &str| Desired::read(t, "desired.toml").unwrap().to_toml();
    assert_eq!(normal(&spaced), normal(DESIRED), "the same declarations give the same text");
}

#[test]
fn the_time_that_pools_may_wait_for_a_publish_is_kept() {
    let text = "format = 1\n[pool.\"pool01.contoso.com\"]\nprincipal = 'be2.contoso.com\\RTC'\n[policy]\npublish-wait = \"2h\"\n";
    let desired = Desired::read(text, "desired.toml").unwrap();
    assert_eq!(resolved(text).policy.publish_wait, Some(2 * 3600));
    assert!(desired.to_toml().contains("publish-wait = \"7200s\""));
    let again = Desired::read(&desired.to_toml(), "desired.toml").unwrap();
    assert_eq!(again.to_toml(), desired.to_toml());
    assert!(Desired::read(&text.replace("2h", "soon"), "desired.toml").is_err());
}
