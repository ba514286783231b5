//! Conditions in sentences, those that say the same of several databases or Front Ends drawn together. It evaluates
//! nothing.

use model::condition::{Condition, Predicate};
use model::estate::{DatabaseId, Estate, FrontEndId};
use model::field::Field;

use super::numbers::join;

/// What must hold, in words, with whole names.
#[must_use]
pub fn condition_text(estate: &Estate, condition: &Condition) -> String {
    model::words::condition(estate, condition)
}

/// Conditions that say the same of several databases, or of several Front Ends, as one sentence.
#[must_use]
pub fn together(estate: &Estate, conditions: &[&Condition]) -> Vec<String> {
    groups(estate, conditions).into_iter().map(|(text, _)| text).collect()
}

/// As [`together`]; with each sentence the places of its conditions in the list.
#[must_use]
pub fn groups(estate: &Estate, conditions: &[&Condition]) -> Vec<(String, Vec<usize>)> {
    let mut groups: Vec<(String, Vec<String>, Vec<usize>)> = Vec::new();
    for (n, condition) in conditions.iter().enumerate() {
        let text = condition_text(estate, condition);
        let (long, short) = subject(estate, condition).unwrap_or_default();
        let template = if long.is_empty() { text } else { text.replacen(&long, MARK, 1) };
        match groups.iter_mut().find(|(t, _, _)| *t == template) {
            Some((_, names, places)) => {
                if !names.contains(&short) {
                    names.push(short);
                }
                places.push(n);
            }
            None => groups.push((template, vec![short], vec![n])),
        }
    }
    groups.into_iter().map(|(template, names, places)| (template.replacen(MARK, &join(&names), 1), places)).collect()
}

/// Stands for a name while sentences are compared; no name and no sentence holds it.
const MARK: &str = "\u{1}";

/// The database or Front End that a condition is about: as its sentence names it, and as a list does.
fn subject(estate: &Estate, condition: &Condition) -> Option<(String, String)> {
    let database = |d: DatabaseId| (estate.qualified(d), estate.database(d).name.clone());
    let front_end = |f: FrontEndId| {
        let name = estate.front_end(f).fqdn.to_string();
        (name.clone(), name)
    };
    match condition {
        Condition::Is(field, _) | Condition::IsNot(field, _) => match *field {
            // Fields in words name a database alone.
            Field::Role(d, _) | Field::Session(d, _) | Field::Content(d, _) | Field::Safety(d, _) => {
                let text = condition_text(estate, condition);
                let (long, short) = database(d);
                Some((if text.contains(&long) { long } else { short.clone() }, short))
            }
            Field::Services(f) | Field::Replica(f) => Some(front_end(f)),
            _ => None,
        },
        Condition::Named(p) => match p {
            Predicate::Serves(d, _)
            | Predicate::ServesOnOneOf(d, _)
            | Predicate::Served(d)
            | Predicate::NotTheOnlyServer(d, _)
            | Predicate::CompleteBesides(d, _)
            | Predicate::NoLiveCopy(d, _)
            | Predicate::WitnessPermits(d, _)
            | Predicate::PartnerHarmless(d, _)
            | Predicate::SessionAsSlots(d)
            | Predicate::OneServer(d)
            | Predicate::CompleteCopy(d)
            | Predicate::NoForkServes(d) => Some(database(*d)),
            Predicate::RunsOnPrimary(f, ..) | Predicate::NotKnownToRunOtherSlots(f, _) => Some(front_end(*f)),
            Predicate::NotKnownToDiffer(Field::Services(f) | Field::StartedSinceMirror(f), _) => Some(front_end(*f)),
            Predicate::Reaches(..)
            | Predicate::Spares(..)
            | Predicate::SlotsArePair(..)
            | Predicate::NotKnownToDiffer(..)
            | Predicate::IsUnknown(_)
            | Predicate::PoolHolds(_)
            | Predicate::NoBlindPublish => None,
        },
    }
}
