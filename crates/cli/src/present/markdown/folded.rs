//! The folded parts of a comment: price, commands and clicks, XML, facts.

use super::escape::{block, code, folded, text};
use crate::present::numbers::count;
use crate::present::plan::PlanView;
use crate::present::plan::steps::Step;

/// What the plan costs.
pub(super) fn price(view: &PlanView) -> String {
    let price = &view.price;
    let mut lines = vec![format!("- users: {}", text(&price.users.join(" ")))];
    lines.extend(price.archive.iter().map(|a| format!("- archive: {}", text(a))));
    lines.extend(price.protection.iter().map(|p| format!("- protection: {}", text(&p.full))));
    lines.extend(price.people.iter().map(|r| format!("- people: {}", text(&r.text()))));
    lines.extend(price.account.iter().map(|r| format!("- account of cstopo: {}", text(&r.text()))));
    let times: Vec<String> = price.time.iter().map(|t| format!("{}.", t.text())).collect();
    lines.push(format!("- time: {} Estimates.", text(&times.join(" "))));
    for other in &view.alternatives {
        let word = if other.another_goal { "another goal" } else { "not chosen" };
        lines.push(format!("- {word}: {}", text(&other.text)));
    }
    folded("Price: users, archive, protection, people, time", &lines.join("\n"))
}

/// What is sent or asked, step by step.
pub(super) fn commands(view: &PlanView) -> String {
    let body: String = view.steps().map(step).collect();
    folded(&format!("Commands and clicks, {}", count(view.counts.steps, "step")), &body)
}

fn step(step: &Step) -> String {
    let mut out = format!("**{}** {} ({})\n\n", step.number, text(&step.title.full), code(&step.id));
    for (n, way) in step.ways.iter().enumerate().filter(|(_, w)| !w.lines.is_empty()) {
        if n > 0 {
            out += "Where that does not do it:\n\n";
        }
        let language = match way.who {
            "cmdlet" => "powershell",
            "tsql" => "sql",
            _ => "text",
        };
        out += &block(language, &way.lines.join("\n"));
        out.push('\n');
    }
    out
}

/// What the publishes change in the topology document.
pub(super) fn xml(diffs: &[(String, String)]) -> String {
    let one = |(title, diff): &(String, String)| format!("{}\n\n{}\n", text(title), block("diff", diff));
    let body: String = diffs.iter().map(one).collect();
    folded(&format!("XML of {}", publishes(diffs.len())), &body)
}

fn publishes(n: usize) -> String {
    if n == 1 { "1 publish".to_owned() } else { format!("{n} publishes") }
}

/// The facts that the plan rests on.
pub(super) fn facts(view: &PlanView) -> String {
    let mut body = "| fact | | value |\n|---|---|---|\n".to_owned();
    for fact in &view.facts {
        let value = if fact.state == "unknown" { format!("unknown ({})", fact.value) } else { fact.value.clone() };
        body += &format!("| {} | {} | {} |\n", code(&fact.subject), fact.attribute, text(&value));
    }
    folded(&format!("{} facts, {}", view.facts.len(), view.plan.read), &body)
}
