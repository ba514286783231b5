//! States in the middle of things: suspended, half failed over, one-sided, left over, twice serving, stopped, behind.

mod support;

use model::database_type::DatabaseType;
use model::declaration::Risk;
use model::estate::{FrontEndId, Product, StoreId};
use model::field::{Field, Value};
use model::problem::{Problem, Slots, Wanted};
use planner::refusal::{Grant, explain};
use planner::solve::{Outcome, solve};
use planner::step::Rules;
use support::FOUR;
use support::world::{BE1, BE2, FE1, Plan, copies, healthy, one, planned, set, sound, want};

const AGAIN: [&str; 6] = [
    "mirror/pool01/User",
    "restart/fe1/mirroring",
    "restart/fe2/mirroring",
    "restart/fe3/mirroring",
    "test/pool01",
    "aftercare/pool01",
];

fn suspended(content: Value) -> Problem {
    let mut p = one();
    copies(&mut p, BE1, Value::Principal, Value::Suspended, content);
    copies(&mut p, BE2, Value::Mirror, Value::Suspended, Value::Behind);
    p
}

#[test]
fn a_suspended_session_is_resumed() {
    planned(&suspended(Value::Complete), &["synchronise/pool01/User"]);
}

#[test]
fn what_the_former_principal_did_not_send_must_be_given_up() {
    let mut p = suspended(Value::Unknown);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    p.consents = p.estate.store(StoreId(0)).databases.iter().copied().collect();
    let plan = support::solved(&p);
    assert_eq!(support::ids(&p), ["synchronise/pool01/User"]);
    assert_eq!(plan.cost.0[0], 3, "three databases, by name");
    sound(&p, &plan);
}

#[test]
fn one_type_half_here_half_there_is_brought_together() {
    let mut p = one();
    let d = p.estate.store(StoreId(0)).databases[1];
    set(&mut p, Field::Role(d, BE1), Value::Mirror);
    set(&mut p, Field::Role(d, BE2), Value::Principal);
    planned(&p, &["failover/pool01/User"]);
    p.wishes[0].principal = Some(BE1);
    planned(&p, &["failback/pool01/User"]);
}

