//! What helps where nothing that can be granted is enough: the steps that came nearest to beginning, what to find out, and
//! the unknown fact that decides most. It searches nothing.

use std::collections::BTreeMap;

use model::estate::{DatabaseId, InstanceId};
use model::field::{Field, Value};
use model::problem::Problem;
use model::vocabulary;
use planner::refusal::Refusal;
use serde::Serialize;

use super::loss;
use super::unmet::Unmet;
use crate::present::numbers::{count, join, verb};
use crate::present::page::Page;
use crate::present::style::Role;
use crate::present::{Context, reasons};

/// How many steps are named.
const NEAREST: usize = 3;

/// A step that could not begin.
#[derive(Clone, Debug, Serialize)]
pub struct Blocked {
    /// Its id.
    pub step: String,
    /// How many of its conditions were unmet where it came nearest.
    pub unmet: usize,
}

impl Blocked {
    /// In words: `failover/pool01.contoso.com/User waits for 3 conditions`.
    pub(super) fn text(&self) -> String {
        format!("{} waits for {}", self.step, count(self.unmet, "condition"))
    }
}

/// The steps that came nearest to beginning.
pub(super) fn blocked(refusal: &Refusal) -> Vec<Blocked> {
    let nearest = refusal.blocked.iter().take(NEAREST);
    nearest.map(|b| Blocked { step: b.id.to_string(), unmet: b.unmet.len() }).collect()
}

/// Those steps on a page.
pub(super) fn list(page: &mut Page, blocked: &[Blocked]) {
    if blocked.is_empty() {
        return;
    }
    page.heading("Nearest to beginning");
    blocked.iter().for_each(|b| page.indented(2, &b.text(), Role::Plain));
    page.blank();
}

/// What can be done now: the pools that have a plan without the ones refused.
pub(super) fn possible(problem: &Problem, refusal: &Refusal) -> Option<String> {
    let name = |&p: &_| problem.estate.pool(p).fqdn.to_string();
    let only: Vec<String> = refusal.possible.iter().take(NEAREST).map(|p| format!("--only {}", name(p))).collect();
    let more = if refusal.possible.len() > NEAREST { " …" } else { "" };
    let also = match refusal.also.len() {
        0 => String::new(),
        n => format!("; {} more {} no plan either", count(n, "pool"), verb(n, "has", "have")),
    };
    if only.is_empty() {
        return (!also.is_empty()).then(|| format!("Not the only ones{also}"));
    }
    let pools = count(refusal.possible.len(), "other pool");
    let have = verb(refusal.possible.len(), "has", "have");
    Some(format!("{pools} {have} a plan now: cstopo plan {}{more}{also}", only.join(" ")))
}

