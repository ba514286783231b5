//! The search finds Microsoft's procedure, in its order, with the deviations that the reference demands and no others.

mod support;

use std::collections::BTreeSet;

use model::procedure::{DEVIATIONS, SENTENCES};
use support::{FOUR, ids, seed, solved};

#[test]
fn the_seed_is_the_page_and_its_deviations() {
    let expected = [
        "fence/be1",
        "failover/pool01/User",
        "failover/pool01/Application",
        "failover/pool01/Archiving",
        "failover/pool01/Monitoring",
        "save/topology",
        "publish/pool01/mirroring-off",
        "publish/pool01/store",
        "replicate/pool01/store",
        "restart/fe1/store",
        "restart/fe2/store",
        "restart/fe3/store",
        "end-mirroring/pool01/User",
        "end-mirroring/pool01/Application",
        "end-mirroring/pool01/Archiving",
        "end-mirroring/pool01/Monitoring",
        "rebuild/be1",
        "sql-server/be1\\RTC",
        "publish/pool01/mirroring",
        // Small types first: they are protected sooner.
        "mirror/pool01/Application",
        "mirror/pool01/Archiving",
        "mirror/pool01/User",
        "mirror/pool01/Monitoring",
        "replicate/pool01/mirroring",
        "restart/fe1/mirroring",
        "restart/fe2/mirroring",
        "restart/fe3/mirroring",
        "test/pool01",
        "aftercare/pool01",
    ];
    assert_eq!(ids(&seed(&FOUR, 3)), expected);
}

#[test]
fn every_sentence_has_a_step_and_every_step_a_sentence_or_a_deviation() {
    let solved = solved(&seed(&FOUR, 3));
    let origins: Vec<_> = solved.plan.steps.iter().map(|s| s.declaration.origin).collect();
    for (step, origin) in solved.plan.steps.iter().zip(&origins) {
        let id = &step.declaration.id;
        assert!(!origin.sentences.is_empty() || origin.deviation.is_some(), "{id} comes from nowhere");
        for sentence in origin.sentences {
            assert!(SENTENCES.iter().any(|s| s.id == *sentence), "{id} names sentence {sentence}");
        }
        if let Some(deviation) = origin.deviation {
            assert!(DEVIATIONS.iter().any(|d| d.id == deviation), "{id} names deviation {deviation}");
        }
    }
    let covered: BTreeSet<_> = origins.iter().flat_map(|o| o.sentences).copied().collect();
    let missing: Vec<_> = SENTENCES.iter().filter(|s| s.acts && !covered.contains(s.id)).collect();
    assert!(missing.is_empty(), "no step for {missing:?}");
}

#[test]
fn sentences_come_in_the_order_of_the_page() {
    let solved = solved(&seed(&FOUR, 3));
    let place = |id: &str| SENTENCES.iter().position(|s| s.id == id).unwrap();
    let first = solved.plan.steps.iter().filter_map(|s| s.declaration.origin.sentences.first());
    let places: Vec<_> = first.map(|s| place(s)).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn two_front_ends_stop_together_and_roll_later() {
    let all = ids(&seed(&FOUR, 2));
    assert_eq!(all.len(), 26);
    assert_eq!(all[9], "full-stop/pool01/store");
    assert_eq!(&all[22..24], ["restart/fe1/mirroring", "restart/fe2/mirroring"]);
}

#[test]
fn six_front_ends_roll() {
    let all = ids(&seed(&FOUR, 6));
    assert_eq!(all.iter().filter(|id| id.starts_with("restart/")).count(), 12);
    assert!(!all.iter().any(|id| id.starts_with("full-stop/")));
}

#[test]
fn a_role_alone_is_reached_by_fencing_and_failing_over() {
    let mut problem = seed(&FOUR, 3);
    for wish in &mut problem.wishes {
        let be2 = wish.primaries()[0];
        wish.slots = model::problem::Slots::Ordered { primary: None, mirror: model::problem::Wanted::Unmanaged };
        wish.principal = Some(be2);
        wish.witness = model::problem::Wanted::Unmanaged;
    }
    assert_eq!(
        ids(&problem),
        [
            "fence/be1",
            "failover/pool01/User",
            "failover/pool01/Application",
            "failover/pool01/Archiving",
            "failover/pool01/Monitoring",
        ]
    );
}
