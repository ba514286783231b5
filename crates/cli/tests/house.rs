//! The rules of the house: layers between crates, what the thinking crates may use, who prints, how files begin and how long
//! they are, and words that stay out.

mod tree;

use std::collections::BTreeSet;

use tree::{code, files, has_word, read, root, shown, sources};

/// What each crate may use of the others: those below it. `planner` and `executor` are strangers.
const LAYERS: [(&str, &[&str]); 6] = [
    ("topology", &[]),
    ("model", &["topology"]),
    ("planner", &["model", "topology"]),
    ("executor", &["model", "topology"]),
    ("rehearsal", &["executor", "model", "planner", "topology"]),
    ("cli", &["executor", "model", "planner", "rehearsal", "topology"]),
];

/// Crates that think: they touch nothing.
const PURE: [&str; 3] = ["topology", "model", "planner"];

/// The most lines of a source file.
const LINES: usize = 600;

fn complain(found: &[String], rule: &str) {
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn crates_depend_downwards_only() {
    let folders = std::fs::read_dir(root().join("crates")).expect("crates/");
    let crates: BTreeSet<String> =
        folders.map(|f| f.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    let known: BTreeSet<String> = LAYERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(crates, known, "every crate has its place in LAYERS, and in docs/architecture.md");
    let mut wrong = Vec::new();
    for (name, allowed) in LAYERS {
        let manifest: toml::Table = read(&root().join("crates").join(name).join("Cargo.toml")).parse().expect("TOML");
        assert_eq!(manifest["package"]["name"].as_str(), Some(name), "a folder is named as its crate");
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let used = manifest.get(section).and_then(toml::Value::as_table);
            let used = used.into_iter().flat_map(toml::Table::keys).filter(|k| known.contains(*k));
            wrong.extend(used.filter(|k| !allowed.contains(&k.as_str())).map(|k| format!("{name}: {section}: {k}")));
        }
        // A feature, a target or a renamed package would hide a dependency from what is read above.
        let hidden = ["features", "target", "patch"].into_iter().filter(|s| manifest.contains_key(*s));
        wrong.extend(hidden.map(|s| format!("{name}: [{s}] is not looked into here")));
    }
    complain(&wrong, "a crate uses those below it, and nothing else of the project");
}

#[test]
fn only_the_program_prints() {
    let macros = ["print!", "println!", "eprint!", "eprintln!", "dbg!"];
    let mut wrong = Vec::new();
    for path in sources(None).into_iter().filter(|p| !shown(p).starts_with("crates/cli/")) {
        let code = code(&path);
        wrong.extend(macros.iter().filter(|m| has_word(&code, m)).map(|m| format!("{}: {m}", shown(&path))));
    }
    complain(&wrong, "printing is for crates/cli");
}

#[test]
fn what_thinks_touches_nothing() {
    let outside = ["fs", "process", "env", "time", "thread", "net"];
    let words = [
        "SystemTime",
        "Instant",
        "Timestamp::now",
        "Zoned::now",
        "rand",
        "getrandom",
        "tempfile",
        "thread_rng",
        "RandomState",
        "File::open",
        "File::create",
    ];
    let mut wrong = Vec::new();
    for path in PURE.iter().flat_map(|name| sources(Some(name))) {
        let code = code(&path);
        let mut found = |what: &str| wrong.push(format!("{}: {what}", shown(&path)));
        outside.iter().map(|m| format!("std::{m}")).filter(|m| has_word(&code, m)).for_each(|m| found(&m));
        words.iter().filter(|w| has_word(&code, w)).for_each(|w| found(w));
        // `use std::{fs, …}` names a module without `std::` before it.
        for group in code.split("std::{").skip(1) {
            let group = group.split("};").next().unwrap_or_default();
            outside.iter().filter(|m| has_word(group, m)).for_each(|m| found(&format!("std::{{{m}}}")));
        }
    }
    complain(&wrong, "topology, model and planner use no files, processes, environment, clocks, threads or randomness");
}

#[test]
fn every_source_file_opens_with_its_duty() {
    let rust = files("crates").into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    let silent: Vec<String> = rust.filter(|p| !read(p).starts_with("//! ")).map(|p| shown(&p)).collect();
    complain(&silent, "a source file opens with //! and its duty");
}

#[test]
fn no_source_file_is_too_long() {
    let rust = files("crates").into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    let lines = rust.map(|p| (read(&p).lines().count(), shown(&p)));
    let long: Vec<String> = lines.filter(|(n, _)| *n > LINES).map(|(n, p)| format!("{p}: {n} lines")).collect();
    complain(&long, "a source file has at most 600 lines");
}

#[test]
fn nothing_names_a_machine_or_a_folder_outside() {
    // Written in two pieces, so that this file does not hold them.
    let never = [["/wor", "k/"], ["/roo", "t/"], ["/hom", "e/"], [r"C:\Us", r"ers\"]].map(|p| p.concat());
    let beside = ["../sha", "red"].concat();
    let mut wrong = Vec::new();
    for path in files("") {
        let name = shown(&path);
        // Fixtures in other encodings, and whatever else is no text.
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        wrong.extend(never.iter().filter(|n| text.contains(*n)).map(|n| format!("{name}: {n}")));
        let looks_for_it = name == ".ci/run"
            || (name.contains("/tests/") && (text.contains("CSTOPO_SHARED") || text.contains("CSTOPO_TOOLS")));
        if text.contains(&beside) && !looks_for_it {
            wrong.push(format!("{name}: {beside}"));
        }
    }
    complain(&wrong, "no text names a folder of somebody's machine");
}
