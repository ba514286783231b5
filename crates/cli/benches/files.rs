//! How long `cstopo plan` takes from files of 10 to 5,000 pools, every tenth on the night of the seed and the others as
//! declared: what of it is reading, what thinking, what writing and showing; and how much memory the program had.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser as _;
use cstopo_cli::args::{self, Cli};
use cstopo_cli::commands::plan::{Planned, planned};
use cstopo_cli::place::Place;
use cstopo_cli::present::Context;
use cstopo_cli::present::markdown::{Extras, view};
use cstopo_cli::present::plan::PlanView;
use cstopo_cli::present::style::Style;
use cstopo_cli::{files, load, present};
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

/// The stages of a `cstopo plan`, one after the other, in this process.
fn stages(folder: &Path) {
    let mut last = Instant::now();
    let mut stage = |name: &str| {
        print!("  {name} {:.3}", last.elapsed().as_secs_f64());
        let _ = std::io::stdout().flush();
        last = Instant::now();
    };
    let place = Place::new(Some(folder.to_owned()), None);
    let args::Command::Plan(plan) = Cli::parse_from(["cstopo", "plan"]).command else { panic!("no plan") };
    let desired = load::desired(&place, &plan.inputs.desired).ok().expect("a desired file");
    stage("desired");
    let snapshot = load::snapshot(&place, &plan.inputs.snapshot).ok().expect("a snapshot");
    stage("snapshot");
    let assembled =
        model::assemble::assemble(&snapshot, &Attestations::default(), &desired, &[], &[]).expect("a question");
    stage("assemble");
    let loaded = load::Loaded { desired, assembled, accepted_loss: Vec::new(), only: Vec::new() };
    let Ok(Planned::Plan(solved, file)) = planned(&loaded) else { panic!("there is a plan") };
    stage("plan");
    files::write(&folder.join("bench.json"), &file.to_json()).ok().expect("a plan file");
    stage("file");
    let mut context = Context::new(&loaded.assembled.facts, jiff::tz::Offset::UTC, &file.digest);
    let text = present::text::plan(&PlanView::new(&solved, &context), Style::PIPE);
    stage("text");
    context.alternatives = present::not_chosen::of(&solved);
    stage("not-chosen");
    let json = present::json::plan(&PlanView::new(&solved, &context));
    stage("json");
    let markdown = view(&PlanView::new(&solved, &context), &Extras { xml: Vec::new(), max_bytes: plan.max_bytes });
    stage("markdown");
    println!("; {} steps", solved.plan.steps.len());
    println!("{} {} {}", text.len(), json.len(), markdown.len());
}

/// The whole program, once for each format.
fn program(folder: &Path, format: &str) -> Duration {
    let begin = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_cstopo"));
    command.args(["plan", "--format", format]).current_dir(folder).stdout(Stdio::null());
    assert!(command.status().expect("the program").success());
    begin.elapsed()
}

fn main() {
    if let Some(folder) = std::env::args().skip_while(|a| a != "--stages").nth(1) {
        return stages(Path::new(&folder));
    }
    let sizes: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let sizes = if sizes.is_empty() { SIZES.to_vec() } else { sizes };
    for pools in sizes {
        let folder = tempfile::tempdir().expect("a folder");
        let (snapshot, desired) = estate(pools);
        std::fs::write(folder.path().join("snapshot.json"), &snapshot).expect("a file");
        std::fs::write(folder.path().join("desired.toml"), desired).expect("a file");
        println!("{pools} pools, {} KB", snapshot.len() / 1024);
        let mut command = Command::new(std::env::current_exe().expect("a bench has a file"));
        assert!(command.arg("--stages").arg(folder.path()).status().expect("it starts").success());
        for format in ["text", "json", "markdown"] {
            println!("  cstopo plan --format {format} {:.3} s", program(folder.path(), format).as_secs_f64());
        }
    }
}
