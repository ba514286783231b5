//! One part of a problem, solved as a problem of its own: searched (what is alike once), put in order, given its edges and
//! verified. It knows no other part.

use std::rc::Rc;

use model::actions::{Action, Confirm};
use model::declaration::StepId;
use model::plan::Edge;
use model::problem::{Leave, Problem};
use model::truth::Truth;

use crate::order::Order;
use crate::search::{Found, search, search_below};
use crate::step::Rules;
use crate::{alike, edges, parts, sequence};

/// A part's plan, in ids of the part.
pub struct Own {
    /// Its steps in canonical order.
    pub actions: Vec<Action>,
    /// Its edges.
    pub edges: Vec<Edge>,
    /// The order that they span.
    pub order: Order,
    /// How many sequences that order allows.
    pub sequences: Option<u128>,
    /// What it was allowed.
    pub leave: Leave,
    /// States that the search saw.
    pub states: usize,
}

/// Why a part has no plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// There is none. How many states were seen.
    Plan(usize),
    /// The search gave up.
    End,
}

/// How good a plan has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// A best one.
    Best,
    /// Any, if there is one.
    Any,
}

/// The plan of a part; none where its goal holds already. `Confirm` steps are allowed only where there is no plan without
/// them.
///
/// # Errors
/// When there is none, or the search gives up.
pub fn solve(problem: &Problem, effort: Effort) -> Result<Option<Own>, Without> {
    if Rules::new(problem).reached(&problem.initial) {
        return Ok(None);
    }
    let mut without = Without::Plan(0);
    for (n, leave) in leaves(problem).into_iter().enumerate() {
        match solve_as_is(&Problem { leave, ..problem.clone() }, effort) {
            // What was seen without any leave is the proof that there is no plan.
            Err(Without::Plan(states)) if n == 0 => without = Without::Plan(states),
            Err(Without::Plan(_)) => {}
            Err(Without::End) => return Err(Without::End),
            Ok(own) => return Ok(Some(own)),
        }
    }
    Err(without)
}

/// What a search may do, in the order in which it is tried: nothing that is not allowed at first where there is a plan
/// without it, and nothing that could not help.
fn leaves(problem: &Problem) -> Vec<Leave> {
    let v = problem.view(&problem.initial);
    let stopped = problem.pools().into_iter().any(|p| v.pool_holds(p, None) == Truth::False);
    let asks = !Confirm::all(problem, &problem.initial).is_empty();
    let all = [false, true].map(|confirms| [false, true].map(|patience| Leave { confirms, patience }));
    all.into_iter().flatten().filter(|l| (!l.confirms || asks) && (!l.patience || stopped)).collect()
}

fn solve_as_is(problem: &Problem, effort: Effort) -> Result<Own, Without> {
    let rules = Rules::new(problem);
    let (actions, states) = searched(&rules, effort)?;
    finish(&rules, actions, states).ok_or(Without::End)
}

/// The plan of a part from the ids of its steps. None if it is no plan for it.
#[must_use]
pub fn retrace(problem: &Problem, ids: &[StepId]) -> Option<Own> {
    let asks = ids.iter().any(|id| id.0.starts_with("confirm/"));
    let fits = leaves(problem).into_iter().filter(|l| l.confirms == asks);
    fits.into_iter().find_map(|leave| retrace_with(&Problem { leave, ..problem.clone() }, ids))
}

fn retrace_with(problem: &Problem, ids: &[StepId]) -> Option<Own> {
    let rules = Rules::new(problem);
    let mut state = problem.initial.clone();
    let mut actions = Vec::new();
    for id in ids {
        let (action, declaration) = rules.with_id(&state, id)?;
        state = rules.take(&state, &rules.standing(&state), &declaration)?.after;
        actions.push(action);
    }
    if !rules.reached(&state) {
        return None;
    }
    finish(&rules, actions, 0)
}

