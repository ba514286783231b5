//! `triage`: what is wrong, in one look, pool by pool. It plans nothing.

use model::estate::{InstanceId, PoolId};
use model::field::{Field, Value};
use model::problem::Problem;
use planner::triage::{PoolTriage, Situation};
use serde::Serialize;

use super::names::Names;
use super::numbers::{count, join};
use super::page::Page;
use super::plan::situation as now;
use super::style::{Role, Style};
use super::{Context, reasons, time};

/// Columns of the words at the left of the last block.
const LABEL: usize = 11;

/// The triage of every managed pool, as text.
#[must_use]
pub fn text(problem: &Problem, found: &[PoolTriage], context: &Context<'_>, style: Style) -> String {
    let mut page = Page::new(style);
    let simulated = if context.snapshot.simulated { "Simulated: " } else { "" };
    for (n, one) in found.iter().enumerate() {
        if n > 0 {
            page.blank();
        }
        let lead = if n == 0 { simulated } else { "" };
        page.paragraph(&format!("{lead}{}", verdict(problem, one)));
        page.blank();
        pool(&mut page, problem, context, one);
        page.blank();
        last_block(&mut page, problem, context, one);
    }
    page.blank();
    let read = &context.snapshot.read;
    page.paragraph(&format!("Read {} from {}. Nothing was changed.", context.read(), read.on));
    let settled = found.iter().all(|p| p.situation == Situation::AsDeclared);
    page.paragraph(if settled { "Next: nothing; all is as declared" } else { "Next: cstopo plan" });
    page.finish()
}

/// The situation in a sentence or two.
fn verdict(problem: &Problem, one: &PoolTriage) -> String {
    let estate = &problem.estate;
    let pool = &estate.pool(one.pool).fqdn;
    let v = problem.view(&problem.initial);
    let others = |h| -> String {
        let list = now::instances(problem, v, one.pool).into_iter().filter(|&i| estate.host_of(i) != h);
        join(&list.map(|i| estate.host(estate.host_of(i)).to_string()).collect::<Vec<_>>())
    };
    match one.situation {
        Situation::SplitBrain => {
            format!("{pool} has two copies of a database that serve at once. Stop one of them before anything else.")
        }
        Situation::BothLost(h) => {
            format!("{pool} has lost {}, and no other copy answers.", estate.host(h))
        }
        Situation::PrimaryLost(h) => format!(
            "{pool} has lost its primary-slot SQL host, {}. {} {}.",
            estate.host(h),
            copies(problem, one.pool, &others(h)),
            "and serve nobody yet"
        ),
        Situation::PrimaryLostPartly(h) => format!(
            "{pool} has lost its primary-slot SQL host, {}. Some databases are served from {} already, others are not.",
            estate.host(h),
            others(h)
        ),
        Situation::PrimaryLostServed(h) => format!(
            "{pool} has lost its primary-slot SQL host, {}. {} serves all its databases already.",
            estate.host(h),
            others(h)
        ),
        Situation::MirrorLost(h) => {
            format!("{pool} has lost its mirror-slot SQL host, {}. Users are served, without a second copy.", estate.host(h))
        }
        Situation::Drift => format!("{pool} is not as declared; nothing is lost."),
        Situation::Unknown => format!("It could not be told how {pool} is."),
        Situation::AsDeclared => format!("{pool} is as declared."),
    }
}

/// How complete the copies of the other hosts are.
fn copies(problem: &Problem, pool: PoolId, on: &str) -> String {
    let v = problem.view(&problem.initial);
    let content: Vec<Value> = now::instances(problem, v, pool)
        .into_iter()
        .filter(|&i| v.get(Field::Answers(i)) == Value::Yes)
        .flat_map(|i| now::databases(problem, pool, i).into_iter().map(move |d| Field::Content(d, i)))
        .map(|f| v.get(f))
        .collect();
    let what = match (content.iter().all(|&c| c == Value::Complete), content.contains(&Value::Unknown)) {
        (true, _) => "complete",
        (_, true) => "perhaps complete",
        _ => "in part behind",
    };
    format!("The copies on {on} are {what},")
}

