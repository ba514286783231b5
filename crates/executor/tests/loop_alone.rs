//! The loop by itself, on a world of a few facts that changes as a test says: when it looks again, what it does not do a
//! second time, what stops it and what does not (architecture §6).

mod support;

use std::collections::BTreeMap;

use executor::driver::{Driver, DriverError, Said};
use executor::run::{Outcome, Steps, Stop};
use executor::simulated::Deployment;
use jiff::{SignedDuration, Timestamp};
use model::call::{Call, Cmdlet, Task};
use model::condition::Condition;
use model::declaration::{
    Clause, Declaration, Duration, Evidence, Origin, Phrase, Stage, StepId, Subject, Way, clause,
};
use model::estate::{Estate, PoolId, StoreId};
use model::fact::{Fact, Provenance};
use model::field::{Field, State, Value};
use model::rules;
use support::{begin, problem, run};

const TESTED: Field = Field::Tested(PoolId(0));
const BACKUPS: Field = Field::LogBackups(PoolId(0));
const REPORTS: Field = Field::Reports(PoolId(0));
const SAVED: Field = Field::Saved;
const SLOT: Field = Field::WitnessSlot(StoreId(0));

fn yes(field: Field) -> Condition {
    Condition::Is(field, Value::Yes)
}

/// A few facts, and what becomes of them.
struct World {
    now: Timestamp,
    facts: BTreeMap<Field, Value>,
    /// Facts that change by themselves.
    later: Vec<(Timestamp, Field, Value)>,
    /// What the first, the second call and so on write.
    calls: Vec<Vec<(Field, Value)>>,
    performed: usize,
}

impl World {
    fn new(facts: &[(Field, Value)], calls: &[&[(Field, Value)]]) -> Self {
        let (now, calls) = ("2026-03-14T02:01:44Z".parse().unwrap(), calls.iter().map(|c| c.to_vec()).collect());
        Self { now, facts: facts.iter().copied().collect(), later: Vec::new(), calls, performed: 0 }
    }
}

impl Driver for World {
    fn now(&self) -> Timestamp {
        self.now
    }

    /// Of what it does not know it says nothing at all.
    fn observe(&mut self, estate: &Estate, fields: &[Field]) -> Result<Vec<Fact>, DriverError> {
        let from = || Provenance::new("a test", None, self.now);
        let fact = |f: &Field| Some(Fact::known(estate, *f, *self.facts.get(f)?, from()));
        Ok(fields.iter().filter_map(fact).collect())
    }

    fn perform(&mut self, _: &StepId, _: &Call, _: Option<u32>) -> Result<Said, DriverError> {
        let writes = self.calls.get(self.performed).cloned().unwrap_or_default();
        self.facts.extend(writes);
        self.performed += 1;
        Ok(Said::Ended { ok: true, text: String::new() })
    }

    fn wait(&mut self, seconds: u32) -> Result<(), DriverError> {
        self.now += SignedDuration::from_secs(seconds.into());
        let due = self.later.iter().filter(|(at, ..)| *at <= self.now).map(|&(_, f, x)| (f, x));
        self.facts.extend(due.collect::<Vec<_>>());
        Ok(())
    }

    fn is_simulated(&self) -> bool {
        true
    }
}

/// Steps over the seed's estate; its topology is saved, and no step may change that.
struct Few(State, Estate, Vec<Declaration>);

impl Steps for Few {
    fn estate(&self) -> &Estate {
        &self.1
    }
    fn initial(&self) -> &State {
        &self.0
    }
    fn count(&self) -> usize {
        self.2.len()
    }
    fn declaration(&self, place: usize) -> &Declaration {
        &self.2[place]
    }
    fn invariants(&self) -> Vec<Clause> {
        vec![clause(yes(SAVED), rules::K11)]
    }
}

fn few(steps: Vec<Declaration>) -> Few {
    let estate = problem(&mut begin(Deployment::seed()), false, &[]).estate;
    Few(State::unknown(&estate), estate, steps)
}

fn way(retry: bool) -> Way {
    let cmdlets = vec![Cmdlet::new("Test-CsDatabase")];
    Way { retry, ..Way::cmdlets(cmdlets, 60, Evidence::Documented, "a test") }
}

fn step(requires: &[Field], achieves: &[Field], ways: Vec<Way>) -> Declaration {
    Declaration {
        requires: requires.iter().map(|&f| clause(yes(f), rules::READY)).collect(),
        achieves: achieves.iter().map(|&f| yes(f)).collect(),
        ways,
        ..Declaration::of(
            StepId("made/up".to_owned()),
            Phrase::new("Made up"),
            Subject::Estate,
            Duration { least: 1, most: 1, settling: 0, source: "a test" },
            Stage::Serve,
            Origin { sentences: &[], deviation: None },
        )
    }
}

#[test]
fn what_does_not_hold_is_read_once_more_before_the_run_stops() {
    let steps = few(vec![step(&[REPORTS], &[TESTED], vec![way(false)])]);
    let facts = [(SAVED, Value::Yes), (REPORTS, Value::No), (TESTED, Value::No)];
    let mut world = World::new(&facts, &[&[(TESTED, Value::Yes)]]);
    world.later.push((world.now + SignedDuration::from_secs(5), REPORTS, Value::Yes));
    assert_eq!(run(&mut world, &steps).report.outcome, Outcome::Done, "a failover was running");
    let mut world = World::new(&facts, &[]);
    world.later.push((world.now + SignedDuration::from_secs(60), REPORTS, Value::Yes));
    let outcome = run(&mut world, &steps).report.outcome;
    assert!(matches!(outcome, Outcome::Stopped { before: 0, why: Stop::Requires(_) }));
    assert_eq!(world.performed, 0);
}

