//! Plans to the same goal that were not chosen: what the best one would be under each other policy, at the real price. It
//! decides nothing; the search did.

use model::declaration::Evidence;
use model::field::Field;
use model::problem::{Problem, Slots, Wanted, Wish};

use crate::cost::{self, Cost};
use crate::solve::{Outcome, Solved, solve};

/// Plans of more steps are not made anew for each policy.
const STEPS: usize = 256;

/// A policy that is declared otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// Steps that no source describes are allowed, and cost nothing more than others.
    Undocumented,
    /// A pool may be stopped as a whole, and that costs nothing more than restarts.
    FullStop,
    /// No full stop is allowed.
    NoFullStop,
    /// No outage is accepted.
    NoOutage,
}

impl Other {
    /// The line of the desired file that says so.
    #[must_use]
    pub fn line(self) -> &'static str {
        match self {
            Self::Undocumented => "undocumented-steps = \"allow\"",
            Self::FullStop => "full-stop = \"allow\"",
            Self::NoFullStop => "full-stop = \"refuse\"",
            Self::NoOutage => "accept = []",
        }
    }
}

/// What came of another policy.
#[derive(Clone)]
pub enum Came {
    /// The same steps.
    Same,
    /// No plan.
    Nothing,
    /// Another plan, and what it costs by the prices of the chosen one.
    Plan(Box<Solved>, Cost),
}

/// What the best plan is under each other policy.
#[must_use]
pub fn runners_up(chosen: &Solved) -> Vec<(Other, Came)> {
    if chosen.placed.len() > STEPS {
        return Vec::new();
    }
    let policy = &chosen.plan.problem.policy;
    let mut others = Vec::new();
    if !policy.allow_undocumented {
        others.push(Other::Undocumented);
    }
    others.push(if policy.allow_full_stop && chosen.cost.0[cost::FULL_STOPS] > 0 {
        Other::NoFullStop
    } else {
        Other::FullStop
    });
    if policy.accept_outage {
        others.push(Other::NoOutage);
    }
    others.into_iter().map(|other| (other, came(chosen, other))).collect()
}

/// How many steps the plan would have if the two instances of every store might have its slots in any order, where their
/// order is declared and a slot goes away and comes back. None where it does not, or nothing is gained.
#[must_use]
pub fn in_any_order(chosen: &Solved) -> Option<usize> {
    let problem = &chosen.plan.problem;
    let slot = |state, s| problem.view(state).get(Field::PrimarySlot(s));
    let last = chosen.placed.last()?;
    let back = |w: &Wish| {
        let home = slot(&problem.initial, w.store);
        home == slot(&last.taken.after, w.store) && chosen.placed.iter().any(|p| slot(&p.taken.after, w.store) != home)
    };
    if chosen.placed.len() > STEPS || !problem.wishes.iter().any(back) {
        return None;
    }
    let mut varied = problem.clone();
    for wish in &mut varied.wishes {
        if let Slots::Ordered { primary: Some(a), mirror: Wanted::One(b) } = wish.slots {
            wish.slots = Slots::Pair(a, b);
        }
    }
    match solve(&varied) {
        Outcome::Plan(solved) => Some(solved.placed.len()),
        Outcome::NothingToDo | Outcome::NoPlan { .. } | Outcome::TooLarge => None,
    }
}

fn came(chosen: &Solved, other: Other) -> Came {
    match solve(&varied(&chosen.plan.problem, other)) {
        Outcome::Plan(solved) => {
            let ids = |s: &Solved| s.plan.steps.iter().map(|x| x.declaration.id.clone()).collect::<Vec<_>>();
            if ids(&solved) == ids(chosen) {
                return Came::Same;
            }
            let real = price(&chosen.plan.problem, &solved);
            Came::Plan(solved, real)
        }
        Outcome::NothingToDo => Came::Same,
        Outcome::NoPlan { .. } | Outcome::TooLarge => Came::Nothing,
    }
}

/// What a plan costs by the prices of a problem.
fn price(problem: &Problem, solved: &Solved) -> Cost {
    let step = |p: &crate::sequence::Placed| cost::of_step(problem, &p.before, &p.taken.during, &p.declaration);
    solved.placed.iter().map(step).fold(Cost::default(), Cost::plus)
}

fn varied(problem: &Problem, other: Other) -> Problem {
    let mut varied = problem.clone();
    match other {
        Other::Undocumented => {
            varied.policy.allow_undocumented = true;
            varied.lifted.insert(cost::PRICE_OF_UNDOCUMENTED);
        }
        Other::FullStop => {
            varied.policy.allow_full_stop = true;
            varied.lifted.insert(cost::PRICE_OF_FULL_STOPS);
        }
        Other::NoFullStop => varied.policy.allow_full_stop = false,
        Other::NoOutage => varied.policy.accept_outage = false,
    }
    varied
}

/// The steps of a plan whose first way rests on weaker evidence than Microsoft's pages, each with that evidence.
#[must_use]
pub fn weaker(solved: &Solved) -> Vec<(usize, Evidence)> {
    let evidence = |(n, p): (usize, &crate::sequence::Placed)| {
        let way = p.declaration.way(solved.plan.problem.view(&p.before))?;
        let changes = p.declaration.work != model::declaration::Work::Look;
        (changes && way.evidence != Evidence::Documented).then_some((n, way.evidence))
    };
    solved.placed.iter().enumerate().filter_map(evidence).collect()
}
