//! The Central Management store in the pool that lost its back end, and elsewhere but down.

mod support;

use model::call::{Call, Task};
use model::cms;
use model::database_type::DatabaseType::{self, Application, CentralMgmt, User};
use model::declaration::{Evidence, Risk, StepId, Undo};
use model::estate::{FrontEndId, PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::{Problem, Slots, Wanted, Wish};
use planner::cms_options::{Stand, first, ways};
use planner::refusal::Grant;
use planner::solve::{Outcome, solve};
use support::cms::{POOL01, POOL02, SQL2, alone, apart, beside, elsewhere_down, night, paired};
use support::solved;
use support::world::{BE1, BE2, copy, dies, host, planned, set, want};

/// From publishing on it is the procedure.
const AS_WRITTEN: [&str; 21] = [
    "publish/pool01/mirroring-off",
    "publish/pool01/store",
    "replicate/pool01/store",
    "restart/fe1/store",
    "restart/fe2/store",
    "restart/fe3/store",
    "end-mirroring/pool01/User",
    "end-mirroring/pool01/Application",
    "end-mirroring/pool01/CentralMgmt",
    "rebuild/be1",
    "sql-server/be1\\RTC",
    "publish/pool01/mirroring",
    "mirror/pool01/User",
    "mirror/pool01/Application",
    "mirror/pool01/CentralMgmt",
    "replicate/pool01/mirroring",
    "restart/fe1/mirroring",
    "restart/fe2/mirroring",
    "restart/fe3/mirroring",
    "test/pool01",
    "aftercare/pool01",
];

fn ids(first: &[&'static str]) -> Vec<&'static str> {
    [first, &AS_WRITTEN].concat()
}

const FAILED_OVER: [&str; 4] =
    ["fence/be1", "failover/pool01/User", "failover/pool01/Application", "failover/pool01/CentralMgmt"];

#[test]
fn a_paired_pool_takes_it_over_and_the_procedure_runs_as_written() {
    let mut p = night(paired());
    want(&mut p, BE2, Some(BE1));
    let plan = planned(&p, &ids(&[&FAILED_OVER[..], &["save/topology", "move-cms/pool02"]].concat()));
    // It answers again once its databases have failed over: nothing is forced, nothing is lost.
    let Call::Cmdlets(way) = &plan.plan.steps[5].declaration.ways[0].call else { panic!("no cmdlet") };
    assert_eq!(way[0].name, "Invoke-CsManagementServerFailover");
    assert!(!way[0].is_on("Force"));
    assert_eq!(plan.placed[5].declaration.ways[0].evidence, Evidence::Documented);
    // It stays there.
    assert_eq!(cms::holder(p.view(&plan.placed.last().unwrap().taken.after)), Some(POOL02));
}

#[test]
fn without_the_rule_the_planner_would_publish_what_topology_builder_refuses() {
    let mut p = night(paired());
    want(&mut p, BE2, Some(BE1));
    set(&mut p, Field::CmsWritable, Value::Yes);
    // Its databases are served, as they are where they lie on a machine of their own.
    let s = cms::store(&p.estate, POOL01).unwrap();
    copy(&mut p, s, BE2, Value::Principal, Value::Disconnected, Value::Complete);
    assert!(support::ids(&p).contains(&"move-cms/pool02".to_owned()));
    p.lifted = ["cms-pool"].into();
    assert!(!support::ids(&p).contains(&"move-cms/pool02".to_owned()));
}

#[test]
fn a_pool_that_cannot_run_it_does_not_take_it_over() {
    for (field, value) in [
        (Field::Services(FrontEndId(3)), Value::Stopped),
        (Field::Answers(SQL2), Value::No),
        (Field::HoldsCms(POOL02), Value::Unknown),
    ] {
        let mut p = night(paired());
        want(&mut p, BE2, Some(BE1));
        set(&mut p, field, value);
        assert!(matches!(solve(&p), Outcome::NoPlan { .. }), "{field:?}");
    }
}

#[test]
fn a_healthy_pool_that_holds_it_exchanges_its_slots_after_the_move_only() {
    let mut p = paired();
    want(&mut p, BE2, Some(BE1));
    let plan = solved(&p);
    let ids = support::ids(&p);
    let place = |id: &str| ids.iter().position(|x| x == id).unwrap_or_else(|| panic!("no {id} in {ids:?}"));
    assert!(place("move-cms/pool02") < place("publish/pool01/mirroring-off"));
    assert_eq!(plan.cost.0[0], 0);
    support::world::sound(&p, &plan);
    // Nobody else could take it: no plan.
    let theirs = p.estate.pool(POOL02).front_ends[0];
    set(&mut p, Field::Services(theirs), Value::Stopped);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
}

#[test]
fn what_changes_no_slot_needs_no_move() {
    // A failover alone.
    let mut p = paired();
    p.wishes.iter_mut().for_each(|w| w.principal = Some(BE2));
    planned(&p, &["failover/pool01/User", "failover/pool01/Application", "failover/pool01/CentralMgmt"]);
    // Mirroring off: documented for the pool that holds it too.
    let mut p = paired();
    want(&mut p, BE1, None);
    assert!(!support::ids(&p).iter().any(|id| id.starts_with("move-cms")));
}

#[test]
fn serving_from_the_mirror_slot_it_counts_as_taking_no_writes() {
    let mut p = paired();
    p.wishes.iter_mut().for_each(|w| w.principal = Some(BE2));
    let there = solved(&p).placed.last().unwrap().taken.after.clone();
    assert_eq!(p.view(&there).get(Field::CmsWritable), Value::No);
    p.initial = there;
    p.wishes.iter_mut().for_each(|w| w.principal = Some(BE1));
    let back = solved(&p).placed.last().unwrap().taken.after.clone();
    assert_eq!(p.view(&back).get(Field::CmsWritable), Value::Yes);
}

#[test]
fn down_elsewhere_it_is_given_up_by_name_or_not_moved() {
    let mut p = apart(&[&["be1", "be2"], &["sql2"], &["be3", "be4"]], &[User, Application, CentralMgmt]);
    p.wishes.retain(|w| p.estate.store(w.store).pool == POOL01);
    let mut p = elsewhere_down(night(p));
    want(&mut p, BE2, Some(BE1));
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    let lost: Vec<_> = p.estate.store(cms::store(&p.estate, POOL02).unwrap()).databases.clone();
    let refusal = planner::refusal::explain(&p, 0);
    let way = refusal.ways_out.iter().find(|w| w.grants == [Grant::Loss(lost.clone())]);
    assert_eq!(way.unwrap_or_else(|| panic!("{refusal:#?}")).loses, lost, "xds and lis of pool02, by name");
    // One of the two is not enough.
    p.consents = [lost[0]].into();
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    p.consents = lost.into_iter().collect();
    let plan = solved(&p);
    support::world::sound(&p, &plan);
    let place = plan.plan.steps.iter().position(|s| s.declaration.id.0.starts_with("move-cms/pool03"));
    let d = &plan.plan.steps[place.unwrap()].declaration;
    let Call::Cmdlets(way) = &d.ways[0].call else { panic!("no cmdlet") };
    assert!(way[0].is_on("Force"));
    assert_eq!(way[0].text("BackupSqlServerFqdn"), Some("be3.contoso.com"), "as the topology assigns it");
    assert_eq!(way[0].text("BackupMirrorSqlServerFqdn"), Some("be4.contoso.com"));
    assert_eq!(plan.cost.0[0], 2);
}

#[test]
fn the_pool_that_is_to_be_changed_does_not_take_it_over() {
    let mut p = elsewhere_down(night(paired()));
    want(&mut p, BE2, Some(BE1));
    p.consents = p.estate.store(cms::store(&p.estate, POOL02).unwrap()).databases.iter().copied().collect();
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }), "its back end could not be changed then");
}

