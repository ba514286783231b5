//! Mirror a database type again with its slots as they are: by T-SQL, from the mirror slot to a rebuilt primary slot. Only
//! for pools whose slots cannot be exchanged, because they hold the Central Management store. Nobody describes it for this
//! product, and Front Ends have no back end from the end of the old session to the begin of the new one (rules K5).

use super::{Declare, pool_id, set_witness};
use crate::call::{Batch, Call, Statement};
use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{
    Clause, Declaration, Evidence, Origin, Performer, Phrase, Risk, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::{Problem, Wanted, Wish};
use crate::rules;
use crate::view::View;

/// The port of an endpoint that is created: the default of the topology (operations §6.1).
const PORT: u16 = 5022;

/// The port on which an instance mirrors. An endpoint that exists keeps its own port, whatever the topology says.
fn port(problem: &Problem, at: InstanceId) -> u16 {
    problem.ports.get(&at).copied().unwrap_or(PORT)
}

/// The pool on whose account the slots of a store cannot be exchanged.
pub fn kept_for(v: View<'_>, s: StoreId) -> Option<PoolId> {
    let holds = |p: &&PoolId| v.get(Field::HoldsCms(**p)) == Value::Yes;
    v.estate.store(s).users.iter().find(holds).copied()
}

/// Mirror one type again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Remirror {
    store: StoreId,
    /// The pool that holds the Central Management store.
    kept_for: PoolId,
    /// In the mirror slot: it serves.
    from: InstanceId,
    /// In the primary slot: it was built anew.
    to: InstanceId,
    /// The databases that are left to copy.
    copy: Vec<DatabaseId>,
    /// Those of them whose old session is remembered.
    remembered: Vec<DatabaseId>,
    /// The databases whose new session already runs and synchronises.
    synchronizing: Vec<DatabaseId>,
    /// The witness of the topology, if it answers and none is declared against it.
    witness: Option<InstanceId>,
}

impl Remirror {
    /// Whether the slots may stay as they are, and users may be out for it.
    fn allowed(problem: &Problem, wish: &Wish, to: InstanceId, from: InstanceId) -> bool {
        let wanted = wish.mirror_beside(to) == Wanted::One(from) && wish.primaries().contains(&to);
        let users = problem.estate.store(wish.store).kind == DatabaseType::User;
        let policy = &problem.policy;
        let outage = !users || (policy.allow_full_stop && policy.accept_outage);
        wanted && outage && policy.allow_undocumented && policy.seed_share.is_some()
    }

    fn of(problem: &Problem, state: &State, wish: &Wish) -> Option<Self> {
        let (v, s) = (problem.view(state), wish.store);
        let to = v.get(Field::PrimarySlot(s)).instance()?;
        let from = v.get(Field::MirrorSlot(s)).instance()?;
        let kept_for = kept_for(v, s).filter(|_| Self::allowed(problem, wish, to, from))?;
        let of = |test: &dyn Fn(DatabaseId) -> bool| -> Vec<DatabaseId> {
            problem.estate.store(s).databases.iter().copied().filter(|&d| test(d)).collect()
        };
        let is = |field, value| v.get(field) == value;
        let empty = |d| is(Field::Role(d, to), Value::Absent) || is(Field::Role(d, to), Value::Restoring);
        let remembers =
            |d| is(Field::Role(d, from), Value::Principal) && is(Field::Session(d, from), Value::Disconnected);
        let copy = of(&|d| empty(d) && (remembers(d) || is(Field::Role(d, from), Value::Unmirrored)));
        let remembered = copy.iter().copied().filter(|&d| remembers(d)).collect();
        let synchronizing = of(&|d| {
            is(Field::Role(d, to), Value::Mirror)
                && is(Field::Role(d, from), Value::Principal)
                && is(Field::Session(d, from), Value::Synchronizing)
        });
        let witness = v.get(Field::WitnessSlot(s)).instance().filter(|&w| v.get(Field::Answers(w)) == Value::Yes);
        let witness = witness.filter(|_| wish.witness != Wanted::Nothing && !copy.is_empty());
        let any = !(copy.is_empty() && synchronizing.is_empty());
        any.then_some(Self { store: s, kept_for, from, to, copy, remembered, synchronizing, witness })
    }

    fn databases(&self) -> impl Iterator<Item = DatabaseId> {
        self.copy.iter().chain(&self.synchronizing).copied()
    }

