//! From files to a problem, and from a plan file back to its plan. It decides nothing; every wrong input gets its one
//! clear error here.

use std::path::Path;

use model::assemble::{Assembled, Fault, assemble};
use model::attest::Attestations;
use model::declaration::StepId;
use model::desired::Desired;
use model::plan_file::{self, PlanFile};
use model::problem::{Policy, PublishBy, Wish};
use model::snapshot::Snapshot;
use planner::solve::{Solved, retrace};
use topology::Document;

use crate::args::Inputs;
use crate::exit::{Exit, Failure};
use crate::files;
use crate::place::Place;

/// What the inputs make.
pub struct Loaded {
    /// The desired file.
    pub desired: Desired,
    /// The problem, the facts it rests on, and words that count no longer.
    pub assembled: Assembled,
    /// Databases given up by name.
    pub accepted_loss: Vec<String>,
    /// What the plan is kept to.
    pub only: Vec<String>,
}

impl Loaded {
    /// The inputs, as a plan file keeps them.
    #[must_use]
    pub fn inputs(&self) -> plan_file::Inputs<'_> {
        plan_file::Inputs {
            facts: &self.assembled.facts,
            desired: &self.desired,
            accepted_loss: &self.accepted_loss,
            only: &self.only,
        }
    }
}

/// Reads the desired file.
///
/// # Errors
/// When it is missing or wrong.
pub fn desired(place: &Place, path: &Path) -> Result<Desired, Failure> {
    let shown = files::name(path);
    let help = "write it: which SQL Servers hold the pool's stores; docs/formats.md shows one";
    let text = files::text(&place.file(path), &shown, help)?;
    Desired::read(&text, &shown).map_err(|d| Failure::input(&d, "nothing was planned"))
}

/// Reads a snapshot.
///
/// # Errors
/// When it is missing or wrong.
pub fn snapshot(place: &Place, path: &Path) -> Result<Snapshot, Failure> {
    let shown = files::name(path);
    let text = files::text(&place.file(path), &shown, "cstopo observe")?;
    Snapshot::read(&text, &shown).map_err(|d| Failure::input(&[d], "nothing was planned"))
}

/// Reads the attestations; a file that does not exist holds none.
///
/// # Errors
/// When it is wrong.
pub fn attestations(place: &Place, path: &Path) -> Result<Attestations, Failure> {
    let file = place.file(path);
    if !file.exists() {
        return Ok(Attestations::default());
    }
    let shown = files::name(path);
    let text = files::text(&file, &shown, "cstopo attest")?;
    Attestations::read(&text, &shown).map_err(|d| Failure::input(&[d], "nothing was planned"))
}

/// Reads everything that a plan is made from.
///
/// # Errors
/// When something is missing, wrong, or does not fit together.
pub fn inputs(place: &Place, inputs: &Inputs) -> Result<Loaded, Failure> {
    let desired = desired(place, &inputs.desired)?;
    let snapshot = snapshot(place, &inputs.snapshot)?;
    let attestations = attestations(place, &inputs.attestations)?;
    let assembled = assembled(&snapshot, &attestations, &desired, &inputs.accept_data_loss, &inputs.only)?;
    by_gate(&assembled.problem.policy, &files::name(&inputs.desired))?;
    let (accepted_loss, only) = (inputs.accept_data_loss.clone(), inputs.only.clone());
    Ok(Loaded { desired, assembled, accepted_loss, only })
}

/// Publishing by cmdlet is declared in the format and not part of this version: better refused than half done.
fn by_gate(policy: &Policy, shown: &str) -> Result<(), Failure> {
    if policy.publish == PublishBy::Gate {
        return Ok(());
    }
    let what = format!("refused: {shown} asks for publishing by cmdlet, which this version cannot do [CT4010]");
    let help = "= help: publish = \"gate\": you publish in Topology Builder, and cstopo proves it";
    Err(Failure::new(Exit::Refused, format!("{what}\n --> {shown}\n  {help}")))
}

fn assembled(
    snapshot: &Snapshot,
    attestations: &Attestations,
    desired: &Desired,
    accepted_loss: &[String],
    only: &[String],
) -> Result<Assembled, Failure> {
    assemble(snapshot, attestations, desired, accepted_loss, only).map_err(|fault| match fault {
        Fault::Input(diagnostics) => Failure::input(&diagnostics, "nothing was planned"),
        Fault::Refused(diagnostics) => Failure::refused(&diagnostics),
    })
}

/// The topology document of a folder, if there is one.
///
/// # Errors
/// When it is there and wrong.
pub fn topology(place: &Place, path: &Path) -> Result<Option<Document>, Failure> {
    if !place.file(path).exists() {
        return Ok(None);
    }
    document(place, path).map(Some)
}

/// Reads a topology document.
///
/// # Errors
/// When it is missing or none.
pub fn document(place: &Place, path: &Path) -> Result<Document, Failure> {
    let shown = files::name(path);
    let help = "on a Front End Server: (Get-CsTopology -AsXml).ToString() | Out-File topology.xml";
    let bytes = files::bytes(&place.file(path), &shown, help)?;
    Document::read(bytes, &shown).map_err(|d| Failure::input(&[d], "nothing was done"))
}

/// A plan that was read from its file.
pub struct Reviewed {
    /// The file.
    pub file: PlanFile,
    /// The plan, found again from its inputs.
    pub solved: Box<Solved>,
    /// The desired file in it.
    pub desired: Desired,
    /// What is declared and was left out with `--only`.
    pub left_out: Vec<Wish>,
}

/// Reads a plan file. The plan is retraced from the inputs in it, and must come out as it is written: so that what is
/// applied is what was reviewed, and no edit of any kind gets through.
///
/// # Errors
/// When it is missing, wrong, changed, or not what this version would write.
pub fn plan(place: &Place, path: &Path) -> Result<Reviewed, Failure> {
    let shown = files::name(path);
    let text = files::text(&place.file(path), &shown, "cstopo plan")?;
    let file = PlanFile::read(&text, &shown).map_err(|d| Failure::input(&[d], "nothing was done"))?;
    let other = || {
        let what = format!("error: {shown} was made by another version of cstopo [CT4102]\n --> {shown}");
        Failure::new(
            Exit::BadInput,
            format!(
                "{what}\n  = this one would make another plan of the same facts\n  = help: cstopo observe, then cstopo plan"
            ),
        )
    };
    let desired = file.desired().map_err(|_| other())?;
    let assembled = assembled(&file.facts, &Attestations::default(), &desired, &file.accepted_loss, &file.only)?;
    let ids: Vec<StepId> = file.ids();
    let solved = retrace(&assembled.problem, &ids).ok_or_else(other)?;
    let inputs = plan_file::Inputs {
        facts: &assembled.facts,
        desired: &desired,
        accepted_loss: &file.accepted_loss,
        only: &file.only,
    };
    if PlanFile::of(&solved.plan, inputs).to_json() != file.to_json() {
        return Err(other());
    }
    Ok(Reviewed { file, solved, desired, left_out: assembled.left_out })
}
