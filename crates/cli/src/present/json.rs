//! The JSON rendering of a plan: the presentation model as it is. It adds nothing and leaves nothing out.

use super::plan::PlanView;

/// A plan as JSON.
#[must_use]
pub fn plan(view: &PlanView) -> String {
    // Only maps with keys that are no text could fail, and there are none.
    let mut text = serde_json::to_string_pretty(view).unwrap_or_default();
    text.push('\n');
    text
}
