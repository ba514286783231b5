//! What a plan costs: users, the archive, protection, people with their rights, time by part of the work.

use std::collections::BTreeSet;

use model::database_type::DatabaseType;
use model::declaration::{Performer, Stage, Work};
use model::estate::PoolId;
use serde::Serialize;

use super::world::{Window, World};
use crate::present::known;
use crate::present::names::Text;
use crate::present::numbers::{and, commas, span as numbers, verb};
use crate::present::{reasons, span, time};

/// The price.
#[derive(Clone, Debug, Serialize)]
pub struct Price {
    /// What users notice.
    pub users: Vec<String>,
    /// What the archive loses.
    pub archive: Option<String>,
    /// How long there is one copy only.
    pub protection: Option<Text>,
    /// Publishes that pools share, and who waits for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publishes: Option<Text>,
    /// Rights that people need, with the steps.
    pub people: Vec<Rights>,
    /// Rights that the account needs under which the program runs, with the steps.
    pub account: Vec<Rights>,
    /// Time by part of the work.
    pub time: Vec<Time>,
}

/// Rights, and the steps that need them.
#[derive(Clone, Debug, Serialize)]
pub struct Rights {
    /// The rights.
    pub rights: Vec<&'static str>,
    /// The steps, by number.
    pub steps: Vec<usize>,
}

/// Time of a part of the work.
#[derive(Clone, Debug, Serialize)]
pub struct Time {
    /// Its first step, by number.
    pub first: usize,
    /// Its last step, by number.
    pub last: usize,
    /// At least, in seconds.
    pub least_seconds: u32,
    /// At most, as a rule, in seconds.
    pub most_seconds: u32,
    /// Whether it is up to people who do something else than following clicks.
    pub yours: bool,
}

impl Time {
    /// In words: `1-5: 7-30 min`.
    #[must_use]
    pub fn text(&self) -> String {
        let long = span::total(self.least_seconds, self.most_seconds);
        let steps = numbers(self.first, self.last);
        if self.yours { format!("{steps}: yours, {long} assumed") } else { format!("{steps}: {long}") }
    }
}

/// A component of a cost as people read it: what it counts, and how much that is. Its name in the planner says the unit.
#[must_use]
pub fn component(name: &'static str, value: u64) -> (&'static str, String) {
    let (what, unit) = name.split_once(", ").unwrap_or((name, ""));
    let thousandths = unit.contains("thousandths");
    let text = match (unit.starts_with("seconds"), thousandths) {
        (true, true) => format!("{} of all users", time::lasted(value / 1000)),
        (true, false) => format!("{}, summed over stores", time::lasted(value)),
        (false, _) => value.to_string(),
    };
    (what, text)
}

/// The price of a plan.
pub(super) fn of(world: &World<'_>) -> Price {
    Price {
        users: users(world),
        archive: archive(world),
        protection: protection(world),
        publishes: publishes(world),
        people: rights(world, true),
        account: rights(world, false),
        time: time(world),
    }
}

fn users(world: &World<'_>) -> Vec<String> {
    let mut users = Vec::new();
    let stops = world.of_work(Work::FullStop);
    if !stops.is_empty() {
        let verb = verb(stops.len(), "stops", "stop");
        users.push(format!("{} {verb} the whole pool: all users are signed out.", and(&stops)));
    }
    let restarts = world.of_work(Work::Restart);
    if !restarts.is_empty() {
        users.push(format!(
            "{} {} out the users of one Front End at a time; they sign in again by themselves.",
            and(&restarts),
            verb(restarts.len(), "signs", "sign")
        ));
    }
    let fails_over = world
        .numbers(|p| p.declaration.stage == Stage::Serve && p.declaration.work == Work::Change)
        .into_iter()
        .filter(|&n| world.moves_users(&world.placed()[n - 1]));
    let fails_over: Vec<usize> = fails_over.collect();
    if let Some(first) = fails_over.first() {
        users.push(format!("After step {first} {}.", known::MOBILE));
    }
    for (n, p) in world.placed().iter().enumerate() {
        let restarted = world.restarted_by_hand(p);
        users.extend(
            restarted.map(|f| format!("{} ends with a restart of {f}: its users are signed out meanwhile.", n + 1)),
        );
    }
    if users.is_empty() {
        users.push("they notice nothing.".to_owned());
    }
    users
}

