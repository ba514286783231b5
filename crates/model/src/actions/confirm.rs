//! Ask for one fact again that is not known, and go on only if it is as the plan needs it. The only action that may ask
//! whether a fact is unknown.

use super::Declare;
use crate::call::Call;
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;
use crate::rules;
use crate::scope;
use crate::vocabulary;

/// Confirm that a field has a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confirm {
    field: Field,
    value: Value,
}

/// The value that a plan may hope for in a field that a named observation can still deliver. Never history (was it
/// synchronised?), never what only a person knows (rules §2).
fn hoped(field: Field) -> Option<Value> {
    match field {
        Field::Answers(_) | Field::Ready(_) | Field::CmsWritable | Field::Saved => Some(Value::Yes),
        Field::Services(_) => Some(Value::Running),
        Field::Replica(_) => Some(Value::Current),
        Field::HoldsCms(_) => Some(Value::No),
        _ => None,
    }
}

impl Confirm {
    /// Every fact that may be confirmed in a state. Not part of [`super::Action::proposals`]: a plan without them comes
    /// first.
    #[must_use]
    pub fn all(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let fields = problem.estate.layout().fields().iter().copied();
        fields
            .filter(|&f| !v.get(f).is_known())
            .filter_map(|field| hoped(field).map(|value| Self { field, value }))
            .collect()
    }
}

impl Declare for Confirm {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        if problem.leave.confirms { Self::all(problem, state) } else { Vec::new() }
    }

    fn order(&self) -> u16 {
        0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let what = vocabulary::phrase(estate, self.field);
        let value = vocabulary::value_text(estate, self.value);
        Declaration {
            id: StepId(format!(
                "confirm/{}/{}",
                vocabulary::subject(estate, self.field),
                vocabulary::attribute(self.field)
            )),
            title: Phrase::new(format!("Confirm that {what} is {value}")),
            requires: vec![clause(Predicate::IsUnknown(self.field), rules::UNKNOWN)],
            achieves: vec![Condition::Is(self.field, self.value)],
            begin: Vec::new(),
            end: vec![write(self.field, self.value)],
            partial: Vec::new(),
            ways: vec![Way {
                performer: Performer::Wait,
                requires: Vec::new(),
                rights: Vec::new(),
                call: Call::Wait,
                limit: Some(60),
                settle: 0,
                evidence: Evidence::Documented,
                source: "a reading",
                retry: true,
            }],
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::NotApplicable,
            duration: durations::CONFIRM,
            group: None,
            subject: Subject::Estate,
            stops_harm: false,
            work: Work::Look,
            origin: Origin { sentences: &[], deviation: Some("confirm-fact") },
            stage: Stage::Serve,
            notes: beyond(self.field),
        }
    }
}

/// Where another answer is no plan's business: a Front End that is silent may be gone.
fn beyond(field: Field) -> Vec<Phrase> {
    let gone = scope::FRONT_END_GONE.document;
    match field {
        Field::Services(_) => vec![Phrase::new(format!("if its machine is gone: Microsoft's \"{gone}\""))],
        _ => Vec::new(),
    }
}
