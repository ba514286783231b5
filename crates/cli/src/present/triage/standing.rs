//! What is out of order in a pool beside a lost machine: invariants that are false already, how the copies of each store
//! stand to each other, and what is declared and not so. It names what the planner found and finds nothing itself.

use model::condition::{Condition, Predicate};
use model::declaration::Clause;
use model::estate::{PoolId, StoreId};
use model::problem::Problem;
use planner::pairing::{Pairing, pairing};
use planner::triage;

use crate::present::numbers::{count, join, verb};
use crate::present::words;

/// How many things that are not as declared are told.
const TOLD: usize = 4;

/// Stores of a pool by how their copies stand to each other, the worst first.
#[must_use]
pub fn pairings(problem: &Problem, pool: PoolId) -> Vec<(Pairing, Vec<StoreId>)> {
    let v = problem.view(&problem.initial);
    let mut groups: Vec<(Pairing, Vec<StoreId>)> = Vec::new();
    for store in problem.managed(pool).map(|w| w.store) {
        let standing = pairing(v, store);
        match groups.iter_mut().find(|(p, _)| *p == standing) {
            Some((_, stores)) => stores.push(store),
            None => groups.push((standing, vec![store])),
        }
    }
    groups.sort();
    groups
}

/// How the copies of some stores stand to each other, as a clause; none where nothing is out of order.
#[must_use]
pub fn clause(problem: &Problem, standing: Pairing, stores: &[StoreId]) -> Option<String> {
    let names: Vec<&str> = stores.iter().map(|&s| problem.estate.store(s).kind.name()).collect();
    let (whom, is) = (join(&names), verb(names.len(), "is", "are"));
    let mirrored = stores.iter().all(|&s| problem.wish(s).is_some_and(model::problem::Wish::wants_mirror));
    Some(match standing {
        Pairing::Twice => format!("two copies of databases of {whom} serve at once"),
        Pairing::Offline => format!("{whom} {is} PRINCIPAL without quorum, mirror and witness are not seen"),
        Pairing::ForceRefused => {
            format!("{whom} {is} served by nobody, and without the witness SQL Server refuses to force")
        }
        Pairing::Unserved => format!("{whom} {is} served by nobody"),
        Pairing::Apart => format!("databases of {whom} are apart, not all are served by one SQL Server"),
        Pairing::Suspended => format!("mirroring of {whom} is suspended, nothing reaches the second copy"),
        Pairing::OneSided => {
            format!("mirroring of {whom} is one-sided, one partner remembers a session that the other has given up")
        }
        Pairing::Disconnected => format!("mirroring of {whom} is disconnected, the partners do not see each other"),
        Pairing::LeftOver => format!("copies of {whom} are left over, RESTORING without a session"),
        Pairing::Unmirrored if mirrored => format!("{whom} {is} not mirrored"),
        Pairing::CatchingUp => format!("mirroring of {whom} is catching up, the second copy is not complete yet"),
        Pairing::Unwitnessed => {
            format!("mirroring of {whom} is unwitnessed, the witness is not seen and nothing fails over by itself")
        }
        Pairing::Unknown => format!("how the copies of {whom} stand to each other is unknown"),
        Pairing::Unmirrored | Pairing::Synchronized => return None,
    })
}

/// How the copies of a store stand, as JSON spells it.
#[must_use]
pub fn word(standing: Pairing) -> &'static str {
    match standing {
        Pairing::Twice => "served_twice",
        Pairing::Offline => "offline",
        Pairing::ForceRefused => "force_refused",
        Pairing::Unserved => "unserved",
        Pairing::Apart => "apart",
        Pairing::Suspended => "suspended",
        Pairing::OneSided => "one_sided",
        Pairing::Disconnected => "disconnected",
        Pairing::LeftOver => "left_over",
        Pairing::Unmirrored => "unmirrored",
        Pairing::CatchingUp => "catching_up",
        Pairing::Unwitnessed => "unwitnessed",
        Pairing::Synchronized => "synchronized",
        Pairing::Unknown => "unknown",
    }
}

/// SQL Server's page for what a broken middle state needs, where the product has no procedure.
#[must_use]
pub fn page(standing: Pairing) -> Option<&'static str> {
    match standing {
        Pairing::Suspended => Some("Pausing and Resuming Database Mirroring"),
        Pairing::OneSided | Pairing::LeftOver => Some("Removing Database Mirroring"),
        Pairing::Offline => Some("Quorum: How a Witness Affects Database Availability"),
        Pairing::Apart | Pairing::ForceRefused => Some("Role Switching During a Database Mirroring Session"),
        Pairing::Twice | Pairing::Unserved | Pairing::Disconnected | Pairing::Unmirrored | Pairing::CatchingUp => None,
        Pairing::Unwitnessed | Pairing::Synchronized | Pairing::Unknown => None,
    }
}

/// The invariants of a pool that are false already, of all that are: each as `invariant 1, two PRINCIPALs for one database:
/// LcsLog`.
#[must_use]
pub fn violated(problem: &Problem, all: &[Clause], pool: PoolId) -> Vec<String> {
    let mut rules: Vec<(&Clause, Vec<String>)> = Vec::new();
    for clause in all {
        let Some(about) = about(problem, pool, &clause.condition) else { continue };
        match rules.iter_mut().find(|(c, _)| c.rule.key == clause.rule.key) {
            Some((_, list)) => list.push(about),
            None => rules.push((clause, vec![about])),
        }
    }
    let sentence = |(clause, list): (&Clause, Vec<String>)| {
        let whom = if list.len() > 4 { count(list.len(), "database") } else { join(&list) };
        format!("{}, {}: {whom}", clause.rule.key, clause.rule.because)
    };
    rules.into_iter().map(sentence).collect()
}

/// What an invariant says of a pool; none where it is about another one.
fn about(problem: &Problem, pool: PoolId, condition: &Condition) -> Option<String> {
    let estate = &problem.estate;
    let Condition::Named(predicate) = condition else { return None };
    match predicate {
        Predicate::OneServer(d) | Predicate::CompleteCopy(d) | Predicate::NoForkServes(d) => {
            let database = estate.database(*d);
            estate.store(database.store).users.contains(&pool).then(|| database.name.clone())
        }
        Predicate::PoolHolds(p) if *p == pool => {
            let votes = problem.view(&problem.initial).votes(pool, None);
            Some(format!("{} of {} votes, needs {}", votes.sure, votes.voters, votes.needed))
        }
        Predicate::NoBlindPublish => Some("a publish is under way".to_owned()),
        _ => None,
    }
}

/// What is declared for a pool and known not to be so, in sentences; the last one counts what is left out.
#[must_use]
pub fn undone(problem: &Problem, pool: PoolId) -> Vec<String> {
    let clauses = triage::undone(problem, pool);
    let conditions: Vec<&Condition> = clauses.iter().map(|c| &c.condition).collect();
    let mut sentences = words::together(&problem.estate, &conditions);
    if sentences.len() > TOLD {
        let more = sentences.len() - TOLD;
        sentences.truncate(TOLD);
        sentences.push(format!("and {more} more"));
    }
    sentences
}
