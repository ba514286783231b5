//! `diff`: two topology documents, field by field. What only the writing differs in is not compared.

use topology::{Comparison, DifferenceKind, Document, Slot};

use crate::args::{Diff, Format};
use crate::exit::{Exit, Failure, Outcome};
use crate::place::Place;
use crate::present::numbers;
use crate::screen::Screen;
use crate::{files, load};

/// Runs it.
///
/// # Errors
/// When a document is missing or wrong, or the two are of different forms.
pub fn run(screen: &Screen, place: &Place, args: &Diff) -> Outcome {
    let (old, new) = (load::document(place, &args.old)?, load::document(place, &args.new)?);
    let found = topology::compare(old.topology(), new.topology()).map_err(|e| {
        let names = format!(" --> {}\n --> {}", files::name(&args.old), files::name(&args.new));
        Failure::new(Exit::BadInput, format!("error: {e} [CT3110]\n{names}\n  = help: export both in the same way"))
    })?;
    match args.format {
        Format::Json => screen.result(&json(&found)),
        Format::Markdown => screen.result(&format!("```text\n{}\n```", text(&found, &old, &new))),
        Format::Text => screen.result(&screen.style.characters_of(&text(&found, &old, &new))),
    }
    if args.verbose && args.format == Format::Text {
        let lines = similar::TextDiff::from_lines(old.text(), new.text());
        let unified =
            lines.unified_diff().context_radius(3).header(&files::name(&args.old), &files::name(&args.new)).to_string();
        screen.result(&format!("\n{}", screen.style.characters_of(&unified)));
    }
    Ok(if args.detailed_exitcode && !found.is_equal() { Exit::Changes } else { Exit::Done })
}

fn text(found: &Comparison, old: &Document, new: &Document) -> String {
    let equal = &found.equal;
    let rest = format!(
        "{}, {}, {}",
        numbers::count(equal.services, "service"),
        numbers::count(equal.servers, "server"),
        numbers::count(equal.sql_instances, "SQL instance")
    );
    if found.is_equal() {
        return format!("No change: {rest} are equal.\nSignature, order of attributes and line ends are not compared.");
    }
    let beside: Vec<_> = found.beside_slots().collect();
    let changes = numbers::count(found.slots.len() + beside.len(), "change");
    let mut out = format!("{changes}. All else is equal: {rest}.\n");
    for slot in &found.slots {
        let which = match slot.slot {
            Slot::Primary => "primary slot",
            Slot::Mirror => "mirror slot",
        };
        out.push_str(&format!("\n  ~ {}, {}, {which}\n      {} → {}", slot.pool, slot.store, slot.old, slot.new));
    }
    for d in beside {
        let sign = match d.kind {
            DifferenceKind::Added => "+",
            DifferenceKind::Removed => "-",
            DifferenceKind::Changed => "~",
        };
        let field = d.field.as_deref().map_or(String::new(), |f| format!(", {f}"));
        out.push_str(&format!("\n  {sign} {} {}{field}", d.identity, d.name));
        if let (Some(old), Some(new)) = (&d.old, &d.new) {
            out.push_str(&format!("\n      {old} → {new}"));
        }
    }
    for document in [old, new] {
        for warning in document.warnings() {
            out.push_str(&format!("\n\n{}", warning.render_as("note")));
        }
    }
    out.push_str("\n\nSignature, order of attributes and line ends are not compared.");
    out
}

fn json(found: &Comparison) -> String {
    let kind = |k: DifferenceKind| match k {
        DifferenceKind::Added => "add",
        DifferenceKind::Removed => "remove",
        DifferenceKind::Changed => "change",
    };
    let value = serde_json::json!({
        "equal": found.is_equal(),
        "slots": found.slots.iter().map(|s| serde_json::json!({
            "pool": s.pool.to_string(),
            "store": s.store.to_string(),
            "slot": match s.slot { Slot::Primary => "primary", Slot::Mirror => "mirror" },
            "old": s.old.to_string(),
            "new": s.new.to_string(),
        })).collect::<Vec<_>>(),
        "differences": found.beside_slots().map(|d| serde_json::json!({
            "kind": kind(d.kind),
            "identity": d.identity.to_string(),
            "name": d.name.to_string(),
            "field": d.field,
            "old": d.old,
            "new": d.new,
        })).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&value).unwrap_or_default()
}
