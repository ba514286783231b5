//! What is said of broken files, word for word. `CSTOPO_BLESS=1 cargo test -p topology` writes the goldens anew.

mod common;

use topology::{Diagnostic, Document, SIZE_LIMIT};

fn said(name: &str, bytes: Vec<u8>) -> String {
    let screens: Vec<String> = match Document::read(bytes, name) {
        Err(error) => vec![error.render()],
        Ok(document) => document.warnings().iter().map(|w| w.render_as("warning")).collect(),
    };
    assert!(!screens.is_empty(), "{name} is read without a word");
    screens.join("\n\n") + "\n"
}

#[test]
fn goldens_are_current() {
    let bless = std::env::var_os("CSTOPO_BLESS").is_some();
    let mut stale = Vec::new();
    for (name, bytes) in common::files("malformed") {
        let golden = common::folder("malformed").join(format!("{name}.golden"));
        let said = said(&name, bytes);
        if bless {
            std::fs::write(&golden, &said).unwrap();
        } else if std::fs::read_to_string(&golden).ok().as_deref() != Some(&said) {
            stale.push(format!("{name}:\n{said}"));
        }
    }
    assert!(stale.is_empty(), "goldens differ; look at them, then CSTOPO_BLESS=1:\n{}", stale.join("\n"));
}

#[test]
fn every_golden_belongs_to_a_file() {
    let names: Vec<String> = common::files("malformed").into_iter().map(|(name, _)| name).collect();
    for entry in std::fs::read_dir(common::folder("malformed")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        if let Some(of) = name.strip_suffix(".golden") {
            assert!(names.iter().any(|n| n == of), "{name} belongs to no file");
        }
    }
}

#[test]
fn every_error_has_a_code_a_place_and_help() {
    for (name, bytes) in common::files("malformed") {
        let Err(error) = Document::read(bytes, &name) else { continue };
        let Diagnostic { code, message, file, place, notes, .. } = &error;
        assert!(code.starts_with("CT10") && code.len() == 6, "{name}: {code}");
        assert!(!message.ends_with('.') && *file == name, "{name}: {message}");
        let says_where = place.is_some() || notes.iter().any(|(w, _)| *w == "at") || *code == "CT1001";
        assert!(says_where, "{name} has no place");
        let helps = notes.iter().any(|(w, text)| matches!(*w, "help" | "") && !text.is_empty());
        assert!(helps, "{name} has no help: {}", error.render());
    }
}

#[test]
fn a_file_over_the_limit() {
    let error = Document::read(vec![b'<'; SIZE_LIMIT + 1], "big.xml").unwrap_err();
    assert_eq!(error.code, "CT1006");
    assert_eq!(error.message, "the file has 67108865 bytes; at most 67108864 are read");
}
