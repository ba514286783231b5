//! Every call that the actions of the seed case can make: its cmdlets exist, its texts pass Microsoft's own parsers, its
//! clicks fit on a screen.

mod sample;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use model::actions::Action;
use model::assemble::assemble;
use model::attest::Attestations;
use model::call::{Call, Cmdlet, Statement, Task};
use model::desired::Desired;
use model::field::{Field, State, Value};
use model::problem::{Problem, Slots, Wanted};
use model::{clicks, cmdlet_table, powershell, tsql};
/// How many states are looked at: enough to see every kind of action.
const STATES: usize = 400;

fn problem(desired: &str) -> Problem {
    let desired = Desired::read(desired, "desired.toml").unwrap();
    assemble(&sample::seed(), &Attestations::default(), &desired, &[], &[]).unwrap().problem
}

/// The same estate with no copy left that answers, its slots wished as they are, and everything consented to.
fn all_lost(mut problem: Problem) -> Problem {
    let estate = problem.estate.clone();
    for i in estate.instance_ids() {
        problem.initial.set(&estate, Field::Answers(i), Value::No);
        problem.initial.set(&estate, Field::Reachable(estate.host_of(i)), Value::No);
    }
    for wish in &mut problem.wishes {
        let slot = |f| problem.initial.get(&estate, f).instance();
        let (primary, mirror) = (slot(Field::PrimarySlot(wish.store)), slot(Field::MirrorSlot(wish.store)));
        wish.slots = Slots::Ordered { primary, mirror: mirror.map_or(Wanted::Nothing, Wanted::One) };
        problem.consents.extend(estate.store(wish.store).databases.iter().copied());
        for &d in &estate.store(wish.store).databases {
            for &i in &estate.store(wish.store).instances {
                for f in [Field::Role(d, i), Field::Session(d, i), Field::Content(d, i)] {
                    problem.initial.set(&estate, f, Value::Unknown);
                }
            }
        }
    }
    problem
}

/// The calls of every action that is proposed in a state that can be reached, for each policy of publishing.
fn calls() -> Vec<Call> {
    let open = sample::DESIRED.replace("undocumented-steps = \"refuse\"", "undocumented-steps = \"allow\"");
    let open = open.replace("full-stop = \"refuse\"", "full-stop = \"allow\"");
    let mut calls: Vec<Call> = Vec::new();
    for text in [open.clone(), open.replace("\"gate\"", "\"cmdlet\"").replace("\"graceful\"", "\"plain\"")] {
        calls_of(&problem(&text), &mut calls);
    }
    calls_of(&all_lost(problem(&open)), &mut calls);
    // pool01 has no store for the Central Management store; with the old one served, and from exports.
    let taker = model::estate::PoolId(0);
    let moved = problem(&open).for_cms(taker);
    calls_of(&moved, &mut calls);
    let mut silent = moved;
    let left = model::cms::store(&silent.estate, model::estate::PoolId(1)).unwrap();
    let databases = silent.estate.store(left).databases.clone();
    for at in silent.estate.store(left).instances.clone() {
        silent.initial.set(&silent.estate, Field::Answers(at), Value::No);
    }
    silent.consents.extend(databases);
    calls_of(&silent, &mut calls);
    calls
}

/// The calls of every action that is proposed in a state that can be reached.
fn calls_of(problem: &Problem, calls: &mut Vec<Call>) {
    let mut seen: BTreeSet<State> = BTreeSet::from([problem.initial.clone()]);
    // The newest state first: deep into the procedure before wide.
    let mut open = vec![problem.initial.clone()];
    while let Some(state) = open.pop().filter(|_| seen.len() < STATES) {
        for action in Action::proposals(problem, &state).into_iter().rev() {
            let d = action.declare(problem);
            for call in d.ways.iter().map(|w| w.call.clone()) {
                if !calls.contains(&call) {
                    calls.push(call);
                }
            }
            let view = problem.view(&state);
            if d.is_true(view) || !d.may_begin(view) {
                continue;
            }
            let mut next = state.clone();
            d.begin.iter().chain(&d.end).for_each(|w| next.set(&problem.estate, w.field, w.value));
            if seen.insert(next.clone()) {
                open.push(next);
            }
        }
    }
}

/// Every cmdlet, also those that a person is told to type.
fn cmdlets(calls: &[Call]) -> Vec<&Cmdlet> {
    fn of(call: &Call) -> Vec<&Cmdlet> {
        match call {
            Call::Cmdlets(list) => list.iter().collect(),
            Call::Person(Task::BringBack { stop, import, start, .. }) => {
                stop.iter().chain(import).chain(start).collect()
            }
            Call::Person(Task::MoveCms { create, enable, carry, .. }) => {
                [create, carry].into_iter().chain(enable).collect()
            }
            Call::Person(_) | Call::Sql { .. } | Call::SqlInTurn(_) | Call::Wait => Vec::new(),
        }
    }
    calls.iter().flat_map(of).collect()
}

/// A tool of Microsoft's, where it is there: tests never need it, and say when they did without.
fn tool(path: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/tools");
    let folder = std::env::var_os("CSTOPO_TOOLS").map_or(PathBuf::from(beside), PathBuf::from);
    let tool = folder.join(path);
    if tool.is_file() {
        return Some(tool);
    }
    #[allow(clippy::print_stderr)] // a test that did not run says so
    {
        eprintln!("skipped: {} is not there; set CSTOPO_TOOLS to the folder of the tools", tool.display());
    }
    None
}

