//! Users first: the stores that can be served again now, whatever is refused, and what to type for it.

use model::estate::StoreId;
use model::problem::Problem;
use model::vocabulary;
use planner::refusal::Part;
use serde::Serialize;

use crate::present::markdown::escape;
use crate::present::numbers::{count, join};
use crate::present::page::Page;
use crate::present::style::Role;

/// What can be done now, whatever is refused.
#[derive(Clone, Debug, Serialize)]
pub struct Now {
    /// In a sentence.
    pub text: String,
    /// What to type.
    pub line: String,
    /// How many steps that takes.
    pub steps: usize,
}

/// What can be done now: the stores that a plan for service alone brings back.
/// `whole` says whether nothing else is declared: then no pool has to be named.
pub(super) fn of(problem: &Problem, part: &Part, whole: bool) -> Now {
    let estate = &problem.estate;
    let mut only: Vec<String> = Vec::new();
    let mut said: Vec<String> = Vec::new();
    for pool in problem.pools() {
        let declared: Vec<StoreId> = problem.managed(pool).map(|w| w.store).collect();
        let back: Vec<StoreId> = declared.iter().copied().filter(|s| part.stores.contains(s)).collect();
        let whole = back.len() == declared.len() && back.len() == estate.pool(pool).stores.len();
        let kinds: Vec<&str> = back.iter().map(|&s| estate.store(s).kind.name()).collect();
        if whole {
            only.push(estate.pool(pool).fqdn.to_string());
        } else {
            only.extend(back.iter().map(|&s| vocabulary::store_name(estate, s)));
        }
        if !back.is_empty() {
            said.push(format!("{} of {}", join(&kinds), estate.pool(pool).fqdn));
        }
    }
    // A store that several pools use is named once.
    only.dedup();
    let options: Vec<String> = only.iter().map(|name| format!("--only {name}")).collect();
    let everything = whole && part.stores.len() == problem.wishes.len();
    let line = if everything {
        "cstopo plan --only service".to_owned()
    } else {
        format!("cstopo plan {} --only service", options.join(" "))
    };
    let text =
        format!("{} can be served again now, without any of this; no slot is moved, nothing is rebuilt.", join(&said));
    Now { text, line, steps: part.steps }
}

impl Now {
    pub(super) fn show(&self, page: &mut Page) {
        page.heading("Users first:");
        page.indented(2, &self.text, Role::Plain);
        for line in &self.lines() {
            page.verbatim(7, line);
        }
        page.indented(2, &self.then(), Role::Faint);
        page.blank();
    }

    pub(super) fn markdown(&self) -> String {
        let block = escape::block("text", &self.lines().join("\n"));
        format!("**Users first:** {}\n\n{block}\n{}\n\n", escape::text(&self.text), escape::text(&self.then()))
    }

    fn then(&self) -> String {
        format!("That plan has {}; what stays undone is said in its last line.", count(self.steps, "step"))
    }

    /// The command, an option a line where it is long, as Windows PowerShell takes it.
    fn lines(&self) -> Vec<String> {
        if self.line.len() <= 72 {
            return vec![self.line.clone()];
        }
        let mut parts = self.line.split(" --");
        let first = parts.next().unwrap_or_default();
        let mut lines: Vec<String> = vec![first.to_owned()];
        lines.extend(parts.map(|option| format!("  --{option}")));
        let last = lines.len() - 1;
        lines.iter_mut().take(last).for_each(|l| l.push_str(" `"));
        lines
    }
}
