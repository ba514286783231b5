//! Make the other partner of a mirrored database type PRINCIPAL: forced when the old principal is lost, planned when both
//! are healthy. It changes roles and leaves slots alone.

use super::{Declare, pool_id};
use crate::call::{Call, Cmdlet};
use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{
    Clause, Declaration, Evidence, Origin, Performer, Phrase, Risk, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// Fail one type over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FailOver {
    store: StoreId,
    /// The databases that are left to fail over.
    databases: Vec<DatabaseId>,
    from: InstanceId,
    to: InstanceId,
    /// The slot of `to`: what `-NewPrincipal` speaks of.
    to_mirror_slot: bool,
    forced: bool,
    /// Databases that are not known to be complete on `to`, and were given up by name.
    given_up: Vec<DatabaseId>,
    /// Whether they are of the Central Management store in force: whether it takes writes while it serves from the mirror
    /// slot is not known, and counts as no (operations §9.1).
    cms: bool,
}

impl FailOver {
    fn toward(problem: &Problem, state: &State, store: StoreId, to_mirror_slot: bool) -> Option<Self> {
        let v = problem.view(state);
        let primary = v.get(Field::PrimarySlot(store)).instance()?;
        let mirror = v.get(Field::MirrorSlot(store)).instance()?;
        let (from, to) = if to_mirror_slot { (primary, mirror) } else { (mirror, primary) };
        let all = &problem.estate.store(store).databases;
        let in_state = |session: Value| -> Vec<DatabaseId> {
            let here = |d: &&DatabaseId| {
                v.get(Field::Role(**d, to)) == Value::Mirror && v.get(Field::Session(**d, to)) == session
            };
            all.iter().filter(here).copied().collect()
        };
        let (databases, forced) = match in_state(Value::Disconnected) {
            lost if !lost.is_empty() => (lost, true),
            _ => (in_state(Value::Synchronized), false),
        };
        if databases.is_empty() {
            return None;
        }
        let incomplete = |d: &&DatabaseId| v.get(Field::Content(**d, to)) != Value::Complete;
        let given_up = databases.iter().filter(incomplete).filter(|d| problem.consents.contains(d)).copied().collect();
        let (pool, kind) = (problem.estate.store(store).pool, problem.estate.store(store).kind);
        let cms = kind == DatabaseType::CentralMgmt && v.get(Field::HoldsCms(pool)) == Value::Yes;
        Some(Self { store, databases, from, to, to_mirror_slot, forced, given_up, cms })
    }

    fn requirement(&self, problem: &Problem) -> Vec<Clause> {
        let mut requires = Vec::new();
        let (from, to) = (self.from, self.to);
        if self.forced {
            requires.push(clause(Condition::Is(Field::Fenced(problem.estate.host_of(from)), Value::Yes), rules::K1));
        } else {
            requires.push(clause(Condition::Is(Field::Answers(from), Value::Yes), rules::ANSWERS));
        }
        requires.push(clause(Condition::Is(Field::Answers(to), Value::Yes), rules::ANSWERS));
        let slot = if self.to_mirror_slot { Field::MirrorSlot(self.store) } else { Field::PrimarySlot(self.store) };
        requires.push(clause(Condition::Is(slot, to.into()), rules::SLOT));
        if !self.forced {
            let pools = problem.estate.store(self.store).users.iter().map(|&p| problem.estate.pool(p));
            let knows = pools.flat_map(|p| &p.front_ends).map(|&f| Predicate::KnowsPartner(f, self.store, to));
            requires.extend(knows.map(|p| clause(p, rules::FOLLOW)));
        }
        for &d in &self.databases {
            let mut need = |field, value, rule| requires.push(clause(Condition::Is(field, value), rule));
            need(Field::Role(d, to), Value::Mirror, rules::ROLE);
            if self.forced {
                need(Field::Session(d, to), Value::Disconnected, rules::ROLE);
            } else {
                need(Field::Role(d, from), Value::Principal, rules::ROLE);
                need(Field::Session(d, to), Value::Synchronized, rules::ROLE);
                need(Field::Session(d, from), Value::Synchronized, rules::ROLE);
            }
            if !self.given_up.contains(&d) {
                need(Field::Content(d, to), Value::Complete, rules::LOSS);
                need(Field::Safety(d, to), Value::Full, rules::SAFETY);
            }
            if self.forced {
                requires.push(clause(Predicate::WitnessPermits(d, to), rules::WITNESS));
            }
        }
        requires
    }

