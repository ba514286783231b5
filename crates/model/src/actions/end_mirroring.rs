//! End the mirroring sessions of a database type on the host that keeps serving: by cmdlet, and where that fails, as it is
//! known to after a change of the topology, by T-SQL.

use super::{Declare, mirror_lost, pool_id, purpose};
use crate::call::{Call, Cmdlet, Statement};
use crate::condition::{Condition, Predicate};
use crate::declaration::{
    Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::{Problem, Wanted};
use crate::rules;

/// End the sessions of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndMirroring {
    store: StoreId,
    at: InstanceId,
    /// The databases that are left.
    databases: Vec<DatabaseId>,
    /// Partners that answer: their copies are left RESTORING.
    living: Vec<InstanceId>,
    /// Whether the published slots name this pair: then the cmdlet finds a living partner.
    published: bool,
}

impl EndMirroring {
    /// Whether the wish for the store can be reached with the sessions that exist.
    fn wanted(problem: &Problem, state: &State, s: StoreId, session: Value) -> bool {
        let v = problem.view(state);
        let Some(wish) = problem.wish(s) else { return true };
        let (primary, mirror) = (v.get(Field::PrimarySlot(s)).instance(), v.get(Field::MirrorSlot(s)));
        let slots_fit = primary.is_some_and(|p| {
            let primary_fits = wish.primaries().is_empty() || wish.primaries().contains(&p);
            let mirror_fits = match wish.mirror_beside(p) {
                Wanted::Unmanaged => mirror != Value::Nothing,
                Wanted::Nothing => false,
                Wanted::One(m) => mirror == Value::Instance(m),
            };
            primary_fits && mirror_fits
        });
        slots_fit && !matches!(session, Value::Disconnected | Value::Suspended)
    }

    fn effect(&self, d: DatabaseId) -> Vec<Write> {
        let mut end = vec![
            write(Field::Role(d, self.at), Value::Unmirrored),
            write(Field::Session(d, self.at), Value::NoSession),
            write(Field::Safety(d, self.at), Value::Nothing),
            write(Field::Witness(d, self.at), Value::Nothing),
            write(Field::WitnessLink(d, self.at), Value::Nothing),
        ];
        for &i in &self.living {
            end.extend([
                write(Field::Role(d, i), Value::Restoring),
                write(Field::Session(d, i), Value::NoSession),
                write(Field::Safety(d, i), Value::Nothing),
                write(Field::Witness(d, i), Value::Nothing),
                write(Field::WitnessLink(d, i), Value::Nothing),
            ]);
        }
        end
    }
}

impl EndMirroring {
    /// The cmdlet where it can find what to end, and T-SQL.
    ///
    /// The cmdlet finds a living pair as long as the published slots name it, and is known to fail after that: there T-SQL
    /// alone is left (release notes; errata E04). With the partner gone the restoring pages name the cmdlet either way.
    fn ways(&self, problem: &Problem) -> Vec<Way> {
        let estate = &problem.estate;
        let at = &estate.instance(self.at).name;
        let mut cmdlet = Cmdlet::new("Uninstall-CsMirrorDatabase")
            .with("DatabaseType", estate.store(self.store).kind)
            .with("SqlServerFqdn", &at.host);
        if !at.name.is_default() {
            cmdlet = cmdlet.with("SqlInstanceName", &at.name);
        }
        let statements = self.databases.iter().map(|&d| Statement::PartnerOff(estate.database(d).name.clone()));
        let by_cmdlet = Way {
            performer: Performer::Cmdlet,
            requires: Vec::new(),
            rights: vec!["RTCUniversalServerAdmins", "sysadmin on the SQL Server"],
            call: Call::Cmdlets(vec![cmdlet.without("Confirm").switch("Verbose")]),
            limit: Some(5 * 60),
            settle: 30,
            evidence: Evidence::Documented,
            source: match (self.published, self.mirror_lost(problem)) {
                (true, _) => "deploying SQL mirroring: Uninstall-CsMirrorDatabase, then the topology",
                (false, true) => "restoring a mirrored Back End Server, mirror, step 3",
                (false, false) => "the procedure, step 5",
            },
            retry: false,
        };
        let unpublished = !self.living.is_empty() && !self.published;
        let by_sql = Way {
            performer: Performer::Tsql,
            requires: Vec::new(),
            rights: vec!["sysadmin on the SQL Server"],
            call: Call::Sql { on: at.clone(), statements: statements.collect() },
            limit: Some(60),
            settle: 30,
            evidence: Evidence::Field,
            source: "release notes: the cmdlet fails once the topology names no pair; ALTER DATABASE SET PARTNER OFF",
            retry: true,
        };
        if unpublished { vec![by_sql] } else { vec![by_cmdlet, by_sql] }
    }

