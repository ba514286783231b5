//! The same inputs give the same bytes: in another process, zone, locale and folder, and whatever the order in which the
//! snapshot lists what it holds.

mod scenario;

use scenario::worlds::ALL;
use scenario::{Case, Folder, cases, in_parallel};
use serde_json::Value;

/// What one process gives: the plan file, and every rendering.
fn outputs(folder: &Folder, case: &Case, surroundings: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut outputs = Vec::new();
    for more in [
        &["--utc-offset", "+01:00"][..],
        &["--utc-offset", "-08:00"],
        &["--format", "markdown"],
        &["--format", "json"],
        &["--utc-offset", "Z", "-v"],
    ] {
        let _ = std::fs::remove_file(folder.path().join("plan.json"));
        let ran = folder.cstopo_where(&[&["plan"], &case.arguments()[..], more].concat(), surroundings);
        outputs.push((more.join(" "), ran.clone().exits(case.exit).all()));
        if folder.has("plan.json") {
            outputs.push((format!("plan.json, {}", more.join(" ")), folder.read("plan.json")));
        }
    }
    outputs
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let all: Vec<(&str, Case)> = ALL.iter().flat_map(|s| cases(s.name).into_iter().map(|c| (s.name, c))).collect();
    in_parallel(
        &all,
        |(name, case)| format!("{name}, {}", case.golden),
        |(name, case)| {
            let here = outputs(&Folder::of(name), case, &[("TZ", "America/New_York"), ("LC_ALL", "C")]);
            let other = Folder::named("another folder, with blanks");
            for file in std::fs::read_dir(scenario::fixture(name)).expect("a scenario").flatten() {
                other.write(&file.file_name().to_string_lossy(), std::fs::read(file.path()).expect("a file"));
            }
            let shuffled = shuffled(&other.read("snapshot.json"));
            assert_ne!(shuffled, other.read("snapshot.json"), "it was shuffled");
            other.write("snapshot.json", shuffled);
            let surroundings =
                [("TZ", "Asia/Kolkata"), ("LC_ALL", "tr_TR.UTF-8"), ("LANG", "de_DE.UTF-8"), ("USER", "somebody.else")];
            let there = outputs(&other, case, &surroundings);
            for ((what, one), (_, two)) in here.iter().zip(&there) {
                assert!(one == two, "{what} differs:\n{}", difference(one, two));
            }
            assert_eq!(here.len(), there.len());
        },
    );
}

#[test]
fn every_rendering_comes_with_the_same_plan_file() {
    let folder = Folder::of("seed");
    let case = cases("seed").remove(0);
    let outputs = outputs(&folder, &case, &[]);
    let plans: Vec<&String> =
        outputs.iter().filter(|(what, _)| what.starts_with("plan.json")).map(|(_, t)| t).collect();
    assert_eq!(plans.len(), 5);
    assert!(plans.windows(2).all(|two| two[0] == two[1]), "a zone or a rendering is no part of a plan");
}

fn difference(one: &str, two: &str) -> String {
    similar::TextDiff::from_lines(one, two).unified_diff().to_string()
}

/// The same snapshot in another order: facts, pools, stores, instances, and the keys of every object.
fn shuffled(text: &str) -> String {
    let mut snapshot: Value = serde_json::from_str(text).expect("a snapshot");
    for list in ["/facts", "/estate/pools", "/estate/stores", "/estate/sql"] {
        let list = snapshot.pointer_mut(list).and_then(Value::as_array_mut).expect("a list");
        // Any order will do, as long as it is another one.
        list.sort_by_key(|item| {
            let text = item.to_string();
            text.bytes().rev().fold(0u32, |hash, b| hash.wrapping_mul(31).wrapping_add(b.into()))
        });
    }
    serde_json::to_string(&snapshot).expect("a snapshot")
}
