//! What is so around a step: votes, the next safe stop, the second copy, what users notice, and whether one more failure could
//! be survived; read off the states before, during and after it. It prices nothing.

use std::collections::{BTreeMap, BTreeSet};

use model::database_type::DatabaseType;
use model::declaration::{Stage, Subject, Work};
use model::estate::{DatabaseId, HostId, PoolId};
use model::field::{Field, State, Value};
use model::truth::Truth;
use model::view::View;
use serde::Serialize;

use super::world::World;
use crate::present::names::{Names, Text};
use crate::present::numbers::{count, join};
use crate::present::{known, span};

/// Up to how many steps this is told of each: a person reads no more of them, and all states are looked at.
const STEPS: usize = 256;

/// What is so around a step.
#[derive(Clone, Debug, Serialize)]
pub struct Around {
    /// Votes of the pools that the step is about.
    pub votes: Vec<Votes>,
    /// The step after which a run may next stop for hours, by number; none before the plan's end.
    pub safe_stop_after: Option<usize>,
    /// Whether every database has its second copy while it runs.
    pub second_copy: bool,
    /// The step with which every database has it again, by number; none where the plan brings none.
    pub second_copy_from_step: Option<usize>,
    /// How long it is missing from the step's begin on, at most, in seconds.
    pub without_second_copy_seconds: u64,
    /// What users notice, in sentences; none where they notice nothing.
    pub users: Vec<String>,
    /// Whether one more failure while it runs can be survived: `yes`, `no` or `unknown`.
    pub one_more_failure: &'static str,
    /// The failures that cannot be, or of which that is not known.
    pub not_survived: Vec<Text>,
}

/// Votes of a pool around a step.
#[derive(Clone, Debug, Serialize)]
pub struct Votes {
    /// The pool.
    pub pool: String,
    /// Before it.
    pub before: usize,
    /// While it runs.
    pub during: usize,
    /// After it.
    pub after: usize,
    /// Without which the pool stops.
    pub needed: usize,
}

/// What is so around a step, counted from 0; none in a plan that is too long for it.
pub(super) fn of(world: &World<'_>, n: usize) -> Option<Around> {
    let p = world.placed().get(n).filter(|_| world.placed().len() <= STEPS)?;
    let during = world.view(&p.taken.during);
    let pools = pools(world, p.declaration.subject);
    let second_copy = world.protected(during);
    let again = (n..world.placed().len()).find(|&m| world.protected(world.after(m)));
    let last = again.unwrap_or(world.placed().len() - 1);
    let missing = world.placed()[n..=last].iter().map(|p| u64::from(p.declaration.duration.most)).sum();
    let (survived, not_survived) = failures(world, &pools, &p.taken.during);
    Some(Around {
        votes: pools.iter().map(|&pool| votes(world, pool, n)).collect(),
        safe_stop_after: world.safe_stops.iter().find(|&&m| m >= n).map(|m| m + 1),
        second_copy,
        second_copy_from_step: again.filter(|_| !second_copy).map(|m| m + 1),
        without_second_copy_seconds: if second_copy { 0 } else { missing },
        users: users(world, &pools, n),
        one_more_failure: survived,
        not_survived,
    })
}

/// The managed pools that a step is about: a machine is about every pool whose stores it may hold, a pool that nobody manages
/// about all that are.
fn pools(world: &World<'_>, subject: Subject) -> Vec<PoolId> {
    let all = world.problem().pools();
    let estate = world.estate();
    let on = |h: HostId, pool: PoolId| {
        world.problem().managed(pool).any(|w| estate.store(w.store).instances.iter().any(|&i| estate.host_of(i) == h))
    };
    match subject {
        Subject::Pool(p) if all.contains(&p) => vec![p],
        Subject::Pool(_) => all,
        Subject::Host(h) => all.into_iter().filter(|&x| on(h, x)).collect(),
        Subject::Estate => all,
    }
}

fn votes(world: &World<'_>, pool: PoolId, n: usize) -> Votes {
    let p = &world.placed()[n];
    let [before, during, after] =
        [&p.before, &p.taken.during, &p.taken.after].map(|state| world.view(state).votes(pool, None));
    Votes {
        pool: world.names.pool(pool),
        before: before.sure,
        during: during.sure,
        after: after.sure,
        needed: during.needed,
    }
}

