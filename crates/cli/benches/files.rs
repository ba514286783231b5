//! How long `cstopo plan` takes from files of 10 to 5,000 pools, every tenth on the night of the seed and the others as
//! declared: what of it is reading, what thinking, what writing and showing; and what the whole program takes.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use clap::Parser as _;
use cstopo_cli::args::{self, Cli};
use cstopo_cli::commands::plan::{Planned, planned};
use cstopo_cli::exit::Failure;
use cstopo_cli::place::Place;
use cstopo_cli::present::Context;
use cstopo_cli::present::markdown::Extras;
use cstopo_cli::present::plan::PlanView;
use cstopo_cli::present::style::Style;
use cstopo_cli::{files, load, present};
use jiff::tz::Offset;
use model::assemble::assemble;
use model::attest::Attestations;
use model::snapshot::{Constant, Details, Snapshot};

const SIZES: [usize; 4] = [10, 100, 1_000, 5_000];

const DESIRED: &str = include_str!("../../../fixtures/scenarios/seed/desired.toml");
const NIGHT: &str = include_str!("../../../fixtures/scenarios/seed/snapshot.json");
const WELL: &str = include_str!("../../../fixtures/scenarios/as-desired/snapshot.json");

/// The machines and the pool that the night is about; the other pool holds the Central Management store.
const OURS: [&str; 6] = ["pool01.", "be1.", "be2.", "fe1.", "fe2.", "fe3."];

fn ours(name: &str) -> bool {
    OURS.iter().any(|our| name.contains(our))
}

/// What of a snapshot is about the night's pool, or what is not.
fn part(text: &str, wanted: bool) -> Snapshot {
    let whole = Snapshot::read(text, "snapshot.json").expect("a snapshot of a scenario");
    let is = |name: &str| ours(name) == wanted;
    let Constant { mut pools, mut stores, mut sql, central_management } = whole.estate;
    pools.retain(|p| is(p.fqdn.as_str()));
    stores.retain(|s| is(s.users[0].as_str()));
    sql.retain(|i| is(&i.to_string()));
    let central_management = central_management.filter(|p| is(p.as_str()));
    let Details { mut hosts, mut instances, mut copies, .. } = whole.details;
    hosts.retain(|h, _| is(h.as_str()));
    instances.retain(|i, _| is(&i.to_string()));
    copies.retain(|c, _| is(c));
    Snapshot {
        estate: Constant { pools, stores, sql, central_management },
        details: Details { hosts, instances, copies, ..Details::default() },
        topology: None,
        facts: whole.facts.into_iter().filter(|f| is(&f.subject)).collect(),
        ..whole
    }
}

/// The names of the night, as the nth pool has them.
fn renamed(text: &str, n: usize) -> String {
    let name = |text: String, our: &str| {
        let (kind, number) =
            our.trim_end_matches('.').split_at(our.len() - if our.starts_with("pool") { 3 } else { 2 });
        let number = if kind == "pool" { String::new() } else { format!("-{number}") };
        text.replace(our, &format!("{kind}{n:05}{number}."))
    };
    OURS.iter().fold(text.to_owned(), |text, our| name(text, our))
}

/// snapshot.json and desired.toml of so many pools.
fn estate(pools: usize) -> (String, String) {
    let mut whole = part(NIGHT, false);
    let [night, well] = [NIGHT, WELL].map(|text| part(text, true).to_json());
    let (head, policy) = DESIRED.split_once("[policy]").expect("a policy");
    let (_, section) = head.split_once("[pool").expect("a pool");
    let mut desired = "format = 1\n".to_owned();
    for n in 1..=pools {
        let text = renamed(if n % 10 == 1 { &night } else { &well }, n);
        let one: Snapshot = serde_json::from_str(&text).expect("a part of a snapshot");
        whole.estate.pools.extend(one.estate.pools);
        whole.estate.stores.extend(one.estate.stores);
        whole.estate.sql.extend(one.estate.sql);
        whole.details.hosts.extend(one.details.hosts);
        whole.details.instances.extend(one.details.instances);
        whole.details.copies.extend(one.details.copies);
        whole.facts.extend(one.facts);
        desired.push_str(&format!("\n[pool{}", renamed(section, n).trim_end()));
        desired.push('\n');
    }
    (whole.to_json(), format!("{desired}\n[policy]{policy}"))
}