#[test]
fn down_elsewhere_what_needs_no_publish_is_planned() {
    let mut p = elsewhere_down(paired());
    let be2 = host(&p, BE2);
    dies(&mut p, be2);
    for s in p.wishes.iter().map(|w| w.store).collect::<Vec<_>>() {
        copy(&mut p, s, BE1, Value::Principal, Value::Disconnected, Value::Complete);
    }
    let ids = support::ids(&p);
    assert!(ids.contains(&"mirror/pool01/User".to_owned()));
    assert!(!ids.iter().any(|id| id.starts_with("publish") || id.starts_with("move-cms")), "{ids:?}");
}

#[test]
fn a_move_that_two_parts_need_is_made_once() {
    // pool01 and pool03, each mirrored on machines of its own, want it off; pool02 holds the store on sql2 and is down. Its
    // pair is pool03: pool01 is there by name only, on a machine of its own.
    let mut p = elsewhere_down(apart(&[&["be1", "be2"], &["sql2"], &["be3", "be4"]], &[User, CentralMgmt]));
    p.wishes.retain(|w| p.estate.store(w.store).pool != POOL02);
    for wish in &mut p.wishes {
        wish.slots = support::world::ordered(p.estate.store(wish.store).instances[0], None);
    }
    let lost = p.estate.store(cms::store(&p.estate, POOL02).unwrap()).databases.clone();
    p.consents = lost.into_iter().collect();
    let plan = solved(&p);
    support::world::sound(&p, &plan);
    let ids = support::ids(&p);
    let count = |begin: &str| ids.iter().filter(|id| id.starts_with(begin)).count();
    assert_eq!(ids[..2], ["move-cms/pool03", "save/topology"], "{ids:?}");
    assert_eq!(count("move-cms/"), 1, "{ids:?}");
    assert_eq!(count("publish/pool01") + count("publish/pool03"), 2, "{ids:?}");
    assert_eq!(count("end-mirroring/"), 3, "{ids:?}");
}

