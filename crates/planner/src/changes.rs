//! The difference between what is observed and what the plan ends with, store by store: slots, roles, sessions. It knows
//! no steps.

use std::collections::BTreeMap;

use model::estate::{PoolId, StoreId};
use model::field::{Field, State, Value};
use model::problem::Problem;
use model::truth::Truth;
use model::view::View;

/// A change of some stores that change alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The stores.
    pub stores: Vec<StoreId>,
    /// What changes.
    pub lines: Vec<Line>,
}

/// One line of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub what: What,
    /// How it is observed.
    pub old: Seen,
    /// How it will be.
    pub new: Seen,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Primary slot: Topology Builder's "SQL Server store".
    PrimarySlot,
    /// Mirror slot: "Mirroring SQL Server store".
    MirrorSlot,
    /// Witness slot.
    WitnessSlot,
    /// The role PRINCIPAL of the databases, or their only copy.
    Principal,
    /// The mirroring session of the databases.
    Session,
}

/// A value that databases of several stores may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// All the same.
    Value(Value),
    /// Nobody serves, as far as is known, and nobody else may.
    Nobody,
    /// Two copies serve at once.
    Twice,
    /// The databases differ.
    Mixed,
}

impl What {
    /// Whether it is a slot of the topology.
    #[must_use]
    pub fn is_slot(self) -> bool {
        match self {
            Self::PrimarySlot | Self::MirrorSlot | Self::WitnessSlot => true,
            Self::Principal | Self::Session => false,
        }
    }
}

impl Line {
    /// Whether it stays as it is.
    #[must_use]
    pub fn same(&self) -> bool {
        self.old == self.new && self.old != Seen::Value(Value::Unknown)
    }
}

/// The changes of a plan, from its first to its last state; stores that change alike are one.
#[must_use]
pub fn changes(problem: &Problem, first: &State, last: &State) -> Vec<Change> {
    let mut all: Vec<Change> = Vec::new();
    let mut of_pool: BTreeMap<PoolId, Vec<usize>> = BTreeMap::new();
    for wish in &problem.wishes {
        let (old, new) = (problem.view(first), problem.view(last));
        let line = |what| Line { what, old: seen(old, wish.store, what), new: seen(new, wish.store, what) };
        let whats = [What::PrimarySlot, What::MirrorSlot, What::WitnessSlot, What::Principal, What::Session];
        // A slot of a store that people moved away is no slot of the topology any more.
        let gone = |l: &Line| {
            problem.cms_to.is_some() && l.what.is_slot() && l.new == Seen::Value(Value::Unknown) && l.old != l.new
        };
        let lines: Vec<Line> = whats.into_iter().map(line).filter(|l| !gone(l)).collect();
        let known = of_pool.entry(problem.estate.store(wish.store).pool).or_default();
        match known.iter().find(|&&n| all[n].lines == lines) {
            Some(&n) => all[n].stores.push(wish.store),
            None => {
                known.push(all.len());
                all.push(Change { stores: vec![wish.store], lines });
            }
        }
    }
    all
}

/// How something is seen over the databases of a store.
#[must_use]
pub fn seen(v: View<'_>, s: StoreId, what: What) -> Seen {
    let store = v.estate.store(s);
    let over = |one: &dyn Fn(model::estate::DatabaseId) -> Seen| {
        let mut each = store.databases.iter().map(|&d| one(d));
        let first = each.next().unwrap_or(Seen::Nobody);
        if each.all(|x| x == first) { first } else { Seen::Mixed }
    };
    match what {
        What::PrimarySlot => Seen::Value(v.get(Field::PrimarySlot(s))),
        What::MirrorSlot => Seen::Value(v.get(Field::MirrorSlot(s))),
        What::WitnessSlot => Seen::Value(v.get(Field::WitnessSlot(s))),
        What::Principal => over(&|d| {
            let mut servers = store.instances.iter().filter(|&&i| v.serves(d, i) == Truth::True);
            let maybe = || store.instances.iter().any(|&i| v.may_serve(d, i) != Truth::False);
            match (servers.next(), servers.next()) {
                (Some(_), Some(_)) => Seen::Twice,
                (Some(&i), None) => Seen::Value(Value::Instance(i)),
                (None, _) if maybe() => Seen::Value(Value::Unknown),
                (None, _) => Seen::Nobody,
            }
        }),
        What::Session => over(&|d| {
            let session = |&i: &_| v.get(Field::Session(d, i));
            let known = |i: &&_| session(i).is_known() && v.get(Field::Answers(**i)) == Value::Yes;
            // As who serves sees it; another copy may have been left behind by an older session, or never have had one.
            let silent = |i: &&_| v.serves(d, **i) != Truth::True;
            let seen = store.instances.iter().filter(known).min_by_key(|i| (silent(i), session(i) == Value::NoSession));
            Seen::Value(seen.map_or(Value::Unknown, session))
        }),
    }
}
