//! Publishes that pools share: how long a pool waits in all, which pools are never one visit, and a plan file whose shared
//! publishes are planned anew when it is read.

mod support;

use model::actions::{Action, Publish};
use model::database_type::DatabaseType;
use model::declaration::StepId;
use model::estate::Product;
use model::problem::Problem;
use planner::solve::{Solved, retrace};
use support::many::{Pool, Stands, many};
use support::solved;
use support::world::ordered;

fn ids(plan: &Solved) -> Vec<StepId> {
    plan.plan.steps.iter().map(|s| s.declaration.id.clone()).collect()
}

/// Publishes of both pools.
fn shared(plan: &Solved) -> Vec<String> {
    let ids = ids(plan).into_iter().filter(|i| i.0.contains('+'));
    ids.filter_map(|i| i.0.rsplit('/').next().map(str::to_owned)).collect()
}

/// How long a pool's own steps before its publish take at most; machines and pools are numbered alike.
fn own_time(plan: &Solved, number: &str, purpose: &str) -> u64 {
    let own = plan.plan.steps.iter().map(|s| &s.declaration).filter(|d| d.id.0.contains(number));
    let before = own.take_while(|d| !(d.id.0.starts_with("publish/") && d.id.0.ends_with(purpose)));
    before.map(|d| u64::from(d.duration.most)).sum()
}

/// The second pool has one type more to fail over, and more Front Ends.
fn two() -> Problem {
    let second = Pool { pair: 2, front_ends: 6, monitoring: true, ..Pool::default() };
    many(&[Pool::default(), second], false)
}

#[test]
fn a_pool_waits_no_longer_in_all_than_policy_allows() {
    let mut p = two();
    let alone = solved(&p);
    let apart = |purpose| own_time(&alone, "00002", purpose) - own_time(&alone, "00001", purpose);
    let (off, mirroring) = (apart("/mirroring-off"), apart("/mirroring"));
    assert!(0 < off && off < mirroring);
    let mut with = |wait| {
        p.policy.publish_wait = Some(wait);
        solved(&p)
    };
    let all = with(mirroring);
    assert_eq!(
        shared(&all),
        ["mirroring-off", "store", "mirroring"],
        "what was waited for once is not waited for again"
    );
    assert_eq!((all.shared.added, all.shared.longest.map(|(_, wait)| wait)), (mirroring, Some(mirroring)));
    let most = with(mirroring - 1);
    assert_eq!(shared(&most), ["mirroring-off", "store"], "in all, not for each publish");
    assert_eq!(most.shared.added, apart("/store"));
    assert_eq!(shared(&with(off - 1)).first().map(String::as_str), None, "not even for the first");
}

#[test]
fn pools_of_two_products_are_never_one_visit() {
    let mut p = two();
    p.policy.publish_wait = Some(24 * 3600);
    assert_eq!(solved(&p).shared.saved, 3);
    p.estate.pools[1].product = Product::Skype2015;
    let apart = solved(&p);
    assert_eq!((apart.shared.saved, apart.searched.parts), (0, 2), "each has its own Topology Builder");
    let publish = |number: &str| {
        apart.plan.steps.iter().find_map(|s| match &s.action {
            Action::Publish(p) if s.declaration.id.0.contains(number) => Some(p.clone()),
            _ => None,
        })
    };
    let [one, other] = ["00001", "00002"].map(|number| publish(number).unwrap());
    assert_eq!(Publish::together(&p, &[&one, &other]), None);
    p.estate.pools[1].product = p.estate.pools[0].product;
    assert!(Publish::together(&p, &[&one, &other]).is_some());
}

#[test]
fn a_plan_with_shared_publishes_is_read_again_and_no_other_is() {
    let mut p = two();
    p.policy.publish_wait = Some(24 * 3600);
    let ids = ids(&solved(&p));
    let reads = |ids: &[StepId]| retrace(&p, ids).is_some();
    assert!(reads(&ids));
    let made_up = StepId("fence/be9.contoso.com".to_owned());
    assert!(!reads(&[&ids[..], std::slice::from_ref(&made_up)].concat()), "a step more");
    assert!(!reads(&ids[1..]), "a step less");
    let mut other = ids.clone();
    other[0] = made_up;
    assert!(!reads(&other), "another step");
}

/// The second pool needs no failover and has waited for the others already; the third comes later by a round of one Front End.
#[test]
fn nobody_in_a_shared_publish_waits_longer_than_policy_allows_not_only_the_first() {
    let pool = |pair| Pool { pair, monitoring: true, ..Pool::default() };
    let pools = [pool(1), Pool { stands: Stands::Served, ..pool(2) }, Pool { front_ends: 4, ..pool(3) }];
    let mut p = many(&pools, false);
    let limit = u64::from(model::durations::RESTART.most);
    p.policy.publish_wait = Some(limit);
    let plan = solved(&p);
    let publishes: Vec<_> = ids(&plan).into_iter().map(|i| i.0).filter(|i| i.ends_with("/mirroring")).collect();
    let publishes: Vec<_> = publishes.into_iter().filter(|i| i.starts_with("publish/")).collect();
    assert_eq!(
        publishes,
        ["publish/pool00001.contoso.com+pool00002.contoso.com/mirroring", "publish/pool00003.contoso.com/mirroring"]
    );
    let (_, longest) = plan.shared.longest.expect("the second has waited");
    assert!(0 < longest && longest <= limit, "{longest}");
}

/// In both pools one store stays where it failed over to, and the other goes home: its mirroring is taken off again later.
#[test]
fn a_purpose_that_a_pool_serves_twice_is_shared_the_first_time_only() {
    let pool = |pair| Pool { pair, monitoring: true, ..Pool::default() };
    let mut p = many(&[pool(1), pool(2)], false);
    for wish in &mut p.wishes {
        let store = p.estate.store(wish.store);
        if store.kind == DatabaseType::Monitoring {
            wish.slots = ordered(store.instances[0], Some(store.instances[1]));
        }
    }
    p.policy.publish_wait = Some(24 * 3600);
    let plan = solved(&p);
    let publishes: Vec<_> = ids(&plan).into_iter().filter(|i| i.0.starts_with("publish/")).collect();
    let (both, alone): (Vec<_>, Vec<_>) = publishes.into_iter().map(|i| i.0).partition(|i| i.contains('+'));
    let purposes =
        |all: &[String]| all.iter().filter_map(|i| i.rsplit('/').next().map(str::to_owned)).collect::<Vec<_>>();
    let meanwhile = ["mirroring-off", "mirroring-off-meanwhile", "store", "store-meanwhile"];
    assert_eq!(purposes(&both), [&meanwhile[..], &["mirroring-meanwhile", "mirroring"]].concat());
    let home = ["mirroring-off", "store", "mirroring"];
    assert_eq!(purposes(&alone), [home, home].concat(), "the later ones are never one with the earlier ones");
    assert_eq!(plan.shared.saved, 6);
    // Read again it is the same plan, though some of its ids are there twice.
    assert_eq!(retrace(&p, &ids(&plan)).map(|read| ids(&read)), Some(ids(&plan)));
    p.policy.publish_wait = None;
    let plan = solved(&p);
    assert_eq!(retrace(&p, &ids(&plan)).map(|read| ids(&read)), Some(ids(&plan)));
}
