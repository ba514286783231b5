//! Resume a mirroring session that is SUSPENDED while both partners answer, by T-SQL on the principal. After a forced
//! failover that discards what the former principal had not sent, so that must have been given up.

use super::{Declare, pool_id};
use crate::call::{Call, Statement};
use crate::condition::Condition;
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Risk, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// Resume the sessions of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResumeSession {
    store: StoreId,
    at: InstanceId,
    partner: InstanceId,
    /// The databases that are suspended.
    databases: Vec<DatabaseId>,
    /// Those whose principal is not known to be complete, and which were given up by name.
    given_up: Vec<DatabaseId>,
}

impl ResumeSession {
    fn effect(&self, d: DatabaseId, session: Value) -> Vec<Write> {
        let mut writes: Vec<Write> = [self.at, self.partner].map(|i| write(Field::Session(d, i), session)).to_vec();
        let content = if session == Value::Synchronized { Value::Complete } else { Value::Behind };
        writes.push(write(Field::Content(d, self.partner), content));
        if self.given_up.contains(&d) {
            writes.push(write(Field::Content(d, self.at), Value::Complete));
        }
        writes
    }
}

impl Declare for ResumeSession {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let store = problem.estate.store(wish.store);
            for &at in &store.instances {
                for &partner in store.instances.iter().filter(|&&i| i != at) {
                    let suspended = |d: &&DatabaseId| {
                        v.get(Field::Role(**d, at)) == Value::Principal
                            && v.get(Field::Role(**d, partner)) == Value::Mirror
                            && [at, partner].iter().all(|&i| v.get(Field::Session(**d, i)) == Value::Suspended)
                    };
                    let databases: Vec<DatabaseId> = store.databases.iter().filter(suspended).copied().collect();
                    let given_up = databases
                        .iter()
                        .filter(|d| v.get(Field::Content(**d, at)) != Value::Complete && problem.consents.contains(d));
                    let given_up = given_up.copied().collect();
                    if !databases.is_empty() {
                        all.push(Self { store: wish.store, at, partner, databases, given_up });
                    }
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
        let (at, partner) = (self.at, self.partner);
        let mut requires = vec![
            clause(Condition::Is(Field::Answers(at), Value::Yes), rules::ANSWERS),
            clause(Condition::Is(Field::Answers(partner), Value::Yes), rules::ANSWERS),
        ];
        for &d in &self.databases {
            let mut need = |field, value, rule| requires.push(clause(Condition::Is(field, value), rule));
            need(Field::Role(d, at), Value::Principal, rules::ROLE);
            need(Field::Role(d, partner), Value::Mirror, rules::ROLE);
            need(Field::Session(d, at), Value::Suspended, rules::ROLE);
            need(Field::Session(d, partner), Value::Suspended, rules::ROLE);
            if !self.given_up.contains(&d) {
                need(Field::Content(d, at), Value::Complete, rules::LOSS);
            }
        }
        let statements = self.databases.iter().map(|&d| Statement::PartnerResume(estate.database(d).name.clone()));
        let alternatives =
            |d: DatabaseId| vec![Vec::new(), self.effect(d, Value::Synchronizing), self.effect(d, Value::Synchronized)];
        Declaration {
            id: StepId(format!("{}/{}", pool_id("resume", estate, store.pool), store.kind)),
            title: Phrase::new(format!("Resume mirroring of {} on ", store.kind)).instance(at),
            requires,
            achieves: self
                .databases
                .iter()
                .flat_map(|&d| [at, partner].map(|i| Condition::Is(Field::Session(d, i), Value::Synchronized)))
                .collect(),
            begin: Vec::new(),
            end: self.databases.iter().flat_map(|&d| self.effect(d, Value::Synchronized)).collect(),
            partial: self.databases.iter().map(|&d| alternatives(d)).collect(),
            ways: vec![Way {
                performer: Performer::Tsql,
                requires: Vec::new(),
                rights: vec!["sysadmin on the SQL Server"],
                call: Call::Sql { on: estate.instance(at).name.clone(), statements: statements.collect() },
                limit: Some(60),
                settle: 30 * 60,
                evidence: Evidence::Documented,
                source: "SQL Server, pausing and resuming mirroring; operations 6.8 and 15",
                retry: true,
            }],
            risks: vec![(
                self.given_up.iter().map(|&d| Condition::IsNot(Field::Content(d, at), Value::Complete)).collect(),
                if self.given_up.is_empty() { Risk::None } else { Risk::PossibleLoss },
            )],
            loses: self.given_up.clone(),
            ends: None,
            undo: Undo::Irreversible("what the mirror held beyond the principal is discarded"),
            duration: durations::RESUME,
            group: None,
            subject: Subject::Pool(store.pool),
            stops_harm: false,
            work: Work::Change,
            origin: Origin { sentences: &[], deviation: Some("resume") },
            stage: Stage::Protect,
            notes: vec![
                Phrase::new("mend first what suspended it: a full log or disk, an endpoint"),
                Phrase::new("what ").instance(partner).words(" had not sent is discarded"),
            ],
        }
    }
}
