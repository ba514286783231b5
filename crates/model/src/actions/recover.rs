//! Open the copies of a mirror that may not be forced: by T-SQL, the session is ended on the mirror and its copies are
//! recovered. For a principal that is dead and a witness that is cut off, where SQL Server refuses to force. Nobody
//! describes it for this product, and what the principal had not sent is gone as after a forced failover.

use super::{Declare, pool_id};
use crate::call::{Call, Statement};
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Clause, Declaration, Evidence, Origin, Performer, Phrase, Risk, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;
use crate::truth::Truth;

/// Recover the copies of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recover {
    store: StoreId,
    at: InstanceId,
    /// Copies that are MIRROR: their session is ended first.
    mirrors: Vec<DatabaseId>,
    /// Copies that are RESTORING without a session already.
    restoring: Vec<DatabaseId>,
    /// Databases that are not known to be complete here, and were given up by name.
    given_up: Vec<DatabaseId>,
}

impl Recover {
    fn databases(&self) -> impl Iterator<Item = DatabaseId> {
        self.mirrors.iter().chain(&self.restoring).copied()
    }

    /// The session is ended, and the copy is open to nobody yet.
    fn ended(&self, d: DatabaseId) -> Vec<Write> {
        vec![
            write(Field::Role(d, self.at), Value::Restoring),
            write(Field::Session(d, self.at), Value::NoSession),
            write(Field::Safety(d, self.at), Value::Nothing),
            write(Field::Witness(d, self.at), Value::Nothing),
            write(Field::WitnessLink(d, self.at), Value::Nothing),
        ]
    }

    fn effect(&self, problem: &Problem, d: DatabaseId) -> Vec<Write> {
        let mut writes = self.ended(d);
        writes[0] = write(Field::Role(d, self.at), Value::Unmirrored);
        writes.push(write(Field::Content(d, self.at), Value::Complete));
        let others = problem.estate.store(self.store).instances.iter().filter(|&&i| i != self.at);
        writes.extend(others.map(|&i| write(Field::Content(d, i), Value::Superseded)));
        writes
    }

    fn requirement(&self, problem: &Problem) -> Vec<Clause> {
        let at = self.at;
        let mut requires = vec![clause(Condition::Is(Field::Answers(at), Value::Yes), rules::ANSWERS)];
        let is = |field, value| Condition::Is(field, value);
        for &i in problem.estate.store(self.store).instances.iter().filter(|&&i| i != at) {
            requires.push(clause(is(Field::Fenced(problem.estate.host_of(i)), Value::Yes), rules::K1));
        }
        for &d in &self.mirrors {
            requires.push(clause(is(Field::Role(d, at), Value::Mirror), rules::ROLE));
            requires.push(clause(is(Field::Session(d, at), Value::Disconnected), rules::ROLE));
            requires.push(clause(is(Field::WitnessLink(d, at), Value::Disconnected), rules::WITNESS));
        }
        for &d in &self.restoring {
            requires.push(clause(is(Field::Role(d, at), Value::Restoring), rules::ROLE));
            requires.push(clause(is(Field::Session(d, at), Value::NoSession), rules::ROLE));
        }
        for d in self.databases().filter(|d| !self.given_up.contains(d)) {
            requires.push(clause(is(Field::Content(d, at), Value::Complete), rules::LOSS));
        }
        requires
    }
}

impl Declare for Recover {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let store = problem.estate.store(wish.store);
            for &at in &store.instances {
                let refused = |d: &&DatabaseId| {
                    v.get(Field::Role(**d, at)) == Value::Mirror
                        && v.get(Field::Session(**d, at)) == Value::Disconnected
                        && v.get(Field::WitnessLink(**d, at)) == Value::Disconnected
                };
                let left =
                    |d: &&DatabaseId| v.get(Field::Role(**d, at)) == Value::Restoring && v.served(**d) == Truth::False;
                let mirrors: Vec<DatabaseId> = store.databases.iter().filter(refused).copied().collect();
                let restoring: Vec<DatabaseId> = store.databases.iter().filter(left).copied().collect();
                let incomplete = |d: &&DatabaseId| v.get(Field::Content(**d, at)) != Value::Complete;
                let consented = |d: &&DatabaseId| problem.consents.contains(d);
                let given_up = mirrors.iter().chain(&restoring).filter(incomplete).filter(consented).copied().collect();
                if !(mirrors.is_empty() && restoring.is_empty()) {
                    all.push(Self { store: wish.store, at, mirrors, restoring, given_up });
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
        let name = |d: DatabaseId| estate.database(d).name.clone();
        let statements = self.databases().flat_map(|d| {
            let end = self.mirrors.contains(&d).then(|| Statement::PartnerOff(name(d)));
            end.into_iter().chain([Statement::Recover(name(d))])
        });
        let alternatives = |d: DatabaseId| {
            let mut list = vec![Vec::new()];
            if self.mirrors.contains(&d) {
                list.push(self.ended(d));
            }
            list.push(self.effect(problem, d));
            list
        };
        let behind = |d: &DatabaseId| {
            [
                (vec![Condition::Is(Field::Content(*d, self.at), Value::Behind)], Risk::KnownLoss),
                (vec![Condition::IsNot(Field::Content(*d, self.at), Value::Complete)], Risk::PossibleLoss),
            ]
        };
        let mut risks: Vec<_> = self.given_up.iter().flat_map(behind).collect();
        risks.sort_by_key(|(_, risk)| std::cmp::Reverse(*risk));
        Declaration {
            id: StepId(format!("{}/{}", pool_id("recover", estate, store.pool), store.kind)),
            title: Phrase::new(format!("Open the copies of {} on ", store.kind)).instance(self.at),
            requires: self.requirement(problem),
            achieves: self.databases().map(|d| Predicate::Serves(d, self.at).into()).collect(),
            begin: Vec::new(),
            end: self.databases().flat_map(|d| self.effect(problem, d)).collect(),
            partial: self.databases().map(alternatives).collect(),
            ways: vec![Way {
                performer: Performer::Tsql,
                requires: Vec::new(),
                rights: vec!["sysadmin on the SQL Server"],
                call: Call::Sql { on: estate.instance(self.at).name.clone(), statements: statements.collect() },
                limit: Some(5 * 60),
                settle: 60,
                evidence: Evidence::Inferred,
                source: "SQL Server, role switching and RESTORE; no page of the product; operations 7.4",
                retry: false,
            }],
            risks,
            loses: self.given_up.clone(),
            ends: Some("the session, and with it the protection"),
            undo: Undo::Irreversible("a recovered copy begins a new history of the database"),
            duration: durations::FAIL_OVER,
            group: None,
            subject: Subject::Pool(store.pool),
            stops_harm: true,
            work: Work::Change,
            origin: Origin { sentences: &[], deviation: Some("recover") },
            stage: Stage::Serve,
            notes: vec![
                // A Front End that was told a failover partner refuses one that is not mirrored (rules, K5).
                Phrase::new("Front Ends do not find ")
                    .instance(self.at)
                    .words(" before they run slots that name it first"),
            ],
        }
    }
}
