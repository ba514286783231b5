//! Fits the parts of a comment into its size: what can be spared goes first, and the last line says what was left out and
//! how to see it. It knows no contents.

use super::Part;
use super::escape::{code, text};
use crate::present::plan::PlanView;

/// The parts that fit, with the last line. Never longer than `max` bytes.
pub(super) fn fit(view: &PlanView, parts: Vec<Part>, max: usize) -> String {
    let mut left_out: Vec<(&'static str, String)> = Vec::new();
    let mut parts: Vec<Part> = parts.into_iter().filter(|p| !p.text.is_empty()).collect();
    loop {
        let body: String = parts.iter().map(|p| p.text.as_str()).collect();
        let whole = with_last_line(view, &body, &left_out, max);
        if whole.len() <= max {
            return whole;
        }
        let spare = parts.iter().enumerate().filter(|(_, p)| !p.name.is_empty()).min_by_key(|(_, p)| p.keep);
        let Some(n) = spare.map(|(n, _)| n) else { return shortest(view, max) };
        let gone = parts.remove(n);
        left_out.insert(0, (gone.name, gone.see));
    }
}

/// The body with a last line that names its own size.
fn with_last_line(view: &PlanView, body: &str, left_out: &[(&'static str, String)], max: usize) -> String {
    let mut size = body.len();
    for _ in 0..4 {
        let whole = format!("{body}{}", last_line(view, left_out, size, max));
        if whole.len() == size {
            return whole;
        }
        size = whole.len();
    }
    format!("{body}{}", last_line(view, left_out, size, max))
}

fn last_line(view: &PlanView, left_out: &[(&'static str, String)], size: usize, max: usize) -> String {
    let left = if left_out.is_empty() {
        "nothing left out".to_owned()
    } else {
        let mut ways: Vec<&str> = left_out.iter().map(|(_, see)| see.as_str()).collect();
        ways.dedup();
        let names: Vec<&str> = left_out.iter().map(|(name, _)| *name).collect();
        let ways: Vec<String> = ways.into_iter().map(code).collect();
        format!("left out: {} (to see them: {})", names.join(", "), ways.join(", "))
    };
    let simulated = crate::present::simulated::mark(view.simulated);
    let undone = if view.left_undone.is_empty() { String::new() } else { format!(". {}", text(&view.left_undone)) };
    if view.plan.short.is_empty() {
        return format!("{left}\n{} Next: {}{simulated}{undone}\n", text(&view.counts.sentence()), code(&view.next));
    }
    format!(
        "{} {} · {left}, {} of {} bytes\n{} Next: {}{simulated}{undone}\n",
        code(&view.plan.short),
        text(&view.plan.words),
        thousands(size),
        thousands(max),
        text(&view.counts.sentence()),
        code(&view.next),
    )
}

/// One line, where nothing else fits; nothing, where not even that does.
fn shortest(view: &PlanView, max: usize) -> String {
    let line = format!("cstopo: {} The rest was left out: {}\n", view.counts.sentence(), code("cstopo plan"));
    if line.len() <= max { line } else { String::new() }
}

fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_parted() {
        assert_eq!([0, 999, 32_768].map(super::thousands), ["0", "999", "32,768"]);
    }
}
