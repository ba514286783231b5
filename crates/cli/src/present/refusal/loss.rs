//! What would be lost: database by database, how complete the copy is that could be forced, since when the partner of that
//! copy is silent, and who says so. A time stands only where both of its ends were read.

use model::estate::{DatabaseId, HostId, PoolId};
use model::field::{Field, Value};
use model::problem::Problem;
use planner::refusal::{Grant, Refusal, WayOut};
use serde::Serialize;

use crate::present::{Context, missing, reasons};

/// What would be lost.
#[derive(Clone, Debug, Serialize)]
pub struct Loss {
    /// Every database of the pools that would lose data.
    pub databases: Vec<Database>,
    /// Who says so.
    pub sources: Vec<String>,
}

/// How complete a copy is.
#[derive(Clone, Debug, Serialize)]
pub struct Database {
    /// The pool of its store.
    pub pool: String,
    /// Its type.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// `complete`, `behind` or `unknown`.
    pub content: &'static str,
    /// Up to when it is complete, or why that is not known.
    pub caught_up_to: String,
    /// Since when the partner of this copy is silent; none where that was not read.
    pub silent_since: Option<String>,
    /// How much time lies between the two, in seconds; none where nothing is missing, or either was not read.
    pub missing_seconds: Option<u64>,
    /// Whether it would lose data, or may.
    pub lost: bool,
    /// Whether nothing that answers holds it: what comes back is what the last backup has.
    pub only_backup: bool,
}

impl Loss {
    /// How many databases would lose data, or may.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.databases.iter().filter(|d| d.lost).count()
    }

    /// How many of them are known to be behind.
    #[must_use]
    pub fn behind(&self) -> usize {
        self.databases.iter().filter(|d| d.lost && d.content == "behind").count()
    }

    /// How many databases lose nothing: their copy is complete.
    #[must_use]
    pub fn complete(&self) -> usize {
        self.databases.iter().filter(|d| !d.lost && d.content == "complete").count()
    }

    /// The pools, in order.
    #[must_use]
    pub fn pools(&self) -> Vec<&str> {
        let mut pools: Vec<&str> = self.databases.iter().map(|d| d.pool.as_str()).collect();
        pools.dedup();
        pools
    }
}

/// The databases that a way out gives up: those that its plan loses, or else those for which it asks.
pub(super) fn given_up(way: &WayOut) -> Vec<DatabaseId> {
    let asked: Vec<DatabaseId> = way
        .grants
        .iter()
        .filter_map(|g| if let Grant::Loss(list) = g { Some(list) } else { None })
        .flatten()
        .copied()
        .collect();
    if asked.is_empty() || way.loses.is_empty() { asked } else { way.loses.clone() }
}

/// Every database that some way out gives up.
pub(super) fn databases(refusal: &Refusal) -> Vec<DatabaseId> {
    let mut lost: Vec<DatabaseId> = refusal.ways_out.iter().flat_map(given_up).collect();
    lost.sort_unstable();
    lost.dedup();
    lost
}

/// The silent hosts of the lost databases' own stores.
pub(super) fn silent_hosts(problem: &Problem, lost: &[DatabaseId]) -> Vec<HostId> {
    let v = problem.view(&problem.initial);
    let instances = lost.iter().flat_map(|&d| missing::silent(v, d));
    let mut hosts: Vec<HostId> = instances.map(|i| problem.estate.host_of(i)).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

/// What would be lost, where giving that up is a way out.
pub(super) fn of(problem: &Problem, lost: &[DatabaseId], context: &Context<'_>) -> Option<Loss> {
    if lost.is_empty() {
        return None;
    }
    let estate = &problem.estate;
    let pool = |d: DatabaseId| estate.store(estate.database(d).store).pool;
    let mut pools: Vec<PoolId> = lost.iter().map(|&d| pool(d)).collect();
    pools.sort_unstable();
    pools.dedup();
    let managed = problem.wishes.iter().flat_map(|w| estate.store(w.store).databases.iter().copied());
    let mut all: Vec<DatabaseId> = managed.filter(|&d| pools.contains(&pool(d))).collect();
    all.sort_by_key(|&d| pool(d));
    let mut sources: Vec<String> = all.iter().filter_map(|&d| source(problem, context, d)).collect();
    sources.sort();
    sources.dedup();
    Some(Loss { databases: all.iter().map(|&d| database(problem, context, d, lost.contains(&d))).collect(), sources })
}

fn source(problem: &Problem, context: &Context<'_>, d: DatabaseId) -> Option<String> {
    let i = missing::survivor(problem.view(&problem.initial), d)?;
    let copy = reasons::copy(context.snapshot, &problem.estate, Field::Role(d, i))?;
    Some(format!("read on {} at {}, {}", problem.estate.instance(i).name, context.at(copy.time), copy.source))
}

fn database(problem: &Problem, context: &Context<'_>, d: DatabaseId, lost: bool) -> Database {
    let estate = &problem.estate;
    let v = problem.view(&problem.initial);
    let field = missing::survivor(v, d).map(|i| Field::Content(d, i));
    let content = match field.map(|f| v.get(f)) {
        Some(Value::Complete) => "complete",
        Some(Value::Behind | Value::Superseded | Value::Nothing) => "behind",
        _ => "unknown",
    };
    let copy = field.and_then(|f| reasons::copy(context.snapshot, estate, f));
    let caught_up_to = match (content, copy, field) {
        ("complete", ..) => "the end".to_owned(),
        (_, Some(copy), _) if content == "behind" => context.at_bare(copy.caught_up_to),
        (_, Some(copy), _) => format!("{} at least", context.at_bare(copy.caught_up_to)),
        ("behind", None, _) => "not read".to_owned(),
        (_, None, Some(f)) => reasons::unknown(context.snapshot, estate, f),
        (_, None, None) => "no host answers".to_owned(),
    };
    let store = estate.store(estate.database(d).store);
    Database {
        pool: estate.pool(store.pool).fqdn.to_string(),
        kind: store.kind.name(),
        name: estate.database(d).name.clone(),
        content,
        caught_up_to,
        silent_since: missing::silent_since(v, context, d).map(|t| context.at_bare(t)),
        missing_seconds: (content != "complete")
            .then(|| missing::of(v, context, d))
            .flatten()
            .map(missing::Missing::seconds),
        lost,
        only_backup: problem.lost(d),
    }
}
