//! Backups on the seeding share, restores from it, and a mirroring session that is started by hand: SQL Server's own rules
//! for `BACKUP`, `RESTORE`, `SET PARTNER` and endpoints. It knows no topology.

use model::database_type::DatabaseType;
use serde::{Deserialize, Serialize};
use topology::names::{Fqdn, SqlInstance};

use super::act::Outcome;
use super::deployment::Deployment;
use super::host::{Copy, CopyState, Endpoint};

/// Seconds that a backup or a restore of any size takes at least, and megabytes that it moves in one.
const FLOOR: u64 = 20;
const RATE: u64 = 80;

/// A backup of a database or of its log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedFile {
    /// The copy as it was.
    pub copy: Copy,
    /// Whether it is of the log only.
    pub log: bool,
}

/// What a copy that is to be the mirror was told: whom to expect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Where it lies.
    pub at: SqlInstance,
    /// The database.
    pub database: String,
    /// The principal that it expects.
    pub partner: SqlInstance,
}

type Done = Result<(), String>;

impl Deployment {
    /// `BACKUP DATABASE`, `BACKUP LOG`: of a copy that is online, mirrored or not.
    pub(super) fn back_up(&mut self, on: &SqlInstance, database: &str, log: bool, file: &str) -> Outcome {
        let done = self.try_back_up(on, database, log, file);
        told(database, done)
    }

    fn try_back_up(&mut self, on: &SqlInstance, database: &str, log: bool, file: &str) -> Done {
        self.file_can_be_used(on, file)?;
        let copy = self.copy(on, database).filter(|c| c.online()).ok_or("the database is not online")?;
        let seconds = FLOOR + if log { 0 } else { copy.megabytes / RATE };
        self.advance(seconds);
        let copy = self.copy(on, database).cloned().filter(|_| self.answers(on)).ok_or("the connection was closed")?;
        self.seed_files.insert(file.to_owned(), SeedFile { copy, log });
        let now = self.now;
        if let Some(copy) = self.copy_mut(on, database).filter(|_| log) {
            copy.backed_up = Some(now);
        }
        Ok(())
    }

    /// `RESTORE DATABASE ... WITH NORECOVERY` onto nothing or a left-over, `RESTORE LOG ... WITH NORECOVERY` onto a copy
    /// that waits for it.
    pub(super) fn restore(&mut self, on: &SqlInstance, database: &str, log: bool, file: &str) -> Outcome {
        let done = self.try_restore(on, database, log, file);
        told(database, done)
    }

    fn try_restore(&mut self, on: &SqlInstance, database: &str, log: bool, file: &str) -> Done {
        self.file_can_be_used(on, file)?;
        let backup =
            self.seed_files.get(file).cloned().filter(|b| b.log == log).ok_or("cannot open the backup device")?;
        let waits = |c: &Copy| c.state == CopyState::Restoring && c.session.is_none();
        match self.copy(on, database) {
            Some(there) if !waits(there) => return Err("the database is in use".to_owned()),
            Some(there) if log && there.fork != backup.copy.fork => return Err("the log does not fit".to_owned()),
            None if log => return Err("there is no such database".to_owned()),
            _ => {}
        }
        self.advance(FLOOR + if log { 0 } else { backup.copy.megabytes / RATE });
        if !self.answers(on) {
            return Err("the connection was closed".to_owned());
        }
        let restored =
            Copy { state: CopyState::Restoring, session: None, monitor: None, backed_up: None, ..backup.copy };
        if let Some(server) = self.instance_mut(on) {
            server.databases.retain(|c| !c.name.eq_ignore_ascii_case(database));
            server.databases.push(restored);
        }
        Ok(())
    }

    fn file_can_be_used(&self, on: &SqlInstance, file: &str) -> Done {
        let share = file.to_ascii_lowercase().starts_with(&self.share.path.to_ascii_lowercase());
        let rights = self.instance(on).is_some_and(|i| i.share_rights);
        match self.answers(on) {
            false => Err(format!("login timeout expired: {on} does not answer")),
            true if share && rights && self.share.writable => Ok(()),
            true => Err(format!("cannot open {file}: access is denied")),
        }
    }

    /// `CREATE ENDPOINT ... FOR DATABASE_MIRRORING`, where there is none.
    pub(super) fn open_endpoint(&mut self, on: &SqlInstance, port: u16) -> Outcome {
        if !self.answers(on) {
            return Outcome::no(format!("login timeout expired: {on} does not answer"));
        }
        if let Some(server) = self.instance_mut(on) {
            server.endpoint.get_or_insert(Endpoint { port, started: true });
        }
        Outcome::yes("")
    }

    /// `SET PARTNER`: first on the copy that waits, then on the one that serves, which starts the session.
    pub(super) fn set_partner(&mut self, on: &SqlInstance, database: &str, host: &Fqdn, port: u16) -> Outcome {
        let done = self.try_set_partner(on, database, host, port);
        told(database, done)
    }

    fn try_set_partner(&mut self, on: &SqlInstance, database: &str, host: &Fqdn, port: u16) -> Done {
        let listens =
            |i: &&super::host::SqlServer| i.running && i.endpoint.is_some_and(|e| e.started && e.port == port);
        let named = self.host(host).filter(|h| h.answers()).and_then(|h| h.instances.iter().find(listens));
        let partner = named.map(|i| SqlInstance { host: host.clone(), name: i.name.clone() });
        let partner = partner.ok_or_else(|| format!("nothing listens at TCP://{host}:{port}"))?;
        let here = self.copy(on, database).filter(|_| self.answers(on)).ok_or("there is no such database")?;
        if here.session.is_some() {
            return Err("the database is mirrored already".to_owned());
        }
        if here.state == CopyState::Restoring {
            self.offers.retain(|o| o.at != *on || !o.database.eq_ignore_ascii_case(database));
            self.offers.push(Offer { at: on.clone(), database: database.to_owned(), partner });
            return Ok(());
        }
        let (here, there) = (here.clone(), self.copy(&partner, database).cloned());
        let there = there.ok_or("the partner has no such database")?;
        let offer = Offer { at: partner.clone(), database: database.to_owned(), partner: on.clone() };
        if !self.offers.contains(&offer) {
            return Err("the partner does not expect this server (error 1416)".to_owned());
        }
        let of_log = |b: &&SeedFile| b.log && b.copy.family == here.family && b.copy.fork == here.fork;
        let newest = self.seed_files.values().filter(of_log).map(|b| b.copy.log).max();
        if there.fork != here.fork || newest.is_some_and(|log| there.log < log) {
            return Err("the partner has not been rolled forward far enough (error 1412)".to_owned());
        }
        self.offers.retain(|o| *o != offer);
        self.begin_session(on, &partner, database, None);
        let holds = |t: &DatabaseType| t.databases().iter().any(|d| d.eq_ignore_ascii_case(database));
        if let Some(kind) = DatabaseType::ALL.into_iter().find(holds) {
            self.touched(kind, on);
        }
        Ok(())
    }
}

fn told(database: &str, done: Done) -> Outcome {
    match done {
        Ok(()) => Outcome::yes(""),
        Err(error) => Outcome::no(format!("{database}: {error}")),
    }
}
