//! Wait until every Front End of a pool has received the published topology; where that does not happen by itself, it is
//! forced, and then a person looks.

use super::{Declare, pool_id};
use topology::names::Fqdn;

use crate::call::{Call, Cmdlet, Task};
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

impl AwaitReplication {
    /// Waiting; then the replicas are told to hurry; then a person looks. Other machines that stay behind, an
    /// Edge Server for one, are not waited for (operations §10.3 and §14).
    fn ways(&self, problem: &Problem) -> Vec<Way> {
        let front_ends = problem.estate.pool(self.pool).front_ends.iter();
        let names: Vec<Fqdn> = front_ends.map(|&f| problem.estate.front_end(f).fqdn.clone()).collect();
        let wait = Way {
            limit: Some(10 * 60),
            settle: 0,
            retry: true,
            ..Way::new(
                Performer::Wait,
                Call::Wait,
                Evidence::Documented,
                "Get-CsManagementStoreReplicationStatus: up to date, and newer than the publish",
            )
            .by(&["RTCUniversalReadOnlyAdmins"])
        };
        let force = Way {
            settle: 20 * 60,
            ..Way::cmdlets(
                vec![Cmdlet::new("Invoke-CsManagementStoreReplication")],
                5 * 60,
                Evidence::Documented,
                "Invoke-CsManagementStoreReplication: begins after 2 to 3 minutes",
            )
            .by(&["RTCUniversalServerAdmins"])
        };
        let mend = Way {
            settle: 10 * 60,
            ..Way::person(
                Task::MendReplicas { front_ends: names },
                Evidence::Documented,
                "Test-CsReplica; KB 2759117; operations 10.3",
            )
            .by(&["RTCUniversalServerAdmins", "local Administrators on the Front Ends"])
        };
        vec![wait, force, mend]
    }
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
            ways: self.ways(problem),
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
