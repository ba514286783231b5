//! The rules are data: each invariant is taken away in turn, and in some state a step may then be taken that its own
//! requirements allow and that this invariant alone forbids. (Requirements and goals: `every_action.rs`.)

mod prove;
mod support;

use std::collections::BTreeMap;
use std::rc::Rc;

use model::declaration::Declaration;
use model::field::{Field, State, Value, write};
use model::problem::Problem;
use model::rules;
use prove::code::{Code, draw};
use prove::graph::Graph;
use prove::needed::Survey;
use prove::take::{Steps, written};
use prove::{goals, starts, world};
use support::{FOUR, seed, solved};

/// The share of the small world's states that is looked at.
const SHARE: f64 = 0.02;

/// The small world: every step that is proposed anywhere, in every state of a share.
fn small_world(survey: &mut Survey) {
    let base = world::problem();
    let code = Code::new(&base);
    let starts = starts::all(&base, &code);
    for (salt, (_, problem)) in (100..).zip(goals::all()) {
        let graph = Graph::of(&problem, &code, &starts);
        let chosen: Vec<_> = graph.states.iter().copied().filter(|&key| draw(key, salt) < SHARE).collect();
        let mut steps = Steps::new(&problem);
        let mut known = BTreeMap::new();
        for &key in &chosen {
            for d in steps.proposed(&code.decode(key)) {
                known.insert(format!("{d:?}"), d);
            }
        }
        let known: Vec<_> = known.into_values().collect();
        survey.note(&steps);
        for &key in &chosen {
            survey.look(&steps, &known, &code.decode(key));
        }
    }
}

/// A plan: each of its steps, before and during each of its steps and after each partial outcome.
fn plan(survey: &mut Survey, problem: &Problem) {
    let solved = solved(problem);
    let problem = &solved.plan.problem;
    let steps = Steps::new(problem);
    let known: Vec<Rc<Declaration>> = solved.placed.iter().map(|p| Rc::clone(&p.declaration)).collect();
    survey.note(&steps);
    for p in &solved.placed {
        let partial = p.declaration.partial_outcomes();
        let left = partial.iter().map(|o| written(problem, &p.taken.during, o));
        let states = [p.before.clone(), p.taken.during.clone(), p.taken.after.clone()].into_iter().chain(left);
        states.for_each(|state| survey.look(&steps, &known, &state));
        // The databases of a store part ways: some are served here, some there.
        survey.look(&steps, &known, &parted(problem, &p.taken.after));
        // The Central Management store fails while this step runs.
        survey.look(&steps, &known, &written(problem, &p.taken.during, &[write(Field::CmsWritable, Value::No)]));
    }
}

/// A state in which the first database of the first store has its roles exchanged.
fn parted(problem: &Problem, state: &State) -> State {
    let store = problem.estate.store(problem.wishes[0].store);
    let d = store.databases[0];
    let role = |i| state.get(&problem.estate, Field::Role(d, i));
    let [a, b] = [store.instances[0], store.instances[1]];
    written(problem, state, &[write(Field::Role(d, a), role(b)), write(Field::Role(d, b), role(a))])
}

#[test]
fn no_invariant_can_be_taken_away_unnoticed() {
    let mut survey = Survey::default();
    small_world(&mut survey);
    for front_ends in [2, 3, 6] {
        plan(&mut survey, &seed(&FOUR[..3], front_ends));
    }
    plan(&mut survey, &seed(&FOUR, 3));
    let occurs = |key| survey.0.keys().any(|(rule, _)| *rule == key);
    let missing: Vec<_> =
        rules::ALL.iter().map(|r| r.key).filter(|k| k.starts_with("invariant") && !occurs(*k)).collect();
    assert!(missing.is_empty(), "invariants that no problem has: {missing:?}");
    let survivors = survey.survivors();
    assert!(survivors.is_empty(), "taken away unnoticed:\n{survivors:#?}");
}
