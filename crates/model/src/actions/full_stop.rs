//! Stop every Front End of a pool and start them together: where a rolling restart would cost the quorum, announced. Where
//! none runs they are only started: one alone would wait for the others.

use super::restart::{Loads, due, named_purpose, purpose, stage, start, stop};
use super::{Declare, pool_id};
use crate::call::Call;
use crate::condition::Condition;
use crate::declaration::{
    Clause, Declaration, Evidence, Group, Origin, Performer, Phrase, Risk, StepId, Subject, Undo, Way, Work,
};
use crate::durations;
use crate::estate::{FrontEndId, PoolId};
use crate::field::{Field, State, Value, write};
use crate::problem::Problem;

/// Stop and start a pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FullStop {
    pool: PoolId,
    loads: Loads,
    /// Whether none is running: nothing is stopped then.
    stands: bool,
}

impl Declare for FullStop {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let allowed = problem.policy.allow_full_stop && problem.policy.accept_outage;
        let mut all = Vec::new();
        for pool in problem.pools() {
            let Some(loads) = Loads::of(problem, state, pool) else { continue };
            let front_ends = &problem.estate.pool(pool).front_ends;
            // One whose services are disabled does not start by starting.
            let services = |f| problem.view(state).get(Field::Services(f));
            let disabled = front_ends.iter().any(|&f| services(f) == Value::Disabled);
            let stands = front_ends.iter().all(|&f| services(f) == Value::Stopped);
            if (allowed || stands) && !disabled && front_ends.iter().any(|&f| due(problem, state, f, &loads)) {
                all.push(Self { pool, loads, stands });
            }
        }
        all
    }

    fn order(&self) -> u16 {
        self.pool.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let front_ends = &estate.pool(self.pool).front_ends;
        let mut requires: Vec<Clause> = front_ends.iter().flat_map(|&f| self.loads.requires(f)).collect();
        requires.extend(self.loads.back_end(estate));
        requires.sort_by(|a, b| a.condition.cmp(&b.condition));
        requires.dedup();
        // Stopped in one order, started in the reverse one (operations §11.3, G2).
        let stops = if self.stands { Vec::new() } else { front_ends.iter().rev().copied().collect() };
        let named = |words: &str, list: &[FrontEndId]| {
            let comma = |p: Phrase, n: usize| if n == 0 { p } else { p.words(", ") };
            list.iter().enumerate().fold(Phrase::new(words), |p, (n, &f)| comma(p, n).front_end(f))
        };
        let mut cmdlets: Vec<_> = stops.iter().map(|&f| stop(problem, f)).collect();
        cmdlets.extend(front_ends.iter().map(|&f| start(problem, f)));
        Declaration {
            id: StepId(format!("{}/{}", pool_id("full-stop", estate, self.pool), named_purpose(problem, &self.loads))),
            title: if self.stands {
                named("Start ", front_ends).words(" together")
            } else {
                named("Stop ", &stops).words(", then start all")
            },
            requires,
            achieves: front_ends
                .iter()
                .flat_map(|&f| self.loads.achieves(f))
                .chain(front_ends.iter().map(|&f| Condition::Is(Field::Services(f), Value::Running)))
                .collect(),
            begin: front_ends.iter().map(|&f| write(Field::Services(f), Value::AnnouncedStop)).collect(),
            end: front_ends.iter().flat_map(|&f| self.loads.effect(f)).collect(),
            partial: front_ends
                .iter()
                .map(|&f| {
                    // A Front End that starts within a full stop stands still as announced.
                    vec![vec![write(Field::Services(f), Value::AnnouncedStop)], self.loads.effect(f)]
                })
                .collect(),
            ways: vec![Way {
                performer: Performer::Cmdlet,
                requires: Vec::new(),
                rights: vec!["RTCUniversalServerAdmins", "local Administrators on every Front End"],
                call: Call::Cmdlets(cmdlets),
                limit: Some(75 * 60),
                settle: 75 * 60,
                evidence: Evidence::Documented,
                source: "the procedure, step 4: restart services; guard G2 of the reference",
                retry: true,
            }],
            risks: if self.stands { Vec::new() } else { vec![(Vec::new(), Risk::Outage)] },
            loses: Vec::new(),
            ends: (!self.stands).then_some("the service of the whole pool"),
            undo: Undo::NotApplicable,
            duration: durations::FULL_STOP,
            group: Some(Group::Pool(self.pool)),
            subject: Subject::Pool(self.pool),
            stops_harm: false,
            work: if self.stands { Work::Restart } else { Work::FullStop },
            origin: if purpose(&self.loads) == "store" {
                Origin { sentences: &["4.restart"], deviation: Some("full-stop") }
            } else {
                Origin { sentences: &[], deviation: Some("restart-after-mirroring") }
            },
            stage: stage(&self.loads),
            notes: Vec::new(),
        }
    }
}
