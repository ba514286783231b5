//! `status`: how the last run stands, from lock and journals alone. It asks no server.

use std::path::{Path, PathBuf};

use executor::journal::{self, Entry, Record};
use executor::lock::{self, Holder};
use jiff::Timestamp;

use crate::args::Status;
use crate::exit::{Exit, Failure, Outcome};
use crate::place::Place;
use crate::present::{digest, time};
use crate::screen::Screen;
use crate::{load, person};

/// The state folder: the desired file may name it, but need not be sound for that.
pub fn state_folder(place: &Place, desired: &Path) -> PathBuf {
    let declared = load::desired(place, desired).ok();
    place.state(declared.as_ref().and_then(|d| d.state_folder()))
}

/// The journal that was written last: its records.
fn last_journal(state: &Path) -> Result<Option<Vec<Record>>, Failure> {
    let mut last: Option<(Timestamp, Vec<Record>)> = None;
    let Ok(entries) = std::fs::read_dir(state) else { return Ok(None) };
    for entry in entries.flatten() {
        let path = entry.path().join("journal.jsonl");
        if !path.is_file() {
            continue;
        }
        let told = journal::read(&path).map_err(|e| damaged(&path, &e))?;
        let written =
            std::fs::metadata(&path).and_then(|m| m.modified()).ok().and_then(|t| Timestamp::try_from(t).ok());
        let written = written.unwrap_or(Timestamp::MIN);
        if !told.records.is_empty() && last.as_ref().is_none_or(|(t, _)| *t < written) {
            last = Some((written, told.records));
        }
    }
    Ok(last.map(|(_, records)| records))
}

/// A journal that cannot be believed.
pub fn damaged(path: &Path, e: &journal::JournalError) -> Failure {
    let help =
        "leave the file as it is. cstopo observe, then cstopo plan: the estate itself\n    tells what has been done";
    Failure::new(Exit::BadInput, format!("error: {e} [{}]\n --> {}\n  = help: {help}", e.code(), path.display()))
}

/// Whether a holder is seen to be dead. The operating system lets go of what a dead process of this machine held; of
/// another machine nothing can be told.
fn dead(state: &Path, holder: &Holder) -> bool {
    let free = |file: std::fs::File| file.try_lock_shared().is_ok();
    holder.host.eq_ignore_ascii_case(&person::machine()) && std::fs::File::open(state.join("lock.held")).is_ok_and(free)
}

/// Runs it.
///
/// # Errors
/// When a journal is damaged.
pub fn run(screen: &Screen, place: &Place, args: &Status) -> Outcome {
    let state = state_folder(place, &args.desired);
    let holder = lock::holder(&state);
    let Some(records) = last_journal(&state)? else {
        screen.result("Nothing was ever applied from here.");
        screen.result("Next: cstopo plan");
        return Ok(Exit::Done);
    };
    let say = |text: &str| screen.say(text);
    let plan = records.last().map(|r| r.plan.clone()).unwrap_or_default();
    let run: Vec<&Record> = records.iter().filter(|r| r.run == records[records.len() - 1].run).collect();
    let mut steps = 0;
    let mut who = String::new();
    let (mut done, mut begun): (Vec<usize>, Option<(usize, String)>) = (Vec::new(), None);
    let mut end: Option<(u8, String)> = None;
    for record in &run {
        match &record.entry {
            Entry::RunBegun { who: w, host, steps: n, .. } => {
                steps = *n;
                who = format!("{w} on {host}");
            }
            Entry::StepBegun { step, number, .. } => begun = Some((*number, step.clone())),
            Entry::StepEnded { number, outcome, .. } => {
                use executor::journal::StepOutcome as O;
                match outcome {
                    O::Done | O::AlreadyTrue => done.push(*number),
                    O::NoEffect | O::Partial | O::Unknown | O::NotBegun => {}
                }
                if *outcome != O::Unknown {
                    begun = None;
                }
            }
            Entry::RunEnded { code, reason } => end = Some((*code, reason.clone())),
            Entry::Said { .. } | Entry::Observed { .. } => {}
        }
    }
    let (first, last) = (run.first().map(|r| r.time), run.last().map(|r| r.time));
    let dead = holder.as_ref().is_some_and(|h| dead(&state, h));
    match (&holder, &end) {
        (Some(h), None) if !dead => match &h.step {
            Some((n, id)) => say(&format!("Running: step {n} of {steps}, {id}.")),
            None => say(&format!("Running: {} of {steps} steps done.", done.len())),
        },
        (_, Some((0, _))) => say(&format!("Done: {} of {steps} steps, nobody holds the lock.", done.len())),
        _ => {
            let flight =
                begun.as_ref().map_or("nothing in flight".to_owned(), |(n, id)| format!("step {n}, {id}, in flight"));
            let lock = match &holder {
                Some(_) if dead => "the run lives no more, its lock is left",
                Some(_) => "the lock is held",
                None => "nobody holds the lock",
            };
            say(&format!("Halted: {} of {steps} steps done, {flight}, {lock}.", done.len()));
        }
    }
    say("");
    say(&format!("  plan       {} ({})", digest::short(&plan), digest::words(&plan)));
    if let Some((first, last)) = first.zip(last) {
        let range = format!("{} to {}", time::at_bare(first, last, screen.offset), time::at(last, last, screen.offset));
        say(&format!("  ran        {range}, {who}"));
    }
    match &end {
        Some((code, reason)) => say(&format!("  ended      {reason} (exit {code})")),
        None if dead => say("  ended      it did not say: it was killed"),
        None => say("  ended      it did not say: it runs, or it was killed"),
    }
    let list = |numbers: &[usize]| if numbers.is_empty() { "none".to_owned() } else { ranges(numbers) };
    let open: Vec<usize> =
        (1..=steps).filter(|n| !done.contains(n) && begun.as_ref().is_none_or(|(b, _)| b != n)).collect();
    say(&format!("  done       {}", list(&done)));
    say(&format!("  in flight  {}", begun.as_ref().map_or("none".to_owned(), |(n, id)| format!("{n}, {id}"))));
    say(&format!("  not begun  {}", list(&open)));
    if let Some(h) = &holder {
        say(&format!("  lock       {} of {} on {}, process {}", h.id, h.who, h.host, h.pid));
        say(&format!("             last sign of life {}", time::at(h.seen, h.seen, screen.offset)));
    }
    say("");
    if end.as_ref().is_some_and(|(code, _)| *code == 0) {
        say("Next: nothing, or cstopo observe, then cstopo plan");
    } else {
        say("Next: cstopo observe, then cstopo plan");
    }
    Ok(Exit::Done)
}

/// "1-11, 13".
fn ranges(numbers: &[usize]) -> String {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut parts: Vec<(usize, usize)> = Vec::new();
    for n in sorted {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => parts.push((n, n)),
        }
    }
    let text = |&(a, b): &(usize, usize)| if a == b { a.to_string() } else { format!("{a}-{b}") };
    parts.iter().map(text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn numbers_become_ranges() {
        assert_eq!(super::ranges(&[3, 1, 2, 7, 9, 8]), "1-3, 7-9");
        assert_eq!(super::ranges(&[5]), "5");
    }
}
