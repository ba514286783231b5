//! The triage of every managed pool as a comment: a row for each pool, what is wrong first. It says what the text says.

use model::problem::Problem;
use planner::triage::PoolTriage;

use super::{decides, last, now, procedure, settled, tally, verdict};
use crate::present::markdown::escape::{code, text};
use crate::present::{Context, simulated};

/// The triage of every managed pool, as Markdown.
#[must_use]
pub fn markdown(problem: &Problem, found: &[PoolTriage], context: &Context<'_>) -> String {
    let (fine, other): (Vec<&PoolTriage>, Vec<&PoolTriage>) = found.iter().partition(|one| settled(one));
    let mut out = format!("### cstopo: {}\n\n", text(&tally(fine.len(), &other, simulated::of(context))));
    if !other.is_empty() {
        out += "| pool | how it is | procedure | what decides | clock |\n|---|---|---|---|---|\n";
        other.iter().for_each(|one| out += &row(problem, one, context));
        out.push('\n');
    }
    let read = &context.snapshot.read;
    out += &format!("Read {} from {}. Nothing was changed.\n", text(&context.read()), code(read.on.as_str()));
    out + &format!("{}\n", text(&last(problem, &other, context)))
}

fn row(problem: &Problem, one: &PoolTriage, context: &Context<'_>) -> String {
    let or_none = |cell: Option<String>| cell.map_or_else(|| "-".to_owned(), |c| text(&c));
    format!(
        "| {} | {} | {} | {} | {} |\n",
        code(problem.estate.pool(one.pool).fqdn.as_str()),
        text(&verdict::of(problem, one, context, "")),
        or_none(procedure(problem, one)),
        or_none(one.decides.map(|f| decides(problem, context, f))),
        or_none(now::clock(problem, context, one.pool)),
    )
}
