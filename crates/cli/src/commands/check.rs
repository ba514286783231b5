//! `check`: whether the files of a folder are sound and agree with each other. It asks no server.

use model::field::{Field, Value};
use model::vocabulary;
use topology::{Document, Mirroring};

use crate::args::Check;
use crate::exit::{Exit, Failure, Outcome};
use crate::files;
use crate::load::{self, Loaded};
use crate::place::Place;
use crate::present::numbers;
use crate::screen::Screen;

/// Runs it.
///
/// # Errors
/// When a file is missing or wrong, or two do not agree.
pub fn run(screen: &Screen, place: &Place, args: &Check) -> Outcome {
    let loaded = load::inputs(place, &args.inputs)?;
    let document = load::topology(place, &args.topology)?;
    let say = |text: &str| screen.say(text);
    let mut disagreements = Vec::new();
    let mut notes: Vec<String> = loaded.assembled.refuted.iter().map(ToString::to_string).collect();
    if let Some(document) = &document {
        compare(document, &loaded, &mut disagreements, &mut notes);
    }
    let (desired, snapshot) = (files::name(&args.inputs.desired), files::name(&args.inputs.snapshot));
    let mut names = vec![desired.clone(), snapshot.clone()];
    names.extend(document.is_some().then(|| files::name(&args.topology)));
    if !disagreements.is_empty() {
        let lines: Vec<String> = disagreements.iter().map(|d| format!("  {d}")).collect();
        let head = format!("error: {} do not agree [CT3112]", numbers::join(&names));
        let text = format!(
            "{head}\n{}\n  = where they disagree the slot is unknown; observe again, export again",
            lines.join("\n")
        );
        return Err(Failure::new(Exit::BadInput, text));
    }
    say(&format!("Fine: {} are sound and agree with each other.\n", numbers::join(&names)));
    let policy = loaded.desired.policy();
    let share = if policy.seed_share.is_some() { "share given" } else { "no share for new mirrors" };
    let by = match policy.publish {
        model::problem::PublishBy::Gate => "gate",
        model::problem::PublishBy::Cmdlet => "cmdlet",
    };
    say(&format!("  {desired}: {}; publish by {by}; {share}", numbers::count(loaded.desired.pools().count(), "pool")));
    let facts = &loaded.assembled.facts;
    say(&format!(
        "  {snapshot}: {} of {}",
        numbers::count(facts.facts.len(), "fact"),
        numbers::count(facts.estate.pools.len(), "pool")
    ));
    if let Some(document) = &document {
        say(&format!(
            "  {}: {}, {}, {}",
            files::name(&args.topology),
            document.form().name(),
            document.encoding().name(),
            numbers::count(document.lines(), "line")
        ));
        for warning in document.warnings() {
            screen.note(&warning.render_as("note"));
        }
    }
    for note in notes {
        say(&format!("  note: {note}"));
    }
    say("No server was asked.\nNext: cstopo plan");
    Ok(Exit::Done)
}

/// Slots of the document against those that were observed.
fn compare(document: &Document, loaded: &Loaded, disagreements: &mut Vec<String>, notes: &mut Vec<String>) {
    let problem = &loaded.assembled.problem;
    let estate = &problem.estate;
    let v = problem.view(&problem.initial);
    let mut inferred = 0;
    for wish in &problem.wishes {
        let store = estate.store(wish.store);
        let pool = &estate.pool(store.pool).fqdn;
        let name = vocabulary::store_name(estate, wish.store);
        let Some(slots) = document.topology().slots(pool, store.kind.store_role()) else {
            disagreements.push(format!("{}: no {} store of {pool}", document.file(), store.kind));
            continue;
        };
        let observed = |field| match v.get(field) {
            Value::Instance(i) => Some(Some(estate.instance(i).name.clone())),
            Value::Unknown => None,
            _ => Some(None),
        };
        let text = |i: &Option<topology::SqlInstance>| i.as_ref().map_or("none".to_owned(), ToString::to_string);
        let mut differ = |slot: &str, documented: Option<topology::SqlInstance>, field| {
            if let Some(seen) = observed(field)
                && seen != documented
            {
                disagreements.push(format!(
                    "{name}, {slot}: {} in the document, {} observed",
                    text(&documented),
                    text(&seen)
                ));
            }
        };
        if let Some(primary) = &slots.primary {
            differ("primary slot", Some(primary.clone()), Field::PrimarySlot(wish.store));
        }
        match &slots.mirroring {
            // Nothing recognised is not proof that there is nothing.
            Mirroring::NotConfigured { .. } => {}
            Mirroring::Mirrored { mirror, .. } => {
                inferred += 1;
                differ("mirror slot", Some(mirror.clone()), Field::MirrorSlot(wish.store));
            }
            Mirroring::Unknown { reason, excerpt } => {
                notes.push(format!("{name}: {reason} ({}:{}:{})", document.file(), excerpt.line, excerpt.column));
            }
        }
    }
    if inferred > 0 {
        notes.push(format!(
            "{} rest on an inferred spelling; the snapshot says the same",
            numbers::count(inferred, "mirror")
        ));
    }
}
