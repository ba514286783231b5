//! What actions declare as their effects, held against what the independent simulation does: full and partial.

mod support;

use executor::driver::Driver;
use executor::simulated::{Deployment, Fault, FaultKind, Simulated, Slip};
use model::call::{Call, Task};
use model::database_type::DatabaseType;
use model::declaration::Declaration;
use model::estate::Estate;
use model::field::{Field, State, Value, Write};
use support::{Made, NIGHT, begin, problem};

fn observe(world: &mut Simulated, estate: &Estate) -> State {
    let mut state = State::unknown(estate);
    for fact in world.observe(estate, estate.layout().fields()).unwrap() {
        state.set(estate, fact.field(estate).unwrap(), fact.value(estate));
    }
    state
}

/// Carries a step out without the loop: the first way, and the next one where that did nothing; then time to settle.
fn carry_out(world: &mut Simulated, estate: &Estate, d: &Declaration) {
    for way in &d.ways {
        world.perform(&d.id, &way.call, None).unwrap();
        let mut waited = 0;
        loop {
            let state = observe(world, estate);
            if d.is_true(model::view::View::new(estate, &state)) {
                return;
            }
            if waited > 4 * 3600 || (way.call != Call::Wait && waited > u64::from(way.settle)) {
                break;
            }
            world.wait(15).unwrap();
            waited += 15;
        }
    }
    panic!("{} was not achieved", d.id);
}

/// Fields that the declared effect leaves alone and that the simulation knows more about: nothing is asked of them here.
fn last(writes: &[Write]) -> impl Iterator<Item = &Write> {
    writes.iter().enumerate().filter(|(i, w)| writes[i + 1..].iter().all(|x| x.field != w.field)).map(|(_, w)| w)
}

