//! Calls that go wrong, people who slip, interrupts and deaths: how a run ends then, and that nothing is lost.

mod support;

use std::cell::Cell;

use executor::crash::{CrashPlan, CrashPoint};
use executor::driver::Said;
use executor::journal::{self, Entry, Journal, StepOutcome};
use executor::run::{Event, Interrupt, Outcome, Runner, StepState, Stop};
use executor::simulated::{Deployment, Fault, FaultKind, Simulated, Slip};
use model::call::Call;
use model::condition::{Condition, Predicate};
use model::database_type::DatabaseType;
use model::field::Value;
use support::{Made, NIGHT, begin, options, problem, run, run_in_room, run_with};
use topology::names::Fqdn;

fn name(label: &str) -> Fqdn {
    Fqdn::new(format!("{label}.contoso.com")).unwrap()
}

/// The first steps of the night with a fault.
fn night(fault: Fault, steps: usize) -> (Simulated, Made) {
    let mut world = begin(Deployment::seed().fault(fault));
    let made = Made::of(problem(&mut world, false, &[]), &NIGHT[..steps]);
    (world, made)
}

const FAIL_OVER: &str = "Invoke-CsDatabaseFailover";

#[test]
fn a_cmdlet_that_says_yes_and_does_nothing_is_found_out() {
    let fault = Fault::new(FAIL_OVER, FaultKind::SaysYesDoesNothing).of(DatabaseType::Archiving);
    let (mut world, made) = night(fault, 5);
    let ran = run(&mut world, &made);
    let Outcome::CheckFailed(failure) = &ran.report.outcome else { panic!("{:?}", ran.report.outcome) };
    assert_eq!((failure.step, failure.partial, failure.asked), (3, false, 9), "asked 9 times in 2 min");
    assert!(failure.said[0].1.yes());
    assert_eq!((ran.report.exit_code(), ran.report.done()), (7, 3));
    assert_eq!(ran.report.steps[4], StepState::NotBegun);
    let used = ran.told.used("7c41e0b295fd").unwrap();
    assert_eq!((used.done, used.in_flight), (3, None));
}

#[test]
fn half_a_success_is_told_as_half_and_stops() {
    let fault = Fault::new(FAIL_OVER, FaultKind::HalfSucceeds { done: 1 }).of(DatabaseType::User);
    let (mut world, made) = night(fault, 5);
    let ran = run(&mut world, &made);
    let Outcome::CheckFailed(failure) = &ran.report.outcome else { panic!() };
    assert!(failure.partial);
    assert_eq!(failure.missing.len(), 4, "two databases, two conditions each");
    // The next plan is the remainder: the same step, with what is left, and it works.
    let rest = Made::of(problem(&mut world, false, &[]), &NIGHT[1..5]);
    assert_eq!(rest.declarations[0].id, made.declarations[1].id);
    assert_eq!(run(&mut world, &rest).report.outcome, Outcome::Done);
    assert!(world.world.ledger.is_empty());
}

#[test]
fn a_lost_reply_is_no_failure_when_the_result_is_there() {
    let (mut world, made) = night(Fault::new(FAIL_OVER, FaultKind::ReplyLost).nth(2), 5);
    assert_eq!(run(&mut world, &made).report.outcome, Outcome::Done);
}

#[test]
fn a_lost_reply_without_a_result_leaves_the_outcome_unknown() {
    // Later than the time in which the result is awaited, and nobody heard of it.
    let mut fault = Fault::new(FAIL_OVER, FaultKind::SucceedsLate { seconds: 1000 });
    fault.nth = 1;
    let (mut world, mut made) = night(fault, 3);
    made.declarations[1].ways[0].limit = Some(10);
    let ran = run(&mut world, &made);
    assert!(matches!(ran.report.outcome, Outcome::Unknown { step: 1, .. }), "{:?}", ran.report.outcome);
    assert_eq!((ran.report.exit_code(), ran.report.in_flight()), (9, Some(1)));
    assert_eq!(ran.told.used("7c41e0b295fd").unwrap().in_flight.unwrap().1, 2);
}

#[test]
fn a_result_that_comes_late_is_waited_for() {
    let (mut world, made) = night(Fault::new(FAIL_OVER, FaultKind::SucceedsLate { seconds: 60 }), 3);
    let ran = run(&mut world, &made);
    assert_eq!(ran.report.outcome, Outcome::Done);
    assert!(ran.events.iter().any(|e| e.starts_with("waiting 0/6")), "{:?}", ran.events);
}

