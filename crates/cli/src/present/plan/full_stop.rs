//! The arithmetic of a full stop: why Front Ends cannot be restarted one after the other, from the votes themselves.

use model::actions::Action;
use model::declaration::Work;
use model::estate::{FrontEndId, PoolId};
use model::field::{Field, Value};
use model::problem::Problem;
use model::truth::Truth;
use model::view::View;
use serde::Serialize;

use super::world::World;
use crate::present::names::Names;
use crate::present::numbers::{and, join, verb};

/// The arithmetic.
#[derive(Clone, Debug, Serialize)]
pub struct FullStop {
    /// The pool.
    pub pool: String,
    /// What is to be explained.
    pub why: String,
    /// The lines: a word, what is counted, the number.
    pub lines: Vec<Line>,
}

/// A line of the arithmetic.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// What it is about.
    pub what: String,
    /// In words.
    pub text: String,
    /// The number, where there is one.
    pub number: Option<usize>,
}

fn line(what: impl Into<String>, text: impl Into<String>, number: Option<usize>) -> Line {
    Line { what: what.into(), text: text.into(), number }
}

/// The arithmetic of a plan's full stop.
pub(super) fn of(world: &World<'_>) -> Option<FullStop> {
    // An import of user data stops the pool for reasons of its own.
    let n = world.placed().iter().position(|p| matches!(p.action, Action::FullStop(_)))?;
    let step = &world.placed()[n];
    let v = world.view(&step.before);
    let after = world.view(&step.taken.after);
    let stops = |&p: &PoolId| world.view(&step.taken.during).announced_stop(p).holds();
    let pool = world.problem().pools().into_iter().find(stops)?;
    let mut full = arithmetic(world.problem(), &world.names, pool, v, &format!("in step {}", n + 1));
    full.lines.push(line(
        format!("step {}", n + 1),
        "all down on purpose, all up together; the first to start waits for the others",
        None,
    ));
    let later = world.numbers(|p| p.declaration.work == Work::Restart);
    let later: Vec<usize> = later.into_iter().filter(|&m| m > n + 1).collect();
    if let Some(first) = later.first() {
        let votes = world.view(&world.placed()[first - 1].before).votes(pool, None);
        let who = join(&voters(world.problem(), &world.names, pool, after));
        let text = format!(
            "{} {}: voters {who} (a Front End takes the SQL host of the topology it started with: inferred); \
             {} up of {}, needs {}: one at a time is possible",
            verb(later.len(), "step", "steps"),
            and(&later),
            votes.sure,
            votes.voters,
            votes.needed
        );
        full.lines.push(line("later", text, None));
    }
    Some(full)
}

/// The arithmetic of a pool in a state.
#[must_use]
pub fn arithmetic(problem: &Problem, names: &Names<'_>, pool: PoolId, v: View<'_>, place: &str) -> FullStop {
    let members = &problem.estate.pool(pool).front_ends;
    let all: Vec<String> = members.iter().map(|&f| names.front_end(f)).collect();
    let votes = v.votes(pool, None);
    let who = voters(problem, names, pool, v);
    let seeds = votes.voters - usize::from(has_sql_voter(members));
    let up: Vec<String> = members
        .iter()
        .take(seeds)
        .filter(|&&f| v.is(Field::Services(f), Value::Running).holds())
        .map(|&f| names.front_end(f))
        .collect();
    let sql_up = votes.sure > up.len();
    let mut now = join(&up);
    if has_sql_voter(members) {
        now += if sql_up { ", and the SQL host" } else { "; the SQL host does not count" };
        now += dead_voter(problem, names, pool, v).as_str();
    }
    let spare = votes.sure.saturating_sub(votes.needed);
    let mut lines = vec![
        line("voters", join(&who), Some(votes.voters)),
        line("needed", format!("half of {}, rounded down, plus 1", votes.voters), Some(votes.needed)),
        line("up now", now, Some(votes.sure)),
        line("spare", if spare == 0 { "none: one more failure stops the pool by itself" } else { "" }, Some(spare)),
    ];
    if let Some(&f) = members.iter().find(|&&f| v.pool_holds(pool, Some(f)) != Truth::True) {
        let without = v.votes(pool, Some(f));
        lines.push(line(
            "rolling",
            format!(
                "{} down leaves {} of {}, and {} are needed: the rest stops too",
                names.front_end(f),
                without.sure,
                without.voters,
                without.needed
            ),
            None,
        ));
    }
    let why = format!("why {} cannot be restarted one after the other {place}", join(&all));
    FullStop { pool: names.pool(pool), why, lines }
}

/// In pools of 2, 4 and 6 the SQL host of the primary slot votes too (operations §11.3).
fn has_sql_voter(members: &[FrontEndId]) -> bool {
    matches!(members.len(), 2 | 4 | 6)
}

fn voters(problem: &Problem, names: &Names<'_>, pool: PoolId, v: View<'_>) -> Vec<String> {
    let members = &problem.estate.pool(pool).front_ends;
    let seeds = v.votes(pool, None).voters - usize::from(has_sql_voter(members));
    let mut who: Vec<String> = members.iter().take(seeds).map(|&f| names.front_end(f)).collect();
    if has_sql_voter(members) {
        who.push(sql_voter(problem, pool, v).map_or_else(
            || "the SQL host in the primary slot (not the same for all)".to_owned(),
            |i| format!("{}, the SQL host in the primary slot they run with", names.instance(i)),
        ));
    }
    who
}

/// The SQL host that all Front Ends took as voter.
fn sql_voter(problem: &Problem, pool: PoolId, v: View<'_>) -> Option<model::estate::InstanceId> {
    let user = problem.estate.store_of(pool, model::database_type::DatabaseType::User)?;
    let mut loaded =
        problem.estate.pool(pool).front_ends.iter().map(|&f| v.get(Field::LoadedPrimary(f, user)).instance());
    let first = loaded.next()??;
    loaded.all(|i| i == Some(first)).then_some(first)
}

/// Why the SQL host has no vote, where that is seen.
fn dead_voter(problem: &Problem, names: &Names<'_>, pool: PoolId, v: View<'_>) -> String {
    match sql_voter(problem, pool, v) {
        Some(i) if v.get(Field::Answers(i)) == Value::No => {
            format!(": {} is dead, and failing the databases over does not move its vote", names.instance(i))
        }
        _ => String::new(),
    }
}
