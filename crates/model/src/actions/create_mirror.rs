//! Create the mirrors of a database type: copied from the primary slot to the mirror slot, under guard G1.

use super::{Declare, back_end_lost, mirror_lost, pool_id, purpose, young};
use crate::call::{Call, Cmdlet};
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, Estate, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// Create the mirrors of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreateMirror {
    store: StoreId,
    from: InstanceId,
    to: InstanceId,
    witness: Option<InstanceId>,
    /// The databases that are left to create.
    create: Vec<DatabaseId>,
    /// The databases whose session already runs and synchronises.
    synchronizing: Vec<DatabaseId>,
    /// Whether copies without a session lie on `to` and must be dropped first.
    leftovers: bool,
}

impl CreateMirror {
    /// What is true of one database once its mirror is synchronised.
    fn effect(&self, d: DatabaseId) -> Vec<Write> {
        let (from, to) = (self.from, self.to);
        let link = if self.witness.is_some() { Value::Connected } else { Value::Nothing };
        let mut end = vec![
            write(Field::Role(d, from), Value::Principal),
            write(Field::Role(d, to), Value::Mirror),
            write(Field::Content(d, to), Value::Complete),
        ];
        for i in [from, to] {
            end.extend([
                write(Field::Session(d, i), Value::Synchronized),
                write(Field::Safety(d, i), Value::Full),
                write(Field::Witness(d, i), self.witness),
                write(Field::WitnessLink(d, i), link),
            ]);
        }
        end
    }

    /// Alternatives of one database: nothing, RESTORING without a session, SYNCHRONIZING, SYNCHRONIZED.
    fn alternatives(&self, d: DatabaseId, estate: &Estate) -> Vec<Vec<Write>> {
        let to = self.to;
        let restoring = vec![write(Field::Role(d, to), Value::Restoring), write(Field::Content(d, to), Value::Nothing)];
        let synchronizing = [self.effect(d), self.side(estate)]
            .concat()
            .into_iter()
            .map(|w| match w.field {
                Field::Session(..) => write(w.field, Value::Synchronizing),
                Field::Content(..) => write(w.field, Value::Behind),
                _ => w,
            })
            .collect();
        let done = [self.effect(d), self.side(estate)].concat();
        if self.synchronizing.contains(&d) {
            vec![Vec::new(), done]
        } else {
            vec![Vec::new(), restoring, synchronizing, done]
        }
    }

    /// What a new mirror asks of the pools that use the store; one that runs already has asked for it.
    fn side(&self, estate: &Estate) -> Vec<Write> {
        let mut end = Vec::new();
        if self.create.is_empty() {
            return end;
        }
        for &pool in &estate.store(self.store).users {
            end.push(write(Field::Tested(pool), Value::No));
            end.push(write(Field::LogBackups(pool), Value::No));
            let front_ends = estate.pool(pool).front_ends.iter();
            end.extend(front_ends.map(|&f| write(Field::StartedSinceMirror(f), Value::No)));
        }
        end
    }

    fn cmdlet(&self, problem: &Problem) -> Cmdlet {
        let estate = &problem.estate;
        let from = &estate.instance(self.from).name;
        let mut cmdlet = Cmdlet::new("Install-CsMirrorDatabase")
            .with("DatabaseType", estate.store(self.store).kind)
            .with("SqlServerFqdn", &from.host);
        if !from.name.is_default() {
            cmdlet = cmdlet.with("SqlInstanceName", &from.name);
        }
        cmdlet = cmdlet.with("FileShare", problem.policy.seed_share.as_deref().unwrap_or_default());
        let all = &estate.store(self.store).databases;
        let done: Vec<String> =
            all.iter().filter(|d| !self.create.contains(d)).map(|&d| estate.database(d).name.clone()).collect();
        if !done.is_empty() {
            cmdlet = cmdlet.list("ExcludeDatabaseList", done);
        }
        if self.leftovers {
            cmdlet = cmdlet.switch("DropExistingDatabasesOnMirror");
        }
        cmdlet.without("Confirm").switch("Verbose")
    }
}

