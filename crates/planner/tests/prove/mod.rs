//! The small world, and an independent search over it: nothing here is shared with the planner but the model.
#![allow(dead_code)] // each test takes what it needs

pub mod backward;
pub mod code;
pub mod goals;
pub mod graph;
pub mod needed;
pub mod price;
pub mod starts;
pub mod take;
pub mod threads;
pub mod world;
