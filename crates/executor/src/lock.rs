//! The lock: one run per estate at a time, for all who share the state folder. It knows who holds it and since when,
//! nothing of what the holder does.
//!
//! Two files: `lock` tells people who holds it; `lock.held` is locked by the operating system for as long as the process
//! lives, which is the proof that a process of the same machine is dead. Of another machine it is no proof: a file server
//! also lets go when the network fails.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the lock file.
pub const FORMAT: u32 = 1;

/// Who holds the lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// Version of the file.
    pub format: u32,
    /// The lock's own name, which `unlock` wants typed.
    pub id: String,
    /// The account.
    pub who: String,
    /// The machine.
    pub host: String,
    /// The process.
    pub pid: u32,
    /// The digest of the plan.
    pub plan: String,
    /// Since when.
    pub since: Timestamp,
    /// Last sign of life.
    pub seen: Timestamp,
    /// The step it is at, by number and id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<(usize, String)>,
}

/// Why the lock was not taken or not removed.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another run holds it (CT5001).
    #[error("another run is changing this estate")]
    Held {
        /// Who; none if its file cannot be read at this moment.
        holder: Option<Box<Holder>>,
        /// The file.
        path: PathBuf,
    },
    /// A run that is not seen to live holds it, on another machine: only `unlock` may end it (CT5001).
    #[error("the run that holds the lock gives no sign of life")]
    Silent {
        /// Who.
        holder: Box<Holder>,
        /// The file.
        path: PathBuf,
    },
    /// `unlock` named another lock (CT5003).
    #[error("the lock is {found}, not the one that was named")]
    Other {
        /// The name it has; empty if there is no lock.
        found: String,
    },
    /// The file system refuses (CT5004).
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it says.
        source: std::io::Error,
    },
}

impl LockError {
    /// The stable code of the diagnostic.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Held { .. } | Self::Silent { .. } => "CT5001",
            Self::Other { .. } => "CT5003",
            Self::Io { .. } => "CT5004",
        }
    }
}

/// The lock, held. It is given back when it is dropped.
#[derive(Debug)]
pub struct Lock {
    holder: Holder,
    path: PathBuf,
    held: Option<File>,
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> LockError {
    move |source| LockError::Io { path: path.into(), source }
}

/// Who holds the lock of a state folder, as far as its file tells; nothing is changed.
#[must_use]
pub fn holder(folder: &Path) -> Option<Holder> {
    serde_json::from_slice(&std::fs::read(folder.join("lock")).ok()?).ok()
}

/// The operating system's lock; none if another process has it.
fn try_hold(folder: &Path) -> Result<Option<File>, LockError> {
    std::fs::create_dir_all(folder).map_err(io(folder))?;
    let path = folder.join("lock.held");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(io(&path)(e)),
    }
}

impl Lock {
    /// Takes the lock. The second value is the dead holder that it was taken over from, if any: it is to be told.
    ///
    /// # Errors
    /// When a living run holds it, or one on another machine that gives no sign of life.
    pub fn take(folder: &Path, holder: Holder) -> Result<(Self, Option<Holder>), LockError> {
        let path = folder.join("lock");
        let before = self::holder(folder);
        let Some(held) = try_hold(folder)? else {
            return Err(LockError::Held { holder: before.map(Box::new), path });
        };
        // Read again: it may have been given back between the two looks.
        let before = self::holder(folder);
        if let Some(other) = before.as_ref().filter(|b| !b.host.eq_ignore_ascii_case(&holder.host)) {
            return Err(LockError::Silent { holder: Box::new(other.clone()), path });
        }
        let lock = Self { holder, path, held: Some(held) };
        lock.write()?;
        Ok((lock, before))
    }

    /// Gives a sign of life.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn beat(&mut self, now: Timestamp, step: Option<(usize, String)>) -> Result<(), LockError> {
        self.holder.seen = now;
        self.holder.step = step;
        self.write()
    }

    /// Who holds it: this run.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Leaves the file behind: something is in flight, and whoever comes next shall be told.
    pub fn leave(mut self) {
        self.held = None;
    }

    fn write(&self) -> Result<(), LockError> {
        let text = serde_json::to_vec_pretty(&self.holder).map_err(|e| io(&self.path)(e.into()))?;
        let mut file = atomic_write_file::AtomicWriteFile::open(&self.path).map_err(io(&self.path))?;
        file.write_all(&text).map_err(io(&self.path))?;
        file.commit().map_err(io(&self.path))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.held.take().is_some() {
            // Nobody is left to be told; a file that stays is taken over by the next run, with a line that says so.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Removes the lock of a run that lives no more, named by its id.
///
/// # Errors
/// When its process lives on this machine, or another lock is there.
pub fn unlock(folder: &Path, id: &str) -> Result<Holder, LockError> {
    let path = folder.join("lock");
    let found = holder(folder).ok_or(LockError::Other { found: String::new() })?;
    if found.id != id {
        return Err(LockError::Other { found: found.id });
    }
    let Some(_held) = try_hold(folder)? else {
        return Err(LockError::Held { holder: Some(Box::new(found)), path });
    };
    std::fs::remove_file(&path).map_err(io(&path))?;
    Ok(found)
}
