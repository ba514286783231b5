//! Where the Central Management store stands in the way: the four ways of operations §9.2 with their price, which one a plan
//! takes, and what people do where nothing is planned; or that another pool's must be restored first. It computes no price.

use std::collections::BTreeSet;

use model::cms;
use model::declaration::StepId;
use model::estate::{PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::Problem;
use planner::cms_options::{Price, Stand, Way, ways};
use serde::Serialize;
use topology::names::SqlInstance;

use super::markdown::escape;
use super::numbers::{count, join};
use super::page::Page;
use super::span;
use super::style::Role;

/// The page of Microsoft's set that restores it.
const PAGE: &str = "Restoring the server hosting the Central Management store";

/// The price of a move where the store that is left does not answer.
const LOST: &str = "what the other pool has not received of xds and lis is lost, and has to be given up by name";

/// What is said about the Central Management store.
#[derive(Clone, Debug, Serialize)]
pub struct Cms {
    /// Why it matters here.
    pub because: String,
    /// The ways, best first; none where another pool's is down.
    pub ways: Vec<Shown>,
}

/// A way as it is shown.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// `C1` to `C4`.
    pub key: &'static str,
    /// `taken`, `open`, `by hand`, or `not here`.
    pub stand: &'static str,
    /// What is done, and its price or what it lacks.
    pub text: String,
    /// What people do, where no plan does it and nothing else was planned.
    pub steps: Vec<String>,
}

/// What is to be said beside a plan of these steps, or beside a refusal.
#[must_use]
pub fn of(problem: &Problem, plan: Option<&[StepId]>) -> Option<Cms> {
    let name = |p| problem.estate.pool(p).fqdn.to_string();
    if let Some((pool, list)) = ways(problem, plan.unwrap_or_default()) {
        let ways = if list.len() == 1 { "It moves first:" } else { "There are four ways:" };
        let because = format!(
            "{} holds the Central Management store. While it does, Topology Builder does not change its back end. {ways}",
            name(pool)
        );
        let names = Names::of(problem, pool);
        let ways = list.iter().map(|w| shown(problem, &names, w, plan.is_none())).collect();
        return Some(Cms { because, ways });
    }
    let v = problem.view(&problem.initial);
    if plan.is_some() || v.get(Field::CmsWritable) != Value::No {
        return None;
    }
    let because = match cms::holder(v) {
        Some(pool) => format!(
            "{} holds the Central Management store, and it takes no writes: nothing can be published. Restore it first: \
             \"{PAGE}\". What needs no publish can be planned meanwhile.",
            name(pool)
        ),
        None => "It is not known which pool holds the Central Management store: Get-CsService -CentralManagement."
            .to_owned(),
    };
    Some(Cms { because, ways: Vec::new() })
}

/// The names that stand in the steps of a way.
struct Names(Vec<(&'static str, String)>);

impl Names {
    fn of(problem: &Problem, pool: PoolId) -> Self {
        let estate = &problem.estate;
        let v = problem.view(&problem.initial);
        let stores = || problem.managed(pool).map(|w| w.store).filter(|&s| cms::is_back_end(estate.store(s).kind));
        let slot = |field: fn(StoreId) -> Field| {
            let instances: BTreeSet<_> = stores().filter_map(|s| v.get(field(s)).instance()).collect();
            let hosts: BTreeSet<&str> = instances.iter().map(|&i| estate.instance(i).name.host.as_str()).collect();
            join(&hosts.into_iter().collect::<Vec<_>>())
        };
        let sql = cms::store(estate, pool).and_then(|s| v.get(Field::PrimarySlot(s)).instance()).map(|i| {
            let SqlInstance { host, name } = &estate.instance(i).name;
            let instance = if name.is_default() { String::new() } else { format!(" -SqlInstanceName {name}") };
            format!("-SqlServerFqdn {host}{instance}")
        });
        let front_ends = estate.pool(pool).front_ends.iter().map(|&f| estate.front_end(f).fqdn.as_str());
        let pair = estate.pool_ids().find(|&p| p != pool && cms::store(estate, p).is_some());
        Self(vec![
            ("{lost}", slot(Field::PrimarySlot)),
            ("{mirror}", slot(Field::MirrorSlot)),
            ("{sql}", sql.unwrap_or_default()),
            ("{front-ends}", join(&front_ends.collect::<Vec<_>>())),
            ("{pair}", pair.map(|p| estate.pool(p).fqdn.to_string()).unwrap_or_default()),
        ])
    }

    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (mark, name)| text.replace(mark, name))
    }
}

