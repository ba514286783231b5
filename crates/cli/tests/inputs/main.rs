//! Wrong inputs, wrong moments and plain questions, typed into the real program: exit code, code of the diagnostic, place,
//! help, and that nothing was done.

mod desired;
mod files;
mod plans;
#[path = "../scenario/mod.rs"]
mod scenario;
mod shows;
