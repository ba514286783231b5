//! End what a mirror remembers of a session that its partner has already given up: by T-SQL on the mirror, whose copies are
//! left RESTORING. The next creation of the mirrors drops them.

use super::{Declare, pool_id};
use crate::call::{Call, Statement};
use crate::condition::{Condition, Predicate};
use crate::declaration::{Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, clause};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// End the one-sided sessions of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForgetPartner {
    store: StoreId,
    at: InstanceId,
    databases: Vec<DatabaseId>,
}

impl ForgetPartner {
    fn effect(&self, d: DatabaseId) -> Vec<Write> {
        vec![
            write(Field::Role(d, self.at), Value::Restoring),
            write(Field::Session(d, self.at), Value::NoSession),
            write(Field::Safety(d, self.at), Value::Nothing),
            write(Field::Witness(d, self.at), Value::Nothing),
            write(Field::WitnessLink(d, self.at), Value::Nothing),
        ]
    }
}

impl Declare for ForgetPartner {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let store = problem.estate.store(wish.store);
            for &at in &store.instances {
                let alone = |d: &&DatabaseId| {
                    let others = || store.instances.iter().filter(|&&i| i != at);
                    v.get(Field::Role(**d, at)) == Value::Mirror
                        && others().any(|&i| v.get(Field::Role(**d, i)) == Value::Unmirrored)
                        && others().all(|&i| v.get(Field::Session(**d, i)) == Value::NoSession)
                };
                let databases: Vec<DatabaseId> = store.databases.iter().filter(alone).copied().collect();
                if !databases.is_empty() {
                    all.push(Self { store: wish.store, at, databases });
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
        let mut requires = vec![clause(Condition::Is(Field::Answers(self.at), Value::Yes), rules::ANSWERS)];
        for &d in &self.databases {
            requires.push(clause(Condition::Is(Field::Role(d, self.at), Value::Mirror), rules::ROLE));
            requires.push(clause(Predicate::CompleteBesides(d, estate.host_of(self.at)), rules::G1));
            let others = store.instances.iter().filter(|&&i| i != self.at);
            requires
                .extend(others.map(|&i| clause(Condition::Is(Field::Session(d, i), Value::NoSession), rules::ROLE)));
        }
        let statements = self.databases.iter().map(|&d| Statement::PartnerOff(estate.database(d).name.clone()));
        let at = estate.instance(self.at).name.clone();
        let way = Way {
            limit: Some(60),
            settle: 30,
            retry: true,
            ..Way::new(
                Performer::Tsql,
                Call::Sql { on: at, statements: statements.collect() },
                Evidence::Documented,
                "SQL Server, removing mirroring: SET PARTNER OFF on either partner",
            )
        };
        let achieved = |&d: &DatabaseId| Condition::Is(Field::Session(d, self.at), Value::NoSession);
        Declaration {
            requires,
            achieves: self.databases.iter().map(achieved).collect(),
            end: self.databases.iter().flat_map(|&d| self.effect(d)).collect(),
            partial: self.databases.iter().map(|&d| vec![Vec::new(), self.effect(d)]).collect(),
            ways: vec![way.by(&["sysadmin on the SQL Server"])],
            undo: Undo::Costly("create the mirror again: backup, restore, synchronise"),
            notes: vec![Phrase::new("the copies on ").instance(self.at).words(" are left RESTORING; nobody used them")],
            ..Declaration::of(
                StepId(format!("{}/{}", pool_id("forget-partner", estate, store.pool), store.kind)),
                Phrase::new(format!("End the one-sided mirroring of {} on ", store.kind)).instance(self.at),
                Subject::Pool(store.pool),
                durations::END_SESSION,
                Stage::Follow,
                Origin { sentences: &[], deviation: Some("forget-partner") },
            )
        }
    }
}
