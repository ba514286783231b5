//! `triage`: what is wrong, in one look. It changes nothing.

use planner::triage::{Situation, triage};

use crate::args::{Format, Triage};
use crate::exit::{Exit, Outcome};
use crate::files;
use crate::load;
use crate::place::Place;
use crate::present;
use crate::screen::Screen;

/// Runs it. Exit 0: as declared; 2: not; 1: it could not be told.
///
/// # Errors
/// When an input is missing or wrong.
pub fn run(screen: &Screen, place: &Place, args: &Triage) -> Outcome {
    let loaded = load::inputs(place, &args.inputs)?;
    for word in &loaded.assembled.refuted {
        screen.note(&format!("note: {word}"));
    }
    let problem = &loaded.assembled.problem;
    let found = triage(problem);
    let (desired, snapshot) = (files::name(&args.inputs.desired), files::name(&args.inputs.snapshot));
    let mut context = present::Context::new(&loaded.assembled.facts, screen.offset, "");
    context.files.desired = &desired;
    context.files.snapshot = &snapshot;
    match args.format {
        Format::Json => {
            let context = super::plan::for_format(context, args.format);
            screen.result(&present::triage::json(problem, &found, &context));
        }
        Format::Text | Format::Markdown => {
            screen.result(&present::triage::text(problem, &found, &context, screen.style))
        }
    }
    Ok(match found.iter().map(|p| p.situation).min() {
        None | Some(Situation::AsDeclared) => Exit::Done,
        Some(Situation::Unknown) => Exit::Error,
        Some(_) => Exit::Changes,
    })
}
