//! Wait until every Front End of a pool has received the published topology.

use super::{Declare, pool_id};
use crate::call::Call;
use crate::condition::Condition;
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::PoolId;
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;
use crate::rules;

/// Wait for a pool's replicas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AwaitReplication {
    pool: PoolId,
    /// Whether the published topology names mirrors of the pool: two waits of one plan have two ids.
    mirrored: bool,
    /// Whether it names slots that only lead to the declared ones: two more ids.
    meanwhile: bool,
}

impl Declare for AwaitReplication {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let behind =
            |p: &PoolId| problem.estate.pool(*p).front_ends.iter().any(|&f| v.get(Field::Replica(f)) != Value::Current);
        let mirrored = |p: PoolId| {
            let stores = problem.estate.pool(p).stores.iter();
            stores.into_iter().any(|&s| v.get(Field::MirrorSlot(s)).instance().is_some())
        };
        let primary = |s| v.get(Field::PrimarySlot(s)).instance();
        let meanwhile =
            |pool| problem.managed(pool).any(|w| primary(w.store).is_some_and(|i| problem.is_meanwhile(w.store, i)));
        let wait = |pool| Self { pool, mirrored: mirrored(pool), meanwhile: meanwhile(pool) };
        problem.pools().into_iter().filter(behind).map(wait).collect()
    }

    fn order(&self) -> u16 {
        self.pool.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let front_ends = &estate.pool(self.pool).front_ends;
        let mut title = Phrase::default();
        for (n, &f) in front_ends.iter().enumerate() {
            title = if n == 0 { title } else { title.words(", ") }.front_end(f);
        }
        Declaration {
            id: StepId(format!(
                "{}/{}",
                pool_id("replicate", estate, self.pool),
                super::purpose(if self.mirrored { "mirroring" } else { "store" }, self.meanwhile)
            )),
            title: title.words(" have received the topology"),
            requires: vec![clause(Condition::Is(Field::CmsWritable, Value::Yes), rules::CMS)],
            achieves: front_ends.iter().map(|&f| Condition::Is(Field::Replica(f), Value::Current)).collect(),
            begin: Vec::new(),
            end: front_ends.iter().map(|&f| write(Field::Replica(f), Value::Current)).collect(),
            partial: front_ends
                .iter()
                .map(|&f| vec![Vec::new(), vec![write(Field::Replica(f), Value::Current)]])
                .collect(),
            ways: vec![Way {
                performer: Performer::Wait,
                requires: Vec::new(),
                rights: vec!["RTCUniversalReadOnlyAdmins"],
                call: Call::Wait,
                limit: Some(30 * 60),
                settle: 0,
                evidence: Evidence::Documented,
                source: "Get-CsManagementStoreReplicationStatus: up to date, and newer than the publish",
                retry: true,
            }],
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::NotApplicable,
            duration: durations::REPLICATE,
            group: None,
            subject: Subject::Pool(self.pool),
            stops_harm: false,
            work: Work::Look,
            origin: Origin { sentences: &[], deviation: Some("replicas") },
            stage: if self.mirrored { Stage::Protect } else { Stage::Follow },
            notes: Vec::new(),
        }
    }
}
