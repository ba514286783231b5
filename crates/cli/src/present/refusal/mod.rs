//! Why there is no plan: what would be lost or what stands in the way, what is not known, and the ways out, cheapest
//! first. It proves nothing; the planner's search did.

use model::problem::Problem;
use planner::refusal::{Grant, Refusal};
use serde::Serialize;

use super::Context;
use super::markdown::escape;
use super::names::Names;
use super::numbers::{count, join};
use super::page::Page;
use super::plan::full_stop::{self, FullStop};
use super::plan::situation;
use super::style::{Role, Style};

mod loss;
mod unmet;
mod ways_out;

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
    /// What would be lost, database by database.
    pub loss: Option<loss::Loss>,
    /// What does not hold, in sentences.
    pub unmet: Vec<unmet::Unmet>,
    /// How many conditions that are.
    pub unmet_conditions: usize,
    /// The arithmetic of a full stop, where that is what is refused.
    pub full_stop: Option<FullStop>,
    /// Names in short and whole.
    pub names: Vec<super::names::Spelt>,
    /// Each of them alone is enough, where it says how many steps the plan then has.
    pub ways_out: Vec<ways_out::Way>,
    /// How many states were searched.
    pub states: usize,
    /// What to type next.
    pub next: String,
}

impl RefusalView {
    /// The view of a refusal.
    #[must_use]
    pub fn new(problem: &Problem, refusal: &Refusal, context: &Context<'_>) -> Self {
        let names = Names::new(&problem.estate);
        let loss = loss::of(problem, refusal, context);
        let unmet = unmet::of(problem, refusal, context);
        let conditions = unmet.iter().map(|u| u.conditions).sum();
        let found = refusal.ways_out.iter().map(|w| ways_out::of(problem, w, context));
        let ways_out: Vec<_> = loss.iter().filter_map(|_| ways_out::bring_back(problem)).chain(found).collect();
        let pools = problem.pools();
        let stops = refusal.ways_out.iter().any(|w| w.grants.contains(&Grant::FullStop));
        let short = pools.iter().copied().find(|&p| {
            let v = problem.view(&problem.initial);
            problem.estate.pool(p).front_ends.iter().any(|&f| !v.pool_holds(p, Some(f)).holds())
        });
        let full_stop = short.filter(|_| stops).map(|p| {
            full_stop::arithmetic(problem, &names, p, problem.view(&problem.initial), "now")
        });
        let whom = join(&pools.iter().map(|&p| names.pool(p)).collect::<Vec<_>>());
        Self {
            format: 1,
            outcome: "refused",
            simulated: context.snapshot.simulated,
            headline: headline(&whom, loss.as_ref(), full_stop.is_some(), refusal.states),
            names: full_stop.iter().flat_map(|_| names.legend(&problem.named(), &pools)).collect(),
            pools: pools.iter().map(|&p| names.pool(p)).collect(),
            next: next(problem, context, ways_out.len()),
            loss,
            unmet,
            unmet_conditions: conditions,
            full_stop,
            ways_out,
            states: refusal.states,
        }
    }
}

fn headline(whom: &str, loss: Option<&loss::Loss>, stop: bool, states: usize) -> String {
    match loss {
        Some(loss) => {
            let (lost, all) = (loss.lost(), loss.databases.len());
            let data = if loss.known() { "loses data of" } else { "may lose data of" };
            format!(
                "Refused: every way to restore {whom} {data} {}, and nobody has agreed to that. {} of {all} databases \
                 could be forced without loss.",
                count(lost, "database"),
                all - lost
            )
        }
        None if stop => format!(
            "Refused: {whom} has to stop as a whole once, and full-stop = \"allow\" is not declared. Its Front Ends cannot \
             be restarted one after the other."
        ),
        None => format!(
            "Refused: there is no safe plan for {whom}. All {} that can be reached were searched.",
            count(states, "state")
        ),
    }
}

fn next(problem: &Problem, context: &Context<'_>, ways: usize) -> String {
    let clock = problem.pools().into_iter().find_map(|p| situation::clock(problem, context, p));
    let what = match ways {
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
    let simulated = if view.simulated { "Simulated: " } else { "" };
    page.indented(0, &format!("{simulated}{}", view.headline), Role::Plain);
    page.blank();
    if let Some(loss) = &view.loss {
        loss::table(&mut page, loss);
        page.blank();
    }
    if let Some(full) = &view.full_stop {
        let names: Vec<String> = view.names.iter().map(|n| super::style::keep(&format!("{} = {}", n.short, n.full))).collect();
        super::text::arithmetic(&mut page, full);
        page.labelled("Names", 14, &names.join("  "));
        page.blank();
    }
    if view.loss.is_none() {
        unmet::list(&mut page, &view.unmet);
    }
    ways_out::list(&mut page, &view.ways_out);
    page.paragraph(&closing(&view));
    page.paragraph(&format!("Next: {}", view.next));
    page.finish()
}

fn closing(view: &RefusalView) -> String {
    format!("Refused: {}; no plan was written.", count(view.unmet_conditions.max(1), "unmet condition"))
}

/// A refusal as Markdown.
#[must_use]
pub fn markdown(problem: &Problem, refusal: &Refusal, context: &Context<'_>) -> String {
    let view = RefusalView::new(problem, refusal, context);
    let mut out = format!("### cstopo: refused\n\n{}\n\n", escape::text(&view.headline));
    if let Some(loss) = &view.loss {
        out += &loss::markdown(loss);
    } else {
        for unmet in &view.unmet {
            out += &format!("- {}: **{}**\n", escape::text(&unmet.text), escape::text(&unmet.standing));
        }
        out.push('\n');
    }
    out += &ways_out::markdown(&view.ways_out);
    if view.ways_out.is_empty() {
        out += "Nothing that can be granted is enough.\n\n";
    }
    out + &escape::text(&closing(&view)) + "\n"
}

/// A refusal as JSON.
#[must_use]
pub fn json(problem: &Problem, refusal: &Refusal, context: &Context<'_>) -> String {
    // Only maps with keys that are no text could fail, and there are none.
    let text = serde_json::to_string_pretty(&RefusalView::new(problem, refusal, context)).unwrap_or_default();
    format!("{text}\n")
}

