//! The steps of a plan as rows, by the part of the work they belong to.

use crate::present::page::{Cell, Page};
use crate::present::plan::PlanView;
use crate::present::plan::steps::Step;
use crate::present::style::{Role, keep};

/// Columns of number, performer, risk, undo and minutes; the title has what is left.
const NUMBER: usize = 4;
const WHO: usize = 6;
const RISK: usize = 6;
const UNDO: usize = 6;
const MINUTES: usize = 7;
/// Where titles, notes and safe stops begin.
const TITLE_AT: usize = NUMBER + 2 + WHO + 2;
/// Where notes and safe stops begin.
const NOTE_AT: usize = NUMBER + 2;

/// The table of steps.
pub(super) fn steps(page: &mut Page, view: &PlanView) {
    let title = page.style().width - TITLE_AT - (2 + RISK) - (2 + UNDO) - (2 + MINUTES);
    let tool = view.counts.steps - view.counts.by_people;
    let heading = format!("Steps (cstopo {tool}, you {})", view.counts.by_people);
    let cells = [
        Cell::new(&heading, TITLE_AT + title).role(Role::Heading),
        Cell::new("risk", RISK).role(Role::Heading),
        Cell::new("undo", UNDO).role(Role::Heading),
        Cell::new("min", MINUTES).right().role(Role::Heading),
    ];
    page.row(0, &cells);
    page.blank();
    for stage in &view.stages {
        page.heading(&format!("{}: {}", stage.purpose.short, stage.when));
        for step in &stage.steps {
            row(page, step, title);
            below(page, step);
        }
        page.blank();
    }
}

fn row(page: &mut Page, step: &Step, width: usize) {
    let number = step.number.to_string();
    let title = match &step.votes {
        Some(v) => {
            let votes = keep(&format!("votes {} → {}, needs {}", v.before, v.during, v.needed));
            format!("{}   {votes}", step.title.short)
        }
        None => step.title.short.clone(),
    };
    let (who, who_role) = who(step.who);
    let (risk, risk_role) = risk(step.risk);
    let (undo, undo_role) = undo(step.undo);
    let cells = [
        Cell::new(&number, NUMBER).right(),
        Cell::new(who, WHO).role(who_role),
        Cell::new(&title, width),
        Cell::new(risk, RISK).role(risk_role),
        Cell::new(undo, UNDO).role(undo_role),
        Cell::new(&step.duration.minutes, MINUTES).right(),
    ];
    page.row(0, &cells);
}

fn below(page: &mut Page, step: &Step) {
    if step.notes_shown {
        for note in &step.notes {
            page.indented(NOTE_AT, &note.short, Role::Faint);
        }
    }
    match step.safe_stop.as_ref().map(|s| s.short.as_str()) {
        Some("") => page.indented(NOTE_AT, "safe stop", Role::Good),
        Some(text) => page.hang(&format!("{}safe stop: ", " ".repeat(NOTE_AT)), Role::Good, text, Role::Plain),
        None => {}
    }
}

/// Who performs, as screens say it.
#[must_use]
pub fn who(who: &str) -> (&'static str, Role) {
    match who {
        "person" => ("YOU", Role::Care),
        "cmdlet" => ("cmdlet", Role::Plain),
        "tsql" => ("T-SQL", Role::Plain),
        _ => ("wait", Role::Plain),
    }
}

/// The risk, as screens say it.
#[must_use]
pub fn risk(risk: &str) -> (&'static str, Role) {
    match risk {
        "none" => ("none", Role::Plain),
        "outage" => ("outage", Role::Care),
        "possible_data_loss" => ("LOSS?", Role::Danger),
        _ => ("LOSS", Role::Danger),
    }
}

/// The undo class, as screens say it.
#[must_use]
pub fn undo(undo: &str) -> (&'static str, Role) {
    match undo {
        "reversible" => ("yes", Role::Plain),
        "costly" => ("costly", Role::Plain),
        "irreversible" => ("NO", Role::Danger),
        _ => ("-", Role::Plain),
    }
}
