//! `observe`: reads the estate into a snapshot. It changes nothing of the estate.

use executor::driver::Driver as _;
use executor::simulated::Simulated;

use crate::args::Observe;
use crate::exit::{Exit, Failure, Outcome};
use crate::place::Place;
use crate::present::time;
use crate::screen::Screen;
use crate::{files, load};

/// Opens the simulated deployment of a folder.
///
/// # Errors
/// When there is none, or its file is wrong.
pub fn deployment(place: &Place, path: &std::path::Path) -> Result<Simulated, Failure> {
    let shown = files::name(path);
    let file = place.file(path);
    if !file.exists() {
        let what = format!("error: there is no deployment to read [CT3001]\n --> {shown}");
        let note = "  = this version reads and changes simulated deployments only; the driver for the\n    management shell is not part of it";
        return Err(Failure::new(
            Exit::Missing,
            format!(
                "{what}\n{note}\n  = help: cstopo demo shows one; docs/formats.md says how to write a snapshot by hand"
            ),
        ));
    }
    // Its own reader names the file; what it says of the text is kept.
    Simulated::open(&file).map_err(|e| Failure::new(Exit::BadInput, format!("error: {e} [CT3002]\n --> {shown}")))
}

/// Runs it.
///
/// # Errors
/// When the deployment cannot be read, or the snapshot not be written.
pub fn run(screen: &Screen, place: &Place, args: &Observe) -> Outcome {
    let mut driver = deployment(place, &args.deployment)?;
    let shown = files::name(&args.deployment);
    let wrong = |e: String| Failure::new(Exit::BadInput, format!("error: {e} [CT3002]\n --> {shown}"));
    let mut snapshot = driver.snapshot().map_err(|e| wrong(format!("the deployment contradicts itself: {e}")))?;
    // A host that is to take a store holds nothing of it yet: that is worth knowing, and only the desired file names it.
    if let Ok(desired) = load::desired(place, &args.desired)
        && let Ok(estate) = snapshot.estate(&desired)
    {
        let facts = driver.observe(&estate, estate.layout().fields()).map_err(|e| wrong(e.to_string()))?;
        snapshot.with_facts(facts);
    }
    files::write(&place.file(&args.out), &snapshot.to_json())?;
    let (from, to) = (snapshot.read.from, snapshot.read.to);
    let pools = match snapshot.estate.pools.len() {
        1 => "1 pool".to_owned(),
        n => format!("{n} pools"),
    };
    screen.say(&format!(
        "Read {} facts of {pools}, {} to {}, into {}.",
        snapshot.facts.len(),
        time::at_bare(from, to, screen.offset),
        time::at(to, to, screen.offset),
        files::name(&args.out)
    ));
    screen.result("The estate is simulated. Nothing was changed.");
    screen.result("Next: cstopo plan");
    Ok(Exit::Done)
}
