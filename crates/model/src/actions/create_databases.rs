//! Create the databases of a store whose every copy is lost: empty, on the host in the primary slot. Here creating is right,
//! because nothing that may answer holds a copy (guard G1); the data come back in a step of its own.

use super::{Declare, pool_id};
use crate::call::Cmdlet;
use crate::cms;
use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{Declaration, Evidence, Origin, Phrase, Stage, StepId, Subject, Undo, Way, clause};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::Problem;
use crate::rules;

/// Create the databases of one type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreateDatabases {
    store: StoreId,
    at: InstanceId,
    /// The databases that are not there.
    databases: Vec<DatabaseId>,
}

impl CreateDatabases {
    fn effect(&self, problem: &Problem, d: DatabaseId) -> Vec<Write> {
        let at = self.at;
        // What the product fills again by itself lacks nothing that any copy is known to hold.
        let content = if problem.recreated(d) { Value::Complete } else { Value::Fresh };
        vec![
            write(Field::Role(d, at), Value::Unmirrored),
            write(Field::Session(d, at), Value::NoSession),
            write(Field::Content(d, at), content),
            write(Field::Safety(d, at), Value::Nothing),
            write(Field::Witness(d, at), Value::Nothing),
            write(Field::WitnessLink(d, at), Value::Nothing),
        ]
    }

    /// What changed databases ask of the pools that use the store.
    fn side(&self, problem: &Problem) -> Vec<Write> {
        problem.estate.store(self.store).users.iter().map(|&p| write(Field::Tested(p), Value::No)).collect()
    }

    fn cmdlet(&self, problem: &Problem) -> Cmdlet {
        let at = &problem.estate.instance(self.at).name;
        let kind = problem.estate.store(self.store).kind;
        let cmdlet = Cmdlet::new("Install-CsDatabase");
        let named = match kind {
            DatabaseType::CentralMgmt => cmdlet.switch("CentralManagementDatabase"),
            kind => cmdlet.with("DatabaseType", kind),
        };
        let mut cmdlet = named.with("SqlServerFqdn", &at.host);
        if !at.name.is_default() {
            cmdlet = cmdlet.with("SqlInstanceName", &at.name);
        }
        cmdlet.without("Confirm").switch("Verbose")
    }
}

impl Declare for CreateDatabases {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let Some(at) = v.get(Field::PrimarySlot(wish.store)).instance() else { continue };
            let missing = |d: &&DatabaseId| v.get(Field::Role(**d, at)) == Value::Absent;
            let databases: Vec<DatabaseId> =
                problem.estate.store(wish.store).databases.iter().filter(missing).copied().collect();
            // The cmdlet creates all that are missing: so each of them has to be given up.
            if !databases.is_empty() && databases.iter().all(|&d| problem.gives_up(d)) {
                all.push(Self { store: wish.store, at, databases });
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
        let at = self.at;
        let mut requires = vec![
            clause(Condition::Is(Field::PrimarySlot(self.store), at.into()), rules::SLOT),
            clause(Condition::Is(Field::Answers(at), Value::Yes), rules::ANSWERS),
        ];
        requires.extend(cms::left(estate, self.store));
        for &d in &self.databases {
            requires.push(clause(Condition::Is(Field::Role(d, at), Value::Absent), rules::G1));
            requires.push(clause(Predicate::NoOtherCopy(d, estate.host_of(at)), rules::LAST));
        }
        let way = Way::cmdlets(
            vec![self.cmdlet(problem)],
            20 * 60,
            Evidence::Documented,
            "restoring an Enterprise Edition Back End Server: databases are created again; Install-CsDatabase",
        );
        let name = |d: &DatabaseId| estate.database(*d).name.clone();
        let by_itself: Vec<String> = self.databases.iter().filter(|&&d| problem.recreated(d)).map(name).collect();
        let mut notes = vec![Phrase::new("guard before it: no host that may answer holds a copy")];
        if !by_itself.is_empty() {
            let from = match store.kind {
                DatabaseType::User => ", from Active Directory",
                DatabaseType::CentralMgmt => ", from the pool that holds the Central Management store",
                _ => "",
            };
            let fills = if by_itself.len() == 1 { "fills" } else { "fill" };
            notes.push(Phrase::new(format!("{} {fills} again by itself{from}", super::join(&by_itself))));
        }
        let mut achieves = Vec::new();
        for &d in &self.databases {
            achieves.push(Condition::Is(Field::Role(d, at), Value::Unmirrored));
            achieves.push(Condition::IsNot(Field::Content(d, at), Value::Nothing));
        }
        let with_side = |d: DatabaseId| [self.effect(problem, d), self.side(problem)].concat();
        Declaration {
            requires,
            achieves,
            end: self.databases.iter().flat_map(|&d| self.effect(problem, d)).chain(self.side(problem)).collect(),
            partial: self.databases.iter().map(|&d| vec![Vec::new(), with_side(d)]).collect(),
            ways: vec![way.by(&["RTCUniversalServerAdmins", "sysadmin and local Administrators on the SQL Server"])],
            undo: Undo::Costly("drop the empty databases again"),
            stops_harm: super::unserved(problem, estate.host_of(at)),
            notes,
            ..Declaration::of(
                StepId(format!("{}/{}", pool_id("create-databases", estate, store.pool), store.kind)),
                Phrase::new(format!("Create the databases of {}, empty, on ", store.kind)).instance(at),
                Subject::Pool(store.pool),
                durations::CREATE_DATABASES,
                Stage::Serve,
                Origin { sentences: &["b.builder", "b.publish", "b.wizard"], deviation: Some("create-databases") },
            )
        }
    }
}
