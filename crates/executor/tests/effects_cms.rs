//! What is declared about the Central Management store, held against what the independent simulation does.

mod support;

use executor::driver::Driver;
use executor::simulated::{Deployment, Fault, FaultKind, Simulated};
use model::call::{Call, Cmdlet, Task};
use model::field::{Field, Value, Write};
use model::problem::{Problem, Slots, Wanted};
use support::{begin, problem};
use support::{declared, holds, observe};
use topology::names::Fqdn;

fn host(label: &str) -> Fqdn {
    format!("{label}.contoso.com").parse().unwrap()
}

/// The night of a pool that holds the store, after these steps.
fn after(simulated: Simulated, steps: &[&str]) -> (Simulated, Problem) {
    after_as(simulated, steps, |_| {})
}

/// The same, of another problem.
fn after_as(mut simulated: Simulated, steps: &[&str], change: fn(&mut Problem)) -> (Simulated, Problem) {
    let problem = |world: &mut Simulated| {
        let mut now = problem(world, false, &[]);
        change(&mut now);
        now
    };
    for id in steps {
        let now = problem(&mut simulated);
        let step = declared(&now, id);
        simulated.perform(&step.id, &step.ways[0].call, None).unwrap();
        simulated.wait(60).unwrap();
    }
    let now = problem(&mut simulated);
    (simulated, now)
}

/// Slots as they are, and what nobody describes is allowed.
fn kept(problem: &mut Problem) {
    for wish in &mut problem.wishes {
        let named = wish.slot_instances();
        wish.slots = Slots::Pair(named[0], named[1]);
    }
    problem.policy.allow_undocumented = true;
    problem.policy.allow_full_stop = true;
}

fn rebuilt() -> (Simulated, Problem) {
    let steps =
        [&["fence/be1.contoso.com"], &FAILED_OVER[..], &["rebuild/be1.contoso.com", "sql-server/be1.contoso.com\\RTC"]];
    after_as(begin(Deployment::seed().cms_in_the_pool()), &steps.concat(), kept)
}

#[test]
fn a_type_is_mirrored_again_with_its_slots_as_they_are() {
    let (mut simulated, now) = rebuilt();
    let reaches = |w: &mut Simulated| {
        let state = observe(w, &now.estate);
        now.view(&state).front_end_reaches(model::estate::FrontEndId(0)).holds()
    };
    assert!(reaches(&mut simulated), "the old session is remembered over the rebuild");
    for kind in ["Application", "CentralMgmt", "User"] {
        holds(&mut simulated, &now, &declared(&now, &format!("remirror/pool01.contoso.com/{kind}")));
    }
    assert!(reaches(&mut simulated));
    assert!(simulated.world.ledger.is_empty());
}

#[test]
fn the_witness_of_the_topology_comes_back_with_the_mirror() {
    let mut world = Deployment::healthy().cms_in_the_pool().witness(&"w.contoso.com\\RTC".parse().unwrap());
    world.power_off(&host("be1"));
    world.advance(120);
    let steps = ["fence/be1.contoso.com", "rebuild/be1.contoso.com", "sql-server/be1.contoso.com\\RTC"];
    let (mut simulated, now) = after_as(begin(world), &steps, |problem| {
        kept(problem);
        problem.wishes.iter_mut().for_each(|w| w.witness = Wanted::Unmanaged);
    });
    let step = declared(&now, "remirror/pool01.contoso.com/Application");
    assert!(step.end.iter().any(|w| matches!((w.field, w.value), (Field::WitnessLink(..), Value::Connected))));
    holds(&mut simulated, &now, &step);
}

