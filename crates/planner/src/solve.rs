//! From a problem to a plan: parts that share no machine are searched apart, what is alike once; then the whole is put in
//! order, given its edges and verified. It knows no particular action and prints nothing.

use std::collections::BTreeSet;

use model::actions::{Action, Confirm};
use model::declaration::StepId;
use model::estate::StoreId;
use model::field::Field;
use model::plan::{Plan, Step};
use model::problem::Problem;

use crate::cost::Cost;
use crate::search::{Found, search};
use crate::sequence::{self, Placed};
use crate::step::Rules;
use crate::{alike, cms, edges, verify};

/// A plan with the world around each of its steps.
#[derive(Clone)]
pub struct Solved {
    /// The plan.
    pub plan: Plan,
    /// Its steps in canonical order, with the states before, during and after each.
    pub placed: Vec<Placed>,
    /// What it costs.
    pub cost: Cost,
}

/// What came of a problem.
#[derive(Clone)]
pub enum Outcome {
    /// The goal holds already.
    NothingToDo,
    /// A best plan.
    Plan(Box<Solved>),
    /// There is none. How many states were seen.
    NoPlan {
        /// States seen by the searches that found nothing.
        states: usize,
    },
    /// The search gave up, or a part is too large to be verified.
    TooLarge,
}

/// Solves a problem. `Confirm` steps are allowed only where there is no plan without them.
#[must_use]
pub fn solve(problem: &Problem) -> Outcome {
    match solve_as_is(problem) {
        // Where nothing can be asked, nothing more can be hoped for.
        Outcome::NoPlan { states } if !problem.confirms && !Confirm::all(problem, &problem.initial).is_empty() => {
            let hopeful = Problem { confirms: true, ..problem.clone() };
            match solve_as_is(&hopeful) {
                Outcome::NoPlan { .. } => Outcome::NoPlan { states },
                other => other,
            }
        }
        other => other,
    }
}

/// A plan from the ids of its steps, as a plan file gives them: every step must be one that applies where it stands, may be
/// taken there, and leads on; edges, base and all the rest are found anew. None if it is no plan for this problem.
#[must_use]
pub fn retrace(problem: &Problem, ids: &[StepId]) -> Option<Box<Solved>> {
    let hopeful = ids.iter().any(|id| id.0.starts_with("confirm/"));
    let problem = &Problem { confirms: hopeful, ..problem.clone() };
    let rules = Rules::new(problem);
    let mut state = problem.initial.clone();
    let mut actions = Vec::new();
    for id in ids {
        let (action, declaration) = Action::with_id(problem, &state, id)?;
        state = rules.take(&state, &rules.standing(&state), &declaration)?.after;
        actions.push(action);
    }
    if !rules.reached(&state) {
        return None;
    }
    match finish(&rules, actions) {
        Outcome::Plan(solved) => Some(solved),
        Outcome::NothingToDo | Outcome::NoPlan { .. } | Outcome::TooLarge => None,
    }
}

fn solve_as_is(problem: &Problem) -> Outcome {
    let rules = Rules::new(problem);
    if rules.reached(&problem.initial) {
        return Outcome::NothingToDo;
    }
    let mut actions: Vec<Action> = Vec::new();
    let mut state = problem.initial.clone();
    for part in parts(problem) {
        let found = match part_actions(problem, &part) {
            Ok(ids) => ids,
            Err(outcome) => return outcome,
        };
        for id in found {
            // A step that another part has taken already, such as the saving of the topology.
            let Some((action, declaration)) = Action::with_id(problem, &state, &id) else { continue };
            let Some(taken) = rules.take(&state, &rules.standing(&state), &declaration) else { continue };
            state = taken.after;
            actions.push(action);
        }
    }
    if !rules.reached(&state) {
        return whole(&rules);
    }
    finish(&rules, actions)
}

/// The problem as one, for the rare case that its parts do not fit together.
fn whole(rules: &Rules<'_>) -> Outcome {
    match search(rules) {
        Found::Plan(actions, _) => finish(rules, actions),
        Found::Nothing { states } => Outcome::NoPlan { states },
        Found::TooLarge => Outcome::TooLarge,
    }
}

