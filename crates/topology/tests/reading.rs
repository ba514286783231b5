//! The fixtures as the typed view reads them: both forms, every encoding, every answer on mirroring.

mod common;

use common::{document, fqdn, sql};
use topology::{Document, Encoding, Evidence, Form, LineEnding, Mirroring, StoreRole};

#[test]
fn every_fixture_is_kept_byte_for_byte() {
    for (name, bytes) in common::files("documents") {
        let document = Document::read(bytes.clone(), &name).unwrap_or_else(|d| panic!("{}", d.render()));
        assert_eq!(document.bytes(), bytes, "{name}");
        assert_eq!(document.apply(&[]).map(|d| d.bytes().to_vec()).unwrap_or(bytes.clone()), bytes, "{name}");
    }
}

#[test]
fn one_text_in_every_encoding_and_line_ending_is_one_topology() {
    let plain = document("mirrored.xml");
    let text = plain.text();
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(bytes).collect()
    };
    for ending in [LineEnding::Lf, LineEnding::Crlf] {
        for declaration in ["", "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", "<?xml version='1.0'?>\n"] {
            let mut text = declaration.to_owned() + text;
            if ending == LineEnding::Crlf {
                text = text.replace('\n', "\r\n");
            }
            let variants = [
                (Encoding::Utf8, text.clone().into_bytes()),
                (Encoding::Utf8Bom, [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
                (Encoding::Utf16Le, utf16(&text, u16::to_le_bytes)),
                (Encoding::Utf16Be, utf16(&text, u16::to_be_bytes)),
            ];
            for (encoding, bytes) in variants {
                let read = Document::read(bytes.clone(), "variant.xml").unwrap_or_else(|d| panic!("{}", d.render()));
                assert_eq!((read.encoding(), read.line_ending()), (encoding, ending));
                assert_eq!((read.bytes(), read.text()), (&*bytes, &*text));
                let comparison = topology::compare(plain.topology(), read.topology()).unwrap();
                assert!(comparison.is_equal(), "{encoding:?} {ending:?}: {comparison:#?}");
            }
        }
    }
}

#[test]
fn the_estate_with_a_mirror() {
    let document = document("mirrored.xml");
    assert_eq!((document.form(), document.lines()), (Form::Published, document.text().lines().count()));
    assert!(document.warnings().is_empty(), "{:?}", document.warnings());
    let topology = document.topology();
    let site = topology.sites().next().unwrap();
    assert_eq!((site.id(), &*site.name()), ("1", "Contoso"));
    let pools = topology.pools();
    let names: Vec<&str> = pools.iter().map(|p| p.fqdn.as_str()).collect();
    assert_eq!(names, ["pool01.contoso.com", "pool02.contoso.com"]);
    let pool = &pools[0];
    assert_eq!((pool.version, pool.product()), (Some(6), Some("Lync Server 2013")));
    let front_ends: Vec<_> = pool.front_ends.iter().map(|f| (f.fqdn.as_str(), f.upgrade_domain.as_deref())).collect();
    let expected = [
        ("fe1.contoso.com", Some("UpgradeDomain1")),
        ("fe2.contoso.com", Some("UpgradeDomain2")),
        ("fe3.contoso.com", Some("UpgradeDomain3")),
    ];
    assert_eq!(front_ends, expected);
    let stores: Vec<_> = pool.stores.keys().copied().collect();
    let four = [StoreRole::User, StoreRole::Application, StoreRole::Archiving, StoreRole::Monitoring];
    assert_eq!(stores, four);
    for slots in pool.stores.values() {
        let Mirroring::Mirrored { primary, mirror, spelling, excerpt } = &slots.mirroring else { panic!("{slots:?}") };
        assert_eq!((primary, mirror), (&sql("be1.contoso.com\\RTC"), &sql("be2.contoso.com\\RTC")));
        assert_eq!((spelling.usage.as_str(), spelling.evidence), ("Mirror", Evidence::Inferred));
        assert_eq!(excerpt.text.trim(), "<Dependency Usage=\"Mirror\">");
        assert_eq!((excerpt.column, excerpt.width), (21, "Usage=\"Mirror\"".len()));
    }
    let central = topology.central_management_pools();
    assert_eq!((central.len(), &central[0].pool, central[0].active), (1, &fqdn("POOL02.contoso.com"), Some(true)));
    let slots = topology.slots(&fqdn("pool02.contoso.com"), StoreRole::CentralMgmt).unwrap();
    assert_eq!(slots.primary, Some(sql("sql2.contoso.com\\rtc")));
    assert!(matches!(&slots.mirroring, Mirroring::NotConfigured { possible } if possible.is_empty()));
    assert_eq!(topology.slots(&fqdn("pool01.contoso.com"), StoreRole::CentralMgmt), None);
}

#[test]
fn spans_lead_to_the_elements_they_are_about() {
    let document = document("mirrored.xml");
    let (text, topology) = (document.text(), document.topology());
    for service in topology.services() {
        let element = &text[service.span()];
        assert!(element.starts_with("<Service ") && element.ends_with("</Service>"));
        assert!(element.contains(&format!("RoleName=\"{}\"", service.role())));
        for dependency in service.dependencies() {
            let element = &text[dependency.span()];
            let usage = format!("<Dependency Usage=\"{}\">", dependency.usage().unwrap());
            assert!(element.starts_with(&usage) && element.ends_with("</Dependency>"), "{element}");
            assert!(element.contains(dependency.service().unwrap().role()));
        }
    }
    let machine = topology.clusters().next().unwrap().machines().nth(1).unwrap();
    assert!(text[machine.span()].starts_with("<Machine OrdinalInCluster=\"2\" Fqdn=\"fe2.contoso.com\""));
}

#[test]
fn always_on_and_the_default_instance() {
    let document = document("alwayson.xml");
    let listed = document.topology().sql_instances().next().unwrap();
    assert_eq!(listed.always_on().as_deref(), Some("sql1.contoso.com"));
    assert_eq!(listed.instance(), Some(&sql("aglistener.contoso.com")));
    let slots = document.topology().slots(&fqdn("pool01.contoso.com"), StoreRole::User).unwrap();
    assert_eq!(slots.primary, Some(sql("aglistener.contoso.com\\MSSQLSERVER")));
    assert!(matches!(slots.mirroring, Mirroring::NotConfigured { .. }));
}

#[test]
fn what_is_not_understood_is_unknown_and_never_not_configured() {
    for (name, word) in [("unknown-usage.xml", "\"Partner\""), ("unknown-attribute.xml", "the attribute Partner")] {
        let document = document(name);
        let pools = document.topology().pools();
        for (store, slots) in &pools[0].stores {
            let Mirroring::Unknown { reason, excerpt } = &slots.mirroring else { panic!("{name} {store}: {slots:?}") };
            assert!(reason.contains(word), "{reason}");
            assert!(excerpt.text.contains("Partner"), "{excerpt:?}",);
            assert_eq!(slots.primary, Some(sql("be1.contoso.com\\RTC")));
        }
        assert!(!document.warnings().is_empty());
    }
}

#[test]
fn two_central_management_stores_are_no_mirror() {
    let document = document("two-pools.xml");
    for pool in document.topology().pools() {
        for slots in pool.stores.values() {
            assert!(matches!(slots.mirroring, Mirroring::NotConfigured { .. }), "{slots:?}");
        }
    }
    let active: Vec<_> = document.topology().central_management_pools().iter().map(|c| c.active).collect();
    assert_eq!(active, [Some(true), Some(false)]);
    let codes: Vec<_> = document.warnings().iter().map(|w| w.code).collect();
    assert_eq!(codes, ["CT1011", "CT1011"], "the usage of a paired pool was never seen");
}

#[test]
fn topology_builder_files() {
    let new = document("new.tbxml");
    assert_eq!((new.form(), new.encoding(), new.original().is_none()), (Form::Builder, Encoding::Utf8Bom, true));
    let pool = fqdn("pool01.contoso.com");
    let mirrored = new.topology().slots(&pool, StoreRole::User).unwrap();
    assert_eq!(mirrored.mirror(), Some(&sql("be2.contoso.com\\RTC")));
    let sql_server = new.topology().clusters().nth(1).unwrap();
    assert_eq!(sql_server.machines().next().unwrap().fqdn(), sql_server.fqdn(), "a single machine has no name");

    let published = document("published.tbxml");
    let comparison = topology::compare(published.original().unwrap(), published.topology()).unwrap();
    assert_eq!((comparison.slots.len(), comparison.beside_slots().count()), (2, 0), "{comparison:#?}");
    let codes: Vec<_> = published.warnings().iter().map(|w| w.code).collect();
    assert_eq!(codes, ["CT1014"]);
}

#[test]
fn circles_are_legal_and_loose_ends_are_warned_about() {
    let circle = document("cycle.xml");
    assert!(circle.warnings().is_empty());
    assert_eq!(circle.topology().services().count(), 4);
    let dangling = document("dangling.xml");
    let codes: Vec<_> = dangling.warnings().iter().map(|w| w.code).collect();
    assert_eq!(codes, ["CT1008", "CT1008", "CT1008", "CT1013"]);
    for slots in dangling.topology().pools()[0].stores.values() {
        assert!(matches!(slots.mirroring, Mirroring::Unknown { .. }), "{slots:?}");
        assert_eq!(slots.primary, None);
    }
}
