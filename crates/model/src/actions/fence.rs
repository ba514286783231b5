//! Make sure that a host cannot serve: a person powers it off, or takes it off the network, and says so.

use std::collections::BTreeSet;

use super::Declare;
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

/// Fence a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence {
    host: HostId,
}

impl Fence {
    /// Whether the host itself does not answer, or serves an old copy beside another one that serves, or some other copy has
    /// lost it and it is not seen to be a mirror there: an old principal that believes in itself is fenced, a mirror that
    /// waits is not.
    fn lost(problem: &Problem, state: &State, host: HostId) -> bool {
        let v = problem.view(state);
        problem.wishes.iter().any(|w| {
            let store = problem.estate.store(w.store);
            let here = |&&i: &&_| problem.estate.host_of(i) == host;
            store.instances.iter().filter(here).any(|&i| {
                let silent = v.get(Field::Answers(i)) != Value::Yes;
                let alone = store.databases.iter().any(|&d| {
                    let waits = matches!(v.get(Field::Role(d, i)), Value::Mirror | Value::Restoring | Value::Absent);
                    let apart = |x: &&_| !waits && problem.estate.host_of(**x) != host;
                    let others = store.instances.iter().filter(apart);
                    others
                        .into_iter()
                        .any(|&x| matches!(v.get(Field::Session(d, x)), Value::Disconnected | Value::Suspended))
                });
                silent || alone
            })
        }) || serves_old_copies(problem, state, host)
    }
}

/// Whether a host serves a superseded copy while another host serves the database too.
pub(super) fn serves_old_copies(problem: &Problem, state: &State, host: HostId) -> bool {
    let v = problem.view(state);
    problem.wishes.iter().any(|w| {
        let store = problem.estate.store(w.store);
        let on = |i| problem.estate.host_of(i) == host;
        store.databases.iter().any(|&d| {
            let old = |&i: &_| on(i) && v.get(Field::Content(d, i)) == Value::Superseded && v.serves(d, i).holds();
            let beside = |&i: &_| !on(i) && v.serves(d, i).holds();
            store.instances.iter().any(old) && store.instances.iter().any(beside)
        })
    })
}

impl Declare for Fence {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let due = |&h: &HostId| v.get(Field::Fenced(h)) == Value::No && Self::lost(problem, state, h);
        let holders = problem.wishes.iter().flat_map(|w| &problem.estate.store(w.store).instances);
        let hosts: BTreeSet<HostId> = holders.map(|&i| problem.estate.host_of(i)).collect();
        hosts.into_iter().filter(due).map(|host| Self { host }).collect()
    }

    fn order(&self) -> u16 {
        self.host.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let h = self.host;
        let estate = &problem.estate;
        let mut requires = Vec::new();
        let mut end = vec![write(Field::Fenced(h), Value::Yes), write(Field::Reachable(h), Value::No)];
        for wish in &problem.wishes {
            let store = estate.store(wish.store);
            for &i in store.instances.iter().filter(|&&i| estate.host_of(i) == h) {
                end.push(write(Field::Answers(i), Value::No));
                let only = store.databases.iter().map(|&d| Predicate::NotTheOnlyServer(d, i));
                requires.extend(only.map(|p| clause(p, rules::FENCE)));
            }
        }
        end.sort_unstable();
        end.dedup();
        Declaration {
            id: StepId(format!("fence/{}", estate.host(h))),
            title: Phrase::new("Fence ").host(h).words(": power off, and prove it"),
            requires,
            achieves: vec![Condition::Is(Field::Fenced(h), Value::Yes)],
            begin: Vec::new(),
            end,
            partial: Vec::new(),
            ways: vec![Way {
                performer: Performer::Person,
                requires: Vec::new(),
                rights: vec!["whoever can power the host off"],
                call: Call::Person(Task::Fence { host: estate.host(h).clone() }),
                limit: None,
                settle: 0,
                evidence: Evidence::Documented,
                source: "SQL Server, role switching: forcing while the principal serves makes two principals",
                retry: true,
            }],
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::Reversible("power it on again, as long as nothing was forced"),
            duration: durations::FENCE,
            group: None,
            subject: Subject::Host(h),
            stops_harm: true,
            work: Work::Look,
            origin: Origin { sentences: &[], deviation: Some("fence") },
            stage: Stage::Serve,
            notes: vec![Phrase::new(if serves_old_copies(problem, &problem.initial, h) {
                "it serves old copies beside the ones that count: whoever writes there loses it"
            } else {
                "it must not come back with old copies while the other host takes over"
            })],
        }
    }
}
