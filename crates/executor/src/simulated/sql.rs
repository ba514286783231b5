//! T-SQL about mirroring, with SQL Server's own rules (operations §6.8). It knows databases, partners and witnesses; it
//! knows no topology.

use topology::names::{Fqdn, SqlInstance};

use super::act::Outcome;
use super::deed::Verb;
use super::deployment::Deployment;
use super::host::{CopyState, Role, Safety, SessionState, WitnessLink};

impl Deployment {
    /// One statement on an instance.
    pub(super) fn sql(&mut self, on: &SqlInstance, verb: Verb, database: &str) -> Outcome {
        if let Err(refusal) = self.login(on, database) {
            return Outcome::no(refusal);
        }
        let done = match verb {
            Verb::PartnerOff => self.partner_off(on, database),
            Verb::PartnerFailover => self.partner_failover(on, database),
            Verb::PartnerResume => self.partner_resume(on, database),
            Verb::SafetyFull => self.safety_full(on, database),
            Verb::WitnessOff => self.witness_off(on, database),
            Verb::Recover => self.recover(on, database),
            Verb::Drop => self.drop_database(on, database),
        };
        let kind = super::deed::Deed::Sql { on: on.clone(), verb, database: database.to_owned() }.kind();
        // Copies and slots stay as they are where roles, sessions that go on or witnesses change: nothing is to test anew.
        let copies = matches!(verb, Verb::PartnerOff | Verb::Recover | Verb::Drop);
        if let Some(kind) = kind.filter(|_| copies) {
            self.touched(kind, on);
        }
        said(database, done)
    }

    /// `SET WITNESS = 'TCP://host:port'` on an instance.
    pub(super) fn set_witness(&mut self, on: &SqlInstance, database: &str, host: &Fqdn, port: u16) -> Outcome {
        if let Err(refusal) = self.login(on, database) {
            return Outcome::no(refusal);
        }
        let done = self.witness_set(on, database, host, port);
        said(database, done)
    }

    fn login(&self, on: &SqlInstance, database: &str) -> Result<(), String> {
        if !self.answers(on) {
            return Err(format!("Login timeout expired: {on} does not answer."));
        }
        self.copy(on, database).map(|_| ()).ok_or_else(|| format!("Database '{database}' does not exist."))
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

    /// `SET PARTNER SAFETY FULL`, on a principal that serves. Both partners have it, if they see each other.
    fn safety_full(&mut self, on: &SqlInstance, database: &str) -> Result<(), &'static str> {
        let copy = self.copy(on, database).ok_or("the database does not exist")?;
        let session = copy.session.clone().ok_or("the database is not mirrored")?;
        if session.role != Role::Principal || !copy.online() {
            return Err("the statement must be run on the principal");
        }
        let hears = self.linked(on, &session.partner);
        for at in [Some(on), Some(&session.partner).filter(|_| hears)].into_iter().flatten() {
            if let Some(session) = self.copy_mut(at, database).and_then(|c| c.session.as_mut()) {
                session.safety = Safety::Full;
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
        self.give_witness(on, database, &session.partner, None);
        Ok(())
    }

    /// `SET WITNESS = 'TCP://host:port'`, on a principal that serves: what listens at that address must be an endpoint that
    /// is STARTED, and the database must have no witness yet.
    fn witness_set(&mut self, on: &SqlInstance, database: &str, host: &Fqdn, port: u16) -> Result<(), &'static str> {
        let copy = self.copy(on, database).ok_or("the database does not exist")?;
        let session = copy.session.clone().ok_or("the database is not mirrored")?;
        if session.role != Role::Principal || !copy.online() {
            return Err("the database is not a principal with quorum");
        }
        if session.witness.is_some() {
            return Err("the database has a witness already");
        }
        let listens = |i: &&super::host::SqlServer| i.endpoint.is_some_and(|e| e.started && e.port == port);
        let found = self.host(host).and_then(|h| h.instances.iter().find(listens));
        let instance = found.map(|i| SqlInstance { host: host.clone(), name: i.name.clone() });
        let Some(instance) = instance.filter(|w| self.linked(on, w)) else {
            return Err("the statement could not be sent to the remote server instance (error 1456)");
        };
        self.give_witness(on, database, &session.partner, Some(&instance));
        Ok(())
    }

    /// The principal has another witness, and so has its partner, if it hears of it.
    fn give_witness(&mut self, on: &SqlInstance, database: &str, partner: &SqlInstance, witness: Option<&SqlInstance>) {
        let hears = self.linked(on, partner);
        for at in [Some(on), Some(partner).filter(|_| hears)].into_iter().flatten() {
            let seen = witness.map(|w| WitnessLink { instance: w.clone(), connected: self.linked(at, w) });
            if let Some(session) = self.copy_mut(at, database).and_then(|c| c.session.as_mut()) {
                session.witness = seen;
            }
        }
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

impl Deployment {
    /// `DROP DATABASE`: refused while it is mirrored.
    fn drop_database(&mut self, on: &SqlInstance, database: &str) -> Result<(), &'static str> {
        if self.copy(on, database).is_some_and(|c| c.session.is_some()) {
            return Err("the database is mirrored");
        }
        let server = self.instance_mut(on).ok_or("the server is not there")?;
        server.databases.retain(|c| !c.name.eq_ignore_ascii_case(database));
        Ok(())
    }
}

fn said(database: &str, done: Result<(), &'static str>) -> Outcome {
    match done {
        Ok(()) => Outcome::yes(""),
        Err(error) => Outcome::no(format!("{database}: {error}")),
    }
}
