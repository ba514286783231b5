//! Looking: reading the fields that a step is about into the state, and asking the state. It does nothing to the estate.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::condition::Condition;
use model::declaration::{Clause, Declaration, Way};
use model::estate::Estate;
use model::fact::{Fact, Provenance, Reading};
use model::field::{Field, State};
use model::truth::Truth;
use model::view::View;

use crate::driver::{Driver, DriverError};

/// What is known, and what no step may make worse.
pub struct Look<'a> {
    pub estate: &'a Estate,
    pub state: State,
    invariants: Vec<Clause>,
    /// The best that was seen of each invariant: a broken estate may begin with one false, and none may get worse.
    best: Vec<Truth>,
    /// What a person said at a gate of what no tool can read.
    words: Vec<Fact>,
}

impl<'a> Look<'a> {
    pub fn new(estate: &'a Estate, initial: State, invariants: Vec<Clause>) -> Self {
        let best = vec![Truth::False; invariants.len()];
        Self { estate, state: initial, invariants, best, words: Vec::new() }
    }

    pub fn view(&self) -> View<'_> {
        View::new(self.estate, &self.state)
    }

    /// The fields of conditions. What a condition reads may depend on the state, so it is asked anew each time.
    fn fields<'c>(&self, conditions: impl Iterator<Item = &'c Condition>) -> BTreeSet<Field> {
        let mut fields = Vec::new();
        conditions.for_each(|c| c.fields(self.view(), &mut fields));
        fields.into_iter().collect()
    }

    /// Reads everything that a step and the invariants are about.
    pub fn whole(&mut self, driver: &mut dyn Driver, d: &Declaration) -> Result<Vec<Fact>, DriverError> {
        let ways = d.ways.iter().flat_map(|w| &w.requires);
        let clauses = d.requires.iter().chain(ways).chain(&self.invariants).map(|c| &c.condition);
        let fields = self.fields(clauses.chain(&d.achieves));
        self.read(driver, fields)
    }

    /// Reads what a step achieves.
    pub fn result(&mut self, driver: &mut dyn Driver, d: &Declaration) -> Result<Vec<Fact>, DriverError> {
        let fields = self.fields(d.achieves.iter());
        self.read(driver, fields)
    }

    fn read(&mut self, driver: &mut dyn Driver, fields: BTreeSet<Field>) -> Result<Vec<Fact>, DriverError> {
        let fields: Vec<Field> = fields.into_iter().collect();
        let mut facts = driver.observe(self.estate, &fields)?;
        for fact in facts.iter_mut().filter(|f| matches!(f.reading, Reading::Unknown(_))) {
            if let Some(word) = self.words.iter().find(|w| w.same_field(fact)) {
                *fact = word.clone();
            }
        }
        // A field that nothing was said about is unknown now, whatever it was before.
        for &field in &fields {
            let said = facts.iter().find(|f| f.field(self.estate) == Some(field));
            self.state.set(self.estate, field, said.map_or(model::field::Value::Unknown, |f| f.value(self.estate)));
        }
        Ok(facts)
    }

    /// Takes a person's word for what a step achieves and no tool can read: the witness slot (rules §3.9). What is read
    /// later counts more.
    pub fn take_word(&mut self, d: &Declaration, who: &str, when: Timestamp) {
        let said = d.achieves.iter().filter_map(|c| match c {
            Condition::Is(field @ Field::WitnessSlot(_), value) => {
                Some(Fact::known(self.estate, *field, *value, Provenance::new(format!("person: {who}"), None, when)))
            }
            Condition::Is(..) | Condition::IsNot(..) | Condition::Named(_) => None,
        });
        let said: Vec<Fact> = said.collect();
        self.words.retain(|w| !said.iter().any(|s| s.same_field(w)));
        self.words.extend(said);
    }

    /// Requirements that are not known to hold.
    pub fn unmet(&self, clauses: &[Clause]) -> Vec<Clause> {
        clauses.iter().filter(|c| !c.condition.eval(self.view()).holds()).cloned().collect()
    }

    /// Conditions that are not known to hold.
    pub fn missing(&self, d: &Declaration) -> Vec<Condition> {
        d.achieves.iter().filter(|c| !c.eval(self.view()).holds()).cloned().collect()
    }

    /// Requirements of a begun step that do not hold any more, although the step itself changes nothing that they read.
    pub fn moved(&self, d: &Declaration) -> Vec<Condition> {
        let own: BTreeSet<Field> = d.begin.iter().chain(&d.end).map(|w| w.field).collect();
        let apart = |c: &&Clause| self.fields(std::iter::once(&c.condition)).is_disjoint(&own);
        let unmet = self.unmet(&d.requires);
        unmet.iter().filter(apart).map(|c| c.condition.clone()).collect()
    }

    pub fn is_open(&self, way: &Way) -> bool {
        self.unmet(&way.requires).is_empty()
    }

    /// Invariants that are worse now than they were at any time before in this run.
    pub fn broken(&mut self) -> Vec<Clause> {
        let now: Vec<Truth> = self.invariants.iter().map(|c| c.condition.eval(self.view())).collect();
        let worse = |((c, now), best): ((&Clause, &Truth), &Truth)| (now < best).then(|| c.clone());
        let broken = self.invariants.iter().zip(&now).zip(&self.best).filter_map(worse).collect();
        for (best, now) in self.best.iter_mut().zip(now) {
            *best = now.max(*best);
        }
        broken
    }
}
