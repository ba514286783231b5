//! Plain questions: `show`, `diff`, `check`, `status`, `triage`, `attest`, `--explain`, and what goes where.

use crate::scenario::{Folder, Ran};

/// A document of the project.
fn document(name: &str) -> Vec<u8> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/documents").join(name);
    std::fs::read(path).expect("a document")
}

/// ASCII, and no escapes.
#[track_caller]
fn plain(ran: &Ran) {
    for text in [&ran.out, &ran.err] {
        assert!(text.bytes().all(|b| b == b'\n' || (b' '..0x7f).contains(&b)), "not plain ASCII:\n{}", ran.all());
    }
}

#[test]
fn a_wrong_command_line_is_64_and_help_is_0() {
    let folder = Folder::of("seed");
    for wrong in [
        &["frobnicate"][..],
        &["plan", "--bogus"],
        &["plan", "--format", "xml"],
        &["diff", "one.xml"],
        &["attest", "fence"],
        &["unlock"],
        &[],
        &["plan", "--max-bytes", "many"],
    ] {
        let ran = folder.cstopo(wrong).exits(64);
        assert_eq!(ran.out, "", "{wrong:?}");
        assert!(!ran.err.is_empty(), "{wrong:?}");
    }
    for (wrong, code) in
        [(&["plan", "--utc-offset", "1"][..], "CT3104"), (&["apply", "--lock-timeout", "3x", "plan.json"], "CT3109")]
    {
        folder.plan(&[]);
        let ran = folder.cstopo(wrong).exits(64);
        assert!(ran.err.contains(code) && ran.err.contains("= help: write it as"), "{}", ran.all());
    }
    for help in [&["--help"][..], &["help", "plan"], &["--version"]] {
        let ran = folder.cstopo(help).exits(0);
        assert!(!ran.out.is_empty() && ran.err.is_empty(), "{}", ran.all());
    }
}

#[test]
fn a_step_is_explained_by_number_or_id() {
    let folder = Folder::of("seed");
    let by_number = folder.cstopo(&["plan", "--explain", "2"]).exits(0);
    let by_id = folder.cstopo(&["plan", "--explain", "failover/pool01.contoso.com/User"]).exits(0);
    assert_eq!(by_number, by_id);
    assert!(by_number.out.starts_with("Step 2, Fail over User"), "{}", by_number.all());
    assert!(!folder.has("plan.json"), "a question writes nothing");
    for unknown in ["0", "30", "99", "restart/fe9.contoso.com/store", ""] {
        let ran = folder.cstopo(&["plan", "--explain", unknown]).exits(64);
        assert!(ran.err.contains(&format!("the plan has no step `{unknown}` [CT3111]")), "{}", ran.all());
        assert!(ran.err.contains("  29  aftercare/pool01.contoso.com"), "it lists them: {}", ran.all());
    }
}

#[test]
fn documents_are_compared_field_by_field() {
    let folder = Folder::of("seed");
    let text = String::from_utf8(document("mirrored.xml")).expect("UTF-8");
    folder.write("old.xml", &text);
    folder.write("utf16.xml", document("mirrored-utf16.xml"));
    let same = folder.cstopo(&["diff", "old.xml", "utf16.xml", "--detailed-exitcode"]).exits(0);
    assert!(same.out.starts_with("No change: "), "{}", same.all());
    plain(&same);
    folder.write("new.xml", text.replacen("fe3.contoso.com", "fe9.contoso.com", 1));
    let other = folder.cstopo(&["diff", "old.xml", "new.xml", "--detailed-exitcode"]).exits(2);
    assert!(other.out.contains("fe9.contoso.com") && other.out.contains("fe3.contoso.com"), "{}", other.all());
    plain(&other);
    folder.cstopo(&["diff", "old.xml", "new.xml"]).exits(0);
    let json = folder.cstopo(&["diff", "old.xml", "new.xml", "--format", "json"]).exits(0);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["equal"], false);
    let lines = folder.cstopo(&["diff", "old.xml", "new.xml", "-v"]).exits(0);
    assert!(lines.out.contains("@@"), "{}", lines.all());
    // Two forms of document are not compared.
    folder.write("built.tbxml", document("new.tbxml"));
    let forms = folder.cstopo(&["diff", "old.xml", "built.tbxml"]).exits(65);
    for text in ["[CT3110]", "--> old.xml", "--> built.tbxml", "= help: export both in the same way"] {
        assert!(forms.err.contains(text), "{text}: {}", forms.all());
    }
}

#[test]
fn each_kind_of_file_is_shown() {
    let folder = Folder::of("seed");
    folder.plan(&[]);
    folder.write("document.xml", document("mirrored.xml"));
    folder.write("utf16.xml", document("mirrored-utf16.xml"));
    folder.write("built.tbxml", document("new.tbxml"));
    let snapshot = folder.cstopo(&["show"]).exits(0);
    assert!(snapshot.out.contains("1 of 2 pools (simulated) is broken"), "{}", snapshot.all());
    assert_eq!(snapshot, folder.cstopo(&["show", "snapshot.json"]));
    let verbose = folder.cstopo(&["show", "-v"]).exits(0);
    assert!(verbose.out.len() > snapshot.out.len(), "{}", verbose.all());
    let plan = folder.cstopo(&["show", "plan.json"]).exits(0);
    assert_eq!(plan.out, folder.cstopo(&["plan"]).out, "the same plan, read from its file");
    let markdown = folder.cstopo(&["show", "plan.json", "--format", "markdown"]).exits(0);
    assert_eq!(markdown.out, folder.cstopo(&["plan", "--format", "markdown"]).out);
    for (file, form) in [
        ("document.xml", "pool01.contoso.com"),
        ("utf16.xml", "pool01.contoso.com"),
        ("built.tbxml", "pool01.contoso.com"),
    ] {
        let ran = folder.cstopo(&["show", file]).exits(0);
        assert!(ran.out.contains(form) && ran.out.contains("be1.contoso.com\\RTC"), "{}", ran.all());
        plain(&ran);
    }
    for ran in [snapshot, verbose, plan] {
        plain(&ran);
    }
    folder.write("neither", "hello\n");
    folder.cstopo(&["show", "neither"]).exits(65);
}

