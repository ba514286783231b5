//! The text rendering of a plan: the answer first, danger above detail, what to type next last. It computes nothing.

use super::page::Page;
use super::plan::PlanView;
use super::simulated;
use super::style::{Style, keep};

mod foot;
mod head;
mod steps;

pub use foot::arithmetic;
pub use head::standing;
pub use steps::{risk, undo, who};

/// Columns of the words at the left of a block.
const LABEL: usize = 11;

/// A plan as text.
#[must_use]
pub fn plan(view: &PlanView, style: Style) -> String {
    let mut page = Page::new(style);
    page.paragraph(&view.headline.text);
    page.blank();
    head::situation(&mut page, view);
    if let Some(cms) = &view.cms {
        cms.page(&mut page);
    }
    head::changes(&mut page, view);
    steps::steps(&mut page, view);
    foot::full_stop(&mut page, view);
    foot::price(&mut page, view);
    foot::dangers(&mut page, view);
    foot::identity(&mut page, view);
    page.finish()
}

/// A label at the left, and sentences behind it.
fn labelled(page: &mut Page, label: &str, text: &str) {
    page.labelled(label, LABEL, text);
}

/// The last lines of a plan: counts and what to type next. The same on every screen that shows a plan.
fn closing(page: &mut Page, view: &PlanView) {
    page.paragraph(&view.counts.sentence());
    let simulated = simulated::mark(view.simulated);
    let next = keep(&view.next).replace(keep(", then ").as_str(), ", then ");
    let undone = if view.left_undone.is_empty() { String::new() } else { format!(". {}", view.left_undone) };
    page.paragraph(&format!("Next: {next}{simulated}{undone}"));
}
