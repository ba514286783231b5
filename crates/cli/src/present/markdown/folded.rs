//! The folded parts of a comment: price, commands and clicks, XML, facts.

use super::escape::{block, code, folded, text};
use crate::present::numbers::{count, span};
use crate::present::plan::PlanView;
use crate::present::plan::around::Around;
use crate::present::plan::steps::Step;

/// What the plan costs.
pub(super) fn price(view: &PlanView) -> String {
    let price = &view.price;
    let mut lines = vec![format!("- users: {}", text(&price.users.join(" ")))];
    lines.extend(price.archive.iter().map(|a| format!("- archive: {}", text(a))));
    lines.extend(price.protection.iter().map(|p| format!("- protection: {}", text(&p.full))));
    lines.extend(price.publishes.iter().map(|p| format!("- publishes: {}", text(&p.full))));
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

/// What is so around each step; steps around which the same is so are one row.
pub(super) fn margins(view: &PlanView) -> String {
    let mut rows: Vec<(usize, usize, String)> = Vec::new();
    for (step, around) in view.steps().filter_map(|s| Some((s, s.around.as_ref()?))) {
        let row = margin(step, around);
        match rows.last_mut() {
            Some((_, last, same)) if *same == row && *last + 1 == step.number => *last = step.number,
            _ => rows.push((step.number, step.number, row)),
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let mut body =
        "| steps | votes | undo | safe stop after | second copy | users notice | one more failure |\n".to_owned();
    body += "|---|---|---|---|---|---|---|\n";
    for (first, last, row) in rows {
        body += &format!("| {} | {row}\n", span(first, last));
    }
    folded("Margins: votes, undo, safe stops, second copy, users, one more failure", &body)
}

fn margin(step: &Step, around: &Around) -> String {
    let votes: Vec<String> = around
        .votes
        .iter()
        .map(|v| {
            let counts = if v.before == v.during && v.during == v.after {
                v.during.to_string()
            } else {
                format!("{} → {} → {}", v.before, v.during, v.after)
            };
            format!("{counts}, needs {}", v.needed)
        })
        .collect();
    let undo = match (step.undo, step.undo_how) {
        ("irreversible", Some(why)) => format!("**no**: {}", text(why)),
        (_, Some(how)) => text(how),
        _ => "-".to_owned(),
    };
    let copy = match (around.second_copy, around.second_copy_from_step) {
        (true, _) => "yes".to_owned(),
        (false, Some(n)) => format!("from {n} on"),
        (false, None) => "no".to_owned(),
    };
    let users = if around.users.is_empty() { "nothing".to_owned() } else { around.users.join("; ") };
    let failure: Vec<&str> = around.not_survived.iter().map(|t| t.short.as_str()).collect();
    let failure = match around.one_more_failure {
        "yes" => "survived".to_owned(),
        "no" => format!("**not survived**: {}", text(&failure.join("; "))),
        _ => format!("not known: {}", text(&failure.join("; "))),
    };
    let stop = around.safe_stop_after.map_or_else(|| "-".to_owned(), |n| n.to_string());
    format!("{} | {undo} | {stop} | {copy} | {} | {failure} |", text(&votes.join("; ")), text(&users))
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
