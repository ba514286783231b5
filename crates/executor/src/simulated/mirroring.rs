//! The three mirroring cmdlets, as their pages and the field describe them. They speak slots of the published topology,
//! act database by database, and are no transactions. It knows nothing of what a plan wants from them.

use model::database_type::DatabaseType;
use topology::names::{Fqdn, SqlInstance};

use super::act::Outcome;
use super::deployment::Deployment;
use super::host::{Copy, CopyState, Endpoint, Role, Safety, Session, SessionState, WitnessLink};
use super::pool::Slots;

/// The mirroring port that the topology names by default (operations §6.1).
pub const MIRRORING_PORT: u16 = 5022;
/// Backup, copy and restore of one database: seconds at least.
const COPY_FLOOR: u64 = 45;
/// Megabytes that are backed up, copied and restored per second.
const COPY_RATE: u64 = 40;

impl Deployment {
    fn not_there(pool: &Fqdn, kind: DatabaseType) -> Outcome {
        Outcome::no(format!("The database type \"{kind}\" is not present on pool \"{pool}\", or it is not mirrored."))
    }

    /// `Invoke-CsDatabaseFailover` (operations §7.2 to 7.4).
    pub(super) fn fail_over(
        &mut self,
        pool: &Fqdn,
        kind: DatabaseType,
        to_mirror_slot: bool,
        force: bool,
        exclude: &[String],
        most: usize,
    ) -> Outcome {
        let Some(slots) = self.published.store(pool, kind).map(|s| s.slots.clone()) else {
            return Self::not_there(pool, kind);
        };
        let Some(mirror) = slots.mirror.clone() else { return Self::not_there(pool, kind) };
        let target = if to_mirror_slot { mirror } else { slots.primary };
        let mut errors = Vec::new();
        for database in included(kind, exclude).take(most) {
            if let Err(error) = self.fail_over_one(&target, database, force) {
                errors.push(format!("{database}: {error}"));
            }
        }
        // -Force hides errors that do not end the cmdlet (console 2.11): it returns without an error whatever happened.
        Outcome { ok: force || errors.is_empty(), text: errors.join("\n") }
    }

