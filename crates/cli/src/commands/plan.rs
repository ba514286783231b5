//! `plan`: the steps from what is observed to what is desired. It writes the plan file and changes nothing else.

use std::path::Path;

use model::assemble::{CMS, SERVICE};
use model::plan_file::PlanFile;
use planner::cms_options;
use planner::refusal;
use planner::solve::{self, Solved, solve};
use topology::Document;

use crate::args::{Format, Inputs, Plan, PlanFormat};
use crate::exit::{Exit, Failure, Outcome};
use crate::load::{self, Loaded};
use crate::place::Place;
use crate::present::markdown::Extras;
use crate::present::plan::PlanView;
use crate::present::{self, Context};
use crate::screen::Screen;
use crate::{documents, files};

/// What planning came to.
pub enum Planned {
    /// Nothing to do.
    Nothing,
    /// A plan, and its file.
    Plan(Box<Solved>, Box<PlanFile>),
    /// There is none.
    Refused(Box<refusal::Refusal>),
}

/// Plans.
///
/// # Errors
/// When the problem is too large.
pub fn planned(loaded: &Loaded) -> Result<Planned, Failure> {
    let problem = &loaded.assembled.problem;
    Ok(match solve(problem) {
        solve::Outcome::NothingToDo => Planned::Nothing,
        solve::Outcome::Plan(solved) => {
            let file = PlanFile::of(&solved.plan, loaded.inputs());
            Planned::Plan(solved, Box::new(file))
        }
        solve::Outcome::NoPlan { states } => Planned::Refused(Box::new(refusal::explain(problem, states))),
        solve::Outcome::TooLarge => {
            let what = "error: the search saw more states than it can hold, and gave up [CT4009]";
            let why = "pools that share a SQL Server host are planned together";
            let help = "cstopo plan --only, one pool after the other";
            return Err(Failure::new(Exit::Error, format!("{what}\n  = {why}\n  = help: {help}")));
        }
    })
}

/// Plans what the inputs ask for, or the first part of it that can be planned: the Central Management store moves first where
/// that is the way that policy allows, as `--only cms` does. Where `--only` keeps to stores that have no plan as declared, but
/// can be served again now, that is planned, as `--only service` does: users first.
fn found(screen: &Screen, place: &Place, inputs: &Inputs) -> Result<(Loaded, Planned), Failure> {
    let loaded = load::inputs(place, inputs)?;
    let first = planned(&loaded)?;
    let whole = !inputs.only.iter().any(|name| name == SERVICE || name == CMS);
    let solved = match &first {
        Planned::Plan(solved, _) => Some(&**solved),
        Planned::Nothing | Planned::Refused(_) => None,
    };
    let nothing = matches!(first, Planned::Nothing);
    if whole && !nothing && cms_options::first(&loaded.assembled.problem, solved).is_some() {
        let (loaded, part) = also(place, inputs, CMS)?;
        if matches!(part, Planned::Plan(..)) {
            screen.note(
                "note: the pool holds the Central Management store, so its back end cannot be changed yet. This is what comes \
                 first, as --only cms does.",
            );
            return Ok((loaded, part));
        }
    }
    let kept = whole && !inputs.only.is_empty();
    let all = loaded.assembled.problem.wishes.len();
    let now = match &first {
        Planned::Refused(refused) => refused.now.as_ref().is_some_and(|now| now.stores.len() == all),
        Planned::Nothing | Planned::Plan(..) => false,
    };
    if !(kept && now) {
        return Ok((loaded, first));
    }
    screen.note(
        "note: as declared there is no plan for it alone. This is what can be done for it now, as --only service does.",
    );
    also(place, inputs, SERVICE)
}

/// Plans as if a word had been given to `--only` besides.
fn also(place: &Place, inputs: &Inputs, word: &str) -> Result<(Loaded, Planned), Failure> {
    let only = inputs.only.iter().cloned().chain([word.to_owned()]).collect();
    let loaded = load::inputs(place, &Inputs { only, ..inputs.clone() })?;
    let planned = planned(&loaded)?;
    Ok((loaded, planned))
}

