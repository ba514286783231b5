//! What cannot be undone, and what hurts if something else breaks meanwhile: computed from the states after each step.

use std::collections::BTreeSet;

use model::declaration::Undo;
use model::estate::{DatabaseId, InstanceId, PoolId};
use model::field::{Field, Value};
use model::truth::Truth;
use serde::Serialize;

use super::world::{Window, World};
use crate::present::names::Text;
use crate::present::numbers::{count, verb};
use crate::present::{reasons, time};

/// The dangers of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Dangers {
    /// Steps that cannot be undone, and why.
    pub no_way_back: Vec<NoWayBack>,
    /// What is left if the host of an only copy breaks, by the time in which it is one.
    pub survivors: Vec<Survivor>,
    /// Steps after which a Front End that restarts by itself finds no back end; 0 where it finds none before the plan.
    pub blind_restart_after: Vec<usize>,
}

/// Steps that cannot be undone, for one reason.
#[derive(Clone, Debug, Serialize)]
pub struct NoWayBack {
    /// The steps, by number.
    pub steps: Vec<usize>,
    /// Why.
    pub why: &'static str,
}

/// The host of the only copy.
#[derive(Clone, Debug, Serialize)]
pub struct Survivor {
    /// Its instances.
    pub host: Text,
    /// How many these are.
    pub instances: usize,
    /// How old the backups are that would then be left, in a sentence.
    pub backups: String,
    /// The time in which there is no second copy.
    pub window: Window,
}

impl Survivor {
    /// The verb that goes with them.
    #[must_use]
    pub fn breaks(&self) -> &'static str {
        verb(self.instances, "breaks", "break")
    }

    /// When it would hurt: ` before step 23`, ` between steps 38 and 46`; empty where it would all the time.
    #[must_use]
    pub fn when(&self) -> String {
        match (self.window.from_step, self.window.until_step) {
            (None, Some(until)) => format!(" before step {until}"),
            (Some(from), Some(until)) => format!(" between steps {from} and {until}"),
            (Some(from), None) => format!(" after step {from}"),
            (None, None) => String::new(),
        }
    }
}

/// The dangers of a plan.
pub(super) fn of(world: &World<'_>) -> Dangers {
    Dangers {
        no_way_back: no_way_back(world),
        survivors: world.windows().into_iter().filter_map(|w| survivor(world, w)).collect(),
        blind_restart_after: blind_restarts(world),
    }
}

fn no_way_back(world: &World<'_>) -> Vec<NoWayBack> {
    let mut all: Vec<NoWayBack> = Vec::new();
    for (n, p) in world.placed().iter().enumerate() {
        let Undo::Irreversible(why) = p.declaration.undo else { continue };
        match all.iter_mut().find(|x| x.why == why) {
            Some(same) => same.steps.push(n + 1),
            None => all.push(NoWayBack { steps: vec![n + 1], why }),
        }
    }
    all
}

/// The hosts that hold the only copy of something while there is no second one: those that serve it, or else those whose
/// copy is complete.
fn survivor(world: &World<'_>, window: Window) -> Option<Survivor> {
    let first = window.from_step.map_or(0, |n| n - 1);
    let end = window.until_step.map_or(world.placed().len(), |n| n - 1);
    let mut alone: BTreeSet<InstanceId> = BTreeSet::new();
    let mut databases: BTreeSet<DatabaseId> = BTreeSet::new();
    // Every pool at the begin, and then those that a step has touched.
    let all: BTreeSet<PoolId> = world.problem().pools().into_iter().collect();
    for n in first..end {
        let (v, pools) = (world.after(n), if n == first { &all } else { world.touched.pools(n) });
        for store in pools.iter().flat_map(|&p| world.problem().managed(p)).map(|w| world.estate().store(w.store)) {
            for &d in store.databases.iter().filter(|&&d| !v.protected(d)) {
                let serves = |&i: &InstanceId| v.serves(d, i) == Truth::True;
                let complete = |&i: &InstanceId| v.get(Field::Content(d, i)) == Value::Complete;
                let mut serving = store.instances.iter().copied().filter(serves);
                let mut whole = store.instances.iter().copied().filter(complete);
                let only = match (serving.next(), serving.next()) {
                    (Some(i), None) => Some(i),
                    (None, _) => whole.next().filter(|_| whole.next().is_none()),
                    (Some(_), Some(_)) => None,
                };
                if let Some(i) = only {
                    alone.insert(i);
                    databases.insert(d);
                }
            }
        }
    }
    let host = || world.names.both(|n| world.join(n, &alone));
    let backups = || backups(world, &databases);
    (!alone.is_empty()).then(|| Survivor { host: host(), instances: alone.len(), backups: backups(), window })
}

/// How old the last backups of some databases are, of whichever copy they were made: as far as that was read.
fn backups(world: &World<'_>, databases: &BTreeSet<DatabaseId>) -> String {
    let read = |&&d: &&DatabaseId| reasons::backed_up(world.context.snapshot, world.estate(), d);
    let known: Vec<_> = databases.iter().filter_map(|d| read(&d)).collect();
    let Some(oldest) = known.iter().min() else { return "cstopo has not read how old they are".to_owned() };
    let context = world.context;
    let age = format!("{}, {} old", context.at(*oldest), time::lasted(time::seconds(*oldest, context.now)));
    match (known.len(), databases.len()) {
        (1, 1) => format!("the last one is of {age}"),
        (n, all) if n == all => format!("the oldest of the last ones is of {age}"),
        (n, all) => {
            format!("those of {n} of {} are of {age}, or newer; of the others none was read", count(all, "database"))
        }
    }
}

/// While the published slots lead to nobody who serves, a Front End must not start (rules §3.17).
fn blind_restarts(world: &World<'_>) -> Vec<usize> {
    let (first, after) = world.failing(|v, pool| !world.blind(v, pool));
    let later = after.iter().enumerate().filter(|(_, blind)| **blind > 0).map(|(n, _)| n + 1);
    (first > 0).then_some(0).into_iter().chain(later).collect()
}

fn between(from: usize, until: usize) -> String {
    if from == 0 { format!("until step {until} has ended") } else { format!("between steps {from} and {until}") }
}

impl Dangers {
    /// The window in which Front Ends must not start, as a sentence.
    #[must_use]
    pub fn blind_restart(&self) -> Option<String> {
        let mut spans: Vec<(usize, usize)> = Vec::new();
        for &n in &self.blind_restart_after {
            match spans.last_mut() {
                Some((_, until)) if *until == n => *until = n + 1,
                _ => spans.push((n, n + 1)),
            }
        }
        let spans: Vec<String> = spans.iter().map(|&(from, until)| between(from, until)).collect();
        let when = (!spans.is_empty()).then(|| spans.join(", and "))?;
        Some(format!("{when} a Front End that restarts by itself finds no back end: do not pause there."))
    }
}