    fn fail_over_one(&mut self, target: &SqlInstance, database: &str, force: bool) -> Result<(), &'static str> {
        if !self.answers(target) {
            return Err("the new principal cannot be reached");
        }
        let copy = self.copy(target, database).cloned().ok_or("there is no such database on the new principal")?;
        let session = copy.session.ok_or("the database is not mirrored")?;
        if session.role == Role::Principal {
            return Ok(()); // idempotent: a type that is half here, half there is brought together (operations §7.2)
        }
        if session.state == SessionState::Synchronized && self.linked(target, &session.partner) {
            self.exchange_roles(target, database, &session.partner);
            return Ok(());
        }
        if !force {
            return Err("the session is not synchronized; use Force to allow data loss");
        }
        self.force_service(target, database, "Invoke-CsDatabaseFailover")
    }

    /// A planned failover: both sides agree, nothing is lost, the fork goes on.
    pub(super) fn exchange_roles(&mut self, new: &SqlInstance, database: &str, old: &SqlInstance) {
        for (at, role, state) in [(new, Role::Principal, CopyState::Online), (old, Role::Mirror, CopyState::Restoring)]
        {
            if let Some(copy) = self.copy_mut(at, database) {
                copy.state = state;
                if let Some(session) = copy.session.as_mut() {
                    session.role = role;
                }
            }
        }
    }

    /// `SET PARTNER FORCE_SERVICE_ALLOW_DATA_LOSS`: the principal must be away, and a witness, where one is configured,
    /// must answer the mirror (operations §6.8, §7.4).
    fn force_service(&mut self, at: &SqlInstance, database: &str, by: &str) -> Result<(), &'static str> {
        let session = self.copy(at, database).and_then(|c| c.session.clone()).ok_or("the database is not mirrored")?;
        if session.state != SessionState::Disconnected {
            return Err("the principal is still connected");
        }
        if session.witness.as_ref().is_some_and(|w| !self.linked(at, &w.instance)) {
            return Err("there is no quorum: the witness does not answer");
        }
        self.begin_fork(at, database, by);
        if let Some(copy) = self.copy_mut(at, database) {
            copy.state = CopyState::Online;
            if let Some(session) = copy.session.as_mut() {
                session.role = Role::Principal;
                session.was_synchronized = false;
            }
        }
        Ok(())
    }

    /// `Uninstall-CsMirrorDatabase` (operations §6.3). It looks the pair up in the published topology: where that no longer
    /// names one, it fails (E04). `on` is the instance in the primary slot (E03).
    pub(super) fn end_mirror(&mut self, kind: DatabaseType, on: &SqlInstance, drop: bool, most: usize) -> Outcome {
        let named = |s: &&super::pool::Store| s.slots.kind == kind && s.slots.primary == *on;
        let pair = self.published.stores.iter().find(named).and_then(|s| s.slots.mirror.clone());
        let Some(mirror) = pair else {
            return Outcome::no(format!("Cannot find a mirror of the {kind} store on {on} in the topology."));
        };
        if !self.answers(on) {
            return Outcome::no(format!("Cannot connect to {on}."));
        }
        let mut errors = Vec::new();
        for &database in kind.databases().iter().take(most) {
            if self.partner_off(on, database).is_err() {
                errors.push(format!("{database}: the database is not mirrored"));
                continue;
            }
            // The drop goes to the mirror *slot*, whatever role its copy has: roles must be home first (operations §6.3).
            if drop && self.answers(&mirror) {
                self.destroy_copy(&mirror, database, "Uninstall-CsMirrorDatabase");
            }
        }
        self.touched(kind, on);
        Outcome { ok: errors.is_empty(), text: errors.join("\n") }
    }

    /// `Install-CsMirrorDatabase` (operations §6.1, 6.2, guard G1): from the host in the primary slot to the host in the
    /// mirror slot, whichever of them has the live copies.
    #[allow(clippy::too_many_arguments)] // the parameters of the cmdlet
    pub(super) fn create_mirrors(
        &mut self,
        kind: Option<DatabaseType>,
        on: &SqlInstance,
        any_instance: bool,
        share: &str,
        drop: bool,
        exclude: &[String],
        most: usize,
    ) -> Outcome {
        let here = |s: &Slots| {
            let place = if any_instance { s.primary.host == on.host } else { s.primary == *on };
            place && kind.is_none_or(|k| k == s.kind)
        };
        let stores: Vec<Slots> = self.published.stores.iter().map(|s| s.slots.clone()).filter(here).collect();
        let pairs: Vec<(Slots, SqlInstance)> =
            stores.into_iter().filter_map(|s| s.mirror.clone().map(|m| (s, m))).collect();
        if pairs.is_empty() {
            return Outcome::no(format!("No store on {on} is configured with a mirror in the topology."));
        }
        if !self.share.writable || !self.share.path.eq_ignore_ascii_case(share) {
            return Outcome::no(format!("Cannot write to {share}."));
        }
        let mut errors = Vec::new();
        for (slots, mirror) in pairs {
            if let Err(error) = self.partners_fit(&slots.primary, &mirror) {
                errors.push(format!("{}: {error}", slots.kind));
                continue;
            }
            if let Some(witness) = slots.witness.as_ref().filter(|w| !self.answers(w)) {
                errors.push(format!("{}: cannot connect to the witness {witness}", slots.kind));
                continue;
            }
            self.open_endpoints(&slots.primary, &mirror);
            let all: Vec<&str> = included(slots.kind, exclude).collect();
            if drop {
                // All of them first, before anything is known about the source: this is what guard G1 is for.
                for &database in &all {
                    self.end_any_session(&mirror, database);
                    self.destroy_copy(&mirror, database, "Install-CsMirrorDatabase");
                }
            }
            for (i, &database) in all.iter().enumerate() {
                let seeded =
                    if i > most { Err("not begun".to_owned()) } else { self.copy_over(&slots, &mirror, database) };
                match seeded {
                    // One past the last is left half done: RESTORING, without a session.
                    Ok(()) if i < most => self.start_session(&slots, &mirror, database),
                    Ok(()) => errors.push(format!("{database}: the mirroring session could not be started")),
                    Err(error) => errors.push(format!("{database}: {error}")),
                }
            }
            self.touched(slots.kind, &slots.primary);
        }
        Outcome { ok: errors.is_empty(), text: errors.join("\n") }
    }

    /// Same version and edition, both answer, both service accounts may write to the share (operations §6.1).
    fn partners_fit(&self, primary: &SqlInstance, mirror: &SqlInstance) -> Result<(), String> {
        for at in [primary, mirror] {
            if !self.answers(at) {
                return Err(format!("cannot connect to {at}"));
            }
        }
        match (self.instance(primary), self.instance(mirror)) {
            (Some(p), Some(m)) if p.build() != m.build() => {
                Err(format!("{mirror} is {}, {primary} is {}", m.build(), p.build()))
            }
            (Some(p), Some(m)) if !(p.share_rights && m.share_rights) => {
                Err("a SQL Server service account may not write to the share".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// An endpoint that exists is used with its own port; else one is created with the topology's (operations §6.1).
    fn open_endpoints(&mut self, primary: &SqlInstance, mirror: &SqlInstance) {
        for at in [primary, mirror] {
            if let Some(server) = self.instance_mut(at) {
                server.endpoint.get_or_insert(Endpoint { port: MIRRORING_PORT, started: true });
            }
        }
    }

    fn end_any_session(&mut self, at: &SqlInstance, database: &str) {
        let Some(session) = self.copy(at, database).and_then(|c| c.session.as_ref()) else { return };
        let partner = session.partner.clone();
        if self.partner_off(&partner, database).is_err() {
            // Then only this side remembers a session, and it has one: the statement cannot fail.
            let _ = self.partner_off(at, database);
        }
    }

    /// Backup on the primary-slot host, restore WITH NORECOVERY on the mirror-slot host.
    fn copy_over(&mut self, slots: &Slots, mirror: &SqlInstance, database: &str) -> Result<(), String> {
        let source = self.copy(&slots.primary, database).cloned();
        let source = source.ok_or_else(|| format!("there is no such database on {}", slots.primary))?;
        if !source.online() {
            return Err(format!("the database on {} is not online", slots.primary));
        }
        if source.session.is_some() {
            return Err("the database is mirrored already".to_owned());
        }
        if self.copy(mirror, database).is_some() {
            return Err(format!("the database exists on {mirror}; use DropExistingDatabasesOnMirror"));
        }
        let began = (source.fork, source.log);
        self.advance(COPY_FLOOR + source.megabytes / COPY_RATE);
        if !(self.answers(&slots.primary) && self.answers(mirror)) {
            return Err("the connection was closed".to_owned());
        }
        let now = self.now;
        if let Some(copy) = self.copy_mut(&slots.primary, database) {
            copy.backed_up = Some(now);
        }
        if let Some(server) = self.instance_mut(mirror) {
            server.databases.push(Copy {
                state: CopyState::Restoring,
                fork: began.0,
                log: began.1,
                session: None,
                monitor: None,
                backed_up: None,
                ..source
            });
        }
        Ok(())
    }

    fn start_session(&mut self, slots: &Slots, mirror: &SqlInstance, database: &str) {
        self.begin_session(&slots.primary, mirror, database, slots.witness.as_ref());
    }

    /// A session of a copy that serves with one that waits for it.
    pub(super) fn begin_session(
        &mut self,
        principal: &SqlInstance,
        mirror: &SqlInstance,
        database: &str,
        witness: Option<&SqlInstance>,
    ) {
        self.sessions += 1;
        let witness = witness.cloned().map(|instance| {
            let connected = self.linked(mirror, &instance) && self.linked(principal, &instance);
            WitnessLink { instance, connected }
        });
        let session = Session {
            guid: format!("session-{:04}", self.sessions),
            role: Role::Principal,
            partner: mirror.clone(),
            state: SessionState::Synchronizing,
            safety: Safety::Full,
            created: self.now,
            witness,
            silent_since: None,
            synchronized_at: None,
            was_synchronized: false,
            unheard: false,
        };
        let other = Session { role: Role::Mirror, partner: principal.clone(), ..session.clone() };
        for (at, session) in [(principal, session), (mirror, other)] {
            if let Some(copy) = self.copy_mut(at, database) {
                copy.session = Some(session);
                copy.monitor = None;
            }
        }
        self.react();
    }
}

/// The databases of a type without the excluded ones.
fn included(kind: DatabaseType, exclude: &[String]) -> impl Iterator<Item = &'static str> {
    let kept = |d: &&&'static str| !exclude.iter().any(|e| e.eq_ignore_ascii_case(d));
    kind.databases().iter().filter(kept).copied().collect::<Vec<_>>().into_iter()
}
