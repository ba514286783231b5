//! The steps of a plan, each with everything that a row or a paragraph about it needs.

use model::declaration::{Risk, Undo, Work};
use model::estate::PoolId;
use model::field::Field;
use serde::Serialize;

use super::around::Around;
use super::world::World;
use super::{text, who};
use crate::present::names::Text;
use crate::present::{commands, draft, span};

/// A step.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Its number in this plan, from 1.
    pub number: usize,
    /// Its id, which survives planning anew.
    pub id: String,
    /// `person`, `cmdlet`, `tsql` or `wait`.
    pub who: &'static str,
    /// What it does.
    pub title: Text,
    /// `none`, `outage`, `possible_data_loss` or `data_loss`.
    pub risk: &'static str,
    /// `not_applicable`, `reversible`, `costly` or `irreversible`.
    pub undo: &'static str,
    /// How it is undone, or why it cannot be.
    pub undo_how: Option<&'static str>,
    /// How long it takes.
    pub duration: Duration,
    /// Votes of the pool, where the step takes some away.
    pub votes: Option<Votes>,
    /// Words for whoever performs it.
    pub notes: Vec<Text>,
    /// Whether its notes are shown without being asked for.
    #[serde(skip)]
    pub notes_shown: bool,
    /// Rights of whoever performs it.
    pub rights: Vec<&'static str>,
    /// The ways, best first, with what is sent or asked.
    pub ways: Vec<WayView>,
    /// The steps that end before it begins, by number.
    pub after: Vec<usize>,
    /// What a run that stops here leaves behind, where one may stop.
    pub safe_stop: Option<Text>,
    /// What is so around it; none in a plan of very many steps.
    pub around: Option<Around>,
}

/// How long a step takes.
#[derive(Clone, Debug, Serialize)]
pub struct Duration {
    /// At least, in seconds.
    pub least_seconds: u32,
    /// At most, as a rule, in seconds.
    pub most_seconds: u32,
    /// In minutes, for the column of that name.
    pub minutes: String,
    /// Who says so.
    pub source: &'static str,
}

/// Votes of a pool around a step.
#[derive(Clone, Debug, Serialize)]
pub struct Votes {
    /// The pool.
    pub pool: String,
    /// Before it.
    pub before: usize,
    /// While it runs.
    pub during: usize,
    /// Without which the pool stops.
    pub needed: usize,
}

/// A way of performing a step.
#[derive(Clone, Debug, Serialize)]
pub struct WayView {
    /// Who performs it.
    pub who: &'static str,
    /// What is sent or asked, line by line.
    pub lines: Vec<String>,
    /// Who says so.
    pub source: &'static str,
}

/// Every step.
pub(super) fn all(world: &World<'_>) -> Vec<Step> {
    let mut steps: Vec<Step> = (0..world.placed().len()).map(|n| step(world, n)).collect();
    show_notes(world, &mut steps);
    steps
}

fn step(world: &World<'_>, n: usize) -> Step {
    let p = &world.placed()[n];
    let d = &p.declaration;
    let mut after: Vec<usize> = world.before[n].iter().map(|i| i + 1).collect();
    after.sort_unstable();
    let mark = if rests_on_assumption(world, n) { draft::MARK } else { "" };
    Step {
        number: n + 1,
        id: d.id.0.clone(),
        who: who(world.who(p)),
        title: text(&world.names, |names| format!("{}{mark}", names.phrase(&d.title))),
        risk: risk(world.risk(p)),
        undo: undo(d.undo).0,
        undo_how: undo(d.undo).1,
        duration: Duration {
            least_seconds: d.duration.least,
            most_seconds: d.duration.most,
            minutes: span::minutes(d.duration.least, d.duration.most),
            source: d.duration.source,
        },
        votes: votes(world, n),
        notes: d.notes.iter().map(|note| text(&world.names, |names| names.phrase(note))).collect(),
        notes_shown: false,
        rights: world.way(p).map(|w| w.rights.clone()).unwrap_or_default(),
        ways: d
            .ways
            .iter()
            .map(|w| WayView { who: who(w.performer), lines: commands::lines(&w.call), source: w.source })
            .collect(),
        after,
        safe_stop: super::stages::safe_stop(world, n),
        around: super::around::of(world, n),
    }
}

/// Whether a step requires something that was assumed, and that no step before it has made so.
fn rests_on_assumption(world: &World<'_>, n: usize) -> bool {
    let assumed = world.context.assumed;
    if assumed.is_empty() {
        return false;
    }
    let written = |f: Field| {
        let before = world.placed()[..n].iter().map(|p| &p.declaration);
        before.flat_map(|d| d.begin.iter().chain(&d.end)).any(|w| w.field == f)
    };
    let mut read = Vec::new();
    let requires = world.placed()[n].declaration.requires.iter();
    requires.for_each(|c| c.condition.fields(world.first(), &mut read));
    read.into_iter().any(|f| assumed.iter().any(|(a, _)| *a == f) && !written(f))
}

/// The risk, as JSON spells it.
#[must_use]
pub fn risk(risk: Risk) -> &'static str {
    match risk {
        Risk::None => "none",
        Risk::Outage => "outage",
        Risk::PossibleLoss => "possible_data_loss",
        Risk::KnownLoss => "data_loss",
    }
}

/// The undo class, as JSON spells it, and how or why not.
#[must_use]
pub fn undo(undo: Undo) -> (&'static str, Option<&'static str>) {
    match undo {
        Undo::NotApplicable => ("not_applicable", None),
        Undo::Reversible(how) => ("reversible", Some(how)),
        Undo::Costly(how) => ("costly", Some(how)),
        Undo::Irreversible(why) => ("irreversible", Some(why)),
    }
}

/// Votes of the pool that loses some while the step runs.
fn votes(world: &World<'_>, n: usize) -> Option<Votes> {
    let p = &world.placed()[n];
    let of = |pool: PoolId| {
        let before = world.problem().view(&p.before).votes(pool, None);
        let during = world.problem().view(&p.taken.during).votes(pool, None);
        (during.sure < before.sure).then(|| Votes {
            pool: world.names.pool(pool),
            before: before.sure,
            during: during.sure,
            needed: during.needed,
        })
    };
    world.touched.pools(n).iter().copied().find_map(of)
}

/// Notes are shown where a person acts, once below a run of steps that share them, and where they are the only reason that
/// is told for a step of a broken middle state; the rest is for `-v`.
fn show_notes(world: &World<'_>, steps: &mut [Step]) {
    let one_block = planner::changes::changes(world.problem(), world.first().state, world.last().state).len() == 1;
    let middle = |n: usize| {
        let deviation = world.placed()[n].declaration.origin.deviation;
        matches!(deviation, Some("resume" | "synchronise" | "forget-partner"))
    };
    for n in 0..steps.len() {
        let told = !steps[n].notes.is_empty();
        // The title of a publish says how many stores; which ones is news only where stores differ.
        let news = world.placed()[n].declaration.work != Work::Publish || !one_block;
        let ends_run = steps.get(n + 1).is_none_or(|next| next.notes != steps[n].notes);
        let in_run = n > 0 && steps[n - 1].notes == steps[n].notes;
        steps[n].notes_shown = told && news && ends_run && (steps[n].who == "person" || in_run || middle(n));
    }
}
