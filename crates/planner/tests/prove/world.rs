//! The constant part of the small world: one pool of two Front Ends, its user store, two SQL Servers, a witness. It knows
//! no goals.
//!
//! The store is of type User, because on no other do quorum, outage and K5 depend. Its three databases stay in step, so
//! that they have the states of one; what a step does to some of them only is what `verify` looks at in every plan.

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
/// The store.
pub const STORE: StoreId = StoreId(0);
/// The pool.
pub const POOL: PoolId = PoolId(0);
/// Its Front Ends.
pub const FE: [FrontEndId; 2] = [FrontEndId(0), FrontEndId(1)];
/// The database that stands for all three.
pub const DATABASE: DatabaseId = DatabaseId(0);

/// The estate.
pub fn estate() -> Estate {
    let instances = [sql("be1.contoso.com\\RTC"), sql("be2.contoso.com\\RTC")];
    let pool = fqdn("pool01.contoso.com");
    let kind = DatabaseType::User;
    Estate::new(Parts {
        pools: vec![PoolPart {
            fqdn: pool.clone(),
            product: Product::Lync2013,
            front_ends: vec![fqdn("fe1.contoso.com"), fqdn("fe2.contoso.com")],
        }],
        stores: vec![StorePart {
            users: vec![pool],
            kind,
            megabytes: kind.databases().iter().map(|d| ((*d).to_owned(), 4096)).collect(),
            instances: instances.to_vec(),
        }],
        instances: vec![sql("witness.contoso.com\\RTC")],
        cms: None,
    })
    .unwrap()
}

/// The question without wishes: what never changes has its value, everything else is unknown.
pub fn problem() -> Problem {
    let estate = estate();
    let mut initial = State::unknown(&estate);
    let mut set = |field, value| initial.set(&estate, field, value);
    let host = estate.host_of(WITNESS);
    set(Field::Reachable(host), Value::Yes);
    set(Field::Fenced(host), Value::No);
    set(Field::Epoch(host), Value::Original);
    set(Field::Answers(WITNESS), Value::Yes);
    set(Field::Ready(WITNESS), Value::Yes);
    set(Field::Reports(POOL), Value::Yes);
    set(Field::HoldsCms(POOL), Value::No);
    set(Field::Publishing, Value::No);
    Problem {
        initial,
        wishes: Vec::new(),
        policy: Policy {
            seed_share: Some("\\\\fs1.contoso.com\\sqlseed".to_owned()),
            allow_full_stop: true,
            ..Policy::default()
        },
        consents: Default::default(),
        builds: Vec::new(),
        ports: Vec::new(),
        leave: Default::default(),
        lifted: Default::default(),
        estate,
    }
}

/// The fields that vary; those of the other databases follow those of the first.
pub fn varying() -> Vec<Field> {
    let mut fields = Vec::new();
    for (host, at) in [(HostId(0), BE[0]), (HostId(1), BE[1])] {
        fields.extend([Field::Reachable(host), Field::Fenced(host), Field::Epoch(host)]);
        fields.extend([Field::Answers(at), Field::Ready(at)]);
        fields.extend(copy(DATABASE, at));
    }
    fields.extend([Field::PrimarySlot(STORE), Field::MirrorSlot(STORE), Field::WitnessSlot(STORE)]);
    for f in FE {
        fields.extend([Field::Services(f), Field::Replica(f), Field::VoterEpoch(f), Field::StartedSinceMirror(f)]);
        fields.extend([Field::LoadedPrimary(f, STORE), Field::LoadedMirror(f, STORE)]);
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
