//! The answer of a refusal in its first lines: whether data would be lost, may be, or what else stands in the way. It says
//! "every way" only where no way that is listed does otherwise.

use planner::refusal::Refusal;

use super::loss::{Loss, given_up};
use super::pools;
use crate::present::numbers::{count, verb};
use crate::present::{Context, simulated};

/// The answer.
pub(super) fn of(whom: &[String], loss: Option<&Loss>, stop: bool, refusal: &Refusal, context: &Context<'_>) -> String {
    let refused = format!("Refused{}:", simulated::of(context));
    let all = pools(whom);
    match loss {
        Some(loss) => {
            let lossless = refusal.ways_out.iter().any(|w| given_up(w).is_empty() && w.loses.is_empty());
            format!("{refused} {}", losing(&pools(&loss.pools()), loss, lossless))
        }
        None if stop => format!(
            "{refused} {all} {} to stop as a whole once, and full-stop = \"allow\" is not declared. {} Front Ends cannot be \
             restarted one after the other.",
            verb(whom.len(), "has", "have"),
            verb(whom.len(), "Its", "Their"),
        ),
        None => format!(
            "{refused} there is no safe plan for {all}. {} searched.",
            match refusal.states {
                1 => "The one state that can be reached was".to_owned(),
                n => format!("All {} that can be reached were", count(n, "state")),
            }
        ),
    }
}

fn losing(whom: &str, loss: &Loss, lossless: bool) -> String {
    let (behind, unsure) = (loss.behind(), loss.lost() - loss.behind());
    let data = match (behind, unsure) {
        (n, 0) => format!("loses data of {}", count(n, "database")),
        (0, n) => format!("may lose data of {}", count(n, "database")),
        (n, m) => format!("loses data of {} and may lose data of {m} more", count(n, "database")),
    };
    let way = if lossless { "as far as is known, restoring" } else { "every way to restore" };
    let other = if lossless { " A way below loses nothing." } else { "" };
    format!("{way} {whom} {data}, and nobody has agreed to that.{}{other}", spared(loss, unsure == 0))
}

/// How many of all databases lose nothing.
fn spared(loss: &Loss, sure: bool) -> String {
    let (complete, all) = (loss.complete(), count(loss.databases.len(), "database"));
    match (complete, sure) {
        (0, true) => format!(" None of {all} has a complete copy that could be forced."),
        (0, false) => format!(" None of {all} is known to have a complete copy."),
        (n, true) => format!(" {n} of {all} could be forced without loss."),
        (n, false) => format!(" {n} of {all} {} known to be complete.", verb(n, "is", "are")),
    }
}
