//! What is wrong now, pool by pool, in sentences; and how long users will not notice. Shared with triage. It plans nothing.

use std::collections::{BTreeMap, BTreeSet};

use model::declaration::Clause;
use model::estate::{DatabaseId, FrontEndId, InstanceId, PoolId};
use model::field::{Field, Value};
use model::problem::Problem;
use model::truth::Truth;
use model::view::View;
use model::vocabulary;
use planner::pairing::Pairing;
use planner::triage::{self, PoolTriage};
use serde::Serialize;

use super::world::World;
use crate::present::known::RESILIENCY;
use crate::present::names::{Names, Text};
use crate::present::numbers::{count, join, verb};
use crate::present::triage::standing;
use crate::present::{Context, reasons, time};

/// How many databases are told by name where not all are alike.
const NAMED: usize = 2;

/// How a pool is.
#[derive(Clone, Debug, Serialize)]
pub struct Situation {
    /// The pool.
    pub pool: String,
    /// Whether something is broken; otherwise the pool only differs from what is declared.
    pub broken: bool,
    /// What is so, in sentences.
    pub sentences: Vec<Text>,
    /// How long users will not notice, or since when they do; none while they are served.
    pub clock: Option<String>,
}

/// The situation of every managed pool.
pub(super) fn of(world: &World<'_>) -> Vec<Situation> {
    let problem = world.problem();
    let all = triage::violated(problem);
    let clocked = |t: &PoolTriage| {
        let ends = world.pool_holds_from(t.pool, |v| world.users_served(v, t.pool));
        let clock = clock(problem, world.context, t.pool).map(|c| match ends {
            Some(n) => format!("{c}; step {n} ends it"),
            None => c,
        });
        let then = "What stops that comes first.";
        harm_first(problem, &all, then, situation(problem, world.context, &world.names, t, clock), t.pool)
    };
    triage::triage(problem).iter().map(clocked).collect()
}

/// The situation of pools for which there is no plan.
pub fn without_plan(problem: &Problem, context: &Context<'_>, names: &Names<'_>, all: &[PoolTriage]) -> Vec<Situation> {
    let violated = triage::violated(problem);
    let found =
        |t: &PoolTriage| harm_first(problem, &violated, "", situation(problem, context, names, t, None), t.pool);
    all.iter().map(found).collect()
}

/// What is false already that must never be, before everything else; then what is wrong while everything is served.
fn harm_first(problem: &Problem, all: &[Clause], then: &str, mut found: Situation, pool: PoolId) -> Situation {
    if !found.broken {
        let told = middles(problem, pool);
        found.broken = !told.is_empty();
        found.sentences.splice(0..0, told);
    }
    let violated = standing::violated(problem, all, pool);
    if !violated.is_empty() {
        let first = format!("False already: {}. {then}", join(&violated));
        found.sentences.insert(0, Text::plain(first.trim_end().to_owned()));
        found.broken = true;
    }
    found
}

/// What is wrong with sessions and copies while everything is served, the worst first.
fn middles(problem: &Problem, pool: PoolId) -> Vec<Text> {
    use Pairing as P;
    let wrong =
        |p: Pairing| matches!(p, P::Apart | P::Suspended | P::OneSided | P::Disconnected | P::LeftOver | P::CatchingUp);
    let groups = standing::pairings(problem, pool).into_iter().filter(|(p, _)| wrong(*p));
    let said = groups.filter_map(|(p, stores)| standing::clause(problem, p, &stores));
    said.map(|s| Text::plain(format!("{}.", upper(&s)))).collect()
}

