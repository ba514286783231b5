//! Small estates for tests: the seed's night in every variation, built without files.
#![allow(dead_code)] // every test takes what it needs

use model::database_type::DatabaseType;
use model::estate::{Estate, InstanceId, Parts, PoolPart, Product, StorePart};
use model::field::{Field, State, Value};
use model::problem::{Policy, Problem, Slots, Wanted, Wish};
use topology::names::{Fqdn, SqlInstance};

pub mod cms;
pub mod many;
pub mod world;

/// A fully qualified name.
pub fn fqdn(text: &str) -> Fqdn {
    text.parse().unwrap()
}

/// A SQL Server instance.
pub fn sql(text: &str) -> SqlInstance {
    text.parse().unwrap()
}

pub const FOUR: [DatabaseType; 4] =
    [DatabaseType::User, DatabaseType::Application, DatabaseType::Archiving, DatabaseType::Monitoring];

/// pool01 with its Front Ends; be1 dead in the primary slot, be2 MIRROR and DISCONNECTED, all SYNCHRONIZED at the loss;
/// desired: be2 is the store, be1 the mirror.
pub fn seed(types: &[DatabaseType], front_ends: usize) -> Problem {
    let instances = [sql("be1.contoso.com\\RTC"), sql("be2.contoso.com\\RTC")];
    let sizes = |kind: DatabaseType| -> Vec<(String, u64)> {
        let all = match kind {
            DatabaseType::User => 14 * 1024,
            DatabaseType::Application => 102,
            DatabaseType::Archiving => 7 * 1024,
            DatabaseType::Monitoring => 21 * 1024,
            _ => 1024,
        };
        let n = kind.databases().len() as u64;
        kind.databases().iter().map(|d| ((*d).to_owned(), all / n)).collect()
    };
    let parts = Parts {
        pools: vec![PoolPart {
            fqdn: fqdn("pool01.contoso.com"),
            product: Product::Lync2013,
            front_ends: (1..=front_ends).map(|n| fqdn(&format!("fe{n}.contoso.com"))).collect(),
        }],
        stores: types
            .iter()
            .map(|&kind| StorePart {
                users: vec![fqdn("pool01.contoso.com")],
                kind,
                megabytes: sizes(kind).into_iter().collect(),
                instances: instances.to_vec(),
            })
            .collect(),
        instances: Vec::new(),
        cms: None,
    };
    let estate = Estate::new(parts).unwrap();
    let (be1, be2) = (InstanceId(0), InstanceId(1));
    let mut state = State::unknown(&estate);
    let mut set = |field, value: Value| state.set(&estate, field, value);
    let (h1, h2) = (estate.host_of(be1), estate.host_of(be2));
    for (h, up) in [(h1, Value::No), (h2, Value::Yes)] {
        set(Field::Reachable(h), up);
        set(Field::Fenced(h), Value::No);
        set(Field::Epoch(h), Value::Original);
    }
    set(Field::Answers(be1), Value::No);
    set(Field::Answers(be2), Value::Yes);
    set(Field::Ready(be2), Value::Yes);
    for s in estate.store_ids() {
        set(Field::PrimarySlot(s), be1.into());
        set(Field::MirrorSlot(s), be2.into());
        set(Field::WitnessSlot(s), Value::Nothing);
        for &d in &estate.store(s).databases {
            set(Field::Role(d, be2), Value::Mirror);
            set(Field::Session(d, be2), Value::Disconnected);
            set(Field::Content(d, be2), Value::Complete);
            set(Field::Safety(d, be2), Value::Full);
            set(Field::Witness(d, be2), Value::Nothing);
            set(Field::WitnessLink(d, be2), Value::Nothing);
        }
        for f in estate.front_end_ids() {
            set(Field::LoadedPrimary(f, s), be1.into());
            set(Field::LoadedMirror(f, s), be2.into());
        }
    }
    for f in estate.front_end_ids() {
        set(Field::Services(f), Value::Running);
        set(Field::Replica(f), Value::Current);
        set(Field::VoterEpoch(f), Value::Original);
        set(Field::StartedSinceMirror(f), Value::Yes);
    }
    for p in estate.pool_ids() {
        set(Field::Tested(p), Value::No);
        set(Field::LogBackups(p), Value::No);
        set(Field::HoldsCms(p), Value::No);
    }
    set(Field::CmsWritable, Value::Yes);
    set(Field::Saved, Value::No);
    set(Field::Publishing, Value::No);
    let wishes = estate
        .store_ids()
        .map(|store| Wish {
            store,
            slots: Slots::Ordered { primary: Some(be2), mirror: Wanted::One(be1) },
            witness: Wanted::Nothing,
            principal: None,
        })
        .collect();
    Problem {
        initial: state,
        wishes,
        policy: Policy {
            seed_share: Some("\\\\fs1.contoso.com\\sqlseed".to_owned()),
            allow_full_stop: front_ends == 2,
            ..Policy::default()
        },
        consents: Default::default(),
        builds: [(be1, "11.0.7001.0 Standard".to_owned())].into(),
        ports: Default::default(),
        cms_to: None,
        leave: Default::default(),
        lifted: Default::default(),
        estate,
    }
}

/// The plan of a problem.
pub fn solved(problem: &Problem) -> Box<planner::solve::Solved> {
    match planner::solve::solve(problem) {
        planner::solve::Outcome::Plan(solved) => solved,
        planner::solve::Outcome::NothingToDo => panic!("nothing to do"),
        planner::solve::Outcome::NoPlan { states } => panic!("no plan among {states} states"),
        planner::solve::Outcome::TooLarge => panic!("too large"),
    }
}

/// The ids of a plan's steps, without the domain.
pub fn ids(problem: &Problem) -> Vec<String> {
    solved(problem).plan.steps.iter().map(|s| short(&s.declaration.id.0)).collect()
}

/// An id without the domain.
pub fn short(id: &str) -> String {
    id.replace(".contoso.com", "")
}
