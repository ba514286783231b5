//! What the steps of broken middle states declare as their effects, held against what the independent simulation does.

mod support;

use executor::driver::Driver;
use executor::simulated::Deployment;
use support::{begin, declared, holds, host, problem};
use topology::names::SqlInstance;

#[test]
fn a_session_that_is_suspended_after_a_force_is_resumed() {
    let mut world = Deployment::seed();
    let mut simulated = begin(world.clone());
    let night = problem(&mut simulated, false, &[]);
    let force = declared(&night, "failover/pool01.contoso.com/User");
    simulated.perform(&force.id, &force.ways[0].call, None).unwrap();
    simulated.wait(60).unwrap();
    world = simulated.world.clone();
    world.power_on(&host("be1"));
    world.advance(60);
    let mut simulated = begin(world);
    let later = problem(&mut simulated, false, &[]);
    let resume = declared(&later, "resume/pool01.contoso.com/User");
    holds(&mut simulated, &later, &resume);
}

#[test]
fn copies_that_may_not_be_forced_are_opened() {
    let witness: SqlInstance = "w.contoso.com\\RTC".parse().unwrap();
    let mut world = Deployment::healthy().witness(&witness);
    world.power_off(&host("w"));
    world.power_off(&host("be1"));
    world.advance(60);
    let mut simulated = begin(world);
    let mut night = problem(&mut simulated, false, &[]);
    night.policy.allow_undocumented = true;
    let recover = declared(&night, "recover/pool01.contoso.com/User");
    holds(&mut simulated, &night, &recover);
}
