//! Parts of the work: what each is for and how urgent it is, read off the states around it; and what a run that stops
//! safely leaves behind.

use std::collections::BTreeSet;

use model::cms;
use model::declaration::{Stage as Part, Work};
use model::estate::InstanceId;
use model::field::{Field, Value};
use model::truth::Truth;
use model::view::View;
use planner::sequence::Placed;
use serde::Serialize;

use super::steps::Step;
use super::world::World;
use crate::present::names::{Names, Text};
use crate::present::numbers::{join, verb};

/// A part of the work.
#[derive(Clone, Debug, Serialize)]
pub struct Stage {
    /// `serve`, `follow`, `rebuild` or `protect`.
    pub part: &'static str,
    /// What it is for.
    pub purpose: Text,
    /// When.
    pub when: &'static str,
    /// Its steps.
    pub steps: Vec<Step>,
}

/// Steps by the part of the work they belong to, in order.
pub(super) fn of(world: &World<'_>, steps: Vec<Step>) -> Vec<Stage> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut part_before = None;
    for (n, step) in steps.into_iter().enumerate() {
        let part = part_of(world, n);
        if part_before != Some(part) {
            part_before = Some(part);
            let length = (n..world.placed().len()).take_while(|&m| part_of(world, m) == part).count();
            stages.push(head(world, part, n, n + length - 1));
        }
        if let Some(stage) = stages.last_mut() {
            stage.steps.push(step);
        }
    }
    stages
}

/// The part of a step. What is saved is saved for the publish that follows, and belongs to it.
fn part_of(world: &World<'_>, n: usize) -> Part {
    let own = &world.placed()[n].declaration;
    if own.origin.deviation != Some("save") {
        return own.stage;
    }
    let mut later = world.placed()[n..].iter().map(|p| &p.declaration);
    later.find(|d| d.work == Work::Publish).unwrap_or(own).stage
}

/// Whether something is false that no step may make so.
fn harmed(world: &World<'_>, v: View<'_>) -> bool {
    model::invariant::all(world.problem()).iter().any(|c| c.condition.eval(v) == Truth::False)
}

fn head(world: &World<'_>, part: Part, first: usize, last: usize) -> Stage {
    let placed = &world.placed()[first..=last];
    let (before, after) = (world.view(&placed[0].before), world.after(last));
    let rested = first.checked_sub(1).is_some_and(|n| world.safe_stops.contains(&n));
    let when = match part {
        Part::Rebuild => "as long as it takes you",
        _ if !world.served(before) || harmed(world, before) => "now",
        _ if rested || (first == 0 && world.protected(before)) => "can wait for daylight",
        _ => "soon, there is nothing to spare",
    };
    let purpose = world.names.both(|n| purpose(world, n, part, placed, before, after));
    Stage { part: name(part), purpose, when, steps: Vec::new() }
}

fn name(part: Part) -> &'static str {
    match part {
        Part::Serve => "serve",
        Part::Follow => "follow",
        Part::Rebuild => "rebuild",
        Part::Protect => "protect",
    }
}

fn purpose(
    world: &World<'_>,
    names: &Names<'_>,
    part: Part,
    placed: &[Placed],
    before: View<'_>,
    after: View<'_>,
) -> String {
    let on = |instances: &BTreeSet<InstanceId>| world.join(names, instances);
    let taken = |slot| -> BTreeSet<InstanceId> {
        world.in_slot(after, slot).difference(&world.in_slot(before, slot)).copied().collect()
    };
    match part {
        Part::Follow | Part::Protect if without_quorum(world, before) && !without_quorum(world, after) => {
            "Start the Front Ends".to_owned()
        }
        Part::Serve if world.servers(before) == world.servers(after) && !subjects(names, placed).is_empty() => {
            format!("Make sure that {} cannot serve", subjects(names, placed))
        }
        Part::Serve if world.served(before) => {
            let all = world.servers(after);
            let new: BTreeSet<InstanceId> = all.difference(&world.servers(before)).copied().collect();
            format!("Serve from {}", on(if new.is_empty() { &all } else { &new }))
        }
        Part::Serve => format!("Bring service back on {}", on(&world.servers(after))),
        Part::Follow => {
            let stores = taken(Field::PrimarySlot);
            let mirrors = world.in_slot(before, Field::MirrorSlot);
            match (stores.is_empty(), mirrors.is_empty()) {
                (false, _) => format!("Move the topology to {}", on(&stores)),
                (true, false) if world.in_slot(after, Field::MirrorSlot).is_empty() => "Take mirroring off".to_owned(),
                _ if cms::holder(before) != cms::holder(after) => {
                    let to = cms::holder(after).map(|p| names.pool(p));
                    format!("Move the Central Management store to {}", to.unwrap_or_default())
                }
                _ if placed.iter().all(ends_session) => "End what is left of sessions".to_owned(),
                _ => "Let topology and Front Ends agree".to_owned(),
            }
        }
        Part::Rebuild => {
            format!("Rebuild {}", subjects(names, placed))
        }
        Part::Protect if witness_only(world, placed, before) => {
            let pair = [Field::PrimarySlot, Field::MirrorSlot].map(|slot| on(&world.in_slot(after, slot))).join(" → ");
            let witness = world.in_slot(after, Field::WitnessSlot);
            if witness.is_empty() {
                format!("No witness for {pair}")
            } else {
                format!("Witness {pair} by {}", on(&witness))
            }
        }
        Part::Protect if world.protected(before) && placed.iter().all(catches_up) => {
            "Let topology and Front Ends agree".to_owned()
        }
        Part::Protect => {
            let (mut from, mut to) =
                (world.in_slot(after, Field::PrimarySlot), world.in_slot(after, Field::MirrorSlot));
            // Where the slots stay, the survivor in the mirror slot is copied to the primary slot.
            if placed.iter().any(|p| p.declaration.origin.deviation == Some("remirror")) {
                std::mem::swap(&mut from, &mut to);
            }
            let again = if world.in_slot(world.first(), Field::MirrorSlot).is_empty() { "" } else { " again" };
            // What is mirrored already is not mirrored again by what is left to do.
            let done = to.is_empty() || world.protected(before);
            if done { "Finish".to_owned() } else { format!("Mirror {} → {}{again}", on(&from), on(&to)) }
        }
    }
}

