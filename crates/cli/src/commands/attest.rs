//! `attest`: writes down a person's word for what no tool can see. It looks at nothing but the names.

use jiff::Timestamp;
use model::attest::{Attestation, FenceKind};
use model::estate::Estate;
use model::field::{Field, Value};
use topology::names::Fqdn;

use crate::args::{Attest, AttestFiles, Fence, Word};
use crate::exit::{Exit, Failure, Outcome};
use crate::place::Place;
use crate::present::time;
use crate::screen::Screen;
use crate::{files, load, person};

fn unknown(what: &str, name: &str, known: &[String]) -> Failure {
    let head = format!("error: `{name}` is no {what} of this estate [CT3105]");
    Failure::new(
        Exit::BadInput,
        format!("{head}\n  = known: {}\n  = help: type the full name; nothing was written", known.join(", ")),
    )
}

fn pool(estate: &Estate, name: &str) -> Result<model::estate::PoolId, Failure> {
    let known = || estate.pools.iter().map(|p| p.fqdn.to_string()).collect::<Vec<_>>();
    let found = Fqdn::new(name).ok().and_then(|f| estate.pool_named(&f));
    found.ok_or_else(|| unknown("pool", name, &known()))
}

/// Runs it.
///
/// # Errors
/// When a name is none of the estate's, or the file cannot be written.
pub fn run(screen: &Screen, place: &Place, args: &Attest) -> Outcome {
    let files: &AttestFiles = match &args.what {
        Word::Fence { files, .. } | Word::LogBackups { files, .. } | Word::Reports { files, .. } => files,
    };
    let snapshot = load::snapshot(place, &files.snapshot)?;
    let mut all = load::attestations(place, &files.attestations)?;
    let estate = snapshot.observed_estate().map_err(|d| Failure::input(&[d], "nothing was written"))?;
    let (who, when) = (person::account(), Timestamp::now());
    let mut word = match &args.what {
        Word::Fence { host, by, .. } => {
            let known = || estate.hosts.iter().map(Fqdn::to_string).collect::<Vec<_>>();
            let found = Fqdn::new(host.as_str()).ok().and_then(|f| estate.host_named(&f));
            let kind = match by {
                Fence::PoweredOff => FenceKind::PoweredOff,
                Fence::Isolated => FenceKind::Isolated,
                Fence::SqlStopped => FenceKind::SqlStopped,
            };
            let host = found.ok_or_else(|| unknown("SQL Server host", host, &known()))?;
            Attestation::fence(&estate, host, kind, &who, when)
        }
        Word::LogBackups { pool: name, .. } => {
            let field = Field::LogBackups(pool(&estate, name)?);
            Attestation::new(&snapshot, &estate, field, Value::Yes, &who, when)
        }
        Word::Reports { pool: name, .. } => {
            let field = Field::Reports(pool(&estate, name)?);
            Attestation::new(&snapshot, &estate, field, Value::Yes, &who, when)
        }
    };
    word.note.clone_from(&files.note);
    let text = format!("{who} says: {}.", word.words());
    let ends = word.ends();
    all.attestations.push(word);
    files::write(&place.file(&files.attestations), &all.to_json())?;
    screen.say(&text);
    match ends {
        Some(end) => screen
            .say(&format!("It counts until {}, or until an answer refutes it.", time::at(end, when, screen.offset))),
        None => screen.say("It counts until the slots of the pool change."),
    }
    screen.say(&format!("Written to {}.\nNext: cstopo plan", files::name(&files.attestations)));
    Ok(Exit::Done)
}
