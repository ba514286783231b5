//! One step in full: who, what is sent, what it requires and achieves, limits, undo, risk, its place in the order, its
//! sources.

use model::declaration::{Evidence, Way};
use model::plan::{Why, WhyKind};
use model::vocabulary;

use super::requires;
use crate::present::numbers::and;
use crate::present::page::{Cell, Page};
use crate::present::plan::steps::Step;
use crate::present::plan::world::World;
use crate::present::text::{risk, who};
use crate::present::{commands, time, words};

/// Columns of the words at the left.
const LABEL: usize = 12;
/// Columns before what is sent or asked: its lines are up to 74 columns wide.
const INDENT: usize = 6;
/// Columns of how a requirement stands.
const STANDING: usize = 18;

/// A step in full.
pub(super) fn step(page: &mut Page, world: &World<'_>, step: &Step) {
    let n = step.number - 1;
    page.heading(&format!("Step {}  {}", step.number, step.title.full));
    entry(page, "id", &step.id);
    performer(page, world, step);
    ways(page, world, n);
    for (k, (text, standing)) in requires::of(world, n).iter().enumerate() {
        let label = if k == 0 { "  requires" } else { "" };
        let width = page.style().width - LABEL - STANDING - 4;
        let cells = [Cell::new(label, LABEL - 2), Cell::new(text, width), Cell::new(standing, STANDING).right()];
        page.row(0, &cells);
    }
    let achieves: Vec<_> = world.placed()[n].declaration.achieves.iter().collect();
    for (k, text) in words::together(world.estate(), &achieves).iter().enumerate() {
        entry(page, if k == 0 { "achieves" } else { "" }, text);
    }
    entry(page, "if true", "skipped before it starts, and reported as \"already true\"");
    limits(page, world, n);
    if let Some(how) = step.undo_how {
        let word = if step.undo == "irreversible" { "none" } else { step.undo };
        entry(page, "undo", &format!("{word}: {how}"));
    }
    entry(page, "risk", risk_text(step));
    for (label, text) in step.around.iter().flat_map(|a| a.lines(false)) {
        entry(page, label, &text);
    }
    for note in &step.notes {
        entry(page, "note", &note.full);
    }
    neighbours(page, world, n);
    page.blank();
}

fn entry(page: &mut Page, label: &str, text: &str) {
    page.labelled(&format!("  {label}"), LABEL, text);
}

fn performer(page: &mut Page, world: &World<'_>, step: &Step) {
    let read = &world.context.snapshot.read;
    let (word, _) = who(step.who);
    match step.who {
        "person" => entry(page, "who", "YOU; apply shows this when it gets here"),
        "wait" => entry(page, "who", "nobody: it is waited for"),
        _ => entry(page, "who", &format!("{word}, on {}, as {}", read.on, read.by)),
    }
    if !step.rights.is_empty() {
        entry(page, "needs", &step.rights.join("; "));
    }
}

fn ways(page: &mut Page, world: &World<'_>, n: usize) {
    for (k, way) in world.placed()[n].declaration.ways.iter().enumerate() {
        let lines = commands::lines(&way.call);
        if lines.is_empty() {
            continue;
        }
        let label = if k == 0 { "command" } else { "otherwise" };
        page.verbatim(0, &format!("  {label}"));
        for line in &lines {
            page.verbatim(if line.is_empty() { 0 } else { INDENT }, line);
        }
        entry(page, "source", &source(way));
    }
}

/// Who says that a way works here.
#[must_use]
pub fn source(way: &Way) -> String {
    let evidence = match way.evidence {
        Evidence::Documented => "documented",
        Evidence::Field => "field-reported",
        Evidence::Inferred => "inferred",
    };
    format!("{} ({evidence})", way.source)
}

fn limits(page: &mut Page, world: &World<'_>, n: usize) {
    let Some(way) = world.way(&world.placed()[n]) else { return };
    let reading = match way.settle {
        0 => String::new(),
        s => format!(", then {} of reading", time::lasted(u64::from(s))),
    };
    match way.limit {
        Some(s) => entry(page, "limit", &format!("{}{reading}", time::lasted(u64::from(s)))),
        None => entry(page, "limit", "none: it waits for you"),
    }
}

fn risk_text(step: &Step) -> &'static str {
    match risk(step.risk) {
        ("none", _) => "none",
        ("outage", _) => "outage: users are signed out",
        ("LOSS", _) => "LOSS: what was given up by name is lost",
        _ => "LOSS?: nobody knows whether the copy was complete; given up by name",
    }
}

/// The steps before and after it, each with what fails without the edge; what fails alike is one line.
fn neighbours(page: &mut Page, world: &World<'_>, n: usize) {
    let edges = &world.solved.plan.edges;
    for (label, incoming) in [("after", true), ("before", false)] {
        let mut reasons: Vec<(String, Vec<usize>)> = Vec::new();
        for edge in edges.iter().filter(|e| n == if incoming { e.to } else { e.from }) {
            let why = reason(world, &edge.why);
            let step = if incoming { edge.from + 1 } else { edge.to + 1 };
            match reasons.iter_mut().find(|(w, _)| *w == why) {
                Some((_, steps)) => steps.push(step),
                None => reasons.push((why, vec![step])),
            }
        }
        for (k, (why, steps)) in reasons.iter_mut().enumerate() {
            steps.sort_unstable();
            entry(page, if k == 0 { label } else { "" }, &format!("{}, because {why}", and(steps)));
        }
    }
}

/// What fails without an edge, in one phrase.
#[must_use]
pub fn reason(world: &World<'_>, why: &Why) -> String {
    match &why.kind {
        WhyKind::Requirement { rule, .. } | WhyKind::Invariant { rule, .. } => rule.because.to_owned(),
        WhyKind::Outage { step } => {
            format!("step {} would begin while more users are without service than the plan says", step + 1)
        }
        WhyKind::EndState { field } => {
            format!("their order decides the {}", vocabulary::phrase(world.estate(), *field))
        }
    }
}