#[test]
fn every_step_of_the_night_has_its_declared_end() {
    let mut world = begin(Deployment::seed());
    let made = Made::of(problem(&mut world, false, &[]), &NIGHT);
    let estate = &made.problem.estate;
    let mut wrong = Vec::new();
    for d in &made.declarations {
        if !d.is_true(model::view::View::new(estate, &observe(&mut world, estate))) {
            carry_out(&mut world, estate, d);
        }
        let seen = observe(&mut world, estate);
        let writes: Vec<Write> = d.begin.iter().chain(&d.end).copied().collect();
        for w in last(&writes) {
            let value = seen.get(estate, w.field);
            // What a dark machine holds is declared from what is known of it, and cannot be read.
            let dark =
                !value.is_known() && matches!(w.field, Field::Content(..) | Field::Role(..) | Field::Session(..));
            if value != w.value && !dark {
                wrong.push(format!("{}: {:?} declared {:?}, seen {value:?}", d.id, w.field, w.value));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The ways in which a step can be left half done, as faults of the simulation: the first k databases only, or all stores
/// but one.
fn halves(d: &Declaration) -> Vec<(usize, Fault)> {
    let kind = DatabaseType::ALL.into_iter().find(|k| d.id.0.ends_with(&format!("/{}", k.name())));
    let mut all = Vec::new();
    for (n, way) in d.ways.iter().enumerate() {
        match &way.call {
            Call::Cmdlets(cmdlets) => {
                let name = cmdlets[0].name;
                let mirrors = ["Invoke-CsDatabaseFailover", "Install-CsMirrorDatabase"].contains(&name);
                for done in 1..d.partial.len() {
                    all.extend(
                        kind.filter(|_| mirrors).map(|k| (n, Fault::new(name, FaultKind::HalfSucceeds { done }).of(k))),
                    );
                }
            }
            Call::Sql { statements, .. } => {
                // Each statement is a batch of its own, and any of them can fail.
                let nths = (1..=u32::try_from(statements.len()).unwrap()).filter(|_| statements.len() > 1);
                all.extend(nths.map(|nth| (n, Fault::new("T-SQL", FaultKind::Fails).nth(nth))));
            }
            Call::Person(Task::Publish { changes, .. }) => {
                let slip = |of| FaultKind::PersonSlips { slip: Slip::LeavesOut { of } };
                all.extend(changes.iter().map(|c| (n, Fault::new("Publish", slip(c.kind)))));
            }
            Call::Person(_) | Call::Wait | Call::SqlInTurn(_) => {}
        }
    }
    all
}

#[test]
fn whatever_is_left_half_done_is_a_declared_partial_outcome() {
    let mut world = begin(Deployment::seed());
    let base = world.world.now;
    let made = Made::of(problem(&mut world, false, &[]), &NIGHT);
    let estate = &made.problem.estate;
    let mut looked = std::collections::BTreeMap::new();
    for d in &made.declarations {
        if d.is_true(model::view::View::new(estate, &observe(&mut world, estate))) {
            continue;
        }
        let before = observe(&mut world, estate);
        for (way, fault) in halves(d) {
            let mut other = Simulated::new(world.world.clone()).with_base(base);
            let words = format!("{}: {fault:?}", d.id);
            other.world.faults.push(fault);
            other.perform(&d.id, &d.ways[way].call, None).unwrap();
            let seen = observe(&mut other, estate);
            let outcomes = d.partial_outcomes();
            assert!(
                outcomes.iter().any(|o| fits(estate, &before, &without_content(o), &seen)),
                "no declared outcome fits {words}"
            );
            let purpose = d.id.0.split('/').next().unwrap().to_owned();
            *looked.entry(purpose).or_insert(0) += 1;
        }
        carry_out(&mut world, estate, d);
    }
    // User and Application have three databases, Monitoring two, Archiving one; three publishes of four stores.
    let counts: Vec<_> = looked.iter().map(|(purpose, n)| (purpose.as_str(), *n)).collect();
    assert_eq!(counts, [("end-mirroring", 8), ("failover", 5), ("mirror", 5), ("publish", 12)]);
}

#[test]
fn a_half_done_mirror_is_one_of_its_declared_partial_outcomes() {
    let half = Fault::new("Install-CsMirrorDatabase", FaultKind::HalfSucceeds { done: 1 }).of(DatabaseType::User);
    let mut world = begin(Deployment::seed().fault(half));
    let made = Made::of(problem(&mut world, false, &[]), &NIGHT[..20]);
    let estate = &made.problem.estate;
    for d in &made.declarations[..19] {
        carry_out(&mut world, estate, d);
    }
    let before = observe(&mut world, estate);
    let d = &made.declarations[19];
    world.perform(&d.id, &d.ways[0].call, None).unwrap();
    let seen = observe(&mut world, estate);
    let roles: Vec<Value> = estate
        .store(estate.store_ids().next().unwrap())
        .databases
        .iter()
        .map(|&x| seen.get(estate, Field::Role(x, estate.instance_ids().next().unwrap())))
        .collect();
    assert_eq!(roles, [Value::Mirror, Value::Restoring, Value::Absent]);
    // The declaration calls the content of a half-restored copy nothing; the simulation can compare it, and knows more.
    let outcomes = d.partial_outcomes();
    let same = |o: &Vec<Write>| fits(estate, &before, &without_content(o), &seen);
    assert!(outcomes.iter().any(same), "no declared outcome fits");
}

fn without_content(outcome: &[Write]) -> Vec<Write> {
    outcome.iter().filter(|w| !matches!(w.field, Field::Content(..))).copied().collect()
}

/// Whether the state before with these writes is what was seen, for the fields of copies that answer.
fn fits(estate: &Estate, before: &State, outcome: &[Write], seen: &State) -> bool {
    let mut expected = before.clone();
    outcome.iter().for_each(|w| expected.set(estate, w.field, w.value));
    estate.layout().fields().iter().all(|&f| {
        let value = seen.get(estate, f);
        let asked = matches!(f, Field::Role(..) | Field::Session(..) | Field::PrimarySlot(_) | Field::MirrorSlot(_));
        !asked || !value.is_known() || expected.get(estate, f) == value
    })
}