    /// Whether what was lost is the mirror.
    fn mirror_lost(&self, problem: &Problem) -> bool {
        let mut others = problem.estate.store(self.store).instances.iter().filter(|&&i| i != self.at);
        self.living.is_empty() && others.any(|&i| mirror_lost(problem, problem.estate.host_of(i)))
    }

    fn origin(&self, problem: &Problem) -> Origin {
        if !self.living.is_empty() {
            Origin { sentences: &[], deviation: Some("end-living-pair") }
        } else if self.mirror_lost(problem) {
            Origin { sentences: &["m.3", "m.3.types"], deviation: Some("partner-off") }
        } else {
            Origin { sentences: &["5", "5.types"], deviation: Some("partner-off") }
        }
    }

    fn notes(&self, ways: usize) -> Vec<Phrase> {
        let second = Phrase::new("by SET PARTNER OFF on ").instance(self.at).words(" where the cmdlet fails");
        let mut notes: Vec<Phrase> = (ways > 1).then_some(second).into_iter().collect();
        let left =
            |&i: &InstanceId| Phrase::new("the copies on ").instance(i).words(" are left RESTORING, and serve nobody");
        notes.extend(self.living.iter().map(left));
        notes
    }
}

impl Declare for EndMirroring {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let store = problem.estate.store(wish.store);
            for &at in &store.instances {
                let ends = |d: &&DatabaseId| {
                    let session = v.get(Field::Session(**d, at));
                    v.get(Field::Role(**d, at)) == Value::Principal
                        && session.is_known()
                        && session != Value::NoSession
                        && !Self::wanted(problem, state, wish.store, session)
                };
                let databases: Vec<DatabaseId> = store.databases.iter().filter(ends).copied().collect();
                let living = |i: &&InstanceId| {
                    **i != at
                        && v.get(Field::Answers(**i)) == Value::Yes
                        && databases.iter().all(|&d| v.get(Field::Role(d, **i)) == Value::Mirror)
                };
                let living: Vec<InstanceId> = store.instances.iter().filter(living).copied().collect();
                let in_slot = |field, i: InstanceId| v.get(field) == Value::Instance(i);
                let published = living
                    .iter()
                    .any(|&i| in_slot(Field::PrimarySlot(wish.store), at) && in_slot(Field::MirrorSlot(wish.store), i));
                if !databases.is_empty() {
                    all.push(Self { store: wish.store, at, databases, living, published });
                }
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
        let mut requires = vec![clause(Condition::Is(Field::Answers(self.at), Value::Yes), rules::ANSWERS)];
        for &d in &self.databases {
            requires.push(clause(Condition::Is(Field::Role(d, self.at), Value::Principal), rules::ROLE));
            requires.push(clause(Predicate::PartnerHarmless(d, self.at), rules::PARTNER));
        }
        for &pool in &store.users {
            let front_ends = estate.pool(pool).front_ends.iter();
            let runs = front_ends.map(|&f| Predicate::RunsOnPrimary(f, self.store, self.at));
            requires.extend(runs.map(|p| clause(p, rules::K5)));
        }
        let ways = self.ways(problem);
        Declaration {
            id: StepId(format!(
                "{}/{}",
                pool_id(&purpose("end-mirroring", problem.is_meanwhile(self.store, self.at)), estate, store.pool),
                store.kind
            )),
            title: Phrase::new(format!("End mirroring of {} on ", store.kind)).instance(self.at),
            requires,
            achieves: self
                .databases
                .iter()
                .flat_map(|&d| {
                    [Condition::Is(Field::Session(d, self.at), Value::NoSession), Predicate::Serves(d, self.at).into()]
                })
                .collect(),
            begin: Vec::new(),
            end: self.databases.iter().flat_map(|&d| self.effect(d)).collect(),
            partial: self.databases.iter().map(|&d| vec![Vec::new(), self.effect(d)]).collect(),
            notes: self.notes(ways.len()),
            ways,
            risks: Vec::new(),
            loses: Vec::new(),
            ends: Some(if self.living.is_empty() {
                "the memory of the lost partner"
            } else {
                "the protection by the partner"
            }),
            undo: Undo::Costly("create the mirror again: backup, restore, synchronise"),
            duration: durations::END_SESSION,
            group: None,
            subject: Subject::Pool(store.pool),
            stops_harm: false,
            work: Work::Change,
            origin: self.origin(problem),
            stage: Stage::Follow,
        }
    }
}