#[test]
fn nothing_is_tried_again_once_what_it_required_is_gone() {
    let facts = [(SAVED, Value::Yes), (REPORTS, Value::Yes), (TESTED, Value::No)];
    for ways in [vec![way(true)], vec![way(false), way(false)]] {
        let steps = few(vec![step(&[REPORTS], &[TESTED], ways)]);
        // The second call would do it; but somebody changed what it rests on.
        let mut world = World::new(&facts, &[&[(REPORTS, Value::No)], &[(TESTED, Value::Yes)]]);
        let outcome = run(&mut world, &steps).report.outcome;
        assert!(matches!(&outcome, Outcome::CheckFailed(f) if f.missing.contains(&yes(REPORTS))), "{outcome:?}");
        assert_eq!(world.performed, 1);
        // Where it still holds it is tried again.
        let mut world = World::new(&facts, &[&[], &[(TESTED, Value::Yes)]]);
        assert_eq!(run(&mut world, &steps).report.outcome, Outcome::Done);
        assert_eq!(world.performed, 2);
    }
}

#[test]
fn what_was_done_by_half_is_not_done_by_the_same_way_again() {
    let steps = few(vec![step(&[], &[TESTED, BACKUPS], vec![way(true)])]);
    let facts = [(SAVED, Value::Yes), (BACKUPS, Value::No), (TESTED, Value::No)];
    let mut world = World::new(&facts, &[&[(TESTED, Value::Yes)], &[(BACKUPS, Value::Yes)]]);
    let outcome = run(&mut world, &steps).report.outcome;
    assert!(matches!(&outcome, Outcome::CheckFailed(f) if f.partial), "{outcome:?}");
    assert_eq!(world.performed, 1);
}

#[test]
fn a_broken_invariant_lets_steps_pass_that_stop_harm_and_no_other_for_as_long_as_it_lasts() {
    let facts = [(SAVED, Value::Yes), (REPORTS, Value::No), (BACKUPS, Value::No), (TESTED, Value::No)];
    let stops_harm = Declaration { stops_harm: true, ..step(&[], &[BACKUPS], vec![way(false)]) };
    let steps = few(vec![step(&[], &[TESTED], vec![way(false)]), stops_harm, step(&[], &[REPORTS], vec![way(false)])]);
    let first = [(TESTED, Value::Yes), (SAVED, Value::No)];
    let mut world = World::new(&facts, &[&first, &[(BACKUPS, Value::Yes)], &[(REPORTS, Value::Yes)]]);
    let outcome = run(&mut world, &steps).report.outcome;
    assert!(matches!(outcome, Outcome::Stopped { before: 2, why: Stop::Invariant(_) }), "{outcome:?}");
    let mended = [(BACKUPS, Value::Yes), (SAVED, Value::Yes)];
    let mut world = World::new(&facts, &[&first, &mended, &[(REPORTS, Value::Yes)]]);
    assert_eq!(run(&mut world, &steps).report.outcome, Outcome::Done);
}

#[test]
fn what_nothing_is_said_of_is_not_known_whatever_it_was_before() {
    let mut steps = few(vec![step(&[REPORTS], &[TESTED], vec![way(false)])]);
    steps.0.set(&steps.1, REPORTS, Value::Yes);
    let mut world = World::new(&[(SAVED, Value::Yes), (TESTED, Value::No)], &[&[(TESTED, Value::Yes)]]);
    let outcome = run(&mut world, &steps).report.outcome;
    assert!(matches!(outcome, Outcome::Stopped { before: 0, why: Stop::Requires(_) }), "{outcome:?}");
}

#[test]
fn a_word_counts_for_what_nobody_can_read_and_for_nothing_that_is_read() {
    let task = Task::Fence { host: support::host("be1") };
    let gate = Declaration {
        achieves: vec![Condition::Is(SLOT, Value::Nothing)],
        ..step(&[], &[], vec![Way::person(task, Evidence::Documented, "a test")])
    };
    let steps = few(vec![gate]);
    let mut unread = World::new(&[(SAVED, Value::Yes)], &[]);
    // It says that it is not known, and why.
    struct Reasons<'a>(&'a mut World);
    impl Driver for Reasons<'_> {
        fn now(&self) -> Timestamp {
            self.0.now()
        }
        fn observe(&mut self, estate: &Estate, fields: &[Field]) -> Result<Vec<Fact>, DriverError> {
            let from = Provenance::new("a test", None, self.0.now);
            let mut facts = self.0.observe(estate, fields)?;
            if fields.contains(&SLOT) {
                facts.push(Fact::unknown(estate, SLOT, "it cannot be read", from));
            }
            Ok(facts)
        }
        fn perform(&mut self, id: &StepId, call: &Call, limit: Option<u32>) -> Result<Said, DriverError> {
            self.0.perform(id, call, limit)
        }
        fn wait(&mut self, seconds: u32) -> Result<(), DriverError> {
            self.0.wait(seconds)
        }
        fn is_simulated(&self) -> bool {
            true
        }
    }
    assert_eq!(run(&mut Reasons(&mut unread), &steps).report.outcome, Outcome::Done);
    let w1 = Value::Instance(model::estate::InstanceId(0));
    let mut read = World::new(&[(SAVED, Value::Yes), (SLOT, w1)], &[]);
    let outcome = run(&mut read, &steps).report.outcome;
    assert!(matches!(outcome, Outcome::CheckFailed(_)), "{outcome:?}");
}
