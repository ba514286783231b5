//! Test every configured database and its version on the host in the primary slot.

use super::{Declare, pool_id};
use crate::call::{Call, Cmdlet};
use crate::condition::{Condition, Predicate};
use crate::declaration::{Declaration, Evidence, Origin, Performer, Phrase, Stage, Subject, Undo, Way, Work, clause};
use crate::durations;
use crate::estate::{InstanceId, PoolId};
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;
use crate::rules;

/// Test the databases of a pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TestDatabases {
    pool: PoolId,
    on: Vec<InstanceId>,
}

impl Declare for TestDatabases {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for pool in problem.pools() {
            let primaries = problem.managed(pool).filter_map(|w| v.get(Field::PrimarySlot(w.store)).instance());
            let mut on: Vec<InstanceId> = primaries.collect();
            on.sort_unstable();
            on.dedup();
            // A test before the mirrors exist would have to be repeated.
            let mirrored = problem.managed(pool).filter(|w| w.wants_mirror()).map(|w| problem.estate.store(w.store));
            let whole = mirrored.flat_map(|s| s.databases.iter()).all(|&d| v.protected(d));
            if problem.mirrors(pool) && whole && v.get(Field::Tested(pool)) != Value::Yes && !on.is_empty() {
                all.push(Self { pool, on });
            }
        }
        all
    }

    fn order(&self) -> u16 {
        self.pool.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let call = |&i: &InstanceId| {
            let host = &estate.host(estate.host_of(i));
            Cmdlet::new("Test-CsDatabase").switch("ConfiguredDatabases").with("SqlServerFqdn", host)
        };
        let stores = problem.managed(self.pool).map(|w| estate.store(w.store));
        Declaration {
            id: pool_id("test", estate, self.pool),
            title: Phrase::new("Test all databases and versions"),
            requires: stores
                .flat_map(|s| s.databases.iter())
                .map(|&d| clause(Predicate::Served(d), rules::ANSWERS))
                .collect(),
            achieves: vec![Condition::Is(Field::Tested(self.pool), Value::Yes)],
            begin: Vec::new(),
            end: vec![write(Field::Tested(self.pool), Value::Yes)],
            partial: Vec::new(),
            ways: vec![Way {
                performer: Performer::Cmdlet,
                requires: Vec::new(),
                rights: vec!["RTCUniversalServerAdmins"],
                call: Call::Cmdlets(self.on.iter().map(call).collect()),
                limit: Some(10 * 60),
                settle: 0,
                evidence: Evidence::Documented,
                source: "testing database configuration",
                retry: true,
            }],
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::NotApplicable,
            duration: durations::TEST,
            group: None,
            subject: Subject::Pool(self.pool),
            stops_harm: false,
            work: Work::Look,
            origin: Origin { sentences: &[], deviation: Some("aftercare") },
            stage: Stage::Protect,
            notes: Vec::new(),
        }
    }
}