#[test]
fn alone_it_keeps_its_slots_where_policy_allows_what_nobody_describes() {
    let p = alone(true);
    let last =
        ["restart/fe1/mirroring", "restart/fe2/mirroring", "restart/fe3/mirroring", "test/pool01", "aftercare/pool01"];
    let again = ["remirror/pool01/User", "remirror/pool01/Application", "remirror/pool01/CentralMgmt"];
    let build = ["rebuild/be1", "sql-server/be1\\RTC"];
    let plan = planned(&p, &[&FAILED_OVER[..], &build, &again, &last].concat());
    // The rebuild before its sessions end and the three new sessions are of nobody's page.
    assert_eq!(plan.cost.0[1], 4);
    // Users are out while the databases of their store are copied, and at no other time than the restarts'.
    let outage = |n: usize| planner::cost::unserved(&p, &plan.placed[n].taken.during, POOL01);
    let out: Vec<u64> = (4..9).map(outage).collect();
    assert_eq!(out, [0, 0, 1000, 0, 0], "rules K5");
    let v = p.view(&plan.placed.last().unwrap().taken.after);
    assert_eq!(v.get(Field::PrimarySlot(StoreId(0))), Value::Instance(BE1), "the slots are as they were");
}

#[test]
fn alone_nothing_is_planned_that_policy_forbids() {
    let p = alone(false);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    let refusal = planner::refusal::explain(&p, 0);
    assert!(refusal.ways_out.iter().any(|w| w.grants == [Grant::FullStop, Grant::Undocumented]), "{refusal:#?}");
    // Users may not be out, or the steps may not be such: each alone forbids it.
    let mut half = alone(true);
    half.policy.allow_full_stop = false;
    assert!(matches!(solve(&half), Outcome::NoPlan { .. }));
    let mut half = alone(true);
    half.policy.allow_undocumented = false;
    assert!(matches!(solve(&half), Outcome::NoPlan { .. }));
}

#[test]
fn a_pair_is_better_than_what_nobody_describes() {
    let mut p = night(paired());
    p.wishes.iter_mut().for_each(|w| w.slots = Slots::Pair(BE1, BE2));
    p.policy.allow_undocumented = true;
    p.policy.allow_full_stop = true;
    let ids = support::ids(&p);
    assert!(ids.contains(&"move-cms/pool02".to_owned()) && !ids.iter().any(|id| id.starts_with("remirror")));
}

#[test]
fn slots_that_can_be_exchanged_are_never_kept_by_hand() {
    let mut p = alone(true);
    set(&mut p, Field::HoldsCms(POOL01), Value::No);
    set(&mut p, Field::CmsWritable, Value::Yes);
    assert!(!support::ids(&p).iter().any(|id| id.starts_with("remirror")));
}

