//! Documents that real tools wrote, where they are present: read whole, byte for byte, with exact spans.

use std::path::PathBuf;

use topology::{Document, Encoding, Form, LineEnding, Mirroring, StoreRole};

/// The folder with real documents; `CSTOPO_SHARED` names its parent.
fn folder() -> Option<PathBuf> {
    let parent = std::env::var_os("CSTOPO_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")), PathBuf::from);
    let folder = parent.join("topologies");
    if !folder.is_dir() {
        #[expect(clippy::print_stderr, reason = "a test that did not run must not look like one that passed")]
        {
            eprintln!("skipped: no real documents at {}", folder.display());
        }
        return None;
    }
    Some(folder)
}

fn read(name: &str) -> Option<Document> {
    let bytes = std::fs::read(folder()?.join(name)).unwrap();
    Some(Document::read(bytes, name).unwrap_or_else(|d| panic!("{}", d.render())))
}

#[test]
fn every_real_document_is_read_and_kept_byte_for_byte() {
    let Some(folder) = folder() else { return };
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if !path.extension().is_some_and(|e| e == "xml" || e == "tbxml") {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let document = Document::read(bytes.clone(), "real").unwrap_or_else(|d| panic!("{}", d.render()));
        assert_eq!(document.bytes(), bytes);
        for service in document.topology().services() {
            let text = &document.text()[service.span()];
            assert!(text.starts_with("<Service ") && text.ends_with("</Service>"), "{text}");
        }
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn always_on() {
    let Some(document) = read("alwayson-2015.xml") else { return };
    assert_eq!((document.form(), document.encoding()), (Form::Published, Encoding::Utf8));
    let topology = document.topology();
    assert!(topology.sql_instances().all(|s| s.always_on().is_some() && s.instance().unwrap().name.is_default()));
    let pools = topology.pools();
    assert_eq!((pools.len(), pools[0].version, pools[0].front_ends.len()), (1, Some(7), 1));
    let stores: Vec<_> = pools[0].stores.keys().copied().collect();
    assert_eq!(stores, [StoreRole::User, StoreRole::Application, StoreRole::CentralMgmt]);
    for slots in pools[0].stores.values() {
        assert!(matches!(slots.mirroring, Mirroring::NotConfigured { .. }), "{slots:?}");
    }
    assert!(document.warnings().is_empty(), "{:?}", document.warnings());
}

#[test]
fn utf_16() {
    let Some(document) = read("standard-edge-2015-utf16.xml") else { return };
    assert_eq!((document.encoding(), document.line_ending()), (Encoding::Utf16Le, LineEnding::Crlf));
    assert_eq!(document.topology().pools().len(), 1);
    assert_eq!(document.topology().central_management_pools().len(), 1);
    assert!(document.warnings().is_empty(), "{:?}", document.warnings());
}

#[test]
fn a_file_that_was_never_published() {
    let Some(document) = read("contoso-new.tbxml") else { return };
    assert_eq!((document.form(), document.encoding()), (Form::Builder, Encoding::Utf8Bom));
    assert!(document.original().is_none());
    let pools = document.topology().pools();
    assert_eq!((pools.len(), pools[0].front_ends.len(), pools[0].stores.len()), (1, 4, 4));
    let codes: Vec<_> = document.warnings().iter().map(|w| w.code).collect();
    assert_eq!(codes, ["CT1014"]);
}

#[test]
fn a_file_that_was_downloaded() {
    let Some(document) = read("pocketdomain-published.tbxml") else { return };
    let original = document.original().expect("it has both halves");
    let comparison = topology::compare(original, document.topology()).unwrap();
    assert!(comparison.is_equal(), "{comparison:#?}");
    assert!(document.warnings().is_empty(), "{:?}", document.warnings());
}