#[test]
fn a_mirror_by_hand_is_left_half_done_only_as_declared() {
    let (simulated, now) = rebuilt();
    let step = declared(&now, "remirror/pool01.contoso.com/User");
    let Call::SqlInTurn(batches) = &step.ways[0].call else { panic!("no script") };
    let statements: usize = batches.iter().map(|b| b.statements.len()).sum();
    assert_eq!(statements, 3 + 6 + 10 + 3);
    for nth in 1..=u32::try_from(statements).unwrap() {
        let mut other = Simulated::new(simulated.world.clone()).with_base(simulated.world.now);
        other.world.faults.push(Fault::new("T-SQL", FaultKind::Fails).nth(nth));
        other.perform(&step.id, &step.ways[0].call, None).unwrap();
        let seen = observe(&mut other, &now.estate);
        let outcomes = step.partial_outcomes();
        let fits = |o: &[Write]| {
            let mut expected = now.initial.clone();
            o.iter().for_each(|w| expected.set(&now.estate, w.field, w.value));
            let asked = |f: &&Field| matches!(f, Field::Role(..) | Field::Session(..));
            now.estate.layout().fields().iter().filter(asked).all(|&f| {
                let value = seen.get(&now.estate, f);
                !value.is_known() || expected.get(&now.estate, f) == value
            })
        };
        assert!(outcomes.iter().any(|o| fits(o)) || fits(&[]), "statement {nth} fails");
    }
}

#[test]
fn sql_server_refuses_what_it_refuses() {
    let (simulated, now) = rebuilt();
    let step = declared(&now, "remirror/pool01.contoso.com/Application");
    let Call::SqlInTurn(batches) = &step.ways[0].call else { panic!("no script") };
    let without = |n: usize| {
        let mut world = simulated.world.clone();
        let left = batches.iter().enumerate().filter(|(i, _)| *i != n).map(|(_, b)| b.clone());
        world.perform(&Call::SqlInTurn(left.collect())).yes()
    };
    assert!(!(0..3).any(without), "no backup; an old session and no log; no copy");
    let mut world = simulated.world.clone();
    world.share.writable = false;
    assert!(!world.perform(&step.ways[0].call).yes());
}

const FAILED_OVER: [&str; 5] = [
    "failover/pool01.contoso.com/User",
    "failover/pool01.contoso.com/Application",
    "failover/pool01.contoso.com/CentralMgmt",
    "failover/pool01.contoso.com/Archiving",
    "failover/pool01.contoso.com/Monitoring",
];

#[test]
fn failed_over_it_takes_no_writes_and_failed_back_it_does() {
    let world = Deployment::healthy().cms_in_the_pool();
    let (mut simulated, home) = after(begin(world), &[]);
    assert_eq!(home.view(&home.initial).get(Field::CmsWritable), Value::Yes);
    let mut there = home.clone();
    there.wishes.iter_mut().for_each(|w| w.principal = w.primaries().first().copied());
    holds(&mut simulated, &there, &declared(&there, "failover/pool01.contoso.com/CentralMgmt"));
    let (mut simulated, away) = after(simulated, &[]);
    assert_eq!(away.view(&away.initial).get(Field::CmsWritable), Value::No);
    holds(&mut simulated, &away, &declared(&away, "failback/pool01.contoso.com/CentralMgmt"));
}

#[test]
fn a_paired_pool_takes_over_what_answers_without_force() {
    let world = Deployment::seed().cms_in_the_pool().paired();
    let steps = [&FAILED_OVER[..], &["save/topology"]].concat();
    let (mut simulated, now) = after(begin(world), &steps);
    let step = declared(&now, "move-cms/pool02.contoso.com");
    holds(&mut simulated, &now, &step);
    assert!(simulated.world.ledger.is_empty());
    // From then on Topology Builder changes the back end of pool01.
    let (simulated, now) =
        after(simulated, &["publish/pool01.contoso.com/mirroring-off", "publish/pool01.contoso.com/store"]);
    let seen = |w: &mut Simulated| observe(w, &now.estate);
    let mut simulated = simulated;
    let state = seen(&mut simulated);
    for wish in &now.wishes {
        let wanted = wish.primaries()[0];
        assert_eq!(state.get(&now.estate, Field::PrimarySlot(wish.store)), wanted.into());
    }
}

#[test]
fn what_does_not_answer_is_given_up_with_force() {
    let mut world = Deployment::healthy().cms_in_the_pool().paired();
    for dead in ["be1", "be2"] {
        world.power_off(&host(dead));
    }
    world.advance(60);
    let mut simulated = begin(world);
    let now = problem(&mut simulated, false, &["xds", "lis"]);
    let step = declared(&now, "move-cms/pool02.contoso.com");
    assert_eq!(step.loses.len(), 2);
    holds(&mut simulated, &now, &step);
    assert_eq!(simulated.world.ledger.len(), 2, "xds and lis, as was agreed to");
}