#[test]
fn the_host_that_holds_the_only_copies_dies_and_the_run_stops() {
    let fault = Fault::new(FAIL_OVER, FaultKind::HostDies { host: name("be2"), done: 1 }).of(DatabaseType::User);
    let (mut world, made) = night(fault, 5);
    let ran = run(&mut world, &made);
    assert_eq!(ran.report.exit_code(), 7);
    assert!(world.world.ledger.is_empty(), "its disks are still there");
}

#[test]
fn a_person_who_forgot_to_publish_is_asked_again() {
    let (mut world, made) = night(Fault::new("Publish", FaultKind::PersonSlips { slip: Slip::Forgets }), 8);
    let ran = run(&mut world, &made);
    assert_eq!(ran.report.outcome, Outcome::Done);
    let asked = |e: &&String| e.starts_with("for you publish/pool01.contoso.com/mirroring-off");
    assert_eq!(ran.events.iter().filter(asked).count(), 2);
}

#[test]
fn a_store_that_was_left_out_is_missed_and_then_published() {
    let slip = Slip::LeavesOut { of: DatabaseType::Archiving };
    let (mut world, made) = night(Fault::new("Publish", FaultKind::PersonSlips { slip }), 8);
    let ran = run(&mut world, &made);
    assert_eq!(ran.report.outcome, Outcome::Done);
    assert!(ran.events.iter().any(|e| e.starts_with("waiting ") && !e.starts_with("waiting 0/")), "{:?}", ran.events);
}

#[test]
fn a_publish_with_something_else_in_it_stops_the_run() {
    let what = r"pool02.contoso.com, file store \\fs1.contoso.com\lync2 -> none".to_owned();
    let slip = Slip::ChangesMore { what: what.clone() };
    let (mut world, made) = night(Fault::new("Publish", FaultKind::PersonSlips { slip }).nth(2), 9);
    let ran = run(&mut world, &made);
    assert_eq!(ran.report.outcome, Outcome::DidMore { step: 7, besides: vec![what] });
    assert_eq!((ran.report.exit_code(), ran.report.done()), (7, 8), "8 steps took effect");
}

#[test]
fn the_wrong_version_is_not_ready() {
    let slip = Slip::WrongVersion { version: "11.0.6020.0 Standard".to_owned() };
    let (mut world, made) = night(Fault::new("SetUpSql", FaultKind::PersonSlips { slip }), 19);
    let ran = run(&mut world, &made);
    assert_eq!(ran.report.outcome, Outcome::Done, "asked again, and put right: {:?}", ran.events);
    assert_eq!(ran.events.iter().filter(|e| e.starts_with("for you sql-server/")).count(), 2);
}

#[test]
fn a_word_for_the_wrong_machine_stops_before_anything_is_forced() {
    let slip = Slip::WrongHost { host: name("be2") };
    let (mut world, made) = night(Fault::new("Fence", FaultKind::PersonSlips { slip }), 5);
    let ran = run(&mut world, &made);
    assert!(matches!(ran.report.outcome, Outcome::Stopped { before: 1, why: Stop::Requires(_) | Stop::Invariant(_) }));
    assert_eq!(ran.report.exit_code(), 6);
    assert!(!world.world.events.iter().any(|e| e.what.starts_with(FAIL_OVER)), "nothing was sent");
}

#[test]
fn who_rebuilt_the_wrong_machine_is_not_asked_for_the_right_one_too() {
    // be2 held the only complete copies: be1's old disks are all that is left, and must stay as they are.
    let slip = Slip::WrongHost { host: name("be2") };
    let (mut world, made) = night(Fault::new("Rebuild", FaultKind::PersonSlips { slip }), 18);
    let ran = run(&mut world, &made);
    assert!(matches!(&ran.report.outcome, Outcome::CheckFailed(f) if f.step == 16), "{:?}", ran.report.outcome);
    assert_eq!(ran.report.exit_code(), 7);
    let asked = |e: &&String| e.starts_with("for you rebuild/");
    assert_eq!(ran.events.iter().filter(asked).count(), 1, "asked once, and not again");
    let old = &world.world.host(&name("be1")).unwrap().instances;
    assert!(old.iter().any(|i| !i.databases.is_empty()), "the old disks are there");
}