    fn requirement(&self) -> Vec<Clause> {
        let (s, from, to) = (self.store, self.from, self.to);
        let is = Condition::Is;
        let mut requires = vec![
            clause(is(Field::HoldsCms(self.kept_for), Value::Yes), rules::KEPT),
            clause(is(Field::PrimarySlot(s), to.into()), rules::SLOT),
            clause(is(Field::MirrorSlot(s), from.into()), rules::SLOT),
            clause(is(Field::Answers(from), Value::Yes), rules::ANSWERS),
            clause(is(Field::Answers(to), Value::Yes), rules::ANSWERS),
        ];
        if !self.copy.is_empty() {
            requires.push(clause(is(Field::Ready(to), Value::Yes), rules::READY));
        }
        if let Some(w) = self.witness {
            requires.push(clause(is(Field::WitnessSlot(s), w.into()), rules::SLOT));
            requires.push(clause(is(Field::Answers(w), Value::Yes), rules::ANSWERS));
        }
        for &d in &self.copy {
            requires.push(clause(is(Field::Content(d, from), Value::Complete), rules::G1));
            requires.push(clause(Predicate::NoLiveCopy(d, to), rules::G1));
        }
        requires.extend(self.databases().map(|d| clause(Predicate::Serves(d, from), rules::G1)));
        requires
    }

    /// The old session is ended on the one side; nothing is there yet on the other.
    fn ended(&self, d: DatabaseId) -> Vec<Write> {
        let (from, to) = (self.from, self.to);
        let mut writes =
            vec![write(Field::Role(d, from), Value::Unmirrored), write(Field::Content(d, to), Value::Nothing)];
        writes.extend(session(d, from, Value::NoSession, Value::Nothing, None));
        writes
    }

    /// A session of that state runs from the one to the other; it has its witness when it is SYNCHRONIZED, if not before.
    fn running(&self, problem: &Problem, d: DatabaseId, state: Value) -> Vec<Write> {
        let (from, to) = (self.from, self.to);
        let content = if state == Value::Synchronized { Value::Complete } else { Value::Behind };
        let mut writes = vec![
            write(Field::Role(d, from), Value::Principal),
            write(Field::Role(d, to), Value::Mirror),
            write(Field::Content(d, to), content),
        ];
        let witness = self.witness.filter(|_| state == Value::Synchronized && self.copy.contains(&d));
        writes.extend([from, to].into_iter().flat_map(|i| session(d, i, state, Value::Full, witness)));
        // A new mirror asks the same of the pools as one that a cmdlet makes.
        for &pool in &problem.estate.store(self.store).users {
            writes.push(write(Field::Tested(pool), Value::No));
            writes.push(write(Field::LogBackups(pool), Value::No));
            let front_ends = problem.estate.pool(pool).front_ends.iter();
            writes.extend(front_ends.map(|&f| write(Field::StartedSinceMirror(f), Value::No)));
        }
        writes
    }

    /// Nothing; the old session ended; a copy RESTORING; SYNCHRONIZING; SYNCHRONIZED.
    fn alternatives(&self, problem: &Problem, d: DatabaseId) -> Vec<Vec<Write>> {
        let done = self.running(problem, d, Value::Synchronized);
        if self.synchronizing.contains(&d) {
            return vec![Vec::new(), done];
        }
        let absent = [self.ended(d), vec![write(Field::Role(d, self.to), Value::Absent)]].concat();
        let restoring = [self.ended(d), vec![write(Field::Role(d, self.to), Value::Restoring)]].concat();
        vec![Vec::new(), absent, restoring, self.running(problem, d, Value::Synchronizing), done]
    }

    /// The order of SQL Server's page: the partner that is to be the mirror is told first.
    fn script(&self, problem: &Problem) -> Call {
        let estate = &problem.estate;
        let pool = &estate.pool(estate.store(self.store).pool).fqdn;
        let share = problem.policy.seed_share.as_deref().unwrap_or_default();
        let name = |d: DatabaseId| estate.database(d).name.clone();
        let file = |d: DatabaseId, kind: &str| format!("{share}\\{pool}-{}.{kind}", name(d));
        let partner = |d: DatabaseId, i: InstanceId| {
            let host = estate.host(estate.host_of(i)).clone();
            Statement::PartnerSet { database: name(d), host, port: port(problem, i) }
        };
        let all = |each: &dyn Fn(DatabaseId) -> Vec<Statement>| self.copy.iter().flat_map(|&d| each(d)).collect();
        let batch =
            |on: InstanceId, statements: Vec<Statement>| Batch { on: estate.instance(on).name.clone(), statements };
        // The long part first, while the old session still serves the Front Ends.
        let backup = all(&|d| vec![Statement::BackupDatabase { database: name(d), file: file(d, "bak") }]);
        let end = all(&|d| {
            let off = self.remembered.contains(&d).then(|| Statement::PartnerOff(name(d)));
            off.into_iter().chain([Statement::BackupLog { database: name(d), file: file(d, "trn") }]).collect()
        });
        let mut restore = vec![Statement::OpenEndpoint { port: port(problem, self.to) }];
        restore.extend(all(&|d| {
            vec![
                Statement::RestoreDatabase { database: name(d), file: file(d, "bak") },
                Statement::RestoreLog { database: name(d), file: file(d, "trn") },
                partner(d, self.from),
            ]
        }));
        let witness = |d: DatabaseId| {
            let set = |w| {
                let host = estate.host(estate.host_of(w)).clone();
                Statement::WitnessSet { database: name(d), host, port: set_witness::port(problem, w) }
            };
            self.witness.map(set)
        };
        let start = all(&|d| [Some(partner(d, self.to)), witness(d)].into_iter().flatten().collect());
        let (from, to) = (self.from, self.to);
        Call::SqlInTurn(vec![batch(from, backup), batch(from, end), batch(to, restore), batch(from, start)])
    }

