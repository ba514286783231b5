//! T-SQL about mirroring, with SQL Server's own rules (operations §6.8). It knows databases, partners and witnesses; it
//! knows no topology.

use topology::names::SqlInstance;

use super::act::Outcome;
use super::deed::Verb;
use super::deployment::Deployment;
use super::host::{CopyState, Role, SessionState};

impl Deployment {
    /// One statement on an instance.
    pub(super) fn sql(&mut self, on: &SqlInstance, verb: Verb, database: &str) -> Outcome {
        if !self.answers(on) {
            return Outcome::no(format!("Login timeout expired: {on} does not answer."));
        }
        if self.copy(on, database).is_none() {
            return Outcome::no(format!("Database '{database}' does not exist."));
        }
        let done = match verb {
            Verb::PartnerOff => self.partner_off(on, database),
            Verb::PartnerFailover => self.partner_failover(on, database),
            Verb::PartnerResume => self.partner_resume(on, database),
            Verb::WitnessOff => self.witness_off(on, database),
            Verb::Recover => self.recover(on, database),
        };
        if let Some(kind) = (super::deed::Deed::Sql { on: on.clone(), verb, database: database.to_owned() }).kind() {
            self.touched(kind, on);
        }
        match done {
            Ok(()) => Outcome::yes(""),
            Err(error) => Outcome::no(format!("{database}: {error}")),
        }
    }

    /// `SET PARTNER OFF`, on either partner, connected or not. A principal stays online, also one that had lost its quorum;
    /// a mirror stays RESTORING. The partner learns it at once if it answers, else when it comes back.
    pub(super) fn partner_off(&mut self, on: &SqlInstance, database: &str) -> Result<(), &'static str> {
        let copy = self.copy_mut(on, database).ok_or("the database does not exist")?;
        let session = copy.session.take().ok_or("the database is not configured for database mirroring")?;
        copy.state = match session.role {
            Role::Principal => CopyState::Online,
            Role::Mirror => CopyState::Restoring,
        };
        self.react();
        Ok(())
    }

    /// `SET PARTNER FAILOVER`, on the principal of a synchronized pair.
    fn partner_failover(&mut self, on: &SqlInstance, database: &str) -> Result<(), &'static str> {
        let session = self.copy(on, database).and_then(|c| c.session.clone()).ok_or("the database is not mirrored")?;
        if session.role != Role::Principal {
            return Err("the statement must be run on the principal");
        }
        if session.state != SessionState::Synchronized || !self.linked(on, &session.partner) {
            return Err("the databases are not synchronized");
        }
        self.exchange_roles(&session.partner, database, on);
        Ok(())
    }

    /// `SET PARTNER RESUME`, on the principal of a suspended session: what the former principal had unsent is discarded.
    fn partner_resume(&mut self, on: &SqlInstance, database: &str) -> Result<(), &'static str> {
        let session = self.copy(on, database).and_then(|c| c.session.clone()).ok_or("the database is not mirrored")?;
        if session.role != Role::Principal || session.state != SessionState::Suspended {
            return Err("the session is not suspended here");
        }
        for at in [on, &session.partner] {
            if let Some(session) = self.copy_mut(at, database).and_then(|c| c.session.as_mut()) {
                session.state = SessionState::Synchronizing;
                session.synchronized_at = None;
            }
        }
        Ok(())
    }

    /// `SET WITNESS OFF`, on a principal that serves; refused where the quorum is lost (operations §7.5).
    fn witness_off(&mut self, on: &SqlInstance, database: &str) -> Result<(), &'static str> {
        let copy = self.copy(on, database).ok_or("the database does not exist")?;
        let session = copy.session.clone().ok_or("the database is not mirrored")?;
        if session.role != Role::Principal || !copy.online() {
            return Err("the database is not a principal with quorum");
        }
        for at in [on, &session.partner] {
            if let Some(session) = self.copy_mut(at, database).and_then(|c| c.session.as_mut()) {
                session.witness = None;
            }
        }
        Ok(())
    }

    /// `RESTORE DATABASE WITH RECOVERY`: opens the left-over of a mirror; a new recovery fork begins.
    fn recover(&mut self, on: &SqlInstance, database: &str) -> Result<(), &'static str> {
        let copy = self.copy(on, database).ok_or("the database does not exist")?;
        if copy.session.is_some() {
            return Err("the database is mirrored");
        }
        if copy.state != CopyState::Restoring {
            return Err("the database is not in the restoring state");
        }
        self.begin_fork(on, database, "RESTORE DATABASE WITH RECOVERY");
        if let Some(copy) = self.copy_mut(on, database) {
            copy.state = CopyState::Online;
        }
        Ok(())
    }
}
