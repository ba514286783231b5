//! Several pools in one plan: what shares nothing is free to run side by side, what shares a machine shares its steps, and
//! verifying each part on a problem of its own says the same as verifying the whole.

mod support;

use std::collections::BTreeSet;

use model::actions::Action;
use model::condition::Condition;
use model::declaration::Clause;
use model::estate::PoolId;
use model::field::{Field, Value};
use model::problem::Problem;
use planner::edges;
use planner::order::Order;
use planner::refusal::{Grant, explain};
use planner::solve::{Outcome, Solved, retrace, solve};
use planner::verify::Verifier;
use support::many::{Pool, Stands, many};
use support::world::sound;
use support::{short, solved};

fn ids(plan: &Solved) -> Vec<String> {
    plan.plan.steps.iter().map(|s| short(&s.declaration.id.0)).collect()
}

fn order(plan: &Solved) -> Order {
    Order::spanned(plan.plan.steps.len(), plan.plan.edges.iter().map(|e| (e.from, e.to))).unwrap()
}

/// Verifying the whole finds the same edges, and a plan that is read again is the same plan.
#[track_caller]
fn the_whole_says_the_same(p: &Problem, plan: &Solved) {
    let declarations = plan.plan.steps.iter().map(|s| &s.declaration).collect();
    let (whole, _) = edges::needed(p, declarations).expect("the sequence works");
    let pairs = |edges: &[model::plan::Edge]| edges.iter().map(|e| (e.from, e.to)).collect::<BTreeSet<_>>();
    assert_eq!(pairs(&plan.plan.edges), pairs(&whole), "\n{:#?}", ids(plan));
    again(p, plan);
}

#[track_caller]
fn again(p: &Problem, plan: &Solved) {
    let traced: Vec<_> = plan.plan.steps.iter().map(|s| s.declaration.id.clone()).collect();
    let read = retrace(p, &traced).expect("it is read again");
    assert_eq!((&read.plan.steps, &read.plan.edges), (&plan.plan.steps, &plan.plan.edges));
    assert_eq!((&read.plan.base, read.cost), (&plan.plan.base, plan.cost));
}

const ONE: [&str; 20] = [
    "fence/be00001a",
    "failover/pool00001/User",
    "save/topology",
    "publish/pool00001/mirroring-off",
    "publish/pool00001/store",
    "replicate/pool00001/store",
    "restart/fe00001-1/store",
    "restart/fe00001-2/store",
    "restart/fe00001-3/store",
    "end-mirroring/pool00001/User",
    "rebuild/be00001a",
    "sql-server/be00001a\\RTC1",
    "publish/pool00001/mirroring",
    "mirror/pool00001/User",
    "replicate/pool00001/mirroring",
    "restart/fe00001-1/mirroring",
    "restart/fe00001-2/mirroring",
    "restart/fe00001-3/mirroring",
    "test/pool00001",
    "aftercare/pool00001",
];

#[test]
fn two_dead_hosts_have_nothing_to_do_with_each_other() {
    let p = many(&[Pool::default(), Pool { pair: 2, ..Pool::default() }], false);
    let plan = solved(&p);
    sound(&p, &plan);
    the_whole_says_the_same(&p, &plan);
    // Service first, in both; then the topology, and so on, stage by stage.
    let ids = ids(&plan);
    let first = ["fence/be00001a", "failover/pool00001/User", "fence/be00002a", "failover/pool00002/User"];
    assert_eq!(ids[..4], first);
    let of_first: Vec<&str> = ids.iter().map(String::as_str).filter(|i| !i.contains("00002")).collect();
    assert_eq!(of_first, ONE, "the order of each is as if it were alone");
    // Nothing of one comes before anything of the other, but through the saving of the topology.
    let order = order(&plan);
    let save = ids.iter().position(|i| i == "save/topology").unwrap();
    for (i, a) in ids.iter().enumerate() {
        for (j, b) in ids.iter().enumerate().skip(i) {
            let apart = a.contains("00001") && b.contains("00002") || a.contains("00002") && b.contains("00001");
            let through = order.precedes(i, save) && order.precedes(save, j);
            assert!(!apart || through || order.free(i, j), "{a} and {b}");
        }
    }
    assert_eq!((plan.searched.parts, plan.searched.distinct), (2, 1), "what differs in names is searched once");
}

#[test]
fn pools_of_all_shapes_are_verified_apart_as_they_would_be_together() {
    let pools = [
        Pool { front_ends: 2, ..Pool::default() },
        Pool { pair: 2, stands: Stands::Well, ..Pool::default() },
        Pool { pair: 3, stands: Stands::Served, monitoring: true, ..Pool::default() },
        Pool { pair: 4, monitoring: true, ..Pool::default() },
    ];
    let p = many(&pools, false);
    let plan = solved(&p);
    assert_eq!((plan.searched.parts, plan.searched.distinct), (3, 3));
    assert!(!ids(&plan).iter().any(|i| i.contains("00002")), "nothing is done where nothing is to be done");
    the_whole_says_the_same(&p, &plan);
}

