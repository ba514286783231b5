//! What the program says, apart from the program that says it: so that tests read the same screens as people do.

pub mod present;
