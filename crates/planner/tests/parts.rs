//! What is asked for together and what is alike: parts that share a machine are one, a part knows of its machines what the
//! whole knows, and stores that differ in anything but their names stand for themselves.

mod support;

use std::collections::BTreeSet;

use model::database_type::DatabaseType::{Application, Archiving, CentralMgmt, User};
use model::estate::{PoolId, Product, StoreId};
use model::field::{Field, Value};
use model::problem::{Problem, Wanted};
use model::restrict::Kept;
use planner::alike::{classes, twins};
use planner::runner_up::{Came, Other, runners_up};
use support::cms::{POOL01, POOL02, apart};
use support::world::{BE1, BE2, FE1, Plan, healthy, ordered, set};

/// The pools of a problem shall serve from their mirrors; those of other pools are left alone.
fn failed_over(mut p: Problem, pools: &[u16]) -> Problem {
    p.wishes.retain(|w| pools.contains(&p.estate.store(w.store).pool.0));
    for n in 0..p.wishes.len() {
        let mirror = p.initial.get(&p.estate, Field::MirrorSlot(p.wishes[n].store)).instance();
        p.wishes[n].principal = mirror;
    }
    p
}

#[test]
fn pools_between_whose_machines_a_store_of_nobody_lies_are_one_part() {
    let searched = |homes: &[&[&str]]| {
        let p = failed_over(apart(homes, &[User, Application]), &[0, 1]);
        support::solved(&p).searched.parts
    };
    assert_eq!(searched(&[&["be1", "be2"], &["be3", "be4"]]), 2);
    assert_eq!(searched(&[&["be1", "be2"], &["be3", "be4"], &["be5", "be6"]]), 2);
    // Building be1 anew would ask for the copies of pool03 on be3.
    assert_eq!(searched(&[&["be1", "be2"], &["be3", "be4"], &["be1", "be3"]]), 1);
}

/// A part with the stores of one pool.
fn part_of(p: &Problem, pool: PoolId) -> Problem {
    let managed = p.estate.store_ids().filter(|&s| p.estate.store(s).pool == pool).collect();
    let kept = Kept { managed, beside: BTreeSet::new(), pools: [pool].into() };
    p.restricted(&kept).unwrap().problem
}

#[test]
fn a_part_has_the_ports_and_builds_of_its_own_instances() {
    let mut p = apart(&[&["be1", "be2"], &["be3", "be4"]], &[User]);
    for (n, i) in p.estate.instance_ids().collect::<Vec<_>>().into_iter().enumerate() {
        p.ports.insert(i, 7000 + u16::try_from(n).unwrap());
        p.builds.insert(i, format!("build {n}"));
    }
    let part = part_of(&p, POOL02);
    assert_eq!(part.estate.instances.len(), 2);
    for i in part.estate.instance_ids() {
        let whole = p.estate.instance_named(&part.estate.instance(i).name).unwrap();
        assert_eq!((part.ports.get(&i), part.builds.get(&i)), (p.ports.get(&whole), p.builds.get(&whole)));
    }
}

#[test]
fn a_part_knows_what_else_is_on_its_machines() {
    let p = healthy(&Plan { witness: Some("be1.contoso.com\\OTHER"), ..Plan::default() });
    let part = part_of(&p, POOL01);
    let names = |p: &Problem| p.estate.instances.iter().map(|i| i.name.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&part), names(&p), "it goes down with be1");
    // Also where no store of the part may lie: on a machine of its own it is left out.
    let far = healthy(&Plan { witness: Some("w1.contoso.com"), ..Plan::default() });
    assert_eq!(part_of(&far, POOL01).estate.instances.len(), far.estate.instances.len() - 1);
}

#[test]
fn a_part_knows_where_the_central_management_store_is() {
    let mut p = apart(&[&["be1", "be2"], &["be3", "be4"]], &[User, CentralMgmt]);
    p.estate.cms = Some(POOL02);
    assert_eq!(part_of(&p, POOL02).estate.cms, Some(PoolId(0)), "the only pool of the part");
    assert_eq!(part_of(&p, POOL01).estate.cms, None);
}

/// The classes of stores, by type.
fn alike(p: &Problem, users_apart: bool) -> Vec<Vec<&'static str>> {
    let name = |&s: &StoreId| p.estate.store(s).kind.name();
    classes(p, users_apart).iter().map(|class| class.iter().map(name).collect()).collect()
}