fn pool(page: &mut Page, problem: &Problem, context: &Context<'_>, one: &PoolTriage) {
    let v = problem.view(&problem.initial);
    let names = Names::new(&problem.estate).whole();
    let instances = now::instances(problem, v, one.pool);
    let width = instances.iter().map(|&i| names.instance(i).len()).max().unwrap_or(0).clamp(12, 40);
    for &i in &instances {
        let slots = now::slots(problem, v, one.pool, i);
        for (n, line) in instance(problem, context, one.pool, i).iter().enumerate() {
            let lead = if n == 0 { format!("  {:<width$}  {slots:<12}  ", names.instance(i)) } else { " ".repeat(width + 18) };
            page.hang(&lead, Role::Plain, line, Role::Plain);
        }
    }
    let mut row = |label: &str, text: &str| page.hang(&format!("  {label:<width$}  "), Role::Plain, text, Role::Plain);
    row("witness slot", &witness(problem, one.pool));
    row("Front Ends", &front_ends(problem, one.pool));
    row("CMS", &cms(problem, context));
}

/// An instance: whether it answers, what it holds.
fn instance(problem: &Problem, context: &Context<'_>, pool: PoolId, i: InstanceId) -> Vec<String> {
    let v = problem.view(&problem.initial);
    let estate = &problem.estate;
    let host = estate.host_of(i);
    match v.get(Field::Answers(i)) {
        Value::Yes => {
            let all = now::databases(problem, pool, i);
            let of = all.len();
            let mut lines: Vec<String> = vec!["up".to_owned()];
            lines.extend(now::roles(v, &all, i).iter().map(|(what, list)| format!("{} of {of} databases {what}", list.len())));
            let complete = all.iter().filter(|&&d| v.get(Field::Content(d, i)) == Value::Complete).count();
            let times = all.iter().filter_map(|&d| reasons::copy(context.snapshot, estate, Field::Role(d, i)));
            let earliest = times.map(|c| c.caught_up_to).min();
            let at = earliest.map_or_else(String::new, |t| format!(", caught up to {} at least", context.at_bare(t)));
            lines.push(format!("{complete} of {of} known to be complete{at}"));
            let safe = all.iter().filter(|&&d| v.get(Field::Safety(d, i)) == Value::Full).count();
            lines.push(format!("safety FULL for {safe} of {of}"));
            lines
        }
        Value::No => {
            let since = reasons::silent_since(context.snapshot, estate, host);
            let silent = since.map_or_else(
                || "does not answer".to_owned(),
                |t| format!("silent since {}, {}", context.at(t), time::lasted(time::seconds(t, context.now))),
            );
            let asked = context.snapshot.details.hosts.get(estate.host(host)).map(|d| d.asked_from.as_slice()).unwrap_or_default();
            let asked: Vec<&str> = asked.iter().map(|f| f.label()).collect();
            let mut lines = vec![silent];
            if !asked.is_empty() {
                lines.push(format!("asked from {}", asked.join(", ")));
            }
            lines
        }
        _ => vec![format!("unknown ({})", reasons::unknown(context.snapshot, estate, Field::Answers(i)))],
    }
}

fn witness(problem: &Problem, pool: PoolId) -> String {
    let v = problem.view(&problem.initial);
    let values: Vec<Value> = problem.managed(pool).map(|w| v.get(Field::WitnessSlot(w.store))).collect();
    match values.first() {
        Some(Value::Nothing) if values.iter().all(|x| *x == Value::Nothing) => {
            "empty: nothing fails over by itself".to_owned()
        }
        Some(Value::Instance(i)) if values.iter().all(|x| x.instance() == Some(*i)) => {
            problem.estate.instance(*i).name.to_string()
        }
        _ if values.contains(&Value::Unknown) => "unknown for some stores: it cannot be read, only attested".to_owned(),
        _ => "not the same for all stores".to_owned(),
    }
}

