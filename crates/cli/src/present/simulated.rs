//! The mark of a simulated estate: the same word in the first and in the last line of every screen. It knows no screens.

use super::Context;

/// The mark, with a space before it; empty for a real estate.
#[must_use]
pub fn mark(simulated: bool) -> &'static str {
    if simulated { " (simulated)" } else { "" }
}

/// As [`mark`], by the snapshot that a screen is made from.
#[must_use]
pub fn of(context: &Context<'_>) -> &'static str {
    mark(context.snapshot.simulated)
}
