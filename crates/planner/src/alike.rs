//! What is alike is solved once: stores of a pool that differ in nothing but their names are one store in the search, and
//! many again in the plan. It knows no particular action.

use std::collections::BTreeSet;

use model::actions::Action;
use model::database_type::DatabaseType;
use model::declaration::StepId;
use model::estate::StoreId;
use model::field::{Field, Value};
use model::problem::{Problem, Slots, Wanted, Wish};

use crate::step::Rules;

/// Classes of managed stores that are alike; the first of each stands for the others.
#[must_use]
pub fn classes(problem: &Problem) -> Vec<Vec<StoreId>> {
    let mut classes: Vec<(Likeness, Vec<StoreId>)> = Vec::new();
    for wish in &problem.wishes {
        let likeness = likeness(problem, wish);
        match classes.iter_mut().find(|(l, _)| *l == likeness) {
            Some((_, stores)) => stores.push(wish.store),
            None => classes.push((likeness, vec![wish.store])),
        }
    }
    classes.into_iter().map(|(_, stores)| stores).collect()
}

#[derive(PartialEq, Eq)]
struct Likeness {
    users: Vec<model::estate::PoolId>,
    pool: model::estate::PoolId,
    cms: bool,
    wish: (Slots, Wanted, Option<model::estate::InstanceId>),
    slots: Vec<Value>,
    loaded: Vec<Value>,
    copies: BTreeSet<Vec<Value>>,
}

fn likeness(problem: &Problem, wish: &Wish) -> Likeness {
    let estate = &problem.estate;
    let s = wish.store;
    let store = estate.store(s);
    let get = |field| problem.initial.get(estate, field);
    let copy = |&d: &model::estate::DatabaseId| {
        let fields = |&i: &model::estate::InstanceId| {
            [
                Value::Instance(i),
                get(Field::Role(d, i)),
                get(Field::Session(d, i)),
                get(Field::Content(d, i)),
                get(Field::Safety(d, i)),
                get(Field::Witness(d, i)),
                get(Field::WitnessLink(d, i)),
                if problem.consents.contains(&d) { Value::Yes } else { Value::No },
            ]
        };
        store.instances.iter().flat_map(fields).collect::<Vec<Value>>()
    };
    let front_ends = store.users.iter().flat_map(|&p| &estate.pool(p).front_ends);
    Likeness {
        users: store.users.clone(),
        pool: store.pool,
        // The Central Management store has rules of its own.
        cms: store.kind == DatabaseType::CentralMgmt,
        wish: (wish.slots, wish.witness, wish.principal),
        slots: vec![get(Field::PrimarySlot(s)), get(Field::MirrorSlot(s)), get(Field::WitnessSlot(s))],
        loaded: front_ends.flat_map(|&f| [get(Field::LoadedPrimary(f, s)), get(Field::LoadedMirror(f, s))]).collect(),
        copies: store.databases.iter().map(copy).collect(),
    }
}

/// Carries a plan for the stand-ins over to all stores. None if some step does not carry over; then the whole is to be
/// searched.
#[must_use]
pub fn expand(rules: &Rules<'_>, classes: &[Vec<StoreId>], ids: &[StepId]) -> Option<Vec<Action>> {
    let problem = rules.problem;
    let mut state = problem.initial.clone();
    let mut actions = Vec::new();
    for id in ids {
        for id in renamed(problem, classes, id) {
            let (action, declaration) = Action::with_id(problem, &state, &id)?;
            let taken = rules.take(&state, &rules.standing(&state), &declaration)?;
            state = taken.after;
            actions.push(action);
        }
    }
    rules.reached(&state).then_some(actions)
}

/// The ids of a step for every store of the class that its store stands for.
fn renamed(problem: &Problem, classes: &[Vec<StoreId>], id: &StepId) -> Vec<StepId> {
    let name = |s: StoreId| {
        let store = problem.estate.store(s);
        format!("/{}/{}", problem.estate.pool(store.pool).fqdn, store.kind)
    };
    for class in classes {
        let Some(purpose) = class.first().and_then(|&first| id.0.strip_suffix(&name(first))) else { continue };
        return class.iter().map(|&s| StepId(format!("{purpose}{}", name(s)))).collect();
    }
    vec![id.clone()]
}
