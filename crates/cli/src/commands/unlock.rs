//! `unlock`: removes the lock of a run that lives no more, and says what it left. It touches nothing else.

use executor::journal;
use executor::lock::{self, LockError};

use super::status;
use crate::args::Unlock;
use crate::exit::{Exit, Failure, Outcome};
use crate::place::Place;
use crate::screen::Screen;

/// Runs it.
///
/// # Errors
/// When there is no such lock, or its run lives.
pub fn run(screen: &Screen, place: &Place, args: &Unlock) -> Outcome {
    let state = status::state_folder(place, &args.desired);
    let path = state.join("lock");
    let fail =
        |exit, text: String| Failure::new(exit, format!("{text}\n --> {}\n  = nothing was changed", path.display()));
    let held = lock::unlock(&state, &args.id).map_err(|e| match &e {
        LockError::Held { .. } => fail(Exit::Locked, format!("locked: its run lives [{}]", e.code())),
        LockError::Other { found } if found.is_empty() => {
            fail(Exit::Missing, format!("error: nobody holds a lock here [{}]", e.code()))
        }
        LockError::Other { found } => {
            fail(Exit::Usage, format!("error: the lock is {found}, not {} [{}]", args.id, e.code()))
        }
        LockError::Silent { .. } | LockError::Io { .. } => fail(Exit::Error, format!("error: {e} [{}]", e.code())),
    })?;
    screen.say(&format!("Lock {} of {} on {} is removed.", held.id, held.who, held.host));
    let told = journal::read(&Place::of_plan(&state, &held.plan).join("journal.jsonl"));
    let in_flight = told.ok().and_then(|t| t.used(&held.plan)).and_then(|u| u.in_flight);
    match in_flight {
        Some((id, number)) => screen.say(&format!(
            "Its run left step {number}, {id}, begun and not seen to end: look before you decide.\nNext: cstopo observe, then cstopo plan"
        )),
        None => screen.say("Its run left nothing in flight.\nNext: cstopo observe, then cstopo plan"),
    }
    Ok(Exit::Done)
}
