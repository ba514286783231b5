//! `apply`: carries a plan out and proves every step. The order of things: read the plan, take the lock, read every fact
//! again, ask, run, say the truth about the end.

mod ending;
mod fresh;
mod progress;
pub(super) mod prompt;
mod steps;
mod words;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use executor::crash::{CrashPlan, CrashPoint};
use executor::driver::Driver as _;
use executor::journal::Journal;
use executor::lock::{self, Holder, Lock, LockError};
use executor::run::{Interrupt, Options, Runner};

use super::{observe, plan, status};
use crate::args::{Apply, People};
use crate::exit::{Exit, Failure, Outcome};
use crate::load::{self, Reviewed};
use crate::place::Place;
use crate::present::{digest, time};
use crate::screen::Screen;
use crate::{files, person};

/// Runs it.
///
/// # Errors
/// Everything that keeps the first step from being begun.
pub fn run(screen: &Screen, place: &Place, args: &Apply) -> Outcome {
    let Some(path) = &args.plan else { return plan_and_apply(screen, place, args) };
    let reviewed = load::plan(place, path)?;
    carry_out(screen, place, args, &reviewed, &files::name(path))
}

/// Plans, shows, and applies what was shown.
fn plan_and_apply(screen: &Screen, place: &Place, args: &Apply) -> Outcome {
    let out = std::path::PathBuf::from("plan.json");
    if plan::make(screen, place, &args.inputs, &out)?.is_none() {
        return Ok(Exit::Done);
    }
    let reviewed = load::plan(place, &out)?;
    carry_out(screen, place, args, &reviewed, &files::name(&out))
}

fn carry_out(screen: &Screen, place: &Place, args: &Apply, reviewed: &Reviewed, shown: &str) -> Outcome {
    let state = place.state(reviewed.desired.state_folder());
    let folder = Place::of_plan(&state, &reviewed.file.digest);
    let journal_file = folder.join("journal.jsonl");
    used(screen, reviewed, &journal_file)?;
    let mut driver = observe::deployment(place, &args.deployment)?.with_base(reviewed.file.facts.read.to);
    if reviewed.file.facts.simulated != driver.is_simulated() {
        let what = format!("refused: {shown} rests on facts of a real estate; this deployment is simulated [CT4006]");
        return Err(Failure::new(Exit::Refused, format!("{what}\n --> {shown}\n  = nothing was done")));
    }
    let crash = crash(args)?;
    let mut lock = take_lock(screen, args, reviewed, &state, &driver)?;
    screen.note("The deployment is simulated: nothing outside of its file changes.");
    let attested = fresh::check(screen, place, args, reviewed, &mut driver)?;
    prompt::ready(screen, reviewed, &driver);
    prompt::consent(reviewed, args)?;
    let (mut journal, _) = Journal::open(&journal_file, &run_name(&driver), &reviewed.file.digest).map_err(|e| {
        Failure::new(
            Exit::Stopped,
            format!("stopped: {e} [{}]\n --> {}\n  = nothing was done", e.code(), journal_file.display()),
        )
    })?;
    screen.note(&format!("Lock taken. Journal: {}", journal_file.display()));
    // Time passes in a simulation too: where a run ends before its first act, the plan made next is another one, and not
    // the very plan that is used up.
    driver.world.advance(1);
    driver
        .world
        .save(&place.file(&args.deployment))
        .map_err(|e| Failure::new(Exit::Error, format!("error: {e} [CT3103]")))?;
    let steps = steps::Planned::new(&reviewed.solved);
    let interrupt = interrupts();
    let mut listener = progress::Progress::new(screen, &reviewed.solved, driver.now(), args.people == People::Ask);
    let options = Options {
        poll: 15,
        // People of a simulation do not change their minds by being asked for ever.
        asks: Some(3),
        who: person::account(),
        host: person::machine(),
        pid: std::process::id(),
    };
    let mut driver = words::WithWords::new(&mut driver, attested);
    let report = Runner {
        driver: &mut driver,
        steps: &steps,
        journal: &mut journal,
        lock: Some(&mut lock),
        listener: &mut listener,
        interrupt: &interrupt,
        options,
        crash,
    }
    .run();
    listener.finish();
    let exit = ending::tell(screen, reviewed, &report, &journal_file);
    if exit == Exit::Unknown {
        lock.leave();
    }
    Ok(exit)
}

/// A plan is used once, even where a second use would do no harm.
fn used(screen: &Screen, reviewed: &Reviewed, journal: &Path) -> Result<(), Failure> {
    let told = executor::journal::read(journal).map_err(|e| status::damaged(journal, &e))?;
    let Some(used) = told.used(&reviewed.file.digest) else { return Ok(()) };
    let ended = match (used.ended, &used.in_flight) {
        (Some(end), _) => format!("ended {}", time::at(end, end, screen.offset)),
        (None, Some((id, number))) => format!("and was killed in step {number}, {id}"),
        (None, None) => "and was killed".to_owned(),
    };
    let what = format!(
        "stale: plan {} has been applied, {} of {} steps, {ended}\nby {} [CT4005]",
        reviewed.file.short(),
        used.done,
        used.steps,
        used.who
    );
    let why = "a plan is used once, even where a second use would do no harm";
    let text = format!("{what}\n --> {}\n  = {why}\n  = help: cstopo observe, then cstopo plan", journal.display());
    Err(Failure::new(Exit::Stale, text))
}

