//! Restart one Front End so that it runs the published topology, one at a time and never below quorum.

use super::{Declare, join};
use crate::call::{Call, Cmdlet};
use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{
    Clause, Declaration, Evidence, Group, Origin, Performer, Phrase, Risk, Stage, StepId, Subject, Undo, Way, Work,
    clause,
};
use crate::durations;
use crate::estate::{Estate, FrontEndId, HostId, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// The slots that a Front End takes from its replica when it starts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Loads {
    slots: Vec<(StoreId, InstanceId, Option<InstanceId>)>,
    /// The SQL host in the primary slot of the user store, and its epoch.
    voter: Option<(HostId, Value)>,
}

impl Loads {
    /// What Front Ends of a pool would take in a state; none where a slot is not known.
    pub fn of(problem: &Problem, state: &State, pool: PoolId) -> Option<Self> {
        let v = problem.view(state);
        let mut slots = Vec::new();
        let mut voter = None;
        for &s in &problem.estate.pool(pool).stores {
            let primary = v.get(Field::PrimarySlot(s)).instance()?;
            let mirror = v.get(Field::MirrorSlot(s));
            if !mirror.is_known() {
                return None;
            }
            if problem.estate.store(s).kind == DatabaseType::User {
                let host = problem.estate.host_of(primary);
                voter = Some((host, v.get(Field::Epoch(host))));
            }
            slots.push((s, primary, mirror.instance()));
        }
        Some(Self { slots, voter })
    }

    /// What must hold for the start to take just these: they are published, the replica has them, and the SQL host that the
    /// Front End counts as voter is the one that it was.
    pub fn requires(&self, f: FrontEndId) -> Vec<Clause> {
        let mut requires = vec![clause(Condition::Is(Field::Replica(f), Value::Current), rules::K4)];
        for &(s, primary, mirror) in &self.slots {
            requires.push(clause(Condition::Is(Field::PrimarySlot(s), primary.into()), rules::SLOT));
            requires.push(clause(Condition::Is(Field::MirrorSlot(s), mirror.into()), rules::SLOT));
        }
        // A host that is built anew meanwhile would be counted as the machine that it no longer is.
        let known = self.voter.filter(|(_, epoch)| epoch.is_known());
        requires.extend(known.map(|(h, epoch)| clause(Condition::Is(Field::Epoch(h), epoch), rules::VOTER)));
        requires
    }

    /// With these slots the Front End must find the user store.
    pub fn back_end(&self, estate: &Estate) -> Option<Clause> {
        let user = self.slots.iter().find(|(s, ..)| estate.store(*s).kind == DatabaseType::User)?;
        Some(clause(Predicate::Reaches(user.0, user.1, user.2), rules::BACKEND))
    }

    /// What is true once the Front End has started.
    pub fn effect(&self, f: FrontEndId) -> Vec<Write> {
        let mut end = vec![
            write(Field::Services(f), Value::Running),
            write(Field::VoterEpoch(f), self.voter.map_or(Value::Unknown, |(_, epoch)| epoch)),
            write(Field::StartedSinceMirror(f), Value::Yes),
        ];
        for &(s, primary, mirror) in &self.slots {
            end.push(write(Field::LoadedPrimary(f, s), primary));
            end.push(write(Field::LoadedMirror(f, s), mirror));
        }
        end
    }

    /// What a restart achieves: the slots are loaded, and the services run.
    pub fn achieves(&self, f: FrontEndId) -> Vec<Condition> {
        let same = |w: Write| match w.field {
            Field::VoterEpoch(_) => None,
            _ => Some(Condition::Is(w.field, w.value)),
        };
        self.effect(f).into_iter().filter_map(same).collect()
    }
}

/// Whether a Front End has a reason to start again: other slots, an unknown topology, mirrors created since, services
/// that do not run.
pub fn due(problem: &Problem, state: &State, f: FrontEndId, loads: &Loads) -> bool {
    let v = problem.view(state);
    loads.achieves(f).iter().any(|c| !c.eval(v).holds())
}

/// What happens to the step's purpose after it, as its id says it.
pub fn named_purpose(problem: &Problem, loads: &Loads) -> String {
    super::purpose(purpose(loads), loads.slots.iter().any(|&(s, primary, _)| problem.is_meanwhile(s, primary)))
}

/// The same without a word for slots that only lead to the declared ones: named by what the pool's topology is then, so that the same purpose has
/// the same id in a later plan.
pub fn purpose(loads: &Loads) -> &'static str {
    if loads.slots.iter().any(|(_, _, mirror)| mirror.is_some()) { "mirroring" } else { "store" }
}

/// The stage of a restart, by the same measure.
pub fn stage(loads: &Loads) -> Stage {
    if purpose(loads) == "mirroring" { Stage::Protect } else { Stage::Follow }
}