#[test]
fn the_four_ways_stand_as_the_estate_allows() {
    let seen = |p: &Problem| {
        let steps: Vec<StepId> = match solve(p) {
            Outcome::Plan(solved) => solved.plan.steps.iter().map(|s| s.declaration.id.clone()).collect(),
            _ => Vec::new(),
        };
        ways(p, &steps).map(|(pool, list)| (pool, list.iter().map(|w| w.stand).collect::<Vec<_>>()))
    };
    use Stand::{ByHand, Closed, Open, Taken};
    let mut pair = night(paired());
    want(&mut pair, BE2, Some(BE1));
    assert_eq!(seen(&pair), Some((POOL01, vec![Taken, Open, ByHand, Closed])));
    assert_eq!(seen(&alone(true)), Some((POOL01, vec![Closed, Taken, ByHand, Closed])));
    assert_eq!(seen(&alone(false)), Some((POOL01, vec![Closed, Open, ByHand, Closed])));
    let price = ways(&alone(false), &[]).unwrap().1[1].price.unwrap();
    assert_eq!((price.steps, price.undocumented), (14, 4), "that of the plan under the policy that allows it");
    assert!(price.out > 0);
    let mut both = alone(true);
    let be2 = host(&both, BE2);
    dies(&mut both, be2);
    assert_eq!(seen(&both), Some((POOL01, vec![Closed, Closed, Closed, ByHand])));
    // Another pool that is not paired: people move it there, in a plan of its own.
    let beside = beside();
    assert_eq!(seen(&beside).map(|(_, stands)| stands[0]), Some(Open));
    assert_eq!(ways(&beside, &[]).unwrap().1[0].apart, Some(POOL02));
    // Nothing is lost, and the back end stays: nothing is said.
    assert_eq!(seen(&paired()), None);
    // Nothing is lost, and the back end is to change: the store moves first, by the pair or by people, and no other way is told.
    let mut healthy = paired();
    want(&mut healthy, BE2, Some(BE1));
    assert_eq!(seen(&healthy), Some((POOL01, vec![Taken])));
    let theirs = healthy.estate.store_of(POOL02, CentralMgmt).unwrap();
    copy(&mut healthy, theirs, SQL2, Value::Absent, Value::NoSession, Value::Nothing);
    assert_eq!(seen(&healthy), Some((POOL01, vec![ByHand])));
    // Both hosts are lost: what the pair has received can be taken over there, and the rest is given up by name.
    let be2 = host(&pair, BE2);
    dies(&mut pair, be2);
    assert_eq!(seen(&pair), Some((POOL01, vec![Open, Closed, Closed, ByHand])));
    assert!(!ways(&pair, &[]).unwrap().1[0].whole);
}

#[test]
fn a_pool_that_is_not_paired_takes_it_over_in_a_plan_of_its_own() {
    let p = beside();
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    assert_eq!(first(&p, None), Some(POOL02));
    let part = p.for_cms(POOL02);
    let plan = planned(&part, &[&FAILED_OVER[..], &["save/topology", "move-cms/pool02"]].concat());
    let step = &plan.plan.steps[5].declaration;
    let Call::Person(Task::MoveCms { enable, carry, .. }) = &step.ways[0].call else { panic!("no person") };
    assert!(enable.is_some() && !carry.is_on("Force") && step.loses.is_empty());
    let last = part.view(&plan.placed.last().unwrap().taken.after);
    assert_eq!((cms::holder(last), last.get(Field::CmsWritable)), (Some(POOL02), Value::Yes));
    // Nobody goes on from there with what was read before.
    assert_eq!(last.get(Field::PrimarySlot(cms::store(&part.estate, POOL01).unwrap())), Value::Unknown);
    assert_eq!(first(&part, None), None, "it is what comes first");
}

#[test]
fn a_pool_that_does_not_run_takes_nothing_over_by_hand_either() {
    for (field, value) in [
        (Field::Services(FrontEndId(4)), Value::Stopped),
        (Field::Answers(SQL2), Value::No),
        (Field::HoldsCms(POOL02), Value::Yes),
    ] {
        let mut p = beside();
        set(&mut p, field, value);
        assert!(matches!(solve(&p.for_cms(POOL02)), Outcome::NoPlan { .. }), "{field:?}");
    }
}

