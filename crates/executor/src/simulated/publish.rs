//! Publishing a topology, with what Topology Builder refuses. It changes slots; databases and sessions it does not touch.

use model::database_type::DatabaseType;
use topology::names::{Fqdn, SqlInstance};

use super::act::Outcome;
use super::deployment::Deployment;
use super::document::Moved;
use super::pool::Slots;

impl Deployment {
    /// A person publishes slots from Topology Builder.
    pub(super) fn publish(&mut self, pool: &Fqdn, after: &[(Fqdn, Slots)]) -> Outcome {
        if !self.cms_writable() {
            return Outcome::no("The topology cannot be published: the Central Management store does not answer.");
        }
        if let Err(refusal) = self.builder_allows(after) {
            return Outcome::no(refusal);
        }
        let mut moved = Vec::new();
        for (user, slots) in after {
            let Some(store) = self.published.store_mut(user, slots.kind) else {
                return Outcome::no(format!("{pool} has no {} store in the topology.", slots.kind));
            };
            let before = std::mem::replace(&mut store.slots, slots.clone());
            moved.push(Moved { pool: user.clone(), before, after: slots.clone() });
        }
        self.document_follows(&moved);
        // A witness holds no copy: another one is nothing to test anew.
        let pair = |m: &&Moved| m.before.primary != m.after.primary || m.before.mirror != m.after.mirror;
        self.published_now(moved.iter().filter(pair).map(|m| (m.pool.clone(), m.after.kind)).collect());
        Outcome::yes("published")
    }

    fn builder_allows(&self, after: &[(Fqdn, Slots)]) -> Result<(), String> {
        for (user, slots) in after {
            let Some(before) = self.published.store(user, slots.kind).map(|s| &s.slots) else { continue };
            let moves = before.primary != slots.primary;
            // An instance that is still someone's mirror cannot be chosen: two publishes are needed (K3).
            let mirrors = self.published.stores.iter().any(|s| s.slots.mirror.as_ref() == Some(&slots.primary));
            if moves && mirrors {
                return Err(format!("{} is a mirror in the published topology and cannot be chosen.", slots.primary));
            }
            // The back end of the pool that holds the Central Management store cannot be changed (operations §9.2).
            let back_end = [DatabaseType::User, DatabaseType::Application, DatabaseType::CentralMgmt];
            if moves && *user == self.cms.pool && back_end.contains(&slots.kind) {
                return Err(format!(
                    "{user} hosts the Central Management store; its SQL Server store cannot be changed."
                ));
            }
            if slots.mirror.as_ref() == Some(&slots.primary) {
                return Err("A store cannot be its own mirror.".to_owned());
            }
        }
        Ok(())
    }

    pub(super) fn published_now(&mut self, changed: Vec<(Fqdn, DatabaseType)>) {
        let now = self.now;
        self.published.version += 1;
        self.published.at = now;
        let users: Vec<Fqdn> = changed
            .iter()
            .filter_map(|(pool, kind)| self.published.store(pool, *kind))
            .flat_map(|s| s.pools.clone())
            .collect();
        for pool in self.pools.iter_mut().filter(|p| users.contains(&p.name)) {
            pool.changed = Some(now);
        }
    }

    /// Somebody outside the plan publishes; slots may stay as they are.
    pub fn foreign_publish(&mut self, change: Option<(&Fqdn, Slots)>) {
        let mut changed = Vec::new();
        if let Some((pool, slots)) = change {
            changed.push((pool.clone(), slots.kind));
            if let Some(store) = self.published.store_mut(pool, slots.kind) {
                store.slots = slots;
            }
        }
        self.published_now(changed);
        self.published.foreign_at = Some(self.now);
        self.note("somebody else published a topology");
    }

    /// `Set-CsRegistrar` with database slots (operations §5.9).
    pub(super) fn set_registrar(&mut self, pool: &Fqdn, changes: &[(DatabaseType, bool, SqlInstance)]) -> Outcome {
        if !self.cms_writable() {
            return Outcome::no("The Central Management store does not answer.");
        }
        let mut touched = Vec::new();
        for (kind, mirror, instance) in changes {
            let Some(store) = self.published.store_mut(pool, *kind) else {
                return Outcome::no(format!("One of the following roles must exist on pool {pool}: {kind}."));
            };
            if *mirror {
                store.slots.mirror = Some(instance.clone());
            } else {
                store.slots.primary = instance.clone();
            }
            touched.push((pool.clone(), *kind));
        }
        self.published_now(touched);
        Outcome::yes("")
    }

    /// `Enable-CsTopology`, `Invoke-CsManagementStoreReplication`: the topology goes out again.
    pub(super) fn enable(&mut self) -> Outcome {
        if self.cms_writable() {
            Outcome::yes("")
        } else {
            Outcome::no("The Central Management store does not answer.")
        }
    }
}
