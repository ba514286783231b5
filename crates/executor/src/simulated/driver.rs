//! The simulated deployment as a driver: its clock, its collector, its people, and the file that it persists in after
//! every act, as the real world would. It adds no behaviour of its own.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use model::call::Call;
use model::declaration::StepId;
use model::estate::Estate;
use model::fact::Fact;
use model::field::Field;

use super::deployment::{Deployment, DeploymentError};
use super::observe::{Memory, Observer};
use crate::driver::{Driver, DriverError, Said};

/// A simulated deployment that carries out calls.
#[derive(Debug)]
pub struct Simulated {
    /// The world.
    pub world: Deployment,
    pub(super) memory: Memory,
    file: Option<PathBuf>,
    /// Whether time has passed since the world was saved.
    waited: bool,
}

impl Simulated {
    /// A world in memory only.
    #[must_use]
    pub fn new(world: Deployment) -> Self {
        let memory = Memory { told: world.published.unplanned.len(), ..Memory::default() };
        Self { world, memory, file: None, waited: false }
    }

    /// A world that lives in a file and is saved there after every act.
    ///
    /// # Errors
    /// When the file cannot be read or is no deployment.
    pub fn open(file: &Path) -> Result<Self, DeploymentError> {
        let mut simulated = Self::new(Deployment::load(file)?);
        simulated.file = Some(file.into());
        Ok(simulated)
    }

    /// For a plan that rests on facts of that time: machines that are installed later count as rebuilt.
    #[must_use]
    pub fn with_base(mut self, read: Timestamp) -> Self {
        self.memory.base = Some(read);
        self
    }

    /// A cmdlet that is told a file reads it beside the deployment.
    fn hand_over_files(&mut self, call: &Call) {
        let Call::Cmdlets(list) = call else { return };
        let Some(folder) = self.file.as_deref().and_then(Path::parent) else { return };
        for name in list.iter().filter(|c| c.name == "Publish-CsTopology").filter_map(|c| c.text("FileName")) {
            if let Ok(text) = std::fs::read_to_string(folder.join(name)) {
                self.world.files.insert(name.to_owned(), text);
            }
        }
    }

    fn save(&mut self) -> Result<(), DriverError> {
        self.waited = false;
        match &self.file {
            Some(file) => self.world.save(file).map_err(|e| DriverError(e.to_string())),
            None => Ok(()),
        }
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        if self.waited {
            // Nobody is left to be told; the file then tells of the last act.
            let _ = self.save();
        }
    }
}

impl Driver for Simulated {
    fn now(&self) -> Timestamp {
        self.world.now
    }

    fn observe(&mut self, estate: &Estate, fields: &[Field]) -> Result<Vec<Fact>, DriverError> {
        let mut observer = Observer { world: &self.world, estate, memory: &mut self.memory };
        Ok(fields.iter().map(|&f| observer.fact(f)).collect())
    }

    fn perform(&mut self, _: &StepId, call: &Call, limit: Option<u32>) -> Result<Said, DriverError> {
        let before = self.world.now;
        self.hand_over_files(call);
        let said = self.world.perform(call);
        self.save()?;
        // A caller that gave up at its limit has not heard what was said later.
        let late = limit.is_some_and(|limit| self.world.since(before) > u64::from(limit));
        Ok(if late { Said::NoReply } else { said })
    }

    fn besides(&mut self, _: &Call) -> Result<Vec<String>, DriverError> {
        let told = self.memory.told;
        self.memory.told = self.world.published.unplanned.len();
        Ok(self.world.published.unplanned.iter().skip(told).cloned().collect())
    }

    fn wait(&mut self, seconds: u32) -> Result<(), DriverError> {
        self.world.advance(u64::from(seconds));
        // Time alone is saved with the next act, or at the end: a process that is killed while it waits finds the world as
        // it was after its last act, with the wait still to come.
        self.waited = true;
        Ok(())
    }

    fn is_simulated(&self) -> bool {
        true
    }
}
