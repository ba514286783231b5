//! What people and other programs read: one model of a plan, several renderings, and every other screen. It returns text;
//! it never prints, never reads a clock, a zone or the environment, and decides nothing.

use jiff::Timestamp;
use jiff::tz::Offset;
use model::field::{Field, Value};
use model::problem::Wish;
use model::snapshot::Snapshot;

mod beyond;
pub mod cms;
pub mod commands;
pub mod digest;
pub mod draft;
pub mod explain;
pub mod json;
pub mod known;
pub mod left_out;
pub mod markdown;
pub mod mermaid;
pub mod missing;
pub mod names;
pub mod not_chosen;
pub mod nothing;
pub mod numbers;
pub mod page;
pub mod plan;
pub mod reasons;
pub mod refusal;
pub mod rehearsal;
pub mod runbook;
pub mod simulated;
pub mod snapshot;
pub mod span;
pub mod style;
pub mod table;
pub mod text;
pub mod time;
pub mod triage;
pub mod verbose;
pub mod words;

/// What a screen needs beside the plan: the facts with their sources, the time and zone in which they are told, and names
/// as the user gave them.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// The facts that the plan was made from.
    pub snapshot: &'a Snapshot,
    /// The time from which ages count. For a plan that is the time its snapshot was read, so that the same inputs give
    /// the same bytes.
    pub now: Timestamp,
    /// The zone of times on screens.
    pub offset: Offset,
    /// The digest of the plan, in hexadecimal digits; empty where no plan was written.
    pub digest: &'a str,
    /// The files, as the user named them.
    pub files: Files<'a>,
    /// What is declared and was left out with `--only`.
    pub left_out: &'a [Wish],
    /// What is assumed and was not read: a draft.
    pub assumed: &'a [(Field, Value)],
    /// What came of a rehearsal, where there was one.
    pub rehearsed: Option<String>,
    /// Plans that were not chosen.
    pub alternatives: Vec<Alternative>,
}

/// The files, as the user named them.
#[derive(Clone, Copy, Debug)]
pub struct Files<'a> {
    /// The desired file.
    pub desired: &'a str,
    /// The snapshot.
    pub snapshot: &'a str,
    /// The plan.
    pub plan: &'a str,
}

impl Default for Files<'_> {
    fn default() -> Self {
        Self { desired: "desired.toml", snapshot: "snapshot.json", plan: "plan.json" }
    }
}

/// A plan that was not chosen, or one to another goal, with its price.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Alternative {
    /// Whether it leaves the slots as another goal would.
    pub another_goal: bool,
    /// What it would be and what it would cost, in one or two sentences.
    pub text: String,
}

impl<'a> Context<'a> {
    /// The context of a plan that was made from a snapshot: ages count from the time the snapshot was read.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, offset: Offset, digest: &'a str) -> Self {
        let now = snapshot.read.to;
        Self {
            snapshot,
            now,
            offset,
            digest,
            files: Files::default(),
            left_out: &[],
            assumed: &[],
            rehearsed: None,
            alternatives: Vec::new(),
        }
    }

    /// A moment: the time with its offset, and the date where it is not the day of `now`.
    #[must_use]
    pub fn at(&self, moment: Timestamp) -> String {
        time::at(moment, self.now, self.offset)
    }

    /// As [`Context::at`], without the offset: for times that stand beside one that has it.
    #[must_use]
    pub fn at_bare(&self, moment: Timestamp) -> String {
        time::at_bare(moment, self.now, self.offset)
    }

    /// As [`Context::at_bare`], to the minute: for what is about.
    #[must_use]
    pub fn about(&self, moment: Timestamp) -> String {
        time::about(moment, self.now, self.offset)
    }

    /// When the facts were read: `02:58:10 to 02:58:48 +01:00`.
    #[must_use]
    pub fn read(&self) -> String {
        format!("{} to {}", self.at_bare(self.snapshot.read.from), self.at(self.snapshot.read.to))
    }
}