/// The Front End that takes it over restarts, and signs its users out (operations 9.4).
#[test]
fn by_hand_it_is_moved_only_where_users_may_be_signed_out() {
    let mut p = beside();
    p.policy.accept_outage = false;
    let part = p.for_cms(POOL02);
    assert!(matches!(solve(&part), Outcome::NoPlan { .. }));
    let refusal = planner::refusal::explain(&part, 0);
    assert!(refusal.ways_out.iter().any(|w| w.grants == [Grant::Outage]), "{:#?}", refusal.ways_out);
}

#[test]
fn by_hand_what_does_not_answer_is_moved_from_exports_and_given_up_by_name() {
    let mut p = beside();
    let be2 = host(&p, BE2);
    dies(&mut p, be2);
    let part = p.for_cms(POOL02);
    assert!(matches!(solve(&part), Outcome::NoPlan { .. }));
    let refusal = planner::refusal::explain(&part, 0);
    let lost = p.estate.store(cms::store(&p.estate, POOL01).unwrap()).databases.clone();
    assert!(refusal.ways_out.iter().any(|w| w.loses == lost), "{:#?}", refusal.ways_out);
    p.consents = [lost[0]].into();
    assert!(matches!(solve(&p.for_cms(POOL02)), Outcome::NoPlan { .. }), "lis was not given up");
    p.consents = lost.iter().copied().collect();
    let part = p.for_cms(POOL02);
    let plan = solved(&part);
    let [step] = &plan.plan.steps[..] else { panic!("more than the move") };
    let Call::Person(Task::MoveCms { enable, carry, .. }) = &step.declaration.ways[0].call else { panic!("no person") };
    assert!(enable.is_none() && carry.is_on("Force"));
    assert_eq!(step.declaration.loses, lost);
    assert_eq!(step.declaration.risk(part.view(&part.initial)), Risk::PossibleLoss);
    assert!(matches!(step.declaration.undo, Undo::Irreversible(_)));
}

#[test]
fn a_move_by_hand_comes_before_steps_of_no_source_and_after_none() {
    // Policy allows what nobody describes: the way with sources comes first all the same.
    let mut p = beside();
    p.wishes.iter_mut().for_each(|w| w.slots = Slots::Pair(BE1, BE2));
    p.policy.allow_undocumented = true;
    p.policy.allow_full_stop = true;
    let plan = solved(&p);
    assert!(plan.cost.0[1] > 0);
    assert_eq!(first(&p, Some(&plan)), Some(POOL02));
    // A plan that needs neither stays as it is: a failover alone.
    let mut p = beside();
    p.wishes.iter_mut().for_each(|w| w.slots = Slots::Ordered { primary: None, mirror: Wanted::Unmanaged });
    p.wishes.iter_mut().for_each(|w| w.principal = Some(BE2));
    assert_eq!(first(&p, Some(&solved(&p))), None);
}

/// pool01 has lost both of its hosts; the Central Management store is there, or pool02 has it.
fn both_lost(holder: PoolId) -> Problem {
    let mut p = paired();
    for i in [BE1, BE2] {
        let h = host(&p, i);
        dies(&mut p, h);
    }
    for pool in [POOL01, POOL02] {
        set(&mut p, Field::HoldsCms(pool), if pool == holder { Value::Yes } else { Value::No });
    }
    set(&mut p, Field::CmsWritable, if holder == POOL01 { Value::No } else { Value::Yes });
    p.policy.allow_full_stop = true;
    p
}

/// The databases of pool01 that nobody but its people can give up.
fn given_up(p: &Problem, kinds: &[DatabaseType]) -> Vec<model::estate::DatabaseId> {
    let stores = kinds.iter().filter_map(|&k| p.estate.store_of(POOL01, k));
    let databases = stores.flat_map(|s| p.estate.store(s).databases.clone());
    databases.filter(|&d| !p.gives_up(d)).collect()
}

