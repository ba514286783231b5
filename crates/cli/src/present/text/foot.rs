//! The foot of a plan: the arithmetic of a full stop, the price, the dangers, which plan it is, what to type next.

use super::closing;
use crate::present::numbers::and;
use crate::present::page::Page;
use crate::present::plan::PlanView;
use crate::present::plan::full_stop::FullStop;
use crate::present::style::Role;

/// Columns of the words in the price.
const LABEL: usize = 14;

/// The arithmetic of a full stop.
pub(super) fn full_stop(page: &mut Page, view: &PlanView) {
    if let Some(full) = &view.full_stop {
        arithmetic(page, full);
        page.blank();
    }
}

/// The arithmetic of a full stop, in a plan or in a refusal.
pub fn arithmetic(page: &mut Page, full: &FullStop) {
    page.labelled("Full stop", LABEL, &full.why);
    let wide = page.style().width.min(80) - LABEL - 6;
    for line in &full.lines {
        let lead = format!("  {:<width$}", line.what, width = LABEL - 2);
        let Some(number) = line.number else {
            page.hang(&lead, Role::Plain, &line.text, Role::Plain);
            continue;
        };
        // The number stands in one column at the right, behind the last line of its words.
        let mut lines = crate::present::page::wrap(&line.text, wide);
        let last = lines.pop().unwrap_or_default();
        for (n, text) in lines.iter().enumerate() {
            let lead = if n == 0 { lead.clone() } else { " ".repeat(LABEL) };
            page.hang(&lead, Role::Plain, text, Role::Plain);
        }
        let lead = if lines.is_empty() { lead } else { " ".repeat(LABEL) };
        let gap = wide.saturating_sub(crate::present::page::columns(&page.style().characters(&last)));
        page.verbatim(0, &format!("{lead}{last}{}{number:>4}", " ".repeat(gap)));
    }
}

/// What the plan costs.
pub(super) fn price(page: &mut Page, view: &PlanView) {
    let price = &view.price;
    page.heading("Price");
    let mut entry = |word: &str, text: &str| {
        page.hang(&format!("  {word:<width$}", width = LABEL - 2), Role::Plain, text, Role::Plain);
    };
    entry("users", &price.users.join(" "));
    if let Some(archive) = &price.archive {
        entry("archive", archive);
    }
    if let Some(protection) = &price.protection {
        entry("protection", &protection.short);
    }
    if let Some(publishes) = &price.publishes {
        entry("publishes", &publishes.short);
    }
    for (n, rights) in price.people.iter().enumerate() {
        entry(if n == 0 { "people" } else { "" }, &rights.text());
    }
    for (n, rights) in price.account.iter().enumerate() {
        entry(if n == 0 { "account" } else { "" }, &rights.text());
    }
    let times: Vec<String> =
        price.time.iter().map(|t| format!("{}.", crate::present::style::keep(&t.text()))).collect();
    entry("time", &times.join("  "));
    entry("", "Estimates; no earlier run is on record here.");
    page.blank();
}

/// What cannot be undone, what is left if the survivor breaks, what was not chosen.
pub(super) fn dangers(page: &mut Page, view: &PlanView) {
    let dangers = &view.dangers;
    for (n, way) in dangers.no_way_back.iter().enumerate() {
        let word = if n == 0 { "No way back" } else { "" };
        page.labelled(word, LABEL, &format!("after {}: {}", and(&way.steps), way.why));
    }
    if let Some(blind) = dangers.blind_restart() {
        page.labelled("Watch out", LABEL, &blind);
    }
    for survivor in &dangers.survivors {
        let lead = format!("If {} {}{}, ", survivor.host.short, survivor.breaks(), survivor.when());
        page.hang("", Role::Plain, &format!("{lead}only backups are left: {}.", survivor.backups), Role::Plain);
    }
    for other in &view.alternatives {
        let word = if other.another_goal { "Another goal" } else { "Not chosen" };
        page.labelled(word, LABEL, &other.text);
    }
    let nothing = dangers.no_way_back.is_empty()
        && dangers.blind_restart().is_none()
        && dangers.survivors.is_empty()
        && view.alternatives.is_empty();
    if !nothing {
        page.blank();
    }
}

/// Which plan it is, what it rests on, and the last lines.
pub(super) fn identity(page: &mut Page, view: &PlanView) {
    let plan = &view.plan;
    if !plan.short.is_empty() {
        page.paragraph(&format!(
            "Plan {} ({}) is in {}. It rests on {} facts, read {}, and can be applied once.",
            plan.short, plan.words, plan.file, plan.facts, plan.read
        ));
    }
    if let Some(said) = &view.rehearsed {
        page.paragraph(&format!("Rehearsed: {said}"));
    }
    closing(page, view);
}
