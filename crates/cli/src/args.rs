//! The command line: commands, flags, and what they are for. It reads nothing and decides nothing.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

const ABOUT: &str = "Declare which SQL Servers hold a pool's stores, see the steps that lead there, and apply them, \
                     each proved by reading it back";

/// The command line.
#[derive(Debug, Parser)]
#[command(name = "cstopo", version, about = ABOUT, max_term_width = 80, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Work in this folder instead of the current one.
    #[arg(short = 'C', long, global = true, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// Where lock and journals lie, if not where desired.toml says or in .cstopo.
    #[arg(long, global = true, value_name = "FOLDER")]
    pub state_folder: Option<PathBuf>,
    /// Colours on the screen.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    pub color: Color,
    /// Show times with this offset from UTC instead of the local one, as +01:00.
    #[arg(long, global = true, value_name = "OFFSET", allow_hyphen_values = true)]
    pub utc_offset: Option<String>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A rendering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person at a screen.
    Text,
    /// For programs.
    Json,
    /// For a pull request.
    Markdown,
}

/// A rendering of a plan: there are two more, of plans alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For a person at a screen.
    Text,
    /// For programs.
    Json,
    /// For a pull request.
    Markdown,
    /// For people who carry the steps out by hand: every step with boxes to tick.
    Runbook,
    /// A flow chart of the steps.
    Mermaid,
}

impl PlanFormat {
    /// The rendering of what is no plan: a refusal, nothing to do.
    #[must_use]
    pub fn shared(self) -> Format {
        match self {
            Self::Text => Format::Text,
            Self::Json => Format::Json,
            Self::Markdown | Self::Runbook | Self::Mermaid => Format::Markdown,
        }
    }
}

/// Commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What is wrong, in one look; changes nothing.
    Triage(Triage),
    /// The steps from what is observed to what is desired; changes nothing.
    Plan(Plan),
    /// Carry a plan out, and prove every step.
    Apply(Apply),
    /// Carry a plan out on a copy of the simulated deployment, with every fault.
    Rehearse(Rehearse),
    /// Read the estate into snapshot.json.
    Observe(Observe),
    /// Show a snapshot, a plan or a topology document.
    Show(Show),
    /// Compare two topology documents, field by field.
    Diff(Diff),
    /// Check the files of this folder against each other; asks no server.
    Check(Check),
    /// Give your word for what no tool can see.
    Attest(Attest),
    /// How the last run stands.
    Status(Status),
    /// Remove the lock of a run that lives no more.
    Unlock(Unlock),
    /// Show the main job on an embedded, simulated deployment.
    Demo(Demo),
}

/// Where the inputs lie.
#[derive(Clone, Debug, Args)]
pub struct Inputs {
    /// The desired file.
    #[arg(long, default_value = "desired.toml", value_name = "FILE")]
    pub desired: PathBuf,
    /// The snapshot.
    #[arg(long, default_value = "snapshot.json", value_name = "FILE")]
    pub snapshot: PathBuf,
    /// The attestations, if there are any.
    #[arg(long, default_value = "attestations.json", value_name = "FILE")]
    pub attestations: PathBuf,
    /// Keep to a pool, to one store of it (pool01.contoso.com/User), or to a type in every pool (Monitoring); repeat for
    /// more. The word service keeps to bringing service back: no slot is moved, no mirror made; so does what has no plan as
    /// declared without the rest. The word cms keeps to moving the Central Management store to another pool. What stays undone
    /// is said in the last line.
    #[arg(long, value_name = "WHAT")]
    pub only: Vec<String>,
    /// Give up what a database may lose: pool01.contoso.com/LcsCDR. Repeat for more.
    #[arg(long, value_name = "POOL/DATABASE")]
    pub accept_data_loss: Vec<String>,
}

/// `triage`.
#[derive(Debug, Args)]
pub struct Triage {
    /// Inputs.
    #[command(flatten)]
    pub inputs: Inputs,
    /// Exit 1 where the snapshot is older, for schedulers: 15m, 1h.
    #[arg(long, value_name = "TIME")]
    pub max_age: Option<String>,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// Inputs.
    #[command(flatten)]
    pub inputs: Inputs,
    /// Where the plan is written.
    #[arg(long, default_value = "plan.json", value_name = "FILE")]
    pub out: PathBuf,
    /// The topology document, if there is one: to show what the publishes change in it.
    #[arg(long, default_value = "topology.xml", value_name = "FILE")]
    pub topology: PathBuf,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
    /// Why a step stands where it stands, by number or id.
    #[arg(long, value_name = "STEP")]
    pub explain: Option<String>,
    /// Every step in full, and every deviation from the published procedure.
    #[arg(short, long)]
    pub verbose: bool,
    /// Exit with 2 where the plan has steps.
    #[arg(long)]
    pub detailed_exitcode: bool,
    /// Look ahead: what a new observation would most likely deliver is assumed, by name. Nothing is written.
    #[arg(long, conflicts_with_all = ["explain", "rehearse"])]
    pub draft: bool,
    /// Carry it out on copies of the simulated deployment with every single fault, and add what came of it: seconds.
    #[arg(long)]
    pub rehearse: bool,
    /// The simulated deployment, for --rehearse.
    #[arg(long, default_value = "deployment.json", value_name = "FILE")]
    pub deployment: PathBuf,
    /// The most bytes of a Markdown comment.
    #[arg(long, default_value_t = 32_768, value_name = "BYTES")]
    pub max_bytes: usize,
}

