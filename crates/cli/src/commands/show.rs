//! `show`: a snapshot, a plan, or a topology document, recognised by what is in it. It asks nobody and writes nothing.

use model::plan_file::PlanFile;
use model::snapshot::Snapshot;

use super::plan;
use crate::args::{Format, Show};
use crate::exit::{Exit, Failure, Outcome};
use crate::place::Place;
use crate::present::{self, Context, numbers};
use crate::screen::Screen;
use crate::{files, load};

/// Runs it.
///
/// # Errors
/// When the file is missing or none of the three.
pub fn run(screen: &Screen, place: &Place, args: &Show) -> Outcome {
    let shown = files::name(&args.file);
    let bytes =
        files::bytes(&place.file(&args.file), &shown, "cstopo observe writes snapshot.json, cstopo plan plan.json")?;
    // Markup may be UTF-16, with a zero byte beside the bracket; JSON of ours begins with a brace.
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace() && !matches!(b, 0 | 0xef | 0xbb | 0xbf | 0xff | 0xfe));
    if first == Some(&b'<') {
        return document(screen, place, args);
    }
    let text = files::text(&place.file(&args.file), &shown, "")?;
    if is_plan(&text) {
        let reviewed = load::plan(place, &args.file)?;
        let mut context = Context::new(&reviewed.file.facts, screen.offset, &reviewed.file.digest);
        context.left_out = &reviewed.left_out;
        if args.verbose || args.format != Format::Text {
            context.alternatives = present::not_chosen::of(&reviewed.solved);
        }
        context.files =
            present::Files { desired: &reviewed.file.desired_file, plan: &shown, ..present::Files::default() };
        let document = load::topology(place, &args.topology)?;
        let how = plan::How { format: args.format, verbose: args.verbose, max_bytes: args.max_bytes };
        screen.result(&plan::rendered(screen, &reviewed.solved, &context, document.as_ref(), how));
        return Ok(Exit::Done);
    }
    let snapshot = Snapshot::read(&text, &shown).map_err(|d| Failure::input(&[d], "nothing is shown"))?;
    let estate = snapshot.observed_estate().map_err(|d| Failure::input(&[d], "nothing is shown"))?;
    let mut context = Context::new(&snapshot, screen.offset, "");
    context.files.snapshot = &shown;
    match args.format {
        Format::Json => screen.result(&snapshot.to_json()),
        Format::Text | Format::Markdown => {
            screen.result(&present::snapshot::text(&estate, &context, args.verbose, screen.style));
        }
    }
    Ok(Exit::Done)
}

/// A plan has steps; a snapshot has none.
fn is_plan(text: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Looks {
        #[serde(default)]
        steps: Option<serde::de::IgnoredAny>,
    }
    serde_json::from_str::<Looks>(text).is_ok_and(|l| l.steps.is_some())
        && serde_json::from_str::<PlanFile>(text).is_ok()
        || text.contains("\"rests_on\"")
}

/// A topology document: what is understood of it.
fn document(screen: &Screen, place: &Place, args: &Show) -> Outcome {
    let document = load::document(place, &args.file)?;
    let topology = document.topology();
    let pools = topology.pools();
    let say = |text: &str| screen.say(text);
    say(&format!(
        "{}: {}, {}, {}.",
        document.file(),
        document.form().name(),
        numbers::count(document.lines(), "line"),
        numbers::count(pools.len(), "pool")
    ));
    for pool in &pools {
        say("");
        let product = pool.version.and_then(topology::product).unwrap_or("unknown product");
        say(&format!("{}  {product}", pool.fqdn));
        let names: Vec<String> = pool.front_ends.iter().map(|f| f.fqdn.to_string()).collect();
        say(&format!("  servers: {}", numbers::join(&names)));
        for (role, slots) in &pool.stores {
            let primary = slots.primary.as_ref().map_or("unknown".to_owned(), ToString::to_string);
            say(&format!("  {:<12} primary slot  {primary}", role.word()));
            let mirror = match &slots.mirroring {
                topology::Mirroring::NotConfigured { .. } => "no mirror is recognised".to_owned(),
                topology::Mirroring::Mirrored { mirror, .. } => format!("{mirror} (by an inferred spelling)"),
                topology::Mirroring::Unknown { reason, .. } => format!("unknown: {reason}"),
            };
            say(&format!("  {:<12} mirror slot   {mirror}", ""));
        }
    }
    for warning in document.warnings() {
        screen.note(&warning.render_as("note"));
    }
    Ok(Exit::Done)
}
