//! A driver with the words that people gave: what no tool can see is answered from the attestations that nothing refutes.

use executor::driver::{Driver, DriverError, Said};
use jiff::Timestamp;
use model::call::Call;
use model::declaration::StepId;
use model::estate::Estate;
use model::fact::Fact;
use model::field::Field;

/// A driver, and attested facts that it cannot see.
pub struct WithWords<'a, D> {
    driver: &'a mut D,
    words: Vec<Fact>,
}

impl<'a, D: Driver> WithWords<'a, D> {
    /// With those facts.
    pub fn new(driver: &'a mut D, words: Vec<Fact>) -> Self {
        Self { driver, words }
    }

    /// A word counts until what it says is contradicted by an act of the run itself: then the driver knows better.
    fn answer(&self, fact: Fact) -> Fact {
        let word = self.words.iter().find(|w| w.same_field(&fact));
        match word {
            Some(word) if fact.source == "no attestation" => word.clone(),
            _ => fact,
        }
    }
}

impl<D: Driver> Driver for WithWords<'_, D> {
    fn now(&self) -> Timestamp {
        self.driver.now()
    }

    fn observe(&mut self, estate: &Estate, fields: &[Field]) -> Result<Vec<Fact>, DriverError> {
        let facts = self.driver.observe(estate, fields)?;
        Ok(facts.into_iter().map(|f| self.answer(f)).collect())
    }

    fn perform(&mut self, step: &StepId, call: &Call, limit: Option<u32>) -> Result<Said, DriverError> {
        if let Call::Person(model::call::Task::Rebuild { host }) = call {
            // The fence ends when the rebuild begins (rules §2).
            self.words.retain(|w| w.subject != host.to_string() || w.attribute != "fenced");
        }
        self.driver.perform(step, call, limit)
    }

    fn besides(&mut self, call: &Call) -> Result<Vec<String>, DriverError> {
        self.driver.besides(call)
    }

    fn wait(&mut self, seconds: u32) -> Result<(), DriverError> {
        self.driver.wait(seconds)
    }

    fn is_simulated(&self) -> bool {
        self.driver.is_simulated()
    }
}
