//! Services of Front Ends, tests and the forced replication: the cmdlets that touch no database and no topology.

use model::estate::Product;
use topology::names::Fqdn;

use super::act::Outcome;
use super::deployment::Deployment;
use super::pool::{Services, Slots, Stuck};

impl Deployment {
    /// `Stop-CsWindowsService`.
    pub(super) fn stop_services(&mut self, name: &Fqdn) -> Outcome {
        let Some(front_end) = self.front_end_mut(name).filter(|f| f.power) else {
            return Outcome::no(format!("Cannot open the service control manager on computer '{name}'."));
        };
        if front_end.services != Services::Disabled {
            front_end.services = Services::Stopped;
        }
        front_end.running_since = None;
        Outcome::yes("")
    }

    /// `Start-CsWindowsService`: best effort. It returns while RTCSRV may still be StartPending (operations §11.1).
    pub(super) fn start_services(&mut self, name: &Fqdn) -> Outcome {
        match self.front_end(name).filter(|f| f.power).map(|f| f.services) {
            None => Outcome::no(format!("Cannot open the service control manager on computer '{name}'.")),
            Some(Services::Disabled) => Outcome::no(format!("The services on {name} are disabled.")),
            Some(Services::Running | Services::Starting) => Outcome::yes(""),
            Some(Services::Stopped) => {
                self.begin_start(name);
                Outcome::yes("")
            }
        }
    }

    /// `Invoke-CsComputerFailBack` of Skype for Business Server 2015: what `Invoke-CsComputerFailOver` has disabled is enabled
    /// and started again.
    pub(super) fn fail_back(&mut self, name: &Fqdn) -> Outcome {
        let knows = |p: &&super::pool::Pool| p.front_ends.iter().any(|f| f.name == *name);
        let product = self.pools.iter().find(knows).map(|p| p.product);
        if !matches!(product, Some(Product::Skype2015 | Product::Skype2019)) {
            let term = "The term 'Invoke-CsComputerFailBack' is not recognized as the name of a cmdlet.";
            return Outcome::no(term);
        }
        self.enable_services(name)
    }

    /// The start type of the services is automatic again, and they start.
    pub(super) fn enable_services(&mut self, name: &Fqdn) -> Outcome {
        let Some(front_end) = self.front_end_mut(name).filter(|f| f.power) else {
            return Outcome::no(format!("Cannot open the service control manager on computer '{name}'."));
        };
        if front_end.services == Services::Disabled {
            front_end.services = Services::Stopped;
        }
        self.start_services(name)
    }

    /// `Invoke-CsManagementStoreReplication`, for one replica or for all.
    pub(super) fn force_replication(&mut self, of: Option<&Fqdn>) -> Outcome {
        if !self.cms.writable {
            return Outcome::no("The Central Management store does not answer.");
        }
        let now = self.now;
        let told = self.pools.iter_mut().flat_map(|p| &mut p.front_ends).filter(|f| of.is_none_or(|n| f.name == *n));
        for front_end in told.filter(|f| f.replica.stuck == Some(Stuck::UntilForced)) {
            front_end.replica.stuck = None;
            front_end.replica.forced = Some(now);
        }
        Outcome::yes("")
    }

    /// A person finds the share, the certificate or the service that was in the way.
    pub(super) fn mend_replicas(&mut self, names: &[Fqdn]) -> Outcome {
        for name in names {
            if let Some(front_end) = self.front_end_mut(name) {
                front_end.replica.stuck = None;
            }
        }
        Outcome::yes("mended")
    }

    /// `Test-CsDatabase -ConfiguredDatabases -SqlServerFqdn`: every database of a store whose primary slot is on the host.
    pub(super) fn test_databases(&mut self, host: &Fqdn) -> Outcome {
        let mut errors = Vec::new();
        let mut users: Vec<Fqdn> = Vec::new();
        for store in self.published.stores.iter().filter(|s| s.slots.primary.host == *host) {
            users.extend(store.pools.iter().cloned());
            errors.extend(self.failed_tests(&store.slots));
        }
        if users.is_empty() {
            return Outcome::no(format!("No database is configured on {host} in the topology."));
        }
        if errors.is_empty() {
            let now = self.now;
            for pool in self.pools.iter_mut().filter(|p| users.contains(&p.name)) {
                pool.tested = Some(now);
            }
        }
        Outcome { ok: errors.is_empty(), text: errors.join("\n") }
    }

    fn failed_tests(&self, slots: &Slots) -> Vec<String> {
        let serves = |at| self.answers(at) && self.copy(at, slots.kind.databases()[0]).is_some();
        let kept = |d: &&'static str| {
            let partner = slots.mirror.as_ref().is_some_and(|m| self.copy(m, d).is_some_and(super::host::Copy::online));
            !self.copy(&slots.primary, d).is_some_and(super::host::Copy::online) && !partner
        };
        if !serves(&slots.primary) {
            return vec![format!("{}: {} does not answer, or has no databases", slots.kind, slots.primary)];
        }
        slots.kind.databases().iter().copied().filter(kept).map(|d| format!("{d}: Succeed is False")).collect()
    }
}
