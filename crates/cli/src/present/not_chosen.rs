//! Plans that were not chosen, in words: what each other policy would change, at what price, on what evidence, and why it was
//! not taken. It plans nothing.

use model::declaration::Evidence;
use planner::cost::{Cost, NAMES};
use planner::runner_up::{Came, Other, runners_up, weaker};
use planner::solve::Solved;

use super::Alternative;
use super::numbers::{commas, count, join};
use super::plan::price::component;

/// How many differences of price are told.
const TOLD: usize = 4;

/// What the best plan is under each other policy.
#[must_use]
pub fn of(chosen: &Solved) -> Vec<Alternative> {
    let all = runners_up(chosen);
    let same: Vec<&str> = all.iter().filter(|(_, c)| matches!(c, Came::Same)).map(|(o, _)| o.line()).collect();
    let mut said: Vec<String> = all.iter().filter_map(|(other, came)| text(chosen, *other, came)).collect();
    if !same.is_empty() {
        said.push(format!("{}: the same plan.", join(&same)));
    }
    said.into_iter().map(|text| Alternative { another_goal: false, text }).collect()
}

fn text(chosen: &Solved, other: Other, came: &Came) -> Option<String> {
    let line = other.line();
    match came {
        Came::Same => None,
        Came::Nothing => Some(format!("{line}: there is no plan then; {}.", needs(other))),
        Came::Plan(solved, real) => Some(format!(
            "{line}: {} instead of {}; {}. {} {}",
            count(solved.placed.len(), "step"),
            chosen.placed.len(),
            differences(chosen.cost, *real).join("; "),
            evidence(solved),
            why_not(chosen.cost, *real)
        )),
    }
}

/// What the chosen plan needs that the other policy does not allow.
fn needs(other: Other) -> &'static str {
    match other {
        Other::NoOutage => "Front Ends have to restart, which signs users out",
        Other::NoFullStop => "the Front Ends cannot be restarted one after the other",
        Other::Undocumented | Other::FullStop => "nothing else leads to the goal",
    }
}

/// The components that differ, the most important first.
fn differences(chosen: Cost, real: Cost) -> Vec<String> {
    let parts = NAMES.iter().zip(chosen.0.into_iter().zip(real.0)).filter(|(name, (a, b))| a != b && **name != "steps");
    let one = |(name, (a, b)): (&&'static str, (u64, u64))| {
        let ((what, here), (_, there)) = (component(name, a), component(name, b));
        format!("{what} {there} instead of {here}")
    };
    parts.map(one).take(TOLD).collect()
}

/// On what the other plan rests.
fn evidence(solved: &Solved) -> String {
    let of = |evidence: Evidence| -> Vec<usize> {
        weaker(solved).into_iter().filter(|(_, e)| *e == evidence).map(|(n, _)| n + 1).collect()
    };
    match (of(Evidence::Inferred), of(Evidence::Field)) {
        (inferred, _) if !inferred.is_empty() => {
            format!("Evidence: its {} inferred, no source describes it.", commas(&inferred))
        }
        (_, field) if !field.is_empty() => format!("Evidence: documented, its {} field-reported.", commas(&field)),
        _ => "Evidence: documented.".to_owned(),
    }
}

/// Why it was not chosen: the first component in which it is dearer, by the order of importance.
fn why_not(chosen: Cost, real: Cost) -> String {
    let mut parts = NAMES.iter().zip(chosen.0.into_iter().zip(real.0));
    match parts.find(|(_, (a, b))| a != b) {
        Some((name, (a, b))) if b > a => format!("Not chosen: {} come before all that it saves.", component(name, b).0),
        _ => "Not chosen: not allowed.".to_owned(),
    }
}
