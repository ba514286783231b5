//! Bring the data of a store back into databases that were created anew: a person does it from the site's own backup,
//! because no tool knows where that lies. User data need every Front End of the pool stopped, announced.

use super::restart::{Loads, start, stop};
use super::{Declare, pool_id};
use crate::call::{Cmdlet, Task};
use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{
    Clause, Declaration, Evidence, Group, Origin, Phrase, Risk, Stage, StepId, Subject, Undo, Way, Work, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, FrontEndId, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// Bring the data of one type back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BringBack {
    store: StoreId,
    at: InstanceId,
    /// The databases that are empty.
    databases: Vec<DatabaseId>,
    /// Copies elsewhere that may still lie on the disks of fenced hosts: the backup begins a new history beside them.
    others: Vec<(DatabaseId, InstanceId)>,
    /// Databases whose other copies were given up by name.
    given_up: Vec<DatabaseId>,
    /// What the Front Ends take when they start again; only user data need them stopped.
    loads: Option<Loads>,
}

impl BringBack {
    fn of(problem: &Problem, state: &State, store: StoreId) -> Option<Self> {
        let v = problem.view(state);
        let at = v.get(Field::PrimarySlot(store)).instance()?;
        let part = problem.estate.store(store);
        let is_empty = |d: &&DatabaseId| v.get(Field::Content(**d, at)) == Value::Fresh;
        let databases: Vec<DatabaseId> = part.databases.iter().filter(is_empty).copied().collect();
        if databases.is_empty() || part.kind == DatabaseType::CentralMgmt {
            return None;
        }
        let loads = if part.kind == DatabaseType::User {
            let allowed = problem.policy.allow_full_stop && problem.policy.accept_outage;
            Some(Loads::of(problem, state, part.pool).filter(|_| allowed && can_stop(problem, state, part.pool))?)
        } else {
            None
        };
        let elsewhere = |d: DatabaseId| part.instances.iter().filter(move |&&x| x != at).map(move |&x| (d, x));
        let there = |&(d, x): &(DatabaseId, InstanceId)| v.get(Field::Content(d, x)) != Value::Nothing;
        // The store's whole history begins anew, also that of databases that filled again by themselves.
        let others: Vec<_> = part.databases.iter().flat_map(|&d| elsewhere(d)).filter(there).collect();
        let contested = |d: &&DatabaseId| others.iter().any(|(x, _)| x == *d) && problem.gives_up(**d);
        let given_up = databases.iter().filter(contested).copied().collect();
        Some(Self { store, at, databases, others, given_up, loads })
    }

    fn front_ends<'a>(&self, problem: &'a Problem) -> &'a [FrontEndId] {
        let pool = problem.estate.store(self.store).pool;
        if self.loads.is_some() { &problem.estate.pool(pool).front_ends } else { &[] }
    }

    fn requirement(&self, problem: &Problem) -> Vec<Clause> {
        let (estate, at) = (&problem.estate, self.at);
        let mut requires = vec![clause(Condition::Is(Field::PrimarySlot(self.store), at.into()), rules::SLOT)];
        for &d in &self.databases {
            requires.push(clause(Predicate::Serves(d, at), rules::ANSWERS));
            requires.push(clause(Condition::Is(Field::Content(d, at), Value::Fresh), rules::ROLE));
            requires.push(clause(Predicate::NoOtherCopy(d, estate.host_of(at)), rules::LAST));
        }
        let given_up = |d: &DatabaseId| self.given_up.contains(d) || !self.databases.contains(d);
        let kept = self.others.iter().filter(|(d, _)| !given_up(d));
        requires.extend(kept.map(|&(d, x)| clause(Condition::Is(Field::Content(d, x), Value::Nothing), rules::LOSS)));
        if let Some(loads) = &self.loads {
            requires.extend(self.front_ends(problem).iter().flat_map(|&f| loads.requires(f)));
        }
        requires.sort_by(|a, b| a.condition.cmp(&b.condition));
        requires.dedup();
        requires
    }

    /// What is true of the databases once their data are back.
    fn effect(&self, databases: &[DatabaseId]) -> Vec<Write> {
        let back = databases.iter().map(|&d| write(Field::Content(d, self.at), Value::Complete));
        let also = |d: &DatabaseId| databases.contains(d) || !self.databases.contains(d);
        let others = self.others.iter().filter(|(d, _)| also(d));
        back.chain(others.map(|&(d, x)| write(Field::Content(d, x), Value::Superseded))).collect()
    }

    fn task(&self, problem: &Problem) -> Task {
        let estate = &problem.estate;
        let store = estate.store(self.store);
        let front_ends = self.front_ends(problem);
        Task::BringBack {
            pool: estate.pool(store.pool).fqdn.clone(),
            kind: store.kind,
            on: estate.instance(self.at).name.clone(),
            databases: self.databases.iter().map(|&d| estate.database(d).name.clone()).collect(),
            import: import(&estate.pool(store.pool).fqdn, store.kind),
            // Stopped in one order, started in the reverse one (operations §11.3, G2).
            stop: front_ends.iter().rev().map(|&f| stop(problem, f)).collect(),
            start: front_ends.iter().map(|&f| start(problem, f)).collect(),
        }
    }

    fn origin(&self, problem: &Problem) -> Origin {
        let (sentences, deviation): (&'static [&'static str], _) = match problem.estate.store(self.store).kind {
            DatabaseType::User => (&["b.stop", "b.import", "b.start"], "stop-every-front-end"),
            DatabaseType::Application => (&["b.rgs"], "by-hand"),
            _ => (&["b.restore", "b.user"], "by-hand"),
        };
        Origin { sentences, deviation: Some(deviation) }
    }
}

