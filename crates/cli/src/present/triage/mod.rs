//! `triage`: what is wrong, in one look, pool by pool. It plans nothing.

use model::estate::{DatabaseId, InstanceId, PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::Problem;
use planner::triage::{PoolTriage, Situation};
use serde::Serialize;

use super::names::Names;
use super::numbers::{count, verb};
use super::page::Page;
use super::plan::situation as now;
use super::style::{BROKEN, DONE, Role, Style};
use super::{Context, beyond, left_out, reasons, simulated, time};

mod markdown;
pub mod standing;
mod verdict;

pub use markdown::markdown;

/// The least columns of what is said beside a machine; where there are fewer, it stands below.
const ROOM: usize = 34;
/// Where it stands then.
const BELOW: usize = 6;
/// How many pools that are as declared are named one by one.
const FEW: usize = 3;

/// Columns of the words at the left of the last block.
const LABEL: usize = 11;

/// The triage of every managed pool, as text: one line for each where there are several, then what is wrong in full.
#[must_use]
pub fn text(problem: &Problem, found: &[PoolTriage], context: &Context<'_>, style: Style) -> String {
    let mut page = Page::new(style);
    let (fine, other): (Vec<&PoolTriage>, Vec<&PoolTriage>) = found.iter().partition(|one| settled(one));
    let several = found.len() > 1;
    if several {
        overview(&mut page, problem, context, &fine, &other);
    }
    let mut mark = if several { "" } else { simulated::of(context) };
    for one in other.iter().chain(fine.iter().filter(|_| !several)) {
        page.paragraph(&verdict::of(problem, one, context, std::mem::take(&mut mark)));
        page.blank();
        if !settled(one) {
            pool(&mut page, problem, context, one);
            page.blank();
            last_block(&mut page, problem, context, one);
            page.blank();
        }
    }
    let read = &context.snapshot.read;
    page.paragraph(&format!("Read {} from {}. Nothing was changed.", context.read(), read.on));
    page.paragraph(&last(problem, &other, context));
    page.finish()
}

fn settled(one: &PoolTriage) -> bool {
    one.situation == Situation::AsDeclared
}

/// What to type next, and what was not looked at.
fn last(problem: &Problem, other: &[&PoolTriage], context: &Context<'_>) -> String {
    let undone = left_out::sentence(problem, &problem.initial, context);
    let end = if undone.is_empty() { "" } else { "." };
    format!("Next: {}{}{end}{undone}", next(other), simulated::of(context))
}

fn next(other: &[&PoolTriage]) -> &'static str {
    match other {
        [] => "nothing; all is as declared",
        _ if other.iter().all(|one| one.situation == Situation::Unknown) => {
            "make readable what is unknown, then cstopo observe, then cstopo triage"
        }
        _ => "cstopo plan",
    }
}

/// How many pools are declared and how many of them are not so; then one line for each, those that are fine drawn together.
fn overview(page: &mut Page, problem: &Problem, context: &Context<'_>, fine: &[&PoolTriage], other: &[&PoolTriage]) {
    let mark = simulated::of(context);
    let pool = |one: &PoolTriage| problem.estate.pool(one.pool).fqdn.to_string();
    page.paragraph(&format!("{}.", tally(fine.len(), other, mark)));
    page.blank();
    for one in other {
        let (sign, role) = if one.situation < Situation::Drift { (BROKEN, Role::Danger) } else { ("!", Role::Care) };
        page.hang(&format!("{sign} {}  ", pool(one)), role, &verdict::line(problem, one, context), Role::Plain);
    }
    match fine {
        [] => {}
        few if few.len() <= FEW => {
            few.iter().for_each(|one| {
                page.hang(&format!("{DONE} {}  ", pool(one)), Role::Good, "is as declared", Role::Plain)
            });
        }
        many => {
            page.hang(&format!("{DONE} "), Role::Good, &format!("{} pools are as declared", many.len()), Role::Plain)
        }
    }
    page.blank();
}

