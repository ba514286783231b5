//! Publishes of several pools as one, within the time that policy lets a pool wait. It moves no other step.

use std::collections::{BTreeMap, BTreeSet};

use model::actions::{Action, Publish};
use model::estate::{PoolId, Product};
use model::problem::Problem;
use model::restrict::Kept;

use crate::checks::works_on;
use crate::lift::{self, Lifted};

/// What sharing publishes saves, and what it costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// How many publishes fewer there are.
    pub saved: usize,
    /// How long pools wait for others, in seconds, over all pools.
    pub added: u64,
    /// The pool that waits longest, and how long.
    pub longest: Option<(PoolId, u64)>,
}

/// Publishes that become one, by part and place.
pub type Together = Vec<(usize, usize)>;

/// A publish of one pool.
struct One {
    at: (usize, usize),
    pool: PoolId,
    product: Product,
    /// What it is for, as its id ends.
    purpose: String,
    /// How long the pool's own steps before it take at most, in seconds.
    begins: u64,
}

/// Which publishes become one.
///
/// Purpose by purpose: the pools in the order in which they come to their publish, as many together as no pool of them waits
/// longer, in all, than policy allows. A pool's time is the sum of its own steps along the canonical order.
#[must_use]
pub fn together(problem: &Problem, parts: &[Lifted]) -> (Vec<Together>, Shared) {
    let Some(limit) = problem.policy.publish_wait else { return (Vec::new(), Shared::default()) };
    let mut by_purpose: BTreeMap<(Purposes, Product, String), Vec<One>> = BTreeMap::new();
    for one in parts.iter().enumerate().flat_map(|(n, part)| publishes(problem, n, part)) {
        let rank = match parts[one.at.0].steps[one.at.1].action {
            Action::Publish(ref p) => p.purpose(),
            _ => continue,
        };
        by_purpose.entry((rank, one.product, one.purpose.clone())).or_default().push(one);
    }
    let mut waited: BTreeMap<PoolId, u64> = BTreeMap::new();
    let mut all: Vec<Together> = Vec::new();
    for mut ones in by_purpose.into_values() {
        let so_far = |p: &PoolId, waited: &BTreeMap<PoolId, u64>| waited.get(p).copied().unwrap_or(0);
        for one in &mut ones {
            one.begins += so_far(&one.pool, &waited);
        }
        ones.sort_by_key(|o| (o.begins, o.at));
        let mut rest = &ones[..];
        while let Some(first) = rest.first() {
            let latest = |o: &One| o.begins + limit.saturating_sub(so_far(&o.pool, &waited));
            let mut until = latest(first);
            let mut count = 0;
            while let Some(next) = rest.get(count).filter(|o| o.begins <= until) {
                until = until.min(latest(next));
                count += 1;
            }
            let (group, later) = rest.split_at(count.max(1));
            let begins = group.last().map_or(0, |o| o.begins);
            if group.len() > 1 {
                group.iter().for_each(|o| *waited.entry(o.pool).or_default() += begins - o.begins);
                all.push(group.iter().map(|o| o.at).collect());
            }
            rest = later;
        }
    }
    let longest = waited.iter().max_by_key(|(p, wait)| (**wait, std::cmp::Reverse(**p)));
    let shared = Shared {
        saved: all.iter().map(|g| g.len() - 1).sum(),
        added: waited.values().sum(),
        longest: longest.filter(|(_, wait)| **wait > 0).map(|(p, wait)| (*p, *wait)),
    };
    (all, shared)
}

type Purposes = model::actions::Purpose;

/// The publishes of a part, each of one pool; a purpose that is served twice is left alone.
fn publishes(problem: &Problem, n: usize, part: &Lifted) -> Vec<One> {
    let estate = &problem.estate;
    let mut clock: BTreeMap<PoolId, u64> = BTreeMap::new();
    let mut ids = BTreeSet::new();
    let mut all = Vec::new();
    let pools: BTreeSet<PoolId> = part.steps.iter().flat_map(|s| works_on(estate, &s.declaration)).collect();
    for (at, step) in part.steps.iter().enumerate() {
        let d = &*step.declaration;
        let fresh = ids.insert(&d.id);
        if let (Action::Publish(p), true) = (&step.action, fresh)
            && let [pool] = *p.pools()
        {
            let purpose = d.id.0.rsplit('/').next().unwrap_or_default().to_owned();
            let begins = clock.get(&pool).copied().unwrap_or(0);
            all.push(One { at: (n, at), pool, product: estate.pool(pool).product, purpose, begins });
        }
        let own = works_on(estate, d);
        // A step of the estate takes the time of all.
        for &pool in if own.is_empty() { &pools } else { &own } {
            *clock.entry(pool).or_default() += u64::from(d.duration.most);
        }
    }
    all
}

/// Makes publishes of one part one step each: the part is put in order, given its edges and verified anew. Publishes that
/// stay are told by their new places. None if the part does not hold with them.
#[must_use]
pub fn within(
    problem: &Problem,
    whole: &mut Problem,
    kept: &[&Kept],
    parts: Vec<Lifted>,
    together: Vec<Together>,
) -> Option<(Vec<Lifted>, Vec<Together>)> {
    let mut across: Vec<Together> = vec![Vec::new(); together.len()];
    let mut all = Vec::new();
    for (n, part) in parts.into_iter().enumerate() {
        let own = |g: &Together| g.iter().filter(|(p, _)| *p == n).map(|(_, at)| *at).collect::<Vec<usize>>();
        let groups: Vec<Vec<usize>> = together.iter().map(own).collect();
        if groups.iter().all(|g| g.len() < 2) {
            groups.iter().enumerate().for_each(|(g, own)| across[g].extend(own.iter().map(|&at| (n, at))));
            all.push(part);
            continue;
        }
        let sequence = contracted(&part, &groups)?;
        let actions = sequence.iter().map(|those| action(problem, &part, those)).collect::<Option<Vec<_>>>()?;
        for (g, own) in groups.iter().enumerate() {
            let place = |at: &usize| sequence.iter().position(|those| those.contains(at));
            across[g].extend(own.first().and_then(place).map(|at| (n, at)));
        }
        all.push(lift::again(problem, whole, kept[n], &actions, part.leave)?);
    }
    across.retain(|g| g.len() > 1);
    Some((all, across))
}

fn action(problem: &Problem, part: &Lifted, those: &[usize]) -> Option<Action> {
    let [one] = those else {
        let publish = |&n: &usize| if let Action::Publish(p) = &part.steps[n].action { Some(p) } else { None };
        let all: Vec<&Publish> = those.iter().map(publish).collect::<Option<_>>()?;
        return Publish::together(problem, &all).map(Action::Publish);
    };
    Some(part.steps[*one].action.clone())
}

/// The places of a part's steps in an order that its edges allow, with those together that become one. None if there is no
/// such order.
fn contracted(part: &Lifted, groups: &[Vec<usize>]) -> Option<Vec<Vec<usize>>> {
    let n = part.steps.len();
    let of = |at: usize| groups.iter().find(|g| g.contains(&at)).map_or_else(|| vec![at], Clone::clone);
    let mut done = vec![false; n];
    let mut all = Vec::new();
    while all.iter().map(Vec::len).sum::<usize>() < n {
        let ready = |those: &Vec<usize>| {
            let before = |&j: &usize| part.edges.iter().filter(move |e| e.to == j).map(|e| e.from);
            those.iter().flat_map(before).all(|i| done[i])
        };
        let next = (0..n).filter(|&at| !done[at]).map(of).find(ready)?;
        next.iter().for_each(|&at| done[at] = true);
        all.push(next);
    }
    Some(all)
}