#[test]
fn stores_stand_for_each_other_only_where_they_differ_in_names_alone() {
    let types = [User, Application, Archiving];
    let p = healthy(&Plan { types: &types, ..Plan::default() });
    assert_eq!(alike(&p, false), [["User", "Application", "Archiving"]]);
    assert_eq!(alike(&p, true), [vec!["User"], vec!["Application", "Archiving"]]);
    let archiving = p.estate.store_ids().find(|&s| p.estate.store(s).kind == Archiving).unwrap();
    let d = p.estate.store(archiving).databases[0];
    let apart = |change: &dyn Fn(&mut Problem)| {
        let mut p = p.clone();
        change(&mut p);
        assert_eq!(alike(&p, false), [vec!["User", "Application"], vec!["Archiving"]]);
    };
    apart(&|p| set(p, Field::LoadedPrimary(FE1, archiving), Value::Instance(BE2)));
    apart(&|p| set(p, Field::LoadedMirror(FE1, archiving), Value::Unknown));
    apart(&|p| set(p, Field::WitnessSlot(archiving), Value::Unknown));
    apart(&|p| set(p, Field::Content(d, BE2), Value::Unknown));
    apart(&|p| set(p, Field::Safety(d, BE1), Value::Off));
    apart(&|p| _ = p.consents.insert(d));
    apart(&|p| set(p, Field::Role(d, BE2), Value::Unknown));
    apart(&|p| set(p, Field::Session(d, BE2), Value::Suspended));
    apart(&|p| set(p, Field::Witness(d, BE2), BE1.into()));
    apart(&|p| set(p, Field::WitnessLink(d, BE2), Value::Connected));
    apart(&|p| set(p, Field::PrimarySlot(archiving), BE2.into()));
    apart(&|p| set(p, Field::MirrorSlot(archiving), Value::Nothing));
    apart(&|p| p.wishes[2].slots = ordered(BE2, Some(BE1)));
    apart(&|p| p.wishes[2].witness = Wanted::Nothing);
    apart(&|p| p.wishes[2].principal = Some(BE2));
    // What holds the slots of a back end is no reason to move those of Archiving (operations 9.2).
    apart(&|p| set(p, Field::HoldsCms(POOL01), Value::Yes));
    apart(&|p| set(p, Field::HoldsCms(POOL01), Value::Unknown));
}

#[test]
fn the_central_management_store_stands_for_itself() {
    let mut p = healthy(&Plan { types: &[User, Application, CentralMgmt], ..Plan::default() });
    for holds in [Value::Yes, Value::No] {
        set(&mut p, Field::HoldsCms(POOL01), holds);
        assert_eq!(alike(&p, false), [vec!["User", "Application"], vec!["CentralMgmt"]], "{holds:?}");
    }
}

/// A plan under another policy is found as if what that allows cost nothing more, and is told at its real price.
#[test]
fn what_was_not_chosen_has_the_price_that_it_has() {
    // Slots in any order, and what nobody describes is allowed: the store stays, and that has its price in evidence.
    let mut p = support::cms::night(support::cms::paired());
    p.wishes.iter_mut().for_each(|w| w.slots = model::problem::Slots::Pair(BE1, BE2));
    p.policy.allow_full_stop = true;
    let chosen = support::solved(&p);
    assert_eq!(chosen.cost.0[1], 0);
    let other = runners_up(&chosen).into_iter().find(|(o, _)| *o == Other::Undocumented);
    let Some((_, Came::Plan(solved, real))) = other else { panic!("the same plan, or none") };
    assert_eq!(solved.cost.0[1], 0, "as if it cost nothing more");
    assert!(real.0[1] > 0, "{real:?}");
}

#[test]
fn pools_that_differ_in_one_thing_are_no_twins() {
    let base = healthy(&Plan { pools: &["pool01", "pool02"], types: &[User, Archiving], ..Plan::default() });
    let other = POOL02;
    let f = base.estate.pool(other).front_ends[1];
    let s = base.estate.store_of(other, Archiving).unwrap();
    let apart = |what: &str, change: &dyn Fn(&mut Problem)| {
        let mut p = base.clone();
        change(&mut p);
        assert_eq!(twins(&p), [vec![POOL01], vec![other]], "{what}");
    };
    assert_eq!(twins(&base), [vec![POOL01, other]]);
    // Each product has its own Topology Builder, and its own cmdlets.
    apart("product", &|p| p.estate.pools[1].product = Product::Skype2015);
    apart("Front Ends", &|p| _ = p.estate.pools[1].front_ends.pop());
    apart("wish", &|p| p.wishes.retain(|w| w.store != s));
    for (field, value) in [
        (Field::Services(f), Value::Stopped),
        (Field::Replica(f), Value::Stale),
        (Field::StartedSinceMirror(f), Value::No),
        (Field::LoadedMirror(f, s), Value::Nothing),
        (Field::Tested(other), Value::No),
        (Field::LogBackups(other), Value::No),
        (Field::Reports(other), Value::No),
        (Field::HoldsCms(other), Value::Yes),
        (Field::MirrorSlot(s), Value::Nothing),
    ] {
        apart(&format!("{field:?}"), &|p| set(p, field, value));
    }
}
