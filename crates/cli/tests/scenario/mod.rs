//! Folders in which the real program runs: copies of the scenarios, what is typed in them, and what came of it.
#![allow(dead_code)] // every test takes what it needs

pub mod estate;
mod middles;
pub mod worlds;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use executor::simulated::Deployment;
use serde::Deserialize;

/// A folder that is gone when the test is over.
pub struct Folder {
    temp: tempfile::TempDir,
    name: String,
}

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The exit code; none where the process was killed.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Both outputs, for messages of tests.
    pub fn all(&self) -> String {
        format!("exit {:?}\n--- stdout\n{}--- stderr\n{}", self.code, self.out, self.err)
    }

    /// Insists on an exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}", self.all());
        self
    }
}

impl Folder {
    /// An empty one. In memory where that is possible: what is tested is no disk.
    pub fn new() -> Self {
        Self::named("restore")
    }

    /// An empty one of that name.
    pub fn named(name: &str) -> Self {
        let memory = Path::new("/dev/shm");
        let temp = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let temp = temp.expect("a folder for a test");
        std::fs::create_dir(temp.path().join(name)).expect("a folder for a test");
        Self { temp, name: name.to_owned() }
    }

    /// A copy of a scenario's inputs.
    pub fn of(scenario: &str) -> Self {
        let folder = Self::new();
        for entry in std::fs::read_dir(fixture(scenario)).expect("a scenario").flatten() {
            let to = folder.path().join(entry.file_name());
            std::fs::copy(entry.path(), to).expect("a file of a scenario");
        }
        folder
    }

    /// A copy of a scenario with another world in it.
    pub fn with(scenario: &str, world: &Deployment) -> Self {
        let folder = Self::of(scenario);
        folder.write("deployment.json", world.to_json());
        folder
    }

    /// Where it is.
    pub fn path(&self) -> PathBuf {
        self.temp.path().join(&self.name)
    }

    /// A file of it.
    pub fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
    }

    /// Writes a file into it.
    pub fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(file), bytes).expect("a folder that can be written to");
    }

    /// Whether it has such a file.
    pub fn has(&self, file: &str) -> bool {
        self.path().join(file).exists()
    }

    /// Its world.
    pub fn world(&self) -> Deployment {
        Deployment::load(&self.path().join("deployment.json")).expect("a deployment")
    }

    /// Runs the program in it, with nobody at the keyboard.
    pub fn cstopo(&self, arguments: &[&str]) -> Ran {
        self.cstopo_where(arguments, &[])
    }

    /// The same, in other surroundings.
    pub fn cstopo_where(&self, arguments: &[&str], surroundings: &[(&str, &str)]) -> Ran {
        let done = self.command(arguments, surroundings).output().expect("the program");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text").replace("\r\n", "\n");
        Ran { code: done.status.code(), out: text(done.stdout), err: text(done.stderr) }
    }

    /// The command, not started yet.
    pub fn command(&self, arguments: &[&str], surroundings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cstopo"));
        command.args(arguments).current_dir(self.path()).stdin(Stdio::null());
        for unset in ["NO_COLOR", "CLICOLOR_FORCE", "LANG", "LC_CTYPE", "RUST_BACKTRACE", "CSTOPO_BLESS"] {
            command.env_remove(unset);
        }
        command.env("TZ", "UTC").env("LC_ALL", "C").env("USER", "tester").envs(surroundings.iter().copied());
        command
    }

    /// Plans, and insists that there is a plan.
    #[track_caller]
    pub fn plan(&self, arguments: &[&str]) -> Ran {
        let ran = self.cstopo(&[&["plan"], arguments].concat()).exits(0);
        assert!(self.has("plan.json"), "{}", ran.all());
        ran
    }

    /// What has to be typed before the plan is carried out: nobody is there, so that it names the flags.
    #[track_caller]
    pub fn asked(&self) -> Vec<String> {
        let ran = self.cstopo(&["apply", "plan.json"]).exits(64);
        let help = ran.err.lines().find_map(|l| l.trim().strip_prefix("= help: cstopo apply plan.json "));
        let flags = help.unwrap_or_else(|| panic!("{}", ran.all()));
        flags.split_whitespace().map(str::to_owned).collect()
    }

    /// Carries plan.json out, with everything typed that is asked for, and more arguments.
    #[track_caller]
    pub fn apply(&self, more: &[&str]) -> Ran {
        let asked = self.asked();
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        self.cstopo(&[&["apply", "plan.json"], &asked[..], more].concat())
    }

    /// Observes and plans anew, and carries the plan out if there is one: until everything is as declared.
    #[track_caller]
    pub fn finish(&self, arguments: &[&str]) {
        let _ = std::fs::remove_file(self.path().join("plan.json"));
        self.cstopo(&["observe"]).exits(0);
        self.cstopo(&[&["plan"], arguments].concat()).exits(0);
        if self.has("plan.json") {
            self.apply(&[]).exits(0);
        }
        self.nothing_to_do(arguments);
    }

    /// Insists that a plan of what is observed now has no steps.
    #[track_caller]
    pub fn nothing_to_do(&self, arguments: &[&str]) {
        self.cstopo(&["observe"]).exits(0);
        let ran = self.cstopo(&[&["plan", "--detailed-exitcode"], arguments].concat()).exits(0);
        assert!(ran.out.contains("Nothing to do"), "{}", ran.all());
    }

    /// The journal of the only plan that was applied here, record by record.
    pub fn journal(&self) -> Vec<serde_json::Value> {
        let state = self.path().join(".cstopo");
        let mut journals: Vec<PathBuf> =
            std::fs::read_dir(state).expect("a state folder").flatten().map(|e| e.path()).collect();
        journals.retain(|p| p.is_dir());
        assert_eq!(journals.len(), 1, "{journals:?}");
        let text = std::fs::read_to_string(journals[0].join("journal.jsonl")).expect("a journal");
        text.lines().map(|l| serde_json::from_str(l).expect("a record")).collect()
    }
}

