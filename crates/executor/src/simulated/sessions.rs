//! What SQL Server mirroring does by itself: partners that fall silent, witnesses, automatic failover, lost quorum, a
//! session that catches up, an old principal that returns, and writes of clients. It knows no cmdlets and no topology.
//!
//! Sources: operations §6.8, §7.3 to 7.5, §8 (SQL Server's pages on role switching and operating modes).

use topology::names::SqlInstance;

use super::deployment::Deployment;
use super::host::{CopyState, MonitorRow, Role, Safety, Session, SessionState};

/// Ping timeout of partners and witness: 10 s by default (operations §14).
pub const PING_TIMEOUT: u64 = 10;
/// Seconds of catching up per transaction that a mirror is behind, and at least that many.
const CATCH_UP_FLOOR: u64 = 10;

/// One end of a session.
#[derive(Clone)]
struct End {
    at: SqlInstance,
    database: String,
    session: Session,
    linked: bool,
    witnessed: Option<bool>,
}

impl Deployment {
    /// One tick of every session; `seconds` is how long clients wrote meanwhile.
    pub(super) fn sessions_tick(&mut self, seconds: u64) {
        self.boot_principals();
        for end in self.ends() {
            self.see_witness(&end);
            if end.linked { self.partner_speaks(&end) } else { self.partner_is_silent(&end) }
        }
        self.write(seconds);
        let (linked, alone): (Vec<End>, Vec<End>) = self.ends().into_iter().partition(|e| e.linked);
        self.follow(&linked);
        self.monitor(&linked);
        self.monitor_alone(&alone);
    }

    /// Every session end on an instance that runs, on the network or not.
    fn ends(&self) -> Vec<End> {
        let mut ends = Vec::new();
        for (host, server, copy) in self.each_copy().filter(|(h, i, _)| h.power && i.running) {
            let Some(session) = copy.session.clone() else { continue };
            let at = SqlInstance { host: host.name.clone(), name: server.name.clone() };
            let linked = self.linked(&at, &session.partner);
            let witnessed = session.witness.as_ref().map(|w| self.linked(&at, &w.instance));
            ends.push(End { at, database: copy.name.clone(), session, linked, witnessed });
        }
        ends
    }

    fn session_mut(&mut self, end: &End) -> Option<&mut Session> {
        self.copy_mut(&end.at, &end.database)?.session.as_mut()
    }

    /// An unmirrored copy or an exposed principal is online as soon as its SQL Server runs: a returning old principal
    /// opens its old copies (operations §7.3).
    fn boot_principals(&mut self) {
        for host in &mut self.hosts {
            for server in host.instances.iter_mut().filter(|_| host.power) {
                for copy in &mut server.databases {
                    if copy.session.is_none() && copy.state == CopyState::Recovering {
                        copy.state = CopyState::Online;
                    }
                }
            }
        }
    }

    fn see_witness(&mut self, end: &End) {
        let Some(seen) = end.witnessed else { return };
        if let Some(witness) = self.session_mut(end).and_then(|s| s.witness.as_mut()) {
            witness.connected = seen;
        }
    }

    fn partner_is_silent(&mut self, end: &End) {
        let now = self.now;
        let silent_since = end.session.silent_since.unwrap_or(now);
        let waited = self.since(silent_since);
        let Some(session) = self.session_mut(end) else { return };
        if session.silent_since.is_none() {
            session.silent_since = Some(now);
            session.was_synchronized = session.state == SessionState::Synchronized;
            session.synchronized_at = None;
        }
        if waited < PING_TIMEOUT {
            return;
        }
        session.state = SessionState::Disconnected;
        match (end.session.role, end.witnessed) {
            // Sees neither partner nor witness: goes offline (operations §7.5).
            (Role::Principal, Some(false)) => self.set_state(end, CopyState::Recovering),
            (Role::Principal, _) => self.set_state(end, CopyState::Online),
            (Role::Mirror, Some(true)) if self.may_take_over(end) => self.take_over(end),
            (Role::Mirror, _) => {}
        }
    }

    fn set_state(&mut self, end: &End, state: CopyState) {
        if let Some(copy) = self.copy_mut(&end.at, &end.database).filter(|c| c.state != state) {
            copy.state = state;
            let word = if state == CopyState::Online { "serves" } else { "has lost its quorum and serves nobody" };
            self.note(format!("{} on {} {word}", end.database, end.at));
        }
    }

