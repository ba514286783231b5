//! One step's declared effects, held against what the simulation does.

use executor::driver::Driver;
use executor::simulated::Simulated;
use model::actions::Action;
use model::declaration::{Declaration, StepId};
use model::estate::Estate;
use model::field::{Field, State};
use model::problem::Problem;
use model::view::View;

/// Every field, as it is read now.
pub fn observe(world: &mut Simulated, estate: &Estate) -> State {
    let mut state = State::unknown(estate);
    for fact in world.observe(estate, estate.layout().fields()).unwrap() {
        state.set(estate, fact.field(estate).unwrap(), fact.value(estate));
    }
    state
}

/// Performs a step by its first way, waits, and compares every field that it declares and that can be read then.
pub fn holds(world: &mut Simulated, problem: &Problem, d: &Declaration) {
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

/// The step of that id, as it applies now.
pub fn declared(problem: &Problem, id: &str) -> Declaration {
    let id = StepId(id.to_owned());
    Action::with_id(problem, &problem.initial, &id).unwrap_or_else(|| panic!("{id} does not apply")).1
}
