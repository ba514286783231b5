//! The frame around a draft: its first and its last line say that it is one, and what is assumed stands in it, by name. It
//! assumes nothing itself.

use model::estate::Estate;
use model::field::{Field, Value};
use model::vocabulary;

use super::Context;
use super::markdown::escape;
use super::numbers::{count, verb};
use super::page::Page;
use super::style::{Role, Style};

/// How many facts of one kind are named.
const TOLD: usize = 3;

/// Behind the title of a step that rests on an assumption.
pub const MARK: &str = " *";

/// A screen in its frame, as text.
#[must_use]
pub fn text(estate: &Estate, context: &Context<'_>, body: &str, style: Style) -> String {
    let mut page = Page::new(style);
    page.paragraph(&first(context));
    page.blank();
    if !context.assumed.is_empty() {
        page.heading("Assumed, not read");
        kinds(estate, context.assumed).iter().for_each(|kind| page.indented(2, kind, Role::Unknown));
        page.indented(2, LEGEND, Role::Faint);
        page.blank();
    }
    let head = page.finish();
    let mut page = Page::new(style);
    page.blank();
    page.paragraph(LAST);
    format!("{head}{}{}", without_next(body), page.finish())
}

/// A screen in its frame, as Markdown.
#[must_use]
pub fn markdown(estate: &Estate, context: &Context<'_>, body: &str) -> String {
    let list: String =
        kinds(estate, context.assumed).iter().map(|k| format!("- assumed, not read: {}\n", escape::text(k))).collect();
    format!("**{}**\n\n{list}\n{}\n{LAST}\n", escape::text(&first(context)), without_next(body))
}

/// A screen in its frame, as JSON.
#[must_use]
pub fn json(estate: &Estate, context: &Context<'_>, body: &str) -> String {
    let assumed: Vec<serde_json::Value> = context
        .assumed
        .iter()
        .map(|&(field, value)| {
            serde_json::json!({
                "subject": vocabulary::subject(estate, field),
                "attribute": vocabulary::attribute(field),
                "value": vocabulary::value_text(estate, value),
            })
        })
        .collect();
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let value = serde_json::json!({ "draft": true, "assumed": assumed, "says": body });
    format!("{value:#}\n")
}

const LEGEND: &str = "A step that rests on one of them has a * behind its title.";

const LAST: &str = "DRAFT: nothing was written, nothing can be applied. Next: cstopo observe, then cstopo plan";

fn first(context: &Context<'_>) -> String {
    let n = context.assumed.len();
    let facts = match n {
        0 => "no fact had to be assumed".to_owned(),
        n => format!("{} {} assumed, not read", count(n, "fact"), verb(n, "is", "are")),
    };
    format!("DRAFT, to look at only: {facts}. What was read was read {}.", context.read())
}

/// The last paragraph of a screen says what to type next, which for a draft is something else.
fn without_next(body: &str) -> String {
    let end = body.rfind("Next: ").unwrap_or(body.len());
    format!("{}\n", body[..end].trim_end())
}

/// What is assumed, facts of one attribute and value together.
fn kinds(estate: &Estate, assumed: &[(Field, Value)]) -> Vec<String> {
    let mut kinds: Vec<(&'static str, String, Vec<String>)> = Vec::new();
    for &(field, value) in assumed {
        let (what, value) = (vocabulary::attribute(field), vocabulary::value_text(estate, value));
        let subject = vocabulary::subject(estate, field);
        match kinds.iter_mut().find(|(a, v, _)| *a == what && *v == value) {
            Some((_, _, list)) => list.push(subject),
            None => kinds.push((what, value, vec![subject])),
        }
    }
    let kind = |(what, value, list): (&str, String, Vec<String>)| {
        let more = list.len().saturating_sub(TOLD);
        let named = list.iter().take(TOLD).cloned().collect::<Vec<_>>().join(", ");
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{what} {value}: {named}{more}")
    };
    kinds.into_iter().map(kind).collect()
}
