//! The tables of a comment: changes, steps, the arithmetic of a full stop.

use super::escape::{code, text};
use crate::present::numbers::{commas, join, span};
use crate::present::plan::PlanView;
use crate::present::plan::changes::Block;
use crate::present::plan::full_stop::FullStop;
use crate::present::plan::steps::Step;

/// What changes, a table for each block of stores that change alike.
pub(super) fn changes(view: &PlanView) -> String {
    view.changes.iter().map(block).collect()
}

fn block(block: &Block) -> String {
    let stores = if block.all { format!("{} stores", block.stores.len()) } else { block.stores.join(", ") };
    let mut out = format!("| {} ({stores}) | before | after |\n|---|---|---|\n", code(&block.pool));
    for line in &block.lines {
        let after = if line.change == "same" { "as before".to_owned() } else { value(&line.after.full) };
        out += &format!("| {} {} | {} | {after} |\n", text(line.sign()), text(&line.what), value(&line.before.full));
    }
    out.push('\n');
    out
}

/// A name as code; words as words.
fn value(value: &str) -> String {
    let name = value.contains(['.', '\\']) && !value.contains(' ');
    if name { code(value) } else { text(value) }
}

/// The steps; what is alike and follows each other is one row.
pub(super) fn steps(view: &PlanView) -> String {
    let mut out = "| steps | who | what | risk | undo | min |\n|---|---|---|---|---|---|\n".to_owned();
    for stage in &view.stages {
        out += &format!("| | | **{}**: {} | | | |\n", text(&stage.purpose.short), text(stage.when));
        for run in stage.steps.chunk_by(alike) {
            out += &row(run);
        }
    }
    let stops: Vec<usize> = view.steps().filter(|s| s.safe_stop.is_some()).map(|s| s.number).collect();
    let names: Vec<String> = view.names.iter().map(|n| format!("{} = {}", text(&n.short), code(&n.full))).collect();
    out += &format!("\n{}\n\nSafe stops: after {}.\n\n", names.join(" · "), commas(&stops));
    out
}

fn alike(a: &Step, b: &Step) -> bool {
    let purpose = |s: &Step| s.id.split('/').next().map(str::to_owned);
    let votes = |s: &Step| s.votes.as_ref().map(|v| (v.before, v.during, v.needed));
    purpose(a) == purpose(b) && (a.who, a.risk, a.undo, votes(a)) == (b.who, b.risk, b.undo, votes(b))
}

fn row(run: &[Step]) -> String {
    let (first, last) = (&run[0], &run[run.len() - 1]);
    let titles: Vec<&str> = run.iter().map(|s| s.title.short.as_str()).collect();
    let votes = first
        .votes
        .as_ref()
        .map_or_else(String::new, |v| format!("; votes {} → {}, needs {}", v.before, v.during, v.needed));
    let risk = if first.risk == "none" { "none".to_owned() } else { format!("**{}**", first.risk.replace('_', " ")) };
    let undo = match first.undo {
        "reversible" => "yes",
        "costly" => "costly",
        "irreversible" => "**no**",
        _ => "-",
    };
    let mut minutes: Vec<&str> = run.iter().map(|s| s.duration.minutes.as_str()).collect();
    minutes.dedup();
    let each = if run.len() > 1 && minutes.len() == 1 { " each" } else { "" };
    format!(
        "| {} | {} | {}{votes} | {risk} | {undo} | {}{each} |\n",
        span(first.number, last.number),
        if first.who == "person" { "**person**" } else { first.who },
        text(&drawn_together(&titles)),
        text(&minutes.join(", ")),
    )
}

/// Titles that share their first and last words, as one: "Fail over User and Application to be2".
fn drawn_together(titles: &[&str]) -> String {
    let words: Vec<Vec<&str>> = titles.iter().map(|t| t.split(' ').collect()).collect();
    let Some(first) = words.first().filter(|_| words.len() > 1) else { return titles.join("; ") };
    let shortest = words.iter().map(Vec::len).min().unwrap_or(0);
    let head = (0..shortest).take_while(|&n| words.iter().all(|w| w[n] == first[n])).count();
    let tail = (0..shortest - head)
        .take_while(|&n| words.iter().all(|w| w[w.len() - 1 - n] == first[first.len() - 1 - n]))
        .count();
    let middles: Vec<String> = words.iter().map(|w| w[head..w.len() - tail].join(" ")).collect();
    if middles.iter().any(|m| m.is_empty() || m.contains(' ')) {
        let rests: Vec<String> = words.iter().map(|w| w[head..].join(" ")).collect();
        return format!("{} {}", first[..head].join(" "), rests.join("; ")).trim().to_owned();
    }
    let tail = first[first.len() - tail..].join(" ");
    format!("{} {} {tail}", first[..head].join(" "), join(&middles)).trim().to_owned()
}

/// The arithmetic of a full stop.
pub(super) fn full_stop(view: &PlanView) -> String {
    view.full_stop.as_ref().map_or_else(String::new, arithmetic)
}

/// The arithmetic of a full stop, in a plan or in a refusal.
pub fn arithmetic(full: &FullStop) -> String {
    let mut out = format!("Full stop: {}\n\n| | | |\n|---|---|---|\n", text(&full.why));
    for line in &full.lines {
        let number = line.number.map_or_else(String::new, |n| n.to_string());
        out += &format!("| {} | {} | {number} |\n", text(&line.what), text(&line.text));
    }
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::drawn_together;

    #[test]
    fn titles_that_share_their_ends_are_one() {
        let over = ["Fail over User to be2", "Fail over Application to be2"];
        assert_eq!(drawn_together(&over), "Fail over User and Application to be2");
        let create = ["Create mirror of User, 14 GB", "Create mirror of Archiving, 7 GB"];
        assert_eq!(drawn_together(&create), "Create mirror of User, 14 GB; Archiving, 7 GB");
        assert_eq!(drawn_together(&["Save topology"]), "Save topology");
    }
}
