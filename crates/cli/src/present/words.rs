//! Conditions in sentences, those that say the same of several databases or Front Ends drawn together. It evaluates
//! nothing.

use model::condition::{Condition, Predicate};
use model::estate::{DatabaseId, Estate, FrontEndId, StoreId};
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
        let (template, name) = match subject(estate, condition, &text) {
            Some(s) => (text.replacen(&s.spelt, &s.spelt.replacen(&s.dropped, MARK, 1), 1), s.name),
            None => (text, String::new()),
        };
        match groups.iter_mut().find(|(t, _, _)| *t == template) {
            Some((_, names, places)) => {
                if !names.contains(&name) {
                    names.push(name);
                }
                places.push(n);
            }
            None => groups.push((template, vec![name], vec![n])),
        }
    }
    let sentence = |template: String, names: &[String]| {
        let template = if names.len() > 1 { plural(template) } else { template };
        template.replacen(MARK, &join(names), 1)
    };
    groups.into_iter().map(|(template, names, places)| (sentence(template, &names), places)).collect()
}

/// The sentence with the verb that goes with several names.
fn plural(mut template: String) -> String {
    for (one, many) in [(" is ", " are "), (" has ", " have "), (" runs ", " run ")] {
        template = template.replacen(&format!("{MARK}{one}"), &format!("{MARK}{many}"), 1);
    }
    template = template.replacen(&format!("the session of {MARK}"), &format!("the sessions of {MARK}"), 1);
    if template.starts_with(MARK) { template.replacen(" is complete:", " are complete:", 1) } else { template }
}

/// Stands for a name while sentences are compared; no name and no sentence holds it.
const MARK: &str = "\u{1}";

/// What a condition is about, so that others may say the same of something else.
struct Subject {
    /// A piece of the sentence that stands in it once.
    spelt: String,
    /// The part of that piece in whose place a list of names can stand.
    dropped: String,
    /// The name, as a list gives it.
    name: String,
}

/// The database, the store or the Front End that a condition is about.
fn subject(estate: &Estate, condition: &Condition, text: &str) -> Option<Subject> {
    let whole = |spelt: String, name: String| Some(Subject { dropped: spelt.clone(), spelt, name });
    let database = |d: DatabaseId| {
        let (long, short) = (estate.qualified(d), estate.database(d).name.clone());
        // Fields in words name a database alone.
        whole(if text.contains(&long) { long } else { short.clone() }, short)
    };
    let front_end = |f: FrontEndId| {
        let name = estate.front_end(f).fqdn.to_string();
        whole(name.clone(), name)
    };
    let store = |s: StoreId| {
        let name = estate.store(s).kind.name().to_owned();
        Some(Subject { spelt: format!("slot of {name} of"), dropped: name.clone(), name })
    };
    match condition {
        Condition::Is(field, _) | Condition::IsNot(field, _) => match *field {
            Field::Role(d, _) | Field::Session(d, _) | Field::Content(d, _) | Field::Safety(d, _) => database(d),
            Field::PrimarySlot(s) | Field::MirrorSlot(s) | Field::WitnessSlot(s) => store(s),
            Field::Services(f) | Field::Replica(f) => front_end(f),
            _ => None,
        },
        Condition::Named(p) => match p {
            Predicate::Serves(d, _)
            | Predicate::ServesOnOneOf(d, _)
            | Predicate::Served(d)
            | Predicate::NotTheOnlyServer(d, _)
            | Predicate::NoLivingPair(d, ..)
            | Predicate::CompleteBesides(d, _)
            | Predicate::NoOtherCopy(d, _)
            | Predicate::DataBack(d)
            | Predicate::NoKnownHarm(d)
            | Predicate::NoLiveCopy(d, _)
            | Predicate::Witnessed(d, _)
            | Predicate::WitnessPermits(d, _)
            | Predicate::PartnerHarmless(d, _)
            | Predicate::CannotServe(d, _)
            | Predicate::SessionAsSlots(d)
            | Predicate::OneServer(d)
            | Predicate::CompleteCopy(d)
            | Predicate::NoForkServes(d) => database(*d),
            Predicate::RunsOnPrimary(f, ..)
            | Predicate::KnowsPartner(f, ..)
            | Predicate::NotKnownToRunOtherSlots(f, _) => front_end(*f),
            Predicate::NotKnownToDiffer(Field::Services(f) | Field::StartedSinceMirror(f), _) => front_end(*f),
            Predicate::Reaches(..)
            | Predicate::Spares(..)
            | Predicate::Joins(..)
            | Predicate::SlotsArePair(..)
            | Predicate::NotKnownToDiffer(..)
            | Predicate::IsUnknown(_)
            | Predicate::Together(_)
            | Predicate::PoolHolds(_)
            | Predicate::NoBlindPublish => None,
        },
    }
}