/// What users notice of a step.
fn users(world: &World<'_>, pools: &[PoolId], n: usize) -> Vec<String> {
    let p = &world.placed()[n];
    let (before, during, after) = (world.view(&p.before), world.view(&p.taken.during), world.after(n));
    let served = |v: View<'_>| pools.iter().all(|&pool| world.users_served(v, pool));
    let mut said = Vec::new();
    let work = p.declaration.work;
    match work {
        Work::FullStop => {
            said.push("all are signed out; they sign in again by themselves when it has ended".to_owned())
        }
        Work::Restart => {
            said.push("those of one Front End are signed out; they sign in again by themselves".to_owned())
        }
        Work::Publish | Work::Change | Work::Look => {}
    }
    if !served(during) && work != Work::FullStop {
        said.push("they have no back end, which they notice after 30 min: resiliency mode".to_owned());
    }
    if !served(before) && served(after) {
        said.push("when it has ended they have their back end again".to_owned());
    }
    if p.declaration.stage == Stage::Serve && work == Work::Change && world.moves_users(p) {
        said.push(known::MOBILE.to_owned());
    }
    said.extend(world.restarted_by_hand(p).map(|f| format!("those of {f} are signed out while it restarts")));
    let archived = pools.iter().any(|&pool| world.estate().store_of(pool, DatabaseType::Archiving).is_some());
    if matches!(work, Work::Restart | Work::FullStop) && archived {
        said.push(known::ARCHIVE.to_owned());
    }
    said
}

/// Whether any single failure of a Front End or of a SQL Server host could be survived in a state, and which could not.
fn failures(world: &World<'_>, pools: &[PoolId], state: &State) -> (&'static str, Vec<Text>) {
    let v = world.view(state);
    let mut said: Vec<Text> = Vec::new();
    let mut worst = Truth::True;
    for &pool in pools.iter().filter(|&&pool| v.announced_stop(pool) != Truth::True) {
        let truth = front_ends(world, v, pool, &mut said);
        worst = worst.and(truth);
    }
    if pools.iter().any(|&pool| world.blind(v, pool)) {
        worst = Truth::False;
        said.push(Text::plain("a Front End that restarts by itself finds no back end"));
    }
    let copies = only_copies(world, v, pools);
    for (&host, databases) in &copies {
        worst = Truth::False;
        let all = databases.len();
        said.push(world.names.both(|n| format!("{} holds the only copy of {}", n.host(host), count(all, "database"))));
    }
    let servers = servers(world, v, pools);
    if servers.is_empty() && copies.is_empty() && pools.iter().any(|&p| world.problem().managed(p).next().is_some()) {
        worst = Truth::False;
        said.push(Text::plain("nobody serves, and no complete copy is known"));
    }
    for host in servers.into_iter().filter(|h| !copies.contains_key(h)) {
        let truth = voter(world, pools, state, host);
        if truth != Truth::True {
            said.push(world.names.both(|n| format!("{} has a vote that cannot be spared", n.host(host))));
        }
        worst = worst.and(truth);
    }
    let word = match worst {
        Truth::True => "yes",
        Truth::False => "no",
        Truth::Unknown => "unknown",
    };
    (word, said)
}

/// Whether a pool holds without any one of its Front Ends.
fn front_ends(world: &World<'_>, v: View<'_>, pool: PoolId, said: &mut Vec<Text>) -> Truth {
    let all = &world.estate().pool(pool).front_ends;
    let running: Vec<_> = all.iter().copied().filter(|&f| v.get(Field::Services(f)) == Value::Running).collect();
    let held = Truth::all(running.iter().map(|&f| v.pool_holds(pool, Some(f))));
    if held == Truth::True {
        return held;
    }
    let votes = v.votes(pool, None);
    let up = running.len();
    let missing: Vec<_> = running.into_iter().filter(|&f| v.pool_holds(pool, Some(f)) != Truth::True).collect();
    let text = |names: &Names<'_>| {
        let list: Vec<String> = missing.iter().map(|&f| names.front_end(f)).collect();
        let whom = match (missing.len() == up, up == all.len()) {
            (true, true) => "any Front End".to_owned(),
            (true, false) => "any other Front End".to_owned(),
            (false, _) => either(&list),
        };
        let quorum = format!("{} of {} votes, needs {}", votes.sure, votes.voters, votes.needed);
        if votes.sure > votes.needed { format!("{whom}: a second Front End down") } else { format!("{whom}: {quorum}") }
    };
    said.push(world.names.both(text));
    held
}

