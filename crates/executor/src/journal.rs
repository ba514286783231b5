//! The journal: what a run intended, was told and saw, one record a line, on the disk before anything is done. It decides
//! nothing; the estate itself tells what has been done.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use model::fact::Fact;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::driver::Said;

/// The version of the records that this program writes, and the only one it reads.
pub const FORMAT: u32 = 1;

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Counts from 1, without gaps.
    pub seq: u64,
    /// When, UTC, on the driver's clock.
    pub time: Timestamp,
    /// The run.
    pub run: String,
    /// The digest of the plan.
    pub plan: String,
    /// What.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What a record tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// A run begins, and with it the plan is used.
    RunBegun {
        /// Version of the records.
        format: u32,
        /// The account.
        who: String,
        /// The machine.
        host: String,
        /// The process.
        pid: u32,
        /// How many steps the plan has.
        steps: usize,
    },
    /// A step is about to be performed in one way.
    StepBegun {
        /// The step.
        step: String,
        /// Its number in this plan, from 1.
        number: usize,
        /// Which of its ways, from 1.
        way: usize,
        /// What is about to be sent or asked, in words.
        intent: String,
    },
    /// What was said about it.
    Said {
        /// The step.
        step: String,
        /// What.
        said: Said,
    },
    /// What was seen afterwards: the facts that decide.
    Observed {
        /// The step.
        step: String,
        /// The facts.
        facts: Vec<Fact>,
    },
    /// A step has ended, or one way of it has.
    StepEnded {
        /// The step.
        step: String,
        /// Its number in this plan, from 1.
        number: usize,
        /// How.
        outcome: StepOutcome,
    },
    /// The run has ended.
    RunEnded {
        /// The exit code.
        code: u8,
        /// Why, in words.
        reason: String,
    },
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    /// What it achieves was seen.
    Done,
    /// What it achieves was seen before it began.
    AlreadyTrue,
    /// Nothing of what it achieves was seen.
    NoEffect,
    /// Some of it was seen.
    Partial,
    /// It may still be in flight.
    Unknown,
    /// It did not begin: something that it requires does not hold.
    NotBegun,
}

/// Why the journal cannot be written or believed.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file system refuses to write: nothing is done that cannot be recorded first (CT6001).
    #[error("the journal cannot be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What it says.
        source: std::io::Error,
    },
    /// The file system refuses to read.
    #[error("the journal cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What it says.
        source: std::io::Error,
    },
    /// A line in the middle is damaged (CT6002): it and what follows is not believed.
    #[error("a record of the journal is damaged; {why}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first bad line, from 1; the lines before it are sound.
        line: usize,
        /// How many lines there are.
        of: usize,
        /// What is wrong with it.
        why: &'static str,
        /// What the sound lines tell.
        sound: Vec<Record>,
    },
    /// Written by another version.
    #[error("the journal has format {found}; this program reads format {FORMAT}")]
    Format {
        /// The file.
        path: PathBuf,
        /// The version it has.
        found: u32,
    },
}

impl JournalError {
    /// The stable code of the diagnostic.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Write { .. } => "CT6001",
            Self::Damaged { .. } => "CT6002",
            Self::Read { .. } => "CT6003",
            Self::Format { .. } => "CT6004",
        }
    }
}

/// What a journal tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its records.
    pub records: Vec<Record>,
    /// Whether the last line was cut off while it was written. That is normal after a crash, and the line is dropped.
    pub cut: bool,
    /// Where the sound part ends, in bytes.
    end: u64,
}

/// That a plan was used, and how far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// Who began the last run of it.
    pub who: String,
    /// When it began.
    pub began: Timestamp,
    /// When it ended, if it did.
    pub ended: Option<Timestamp>,
    /// Steps that are done or were already true.
    pub done: usize,
    /// Steps of the plan.
    pub steps: usize,
    /// The step that was begun and not seen to end: its id and its number.
    pub in_flight: Option<(String, usize)>,
}

impl Told {
    /// Whether a plan was used: a plan is used once, from the begin of its first run.
    #[must_use]
    pub fn used(&self, plan: &str) -> Option<Used> {
        let mut used: Option<Used> = None;
        for record in self.records.iter().filter(|r| r.plan == plan) {
            match (&record.entry, used.as_mut()) {
                (Entry::RunBegun { who, steps, .. }, _) => {
                    let (who, began, steps) = (who.clone(), record.time, *steps);
                    used = Some(Used { who, began, ended: None, done: 0, steps, in_flight: None });
                }
                (Entry::StepBegun { step, number, .. }, Some(u)) => u.in_flight = Some((step.clone(), *number)),
                (Entry::StepEnded { outcome, .. }, Some(u)) => {
                    u.done += usize::from(matches!(outcome, StepOutcome::Done | StepOutcome::AlreadyTrue));
                    if *outcome != StepOutcome::Unknown {
                        u.in_flight = None;
                    }
                }
                (Entry::RunEnded { .. }, Some(u)) => u.ended = Some(record.time),
                _ => {}
            }
        }
        used
    }
}