fn shown(problem: &Problem, names: &Names, way: &Way, refused: bool) -> Shown {
    let option = way.option;
    let pool = |p: PoolId| &problem.estate.pool(p).fqdn;
    let (stand, text) = match way.stand {
        Stand::Taken if let Some(to) = way.apart => (
            "taken",
            format!(
                "{}: {} takes it over, and people move it; {}. Then cstopo observe, cstopo plan: the topology has other stores.",
                option.what,
                pool(to),
                priced(way)
            ),
        ),
        Stand::Open if let Some(to) = way.apart => (
            "open",
            format!(
                "{}: {} can take it over, in a plan of its own; {}. cstopo plan --only cms.",
                option.what,
                pool(to),
                priced(way)
            ),
        ),
        Stand::Taken => ("taken", format!("{}: {}.", option.what, priced(way))),
        Stand::Open if option.needs.is_empty() => ("open", format!("{}: {}.", option.what, priced(way))),
        Stand::Open => ("open", format!("{}: {}. Needs {}.", option.what, priced(way), option.needs)),
        Stand::ByHand if option.needs.is_empty() => (
            "by hand",
            format!("{}: the pool that is paired for it could not run it now; nothing of it is planned.", option.what),
        ),
        Stand::ByHand => ("by hand", format!("{}: {}. Needs {}.", option.what, option.price, option.needs)),
        Stand::Closed => ("not here", format!("{}: only where {}.", option.what, option.when)),
    };
    let steps = if refused && way.stand == Stand::ByHand {
        option.steps.iter().map(|s| names.fill(s)).collect()
    } else {
        Vec::new()
    };
    Shown { key: option.key, stand, text, steps }
}

/// The price of the plan, where there is one, before the words.
fn priced(way: &Way) -> String {
    let Some(Price { steps, undocumented, out }) = way.price else {
        // Only of the first way is anything saved by what serves.
        let lost = way.option.key == "C1" && !way.whole;
        return if lost { LOST.to_owned() } else { way.option.price.to_owned() };
    };
    let out = if out == 0 { String::new() } else { format!(", users out for up to {}", span::at_most(u64::from(out))) };
    format!("{}, {undocumented} of no source{out}; {}", count(steps, "step"), way.option.price)
}

impl Cms {
    /// On a page.
    pub fn page(&self, page: &mut Page) {
        page.labelled("CMS", 11, &self.because);
        for way in &self.ways {
            let role = if way.stand == "taken" { Role::Good } else { Role::Plain };
            page.hang(&format!("  {} {:<8}  ", way.key, way.stand), role, &way.text, Role::Plain);
            for (n, step) in way.steps.iter().enumerate() {
                page.hang(&format!("      {:>2}  ", n + 1), Role::Plain, step, Role::Plain);
            }
        }
        page.blank();
    }

    /// In a comment.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!("{}\n\n", escape::text(&self.because));
        for way in &self.ways {
            out += &format!("- **{}** {}: {}\n", way.key, way.stand, escape::text(&way.text));
            for (n, step) in way.steps.iter().enumerate() {
                out += &format!("  {}. {}\n", n + 1, escape::text(step));
            }
        }
        if self.ways.is_empty() { out } else { out + "\n" }
    }
}
