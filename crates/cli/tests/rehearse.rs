//! `cstopo rehearse` as people type it, on a small piece of the seed: the screens, the one line for a pull request, the ends.

use std::path::Path;
use std::process::{Command, Output};

const DESIRED: &str = include_str!("../../../fixtures/scenarios/seed/desired.toml");

fn cstopo(folder: &Path, typed: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cstopo"));
    command.arg("-C").arg(folder).args(["--utc-offset", "+01:00"]).args(typed).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The last steps of the night: everything is done but the tests and the aftercare, so that there are few faults.
fn nearly_done(folder: &Path) {
    let mut world = executor::simulated::Deployment::healthy();
    world.pools[0].reports = None;
    std::fs::write(folder.join("deployment.json"), world.to_json()).unwrap();
    let swapped = DESIRED.replace("be2", "beX").replace("be1", "be2").replace("beX", "be1");
    std::fs::write(folder.join("desired.toml"), swapped).unwrap();
    assert!(cstopo(folder, &["observe"]).status.success());
    assert!(cstopo(folder, &["plan"]).status.success());
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_small_plan_is_rehearsed_in_every_format() {
    let folder = folder("rehearse-small");
    nearly_done(&folder);
    let before = std::fs::read(folder.join("deployment.json")).unwrap();
    let text = cstopo(&folder, &["rehearse", "plan.json"]);
    let shown = said(&text);
    assert_eq!(text.status.code(), Some(0), "{shown}{}", String::from_utf8_lossy(&text.stderr));
    assert!(shown.starts_with("Simulated: "), "{shown}");
    assert!(shown.contains("no invariant breaks") && shown.ends_with("Next: cstopo apply plan.json\n"), "{shown}");
    assert!(shown.lines().all(|l| l.len() <= 80), "{shown}");
    let markdown = said(&cstopo(&folder, &["rehearse", "plan.json", "--format", "markdown"]));
    assert!(markdown.starts_with("Rehearsed: ") && markdown.lines().count() == 1, "{markdown}");
    let json = cstopo(&folder, &["rehearse", "plan.json", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((json["format"].as_u64(), json["holds"].as_bool()), (Some(1), Some(true)));
    assert_eq!(std::fs::read(folder.join("deployment.json")).unwrap(), before, "nothing was changed");
}

#[test]
fn a_plan_for_another_state_is_not_rehearsed() {
    let folder = folder("rehearse-stale");
    nearly_done(&folder);
    let dark = executor::simulated::Deployment::healthy().with_power("be1", false);
    std::fs::write(folder.join("deployment.json"), dark.to_json()).unwrap();
    let output = cstopo(&folder, &["rehearse", "plan.json"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("[CT4004]"));
}
