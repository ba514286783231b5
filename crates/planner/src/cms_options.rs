//! Which of the four ways of operations §9.2 a plan takes, which others there are, and what the planned ones would cost. It
//! prints nothing, and what a way is stands in `model::cms_options`.

use std::collections::BTreeSet;

use model::cms::{able, destination, holder, is_back_end, runs, store, taker};
use model::cms_options::{ALL, CmsOption};
use model::declaration::StepId;
use model::estate::{PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::{Problem, Slots, Wish};
use model::restrict::Kept;

use crate::solve::{Outcome, Solved, solve};

/// A way, as it stands here.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// Which.
    pub option: &'static CmsOption,
    /// How it stands.
    pub stand: Stand,
    /// What its plan would cost, where there is one.
    pub price: Option<Price>,
    /// The pool that takes the Central Management store over in a plan of its own, because the topology has other stores
    /// afterwards: C1 where no pool is paired for it that could.
    pub apart: Option<PoolId>,
    /// Whether the databases of the Central Management store can be served before it is moved: then nothing of it is lost.
    pub whole: bool,
}

/// How a way stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// The plan takes it.
    Taken,
    /// It could be taken.
    Open,
    /// People could take it; it is not planned.
    ByHand,
    /// It does not apply here.
    Closed,
}

/// What a plan would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// Its steps.
    pub steps: usize,
    /// Those that no source describes.
    pub undocumented: u64,
    /// How long users are out while the databases of the User store are copied, in seconds; 0 where they are not.
    pub out: u32,
}

/// The pool that holds the Central Management store and has lost the host of a primary slot, with the four ways; where it has
/// lost none, and its back end is to change, with the first of them. `steps` are those of the plan, none where there is no
/// plan.
#[must_use]
pub fn ways(problem: &Problem, steps: &[StepId]) -> Option<(PoolId, Vec<Way>)> {
    let v = problem.view(&problem.initial);
    let pool = holder(v)?;
    let broken = problem.managed(pool).any(|w| lost(problem, w.store));
    if !broken && !problem.managed(pool).any(|w| moves(problem, w)) {
        return None;
    }
    let stores: Vec<StoreId> = problem.managed(pool).map(|w| w.store).collect();
    let lives = |s: &StoreId| {
        let mirror = v.get(Field::MirrorSlot(*s)).instance();
        mirror.is_some_and(|m| v.get(Field::Answers(m)) == Value::Yes)
    };
    let mirror = stores.iter().filter(|&&s| lost(problem, s)).all(lives);
    let takes = |begin: &str| steps.iter().any(|id| id.0.starts_with(begin));
    let pair = taker(problem).is_some_and(|p| able(v, p).holds());
    let other = destination(problem).filter(|&p| runs(v, p).holds());
    let apart = other.filter(|&p| store(&problem.estate, p).is_none());
    let kept = if mirror { kept(problem, pool, &stores) } else { None };
    let stand = |taken: bool, open: bool, otherwise: Stand| match (taken, open) {
        (true, _) => Stand::Taken,
        (false, true) => Stand::Open,
        (false, false) => otherwise,
    };
    let by_hand = if other.is_some() { Stand::ByHand } else { Stand::Closed };
    let stands = [
        (stand(takes("move-cms/"), pair || apart.is_some(), by_hand), None),
        (stand(takes("remirror/"), kept.is_some(), Stand::Closed), kept),
        (if mirror { Stand::ByHand } else { Stand::Closed }, None),
        (if mirror { Stand::Closed } else { Stand::ByHand }, None),
    ];
    let told = if broken { ALL.len() } else { 1 };
    let way =
        |(n, (option, (stand, price)))| Way { option, stand, price, apart: apart.filter(|_| n == 0), whole: mirror };
    Some((pool, ALL.iter().zip(stands).take(told).enumerate().map(way).collect()))
}

/// The pool that takes the Central Management store over in a plan of its own, before anything else is planned: where there is
/// no plan as declared, or one with steps of no source, and that way is open. Evidence comes before everything that costs
/// time (design, cost in order).
#[must_use]
pub fn first(problem: &Problem, solved: Option<&Solved>) -> Option<PoolId> {
    if problem.cms_to.is_some() || solved.is_some_and(|s| s.cost.0[1] == 0) {
        return None;
    }
    let steps: Vec<StepId> =
        solved.map_or_else(Vec::new, |s| s.plan.steps.iter().map(|s| s.declaration.id.clone()).collect());
    let (_, list) = ways(problem, &steps)?;
    list.first().filter(|w| w.stand == Stand::Open)?.apart
}

/// Whether another instance is wished for in the primary slot of a back end's store.
fn moves(problem: &Problem, wish: &Wish) -> bool {
    let published = problem.view(&problem.initial).get(Field::PrimarySlot(wish.store)).instance();
    let wished = wish.primaries();
    let stays = wished.is_empty() || published.is_some_and(|p| wished.contains(&p));
    is_back_end(problem.estate.store(wish.store).kind) && !stays
}

/// Whether the host of the primary slot of a back end's store is silent.
fn lost(problem: &Problem, s: StoreId) -> bool {
    let v = problem.view(&problem.initial);
    let primary = v.get(Field::PrimarySlot(s)).instance();
    is_back_end(problem.estate.store(s).kind) && primary.is_some_and(|i| v.get(Field::Answers(i)) != Value::Yes)
}

/// The price of the plan that keeps the slots, under the policy that allows it, and as if no other pool were there.
fn kept(problem: &Problem, pool: PoolId, stores: &[StoreId]) -> Option<Price> {
    let estate = &problem.estate;
    let managed = stores.iter().copied().collect();
    let used = estate.pool(pool).stores.iter().copied();
    let pools = BTreeSet::from([pool]);
    let beside = used.filter(|s| !stores.contains(s)).collect();
    let mut own = problem.restricted(&Kept { managed, beside, pools })?.problem;
    let v = own.view(&own.initial);
    let slots = |s| {
        let slot = |field| v.get(field).instance();
        Some(Slots::Pair(slot(Field::PrimarySlot(s))?, slot(Field::MirrorSlot(s))?))
    };
    let pairs: Vec<_> = own.wishes.iter().map(|w| slots(w.store)).collect();
    for (wish, pair) in own.wishes.iter_mut().zip(pairs) {
        wish.slots = pair?;
    }
    own.policy.allow_undocumented = true;
    own.policy.allow_full_stop = true;
    match solve(&own) {
        Outcome::Plan(solved) => Some(price(&solved)),
        Outcome::NothingToDo | Outcome::NoPlan { .. } | Outcome::TooLarge => None,
    }
}

fn price(solved: &Solved) -> Price {
    let copied = |id: &StepId| id.0.starts_with("remirror/") && id.0.ends_with("/User");
    let steps = solved.plan.steps.iter().map(|s| &s.declaration);
    let out = steps.filter(|d| copied(&d.id)).map(|d| d.duration.most).sum();
    Price { steps: solved.plan.steps.len(), undocumented: solved.cost.0[1], out }
}
