//! Acting on a call: how long it takes, which fault strikes it, what is said afterwards. What each deed does stands in
//! `mirroring`, `sql`, `services`, `publish` and `people`.

use model::call::Call;

use super::deed::{Deed, Pending, bind};
use super::deployment::{Deployment, later};
use super::fault::{FaultKind, strike};
use crate::driver::Said;

/// What a deed came to, as its doer sees it: text, and whether it says yes.
pub(super) struct Outcome {
    pub ok: bool,
    pub text: String,
}

impl Outcome {
    pub(super) fn yes(text: impl Into<String>) -> Self {
        Self { ok: true, text: text.into() }
    }

    pub(super) fn no(text: impl Into<String>) -> Self {
        Self { ok: false, text: text.into() }
    }
}

/// How long a call runs, in seconds, before its effects count; copying databases takes its own time besides.
fn seconds(deed: &Deed) -> u64 {
    match deed {
        Deed::Failover { .. } => 35,
        Deed::EndMirror { .. } => 20,
        Deed::CreateMirror { .. } => 40,
        Deed::CreateDatabases { .. } => 120,
        Deed::StopServices { graceful: true, .. } => 240,
        Deed::StopServices { graceful: false, .. } => 60,
        Deed::StartServices { .. } => 45,
        Deed::TestDatabases { .. } => 60,
        Deed::Export { .. } => 20,
        Deed::Look { .. } => 5,
        Deed::Replicate { .. } => 5,
        Deed::FailBack { .. } => 120,
        Deed::EnableServices { .. } => 600,
        Deed::MendReplicas { .. } => 900,
        Deed::SetRegistrar { .. } => 20,
        Deed::PublishFile { .. } | Deed::Enable => 60,
        Deed::FailOverCms { .. } => 180,
        Deed::Sql { .. }
        | Deed::SetWitness { .. }
        | Deed::BackUp { .. }
        | Deed::Restore { .. }
        | Deed::OpenEndpoint { .. }
        | Deed::SetPartner { .. } => 2,
        Deed::Fence { .. } => 350,
        Deed::Publish { .. } => 420,
        Deed::Rebuild { .. } => 4 * 3600,
        Deed::SetUpSql { .. } | Deed::SetUpWitness { .. } => 2 * 3600,
        Deed::BringBack { .. } => 1800,
        Deed::MoveCms { .. } => 3600,
        Deed::Aftercare { .. } => 900,
    }
}

impl Deployment {
    /// Carries out a call as the product, SQL Server or the people would, and says what they say. That is never proof.
    pub fn perform(&mut self, call: &Call) -> Said {
        let deeds = match bind(call) {
            Ok(deeds) => deeds,
            Err(misuse) => return Said::Ended { ok: false, text: misuse.to_string() },
        };
        let (mut ok, mut texts, mut lost) = (true, Vec::new(), false);
        for deed in deeds {
            match self.act(&deed) {
                Some(outcome) => {
                    ok &= outcome.ok;
                    texts.push(outcome.text);
                    // A script stops at its first error; statements on one instance are batches of their own.
                    if !outcome.ok && !matches!(call, Call::Sql { .. }) {
                        break;
                    }
                }
                None => lost = true,
            }
        }
        if lost { Said::NoReply } else { Said::Ended { ok, text: texts.join("\n") } }
    }

    /// One deed; nothing where the reply is lost.
    fn act(&mut self, deed: &Deed) -> Option<Outcome> {
        let fault = strike(&mut self.faults, deed);
        self.note(format!("{} begins", deed.called()));
        self.advance(seconds(deed));
        let outcome = match fault {
            None => self.effect(deed, usize::MAX),
            Some(FaultKind::Fails) => Outcome::no(format!("{}: the operation could not be completed.", deed.called())),
            Some(FaultKind::SaysYesDoesNothing) => Outcome::yes(""),
            Some(FaultKind::HalfSucceeds { done }) => {
                let half = self.effect(deed, done);
                Outcome::yes(half.text + "\nThe report has errors.")
            }
            Some(FaultKind::SucceedsLate { seconds }) => {
                self.pending.push(Pending { at: later(self.now, seconds), what: deed.clone() });
                Outcome::yes("")
            }
            Some(FaultKind::ReplyLost) => {
                self.effect(deed, usize::MAX);
                self.react();
                return None;
            }
            Some(FaultKind::HostDies { host, done }) => {
                self.effect(deed, done);
                self.power_off(&host);
                Outcome::no(format!("{}: the connection was closed.", deed.called()))
            }
            Some(FaultKind::PersonSlips { slip }) => self.slip(deed, &slip),
        };
        self.react();
        Some(outcome)
    }

