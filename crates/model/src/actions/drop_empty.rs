//! Drop databases that were created empty on a machine while another copy is the live one: whoever is told of them by an old
//! topology would serve nothing, and no mirror can be created in their place (operations §6.1).

use super::{Declare, pool_id};
use crate::call::{Call, Statement};
use crate::condition::{Condition, Predicate};
use crate::declaration::{Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, clause};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// Drop the empty databases of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DropEmpty {
    store: StoreId,
    at: InstanceId,
    databases: Vec<DatabaseId>,
}

impl DropEmpty {
    fn effect(&self, d: DatabaseId) -> Vec<Write> {
        vec![write(Field::Role(d, self.at), Value::Absent), write(Field::Content(d, self.at), Value::Nothing)]
    }
}

impl Declare for DropEmpty {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let store = problem.estate.store(wish.store);
            for &at in &store.instances {
                let empty = |d: &&DatabaseId| {
                    v.get(Field::Role(**d, at)) == Value::Unmirrored && v.get(Field::Content(**d, at)) == Value::Nothing
                };
                let databases: Vec<DatabaseId> = store.databases.iter().filter(empty).copied().collect();
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
        let (store, at) = (estate.store(self.store), self.at);
        let mut requires = vec![clause(Condition::Is(Field::Answers(at), Value::Yes), rules::ANSWERS)];
        for &d in &self.databases {
            let mut need = |field, value| requires.push(clause(Condition::Is(field, value), rules::G1));
            need(Field::Role(d, at), Value::Unmirrored);
            need(Field::Session(d, at), Value::NoSession);
            need(Field::Content(d, at), Value::Nothing);
            // What is thought to be empty is dropped only where nothing would be lost if it were not.
            requires.push(clause(Predicate::CompleteBesides(d, estate.host_of(at)), rules::G1));
        }
        let statements = self.databases.iter().map(|&d| Statement::Drop(estate.database(d).name.clone())).collect();
        let call = Call::Sql { on: estate.instance(at).name.clone(), statements };
        let source = "field: databases from an earlier attempt are dropped before mirroring; operations 6.1";
        let way = Way::new(Performer::Tsql, call, Evidence::Field, source).by(&["sysadmin on the SQL Server"]);
        Declaration {
            requires,
            achieves: self.databases.iter().map(|&d| Condition::Is(Field::Role(d, at), Value::Absent)).collect(),
            end: self.databases.iter().flat_map(|&d| self.effect(d)).collect(),
            partial: self.databases.iter().map(|&d| vec![Vec::new(), self.effect(d)]).collect(),
            ways: vec![Way { limit: Some(5 * 60), retry: true, ..way }],
            ends: Some("empty databases"),
            undo: Undo::Irreversible("look into them first: what is dropped is gone"),
            stops_harm: true,
            ..Declaration::of(
                StepId(format!("{}/{}", pool_id("drop-empty", estate, store.pool), store.kind)),
                Phrase::new("Drop empty databases on ").instance(at).words(format!(", {}", store.kind)),
                Subject::Pool(store.pool),
                durations::DROP,
                Stage::Serve,
                Origin { sentences: &[], deviation: Some("drop-empty") },
            )
        }
    }
}
