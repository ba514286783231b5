//! K1 to K12 and the guards: each is taken away, and the worse plan shows itself.

mod support;

use model::condition::{Condition, Predicate};
use model::field::{Field, Value, write};
use model::problem::{Problem, Slots, Wanted};
use planner::step::apply;
use support::{FOUR, ids, seed, solved};

fn without(problem: &Problem, rules: &[&'static str]) -> Problem {
    Problem { lifted: rules.iter().copied().collect(), ..problem.clone() }
}

fn small() -> Problem {
    seed(&FOUR[..1], 3)
}

fn place(ids: &[String], id: &str) -> usize {
    ids.iter().position(|x| x == id).unwrap_or_else(|| panic!("no {id} in {ids:?}"))
}

fn has(ids: &[String], prefix: &str) -> bool {
    ids.iter().any(|x| x.starts_with(prefix))
}

/// How many orders the plan has.
fn orders(problem: &Problem) -> u128 {
    solved(problem).plan.orders.unwrap()
}

#[test]
fn k1_forces_before_the_fence() {
    // The same is also said by invariants 1 and 3, over states: a rule on one action could be dodged through another.
    let worse = ids(&without(&small(), &["K1", "invariant 1", "invariant 3"]));
    assert!(place(&worse, "failover/pool01/User") < place(&worse, "fence/be1"));
    for kept in [&["K1"][..], &["invariant 1", "invariant 3"][..]] {
        let plan = ids(&without(&small(), kept));
        assert!(place(&plan, "fence/be1") < place(&plan, "failover/pool01/User"), "{kept:?}");
    }
}

#[test]
fn k2_strands_copies_that_are_mirror() {
    let base = seed(&FOUR[..2], 3);
    // The edge from a failover to the publish keeps its copies from being stranded. (The cmdlet, which speaks slots, needs
    // that order too: that is taken away with it.)
    let edge = |p: &Problem| {
        let solved = solved(p);
        solved.plan.edges.iter().any(|e| {
            let id = |n: usize| support::short(&solved.plan.steps[n].declaration.id.0);
            id(e.from) == "failover/pool01/Application" && id(e.to) == "publish/pool01/mirroring-off"
        })
    };
    assert!(edge(&without(&base, &["slot"])) && !edge(&without(&base, &["K2", "slot"])));
    assert!(orders(&without(&base, &["K2", "slot"])) > orders(&without(&base, &["slot"])));
}

#[test]
fn k3_merges_two_publishes() {
    let worse = ids(&without(&small(), &["K3"]));
    assert!(!has(&worse, "publish/pool01/mirroring-off") && has(&worse, "publish/pool01/store"));
}

#[test]
fn k4_drops_the_waits() {
    assert!(!has(&ids(&without(&small(), &["K4"])), "replicate/"));
}

#[test]
fn k5_drops_a_round_of_restarts() {
    let worse = ids(&without(&small(), &["K5"]));
    assert!(!has(&worse, "restart/fe1/store") && has(&worse, "restart/fe1/mirroring"));
}

#[test]
fn k6_publishes_a_mirror_that_is_not_there() {
    let worse = ids(&without(&small(), &["K6"]));
    assert!(place(&worse, "publish/pool01/mirroring") < place(&worse, "sql-server/be1\\RTC"));
}

#[test]
fn k7_creates_mirrors_the_topology_does_not_name() {
    let base = small();
    let solved = solved(&base);
    let create = solved.plan.steps.iter().find(|s| s.declaration.id.0.starts_with("mirror/")).unwrap();
    let published = solved.plan.place(&create.declaration.id).unwrap();
    let s = base.wishes[0].store;
    // The slots turned round: the cmdlet would copy the other way.
    let slots = (solved.placed[published].before.get(&base.estate, Field::PrimarySlot(s)), Value::Nothing);
    let mirror = solved.placed[published].before.get(&base.estate, Field::MirrorSlot(s));
    let turned = apply(
        &base,
        &solved.placed[published].before,
        &[write(Field::PrimarySlot(s), mirror), write(Field::MirrorSlot(s), slots.0)],
    );
    assert!(!create.declaration.may_begin(base.view(&turned)));
    let lifted = without(&base, &["K7"]);
    assert!(create.action.declare(&lifted).may_begin(lifted.view(&turned)));
}

#[test]
fn k8_leaves_front_ends_on_the_old_slots() {
    assert!(!has(&ids(&without(&small(), &["K8"])), "restart/fe1/mirroring"));
}

#[test]
fn k9_ends_goal_a_too_early() {
    let mut goal_a = small();
    let be2 = goal_a.wishes[0].primaries()[0];
    goal_a.wishes[0].slots = Slots::Ordered { primary: Some(be2), mirror: Wanted::Nothing };
    assert!(has(&ids(&goal_a), "end-mirroring/"));
    assert!(!has(&ids(&without(&goal_a, &["K9"])), "end-mirroring/"));
}

#[test]
fn k10_lets_the_rebuild_float() {
    assert!(orders(&without(&small(), &["K10"])) > orders(&small()));
}

#[test]
fn k11_publishes_without_a_way_back() {
    assert!(!has(&ids(&without(&small(), &["K11"])), "save/"));
}

#[test]
fn k12_forgets_the_aftercare() {
    let worse = ids(&without(&small(), &["K12"]));
    assert!(!has(&worse, "aftercare/") && !has(&worse, "test/"));
}

#[test]
fn g1_overwrites_the_only_copy() {
    // "be1 empty, be2 the principal, slots not yet exchanged": the state in which the cmdlet destroys everything.
    let base = small();
    let s = base.wishes[0].store;
    let d = base.estate.store(s).databases[0];
    let (be1, be2) = (base.estate.store(s).instances[0], base.estate.store(s).instances[1]);
    let plan = solved(&base);
    let at = plan.placed.iter().position(|p| p.declaration.id.0.starts_with("mirror/")).unwrap();
    let create = &plan.placed[at];
    let live = apply(&base, &create.before, &[write(Field::Role(d, be1), Value::Unmirrored)]);
    assert!(!create.declaration.may_begin(base.view(&live)), "a live copy in the mirror slot");
    let empty = apply(&base, &create.before, &[write(Field::Role(d, be2), Value::Absent)]);
    assert!(!create.declaration.may_begin(base.view(&empty)), "nothing to copy");
    let lifted = without(&base, &["G1"]);
    assert!(create.action.declare(&lifted).may_begin(lifted.view(&live)));
    // And the rebuild: never on the host of the last complete copy.
    let rebuild = plan.placed.iter().find(|p| p.declaration.id.0.starts_with("rebuild/")).unwrap();
    let guarded = rebuild.declaration.requires.iter().any(|c| {
        matches!(c.condition, Condition::Named(Predicate::CompleteBesides(x, _)) if x == d) && c.rule.key == "G1"
    });
    assert!(guarded);
}

#[test]
fn g2_rolls_a_pool_that_cannot_spare_a_front_end() {
    let two = seed(&FOUR[..1], 2);
    let worse = ids(&without(&two, &["G2", "invariant 4"]));
    assert!(has(&worse, "restart/fe1/store"));
    for kept in [&["G2"][..], &["invariant 4"][..]] {
        assert!(has(&ids(&without(&two, kept)), "full-stop/"), "{kept:?}");
    }
}
