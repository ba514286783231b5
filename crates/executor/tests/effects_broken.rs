//! What the steps of broken middle states declare as their effects, held against what the independent simulation does.

mod support;

use executor::driver::Driver;
use executor::simulated::{Deployment, Simulated};
use model::actions::Action;
use model::declaration::{Declaration, StepId};
use model::estate::Estate;
use model::field::{Field, State};
use model::problem::Problem;
use model::view::View;
use support::{begin, problem};
use topology::names::{Fqdn, SqlInstance};

fn observe(world: &mut Simulated, estate: &Estate) -> State {
    let mut state = State::unknown(estate);
    for fact in world.observe(estate, estate.layout().fields()).unwrap() {
        state.set(estate, fact.field(estate).unwrap(), fact.value(estate));
    }
    state
}

fn host(label: &str) -> Fqdn {
    format!("{label}.contoso.com").parse().unwrap()
}

/// Performs a step by its first way, waits, and compares every field that it declares and that can be read then.
fn holds(world: &mut Simulated, problem: &Problem, d: &Declaration) {
    let estate = &problem.estate;
    world.perform(&d.id, &d.ways[0].call, None).unwrap();
    for _ in 0..240 {
        if d.is_true(View::new(estate, &observe(world, estate))) {
            break;
        }
        world.wait(15).unwrap();
    }
    let seen = observe(world, estate);
    for w in &d.end {
        let value = seen.get(estate, w.field);
        let dark = !value.is_known() && matches!(w.field, Field::Content(..));
        assert!(value == w.value || dark, "{}: {:?} declared {:?}, seen {value:?}", d.id, w.field, w.value);
    }
}

fn declared(problem: &Problem, id: &str) -> Declaration {
    let id = StepId(id.to_owned());
    Action::with_id(problem, &problem.initial, &id).unwrap_or_else(|| panic!("{id} does not apply")).1
}

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
