//! The commands, one file each. Each reads its inputs, asks the crates that know, and says what came of it.

pub mod apply;
pub mod attest;
pub mod check;
pub mod demo;
pub mod diff;
pub mod observe;
pub mod plan;
pub mod rehearse;
pub mod show;
pub mod status;
pub mod triage;
pub mod unlock;

use crate::args::{Cli, Command};
use crate::exit::Outcome;
use crate::place::Place;
use crate::screen::Screen;

/// Runs the command of a command line.
///
/// # Errors
/// What the command cannot go on with, with its exit code.
pub fn run(cli: Cli) -> Outcome {
    let screen = Screen::new(cli.color, cli.utc_offset.as_deref())?;
    let place = Place::new(cli.folder, cli.state_folder);
    match cli.command {
        Command::Triage(args) => triage::run(&screen, &place, &args),
        Command::Plan(args) => plan::run(&screen, &place, &args),
        Command::Apply(args) => apply::run(&screen, &place, &args),
        Command::Rehearse(args) => rehearse::run(&screen, &place, &args),
        Command::Observe(args) => observe::run(&screen, &place, &args),
        Command::Show(args) => show::run(&screen, &place, &args),
        Command::Diff(args) => diff::run(&screen, &place, &args),
        Command::Check(args) => check::run(&screen, &place, &args),
        Command::Attest(args) => attest::run(&screen, &place, &args),
        Command::Status(args) => status::run(&screen, &place, &args),
        Command::Unlock(args) => unlock::run(&screen, &place, &args),
        Command::Demo(args) => demo::run(&screen, &args),
    }
}
