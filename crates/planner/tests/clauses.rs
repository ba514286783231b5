//! The rules are data: each clause of the procedure's steps, of the invariants and of the goal is taken away in turn, and
//! something shows it.
#![allow(clippy::print_stderr)] // measured numbers

mod prove;
mod support;

use std::collections::BTreeMap;
use std::rc::Rc;

use model::cms;
use model::declaration::Declaration;
use model::estate::InstanceId;
use model::field::{Field, State, Value, Write, write};
use model::problem::{Problem, Slots, Wanted};
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
fn small_world(survey: &mut Survey, everything: &mut Survey) {
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
        everything.note(&steps, &known);
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
    survey.note(&steps, &known);
    for p in &solved.placed {
        let partial = p.declaration.partial_outcomes();
        let left = partial.iter().map(|o| written(problem, &p.taken.during, o));
        let states = [p.before.clone(), p.taken.during.clone(), p.taken.after.clone()].into_iter().chain(left);
        states.for_each(|state| survey.look(&steps, &known, &state));
        // The databases of a store part ways: some are served here, some there.
        survey.look(&steps, &known, &parted(problem, &p.taken.after));
        // The Central Management store fails while this step runs.
        survey.look(&steps, &known, &written(problem, &p.taken.during, &[write(Field::CmsWritable, Value::No)]));
        // Its pool or the one that could take it over fails, or it was never there.
        for change in around_the_cms(problem) {
            survey.look(&steps, &known, &written(problem, &p.before, &[change]));
        }
        // Before it begins SQL Server in the primary slot stops, or the other host turns out to hold a mirror.
        let [a, b] = [0, 1].map(|n| problem.estate.store(problem.wishes[0].store).instances[n]);
        survey.look(&steps, &known, &written(problem, &p.before, &[write(Field::Answers(a), Value::No)]));
        let databases = problem.estate.store(problem.wishes[0].store).databases.iter();
        let mirrors: Vec<_> = databases.map(|&d| write(Field::Role(d, b), Value::Mirror)).collect();
        survey.look(&steps, &known, &written(problem, &p.before, &mirrors));
        // Or its sessions are suspended.
        let all = problem.wishes.iter().flat_map(|w| problem.estate.store(w.store).databases.clone());
        let suspended: Vec<_> =
            all.flat_map(|d| [a, b].map(|i| write(Field::Session(d, i), Value::Suspended))).collect();
        survey.look(&steps, &known, &written(problem, &p.before, &suspended));
    }
}

/// What can happen to the pools between which the Central Management store moves; nothing where it stays.
fn around_the_cms(problem: &Problem) -> Vec<Write> {
    let estate = &problem.estate;
    let places = (cms::holder(problem.view(&problem.initial)), cms::taker(problem));
    let (Some(from), Some(to)) = places else { return around_the_kept_slots(problem) };
    let home = |pool| estate.store(cms::store(estate, pool).expect("both have one")).instances.iter();
    let silent = home(from).chain(home(to)).map(|&i| write(Field::Answers(i), Value::No));
    let others = [
        write(Field::Services(estate.pool(to).front_ends[0]), Value::Stopped),
        write(Field::HoldsCms(from), Value::Unknown),
        write(Field::CmsWritable, Value::Yes),
    ];
    silent.chain(others).collect()
}

/// What can happen to a pool that keeps its slots, because it holds the store and nobody could take it over.
fn around_the_kept_slots(problem: &Problem) -> Vec<Write> {
    let v = problem.view(&problem.initial);
    let Some(holder) = cms::holder(v) else { return Vec::new() };
    let s = problem.wishes[0].store;
    let [to, from] = [Field::PrimarySlot(s), Field::MirrorSlot(s)].map(|f| v.get(f).instance().expect("a pair"));
    let d = problem.estate.store(s).databases[0];
    vec![
        write(Field::HoldsCms(holder), Value::Unknown),
        write(Field::MirrorSlot(s), Value::Nothing),
        write(Field::Answers(to), Value::No),
        write(Field::Ready(to), Value::No),
        write(Field::Role(d, to), Value::Unmirrored),
        write(Field::Role(d, from), Value::Restoring),
        write(Field::Content(d, from), Value::Behind),
        write(Field::Session(d, from), Value::Suspended),
    ]
}