#[test]
fn an_old_principal_that_answers_again_stops_the_force() {
    let (mut world, made) = night(Fault::new("Fence", FaultKind::PersonSlips { slip: Slip::Forgets }), 5);
    world.world.power_on(&name("be1"));
    let ran = run(&mut world, &made);
    assert_eq!(ran.report.done(), 0, "a fence that an answer refutes is none: {:?}", ran.report.outcome);
    assert!(!world.world.events.iter().any(|e| e.what.starts_with(FAIL_OVER)));
}

#[test]
fn once_stops_after_the_running_step_and_twice_leaves_now() {
    for (presses, code, state) in [(1, 8, StepState::NotBegun), (2, 9, StepState::InFlight)] {
        let mut world = begin(Deployment::seed());
        let made = Made::of(problem(&mut world, false, &[]), &NIGHT[..12]);
        let interrupt = Interrupt::new();
        let pressed = Cell::new(false);
        let mut during = |e: &Event<'_>| {
            if matches!(e, Event::Waiting { place: 9, .. }) && !pressed.replace(true) {
                (0..presses).for_each(|_| _ = interrupt.press());
            }
        };
        let ran = run_with(&mut world, &made, &interrupt, &mut during);
        assert_eq!(ran.report.exit_code(), code, "{:?}", ran.report.outcome);
        let place = if code == 8 { 10 } else { 9 };
        assert_eq!(ran.report.done(), place);
        assert_eq!(ran.report.steps[place], state);
    }
}

#[test]
fn waiting_for_the_world_or_a_person_ends_at_the_first_interrupt() {
    let mut world = begin(Deployment::seed());
    let made = Made::of(problem(&mut world, false, &[]), &NIGHT[..12]);
    let interrupt = Interrupt::new();
    let mut during = |e: &Event<'_>| {
        if matches!(e, Event::Waiting { place: 8, .. }) {
            interrupt.press();
        }
    };
    let ran = run_with(&mut world, &made, &interrupt, &mut during);
    assert_eq!((ran.report.exit_code(), ran.report.done()), (8, 8), "{:?}", ran.report.outcome);
    assert!(ran.told.used("7c41e0b295fd").unwrap().in_flight.is_none());
}

#[test]
fn a_broken_invariant_stops_the_run_before_its_next_step() {
    let fault = Fault::new("Get-CsTopology", FaultKind::HostDies { host: name("fe3"), done: 0 });
    let (mut world, mut made) = night(fault, 12);
    world.world.power_off(&name("fe2"));
    made.problem.initial = problem(&mut world, false, &[]).initial;
    let ran = run(&mut world, &made);
    let Outcome::Stopped { why, .. } = &ran.report.outcome else { panic!("{:?}", ran.report.outcome) };
    assert!(matches!(why, Stop::Invariant(_) | Stop::Requires(_)), "{why:?}");
}

#[test]
fn every_record_is_written_before_what_it_announces() {
    let mut world = begin(Deployment::seed());
    let made = Made::of(problem(&mut world, false, &[]), &NIGHT[..3]);
    let ran = run(&mut world, &made);
    let kinds: Vec<&str> = ran
        .told
        .records
        .iter()
        .map(|r| match &r.entry {
            Entry::RunBegun { .. } => "run",
            Entry::StepBegun { .. } => "begun",
            Entry::Said { said: Said::Ended { .. }, .. } => "said",
            Entry::Said { .. } => "silence",
            Entry::Observed { .. } => "observed",
            Entry::StepEnded { outcome: StepOutcome::Done, .. } => "done",
            Entry::StepEnded { .. } => "not done",
            Entry::RunEnded { .. } => "end",
        })
        .collect();
    let step = ["begun", "said", "observed", "done"];
    assert_eq!(kinds, [&["run"][..], &step, &step, &step, &["end"]].concat());
}

