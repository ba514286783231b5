//! After each step of the procedure, and after each of its partial outcomes, the plan is the remainder: the same ids, in
//! the same order, less what holds already.

mod support;

use planner::solve::{Outcome, solve};
use planner::step::apply;
use support::{FOUR, ids, seed, solved};

#[test]
fn after_each_step() {
    for front_ends in [2, 3] {
        let base = seed(&FOUR, front_ends);
        let all = ids(&base);
        for (n, placed) in solved(&base).placed.iter().enumerate() {
            let mut later = base.clone();
            later.initial = placed.taken.after.clone();
            if n + 1 == all.len() {
                assert!(matches!(solve(&later), Outcome::NothingToDo));
            } else {
                assert_eq!(ids(&later), all[n + 1..], "after step {} of {front_ends} Front Ends", n + 1);
            }
        }
    }
}

#[test]
fn after_each_partial_outcome() {
    for front_ends in [2, 3] {
        let base = seed(&FOUR, front_ends);
        let all = ids(&base);
        let mut outcomes = 0;
        for (n, placed) in solved(&base).placed.iter().enumerate() {
            for partial in placed.declaration.partial_outcomes() {
                let mut later = base.clone();
                later.initial = apply(&base, &placed.before, &partial);
                if later.initial == placed.taken.after || later.initial == placed.before {
                    continue;
                }
                outcomes += 1;
                let rest = ids(&later);
                assert_eq!(rest, all[n..], "after {partial:?} of {}", placed.declaration.id);
            }
        }
        assert!(outcomes > 100, "{outcomes}");
    }
}
