//! Files that are missing, are folders, are in another encoding, are cut off, or say what cannot be.

use crate::scenario::Folder;

/// Where a command is wrong about a file: exit code, code, and the help.
#[track_caller]
fn wrong(folder: &Folder, arguments: &[&str], exit: i32, code: &str, says: &[&str]) {
    let plan = || std::fs::read(folder.path().join("plan.json")).ok();
    let before = plan();
    let ran = folder.cstopo(arguments).exits(exit);
    assert_eq!(ran.out, "", "an error is no result: {arguments:?}");
    assert!(ran.err.starts_with("error: ") && ran.err.contains(&format!("[{code}]")), "{}", ran.all());
    for text in says {
        assert!(ran.err.contains(text), "{text} is missing: {}", ran.all());
    }
    assert!(!ran.err.contains("panicked") && !ran.err.contains("os error"), "{}", ran.all());
    assert!(plan() == before, "no plan was written");
}

fn remove(folder: &Folder, file: &str) {
    std::fs::remove_file(folder.path().join(file)).expect("a file");
}

#[test]
fn a_missing_file_is_named_with_what_makes_it() {
    let without = |file| {
        let folder = Folder::of("seed");
        remove(&folder, file);
        folder
    };
    for command in ["plan", "triage", "check", "apply"] {
        wrong(
            &without("desired.toml"),
            &[command],
            66,
            "CT3101",
            &["--> desired.toml", "= help: write it: which SQL Servers"],
        );
        wrong(&without("snapshot.json"), &[command], 66, "CT3101", &["--> snapshot.json", "= help: cstopo observe"]);
    }
    wrong(&without("deployment.json"), &["observe"], 66, "CT3001", &["--> deployment.json", "= help: "]);
    let folder = Folder::of("seed");
    wrong(&folder, &["apply", "plan.json"], 66, "CT3101", &["--> plan.json", "= help: cstopo plan"]);
    wrong(&folder, &["show", "nothing.json"], 66, "CT3101", &["--> nothing.json"]);
    wrong(&folder, &["diff", "old.xml", "new.xml"], 66, "CT3101", &["--> old.xml", "Get-CsTopology -AsXml"]);
    wrong(
        &folder,
        &["attest", "fence", "be1.contoso.com", "--snapshot", "none.json"],
        66,
        "CT3101",
        &["--> none.json"],
    );
    wrong(&folder, &["unlock", "18d2c7"], 66, "CT5003", &["nobody holds a lock here", "nothing was changed"]);
    folder.plan(&[]);
    remove(&folder, "deployment.json");
    wrong(&folder, &["apply", "plan.json"], 66, "CT3001", &["--> deployment.json"]);
}

#[test]
fn a_folder_is_no_file() {
    for (file, command) in [
        ("desired.toml", &["plan"][..]),
        ("snapshot.json", &["plan"]),
        ("snapshot.json", &["show"]),
        ("plan.json", &["apply", "plan.json"]),
        ("old.xml", &["diff", "old.xml", "old.xml"]),
    ] {
        let folder = Folder::of("seed");
        let _ = std::fs::remove_file(folder.path().join(file));
        std::fs::create_dir(folder.path().join(file)).expect("a folder");
        wrong(&folder, command, 65, "CT3101", &["this is a folder, not a file", &format!("--> {file}")]);
    }
}

/// The text as Windows PowerShell's `>` writes it.
fn utf16(text: &str, little: bool) -> Vec<u8> {
    let unit = |u: u16| if little { u.to_le_bytes() } else { u.to_be_bytes() };
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(unit).collect()
}

