//! Faults on demand: which call goes wrong, and how. It knows calls by name only, not what they do.

use model::database_type::DatabaseType;
use serde::{Deserialize, Serialize};
use topology::names::{Fqdn, SqlInstance};

use super::deed::Deed;

/// A scripted fault. It strikes once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// A cmdlet, `T-SQL`, or a person's task: `Fence`, `Publish`, `Rebuild`, `SetUpSql`,
    /// `SetUpWitness`, `BringBack`, `EnableServices`, `MendReplicas`, `Aftercare`.
    pub on: String,
    /// Only where the call names this type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<DatabaseType>,
    /// The how-manieth such call from now on is struck; counted down.
    #[serde(default = "one")]
    pub nth: u32,
    /// What goes wrong.
    #[serde(rename = "fault")]
    pub kind: FaultKind,
}

fn one() -> u32 {
    1
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FaultKind {
    /// It says no and does nothing.
    Fails,
    /// It does its work for the first `done` databases, and says yes: an error that does not end a cmdlet is easily
    /// overseen, and mirror cmdlets are no transactions (operations §14).
    HalfSucceeds {
        /// How many databases.
        done: usize,
    },
    /// It says yes and does nothing: `SET PARTNER` can succeed and fail afterwards (operations §6.8).
    SaysYesDoesNothing,
    /// It says yes, and takes effect later.
    SucceedsLate {
        /// How much later.
        seconds: u64,
    },
    /// It works; nobody hears of it.
    ReplyLost,
    /// A machine loses power while it runs, after the first `done` databases.
    HostDies {
        /// The machine.
        host: Fqdn,
        /// How many databases.
        #[serde(default)]
        done: usize,
    },
    /// A person slips.
    PersonSlips {
        /// How.
        slip: Slip,
    },
}

/// How a person slips. After a slip of the first kind the same task, asked again, is done rightly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Slip {
    /// "OK" was pressed, "Publish" was not; in general: said to be done, not done.
    Forgets,
    /// One store was left out.
    LeavesOut {
        /// Its type.
        of: DatabaseType,
    },
    /// Something else was changed as well.
    ChangesMore {
        /// What, in words.
        what: String,
    },
    /// The wrong machine: fenced or rebuilt.
    WrongHost {
        /// Which.
        host: Fqdn,
    },
    /// The wrong instance stands in the mirror slot.
    WrongMirror {
        /// Which.
        instance: SqlInstance,
    },
    /// SQL Server of another version.
    WrongVersion {
        /// Which.
        version: String,
    },
}

impl Fault {
    /// A fault on the next such call.
    #[must_use]
    pub fn new(on: &str, kind: FaultKind) -> Self {
        Self { on: on.to_owned(), of: None, nth: 1, kind }
    }

    /// Only for calls that name the type.
    #[must_use]
    pub fn of(mut self, kind: DatabaseType) -> Self {
        self.of = Some(kind);
        self
    }

    /// Strikes the nth such call.
    #[must_use]
    pub fn nth(mut self, nth: u32) -> Self {
        self.nth = nth;
        self
    }

    fn concerns(&self, deed: &Deed) -> bool {
        self.on.eq_ignore_ascii_case(deed.called()) && (self.of.is_none() || self.of == deed.kind())
    }
}

/// The fault that strikes this call, if any, taken out of the list; the others are counted down.
pub fn strike(faults: &mut Vec<Fault>, deed: &Deed) -> Option<FaultKind> {
    let mut struck = None;
    for (i, fault) in faults.iter_mut().enumerate() {
        if !fault.concerns(deed) {
            continue;
        }
        if fault.nth <= 1 {
            struck = struck.or(Some(i));
        } else {
            fault.nth -= 1;
        }
    }
    struck.map(|i| faults.remove(i).kind)
}