/// `fe2`, `fe2 or fe3`.
fn either(list: &[String]) -> String {
    match list {
        [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => join(list),
    }
}

/// Databases of some pools that are served by a host and have no second copy in step.
fn only_copies(world: &World<'_>, v: View<'_>, pools: &[PoolId]) -> BTreeMap<HostId, BTreeSet<DatabaseId>> {
    let mut copies: BTreeMap<HostId, BTreeSet<DatabaseId>> = BTreeMap::new();
    for store in pools.iter().flat_map(|&p| world.problem().managed(p)).map(|w| world.estate().store(w.store)) {
        for &d in store.databases.iter().filter(|&&d| !v.protected(d)) {
            // Where nobody serves, the complete copy that is left is what counts.
            let holds = |&&i: &&_| {
                v.serves(d, i) == Truth::True
                    || (v.served(d) != Truth::True && v.get(Field::Content(d, i)) == Value::Complete)
            };
            let mut hosts: Vec<HostId> =
                store.instances.iter().filter(holds).map(|&i| world.estate().host_of(i)).collect();
            hosts.dedup();
            if let [only] = hosts.as_slice() {
                copies.entry(*only).or_default().insert(d);
            }
        }
    }
    copies
}

/// The hosts that serve databases of some pools.
fn servers(world: &World<'_>, v: View<'_>, pools: &[PoolId]) -> BTreeSet<HostId> {
    let stores = pools.iter().flat_map(|&p| world.problem().managed(p)).map(|w| world.estate().store(w.store));
    let serving = stores.flat_map(|s| {
        let serves = move |&i: &_| s.databases.iter().any(|&d| v.serves(d, i) == Truth::True);
        s.instances.iter().copied().filter(serves)
    });
    serving.map(|i| world.estate().host_of(i)).collect()
}

/// Whether the pools keep their quorum without the vote of a SQL Server host.
fn voter(world: &World<'_>, pools: &[PoolId], state: &State, host: HostId) -> Truth {
    let estate = world.estate();
    let mut without = state.clone();
    without.set(estate, Field::Reachable(host), Value::No);
    for i in estate.instance_ids().filter(|&i| estate.host_of(i) == host) {
        without.set(estate, Field::Answers(i), Value::No);
    }
    let v = world.problem().view(&without);
    Truth::all(pools.iter().filter(|&&p| v.announced_stop(p) != Truth::True).map(|&p| v.pool_holds(p, None)))
}

impl Around {
    /// Label by label, with names in the length that the screen has.
    #[must_use]
    pub fn lines(&self, short: bool) -> Vec<(&'static str, String)> {
        let mut lines: Vec<(&'static str, String)> =
            self.votes.iter().map(|v| ("votes", v.text(self.votes.len() > 1))).collect();
        lines.push(("rest", self.rest()));
        lines.push(("2nd copy", self.copy()));
        let users = if self.users.is_empty() { "they notice nothing".to_owned() } else { self.users.join("; ") };
        lines.push(("users", users));
        lines.push(("N-1", self.next_failure(short)));
        lines
    }

    /// Where a run may next stop for hours.
    #[must_use]
    pub fn rest(&self) -> String {
        self.safe_stop_after.map_or_else(|| "no safe stop".to_owned(), |n| format!("next safe stop after step {n}"))
    }

    /// How long there is no second copy.
    #[must_use]
    pub fn copy(&self) -> String {
        let most = span::at_most(self.without_second_copy_seconds);
        match (self.second_copy, self.second_copy_from_step) {
            (true, _) => "there, and in step".to_owned(),
            (false, Some(n)) => format!("missing until step {n} has ended, {most} at most from here on"),
            (false, None) => "missing, also after the plan".to_owned(),
        }
    }

    /// Whether one more failure could be survived.
    #[must_use]
    pub fn next_failure(&self, short: bool) -> String {
        let names: Vec<&str> =
            self.not_survived.iter().map(|t| if short { t.short.as_str() } else { t.full.as_str() }).collect();
        match self.one_more_failure {
            "yes" => "one more failure is survived: any Front End, any SQL Server host".to_owned(),
            "no" => format!("one more failure is not survived: {}", names.join("; ")),
            _ => format!("not known whether one more failure is survived: {}", names.join("; ")),
        }
    }
}

impl Votes {
    /// In words: `3 before, 2 while it runs, 3 after, needs 2: none to spare`.
    #[must_use]
    pub fn text(&self, named: bool) -> String {
        let whose = if named { format!("{}: ", self.pool) } else { String::new() };
        let spare = self.before.min(self.during).min(self.after).saturating_sub(self.needed);
        let spare = if spare == 0 { "none to spare".to_owned() } else { format!("{spare} to spare") };
        let (before, during, after) = (self.before, self.during, self.after);
        let counts = if before == during && during == after {
            format!("{before} all the time")
        } else {
            format!("{before} before, {during} while it runs, {after} after")
        };
        format!("{whose}{counts}, needs {}: {spare}", self.needed)
    }
}
