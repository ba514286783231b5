//! Install SQL Server on a rebuilt machine so that it can take the mirror: a person does it, the tool reads it back.

use super::{Declare, back_end_lost, holds_nothing, mirror_lost};
use crate::call::{Call, Task};
use crate::condition::Condition;
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::InstanceId;
use crate::field::{Field, State, Value, write};
use crate::problem::{Problem, Wanted};
use crate::rules;

/// Set SQL Server up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetUpSql {
    instance: InstanceId,
}

impl Declare for SetUpSql {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        // What can only witness needs an endpoint and no share: `SetUpWitness`.
        let missing = |&i: &InstanceId| {
            !holds_nothing(problem, i)
                && v.get(Field::Ready(i)) != Value::Yes
                && v.get(Field::Reachable(problem.estate.host_of(i))) == Value::Yes
        };
        problem.needed(state).into_iter().filter(missing).map(|instance| Self { instance }).collect()
    }

    fn order(&self) -> u16 {
        self.instance.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let i = self.instance;
        let h = estate.host_of(i);
        let mut requires = vec![
            clause(Condition::Is(Field::Reachable(h), Value::Yes), rules::MACHINE),
            clause(Condition::Is(Field::Fenced(h), Value::No), rules::MACHINE),
        ];
        let mut end = vec![write(Field::Answers(i), Value::Yes), write(Field::Ready(i), Value::Yes)];
        for &s in estate.stores_on(h).iter().filter(|&&s| estate.store(s).instances.contains(&i)) {
            for &d in &estate.store(s).databases {
                requires.push(clause(Condition::Is(Field::Role(d, i), Value::Absent), rules::G1));
                end.push(write(Field::Role(d, i), Value::Absent));
                end.push(write(Field::Session(d, i), Value::NoSession));
            }
        }
        let partner = problem
            .wishes
            .iter()
            .find_map(|w| w.primaries().into_iter().find(|&p| p != i && w.mirror_beside(p) == Wanted::One(i)));
        let like = problem.builds.get(&i).cloned();
        let name = estate.instance(i).name.name.clone();
        let of = if name.is_default() { "the default instance".to_owned() } else { format!("instance {name}") };
        Declaration {
            id: StepId(format!("sql-server/{}", estate.instance(i).name)),
            title: Phrase::new("SQL Server on ").host(h).words(format!(", {of}")),
            requires,
            achieves: vec![Condition::Is(Field::Answers(i), Value::Yes), Condition::Is(Field::Ready(i), Value::Yes)],
            begin: Vec::new(),
            end,
            partial: vec![vec![
                Vec::new(),
                vec![write(Field::Answers(i), Value::Yes), write(Field::Ready(i), Value::No)],
                vec![write(Field::Answers(i), Value::Yes), write(Field::Ready(i), Value::Yes)],
            ]],
            ways: vec![Way {
                performer: Performer::Person,
                requires: Vec::new(),
                rights: vec!["local Administrators and sysadmin on the new machine"],
                call: Call::Person(Task::SetUpSql {
                    instance: estate.instance(i).name.clone(),
                    like: like.clone(),
                    partner: partner.map(|p| estate.instance(p).name.clone()),
                    share: problem.policy.seed_share.clone(),
                }),
                limit: None,
                settle: 0,
                evidence: Evidence::Documented,
                source: "the procedure, steps 7 and 8; deploying SQL mirroring: same version and edition",
                retry: true,
            }],
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::Costly("install again"),
            duration: durations::SQL_SERVER,
            group: None,
            subject: Subject::Host(h),
            stops_harm: super::unserved(problem, h),
            work: Work::Change,
            origin: Origin {
                sentences: if back_end_lost(problem, h) {
                    &["b.log-on", "b.sql"]
                } else if mirror_lost(problem, h) {
                    &["m.5", "m.6"]
                } else {
                    &["7", "8"]
                },
                deviation: None,
            },
            stage: Stage::Rebuild,
            notes: match (like, partner) {
                (Some(like), Some(p)) => {
                    vec![Phrase::new(format!("{like}, as ")).instance(p).words("; no database of ours on it")]
                }
                (None, Some(p)) => vec![Phrase::new("version and edition as ").instance(p)],
                _ => Vec::new(),
            },
        }
    }
}
