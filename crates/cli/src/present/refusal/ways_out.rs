//! What would unblock a plan: each way in words, with the command to type or the key to declare.

use std::collections::BTreeMap;

use model::estate::{DatabaseId, InstanceId, PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::{Problem, Slots, Wanted};
use model::vocabulary;
use planner::refusal::{Grant, WayOut};
use serde::Serialize;

use super::loss;
use crate::present::markdown::escape;
use crate::present::numbers::{count, join, verb};
use crate::present::page::Page;
use crate::present::style::Role;
use crate::present::{Context, words};

/// The command that plans anew.
pub(super) const PLAN: &str = "cstopo plan";

/// A way out.
#[derive(Clone, Debug, Serialize)]
pub struct Way {
    /// What is to be granted, one after the other.
    pub grants: Vec<GrantView>,
    /// How many steps the plan then has; none where that depends on what is then found.
    pub steps: Option<usize>,
    /// Databases that it would give up.
    pub loses: Vec<String>,
}

/// Something that can be granted.
#[derive(Clone, Debug, Serialize)]
pub struct GrantView {
    /// What it is: `fence`, `fact`, `slots`, `policy`, `data_loss`, or `cms`, a plan that comes first.
    pub kind: &'static str,
    /// In a sentence.
    pub text: String,
    /// What to type, or to declare, line by line.
    pub lines: Vec<String>,
}

/// A way out.
pub(super) fn of(problem: &Problem, way: &WayOut, context: &Context<'_>) -> Way {
    // Only what its plan loses is to be given up.
    let given_up = loss::given_up(way);
    let view = |g: &Grant| match g {
        Grant::Loss(_) => grant(problem, &Grant::Loss(given_up.clone()), context),
        other => grant(problem, other, context),
    };
    let mut grants: Vec<GrantView> = way.grants.iter().map(view).collect();
    // Parts that are needed together are followed by one plan.
    let last = grants.len().saturating_sub(1);
    grants.iter_mut().take(last).for_each(|g| g.lines.retain(|l| l != PLAN));
    Way { grants, steps: Some(way.steps), loses: way.loses.iter().map(|&d| problem.estate.qualified(d)).collect() }
}

/// Where data would be lost, the silent hosts' own disks may hold it: no search can promise that, so it is said beside
/// what the search found.
pub(super) fn bring_back(problem: &Problem, lost: &[DatabaseId]) -> Option<Way> {
    let hosts = loss::silent_hosts(problem, lost);
    if hosts.is_empty() {
        return None;
    }
    let names: Vec<String> = hosts.iter().map(|&h| problem.estate.host(h).to_string()).collect();
    let its = verb(names.len(), "its", "their");
    let text = format!("Bring {} back, if only for minutes: {its} disks may hold what is missing.", join(&names));
    let lines = vec!["cstopo observe".to_owned(), PLAN.to_owned()];
    Some(Way { grants: vec![GrantView { kind: "fact", text, lines }], steps: None, loses: Vec::new() })
}

/// Where the Central Management store can move in a plan of its own: not granted, but planned first.
pub(super) fn move_cms(problem: &Problem) -> Option<Way> {
    let to = &problem.estate.pool(planner::cms_options::first(problem, None)?).fqdn;
    let text = format!("Move the Central Management store to {to} first; the rest is planned afterwards:");
    let lines = vec![format!("{PLAN} --only cms")];
    Some(Way { grants: vec![GrantView { kind: "cms", text, lines }], steps: None, loses: Vec::new() })
}

fn grant(problem: &Problem, grant: &Grant, context: &Context<'_>) -> GrantView {
    let estate = &problem.estate;
    let again = || vec!["cstopo observe".to_owned(), PLAN.to_owned()];
    let key = |line: &str| vec![format!("[policy] of {}:", context.files.desired), line.to_owned(), PLAN.to_owned()];
    let view = |kind, text: String, lines| GrantView { kind, text, lines };
    match grant {
        Grant::Fence(h) => view(
            "fence",
            format!("Make sure that {} cannot serve, and give your word for it:", estate.host(*h)),
            vec![format!("cstopo attest fence {}", estate.host(*h)), PLAN.to_owned()],
        ),
        Grant::Fact(field, value) => view("fact", fact(problem, *field, *value), again()),
        Grant::Facts(i, facts) => view("fact", history(problem, *i, facts), again()),
        Grant::SeedShare => view(
            "policy",
            "Name the share through which new mirrors are copied; both SQL Servers must be able to write it:"
                .to_owned(),
            key(r"seed-share = '\\server\share'"),
        ),
        Grant::Slots(all) => view(
            "slots",
            "Declare the slots as well: a role alone is reached by a failover, and by no other way.".to_owned(),
            declared(problem, all, context),
        ),
        Grant::Outage => view(
            "policy",
            "Accept that the users of one Front End at a time are signed out:".to_owned(),
            key("accept = [\"outage\"]"),
        ),
        Grant::FullStop => view(
            "policy",
            "Allow the whole pool to be stopped once, announced to its users:".to_owned(),
            key("full-stop = \"allow\""),
        ),
        Grant::Undocumented => view(
            "policy",
            "Allow steps that no source describes; a test in a laboratory comes first:".to_owned(),
            key("undocumented-steps = \"allow\""),
        ),
        Grant::Loss(databases) => view(
            "data_loss",
            if databases.iter().all(|&d| problem.lost(d)) {
                format!("Give up everything since the last backup of {}, by name:", named(problem, databases))
            } else {
                format!("Give up what {} may lose, by name:", named(problem, databases))
            },
            consent(problem, databases),
        ),
    }
}

fn named(problem: &Problem, databases: &[DatabaseId]) -> String {
    join(&databases.iter().map(|&d| problem.estate.database(d).name.as_str()).collect::<Vec<_>>())
}

/// The keys that declare slots, under each pool; under each store where the stores of a pool differ.
fn declared(problem: &Problem, all: &[(StoreId, Slots)], context: &Context<'_>) -> Vec<String> {
    let estate = &problem.estate;
    let mut pools: BTreeMap<PoolId, Vec<(StoreId, Slots)>> = BTreeMap::new();
    for &(s, slots) in all {
        pools.entry(estate.store(s).pool).or_default().push((s, slots));
    }
    let mut lines = vec![format!("{}:", context.files.desired)];
    for (pool, stores) in pools {
        let pool = format!("pool.\"{}\"", estate.pool(pool).fqdn);
        let alike = stores.iter().all(|(_, slots)| *slots == stores[0].1);
        for (s, slots) in &stores[..if alike { 1 } else { stores.len() }] {
            let table = if alike { String::new() } else { format!(".{}", estate.store(*s).kind.key()) };
            lines.push(format!("[{pool}{table}]"));
            let name = |i: InstanceId| format!("'{}'", estate.instance(i).name);
            if let Slots::Ordered { primary: Some(primary), mirror } = *slots {
                let mirror = if let Wanted::One(m) = mirror { name(m) } else { "\"none\"".to_owned() };
                lines.push(format!("sql-server-store = {}", name(primary)));
                lines.push(format!("mirroring-sql-server-store = {mirror}"));
            }
        }
    }
    lines.push(PLAN.to_owned());
    lines
}

/// The command with an option for each database, which Windows PowerShell takes over several lines.
fn consent(problem: &Problem, databases: &[DatabaseId]) -> Vec<String> {
    let options = databases.iter().map(|&d| format!("--accept-data-loss {}", problem.estate.qualified(d)));
    let mut lines: Vec<String> =
        options.enumerate().map(|(n, o)| if n == 0 { format!("cstopo plan {o}") } else { format!("  {o}") }).collect();
    let last = lines.len().saturating_sub(1);
    lines.iter_mut().take(last).for_each(|l| l.push_str(" `"));
    lines
}

/// A fact of the present that can be made so.
fn fact(problem: &Problem, field: Field, value: Value) -> String {
    let estate = &problem.estate;
    let known = problem.view(&problem.initial).get(field).is_known();
    match (field, known) {
        (Field::Answers(i), _) => {
            format!("Bring {} back, to stay: the plan counts on it.", estate.instance(i).name)
        }
        (Field::Reachable(h), _) => format!("Bring {} back, to stay: the plan counts on it.", estate.host(h)),
        (_, true) => {
            format!(
                "See to it that this holds: {}.",
                words::condition_text(estate, &model::condition::Condition::Is(field, value))
            )
        }
        (_, false) => format!(
            "Find out the {}, and that it is {}.",
            vocabulary::phrase(estate, field),
            vocabulary::value_text(estate, value)
        ),
    }
}

/// Facts of one kind about the copies of an instance.
fn history(problem: &Problem, i: InstanceId, facts: &[(Field, Value)]) -> String {
    let estate = &problem.estate;
    let on = &estate.instance(i).name;
    let n = facts.len();
    let databases: Vec<DatabaseId> = facts
        .iter()
        .filter_map(|(f, _)| match *f {
            Field::Content(d, _) | Field::Safety(d, _) | Field::WitnessLink(d, _) => Some(d),
            _ => None,
        })
        .collect();
    let whom = if n > 3 { count(n, "database") } else { named(problem, &databases) };
    match facts.first().map(|(f, _)| *f) {
        Some(Field::Content(..)) => format!(
            "Learn whether {whom} on {on} were SYNCHRONIZED at the loss: from the mirroring monitor's rows in msdb, the \
             witness, or an earlier snapshot."
        ),
        Some(Field::Safety(..)) => format!("Learn the safety level of {whom} on {on}, and that it is FULL."),
        Some(Field::WitnessLink(..)) => format!("Connect the witness of {whom} on {on} again."),
        _ => format!("Learn {} about {on}.", count(n, "fact")),
    }
}

/// What stands over the parts of a way that are needed together.
const TOGETHER: &str = "All of these together:";

/// What follows a way out.
fn then(way: &Way) -> String {
    let loses = match way.loses.len() {
        0 => String::new(),
        m => format!(" and gives up data of {}", count(m, "database")),
    };
    match way.steps {
        Some(0) => "Then there is nothing left to do.".to_owned(),
        Some(steps) => format!("Then the plan has {}{loses}.", count(steps, "step")),
        None => "What follows depends on what is then found.".to_owned(),
    }
}

/// The ways out on a page, numbered; the parts of one way have letters.
pub(super) fn list(page: &mut Page, ways: &[Way]) {
    if ways.is_empty() {
        page.paragraph(NONE);
        page.blank();
        return;
    }
    page.heading(if ways.len() == 1 { "To go on:" } else { "To go on, one of these:" });
    for (n, way) in ways.iter().enumerate() {
        let number = format!("{:>3}  ", n + 1);
        if let [only] = way.grants.as_slice() {
            page.hang(&number, Role::Plain, &only.text, Role::Plain);
            only.lines.iter().for_each(|l| page.verbatim(7, l));
        } else {
            page.hang(&number, Role::Plain, TOGETHER, Role::Plain);
            for (letter, part) in ('a'..='z').cycle().zip(&way.grants) {
                page.hang(&format!("     {letter}  "), Role::Plain, &part.text, Role::Plain);
                part.lines.iter().for_each(|l| page.verbatim(10, l));
            }
        }
        page.indented(5, &then(way), Role::Faint);
    }
    page.blank();
}

/// Said where there is no way out.
const NONE: &str = "Nothing that can be granted is enough: no consent, no word, no fact, nor all of them together.";

/// The ways out in Markdown: as many numbers as ways.
pub(super) fn markdown(ways: &[Way]) -> String {
    if ways.is_empty() {
        return format!("{NONE}\n\n");
    }
    let mut out = String::new();
    for (n, way) in ways.iter().enumerate() {
        if let [only] = way.grants.as_slice() {
            out += &format!("{}. {}\n\n{}\n", n + 1, escape::text(&only.text), block(3, &only.lines));
        } else {
            out += &format!("{}. {TOGETHER}\n\n", n + 1);
            for part in &way.grants {
                out += &format!("   - {}\n\n{}\n", escape::text(&part.text), block(5, &part.lines));
            }
        }
        out += &format!("   {}\n\n", escape::text(&then(way)));
    }
    out
}

/// Lines as a block that belongs to an item of a list.
fn block(indent: usize, lines: &[String]) -> String {
    let block = escape::block("text", &lines.join("\n"));
    block.lines().map(|l| format!("{}{l}\n", " ".repeat(indent))).collect()
}
