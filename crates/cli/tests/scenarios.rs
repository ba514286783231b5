//! The scenarios of `fixtures/scenarios`: deployment.json is built, snapshot.json is what `observe` reads of it, and the
//! golden files are what `plan` says in a copy of the folder. `make golden` writes them all.

mod scenario;
mod tree;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use scenario::worlds::ALL;
use scenario::{Case, Folder, cases, fixture};
use tree::current;

/// How the golden files are made: in the zone of the night, in a pipe.
const ZONE: [&str; 2] = ["--utc-offset", "+01:00"];

/// Where golden files are written, nothing is read before they are.
static CURRENT: LazyLock<()> = LazyLock::new(|| {
    for scenario in &ALL {
        let file = |name: &str| format!("fixtures/scenarios/{}/{name}", scenario.name);
        current(&file("deployment.json"), &(scenario.world)().to_json());
        let folder = Folder::of(scenario.name);
        folder.cstopo(&["observe"]).exits(0);
        current(&file("snapshot.json"), &folder.read("snapshot.json"));
        for case in cases(scenario.name) {
            let (text, markdown) = (shown(&folder, &case, &[]), shown(&folder, &case, &["--format", "markdown"]));
            fits_a_pipe(&text);
            current(&file(&format!("{}.txt", case.golden)), &text);
            current(&file(&format!("{}.md", case.golden)), &markdown);
        }
    }
});

#[test]
fn every_scenario_is_current() {
    LazyLock::force(&CURRENT);
}

/// A copy of a scenario.
fn copy(scenario: &str) -> Folder {
    if std::env::var_os("CSTOPO_BLESS").is_some() {
        LazyLock::force(&CURRENT);
    }
    Folder::of(scenario)
}

/// What `plan` writes to standard output; its exit code and its plan file are as the case says.
fn shown(folder: &Folder, case: &Case, more: &[&str]) -> String {
    let _ = std::fs::remove_file(folder.path().join("plan.json"));
    let ran = folder.cstopo(&[&["plan"], &ZONE[..], &case.arguments(), more].concat()).exits(case.exit);
    assert_eq!(ran.err, "", "nothing but the result is said");
    let steps = ran.out.contains("Steps") || ran.out.contains("steps");
    assert_eq!(folder.has("plan.json"), case.exit == 0 && steps, "{}", ran.all());
    ran.out
}

/// At most 80 columns, ASCII, no escapes, no blanks at line ends.
fn fits_a_pipe(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "too wide: {line}");
        assert_eq!(line, line.trim_end(), "blanks at the end");
    }
    assert!(text.bytes().all(|b| b == b'\n' || (b' '..0x7f).contains(&b)), "not plain ASCII:\n{text}");
}

#[test]
fn folders_scenarios_and_golden_files_are_the_same_set() {
    drop(copy("seed"));
    let root = fixture("");
    let folders = std::fs::read_dir(&root).expect("scenarios").flatten().filter(|e| e.path().is_dir());
    let found: BTreeSet<String> = folders.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    let known: BTreeSet<String> = ALL.iter().map(|s| s.name.to_owned()).collect();
    assert_eq!(found, known);
    for scenario in known {
        let mut expected: BTreeSet<String> =
            ["desired.toml", "deployment.json", "snapshot.json"].map(str::to_owned).into();
        let mut allowed: BTreeSet<String> = ["case.toml", "topology.xml"].map(str::to_owned).into();
        for case in cases(&scenario) {
            expected.extend([format!("{}.txt", case.golden), format!("{}.md", case.golden)]);
            let named = |a: &String| a.ends_with(".toml");
            allowed.extend(case.arguments.into_iter().filter(named));
        }
        let files = std::fs::read_dir(fixture(&scenario)).expect("a scenario").flatten();
        let files: BTreeSet<String> = files.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        assert!(expected.is_subset(&files), "{scenario}: {:?} missing", expected.difference(&files));
        let others: Vec<&String> = files.difference(&expected).filter(|f| !allowed.contains(*f)).collect();
        assert!(others.is_empty(), "{scenario}: what is {others:?}?");
    }
}

