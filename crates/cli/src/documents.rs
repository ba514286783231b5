//! What the publishes of a plan change in the site's own topology document, as differences of its text. It edits copies;
//! nothing is written or published.

use model::call::{Call, SlotChange, Task};
use model::plan::Plan;
use topology::{Document, Edit};

/// A publish, and what it changes.
pub struct Change {
    /// The step's number and title.
    pub title: String,
    /// The difference in unified form, or why there is none to show.
    pub text: String,
}

/// The changes of every publish of a plan, one after the other, beginning with a document.
#[must_use]
pub fn changes(plan: &Plan, document: &Document) -> Vec<Change> {
    let mut now = document.clone();
    let mut all = Vec::new();
    for (n, step) in plan.steps.iter().enumerate() {
        let call = step.declaration.ways.iter().map(|w| &w.call).find_map(|call| match call {
            Call::Person(Task::Publish { changes, .. }) => Some(changes),
            _ => None,
        });
        let Some(slots) = call else { continue };
        let title = format!("Step {}: {}", n + 1, step.declaration.title.full(&plan.problem.estate));
        let edited = edits(document, slots)
            .and_then(|edits| now.apply(&edits).map_err(|e| format!("{} [{}]", e.reason, e.code)));
        match edited {
            Ok(next) => {
                let lines = similar::TextDiff::from_lines(now.text(), next.text());
                let mut unified = lines.unified_diff();
                let text = unified.context_radius(3).header("topology.xml", "topology.xml").to_string();
                now = next;
                all.push(Change { title, text });
            }
            Err(why) => {
                all.push(Change { title, text: format!("not shown: {why}\n") });
                // Later publishes begin with what this one leaves, which is not known then.
                break;
            }
        }
    }
    all
}

/// The edits of a publish. Mirroring is put back in the words that the document itself had before.
fn edits(original: &Document, slots: &[SlotChange]) -> Result<Vec<Edit>, String> {
    let mut edits = Vec::new();
    for change in slots {
        let (pool, store) = (change.pool.clone(), change.kind.store_role());
        if change.before.mirror.is_some() && change.after.mirror.is_none() {
            edits.push(Edit::MirroringOff { pool: pool.clone(), store });
        }
        if change.before.primary != change.after.primary {
            edits.push(Edit::MoveStore { pool: pool.clone(), store, to: change.after.primary.clone() });
        }
        if let (None, Some(mirror)) = (&change.before.mirror, &change.after.mirror) {
            let words = original.words(&pool, store);
            let words =
                words.ok_or_else(|| format!("the document never named a mirror of {} of {pool}", change.kind))?;
            edits.push(Edit::MirroringOn {
                pool,
                store,
                words,
                primary: change.after.primary.clone(),
                mirror: mirror.clone(),
            });
        }
    }
    Ok(edits)
}
