//! The mirror is lost and the principal serves: the sibling page, without a publish.

mod support;

use model::field::{Field, Value};
use model::problem::{Slots, Wanted};
use model::procedure::MIRROR_SENTENCES;
use support::FOUR;
use support::world::{BE1, BE2, Plan, copies, dies, healthy, host, planned, set, sound};

fn mirror_lost(plan: &Plan<'_>) -> model::problem::Problem {
    let mut p = healthy(plan);
    let be2 = host(&p, BE2);
    dies(&mut p, be2);
    copies(&mut p, BE1, Value::Principal, Value::Disconnected, Value::Complete);
    p
}

#[test]
fn a_lost_mirror_is_built_again_and_nothing_is_published() {
    let p = mirror_lost(&Plan { types: &FOUR[..2], ..Plan::default() });
    let plan = planned(
        &p,
        &[
            "fence/be2",
            "end-mirroring/pool01/User",
            "end-mirroring/pool01/Application",
            "rebuild/be2",
            "sql-server/be2\\RTC",
            "mirror/pool01/User",
            "mirror/pool01/Application",
            "restart/fe1/mirroring",
            "restart/fe2/mirroring",
            "restart/fe3/mirroring",
            "test/pool01",
            "aftercare/pool01",
        ],
    );
    assert_eq!(plan.cost.0[5], 0, "users are served all the time");
    // Every act of the page has a step, in its order.
    let said: Vec<&str> = plan.placed.iter().flat_map(|s| s.declaration.origin.sentences).copied().collect();
    let place = |id: &str| MIRROR_SENTENCES.iter().position(|s| s.id == id).unwrap();
    for sentence in MIRROR_SENTENCES.iter().filter(|s| s.acts) {
        assert!(said.contains(&sentence.id), "no step for {}", sentence.id);
    }
    let firsts = plan.placed.iter().filter_map(|s| s.declaration.origin.sentences.first());
    assert!(firsts.map(|s| place(s)).collect::<Vec<_>>().is_sorted());
}

#[test]
fn a_mirror_that_lost_only_its_sql_server_is_fenced_too() {
    let mut p = mirror_lost(&Plan::default());
    let be2 = host(&p, BE2);
    set(&mut p, Field::Reachable(be2), Value::Yes);
    assert!(support::ids(&p).starts_with(&["fence/be2".to_owned()]));
}

#[test]
fn even_two_front_ends_roll_because_the_primary_votes() {
    let ids = support::ids(&mirror_lost(&Plan { front_ends: 2, ..Plan::default() }));
    assert!(ids.contains(&"restart/fe2/mirroring".to_owned()) && !ids.iter().any(|i| i.starts_with("full-stop")));
}

/// K9: a session belongs where the published slots say, also where the desired file leaves the mirror to itself.
#[test]
fn a_mirror_that_is_not_declared_and_stays_published_is_built_again() {
    let mut p = mirror_lost(&Plan::default());
    let declared = support::ids(&p);
    p.wishes[0].slots = Slots::Ordered { primary: Some(BE1), mirror: Wanted::Unmanaged };
    let plan = support::solved(&p);
    sound(&p, &plan);
    let (rest, aftercare) = declared.split_at(declared.len() - 2);
    assert_eq!(support::ids(&p), rest, "all but {aftercare:?}, which belong to a declared mirror");
    assert_eq!(plan.cost.0[2], 3, "fenced, rebuilt, set up: a host that nobody named");
}
