//! Everything of the program but its entry: commands, files, screens; so that tests read the same screens as people do.

pub mod args;
pub mod commands;
pub mod documents;
pub mod exit;
pub mod files;
pub mod load;
pub mod person;
pub mod place;
pub mod present;
pub mod screen;
