//! The answer in the first lines: how many steps, what for, whether data is lost, from when on users have their back end
//! again, how long there is no second copy.

use std::collections::BTreeSet;

use model::declaration::{Risk, Stage, Subject, Work};
use model::estate::{DatabaseId, InstanceId, PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::Wanted;
use model::truth::Truth;
use model::view::View;
use planner::runner_up;
use planner::sequence::Placed;
use serde::Serialize;

use super::counts::Counts;
use super::world::{Window, World};
use crate::present::numbers::{and, count, join, verb};
use crate::present::{left_out, missing, simulated, span, time};

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct Headline {
    /// In sentences.
    pub text: String,
    /// The purpose, as a heading: `pool01.contoso.com gets its mirror back, slots exchanged`.
    pub title: String,
    /// Databases that are lost in part, or may be.
    pub data_lost: Vec<String>,
    /// The step from which on users have their back end again; none if they have it all the time.
    pub service_from_step: Option<usize>,
    /// The times in which some database has no second copy.
    pub without_second_copy: Vec<Window>,
    /// The smallest number of votes of a pool while a step runs.
    pub margin: Option<Margin>,
}

/// Votes of a pool at their lowest.
#[derive(Clone, Debug, Serialize)]
pub struct Margin {
    /// The pool.
    pub pool: String,
    /// Votes that are there.
    pub votes: usize,
    /// Voters in all.
    pub voters: usize,
    /// Votes that it needs.
    pub needed: usize,
    /// The step at which they are that few; none if it is before any.
    pub step: Option<usize>,
}

/// The answer of a plan.
pub(super) fn of(world: &World<'_>, counts: &Counts) -> Headline {
    let (purpose, title) = purpose(world, counts.steps);
    let service = service(world);
    let copies = world.windows();
    let simulated = simulated::of(world.context);
    let mut sentences =
        vec![format!("{}{simulated} {purpose}.", count(counts.steps, "step")), yours(counts), data(world)];
    sentences.extend(stop(world));
    sentences.extend(continuity(world, service, &copies));
    sentences.extend(detour(world));
    let names = lost(world).into_iter().map(|(d, _)| world.estate().qualified(d));
    Headline {
        text: sentences.join(" "),
        title,
        data_lost: names.collect(),
        service_from_step: service,
        without_second_copy: copies,
        margin: margin(world),
    }
}

/// What the plan is for: as the rest of a sentence, and as a heading.
fn purpose(world: &World<'_>, steps: usize) -> (String, String) {
    let pools = world.problem().pools();
    let mut purposes: Vec<Purpose> = pools.iter().map(|&p| of_pool(world, p)).collect();
    purposes.dedup();
    let names: Vec<String> = pools.iter().map(|&p| left_out::whom(world.problem(), world.context, p)).collect();
    let whom = if names.len() > 3 { format!("{} pools", names.len()) } else { join(&names) };
    let (s, es) = (verb(steps, "s", ""), verb(pools.len(), "s", ""));
    let its = verb(pools.len(), "its", "their");
    if let Some(to) = world.problem().cms_to {
        let to = &world.estate().pool(to).fqdn;
        let gained = world.gained();
        if gained.is_empty() {
            let store = "the Central Management store";
            return (format!("move{s} {store} to {to}"), format!("{store} on {to}"));
        }
        let on = world.join(&world.names.whole(), &gained);
        return (
            format!("make{s} {on} PRINCIPAL for {whom}, and move{s} the Central Management store to {to}"),
            format!("{on} PRINCIPAL for {whom}, Central Management store on {to}"),
        );
    }
    match purposes.as_slice() {
        [Purpose::Mirrored { again, slots }] => {
            let mirror = if *again { format!("{its} mirror back") } else { "a mirror".to_owned() };
            let (with, heading) = match slots {
                Moved::Exchanged => (", with the slots exchanged", ", slots exchanged"),
                Moved::Elsewhere => (", with other slots", ", other slots"),
                Moved::Kept => ("", ""),
            };
            (format!("give{s} {whom} {mirror}{with}"), format!("{whom} get{es} {mirror}{heading}"))
        }
        [Purpose::BroughtBack { of, mirrored }] => {
            let what = of.as_ref().map_or_else(|| whom.clone(), |kinds| format!("{} of {whom}", join(kinds)));
            let its = verb(of.as_ref().map_or(pools.len(), Vec::len), "its", "their");
            let (then, heading) =
                if *mirrored { (" and give it a mirror again", ", mirrored again") } else { ("", "") };
            (
                format!("bring{s} {what} back from {its} backups{then}"),
                format!("{what} back from {its} backups{heading}"),
            )
        }
        [Purpose::Alone] => {
            let on = world.join(&world.names.whole(), &world.servers(world.last()));
            (
                format!("move{s} {whom} to {on} alone, without a mirror"),
                format!("{whom} on {on} alone, without a mirror"),
            )
        }
        [Purpose::Role { of }] => {
            let on = world.join(&world.names.whole(), &world.gained());
            let what = of.as_ref().map_or_else(|| whom.clone(), |kinds| format!("{} of {whom}", join(kinds)));
            (format!("make{s} {on} PRINCIPAL for {what}"), format!("{on} PRINCIPAL for {what}"))
        }
        _ => {
            let as_declared = format!("as {} says", world.context.files.desired);
            (format!("bring{s} {whom} to where {} says", world.context.files.desired), format!("{whom} {as_declared}"))
        }
    }
}

#[derive(PartialEq, Eq)]
enum Purpose {
    /// Every copy was lost, of all stores or of these only.
    BroughtBack {
        of: Option<Vec<&'static str>>,
        mirrored: bool,
    },
    /// Every database is mirrored in the end, and was not before.
    Mirrored {
        again: bool,
        slots: Moved,
    },
    /// No database is mirrored in the end, and mirrors were there before.
    Alone,
    /// Only roles change, of all stores or of these only.
    Role {
        of: Option<Vec<&'static str>>,
    },
    Other,
}

#[derive(PartialEq, Eq)]
enum Moved {
    Kept,
    Exchanged,
    Elsewhere,
}

/// What the plan is for, for one pool.
fn of_pool(world: &World<'_>, pool: PoolId) -> Purpose {
    let stores: Vec<StoreId> = world.problem().managed(pool).map(|w| w.store).collect();
    let (first, last) = (world.first(), world.last());
    let slots = |v: View<'_>, s| (v.get(Field::PrimarySlot(s)), v.get(Field::MirrorSlot(s)));
    let all = |is: &dyn Fn(StoreId) -> bool| stores.iter().all(|&s| is(s));
    let protected = |v: View<'_>, s: StoreId| world.estate().store(s).databases.iter().all(|&d| v.protected(d));
    let lost = |s: StoreId| world.estate().store(s).databases.iter().all(|&d| world.problem().lost(d));
    let kinds: Vec<&str> = stores.iter().filter(|&&s| lost(s)).map(|&s| world.estate().store(s).kind.name()).collect();
    if !kinds.is_empty() {
        let mirrored = stores.iter().any(|&s| lost(s) && protected(last, s));
        return Purpose::BroughtBack { of: (kinds.len() < stores.len()).then_some(kinds), mirrored };
    }
    let kept = all(&|s| slots(first, s) == slots(last, s));
    if all(&|s| protected(last, s)) && !all(&|s| protected(first, s)) {
        let exchanged = all(&|s| slots(first, s) == (slots(last, s).1, slots(last, s).0));
        let moved = match (kept, exchanged) {
            (true, _) => Moved::Kept,
            (_, true) => Moved::Exchanged,
            _ => Moved::Elsewhere,
        };
        let again = all(&|s| slots(first, s).1.instance().is_some());
        return Purpose::Mirrored { again, slots: moved };
    }
    if all(&|s| slots(last, s).1 == Value::Nothing) && !all(&|s| slots(first, s).1 == Value::Nothing) {
        return Purpose::Alone;
    }
    let moves = |s: &&StoreId| world.gains(**s);
    let kinds: Vec<&str> = stores.iter().filter(moves).map(|&s| world.estate().store(s).kind.name()).collect();
    if kept && !kinds.is_empty() {
        return Purpose::Role { of: (kinds.len() < stores.len()).then_some(kinds) };
    }
    Purpose::Other
}

fn yours(counts: &Counts) -> String {
    match counts.by_people {
        0 => "None of them is yours.".to_owned(),
        1 if counts.steps == 1 => "You do it.".to_owned(),
        n if n == counts.steps => "You do all of them.".to_owned(),
        n => format!("You do {n} of them."),
    }
}

/// Databases that lose something, each with whether that is known.
pub(super) fn lost(world: &World<'_>) -> Vec<(DatabaseId, bool)> {
    let mut lost = Vec::new();
    for p in world.placed() {
        let risk = world.risk(p);
        if risk >= Risk::PossibleLoss {
            let before = world.view(&p.before);
            let behind = |d: DatabaseId| {
                let instances = &world.estate().store(world.estate().database(d).store).instances;
                instances.iter().any(|&i| before.get(Field::Content(d, i)) == Value::Behind)
            };
            // A database can be given up in two steps: with its last copy, and for its backup.
            let new = p.declaration.loses.iter().filter(|d| !lost.iter().any(|(known, _)| known == *d));
            let new: Vec<_> = new.map(|&d| (d, behind(d))).collect();
            lost.extend(new);
        }
    }
    lost
}

/// Which time of a database is lost, where the snapshot tells it: from what its copy caught up to, to the silence of the
/// other host.
pub(super) fn lost_span(world: &World<'_>, d: DatabaseId) -> Option<String> {
    let context = world.context;
    let missing = missing::of(world.first(), context, d)?;
    Some(format!("{} to {}", context.at_bare(missing.from), context.at_bare(missing.to)))
}

/// What is lost; a time stands only behind databases of which it was read.
fn data(world: &World<'_>) -> String {
    let lost = lost(world);
    if lost.is_empty() {
        return written_apart(world).unwrap_or_else(|| "No data is lost.".to_owned());
    }
    let mut groups: Vec<(Option<String>, Vec<&str>)> = Vec::new();
    for (d, known) in &lost {
        let at_most = if *known { "" } else { "up to " };
        let long =
            missing::of(world.first(), world.context, *d).map(|m| format!("{at_most}{}", time::lasted(m.seconds())));
        let name = world.estate().database(*d).name.as_str();
        match groups.iter_mut().find(|(l, _)| *l == long) {
            Some((_, names)) => names.push(name),
            None => groups.push((long, vec![name])),
        }
    }
    if lost.iter().all(|(d, _)| world.problem().lost(*d)) {
        let names: Vec<&str> = lost.iter().map(|(d, _)| world.estate().database(*d).name.as_str()).collect();
        return format!("Everything since the last backup of {} is lost, accepted by name.", join(&names));
    }
    let timed = groups.iter().any(|(long, _)| long.is_some());
    let group = |(long, names): &(Option<String>, Vec<&str>)| match long {
        Some(long) => format!("{}, {long}", join(names)),
        None if timed => format!("{}, for a time that was not read", join(names)),
        None => join(names),
    };
    let what: Vec<String> = groups.iter().map(group).collect();
    let verb = if lost.iter().all(|(_, known)| *known) { "Data is lost" } else { "Data may be lost" };
    format!("{verb}: {}, accepted by name.", what.join("; "))
}

/// What clients wrote to old copies that serve beside the ones that count: it goes with the disks, and nobody can tell how
/// much it is.
fn written_apart(world: &World<'_>) -> Option<String> {
    let first = world.first();
    let old = |&i: &InstanceId| {
        let stores = world.problem().wishes.iter().map(|w| world.estate().store(w.store));
        let mut databases = stores.filter(|s| s.instances.contains(&i)).flat_map(|s| &s.databases);
        databases.any(|&d| first.get(Field::Content(d, i)) == Value::Superseded && first.serves(d, i) == Truth::True)
    };
    let on: BTreeSet<InstanceId> = world.estate().instance_ids().filter(old).collect();
    let gone = |d: &model::declaration::Declaration| match d.subject {
        Subject::Host(h) => d.stage == Stage::Rebuild && on.iter().any(|&i| world.estate().host_of(i) == h),
        _ => false,
    };
    let n = world.placed().iter().position(|p| gone(&p.declaration))?;
    let on = world.join(&world.names.whole(), &on);
    Some(format!(
        "No data is lost but what was written to the old copies on {on} after the others took over: it goes with step {}.",
        n + 1
    ))
}

fn stop(world: &World<'_>) -> Option<String> {
    let stops = world.of_work(Work::FullStop);
    let first = world.placed().iter().find(|p| p.declaration.work == Work::FullStop)?;
    let often = if stops.len() == 1 { "once" } else { "several times" };
    let long = first.declaration.duration;
    Some(format!(
        "ALL users are signed out {often}, in {} {}, for {}.",
        verb(stops.len(), "step", "steps"),
        and(&stops),
        span::total(long.least, long.most)
    ))
}

/// The step from which on the users of every pool have their back end again.
fn service(world: &World<'_>) -> Option<usize> {
    world.holds_from(|v, pool| world.users_served(v, pool))
}

/// Slots that go over another host and back, where the order of the declared slots is the reason.
fn detour(world: &World<'_>) -> Option<String> {
    let steps = runner_up::in_any_order(world.solved).filter(|&steps| steps < world.placed().len())?;
    let (first, last) = (world.first(), world.last());
    let over = |w: &model::problem::Wish| {
        let slot = Field::PrimarySlot(w.store);
        let home = first.get(slot);
        let away = (0..world.placed().len()).map(|n| world.after(n).get(slot)).find(|&x| x != home);
        away.and_then(Value::instance).filter(|_| home == last.get(slot))
    };
    let over: BTreeSet<_> = world.problem().wishes.iter().filter_map(over).collect();
    let home = world.in_slot(last, Field::PrimarySlot);
    let whole = world.names.whole();
    let [over, home] = [&over, &home].map(|list| world.join(&whole, list));
    (!over.is_empty()).then(|| {
        format!(
            "The slots go to {over} and back, because {} names {home} first: with sql-server-stores, in any order, {} would do.",
            world.context.files.desired,
            count(steps, "step")
        )
    })
}

fn continuity(world: &World<'_>, service: Option<usize>, copies: &[Window]) -> Option<String> {
    let served = service.map(|n| format!("users have their back end again from step {n} on"));
    let wanted = world.problem().wishes.iter().any(|w| w.wants_mirror());
    let copy = match copies {
        [] => None,
        [.., Window { until_step: Some(_), .. }] => {
            Some(format!("there is no second copy of {} {}", world.alone_in_words(copies), Window::all(copies)))
        }
        _ if world.servers(world.last()).is_empty() => None,
        _ if world.protected(world.first()) => Some("afterwards there is one copy of the databases only".to_owned()),
        _ if !wanted => Some(unrestored(world).to_owned()),
        _ => None,
    };
    let text = [served, copy].into_iter().flatten().collect::<Vec<_>>().join("; ");
    let mut chars = text.chars();
    let first = chars.next()?;
    Some(format!("{}{}.", first.to_uppercase(), chars.as_str()))
}

/// Mirroring that is not declared may have to end for what is (rules §3.1).
fn unrestored(world: &World<'_>) -> &'static str {
    let unmanaged = |w: &model::problem::Wish| w.primaries().iter().any(|&p| w.mirror_beside(p) == Wanted::Unmanaged);
    let had = !world.in_slot(world.first(), Field::MirrorSlot).is_empty();
    let has = !world.in_slot(world.last(), Field::MirrorSlot).is_empty();
    if had && !has && world.problem().wishes.iter().any(unmanaged) {
        "the move needs mirroring off, nothing restores it, and there is one copy of the databases only"
    } else {
        "afterwards there is one copy of the databases only"
    }
}

fn margin(world: &World<'_>) -> Option<Margin> {
    let mut lowest: Option<(usize, Margin)> = None;
    for pool in world.problem().pools() {
        for (n, p) in counted(world, pool) {
            let votes = world.view(&p.taken.during).votes(pool, None);
            let spare = votes.sure.saturating_sub(votes.needed);
            if lowest.as_ref().is_none_or(|(s, _)| spare < *s) {
                let pool = world.names.pool(pool);
                let step = (!p.declaration.begin.is_empty()).then_some(n + 1);
                lowest =
                    Some((spare, Margin { pool, votes: votes.sure, voters: votes.voters, needed: votes.needed, step }));
            }
        }
    }
    lowest.map(|(_, margin)| margin)
}

/// The steps with which the votes of a pool can be others than with the step before, announced full stops aside: the first,
/// those that touch it, and each next one, because a step may take votes while it runs only.
fn counted<'a>(world: &'a World<'_>, pool: PoolId) -> impl Iterator<Item = (usize, &'a Placed)> {
    let stops = |n: usize| world.placed()[n].declaration.work == Work::FullStop;
    let later = |n: usize| (n..world.placed().len()).find(|&n| !stops(n));
    let touching = world.touched.steps(pool).iter();
    let steps: BTreeSet<usize> = touching.flat_map(|&n| [later(n), later(n + 1)]).chain([later(0)]).flatten().collect();
    steps.into_iter().map(|n| (n, &world.placed()[n]))
}