/// The cmdlet that imports, where there is one.
fn import(pool: &topology::names::Fqdn, kind: DatabaseType) -> Option<Cmdlet> {
    let archive = |of: &str| format!("<FILL IN: archive of {of}>");
    match kind {
        DatabaseType::User => {
            Some(Cmdlet::new("Import-CsUserData").with("PoolFqdn", pool).with("FileName", archive("Export-CsUserData")))
        }
        DatabaseType::Application => Some(
            Cmdlet::new("Import-CsRgsConfiguration")
                .with("Destination", format!("service:ApplicationServer:{pool}"))
                .with("FileName", archive("Export-CsRgsConfiguration"))
                .switch("OverwriteOwner"),
        ),
        _ => None,
    }
}

/// One whose services are disabled does not start by starting.
fn can_stop(problem: &Problem, state: &State, pool: PoolId) -> bool {
    let v = problem.view(state);
    let disabled = |&f: &FrontEndId| v.get(Field::Services(f)) == Value::Disabled;
    !problem.estate.pool(pool).front_ends.iter().any(disabled)
}

impl Declare for BringBack {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        problem.wishes.iter().filter_map(|w| Self::of(problem, state, w.store)).collect()
    }

    fn order(&self) -> u16 {
        self.store.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let store = estate.store(self.store);
        let front_ends = self.front_ends(problem);
        let stops = self.loads.is_some();
        let services = |f: FrontEndId| self.loads.iter().flat_map(move |l| l.effect(f)).collect::<Vec<_>>();
        // An import is one piece; restores go database by database.
        let pieces: Vec<Vec<Write>> = match store.kind {
            DatabaseType::User | DatabaseType::Application => vec![self.effect(&self.databases)],
            _ => self.databases.iter().map(|&d| self.effect(&[d])).collect(),
        };
        let standing = |&f: &FrontEndId| vec![vec![write(Field::Services(f), Value::AnnouncedStop)], services(f)];
        let running = front_ends.iter().map(|&f| Condition::Is(Field::Services(f), Value::Running));
        let back = |&d: &DatabaseId| Condition::Is(Field::Content(d, self.at), Value::Complete);
        let way = Way {
            // Front Ends that start cold take their time (operations §11.3).
            settle: if stops { 75 * 60 } else { 0 },
            ..Way::person(
                self.task(problem),
                Evidence::Documented,
                "restoring an Enterprise Edition Back End Server; restoring Monitoring or Archiving data; operations 5.2",
            )
        };
        let rights: &[&str] = if stops {
            &["RTCUniversalServerAdmins", "local Administrators on every Front End"]
        } else if store.kind == DatabaseType::Application {
            &["RTCUniversalServerAdmins"]
        } else {
            &["sysadmin on the SQL Server"]
        };
        let risk = if !self.given_up.is_empty() {
            Risk::KnownLoss
        } else if stops {
            Risk::Outage
        } else {
            Risk::None
        };
        let title = Phrase::new(format!("Bring the data of {} back from the backup", store.kind));
        Declaration {
            requires: self.requirement(problem),
            achieves: self.databases.iter().map(back).chain(running).collect(),
            begin: front_ends.iter().map(|&f| write(Field::Services(f), Value::AnnouncedStop)).collect(),
            end: pieces.iter().flatten().copied().chain(front_ends.iter().flat_map(|&f| services(f))).collect(),
            partial: pieces
                .iter()
                .map(|p| vec![Vec::new(), p.clone()])
                .chain(front_ends.iter().map(standing))
                .collect(),
            ways: vec![way.by(rights)],
            risks: vec![(Vec::new(), risk)],
            loses: self.given_up.clone(),
            ends: stops.then_some("the service of the whole pool"),
            undo: Undo::Irreversible("what was written after the backup is given up for good"),
            group: matches!(store.kind, DatabaseType::User | DatabaseType::Application)
                .then_some(Group::Pool(store.pool)),
            stops_harm: super::unserved(problem, estate.host_of(self.at)),
            work: if stops { Work::FullStop } else { Work::Change },
            notes: vec![Phrase::new("as the last backup has it; cstopo has not read how old that is")],
            ..Declaration::of(
                StepId(format!("{}/{}", pool_id("bring-back", estate, store.pool), store.kind)),
                if stops { title.words("; all Front Ends stopped") } else { title },
                Subject::Pool(store.pool),
                if stops { durations::IMPORT_USER_DATA } else { durations::BRING_BACK },
                Stage::Serve,
                self.origin(problem),
            )
        }
    }
}
