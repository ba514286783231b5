//! Wait until a principal that has lost its quorum serves again: as soon as it sees its witness, it does so by itself.

use super::{Declare, pool_id};
use crate::call::Call;
use crate::condition::{Condition, Predicate};
use crate::declaration::{Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Way, Work, clause};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// Wait for the quorum of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AwaitQuorum {
    store: StoreId,
    at: InstanceId,
    witness: InstanceId,
    databases: Vec<DatabaseId>,
}

impl AwaitQuorum {
    /// It is PRINCIPAL with the consent of the witness, so nobody else was meanwhile: it is complete.
    fn effect(&self, d: DatabaseId) -> Vec<Write> {
        vec![
            write(Field::Role(d, self.at), Value::Principal),
            write(Field::Session(d, self.at), Value::Disconnected),
            write(Field::Witness(d, self.at), self.witness),
            write(Field::WitnessLink(d, self.at), Value::Connected),
            write(Field::Content(d, self.at), Value::Complete),
        ]
    }
}

impl Declare for AwaitQuorum {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let Some(witness) = v.get(Field::WitnessSlot(wish.store)).instance() else { continue };
            let store = problem.estate.store(wish.store);
            for &at in &store.instances {
                let offline = |d: &&DatabaseId| v.get(Field::Role(**d, at)) == Value::Recovering;
                let databases: Vec<DatabaseId> = store.databases.iter().filter(offline).copied().collect();
                if !databases.is_empty() {
                    all.push(Self { store: wish.store, at, witness, databases });
                }
            }
        }
        all
    }

    fn order(&self) -> u16 {
        self.store.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let store = estate.store(self.store);
        let is = |field, value| Condition::Is(field, value);
        let mut requires = vec![
            clause(is(Field::Answers(self.at), Value::Yes), rules::ANSWERS),
            clause(is(Field::Answers(self.witness), Value::Yes), rules::ANSWERS),
            clause(is(Field::Ready(self.witness), Value::Yes), rules::READY),
        ];
        let offline = |&d: &DatabaseId| clause(is(Field::Role(d, self.at), Value::Recovering), rules::ROLE);
        requires.extend(self.databases.iter().map(offline));
        Declaration {
            requires,
            achieves: self.databases.iter().map(|&d| Predicate::Serves(d, self.at).into()).collect(),
            end: self.databases.iter().flat_map(|&d| self.effect(d)).collect(),
            partial: self.databases.iter().map(|&d| vec![Vec::new(), self.effect(d)]).collect(),
            ways: vec![Way {
                limit: Some(5 * 60),
                settle: 0,
                retry: true,
                ..Way::new(
                    Performer::Wait,
                    Call::Wait,
                    Evidence::Documented,
                    "SQL Server, how a witness affects database availability; back end server high availability",
                )
            }],
            work: Work::Look,
            notes: vec![Phrase::new("it sees its witness again, and serves by itself")],
            ..Declaration::of(
                StepId(format!("{}/{}", pool_id("quorum", estate, store.pool), store.kind)),
                Phrase::new(format!("{} has its quorum again on ", store.kind)).instance(self.at),
                Subject::Pool(store.pool),
                durations::QUORUM,
                Stage::Serve,
                Origin { sentences: &[], deviation: Some("quorum") },
            )
        }
    }
}
