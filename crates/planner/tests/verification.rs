//! What verification sees, told with made-up steps: a step that runs beside another, one that is left half done, two that
//! may not run together, what is not known (rules §2, partial outcome, start- and end-writes, exclusive group).

mod support;

use Value::{No, Principal, Restoring, Running, Stopped, Unknown, Unmirrored, Yes};
use model::condition::{Condition, Predicate};
use model::declaration::{Declaration, Duration, Group, Origin, Phrase, Stage, StepId, Subject, clause};
use model::estate::{FrontEndId, PoolId, StoreId};
use model::field::{Field, Value, write};
use model::plan::WhyKind;
use model::problem::Problem;
use model::rules;
use planner::order::Order;
use planner::verify::Verifier;
use support::world::{BE1, BE2, copies, one, set};

const POOL: PoolId = PoolId(0);
const TESTED: Field = Field::Tested(POOL);

fn step(requires: &[Condition], begin: &[(Field, Value)], end: &[(Field, Value)]) -> Declaration {
    let writes = |list: &[(Field, Value)]| list.iter().map(|&(f, x)| write(f, x)).collect();
    Declaration {
        requires: requires.iter().map(|c| clause(c.clone(), rules::READY)).collect(),
        begin: writes(begin),
        end: writes(end),
        ..Declaration::of(
            StepId("made/up".to_owned()),
            Phrase::new("Made up"),
            Subject::Pool(POOL),
            Duration { least: 1, most: 1, settling: 0, source: "a test" },
            Stage::Serve,
            Origin { sentences: &[], deviation: None },
        )
    }
}

fn in_group(d: Declaration) -> Declaration {
    Declaration { group: Some(Group::Publish), ..d }
}

/// What fails when all steps are free, and when they come one after the other.
fn failures(problem: &Problem, steps: &[Declaration]) -> [Option<WhyKind>; 2] {
    let n = steps.len();
    [Order::spanned(n, []).unwrap(), Order::total(n)]
        .map(|order| Verifier::new(problem, steps.iter().collect()).failure(&order).map(|why| why.kind))
}

fn tested() -> Problem {
    let mut p = one();
    set(&mut p, TESTED, Yes);
    p
}

#[test]
fn a_step_that_runs_is_seen_by_the_one_beside_it() {
    let steps = [step(&[], &[(TESTED, No)], &[(TESTED, Yes)]), step(&[Condition::Is(TESTED, Yes)], &[], &[])];
    let [free, in_turn] = failures(&tested(), &steps);
    assert!(matches!(free, Some(WhyKind::Requirement { step: 1, .. })), "true before and after it, and not meanwhile");
    assert_eq!(in_turn, None);
}

#[test]
fn what_is_not_known_is_required_in_vain() {
    let steps = [step(&[], &[], &[(TESTED, Unknown)]), step(&[Condition::Is(TESTED, Yes)], &[], &[])];
    let in_turn = &failures(&tested(), &steps)[1];
    assert!(matches!(in_turn, Some(WhyKind::Requirement { step: 1, .. })));
}

#[test]
fn a_step_that_is_left_half_done_breaks_no_invariant() {
    let services = |n: u16, x| write(Field::Services(FrontEndId(n)), x);
    let both = |x| vec![services(0, x), services(1, x)];
    let left = |outcome| Declaration { partial: vec![vec![vec![], outcome, both(Running)]], ..step(&[], &[], &[]) };
    let broken = |d: Declaration| failures(&one(), &[d]).map(|why| matches!(why, Some(WhyKind::Invariant { .. })));
    assert_eq!(broken(left(vec![services(0, Stopped)])), [false; 2], "the pool spares one");
    assert_eq!(broken(left(both(Stopped))), [true; 2]);
    assert_eq!(broken(left(both(Unknown))), [true; 2], "what was known to hold may not become unknown");
    let end = step(&[], &[], &[(Field::Services(FrontEndId(0)), Unknown), (Field::Services(FrontEndId(1)), Unknown)]);
    assert_eq!(broken(end), [true; 2]);
}

#[test]
fn steps_that_may_not_run_together_are_not_looked_at_together() {
    // Two copies serve; each step takes one of them away meanwhile, and the third asks for either.
    let mut p = one();
    copies(&mut p, BE2, Principal, Value::Synchronized, Value::Complete);
    let d = p.estate.store(StoreId(0)).databases[0];
    let away = |i| step(&[], &[(Field::Role(d, i), Restoring)], &[(Field::Role(d, i), Unmirrored)]);
    let asks = step(&[Predicate::Served(d).into()], &[], &[]);
    let [free, in_turn] = failures(&p, &[away(BE1), away(BE2), asks.clone()]);
    assert!(matches!(free, Some(WhyKind::Requirement { step: 2, .. })), "while both are away");
    assert_eq!(in_turn, None);
    let grouped = [in_group(away(BE1)), in_group(away(BE2)), asks];
    assert_eq!(failures(&p, &grouped), [None, None], "never both");
}

#[test]
fn two_that_write_one_field_are_ordered_or_leave_the_same_from_begin_to_end() {
    let ends = |x| step(&[], &[], &[(TESTED, x)]);
    let through = step(&[], &[(TESTED, No)], &[(TESTED, Yes)]);
    let conflict =
        |steps: &[Declaration]| failures(&tested(), steps).map(|why| matches!(why, Some(WhyKind::EndState { .. })));
    assert_eq!(conflict(&[ends(Yes), ends(Yes)]), [false; 2]);
    assert_eq!(conflict(&[ends(Yes), ends(No)]), [true, false]);
    assert_eq!(conflict(&[through.clone(), ends(Yes)]), [true, false], "what it is meanwhile depends on who is first");
    assert_eq!(conflict(&[in_group(through), in_group(ends(Yes))]), [false; 2], "never both");
}
