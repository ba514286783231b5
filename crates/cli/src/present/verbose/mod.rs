//! `plan -v`: every deviation from the published procedure, and every step in full. It adds to the plan on screen and
//! decides nothing.

use planner::cost::NAMES;
use planner::critical::critical_path;
use planner::solve::Solved;

use super::numbers::{and, commas};
use super::page::Page;
use super::plan::PlanView;
use super::plan::price;
use super::plan::world::World;
use super::style::Style;
use super::text;
use super::{Context, span};

mod requires;
mod step;

pub use step::{reason, source};

/// A plan with everything.
#[must_use]
pub fn text(solved: &Solved, context: &Context<'_>, style: Style) -> String {
    let view = PlanView::new(solved, context);
    let world = World::new(solved, context);
    let mut page = Page::new(style);
    let whole = text::plan(&view, style);
    let (table, closing) = split(&whole);
    critical(&mut page, solved);
    cost(&mut page, solved);
    deviations(&mut page, &view);
    for one in view.steps() {
        step::step(&mut page, &world, one);
    }
    format!("{table}{}{closing}", page.finish())
}

/// The plan up to its last paragraph, and that paragraph: what to type next stays last.
fn split(whole: &str) -> (&str, &str) {
    let end = whole.trim_end().rfind("\n\n").map_or(0, |n| n + 2);
    whole.split_at(end)
}

/// The chain of steps that decides how long it takes.
fn critical(page: &mut Page, solved: &Solved) {
    let (path, seconds) = critical_path(&solved.plan);
    let steps: Vec<usize> = path.iter().map(|n| n + 1).collect();
    if steps.is_empty() {
        return;
    }
    let long = span::at_most(seconds);
    page.labelled("Critical", 11, &format!("{}: {long} at most, when everything else runs beside it", commas(&steps)));
    page.blank();
}

/// The price by component, in the order in which plans are compared; what is nothing is one line.
fn cost(page: &mut Page, solved: &Solved) {
    page.heading("Price by component; plans are compared by the first that differs");
    let mut nothing: Vec<&str> = Vec::new();
    for (name, value) in NAMES.iter().zip(solved.cost.0) {
        let (what, _) = price::component(name, value);
        match value {
            0 => nothing.push(what),
            _ => page.labelled(&format!("  {what}"), 34, &price::component(name, value).1),
        }
    }
    if !nothing.is_empty() {
        page.labelled("  0", 5, &nothing.join("; "));
    }
    page.blank();
}

fn deviations(page: &mut Page, view: &PlanView) {
    let Some(procedure) = &view.procedure else { return };
    if procedure.deviations.is_empty() {
        return;
    }
    page.heading(&format!("Deviations from \"{}\": {}", procedure.title, procedure.deviations.len()));
    for deviation in &procedure.deviations {
        page.labelled(
            &format!("  {}", commas(&deviation.steps)),
            13,
            &format!("{} ({})", deviation.says, deviation.source),
        );
    }
    let unsaid: Vec<String> =
        procedure.sentences_without_a_step.iter().map(|s| format!("{} ({})", s.says, s.id)).collect();
    let unsaid =
        if unsaid.is_empty() { "none: every act of the page has its step".to_owned() } else { unsaid.join("; ") };
    page.labelled("  Sentences without a step:", 28, &unsaid);
    let own = &procedure.steps_without_a_sentence;
    page.labelled(
        "  Steps without a sentence:",
        28,
        if own.is_empty() { "none".to_owned() } else { and(own) }.as_str(),
    );
    page.blank();
}
