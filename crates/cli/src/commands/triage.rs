//! `triage`: what is wrong, in one look. It changes nothing.

use planner::triage::{Situation, triage};

use super::apply::prompt;
use crate::args::{Format, Triage};
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::load::{self, Loaded};
use crate::place::Place;
use crate::present;
use crate::screen::Screen;

/// Runs it. Exit 0: as declared; 2: not; 1: it could not be told. Where one pool is not as declared and another could not
/// be told about, the exit is 2.
///
/// # Errors
/// When an input is missing or wrong.
pub fn run(screen: &Screen, place: &Place, args: &Triage) -> Outcome {
    let loaded = load::inputs(place, &args.inputs)?;
    if let Some(most) = &args.max_age {
        young_enough(&loaded, &files::name(&args.inputs.snapshot), most)?;
    }
    for word in &loaded.assembled.refuted {
        screen.note(&format!("note: {word}"));
    }
    let problem = &loaded.assembled.problem;
    let found = triage(problem);
    let (desired, snapshot) = (files::name(&args.inputs.desired), files::name(&args.inputs.snapshot));
    let mut context = present::Context::new(&loaded.assembled.facts, screen.offset, "");
    context.left_out = &loaded.assembled.left_out;
    context.files.desired = &desired;
    context.files.snapshot = &snapshot;
    match args.format {
        Format::Json => {
            let context = super::plan::for_format(context, args.format);
            screen.result(&present::triage::json(problem, &found, &context));
        }
        Format::Markdown => {
            let context = super::plan::for_format(context, args.format);
            screen.result(&present::triage::markdown(problem, &found, &context));
        }
        Format::Text => screen.result(&present::triage::text(problem, &found, &context, screen.style)),
    }
    Ok(match found.iter().map(|p| p.situation).min() {
        None | Some(Situation::AsDeclared) => Exit::Done,
        Some(Situation::Unknown) => Exit::Error,
        Some(_) => Exit::Changes,
    })
}

/// An old snapshot says how the estate was. Who runs this by a scheduler wants to be told when nobody observes any more.
fn young_enough(loaded: &Loaded, shown: &str, most: &str) -> Result<(), Failure> {
    let most = prompt::duration(most)?.as_secs();
    let age = present::time::seconds(loaded.assembled.facts.read.to, jiff::Timestamp::now());
    // The clock of a simulated deployment is its own.
    if age <= most || loaded.assembled.facts.simulated {
        return Ok(());
    }
    let (age, most) = (present::time::lasted(age), present::time::lasted(most));
    let what = format!("error: {shown} is {age} old, and --max-age allows {most} [CT4030]");
    let help = "  = it could not be told how the estate is now\n  = help: cstopo observe, then cstopo triage";
    Err(Failure::new(Exit::Error, format!("{what}\n --> {shown}\n{help}")))
}