/// Whether a pool is known to lack its votes or its routing groups.
fn without_quorum(world: &World<'_>, v: View<'_>) -> bool {
    world.problem().pools().into_iter().any(|p| v.pool_holds(p, None) == Truth::False)
}

/// Whether a pair that is whole gets another witness.
fn witness_only(world: &World<'_>, placed: &[Placed], before: View<'_>) -> bool {
    world.protected(before) && placed.iter().any(|p| p.declaration.origin.deviation == Some("witness"))
}

/// Whether a step lets Front Ends have and run what is published, and does nothing else.
fn catches_up(p: &Placed) -> bool {
    matches!(p.declaration.work, Work::Restart | Work::FullStop) || p.declaration.id.0.starts_with("replicate/")
}

/// Whether a step ends a session, and does nothing else.
fn ends_session(p: &Placed) -> bool {
    ["end-mirroring/", "forget-partner/"].iter().any(|id| p.declaration.id.0.starts_with(id))
}

/// The hosts that steps work on.
fn subjects(names: &Names<'_>, placed: &[Placed]) -> String {
    let hosts: BTreeSet<String> = placed
        .iter()
        .filter_map(|p| match p.declaration.subject {
            model::declaration::Subject::Host(h) => Some(names.host(h)),
            _ => None,
        })
        .collect();
    join(&hosts.into_iter().collect::<Vec<_>>())
}

/// What a run that stops after a step leaves behind; none where it is no safe stop.
pub(super) fn safe_stop(world: &World<'_>, n: usize) -> Option<Text> {
    if !world.safe_stops.contains(&n) {
        return None;
    }
    if n + 1 == world.placed().len() {
        return Some(Text::plain("done"));
    }
    let before = world.safe_stops.iter().copied().filter(|&m| m < n).max();
    let phrase = |n| world.names.both(|names| rests(world, names, world.after(n)));
    let now = phrase(n);
    // The same rest once more needs no second description.
    Some(if before.map(phrase).as_ref() == Some(&now) { Text::plain("") } else { now })
}

/// Who serves, whether there is a second copy, and how Front Ends find it.
fn rests(world: &World<'_>, names: &Names<'_>, v: View<'_>) -> String {
    let servers = world.servers(v);
    let on = world.join(names, &servers);
    let front_ends = front_ends(world, v);
    let serve = verb(servers.len(), "serves", "serve");
    if world.protected(v) {
        return format!("{on} {serve}, every database has its second copy; {front_ends}");
    }
    let mirrors = world.in_slot(v, Field::MirrorSlot);
    if mirrors.is_empty() { format!("{on} alone, {front_ends}") } else { format!("{on} {serve} all; {front_ends}") }
}

fn front_ends(world: &World<'_>, v: View<'_>) -> &'static str {
    let mut all = Vec::new();
    for pool in world.problem().pools() {
        for &f in &world.estate().pool(pool).front_ends {
            for wish in world.problem().managed(pool) {
                all.push((v.get(Field::LoadedPrimary(f, wish.store)), wish.store));
            }
        }
    }
    let serves = |value: Value, s: model::estate::StoreId| {
        let databases = &world.estate().store(s).databases;
        value.instance().is_some_and(|i| databases.iter().all(|&d| v.serves(d, i).holds()))
    };
    if all.iter().any(|(loaded, _)| !loaded.is_known()) {
        "which topology Front Ends run is unknown"
    } else if all.iter().all(|&(loaded, s)| serves(loaded, s)) {
        "topology and Front Ends agree"
    } else {
        "Front Ends follow by the old topology"
    }
}
