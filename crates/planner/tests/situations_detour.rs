//! Declared slots that no single change of the topology leads to: the data has to travel first, over another instance.

mod support;

use std::collections::BTreeSet;

use model::field::{Field, Value};
use model::problem::{Slots, Wanted};
use model::rules;
use support::world::{BE1, BE2, Plan, THIRD, copies, dies, healthy, host, one, planned, set, sound, want};
use support::{FOUR, seed, short, solved};

/// The slots as they were before the loss: what a file says that nobody changed in the night.
fn as_before(front_ends: usize) -> model::problem::Problem {
    let mut p = seed(&[model::database_type::DatabaseType::User], front_ends);
    want(&mut p, BE1, Some(BE2));
    p
}

#[test]
fn slots_as_before_the_loss_are_reached_over_the_exchanged_ones() {
    let p = as_before(3);
    planned(
        &p,
        &[
            "fence/be1",
            "failover-meanwhile/pool01/User",
            "save/topology",
            "publish/pool01/mirroring-off-meanwhile",
            "publish/pool01/store-meanwhile",
            "replicate/pool01/store-meanwhile",
            "restart/fe1/store-meanwhile",
            "restart/fe2/store-meanwhile",
            "restart/fe3/store-meanwhile",
            "end-mirroring-meanwhile/pool01/User",
            "rebuild/be1",
            "sql-server/be1\\RTC",
            "publish/pool01/mirroring-meanwhile",
            "mirror-meanwhile/pool01/User",
            "replicate/pool01/mirroring-meanwhile",
            "restart/fe1/mirroring-meanwhile",
            "restart/fe2/mirroring-meanwhile",
            "restart/fe3/mirroring-meanwhile",
            "failover/pool01/User",
            "publish/pool01/mirroring-off",
            "publish/pool01/store",
            "replicate/pool01/store",
            "restart/fe1/store",
            "restart/fe2/store",
            "restart/fe3/store",
            "end-mirroring/pool01/User",
            "publish/pool01/mirroring",
            "mirror/pool01/User",
            "replicate/pool01/mirroring",
            "restart/fe1/mirroring",
            "restart/fe2/mirroring",
            "restart/fe3/mirroring",
            "test/pool01",
            "aftercare/pool01",
        ],
    );
}

#[test]
fn every_remainder_of_the_way_round_is_the_rest_of_its_plan() {
    let mut p = as_before(3);
    let plan = solved(&p);
    let ids: Vec<String> = plan.plan.steps.iter().map(|s| short(&s.declaration.id.0)).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "every id stands once");
    for (n, placed) in plan.placed.iter().enumerate() {
        if placed.declaration.work == model::declaration::Work::FullStop {
            continue;
        }
        p.initial = placed.taken.after.clone();
        let rest = if n + 1 == ids.len() { Vec::new() } else { support::ids(&p) };
        assert_eq!(rest, ids[n + 1..], "after {}", ids[n]);
    }
}

#[test]
fn a_store_alone_is_brought_back_to_where_it_was_and_stays_without_a_mirror() {
    let mut p = as_before(3);
    p.wishes[0].slots = Slots::Ordered { primary: Some(BE1), mirror: Wanted::Nothing };
    let plan = solved(&p);
    sound(&p, &plan);
    let last = &plan.placed.last().unwrap().taken.after;
    assert_eq!(last.get(&p.estate, Field::PrimarySlot(p.wishes[0].store)), BE1.into());
}

#[test]
fn a_store_moves_to_a_new_host_over_a_mirror_there() {
    let mut p = healthy(&Plan { types: &FOUR, spare: Some("be3.contoso.com\\RTC"), ..Plan::default() });
    want(&mut p, THIRD, Some(BE1));
    let plan = solved(&p);
    sound(&p, &plan);
    let ids: Vec<String> = plan.plan.steps.iter().map(|s| short(&s.declaration.id.0)).collect();
    assert!(ids.contains(&"mirror-meanwhile/pool01/User".to_owned()), "{ids:#?}");
    assert!(ids.contains(&"failover/pool01/User".to_owned()), "{ids:#?}");
}

#[test]
fn a_planned_failover_waits_for_front_ends_that_know_no_partner() {
    let mut p = one();
    let user = p.wishes[0].store;
    for f in p.estate.front_end_ids() {
        set(&mut p, Field::LoadedMirror(f, user), Value::Nothing);
    }
    p.wishes[0].principal = Some(BE2);
    let rounds = ["restart/fe1/mirroring", "restart/fe2/mirroring", "restart/fe3/mirroring", "failover/pool01/User"];
    planned(&p, &rounds);
    // Without the rule the Front Ends would be left behind.
    p.lifted = BTreeSet::from([rules::FOLLOW.key]);
    let ids = support::ids(&p);
    assert_eq!(ids[2..], ["failover/pool01/User", "restart/fe3/mirroring"], "{ids:#?}");
}

#[test]
fn of_two_slots_in_any_order_one_is_new_and_the_other_does_not_serve() {
    // be1 serves alone; the store shall lie on be2 and be3.
    let mut p = healthy(&Plan { types: &FOUR[..2], spare: Some("be3.contoso.com\\RTC"), ..Plan::default() });
    for s in p.estate.store_ids().collect::<Vec<_>>() {
        support::world::slots(&mut p, s, BE1, None);
    }
    copies(&mut p, BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copies(&mut p, BE2, Value::Absent, Value::NoSession, Value::Nothing);
    p.wishes.iter_mut().for_each(|w| w.slots = Slots::Pair(BE2, THIRD));
    let plan = solved(&p);
    sound(&p, &plan);
    let last = &plan.placed.last().unwrap().taken.after;
    for wish in &p.wishes {
        let slot = |field| last.get(&p.estate, field).instance().unwrap();
        let pair = BTreeSet::from([slot(Field::PrimarySlot(wish.store)), slot(Field::MirrorSlot(wish.store))]);
        assert_eq!(pair, BTreeSet::from([BE2, THIRD]));
    }
    // The principal of the exchanged pair serves, and what is declared first is dead: the same way.
    let mut p = healthy(&Plan { spare: Some("be3.contoso.com\\RTC"), ..Plan::default() });
    let (user, be2) = (p.wishes[0].store, host(&p, BE2));
    support::world::slots(&mut p, user, BE2, Some(BE1));
    dies(&mut p, be2);
    copies(&mut p, BE1, Value::Principal, Value::Disconnected, Value::Complete);
    p.wishes[0].slots = Slots::Pair(BE2, THIRD);
    sound(&p, &solved(&p));
}
