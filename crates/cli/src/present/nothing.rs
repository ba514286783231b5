//! The screen of a goal that holds already: one line. It plans nothing.

use model::problem::Problem;

use super::markdown::escape;
use super::numbers::{join, verb};
use super::page::Page;
use super::style::Style;
use super::{Context, left_out, simulated};

/// In one line of text.
#[must_use]
pub fn text(problem: &Problem, context: &Context<'_>, style: Style) -> String {
    let mut page = Page::new(style);
    let simulated = simulated::of(context);
    let read = context.at(context.snapshot.read.to);
    let undone = left_out::sentence(problem, &problem.initial, context);
    page.paragraph(&format!("Nothing to do{simulated}: {}, read {read}.{undone}", held(problem, context)));
    page.finish()
}

/// In one line of Markdown.
#[must_use]
pub fn markdown(problem: &Problem, context: &Context<'_>) -> String {
    let undone = left_out::sentence(problem, &problem.initial, context);
    let held = held(problem, context);
    format!("cstopo: nothing to do{}; {}.{}\n", simulated::of(context), escape::text(&held), escape::text(&undone))
}

/// As JSON, a field a line as in every other rendering.
#[must_use]
pub fn json(problem: &Problem, context: &Context<'_>) -> String {
    let pools: Vec<String> = problem.pool_names().iter().map(ToString::to_string).collect();
    let read = &context.snapshot.read;
    let value = serde_json::json!({
        "format": 1,
        "outcome": "nothing_to_do",
        "simulated": context.snapshot.simulated,
        "pools": pools,
        "left_undone": left_out::sentence(problem, &problem.initial, context).trim_start(),
        "read": { "from": read.from.to_string(), "to": read.to.to_string() },
    });
    format!("{value:#}\n")
}

/// What holds: `pool01.contoso.com is as desired.toml says`.
fn held(problem: &Problem, context: &Context<'_>) -> String {
    let pools: Vec<String> = problem.pools().into_iter().map(|p| left_out::whom(problem, context, p)).collect();
    let many = if problem.wishes.len() > 1 && !context.left_out.is_empty() { 2 } else { pools.len() };
    let whom = if pools.len() > 3 { format!("{} pools", pools.len()) } else { join(&pools) };
    format!("{whom} {} as {} says", verb(many, "is", "are"), context.files.desired)
}
