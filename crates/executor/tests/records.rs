//! The journal and the lock: what a crash, a damaged disk and a second run make of them.

use executor::driver::Said;
use executor::journal::{self, Entry, FORMAT, Journal, JournalError, StepOutcome};
use executor::lock::{self, Holder, Lock, LockError};
use jiff::Timestamp;

const PLAN: &str = "7c41e0b295fd";

fn now() -> Timestamp {
    "2026-03-14T02:01:44Z".parse().unwrap()
}

fn begun() -> Entry {
    let (who, host) = (r"CONTOSO\lync-admin".to_owned(), "fe1.contoso.com".to_owned());
    Entry::RunBegun { format: FORMAT, who, host, pid: 4172, steps: 29 }
}

fn step(number: usize) -> Entry {
    Entry::StepBegun { step: format!("step/{number}"), number, way: 1, intent: "Restart".to_owned() }
}

fn ended(number: usize, outcome: StepOutcome) -> Entry {
    Entry::StepEnded { step: format!("step/{number}"), number, outcome }
}

fn write(path: &std::path::Path, entries: Vec<Entry>) {
    let (mut journal, _) = Journal::open(path, "run1", PLAN).unwrap();
    entries.into_iter().for_each(|e| journal.append(now(), e).unwrap());
}

#[test]
fn what_is_written_is_read_and_a_plan_is_used_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("7c41e0b295fd").join("journal.jsonl");
    assert!(journal::read(&path).unwrap().used(PLAN).is_none(), "no journal tells nothing");
    let said = Entry::Said {
        step: "step/1".to_owned(),
        said: Said::Ended { ok: true, text: "a \"b\",\"checksum\":\"x\"".to_owned() },
    };
    write(&path, vec![begun(), step(1), said, ended(1, StepOutcome::Done), step(2)]);
    let told = journal::read(&path).unwrap();
    assert_eq!((told.records.len(), told.cut), (5, false));
    let used = told.used(PLAN).unwrap();
    assert_eq!((used.done, used.steps, used.ended), (1, 29, None));
    assert_eq!(used.in_flight, Some(("step/2".to_owned(), 2)));
    assert!(told.used("other").is_none());
    write(&path, vec![ended(2, StepOutcome::Done), Entry::RunEnded { code: 8, reason: "asked".to_owned() }]);
    let used = journal::read(&path).unwrap().used(PLAN).unwrap();
    assert_eq!((used.done, used.in_flight, used.ended), (2, None, Some(now())));
    write(&path, vec![ended(3, StepOutcome::AlreadyTrue), ended(4, StepOutcome::Partial)]);
    assert_eq!(journal::read(&path).unwrap().used(PLAN).unwrap().done, 3, "what was true already is done too");
}

#[test]
fn a_cut_last_line_is_dropped_wherever_it_was_cut() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    write(&path, vec![begun(), step(1), ended(1, StepOutcome::Done)]);
    let whole = std::fs::read(&path).unwrap();
    let last = whole[..whole.len() - 1].iter().rposition(|&b| b == b'\n').unwrap() + 1;
    for cut in last + 1..whole.len() {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let told = journal::read(&path).unwrap();
        assert_eq!((told.records.len(), told.cut), (2, true), "cut at {cut}");
    }
    // Writing on leaves no half line behind.
    write(&path, vec![ended(1, StepOutcome::Done)]);
    let told = journal::read(&path).unwrap();
    assert_eq!((told.records.len(), told.cut), (3, false));
    assert_eq!(told.records.last().unwrap().seq, 3);
}

#[test]
fn a_bad_line_in_the_middle_is_an_error_that_counts_the_sound_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    write(&path, vec![begun(), step(1), ended(1, StepOutcome::Done), step(2)]);
    let whole = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let damages = [
        whole.replace("step/1\",\"number\":1,\"way\"", "step/9\",\"number\":1,\"way\""),
        format!("{}\n{}\n{}\n", lines[0], lines[2], lines[3]),
        format!("{}\n\n{}\n", lines[0], lines[1]),
        format!("{}\n{}\n{}\n", lines[0], "no record", lines[2]),
    ];
    for text in damages {
        std::fs::write(&path, &text).unwrap();
        let error = journal::read(&path).unwrap_err();
        assert_eq!(error.code(), "CT6002");
        let JournalError::Damaged { line, of, sound, .. } = error else { panic!() };
        assert_eq!((line, of, sound.len()), (2, text.lines().count(), 1), "{text}");
        assert!(Journal::open(&path, "run2", PLAN).is_err(), "nothing is written after a damaged line");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "the file is left as it is");
    }
}

#[test]
fn a_disk_that_refuses_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    std::fs::create_dir(&path).unwrap();
    assert_eq!(Journal::open(&path, "run1", PLAN).unwrap_err().code(), "CT6003");
}

fn holder(id: &str, host: &str) -> Holder {
    Holder {
        format: lock::FORMAT,
        id: id.to_owned(),
        who: r"CONTOSO\lync-admin".to_owned(),
        host: host.to_owned(),
        pid: 4172,
        plan: PLAN.to_owned(),
        since: now(),
        seen: now(),
        step: None,
    }
}

#[test]
fn the_lock_is_held_by_one_and_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let (mut mine, before) = Lock::take(folder.path(), holder("18d2c7", "fe1")).unwrap();
    assert!(before.is_none());
    mine.beat(now(), Some((11, "restart/fe2".to_owned()))).unwrap();
    let LockError::Held { holder: Some(other), .. } = Lock::take(folder.path(), holder("aaaaaa", "fe1")).unwrap_err()
    else {
        panic!()
    };
    assert_eq!((other.id.as_str(), other.step.clone()), ("18d2c7", Some((11, "restart/fe2".to_owned()))));
    assert!(matches!(lock::unlock(folder.path(), "18d2c7"), Err(LockError::Held { .. })), "it lives");
    drop(mine);
    assert!(lock::holder(folder.path()).is_none());
    Lock::take(folder.path(), holder("bbbbbb", "fe2")).unwrap();
}

#[test]
fn the_lock_of_a_dead_process_of_this_machine_is_taken_over_and_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    Lock::take(folder.path(), holder("18d2c7", "fe1")).unwrap().0.leave();
    let (_lock, before) = Lock::take(folder.path(), holder("aaaaaa", "FE1")).unwrap();
    assert_eq!(before.unwrap().id, "18d2c7");
}

#[test]
fn the_lock_of_another_machine_needs_unlock() {
    let folder = tempfile::tempdir().unwrap();
    Lock::take(folder.path(), holder("18d2c7", "fe2")).unwrap().0.leave();
    assert!(matches!(Lock::take(folder.path(), holder("aaaaaa", "fe1")), Err(LockError::Silent { .. })));
    assert!(matches!(lock::unlock(folder.path(), "other"), Err(LockError::Other { found }) if found == "18d2c7"));
    assert_eq!(lock::unlock(folder.path(), "18d2c7").unwrap().host, "fe2");
    Lock::take(folder.path(), holder("aaaaaa", "fe1")).unwrap();
}
