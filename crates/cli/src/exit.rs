//! How the program ends: exit codes, and failures that carry theirs. It prints nothing.

use topology::diagnostic::Diagnostic;

/// Exit codes, as docs/formats.md lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done = 0,
    /// An error; nothing was done.
    Error = 1,
    /// There are changes, and `--detailed-exitcode` asked for the difference.
    Changes = 2,
    /// Refused.
    Refused = 3,
    /// The plan is stale or was used.
    Stale = 4,
    /// Another run holds the lock.
    Locked = 5,
    /// Stopped part-way.
    Stopped = 6,
    /// A step's result is not what it should be.
    CheckFailed = 7,
    /// Interrupted, nothing in flight.
    Interrupted = 8,
    /// Outcome unknown, something in flight.
    Unknown = 9,
    /// The command line is wrong.
    Usage = 64,
    /// An input is wrong.
    BadInput = 65,
    /// An input is missing.
    Missing = 66,
}

/// What a command that cannot go on says on standard error, and how it ends.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// The whole text, its first word first.
    pub text: String,
}

impl Failure {
    /// A failure.
    pub fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self { exit, text: text.into() }
    }

    /// Wrong input: every diagnostic, and a last line that says what was not done.
    #[must_use]
    pub fn input(diagnostics: &[Diagnostic], undone: &str) -> Self {
        let mut text: Vec<String> = diagnostics.iter().map(Diagnostic::render).collect();
        let files: std::collections::BTreeSet<&str> = diagnostics.iter().map(|d| d.file.as_str()).collect();
        let files: Vec<&str> = files.into_iter().collect();
        let errors =
            if diagnostics.len() == 1 { "1 error".to_owned() } else { format!("{} errors", diagnostics.len()) };
        text.push(format!("{errors} in {}; {undone}.", files.join(", ")));
        Self::new(Exit::BadInput, text.join("\n\n"))
    }

    /// Refused for what the inputs ask for.
    #[must_use]
    pub fn refused(diagnostics: &[Diagnostic]) -> Self {
        let text: Vec<String> = diagnostics.iter().map(|d| d.render_as("refused")).collect();
        Self::new(Exit::Refused, text.join("\n\n"))
    }
}

/// What the system refuses and nobody foresaw: the whole chain of what was being done, and why it went wrong.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Exit::Error, format!("error: {error:#} [CT3103]"))
    }
}

/// What a command comes to.
pub type Outcome = Result<Exit, Failure>;
