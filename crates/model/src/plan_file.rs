//! `plan.json`: a plan as a file that diffs well, is reviewed, and is read again. It knows no search: a plan that is read
//! is retraced from its inputs, step by step, and must come out as it is written.

#![expect(clippy::result_large_err, reason = "a diagnostic is made at most once per file, and then shown")]

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use topology::diagnostic::Diagnostic;

use crate::declaration::{Performer, Risk, StepId, Undo};
use crate::desired::Desired;
use crate::json::Source;
use crate::plan::{Edge, Plan, Why, WhyKind};
use crate::snapshot::Snapshot;
use crate::{commands, vocabulary, words};

/// The format version that this program reads and writes.
pub const FORMAT: u32 = 1;

/// The file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "plan.json of cstopo")]
pub struct PlanFile {
    /// Format version, 1.
    #[schemars(extend("const" = FORMAT))]
    pub format: u32,
    /// SHA-256 of everything below, in hexadecimal digits; its first 12 are the plan's short name.
    pub digest: String,
    /// The desired file in its normal form, line by line.
    pub desired: Vec<String>,
    /// The name of the desired file.
    pub desired_file: String,
    /// Databases whose loss is accepted.
    pub accepted_loss: Vec<String>,
    /// Pools or stores to which the plan was kept; none keeps all.
    pub only: Vec<String>,
    /// What must hold at the end, in words.
    pub goal: Vec<String>,
    /// The steps, in canonical order.
    pub steps: Vec<StepEntry>,
    /// How many orders of the steps the edges allow; none where that was not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub orders: Option<String>,
    /// The facts it rests on, by subject and attribute: only these can make it stale.
    pub rests_on: Vec<String>,
    /// Every fact it was planned from, attested ones included.
    pub facts: Snapshot,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepEntry {
    /// Its id, which names its purpose and stays the same across plans.
    pub id: String,
    /// What it does.
    pub title: String,
    /// Who performs it first: `person`, `cmdlet`, `tsql`, `wait`.
    pub who: String,
    /// What is sent or asked, way by way.
    pub ways: Vec<Vec<String>>,
    /// What it requires, in words.
    pub requires: Vec<String>,
    /// What it achieves, in words.
    pub achieves: Vec<String>,
    /// `none`, `outage`, `possible_loss`, `known_loss`.
    pub risk: String,
    /// `not_applicable`, `reversible`, `costly`, `irreversible`.
    pub undo: String,
    /// What must have ended before it begins, and why.
    pub after: Vec<EdgeEntry>,
    /// What it must not overlap with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// An edge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EdgeEntry {
    /// The id of the step that ends first.
    pub step: String,
    /// The rule that fails without it: `K5`, `invariant 1`, `outage`, `end state`.
    pub rule: String,
}

/// The inputs of a plan, beside the plan itself.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// Every fact, attested ones included.
    pub facts: &'a Snapshot,
    /// The desired file.
    pub desired: &'a Desired,
    /// Databases whose loss is accepted.
    pub accepted_loss: &'a [String],
    /// Pools or stores to which the plan was kept.
    pub only: &'a [String],
}

impl PlanFile {
    /// The file of a plan.
    #[must_use]
    pub fn of(plan: &Plan, inputs: Inputs<'_>) -> Self {
        let problem = &plan.problem;
        let estate = &problem.estate;
        let name = |field| format!("{}: {}", vocabulary::subject(estate, field), vocabulary::attribute(field));
        let mut accepted_loss = inputs.accepted_loss.to_vec();
        accepted_loss.sort();
        accepted_loss.dedup();
        let mut only = inputs.only.to_vec();
        only.sort();
        only.dedup();
        let mut file = Self {
            format: FORMAT,
            digest: String::new(),
            desired: inputs.desired.to_toml().lines().map(str::to_owned).collect(),
            desired_file: inputs.desired.file().to_owned(),
            accepted_loss,
            only,
            goal: problem.goal().iter().map(|c| words::condition(estate, &c.condition)).collect(),
            steps: steps(plan),
            orders: plan.orders.map(|n| n.to_string()),
            rests_on: plan.base.iter().map(|&f| name(f)).collect(),
            facts: inputs.facts.clone(),
        };
        file.digest = digest(&file.to_json());
        file
    }