    /// Automatic failover: it was SYNCHRONIZED, the witness answers the mirror, and does not see the principal
    /// (operations §7.4).
    fn may_take_over(&self, end: &End) -> bool {
        let witness = end.session.witness.as_ref().map(|w| &w.instance);
        let principal_quorate = witness.is_some_and(|w| self.linked(&end.session.partner, w));
        end.session.was_synchronized && !principal_quorate
    }

    fn take_over(&mut self, end: &End) {
        self.begin_fork(&end.at, &end.database, "automatic failover");
        if let Some(copy) = self.copy_mut(&end.at, &end.database) {
            copy.state = CopyState::Online;
            if let Some(session) = &mut copy.session {
                session.role = Role::Principal;
                session.was_synchronized = false;
            }
        }
        self.note(format!("{} failed over to {} by itself", end.database, end.at));
    }

    /// Both answer. What they remember of each other decides.
    fn partner_speaks(&mut self, end: &End) {
        let partner = end.session.partner.clone();
        let there = self.copy(&partner, &end.database).cloned();
        // A partner that was built anew answers, and knows nothing of the database: to this copy it is silent.
        let Some(there) = there else { return self.partner_is_silent(end) };
        let same = there.session.clone().filter(|s| s.guid == end.session.guid);
        let Some(other) = same else { return self.partner_forgot(end) };
        let mine = self.copy(&end.at, &end.database).map(super::host::Copy::position).unwrap_or_default();
        let theirs = there.position();
        // The copies may have changed in this same tick: read the role again.
        let role = self.copy(&end.at, &end.database).and_then(super::host::Copy::role).unwrap_or(end.session.role);
        if role == Role::Principal && other.role == Role::Principal {
            if mine < theirs {
                self.step_down(end);
            }
            return;
        }
        if role == Role::Mirror {
            return self.heed_principal(end, &other);
        }
        self.resume_talk(end, mine, theirs);
    }

    /// The other side ended the session while this one was away: it learns so now (operations §6.8), but for one that
    /// never hears of it.
    fn partner_forgot(&mut self, end: &End) {
        if end.session.unheard {
            return self.partner_is_silent(end);
        }
        if let Some(copy) = self.copy_mut(&end.at, &end.database) {
            copy.session = None;
            if copy.state == CopyState::Recovering {
                copy.state = CopyState::Online;
            }
            self.note(format!("{} on {} learns that its session has ended", end.database, end.at));
        }
    }

    /// An old principal finds a newer one: it becomes the mirror, and the session is SUSPENDED on both after a forced
    /// failover, where its own log may hold what the new one lacks (operations §7.3).
    fn step_down(&mut self, end: &End) {
        let partner = end.session.partner.clone();
        let Some(copy) = self.copy_mut(&end.at, &end.database) else { return };
        copy.state = CopyState::Restoring;
        for at in [&end.at, &partner] {
            let mine = *at == end.at;
            if let Some(session) = self.copy_mut(at, &end.database).and_then(|c| c.session.as_mut()) {
                if mine {
                    session.role = Role::Mirror;
                }
                session.state = SessionState::Suspended;
                session.silent_since = None;
            }
        }
        self.note(format!("{} on {} was PRINCIPAL and is MIRROR now, SUSPENDED", end.database, end.at));
    }

    /// A mirror has no opinion of its own while its principal answers: one that was away still remembers the state it
    /// went down in.
    fn heed_principal(&mut self, end: &End, principal: &Session) {
        let Some(session) = self.session_mut(end) else { return };
        session.silent_since = None;
        session.synchronized_at = None;
        // One that was away has not heard of another witness.
        if session.witness.as_ref().map(|w| &w.instance) != principal.witness.as_ref().map(|w| &w.instance) {
            session.witness.clone_from(&principal.witness);
        }
        session.state = match principal.state {
            SessionState::Disconnected => SessionState::Synchronizing,
            state => state,
        };
    }

