//! What changes, store by store, in the words of Topology Builder for slots and of SQL Server for roles and sessions.

use model::estate::{DatabaseId, StoreId};
use model::field::{Field, Value};
use model::vocabulary;
use planner::changes::{Change, Line, Seen, What, changes};
use serde::Serialize;

use super::world::World;
use crate::present::names::{Names, Text};
use crate::present::numbers::{count, join};
use crate::present::reasons;

/// A change of some stores that change alike.
#[derive(Clone, Debug, Serialize)]
pub struct Block {
    /// The pool.
    pub pool: String,
    /// The types of the stores.
    pub stores: Vec<&'static str>,
    /// How many databases they have.
    pub databases: usize,
    /// Whether this is every managed store of the plan.
    pub all: bool,
    /// What changes, and what stays.
    pub lines: Vec<ChangeLine>,
}

/// One line of a change.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeLine {
    /// `slot`, `role`, `session` or `data`.
    pub kind: &'static str,
    /// `add`, `change`, `remove` or `same`.
    pub change: &'static str,
    /// What it is about.
    pub what: String,
    /// How it is observed.
    pub before: Text,
    /// How it will be.
    pub after: Text,
}

impl ChangeLine {
    /// The sign of the change.
    #[must_use]
    pub fn sign(&self) -> &'static str {
        match self.change {
            "add" => "+",
            "remove" => "-",
            "same" => "=",
            _ => "~",
        }
    }
}

/// The changes of a plan.
pub(super) fn of(world: &World<'_>) -> Vec<Block> {
    let problem = world.problem();
    let all = changes(problem, world.first().state, world.last().state);
    let one = all.len() == 1;
    let lost: Vec<DatabaseId> = super::headline::lost(world).into_iter().map(|(d, _)| d).collect();
    all.iter().map(|c| block(world, c, &lost, one)).collect()
}

fn block(world: &World<'_>, change: &Change, lost: &[DatabaseId], all: bool) -> Block {
    let estate = world.estate();
    let databases: usize = change.stores.iter().map(|&s| estate.store(s).databases.len()).sum();
    let mut lines: Vec<ChangeLine> = change.lines.iter().map(|l| line(world, change, l, databases)).collect();
    lines.extend(loss(world, change, lost));
    Block {
        pool: world.names.pool(estate.store(change.stores[0]).pool),
        stores: change.stores.iter().map(|&s| estate.store(s).kind.name()).collect(),
        databases,
        all,
        lines,
    }
}

fn line(world: &World<'_>, change: &Change, line: &Line, databases: usize) -> ChangeLine {
    let of = count(databases, "database");
    let (kind, what) = match line.what {
        What::PrimarySlot => ("slot", "SQL Server store".to_owned()),
        What::MirrorSlot => ("slot", "mirroring SQL Server store".to_owned()),
        What::WitnessSlot => ("slot", "mirroring witness".to_owned()),
        What::Principal => ("role", format!("PRINCIPAL of {of}")),
        What::Session => ("session", format!("mirroring session of {databases}")),
    };
    let none = |seen: Seen| matches!(seen, Seen::Nobody | Seen::Value(Value::Nothing | Value::NoSession));
    let change_word = match (none(line.old), none(line.new)) {
        _ if line.old == line.new => "same",
        (true, false) => "add",
        (false, true) => "remove",
        _ => "change",
    };
    let first = change.stores[0];
    ChangeLine {
        kind,
        change: change_word,
        what,
        before: world.names.both(|n| seen(world, n, first, line.what, line.old)),
        after: world.names.both(|n| seen(world, n, first, line.what, line.new)),
    }
}

/// A value in words; unknown with its reason.
fn seen(world: &World<'_>, names: &Names<'_>, store: StoreId, what: What, seen: Seen) -> String {
    match seen {
        Seen::Value(Value::Unknown) => format!("unknown ({})", reason(world, names, store, what)),
        Seen::Value(Value::Instance(i)) => names.instance(i),
        Seen::Value(value) => vocabulary::value_text(names.estate, value),
        Seen::Nobody => "nobody".to_owned(),
        Seen::Twice => "two at once".to_owned(),
        Seen::Mixed => "not the same for all".to_owned(),
    }
}

fn reason(world: &World<'_>, names: &Names<'_>, store: StoreId, what: What) -> String {
    let estate = world.estate();
    let instances = &estate.store(store).instances;
    let silent = instances.iter().copied().find(|&i| world.answers(i) != Value::Yes);
    let fact = |field| reasons::of(world.facts.get(&field).copied());
    let database: Option<DatabaseId> = estate.store(store).databases.first().copied();
    match (what, silent, database) {
        (What::PrimarySlot, ..) => fact(Field::PrimarySlot(store)),
        (What::MirrorSlot, ..) => fact(Field::MirrorSlot(store)),
        (What::WitnessSlot, ..) => fact(Field::WitnessSlot(store)),
        (_, Some(i), _) => format!("{} is silent", names.instance(i)),
        (What::Principal, None, Some(d)) => instances.first().map_or_else(String::new, |&i| fact(Field::Role(d, i))),
        (What::Session, None, Some(d)) => instances.first().map_or_else(String::new, |&i| fact(Field::Session(d, i))),
        (_, None, None) => "no databases".to_owned(),
    }
}

/// What is given up of some stores, by name.
fn loss(world: &World<'_>, change: &Change, lost: &[DatabaseId]) -> Option<ChangeLine> {
    let estate = world.estate();
    let ours = |d: &DatabaseId| change.stores.contains(&estate.database(*d).store);
    let lost: Vec<DatabaseId> = lost.iter().copied().filter(ours).collect();
    if lost.is_empty() {
        return None;
    }
    let names: Vec<&str> = lost.iter().map(|&d| estate.database(d).name.as_str()).collect();
    // One time stands for several databases only where it is that of each of them.
    let spans: Vec<Option<String>> = lost.iter().map(|&d| super::headline::lost_span(world, d)).collect();
    let span = spans.first().filter(|_| spans.iter().all(|s| *s == spans[0])).cloned().flatten();
    let before = span.unwrap_or_else(|| "up to the last transaction".to_owned());
    let backup = lost.iter().all(|&d| world.problem().lost(d));
    let after = if backup { "as the last backup has it, accepted by name" } else { "lost, accepted by name" };
    Some(ChangeLine {
        kind: "data",
        change: "remove",
        what: join(&names),
        before: Text::plain(before),
        after: Text::plain(after),
    })
}