/// The folder of a scenario.
pub fn fixture(scenario: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/scenarios").join(scenario)
}

/// A way to call `plan` in a scenario, and how it ends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its golden files: this name, with `.txt` and `.md`.
    pub golden: String,
    /// What is typed behind `cstopo plan`.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// How it ends.
    #[serde(default)]
    pub exit: i32,
}

impl Case {
    /// The arguments, as they are passed on.
    pub fn arguments(&self) -> Vec<&str> {
        self.arguments.iter().map(String::as_str).collect()
    }

    /// What it is kept to, as it is passed on.
    pub fn only(&self) -> Vec<&str> {
        let pairs = self.arguments.windows(2).filter(|pair| pair[0] == "--only");
        pairs.flatten().map(String::as_str).collect()
    }

    /// Databases that are given up by name.
    pub fn given_up(&self) -> BTreeSet<String> {
        let names = self.arguments.iter().filter_map(|a| a.rsplit_once('/')).map(|(_, database)| database.to_owned());
        names.collect()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Case>,
}

/// The cases of a scenario: those of its case.toml, else the one without arguments.
pub fn cases(scenario: &str) -> Vec<Case> {
    match std::fs::read_to_string(fixture(scenario).join("case.toml")) {
        Ok(text) => toml::from_str::<Cases>(&text).unwrap_or_else(|e| panic!("{scenario}/case.toml: {e}")).case,
        Err(_) => vec![Case { golden: "plan".to_owned(), arguments: Vec::new(), exit: 0 }],
    }
}

/// Does something for every item on every core, and fails with everything that failed.
pub fn in_parallel<T: Sync>(items: &[T], name: impl Fn(&T) -> String + Sync, work: impl Fn(&T) + Sync) {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).max(2);
    let worker = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(item)));
            if let Err(why) = done {
                let text = why.downcast_ref::<String>().cloned();
                let text = text.or_else(|| why.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default();
                failed.lock().expect("no worker panics here").push(format!("=== {}\n{text}", name(item)));
            }
        }
    };
    std::thread::scope(|scope| (0..cores).for_each(|_| _ = scope.spawn(worker)));
    let failed = failed.into_inner().expect("no worker panics here");
    assert!(failed.is_empty(), "{} of {} failed\n{}", failed.len(), items.len(), failed.join("\n"));
}