#[test]
fn the_cmdlet_refuses_what_it_refuses() {
    // Nobody is paired with pool01.
    let alone = |world: &mut Deployment, cmdlet: Cmdlet| world.perform(&Call::Cmdlets(vec![cmdlet])).yes();
    let plain = || Cmdlet::new("Invoke-CsManagementServerFailover");
    assert!(!alone(&mut Deployment::healthy().cms_in_the_pool(), plain()));
    // The store that is left does not answer: only with -Force, and only to where the topology says.
    let mut world = Deployment::seed().cms_in_the_pool().paired();
    assert!(!alone(&mut world, plain()));
    assert!(!alone(&mut world, plain().with("BackupSqlServerFqdn", host("be2")).switch("Force")));
    assert!(!alone(&mut world, plain().with("BackupSqlServerFqdn", host("sql2"))), "Force is mandatory with it");
    world.power_off(&host("sql2"));
    let named =
        || plain().with("BackupSqlServerFqdn", host("sql2")).with("BackupSqlInstanceName", "RTC").switch("Force");
    assert!(!alone(&mut world, named()));
    world.power_on(&host("sql2"));
    assert!(alone(&mut world, named()));
    assert_eq!(world.cms.pool, host("pool02"));
}

/// pool02 has no store for it, and takes it over.
fn by_hand(problem: &mut Problem) {
    *problem = problem.for_cms(problem.estate.pool_named(&host("pool02")).unwrap());
}

#[test]
fn people_move_it_to_a_pool_that_has_no_store_for_it() {
    let steps = [&FAILED_OVER[..], &["save/topology"]].concat();
    let (mut simulated, now) = after_as(begin(Deployment::seed().cms_in_the_pool()), &steps, by_hand);
    let step = declared(&now, "move-cms/pool02.contoso.com");
    holds(&mut simulated, &now, &step);
    assert!(simulated.world.ledger.is_empty());
    // From then on the topology names no such store of pool01, and its back end can be changed.
    let (_, then) = after(simulated, &["publish/pool01.contoso.com/mirroring-off", "publish/pool01.contoso.com/store"]);
    let pool01 = then.estate.pool_named(&host("pool01")).unwrap();
    assert_eq!(model::cms::store(&then.estate, pool01), None);
    for wish in &then.wishes {
        assert_eq!(then.view(&then.initial).get(Field::PrimarySlot(wish.store)), wish.primaries()[0].into());
    }
}

#[test]
fn by_hand_what_does_not_answer_comes_from_exports() {
    let mut world = Deployment::healthy().cms_in_the_pool();
    for dead in ["be1", "be2"] {
        world.power_off(&host(dead));
    }
    world.advance(60);
    let mut simulated = begin(world);
    let mut now = problem(&mut simulated, false, &["xds", "lis"]);
    by_hand(&mut now);
    let step = declared(&now, "move-cms/pool02.contoso.com");
    assert_eq!(step.loses.len(), 2);
    holds(&mut simulated, &now, &step);
    assert_eq!(simulated.world.ledger.len(), 2, "xds and lis, as was agreed to");
}

#[test]
fn by_hand_it_fails_where_the_product_would() {
    let moved = |world: &mut Deployment, on: &str, force: bool| {
        let carry = Cmdlet::new("Move-CsManagementServer");
        let task = Task::MoveCms {
            from: host("pool01"),
            to: host("pool02"),
            front_end: host("fe4"),
            on: format!("{on}.contoso.com\\RTC").parse().unwrap(),
            create: Cmdlet::new("Install-CsDatabase").switch("CentralManagementDatabase"),
            enable: None,
            carry: if force { carry.switch("Force") } else { carry },
        };
        world.perform(&Call::Person(task)).yes()
    };
    // The old store does not answer: only from files. Somebody else's SQL Server is none of pool02.
    let world = || Deployment::seed().cms_in_the_pool();
    assert!(!moved(&mut world(), "sql2", false) && moved(&mut world(), "sql2", true));
    assert!(!moved(&mut world(), "be2", true));
    let mut dark = world();
    dark.power_off(&host("sql2"));
    assert!(!moved(&mut dark, "sql2", true));
    let mut still = world();
    still.pool_mut(&host("pool02")).unwrap().front_ends.iter_mut().for_each(|f| f.power = false);
    assert!(!moved(&mut still, "sql2", true));
}