/// The commands that stop and start a Front End.
pub fn stop(problem: &Problem, f: FrontEndId) -> Cmdlet {
    let cmdlet = Cmdlet::new("Stop-CsWindowsService").with("ComputerName", &problem.estate.front_end(f).fqdn);
    if problem.policy.graceful { cmdlet.switch("Graceful") } else { cmdlet }
}

/// As above.
pub fn start(problem: &Problem, f: FrontEndId) -> Cmdlet {
    Cmdlet::new("Start-CsWindowsService").with("ComputerName", &problem.estate.front_end(f).fqdn)
}

/// Restart a Front End.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Restart {
    front_end: FrontEndId,
    loads: Loads,
    /// Whether its services are known to stand: what is left of a restart is a start, and takes no vote from anybody.
    stands: bool,
}

impl Restart {
    /// What the others of the pool must be able to do without it. Nothing, where they do without it already.
    fn spared(&self, estate: &Estate) -> Vec<Clause> {
        let (f, pool) = (self.front_end, estate.front_end(self.front_end).pool);
        if self.stands {
            return vec![
                clause(Condition::Is(Field::Services(f), Value::Stopped), rules::ROLE),
                clause(Predicate::Joins(pool, f), rules::G2),
            ];
        }
        let others = estate.pool(pool).front_ends.iter().filter(|&&g| g != f);
        let run = others.map(|&g| clause(Condition::Is(Field::Services(g), Value::Running), rules::ROUTING));
        std::iter::once(clause(Predicate::Spares(pool, f), rules::G2)).chain(run).collect()
    }
}

impl Declare for Restart {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        if !problem.policy.accept_outage {
            return Vec::new();
        }
        let mut all = Vec::new();
        for pool in problem.pools() {
            let Some(loads) = Loads::of(problem, state, pool) else { continue };
            let front_ends = &problem.estate.pool(pool).front_ends;
            // A Front End that stands still within a full stop is started by the rest of that step.
            // One whose services are disabled does not start by starting.
            let services = |f| problem.view(state).get(Field::Services(f));
            let other = |f| matches!(services(f), Value::AnnouncedStop | Value::Disabled);
            let due = front_ends.iter().filter(|&&f| !other(f) && due(problem, state, f, &loads));
            let stands = |f| services(f) == Value::Stopped;
            all.extend(due.map(|&f| Self { front_end: f, loads: loads.clone(), stands: stands(f) }));
        }
        all
    }

    fn order(&self) -> u16 {
        self.front_end.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let f = self.front_end;
        let pool = estate.front_end(f).pool;
        let mut requires = self.loads.requires(f);
        requires.extend(self.spared(estate));
        requires.extend(self.loads.back_end(estate));
        let others = estate.pool(pool).front_ends.iter().filter(|&&g| g != f);
        let names: Vec<String> = others.map(|&g| estate.front_end(g).fqdn.to_string()).collect();
        let start = start(problem, f);
        Declaration {
            id: StepId(format!("restart/{}/{}", estate.front_end(f).fqdn, named_purpose(problem, &self.loads))),
            title: Phrase::new(if self.stands { "Start " } else { "Restart " }).front_end(f),
            requires,
            achieves: self.loads.achieves(f),
            begin: vec![write(Field::Services(f), Value::Stopped)],
            end: self.loads.effect(f),
            partial: vec![vec![
                Vec::new(),
                vec![write(Field::Services(f), Value::Stopped)],
                vec![write(Field::Services(f), Value::Starting)],
                self.loads.effect(f),
            ]],
            ways: vec![Way {
                performer: Performer::Cmdlet,
                requires: Vec::new(),
                rights: vec!["RTCUniversalServerAdmins", "local Administrators on the Front End"],
                call: Call::Cmdlets(if self.stands { vec![start] } else { vec![stop(problem, f), start] }),
                limit: Some(60 * 60),
                settle: 30 * 60,
                evidence: Evidence::Documented,
                source: "the procedure, step 4: restart services; one at a time: topologies and components for Front End Servers",
                retry: true,
            }],
            risks: if self.stands { Vec::new() } else { vec![(Vec::new(), Risk::Outage)] },
            loses: Vec::new(),
            ends: (!self.stands).then_some("the sign-in of the users of one Front End, for minutes"),
            undo: Undo::NotApplicable,
            duration: if self.stands { durations::START } else { durations::RESTART },
            group: Some(Group::Pool(pool)),
            subject: Subject::Pool(pool),
            stops_harm: false,
            work: Work::Restart,
            origin: if purpose(&self.loads) == "store" {
                Origin { sentences: &["4.restart"], deviation: Some("one-at-a-time") }
            } else {
                Origin { sentences: &[], deviation: Some("restart-after-mirroring") }
            },
            stage: stage(&self.loads),
            notes: if names.is_empty() || self.stands {
                Vec::new()
            } else {
                vec![Phrase::new(format!("{} must run meanwhile; stop neither", join(&names)))]
            },
        }
    }
}
