//! `rehearse`: a plan carried out on copies of the simulated deployment, with every fault at every step. It changes nothing.

use std::path::Path;

use executor::driver::Driver as _;
use executor::simulated::Simulated;
use model::fact::Fact;
use rehearsal::{Goal, Options, Rehearsal};

use super::observe;
use crate::args::{Format, Rehearse};
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::load::{self, Reviewed};
use crate::place::Place;
use crate::present;
use crate::screen::Screen;

/// Runs it. Exit 0: nothing breaks; 7: an invariant breaks, data is lost, or the plan itself does not come to its end.
///
/// # Errors
/// When an input is missing or wrong, or the deployment is not as the plan has it.
pub fn run(screen: &Screen, place: &Place, args: &Rehearse) -> Outcome {
    let reviewed = load::plan(place, &args.plan)?;
    let shown = files::name(&args.plan);
    let found = found(place, &reviewed, &args.deployment, args.pairs, &shown)?;
    screen.result(&match args.format {
        Format::Text => present::rehearsal::text(&found, &shown, screen.style),
        Format::Json => present::rehearsal::json(&found),
        Format::Markdown => present::rehearsal::markdown(&found),
    });
    Ok(if found.holds() { Exit::Done } else { Exit::CheckFailed })
}

/// Rehearses a plan on the simulated deployment from which its facts are.
///
/// # Errors
/// When the deployment is missing, wrong, or not as the plan has it.
pub fn found(
    place: &Place,
    reviewed: &Reviewed,
    deployment: &Path,
    pairs: bool,
    shown: &str,
) -> Result<Rehearsal, Failure> {
    let mut driver = observe::deployment(place, deployment)?.with_base(reviewed.file.facts.read.to);
    if !reviewed.file.facts.simulated {
        let what = format!("refused: {shown} rests on facts of a real estate; this deployment is simulated [CT4006]");
        return Err(Failure::new(Exit::Refused, format!("{what}\n --> {shown}\n  = nothing was rehearsed")));
    }
    let words = words(reviewed);
    fits(reviewed, &mut driver, &words, shown)?;
    let goal = Goal {
        desired: &reviewed.desired,
        accepted_loss: &reviewed.file.accepted_loss,
        only: &reviewed.file.only,
        words: &words,
    };
    let options = Options { pairs, every: 1 };
    rehearsal::rehearse(&reviewed.solved.plan, &goal, &driver.world, options)
        .map_err(|e| Failure::new(Exit::Error, format!("error: {e} [CT3103]\n  = nothing was rehearsed")))
}

/// What people gave their word for when the plan was made.
fn words(reviewed: &Reviewed) -> Vec<Fact> {
    reviewed.file.facts.facts.iter().filter(|f| f.source.starts_with("person")).cloned().collect()
}

/// A rehearsal on another state than the plan's would rehearse something else.
fn fits(reviewed: &Reviewed, driver: &mut Simulated, words: &[Fact], shown: &str) -> Result<(), Failure> {
    let plan = &reviewed.solved.plan;
    let estate = plan.estate();
    let wrong = |e: String| Failure::new(Exit::Error, format!("error: {e} [CT3002]"));
    let facts = driver.observe(estate, &plan.base).map_err(|e| wrong(e.to_string()))?;
    let answer =
        |f: &Fact| words.iter().find(|w| f.source == "no attestation" && w.same_field(f)).unwrap_or(f).value(estate);
    let values = plan.base.iter().zip(&facts).map(|(&field, fact)| (field, answer(fact)));
    let moved = values.filter(|(field, value)| *value != plan.problem.initial.get(estate, *field)).count();
    if moved == 0 {
        return Ok(());
    }
    let what = format!("stale: {moved} of the {} facts that the plan rests on changed [CT4004]", plan.base.len());
    let help = "  = nothing was rehearsed\n  = help: cstopo observe, then cstopo plan";
    Err(Failure::new(Exit::Stale, format!("{what}\n --> {shown}\n{help}")))
}