/// The checksum of a record's text: the first 16 digits of its SHA-256.
fn checksum(body: &str) -> String {
    Sha256::digest(body.as_bytes()).iter().take(8).map(|b| format!("{b:02x}")).collect()
}

const SEAL: &str = ",\"checksum\":\"";

/// A record as a line: its JSON with the checksum of everything before as the last field.
fn seal(record: &Record) -> serde_json::Result<String> {
    let body = serde_json::to_string(record)?;
    let open = body.strip_suffix('}').unwrap_or(&body);
    Ok(format!("{open}{SEAL}{}\"}}\n", checksum(&body)))
}

/// The record of a line.
fn open_seal(line: &str) -> Result<Record, &'static str> {
    let (open, rest) = line.rsplit_once(SEAL).ok_or("it has no checksum")?;
    let sum = rest.strip_suffix("\"}").ok_or("its end is missing")?;
    let body = format!("{open}}}");
    if checksum(&body) != sum {
        return Err("its checksum does not match");
    }
    serde_json::from_str(&body).map_err(|_| "it is no record of this format")
}

/// Reads a journal. One that does not exist tells nothing.
///
/// # Errors
/// When it cannot be read, a line other than a cut last one is damaged, or it is of another version.
pub fn read(path: &Path) -> Result<Told, JournalError> {
    let mut bytes = Vec::new();
    match File::open(path).and_then(|mut f| f.read_to_end(&mut bytes)) {
        Ok(_) => {}
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Told::default()),
        Err(source) => return Err(JournalError::Read { path: path.into(), source }),
    }
    let mut told = Told::default();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&b| b == b'\n').collect();
    for (i, line) in lines.iter().enumerate() {
        let Some(whole) = line.strip_suffix(b"\n") else {
            // A record is written in one piece with its line end: without it, writing was cut off.
            told.cut = true;
            break;
        };
        let record = std::str::from_utf8(whole).map_err(|_| "it is no text").and_then(open_seal);
        let in_order =
            record.and_then(|r| if r.seq == i as u64 + 1 { Ok(r) } else { Err("its number is not the next") });
        match in_order {
            Ok(Record { entry: Entry::RunBegun { format, .. }, .. }) if format != FORMAT => {
                return Err(JournalError::Format { path: path.into(), found: format });
            }
            Ok(record) => told.records.push(record),
            Err(why) => {
                let (line, of) = (i + 1, lines.len());
                return Err(JournalError::Damaged { path: path.into(), line, of, why, sound: told.records });
            }
        }
        told.end += line.len() as u64;
    }
    Ok(told)
}

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    run: String,
    plan: String,
    next: u64,
    /// How many more records fit, in a test.
    room: Option<u64>,
}

impl Journal {
    /// Opens a journal for a run of a plan, and tells what it holds so far. A cut last line is dropped from the file too.
    ///
    /// # Errors
    /// As [`read`], and when it cannot be written.
    pub fn open(path: &Path, run: &str, plan: &str) -> Result<(Self, Told), JournalError> {
        let told = read(path)?;
        let write = |source| JournalError::Write { path: path.into(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(write)?;
        }
        let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path).map_err(write)?;
        file.set_len(told.end).map_err(write)?;
        file.seek(SeekFrom::End(0)).map_err(write)?;
        let next = told.records.last().map_or(1, |r| r.seq + 1);
        Ok((Self { file, path: path.into(), run: run.to_owned(), plan: plan.to_owned(), next, room: None }, told))
    }

    /// For tests: the disk is full after that many more records.
    #[must_use]
    pub fn with_room_for(mut self, records: u64) -> Self {
        self.room = Some(records);
        self
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a record; when this returns, it is on the disk.
    ///
    /// # Errors
    /// When the file system refuses, as when the disk is full.
    pub fn append(&mut self, time: Timestamp, entry: Entry) -> Result<(), JournalError> {
        let record = Record { seq: self.next, time, run: self.run.clone(), plan: self.plan.clone(), entry };
        let write = |source| JournalError::Write { path: self.path.clone(), source };
        if let Some(room) = &mut self.room {
            *room = room.checked_sub(1).ok_or_else(|| write(std::io::ErrorKind::StorageFull.into()))?;
        }
        let line = seal(&record).map_err(|e| write(e.into()))?;
        self.file.write_all(line.as_bytes()).map_err(write)?;
        self.file.sync_data().map_err(write)?;
        self.next += 1;
        Ok(())
    }
}
