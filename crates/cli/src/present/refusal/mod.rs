//! Why there is no plan: what would be lost or what stands in the way, what is not known, and the ways out, cheapest
//! first. It proves nothing; the planner's search did.

use model::problem::Problem;
use planner::refusal::{Grant, Refusal};
use planner::triage::PoolTriage;
use serde::Serialize;

use super::names::Names;
use super::numbers::{count, join};
use super::page::Page;
use super::plan::full_stop::{self, FullStop};
use super::plan::situation;
use super::style::{Role, Style};
use super::{Context, beyond, left_out, simulated};

mod advice;
mod headline;
mod loss;
mod loss_shown;
mod markdown;
mod now;
mod reading;
mod unmet;
mod ways_out;

pub use markdown::markdown;

/// A refusal as it is shown. Serialised, it is the JSON rendering.
#[derive(Clone, Debug, Serialize)]
pub struct RefusalView {
    /// Format version of this rendering.
    pub format: u32,
    /// What came of the command: `refused`.
    pub outcome: &'static str,
    /// Whether the estate is simulated.
    pub simulated: bool,
    /// The pools.
    pub pools: Vec<String>,
    /// The answer, in sentences.
    pub headline: String,
    /// How the pools are.
    pub situation: Vec<situation::Situation>,
    /// The published procedure that it amounts to, and for which pool where there are several.
    pub procedures: Vec<String>,
    /// What would be lost, database by database.
    pub loss: Option<loss::Loss>,
    /// What does not hold, in sentences.
    pub unmet: Vec<unmet::Unmet>,
    /// The facts that are not known, and for which conditions wait, in words.
    pub unknown: Vec<String>,
    /// How many conditions that are.
    pub unmet_conditions: usize,
    /// The steps that came nearest to beginning, where nothing that can be granted is enough.
    pub blocked: Vec<advice::Blocked>,
    /// The arithmetic of a full stop, where that is what is refused.
    pub full_stop: Option<FullStop>,
    /// What the Central Management store has to do with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cms: Option<super::cms::Cms>,
    /// Names in short and whole.
    pub names: Vec<super::names::Spelt>,
    /// Each of them alone is enough, where it says how many steps the plan then has.
    pub ways_out: Vec<ways_out::Way>,
    /// What can be done now without any of them.
    pub now: Option<now::Now>,
    /// What the plan needs and cannot repair, where that is why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beyond: Option<beyond::View>,
    /// What to do where there is no way out, in sentences.
    pub advice: Vec<String>,
    /// The unknown fact that decides most, as a question or in words.
    pub decides: Option<String>,
    /// How many states were searched.
    pub states: usize,
    /// What to type next.
    pub next: String,
    /// What stays undone of what was left out with `--only`, in a sentence; empty where nothing was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub left_undone: String,
}

impl RefusalView {
    /// The view of a refusal.
    #[must_use]
    pub fn new(problem: &Problem, refusal: &Refusal, context: &Context<'_>) -> Self {
        // What is refused is one part of it; the others stand for themselves.
        let about = refused(problem, refusal);
        let whole = context.left_out.is_empty() && about.wishes.len() == problem.wishes.len();
        let possible = advice::possible(problem, refusal);
        let problem = &about;
        let names = Names::new(&problem.estate);
        let lost = loss::databases(refusal);
        let loss = loss::of(problem, &lost, context);
        let unmet = unmet::of(problem, refusal, context);
        let found = refusal.ways_out.iter().map(|w| ways_out::of(problem, w, context));
        let first = reading::of(problem).into_iter().chain(ways_out::bring_back(problem, &lost));
        let ways_out: Vec<_> = first.chain(found).chain(ways_out::move_cms(problem)).collect();
        let stuck = ways_out.is_empty();
        let pools = problem.pools();
        let full_stop = stop(problem, refusal, &names);
        let found = planner::triage::triage(problem);
        let whom: Vec<String> = pools.iter().map(|&p| left_out::whom(problem, context, p)).collect();
        Self {
            format: 1,
            outcome: "refused",
            simulated: context.snapshot.simulated,
            headline: headline::of(&whom, loss.as_ref(), full_stop.is_some(), refusal, context),
            situation: situation::without_plan(problem, context, &names, &found),
            procedures: procedures(problem, &names, &found),
            names: full_stop.iter().flat_map(|_| names.legend(&problem.named(), &pools)).collect(),
            cms: super::cms::of(problem, None),
            pools: whom,
            next: next(problem, context, ways_out.len(), refusal.now.is_some()),
            blocked: if stuck { advice::blocked(refusal) } else { Vec::new() },
            beyond: beyond::needed(problem, refusal),
            advice: if stuck { advice::of(problem, &unmet, context) } else { Vec::new() }
                .into_iter()
                .chain(possible)
                .collect(),
            now: refusal.now.as_ref().map(|part| now::of(problem, part, whole)),
            decides: advice::decides(problem, &lost, &unmet, context),
            unknown: advice::unknown(problem, &unmet, context),
            unmet_conditions: unmet.iter().map(|u| u.conditions).sum(),
            loss,
            unmet,
            full_stop,
            ways_out,
            states: refusal.states,
            left_undone: left_out::sentence(problem, &problem.initial, context).trim_start().to_owned(),
        }
    }
}