    /// What a deed does to the world; only to its first `most` databases.
    pub(super) fn effect(&mut self, deed: &Deed, most: usize) -> Outcome {
        match deed {
            Deed::Failover { pool, kind, to_mirror_slot, force, exclude } => {
                self.fail_over(pool, *kind, *to_mirror_slot, *force, exclude, most)
            }
            Deed::EndMirror { kind, on, drop } => self.end_mirror(*kind, on, *drop, most),
            Deed::CreateMirror { kind, on, any_instance, share, drop, exclude } => {
                self.create_mirrors(*kind, on, *any_instance, share, *drop, exclude, most)
            }
            Deed::CreateDatabases { kind, on } => self.create_databases(*kind, on, most),
            Deed::StopServices { front_end, .. } => self.stop_services(front_end),
            Deed::StartServices { front_end } => self.start_services(front_end),
            Deed::TestDatabases { on } => self.test_databases(on),
            Deed::Export { cmdlet } => {
                self.saved.insert(cmdlet.clone(), self.now);
                Outcome::yes("")
            }
            Deed::Look { .. } => Outcome::yes(""),
            Deed::FailOverCms { backup } => self.fail_over_cms(backup.as_ref()),
            Deed::MoveCms { to, on, from_files } => self.move_cms(to, on, *from_files),
            Deed::Enable => self.enable(),
            Deed::Replicate { front_end } => self.force_replication(front_end.as_ref()),
            Deed::FailBack { front_end } => self.fail_back(front_end),
            Deed::EnableServices { front_end } => self.enable_services(front_end),
            Deed::MendReplicas { front_ends } => self.mend_replicas(front_ends),
            Deed::SetRegistrar { pool, changes } => self.set_registrar(pool, changes),
            Deed::PublishFile { file } => self.publish_file(file),
            Deed::Sql { on, verb, database } => self.sql(on, *verb, database),
            Deed::SetWitness { on, database, host, port } => self.set_witness(on, database, host, *port),
            Deed::BackUp { on, database, log, file } => self.back_up(on, database, *log, file),
            Deed::Restore { on, database, log, file } => self.restore(on, database, *log, file),
            Deed::OpenEndpoint { on, port } => self.open_endpoint(on, *port),
            Deed::SetPartner { on, database, host, port } => self.set_partner(on, database, host, *port),
            Deed::Fence { host } => self.fence(host),
            Deed::Publish { pool, after } => self.publish(pool, after),
            Deed::Rebuild { host } => self.rebuild(host),
            Deed::SetUpSql { instance, like, partner } => self.set_up_sql(instance, like.as_deref(), partner.as_ref()),
            Deed::SetUpWitness { instance, port, like, partners } => {
                self.set_up_witness(instance, *port, like.as_deref(), partners)
            }
            Deed::BringBack { pool, kind, on, front_ends } => self.bring_back(pool, *kind, on, front_ends, most),
            Deed::Aftercare { pool, backups, reports } => self.aftercare(pool, backups, reports.as_ref()),
        }
    }

    /// A machine loses power.
    pub fn power_off(&mut self, host: &topology::names::Fqdn) {
        if let Some(h) = self.host_mut(host) {
            h.power = false;
            self.note(format!("{host} has no power"));
        } else if let Some(f) = self.front_end_mut(host) {
            f.power = false;
            self.note(format!("{host} has no power"));
        }
        self.react();
    }

    /// A machine gets power again, with whatever stands on its disks.
    pub fn power_on(&mut self, host: &topology::names::Fqdn) {
        if let Some(h) = self.host_mut(host) {
            h.power = true;
            self.note(format!("{host} has power again"));
        } else if let Some(f) = self.front_end_mut(host).filter(|f| !f.power) {
            f.power = true;
            let starts = f.services != super::pool::Services::Disabled;
            self.note(format!("{host} has power again"));
            // Its services start with Windows, unless they are disabled.
            if starts {
                self.begin_start(host);
            }
        }
        self.react();
    }
}
