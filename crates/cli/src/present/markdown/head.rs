//! The verdict and the dangers of a comment.

use super::escape::{code, text};
use crate::present::numbers::{and, verb};
use crate::present::plan::PlanView;
use crate::present::plan::world::Window;
use crate::present::simulated;

/// The verdict: what for, how much, at what margin.
pub(super) fn verdict(view: &PlanView) -> String {
    let counts = &view.counts;
    let mut facts = vec![
        format!("{} {}", counts.steps, verb(counts.steps, "step", "steps")),
        format!("{} by people", counts.by_people),
        format!("{} with no way back", counts.no_way_back),
    ];
    if counts.stop_a_pool > 0 {
        facts.push(format!("{} {} ALL users out", counts.stop_a_pool, verb(counts.stop_a_pool, "signs", "sign")));
    }
    facts.push(format!("{} {} users out", counts.sign_users_out, verb(counts.sign_users_out, "signs", "sign")));
    facts.push(format!("{} {} data", counts.lose_data, verb(counts.lose_data, "loses", "lose")));
    let mut lines = vec![format!("**{}**", facts.join(" · "))];
    let margin = view.headline.margin.as_ref();
    let mut margins: Vec<String> = margin
        .map(|m| format!("Lowest margin: {} of {} votes, needs {}", m.votes, m.voters, m.needed))
        .into_iter()
        .collect();
    let windows = &view.headline.without_second_copy;
    if windows.last().is_some_and(|w| w.until_step.is_some()) {
        margins.push(format!("one copy only {}", Window::all(windows)));
    }
    if !margins.is_empty() {
        lines.push(margins.join(" · "));
    }
    let simulated = simulated::mark(view.simulated);
    format!("### cstopo: {}{simulated}\n\n{}\n\n", text(&view.headline.title), lines.join("  \n"))
}

/// What came of a rehearsal, in one line, where there was one.
pub(super) fn rehearsed(view: &PlanView) -> String {
    view.rehearsed.as_ref().map_or_else(String::new, |said| format!("Rehearsed: {}\n\n", text(said)))
}

/// What cannot be undone, what is lost, what hurts if something else breaks.
pub(super) fn dangers(view: &PlanView) -> String {
    let dangers = &view.dangers;
    let mut lines = Vec::new();
    if !view.headline.data_lost.is_empty() {
        let names: Vec<String> = view.headline.data_lost.iter().map(|n| code(n)).collect();
        lines.push(format!("Data of {} is given up, or may be.", names.join(", ")));
    }
    if let Some(full) = &view.full_stop {
        lines.push(format!("All users of {} are signed out at once.", code(&full.pool)));
    }
    for way in &dangers.no_way_back {
        let steps = verb(way.steps.len(), "step", "steps");
        lines.push(format!("No way back after {steps} {}: {}.", and(&way.steps), text(way.why)));
    }
    lines.extend(dangers.blind_restart().map(|b| format!("Watch out: {}", text(&b))));
    for survivor in &dangers.survivors {
        let host = code(&survivor.host.full);
        lines.push(format!(
            "If {host} {}{}, only backups are left: {}.",
            survivor.breaks(),
            survivor.when(),
            text(&survivor.backups)
        ));
    }
    if lines.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = lines.into_iter().map(|l| format!("> - {l}\n")).collect();
    format!("> **Dangers**\n{}\n", lines.concat())
}
