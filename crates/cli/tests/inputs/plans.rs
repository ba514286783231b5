//! Plans that must not be applied: edited, used, stale, locked, not agreed to; and what was typed wrong.

use std::process::Child;

use executor::lock::{FORMAT, Holder, Lock};

use crate::scenario::worlds::host;
use crate::scenario::{Folder, Ran};

const APPLY: [&str; 4] = ["apply", "plan.json", "--confirm", "be1.contoso.com"];

fn planned() -> Folder {
    let folder = Folder::of("seed");
    folder.plan(&[]);
    folder
}

/// Applies, and insists that it ends so and that nothing was done.
#[track_caller]
fn refused(folder: &Folder, arguments: &[&str], exit: i32, code: &str) -> Ran {
    let world = folder.world();
    let ran = folder.cstopo(arguments).exits(exit);
    assert!(ran.err.contains(&format!("[{code}]")), "{}", ran.all());
    assert_eq!(ran.out, "", "no result");
    assert!(folder.world() == world, "nothing was done");
    ran
}

#[test]
fn a_plan_edited_by_hand_is_none() {
    let folder = planned();
    let good = folder.read("plan.json");
    let edits = [
        good.replacen("be2.contoso.com", "be1.contoso.com", 1),
        good.replacen("\"undo\": \"irreversible\"", "\"undo\": \"reversible\"", 1),
        good.replacen("SYNCHRONIZED", "SYNCHRONIZING", 1),
        good.replacen("\"accepted_loss\": []", "\"accepted_loss\": [\"pool01.contoso.com/LcsCDR\"]", 1),
    ];
    for edited in edits {
        assert_ne!(edited, good);
        folder.write("plan.json", edited);
        let ran = refused(&folder, &APPLY, 65, "CT4101");
        assert!(ran.err.contains("plan.json") && ran.err.contains("nothing was done"), "{}", ran.all());
    }
    folder.write("plan.json", &good[..good.len() / 2]);
    let ran = folder.cstopo(&APPLY).exits(65);
    assert!(ran.err.contains("--> plan.json:"), "{}", ran.all());
    // Line ends are no edit: Git may change them.
    folder.write("plan.json", good.replace('\n', "\r\n"));
    assert_eq!(folder.asked(), ["--confirm", "be1.contoso.com"]);
}

#[test]
fn a_plan_is_used_once() {
    let folder = planned();
    folder.cstopo(&APPLY).exits(0);
    let ran = refused(&folder, &APPLY, 4, "CT4005");
    assert!(ran.err.contains("29 of 29 steps, ended ") && ran.err.contains("tester"), "{}", ran.all());
    assert!(ran.err.contains("= help: cstopo observe, then cstopo plan"), "{}", ran.all());
}

#[test]
fn a_plan_whose_facts_changed_is_stale() {
    let folder = planned();
    let mut world = folder.world();
    world.power_on(&host("be1"));
    world.advance(300);
    folder.write("deployment.json", world.to_json());
    let ran = refused(&folder, &APPLY, 4, "CT4004");
    assert!(ran.err.starts_with("The deployment is simulated") && ran.err.contains("\nStale: "), "{}", ran.all());
    assert!(ran.err.contains("Next: cstopo observe, then cstopo plan"), "{}", ran.all());
    assert!(!folder.has(".cstopo/lock"), "the lock is given back");
    // Something on which the plan does not rest may change.
    let folder = planned();
    let mut world = folder.world();
    world.advance(600);
    folder.write("deployment.json", world.to_json());
    assert_eq!(folder.asked(), ["--confirm", "be1.contoso.com"]);
}

/// A living process that holds the lock of a folder: this one.
fn held(folder: &Folder, of: &str) -> Lock {
    let now = "2026-03-14T02:00:00Z".parse().expect("a time");
    let holder = Holder {
        format: FORMAT,
        id: "18d2c7".to_owned(),
        who: "CONTOSO\\lync-admin".to_owned(),
        host: of.to_owned(),
        pid: std::process::id(),
        plan: "7c41e0b295fd0c3d6a5f2b1e9d8c7a6b5f4e3d2c1b0a99887766554433221100".to_owned(),
        since: now,
        seen: now,
        step: Some((11, "restart/fe2.contoso.com/store".to_owned())),
    };
    Lock::take(&folder.path().join(".cstopo"), holder).expect("a free lock").0
}

#[test]
fn one_run_at_a_time() {
    let folder = planned();
    let lock = held(&folder, "fe1.contoso.com");
    let ran = refused(&folder, &APPLY, 5, "CT5001");
    for text in [
        "CONTOSO\\lync-admin on fe1.contoso.com, process ",
        "7c41e0b295fd",
        "step 11, restart/fe2",
        "18d2c7",
        "Next: cstopo status",
    ] {
        assert!(ran.err.contains(text), "{text}: {}", ran.all());
    }
    refused(&folder, &[&APPLY[..], &["--lock-timeout", "0s"]].concat(), 5, "CT5001");
    // A living run's lock cannot be removed either; another one's name is none.
    refused(&folder, &["unlock", "18d2c7"], 5, "CT5001");
    refused(&folder, &["unlock", "ffffff"], 64, "CT5003");
    drop(lock);
    folder.cstopo(&APPLY).exits(0);
}

