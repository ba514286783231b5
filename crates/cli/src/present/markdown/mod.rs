//! The Markdown rendering of a plan: a comment of a pull request. The verdict first, then dangers, changes, steps; what is
//! long is folded, and left out, with a word about it, where the comment would be too large. It computes nothing.

use planner::solve::Solved;

use super::Context;
use super::plan::PlanView;

pub mod escape;
mod fit;
mod folded;
mod head;
mod tables;

pub use tables::arithmetic;

/// What a comment holds beside the plan.
#[derive(Clone, Debug)]
pub struct Extras {
    /// Differences of the topology document, one for each publish, with its title.
    pub xml: Vec<(String, String)>,
    /// The most bytes of a comment.
    pub max_bytes: usize,
}

impl Default for Extras {
    fn default() -> Self {
        Self { xml: Vec::new(), max_bytes: 32_768 }
    }
}

/// A part of a comment.
pub(crate) struct Part {
    /// What it is, where it may be left out.
    name: &'static str,
    /// How to see it otherwise.
    see: String,
    /// What is kept longest has the highest number; parts without a name are always kept.
    keep: u8,
    /// The text, with an empty line at its end.
    text: String,
}

/// A plan as Markdown, in at most so many bytes.
#[must_use]
pub fn plan(solved: &Solved, context: &Context<'_>, max_bytes: usize) -> String {
    view(&PlanView::new(solved, context), &Extras { max_bytes, ..Extras::default() })
}

/// The view of a plan as Markdown, with what else a comment holds.
#[must_use]
pub fn view(view: &PlanView, extras: &Extras) -> String {
    let part = |name: &'static str, keep: u8, text: String| Part {
        name,
        see: format!("cstopo show {}", view.plan.file),
        keep,
        text,
    };
    let parts = vec![
        part("", u8::MAX, head::verdict(view)),
        part("", u8::MAX, head::rehearsed(view)),
        part("dangers", 9, head::dangers(view)),
        part("Central Management store", 8, view.cms.as_ref().map_or_else(String::new, super::cms::Cms::markdown)),
        part("changes", 7, tables::changes(view)),
        part("steps", 6, tables::steps(view)),
        part("full stop", 5, tables::full_stop(view)),
        part("price", 4, folded::price(view)),
        Part { see: "cstopo plan -v".to_owned(), ..part("margins", 2, folded::margins(view)) },
        Part { see: "cstopo plan -v".to_owned(), ..part("commands and clicks", 3, folded::commands(view)) },
        Part { see: "cstopo plan -v".to_owned(), ..part("XML", 1, folded::xml(&extras.xml)) },
        part("facts", 0, folded::facts(view)),
    ];
    fit::fit(view, parts, extras.max_bytes)
}
