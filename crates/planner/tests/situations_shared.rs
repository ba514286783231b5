//! Two pools whose stores lie on the same dead host: one fence, one rebuild, one SQL Server, and rounds side by side.

mod support;

use model::database_type::DatabaseType;
use model::estate::HostId;
use model::field::Value;
use model::problem::Problem;
use planner::order::Order;
use support::FOUR;
use support::world::{BE1, BE2, Plan, copies, dies, healthy, planned, want};

fn night(plan: &Plan<'_>) -> Problem {
    let mut p = healthy(&Plan { pools: &["pool01", "pool02"], ..*plan });
    want(&mut p, BE2, Some(BE1));
    dies(&mut p, HostId(0));
    copies(&mut p, BE2, Value::Mirror, Value::Disconnected, Value::Complete);
    p
}

const FIRST: [&str; 2] = ["failover/pool01/User", "failover/pool02/User"];
const FOLLOW: [&str; 13] = [
    "save/topology",
    "publish/pool01/mirroring-off",
    "publish/pool02/mirroring-off",
    "publish/pool01/store",
    "publish/pool02/store",
    "replicate/pool01/store",
    "replicate/pool02/store",
    "restart/fe1/store",
    "restart/fe2/store",
    "restart/fe3/store",
    "restart/fe21/store",
    "restart/fe22/store",
    "restart/fe23/store",
];
const LAST: [&str; 12] = [
    "replicate/pool01/mirroring",
    "replicate/pool02/mirroring",
    "restart/fe1/mirroring",
    "restart/fe2/mirroring",
    "restart/fe3/mirroring",
    "restart/fe21/mirroring",
    "restart/fe22/mirroring",
    "restart/fe23/mirroring",
    "test/pool01",
    "test/pool02",
    "aftercare/pool01",
    "aftercare/pool02",
];

#[test]
fn two_pools_on_one_dead_host() {
    let p = night(&Plan::default());
    let middle = [
        "end-mirroring/pool01/User",
        "end-mirroring/pool02/User",
        "rebuild/be1",
        "sql-server/be1\\RTC",
        "publish/pool01/mirroring",
        "mirror/pool01/User",
        "publish/pool02/mirroring",
        "mirror/pool02/User",
    ];
    let plan = planned(&p, &[&["fence/be1"][..], &FIRST, &FOLLOW, &middle, &LAST].concat());
    let order = Order::spanned(plan.plan.steps.len(), plan.plan.edges.iter().map(|e| (e.from, e.to))).unwrap();
    let at = |id: &str| plan.plan.steps.iter().position(|s| support::short(&s.declaration.id.0) == id).unwrap();
    let free = |a: &str, b: &str| !order.precedes(at(a), at(b)) && !order.precedes(at(b), at(a));
    assert!(free("failover/pool01/User", "failover/pool02/User"));
    assert!(free("restart/fe1/store", "restart/fe21/store") && free("restart/fe1/mirroring", "restart/fe22/mirroring"));
    let group = |id: &str| plan.plan.steps[at(id)].declaration.group;
    assert_ne!(group("restart/fe1/store"), group("restart/fe21/store"), "side by side, one in each pool");
    // The host is built anew only when both pools have let go of it.
    for id in ["end-mirroring/pool01/User", "end-mirroring/pool02/User"] {
        assert!(order.precedes(at(id), at("rebuild/be1")), "{id}");
    }
}

#[test]
fn all_types_of_two_pools() {
    let ids = support::ids(&night(&Plan { types: &FOUR, ..Plan::default() }));
    let count = |prefix: &str| ids.iter().filter(|i| i.starts_with(prefix)).count();
    assert_eq!([count("fence/"), count("rebuild/"), count("sql-server/"), count("save/")], [1; 4]);
    assert_eq!([count("failover/"), count("end-mirroring/"), count("mirror/")], [8; 3]);
    assert_eq!((count("publish/"), count("restart/"), ids.len()), (6, 12, 54));
}

#[test]
fn a_store_that_both_pools_use_is_failed_over_once() {
    let p = night(&Plan { shared: &[DatabaseType::Monitoring], ..Plan::default() });
    let middle = [
        "end-mirroring/pool01/User",
        "end-mirroring/pool01/Monitoring",
        "end-mirroring/pool02/User",
        "rebuild/be1",
        "sql-server/be1\\RTC",
        "publish/pool01/mirroring",
        "mirror/pool01/User",
        "mirror/pool01/Monitoring",
        "publish/pool02/mirroring",
        "mirror/pool02/User",
    ];
    let first = [&["fence/be1"][..], &FIRST, &["failover/pool01/Monitoring"]].concat();
    planned(&p, &[&first[..], &FOLLOW, &middle, &LAST].concat());
}
