//! Databases that are created anew, and data that come back from the site's own backups: `Install-CsDatabase`, the imports
//! and SQL Server's RESTORE, as their pages describe them. It knows no plan, and does what it is told also where that
//! overwrites something.

use jiff::Timestamp;
use model::database_type::DatabaseType;
use serde::{Deserialize, Serialize};
use topology::names::{Fqdn, SqlInstance};

use super::act::Outcome;
use super::deployment::Deployment;
use super::host::{Copy, CopyState};
use super::ledger::{How, Loss};

/// A backup of one database, on a disk that no fault of this world reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The pool whose store it is of.
    pub pool: Fqdn,
    /// The database.
    pub database: String,
    /// Its family: what was backed up.
    pub family: u32,
    /// Its size.
    pub megabytes: u64,
    /// How far its log goes.
    pub log: u64,
    /// When it was taken.
    pub taken: Timestamp,
}

/// What a newly created database holds until its data are back.
const EMPTY_MEGABYTES: u64 = 16;

/// Databases that the product fills again by itself: from Active Directory, or with what passes by (operations §5.2).
const FILLED_BY_ITSELF: [&str; 4] = ["rtcab", "rgsdyn", "cpsdyn", "mgccomp"];

/// Whether the product fills a database again by itself.
pub(super) fn filled_by_itself(database: &str) -> bool {
    FILLED_BY_ITSELF.iter().any(|d| d.eq_ignore_ascii_case(database))
}

impl Deployment {
    /// `Install-CsDatabase -DatabaseType`, without `-Clean`: what is there already is left as it is, whatever it holds. It
    /// takes the store from the published topology, where the instance is in the primary slot.
    pub(super) fn create_databases(&mut self, kind: DatabaseType, on: &SqlInstance, most: usize) -> Outcome {
        if !self.published.stores.iter().any(|s| s.slots.kind == kind && s.slots.primary == *on) {
            return Outcome::no(format!("No {kind} store on {on} is configured in the topology."));
        }
        if !self.answers(on) {
            return Outcome::no(format!("Cannot connect to {on}."));
        }
        // A Central Management store that is not the active one is filled from the one that is.
        let active = self.published.store(&self.cms.pool, kind).is_some_and(|s| s.slots.primary == *on);
        let standby = kind == DatabaseType::CentralMgmt && !active;
        let mut errors = Vec::new();
        for &database in kind.databases().iter().take(most) {
            match self.copy(on, database) {
                Some(copy) if copy.online() => {}
                Some(_) => errors.push(format!("{database}: the database is in the middle of a restore.")),
                None => self.create_one(on, database, filled_by_itself(database) || standby),
            }
        }
        self.touched(kind, on);
        Outcome { ok: errors.is_empty(), text: errors.join("\n") }
    }

    pub(super) fn create_one(&mut self, on: &SqlInstance, database: &str, filled: bool) {
        let known = self.each_copy().map(|(.., c)| c.family).chain(self.backups.iter().map(|b| b.family));
        let family = known.max().unwrap_or(0) + 1;
        let Some(server) = self.instance_mut(on) else { return };
        server.databases.push(Copy {
            name: database.to_owned(),
            family,
            megabytes: EMPTY_MEGABYTES,
            state: CopyState::Online,
            fork: 1,
            log: 0,
            session: None,
            monitor: None,
            backed_up: None,
            empty: !filled,
        });
        self.note(format!("{database} on {on} is created, and empty"));
    }

    /// A person brings the data of a type back. User data: every Front End is stopped, the archive is imported once, and
    /// they are started again. Asked a second time, nothing is imported twice.
    pub(super) fn bring_back(
        &mut self,
        pool: &Fqdn,
        kind: DatabaseType,
        on: &SqlInstance,
        front_ends: &[Fqdn],
        most: usize,
    ) -> Outcome {
        if front_ends.iter().any(|f| !self.stop_services(f).ok) {
            return Outcome::no("not every Front End could be stopped: nothing is imported");
        }
        let errors: Vec<String> =
            kind.databases().iter().take(most).filter_map(|d| self.bring_one_back(pool, on, d).err()).collect();
        self.touched(kind, on);
        let mut said = errors.clone();
        said.extend(front_ends.iter().rev().map(|f| self.start_services(f)).filter(|o| !o.ok).map(|o| o.text));
        Outcome { ok: said.is_empty(), text: said.join("\n") }
    }

    fn bring_one_back(&mut self, pool: &Fqdn, on: &SqlInstance, database: &str) -> Result<(), String> {
        let there = self.copy(on, database).filter(|_| self.answers(on));
        let Some(there) = there else { return Err(format!("there is no database {database} on {on}")) };
        if !there.empty {
            return Ok(());
        }
        let ours = |b: &&Backup| b.pool == *pool && b.database.eq_ignore_ascii_case(database);
        let Some(backup) = self.backups.iter().find(ours).cloned() else {
            return Err(format!("there is no backup of {database}"));
        };
        self.overwritten(on, database);
        if let Some(copy) = self.copy_mut(on, database) {
            copy.empty = false;
            (copy.family, copy.fork, copy.log, copy.megabytes) = (backup.family, 1, backup.log, backup.megabytes);
        }
        // A new history: what only other copies hold is given up, the ones on dark machines too.
        self.begin_fork(on, database, "backup");
        self.note(format!("{database} on {on} holds what the backup of {} held", backup.taken));
        Ok(())
    }

    /// SQL Server's RESTORE replaces what clients wrote to the empty database; an import of user data adds to it.
    fn overwritten(&mut self, on: &SqlInstance, database: &str) {
        let replaced = !DatabaseType::User.databases().iter().any(|d| d.eq_ignore_ascii_case(database));
        let written = self.copy(on, database).map_or(0, |c| c.log);
        if replaced && written > 0 {
            let (at, on, by) = (self.now, on.clone(), "RESTORE".to_owned());
            let database = database.to_owned();
            self.ledger.push(Loss { at, database, on, how: How::Destroyed, transactions: written, by });
        }
    }

    /// How far the history of a database goes that some copy or some backup holds.
    pub(super) fn kept(&self, family: u32) -> (u32, u64) {
        let backups = self.backups.iter().filter(|b| b.family == family).map(|b| (1, b.log));
        backups.max().unwrap_or_default().max(self.latest(family))
    }

    /// With backups of every database that has one, taken some transactions ago. Backups are the site's own, and so are their
    /// gaps.
    #[must_use]
    pub fn backed_up(mut self, transactions: u64, taken: Timestamp) -> Self {
        let mut backups: Vec<Backup> = Vec::new();
        for store in &self.published.stores {
            let Some(pool) = store.pools.first() else { continue };
            for &database in store.slots.kind.databases().iter().filter(|d| !filled_by_itself(d)) {
                let Some(copy) = self.copy(&store.slots.primary, database) else { continue };
                backups.push(Backup {
                    pool: pool.clone(),
                    database: copy.name.clone(),
                    family: copy.family,
                    megabytes: copy.megabytes,
                    log: copy.log.saturating_sub(transactions),
                    taken,
                });
            }
        }
        self.backups = backups;
        self
    }
}
