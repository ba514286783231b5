//! Fixtures for the tests of this crate.

#![allow(dead_code, reason = "each test file uses some of these")]

use std::path::PathBuf;

use topology::{Document, Fqdn, SqlInstance};

/// A folder below `fixtures/`.
pub fn folder(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures")).join(name)
}

/// The files of a folder in order of name, without goldens and hidden files.
pub fn files(folder_name: &str) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder(folder_name)).unwrap().map(|e| e.unwrap().path());
    let name = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().into_owned();
    let mut files: Vec<_> = entries
        .filter(|p| !name(p).starts_with('.') && !name(p).ends_with(".golden"))
        .map(|p| (name(&p), std::fs::read(&p).unwrap()))
        .collect();
    files.sort();
    files
}

/// A document of `fixtures/documents/`.
pub fn document(name: &str) -> Document {
    let bytes = std::fs::read(folder("documents").join(name)).unwrap();
    Document::read(bytes, name).unwrap_or_else(|d| panic!("{}", d.render()))
}

/// A host name.
pub fn fqdn(text: &str) -> Fqdn {
    text.parse().unwrap()
}

/// A SQL instance.
pub fn sql(text: &str) -> SqlInstance {
    text.parse().unwrap()
}