/// What came of something that must not fail.
fn sure<T>(done: Result<T, Failure>) -> T {
    done.unwrap_or_else(|failure| panic!("{}", failure.text))
}

/// The stages of a `cstopo plan`, one after the other, in this process.
fn stages(pools: usize, folder: &Path) {
    let mut last = Instant::now();
    let mut row = format!("{pools:>7}");
    let mut stage = |row: &mut String| {
        let _ = write!(row, " {:>8.3}", last.elapsed().as_secs_f64());
        last = Instant::now();
    };
    let place = Place::new(Some(folder.to_owned()), None);
    let args::Command::Plan(plan) = Cli::parse_from(["cstopo", "plan"]).command else { panic!("no plan") };
    let desired = sure(load::desired(&place, &plan.inputs.desired));
    let snapshot = sure(load::snapshot(&place, &plan.inputs.snapshot));
    stage(&mut row);
    let assembled = assemble(&snapshot, &Attestations::default(), &desired, &[], &[]).expect("a question");
    stage(&mut row);
    let loaded = load::Loaded { desired, assembled, accepted_loss: Vec::new(), only: Vec::new() };
    let Planned::Plan(solved, file) = sure(planned(&loaded)) else { panic!("there is a plan") };
    stage(&mut row);
    sure(files::write(&folder.join("plan.json"), &file.to_json()));
    stage(&mut row);
    let mut context = Context::new(&loaded.assembled.facts, Offset::UTC, &file.digest);
    let text = present::text::plan(&PlanView::new(&solved, &context), Style::PIPE);
    stage(&mut row);
    context.alternatives = present::not_chosen::of(&solved);
    let json = present::json::plan(&PlanView::new(&solved, &context));
    stage(&mut row);
    let extras = Extras { xml: Vec::new(), max_bytes: plan.max_bytes };
    let markdown = present::markdown::view(&PlanView::new(&solved, &context), &extras);
    stage(&mut row);
    let read = std::fs::metadata(folder.join("snapshot.json")).expect("a file").len();
    let written = std::fs::metadata(folder.join("plan.json")).expect("a file").len();
    let bytes = [read, written, text.len() as u64, json.len() as u64, markdown.len() as u64];
    let kilobytes: Vec<String> = bytes.iter().map(|b| format!("{:>8}", b / 1024)).collect();
    println!("{row} {:>7} {}", solved.plan.steps.len(), kilobytes.join(" "));
}

/// The whole program, from start to exit.
fn program(folder: &Path, format: &str) -> f64 {
    let begin = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cstopo"));
    command.args(["plan", "--format", format]).current_dir(folder).stdout(Stdio::null());
    assert!(command.status().expect("the program").success());
    begin.elapsed().as_secs_f64()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [pools, folder] = arguments.as_slice()
        && let Ok(pools) = pools.parse()
        && Path::new(folder).is_dir()
    {
        return stages(pools, Path::new(folder));
    }
    let sizes: Vec<usize> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    println!(
        "cstopo plan from files; every tenth pool on the night of the seed; seconds, and kilobytes of what is read and said"
    );
    println!(
        "  pools     read assemble     plan    write     text     json markdown   steps snapshot     plan     text     json markdown"
    );
    let mut whole = Vec::new();
    for pools in sizes {
        let folder = tempfile::tempdir().expect("a folder");
        let (snapshot, desired) = estate(pools);
        std::fs::write(folder.path().join("snapshot.json"), snapshot).expect("a file");
        std::fs::write(folder.path().join("desired.toml"), desired).expect("a file");
        let mut command = Command::new(std::env::current_exe().expect("a bench has a file"));
        let status = command.arg(pools.to_string()).arg(folder.path()).status();
        assert!(status.expect("it starts").success());
        let times = ["text", "json", "markdown"].map(|format| format!("{:>8.3}", program(folder.path(), format)));
        whole.push(format!("{pools:>7} {}", times.join(" ")));
    }
    println!("\nthe whole program, from start to exit, by --format; seconds");
    println!("  pools     text     json markdown\n{}", whole.join("\n"));
}