fn passes(tool: &PathBuf, arguments: &[&str], file: &std::path::Path) {
    let output = Command::new(tool).args(arguments).arg(file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let text = std::fs::read_to_string(file).unwrap();
    assert!(output.status.success(), "{said}\n{text}");
}

#[test]
fn every_kind_of_call_is_seen() {
    let calls = calls();
    let names: BTreeSet<_> = cmdlets(&calls).iter().map(|c| c.name).collect();
    for name in [
        "Enable-CsTopology",
        "Export-CsConfiguration",
        "Get-CsSimpleUrlConfiguration",
        "Import-CsRgsConfiguration",
        "Import-CsUserData",
        "Install-CsDatabase",
        "Install-CsMirrorDatabase",
        "Invoke-CsDatabaseFailover",
        "Move-CsManagementServer",
        "Publish-CsTopology",
        "Start-CsWindowsService",
        "Stop-CsWindowsService",
        "Test-CsDatabase",
        "Uninstall-CsMirrorDatabase",
    ] {
        assert!(names.contains(name), "{name} is not among {names:?}");
    }
    let kinds: BTreeSet<_> = calls
        .iter()
        .filter_map(|c| match c {
            Call::Person(Task::Fence { .. }) => Some("fence"),
            Call::Person(Task::Publish { .. }) => Some("publish"),
            Call::Person(Task::Rebuild { .. }) => Some("rebuild"),
            Call::Person(Task::SetUpSql { .. }) => Some("sql"),
            Call::Person(Task::SetUpWitness { .. }) => Some("witness"),
            Call::Person(Task::EnableServices { .. }) => Some("services"),
            Call::Person(Task::MendReplicas { .. }) => Some("replicas"),
            Call::Person(Task::BringBack { kind, .. }) => Some(kind.name()),
            Call::Person(Task::MoveCms { .. }) => Some("move-cms"),
            Call::Person(Task::Aftercare { .. }) => Some("aftercare"),
            Call::Sql { .. } | Call::SqlInTurn(_) => Some("tsql"),
            Call::Cmdlets(_) | Call::Wait => None,
        })
        .collect();
    assert_eq!(kinds.len(), 8 + 4, "{kinds:?}");
}

#[test]
fn every_cmdlet_and_argument_exists_in_both_products() {
    let calls = calls();
    let faults: BTreeSet<_> = cmdlets(&calls).into_iter().filter_map(|c| cmdlet_table::check(c).err()).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_cmdlet_is_read_by_powershell() {
    let Some(pwsh) = tool("pwsh/pwsh") else { return };
    let mut text: String = calls().iter().filter_map(powershell::text).map(|t| t + "\n").collect();
    for cmdlet in cmdlets(&calls()) {
        text += &(powershell::lines(cmdlet).join("\n") + "\n");
    }
    let odd = Cmdlet::new("Install-CsMirrorDatabase")
        .with("FileShare", r"\\fs1\it's $(here); `n")
        .list("ExcludeDatabaseList", vec!["a,b".to_owned(), "\u{2018}c\u{2019}".to_owned()])
        .without("Confirm");
    text.push_str(&powershell::lines_within(&odd, 40).join("\n"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.ps1");
    // With a byte order mark: else Windows PowerShell reads bytes beyond ASCII in its own code page.
    std::fs::write(&file, format!("\u{feff}{text}\n")).unwrap();
    passes(&pwsh, &["-Check", "-Target", "3.0"], &file);
}

#[test]
fn every_statement_is_read_by_sql_server() {
    let Some(tsqlcheck) = tool("tsqlcheck/tsqlcheck") else { return };
    let mut batches: Vec<String> = calls().iter().filter_map(tsql::script).collect();
    let name = || "a]; DROP TABLE [b".to_owned();
    let file = || r"\\fs1.contoso.com\it's a share\d.bak".to_owned();
    let odd = [
        Statement::PartnerOff(name()),
        Statement::PartnerFailover(name()),
        Statement::PartnerResume(name()),
        Statement::SafetyFull(name()),
        Statement::WitnessOff(name()),
        Statement::WitnessSet { database: name(), host: "w.contoso.com".parse().unwrap(), port: 7022 },
        Statement::Recover(name()),
        Statement::Drop(name()),
        Statement::BackupDatabase { database: name(), file: file() },
        Statement::BackupLog { database: name(), file: file() },
        Statement::RestoreDatabase { database: name(), file: file() },
        Statement::RestoreLog { database: name(), file: file() },
        Statement::OpenEndpoint { port: 5022 },
        Statement::PartnerSet { database: name(), host: "be1.contoso.com".parse().unwrap(), port: 5022 },
    ];
    batches.extend(odd.iter().map(tsql::text));
    batches.extend(tsql::restore_backup(&name(), "<FILL IN: it's here>"));
    batches.push(tsql::component_user(&name()));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.sql");
    std::fs::write(&file, batches.join("\nGO\n")).unwrap();
    passes(&tsqlcheck, &["--target", "2012"], &file);
}

#[test]
fn every_text_fits_on_a_screen_and_names_whole_hosts() {
    for call in calls() {
        let lines = match &call {
            Call::Cmdlets(list) => list.iter().flat_map(powershell::lines).collect(),
            Call::Person(task) => clicks::instructions(task).lines(),
            Call::Sql { .. } | Call::SqlInTurn(_) => tsql::script(&call).unwrap().lines().map(str::to_owned).collect(),
            Call::Wait => Vec::new(),
        };
        let widest = if matches!(call, Call::Person(_)) { 74 } else { 76 };
        for line in &lines {
            assert!(line.chars().count() <= widest, "{line}");
            assert_eq!(line.trim_end(), line);
        }
        let text = lines.join("\n");
        for host in ["be1", "be2", "fe1", "fs1"] {
            let whole = format!("{host}.contoso.com");
            assert_eq!(text.matches(host).count(), text.matches(&whole).count(), "{text}");
        }
    }
}