/// Runs it.
///
/// # Errors
/// When an input is missing or wrong, or there is no plan.
pub fn run(screen: &Screen, place: &Place, args: &Plan) -> Outcome {
    let shown = Shown::new(&args.inputs, &args.out);
    let format = args.format.shared();
    if args.draft {
        return draft(screen, place, &shown, args);
    }
    let (loaded, planned) = found(screen, place, &args.inputs)?;
    refuted(screen, &loaded);
    match planned {
        Planned::Nothing => {
            let context = for_format(shown.context(screen, &loaded, ""), format);
            screen.result(&shown_nothing(&loaded, &context, format, screen));
            Ok(Exit::Done)
        }
        Planned::Refused(refused) => {
            let context = for_format(shown.context(screen, &loaded, ""), format);
            let problem = &loaded.assembled.problem;
            match format {
                Format::Json => screen.result(&present::refusal::json(problem, &refused, &context)),
                Format::Markdown => screen.result(&present::refusal::markdown(problem, &refused, &context)),
                Format::Text => screen.result(&present::refusal::text(problem, &refused, &context, screen.style)),
            }
            Ok(Exit::Refused)
        }
        Planned::Plan(solved, file) => {
            let mut context = shown.context(screen, &loaded, &file.digest);
            // Another search for each other policy: only where somebody wants to know.
            if args.verbose || args.explain.is_some() || format != Format::Text {
                context.alternatives = present::not_chosen::of(&solved);
            }
            if let Some(step) = &args.explain {
                let text = present::explain::text(&solved, &context, step, screen.style)
                    .ok_or_else(|| no_step(&solved, step))?;
                screen.result(&text);
                return Ok(Exit::Done);
            }
            files::write(&place.file(&args.out), &file.to_json())?;
            let mut exit = if args.detailed_exitcode { Exit::Changes } else { Exit::Done };
            if args.rehearse {
                let reviewed = load::plan(place, &args.out)?;
                let found = super::rehearse::found(place, &reviewed, &args.deployment, false, &shown.plan)?;
                context.rehearsed = Some(present::rehearsal::verdict(&found));
                if !found.holds() {
                    exit = Exit::CheckFailed;
                }
            }
            let document = load::topology(place, &args.topology)?;
            let how = How { format, verbose: args.verbose, max_bytes: args.max_bytes };
            let universal = || for_format(context.clone(), format);
            screen.result(&match args.format {
                PlanFormat::Runbook => present::runbook::markdown(&solved, &universal()),
                PlanFormat::Mermaid => present::mermaid::chart(&solved, &universal()),
                PlanFormat::Text | PlanFormat::Json | PlanFormat::Markdown => {
                    rendered(screen, &solved, &context, document.as_ref(), how)
                }
            });
            Ok(exit)
        }
    }
}

/// Words of people that what was read has refuted.
fn refuted(screen: &Screen, loaded: &Loaded) {
    loaded.assembled.refuted.iter().for_each(|word| screen.note(&format!("note: {word}")));
}

/// Plans with assumptions in the place of what was not read, and writes nothing.
fn draft(screen: &Screen, place: &Place, shown: &Shown, args: &Plan) -> Outcome {
    let mut loaded = load::inputs(place, &args.inputs)?;
    refuted(screen, &loaded);
    let format = args.format.shared();
    let draft = planner::draft::draft(&loaded.assembled.problem);
    loaded.assembled.problem = draft.problem;
    let planned = planned(&loaded)?;
    // Only what the plan rests on is worth naming; a refusal may rest on any of it.
    let mut assumed = draft.assumed;
    if let Planned::Plan(solved, _) = &planned {
        assumed.retain(|(field, _)| solved.plan.base.contains(field));
    }
    let mut context = for_format(shown.context(screen, &loaded, ""), format);
    context.assumed = &assumed;
    let problem = &loaded.assembled.problem;
    let how = How { format, verbose: args.verbose, max_bytes: args.max_bytes };
    let (body, exit) = match &planned {
        Planned::Nothing => (shown_nothing(&loaded, &context, format, screen), Exit::Done),
        Planned::Refused(refused) => (
            match format {
                Format::Json => present::refusal::json(problem, refused, &context),
                Format::Markdown => present::refusal::markdown(problem, refused, &context),
                Format::Text => present::refusal::text(problem, refused, &context, screen.style),
            },
            Exit::Refused,
        ),
        Planned::Plan(solved, _) => {
            let exit = if args.detailed_exitcode { Exit::Changes } else { Exit::Done };
            (rendered(screen, solved, &context, None, how), exit)
        }
    };
    screen.result(&match format {
        Format::Json => present::draft::json(&problem.estate, &context, &body),
        Format::Markdown => present::draft::markdown(&problem.estate, &context, &body),
        Format::Text => present::draft::text(&problem.estate, &context, &body, screen.style),
    });
    Ok(exit)
}

