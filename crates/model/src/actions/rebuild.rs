//! Build a clean machine under the old name: a person does it; the host is fenced until the rebuild begins.

use std::collections::BTreeSet;

use super::{Declare, mirror_lost};
use crate::call::{Call, Task};
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::HostId;
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;
use crate::rules;

/// Rebuild a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rebuild {
    host: HostId,
}

impl Declare for Rebuild {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        // A host that is fenced serves and mirrors nothing until it is built anew, whatever it was before.
        let hosts: BTreeSet<HostId> = problem.named().into_iter().map(|i| problem.estate.host_of(i)).collect();
        let needed = |&h: &HostId| v.get(Field::Fenced(h)) == Value::Yes;
        hosts.into_iter().filter(needed).map(|host| Self { host }).collect()
    }

    fn order(&self) -> u16 {
        self.host.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let h = self.host;
        let mut requires = vec![clause(Condition::Is(Field::Fenced(h), Value::Yes), rules::K10)];
        let mut begin = vec![write(Field::Fenced(h), Value::No)];
        let mut end = vec![
            write(Field::Fenced(h), Value::No),
            write(Field::Epoch(h), Value::Rebuilt),
            write(Field::Reachable(h), Value::Yes),
        ];
        for &s in estate.stores_on(h) {
            let store = estate.store(s);
            let here = |i: &&_| estate.host_of(**i) == h;
            for &i in store.instances.iter().filter(here) {
                begin.push(write(Field::Answers(i), Value::No));
                end.push(write(Field::Answers(i), Value::No));
                end.push(write(Field::Ready(i), Value::No));
                for &d in &store.databases {
                    let gone = [
                        write(Field::Role(d, i), Value::Absent),
                        write(Field::Session(d, i), Value::NoSession),
                        write(Field::Content(d, i), Value::Nothing),
                    ];
                    begin.extend(gone);
                    end.extend(gone);
                }
            }
            if store.instances.iter().any(|i| here(&i)) {
                for &d in &store.databases {
                    requires.push(clause(Predicate::CompleteBesides(d, h), rules::G1));
                    let survivors = store.instances.iter().filter(|&&i| estate.host_of(i) != h);
                    requires.extend(
                        survivors.map(|&i| clause(Condition::Is(Field::Session(d, i), Value::NoSession), rules::K10)),
                    );
                }
            }
        }
        for list in [&mut begin, &mut end] {
            list.sort_unstable();
            list.dedup();
        }
        Declaration {
            id: StepId(format!("rebuild/{}", estate.host(h))),
            title: Phrase::new("Rebuild ").host(h).words(", same name, empty disks"),
            requires,
            achieves: vec![
                Condition::Is(Field::Reachable(h), Value::Yes),
                Condition::Is(Field::Epoch(h), Value::Rebuilt),
            ],
            begin,
            end,
            partial: Vec::new(),
            ways: vec![Way {
                performer: Performer::Person,
                requires: Vec::new(),
                rights: vec!["whoever builds servers and joins them to the domain"],
                call: Call::Person(Task::Rebuild { host: estate.host(h).clone() }),
                limit: None,
                settle: 0,
                evidence: Evidence::Documented,
                source: "the procedure, step 6",
                retry: true,
            }],
            risks: Vec::new(),
            loses: Vec::new(),
            ends: Some("the old disks"),
            undo: Undo::Irreversible("the old disks are gone"),
            duration: durations::REBUILD,
            group: None,
            subject: Subject::Host(h),
            stops_harm: false,
            work: Work::Change,
            origin: Origin { sentences: if mirror_lost(problem, h) { &["m.4"] } else { &["6"] }, deviation: None },
            stage: Stage::Rebuild,
            notes: vec![Phrase::new("keep its computer account in Active Directory; fenced until here")],
        }
    }
}