#[test]
fn lost_on_both_hosts_it_is_taken_over_first_and_its_databases_begin_anew_last() {
    let mut p = both_lost(POOL01);
    let all = given_up(&p, &[User, Application, CentralMgmt]);
    // Without a word for xds and lis nothing of it is given up.
    p.consents = given_up(&p, &[User, Application]).into_iter().collect();
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    let refusal = planner::refusal::explain(&p, 0);
    let asked = |w: &planner::refusal::WayOut| matches!(w.grants[..], [Grant::Loss(_)]) && w.loses == all;
    assert!(refusal.ways_out.iter().any(asked), "{:#?}", refusal.ways_out);
    p.consents = all.into_iter().collect();
    let plan = solved(&p);
    support::world::sound(&p, &plan);
    let ids = support::ids(&p);
    let place = |id: &str| ids.iter().position(|x| x == id).unwrap_or_else(|| panic!("no {id} in {ids:?}"));
    for later in ["rebuild/be1", "rebuild/be2", "create-databases/pool01/CentralMgmt"] {
        assert!(place("move-cms/pool02") < place(later), "{ids:?}");
    }
    let create = &plan.placed[place("create-databases/pool01/CentralMgmt")].declaration;
    let Call::Cmdlets(way) = &create.ways[0].call else { panic!("no cmdlet") };
    assert!(way[0].is_on("CentralManagementDatabase") && !way[0].is_on("Clean"));
}

#[test]
fn the_pool_that_does_not_hold_it_need_not_give_its_databases_up() {
    let mut p = both_lost(POOL02);
    assert!(given_up(&p, &[CentralMgmt]).is_empty());
    p.consents = given_up(&p, &[User, Application]).into_iter().collect();
    let plan = solved(&p);
    support::world::sound(&p, &plan);
    let ids = support::ids(&p);
    assert!(ids.contains(&"create-databases/pool01/CentralMgmt".to_owned()), "{ids:?}");
    assert!(!ids.iter().any(|id| id.starts_with("move-cms") || *id == "bring-back/pool01/CentralMgmt"), "{ids:?}");
    // Where nobody knows who holds it, they may be the last.
    set(&mut p, Field::HoldsCms(POOL01), Value::Unknown);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
}

#[test]
fn other_pools_are_served_and_do_not_ask_for_the_move() {
    let mut p = beside();
    // pool02 is declared too, and well.
    let own = p.estate.store_ids().filter(|&s| p.estate.store(s).pool == POOL02).collect::<Vec<_>>();
    p.wishes.extend(own.into_iter().map(|store| Wish {
        store,
        slots: support::world::ordered(SQL2, None),
        witness: Wanted::Unmanaged,
        principal: None,
    }));
    planned(&p.for_cms(POOL02), &[&FAILED_OVER[..], &["save/topology", "move-cms/pool02"]].concat());
}

#[test]
fn of_several_pools_the_first_that_can_takes_it_over() {
    let mut p = apart(&[&["be1", "be2"], &["sql2"], &["sql3"]], &[User, CentralMgmt]);
    set(&mut p, Field::HoldsCms(POOL01), Value::Yes);
    assert_eq!(cms::taker(&p), Some(POOL02));
    let stands = p.estate.pool(POOL02).front_ends[0];
    set(&mut p, Field::Services(stands), Value::Stopped);
    assert_eq!(cms::taker(&p), Some(PoolId(2)), "one whose Front Ends run");
    set(&mut p, Field::HoldsCms(PoolId(2)), Value::Unknown);
    assert_eq!(cms::taker(&p), Some(POOL02), "what is not known to be paired is not asked");
}

#[test]
fn that_it_is_elsewhere_is_no_way_out_where_it_is_known_to_be_here() {
    let mut p = alone(false);
    want(&mut p, BE2, Some(BE1));
    set(&mut p, Field::CmsWritable, Value::Yes);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    let elsewhere = |g: &Grant| matches!(g, Grant::Fact(Field::HoldsCms(_), _));
    let refusal = planner::refusal::explain(&p, 0);
    assert!(!refusal.ways_out.iter().any(|w| w.grants.iter().any(elsewhere)), "{refusal:#?}");
}