    fn ways(&self, problem: &Problem, megabytes: Option<u64>) -> Vec<Way> {
        const SOURCE: &str = "SQL Server, ALTER DATABASE SET PARTNER; no page of the product; operations 2.3";
        let new = |performer, call| Way::new(performer, call, Evidence::Inferred, SOURCE);
        let way = if self.copy.is_empty() {
            Way { retry: true, ..new(Performer::Wait, Call::Wait) }
        } else {
            new(Performer::Tsql, self.script(problem))
        };
        let limit = 30 * 60 + u32::try_from(megabytes.unwrap_or(20 * 1024) / 1024).unwrap_or(0) * 60;
        let rights = ["sysadmin on both SQL Servers", "CONNECT on both endpoints for both service accounts"];
        vec![Way { limit: Some(limit), settle: 30 * 60, ..way.by(&rights) }]
    }
}

fn session(d: DatabaseId, i: InstanceId, state: Value, safety: Value, witness: Option<InstanceId>) -> [Write; 4] {
    let link = if witness.is_some() { Value::Connected } else { Value::Nothing };
    [
        write(Field::Session(d, i), state),
        write(Field::Safety(d, i), safety),
        write(Field::Witness(d, i), witness),
        write(Field::WitnessLink(d, i), link),
    ]
}

impl Declare for Remirror {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        problem.wishes.iter().filter_map(|w| Self::of(problem, state, w)).collect()
    }

    fn order(&self) -> u16 {
        self.store.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let store = estate.store(self.store);
        let mut megabytes = Some(0);
        for d in self.databases() {
            megabytes = megabytes.zip(estate.database(d).megabytes).map(|(sum, mb)| sum + mb);
        }
        let users = store.kind == DatabaseType::User && !self.copy.is_empty();
        let cut = |&d: &DatabaseId| [self.ended(d), vec![write(Field::Role(d, self.to), Value::Restoring)]].concat();
        let port = Phrase::new("where ").instance(self.to).words(" has an endpoint already, its own port counts");
        let out = Phrase::new("users are out until ").instance(self.to).words(" is the mirror: do not stop half-way");
        let undo = "SET PARTNER OFF again; Front Ends then have no back end until they run other slots";
        Declaration {
            requires: self.requirement(),
            achieves: self
                .databases()
                .flat_map(|d| [self.from, self.to].map(|i| Condition::Is(Field::Session(d, i), Value::Synchronized)))
                .collect(),
            begin: self.copy.iter().flat_map(cut).collect(),
            end: self.databases().flat_map(|d| self.running(problem, d, Value::Synchronized)).collect(),
            partial: self.databases().map(|d| self.alternatives(problem, d)).collect(),
            ways: self.ways(problem, megabytes),
            risks: if users { vec![(Vec::new(), Risk::Outage)] } else { Vec::new() },
            work: if users { Work::FullStop } else { Work::Change },
            ends: users.then_some("the service of the whole pool, until the mirror runs"),
            undo: Undo::Costly(undo),
            notes: if users { vec![out, port] } else { vec![port] },
            ..Declaration::of(
                StepId(format!("{}/{}", pool_id("remirror", estate, store.pool), store.kind)),
                Phrase::new(format!("Mirror {} again, slots kept", store.kind)),
                Subject::Pool(store.pool),
                durations::create_mirror(megabytes),
                Stage::Protect,
                Origin { sentences: &[], deviation: Some("remirror") },
            )
        }
    }
}
