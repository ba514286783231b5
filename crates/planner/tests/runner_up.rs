//! Plans that were not chosen: what they cost by the prices that count, when another order of slots is worth a word, and which
//! steps rest on weaker evidence.

mod support;

use std::rc::Rc;

use model::declaration::{Evidence, Work};
use model::estate::StoreId;
use model::field::{Field, Value};
use model::problem::Problem;
use planner::cost::FULL_STOPS;
use planner::runner_up::{Came, Other, in_any_order, runners_up, weaker};
use support::world::{BE1, BE2, Plan, copies, healthy, set, slots, want};
use support::{FOUR, cms, ids, seed, solved};

/// Six Front Ends run with the slots of before the change, and none of them reaches the store (K5).
fn nobody_reaches() -> Problem {
    let mut p = healthy(&Plan { front_ends: 6, ..Plan::default() });
    copies(&mut p, BE1, Value::Absent, Value::NoSession, Value::Nothing);
    copies(&mut p, BE2, Value::Unmirrored, Value::NoSession, Value::Complete);
    let s = StoreId(0);
    slots(&mut p, s, BE2, None);
    for f in p.estate.front_end_ids().collect::<Vec<_>>() {
        set(&mut p, Field::LoadedPrimary(f, s), BE1.into());
        set(&mut p, Field::LoadedMirror(f, s), BE2.into());
    }
    want(&mut p, BE2, None);
    p
}

/// A full stop is asked about as if it counted no more than restarts, and told at what it does count.
#[test]
fn a_plan_that_was_not_chosen_is_told_at_the_real_price() {
    let p = nobody_reaches();
    let chosen = solved(&p);
    assert_eq!(chosen.cost.0[FULL_STOPS], 0, "{:?}", ids(&p));
    let all = runners_up(&chosen);
    let came = all.into_iter().find_map(|(other, came)| (other == Other::FullStop).then_some(came));
    let Some(Came::Plan(other, real)) = came else { panic!("no other plan") };
    assert!(other.plan.steps.iter().any(|s| s.declaration.work == Work::FullStop));
    assert!(other.cost < chosen.cost, "where it counts nothing it is the best: users are out once");
    assert_eq!(real.0[FULL_STOPS], 1);
    assert!(chosen.cost < real, "and where it counts it is not");
}

#[test]
fn another_order_is_worth_a_word_where_a_slot_goes_away_and_comes_back() {
    let mut p = seed(&FOUR[..1], 3);
    // be2 takes the slot and keeps it: that is what was asked for.
    assert_eq!(in_any_order(&solved(&p)), None);
    want(&mut p, BE1, Some(BE2));
    let there_and_back = solved(&p);
    let steps = in_any_order(&there_and_back).expect("be2 may keep the slot");
    assert!(steps < there_and_back.placed.len());
}

/// What only looks changes nothing: its evidence is no reason to think twice.
#[test]
fn steps_that_only_look_are_never_told_as_weaker() {
    let mut plan = solved(&cms::alone(true));
    let inferred = |n: &usize| plan.placed[*n].declaration.ways[0].evidence != Evidence::Documented;
    let expected: Vec<usize> = (0..plan.placed.len()).filter(inferred).collect();
    let told = |plan: &planner::solve::Solved| weaker(plan).into_iter().map(|(n, _)| n).collect::<Vec<_>>();
    assert!(!expected.is_empty());
    assert_eq!(told(&plan), expected);
    for step in &mut plan.placed {
        let d = Rc::make_mut(&mut step.declaration);
        d.ways.iter_mut().for_each(|w| w.evidence = Evidence::Inferred);
    }
    let looks = plan.placed.iter().filter(|p| p.declaration.work == Work::Look).count();
    assert!(looks > 0);
    assert_eq!(told(&plan).len(), plan.placed.len() - looks);
}
