//! Every copy is lost, or there was only one: hosts are built again, databases created empty, data brought back from the
//! site's own backup, and mirrors created once, after that. Never while a host that answers holds a copy.

mod support;

use model::condition::Predicate;
use model::database_type::DatabaseType;
use model::declaration::Risk;
use model::estate::{InstanceId, PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::Problem;
use model::procedure::{BACK_END_SENTENCES, BACK_END_TITLE};
use model::rules;
use planner::refusal::{Grant, explain};
use planner::solve::{Outcome, Solved, solve};
use planner::triage::{Situation, triage};
use support::FOUR;
use support::world::{
    BE1, BE2, FE1, Plan, copies, copy, dies, healthy, host, planned, set, slots, sound, want, witnessed,
};

/// Whoever can be reached has agreed to everything.
fn agreed(mut p: Problem) -> Problem {
    p.policy.allow_full_stop = true;
    let stores = p.wishes.iter().flat_map(|w| p.estate.store(w.store).databases.clone());
    p.consents = stores.filter(|&d| !p.gives_up(d)).collect();
    p
}

/// be1 and be2 are dead, and everything was mirrored.
fn both(plan: &Plan<'_>) -> Problem {
    let mut p = healthy(plan);
    for i in [BE1, BE2] {
        let h = host(&p, i);
        dies(&mut p, h);
    }
    p
}

/// be1 is dead, and nothing was mirrored; be2 is there, with no database of ours.
fn alone(plan: &Plan<'_>) -> Problem {
    let mut p = healthy(plan);
    for s in p.estate.store_ids() {
        slots(&mut p, s, BE1, None);
        copy(&mut p, s, BE2, Value::Absent, Value::NoSession, Value::Nothing);
        for f in p.estate.front_end_ids() {
            set(&mut p, Field::LoadedMirror(f, s), Value::Nothing);
        }
    }
    want(&mut p, BE1, None);
    let h = host(&p, BE1);
    dies(&mut p, h);
    p
}

#[track_caller]
fn lossy(p: &Problem, expected: &[&str]) -> Box<Solved> {
    let plan = support::solved(p);
    let ids: Vec<String> = plan.plan.steps.iter().map(|s| support::short(&s.declaration.id.0)).collect();
    assert_eq!(ids, expected, "\n{ids:#?}");
    sound(p, &plan);
    plan
}

fn risk(p: &Problem, plan: &Solved, id: &str) -> Risk {
    let step = plan.placed.iter().find(|s| support::short(&s.declaration.id.0) == id).unwrap();
    step.declaration.risk(p.view(&step.before))
}

const USER: Plan<'_> = Plan {
    pools: &["pool01"],
    types: &[DatabaseType::User],
    shared: &[],
    front_ends: 3,
    spare: None,
    lone: &[],
    witness: None,
    other_witness: None,
    product: model::estate::Product::Lync2013,
};

const AFTER: [&str; 5] =
    ["restart/fe1/mirroring", "restart/fe2/mirroring", "restart/fe3/mirroring", "test/pool01", "aftercare/pool01"];

#[test]
fn both_hosts_are_built_again_the_second_after_the_data_are_back() {
    let p = agreed(both(&Plan { types: &FOUR, ..USER }));
    let plan = lossy(
        &p,
        &[
            &[
                "fence/be1",
                "fence/be2",
                "rebuild/be1",
                "sql-server/be1\\RTC",
                "create-databases/pool01/User",
                "bring-back/pool01/User",
                "create-databases/pool01/Application",
                "bring-back/pool01/Application",
                "create-databases/pool01/Archiving",
                "bring-back/pool01/Archiving",
                "create-databases/pool01/Monitoring",
                "bring-back/pool01/Monitoring",
                "rebuild/be2",
                "sql-server/be2\\RTC",
                "mirror/pool01/User",
                "mirror/pool01/Application",
                "mirror/pool01/Archiving",
                "mirror/pool01/Monitoring",
            ][..],
            &AFTER,
        ]
        .concat(),
    );
    assert_eq!(risk(&p, &plan, "rebuild/be1"), Risk::PossibleLoss, "its disks may hold the last complete copy");
    assert_eq!(risk(&p, &plan, "bring-back/pool01/User"), Risk::KnownLoss, "the backup lacks what came after it");
    assert_eq!(risk(&p, &plan, "rebuild/be2"), Risk::None, "the data are back by then");
    assert!(!plan.placed.iter().any(|s| s.declaration.id.0.starts_with("publish/")), "the topology says it already");
    assert_eq!(triage(&p)[0].situation.procedure(), Some(BACK_END_TITLE));
    // Every act of the page has a step.
    let said: Vec<&str> = plan.placed.iter().flat_map(|s| s.declaration.origin.sentences).copied().collect();
    let missing: Vec<_> = BACK_END_SENTENCES.iter().filter(|s| s.acts && !said.contains(&s.id)).collect();
    assert!(missing.is_empty(), "no step for {missing:?}");
    assert!(said.iter().all(|id| id.starts_with("b.")), "{said:?}");
}

