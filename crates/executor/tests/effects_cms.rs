//! What is declared about the Central Management store, held against what the independent simulation does.

mod support;

use executor::driver::Driver;
use executor::simulated::{Deployment, Simulated};
use model::call::{Call, Cmdlet};
use model::field::{Field, Value};
use model::problem::Problem;
use support::{begin, problem};
use support::{declared, holds, observe};
use topology::names::Fqdn;

fn host(label: &str) -> Fqdn {
    format!("{label}.contoso.com").parse().unwrap()
}

/// The night of a pool that holds the store, with its pair, after these steps.
fn after(mut simulated: Simulated, steps: &[&str]) -> (Simulated, Problem) {
    for id in steps {
        let now = problem(&mut simulated, false, &[]);
        let step = declared(&now, id);
        simulated.perform(&step.id, &step.ways[0].call, None).unwrap();
        simulated.wait(60).unwrap();
    }
    let now = problem(&mut simulated, false, &[]);
    (simulated, now)
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
