//! From a problem to a plan: parts that share no machine and no pool are solved apart, parts that are alike once, and joined.
//! It knows no particular action and prints nothing.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use model::declaration::StepId;
use model::plan::Plan;
use model::problem::Problem;
use model::restrict::{Kept, Restriction};
use topology::names::Fqdn;

use crate::cms;
use crate::cost::Cost;
use crate::join;
use crate::lift::{self, Lifted};
use crate::part::{self, Effort, Own, Without};
use crate::parts::{self, Likeness, likeness, parts};
use crate::sequence::Placed;
use crate::share::{self, Shared};

/// A plan with the world around each of its steps.
#[derive(Clone)]
pub struct Solved {
    /// The plan.
    pub plan: Plan,
    /// Its steps in canonical order, with the states before, during and after each.
    pub placed: Vec<Placed>,
    /// What it costs.
    pub cost: Cost,
    /// What it took to find it.
    pub searched: Searched,
    /// Publishes that pools share.
    pub shared: Shared,
}

/// What it took to find a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// Parts with something to do that share no machine and no pool.
    pub parts: usize,
    /// Parts that differ in more than names: only these were searched.
    pub distinct: usize,
    /// States that were seen.
    pub states: usize,
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
    /// The search of a part gave up.
    TooLarge,
}

/// Solves a problem. `Confirm` steps are allowed only where there is no plan without them.
#[must_use]
pub fn solve(problem: &Problem) -> Outcome {
    solve_parts(problem, |part| part::solve(part, Effort::Best))
}

/// Any plan of a problem, not the best: for those who only ask whether there is one.
#[must_use]
pub fn possible(problem: &Problem) -> Outcome {
    solve_parts(problem, |part| part::solve(part, Effort::Any))
}

/// A plan from the ids of its steps, as a plan file gives them: every step must be one that applies where it stands, may be
/// taken there, and leads on; edges, base and all the rest are found anew. None if it is no plan for this problem.
#[must_use]
pub fn retrace(problem: &Problem, ids: &[StepId]) -> Option<Box<Solved>> {
    let named = Named::of(problem, ids);
    // A shared publish stands where the parts wait for each other; only planning finds the order that each had without it.
    let shared = ids.iter().any(|id| id.0.starts_with("publish/") && id.0.contains('+'));
    let outcome = if shared { solve(problem) } else { traced(problem, &named) };
    match outcome {
        Outcome::Plan(solved) => {
            let traced = solved.plan.steps.iter().map(|s| &s.declaration.id);
            let known: BTreeSet<&StepId> = ids.iter().collect();
            (solved.plan.steps.len() == ids.len() && traced.into_iter().all(|id| known.contains(id))).then_some(solved)
        }
        Outcome::NothingToDo | Outcome::NoPlan { .. } | Outcome::TooLarge => None,
    }
}

/// As above, part by part.
fn traced(problem: &Problem, named: &Named<'_>) -> Outcome {
    solve_parts(problem, |small| {
        if crate::step::Rules::new(small).reached(&small.initial) {
            return Ok(None);
        }
        // A step that names nothing belongs to the parts that need it.
        let [own, all] = named.of_part(small);
        part::retrace(small, &own).or_else(|| part::retrace(small, &all)).map(Some).ok_or(Without::End)
    })
}

/// Solves every part, each in its way, and joins them. Parts that turn out not to be independent are solved as one.
fn solve_parts(problem: &Problem, solve: impl Fn(&Problem) -> Result<Option<Own>, Without>) -> Outcome {
    let mut kept = parts(problem);
    let mut whole = problem.clone();
    loop {
        let mut known = Known::default();
        let (mut lifted, mut of) = (Vec::new(), Vec::new());
        for (n, part) in kept.iter().enumerate() {
            let Some(restriction) = problem.restricted(part) else { return as_one(problem, solve) };
            let own = match known.solve(&restriction, &solve) {
                Ok(Some(own)) => own,
                Ok(None) => continue,
                Err(Without::Plan(states)) => return Outcome::NoPlan { states },
                Err(Without::End) => return Outcome::TooLarge,
            };
            let Some(one) = lift::lift(problem, &mut whole, part, &restriction, &own) else {
                return as_one(problem, solve);
            };
            lifted.push(one);
            of.push(n);
        }
        if lifted.is_empty() {
            return Outcome::NothingToDo;
        }
        if let Some((a, b)) = join::clash(&lifted) {
            let (a, b) = (of[a].min(of[b]), of[a].max(of[b]));
            let other = kept.remove(b);
            kept[a] = parts::joined(problem, &kept[a], &other);
            continue;
        }
        let searched = Searched { parts: lifted.len(), ..known.searched };
        let of: Vec<&Kept> = of.into_iter().map(|n| &kept[n]).collect();
        let Some(solved) = joined(problem, &mut whole, &of, lifted) else { return as_one(problem, solve) };
        return Outcome::Plan(Box::new(Solved { searched, ..solved }));
    }
}