#[test]
fn files_are_checked_against_each_other() {
    let folder = Folder::of("seed");
    let fine = folder.cstopo(&["check"]).exits(0);
    assert!(fine.out.starts_with("Fine: ") && fine.out.contains("No server was asked."), "{}", fine.all());
    plain(&fine);
    // The document has the mirror on another machine than was observed.
    let text = String::from_utf8(document("mirrored.xml")).expect("UTF-8");
    folder.write("topology.xml", &text);
    folder.cstopo(&["check"]).exits(0);
    folder.write("topology.xml", text.replace("be2.contoso.com", "be5.contoso.com"));
    let ran = folder.cstopo(&["check"]).exits(65);
    assert!(ran.err.contains("[CT3112]") && ran.err.contains("be5.contoso.com"), "{}", ran.all());
}

#[test]
fn status_before_and_after_runs() {
    let folder = Folder::of("seed");
    let before = folder.cstopo(&["status"]).exits(0);
    assert!(before.out.contains("Nothing was ever applied from here"), "{}", before.all());
    folder.plan(&[]);
    folder.apply(&[]).exits(0);
    let after = folder.cstopo(&["status", "--utc-offset", "+01:00"]).exits(0);
    assert!(after.out.starts_with("Done: 29 of 29 steps, nobody holds the lock."), "{}", after.all());
    for text in ["done       1-29", "in flight  none", "not begun  none", "tester on "] {
        assert!(after.out.contains(text), "{text}: {}", after.all());
    }
    plain(&after);
}

#[test]
fn triage_tells_by_its_exit_code() {
    let ran = Folder::of("seed").cstopo(&["triage"]).exits(2);
    assert!(ran.out.contains("has lost its primary-slot SQL host"), "{}", ran.all());
    plain(&ran);
    plain(&Folder::of("as-desired").cstopo(&["triage"]).exits(0));
}

#[test]
fn a_plan_with_steps_is_2_where_that_is_asked_for() {
    let folder = Folder::of("seed");
    folder.cstopo(&["plan", "--detailed-exitcode"]).exits(2);
    Folder::of("as-desired").cstopo(&["plan", "--detailed-exitcode"]).exits(0);
    Folder::of("mirror-behind").cstopo(&["plan", "--detailed-exitcode"]).exits(3);
}

#[test]
fn a_refusal_leaves_an_older_plan_as_it_was() {
    let folder = Folder::of("seed");
    folder.plan(&[]);
    let plan = folder.read("plan.json");
    folder.write("snapshot.json", Folder::of("mirror-behind").read("snapshot.json"));
    folder.cstopo(&["plan"]).exits(3);
    assert!(folder.read("plan.json") == plan);
}

#[test]
fn a_word_for_a_fence_saves_the_step() {
    let folder = Folder::of("seed");
    let ran = folder.cstopo(&["attest", "fence", "be1.contoso.com", "--note", "seen in the rack"]).exits(0);
    assert!(ran.out.contains("tester says: be1.contoso.com is powered off."), "{}", ran.all());
    assert!(folder.plan(&[]).out.contains("28 steps"), "one step less");
    folder.apply(&[]).exits(0);
    folder.nothing_to_do(&[]);
    // Names must be the estate's.
    for wrong in [["fence", "be9.contoso.com"], ["log-backups", "pool09.contoso.com"], ["reports", "be1.contoso.com"]] {
        let ran = folder.cstopo(&[&["attest"], &wrong[..]].concat()).exits(65);
        assert!(ran.err.contains("[CT3105]") && ran.err.contains("nothing was written"), "{}", ran.all());
    }
}

#[test]
fn colours_only_where_they_are_asked_for() {
    let folder = Folder::of("seed");
    for arguments in [&["plan"][..], &["plan", "-v"], &["triage"], &["show"], &["plan", "--explain", "1"], &["observe"]]
    {
        plain(&folder.cstopo(arguments));
        plain(&folder.cstopo_where(arguments, &[("LC_ALL", "C.UTF-8"), ("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
        plain(&folder.cstopo_where(&[arguments, &["--color", "never"]].concat(), &[("TERM", "xterm-256color")]));
    }
    let coloured = folder.cstopo(&["plan", "--color", "always"]);
    assert!(coloured.out.contains('\u{1b}'), "{}", coloured.all());
}

#[test]
fn another_folder_and_another_state_folder() {
    let folder = Folder::of("seed");
    let elsewhere = Folder::new();
    let there = folder.path().display().to_string();
    elsewhere.cstopo(&["-C", &there, "plan"]).exits(0);
    assert!(folder.has("plan.json") && !elsewhere.has("plan.json"));
    elsewhere
        .cstopo(&["-C", &there, "--state-folder", "state", "apply", "plan.json", "--confirm", "be1.contoso.com"])
        .exits(0);
    assert!(!folder.has(".cstopo") && elsewhere.has("state"), "the state folder of the command line is the shell's");
}