    /// A principal whose mirror answers: where they had lost each other, the mirror catches up first.
    fn resume_talk(&mut self, end: &End, mine: (u32, u64), theirs: (u32, u64)) {
        let now = self.now;
        let behind = mine.1.abs_diff(theirs.1);
        let due = self.after(CATCH_UP_FLOOR + behind / 20);
        let Some(copy) = self.copy_mut(&end.at, &end.database) else { return };
        copy.state = CopyState::Online;
        let Some(session) = copy.session.as_mut() else { return };
        session.silent_since = None;
        match session.state {
            SessionState::Disconnected => {
                session.state = SessionState::Synchronizing;
                session.synchronized_at = Some(due);
            }
            // Asynchronous: the principal never waits, and nobody ever says that both hold the same.
            SessionState::Synchronizing if session.safety == Safety::Off => {}
            SessionState::Synchronizing => {
                let due = *session.synchronized_at.get_or_insert(due);
                if due <= now {
                    session.state = SessionState::Synchronized;
                    session.synchronized_at = None;
                }
            }
            SessionState::Suspended | SessionState::Synchronized => {}
        }
    }

    /// Clients write to every copy that is online and that a Front End can reach; one transaction per second. While a
    /// partner is silent and not yet given up, commits wait (safety FULL), so nothing grows.
    fn write(&mut self, seconds: u64) {
        if seconds == 0 {
            return;
        }
        let waits = |c: &super::host::Copy| {
            c.session.as_ref().is_some_and(|s| s.silent_since.is_some() && s.state != SessionState::Disconnected)
        };
        let serving: Vec<(SqlInstance, String, u32, u32)> = self
            .each_copy()
            .filter(|(h, i, c)| c.online() && !waits(c) && h.power && i.running)
            .map(|(h, i, c)| (SqlInstance { host: h.name.clone(), name: i.name.clone() }, c))
            .filter(|(at, c)| self.has_client(at, &c.name))
            .map(|(at, c)| (at, c.name.clone(), c.family, c.fork))
            .collect();
        for (at, database, family, fork) in serving {
            let newest = self.latest(family).0;
            if let Some(copy) = self.copy_mut(&at, &database) {
                copy.log += seconds;
            }
            if fork < newest {
                self.split_brain(&at, &database, seconds);
            }
        }
    }

    /// Whether some running Front End uses that instance: its topology names it, and both are on the network. A Front End
    /// that was told a failover partner refuses a partner that is not mirrored while the primary is away, as the SQL
    /// client does (rules K5).
    fn has_client(&self, at: &SqlInstance, database: &str) -> bool {
        if !self.answers(at) {
            return false;
        }
        let mirrored = self.copy(at, database).is_some_and(|c| c.session.is_some());
        let names = |s: &super::pool::Slots| {
            let ours = s.kind.databases().iter().any(|d| d.eq_ignore_ascii_case(database));
            ours && (s.primary == *at || (mirrored && s.mirror.as_ref() == Some(at)))
        };
        let fronts = self.pools.iter().flat_map(|p| &p.front_ends);
        fronts.filter(|f| f.power && f.services == super::pool::Services::Running).any(|f| f.loaded.iter().any(names))
    }

    /// A synchronized mirror has what its principal has; one that catches up gets there with the session.
    fn follow(&mut self, linked: &[End]) {
        let synchronized = |e: &&End| e.session.role == Role::Mirror && e.session.state == SessionState::Synchronized;
        for end in linked.iter().filter(synchronized) {
            let principal = self.copy(&end.session.partner, &end.database).map(super::host::Copy::position);
            if let (Some((fork, log)), Some(copy)) = (principal, self.copy_mut(&end.at, &end.database)) {
                (copy.fork, copy.log) = (fork, log);
            }
        }
    }

    /// The mirroring monitor writes a row on each partner while both answer; when the partner is gone, the last row stays.
    fn monitor(&mut self, linked: &[End]) {
        let now = self.now;
        for end in linked {
            if let Some(copy) = self.copy_mut(&end.at, &end.database) {
                copy.monitor =
                    Some(MonitorRow { at: now, synchronized: end.session.state == SessionState::Synchronized });
            }
        }
    }

    /// A principal that serves without its mirror goes on with its rows: they say that the mirror could not fail over since.
    fn monitor_alone(&mut self, alone: &[End]) {
        let now = self.now;
        for end in alone {
            let exposed = |s: &Session| s.role == Role::Principal && s.state == SessionState::Disconnected;
            if let Some(copy) = self.copy_mut(&end.at, &end.database)
                && copy.online()
                && copy.session.as_ref().is_some_and(exposed)
            {
                copy.monitor = Some(MonitorRow { at: now, synchronized: false });
            }
        }
    }
}