#[test]
fn copies_that_were_left_restoring_are_dropped_for_new_mirrors() {
    let mut p = one();
    copies(&mut p, BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copies(&mut p, BE2, Value::Restoring, Value::NoSession, Value::Nothing);
    planned(&p, &AGAIN);
}

#[test]
fn a_mirror_forgets_a_session_that_its_partner_has_ended() {
    let mut p = one();
    copies(&mut p, BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copies(&mut p, BE2, Value::Mirror, Value::Disconnected, Value::Behind);
    planned(&p, &[&["forget-partner/pool01/User"][..], &AGAIN].concat());
    // The other way round the principal remembers.
    copies(&mut p, BE1, Value::Principal, Value::Disconnected, Value::Complete);
    copies(&mut p, BE2, Value::Restoring, Value::NoSession, Value::Nothing);
    planned(&p, &[&["end-mirroring/pool01/User"][..], &AGAIN].concat());
}

fn two_principals() -> Problem {
    let mut p = one();
    want(&mut p, BE2, Some(BE1));
    copies(&mut p, BE1, Value::Principal, Value::Disconnected, Value::Superseded);
    copies(&mut p, BE2, Value::Principal, Value::Disconnected, Value::Complete);
    p
}

#[test]
fn of_two_principals_the_older_is_fenced_before_anything_else() {
    let p = two_principals();
    let plan = support::solved(&p);
    assert_eq!(
        support::ids(&p)[..4],
        ["fence/be1", "save/topology", "publish/pool01/mirroring-off", "publish/pool01/store"]
    );
    assert!(support::ids(&p).contains(&"rebuild/be1".to_owned()));
    sound(&p, &plan);
    // Only what stops harm or repairs may be done while there are two.
    let rules = Rules::new(&p);
    let standing = rules.standing(&p.initial);
    for action in model::actions::Action::proposals(&p, &p.initial) {
        let d = rules.declare(&action);
        if rules.take(&p.initial, &standing, &d).is_some() {
            assert_eq!(support::short(&d.id.0), "fence/be1");
        }
    }
}

#[test]
fn nobody_guesses_which_of_two_principals_is_the_older() {
    let mut p = two_principals();
    copies(&mut p, BE1, Value::Principal, Value::Disconnected, Value::Unknown);
    copies(&mut p, BE2, Value::Principal, Value::Disconnected, Value::Unknown);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
}

#[test]
fn a_stopped_front_end_is_started() {
    let mut p = one();
    set(&mut p, Field::Services(FE1), Value::Stopped);
    planned(&p, &["start/fe1"]);
}

#[test]
fn disabled_services_need_the_cmdlet_of_2015_or_a_person() {
    let mut p = healthy(&Plan { product: Product::Skype2015, ..Plan::default() });
    set(&mut p, Field::Services(FE1), Value::Disabled);
    let plan = planned(&p, &["start/fe1"]);
    let model::call::Call::Cmdlets(list) = &plan.placed[0].declaration.ways[0].call else { panic!("no cmdlet") };
    assert_eq!(list[0].name, "Invoke-CsComputerFailBack");
    assert_eq!(model::cmdlet_table::check_in(&list[0], &["sfb2015"]), Ok(()));
    assert!(model::cmdlet_table::check(&list[0]).is_err(), "only one product has it");
    assert_eq!(list.len(), plan.placed[0].declaration.ways.len() - 1, "and a person where it does not help");
    let mut p = one();
    set(&mut p, Field::Services(FE1), Value::Disabled);
    let plan = planned(&p, &["start/fe1"]);
    let [way] = plan.placed[0].declaration.ways.as_slice() else { panic!("Lync Server 2013 has no such cmdlet") };
    assert_eq!(way.performer, model::declaration::Performer::Person);
}

#[test]
fn front_ends_that_stand_still_with_old_slots_are_started_together() {
    let mut p = one();
    for f in [FE1, FrontEndId(1)] {
        set(&mut p, Field::Services(f), Value::Stopped);
        set(&mut p, Field::LoadedMirror(f, StoreId(0)), Value::Nothing);
    }
    // The third has stopped too: a pool without quorum stops by itself.
    set(&mut p, Field::Services(FrontEndId(2)), Value::Stopped);
    planned(&p, &["full-stop/pool01/mirroring"]);
    // They have not received what was published: waiting is allowed although the pool has no quorum.
    for f in [FE1, FrontEndId(1), FrontEndId(2)] {
        set(&mut p, Field::Replica(f), Value::Stale);
    }
    planned(&p, &["replicate/pool01/mirroring", "full-stop/pool01/mirroring"]);
}

#[test]
fn one_front_end_that_was_powered_off_and_has_loaded_nothing_is_restarted() {
    let mut p = one();
    set(&mut p, Field::Services(FE1), Value::Stopped);
    set(&mut p, Field::LoadedPrimary(FE1, StoreId(0)), Value::Unknown);
    set(&mut p, Field::LoadedMirror(FE1, StoreId(0)), Value::Unknown);
    set(&mut p, Field::StartedSinceMirror(FE1), Value::Unknown);
    planned(&p, &["restart/fe1/mirroring"]);
}

#[test]
fn a_replica_that_stays_behind_is_waited_for_then_forced_then_looked_at() {
    let mut p = one();
    set(&mut p, Field::LoadedMirror(FE1, StoreId(0)), Value::Nothing);
    set(&mut p, Field::Replica(FE1), Value::Stale);
    let plan = planned(&p, &["replicate/pool01/mirroring", "restart/fe1/mirroring"]);
    use model::declaration::Performer::{Cmdlet, Person, Wait};
    let ways: Vec<_> = plan.placed[0].declaration.ways.iter().map(|w| w.performer).collect();
    assert_eq!(ways, [Wait, Cmdlet, Person]);
}

#[test]
fn front_ends_that_run_older_slots_restart_once_their_replica_has_the_new_ones() {
    let mut p = healthy(&Plan { types: &[DatabaseType::User, FOUR[1]], ..Plan::default() });
    set(&mut p, Field::LoadedMirror(FE1, StoreId(0)), Value::Nothing);
    planned(&p, &["restart/fe1/mirroring"]);
    set(&mut p, Field::Replica(FE1), Value::Stale);
    planned(&p, &["replicate/pool01/mirroring", "restart/fe1/mirroring"]);
}

/// be1 is dead, one of two Front Ends stands still: the pool has lost its votes already.
#[test]
fn a_pool_that_has_lost_its_votes_gets_its_service_and_its_front_end_back_first() {
    let mut p = support::seed(&[DatabaseType::User], 2);
    set(&mut p, Field::Services(FrontEndId(1)), Value::Stopped);
    let plan = support::solved(&p);
    sound(&p, &plan);
    let ids = support::ids(&p);
    assert_eq!(ids[..3], ["fence/be1", "failover/pool01/User", "start/fe2"], "{ids:#?}");
    assert_eq!(plan.plan.steps[2].declaration.risk(p.view(&plan.placed[2].before)), Risk::None);
}

#[test]
fn front_ends_that_stand_still_are_started_one_by_one_as_long_as_the_pool_has_its_votes() {
    let mut p = one();
    set(&mut p, Field::Services(FrontEndId(0)), Value::Stopped);
    planned(&p, &["start/fe1"]);
    set(&mut p, Field::Services(FrontEndId(1)), Value::Stopped);
    planned(&p, &["start/fe1", "start/fe2"]);
    // With other slots to load it is what was left of a restart, and keeps that name.
    set(&mut p, Field::StartedSinceMirror(FrontEndId(1)), Value::No);
    planned(&p, &["restart/fe2/mirroring", "start/fe1"]);
}

#[test]
fn a_pool_that_stands_still_is_started_together_and_nobody_has_to_allow_it() {
    let mut p = one();
    p.policy.allow_full_stop = false;
    for f in p.estate.front_end_ids() {
        set(&mut p, Field::Services(f), Value::Stopped);
    }
    let plan = planned(&p, &["full-stop/pool01/mirroring"]);
    assert_eq!(plan.plan.steps[0].declaration.risk(p.view(&p.initial)), Risk::None);
    assert_eq!(plan.cost.0[3], 0, "nothing is stopped");
}

#[test]
fn of_two_principals_one_step_ends_the_session_of_the_right_one() {
    // Both ends are proposed, and have one id; the fenced one's may not begin.
    for (primary, mirror) in [(BE2, None), (BE2, Some(BE1)), (BE1, Some(BE2))] {
        let mut p = two_principals();
        support::world::slots(&mut p, StoreId(0), primary, mirror);
        p.wishes[0].slots = model::problem::Slots::Pair(BE1, BE2);
        let be1 = support::world::host(&p, BE1);
        set(&mut p, Field::Fenced(be1), Value::Yes);
        set(&mut p, Field::Reachable(be1), Value::No);
        for field in [Field::Answers(BE1), Field::Ready(BE1)] {
            set(&mut p, field, Value::No);
        }
        let plan = support::solved(&p);
        assert!(support::ids(&p).contains(&"end-mirroring/pool01/User".to_owned()));
        sound(&p, &plan);
    }
}

/// be1 serves, unmirrored; be2 serves something else beside it.
fn beside(content: Value) -> Problem {
    let mut p = one();
    support::world::slots(&mut p, StoreId(0), BE1, None);
    copies(&mut p, BE1, Value::Unmirrored, Value::NoSession, Value::Complete);
    copies(&mut p, BE2, Value::Unmirrored, Value::NoSession, content);
    p
}

const MIRRORED: [&str; 9] = [
    "save/topology",
    "publish/pool01/mirroring",
    "replicate/pool01/mirroring",
    "mirror/pool01/User",
    "restart/fe1/mirroring",
    "restart/fe2/mirroring",
    "restart/fe3/mirroring",
    "test/pool01",
    "aftercare/pool01",
];

#[test]
fn an_old_copy_that_came_back_and_serves_is_fenced_before_anything_else() {
    let ids = support::ids(&beside(Value::Superseded));
    assert_eq!(ids[..4], ["fence/be2", "save/topology", "rebuild/be2", "sql-server/be2\\RTC"], "{ids:#?}");
    sound(&beside(Value::Superseded), &support::solved(&beside(Value::Superseded)));
}

#[test]
fn databases_that_were_created_empty_beside_the_living_ones_are_dropped() {
    let p = beside(Value::Nothing);
    let mut expected = vec!["drop-empty/pool01/User"];
    expected.extend(MIRRORED);
    let plan = support::solved(&p);
    let mut ids = support::ids(&p);
    assert_eq!(ids[0], "drop-empty/pool01/User");
    ids.sort();
    expected.sort_unstable();
    assert_eq!(ids, expected);
    sound(&p, &plan);
}

#[test]
fn nothing_is_dropped_where_it_might_be_the_only_copy_or_is_not_known_to_be_empty() {
    let mut p = beside(Value::Nothing);
    copies(&mut p, BE1, Value::Unmirrored, Value::NoSession, Value::Unknown);
    let may = |p: &Problem| {
        let proposals = model::actions::Action::proposals(p, &p.initial).into_iter().map(|a| a.declare(p));
        proposals.filter(|d| d.id.0.starts_with("drop-empty/")).any(|d| d.may_begin(p.view(&p.initial)))
    };
    assert!(!may(&p), "be1 may have lost what be2 has");
    assert!(may(&beside(Value::Nothing)));
    for content in [Value::Unknown, Value::Complete, Value::Behind, Value::Superseded] {
        assert!(!may(&beside(content)), "{content:?}");
    }
}

/// Else a plan may start a Front End before a rebuild as if it were after it: it then votes with a machine that is gone.
#[test]
fn a_front_end_starts_with_the_sql_host_that_it_will_count_and_no_other() {
    let mut p = one();
    let be1 = support::world::host(&p, BE1);
    set(&mut p, Field::Services(FE1), Value::Stopped);
    set(&mut p, Field::Epoch(be1), Value::Rebuilt);
    let start =
        Rules::new(&p).with_id(&p.initial, &model::declaration::StepId("start/fe1.contoso.com".into())).unwrap().1;
    assert!(start.may_begin(p.view(&p.initial)));
    set(&mut p, Field::Epoch(be1), Value::Original);
    assert!(!start.may_begin(p.view(&p.initial)), "it was declared for the machine that is built later");
}

/// A role alone is wished for, and two hosts serve: that the right one is among them is not enough.
#[test]
fn a_role_is_not_reached_while_another_host_serves_as_well() {
    let mut p = one();
    copies(&mut p, BE1, Value::Principal, Value::Disconnected, Value::Superseded);
    copies(&mut p, BE2, Value::Principal, Value::Disconnected, Value::Complete);
    p.wishes[0].slots = Slots::Ordered { primary: None, mirror: Wanted::Unmanaged };
    p.wishes[0].principal = Some(BE2);
    planned(&p, &["fence/be1"]);
    // And the older history is not served from because it is wished for: be2, which has everything, is not switched off for
    // it, not even as a way out.
    p.wishes[0].principal = Some(BE1);
    let Outcome::NoPlan { states } = solve(&p) else { panic!("planned") };
    let refusal = explain(&p, states);
    let [way] = &refusal.ways_out[..] else { panic!("{:?}", refusal.ways_out) };
    let [Grant::Slots(all)] = &way.grants[..] else { panic!("{:?}", way.grants) };
    let slots = Slots::Ordered { primary: Some(BE1), mirror: Wanted::One(BE2) };
    assert_eq!(all[..], [(StoreId(0), slots)]);
    p.wishes[0].slots = slots;
    assert_eq!(support::ids(&p).len(), way.steps, "what was promised comes true");
    // Where nobody knows which of the two is the older one, neither is switched off.
    for i in [BE1, BE2] {
        copies(&mut p, i, Value::Principal, Value::Disconnected, Value::Unknown);
    }
    let Outcome::NoPlan { states } = solve(&p) else { panic!("planned") };
    let ways = explain(&p, states).ways_out;
    assert!(!ways.iter().flat_map(|w| &w.grants).any(|g| matches!(g, Grant::Fence(_))), "{ways:?}");
}

/// A login that sees no roles is no reason to switch off what it could not see.
#[test]
fn a_host_that_answers_and_was_not_read_is_not_switched_off() {
    let mut p = one();
    let h = support::world::host(&p, BE1);
    support::world::dies(&mut p, h);
    copies(&mut p, BE2, Value::Unknown, Value::Unknown, Value::Unknown);
    p.policy.allow_full_stop = true;
    let Outcome::NoPlan { states } = solve(&p) else { panic!("planned") };
    let fences = |i| {
        let ways = explain(&p, states).ways_out;
        ways.iter().flat_map(|w| w.grants.clone()).any(|g| g == Grant::Fence(support::world::host(&p, i)))
    };
    assert!(!fences(BE2));
}

/// Front Ends change over one after the other. Should the old store come back meanwhile, some would write there and some to
/// the new one.
#[test]
fn the_topology_moves_only_when_the_old_store_cannot_come_back() {
    let mut p = one();
    copies(&mut p, BE2, Value::Unmirrored, Value::NoSession, Value::Complete);
    let h = support::world::host(&p, BE1);
    support::world::dies(&mut p, h);
    support::world::slots(&mut p, StoreId(0), BE1, None);
    for f in p.estate.front_end_ids() {
        set(&mut p, Field::LoadedMirror(f, StoreId(0)), Value::Nothing);
    }
    want(&mut p, BE2, None);
    let ids = support::ids(&p);
    let at = |id: &str| ids.iter().position(|x| x == id).unwrap_or_else(|| panic!("no {id} in {ids:#?}"));
    assert!(at("fence/be1") < at("publish/pool01/store"), "{ids:#?}");
    sound(&p, &support::solved(&p));
}