/// A name for the run that no other run of the estate has: when it began, and which process it is.
fn run_name(driver: &executor::simulated::Simulated) -> String {
    format!("{}-{}", driver.now().as_second(), std::process::id())
}

fn take_lock(
    screen: &Screen,
    args: &Apply,
    reviewed: &Reviewed,
    state: &Path,
    driver: &executor::simulated::Simulated,
) -> Result<Lock, Failure> {
    let wait = args.lock_timeout.as_deref().map_or(Ok(Duration::ZERO), prompt::duration)?;
    let began = Instant::now();
    loop {
        let now = driver.now();
        let holder = Holder {
            format: lock::FORMAT,
            id: format!(
                "{:06x}",
                (std::process::id() ^ u32::try_from(now.as_second() & 0xff_ffff).unwrap_or(0)) & 0xff_ffff
            ),
            who: person::account(),
            host: person::machine(),
            pid: std::process::id(),
            plan: reviewed.file.digest.clone(),
            since: now,
            seen: now,
            step: None,
        };
        match Lock::take(state, holder) {
            Ok((lock, None)) => return Ok(lock),
            Ok((lock, Some(dead))) => {
                let step = dead.step.map_or(String::new(), |(n, id)| format!(", in step {n}, {id}"));
                screen.note(&format!(
                    "The lock of process {} on {} was taken over: that run lives no more{step}.",
                    dead.pid, dead.host
                ));
                return Ok(lock);
            }
            Err(LockError::Held { .. }) if began.elapsed() < wait => std::thread::sleep(Duration::from_millis(200)),
            Err(e) => return Err(locked(screen, &e)),
        }
    }
}

fn locked(screen: &Screen, e: &LockError) -> Failure {
    let (holder, path) = match e {
        LockError::Held { holder, path } => (holder.as_deref(), path),
        LockError::Silent { holder, path } => (Some(&**holder), path),
        LockError::Other { .. } | LockError::Io { .. } => {
            return Failure::new(Exit::Error, format!("error: {e} [{}]\n  = nothing was done", e.code()));
        }
    };
    let mut text = format!("Locked: {e}. Nothing was done. [{}]\n\n", e.code());
    if let Some(h) = holder {
        let step = h.step.as_ref().map_or(String::new(), |(n, id)| format!(", step {n}, {id}"));
        text.push_str(&format!("  who     {} on {}, process {}\n", h.who, h.host, h.pid));
        text.push_str(&format!(
            "  since   {}; last sign of life {}\n",
            time::at(h.since, h.seen, screen.offset),
            time::at(h.seen, h.seen, screen.offset)
        ));
        text.push_str(&format!("  plan    {} ({}){step}\n", digest::short(&h.plan), digest::words(&h.plan)));
        text.push_str(&format!("  lock    {}\n", h.id));
    }
    text.push_str(&format!("  file    {}\n\n", path.display()));
    text.push_str(match e {
        LockError::Silent { .. } => {
            "If that run is dead: cstopo unlock, with the name of the lock\nNext: cstopo status"
        }
        _ => "To wait for it: cstopo apply plan.json --lock-timeout 30m\nNext: cstopo status",
    });
    Failure::new(Exit::Locked, text)
}

/// Ctrl-C: once stops after the running step, twice leaves now.
fn interrupts() -> Arc<Interrupt> {
    let interrupt = Arc::new(Interrupt::new());
    let pressed = Arc::clone(&interrupt);
    // Without a handler the first Ctrl-C ends the process, which the journal survives.
    let _ = ctrlc::set_handler(move || {
        if pressed.press() == 1 {
            use std::io::Write as _;
            let text = "Stopping after the running step. Ctrl-C again leaves now, and what runs goes on unwatched.";
            let _ = writeln!(std::io::stderr().lock(), "\n{text}");
        }
    });
    interrupt
}

/// Where to die, for tests: `before-record:3`, `after-act:1`.
fn crash(args: &Apply) -> Result<CrashPlan, Failure> {
    let Some(text) = &args.die_at else { return Ok(CrashPlan::never()) };
    let wrong = || Failure::new(Exit::Usage, format!("error: `{text}` is no point to die at [CT3106]"));
    let (kind, n) = text.split_once(':').ok_or_else(wrong)?;
    let n: u32 = n.parse().map_err(|_| wrong())?;
    let point = match kind {
        "before-record" => CrashPoint::BeforeRecord(n),
        "after-record" => CrashPoint::AfterRecord(n),
        "before-act" => CrashPoint::BeforeAct(n),
        "after-act" => CrashPoint::AfterAct(n),
        _ => return Err(wrong()),
    };
    Ok(CrashPlan::at(point, || std::process::abort()))
}