/// `apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// A plan that was reviewed. Without it: plan, show, ask, apply.
    #[arg(value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// Inputs, where no plan is given.
    #[command(flatten)]
    pub inputs: Inputs,
    /// The name that the prompt asks for; repeat where it asks for two.
    #[arg(long, value_name = "NAME")]
    pub confirm: Vec<String>,
    /// Wait so long for another run to end: 30m, 90s.
    #[arg(long, value_name = "TIME")]
    pub lock_timeout: Option<String>,
    /// The simulated deployment, if not deployment.json of this folder.
    #[arg(long, default_value = "deployment.json", value_name = "FILE")]
    pub deployment: PathBuf,
    /// Who performs the steps of people on a simulated deployment.
    #[arg(long, value_enum, default_value_t = People::Ask)]
    pub people: People,
    /// End the process at a point, for tests of what a crash leaves behind.
    #[arg(long, hide = true, value_name = "POINT")]
    pub die_at: Option<String>,
}

/// Who performs the steps of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum People {
    /// You confirm each on the terminal; where there is none, the simulation plays you.
    Ask,
    /// The simulation plays them, and says so.
    Simulated,
}

/// `rehearse`.
#[derive(Debug, Args)]
pub struct Rehearse {
    /// The plan.
    #[arg(default_value = "plan.json", value_name = "PLAN")]
    pub plan: PathBuf,
    /// The simulated deployment.
    #[arg(long, default_value = "deployment.json", value_name = "FILE")]
    pub deployment: PathBuf,
    /// Also pairs of faults: minutes.
    #[arg(long)]
    pub pairs: bool,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `observe`.
#[derive(Debug, Args)]
pub struct Observe {
    /// Where the snapshot is written.
    #[arg(long, default_value = "snapshot.json", value_name = "FILE")]
    pub out: PathBuf,
    /// The simulated deployment.
    #[arg(long, default_value = "deployment.json", value_name = "FILE")]
    pub deployment: PathBuf,
    /// The desired file, if there is one: the hosts it names are asked for every store they are to take.
    #[arg(long, default_value = "desired.toml", value_name = "FILE")]
    pub desired: PathBuf,
}

/// `show`.
#[derive(Debug, Args)]
pub struct Show {
    /// A snapshot, a plan, or a topology document; without it, snapshot.json.
    #[arg(default_value = "snapshot.json", value_name = "FILE")]
    pub file: PathBuf,
    /// The topology document, if there is one: to show what the publishes of a plan change in it.
    #[arg(long, default_value = "topology.xml", value_name = "FILE")]
    pub topology: PathBuf,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Every fact.
    #[arg(short, long)]
    pub verbose: bool,
    /// The most bytes of a Markdown comment.
    #[arg(long, default_value_t = 32_768, value_name = "BYTES")]
    pub max_bytes: usize,
}

/// `diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The older document.
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The newer document.
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// How to show it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also the lines that differ.
    #[arg(short, long)]
    pub verbose: bool,
    /// Exit with 2 where they differ.
    #[arg(long)]
    pub detailed_exitcode: bool,
}

/// `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Inputs.
    #[command(flatten)]
    pub inputs: Inputs,
    /// The topology document, if there is one.
    #[arg(long, default_value = "topology.xml", value_name = "FILE")]
    pub topology: PathBuf,
}

/// `attest`.
#[derive(Debug, Args)]
pub struct Attest {
    /// What you give your word for.
    #[command(subcommand)]
    pub what: Word,
}

/// Something a person can give their word for.
#[derive(Debug, Subcommand)]
pub enum Word {
    /// A host cannot serve.
    Fence {
        /// Its full name.
        #[arg(value_name = "HOST")]
        host: String,
        /// How it was fenced.
        #[arg(long, value_enum, default_value_t = Fence::PoweredOff)]
        by: Fence,
        /// Files.
        #[command(flatten)]
        files: AttestFiles,
    },
    /// Log backups run on every SQL Server of a pool's stores.
    LogBackups {
        /// The pool.
        #[arg(value_name = "POOL")]
        pool: String,
        /// Files.
        #[command(flatten)]
        files: AttestFiles,
    },
    /// The data sources of the Monitoring Reports name the slots of a pool.
    Reports {
        /// The pool.
        #[arg(value_name = "POOL")]
        pool: String,
        /// Files.
        #[command(flatten)]
        files: AttestFiles,
    },
}

/// Files of `attest`.
#[derive(Clone, Debug, Args)]
pub struct AttestFiles {
    /// The snapshot.
    #[arg(long, default_value = "snapshot.json", value_name = "FILE")]
    pub snapshot: PathBuf,
    /// The attestations.
    #[arg(long, default_value = "attestations.json", value_name = "FILE")]
    pub attestations: PathBuf,
    /// A note.
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

/// How a host was fenced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fence {
    /// Powered off.
    PoweredOff,
    /// Taken off the network.
    Isolated,
    /// SQL Server stopped and disabled.
    SqlStopped,
}

/// `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// The desired file, which may name the state folder.
    #[arg(long, default_value = "desired.toml", value_name = "FILE")]
    pub desired: PathBuf,
}

/// `unlock`.
#[derive(Debug, Args)]
pub struct Unlock {
    /// The lock's id, as the message about it says.
    #[arg(value_name = "LOCK")]
    pub id: String,
    /// The desired file, which may name the state folder.
    #[arg(long, default_value = "desired.toml", value_name = "FILE")]
    pub desired: PathBuf,
}

/// `demo`.
#[derive(Debug, Args)]
pub struct Demo {
    /// Where its files are written; a new folder under target/ or the temporary folder otherwise.
    #[arg(long, value_name = "FOLDER")]
    pub into: Option<PathBuf>,
}
