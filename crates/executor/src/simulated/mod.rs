//! The simulated deployment: a world that behaves as the operations reference says, with faults on demand. It is written
//! at the level of SQL sessions, services and topologies, and never reads a declared effect: otherwise a run against it
//! would only prove itself.

pub mod act;
pub mod backups;
pub mod clock;
pub mod cms;
pub mod deed;
pub mod deployment;
pub mod document;
pub mod driver;
pub mod fabric;
pub mod fault;
pub mod host;
pub mod ledger;
pub mod mirroring;
pub mod observe;
mod observe_copy;
pub mod people;
pub mod pool;
pub mod publish;
pub mod restore;
pub mod seed;
pub mod services;
pub mod sessions;
pub mod snapshot;
pub mod sql;

pub use deployment::{Deployment, DeploymentError};
pub use driver::Simulated;
pub use fault::{Fault, FaultKind, Slip};
pub use ledger::{How, Loss};