#[test]
fn utf_16_is_read_like_utf_8() {
    let plain = Folder::of("seed");
    plain.plan(&[]);
    for little in [true, false] {
        let folder = Folder::of("seed");
        for file in ["desired.toml", "snapshot.json"] {
            folder.write(file, utf16(&plain.read(file).replace('\n', "\r\n"), little));
        }
        folder.plan(&[]);
        assert!(folder.read("plan.json") == plain.read("plan.json"), "an encoding is no part of a plan");
        folder.write("plan.json", utf16(&plain.read("plan.json"), little));
        assert_eq!(folder.asked(), ["--confirm", "be1.contoso.com"]);
        let marked = format!("\u{feff}{}", plain.read("desired.toml"));
        folder.write("desired.toml", marked);
        folder.cstopo(&["check"]).exits(0);
    }
}

#[test]
fn bytes_that_are_no_text() {
    for file in ["desired.toml", "snapshot.json"] {
        let folder = Folder::of("seed");
        folder.write(file, b"format = 1 # \xff\xfe\n");
        wrong(&folder, &["plan"], 65, "CT3102", &[&format!("--> {file}"), "= help: save it as UTF-8"]);
        let mut odd = utf16("format = 1", true);
        odd.pop();
        folder.write(file, odd);
        wrong(&folder, &["plan"], 65, "CT3102", &["UTF-16LE"]);
    }
}

#[test]
fn a_snapshot_that_is_cut_off_or_says_what_cannot_be() {
    let good = Folder::of("seed").read("snapshot.json");
    let folder = Folder::of("seed");
    for cut in [0, 1, good.len() / 2, good.len() - 3] {
        folder.write("snapshot.json", &good[..cut]);
        let ran = folder.cstopo(&["plan"]).exits(65);
        assert!(ran.err.starts_with("error: ") && ran.err.contains("--> snapshot.json"), "{}", ran.all());
        assert!(ran.err.ends_with("1 error in snapshot.json; nothing was planned.\n"), "{}", ran.all());
    }
    let changed = [
        (good.replacen("\"format\": 1", "\"format\": 2", 1), "format"),
        (good.replacen("\"simulated\"", "\"simulatd\"", 1), "simulatd"),
        (
            good.replacen("be2.contoso.com", "be7.contoso.com", 1),
            "`be2.contoso.com\\RTC` is not a SQL Server instance of this snapshot",
        ),
        (good.replacen("\"DISCONNECTED\"", "\"DISKONNECTED\"", 1), "DISKONNECTED"),
    ];
    for (text, names) in changed {
        assert_ne!(text, good);
        folder.write("snapshot.json", text);
        let ran = folder.cstopo(&["plan"]).exits(65);
        assert!(ran.err.contains("--> snapshot.json") && ran.err.contains(names), "{names}: {}", ran.all());
    }
}

#[test]
fn a_deployment_that_is_none() {
    let folder = Folder::of("seed");
    folder.plan(&[]);
    for text in ["", "{}", "[1, 2", "{\"format\": 9}"] {
        folder.write("deployment.json", text);
        for command in [&["observe"][..], &["apply", "plan.json", "--confirm", "be1.contoso.com"]] {
            wrong(&folder, command, 65, "CT3002", &["deployment.json"]);
        }
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_told() {
    let folder = Folder::of("seed");
    let ran = folder.cstopo(&["plan", "--out", "nowhere/plan.json"]).exits(1);
    assert!(ran.err.contains("[CT3103]") && ran.err.contains("nowhere"), "{}", ran.all());
    let ran = folder.cstopo(&["observe", "--out", "nowhere/snapshot.json"]).exits(1);
    assert!(ran.err.contains("[CT3103]"), "{}", ran.all());
}

#[test]
fn a_document_that_is_none_is_told_by_line_and_column() {
    let folder = Folder::of("seed");
    folder.write("a.xml", "<CsMgmtLog Name=\"Publish-CSTopology\"></CsMgmtLog>");
    for command in [&["show", "a.xml"][..], &["diff", "a.xml", "a.xml"], &["check", "--topology", "a.xml"]] {
        wrong(&folder, command, 65, "CT1002", &["--> a.xml:1:2", "= help: the document itself"]);
    }
}
