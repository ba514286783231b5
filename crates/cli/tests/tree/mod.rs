//! The project's files, for the tests that look at the project itself.
#![allow(dead_code)] // every test takes what it needs

use std::path::{Path, PathBuf};

/// The folder of the project.
pub fn root() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in crates/");
    crates.parent().expect("crates/ lies in the project").to_path_buf()
}

/// A file, with line ends as Git keeps them.
pub fn read(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    text.replace("\r\n", "\n")
}

/// A page or a file by its path in the project.
pub fn page(path: &str) -> String {
    read(&root().join(path))
}

/// Every file below a folder of the project, in order, without what is built or written by runs.
pub fn files(under: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(&root().join(under), &mut found);
    found.sort();
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.expect("a folder that can be listed").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // `.git` is a file where several branches are checked out side by side.
        if matches!(name.as_str(), "target" | ".git" | ".cstopo") {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// A path as Git writes it, from the project's folder.
pub fn shown(path: &Path) -> String {
    let root = root();
    path.strip_prefix(&root).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Rust files: of one crate's `src`, or of all crates.
pub fn sources(of: Option<&str>) -> Vec<PathBuf> {
    let rust = files("crates").into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    rust.filter(|p| {
        let shown = shown(p);
        let mut parts = shown.split('/').skip(1);
        let krate = parts.next();
        parts.next() == Some("src") && of.is_none_or(|of| krate == Some(of))
    })
    .collect()
}

/// The code of a source file without comments and without its tests.
pub fn code(path: &Path) -> String {
    if path.file_stem().is_some_and(|s| s.to_string_lossy().ends_with("tests")) {
        return String::new();
    }
    let mut code = String::new();
    let text = read(path);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let opens_tests = |next: &&str| next.starts_with("mod ") && next.ends_with('{');
        if line == "#[cfg(test)]" && lines.peek().is_some_and(opens_tests) {
            break;
        }
        // A comment begins at `//`, except within a text such as "https://".
        let end = line.match_indices("//").map(|(at, _)| at).find(|&at| line[..at].matches('"').count() % 2 == 0);
        code.push_str(&line[..end.unwrap_or(line.len())]);
        code.push('\n');
    }
    code
}

/// Whether a text holds a word: not as a part of a longer one.
pub fn has_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (text[..at].chars().next_back(), text[at + word.len()..].chars().next());
        let open = !word.starts_with(part) || !before.is_some_and(part);
        let closed = !word.ends_with(part) || !after.is_some_and(part);
        open && closed
    })
}

/// Compares a file with what it should be; with `CSTOPO_BLESS` it is written instead.
pub fn current(path: &str, expected: &str) {
    let file = root().join(path);
    if std::env::var_os("CSTOPO_BLESS").is_some() {
        std::fs::write(&file, expected).unwrap_or_else(|e| panic!("{path}: {e}"));
        return;
    }
    let found = if file.exists() { read(&file) } else { String::new() };
    let differs = || found.lines().zip(expected.lines()).position(|(a, b)| a != b);
    let line = || differs().unwrap_or_else(|| found.lines().count().min(expected.lines().count())) + 1;
    assert!(found == expected, "{path} is not current from line {} on; make golden writes it", line());
}