/// The steps of one part, by id, of the whole estate's names.
fn part_actions(problem: &Problem, part: &[StoreId]) -> Result<Vec<StepId>, Outcome> {
    let Some(mut own) = problem.restricted(&with_unmanaged(problem, part)) else { return Err(Outcome::TooLarge) };
    cms::keep_wishes(&mut own, problem, part);
    let rules = Rules::new(&own);
    if rules.reached(&own.initial) {
        return Ok(Vec::new());
    }
    let ids = |rules: &Rules<'_>, actions: &[Action]| actions.iter().map(|a| rules.declare(a).id.clone()).collect();
    let classes = alike::classes(&own);
    let twins = alike::twins(&own);
    let stand_ins = alike::stand_ins(&own, &classes, &twins);
    let beside = cms::places(&own, &own.pools().into_iter().collect());
    let stands = |p| twins.iter().any(|pools| pools[0] == p) || beside.contains(&p);
    if let Some(small) = own.restricted_to(&with_unmanaged(&own, &stand_ins), stands) {
        let small_rules = Rules::new(&small);
        match search(&small_rules) {
            Found::Plan(actions, _) => {
                let small_ids: Vec<StepId> = ids(&small_rules, &actions);
                if let Some(all) = alike::expand(&rules, &classes, &twins, &small_ids) {
                    return Ok(ids(&rules, &all));
                }
            }
            Found::Nothing { states } => return Err(Outcome::NoPlan { states }),
            Found::TooLarge => return Err(Outcome::TooLarge),
        }
    }
    match search(&rules) {
        Found::Plan(actions, _) => Ok(ids(&rules, &actions)),
        Found::Nothing { states } => Err(Outcome::NoPlan { states }),
        Found::TooLarge => Err(Outcome::TooLarge),
    }
}

/// Some managed stores, and every store that is not managed: those stay as they are, but Front Ends load them too. And what
/// a move of the Central Management store would read.
fn with_unmanaged(problem: &Problem, managed: &[StoreId]) -> Vec<StoreId> {
    let pools: BTreeSet<_> = managed.iter().flat_map(|&s| problem.estate.store(s).users.iter().copied()).collect();
    let beside = cms::seen(problem, &pools);
    let keep = |s: &StoreId| {
        let store = problem.estate.store(*s);
        managed.contains(s)
            || beside.contains(s)
            || (problem.wish(*s).is_none() && store.users.iter().any(|p| pools.contains(p)))
    };
    problem.estate.store_ids().filter(keep).collect()
}

/// Managed stores that share a machine or a pool, directly or through others; each list is one part.
fn parts(problem: &Problem) -> Vec<Vec<StoreId>> {
    let estate = &problem.estate;
    let touches = |s: StoreId| {
        let store = estate.store(s);
        let hosts: BTreeSet<_> = store.instances.iter().map(|&i| estate.host_of(i)).collect();
        let pools: BTreeSet<_> = store.users.iter().copied().collect();
        (hosts, pools)
    };
    let mut parts: Vec<(BTreeSet<_>, BTreeSet<_>, Vec<StoreId>)> = Vec::new();
    for wish in &problem.wishes {
        let (mut hosts, mut pools) = touches(wish.store);
        let mut stores = vec![wish.store];
        let (joined, apart): (Vec<_>, Vec<_>) =
            parts.into_iter().partition(|(h, p, _)| !h.is_disjoint(&hosts) || !p.is_disjoint(&pools));
        for (h, p, s) in joined {
            hosts.extend(h);
            pools.extend(p);
            stores.extend(s);
        }
        stores.sort_unstable();
        parts = apart;
        parts.push((hosts, pools, stores));
    }
    let mut parts: Vec<Vec<StoreId>> = parts.into_iter().map(|(_, _, stores)| stores).collect();
    parts.sort();
    parts
}

fn finish(rules: &Rules<'_>, actions: Vec<Action>) -> Outcome {
    let problem = rules.problem;
    let Some(placed) = sequence::settle(rules, actions) else { return Outcome::TooLarge };
    let declarations: Vec<_> = placed.iter().map(|p| &*p.declaration).collect();
    let Some((edges, order)) = edges::needed(problem, declarations) else { return Outcome::TooLarge };
    let steps =
        placed.iter().map(|p| Step { action: p.action.clone(), declaration: (*p.declaration).clone() }).collect();
    let base = base(rules, &placed);
    let plan = Plan { problem: problem.clone(), steps, edges, base, orders: order.sequences() };
    let cost = sequence::cost(&placed);
    Outcome::Plan(Box::new(Solved { plan, placed, cost }))
}

/// The fields whose observed values the plan rests on: read by a requirement, a way, a risk, an invariant or the goal
/// before any step has written them.
fn base(rules: &Rules<'_>, placed: &[Placed]) -> Vec<Field> {
    let problem = rules.problem;
    let mut written: BTreeSet<Field> = BTreeSet::new();
    let mut base: BTreeSet<Field> = BTreeSet::new();
    let mut read = |condition: &model::condition::Condition, written: &BTreeSet<Field>| {
        base.extend(verify::fields(problem, condition).into_iter().filter(|f| !written.contains(f)));
    };
    for c in &rules.invariants {
        read(&c.condition, &written);
    }
    for p in placed {
        let d = &p.declaration;
        d.requires.iter().for_each(|c| read(&c.condition, &written));
        d.ways.iter().flat_map(|w| &w.requires).for_each(|c| read(&c.condition, &written));
        d.risks.iter().flat_map(|(conditions, _)| conditions).for_each(|c| read(c, &written));
        written.extend(d.begin.iter().chain(&d.end).map(|w| w.field));
    }
    for c in &rules.goal {
        read(&c.condition, &written);
    }
    base.into_iter().collect()
}
