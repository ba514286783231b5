//! Front Ends and their pool: how a published topology reaches them, how services start, what they read when they start,
//! and the quorum without which a pool stops by itself. It knows no SQL sessions.
//!
//! Written from the table of operations §11.3, a second time and on purpose apart from the one that plans are made with.

use model::database_type::DatabaseType;
use topology::names::Fqdn;

use super::deployment::{Deployment, later};
use super::pool::{FrontEnd, Pool, Services, Voter};

/// How long a publish takes to the first Front End.
pub const REPLICATION: u64 = 150;
/// How much longer to each next one of a pool.
pub const REPLICATION_STEP: u64 = 30;
/// From the order to start until RTCSRV runs, warm.
pub const START: u64 = 600;
/// How long a pool must be Ready without interruption before the next Front End is touched (operations §11.2).
pub const SETTLE: u64 = 20 * 60;

/// Front Ends that must come up together before a cold pool starts, by size from 1 (operations §11.3).
const COLD_START: [usize; 12] = [1, 1, 3, 3, 4, 5, 5, 6, 7, 8, 9, 10];

impl Deployment {
    /// The published topology arrives.
    pub(super) fn replicate_tick(&mut self) {
        let (now, published) = (self.now, &self.published);
        for pool in &mut self.pools {
            for (i, front_end) in (0u64..).zip(&mut pool.front_ends) {
                let told = front_end.replica.forced.map_or(published.at, |at| at.max(published.at));
                let due = later(told, REPLICATION + i * REPLICATION_STEP);
                let receives = front_end.power && front_end.replica.stuck.is_none();
                if receives && front_end.replica.version < published.version && due <= now {
                    front_end.replica.version = published.version;
                    front_end.replica.received = now;
                    front_end.replica.slots = published.slots_of(&pool.name);
                }
            }
        }
    }

    /// Services that come up, and pools that stop.
    pub(super) fn fabric_tick(&mut self) {
        let now = self.now;
        for i in 0..self.pools.len() {
            for front_end in self.pools[i].front_ends.iter_mut().filter(|f| !f.power) {
                front_end.services = match front_end.services {
                    Services::Disabled => Services::Disabled,
                    _ => Services::Stopped,
                };
            }
            let live = running(&self.pools[i]) > 0 && self.has_quorum(&self.pools[i]);
            let due =
                |f: &FrontEnd| f.services == Services::Starting && f.started.is_some_and(|at| later(at, START) <= now);
            let ready = self.pools[i].front_ends.iter().filter(|f| due(f)).count() + running(&self.pools[i]);
            if live || ready >= cold_start(self.pools[i].front_ends.len()) {
                for front_end in self.pools[i].front_ends.iter_mut().filter(|f| due(f)) {
                    front_end.services = Services::Running;
                    front_end.running_since = Some(now);
                }
            }
            if running(&self.pools[i]) > 0 && !self.has_quorum(&self.pools[i]) {
                self.pool_stops(i);
            }
        }
    }

    /// Events 32163, 32170, 32173: without quorum the Front Ends that are left stop (operations §11.3).
    fn pool_stops(&mut self, i: usize) {
        for front_end in self.pools[i].front_ends.iter_mut().filter(|f| f.services == Services::Running) {
            front_end.services = Services::Stopped;
            front_end.running_since = None;
        }
        let what = format!("{} has lost its quorum; its services stop", self.pools[i].name);
        self.note(what);
    }

    /// Votes of a pool: present, needed.
    #[must_use]
    pub fn quorum(&self, pool: &Pool) -> (usize, usize) {
        let size = pool.front_ends.len();
        // (seeds, whether the SQL host votes, needed), by rows of the table.
        let (seeds, sql, needed) = match size {
            0 | 1 => (size, false, size),
            2 => (2, true, 2),
            3 => (3, false, 2),
            4 => (4, true, 3),
            5 => (5, false, 3),
            6 => (6, true, 4),
            7 => (7, false, 4),
            8 | 9 => (7, false, 4),
            _ => (9, false, 5),
        };
        let up = pool.front_ends.iter().take(seeds).filter(|f| f.services == Services::Running).count();
        (up + usize::from(sql && self.sql_votes(pool)), needed)
    }

    fn has_quorum(&self, pool: &Pool) -> bool {
        let (present, needed) = self.quorum(pool);
        present >= needed
    }

    /// The SQL host votes if every running Front End took the same one, and it is up in the installation they took
    /// (rules §3.8).
    fn sql_votes(&self, pool: &Pool) -> bool {
        let mut taken = pool.front_ends.iter().filter(|f| f.services == Services::Running).map(|f| f.voter.as_ref());
        let Some(Some(first)) = taken.next() else { return false };
        let same = taken.all(|v| v == Some(first));
        let host = self.host(&first.instance.host);
        same && self.answers(&first.instance) && host.is_some_and(|h| h.windows_installed == first.windows_installed)
    }

    /// A Front End begins to start: it reads its replica now, and takes the primary-slot SQL host of the user store for a
    /// voter (inferred: operations §11.3).
    pub(super) fn begin_start(&mut self, name: &Fqdn) {
        let Some(front_end) = self.front_end(name) else { return };
        let loaded = front_end.replica.slots.clone();
        let user = loaded.iter().find(|s| s.kind == DatabaseType::User).map(|s| s.primary.clone());
        let voter = user.and_then(|instance| {
            let windows_installed = self.host(&instance.host)?.windows_installed;
            Some(Voter { instance, windows_installed })
        });
        let now = self.now;
        if let Some(front_end) = self.front_end_mut(name) {
            front_end.services = Services::Starting;
            front_end.started = Some(now);
            front_end.running_since = None;
            front_end.loaded = loaded;
            front_end.voter = voter;
        }
    }

    /// Whether a Front End runs and its pool has been Ready since for as long as it takes to settle.
    #[must_use]
    pub fn settled(&self, front_end: &FrontEnd) -> bool {
        front_end.services == Services::Running
            && front_end.running_since.is_none_or(|at| later(at, SETTLE) <= self.now)
    }
}

/// Front Ends of a pool whose services run.
fn running(pool: &Pool) -> usize {
    pool.front_ends.iter().filter(|f| f.services == Services::Running).count()
}

fn cold_start(size: usize) -> usize {
    COLD_START.get(size.saturating_sub(1)).copied().unwrap_or(size)
}
