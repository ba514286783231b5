//! Triage, diff, search, edges and verification. It thinks: pure and deterministic, the same inputs give the same bytes.
//! It touches no files, clocks or processes, and does not know who will carry a plan out.

pub mod alike;
pub mod changes;
mod checks;
pub mod cms;
pub mod cms_options;
pub mod cost;
pub mod critical;
pub mod draft;
pub mod edges;
mod join;
mod lift;
pub mod order;
pub mod pairing;
mod part;
mod parts;
pub mod refusal;
pub mod runner_up;
pub mod safe_stop;
pub mod search;
pub mod sequence;
pub mod share;
pub mod solve;
pub mod step;
pub mod triage;
pub mod verify;