/// How many steps the plan of a scenario has, and its text.
fn plan(scenario: &str, arguments: &[&str]) -> (usize, String) {
    let folder = copy(scenario);
    let ran = folder.plan(arguments);
    let plan: serde_json::Value = serde_json::from_str(&folder.read("plan.json")).expect("a plan");
    (plan["steps"].as_array().expect("steps").len(), ran.out)
}

/// The ids of the steps of a scenario's plan.
fn ids(scenario: &str) -> Vec<String> {
    let folder = copy(scenario);
    folder.plan(&[]);
    let plan: serde_json::Value = serde_json::from_str(&folder.read("plan.json")).expect("a plan");
    let steps = plan["steps"].as_array().expect("steps").iter();
    steps.map(|s| s["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn three_goals_in_three_commits() {
    let (a, text) = plan("goal-a", &[]);
    assert_eq!(a, 16, "{text}");
    let (b, text) = plan("goal-b", &[]);
    assert_eq!(b, 16, "{text}");
    assert_eq!(ids("goal-a"), ids("goal-b"), "the same steps");
    assert_eq!(plan("goal-c", &[]).0, 13, "after goal A the rest of the 29 is left");
    assert_eq!(plan("goal-c-at-once", &[]).0, 29);
    let whole = ids("goal-c-at-once");
    let parts = [ids("goal-a"), ids("goal-c")].concat();
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list
    };
    assert_eq!(sorted(whole), sorted(parts), "A and then C is C at once");
}

#[test]
fn a_pair_in_any_order_exchanges_no_slots_for_its_own_sake() {
    for (one, other) in [("be1", "be2"), ("be2", "be1")] {
        let pair = format!("sql-server-stores = ['{one}.contoso.com\\RTC', '{other}.contoso.com\\RTC']");
        let folder = copy("as-desired");
        folder.write("desired.toml", format!("format = 1\n[pool.\"pool01.contoso.com\"]\n{pair}\n"));
        folder.nothing_to_do(&[]);
    }
}

#[test]
fn two_front_ends_stop_together_once_and_only_where_that_is_allowed() {
    let (_, text) = plan("front-ends-2", &[]);
    assert!(text.contains("full stop") || text.contains("Full stop"), "{text}");
    for others in ["seed", "front-ends-6"] {
        assert!(!plan(others, &[]).1.to_lowercase().contains("full stop"), "{others} restarts one after the other");
    }
    let ran = copy("front-ends-2").cstopo(&["plan", "--desired", "refused.toml"]).exits(3);
    assert!(ran.out.contains("Refused"), "{}", ran.all());
}

#[test]
fn the_fence_comes_first_where_the_old_primary_answers() {
    let first = ids("primary-reachable").into_iter().next();
    assert_eq!(first.as_deref(), Some("fence/be1.contoso.com"));
    // Where a witness has forced nothing and failed everything over, no failover is left to do.
    assert!(!ids("witness-all").iter().any(|id| id.starts_with("failover/")));
    let partly: Vec<String> = ids("witness-some").into_iter().filter(|id| id.starts_with("failover/")).collect();
    assert_eq!(partly, ["failover/pool01.contoso.com/Archiving", "failover/pool01.contoso.com/Monitoring"]);
}

#[test]
fn a_copy_that_is_behind_is_forced_only_by_name() {
    let folder = copy("mirror-behind");
    let refused = folder.cstopo(&["plan"]).exits(3);
    assert!(refused.out.contains("LcsCDR") && refused.out.contains("QoEMetrics"), "{}", refused.all());
    assert!(!folder.has("plan.json"));
    let one = folder.cstopo(&["plan", "--accept-data-loss", "pool01.contoso.com/LcsCDR"]).exits(3);
    assert!(one.out.contains("QoEMetrics"), "half a consent is none: {}", one.all());
    let cases = cases("mirror-behind");
    let case = |golden: &str| cases.iter().find(|c| c.golden == golden).expect("a case").arguments();
    folder.plan(&case("users-first"));
    assert_eq!(folder.asked(), ["--confirm", "be1.contoso.com"], "what is complete needs no consent");
    folder.plan(&case("consented"));
    let asked = folder.asked();
    assert_eq!(asked, ["--confirm", "LcsCDR", "--confirm", "QoEMetrics"], "the databases, not the host");
}