/// `2 of 3 pools are not as declared`, or of how many it could not be told.
fn tally(fine: usize, other: &[&PoolTriage], mark: &str) -> String {
    let all = fine + other.len();
    let untold = other.iter().filter(|one| one.situation == Situation::Unknown).count();
    let off = other.len() - untold;
    let pools = count(all, "pool");
    let told = match off {
        0 if untold == 0 => format!("All {pools}{mark} are as declared"),
        0 => format!("None of {pools}{mark} is known to differ from what is declared"),
        n => format!("{n} of {pools}{mark} {} not as declared", verb(n, "is", "are")),
    };
    if untold == 0 { told } else { format!("{told}; of {untold} it could not be told") }
}

fn pool(page: &mut Page, problem: &Problem, context: &Context<'_>, one: &PoolTriage) {
    let v = problem.view(&problem.initial);
    let names = Names::new(&problem.estate).whole();
    let instances = now::instances(problem, v, one.pool);
    let width = instances.iter().map(|&i| names.instance(i).len()).max().unwrap_or(0).clamp(12, 40);
    for &i in &instances {
        let slots = now::slots(problem, v, one.pool, i);
        let lines = instance(problem, context, one.pool, i);
        let lead = format!("  {:<width$}  {slots:<12}  ", names.instance(i));
        if page.style().width < lead.len() + ROOM {
            page.indented(2, &format!("{}: {slots}", names.instance(i)), Role::Plain);
            lines.iter().for_each(|line| page.indented(BELOW, line, Role::Plain));
            continue;
        }
        for (n, line) in lines.iter().enumerate() {
            let lead = if n == 0 { lead.clone() } else { " ".repeat(width + 18) };
            page.hang(&lead, Role::Plain, line, Role::Plain);
        }
    }
    let mut row = |label: &str, text: &str| page.hang(&format!("  {label:<width$}  "), Role::Plain, text, Role::Plain);
    row("witness slot", &witness(problem, one.pool));
    row("Front Ends", &front_ends(problem, context, one.pool));
    row("CMS", &cms(problem, context));
    let mut label = "copies";
    for (standing, stores) in standing::pairings(problem, one.pool) {
        if let Some(clause) = standing::clause(problem, standing, &stores).filter(|_| told(one.situation)) {
            row(std::mem::take(&mut label), &clause);
        }
    }
    let mut label = "not so yet";
    for sentence in standing::undone(problem, one.pool).iter().filter(|_| one.situation == Situation::Drift) {
        row(std::mem::take(&mut label), sentence);
    }
}