fn finish(rules: &Rules<'_>, actions: Vec<Action>, states: usize) -> Option<Own> {
    let placed = sequence::settle(rules, actions)?;
    let (edges, order) = edges::needed(rules.problem, placed.iter().map(|p| &*p.declaration).collect())?;
    let sequences = order.sequences();
    let actions = placed.into_iter().map(|p| p.action).collect();
    Some(Own { actions, edges, order, sequences, leave: rules.problem.leave, states })
}

/// The steps of a part, one pool of each kind at a time, and how many states were seen.
///
/// Pools of a part meet in steps on a shared machine and nowhere else. What is left of a plan of the part when other pools'
/// steps are taken out is a plan of one pool; so where one pool has none, the part has none, and where the pools' best plans
/// fit together there, nothing is better. Where they do not, the part is searched as it is.
fn searched(rules: &Rules<'_>, effort: Effort) -> Result<(Vec<Action>, usize), Without> {
    let problem = rules.problem;
    let classes = alike::classes(problem, true);
    let mut plans = Vec::new();
    let mut states = 0;
    for twins in alike::twins(problem) {
        let managed = alike::stand_ins(problem, &classes, twins[0]);
        let kept = parts::of_pools(problem, managed, |p| p == twins[0]);
        let Some(small) = problem.restricted(&kept) else { return as_it_is(rules, states) };
        let small_rules = Rules::new(&small.problem);
        let (actions, seen) = of_one_pool(&small_rules, effort)?;
        states += seen;
        let ids: Vec<StepId> = actions.iter().map(|a| Rc::unwrap_or_clone(small_rules.declare(a)).id).collect();
        plans.push(alike::carried(problem, &classes, &twins, &ids));
    }
    match alike::merged(&plans).and_then(|ids| alike::taken(rules, &ids)) {
        Some(actions) => Ok((actions, states)),
        None => as_it_is(rules, states),
    }
}

/// How many states are looked at for a plan that is better because the user store goes its own way.
const OWN_WAY: usize = 20_000;

/// The steps of one pool: its user store as one more of what it is like, then by itself where that is cheaper. A plan for all
/// its stores is one for some of them, so where those have none, they all have none.
fn of_one_pool(rules: &Rules<'_>, effort: Effort) -> Result<(Vec<Action>, usize), Without> {
    let problem = rules.problem;
    let classes = alike::classes(problem, false);
    if classes.len() == problem.wishes.len() {
        return as_it_is(rules, 0);
    }
    let firsts = classes.iter().map(|c| c[0]).collect();
    let kept = parts::of_pools(problem, firsts, |_| true);
    let Some(small) = problem.restricted(&kept) else { return as_it_is(rules, 0) };
    let small_rules = Rules::new(&small.problem);
    let (actions, states) = as_it_is(&small_rules, 0)?;
    let ids: Vec<StepId> = actions.iter().map(|a| Rc::unwrap_or_clone(small_rules.declare(a)).id).collect();
    let carried = alike::carried(problem, &classes, &problem.pools(), &ids);
    let together = alike::merged(&[carried]).and_then(|ids| alike::taken(rules, &ids));
    let settled = together.and_then(|actions| sequence::settle(rules, actions));
    let Some(placed) = settled else { return as_it_is(rules, states) };
    let better = match effort {
        Effort::Best => search_below(rules, sequence::cost(&placed), OWN_WAY),
        Effort::Any => Found::TooLarge,
    };
    match better {
        Found::Plan { actions, states: seen, .. } => Ok((actions, states + seen)),
        Found::Nothing { .. } | Found::TooLarge => Ok((placed.into_iter().map(|p| p.action).collect(), states)),
    }
}

fn as_it_is(rules: &Rules<'_>, before: usize) -> Result<(Vec<Action>, usize), Without> {
    match search(rules) {
        Found::Plan { actions, states, .. } => Ok((actions, before + states)),
        Found::Nothing { states } => Err(Without::Plan(states)),
        Found::TooLarge => Err(Without::End),
    }
}
