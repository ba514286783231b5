//! What carries out calls and reads the estate, behind one small trait. A driver is never believed: what it says about a
//! call is kept as evidence, and only a fresh observation counts.

use jiff::Timestamp;
use model::call::Call;
use model::declaration::StepId;
use model::estate::Estate;
use model::fact::Fact;
use model::field::Field;

/// What was said about a call that was carried out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case", tag = "said")]
pub enum Said {
    /// It ended.
    Ended {
        /// Whether it said yes.
        ok: bool,
        /// What it said.
        text: String,
    },
    /// Nothing was heard of it: whether it was carried out is not known.
    NoReply,
}

impl Said {
    /// Whether it ended and said yes. That is never proof.
    #[must_use]
    pub fn yes(&self) -> bool {
        matches!(self, Self::Ended { ok: true, .. })
    }
}

/// Why a driver cannot go on: the state of the estate is whatever the next observation says.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DriverError(pub String);

/// Whoever carries out calls and reads the estate.
pub trait Driver {
    /// The clock that facts and limits are measured with.
    fn now(&self) -> Timestamp;

    /// Reads fields. Each field gives one fact, known or unknown with its reason.
    ///
    /// # Errors
    /// When the driver itself is broken. A machine that does not answer is no error: it gives unknown facts.
    fn observe(&mut self, estate: &Estate, fields: &[Field]) -> Result<Vec<Fact>, DriverError>;

    /// Carries out a call for a step, within `limit` seconds where there is one.
    ///
    /// # Errors
    /// When the driver itself is broken; whether the call was carried out is then not known.
    fn perform(&mut self, step: &StepId, call: &Call, limit: Option<u32>) -> Result<Said, DriverError>;

    /// What a call that has had its effect changed besides, in words: a publish is the whole document, and somebody may
    /// have edited more of it than was asked. Asked once, right after the result was read.
    ///
    /// # Errors
    /// When the driver itself is broken.
    fn besides(&mut self, _: &Call) -> Result<Vec<String>, DriverError> {
        Ok(Vec::new())
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// When the driver itself is broken.
    fn wait(&mut self, seconds: u32) -> Result<(), DriverError>;

    /// Whether the estate is simulated: facts of a real one must never be applied to it, nor the other way round.
    fn is_simulated(&self) -> bool;
}
