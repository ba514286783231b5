//! The estate of the truth tables: two machines, one of them with two instances, and stores of one, two and three databases.

use model::database_type::DatabaseType;
use model::estate::{
    DatabaseId, Estate, FrontEndId, HostId, InstanceId, Parts, PoolId, PoolPart, Product, StoreId, StorePart,
};

/// be1\MON, be1\RTC and be2\RTC, in the order of their names.
pub const MON: InstanceId = InstanceId(0);
pub const BE1: InstanceId = InstanceId(1);
pub const BE2: InstanceId = InstanceId(2);
/// Their machines.
pub const HOST1: HostId = HostId(0);
pub const HOST2: HostId = HostId(1);
/// Three databases, on be1\RTC and be2\RTC.
pub const USER: StoreId = StoreId(0);
/// One database, on all three instances.
pub const ARCHIVING: StoreId = StoreId(1);
/// Two databases, on be1\RTC and be2\RTC.
pub const MONITORING: StoreId = StoreId(2);
/// The pool.
pub const POOL: PoolId = PoolId(0);
/// Its Front Ends, of which there are as many as a table needs.
pub const FE: [FrontEndId; 2] = [FrontEndId(0), FrontEndId(1)];

/// Databases of the user store.
pub const USERS: [DatabaseId; 3] = [DatabaseId(0), DatabaseId(1), DatabaseId(2)];
/// The database of the archiving store.
pub const LCSLOG: DatabaseId = DatabaseId(3);
/// Databases of the monitoring store.
pub const MONITORED: [DatabaseId; 2] = [DatabaseId(4), DatabaseId(5)];

/// The estate, with that many Front Ends.
pub fn estate(front_ends: usize) -> Estate {
    let pool: topology::Fqdn = "pool01.contoso.com".parse().unwrap();
    let store = |kind, instances: &[&str]| StorePart {
        users: vec![pool.clone()],
        kind,
        megabytes: Default::default(),
        instances: instances.iter().map(|i| i.parse().unwrap()).collect(),
    };
    let (be1, mon, be2) = ("be1.contoso.com\\RTC", "be1.contoso.com\\MON", "be2.contoso.com\\RTC");
    let estate = Estate::new(Parts {
        pools: vec![PoolPart {
            fqdn: pool.clone(),
            product: Product::Lync2013,
            front_ends: (1..=front_ends).map(|n| format!("fe{n:02}.contoso.com").parse().unwrap()).collect(),
        }],
        stores: vec![
            store(DatabaseType::User, &[be1, be2]),
            store(DatabaseType::Archiving, &[be1, mon, be2]),
            store(DatabaseType::Monitoring, &[be1, be2]),
        ],
        ..Parts::default()
    })
    .unwrap();
    assert_eq!([MON, BE1, BE2].map(|i| estate.instance(i).name.to_string()), [mon, be1, be2]);
    assert_eq!([MON, BE1, BE2].map(|i| estate.host_of(i)), [HOST1, HOST1, HOST2]);
    let kinds = [DatabaseType::User, DatabaseType::Archiving, DatabaseType::Monitoring];
    assert_eq!([USER, ARCHIVING, MONITORING].map(|s| estate.store(s).kind), kinds);
    estate
}
