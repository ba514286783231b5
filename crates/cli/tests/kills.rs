//! A process that is killed, before and after every record of its journal and every act: another one looks, plans what is
//! left, and reaches the same end.

mod scenario;

use scenario::estate::{end_state, same_end};
use scenario::{Folder, in_parallel};

const CONFIRM: [&str; 2] = ["--confirm", "be1.contoso.com"];

/// Applies the plan in a folder, and dies at a point.
fn die(folder: &Folder, point: &str) -> scenario::Ran {
    folder.cstopo(&[&["apply", "plan.json"], &CONFIRM[..], &["--die-at", point]].concat())
}

#[test]
fn killed_anywhere_the_work_goes_on_to_the_same_end() {
    let undisturbed = Folder::of("seed");
    undisturbed.plan(&[]);
    let plan = undisturbed.read("plan.json");
    undisturbed.apply(&[]).exits(0);
    let end = end_state(&undisturbed.world());
    let journal = undisturbed.journal();
    let acts = journal.iter().filter(|r| r["kind"] == "said").count();
    let records = journal.len();

    let around = |what: &str, count: usize| -> Vec<String> {
        let point = |n| ["before", "after"].map(|when| format!("{when}-{what}:{n}"));
        (1..=count).flat_map(point).collect()
    };
    let points = [around("record", records), around("act", acts)].concat();
    assert!(points.len() > 200, "only {} points: nothing was recorded", points.len());
    in_parallel(&points, String::clone, |point| {
        let folder = Folder::of("seed");
        folder.write("plan.json", &plan);
        let killed = die(&folder, point);
        assert_eq!(killed.code, None, "killed by a signal: {}", killed.all());
        assert!(folder.has(".cstopo/lock"), "the dead hold their lock");
        folder.finish(&[]);
        let world = folder.world();
        assert!(world.ledger.is_empty(), "{:?}", world.ledger);
        same_end(&end, &end_state(&world));
    });

    // The points are all there are.
    for beyond in [format!("before-record:{}", records + 1), format!("before-act:{}", acts + 1)] {
        let folder = Folder::of("seed");
        folder.write("plan.json", &plan);
        die(&folder, &beyond).exits(0);
    }
}

#[test]
fn killed_again_and_again_the_work_still_comes_to_its_end() {
    let folder = Folder::of("seed");
    let mut rounds = 0;
    loop {
        let _ = std::fs::remove_file(folder.path().join("plan.json"));
        folder.cstopo(&["observe"]).exits(0);
        folder.cstopo(&["plan"]).exits(0);
        if !folder.has("plan.json") {
            break;
        }
        rounds += 1;
        assert!(rounds < 60, "it does not come nearer to its end");
        let asked = folder.asked();
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        // Dies after its second act, every time.
        folder.cstopo(&[&["apply", "plan.json"], &asked[..], &["--die-at", "after-act:2"]].concat());
    }
    assert!(rounds > 10, "{rounds} rounds: it did not die");
    let world = folder.world();
    assert!(world.ledger.is_empty(), "{:?}", world.ledger);
    folder.nothing_to_do(&[]);
}

#[test]
fn the_next_one_says_what_the_dead_left() {
    let folder = Folder::of("seed");
    folder.plan(&[]);
    assert_eq!(die(&folder, "after-act:2").code, None);
    let status = folder.cstopo(&["status"]).exits(0);
    assert!(
        status.out.starts_with("Halted: 1 of 29 steps done, step 2, failover/pool01.contoso.com/User, in flight"),
        "{}",
        status.all()
    );
    assert!(status.out.contains("Next: cstopo observe, then cstopo plan"), "{}", status.all());
    // The plan was used, and is used once.
    let used = folder.cstopo(&[&["apply", "plan.json"], &CONFIRM[..]].concat()).exits(4);
    assert!(
        used.err.contains("killed in step 2, failover/pool01.contoso.com/User") && used.err.contains("CT4005"),
        "{}",
        used.all()
    );
    folder.cstopo(&["observe"]).exits(0);
    folder.plan(&[]);
    let asked = folder.asked();
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let ran = folder.cstopo(&[&["apply", "plan.json"], &asked[..]].concat()).exits(0);
    assert!(ran.out.starts_with("Done: "), "{}", ran.all());
}