/// The parts as one plan, with the publishes that they may share; without, where those would not hold.
fn joined(problem: &Problem, whole: &mut Problem, kept: &[&Kept], parts: Vec<Lifted>) -> Option<Solved> {
    let (together, shared) = share::together(problem, &parts);
    if shared.saved == 0 {
        return join::join(problem, &parts, &[]);
    }
    let (parts, across) = share::within(problem, whole, kept, parts, together)?;
    join::join(problem, &parts, &across).map(|solved| Solved { shared, ..solved })
}

/// The problem as one, for the rare case that its parts do not fit together.
fn as_one(problem: &Problem, solve: impl Fn(&Problem) -> Result<Option<Own>, Without>) -> Outcome {
    let own = match solve(problem) {
        Ok(Some(own)) => own,
        Ok(None) => return Outcome::NothingToDo,
        Err(Without::Plan(states)) => return Outcome::NoPlan { states },
        Err(Without::End) => return Outcome::TooLarge,
    };
    let everything = Kept { managed: problem.wishes.iter().map(|w| w.store).collect(), ..Kept::default() };
    let lifted: Option<Lifted> = lift::lift(problem, &mut problem.clone(), &everything, &problem.unrestricted(), &own);
    match lifted.and_then(|one| join::join(problem, &[one], &[])) {
        Some(mut solved) => {
            solved.searched = Searched { parts: 1, distinct: 1, states: own.states };
            Outcome::Plan(Box::new(solved))
        }
        None => Outcome::TooLarge,
    }
}

/// What was solved already, by what it is like.
#[derive(Default)]
struct Known {
    solved: HashMap<Likeness, Option<Rc<Own>>>,
    searched: Searched,
}

impl Known {
    /// The plan of a part: that of a part that differs in nothing but names, or its own.
    fn solve(
        &mut self,
        restriction: &Restriction,
        solve: impl Fn(&Problem) -> Result<Option<Own>, Without>,
    ) -> Result<Option<Rc<Own>>, Without> {
        let like = likeness(&restriction.problem);
        if let Some(own) = self.solved.get(&like) {
            return Ok(own.clone());
        }
        let own = solve(&restriction.problem)?.map(Rc::new);
        if let Some(own) = &own {
            self.searched.distinct += 1;
            self.searched.states += own.states;
        }
        self.solved.insert(like, own.clone());
        Ok(own)
    }
}

/// The ids of a plan, by the machines and pools that they name.
struct Named<'a> {
    ids: &'a [StepId],
    by_name: HashMap<&'a str, Vec<usize>>,
    /// Those that name none.
    nameless: Vec<usize>,
    /// Moves of the Central Management store: they name a pool that may belong to no part, or to another one.
    moves: Vec<usize>,
}

impl<'a> Named<'a> {
    fn of(problem: &Problem, ids: &'a [StepId]) -> Self {
        // What names only machines and pools that nobody manages belongs to the parts that need it, as what names none.
        let managed: BTreeSet<&Fqdn> = names(problem).collect();
        let known = |name: &str| Fqdn::new(name).is_ok_and(|f| managed.contains(&f));
        let mut named = Self { ids, by_name: HashMap::new(), nameless: Vec::new(), moves: Vec::new() };
        for (n, id) in ids.iter().enumerate() {
            if cms::moves(id) {
                named.moves.push(n);
                continue;
            }
            // An instance is on its machine.
            let words = id.0.split('/').map(|w| w.split_once('\\').map_or(w, |(host, _)| host));
            let names: Vec<&str> = words.filter(|w| known(w)).collect();
            if names.is_empty() {
                named.nameless.push(n);
            }
            for name in names {
                named.by_name.entry(name).or_default().push(n);
            }
        }
        named
    }

    /// The ids that name something of a part, and those together with the ones that name nothing.
    fn of_part(&self, part: &Problem) -> [Vec<StepId>; 2] {
        let mut own: BTreeSet<usize> =
            names(part).filter_map(|n| self.by_name.get(n.as_str())).flatten().copied().collect();
        if !cms::places(part, &part.pools().into_iter().collect()).is_empty() {
            own.extend(&self.moves);
        }
        let all: BTreeSet<usize> = own.iter().chain(&self.nameless).copied().collect();
        [own, all].map(|places| places.into_iter().map(|n| self.ids[n].clone()).collect())
    }
}

/// The pools and machines of the managed stores, by name.
fn names(problem: &Problem) -> impl Iterator<Item = &Fqdn> {
    let estate = &problem.estate;
    let pools = problem.pools();
    let holders = problem.wishes.iter().flat_map(|w| estate.store(w.store).instances.iter().copied());
    let hosts: BTreeSet<_> = holders.chain(problem.named()).map(|i| estate.host_of(i)).collect();
    let front_ends: Vec<_> = pools.iter().flat_map(|&p| estate.pool(p).front_ends.iter().copied()).collect();
    let pools = pools.into_iter().map(|p| &estate.pool(p).fqdn);
    let front_ends = front_ends.into_iter().map(|f| &estate.front_end(f).fqdn);
    pools.chain(front_ends).chain(hosts.into_iter().map(|h| estate.host(h)))
}
