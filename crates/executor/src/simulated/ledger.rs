//! The ledger of the simulated deployment: which committed transactions ceased to exist, when, and by whose doing. It
//! sees every copy, the ones on dark machines too, because it is the truth and not an observation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use topology::names::SqlInstance;

use super::deployment::Deployment;
use super::restore::filled_by_itself;

/// A loss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// When.
    pub at: Timestamp,
    /// The database.
    pub database: String,
    /// The instance on which it happened.
    pub on: SqlInstance,
    /// How.
    pub how: How,
    /// How many transactions are gone.
    pub transactions: u64,
    /// The call that did it.
    pub by: String,
}

/// How transactions are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// A copy that was behind was made the one that counts.
    Forced,
    /// The last complete copy was dropped, overwritten or wiped.
    Destroyed,
    /// Clients wrote to a copy of an older fork while a newer one exists: two PRINCIPALs.
    SplitBrain,
}

impl Deployment {
    /// The latest position of a database over all copies that exist.
    #[must_use]
    pub fn latest(&self, family: u32) -> (u32, u64) {
        let positions = self.each_copy().filter(|(.., c)| c.family == family).map(|(.., c)| c.position());
        positions.max().unwrap_or((0, 0))
    }

    /// A copy becomes the one that counts: a new recovery fork begins where its log ends, and what only others of the
    /// present fork hold is given up.
    pub(super) fn begin_fork(&mut self, at: &SqlInstance, database: &str, by: &str) {
        let Some(family) = self.copy(at, database).map(|c| c.family) else { return };
        let (fork, log) = self.latest(family);
        let now = self.now;
        let Some(copy) = self.copy_mut(at, database) else { return };
        // A copy of an older fork loses everything the present fork ever added; its own log says where it branched off.
        let lost = log.saturating_sub(copy.log);
        copy.fork = fork + 1;
        let database = copy.name.clone();
        if lost > 0 {
            let on = at.clone();
            self.ledger.push(Loss { at: now, database, on, how: How::Forced, transactions: lost, by: by.to_owned() });
        }
    }

    /// A copy ceases to exist.
    pub(super) fn destroy_copy(&mut self, at: &SqlInstance, database: &str, by: &str) {
        let Some(family) = self.copy(at, database).map(|c| c.family) else { return };
        let before = self.kept(family);
        let now = self.now;
        let Some(server) = self.instance_mut(at) else { return };
        server.databases.retain(|c| !c.name.eq_ignore_ascii_case(database));
        let after = self.kept(family);
        // Where a machine is built anew because every copy is gone, what fills again by itself is no loss.
        let gone = !self.each_copy().any(|(.., c)| c.family == family);
        let fills = by == "rebuild" && gone && filled_by_itself(database);
        if after < before && !fills {
            let transactions =
                if after.0 == before.0 { before.1 - after.1 } else { before.1.saturating_sub(after.1).max(1) };
            self.ledger.push(Loss {
                at: now,
                database: database.to_owned(),
                on: at.clone(),
                how: How::Destroyed,
                transactions,
                by: by.to_owned(),
            });
        }
    }

    /// Clients wrote to a copy of an older fork; written down once per copy.
    pub(super) fn split_brain(&mut self, at: &SqlInstance, database: &str, transactions: u64) {
        let known = |l: &&mut Loss| l.how == How::SplitBrain && l.on == *at && l.database == database;
        if let Some(loss) = self.ledger.iter_mut().find(known) {
            loss.transactions += transactions;
            return;
        }
        self.ledger.push(Loss {
            at: self.now,
            database: database.to_owned(),
            on: at.clone(),
            how: How::SplitBrain,
            transactions,
            by: "clients".to_owned(),
        });
    }
}
