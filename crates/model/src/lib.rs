//! The rules of the world: facts, state, conditions, actions, plans as data. It thinks nothing up and touches nothing.

pub mod database_type;
pub mod estate;
pub mod field;
pub mod truth;
pub mod view;
pub mod condition;
pub mod problem;
pub mod call;
pub mod declaration;
