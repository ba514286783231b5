//! What a part of the estate must see of the rest because of the Central Management store: which stores decide whether it
//! can be moved. It searches nothing.

use std::collections::BTreeSet;

use model::cms::{holder, matters, store, taker};
use model::database_type::DatabaseType;
use model::declaration::StepId;
use model::estate::{PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::Problem;

/// The pools between which the Central Management store may be moved for the sake of some pools: none where it takes writes
/// and lies in none of them.
#[must_use]
pub fn places(problem: &Problem, pools: &BTreeSet<PoolId>) -> Vec<PoolId> {
    let v = problem.view(&problem.initial);
    let (Some(from), Some(to)) = (holder(v), taker(problem)) else { return Vec::new() };
    let needed = matters(problem) && (v.get(Field::CmsWritable) != Value::Yes || pools.contains(&from));
    if needed { vec![from, to] } else { Vec::new() }
}

/// Whether a step moves it.
#[must_use]
pub fn moves(id: &StepId) -> bool {
    id.0.starts_with("move-cms/")
}

/// The stores that such a move reads, whoever manages them.
#[must_use]
pub fn seen(problem: &Problem, pools: &BTreeSet<PoolId>) -> Vec<StoreId> {
    let estate = &problem.estate;
    let of = |&p: &PoolId| store(estate, p).into_iter().chain(estate.store_of(p, DatabaseType::User));
    places(problem, pools).iter().flat_map(of).collect()
}
