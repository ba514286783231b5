//! Let the mirrors of running sessions catch up: one that is SUSPENDED is resumed, one whose safety is OFF gets FULL, by T-SQL
//! on the principal; one that is SYNCHRONIZING is waited for. After a forced failover a resumed session discards what the
//! former principal had not sent, so that must have been given up.

use super::{Declare, pool_id, young};
use crate::call::{Call, Statement};
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Risk, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// Synchronise the sessions of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Synchronise {
    store: StoreId,
    at: InstanceId,
    partner: InstanceId,
    /// The databases whose session is not SYNCHRONIZED.
    sessions: Vec<Session>,
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Session {
    database: DatabaseId,
    /// It stands still; else it runs.
    suspended: bool,
    /// Its safety is OFF: the principal does not wait for the mirror, and the session never becomes SYNCHRONIZED.
    asynchronous: bool,
    /// The principal is known to be complete.
    complete: bool,
    /// The mirror may hold what the principal lacks, as a former principal does after a forced failover.
    ahead: bool,
    /// What the former principal had not sent was given up by name.
    given_up: bool,
}

impl Session {
    /// Its writes, once it runs or is SYNCHRONIZED. Then the mirror holds what the principal holds, known or not.
    fn effect(self, at: InstanceId, partner: InstanceId, state: Value) -> Vec<Write> {
        let d = self.database;
        let mut writes = Vec::new();
        for i in [at, partner] {
            writes.push(write(Field::Session(d, i), state));
            writes.extend(self.asynchronous.then(|| write(Field::Safety(d, i), Value::Full)));
        }
        if self.complete || self.given_up {
            let caught_up = if state == Value::Synchronized { Value::Complete } else { Value::Behind };
            writes.push(write(Field::Content(d, partner), caught_up));
        }
        writes.extend(self.given_up.then(|| write(Field::Content(d, at), Value::Complete)));
        writes
    }

    /// What it can be left as: as it was, running, SYNCHRONIZED.
    fn alternatives(self, at: InstanceId, partner: InstanceId) -> Vec<Vec<Write>> {
        let mut all = vec![Vec::new()];
        if self.suspended || self.asynchronous {
            all.push(self.effect(at, partner, Value::Synchronizing));
        }
        all.push(self.effect(at, partner, Value::Synchronized));
        all
    }
}

impl Synchronise {
    fn of(problem: &Problem, state: &State, store: StoreId, at: InstanceId, partner: InstanceId) -> Option<Self> {
        let v = problem.view(state);
        // Mirrors that are being made are the step's that makes them.
        let slots = [(Field::PrimarySlot(store), at), (Field::MirrorSlot(store), partner)];
        let in_the_making = young(problem, store) && slots.iter().all(|&(slot, i)| v.get(slot) == i.into());
        let session = |&database: &DatabaseId| {
            let both = |value| [at, partner].iter().all(|&i| v.get(Field::Session(database, i)) == value);
            let (suspended, running) = (both(Value::Suspended), both(Value::Synchronizing));
            let asynchronous = v.get(Field::Safety(database, at)) == Value::Off;
            let pair = v.get(Field::Role(database, at)) == Value::Principal
                && v.get(Field::Role(database, partner)) == Value::Mirror;
            let due = pair && (suspended || running && (asynchronous || !in_the_making));
            let complete = v.get(Field::Content(database, at)) == Value::Complete;
            let ahead = !matches!(v.get(Field::Content(database, partner)), Value::Complete | Value::Behind);
            let given_up = suspended && !complete && problem.consents.contains(&database);
            due.then_some(Session { database, suspended, asynchronous, complete, ahead, given_up })
        };
        let sessions: Vec<_> = problem.estate.store(store).databases.iter().filter_map(session).collect();
        (!sessions.is_empty()).then_some(Self { store, at, partner, sessions })
    }

    fn statements(&self, problem: &Problem) -> Vec<Statement> {
        let name = |s: &&Session| problem.estate.database(s.database).name.clone();
        let safe = self.sessions.iter().filter(|s| s.asynchronous).map(|s| Statement::SafetyFull(name(&s)));
        let resumed = self.sessions.iter().filter(|s| s.suspended).map(|s| Statement::PartnerResume(name(&s)));
        safe.chain(resumed).collect()
    }
}

