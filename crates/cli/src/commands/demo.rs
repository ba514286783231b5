//! `demo`: the main job on an embedded, simulated deployment: what is wrong, the plan, the run, the proof, and that a
//! second plan finds nothing to do. The simulation plays the people. It adds nothing to the commands that it shows.

use std::path::PathBuf;

use anyhow::Context as _;
use executor::simulated::Deployment;

use crate::args::{Cli, Demo};
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::screen::Screen;

/// The desired file of the demo: be2 holds the stores, be1 mirrors them.
const DESIRED: &str = include_str!("../../../../fixtures/scenarios/seed/desired.toml");

/// What is typed, one line each.
const TYPED: [&[&str]; 6] = [
    &["observe"],
    &["triage"],
    &["plan"],
    &["apply", "plan.json", "--confirm", "be1.contoso.com", "--people", "simulated"],
    &["observe"],
    &["plan"],
];

/// Runs it.
///
/// # Errors
/// When its files cannot be written, or a command does not end as it must.
pub fn run(screen: &Screen, args: &Demo) -> Outcome {
    let folder = args.into.clone().unwrap_or_else(new_folder);
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    files::write(&folder.join("desired.toml"), DESIRED)?;
    files::write(&folder.join("deployment.json"), &Deployment::seed().to_json())?;
    screen.note(&format!("A simulated deployment lies in {}: everything below happens there.", folder.display()));
    for typed in TYPED {
        screen.result(&format!("\n> cstopo {}", typed.join(" ")));
        let mut line = vec!["cstopo".to_owned(), "-C".to_owned(), folder.display().to_string()];
        // The night of the seed, in its own zone.
        line.extend(["--utc-offset", "+01:00"].map(str::to_owned));
        line.extend(typed.iter().map(|t| (*t).to_owned()));
        let cli = <Cli as clap::Parser>::try_parse_from(line)
            .map_err(|e| Failure::new(Exit::Error, format!("error: {e}")))?;
        let exit = super::run(cli)?;
        let expected = if typed == ["triage"] { Exit::Changes } else { Exit::Done };
        if exit != expected {
            let what = format!("error: `cstopo {}` ended with exit {}", typed.join(" "), exit as u8);
            return Err(Failure::new(Exit::Error, what));
        }
    }
    Ok(Exit::Done)
}

/// A folder that nobody uses.
fn new_folder() -> PathBuf {
    std::env::temp_dir().join(format!("cstopo-demo-{}", std::process::id()))
}
