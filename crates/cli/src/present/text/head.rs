//! The head of a plan: what is wrong, how much time is left, which procedure, what names stand for, what changes.

use super::{LABEL, labelled};
use crate::present::names::Spelt;
use crate::present::numbers::{count, join};
use crate::present::page::{Page, columns};
use crate::present::plan::PlanView;
use crate::present::plan::changes::{Block, ChangeLine};
use crate::present::plan::situation::Situation;
use crate::present::style::{Role, keep};

/// What is wrong, the clock, the procedure, the names.
pub(super) fn situation(page: &mut Page, view: &PlanView) {
    let several = view.situation.len() > 1;
    for pool in &view.situation {
        let sentences: Vec<&str> = pool.sentences.iter().map(|s| s.short.as_str()).collect();
        let whose = if several { format!("{}: ", pool.pool) } else { String::new() };
        labelled(page, if pool.broken { "Wrong" } else { "Now" }, &format!("{whose}{}", sentences.join(" ")));
        if let Some(clock) = &pool.clock {
            labelled(page, "Clock", clock);
        }
    }
    if let Some(procedure) = &view.procedure {
        labelled(page, "Procedure", &format!("\"{}\"", procedure.title));
        if !procedure.deviations.is_empty() {
            let n = count(procedure.deviations.len(), "deviation");
            labelled(page, "", &format!("{n}, each with its reason: cstopo plan -v"));
        }
    }
    if !view.names.is_empty() {
        let room = page.style().width.saturating_sub(LABEL);
        let spelt = |n: &Spelt| {
            let text = format!("{} = {}", n.short, n.full);
            if columns(&text) <= room { keep(&text) } else { text }
        };
        let names: Vec<String> = view.names.iter().map(spelt).collect();
        labelled(page, "Names", &names.join("  "));
    }
    page.blank();
}

/// How pools are for which there is no plan, with whole names, and which procedure it amounts to.
pub fn standing(page: &mut Page, situation: &[Situation], procedures: &[String]) {
    for pool in situation {
        let sentences: Vec<&str> = pool.sentences.iter().map(|s| s.full.as_str()).collect();
        let whose = if situation.len() > 1 { format!("{}: ", pool.pool) } else { String::new() };
        labelled(page, if pool.broken { "Wrong" } else { "Now" }, &format!("{whose}{}", sentences.join(" ")));
    }
    for (n, procedure) in procedures.iter().enumerate() {
        labelled(page, if n == 0 { "Procedure" } else { "" }, procedure);
    }
}

/// What changes.
pub(super) fn changes(page: &mut Page, view: &PlanView) {
    let pools = view.changes.iter().any(|b| b.pool != view.changes[0].pool);
    for block in &view.changes {
        page.heading(&heading(block, pools));
        let what = widest(block, |l| l.what.as_str());
        let before = widest(block, |l| l.before.short.as_str());
        for line in &block.lines {
            change(page, line, what, before);
        }
        page.blank();
    }
}

fn heading(block: &Block, pools: bool) -> String {
    let of = if pools { format!(" of {}", block.pool) } else { String::new() };
    match (block.all, block.stores.len()) {
        (true, 2..) => format!("Changes, the same for {}", join(&block.stores)),
        _ => format!("Changes of {}{of}", join(&block.stores)),
    }
}

fn widest<'a>(block: &'a Block, text: impl Fn(&'a ChangeLine) -> &'a str) -> usize {
    block.lines.iter().map(|l| columns(text(l))).max().unwrap_or(0)
}

fn change(page: &mut Page, line: &ChangeLine, what: usize, before: usize) {
    let role = match line.change {
        "add" => Role::Good,
        "remove" => Role::Danger,
        "same" => Role::Faint,
        _ => Role::Care,
    };
    let kind = format!("{:<5}", if line.kind == "session" { "role" } else { line.kind });
    let lead = format!("  {kind}  {} {:<what$}  ", line.sign(), line.what);
    let text = if line.change == "same" {
        line.before.short.clone()
    } else {
        format!("{} → {}", line.before.short, line.after.short)
    };
    if lead.chars().count() + before > page.style().width.saturating_sub(LABEL) {
        page.hang(&format!("  {kind}  {} ", line.sign()), role, &format!("{}: {text}", line.what), Role::Plain);
    } else {
        page.hang(&lead, role, &text, Role::Plain);
    }
}
