//! A snapshot of a whole simulated deployment: its constant part, every field, and the details that people are told. It
//! decides nothing about what the facts mean.

use std::collections::{BTreeMap, BTreeSet};

use model::estate::{Estate, EstateError, Parts, PoolPart, StorePart};
use model::snapshot::{
    BackupDetail, Constant, CopyDetail, Details, Document, FORMAT, HostDetail, InstanceDetail, PoolEntry, Snapshot,
    StoreEntry,
};
use sha2::{Digest as _, Sha256};
use topology::names::{Fqdn, SqlInstance};

use super::deployment::Deployment;
use super::driver::Simulated;
use super::observe::{Observer, of_kind};
use super::pool::Store;

impl Deployment {
    /// Every instance that a slot names, published or loaded, or that holds or held a copy of a store's databases.
    pub(super) fn holders(&self, store: &Store) -> BTreeSet<SqlInstance> {
        let mut found: BTreeSet<SqlInstance> = store.former.iter().cloned().collect();
        let mut add = |slots: &super::pool::Slots| {
            found.insert(slots.primary.clone());
            found.extend(slots.mirror.clone());
        };
        add(&store.slots);
        let users = self.pools.iter().filter(|p| store.pools.contains(&p.name));
        for front_end in users.flat_map(|p| &p.front_ends) {
            front_end.loaded.iter().filter(|l| l.kind == store.slots.kind).for_each(&mut add);
        }
        let families: BTreeSet<u32> = found
            .iter()
            .filter_map(|at| self.instance(at))
            .flat_map(|i| &i.databases)
            .filter(|c| of_kind(store.slots.kind, &c.name))
            .map(|c| c.family)
            .collect();
        found.extend(self.copies().filter(|(_, c)| families.contains(&c.family)).map(|(at, _)| at));
        found
    }

    fn sizes(&self, store: &Store) -> BTreeMap<String, u64> {
        let at = [Some(&store.slots.primary), store.slots.mirror.as_ref()];
        let mut sizes = BTreeMap::new();
        for copy in at.into_iter().flatten().filter_map(|at| self.instance(at)).flat_map(|i| &i.databases) {
            if of_kind(store.slots.kind, &copy.name) {
                sizes.insert(copy.name.clone(), copy.megabytes);
            }
        }
        sizes
    }

    /// The estate that this deployment is, with every instance that may hold a store.
    ///
    /// # Errors
    /// When the deployment contradicts itself: a name stands twice, or a store names a pool that is not there.
    pub fn estate(&self) -> Result<Estate, EstateError> {
        let pools = self.pools.iter().map(|p| PoolPart {
            fqdn: p.name.clone(),
            product: p.product,
            front_ends: p.front_ends.iter().map(|f| f.name.clone()).collect(),
        });
        let stores = self.published.stores.iter().map(|s| StorePart {
            users: s.pools.clone(),
            kind: s.slots.kind,
            megabytes: self.sizes(s),
            instances: self.holders(s).into_iter().collect(),
        });
        Estate::new(Parts {
            pools: pools.collect(),
            stores: stores.collect(),
            instances: self.named_instances().into_iter().collect(),
            cms: Some(self.cms.pool.clone()),
        })
    }

    /// Every instance that exists, or that a slot names.
    fn named_instances(&self) -> BTreeSet<SqlInstance> {
        let slots = self.published.stores.iter().map(|s| &s.slots);
        let loaded = self.pools.iter().flat_map(|p| &p.front_ends).flat_map(|f| &f.loaded);
        let named = slots.chain(loaded).flat_map(|s| [Some(s.primary.clone()), s.mirror.clone(), s.witness.clone()]);
        let former = self.published.stores.iter().flat_map(|s| s.former.clone());
        named.flatten().chain(former).chain(self.instance_names()).collect()
    }

    fn constant(&self) -> Constant {
        let pool = |p: &super::pool::Pool| PoolEntry {
            fqdn: p.name.clone(),
            product: p.product,
            front_ends: p.front_ends.iter().map(|f| f.name.clone()).collect(),
        };
        let store = |s: &Store| StoreEntry { users: s.pools.clone(), kind: s.slots.kind, megabytes: self.sizes(s) };
        Constant {
            pools: self.pools.iter().map(pool).collect(),
            stores: self.published.stores.iter().map(store).collect(),
            sql: self.named_instances().into_iter().collect(),
            central_management: Some(self.cms.pool.clone()),
        }
    }

    fn details(&self, estate: &Estate) -> Details {
        let mut details = Details::default();
        let asked_from: Vec<Fqdn> = self.pools.iter().flat_map(|p| &p.front_ends).map(|f| f.name.clone()).collect();
        for host in self.hosts.iter().filter(|h| h.silent_since.is_some()) {
            let detail = HostDetail { silent_since: host.silent_since, asked_from: asked_from.clone() };
            details.hosts.insert(host.name.clone(), detail);
        }
        for name in self.instance_names().into_iter().filter(|i| self.answers(i)) {
            let server = self.instance(&name);
            let version = server.map(super::host::SqlServer::build);
            let mirroring_port = server.and_then(|s| s.endpoint).map(|e| e.port);
            details.instances.insert(name, InstanceDetail { version, mirroring_port, ..Default::default() });
        }
        for store in &estate.stores {
            for &d in &store.databases {
                for &i in &store.instances {
                    let at = &estate.instance(i).name;
                    let copy = self.copy(at, &estate.database(d).name).filter(|_| self.answers(at));
                    let name = format!("{} on {at}", estate.qualified(d));
                    if let Some(made) = copy.and_then(|c| c.backed_up) {
                        let backup = BackupDetail { at: made, source: "msdb.dbo.backupset".to_owned() };
                        details.backups.insert(name.clone(), backup);
                    }
                    let Some(row) = copy.and_then(|c| c.monitor).filter(|r| r.synchronized) else { continue };
                    let source = "mirroring monitor".to_owned();
                    details.copies.insert(name, CopyDetail { caught_up_to: row.at, source, time: self.now });
                }
            }
        }
        details
    }
}

impl Simulated {
    /// Reads the whole estate.
    ///
    /// # Errors
    /// When the deployment contradicts itself.
    pub fn snapshot(&mut self) -> Result<Snapshot, EstateError> {
        let estate = self.world.estate()?;
        let from = self.world.now;
        let mut observer = Observer { world: &self.world, estate: &estate, memory: &mut self.memory };
        let facts = estate.layout().fields().iter().map(|&f| observer.fact(f)).collect();
        let on = self.world.pools.iter().flat_map(|p| &p.front_ends).find(|f| f.power).map(|f| f.name.clone());
        Ok(Snapshot {
            format: FORMAT,
            simulated: true,
            read: model::snapshot::Read {
                from,
                to: self.world.now,
                by: r"CONTOSO\lync-admin".to_owned(),
                on: on.unwrap_or_else(|| self.world.cms.pool.clone()),
            },
            estate: self.world.constant(),
            details: self.world.details(&estate),
            topology: self.world.document.as_ref().map(|text| Document {
                file: None,
                digest: Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect(),
                published: Some(self.world.published.at),
            }),
            facts,
        })
    }
}