fn upper(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// The situation of one pool.
#[must_use]
pub fn situation(
    problem: &Problem,
    context: &Context<'_>,
    names: &Names<'_>,
    triage: &PoolTriage,
    clock: Option<String>,
) -> Situation {
    let v = problem.view(&problem.initial);
    let mut sentences = Vec::new();
    for i in instances(problem, v, triage.pool) {
        sentences.extend(instance(problem, context, names, triage.pool, i));
    }
    sentences.extend(without_quorum(problem, names, triage.pool));
    sentences.extend(lost_witnesses(problem, context, names, triage.pool));
    let unserved = served(problem, v, triage.pool);
    let broken = broken(triage) || unserved.is_some();
    sentences.extend(unserved.map(Text::plain));
    sentences.extend(front_ends(problem, names, triage.pool));
    Situation { pool: names.pool(triage.pool), broken, sentences, clock }
}

/// Front Ends that run other slots than are published, or find no back end with those that they run.
fn front_ends(problem: &Problem, names: &Names<'_>, pool: PoolId) -> Vec<Text> {
    let v = problem.view(&problem.initial);
    let all = &problem.estate.pool(pool).front_ends;
    let stores: Vec<_> = problem.managed(pool).map(|w| w.store).collect();
    let differs = |loaded: Field, slot: Field| {
        let [loaded, slot] = [v.get(loaded), v.get(slot)];
        loaded.is_known() && slot.is_known() && loaded != slot
    };
    let old = |f: FrontEndId| {
        stores.iter().any(|&s| {
            differs(Field::LoadedPrimary(f, s), Field::PrimarySlot(s))
                || differs(Field::LoadedMirror(f, s), Field::MirrorSlot(s))
        })
    };
    let blind = |f: FrontEndId| served_users(v, pool) && v.front_end_reaches(f) == Truth::False;
    let list = |is: &dyn Fn(FrontEndId) -> bool| all.iter().copied().filter(|&f| is(f)).collect::<Vec<_>>();
    let named = |n: &Names<'_>, list: &[FrontEndId]| join(&list.iter().map(|&f| n.front_end(f)).collect::<Vec<_>>());
    let mut said = Vec::new();
    let (old, blind) = (list(&old), list(&blind));
    if !old.is_empty() {
        said.push(names.both(|n| {
            let run = verb(old.len(), "runs", "run");
            format!("{} {run} other slots than are published, until a restart.", named(n, &old))
        }));
    }
    if !blind.is_empty() {
        said.push(names.both(|n| {
            let find = verb(blind.len(), "finds", "find");
            format!("{} {find} no back end with the slots that they run.", named(n, &blind))
        }));
    }
    said
}

fn served_users(v: View<'_>, pool: PoolId) -> bool {
    let user = v.estate.store_of(pool, model::database_type::DatabaseType::User);
    user.is_some_and(|s| v.store_served(s) == Truth::True)
}

fn broken(triage: &PoolTriage) -> bool {
    use triage::Situation as S;
    match triage.situation {
        S::SplitBrain | S::BothLost(_) | S::DataNotBack(_) | S::PrimaryLost(_) | S::PrimaryLostPartly(_) => true,
        S::PrimaryLostServed(_) | S::PrincipalOffline(_) | S::MirrorLost(_) => true,
        S::Drift | S::Unknown | S::AsDeclared => false,
    }
}

/// The instances in a slot of a managed store of the pool, primary slots first; then those that serve and are in none.
#[must_use]
pub fn instances(problem: &Problem, v: View<'_>, pool: PoolId) -> Vec<InstanceId> {
    let mut list: Vec<InstanceId> = Vec::new();
    for slot in [Field::PrimarySlot, Field::MirrorSlot] {
        for i in problem.managed(pool).filter_map(|w| v.get(slot(w.store)).instance()) {
            if !list.contains(&i) {
                list.push(i);
            }
        }
    }
    for wish in problem.managed(pool) {
        let store = problem.estate.store(wish.store);
        let serves = |i: &&_| store.databases.iter().any(|&d| v.serves(d, **i) == Truth::True);
        for &i in store.instances.iter().filter(serves) {
            if !list.contains(&i) {
                list.push(i);
            }
        }
    }
    list
}

/// The slots that an instance has in the published topology, for the managed stores of a pool: `primary slot`, `no slot`.
#[must_use]
pub fn slots(problem: &Problem, v: View<'_>, pool: PoolId, i: InstanceId) -> String {
    let stores: Vec<_> = problem.managed(pool).map(|w| w.store).collect();
    let in_slot = |slot: fn(model::estate::StoreId) -> Field| {
        stores.iter().filter(|&&s| v.get(slot(s)).instance() == Some(i)).count()
    };
    let word = |name: &str, n: usize| {
        (n > 0).then(|| {
            if n == stores.len() { format!("{name} slot") } else { format!("{name} slot of {}", count(n, "store")) }
        })
    };
    let words = [word("primary", in_slot(Field::PrimarySlot)), word("mirror", in_slot(Field::MirrorSlot))];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() { "no slot".to_owned() } else { join(&words) }
}

/// Databases of the managed stores of a pool that may have a copy on an instance.
#[must_use]
pub fn databases(problem: &Problem, pool: PoolId, i: InstanceId) -> Vec<DatabaseId> {
    let stores = problem.managed(pool).map(|w| problem.estate.store(w.store));
    stores.filter(|s| s.instances.contains(&i)).flat_map(|s| s.databases.iter().copied()).collect()
}

fn instance(problem: &Problem, context: &Context<'_>, names: &Names<'_>, pool: PoolId, i: InstanceId) -> Vec<Text> {
    let v = problem.view(&problem.initial);
    let estate = &problem.estate;
    let slots = slots(problem, v, pool, i);
    let text = |f: &dyn Fn(&Names<'_>) -> String| names.both(f);
    match v.get(Field::Answers(i)) {
        Value::Yes => holdings(problem, context, names, pool, i, &slots),
        Value::No => {
            let since = reasons::silent_since(context.snapshot, estate, estate.host_of(i));
            vec![text(&|n| match since {
                Some(since) => format!(
                    "{} ({slots}) has been silent since {}, {}.",
                    n.instance(i),
                    context.at(since),
                    time::lasted(time::seconds(since, context.now))
                ),
                None if v.get(Field::Reachable(estate.host_of(i))) == Value::Yes => {
                    format!("{} ({slots}): the machine answers, SQL Server on it does not.", n.instance(i))
                }
                None => format!("{} ({slots}) does not answer.", n.instance(i)),
            })]
        }
        _ => {
            let reason = reasons::unknown(context.snapshot, estate, Field::Answers(i));
            vec![text(&|n| format!("Whether {} ({slots}) answers is unknown ({reason}).", n.instance(i)))]
        }
    }
}

/// Instances that answer and serve nobody, because their copies see neither mirror nor witness; and what is the cheapest
/// way out.
fn without_quorum(problem: &Problem, names: &Names<'_>, pool: PoolId) -> Vec<Text> {
    let v = problem.view(&problem.initial);
    let offline = |&i: &InstanceId| {
        let recovering = |&d: &DatabaseId| v.get(Field::Role(d, i)) == Value::Recovering;
        v.get(Field::Answers(i)) == Value::Yes && databases(problem, pool, i).iter().any(recovering)
    };
    let sentence = |i: InstanceId| {
        names.both(|n| format!("{} serves again by itself once its mirror or its witness is back.", n.instance(i)))
    };
    instances(problem, v, pool).into_iter().filter(offline).map(sentence).collect()
}

/// Witnesses that the databases of a pool have and do not see.
fn lost_witnesses(problem: &Problem, context: &Context<'_>, names: &Names<'_>, pool: PoolId) -> Vec<Text> {
    let v = problem.view(&problem.initial);
    let mut lost = BTreeSet::new();
    for i in instances(problem, v, pool) {
        let all = databases(problem, pool, i).into_iter();
        let apart = all.filter(|&d| v.get(Field::WitnessLink(d, i)) == Value::Disconnected);
        lost.extend(apart.filter_map(|d| v.get(Field::Witness(d, i)).instance()));
    }
    let sentence = |w: InstanceId| {
        let since = reasons::silent_since(context.snapshot, &problem.estate, problem.estate.host_of(w));
        let since =
            since.map_or_else(String::new, |since| format!(", and has been silent since {}", context.at(since)));
        names.both(|n| format!("{} (witness) is not seen{since}: nothing fails over by itself.", n.instance(w)))
    };
    lost.into_iter().map(sentence).collect()
}

/// What an instance that answers holds: roles and sessions, then how complete.
fn holdings(
    problem: &Problem,
    context: &Context<'_>,
    names: &Names<'_>,
    pool: PoolId,
    i: InstanceId,
    slots: &str,
) -> Vec<Text> {
    let v = problem.view(&problem.initial);
    let all = databases(problem, pool, i);
    let roles = roles(v, &all, i);
    let count = |n: usize| if n == all.len() { format!("all {n}") } else { format!("{n} of {}", all.len()) };
    let group = |(n, (what, list)): (usize, &(String, Vec<DatabaseId>))| {
        let noun = if n == 0 { verb(list.len(), " database", " databases") } else { "" };
        // Which they are matters where others are not so.
        let few = list.len() < all.len() && list.len() <= NAMED;
        let which: Vec<&str> = list.iter().map(|&d| problem.estate.database(d).name.as_str()).collect();
        let which = if few { format!(" ({})", which.join(", ")) } else { String::new() };
        format!("{}{noun}{which} as {what}", count(list.len()))
    };
    let groups: Vec<String> = roles.iter().enumerate().map(group).collect();
    let mut sentences = vec![names.both(|n| format!("{} ({slots}) has {}.", n.instance(i), join(&groups)))];
    let standing = |d: &DatabaseId| v.get(Field::Role(*d, i)) == Value::Mirror && v.served(*d) != Truth::True;
    let waiting: Vec<DatabaseId> = all.iter().copied().filter(standing).collect();
    sentences.extend(completeness(problem, context, &waiting, all.len(), i).into_iter().map(Text::plain));
    sentences
}

/// Databases by role and session, as SQL Server prints them.
#[must_use]
pub fn roles(v: View<'_>, databases: &[DatabaseId], i: InstanceId) -> Vec<(String, Vec<DatabaseId>)> {
    let mut groups: Vec<(String, Vec<DatabaseId>)> = Vec::new();
    for &d in databases {
        let role = vocabulary::value_text(v.estate, v.get(Field::Role(d, i)));
        let what = match v.get(Field::Session(d, i)) {
            Value::NoSession => match v.get(Field::Content(d, i)) {
                Value::Superseded if v.serves(d, i).holds() => format!("{role}, old"),
                Value::Nothing | Value::Fresh if v.serves(d, i).holds() => format!("{role}, empty"),
                _ => role,
            },
            session @ (Value::Synchronizing | Value::Synchronized) if v.get(Field::Safety(d, i)) == Value::Off => {
                format!("{role}, {}, safety OFF", vocabulary::value_text(v.estate, session))
            }
            session if v.get(Field::Content(d, i)) == Value::Superseded && v.serves(d, i).holds() => {
                format!("{role}, {}, old", vocabulary::value_text(v.estate, session))
            }
            Value::Unknown if v.get(Field::Role(d, i)) == Value::Recovering => "PRINCIPAL without quorum".to_owned(),
            Value::Unknown if v.get(Field::Role(d, i)) == Value::Unknown => "unknown".to_owned(),
            Value::Unknown => format!("{role}, session unknown"),
            session => format!("{role}, {}", vocabulary::value_text(v.estate, session)),
        };
        match groups.iter_mut().find(|(w, _)| *w == what) {
            Some((_, list)) => list.push(d),
            None => groups.push((what, vec![d])),
        }
    }
    groups
}

/// How complete copies are that nobody serves.
fn completeness(
    problem: &Problem,
    context: &Context<'_>,
    waiting: &[DatabaseId],
    of: usize,
    i: InstanceId,
) -> Vec<String> {
    let v = problem.view(&problem.initial);
    let estate = &problem.estate;
    let mut groups: BTreeMap<Value, Vec<DatabaseId>> = BTreeMap::new();
    for &d in waiting {
        groups.entry(v.get(Field::Content(d, i))).or_default().push(d);
    }
    let names = |list: &[DatabaseId]| join(&list.iter().map(|&d| estate.database(d).name.as_str()).collect::<Vec<_>>());
    let whom = |list: &[DatabaseId]| match list.len() {
        n if n == of => format!("All {of}"),
        0..=3 => names(list),
        n => format!("{n} of {of}"),
    };
    let caught_up = |list: &[DatabaseId]| {
        let at = |&d: &DatabaseId| reasons::copy(context.snapshot, estate, Field::Role(d, i)).map(|c| c.caught_up_to);
        let times: BTreeSet<_> = list.iter().map(at).collect();
        let mut times = times.into_iter();
        times.next().flatten().filter(|_| times.next().is_none())
    };
    let sentence = |(content, list): (&Value, &Vec<DatabaseId>)| match (content, caught_up(list)) {
        (Value::Complete, Some(at)) => {
            format!("{} {} SYNCHRONIZED at {}.", whom(list), verb(list.len(), "was", "were"), context.at_bare(at))
        }
        (Value::Complete, None) => {
            format!("{} {} every committed transaction.", whom(list), verb(list.len(), "holds", "hold"))
        }
        (Value::Behind, Some(at)) => {
            format!("{} {} caught up to {} only.", whom(list), verb(list.len(), "is", "are"), context.at_bare(at))
        }
        (Value::Behind | Value::Superseded, _) => format!("{} {} behind.", whom(list), verb(list.len(), "is", "are")),
        (Value::Unknown, _) => {
            let reason = reasons::unknown(context.snapshot, estate, Field::Content(list[0], i));
            format!(
                "Whether {} {} complete is unknown ({reason}).",
                whom(list).to_lowercase_first(),
                verb(list.len(), "is", "are")
            )
        }
        _ => format!("{} {} empty.", whom(list), verb(list.len(), "is", "are")),
    };
    groups.iter().map(sentence).collect()
}

/// Writes the first letter of "All 9" small; names keep theirs.
trait LowercaseFirst {
    fn to_lowercase_first(&self) -> String;
}

impl LowercaseFirst for String {
    fn to_lowercase_first(&self) -> String {
        self.strip_prefix("All ").map_or_else(|| self.clone(), |rest| format!("all {rest}"))
    }
}

fn served(problem: &Problem, v: View<'_>, pool: PoolId) -> Option<String> {
    let databases: BTreeSet<DatabaseId> =
        problem.managed(pool).flat_map(|w| problem.estate.store(w.store).databases.iter().copied()).collect();
    let served = databases.iter().filter(|&&d| v.served(d) == Truth::True).count();
    match served {
        0 => Some("Nobody is seen to serve them.".to_owned()),
        n if n < databases.len() => Some(format!("{n} of {} are served.", databases.len())),
        _ => None,
    }
}

/// When users fall into resiliency mode, if that can be told.
#[must_use]
pub fn clock(problem: &Problem, context: &Context<'_>, pool: PoolId) -> Option<String> {
    let estate = &problem.estate;
    let v = problem.view(&problem.initial);
    let user = estate.store_of(pool, model::database_type::DatabaseType::User)?;
    if v.store_served(user) == Truth::True {
        return None;
    }
    let instances = estate.store(user).instances.iter();
    let silent = |&i: &InstanceId| reasons::silent_since(context.snapshot, estate, estate.host_of(i));
    let since =
        instances.copied().filter(|&i| v.get(Field::Answers(i)) != Value::Yes).filter_map(|i| silent(&i)).min()?;
    let falls = jiff::Timestamp::from_second(since.as_second() + RESILIENCY).ok()?;
    let left = time::seconds(context.now, falls);
    Some(if left > 0 {
        format!("resiliency mode for users at about {}, in {}", context.about(falls), time::lasted(left))
    } else {
        format!("users are in resiliency mode since about {}", context.about(falls))
    })
}