/// Whether how the copies stand to each other says more than the lost machine does.
fn told(situation: Situation) -> bool {
    matches!(situation, Situation::SplitBrain | Situation::Drift | Situation::Unknown | Situation::PrimaryLostPartly(_))
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
            lines.extend(
                now::roles(v, &all, i).iter().map(|(what, list)| format!("{} of {of} databases {what}", list.len())),
            );
            if all.is_empty() {
                return vec!["up; no database of this pool is known there".to_owned()];
            }
            lines.push(complete(problem, context, &all, i));
            lines.push(safety(problem, &all, i));
            lines
        }
        Value::No => {
            let since = reasons::silent_since(context.snapshot, estate, host);
            let machine = v.get(Field::Reachable(host)) == Value::Yes;
            let dumb = if machine { "the machine answers, SQL Server does not" } else { "does not answer" };
            let silent = since.map_or_else(
                || dumb.to_owned(),
                |t| format!("silent since {}, {}", context.at(t), time::lasted(time::seconds(t, context.now))),
            );
            let asked = context
                .snapshot
                .details
                .hosts
                .get(estate.host(host))
                .map(|d| d.asked_from.as_slice())
                .unwrap_or_default();
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

/// How many copies are known to be complete, and up to when: a time stands for all of them or for none.
fn complete(problem: &Problem, context: &Context<'_>, all: &[DatabaseId], i: InstanceId) -> String {
    let v = problem.view(&problem.initial);
    let of = all.len();
    let complete = all.iter().filter(|&&d| v.get(Field::Content(d, i)) == Value::Complete).count();
    let unknown = all.iter().filter(|&&d| !v.get(Field::Content(d, i)).is_known()).count();
    let copy = |&d: &DatabaseId| reasons::copy(context.snapshot, &problem.estate, Field::Role(d, i));
    let times: Vec<_> = all.iter().filter_map(copy).map(|c| c.caught_up_to).collect();
    let at = match times.iter().min() {
        Some(t) if times.len() == of => format!(", caught up to {} at least", context.at_bare(*t)),
        Some(t) => format!(", {} of {of} caught up to {} at least", times.len(), context.at_bare(*t)),
        None => String::new(),
    };
    let unknown = if unknown > 0 { format!(", {unknown} unknown") } else { String::new() };
    format!("{complete} of {of} known to be complete{unknown}{at}")
}

fn safety(problem: &Problem, all: &[DatabaseId], i: InstanceId) -> String {
    let v = problem.view(&problem.initial);
    let safe = all.iter().filter(|&&d| v.get(Field::Safety(d, i)) == Value::Full).count();
    let unknown = all.iter().filter(|&&d| !v.get(Field::Safety(d, i)).is_known()).count();
    let unknown = if unknown > 0 { format!(", unknown for {unknown}") } else { String::new() };
    format!("safety FULL for {safe} of {}{unknown}", all.len())
}

fn witness(problem: &Problem, pool: PoolId) -> String {
    let v = problem.view(&problem.initial);
    let values: Vec<Value> = problem.managed(pool).map(|w| v.get(Field::WitnessSlot(w.store))).collect();
    match values.first() {
        Some(Value::Nothing) if values.iter().all(|x| *x == Value::Nothing) => {
            "empty: nothing fails over by itself".to_owned()
        }
        Some(Value::Instance(i)) if values.iter().all(|x| x.instance() == Some(*i)) => {
            let away = if v.get(Field::Answers(*i)) == Value::No { ", does not answer" } else { "" };
            format!("{}{away}", problem.estate.instance(*i).name)
        }
        _ if values.contains(&Value::Unknown) => "unknown for some stores: it cannot be read, only attested".to_owned(),
        _ => "not the same for all stores".to_owned(),
    }
}

fn front_ends(problem: &Problem, context: &Context<'_>, pool: PoolId) -> String {
    let v = problem.view(&problem.initial);
    let estate = &problem.estate;
    let members = &estate.pool(pool).front_ends;
    let run = members.iter().filter(|&&f| v.get(Field::Services(f)) == Value::Running).count();
    let votes = v.votes(pool, None);
    let maybe = if votes.possible > votes.sure { format!(", {} possible", votes.possible) } else { String::new() };
    let unread: Vec<Field> = members.iter().map(|&f| Field::Services(f)).filter(|&f| !v.get(f).is_known()).collect();
    let unknown = unread.first().map_or_else(String::new, |&f| {
        format!(", {} unknown ({})", unread.len(), reasons::unknown(context.snapshot, estate, f))
    });
    let all = members.len();
    format!("{run} of {all} run{unknown}; {} of {} votes{maybe}, needs {}", votes.sure, votes.voters, votes.needed)
}

fn cms(problem: &Problem, context: &Context<'_>) -> String {
    let estate = &problem.estate;
    let place = estate.cms.map_or_else(String::new, |p| format!("on {}, ", estate.pool(p).fqdn));
    let writable = match problem.view(&problem.initial).get(Field::CmsWritable) {
        Value::Yes => "writable".to_owned(),
        Value::No => "takes no writes: nothing can be published".to_owned(),
        _ => format!(
            "unknown whether it takes writes ({})",
            reasons::unknown(context.snapshot, estate, Field::CmsWritable)
        ),
    };
    format!("{place}{writable}")
}

fn last_block(page: &mut Page, problem: &Problem, context: &Context<'_>, one: &PoolTriage) {
    if let Some(procedure) = procedure(problem, one) {
        page.labelled("Procedure", LABEL, &procedure);
    }
    if let Some(gone) = beyond::of_pool(problem, one.pool) {
        page.labelled("Silent", LABEL, &gone);
    }
    if let Some(field) = one.decides {
        page.labelled("Unknown", LABEL, &decides(problem, context, field));
    }
    let clock = now::clock(problem, context, one.pool);
    page.labelled(
        "Clock",
        LABEL,
        clock.as_deref().unwrap_or("none: users are served, or nothing tells since when they are not"),
    );
}

/// The published procedure that it amounts to; where the product has none, SQL Server's page for the worst of what the
/// copies are in.
pub fn procedure(problem: &Problem, one: &PoolTriage) -> Option<String> {
    let own = one.situation.procedure().map(|title| format!("\"{title}\""));
    own.or_else(|| Some(format!("none of the product; SQL Server: \"{}\"", sql_server_page(problem, one)?)))
}

/// SQL Server's page for the worst of what the copies are in.
fn sql_server_page(problem: &Problem, one: &PoolTriage) -> Option<&'static str> {
    let drift = one.situation == Situation::Drift;
    standing::pairings(problem, one.pool).iter().find_map(|(p, _)| standing::page(*p)).filter(|_| drift)
}