#[test]
fn what_cannot_be_recorded_first_is_not_done() {
    // One record for the run and four for each step: the room ends before the intent of the third.
    let mut world = begin(Deployment::seed());
    let made = Made::of(problem(&mut world, false, &[]), &NIGHT[..3]);
    let ran = run_in_room(&mut world, &made, &Interrupt::new(), &mut |_| {}, 9);
    assert!(matches!(ran.report.outcome, Outcome::Stopped { before: 2, why: Stop::Journal { code: "CT6001", .. } }));
    assert_eq!((ran.report.exit_code(), ran.report.done()), (6, 2));
    let sent = world.world.events.iter().filter(|e| e.what.starts_with(FAIL_OVER)).count();
    assert_eq!(sent, 1, "Application was not touched");
    // One record more, and the intent is written but not the answer: then the step counts as in flight.
    let mut world = begin(Deployment::seed());
    let ran = run_in_room(&mut world, &made, &Interrupt::new(), &mut |_| {}, 10);
    assert_eq!((ran.report.exit_code(), ran.report.in_flight()), (9, Some(2)));
}

#[test]
fn another_answer_to_a_confirmation_stops_and_is_no_failure() {
    let mut world = begin(Deployment::seed());
    let mut made = Made::of(problem(&mut world, false, &[]), &NIGHT[..1]);
    // be1 is dark: what its copy is cannot be confirmed, whatever is expected.
    let estate = &made.problem.estate;
    let subject = r"pool01.contoso.com/rtcxds on be1.contoso.com\RTC";
    let role = model::vocabulary::parse_field(estate, subject, "role").unwrap();
    let confirm = &mut made.declarations[0];
    confirm.requires = vec![model::declaration::clause(Predicate::IsUnknown(role), model::rules::UNKNOWN)];
    confirm.achieves = vec![Condition::Is(role, Value::Principal)];
    (confirm.ways[0].call, confirm.ways[0].limit) = (Call::Wait, Some(60));
    let ran = run(&mut world, &made);
    assert!(matches!(ran.report.outcome, Outcome::Stopped { before: 0, why: Stop::NotConfirmed(_) }));
}

/// Dies in place of the process: the panic is caught by the test, the journal and the deployment's file stay as they were.
fn die() {
    panic!("dead");
}

#[test]
fn wherever_a_run_dies_the_rest_can_be_planned_and_nothing_is_lost() {
    let points = (1..=14).flat_map(|n| [CrashPoint::BeforeRecord(n), CrashPoint::AfterRecord(n)]);
    let acts = (1..=3).flat_map(|n| [CrashPoint::BeforeAct(n), CrashPoint::AfterAct(n)]);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut failed = Vec::new();
    for point in points.chain(acts) {
        let folder = tempfile::tempdir().unwrap();
        let (file, path) = (folder.path().join("deployment.json"), folder.path().join("journal.jsonl"));
        Deployment::seed().save(&file).unwrap();
        let mut world = Simulated::open(&file).unwrap();
        let base = world.world.now;
        let made = Made::of(problem(&mut world, false, &[]), &NIGHT[..3]);
        let died = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let (mut journal, _) = Journal::open(&path, "run1", "7c41e0b295fd").unwrap();
            let (driver, steps) = (&mut world, &made);
            let (journal, lock, interrupt) = (&mut journal, None, &Interrupt::new());
            let (listener, options, crash) = (&mut |_: &Event<'_>| {}, options(), CrashPlan::at(point, die));
            Runner { driver, steps, journal, lock, listener, interrupt, options, crash }.run()
        }));
        if died.is_ok() {
            failed.push(format!("{point:?} was not reached"));
        }
        // Whoever comes next reads the file and the journal, plans the rest, and carries it out.
        let told = journal::read(&path).unwrap();
        let mut world = Simulated::open(&file).unwrap().with_base(base);
        let fenced = !world.world.fences.is_empty();
        let rest = problem(&mut world, false, &[]);
        let ids: Vec<&str> = NIGHT[..3].iter().copied().skip(usize::from(fenced)).collect();
        let ids: Vec<&str> = ids.into_iter().filter(|id| proposed(&rest, id, fenced)).collect();
        let rest = Made::of(rest, &ids);
        let ran = run(&mut world, &rest);
        if ran.report.outcome != Outcome::Done || !world.world.ledger.is_empty() {
            failed.push(format!("{point:?}: {:?} after {} records", ran.report.outcome, told.records.len()));
        }
    }
    std::panic::set_hook(hook);
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Whether a step is still to be done.
fn proposed(problem: &model::problem::Problem, id: &str, fenced: bool) -> bool {
    !fenced
        || model::actions::Action::proposals(problem, &problem.initial)
            .iter()
            .any(|a| a.declare(problem).id.0.starts_with(id))
}