    fn effect(&self, d: DatabaseId) -> Vec<Write> {
        let (from, to) = (self.from, self.to);
        let mut writes = if self.forced {
            vec![
                write(Field::Role(d, to), Value::Principal),
                write(Field::Session(d, to), Value::Disconnected),
                write(Field::Content(d, to), Value::Complete),
                write(Field::Content(d, from), Value::Superseded),
            ]
        } else {
            vec![
                write(Field::Role(d, to), Value::Principal),
                write(Field::Role(d, from), Value::Mirror),
                write(Field::Session(d, to), Value::Synchronized),
                write(Field::Session(d, from), Value::Synchronized),
                write(Field::Content(d, to), Value::Complete),
                write(Field::Content(d, from), Value::Complete),
            ]
        };
        if self.cms {
            writes.push(write(Field::CmsWritable, Value::No));
        }
        writes
    }

    /// What is true once all have failed over.
    fn end(&self) -> Vec<Write> {
        let mut end: Vec<Write> = self.databases.iter().flat_map(|&d| self.effect(d)).collect();
        if self.cms && !self.to_mirror_slot {
            end.retain(|w| w.field != Field::CmsWritable);
            end.push(write(Field::CmsWritable, Value::Yes));
        }
        end
    }
}

impl Declare for FailOver {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let stores = problem.wishes.iter().map(|w| w.store);
        stores.flat_map(|s| [true, false].into_iter().filter_map(move |m| Self::toward(problem, state, s, m))).collect()
    }

    fn order(&self) -> u16 {
        self.store.0 * 2 + u16::from(!self.to_mirror_slot)
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let store = estate.store(self.store);
        let pool = &estate.pool(store.pool).fqdn;
        let mut cmdlet = Cmdlet::new("Invoke-CsDatabaseFailover")
            .with("PoolFqdn", pool)
            .with("DatabaseType", store.kind)
            .with("NewPrincipal", if self.to_mirror_slot { "Mirror" } else { "Primary" });
        if self.forced {
            cmdlet = cmdlet.switch("Force");
        }
        let cmdlet = cmdlet.without("Confirm").switch("Verbose");
        let behind = |d: &DatabaseId| {
            [
                (vec![Condition::Is(Field::Content(*d, self.to), Value::Behind)], Risk::KnownLoss),
                (vec![Condition::IsNot(Field::Content(*d, self.to), Value::Complete)], Risk::PossibleLoss),
            ]
        };
        // Both ways are open where one type is half here, half there: two purposes, two ids.
        let (purpose, words) = if self.to_mirror_slot { ("failover", "Fail over") } else { ("failback", "Fail back") };
        // A planned failover serves a role, which may be wished for where the slots are not.
        let meanwhile = self.forced && problem.is_meanwhile(self.store, self.to);
        let mut risks: Vec<_> = self.given_up.iter().flat_map(behind).collect();
        risks.sort_by_key(|(_, risk)| std::cmp::Reverse(*risk));
        Declaration {
            id: StepId(format!("{}/{}", pool_id(&super::purpose(purpose, meanwhile), estate, store.pool), store.kind)),
            title: Phrase::new(format!("{words} {} to ", store.kind)).instance(self.to),
            requires: self.requirement(problem),
            achieves: self
                .databases
                .iter()
                .flat_map(|&d| {
                    [Condition::Is(Field::Role(d, self.to), Value::Principal), Predicate::Serves(d, self.to).into()]
                })
                .collect(),
            begin: Vec::new(),
            end: self.end(),
            partial: self.databases.iter().map(|&d| vec![Vec::new(), self.effect(d)]).collect(),
            ways: vec![Way {
                performer: Performer::Cmdlet,
                requires: Vec::new(),
                rights: vec!["RTCUniversalServerAdmins", "sysadmin on both SQL Servers"],
                call: Call::Cmdlets(vec![cmdlet]),
                limit: Some(5 * 60),
                settle: 2 * 60,
                evidence: Evidence::Documented,
                source: if self.forced { "the procedure, step 3" } else { "failing over a mirrored database" },
                retry: false,
            }],
            risks,
            loses: self.given_up.clone(),
            ends: None,
            undo: if self.forced {
                Undo::Irreversible("a forced failover begins a new history of the databases")
            } else {
                Undo::Reversible("fail over again, the other way")
            },
            duration: durations::FAIL_OVER,
            group: None,
            subject: Subject::Pool(store.pool),
            // Users without a back end are the harm.
            stops_harm: self.forced,
            work: Work::Change,
            origin: Origin {
                sentences: if self.forced { &["3", "3.types"] } else { &[] },
                deviation: Some(if self.forced { "confirm" } else { "planned-failover" }),
            },
            stage: Stage::Serve,
            notes: vec![
                Phrase::new(if self.to_mirror_slot {
                    "\"Mirror\" names the mirror slot: "
                } else {
                    "\"Primary\" names the primary slot: "
                })
                .instance(self.to),
            ],
        }
    }
}
