//! Questions about the Central Management store that several rules ask: which pool holds it, whether its databases are
//! served, which pool could take it over. Pure functions of a problem; it knows no actions.

use std::collections::BTreeSet;

use crate::condition::Condition;
use crate::database_type::DatabaseType;
use crate::declaration::{Clause, clause};
use crate::estate::{Estate, PoolId, StoreId};
use crate::field::{Field, Value};
use crate::problem::Problem;
use crate::rules;
use crate::truth::Truth;
use crate::view::View;

/// The pool that is known to hold the Central Management store.
#[must_use]
pub fn holder(v: View<'_>) -> Option<PoolId> {
    v.estate.pool_ids().find(|&p| v.get(Field::HoldsCms(p)) == Value::Yes)
}

/// The store of type CentralMgmt of a pool. The pool of a pair that does not hold the Central Management store has one too.
#[must_use]
pub fn store(estate: &Estate, pool: PoolId) -> Option<StoreId> {
    estate.store_of(pool, DatabaseType::CentralMgmt)
}

/// Whether slots of this type lie on the back end that Topology Builder does not change where the Central Management store
/// is held (operations §9.2).
#[must_use]
pub fn is_back_end(kind: DatabaseType) -> bool {
    matches!(kind, DatabaseType::User | DatabaseType::Application | DatabaseType::CentralMgmt)
}

/// What is asked before copies of a store are given up or begun anew: the pool does not hold the Central Management store,
/// where the store is of that type.
#[must_use]
pub fn left(estate: &Estate, s: StoreId) -> Option<Clause> {
    let store = estate.store(s);
    let left = || clause(Condition::Is(Field::HoldsCms(store.pool), Value::No), rules::CMS_LEFT);
    (store.kind == DatabaseType::CentralMgmt).then(left)
}

/// Whether anything hinges on where the Central Management store is: it takes no writes, or a managed pool holds it.
#[must_use]
pub fn matters(problem: &Problem) -> bool {
    let v = problem.view(&problem.initial);
    v.get(Field::CmsWritable) != Value::Yes || holder(v).is_some_and(|p| problem.pools().contains(&p))
}

/// The pool that could take the Central Management store over best, as observed: the one that is asked for; one that is
/// paired for it, whose Front Ends run and whose back end serves; the first by name of several. None where every other pool
/// lacks a store for it: then the topology would have other stores afterwards, which is a plan of its own.
#[must_use]
pub fn taker(problem: &Problem) -> Option<PoolId> {
    let v = problem.view(&problem.initial);
    let from = holder(v)?;
    if problem.cms_to.is_some() {
        return problem.cms_to.filter(|&p| p != from);
    }
    let others = problem.estate.pool_ids().filter(|&p| p != from && v.get(Field::HoldsCms(p)) == Value::No);
    let paired = others.filter(|&p| store(&problem.estate, p).is_some());
    paired.min_by_key(|&p| (able(v, p) != Truth::True, p))
}

/// The pool to which the Central Management store would best be moved for its own sake: one of the same product that is
/// paired for it, whose Front Ends run and whose back end serves; else any that is so; the first by name of several.
#[must_use]
pub fn destination(problem: &Problem) -> Option<PoolId> {
    let v = problem.view(&problem.initial);
    let from = holder(v)?;
    let product = |p: PoolId| problem.estate.pool(p).product;
    let others = problem.estate.pool_ids().filter(|&p| p != from && product(p) == product(from));
    others.min_by_key(|&p| (!able(v, p).holds(), !runs(v, p).holds(), store(&problem.estate, p).is_some(), p))
}

/// The pool that is asked to take the Central Management store over, by the part of a problem that manages some stores: the
/// part with the store that is left, because it has to be served first; every part where nobody manages that one.
#[must_use]
pub fn asked_of(problem: &Problem, managed: &BTreeSet<StoreId>) -> Option<PoolId> {
    let left = holder(problem.view(&problem.initial)).and_then(|from| store(&problem.estate, from));
    let elsewhere = |s: StoreId| problem.wish(s).is_some() && !managed.contains(&s);
    problem.cms_to.filter(|_| !left.is_some_and(elsewhere))
}

/// Whether a pool is in service: its Front Ends run, its User store is served.
#[must_use]
pub fn runs(v: View<'_>, pool: PoolId) -> Truth {
    let up = v.estate.pool(pool).front_ends.iter().map(|&f| v.is(Field::Services(f), Value::Running));
    let user = v.estate.store_of(pool, DatabaseType::User);
    Truth::all(up).and(user.map_or(Truth::False, |s| v.store_served(s)))
}

/// Whether a pool that is paired can run the Central Management store: its Front Ends run, its User store and its store for it are served.
#[must_use]
pub fn able(v: View<'_>, pool: PoolId) -> Truth {
    runs(v, pool).and(store(v.estate, pool).map_or(Truth::False, |s| v.store_served(s)))
}
