//! Let another pool take the Central Management store over: the two are paired for it. It moves where the topology is
//! written to, and neither slots nor roles. A pool that is not paired takes it in `move_cms_by_hand`.

use super::{Declare, pool_id};
use crate::call::Cmdlet;
use crate::cms;
use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{
    Clause, Declaration, Evidence, Group, Origin, Phrase, Piece, Risk, Stage, Subject, Undo, Way, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, Estate, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value, write};
use crate::problem::{Problem, Wish};
use crate::rules;

/// Move the Central Management store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MoveCms {
    from: PoolId,
    to: PoolId,
    /// The store that takes over, and its slots.
    into: (StoreId, InstanceId, Option<InstanceId>),
    /// The databases of the store that is left, which are served; none are where it is given up.
    source: Vec<DatabaseId>,
    /// Databases that do not answer, and were given up by name.
    given_up: Vec<DatabaseId>,
}

impl MoveCms {
    /// Whether anything is gained: nothing can be written, or the back end of the pool may have to change.
    fn helps(problem: &Problem, state: &State, from: PoolId) -> bool {
        let changes = |w: &Wish| w.manages_slots() && cms::is_back_end(problem.estate.store(w.store).kind);
        let needed = problem.view(state).get(Field::CmsWritable) != Value::Yes || problem.cms_to.is_some();
        needed || problem.managed(from).any(changes)
    }

    fn requirement(&self, problem: &Problem) -> Vec<Clause> {
        let estate = &problem.estate;
        let is = Condition::Is;
        let mut requires = vec![
            clause(is(Field::HoldsCms(self.from), Value::Yes), rules::CMS_PLACE),
            clause(is(Field::HoldsCms(self.to), Value::No), rules::CMS_PLACE),
        ];
        if self.given_up.is_empty() {
            requires.push(clause(is(Field::Saved, Value::Yes), rules::CMS_SAVED));
            requires.extend(self.source.iter().map(|&d| clause(Predicate::Served(d), rules::LOSS)));
        } else {
            let (s, primary, mirror) = self.into;
            requires.push(clause(is(Field::PrimarySlot(s), primary.into()), rules::SLOT));
            requires.push(clause(is(Field::MirrorSlot(s), mirror.into()), rules::SLOT));
        }
        let served = estate.store(self.into.0).databases.iter().map(|&d| Predicate::Served(d));
        requires.extend(served.map(|p| clause(p, rules::CMS_TAKER)));
        requires.extend(taker_runs(estate, self.to, Predicate::Served));
        requires
    }

    /// The cmdlet: without parameters where the store answers, else to the database that the topology assigns.
    fn cmdlet(&self, problem: &Problem) -> Cmdlet {
        let name = |i: InstanceId| &problem.estate.instance(i).name;
        let mut cmdlet = Cmdlet::new("Invoke-CsManagementServerFailover");
        if !self.given_up.is_empty() {
            let (_, primary, mirror) = self.into;
            let slots = [
                (Some(primary), "BackupSqlServerFqdn", "BackupSqlInstanceName"),
                (mirror, "BackupMirrorSqlServerFqdn", "BackupMirrorSqlInstanceName"),
            ];
            for (at, host, instance) in slots {
                let Some(at) = at.map(name) else { continue };
                cmdlet = cmdlet.with(host, &at.host);
                if !at.name.is_default() {
                    cmdlet = cmdlet.with(instance, &at.name);
                }
            }
            cmdlet = cmdlet.switch("Force");
        }
        cmdlet.without("Confirm")
    }
}

/// What is required of the pool that takes it over: its Front Ends run, its User store is served as it has to be.
pub(super) fn taker_runs(estate: &Estate, to: PoolId, served: impl Fn(DatabaseId) -> Predicate) -> Vec<Clause> {
    let user = estate.store_of(to, DatabaseType::User);
    let databases = user.into_iter().flat_map(|s| &estate.store(s).databases);
    let served = databases.map(|&d| Condition::from(served(d)));
    let running = estate.pool(to).front_ends.iter().map(|&f| Condition::Is(Field::Services(f), Value::Running));
    served.chain(running).map(|c| clause(c, rules::CMS_TAKER)).collect()
}

/// The databases of a store that do not answer, where each of them was given up by name; none where one was not.
pub(super) fn given_up(problem: &Problem, state: &State, left: StoreId) -> Vec<DatabaseId> {
    let v = problem.view(state);
    let silent = problem.estate.store(left).databases.iter().copied().filter(|&d| !v.served(d).holds());
    let given_up: Vec<DatabaseId> = silent.collect();
    if given_up.iter().all(|d| problem.consents.contains(d)) { given_up } else { Vec::new() }
}

impl Declare for MoveCms {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let places = || {
            let (from, to) = (cms::holder(v)?, cms::taker(problem)?);
            let s = cms::store(&problem.estate, to)?;
            let into = (s, v.get(Field::PrimarySlot(s)).instance()?, v.get(Field::MirrorSlot(s)).instance());
            let left = cms::store(&problem.estate, from)?;
            (from != to && Self::helps(problem, state, from)).then_some((from, to, into, left))
        };
        let Some((from, to, into, left)) = places() else { return Vec::new() };
        let source = problem.estate.store(left).databases.clone();
        vec![Self { from, to, into, source, given_up: given_up(problem, state, left) }]
    }

    fn order(&self) -> u16 {
        self.to.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let (from, to) = (Piece::Pool(self.from), Piece::Pool(self.to));
        let way = Way {
            settle: 5 * 60,
            ..Way::cmdlets(
                vec![self.cmdlet(problem)],
                10 * 60,
                Evidence::Documented,
                "Central Management store failover; Invoke-CsManagementServerFailover",
            )
        };
        let rights = [
            "RTCUniversalServerAdmins, in a shell on a Front End of the pool that takes over",
            "sysadmin on its SQL Server",
        ];
        Declaration {
            requires: self.requirement(problem),
            achieves: vec![
                Condition::Is(Field::HoldsCms(self.to), Value::Yes),
                Condition::Is(Field::CmsWritable, Value::Yes),
            ],
            begin: vec![write(Field::CmsWritable, Value::No)],
            end: vec![
                write(Field::HoldsCms(self.from), Value::No),
                write(Field::HoldsCms(self.to), Value::Yes),
                write(Field::CmsWritable, Value::Yes),
            ],
            ways: vec![way.by(&rights)],
            risks: if self.given_up.is_empty() { Vec::new() } else { vec![(Vec::new(), Risk::PossibleLoss)] },
            loses: self.given_up.clone(),
            ends: Some("the time in which nothing can be published or moved"),
            undo: if self.given_up.is_empty() {
                Undo::Reversible("move it back the same way once its pool is whole")
            } else {
                Undo::Irreversible("what the pool had not received of xds and lis stays lost")
            },
            group: Some(Group::Publish),
            notes: vec![
                Phrase::new("run it on a Front End of ")
                    .piece(to.clone())
                    .words("; add -WhatIf to see who holds it now"),
                Phrase::new("it may stay there; ").piece(from).words(" does not need it back"),
            ],
            ..Declaration::of(
                pool_id("move-cms", &problem.estate, self.to),
                Phrase::new("Move the Central Management store to ").piece(to),
                Subject::Pool(self.to),
                durations::MOVE_CMS,
                Stage::Follow,
                Origin { sentences: &[], deviation: Some("move-cms") },
            )
        }
    }
}