#[test]
fn the_lock_of_a_dead_run_is_removed_by_name_or_taken_over() {
    // Of another machine nobody can tell whether it lives.
    let folder = planned();
    held(&folder, "other.contoso.com").leave();
    let ran = refused(&folder, &APPLY, 5, "CT5001");
    assert!(ran.err.contains("cstopo unlock"), "{}", ran.all());
    let ran = folder.cstopo(&["unlock", "18d2c7"]).exits(0);
    assert!(ran.out.contains("18d2c7") && ran.out.contains("Next: cstopo observe, then cstopo plan"), "{}", ran.all());
    assert!(!folder.has(".cstopo/lock"));
    folder.cstopo(&APPLY).exits(0);
    // Of this machine, the operating system tells.
    let folder = planned();
    let killed = folder.cstopo(&[&APPLY[..], &["--die-at", "before-act:1"]].concat());
    assert_eq!(killed.code, None);
    folder.cstopo(&["observe"]).exits(0);
    folder.plan(&[]);
    let ran = folder.cstopo(&APPLY).exits(0);
    assert!(ran.err.contains("was taken over: that run lives no more"), "{}", ran.all());
}

#[test]
fn waiting_for_a_lock_ends_when_it_is_given_back() {
    let folder = planned();
    let lock = held(&folder, "fe1.contoso.com");
    let arguments = [&APPLY[..], &["--lock-timeout", "10m"]].concat();
    let mut waiting: Child =
        folder.command(&arguments, &[]).stdout(std::process::Stdio::piped()).spawn().expect("a process");
    assert!(waiting.try_wait().expect("a process").is_none(), "it waits");
    drop(lock);
    let ended = waiting.wait_with_output().expect("a process");
    assert!(ended.status.success());
}

#[test]
fn a_name_that_was_not_asked_for_begins_nothing() {
    let folder = planned();
    for wrong in [&["be2.contoso.com"][..], &["yes"], &["be1"], &[""], &["be1.contoso.com", "yes"]] {
        let typed: Vec<&str> = wrong.iter().flat_map(|name| ["--confirm", name]).collect();
        let ran = refused(&folder, &[&["apply", "plan.json"], &typed[..]].concat(), 64, "CT3108");
        assert!(ran.err.contains("Nothing was done."), "{}", ran.all());
    }
    let ran = refused(&folder, &["apply", "plan.json"], 64, "CT3107");
    assert!(ran.err.contains("= help: cstopo apply plan.json --confirm be1.contoso.com"), "{}", ran.all());
    assert!(!folder.has(".cstopo/lock"), "the lock is given back");
    // Names are compared without case, and the plan is not used up by a slip.
    folder.cstopo(&["apply", "plan.json", "--confirm", "BE1.contoso.com"]).exits(0);
}

#[test]
fn the_pool_that_stops_is_confirmed_by_name_too() {
    let folder = Folder::of("front-ends-2");
    folder.plan(&[]);
    assert_eq!(folder.asked(), ["--confirm", "be1.contoso.com", "--confirm", "pool01.contoso.com"]);
    refused(&folder, &APPLY, 64, "CT3108");
}

#[test]
fn a_real_snapshot_is_never_applied_to_a_simulation() {
    let folder = Folder::of("seed");
    folder.write("snapshot.json", folder.read("snapshot.json").replace("\"simulated\": true", "\"simulated\": false"));
    folder.plan(&[]);
    let ran = refused(&folder, &APPLY, 3, "CT4006");
    assert!(ran.err.contains("nothing was done"), "{}", ran.all());
}

#[test]
fn a_journal_that_is_damaged_is_not_believed() {
    let folder = planned();
    folder.cstopo(&APPLY).exits(0);
    let state = folder.path().join(".cstopo");
    let of_plan =
        std::fs::read_dir(&state).expect("a state folder").flatten().find(|e| e.path().is_dir()).expect("a run");
    let journal = of_plan.path().join("journal.jsonl");
    let text = std::fs::read_to_string(&journal).expect("a journal");
    std::fs::write(&journal, text.replacen("\"way\":1", "\"way\":2", 1)).expect("a journal");
    for command in [&["status"][..], &APPLY] {
        let ran = folder.cstopo(command).exits(65);
        assert!(ran.err.contains("[CT6002]") && ran.err.contains("leave the file as it is"), "{}", ran.all());
    }
    // A cut last line is normal after a crash.
    let cut = &text[..text.len() - 5];
    std::fs::write(&journal, cut).expect("a journal");
    folder.cstopo(&["status"]).exits(0);
}
