//! Let another pool take the Central Management store over: the two are paired for it. It moves where the topology is
//! written to, and neither slots nor roles. A pool that is not paired takes it in `move_cms_by_hand`.

use super::{Declare, pool_id};
use crate::call::Cmdlet;
use crate::cms;
use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{
    Clause, Declaration, Duration, Evidence, Group, Origin, Phrase, Piece, Risk, Stage, Subject, Undo, Way, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, Estate, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value, write};
use crate::problem::{Problem, Wish};
use crate::rules;

/// Move the Central Management store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MoveCms {
    moved: Move,
    /// The store that takes over, and its slots.
    into: (StoreId, InstanceId, Option<InstanceId>),
}

/// What is the same of every move, whoever makes it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Move {
    from: PoolId,
    pub(super) to: PoolId,
    /// The store that is left.
    pub(super) left: StoreId,
    /// Its databases that do not answer, where each of them was given up by name.
    pub(super) given_up: Vec<DatabaseId>,
}

impl Move {
    /// From the pool that holds it to another one.
    pub(super) fn to(problem: &Problem, state: &State, to: PoolId) -> Option<Self> {
        let v = problem.view(state);
        let from = cms::holder(v).filter(|&from| from != to)?;
        let left = cms::store(&problem.estate, from)?;
        let mut given_up = problem.estate.store(left).databases.clone();
        given_up.retain(|&d| !v.served(d).holds());
        if !given_up.iter().all(|d| problem.consents.contains(d)) {
            given_up.clear();
        }
        Some(Self { from, to, left, given_up })
    }

    /// What is required of the pool that is left: it holds the store, which was saved and is served, unless it is given up.
    pub(super) fn leaves(&self, problem: &Problem) -> Vec<Clause> {
        let is = Condition::Is;
        let mut requires = vec![
            clause(is(Field::HoldsCms(self.from), Value::Yes), rules::CMS_PLACE),
            clause(is(Field::HoldsCms(self.to), Value::No), rules::CMS_PLACE),
        ];
        if self.given_up.is_empty() {
            requires.push(clause(is(Field::Saved, Value::Yes), rules::CMS_SAVED));
            let source = &problem.estate.store(self.left).databases;
            requires.extend(source.iter().map(|&d| clause(Predicate::Served(d), rules::LOSS)));
        }
        requires
    }

    /// What is required of the pool that takes it over: its Front Ends run, its User store is served as it has to be.
    pub(super) fn taken(&self, estate: &Estate, served: impl Fn(DatabaseId) -> Predicate) -> Vec<Clause> {
        let user = estate.store_of(self.to, DatabaseType::User);
        let databases = user.into_iter().flat_map(|s| &estate.store(s).databases);
        let served = databases.map(|&d| Condition::from(served(d)));
        let front_ends = estate.pool(self.to).front_ends.iter();
        let running = front_ends.map(|&f| Condition::Is(Field::Services(f), Value::Running));
        served.chain(running).map(|c| clause(c, rules::CMS_TAKER)).collect()
    }

    /// The step, but for what is required of it and who makes it. `lost` says what is lost where the store is given up.
    pub(super) fn declaration(&self, problem: &Problem, duration: Duration, lost: &'static str) -> Declaration {
        Declaration {
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
            risks: if self.given_up.is_empty() { Vec::new() } else { vec![(Vec::new(), Risk::PossibleLoss)] },
            loses: self.given_up.clone(),
            ends: Some("the time in which nothing can be published or moved"),
            undo: if self.given_up.is_empty() {
                Undo::Reversible("move it back the same way once its pool is whole")
            } else {
                Undo::Irreversible(lost)
            },
            group: Some(Group::Publish),
            ..Declaration::of(
                pool_id("move-cms", &problem.estate, self.to),
                Phrase::new("Move the Central Management store to ").piece(Piece::Pool(self.to)),
                Subject::Pool(self.to),
                duration,
                Stage::Follow,
                Origin { sentences: &[], deviation: Some("move-cms") },
            )
        }
    }
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
        let mut requires = self.moved.leaves(problem);
        let (s, primary, mirror) = self.into;
        if !self.moved.given_up.is_empty() {
            requires.push(clause(Condition::Is(Field::PrimarySlot(s), primary.into()), rules::SLOT));
            requires.push(clause(Condition::Is(Field::MirrorSlot(s), mirror.into()), rules::SLOT));
        }
        let served = estate.store(s).databases.iter().map(|&d| Predicate::Served(d));
        requires.extend(served.map(|p| clause(p, rules::CMS_TAKER)));
        requires.extend(self.moved.taken(estate, Predicate::Served));
        requires
    }

    /// The cmdlet: without parameters where the store answers, else to the database that the topology assigns.
    fn cmdlet(&self, problem: &Problem) -> Cmdlet {
        let name = |i: InstanceId| &problem.estate.instance(i).name;
        let mut cmdlet = Cmdlet::new("Invoke-CsManagementServerFailover");
        if !self.moved.given_up.is_empty() {
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

impl Declare for MoveCms {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let proposed = || {
            let moved = Move::to(problem, state, cms::taker(problem)?)?;
            let s = cms::store(&problem.estate, moved.to)?;
            let into = (s, v.get(Field::PrimarySlot(s)).instance()?, v.get(Field::MirrorSlot(s)).instance());
            Self::helps(problem, state, moved.from).then_some(Self { moved, into })
        };
        proposed().into_iter().collect()
    }

    fn order(&self) -> u16 {
        self.moved.to.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let (from, to) = (Piece::Pool(self.moved.from), Piece::Pool(self.moved.to));
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
        let lost = "what the pool had not received of xds and lis stays lost";
        Declaration {
            requires: self.requirement(problem),
            ways: vec![way.by(&rights)],
            notes: vec![
                Phrase::new("run it on a Front End of ").piece(to).words("; add -WhatIf to see who holds it now"),
                Phrase::new("it may stay there; ").piece(from).words(" does not need it back"),
            ],
            ..self.moved.declaration(problem, durations::MOVE_CMS, lost)
        }
    }
}
