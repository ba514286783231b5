//! What a step requires, each sentence with its truth: read at a time, made true by a step, or not known yet.

use std::collections::BTreeSet;

use model::condition::Condition;
use model::field::Field;
use model::truth::Truth;

use crate::present::numbers::{and, verb};
use crate::present::plan::world::World;
use crate::present::words;

/// The requirements of a step, in sentences, each with how it stands.
pub(super) fn of(world: &World<'_>, step: usize) -> Vec<(String, String)> {
    let clauses = &world.placed()[step].declaration.requires;
    let mut kinds: Vec<(String, Vec<&Condition>)> = Vec::new();
    for c in clauses {
        let standing = standing(world, step, &c.condition);
        match kinds.iter_mut().find(|(s, _)| *s == standing) {
            Some((_, list)) => list.push(&c.condition),
            None => kinds.push((standing, vec![&c.condition])),
        }
    }
    let sentences = |(standing, list): (String, Vec<&Condition>)| {
        let texts = words::together(world.estate(), &list);
        texts.into_iter().map(move |t| (t, standing.clone()))
    };
    kinds.into_iter().flat_map(sentences).collect()
}

/// How a condition stands before a step: what was read, or which steps see to it.
fn standing(world: &World<'_>, step: usize, condition: &Condition) -> String {
    let mut fields = Vec::new();
    condition.fields(world.first(), &mut fields);
    let fields: BTreeSet<Field> = fields.into_iter().collect();
    let makers = makers(world, step, &fields);
    if !makers.is_empty() {
        return format!("by {} {}", verb(makers.len(), "step", "steps"), and(&makers));
    }
    let read = fields.iter().filter_map(|&f| world.facts.get(&f)).map(|f| f.time).max();
    match (condition.eval(world.first()), read) {
        (Truth::True, Some(time)) => format!("true {}", world.context.at_bare(time)),
        (Truth::True, None) => "true".to_owned(),
        (Truth::False, _) => "not so".to_owned(),
        (Truth::Unknown, _) => "unknown".to_owned(),
    }
}

/// The steps before it that write what the condition reads and are the last to do so.
fn makers(world: &World<'_>, step: usize, fields: &BTreeSet<Field>) -> Vec<usize> {
    let last = |&field: &Field| {
        let writes = |n: &usize| {
            let d = &world.placed()[*n].declaration;
            d.begin.iter().chain(&d.end).any(|w| w.field == field)
        };
        (0..step).rev().find(writes)
    };
    let makers: BTreeSet<usize> = fields.iter().filter_map(last).map(|n| n + 1).collect();
    makers.into_iter().collect()
}