fn archive(world: &World<'_>) -> Option<String> {
    let restarts = !world.of_work(Work::Restart).is_empty() || !world.of_work(Work::FullStop).is_empty();
    let archived =
        world.problem().pools().iter().any(|&p| world.estate().store_of(p, DatabaseType::Archiving).is_some());
    (restarts && archived).then(|| known::ARCHIVE.to_owned())
}

fn protection(world: &World<'_>) -> Option<Text> {
    let windows = world.windows();
    let first = windows.first()?;
    let since = world
        .slotted()
        .into_iter()
        .find_map(|i| reasons::silent_since(world.context.snapshot, world.estate(), world.estate().host_of(i)));
    let from = since.filter(|_| first.from_step.is_none());
    let from = from.map_or_else(String::new, |t| format!(" from {}", world.context.about(t)));
    let to = match (windows.as_slice(), world.protected(world.last())) {
        ([Window { from_step: None, .. }], false) => " on, also after the plan".to_owned(),
        (_, false) => format!(" {}, also after the plan", Window::all(&windows)),
        (_, true) => format!(" {}", Window::all(&windows)),
    };
    // In each window it is those that serve then whose logs grow.
    let servers: BTreeSet<_> = windows
        .iter()
        .flat_map(|w| world.servers(world.after(w.until_step.unwrap_or(world.placed().len()) - 1)))
        .collect();
    if servers.is_empty() {
        return None;
    }
    let some = windows.iter().all(|w| world.alone(*w) < world.databases());
    let of = if some { format!(" of {}", world.alone_in_words(&windows)) } else { String::new() };
    Some(world.names.both(|names| {
        format!(
            "one copy only{of}{from}{to}; the logs on {} grow until someone backs them up there",
            world.join(names, &servers)
        )
    }))
}

/// What is saved where pools share publishes (`publish-wait`), and what they wait for it.
fn publishes(world: &World<'_>) -> Option<Text> {
    let shared = world.solved.shared;
    let seconds = |n: u64| span::at_most(n);
    let waits = |pool: &dyn Fn(PoolId) -> String| match shared.longest {
        Some((p, longest)) => {
            format!("pools wait {} in all, {} longest, {}", seconds(shared.added), pool(p), seconds(longest))
        }
        None => "no pool waits for another".to_owned(),
    };
    (shared.saved > 0).then(|| {
        let fewer = if shared.saved == 1 { "1 publish".to_owned() } else { format!("{} publishes", shared.saved) };
        world.names.both(|names| format!("{fewer} fewer, because pools share them; {}", waits(&|p| names.pool(p))))
    })
}

fn rights(world: &World<'_>, people: bool) -> Vec<Rights> {
    let mut all: Vec<Rights> = Vec::new();
    for (n, p) in world.placed().iter().enumerate() {
        let Some(way) = world.way(p) else { continue };
        if (way.performer == Performer::Person) != people || way.rights.is_empty() {
            continue;
        }
        match all.iter_mut().find(|r| r.rights == way.rights) {
            Some(same) => same.steps.push(n + 1),
            None => all.push(Rights { rights: way.rights.clone(), steps: vec![n + 1] }),
        }
    }
    all
}

impl Rights {
    /// In words: `RTCUniversalServerAdmins (7, 8, 19)`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{} ({})", self.rights.join(", "), commas(&self.steps))
    }
}

fn time(world: &World<'_>) -> Vec<Time> {
    let mut parts: Vec<(Stage, Time)> = Vec::new();
    for (n, p) in world.placed().iter().enumerate() {
        let d = &p.declaration;
        let yours = d.stage == Stage::Rebuild;
        match parts.last_mut() {
            Some((stage, time)) if *stage == d.stage => {
                time.last = n + 1;
                time.least_seconds += d.duration.least;
                time.most_seconds += d.duration.most;
            }
            _ => parts.push((
                d.stage,
                Time {
                    first: n + 1,
                    last: n + 1,
                    least_seconds: d.duration.least,
                    most_seconds: d.duration.most,
                    yours,
                },
            )),
        }
    }
    parts.into_iter().map(|(_, time)| time).collect()
}