fn front_ends(problem: &Problem, pool: PoolId) -> String {
    let v = problem.view(&problem.initial);
    let estate = &problem.estate;
    let members = &estate.pool(pool).front_ends;
    let run = members.iter().filter(|&&f| v.get(Field::Services(f)) == Value::Running).count();
    let votes = v.votes(pool, None);
    let maybe = if votes.possible > votes.sure { format!(", {} possible", votes.possible) } else { String::new() };
    format!("{run} of {} run; {} of {} votes{maybe}, needs {}", members.len(), votes.sure, votes.voters, votes.needed)
}

fn cms(problem: &Problem, context: &Context<'_>) -> String {
    let estate = &problem.estate;
    let place = estate.cms.map_or_else(String::new, |p| format!("on {}, ", estate.pool(p).fqdn));
    let writable = match problem.view(&problem.initial).get(Field::CmsWritable) {
        Value::Yes => "writable".to_owned(),
        Value::No => "takes no writes: nothing can be published".to_owned(),
        _ => format!("unknown whether it takes writes ({})", reasons::unknown(context.snapshot, estate, Field::CmsWritable)),
    };
    format!("{place}{writable}")
}

fn last_block(page: &mut Page, problem: &Problem, context: &Context<'_>, one: &PoolTriage) {
    if let Some(title) = one.situation.procedure() {
        page.labelled("Procedure", LABEL, &format!("\"{title}\""));
    }
    if let Some(field) = one.decides {
        page.labelled("Unknown", LABEL, &decides(problem, context, field));
    }
    let clock = now::clock(problem, context, one.pool);
    page.labelled("Clock", LABEL, clock.as_deref().unwrap_or("none: users are served, or nothing tells since when they are not"));
}

/// The fact that would decide most.
fn decides(problem: &Problem, context: &Context<'_>, field: Field) -> String {
    let estate = &problem.estate;
    match field {
        Field::Fenced(h) => format!(
            "whether {} is off or only cut off. Nothing is forced before that is settled.",
            estate.host(h)
        ),
        field => format!(
            "{} ({}). It decides most.",
            model::vocabulary::phrase(estate, field),
            reasons::unknown(context.snapshot, estate, field)
        ),
    }
}

/// The triage of every managed pool, as JSON.
#[must_use]
pub fn json(problem: &Problem, found: &[PoolTriage], context: &Context<'_>) -> String {
    #[derive(Serialize)]
    struct Pool {
        situation: &'static str,
        verdict: String,
        procedure: Option<&'static str>,
        decides: Option<String>,
        #[serde(flatten)]
        now: now::Situation,
    }
    let names = Names::new(&problem.estate);
    let pools: Vec<Pool> = found
        .iter()
        .map(|one| Pool {
            situation: word(one.situation),
            verdict: verdict(problem, one),
            procedure: one.situation.procedure(),
            decides: one.decides.map(|f| decides(problem, context, f)),
            now: now::situation(problem, context, &names, one, now::clock(problem, context, one.pool)),
        })
        .collect();
    let read = &context.snapshot.read;
    let value = serde_json::json!({
        "format": 1,
        "simulated": context.snapshot.simulated,
        "read": { "from": read.from.to_string(), "to": read.to.to_string(), "on": read.on.to_string() },
        "summary": count(pools.iter().filter(|p| p.now.broken).count(), "pool") + " broken",
        "pools": pools,
    });
    format!("{value:#}\n")
}

fn word(situation: Situation) -> &'static str {
    match situation {
        Situation::SplitBrain => "split_brain",
        Situation::BothLost(_) => "both_lost",
        Situation::PrimaryLost(_) => "primary_lost",
        Situation::PrimaryLostPartly(_) => "primary_lost_partly",
        Situation::PrimaryLostServed(_) => "primary_lost_served",
        Situation::MirrorLost(_) => "mirror_lost",
        Situation::Drift => "drift",
        Situation::Unknown => "unknown",
        Situation::AsDeclared => "as_declared",
    }
}
