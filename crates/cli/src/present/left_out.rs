//! What is declared and was left out with `--only`: which stores, and what is still wrong with them where the screen ends.

use std::collections::BTreeMap;

use model::estate::{PoolId, StoreId};
use model::field::State;
use model::problem::Problem;
use model::truth::Truth;

use super::Context;
use super::numbers::{count, join, verb};
use super::triage::standing;

/// How many pools are named.
const TOLD: usize = 3;

/// What stays undone of what was left out, in a sentence with a space before it; empty where nothing was left out.
#[must_use]
pub fn sentence(problem: &Problem, state: &State, context: &Context<'_>) -> String {
    if context.left_out.is_empty() {
        return String::new();
    }
    let rest = Problem { wishes: context.left_out.to_vec(), initial: state.clone(), ..problem.clone() };
    let mut pools: BTreeMap<PoolId, Vec<String>> = BTreeMap::new();
    for (pool, what) in rest.pools().into_iter().map(|p| (p, of_pool(&rest, p))).filter(|(_, what)| !what.is_empty()) {
        pools.insert(pool, what);
    }
    if pools.is_empty() {
        return " What --only leaves out is as declared.".to_owned();
    }
    let told = pools.iter().take(TOLD);
    let mut all: Vec<String> =
        told.map(|(p, what)| format!("{}: {}", rest.estate.pool(*p).fqdn, what.join("; "))).collect();
    if pools.len() > TOLD {
        all.push(format!("and {} more", count(pools.len() - TOLD, "pool")));
    }
    format!(" Left undone by --only: {}.", all.join("; "))
}

/// What is wrong with the stores of a pool that were left out.
fn of_pool(rest: &Problem, pool: PoolId) -> Vec<String> {
    let mut said = Vec::new();
    let mut others: Vec<StoreId> = Vec::new();
    for (pairing, stores) in standing::pairings(rest, pool) {
        let undone: Vec<StoreId> = stores.into_iter().filter(|&s| !as_declared(rest, s)).collect();
        if undone.is_empty() {
            continue;
        }
        match standing::clause(rest, pairing, &undone) {
            Some(clause) => said.push(clause),
            None => others.extend(undone),
        }
    }
    if !others.is_empty() {
        let names: Vec<&str> = others.iter().map(|&s| rest.estate.store(s).kind.name()).collect();
        said.push(format!("{} {} not as declared", join(&names), verb(names.len(), "is", "are")));
    }
    said
}

/// Whether what is declared for a store is known to hold, with what follows from it for its pools.
fn as_declared(rest: &Problem, store: StoreId) -> bool {
    let alone = Problem { wishes: rest.wish(store).cloned().into_iter().collect(), ..rest.clone() };
    let v = alone.view(&alone.initial);
    alone.goal().iter().all(|c| c.condition.eval(v) == Truth::True)
}

/// The stores of a pool in words: the pool alone where nothing of it was left out, otherwise which of its stores.
#[must_use]
pub fn whom(problem: &Problem, context: &Context<'_>, pool: PoolId) -> String {
    let fqdn = problem.estate.pool(pool).fqdn.to_string();
    let part = context.left_out.iter().any(|w| problem.estate.store(w.store).users.contains(&pool));
    let kept: Vec<&str> = problem.managed(pool).map(|w| problem.estate.store(w.store).kind.name()).collect();
    if part { format!("{} of {fqdn}", join(&kept)) } else { fqdn }
}