#[test]
fn without_consent_by_name_nothing_is_planned() {
    let p = both(&Plan { types: &FOUR[..2], ..USER });
    let Outcome::NoPlan { states } = solve(&p) else { panic!("planned without consent") };
    let refusal = explain(&p, states);
    let [way] = refusal.ways_out.as_slice() else { panic!("{:#?}", refusal.ways_out) };
    assert!(way.grants.contains(&Grant::FullStop), "{:?}", way.grants);
    let names: Vec<_> = way.loses.iter().map(|&d| p.estate.database(d).name.as_str()).collect();
    assert_eq!(names, ["rtcxds", "rtcshared", "rgsconfig"], "what fills itself again is nobody's to give up");
    // One name too few is none.
    let mut p = agreed(p);
    let last = *p.consents.last().unwrap();
    p.consents.remove(&last);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
}

#[test]
fn the_users_are_signed_out_only_where_that_is_allowed() {
    let mut p = agreed(both(&USER));
    p.policy.allow_full_stop = false;
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
    // Archiving stops nobody.
    let mut p = agreed(both(&Plan { types: &FOUR[2..3], ..USER }));
    p.policy.allow_full_stop = false;
    let plan = support::solved(&p);
    assert_eq!(plan.cost.0[3], 0, "nobody is stopped but for the restarts after mirroring again");
}

const ALONE: [&str; 5] =
    ["fence/be1", "rebuild/be1", "sql-server/be1\\RTC", "create-databases/pool01/User", "bring-back/pool01/User"];

#[test]
fn a_store_that_was_never_mirrored_comes_back_from_its_backup() {
    let p = agreed(alone(&USER));
    let plan = lossy(&p, &ALONE);
    assert_eq!(triage(&p)[0].situation, Situation::BothLost(host(&p, BE1)), "be2 answers, and holds nothing of it");
    assert_eq!(risk(&p, &plan, "rebuild/be1"), Risk::KnownLoss, "there is no other copy");
    assert_eq!(risk(&p, &plan, "bring-back/pool01/User"), Risk::Outage, "what is lost was lost before");
    assert_eq!(plan.cost.0[..4], [2, 0, 0, 1]);
}

#[test]
fn it_gets_a_mirror_where_one_is_declared() {
    let mut p = agreed(alone(&USER));
    want(&mut p, BE1, Some(BE2));
    let ids = support::ids(&p);
    assert_eq!(ids[..5], ALONE);
    assert_eq!(
        ids[5..9],
        ["save/topology", "publish/pool01/mirroring", "mirror/pool01/User", "replicate/pool01/mirroring"]
    );
    assert_eq!(ids[9..], AFTER);
    sound(&p, &support::solved(&p));
}

#[test]
fn a_mirror_that_is_no_longer_wished_is_taken_out_of_the_topology() {
    let mut p = agreed(both(&USER));
    want(&mut p, BE1, None);
    let plan = support::solved(&p);
    sound(&p, &plan);
    let ids = support::ids(&p);
    assert!(ids.contains(&"publish/pool01/mirroring-off".to_owned()), "{ids:#?}");
    assert!(!ids.iter().any(|i| i.ends_with("be2")) || ids.contains(&"fence/be2".to_owned()), "{ids:#?}");
    assert!(!ids.contains(&"rebuild/be2".to_owned()), "nobody asks for it: its disks are kept");
}

#[test]
fn the_other_slots_can_be_wished_for() {
    let mut p = agreed(both(&USER));
    want(&mut p, BE2, Some(BE1));
    let plan = support::solved(&p);
    sound(&p, &plan);
}

/// One store is lost, the others serve: Archiving lies alone on a machine of its own.
fn archiving() -> Problem {
    let mut p = healthy(&Plan { types: &FOUR[..3], spare: Some("be3.contoso.com\\ARCH"), lone: &FOUR[2..3], ..USER });
    let (s, at) = (StoreId(2), support::world::THIRD);
    slots(&mut p, s, at, None);
    for f in p.estate.front_end_ids() {
        set(&mut p, Field::LoadedPrimary(f, s), at.into());
        set(&mut p, Field::LoadedMirror(f, s), Value::Nothing);
    }
    p.wishes[2].slots = support::world::ordered(at, None);
    let h = host(&p, at);
    dies(&mut p, h);
    p
}