/// A kind of fact: its attribute, and the instance of whose copies it tells.
type Kind = (&'static str, Option<InstanceId>);

/// The kinds of unknown facts, by the instance of whose copies they tell; what most conditions wait for comes first. Who
/// does not answer can tell nothing.
fn kinds(problem: &Problem, unmet: &[Unmet]) -> Vec<(Kind, Vec<Field>)> {
    let mut kinds: BTreeMap<Kind, Vec<Field>> = BTreeMap::new();
    let v = problem.view(&problem.initial);
    let silent = |f: &Field| copy(*f).is_some_and(|(_, i)| v.get(Field::Answers(i)) == Value::No);
    for &field in unmet.iter().flat_map(|u| &u.unknown).filter(|f| !silent(f)) {
        let list = kinds.entry((vocabulary::attribute(field), copy(field).map(|(_, i)| i))).or_default();
        if !list.contains(&field) {
            list.push(field);
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    // Without a role nothing else about a copy can be read.
    kinds.sort_by_key(|((what, _), list)| (*what != "role", std::cmp::Reverse(list.len())));
    kinds
}

fn copy(field: Field) -> Option<(DatabaseId, InstanceId)> {
    match field {
        Field::Role(d, i) | Field::Session(d, i) | Field::Content(d, i) | Field::Safety(d, i) => Some((d, i)),
        Field::Witness(d, i) | Field::WitnessLink(d, i) => Some((d, i)),
        _ => None,
    }
}

/// Facts of one kind in words: `roles of 9 databases on be2.contoso.com\RTC (unknown: no answer in 15 s)`.
fn words(problem: &Problem, context: &Context<'_>, list: &[Field]) -> String {
    let estate = &problem.estate;
    let Some(&first) = list.first() else { return String::new() };
    let reason = reasons::unknown(context.snapshot, estate, first);
    let what = match (copy(first), list.len()) {
        (Some((_, i)), n @ 2..) => {
            format!("the {} of {} on {}", vocabulary::attribute(first), count(n, "database"), estate.instance(i).name)
        }
        (_, n @ 2..) => format!("the {} and {} more", vocabulary::phrase(estate, first), count(n - 1, "fact")),
        _ => format!("the {}", vocabulary::phrase(estate, first)),
    };
    format!("{what} (unknown: {reason})")
}

/// The facts that are not known and for which conditions wait, with their reasons.
pub(super) fn unknown(problem: &Problem, unmet: &[Unmet], context: &Context<'_>) -> Vec<String> {
    kinds(problem, unmet).iter().map(|(_, list)| words(problem, context, list)).collect()
}

/// Those facts on a page.
pub(super) fn not_known(page: &mut Page, unknown: &[String]) {
    if unknown.is_empty() {
        return;
    }
    page.heading("Not known");
    unknown.iter().for_each(|fact| page.indented(2, fact, Role::Unknown));
    page.blank();
}

/// What to do, in sentences.
pub(super) fn of(problem: &Problem, unmet: &[Unmet], context: &Context<'_>) -> Vec<String> {
    let kinds = kinds(problem, unmet);
    if kinds.is_empty() {
        let what = "No fact that is missing would help: what is declared or allowed in";
        return vec![format!("{what} {} has to change, or what is broken has to be repaired.", context.files.desired)];
    }
    let mut advice = Vec::new();
    let roles = kinds.iter().filter(|((what, _), _)| *what == "role");
    let on: Vec<String> =
        roles.filter_map(|((_, i), _)| i.map(|i| problem.estate.instance(i).name.to_string())).collect();
    if !on.is_empty() {
        let on = join(&on);
        advice.push(format!("Let a sysadmin of {on} run cstopo observe: to other logins a mirror looks unmirrored."));
    }
    let rest: Vec<String> =
        kinds.iter().filter(|((what, _), _)| *what != "role").map(|(_, list)| words(problem, context, list)).collect();
    if !rest.is_empty() {
        let n = rest.len();
        let read = verb(n, "This has to be read", "These have to be read");
        advice.push(format!("{read} first, by cstopo observe: {}.", rest.join("; ")));
    }
    advice
}

/// The unknown fact that decides most.
pub(super) fn decides(
    problem: &Problem,
    lost: &[DatabaseId],
    unmet: &[Unmet],
    context: &Context<'_>,
) -> Option<String> {
    let kinds = kinds(problem, unmet);
    // What is on the hosts that answer comes before what may be on those that do not.
    let read = kinds.first().filter(|((what, _), _)| *what == "role");
    if let Some((_, list)) = read {
        return Some(format!("{}.", words(problem, context, list)));
    }
    let hosts: Vec<String> =
        loss::silent_hosts(problem, lost).into_iter().map(|h| problem.estate.host(h).to_string()).collect();
    if !hosts.is_empty() {
        return Some(format!("can {} be started at all? (unknown)", join(&hosts)));
    }
    match kinds.first() {
        Some((_, list)) if let [Field::Fenced(h)] = list.as_slice() => {
            Some(format!("is {} off, or only cut off? (unknown)", problem.estate.host(*h)))
        }
        Some((_, list)) => Some(format!("{}.", words(problem, context, list))),
        None => None,
    }
}
