//! Open the copies of a principal that has lost its quorum: by T-SQL, the session is ended on it and it serves unmirrored.
//! For a mirror and a witness that are both away. Nobody describes it for this product; the cheaper way out is that one of
//! them comes back (`await_quorum`).

use super::{Declare, pool_id};
use crate::call::{Call, Statement};
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Clause, Declaration, Evidence, Origin, Performer, Phrase, Risk, Stage, StepId, Subject, Undo, Way, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// Open the copies of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpenPrincipal {
    store: StoreId,
    at: InstanceId,
    databases: Vec<DatabaseId>,
    /// Databases of which the mirror may hold more, because it failed over before it was lost; given up by name.
    given_up: Vec<DatabaseId>,
}

impl OpenPrincipal {
    fn effect(&self, d: DatabaseId) -> Vec<Write> {
        vec![
            write(Field::Role(d, self.at), Value::Unmirrored),
            write(Field::Session(d, self.at), Value::NoSession),
            write(Field::Safety(d, self.at), Value::Nothing),
            write(Field::Witness(d, self.at), Value::Nothing),
            write(Field::WitnessLink(d, self.at), Value::Nothing),
            write(Field::Content(d, self.at), Value::Complete),
        ]
    }

    /// A mirror that lives elsewhere with the witness has failed over: then this principal is the old one.
    fn requirement(&self) -> Vec<Clause> {
        let at = self.at;
        let mut requires = vec![clause(Condition::Is(Field::Answers(at), Value::Yes), rules::ANSWERS)];
        for &d in &self.databases {
            requires.push(clause(Condition::Is(Field::Role(d, at), Value::Recovering), rules::ROLE));
            requires.push(clause(Predicate::PartnerHarmless(d, at), rules::K1));
            if !self.given_up.contains(&d) {
                requires.push(clause(Condition::Is(Field::Content(d, at), Value::Complete), rules::LOSS));
            }
        }
        requires
    }
}

impl Declare for OpenPrincipal {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let store = problem.estate.store(wish.store);
            for &at in &store.instances {
                let offline = |d: &&DatabaseId| v.get(Field::Role(**d, at)) == Value::Recovering;
                let databases: Vec<DatabaseId> = store.databases.iter().filter(offline).copied().collect();
                let incomplete = |d: &&DatabaseId| v.get(Field::Content(**d, at)) != Value::Complete;
                let consented = |d: &&DatabaseId| problem.consents.contains(d);
                let given_up = databases.iter().filter(incomplete).filter(consented).copied().collect();
                if !databases.is_empty() {
                    all.push(Self { store: wish.store, at, databases, given_up });
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
        let statements = self.databases.iter().map(|&d| Statement::PartnerOff(estate.database(d).name.clone()));
        let way = Way {
            limit: Some(60),
            ..Way::new(
                Performer::Tsql,
                Call::Sql { on: estate.instance(self.at).name.clone(), statements: statements.collect() },
                Evidence::Inferred,
                "SQL Server, removing mirroring; no page of the product; operations 7.5",
            )
        };
        let incomplete = |&d: &DatabaseId| Condition::IsNot(Field::Content(d, self.at), Value::Complete);
        let risks = self.given_up.iter().map(|d| (vec![incomplete(d)], Risk::PossibleLoss));
        Declaration {
            requires: self.requirement(),
            achieves: self.databases.iter().map(|&d| Predicate::Serves(d, self.at).into()).collect(),
            end: self.databases.iter().flat_map(|&d| self.effect(d)).collect(),
            partial: self.databases.iter().map(|&d| vec![Vec::new(), self.effect(d)]).collect(),
            ways: vec![way.by(&["sysadmin on the SQL Server"])],
            risks: risks.collect(),
            loses: self.given_up.clone(),
            ends: Some("the session, and with it the protection"),
            undo: Undo::Costly("create the mirror again: backup, restore, synchronise"),
            notes: vec![
                Phrase::new("cheaper where it can be had: mirror or witness back, then ")
                    .instance(self.at)
                    .words(" serves by itself"),
            ],
            ..Declaration::of(
                StepId(format!("{}/{}", pool_id("open", estate, store.pool), store.kind)),
                Phrase::new(format!("Open {} on ", store.kind)).instance(self.at).words(" without its mirror"),
                Subject::Pool(store.pool),
                durations::END_SESSION,
                Stage::Serve,
                Origin { sentences: &[], deviation: Some("open-principal") },
            )
        }
    }
}
