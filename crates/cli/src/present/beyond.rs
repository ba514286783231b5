//! What is outside of scope and shows in a state only: Front Ends whose machines are silent. The words are those of the table
//! in `model::scope`; it refuses nothing.

use model::estate::{FrontEndId, PoolId};
use model::field::Field;
use model::problem::Problem;
use model::scope::{self, Beyond};
use model::truth::Truth;
use planner::refusal::Refusal;
use serde::Serialize;

use super::markdown::escape;
use super::numbers::{join, verb};
use super::page::Page;
use super::style::Role;

/// Something that cstopo names and leaves alone, for this estate.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// Its name in the table.
    pub id: &'static str,
    /// The code of the message.
    pub code: &'static str,
    /// What is so, in a sentence.
    pub text: String,
    /// The name of Microsoft's document.
    pub document: &'static str,
    /// What that document comes to.
    pub checklist: Vec<String>,
}

/// Front Ends of a pool whose services could not be read.
fn silent(problem: &Problem, pool: PoolId) -> Vec<FrontEndId> {
    let v = problem.view(&problem.initial);
    let unread = |f: &FrontEndId| !v.get(Field::Services(*f)).is_known();
    problem.estate.pool(pool).front_ends.iter().copied().filter(unread).collect()
}

fn names(problem: &Problem, front_ends: &[FrontEndId]) -> String {
    let names: Vec<String> = front_ends.iter().map(|&f| problem.estate.front_end(f).fqdn.to_string()).collect();
    join(&names)
}

/// Silent Front Ends that a refused plan needs: a condition in its way reads what such a machine alone can tell.
pub(super) fn needed(problem: &Problem, refusal: &Refusal) -> Option<View> {
    let v = problem.view(&problem.initial);
    let mut read = Vec::new();
    for (clause, truth) in refusal.blocked.iter().flat_map(|b| &b.unmet) {
        if *truth == Truth::Unknown {
            clause.condition.fields(v, &mut read);
        }
    }
    let asked = |f: &FrontEndId| read.iter().any(|&field| of(field) == Some(*f));
    let silent = problem.pools().into_iter().flat_map(|p| silent(problem, p));
    let needed: Vec<FrontEndId> = silent.filter(asked).collect();
    let (is, its) = (verb(needed.len(), "is", "are"), verb(needed.len(), "its machine is", "their machines are"));
    let text = format!(
        "{} {is} silent, and the plan needs {}. If {its} gone:",
        names(problem, &needed),
        verb(needed.len(), "it", "them")
    );
    (!needed.is_empty()).then(|| view(&scope::FRONT_END_GONE, text))
}

/// The Front End that a field is about.
fn of(field: Field) -> Option<FrontEndId> {
    match field {
        Field::Services(f) | Field::Replica(f) | Field::VoterEpoch(f) | Field::StartedSinceMirror(f) => Some(f),
        Field::LoadedPrimary(f, _) | Field::LoadedMirror(f, _) => Some(f),
        _ => None,
    }
}

/// Silent Front Ends of a pool, and the document that is about machines that are gone; for `triage`.
pub(super) fn of_pool(problem: &Problem, pool: PoolId) -> Option<String> {
    let silent = silent(problem, pool);
    let its = verb(silent.len(), "its machine is", "their machines are");
    let text = || format!("{}, if {its} gone: \"{}\"", names(problem, &silent), scope::FRONT_END_GONE.document);
    (!silent.is_empty()).then(text)
}

fn view(beyond: &Beyond, text: String) -> View {
    let checklist = beyond.checklist.iter().map(|l| (*l).to_owned()).collect();
    View { id: beyond.id, code: beyond.code, text, document: beyond.document, checklist }
}

impl View {
    /// The document, with the code.
    fn see(&self) -> String {
        format!("see Microsoft's \"{}\" [{}]:", self.document, self.code)
    }

    /// On a page.
    pub(super) fn list(&self, page: &mut Page) {
        page.paragraph(&self.text);
        page.indented(2, &self.see(), Role::Plain);
        self.checklist.iter().for_each(|l| page.hang("  - ", Role::Plain, l, Role::Plain));
        page.blank();
    }

    /// In Markdown.
    pub(super) fn markdown(&self) -> String {
        let lines = self.checklist.iter().map(|l| format!("- {}\n", escape::text(l)));
        format!("{} {}\n\n{}\n", escape::text(&self.text), escape::text(&self.see()), lines.collect::<String>())
    }
}
