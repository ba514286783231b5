//! Build a clean machine under the old name: a person does it; the host is fenced until the rebuild begins.

use std::collections::BTreeSet;

use super::fence::serves_old_copies;
use super::remirror::kept_for;
use super::{Declare, back_end_lost, mirror_lost};
use crate::call::{Call, Task};
use crate::cms;
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Risk, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, HostId, PoolId, StoreId};
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;
use crate::rules;

/// Rebuild a host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rebuild {
    host: HostId,
    /// Databases with no complete copy elsewhere, whose copy here is given up for the backup.
    given_up: Vec<DatabaseId>,
    /// Stores whose slots cannot be exchanged, for the pool that holds the Central Management store: their sessions end
    /// later, when they are mirrored again (operations §2.3).
    kept: Vec<(StoreId, PoolId)>,
}

impl Rebuild {
    fn of(problem: &Problem, state: &State, host: HostId) -> Self {
        let v = problem.view(state);
        let estate = &problem.estate;
        let databases = estate.stores_on(host).iter().flat_map(|&s| estate.store(s).databases.iter().copied());
        let alone = |d: &DatabaseId| !v.complete_besides(*d, host).holds() && problem.gives_up(*d);
        Self { host, given_up: databases.filter(alone).collect(), kept: Self::kept(problem, state, host) }
    }

    /// Nobody knows what a silent host's disks hold; where there is no other copy, that is certainly lost.
    fn risks(&self, problem: &Problem, loses: &[DatabaseId]) -> Vec<(Vec<Condition>, Risk)> {
        let estate = &problem.estate;
        let others = |&d: &DatabaseId| {
            let instances = &estate.store(estate.database(d).store).instances;
            let elsewhere = instances.iter().filter(|&&i| estate.host_of(i) != self.host);
            elsewhere.map(|&i| Condition::Is(Field::Content(d, i), Value::Nothing)).collect()
        };
        let known = loses.iter().map(|d| (others(d), Risk::KnownLoss));
        known.chain((!loses.is_empty()).then_some((Vec::new(), Risk::PossibleLoss))).collect()
    }

    /// Stores in whose primary slot the host is and stays, and whose survivor still remembers its session.
    fn kept(problem: &Problem, state: &State, host: HostId) -> Vec<(StoreId, PoolId)> {
        if !problem.policy.allow_undocumented {
            return Vec::new();
        }
        let v = problem.view(state);
        let estate = &problem.estate;
        let kept = |s: StoreId| {
            let primary = v.get(Field::PrimarySlot(s)).instance().filter(|&i| estate.host_of(i) == host)?;
            let store = estate.store(s);
            let remembers = |d, i| v.get(Field::Role(d, i)) == Value::Principal;
            let others = || store.instances.iter().filter(|&&i| i != primary);
            let any = store.databases.iter().any(|&d| others().any(|&i| remembers(d, i)));
            kept_for(v, s).filter(|_| any).map(|p| (s, p))
        };
        estate.store_ids().filter_map(kept).collect()
    }
}

impl Declare for Rebuild {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        // A host that is fenced serves and mirrors nothing until it is built anew, whatever it was before.
        let hosts: BTreeSet<HostId> = problem.needed(state).into_iter().map(|i| problem.estate.host_of(i)).collect();
        let needed = |&h: &HostId| v.get(Field::Fenced(h)) == Value::Yes;
        hosts.into_iter().filter(needed).map(|host| Self::of(problem, state, host)).collect()
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
                    if self.given_up.contains(&d) {
                        requires.push(clause(Predicate::NoOtherCopy(d, h), rules::LAST));
                        requires.extend(cms::left(estate, s));
                        continue;
                    }
                    requires.push(clause(Predicate::CompleteBesides(d, h), rules::G1));
                    if let Some(&(_, pool)) = self.kept.iter().find(|(kept, _)| *kept == s) {
                        requires.push(clause(Condition::Is(Field::HoldsCms(pool), Value::Yes), rules::KEPT));
                        continue;
                    }
                    let survivors = store.instances.iter().filter(|&&i| estate.host_of(i) != h);
                    requires.extend(
                        survivors.map(|&i| clause(Condition::Is(Field::Session(d, i), Value::NoSession), rules::K10)),
                    );
                }
            }
        }
        let loses: Vec<DatabaseId> = self.given_up.iter().copied().filter(|&d| !problem.recreated(d)).collect();
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
                evidence: if self.kept.is_empty() { Evidence::Documented } else { Evidence::Inferred },
                source: if self.kept.is_empty() {
                    "the procedure, step 6"
                } else {
                    "operations 2.3: slots that cannot be exchanged; no page of the product"
                },
                retry: true,
            }],
            risks: self.risks(problem, &loses),
            loses: loses.clone(),
            ends: Some("the old disks"),
            undo: Undo::Irreversible("the old disks are gone"),
            duration: durations::REBUILD,
            group: None,
            subject: Subject::Host(h),
            stops_harm: super::unserved(problem, h),
            work: Work::Change,
            origin: Origin {
                sentences: if back_end_lost(problem, h) {
                    &["b.build"]
                } else if mirror_lost(problem, h) {
                    &["m.4"]
                } else {
                    &["6"]
                },
                deviation: (!self.kept.is_empty()).then_some("keep-slots"),
            },
            stage: Stage::Rebuild,
            notes: notes(!loses.is_empty(), serves_old_copies(problem, &problem.initial, h)),
        }
    }
}

fn notes(last: bool, served: bool) -> Vec<Phrase> {
    let kept = Phrase::new("keep its computer account in Active Directory; fenced until here");
    let look = "nobody knows what its disks hold: it may be the last complete copy. Look before you wipe them";
    let written = "what was written to its old copies is on its disks alone: save the files if anyone may miss it";
    let more = [last.then_some(look), served.then_some(written)];
    std::iter::once(kept).chain(more.into_iter().flatten().map(Phrase::new)).collect()
}
