//! A look ahead without facts that are fresh enough: what a new observation would most likely deliver is assumed, and named.
//! Never assumed is what is history (how complete a copy was at a loss, its safety level) or a person's word (a fence).

use model::field::{Field, Value};
use model::problem::Problem;
use model::view::View;

/// A problem with assumptions in the place of what was not read.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The problem.
    pub problem: Problem,
    /// What is assumed, in the order of fields.
    pub assumed: Vec<(Field, Value)>,
}

/// Assumes what an observation would most likely deliver.
#[must_use]
pub fn draft(problem: &Problem) -> Draft {
    let mut problem = problem.clone();
    let mut assumed = Vec::new();
    let unknown = |p: &Problem, f: Field| !p.view(&p.initial).get(f).is_known();
    // Hosts stand before what they hold in this order, so that an assumption may rest on another.
    let fields: Vec<Field> = problem.estate.layout().fields().to_vec();
    for field in fields {
        if !unknown(&problem, field) {
            continue;
        }
        let Some(value) = likely(problem.view(&problem.initial), field).filter(|v| v.is_known()) else { continue };
        problem.initial.set(&problem.estate, field, value);
        assumed.push((field, value));
    }
    Draft { problem, assumed }
}

/// The value that a field most likely has, where an observation delivers it.
fn likely(v: View<'_>, field: Field) -> Option<Value> {
    match field {
        Field::Reachable(_) | Field::Answers(_) | Field::CmsWritable | Field::StartedSinceMirror(_) => Some(Value::Yes),
        Field::Epoch(_) | Field::VoterEpoch(_) => Some(Value::Original),
        Field::Services(_) => Some(Value::Running),
        Field::Replica(_) => Some(Value::Current),
        Field::LoadedPrimary(_, s) => Some(v.get(Field::PrimarySlot(s))),
        Field::LoadedMirror(_, s) => Some(v.get(Field::MirrorSlot(s))),
        Field::Role(d, i) => standing(v, d, i).map(|(role, _)| role),
        Field::Session(d, i) => standing(v, d, i).map(|(_, session)| session),
        Field::Witness(d, i) => {
            let none = v.get(Field::WitnessSlot(v.estate.database(d).store)) == Value::Nothing;
            (none && v.get(Field::Answers(i)) == Value::Yes).then_some(Value::Nothing)
        }
        _ => None,
    }
}

/// The role and the session of a copy on a host that answers, as the slots say and as the other partner lets it be.
fn standing(v: View<'_>, d: model::estate::DatabaseId, i: model::estate::InstanceId) -> Option<(Value, Value)> {
    if v.get(Field::Answers(i)) != Value::Yes {
        return None;
    }
    let s = v.estate.database(d).store;
    let primary = v.get(Field::PrimarySlot(s)).instance()?;
    let mirror = match v.get(Field::MirrorSlot(s)) {
        Value::Unknown => return None,
        other => other.instance(),
    };
    let session =
        |partner| if v.get(Field::Answers(partner)) == Value::Yes { Value::Synchronized } else { Value::Disconnected };
    match mirror {
        None if i == primary => Some((Value::Unmirrored, Value::NoSession)),
        Some(m) if i == primary => Some((Value::Principal, session(m))),
        Some(m) if i == m => Some((Value::Mirror, session(primary))),
        _ => Some((Value::Absent, Value::NoSession)),
    }
}