#[test]
fn one_lost_store_leaves_the_service_alone() {
    let p = agreed(archiving());
    let plan = lossy(
        &p,
        &[
            "fence/be3",
            "rebuild/be3",
            "sql-server/be3\\ARCH",
            "create-databases/pool01/Archiving",
            "bring-back/pool01/Archiving",
            "test/pool01",
        ],
    );
    assert_eq!(plan.cost.0[..5], [1, 0, 0, 0, 0], "one database, and no outage at all");
}

#[test]
fn a_witness_that_lives_changes_nothing() {
    let mut p = both(&Plan { witness: Some("w.contoso.com\\RTC"), ..USER });
    let w = support::world::THIRD;
    witnessed(&mut p, w, Value::Unknown);
    let ids = support::ids(&agreed(p));
    assert!(ids.contains(&"bring-back/pool01/User".to_owned()) && !ids.iter().any(|i| i.contains("/w")), "{ids:#?}");
}

#[test]
fn a_host_that_comes_back_with_its_copies_is_used_and_nothing_is_imported() {
    let mut p = agreed(both(&USER));
    want(&mut p, BE2, Some(BE1));
    let be2 = host(&p, BE2);
    set(&mut p, Field::Reachable(be2), Value::Yes);
    set(&mut p, Field::Answers(BE2), Value::Yes);
    set(&mut p, Field::Ready(BE2), Value::Yes);
    copies(&mut p, BE2, Value::Mirror, Value::Disconnected, Value::Complete);
    for d in p.estate.store(StoreId(0)).databases.clone() {
        set(&mut p, Field::Safety(d, BE2), Value::Full);
        set(&mut p, Field::Witness(d, BE2), Value::Nothing);
    }
    let plan = support::solved(&p);
    assert_eq!(plan.cost.0[0], 0, "nothing is lost");
    let ids = support::ids(&p);
    assert_eq!(ids[..2], ["fence/be1", "failover/pool01/User"]);
    assert!(!ids.iter().any(|i| i.starts_with("bring-back") || i.starts_with("create-databases")), "{ids:#?}");
}

/// be1 was built again and its databases created; then be2 answers, with the copies it had.
fn comes_back_late() -> Problem {
    let mut p = agreed(both(&USER));
    let (be1, be2) = (host(&p, BE1), host(&p, BE2));
    for (h, i) in [(be1, BE1), (be2, BE2)] {
        set(&mut p, Field::Reachable(h), Value::Yes);
        set(&mut p, Field::Answers(i), Value::Yes);
        set(&mut p, Field::Ready(i), Value::Yes);
    }
    copies(&mut p, BE1, Value::Unmirrored, Value::NoSession, Value::Fresh);
    copies(&mut p, BE2, Value::Mirror, Value::Disconnected, Value::Complete);
    for d in p.estate.store(StoreId(0)).databases.clone() {
        set(&mut p, Field::Safety(d, BE1), Value::Nothing);
        set(&mut p, Field::Safety(d, BE2), Value::Full);
        for i in [BE1, BE2] {
            set(&mut p, Field::Witness(d, i), Value::Nothing);
            set(&mut p, Field::WitnessLink(d, i), Value::Nothing);
        }
    }
    p
}

#[test]
fn also_where_the_databases_were_created_already() {
    let mut p = comes_back_late();
    want(&mut p, BE2, Some(BE1));
    let plan = planned(
        &p,
        &[
            &[
                "fence/be1",
                "failover/pool01/User",
                "save/topology",
                "publish/pool01/mirroring-off",
                "publish/pool01/store",
                "replicate/pool01/store",
                "restart/fe1/store",
                "restart/fe2/store",
                "restart/fe3/store",
                "end-mirroring/pool01/User",
                "rebuild/be1",
                "sql-server/be1\\RTC",
                "publish/pool01/mirroring",
                "mirror/pool01/User",
                "replicate/pool01/mirroring",
            ][..],
            &AFTER,
        ]
        .concat(),
    );
    assert!(!plan.placed.iter().any(|s| s.declaration.id.0.starts_with("bring-back")));
}