    /// The text of the file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // The facts keep their own shape, one to a line.
        let facts = self.facts.to_json();
        let indented = facts.trim_end().replace('\n', "\n  ");
        // Only maps with keys that are no text could fail, and there are none.
        let text = pretty(self).unwrap_or_default();
        format!("{},\n  \"facts\": {indented}\n}}\n", text.trim_end().trim_end_matches('}').trim_end())
    }

    /// The plan's short name: the first 12 digits of its digest.
    #[must_use]
    pub fn short(&self) -> &str {
        self.digest.get(..12).unwrap_or(&self.digest)
    }

    /// Reads the text of a file; `file` is its name.
    ///
    /// # Errors
    /// When the text is not JSON of this format, or was changed since it was written.
    pub fn read(text: &str, file: &str) -> Result<Self, Diagnostic> {
        let source = Source::new(text, file);
        let plan: Self = source.read(FORMAT, "a plan")?;
        let unsigned = Self { digest: String::new(), ..plan.clone() };
        if digest(&unsigned.to_json()) != plan.digest {
            let message = format!("{file} was changed after it was written");
            let mut d = source.at(&[crate::json::Step::Key("digest")], "CT4101", message, "does not fit what it holds");
            d.notes.push(("", "a plan is reviewed and applied as it was made, or made anew".to_owned()));
            d.notes.push(("help", "cstopo plan".to_owned()));
            return Err(d);
        }
        Ok(plan)
    }

    /// The ids of the steps.
    #[must_use]
    pub fn ids(&self) -> Vec<StepId> {
        self.steps.iter().map(|s| StepId(s.id.clone())).collect()
    }

    /// The desired file as it was read for the plan.
    ///
    /// # Errors
    /// When its normal form is none any more: the plan was made by another version.
    pub fn desired(&self) -> Result<Desired, Vec<Diagnostic>> {
        Desired::read(&format!("{}\n", self.desired.join("\n")), &self.desired_file)
    }
}

/// Everything but the facts.
fn pretty(file: &PlanFile) -> Option<String> {
    #[derive(Serialize)]
    struct Head<'a> {
        format: u32,
        digest: &'a str,
        desired: &'a [String],
        desired_file: &'a str,
        accepted_loss: &'a [String],
        only: &'a [String],
        goal: &'a [String],
        steps: &'a [StepEntry],
        #[serde(skip_serializing_if = "Option::is_none")]
        orders: &'a Option<String>,
        rests_on: &'a [String],
    }
    let head = Head {
        format: file.format,
        digest: &file.digest,
        desired: &file.desired,
        desired_file: &file.desired_file,
        accepted_loss: &file.accepted_loss,
        only: &file.only,
        goal: &file.goal,
        steps: &file.steps,
        orders: &file.orders,
        rests_on: &file.rests_on,
    };
    serde_json::to_string_pretty(&head).ok()
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

fn steps(plan: &Plan) -> Vec<StepEntry> {
    let mut before: Vec<Vec<&Edge>> = vec![Vec::new(); plan.steps.len()];
    plan.edges.iter().for_each(|e| before[e.to].push(e));
    before.iter().enumerate().map(|(n, edges)| step(plan, n, edges)).collect()
}

fn step(plan: &Plan, n: usize, edges: &[&Edge]) -> StepEntry {
    let estate = &plan.problem.estate;
    let d = &plan.steps[n].declaration;
    StepEntry {
        id: d.id.0.clone(),
        title: d.title.full(estate),
        who: d.ways.first().map_or("wait", |w| performer(w.performer)).to_owned(),
        ways: d.ways.iter().map(|w| commands::lines(&w.call)).collect(),
        requires: d.requires.iter().map(|c| words::condition(estate, &c.condition)).collect(),
        achieves: d.achieves.iter().map(|c| words::condition(estate, c)).collect(),
        risk: match d.risks.first().map_or(Risk::None, |(_, r)| *r) {
            Risk::None => "none",
            Risk::Outage => "outage",
            Risk::PossibleLoss => "possible_loss",
            Risk::KnownLoss => "known_loss",
        }
        .to_owned(),
        undo: match d.undo {
            Undo::NotApplicable => "not_applicable",
            Undo::Reversible(_) => "reversible",
            Undo::Costly(_) => "costly",
            Undo::Irreversible(_) => "irreversible",
        }
        .to_owned(),
        after: edges
            .iter()
            .map(|e| EdgeEntry { step: plan.steps[e.from].declaration.id.0.clone(), rule: rule(&e.why).to_owned() })
            .collect(),
        group: d.group.map(|g| match g {
            crate::declaration::Group::Pool(p) => format!("one Front End of {} at a time", estate.pool(p).fqdn),
            crate::declaration::Group::Publish => "one publish at a time".to_owned(),
        }),
    }
}

/// Who performs, as files spell it.
#[must_use]
pub fn performer(p: Performer) -> &'static str {
    match p {
        Performer::Person => "person",
        Performer::Cmdlet => "cmdlet",
        Performer::Tsql => "tsql",
        Performer::Wait => "wait",
    }
}

/// The key of what fails without an edge.
#[must_use]
pub fn rule(why: &Why) -> &'static str {
    match &why.kind {
        WhyKind::Requirement { rule, .. } | WhyKind::Invariant { rule, .. } => rule.key,
        WhyKind::Outage { .. } => "outage",
        WhyKind::EndState { .. } => "end state",
    }
}