#[test]
fn it_goes_to_a_pool_that_runs_paired_ones_first_and_of_the_same_product() {
    // pool02 and pool03 are paired with nobody here; pool01 holds it.
    let three = apart(&[&["be1", "be2"], &["sql2"], &["sql3"]], &[User, Application, CentralMgmt]);
    let mut p = night(three);
    for n in 0..3 {
        set(&mut p, Field::HoldsCms(PoolId(n)), if n == 0 { Value::Yes } else { Value::No });
    }
    let to = |p: &Problem| cms::destination(p);
    // Both have a store for it that serves: the first by name.
    assert_eq!(to(&p), Some(POOL02));
    let theirs = |p: &Problem, n: u16| cms::store(&p.estate, PoolId(n)).unwrap();
    // That of pool02 is not there: pool03 is better. Neither is: the first by name again.
    let (second, third) = (theirs(&p, 1), theirs(&p, 2));
    let gone = |p: &mut Problem, s: StoreId| {
        let at = p.estate.store(s).instances[0];
        copy(p, s, at, Value::Absent, Value::NoSession, Value::Nothing);
    };
    gone(&mut p, second);
    assert_eq!(to(&p), Some(PoolId(2)));
    gone(&mut p, third);
    assert_eq!(to(&p), Some(POOL02));
    // pool02 does not run, then it is of another product.
    let theirs = p.estate.pool(POOL02).front_ends[0];
    set(&mut p, Field::Services(theirs), Value::Stopped);
    assert_eq!(to(&p), Some(PoolId(2)));
    set(&mut p, Field::Services(theirs), Value::Running);
    p.estate.pools[1].product = model::estate::Product::Skype2015;
    assert_eq!(to(&p), Some(PoolId(2)));
    // Nobody knows who holds it.
    set(&mut p, Field::HoldsCms(POOL01), Value::Unknown);
    assert_eq!(to(&p), None);
    // One that has no store for it and runs comes before one whose store for it does not answer.
    let mut p = beside();
    assert_eq!(to(&p), Some(POOL02));
    let theirs = p.estate.pool(POOL02).front_ends[0];
    set(&mut p, Field::Services(theirs), Value::Stopped);
    assert_eq!(first(&p, None), None, "it does not run");
}

/// The slots stay, and w1 is still in the witness slot.
#[test]
fn mirrored_again_it_gets_the_witness_of_the_topology_unless_none_is_declared() {
    let with = |wanted: Wanted| {
        let mut p = night(apart(&[&["be1", "be2"], &["w1"]], &[User, Application, CentralMgmt]));
        let w1 = p.estate.instance_named(&support::sql("w1.contoso.com\\RTC")).unwrap();
        p.wishes.retain(|w| p.estate.store(w.store).pool == POOL01);
        set(&mut p, Field::HoldsCms(POOL01), Value::Yes);
        // Nobody takes it over.
        let theirs = p.estate.pool(POOL02).front_ends[0];
        set(&mut p, Field::Services(theirs), Value::Stopped);
        set(&mut p, Field::Ready(w1), Value::Yes);
        let stores: Vec<_> = p.wishes.iter().map(|w| w.store).collect();
        for s in stores {
            set(&mut p, Field::WitnessSlot(s), w1.into());
        }
        p.wishes.iter_mut().for_each(|w| (w.slots, w.witness) = (Slots::Pair(BE1, BE2), wanted));
        p.policy.allow_undocumented = true;
        p.policy.allow_full_stop = true;
        let plan = solved(&p);
        let again = plan.plan.steps.iter().filter(|s| s.declaration.id.0.starts_with("remirror/"));
        let linked = |w: &model::field::Write| matches!(w.field, Field::Witness(..)) && w.value == w1.into();
        again.map(|s| s.declaration.end.iter().any(linked)).collect::<Vec<_>>()
    };
    assert_eq!(with(Wanted::Unmanaged), [true; 3]);
    assert_eq!(with(Wanted::Nothing), [false; 3]);
}

#[test]
fn the_ways_are_told_where_it_is_not_known_whether_the_host_answers() {
    let mut p = paired();
    assert!(ways(&p, &[]).is_none(), "all is well");
    set(&mut p, Field::Answers(BE1), Value::Unknown);
    let (pool, list) = ways(&p, &[]).expect("it may be lost");
    assert_eq!((pool, list.len()), (POOL01, model::cms_options::ALL.len()));
}

/// Where it takes writes it is moved for the sake of the pool that holds it, and of no other.
#[test]
fn a_store_that_takes_writes_is_moved_for_its_own_pool_alone() {
    let mut p = paired();
    let places = |p: &Problem, pool| planner::cms::places(p, &[pool].into());
    assert_eq!(places(&p, POOL01), [POOL01, POOL02]);
    assert_eq!(places(&p, POOL02), []);
    set(&mut p, Field::CmsWritable, Value::No);
    for pool in [POOL01, POOL02] {
        assert_eq!(places(&p, pool), [POOL01, POOL02], "every publish needs it");
    }
}
