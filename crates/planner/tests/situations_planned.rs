//! Planned work on a healthy pair: roles, slots, mirroring off and on, another mirror host.

mod support;

use model::call::Call;
use model::declaration::Evidence;
use model::estate::StoreId;
use model::field::{Field, Value};
use support::FOUR;
use support::world::{BE1, BE2, Plan, THIRD, copies, healthy, one, planned, set, slots, want};

/// The last round, after mirrors were created.
const ROUND: [&str; 6] = [
    "replicate/pool01/mirroring",
    "restart/fe1/mirroring",
    "restart/fe2/mirroring",
    "restart/fe3/mirroring",
    "test/pool01",
    "aftercare/pool01",
];

fn then<'a>(first: &[&'a str], last: &[&'a str]) -> Vec<&'a str> {
    [first, last].concat()
}

#[test]
fn a_whole_pool_fails_over_and_back_without_force() {
    let mut p = healthy(&Plan { types: &FOUR, ..Plan::default() });
    p.wishes.iter_mut().for_each(|w| w.principal = Some(BE2));
    let there = planned(
        &p,
        &[
            "failover/pool01/User",
            "failover/pool01/Application",
            "failover/pool01/Archiving",
            "failover/pool01/Monitoring",
        ],
    );
    assert!(there.plan.edges.is_empty(), "types do not wait for each other");
    let forced = |c: &Call| if let Call::Cmdlets(list) = c { list[0].is_on("Force") } else { true };
    assert!(!there.plan.steps.iter().any(|s| forced(&s.declaration.ways[0].call)));
    p.initial = there.placed.last().unwrap().taken.after.clone();
    p.wishes.iter_mut().for_each(|w| w.principal = Some(BE1));
    planned(
        &p,
        &[
            "failback/pool01/User",
            "failback/pool01/Application",
            "failback/pool01/Archiving",
            "failback/pool01/Monitoring",
        ],
    );
}

#[test]
fn one_type_fails_over_alone() {
    let mut p = healthy(&Plan { types: &FOUR, ..Plan::default() });
    p.wishes[3].principal = Some(BE2);
    planned(&p, &["failover/pool01/Monitoring"]);
}

#[test]
fn slots_are_exchanged_over_two_publishes_two_rounds_and_a_new_mirror() {
    let mut p = one();
    want(&mut p, BE2, Some(BE1));
    let first = [
        "failover/pool01/User",
        "save/topology",
        "publish/pool01/mirroring-off",
        "publish/pool01/store",
        "replicate/pool01/store",
        "restart/fe1/store",
        "restart/fe2/store",
        "restart/fe3/store",
        "end-mirroring/pool01/User",
        "publish/pool01/mirroring",
        "mirror/pool01/User",
    ];
    let plan = planned(&p, &then(&first, &ROUND));
    let d = p.estate.store(StoreId(0)).databases[0];
    let end = &plan.placed[8];
    assert_eq!(p.view(&end.taken.after).get(Field::Role(d, BE1)), Value::Restoring, "be1's copy is left over");
    // Ending comes after the publish, where the cmdlet is known to fail: T-SQL alone.
    assert_eq!(end.declaration.ways.len(), 1);
    assert_eq!(end.declaration.ways[0].evidence, Evidence::Field);
    let Call::Cmdlets(create) = &plan.placed[10].declaration.ways[0].call else { panic!("no cmdlet") };
    assert!(create[0].is_on("DropExistingDatabasesOnMirror"), "and dropped by the switch");
}

#[test]
fn a_living_pair_is_ended_before_the_topology_says_so() {
    let mut p = healthy(&Plan { types: &FOUR[..2], ..Plan::default() });
    want(&mut p, BE1, None);
    let plan = planned(
        &p,
        &[
            "save/topology",
            "end-mirroring/pool01/User",
            "end-mirroring/pool01/Application",
            "publish/pool01/mirroring-off",
            "replicate/pool01/store",
            "restart/fe1/store",
            "restart/fe2/store",
            "restart/fe3/store",
        ],
    );
    let way = &plan.placed[1].declaration.ways[0];
    assert_eq!(
        (way.evidence, way.source),
        (Evidence::Documented, "deploying SQL mirroring: Uninstall-CsMirrorDatabase, then the topology")
    );
    // Without the rule for which that page stands, the publish may come first.
    let lifted = model::problem::Problem { lifted: ["pair"].into(), ..p.clone() };
    assert_eq!(support::ids(&lifted)[1], "publish/pool01/mirroring-off");
}

#[test]
fn roles_come_home_before_mirroring_is_removed() {
    let mut p = one();
    copies(&mut p, BE1, Value::Mirror, Value::Synchronized, Value::Complete);
    copies(&mut p, BE2, Value::Principal, Value::Synchronized, Value::Complete);
    want(&mut p, BE1, None);
    planned(
        &p,
        &[
            "failback/pool01/User",
            "save/topology",
            "end-mirroring/pool01/User",
            "publish/pool01/mirroring-off",
            "replicate/pool01/store",
            "restart/fe1/store",
            "restart/fe2/store",
            "restart/fe3/store",
        ],
    );
}

#[test]
fn a_mirror_is_added_to_an_unmirrored_store() {
    let mut p = one();
    slots(&mut p, StoreId(0), BE1, None);
    copies(&mut p, BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copies(&mut p, BE2, Value::Absent, Value::NoSession, Value::Nothing);
    planned(&p, &then(&["save/topology", "publish/pool01/mirroring", "mirror/pool01/User"], &ROUND));
    // A mirror host without SQL Server gets one first.
    set(&mut p, Field::Ready(BE2), Value::No);
    let with_sql = ["save/topology", "sql-server/be2\\RTC", "publish/pool01/mirroring", "mirror/pool01/User"];
    planned(&p, &then(&with_sql, &ROUND));
}

#[test]
fn the_mirror_moves_to_another_host_or_another_instance() {
    for spare in ["be3.contoso.com\\RTC", "be2.contoso.com\\RTC2"] {
        let mut p = healthy(&Plan { spare: Some(spare), ..Plan::default() });
        want(&mut p, BE1, Some(THIRD));
        let first = [
            "save/topology",
            "end-mirroring/pool01/User",
            "publish/pool01/mirroring-off",
            "publish/pool01/mirroring",
            "mirror/pool01/User",
        ];
        planned(&p, &then(&first, &ROUND));
    }
}

#[test]
fn two_front_ends_roll_while_the_primary_slot_host_votes() {
    let mut p = healthy(&Plan { front_ends: 2, ..Plan::default() });
    want(&mut p, BE1, None);
    planned(
        &p,
        &[
            "save/topology",
            "end-mirroring/pool01/User",
            "publish/pool01/mirroring-off",
            "replicate/pool01/store",
            "restart/fe1/store",
            "restart/fe2/store",
        ],
    );
}
