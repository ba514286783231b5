//! The rules of the world: facts, state, conditions, actions, plans as data. It thinks nothing up and touches nothing.

pub mod database_type;
pub mod estate;
pub mod field;
pub mod truth;
pub mod view;
pub mod vocabulary;
pub mod condition;
pub mod problem;
pub mod call;
pub mod declaration;
pub mod rules;
pub mod durations;
pub mod actions;
pub mod invariant;
pub mod restrict;
pub mod fact;
pub mod desired;
pub mod snapshot;
pub mod attest;
pub mod assemble;
pub mod schema;
mod json;
pub mod plan;
