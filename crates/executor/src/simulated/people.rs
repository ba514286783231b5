//! What people do when they are asked, and how they slip. In a demo the simulation plays the people; a person's word is as
//! little proof as a cmdlet's.

use topology::names::{Fqdn, SqlInstance};

use super::act::Outcome;
use super::deed::Deed;
use super::deployment::{Deployment, FenceWord};
use super::fault::Slip;
use super::host::{Endpoint, SqlServer};
use super::pool::{ReportSource, Slots};

impl Deployment {
    /// Somebody switches a machine off and gives their word for it.
    pub(super) fn fence(&mut self, host: &Fqdn) -> Outcome {
        self.power_off(host);
        self.give_word(host);
        Outcome::yes(format!("{host} is powered off"))
    }

    fn give_word(&mut self, host: &Fqdn) {
        self.fences.retain(|f| f.host != *host);
        self.fences.push(FenceWord { host: host.clone(), at: self.now });
    }

    /// A clean machine under the old name: its disks are gone, and the fence ends (rules §2, fence).
    pub(super) fn rebuild(&mut self, name: &Fqdn) -> Outcome {
        let now = self.now;
        let Some(host) = self.host(name) else {
            return Outcome::no(format!("nobody knows a machine {name}"));
        };
        let copies: Vec<(SqlInstance, String)> = host
            .instances
            .iter()
            .flat_map(|i| {
                let at = SqlInstance { host: name.clone(), name: i.name.clone() };
                i.databases.iter().map(move |c| (at.clone(), c.name.clone()))
            })
            .collect();
        self.remember(name);
        for (at, database) in copies {
            self.destroy_copy(&at, &database, "rebuild");
        }
        if let Some(host) = self.host_mut(name) {
            host.instances.clear();
            host.log_backups = false;
            host.windows_installed = now;
            host.power = true;
            host.network = true;
        }
        self.fences.retain(|f| f.host != *name);
        Outcome::yes(format!("{name} is built anew"))
    }

    /// The topology goes on to define the instances of a machine whose disks are gone, for the stores that they held.
    fn remember(&mut self, machine: &Fqdn) {
        let held: Vec<Vec<SqlInstance>> = self
            .published
            .stores
            .iter()
            .map(|store| self.holders(store).into_iter().filter(|at| at.host == *machine).collect())
            .collect();
        for (store, held) in self.published.stores.iter_mut().zip(held) {
            store.former.extend(held);
            store.former.sort();
            store.former.dedup();
        }
    }

    /// SQL Server on a rebuilt machine, as its partner has it.
    pub(super) fn set_up_sql(
        &mut self,
        name: &SqlInstance,
        like: Option<&str>,
        partner: Option<&SqlInstance>,
    ) -> Outcome {
        let build = like.map(str::to_owned).or_else(|| partner.and_then(|p| self.instance(p)).map(SqlServer::build));
        let build = build.unwrap_or_else(|| "11.0.7001.0 Standard".to_owned());
        let (version, edition) = build.split_once(' ').unwrap_or((build.as_str(), "Standard"));
        let server = SqlServer {
            name: name.name.clone(),
            installed: self.now,
            version: version.to_owned(),
            edition: edition.to_owned(),
            running: true,
            share_rights: true,
            endpoint: None,
            databases: Vec::new(),
        };
        let Some(host) = self.host_mut(&name.host).filter(|h| h.answers()) else {
            return Outcome::no(format!("{} does not answer", name.host));
        };
        match host.instances.iter_mut().find(|i| i.name == name.name) {
            // Asked again after a slip: patched to the right version, as long as nothing depends on it.
            Some(there) if there.databases.is_empty() => {
                there.version = server.version;
                there.edition = server.edition;
                there.running = true;
            }
            Some(_) => return Outcome::no(format!("{name} is there already")),
            None => host.instances.push(server),
        }
        Outcome::yes(format!("{name} is {build}"))
    }

    /// A witness as its partners need it: the machine is repaired, or built and installed. Whatever was installed stays.
    pub(super) fn set_up_witness(
        &mut self,
        name: &SqlInstance,
        port: u16,
        like: Option<&str>,
        partners: &[SqlInstance],
    ) -> Outcome {
        if self.host(&name.host).is_none() {
            return Outcome::no(format!("nobody knows a machine {}", name.host));
        }
        if let Some(host) = self.host_mut(&name.host) {
            host.power = true;
            host.network = true;
        }
        if self.instance(name).is_none() {
            let installed = self.set_up_sql(name, like, partners.first());
            if !installed.ok {
                return installed;
            }
        }
        let like = like.map(str::to_owned).or_else(|| partners.iter().find_map(|p| Some(self.instance(p)?.build())));
        if let Some(server) = self.instance_mut(name) {
            server.running = true;
            if let Some((version, _)) = like.as_deref().and_then(|l| l.split_once(' ')) {
                server.version = version.to_owned();
            }
            server.endpoint.get_or_insert(Endpoint { port, started: true }).started = true;
        }
        Outcome::yes(format!("{name} can witness"))
    }

    /// Log backups and the reports' data sources (operations §2.2).
    pub(super) fn aftercare(
        &mut self,
        pool: &Fqdn,
        backups: &[Fqdn],
        reports: Option<&(SqlInstance, Option<SqlInstance>)>,
    ) -> Outcome {
        for name in backups {
            if let Some(host) = self.host_mut(name) {
                host.log_backups = true;
            }
        }
        if let (Some((server, partner)), Some(pool)) = (reports, self.pool_mut(pool)) {
            pool.reports = Some(ReportSource { server: server.clone(), partner: partner.clone() });
        }
        Outcome::yes("done")
    }

    /// A person says that it is done, and it is not, or not only that.
    pub(super) fn slip(&mut self, deed: &Deed, slip: &Slip) -> Outcome {
        let claimed = Outcome::yes("done");
        match (deed, slip) {
            (Deed::Fence { host }, Slip::WrongHost { host: wrong }) => {
                self.power_off(wrong);
                self.give_word(host);
            }
            // The word is given, the machine is as it was.
            (Deed::Fence { host }, _) => self.give_word(host),
            (Deed::Publish { pool, after }, Slip::LeavesOut { of }) => {
                let rest: Vec<(Fqdn, Slots)> = after.iter().filter(|(_, s)| s.kind != *of).cloned().collect();
                return self.publish(pool, &rest);
            }
            (Deed::Publish { pool, after }, Slip::WrongMirror { instance }) => {
                let wrong = |(p, s): &(Fqdn, Slots)| (p.clone(), Slots { mirror: Some(instance.clone()), ..s.clone() });
                return self.publish(pool, &after.iter().map(wrong).collect::<Vec<_>>());
            }
            (Deed::Publish { pool, after }, Slip::ChangesMore { what }) => {
                self.published.unplanned.push(what.clone());
                return self.publish(pool, after);
            }
            (Deed::Rebuild { .. }, Slip::WrongHost { host: wrong }) => return self.rebuild(wrong),
            (Deed::SetUpSql { instance, .. }, Slip::WrongVersion { version }) => {
                return self.set_up_sql(instance, Some(version), None);
            }
            // Said to be done, not done.
            _ => {}
        }
        claimed
    }
}
