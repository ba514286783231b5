//! Topology Builder documents: lossless text, typed view, edits. Knows nothing of SQL roles, plans or people.

pub mod diagnostic;
pub mod names;