/// Plans, writes and shows; none where there is nothing to do.
///
/// # Errors
/// As [`run`], and where there is no plan.
pub fn make(screen: &Screen, place: &Place, inputs: &Inputs, out: &Path) -> Result<Option<Box<PlanFile>>, Failure> {
    let (loaded, planned) = found(screen, place, inputs)?;
    let shown = Shown::new(inputs, out);
    match planned {
        Planned::Nothing => {
            let context = shown.context(screen, &loaded, "");
            screen.result(&shown_nothing(&loaded, &context, Format::Text, screen));
            Ok(None)
        }
        Planned::Refused(refused) => {
            let context = shown.context(screen, &loaded, "");
            let problem = &loaded.assembled.problem;
            Err(Failure::new(Exit::Refused, present::refusal::text(problem, &refused, &context, screen.aside)))
        }
        Planned::Plan(solved, file) => {
            let context = shown.context(screen, &loaded, &file.digest);
            files::write(&place.file(out), &file.to_json())?;
            screen.result(&present::text::plan(&PlanView::new(&solved, &context), screen.style));
            Ok(Some(file))
        }
    }
}

/// The names of the files, as they were given.
struct Shown {
    desired: String,
    snapshot: String,
    plan: String,
}

impl Shown {
    fn new(inputs: &Inputs, out: &Path) -> Self {
        Self { desired: files::name(&inputs.desired), snapshot: files::name(&inputs.snapshot), plan: files::name(out) }
    }

    fn context<'a>(&'a self, screen: &Screen, loaded: &'a Loaded, digest: &'a str) -> Context<'a> {
        let mut context = Context::new(&loaded.assembled.facts, screen.offset, digest);
        context.left_out = &loaded.assembled.left_out;
        context.files = present::Files { desired: &self.desired, snapshot: &self.snapshot, plan: &self.plan };
        context
    }
}

/// Markdown and JSON are for files and pull requests: their times are UTC, so that the same inputs give the same bytes
/// everywhere.
#[must_use]
pub fn for_format(context: Context<'_>, format: Format) -> Context<'_> {
    match format {
        Format::Text => context,
        Format::Json | Format::Markdown => Context { offset: jiff::tz::Offset::UTC, ..context },
    }
}

fn shown_nothing(loaded: &Loaded, context: &Context<'_>, format: Format, screen: &Screen) -> String {
    let problem = &loaded.assembled.problem;
    match format {
        Format::Text => present::nothing::text(problem, context, screen.style),
        Format::Markdown => present::nothing::markdown(problem, context),
        Format::Json => present::nothing::json(problem, context),
    }
}

/// How a plan is shown.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// The rendering.
    pub format: Format,
    /// Every step in full.
    pub verbose: bool,
    /// The most bytes of a Markdown comment.
    pub max_bytes: usize,
}

/// A plan in a rendering.
#[must_use]
pub fn rendered(
    screen: &Screen,
    solved: &Solved,
    context: &Context<'_>,
    document: Option<&Document>,
    how: How,
) -> String {
    let universal = for_format(context.clone(), how.format);
    let changes = || document.map(|d| documents::changes(&solved.plan, d)).unwrap_or_default();
    match how.format {
        Format::Text if how.verbose => {
            let mut text = present::verbose::text(solved, context, screen.style);
            for change in changes() {
                text.push_str(&screen.style.characters_of(&format!("\n{}\n{}", change.title, change.text)));
            }
            text
        }
        Format::Text => present::text::plan(&PlanView::new(solved, context), screen.style),
        Format::Json => present::json::plan(&PlanView::new(solved, &universal)),
        Format::Markdown => {
            let xml = changes().into_iter().map(|c| (c.title, c.text)).collect();
            present::markdown::view(&PlanView::new(solved, &universal), &Extras { xml, max_bytes: how.max_bytes })
        }
    }
}

fn no_step(solved: &Solved, step: &str) -> Failure {
    let ids: Vec<String> =
        solved.plan.steps.iter().enumerate().map(|(n, s)| format!("{:>4}  {}", n + 1, s.declaration.id)).collect();
    let what = format!("error: the plan has no step `{step}` [CT3111]");
    Failure::new(Exit::Usage, format!("{what}\n  = by number or id:\n{}", ids.join("\n")))
}