/// The fact that would decide most.
fn decides(problem: &Problem, context: &Context<'_>, field: Field) -> String {
    let estate = &problem.estate;
    match field {
        Field::Content(d, i) if problem.view(&problem.initial).serves(d, i).holds() => format!(
            "which of the copies that serve are the older ones ({}). Neither host is switched off before that is settled.",
            reasons::unknown(context.snapshot, estate, field)
        ),
        Field::Reachable(h) => format!(
            "whether {} can be started at all, if only for minutes: its disks may hold what no other copy has.",
            estate.host(h)
        ),
        Field::Content(_, i) => format!(
            "whether the copies on {} were complete at the loss ({}). Without that nothing is forced but by consent that names the databases.",
            estate.instance(i).name,
            reasons::unknown(context.snapshot, estate, field)
        ),
        Field::Fenced(h) => {
            format!("whether {} is off or only cut off. Nothing is forced before that is settled.", estate.host(h))
        }
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
    struct Copies {
        stores: Vec<&'static str>,
        standing: &'static str,
    }
    #[derive(Serialize)]
    struct Pool {
        situation: &'static str,
        verdict: String,
        broken_invariants: Vec<String>,
        procedure: Option<&'static str>,
        sql_server_page: Option<&'static str>,
        copies: Vec<Copies>,
        not_so_yet: Vec<String>,
        decides: Option<String>,
        #[serde(flatten)]
        now: now::Situation,
    }
    let names = Names::new(&problem.estate);
    let violated = planner::triage::violated(problem);
    let kind = |&s: &StoreId| problem.estate.store(s).kind.name();
    let copies = |one: &PoolTriage| {
        let groups = standing::pairings(problem, one.pool).into_iter();
        groups.map(|(p, s)| Copies { stores: s.iter().map(kind).collect(), standing: standing::word(p) }).collect()
    };
    let pools: Vec<Pool> = found
        .iter()
        .map(|one| Pool {
            situation: word(one.situation),
            verdict: verdict::of(problem, one, context, ""),
            broken_invariants: standing::violated(problem, &violated, one.pool),
            procedure: one.situation.procedure(),
            sql_server_page: sql_server_page(problem, one),
            copies: copies(one),
            not_so_yet: standing::undone(problem, one.pool),
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
        Situation::DataNotBack(_) => "data_not_back",
        Situation::PrimaryLost(_) => "primary_lost",
        Situation::PrimaryLostPartly(_) => "primary_lost_partly",
        Situation::PrimaryLostServed(_) => "primary_lost_served",
        Situation::PrincipalOffline(_) => "principal_offline",
        Situation::MirrorLost(_) => "mirror_lost",
        Situation::Drift => "drift",
        Situation::Unknown => "unknown",
        Situation::AsDeclared => "as_declared",
    }
}
