//! Publishes that pools share: how long a pool waits in all, which pools are never one visit, and a plan file whose shared
//! publishes are planned anew when it is read.

mod support;

use model::actions::{Action, Publish};
use model::declaration::StepId;
use model::estate::Product;
use model::problem::Problem;
use planner::solve::{Solved, retrace};
use support::many::{Pool, many};
use support::solved;

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