#[test]
fn six_pools_lie_on_one_dead_host_with_a_store_of_all() {
    let p = many(&[Pool::default(); 6], true);
    let plan = solved(&p);
    let ids = ids(&plan);
    let count = |prefix: &str| ids.iter().filter(|i| i.starts_with(prefix)).count();
    assert_eq!([count("fence/"), count("rebuild/"), count("save/"), count("failover/pool00001/Mon")], [1; 4]);
    assert_eq!((count("failover/"), count("end-mirroring/"), count("mirror/"), count("sql-server/")), (7, 7, 7, 7));
    assert_eq!((count("publish/"), count("restart/"), count("test/")), (18, 36, 6));
    let verifier = Verifier::new(&p, plan.plan.steps.iter().map(|s| &s.declaration).collect());
    assert_eq!(verifier.failure(&order(&plan)), None);
    again(&p, &plan);
}

#[test]
fn twenty_pools_lie_on_one_dead_host() {
    let p = many(&[Pool::default(); 20], true);
    let plan = solved(&p);
    assert!(plan.plan.steps.len() > 340);
    let order = order(&plan);
    let at = |id: &str| ids(&plan).iter().position(|i| i == id).unwrap();
    assert!(order.free(at("restart/fe00001-1/store"), at("restart/fe00020-1/store")));
    assert!(order.precedes(at("end-mirroring/pool00013/User"), at("rebuild/be00001a")));
    let verifier = Verifier::new(&p, plan.plan.steps.iter().map(|s| &s.declaration).collect());
    assert_eq!(verifier.failure(&order), None);
}

#[test]
fn pools_that_differ_lie_on_one_dead_host() {
    let pools = [2, 3, 4, 6].map(|front_ends| Pool { front_ends, ..Pool::default() });
    let p = many(&pools, true);
    let plan = solved(&p);
    let ids = ids(&plan);
    let count = |prefix: &str| ids.iter().filter(|i| i.starts_with(prefix)).count();
    assert_eq!([count("fence/"), count("rebuild/"), count("save/")], [1; 3]);
    assert_eq!((count("failover/"), count("publish/"), count("sql-server/")), (5, 12, 5));
    let verifier = Verifier::new(&p, plan.plan.steps.iter().map(|s| &s.declaration).collect());
    assert_eq!(verifier.failure(&order(&plan)), None);
    again(&p, &plan);
}

#[test]
fn a_refusal_is_about_the_part_that_has_no_plan() {
    let mut p =
        many(&[Pool::default(), Pool { pair: 2, ..Pool::default() }, Pool { pair: 3, ..Pool::default() }], false);
    let lost = p.estate.database_of(PoolId(1), "rtcxds").unwrap();
    let mirror = p.estate.store(p.estate.database(lost).store).instances[1];
    p.initial.set(&p.estate, Field::Content(lost, mirror), Value::Behind);
    let Outcome::NoPlan { states } = solve(&p) else { panic!("planned") };
    let refusal = explain(&p, states);
    assert_eq!((refusal.pools, refusal.also), (vec![PoolId(1)], vec![]));
    assert_eq!(refusal.possible, [PoolId(0), PoolId(2)], "the part that can be done now");
    assert_eq!(refusal.ways_out.len(), 1);
    assert_eq!(refusal.ways_out[0].grants, [Grant::Loss(vec![lost])]);
    assert!(refusal.blocked.iter().all(|b| !b.id.0.contains("pool00001") && !b.id.0.contains("pool00003")));
    // Those two are planned alone, as the option `--only` would.
    p.wishes.retain(|w| w.store != p.estate.database(lost).store);
    assert_eq!(solved(&p).searched.parts, 2);
}

/// How many publishes a plan has.
fn publishes(plan: &Solved) -> Vec<String> {
    ids(plan).into_iter().filter(|i| i.starts_with("publish/")).collect()
}

