//! The seed scenario: the files beside its desired.toml are the embedded deployment and what is observed of it, so that a copy of
//! the folder is a place to try the program in.

mod tree;

use executor::simulated::{Deployment, Simulated};
use tree::current;

#[test]
fn the_seed_scenario_is_the_embedded_deployment() {
    let world = Deployment::seed();
    let snapshot = Simulated::new(world.clone()).snapshot().expect("a deployment that does not contradict itself");
    current("fixtures/scenarios/seed/deployment.json", &world.to_json());
    current("fixtures/scenarios/seed/snapshot.json", &snapshot.to_json());
}
