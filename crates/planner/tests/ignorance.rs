//! Ignorance permits nothing: replacing a fact by unknown never makes a requirement or an invariant hold that did not.

mod support;

use model::declaration::Evidence;
use model::field::Value;
use model::truth::Truth;
use planner::solve::{Outcome, solve};
use planner::verify;
use support::{FOUR, seed, solved};

#[test]
fn no_requirement_and_no_invariant_gains_by_an_unknown_fact() {
    let base = seed(&FOUR, 3);
    let plan = solved(&base);
    let invariants = model::invariant::all(&base);
    let mut looked = 0;
    for placed in &plan.placed {
        for state in [&placed.before, &placed.taken.during, &placed.taken.after] {
            for clause in placed.declaration.requires.iter().chain(&invariants) {
                let known = clause.condition.eval(base.view(state));
                for field in verify::fields(&base, &clause.condition) {
                    let mut dark = state.clone();
                    dark.set(&base.estate, field, Value::Unknown);
                    let now = clause.condition.eval(base.view(&dark));
                    assert!(
                        now == known || now == Truth::Unknown,
                        "{:?} without {field:?}: {known:?} became {now:?}",
                        clause.condition
                    );
                    looked += 1;
                }
            }
        }
    }
    assert!(looked > 10_000, "{looked}");
}

#[test]
fn no_plan_gets_riskier_by_an_unknown_fact() {
    for front_ends in [2, 3] {
        let base = seed(&FOUR[..2], front_ends);
        let known = solved(&base).cost;
        for &field in base.estate.layout().fields() {
            if !base.initial.get(&base.estate, field).is_known() {
                continue;
            }
            let mut dark = base.clone();
            dark.initial.set(&base.estate, field, Value::Unknown);
            if let Outcome::Plan(plan) = solve(&dark) {
                // Databases lost, steps nobody describes, full stops, outage: none may fall below what is known to be needed.
                let [lost, inferred, _, stops, ..] = plan.cost.0;
                assert!(lost >= known.0[0] && inferred >= known.0[1] && stops >= known.0[3], "without {field:?}");
                let evidence =
                    plan.placed.iter().filter_map(|p| p.declaration.way(base.view(&p.before)).map(|w| w.evidence));
                assert!(evidence.into_iter().all(|e| e != Evidence::Inferred), "without {field:?}");
                for p in &plan.placed {
                    assert!(p.declaration.loses.is_empty(), "without {field:?}: {}", p.declaration.id);
                }
            }
        }
    }
}
