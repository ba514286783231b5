//! What is outside of scope and shows in a state only: a plan asks for it, and names the document.

mod support;

use model::estate::FrontEndId;
use model::field::{Field, Value};
use model::scope;
use support::{FOUR, seed, solved};

#[test]
fn a_silent_front_end_is_asked_for_and_the_document_about_its_machine_is_named() {
    // One alone would be restarted first; of two each needs the other.
    let mut problem = seed(&FOUR[..1], 3);
    for f in [FrontEndId(0), FrontEndId(1)] {
        problem.initial.set(&problem.estate, Field::Services(f), Value::Unknown);
    }
    let plan = solved(&problem);
    let asks = |id: &str| id.starts_with("confirm/fe") && id.ends_with("/services");
    let step = plan.plan.steps.iter().find(|s| asks(&s.declaration.id.0)).expect("a confirmation");
    let notes: String = step.declaration.notes.iter().map(|n| n.full(&problem.estate)).collect();
    assert!(notes.contains(scope::FRONT_END_GONE.document), "{notes}");
}
