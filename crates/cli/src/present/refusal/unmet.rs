//! The conditions that stand in the way, in words: those that a way out would meet, or else those of the step that came
//! nearest to beginning.

use model::condition::Condition;
use model::field::{Field, State, Value};
use model::problem::Problem;
use model::truth::Truth;
use planner::refusal::{Grant, Refusal};
use serde::Serialize;

use crate::present::page::Page;
use crate::present::style::Role;
use crate::present::{Context, reasons, words};

/// Something that does not hold.
#[derive(Clone, Debug, Serialize)]
pub struct Unmet {
    /// What, in a sentence.
    pub text: String,
    /// `not so`, or `unknown` with the reason.
    pub standing: String,
    /// Why it is asked for.
    pub because: &'static str,
    /// How many conditions the sentence draws together.
    pub conditions: usize,
    /// The facts that are not known, where that is why it does not hold.
    #[serde(skip)]
    pub unknown: Vec<Field>,
}

/// The unmet conditions of a refusal.
pub(super) fn of(problem: &Problem, refusal: &Refusal, context: &Context<'_>) -> Vec<Unmet> {
    let granted: Vec<State> = refusal.ways_out.iter().map(|w| grant(problem, &w.grants)).collect();
    let decisive = |condition: &Condition| {
        let before = condition.eval(problem.view(&problem.initial));
        !before.holds() && granted.iter().any(|state| condition.eval(problem.view(state)).holds())
    };
    let all: Vec<_> = refusal.blocked.iter().flat_map(|b| b.unmet.iter()).collect();
    let mut chosen: Vec<_> = all.iter().filter(|(c, _)| decisive(&c.condition)).copied().collect();
    if chosen.is_empty() {
        chosen = refusal.blocked.first().map(|b| b.unmet.iter().collect()).unwrap_or_default();
    }
    let mut kinds: Vec<(String, &'static str, Vec<&Condition>)> = Vec::new();
    for (clause, truth) in chosen {
        let standing = standing(problem, context, &clause.condition, *truth);
        match kinds.iter_mut().find(|(s, b, _)| *s == standing && *b == clause.rule.because) {
            Some((_, _, list)) if list.contains(&&clause.condition) => {}
            Some((_, _, list)) => list.push(&clause.condition),
            None => kinds.push((standing, clause.rule.because, vec![&clause.condition])),
        }
    }
    let sentences = |(standing, because, list): (String, &'static str, Vec<&Condition>)| -> Vec<Unmet> {
        let sentence = |(text, places): (String, Vec<usize>)| {
            let about = places.iter().map(|&n| list[n]).filter(|_| standing.starts_with("unknown"));
            let unknown = about.flat_map(|c| unknown(problem, c)).collect();
            Unmet { text, standing: standing.clone(), because, conditions: places.len(), unknown }
        };
        words::groups(&problem.estate, &list).into_iter().map(sentence).collect()
    };
    let mut unmet: Vec<Unmet> = kinds.into_iter().flat_map(sentences).collect();
    let grants: Vec<&Grant> = refusal.ways_out.iter().flat_map(|w| &w.grants).collect();
    // Where no way out was found, whatever is refused by policy may matter; where one was, what it grants does.
    let matters = |g: &Grant| grants.contains(&g) || (grants.is_empty() && refuses(problem, g));
    let policies = [Grant::SeedShare, Grant::Outage, Grant::Undocumented];
    unmet.extend(policies.iter().filter(|g| matters(g)).filter_map(policy));
    unmet
}

/// Whether the policy refuses what most plans need.
fn refuses(problem: &Problem, grant: &Grant) -> bool {
    match grant {
        Grant::SeedShare => problem.policy.seed_share.is_none(),
        Grant::Outage => !problem.policy.accept_outage,
        _ => false,
    }
}

/// What the policy refuses, as a condition that does not hold.
fn policy(grant: &Grant) -> Option<Unmet> {
    let (text, because) = match grant {
        Grant::SeedShare => ("a share for new mirrors is named (seed-share)", "nothing to copy a mirror through"),
        Grant::Outage => ("an outage is accepted (accept)", "a restart of a Front End signs its users out"),
        Grant::Undocumented => (
            "steps that no source describes are allowed (undocumented-steps)",
            "nobody was found who says that they work",
        ),
        _ => return None,
    };
    Some(Unmet { text: text.to_owned(), standing: "not so".to_owned(), because, conditions: 1, unknown: Vec::new() })
}

fn standing(problem: &Problem, context: &Context<'_>, condition: &Condition, truth: Truth) -> String {
    if truth != Truth::Unknown {
        return "not so".to_owned();
    }
    let unknown = unknown(problem, condition).into_iter().next();
    let reason = unknown.map(|f| reasons::unknown(context.snapshot, &problem.estate, f));
    reason.map_or_else(|| "unknown".to_owned(), |r| format!("unknown ({r})"))
}

/// The fields of a condition that were not read.
fn unknown(problem: &Problem, condition: &Condition) -> Vec<Field> {
    let v = problem.view(&problem.initial);
    let mut fields: Vec<Field> = Vec::new();
    condition.fields(v, &mut fields);
    fields.retain(|&f| !v.get(f).is_known());
    fields
}

/// The observed state with what a way out grants of facts.
fn grant(problem: &Problem, grants: &[Grant]) -> State {
    let mut state = problem.initial.clone();
    let mut set = |field, value| state.set(&problem.estate, field, value);
    for grant in grants {
        match grant {
            Grant::Fence(h) => set(Field::Fenced(*h), Value::Yes),
            Grant::Fact(field, value) => set(*field, *value),
            Grant::Facts(_, facts) => facts.iter().for_each(|(f, v)| set(*f, *v)),
            Grant::Loss(databases) => {
                for &d in databases {
                    for &i in &problem.estate.store(problem.estate.database(d).store).instances {
                        set(Field::Content(d, i), Value::Complete);
                    }
                }
            }
            Grant::SeedShare | Grant::Slots(_) | Grant::Outage | Grant::FullStop | Grant::Undocumented => {}
        }
    }
    state
}

/// The conditions on a page.
pub(super) fn list(page: &mut Page, unmet: &[Unmet]) {
    if unmet.is_empty() {
        return;
    }
    page.heading("In the way");
    for one in unmet {
        let role = if one.standing.starts_with("unknown") { Role::Unknown } else { Role::Danger };
        page.indented(2, &format!("{}: {}", one.text, one.standing), role);
        page.indented(4, &format!("without it: {}", one.because), Role::Faint);
    }
    page.blank();
}