#[test]
fn pools_share_publishes_within_the_time_that_policy_lets_them_wait() {
    let mut p = many(&[Pool::default(), Pool { pair: 2, front_ends: 6, ..Pool::default() }], false);
    let alone = solved(&p);
    assert_eq!((publishes(&alone).len(), alone.shared.saved), (6, 0), "nobody waits where nobody allowed it");
    // The third pair of publishes is three restarts apart.
    let apart = 3 * u64::from(model::durations::RESTART.most);
    p.policy.publish_wait = Some(apart - 1);
    let two = solved(&p);
    let both = ["publish/pool00001+pool00002/mirroring-off", "publish/pool00001+pool00002/store"];
    assert_eq!(publishes(&two)[..2], both);
    assert_eq!((publishes(&two).len(), two.shared.saved, two.shared.added, two.shared.longest), (4, 2, 0, None));
    assert_eq!(two.cost.0[7], 4);
    p.policy.publish_wait = Some(apart);
    let all = solved(&p);
    assert_eq!(publishes(&all).len(), 3);
    assert_eq!((all.shared.saved, all.shared.added, all.shared.longest), (3, apart, Some((PoolId(0), apart))));
    for (wait, plan) in [(apart, &all), (apart - 1, &two)] {
        p.policy.publish_wait = Some(wait);
        sound(&p, plan);
        the_whole_says_the_same(&p, plan);
    }
    // One step for a person, with the clicks of both pools, and the slots of both in its proof.
    let shared = all.plan.steps.iter().find(|s| s.declaration.id.0.starts_with("publish/")).unwrap();
    let model::call::Call::Person(task) = &shared.declaration.ways[0].call else { panic!("no gate") };
    let told = model::clicks::instructions(task).lines().join("\n");
    assert!(
        told.contains("right-click\n    pool00001.contoso.com") || told.contains("right-click pool00001.contoso.com"),
        "{told}"
    );
    assert!(told.contains("pool00002.contoso.com") && told.matches("Topology\", \"Publish\"").count() == 1, "{told}");
    assert_eq!(shared.declaration.partial.len(), 2, "any of the stores may be published and the others not");
}

#[test]
fn pools_on_one_host_share_publishes_too() {
    let mut p = many(&[Pool::default(); 3], true);
    p.policy.publish_wait = Some(24 * 3600);
    let plan = solved(&p);
    assert_eq!((publishes(&plan).len(), plan.shared.saved), (3, 6), "{:#?}", ids(&plan));
    let verifier = Verifier::new(&p, plan.plan.steps.iter().map(|s| &s.declaration).collect());
    assert_eq!(verifier.failure(&order(&plan)), None);
    again(&p, &plan);
}

/// Rules K3: an instance in any mirror slot cannot become the primary slot, and a slot that was not read may hold any.
#[test]
fn a_mirror_slot_that_was_not_read_may_hold_what_becomes_a_primary() {
    let mut p = many(&[Pool::default(), Pool { pair: 2, ..Pool::default() }], false);
    let elsewhere = p.estate.pool(PoolId(1)).stores[0];
    let asks = |p: &Problem| {
        let publishes = Action::proposals(p, &p.initial).into_iter().map(|a| a.declare(p));
        let mut store = publishes.filter(|d| d.id.0 == "publish/pool00001.contoso.com/store");
        let asked = |c: &Clause| matches!(c.condition, Condition::IsNot(Field::MirrorSlot(s), _) if s == elsewhere);
        store.next().unwrap().requires.iter().any(asked)
    };
    assert!(!asks(&p), "it is known, and nobody changes it to this");
    p.initial.set(&p.estate, Field::MirrorSlot(elsewhere), Value::Unknown);
    assert!(asks(&p));
}

#[test]
fn what_differs_in_more_than_names_is_solved_for_itself() {
    let base = many(&[Pool::default(), Pool { pair: 2, ..Pool::default() }], false);
    let store = base.estate.pool(PoolId(1)).stores[0];
    let (d, i) = (base.estate.store(store).databases[0], base.estate.store(store).instances[0]);
    let distinct = |change: &dyn Fn(&mut Problem)| {
        let mut p = base.clone();
        change(&mut p);
        let plan = solved(&p);
        (plan.searched.parts, plan.searched.distinct)
    };
    assert_eq!(distinct(&|_| {}), (2, 1));
    assert_eq!(distinct(&|p| p.estate.pools[1].product = model::estate::Product::Skype2015), (2, 2));
    assert_eq!(distinct(&|p| p.estate.databases[d.0 as usize].megabytes = Some(50 * 1024)), (2, 2));
    assert_eq!(distinct(&|p| _ = p.consents.insert(d)), (2, 2));
    assert_eq!(distinct(&|p| _ = p.builds.insert(i, "11.0.7001.0 Enterprise".to_owned())), (2, 2));
}

/// Rules K3: a slot that was not read may hold what becomes a primary, in whatever part it is.
#[test]
fn no_pool_is_possible_while_a_mirror_slot_elsewhere_was_not_read() {
    let well = Pool { pair: 3, stands: Stands::Well, ..Pool::default() };
    let mut p = many(&[Pool::default(), Pool { pair: 2, ..Pool::default() }, well], false);
    let elsewhere = p.estate.pool(PoolId(2)).stores[0];
    p.wishes.retain(|w| w.store != elsewhere);
    p.initial.set(&p.estate, Field::MirrorSlot(elsewhere), Value::Unknown);
    let Outcome::NoPlan { states } = solve(&p) else { panic!("planned") };
    let refusal = explain(&p, states);
    assert_eq!((refusal.pools, refusal.possible), (vec![PoolId(0), PoolId(1)], vec![]));
}
