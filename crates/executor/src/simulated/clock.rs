//! What the world does by itself while time passes, in small ticks: SQL sessions first, then the topology's way to the
//! Front Ends, then services and quorum. It knows no calls.

use super::deployment::Deployment;

/// Length of a tick while something has just happened: shorter than the ping timeout of 10 s (operations §14).
const FINE: u64 = 5;
/// Length of a tick once that is past.
const COARSE: u64 = 30;
/// How long ticks stay fine after something was done to the world.
const FRESH: u64 = 90;

impl Deployment {
    /// Lets time pass.
    pub fn advance(&mut self, seconds: u64) {
        let mut passed = 0;
        while passed < seconds {
            let fresh = self.stirred.is_none_or(|at| self.since(at) < FRESH);
            let tick = if fresh { FINE } else { COARSE }.min(seconds - passed);
            self.now = self.after(tick);
            passed += tick;
            self.tick(tick);
        }
    }

    /// Lets the world react to what was just changed, without time passing.
    pub(super) fn react(&mut self) {
        self.stirred = Some(self.now);
        self.tick(0);
    }

    fn tick(&mut self, seconds: u64) {
        self.late_deeds();
        self.silence();
        self.sessions_tick(seconds);
        self.replicate_tick();
        self.fabric_tick();
    }

    /// What was sent with delay and is due.
    fn late_deeds(&mut self) {
        while let Some(i) = self.pending.iter().position(|p| p.at <= self.now) {
            let due = self.pending.remove(i);
            self.note(format!("{} takes effect late", due.what.called()));
            self.effect(&due.what, usize::MAX);
            self.stirred = Some(self.now);
        }
    }

    /// Since when a machine has not answered.
    fn silence(&mut self) {
        let now = self.now;
        for host in &mut self.hosts {
            if host.answers() {
                host.silent_since = None;
            } else if host.silent_since.is_none() {
                host.silent_since = Some(now);
            }
        }
    }
}