/// A state in which the first database of the first store has its roles exchanged.
fn parted(problem: &Problem, state: &State) -> State {
    let store = problem.estate.store(problem.wishes[0].store);
    let d = store.databases[0];
    let role = |i| state.get(&problem.estate, Field::Role(d, i));
    let [a, b] = [store.instances[0], store.instances[1]];
    written(problem, state, &[write(Field::Role(d, a), role(b)), write(Field::Role(d, b), role(a))])
}

/// The topology names a witness that no session has, and none is wanted.
fn slot_differs() -> Problem {
    use support::world::{Plan, THIRD, healthy, set};
    let mut p = healthy(&Plan { witness: Some("w1.contoso.com"), ..Plan::default() });
    let store = p.wishes[0].store;
    p.wishes[0].witness = Wanted::Nothing;
    set(&mut p, Field::WitnessSlot(store), THIRD.into());
    p
}

/// be1 was never mirrored, and is dead.
fn lost() -> Problem {
    let mut p = seed(&FOUR[..1], 3);
    let [be1, be2] = [InstanceId(0), InstanceId(1)];
    let store = p.wishes[0].store;
    let databases = p.estate.store(store).databases.clone();
    let mut set = |field, value| p.initial.set(&p.estate, field, value);
    set(Field::MirrorSlot(store), Value::Nothing);
    for &d in &databases {
        set(Field::Role(d, be2), Value::Absent);
        set(Field::Session(d, be2), Value::NoSession);
        set(Field::Content(d, be2), Value::Nothing);
    }
    for f in p.estate.front_end_ids() {
        p.initial.set(&p.estate, Field::LoadedMirror(f, store), Value::Nothing);
    }
    p.wishes[0].slots = Slots::Ordered { primary: Some(be1), mirror: Wanted::Nothing };
    p.policy.allow_full_stop = true;
    p.consents = databases.into_iter().collect();
    p
}

#[test]
fn no_clause_of_the_procedure_can_be_taken_away_unnoticed() {
    let mut survey = Survey::default();
    let mut everything = Survey::default();
    small_world(&mut survey, &mut everything);
    for front_ends in [2, 3, 6] {
        plan(&mut survey, &seed(&FOUR[..3], front_ends));
    }
    plan(&mut survey, &seed(&FOUR, 3));
    let mut paired = support::cms::night(support::cms::paired());
    support::world::want(&mut paired, support::world::BE2, Some(support::world::BE1));
    plan(&mut survey, &paired);
    let mut alone = support::cms::alone(true);
    support::world::want(&mut alone, support::world::BE1, Some(support::world::BE2));
    plan(&mut survey, &alone);
    // Nobody knows whether the topology can be written: the plan asks.
    let mut asking = seed(&FOUR[..1], 3);
    asking.initial.set(&asking.estate, Field::CmsWritable, Value::Unknown);
    plan(&mut survey, &asking);
    plan(&mut survey, &lost());
    plan(&mut survey, &slot_differs());
    everything.0.extend(survey.0.clone());
    let needed = survey.0.values().filter(|n| **n).count();
    eprintln!("{} shapes of clauses, {needed} needed", survey.0.len());
    let occurs = |key| everything.0.keys().any(|(_, rule, _)| *rule == key);
    let dead: Vec<_> = rules::ALL.iter().map(|r| r.key).filter(|&key| !occurs(key)).collect();
    assert!(dead.is_empty(), "rules that no step, invariant or goal uses: {dead:?}");
    let survivors = survey.survivors();
    assert!(survivors.is_empty(), "taken away unnoticed:\n{survivors:#?}");
}
