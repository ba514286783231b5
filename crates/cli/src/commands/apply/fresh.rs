//! Whether a plan still fits: every fact that it rests on is read again before anything is done. It changes nothing.

use executor::driver::Driver as _;
use executor::simulated::Simulated;
use model::attest;
use model::declaration::{Risk, Undo};
use model::fact::Fact;
use model::field::{Field, Value};
use model::vocabulary;

use crate::args::Apply;
use crate::exit::{Exit, Failure};
use crate::load::{self, Reviewed};
use crate::place::Place;
use crate::present::time;
use crate::screen::Screen;

/// Reads every base fact again; gives the attested facts that count.
///
/// # Errors
/// Stale (4) when one has changed; refused (3) when one that a dangerous step needs cannot be read and is too old.
pub fn check(
    screen: &Screen,
    place: &Place,
    args: &Apply,
    reviewed: &Reviewed,
    driver: &mut Simulated,
) -> Result<Vec<Fact>, Failure> {
    let attestations = load::attestations(place, &args.inputs.attestations)?;
    let mut now = driver.snapshot().map_err(|e| Failure::new(Exit::Error, format!("error: {e} [CT3002]")))?;
    let (words, refuted) = attest::merge(&now, &attestations).map_err(|d| Failure::input(&[d], "nothing was done"))?;
    for word in &refuted {
        screen.note(&format!("note: {word}"));
    }
    let words: Vec<Fact> = words.into_iter().filter(|w| w.source.starts_with("person")).collect();
    let plan = &reviewed.solved.plan;
    let estate = &plan.problem.estate;
    // Hosts that hold nothing yet are no part of a snapshot; the plan names them.
    let facts = driver.observe(estate, estate.layout().fields());
    now.with_facts(facts.map_err(|e| Failure::new(Exit::Error, format!("error: {e} [CT3002]")))?);
    now.with_facts(words.clone());
    let state = now.state(estate);
    let differ = |f: &&Field| state.get(estate, **f) != plan.problem.initial.get(estate, **f);
    let changed: Vec<Field> = plan.base.iter().filter(differ).copied().collect();
    let (lost, moved): (Vec<Field>, Vec<Field>) =
        changed.into_iter().partition(|&f| state.get(estate, f) == Value::Unknown);
    if !moved.is_empty() {
        return Err(stale(screen, reviewed, &moved, &state, driver));
    }
    if !lost.is_empty() && dangerous(reviewed) {
        return Err(unread(screen, reviewed, &lost, driver)?);
    }
    Ok(words)
}

/// Whether some step forces, destroys or loses.
fn dangerous(reviewed: &Reviewed) -> bool {
    reviewed.solved.plan.steps.iter().any(|s| {
        let d = &s.declaration;
        matches!(d.undo, Undo::Irreversible(_)) || d.risks.iter().any(|(_, r)| *r >= Risk::PossibleLoss)
    })
}

fn stale(
    screen: &Screen,
    reviewed: &Reviewed,
    moved: &[Field],
    state: &model::field::State,
    driver: &Simulated,
) -> Failure {
    let plan = &reviewed.solved.plan;
    let estate = &plan.problem.estate;
    let facts = if moved.len() == 1 { "1 fact".to_owned() } else { format!("{} facts", moved.len()) };
    let mut text = format!(
        "Stale: {facts} of the {} that plan {} rests on changed. Nothing was done. [CT4004]\n\n",
        plan.base.len(),
        reviewed.file.short()
    );
    let then = time::at(reviewed.file.facts.read.to, driver.now(), screen.offset);
    text.push_str(&format!(
        "  as planned, read {then}; now, read {}\n",
        time::at(driver.now(), driver.now(), screen.offset)
    ));
    let shown = 12;
    for &field in moved.iter().take(shown) {
        let value = |v| vocabulary::value_text(estate, v);
        let (old, new) = (plan.problem.initial.get(estate, field), state.get(estate, field));
        text.push_str(&format!("  {}:\n      {} -> {}\n", vocabulary::phrase(estate, field), value(old), value(new)));
    }
    if moved.len() > shown {
        text.push_str(&format!("  and {} more\n", moved.len() - shown));
    }
    text.push_str("\nNext: cstopo observe, then cstopo plan");
    Failure::new(Exit::Stale, text)
}

/// Facts that cannot be read any more: fresh enough to act on, or not.
fn unread(screen: &Screen, reviewed: &Reviewed, lost: &[Field], driver: &Simulated) -> Result<Failure, Failure> {
    let plan = &reviewed.solved.plan;
    let age = time::seconds(reviewed.file.facts.read.to, driver.now());
    let most = plan.problem.policy.max_snapshot_age;
    let estate = &plan.problem.estate;
    let first = lost.iter().take(6).map(|&f| format!(" --> {}", vocabulary::phrase(estate, f)));
    let text = format!(
        "refused: {} of the {} facts could not be read again, and the plan forces or\ndestroys; facts for that may be {} old [CT4003]\n{}\n  = last read {}, {} ago\n  = help: cstopo observe says what answers, then cstopo plan",
        lost.len(),
        plan.base.len(),
        time::lasted(most),
        first.collect::<Vec<_>>().join("\n"),
        time::at(reviewed.file.facts.read.to, driver.now(), screen.offset),
        time::lasted(age),
    );
    Ok(Failure::new(Exit::Refused, text))
}
