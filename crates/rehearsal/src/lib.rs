//! A plan carried out on copies of the simulated deployment, once with every fault at every step: what would happen, what
//! would break, and whether a new plan leads to the goal from there. It prints nothing and changes no deployment.

mod crew;
pub mod fault;
pub mod goal;
pub mod outage;
pub mod rehearse;
pub mod result;
mod run;
mod stage;
mod watch;

pub use fault::{Class, Trial};
pub use goal::Goal;
pub use rehearse::{MOST_PAIRS, Options, RehearsalError, rehearse};
pub use result::{After, Broken, Ended, Rehearsal, Tried, Verdict};
