//! The constant part of the small worlds: one pool of two Front Ends, its stores, two SQL Servers, a witness. It knows no
//! goals.
//!
//! The one store of the smallest world is of type User, because on no other do quorum, outage and K5 depend. The databases
//! of a store stay in step, so that they have the states of one; what a step does to some of them only is what `verify`
//! looks at in every plan.

use model::database_type::DatabaseType;
use model::estate::{
    DatabaseId, Estate, FrontEndId, HostId, InstanceId, Parts, PoolId, PoolPart, Product, StoreId, StorePart,
};
use model::field::{Field, State, Value};
use model::problem::{Policy, Problem};

use crate::support::{fqdn, sql};

/// The two SQL Servers, and the witness.
pub const BE: [InstanceId; 2] = [InstanceId(0), InstanceId(1)];
/// The SQL Server that is a witness.
pub const WITNESS: InstanceId = InstanceId(2);
/// The first store.
pub const STORE: StoreId = StoreId(0);
/// The pool.
pub const POOL: PoolId = PoolId(0);
/// Its Front Ends.
pub const FE: [FrontEndId; 2] = [FrontEndId(0), FrontEndId(1)];

/// What the pool has.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// Its name.
    pub name: &'static str,
    /// Types of its stores.
    pub types: &'static [DatabaseType],
    /// Whether it holds the Central Management store, and nobody else can.
    pub cms: bool,
}

/// One type.
pub const ONE: World = World { name: "User", types: &[DatabaseType::User], cms: false };
/// Two types.
pub const TWO: World =
    World { name: "User and Application", types: &[DatabaseType::User, DatabaseType::Application], cms: false };
/// Two types, of which one is the Central Management store itself.
pub const CMS: World = World {
    name: "User and CentralMgmt, the Central Management store here",
    types: &[DatabaseType::User, DatabaseType::CentralMgmt],
    cms: true,
};

fn estate(world: World) -> Estate {
    let instances = [sql("be1.contoso.com\\RTC"), sql("be2.contoso.com\\RTC")];
    let pool = fqdn("pool01.contoso.com");
    let store = |&kind: &DatabaseType| StorePart {
        users: vec![pool.clone()],
        kind,
        megabytes: kind.databases().iter().map(|d| ((*d).to_owned(), 4096)).collect(),
        instances: instances.to_vec(),
    };
    Estate::new(Parts {
        pools: vec![PoolPart {
            fqdn: pool.clone(),
            product: Product::Lync2013,
            front_ends: vec![fqdn("fe1.contoso.com"), fqdn("fe2.contoso.com")],
        }],
        stores: world.types.iter().map(store).collect(),
        instances: vec![sql("witness.contoso.com\\RTC")],
        cms: world.cms.then(|| pool.clone()),
    })
    .unwrap()
}

/// The smallest world's question without wishes.
pub fn problem() -> Problem {
    question(ONE)
}

/// The question without wishes: what never changes has its value, everything else is unknown.
pub fn question(world: World) -> Problem {
    let estate = estate(world);
    let mut initial = State::unknown(&estate);
    let mut set = |field, value| initial.set(&estate, field, value);
    let host = estate.host_of(WITNESS);
    set(Field::Reachable(host), Value::Yes);
    set(Field::Fenced(host), Value::No);
    set(Field::Epoch(host), Value::Original);
    set(Field::Answers(WITNESS), Value::Yes);
    set(Field::Ready(WITNESS), Value::Yes);
    set(Field::Reports(POOL), Value::Yes);
    set(Field::HoldsCms(POOL), if world.cms { Value::Yes } else { Value::No });
    set(Field::Publishing, Value::No);
    Problem {
        initial,
        wishes: Vec::new(),
        policy: Policy {
            seed_share: Some("\\\\fs1.contoso.com\\sqlseed".to_owned()),
            allow_full_stop: true,
            // Otherwise the slots of the Central Management store's own pool could hardly be reached.
            allow_undocumented: world.cms,
            ..Policy::default()
        },
        consents: Default::default(),
        builds: Default::default(),
        ports: Default::default(),
        cms_to: None,
        leave: Default::default(),
        lifted: Default::default(),
        estate,
    }
}

/// The database that stands for a store.
pub fn first(estate: &Estate, s: StoreId) -> DatabaseId {
    estate.store(s).databases[0]
}

/// The fields that vary; those of the other databases of a store follow those of its first.
pub fn varying(estate: &Estate) -> Vec<Field> {
    let mut fields = Vec::new();
    for (host, at) in [(HostId(0), BE[0]), (HostId(1), BE[1])] {
        fields.extend([Field::Reachable(host), Field::Fenced(host), Field::Epoch(host)]);
        fields.extend([Field::Answers(at), Field::Ready(at)]);
        estate.store_ids().for_each(|s| fields.extend(copy(first(estate, s), at)));
    }
    for s in estate.store_ids() {
        fields.extend([Field::PrimarySlot(s), Field::MirrorSlot(s), Field::WitnessSlot(s)]);
    }
    for f in FE {
        fields.extend([Field::Services(f), Field::Replica(f), Field::VoterEpoch(f), Field::StartedSinceMirror(f)]);
        let loaded = |s| [Field::LoadedPrimary(f, s), Field::LoadedMirror(f, s)];
        fields.extend(estate.store_ids().flat_map(loaded));
    }
    fields.extend([Field::Tested(POOL), Field::LogBackups(POOL), Field::CmsWritable, Field::Saved]);
    fields
}

/// The fields of a copy.
pub fn copy(d: DatabaseId, at: InstanceId) -> [Field; 6] {
    [
        Field::Role(d, at),
        Field::Session(d, at),
        Field::Content(d, at),
        Field::Safety(d, at),
        Field::Witness(d, at),
        Field::WitnessLink(d, at),
    ]
}