#[test]
fn a_copy_that_answers_is_never_replaced_by_a_backup() {
    // Whatever it is: a mirror, a left-over, one that nobody can compare.
    for role in [Value::Mirror, Value::Restoring, Value::Unknown] {
        for content in [Value::Complete, Value::Behind, Value::Unknown] {
            let mut p = comes_back_late();
            copies(&mut p, BE2, role, Value::Disconnected, content);
            let rules = planner::step::Rules::new(&p);
            let standing = rules.standing(&p.initial);
            for action in model::actions::Action::proposals(&p, &p.initial) {
                let d = rules.declare(&action);
                let id = support::short(&d.id.0);
                let destroys = ["bring-back/", "create-databases/", "rebuild/"].iter().any(|x| id.starts_with(x));
                assert!(!destroys || rules.take(&p.initial, &standing, &d).is_none(), "{id} beside {role:?}");
            }
            if let Outcome::Plan(plan) = solve(&p) {
                let ids: Vec<_> = plan.placed.iter().map(|s| s.declaration.id.0.as_str()).collect();
                assert!(!ids.iter().any(|i| i.starts_with("bring-back/")), "{ids:#?}");
            }
        }
    }
}

#[test]
fn the_remainder_after_each_step_is_planned() {
    let p = agreed(both(&Plan { types: &FOUR[..3], ..USER }));
    let plan = support::solved(&p);
    for (n, step) in plan.placed.iter().enumerate() {
        let rest = Problem { initial: step.taken.after.clone(), ..p.clone() };
        let left = plan.placed.len() - n - 1;
        match solve(&rest) {
            Outcome::Plan(found) => {
                assert_eq!(found.plan.steps.len(), left, "after {}", step.declaration.id);
                sound(&rest, &found);
            }
            Outcome::NothingToDo => assert_eq!(left, 0),
            Outcome::NoPlan { .. } | Outcome::TooLarge => panic!("no remainder after {}", step.declaration.id),
        }
    }
}

#[test]
fn nobody_mirrors_an_empty_database() {
    let mut p = comes_back_late();
    copies(&mut p, BE2, Value::Absent, Value::NoSession, Value::Nothing);
    assert_eq!(support::ids(&p)[..2], ["bring-back/pool01/User", "mirror/pool01/User"]);
    assert_eq!(triage(&p)[0].situation, Situation::DataNotBack(host(&p, BE1)));
    let data = planner::step::Rules::new(&p).goal.into_iter().find(|c| c.rule == rules::DATA).unwrap();
    assert!(matches!(data.condition, model::condition::Condition::Named(Predicate::DataBack(_))));
}

#[test]
fn a_pool_that_stopped_for_want_of_a_back_end_is_brought_back() {
    let mut p = agreed(both(&Plan { front_ends: 2, ..USER }));
    for f in [FE1, model::estate::FrontEndId(1)] {
        set(&mut p, Field::Services(f), Value::Stopped);
    }
    let plan = support::solved(&p);
    sound(&p, &plan);
    assert!(support::ids(&p).contains(&"bring-back/pool01/User".to_owned()));
}

#[test]
fn the_central_management_store_is_somebody_elses() {
    let mut p = both(&Plan { types: &[DatabaseType::CentralMgmt], ..USER });
    p.consents = p.estate.store(StoreId(0)).databases.iter().copied().collect();
    p.policy.allow_full_stop = true;
    set(&mut p, Field::HoldsCms(PoolId(0)), Value::Yes);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }), "it has a procedure of its own");
}

/// Nothing is left that a publish could strand: so the store may go where nothing serves yet, and be created there.
#[test]
fn what_is_lost_everywhere_comes_back_on_another_host() {
    const BE3: InstanceId = InstanceId(2);
    let mut p = agreed(both(&Plan { spare: Some("be3.contoso.com\\RTC"), ..USER }));
    want(&mut p, BE3, None);
    let begins = ["fence/be1", "fence/be2", "save/topology", "publish/pool01/store", "replicate/pool01/store"];
    lossy(&p, &[&begins[..], &["create-databases/pool01/User", "bring-back/pool01/User"]].concat());
    // The other slot is another host as well as a third one.
    want(&mut p, BE2, None);
    let build = ["rebuild/be2", "sql-server/be2\\RTC"];
    let all = support::ids(&p);
    let at = |id: &str| all.iter().position(|x| x == id).unwrap_or_else(|| panic!("no {id} in {all:#?}"));
    assert!(at(build[0]) < at(build[1]) && at(build[1]) < at("create-databases/pool01/User"), "{all:#?}");
    assert!(!all.contains(&"rebuild/be1".to_owned()), "be1 is not needed any more: {all:#?}");
    sound(&p, &support::solved(&p));
    // As long as a host that may answer holds a copy, no publish leaves it behind.
    want(&mut p, BE3, None);
    let host1 = host(&p, BE1);
    set(&mut p, Field::Reachable(host1), Value::Yes);
    set(&mut p, Field::Answers(BE1), Value::Yes);
    copies(&mut p, BE1, Value::Restoring, Value::NoSession, Value::Complete);
    assert!(matches!(solve(&p), Outcome::NoPlan { .. }));
}