/// The procedure of each pool, once where it is the same.
fn procedures(problem: &Problem, names: &Names<'_>, found: &[PoolTriage]) -> Vec<String> {
    let own = |t: &PoolTriage| super::triage::procedure(problem, t).map(|p| (names.pool(t.pool), p));
    let all: Vec<(String, String)> = found.iter().filter_map(own).collect();
    match all.first() {
        Some((_, first)) if all.iter().all(|(_, p)| p == first) => vec![first.clone()],
        _ => all.into_iter().map(|(pool, p)| format!("{pool}: {p}")).collect(),
    }
}

/// The part of the problem that the refusal is about.
fn refused(problem: &Problem, refusal: &Refusal) -> Problem {
    let mut about = problem.clone();
    about.wishes.retain(|w| problem.estate.store(w.store).users.iter().any(|p| refusal.pools.contains(p)));
    about
}

/// The arithmetic of a full stop, where allowing one is a way out, of the first pool that needs it.
fn stop(problem: &Problem, refusal: &Refusal, names: &Names<'_>) -> Option<FullStop> {
    let stops = refusal.ways_out.iter().any(|w| w.grants.contains(&Grant::FullStop));
    let v = problem.view(&problem.initial);
    let imports = |&p: &model::estate::PoolId| {
        let user = problem.estate.store_of(p, model::database_type::DatabaseType::User);
        user.is_some_and(|s| problem.estate.store(s).databases.iter().any(|&d| problem.lost(d)))
    };
    let cannot_roll = |p| problem.estate.pool(p).front_ends.iter().any(|&f| !v.pool_holds(p, Some(f)).holds());
    let pool = problem.pools().into_iter().find(|&p| cannot_roll(p)).filter(|p| stops && !imports(p))?;
    Some(full_stop::arithmetic(problem, names, pool, v, "now"))
}

fn next(problem: &Problem, context: &Context<'_>, ways: usize, now: bool) -> String {
    let clock = problem.pools().into_iter().find_map(|p| situation::clock(problem, context, p));
    let what = match ways {
        _ if now => "users first".to_owned(),
        0 => "cstopo triage".to_owned(),
        1 => "the way above".to_owned(),
        n => format!("one of the {n} above"),
    };
    match clock {
        Some(clock) => format!("{what}; {clock}"),
        None => what,
    }
}

/// A refusal as text.
#[must_use]
pub fn text(problem: &Problem, refusal: &Refusal, context: &Context<'_>, style: Style) -> String {
    let view = RefusalView::new(problem, refusal, context);
    let mut page = Page::new(style);
    page.paragraph(&view.headline);
    page.blank();
    super::text::standing(&mut page, &view.situation, &view.procedures);
    page.blank();
    if let Some(loss) = &view.loss {
        loss_shown::table(&mut page, loss);
        page.blank();
    }
    if let Some(full) = &view.full_stop {
        let names: Vec<String> =
            view.names.iter().map(|n| super::style::keep(&format!("{} = {}", n.short, n.full))).collect();
        super::text::arithmetic(&mut page, full);
        page.labelled("Names", 14, &names.join("  "));
        page.blank();
    }
    if view.loss.is_none() {
        advice::list(&mut page, &view.blocked);
    }
    unmet::list(&mut page, &view.unmet);
    // Where there is no way out, the advice names them.
    if view.advice.is_empty() {
        advice::not_known(&mut page, &view.unknown);
    }
    if let Some(cms) = &view.cms {
        cms.page(&mut page);
    }
    ways_out::list(&mut page, &view.ways_out);
    if let Some(now) = &view.now {
        now.show(&mut page);
    }
    if let Some(beyond) = &view.beyond {
        beyond.list(&mut page);
    }
    for advice in &view.advice {
        page.indented(2, advice, Role::Plain);
    }
    if let Some(decides) = &view.decides {
        page.paragraph(&format!("Decides most: {decides}"));
    }
    if !view.advice.is_empty() || view.decides.is_some() {
        page.blank();
    }
    page.paragraph(&closing(&view));
    page.paragraph(&last(&view));
    page.finish()
}

/// How many conditions are unmet, and that nothing was written.
fn closing(view: &RefusalView) -> String {
    format!("Refused: {}; no plan was written.", count(view.unmet_conditions.max(1), "unmet condition"))
}

/// What to type next.
fn last(view: &RefusalView) -> String {
    let undone = if view.left_undone.is_empty() { String::new() } else { format!(". {}", view.left_undone) };
    format!("Next: {}{}{undone}", view.next, simulated::mark(view.simulated))
}

/// A refusal as JSON.
#[must_use]
pub fn json(problem: &Problem, refusal: &Refusal, context: &Context<'_>) -> String {
    // Only maps with keys that are no text could fail, and there are none.
    let text = serde_json::to_string_pretty(&RefusalView::new(problem, refusal, context)).unwrap_or_default();
    format!("{text}\n")
}

/// Pools, where there are too many to name: how many.
fn pools(names: &[impl AsRef<str>]) -> String {
    if names.len() > 3 { format!("{} pools", names.len()) } else { join(names) }
}
