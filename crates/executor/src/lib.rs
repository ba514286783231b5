//! The loop that observes, journals, performs and proves, and its drivers. It carries out plans that others thought up;
//! it knows no planner, and prints nothing.

pub mod crash;
pub mod driver;
pub mod journal;
pub mod lock;
pub mod run;
pub mod simulated;
