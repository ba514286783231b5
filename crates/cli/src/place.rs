//! Where things lie: the folder, the state folder, and names of files as people are told them. It opens nothing.

use std::path::{Path, PathBuf};

/// The folder that a command works in.
#[derive(Clone, Debug)]
pub struct Place {
    folder: PathBuf,
    state: Option<PathBuf>,
}

impl Place {
    /// From the command line.
    #[must_use]
    pub fn new(folder: Option<PathBuf>, state: Option<PathBuf>) -> Self {
        Self { folder: folder.unwrap_or_default(), state }
    }

    /// A file of the folder.
    #[must_use]
    pub fn file(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    /// The state folder: from the command line, else from the desired file, else `.cstopo` in the folder.
    #[must_use]
    pub fn state(&self, desired: Option<&str>) -> PathBuf {
        let declared = || desired.map(|d| self.folder.join(d));
        self.state.clone().or_else(declared).unwrap_or_else(|| self.folder.join(".cstopo"))
    }

    /// The folder of one plan's runs.
    #[must_use]
    pub fn of_plan(state: &Path, digest: &str) -> PathBuf {
        state.join(digest.get(..12).unwrap_or(digest))
    }
}
