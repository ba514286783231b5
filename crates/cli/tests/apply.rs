//! Every plan of every scenario, carried out on its simulated deployment: it comes to its end, loses nothing but what was
//! given up by name, and then there is nothing left to do.

mod scenario;

use std::collections::BTreeSet;

use executor::simulated::Deployment;
use executor::simulated::host::Copy;
use executor::simulated::ledger::How;
use scenario::worlds::ALL;
use scenario::{Case, Folder, cases, in_parallel};

#[test]
fn every_plan_comes_to_its_end_and_leaves_nothing_to_do() {
    let of = |name: &'static str| cases(name).into_iter().filter(|c| c.exit == 0).map(move |case| (name, case));
    let all: Vec<(&str, Case)> = ALL.iter().flat_map(|s| of(s.name)).collect();
    in_parallel(&all, |(name, case)| format!("{name}, {}", case.golden), |(name, case)| carried_out(name, case));
}

fn carried_out(scenario: &str, case: &Case) {
    let folder = Folder::of(scenario);
    folder.cstopo(&[&["plan"], &case.arguments()[..]].concat()).exits(0);
    if !folder.has("plan.json") {
        assert_eq!(scenario, "as-desired", "it alone has no steps");
        return folder.nothing_to_do(&case.arguments());
    }
    let twice = served_twice(&folder.world());
    let before = folder.cstopo(&[&["triage"], &case.arguments()[..]].concat());
    assert_ne!(before.code, Some(0), "not as declared: {}", before.all());
    let ran = folder.apply(&["--people", "simulated"]).exits(0);
    assert!(ran.out.starts_with("Done: "), "{}", ran.all());
    let given_up = case.given_up();
    for loss in folder.world().ledger {
        // What clients write to an old copy before it is fenced no plan can keep.
        let before = loss.how == How::SplitBrain && twice.contains(&loss.database);
        assert!(before || given_up.contains(&loss.database), "{loss:?} was not given up");
    }
    assert!(!folder.path().join(".cstopo/lock").exists(), "the lock is released");
    let end = folder.journal().pop().expect("records");
    assert_eq!((end["kind"].as_str(), end["code"].as_u64()), (Some("run-ended"), Some(0)));
    let only = case.only();
    folder.nothing_to_do(&only);
    folder.cstopo(&["apply", "plan.json"]).exits(4);
    if only.is_empty() {
        folder.cstopo(&["triage"]).exits(0);
    } else {
        assert!(ran.out.contains("Left undone by --only: "), "{}", ran.all());
        folder.cstopo(&["triage"]).exits(2);
    }
}

/// Databases that two copies serve at once.
fn served_twice(world: &Deployment) -> BTreeSet<String> {
    let online: Vec<&Copy> = world.copies().map(|(_, c)| c).filter(|c| c.online()).collect();
    let again = |c: &&Copy| online.iter().filter(|o| o.family == c.family).count() > 1;
    online.iter().copied().filter(again).map(|c| c.name.clone()).collect()
}

#[test]
fn what_was_given_up_is_lost_and_nothing_besides() {
    let folder = Folder::of("mirror-behind");
    let case = cases("mirror-behind").into_iter().find(|c| c.golden == "consented").expect("a consent");
    folder.plan(&case.arguments());
    let ran = folder.apply(&[]).exits(0);
    let lost: Vec<String> = folder.world().ledger.into_iter().map(|l| l.database).collect();
    assert_eq!(lost, ["LcsCDR", "QoEMetrics"]);
    assert!(ran.err.contains("data lost    pool01.contoso.com/LcsCDR, pool01.contoso.com/QoEMetrics"), "{}", ran.all());
}

#[test]
fn without_a_plan_file_it_plans_shows_asks_and_applies() {
    let folder = Folder::of("seed");
    let asked = folder.cstopo(&["apply"]).exits(64);
    assert!(asked.out.contains("29 steps") && asked.err.contains("--confirm be1.contoso.com"), "{}", asked.all());
    let ran = folder.cstopo(&["apply", "--confirm", "be1.contoso.com"]).exits(0);
    assert!(ran.out.contains("29 of 29 steps"), "{}", ran.all());
    // Observed anew, there is nothing left, and nothing is asked.
    folder.cstopo(&["observe"]).exits(0);
    let ran = folder.cstopo(&["apply"]).exits(0);
    assert!(ran.out.contains("Nothing to do"), "{}", ran.all());
}

#[test]
fn results_go_to_standard_output_and_the_run_to_standard_error() {
    let folder = Folder::of("goal-a");
    folder.plan(&[]);
    let ran = folder.apply(&[]).exits(0);
    assert!(ran.out.starts_with("Done: pool01.contoso.com is as desired.toml says."), "{}", ran.out);
    assert!(!ran.out.contains("Ready: ") && !ran.out.contains("running"), "{}", ran.out);
    assert!(ran.err.contains("Ready: plan ") && ran.err.contains("Lock taken. Journal: "), "{}", ran.err);
    for text in [&ran.out, &ran.err] {
        assert!(text.bytes().all(|b| b == b'\n' || (b' '..0x7f).contains(&b)), "plain ASCII in a pipe:\n{text}");
    }
    // One line for each step that began and one for each that is done.
    for number in 1..=16 {
        assert!(ran.err.contains(&format!("{number:>3}/16 done")), "step {number}\n{}", ran.err);
    }
}