impl Declare for Synchronise {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let instances = &problem.estate.store(wish.store).instances;
            for &at in instances {
                let partners = instances.iter().filter(|&&i| i != at);
                all.extend(partners.filter_map(|&p| Self::of(problem, state, wish.store, at, p)));
            }
        }
        all
    }

    fn order(&self) -> u16 {
        self.store.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let store = estate.store(self.store);
        let (at, partner) = (self.at, self.partner);
        let mut requires = vec![
            clause(Condition::Is(Field::Answers(at), Value::Yes), rules::ANSWERS),
            clause(Condition::Is(Field::Answers(partner), Value::Yes), rules::ANSWERS),
        ];
        for s in &self.sessions {
            let d = s.database;
            let state = if s.suspended { Value::Suspended } else { Value::Synchronizing };
            let mut need = |field, value, rule| requires.push(clause(Condition::Is(field, value), rule));
            need(Field::Role(d, at), Value::Principal, rules::ROLE);
            need(Field::Role(d, partner), Value::Mirror, rules::ROLE);
            need(Field::Session(d, at), state, rules::ROLE);
            need(Field::Session(d, partner), state, rules::ROLE);
            if !s.given_up && (s.suspended || s.complete) {
                need(Field::Content(d, at), Value::Complete, rules::LOSS);
            }
            if !s.suspended {
                requires.push(clause(Predicate::Serves(d, at), rules::ANSWERS));
            }
        }
        let suspended = self.sessions.iter().any(|s| s.suspended);
        // A mirror that is behind a complete principal holds nothing that could be discarded.
        let discards = self.sessions.iter().any(|s| s.suspended && (s.ahead || !s.complete));
        let given_up: Vec<DatabaseId> = self.sessions.iter().filter(|s| s.given_up).map(|s| s.database).collect();
        let statements = self.statements(problem);
        let waits = statements.is_empty();
        let settle = 30 * 60;
        let way = if waits {
            let source = "SQL Server, mirroring states: SYNCHRONIZING; operations 8.2";
            let way = Way::new(Performer::Wait, Call::Wait, Evidence::Documented, source);
            // The time of a wait is its limit: nothing is called of which anything could settle.
            Way { limit: Some(settle), settle: 0, retry: true, ..way }
        } else {
            let call = Call::Sql { on: estate.instance(at).name.clone(), statements };
            let source = if suspended {
                "SQL Server, pausing and resuming mirroring; operations 6.8 and 15"
            } else {
                "SQL Server, changing transaction safety; operations 6.8: OFF is not supported"
            };
            let way = Way::new(Performer::Tsql, call, Evidence::Documented, source).by(&["sysadmin on the SQL Server"]);
            Way { limit: Some(60), settle, retry: true, ..way }
        };
        let title = if suspended {
            Phrase::new(format!("Resume mirroring of {} on ", store.kind)).instance(at)
        } else if waits {
            Phrase::new(format!("Mirror of {} has caught up", store.kind))
        } else {
            Phrase::new(format!("Safety FULL for {} on ", store.kind)).instance(at)
        };
        let mut notes = Vec::new();
        if suspended {
            notes.push(Phrase::new("mend first what suspended it: a full log or disk, an endpoint"));
        }
        if discards {
            notes.push(Phrase::new("what ").instance(partner).words(" had not sent is discarded"));
        }
        if self.sessions.iter().any(|s| s.asynchronous) {
            notes.push(Phrase::new("safety OFF is not supported, and never becomes SYNCHRONIZED"));
        }
        Declaration {
            requires,
            achieves: self
                .sessions
                .iter()
                .flat_map(|s| [at, partner].map(|i| Condition::Is(Field::Session(s.database, i), Value::Synchronized)))
                .collect(),
            end: self.sessions.iter().flat_map(|s| s.effect(at, partner, Value::Synchronized)).collect(),
            partial: self.sessions.iter().map(|s| s.alternatives(at, partner)).collect(),
            ways: vec![way],
            risks: vec![(
                given_up.iter().map(|&d| Condition::IsNot(Field::Content(d, at), Value::Complete)).collect(),
                if given_up.is_empty() { Risk::None } else { Risk::PossibleLoss },
            )],
            loses: given_up,
            undo: if discards {
                Undo::Irreversible("what the mirror held beyond the principal is discarded")
            } else {
                Undo::NotApplicable
            },
            work: if waits { Work::Look } else { Work::Change },
            notes,
            ..Declaration::of(
                StepId(format!("{}/{}", pool_id("synchronise", estate, store.pool), store.kind)),
                title,
                Subject::Pool(store.pool),
                durations::SYNCHRONISE,
                Stage::Protect,
                Origin { sentences: &[], deviation: Some(if suspended { "resume" } else { "synchronise" }) },
            )
        }
    }
}
