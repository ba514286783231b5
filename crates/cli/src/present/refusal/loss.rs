//! What would be lost: database by database, how complete the copy is that could be forced, and who says so.

use model::estate::{DatabaseId, InstanceId};
use model::field::{Field, Value};
use model::problem::Problem;
use planner::refusal::{Grant, Refusal};
use serde::Serialize;

use crate::present::markdown::escape;
use crate::present::page::{Cell, Page};
use crate::present::style::{BROKEN, Role};
use crate::present::{Context, reasons, time};

/// What would be lost.
#[derive(Clone, Debug, Serialize)]
pub struct Loss {
    /// The other host is silent since.
    pub silent_since: Option<String>,
    /// Every database.
    pub databases: Vec<Database>,
    /// Who says so.
    pub sources: Vec<String>,
    /// The longest time that is missing, in seconds.
    pub missing_seconds: Option<u64>,
}

/// How complete a copy is.
#[derive(Clone, Debug, Serialize)]
pub struct Database {
    /// Its type.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// `complete`, `behind` or `unknown`.
    pub content: &'static str,
    /// Up to when it is complete, or why that is not known.
    pub caught_up_to: String,
    /// Whether it would lose data, or may.
    pub lost: bool,
}

impl Loss {
    /// How many databases would lose data, or may.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.databases.iter().filter(|d| d.lost).count()
    }

    /// Whether all that would be lost is known to be behind.
    #[must_use]
    pub fn known(&self) -> bool {
        self.databases.iter().filter(|d| d.lost).all(|d| d.content == "behind")
    }
}

/// What would be lost, where giving that up is a way out.
pub(super) fn of(problem: &Problem, refusal: &Refusal, context: &Context<'_>) -> Option<Loss> {
    let grants = refusal.ways_out.iter().flat_map(|w| &w.grants);
    let lost: Vec<DatabaseId> = grants.filter_map(|g| if let Grant::Loss(list) = g { Some(list) } else { None }).flatten().copied().collect();
    if lost.is_empty() {
        return None;
    }
    let estate = &problem.estate;
    let stores = problem.wishes.iter().map(|w| estate.store(w.store));
    let all: Vec<DatabaseId> = stores.flat_map(|s| s.databases.iter().copied()).collect();
    let silent = estate.host_ids().filter_map(|h| reasons::silent_since(context.snapshot, estate, h)).min();
    let caught = lost.iter().filter_map(|&d| copy(problem, context, d)).map(|c| c.0);
    let missing = silent.and_then(|s| caught.map(|c| time::seconds(c, s)).max());
    let mut sources: Vec<String> = all.iter().filter_map(|&d| copy(problem, context, d)).map(|c| c.1).collect();
    sources.sort();
    sources.dedup();
    Some(Loss {
        silent_since: silent.map(|t| context.at_bare(t)),
        databases: all.iter().map(|&d| database(problem, context, d, lost.contains(&d))).collect(),
        sources,
        missing_seconds: missing,
    })
}

/// The instance whose copy could be forced: one that answers.
fn instance(problem: &Problem, d: DatabaseId) -> Option<InstanceId> {
    let v = problem.view(&problem.initial);
    let instances = &problem.estate.store(problem.estate.database(d).store).instances;
    instances.iter().copied().find(|&i| v.get(Field::Answers(i)) == Value::Yes)
}

/// Up to when a copy is complete, and who says so.
fn copy(problem: &Problem, context: &Context<'_>, d: DatabaseId) -> Option<(jiff::Timestamp, String)> {
    let i = instance(problem, d)?;
    let copy = reasons::copy(context.snapshot, &problem.estate, Field::Role(d, i))?;
    let on = &problem.estate.instance(i).name;
    Some((copy.caught_up_to, format!("read on {on} at {}, {}", context.at(copy.time), copy.source)))
}

fn database(problem: &Problem, context: &Context<'_>, d: DatabaseId, lost: bool) -> Database {
    let estate = &problem.estate;
    let field = instance(problem, d).map(|i| Field::Content(d, i));
    let content = match field.map(|f| problem.view(&problem.initial).get(f)) {
        Some(Value::Complete) => "complete",
        Some(Value::Behind | Value::Superseded | Value::Nothing) => "behind",
        _ => "unknown",
    };
    let caught_up_to = match (content, copy(problem, context, d)) {
        ("complete", _) => "the end".to_owned(),
        ("behind", Some((at, _))) => context.at_bare(at),
        ("behind", None) => "not read".to_owned(),
        _ => field.map_or_else(|| "no host answers".to_owned(), |f| reasons::unknown(context.snapshot, estate, f)),
    };
    let kind = estate.store(estate.database(d).store).kind.name();
    Database { kind, name: estate.database(d).name.clone(), content, caught_up_to, lost }
}

/// The table on a page; complete databases of one type share a row.
pub(super) fn table(page: &mut Page, loss: &Loss) {
    let before = loss.silent_since.as_ref().map_or_else(|| "copy".to_owned(), |t| format!("before {t}"));
    let widths = page.fitted(2, [12, 1, 26, 18, 13], &[2, 3]);
    let mut row = |cells: [&str; 5], role: Role| {
        let cells: Vec<Cell<'_>> = cells.iter().zip(widths).map(|(text, w)| Cell::new(text, w).role(role)).collect();
        page.row(2, &cells);
    };
    row(["type", "", "database", &before, "caught up to"], Role::Heading);
    for run in loss.databases.chunk_by(|a, b| (a.kind, a.content, &a.caught_up_to, a.lost) == (b.kind, b.content, &b.caught_up_to, b.lost)) {
        let names: Vec<&str> = run.iter().map(|d| d.name.as_str()).collect();
        let one = &run[0];
        let (sign, role) = if one.lost { (BROKEN, Role::Danger) } else { ("", Role::Plain) };
        row([one.kind, sign, &names.join(" "), one.content, &one.caught_up_to], role);
    }
    for source in &loss.sources {
        page.indented(2, source, Role::Faint);
    }
    let names: Vec<&str> = loss.databases.iter().filter(|d| d.lost).map(|d| d.name.as_str()).collect();
    let names = crate::present::numbers::join(&names);
    let text = match (loss.known(), loss.missing_seconds) {
        (true, Some(s)) => format!("What would be lost: {} of {names}.", time::lasted(s)),
        (true, None) => format!("What would be lost: the end of {names}."),
        (false, Some(s)) => format!("What may be lost: up to {} of {names}, as far as is known.", time::lasted(s)),
        (false, None) => format!("What may be lost: an unknown time of {names}."),
    };
    page.blank();
    page.paragraph(&text);
}

/// The table in Markdown.
pub(super) fn markdown(loss: &Loss) -> String {
    let mut out = "| type | database | copy | caught up to |\n|---|---|---|---|\n".to_owned();
    for d in &loss.databases {
        let content = if d.lost { format!("**{}**", d.content) } else { d.content.to_owned() };
        out += &format!("| {} | {} | {content} | {} |\n", d.kind, escape::code(&d.name), escape::text(&d.caught_up_to));
    }
    out.push('\n');
    out
}