impl Declare for CreateMirror {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        if problem.policy.seed_share.is_none() {
            return Vec::new();
        }
        let mut all = Vec::new();
        for wish in problem.wishes.iter() {
            let s = wish.store;
            let slots = (v.get(Field::PrimarySlot(s)).instance(), v.get(Field::MirrorSlot(s)).instance());
            let (Some(from), Some(to)) = slots else { continue };
            let of = |test: &dyn Fn(DatabaseId) -> bool| -> Vec<DatabaseId> {
                problem.estate.store(s).databases.iter().copied().filter(|&d| test(d)).collect()
            };
            let create = of(&|d| v.get(Field::Session(d, from)) == Value::NoSession);
            // A mirror that was there before and catches up again is not this step's.
            let made = young(problem, s);
            let synchronizing = of(&|d| {
                made && v.get(Field::Session(d, from)) == Value::Synchronizing
                    && v.get(Field::Safety(d, from)) != Value::Off
            });
            let leftovers = create.iter().any(|&d| v.get(Field::Role(d, to)) == Value::Restoring);
            let witness = v.get(Field::WitnessSlot(s)).instance();
            if !(create.is_empty() && synchronizing.is_empty()) {
                all.push(Self { store: s, from, to, witness, create, synchronizing, leftovers });
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
        let (from, to) = (self.from, self.to);
        let mut requires = vec![
            clause(Condition::Is(Field::PrimarySlot(self.store), from.into()), rules::K7),
            clause(Condition::Is(Field::MirrorSlot(self.store), to.into()), rules::K7),
            clause(Condition::Is(Field::Answers(from), Value::Yes), rules::ANSWERS),
            clause(Condition::Is(Field::Answers(to), Value::Yes), rules::ANSWERS),
        ];
        // The cmdlet asks all three machines for their accounts (operations §6.1).
        if let Some(w) = self.witness.filter(|_| !self.create.is_empty()) {
            requires.push(clause(Condition::Is(Field::Answers(w), Value::Yes), rules::ANSWERS));
        }
        if !self.create.is_empty() {
            requires.push(clause(Condition::Is(Field::Ready(to), Value::Yes), rules::READY));
        }
        // A publish that took only some stores of the pool has not ended, and nothing later starts before it has.
        for wish in problem.managed(store.pool).filter(|w| w.wants_mirror() && w.store != self.store) {
            requires.push(clause(Condition::IsNot(Field::MirrorSlot(wish.store), Value::Nothing), rules::K7));
        }
        for &d in &self.create {
            requires.push(clause(Condition::Is(Field::Session(d, from), Value::NoSession), rules::K7));
            requires.push(clause(Condition::Is(Field::Session(d, to), Value::NoSession), rules::K7));
            requires.push(clause(Predicate::Serves(d, from), rules::G1));
            requires.push(clause(Condition::Is(Field::Content(d, from), Value::Complete), rules::G1));
            requires.push(clause(Predicate::NoLiveCopy(d, to), rules::G1));
        }
        for &d in &self.synchronizing {
            requires.push(clause(Predicate::Serves(d, from), rules::G1));
        }
        let databases = || self.create.iter().chain(&self.synchronizing).copied();
        let mut megabytes = Some(0);
        for d in databases() {
            megabytes = megabytes.zip(estate.database(d).megabytes).map(|(sum, mb)| sum + mb);
        }
        let lost = back_end_lost(problem, estate.host_of(from));
        let size = megabytes.map_or_else(String::new, |mb| format!(", {}", gigabytes(mb)));
        let way = |performer, call, source, retry| Way {
            performer,
            requires: Vec::new(),
            rights: vec!["RTCUniversalServerAdmins", "sysadmin and local Administrators on both SQL Servers"],
            call,
            limit: Some(30 * 60 + u32::try_from(megabytes.unwrap_or(20 * 1024) / 1024).unwrap_or(0) * 60),
            settle: 30 * 60,
            evidence: Evidence::Documented,
            source,
            retry,
        };
        Declaration {
            id: StepId(format!(
                "{}/{}",
                pool_id(&purpose("mirror", problem.is_meanwhile(self.store, from)), estate, store.pool),
                store.kind
            )),
            title: Phrase::new(format!("Create mirror of {}{size}", store.kind)),
            requires,
            achieves: databases()
                .flat_map(|d| [from, to].map(|i| Condition::Is(Field::Session(d, i), Value::Synchronized)))
                .collect(),
            begin: self
                .create
                .iter()
                .flat_map(|&d| {
                    [write(Field::Role(d, to), Value::Restoring), write(Field::Content(d, to), Value::Nothing)]
                })
                .collect(),
            end: databases().flat_map(|d| self.effect(d)).chain(self.side(estate)).collect(),
            partial: databases().map(|d| self.alternatives(d, estate)).collect(),
            ways: if self.create.is_empty() {
                vec![way(Performer::Wait, Call::Wait, "the session runs and synchronises", true)]
            } else {
                vec![way(
                    Performer::Cmdlet,
                    Call::Cmdlets(vec![self.cmdlet(problem)]),
                    "the procedure, step 10; Install-CsMirrorDatabase",
                    false,
                )]
            },
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::Costly("end mirroring again"),
            duration: durations::create_mirror(megabytes),
            group: None,
            subject: Subject::Pool(store.pool),
            stops_harm: false,
            work: Work::Change,
            origin: Origin {
                sentences: match () {
                    () if lost => &["b.mirror"],
                    () if mirror_lost(problem, estate.host_of(to)) => &["m.7"],
                    () => &["10.install", "10.wizard", "10.mirror"],
                },
                deviation: Some(if lost { "mirror-after-data" } else { "create-by-cmdlet" }),
            },
            stage: Stage::Protect,
            notes: vec![
                Phrase::new("direction ").instance(from).words(" to ").instance(to),
                Phrase::new("guard before it: ")
                    .instance(from)
                    .words(" serves, ")
                    .instance(to)
                    .words(" has no live copy"),
            ],
        }
    }
}

fn gigabytes(mb: u64) -> String {
    let tenths = (mb * 10 + 512) / 1024;
    if tenths.is_multiple_of(10) || tenths >= 100 {
        format!("{} GB", (tenths + 5) / 10)
    } else {
        format!("{}.{} GB", tenths / 10, tenths % 10)
    }
}
