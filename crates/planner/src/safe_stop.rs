//! Where a run may stop for hours: rules §2, safe stop. It looks at states only.

use model::declaration::Stage;
use model::field::{Field, Value};
use model::problem::Problem;
use model::view::View;

use crate::sequence::Placed;
use crate::step::Rules;

/// The places after which the plan may rest: at the end of a stage, every pool served, every Front End on the published
/// slots, and one more Front End lost would not stop a pool.
#[must_use]
pub fn safe_stops(rules: &Rules<'_>, placed: &[Placed]) -> Vec<usize> {
    let ends_stage = |n: usize| placed.get(n + 1).is_none_or(|next| stage(next) != stage(&placed[n]));
    let rests = |&n: &usize| ends_stage(n) && is_safe(rules, rules.problem.view(&placed[n].taken.after));
    (0..placed.len()).filter(rests).collect()
}

fn stage(p: &Placed) -> Stage {
    p.declaration.stage
}

/// Whether a state is one to rest in. What is not known may be otherwise, and what is silent may come back: here everything
/// must be known to hold.
#[must_use]
pub fn is_safe(rules: &Rules<'_>, v: View<'_>) -> bool {
    let problem: &Problem = rules.problem;
    let invariants = rules.invariants.iter().all(|c| c.condition.eval(v).holds());
    let served = problem.wishes.iter().all(|w| v.store_served(w.store).holds());
    let pools = problem.pools().into_iter().all(|pool| {
        let front_ends = &problem.estate.pool(pool).front_ends;
        let loaded = front_ends.iter().all(|&f| {
            problem.managed(pool).all(|w| {
                let same = |loaded, slot| v.get(loaded).is_known() && v.get(loaded) == v.get(slot);
                same(Field::LoadedPrimary(f, w.store), Field::PrimarySlot(w.store))
                    && same(Field::LoadedMirror(f, w.store), Field::MirrorSlot(w.store))
            })
        });
        let running = front_ends.iter().all(|&f| v.get(Field::Services(f)) == Value::Running);
        // A pool of one has no Front End to spare, whatever is done.
        let spare = front_ends.len() < 2 || front_ends.iter().all(|&f| v.pool_holds(pool, Some(f)).holds());
        loaded && running && spare
    });
    invariants && served && pools
}
