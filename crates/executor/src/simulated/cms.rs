//! The Central Management store of the simulated deployment: whether it takes writes, and the cmdlet with which the pool
//! that is paired for it takes it over. It knows databases and pools, and nothing of why it should move.

use model::database_type::DatabaseType;
use topology::names::{Fqdn, SqlInstance};

use super::act::Outcome;
use super::deployment::Deployment;
use super::ledger::{How, Loss};
use super::pool::Slots;

const KIND: DatabaseType = DatabaseType::CentralMgmt;

impl Deployment {
    /// Whether a topology can be published: the service takes writes, and its databases serve from the primary slot. Whether
    /// they can be written to while they serve from the mirror slot nobody says; here they cannot (operations §9.1).
    #[must_use]
    pub fn cms_writable(&self) -> bool {
        let store = self.published.store(&self.cms.pool, KIND);
        self.cms.writable && store.is_none_or(|s| self.cms_serves_from(&s.slots.primary))
    }

    fn cms_serves_from(&self, at: &SqlInstance) -> bool {
        let online = |d: &&str| self.copy(at, d).is_some_and(|c| c.online() && !c.empty);
        self.answers(at) && KIND.databases().iter().all(online)
    }

    fn cms_serves(&self, slots: &Slots) -> bool {
        self.cms_serves_from(&slots.primary) || slots.mirror.as_ref().is_some_and(|m| self.cms_serves_from(m))
    }

    /// `Invoke-CsManagementServerFailover`, run in the pool that takes over: without `-Force` the two exchange their parts,
    /// with it the store that was left is given up, with whatever its pair had not received (operations §9.5).
    pub(super) fn fail_over_cms(&mut self, backup: Option<&SqlInstance>) -> Outcome {
        let of = |s: &super::pool::Store| (s.pools[0].clone(), s.slots.clone());
        let other = self.published.stores.iter().filter(|s| s.slots.kind == KIND).map(of);
        let Some((to, slots)) = other.into_iter().find(|(pool, _)| *pool != self.cms.pool) else {
            return Outcome::no("No other pool is assigned a Central Management store in the topology.");
        };
        if let Some(named) = backup.filter(|named| **named != slots.primary) {
            return Outcome::no(format!("{named} is not the SQL Server that the topology assigns to {to}."));
        }
        if !self.cms_serves(&slots) {
            return Outcome::no(format!("The Central Management store of {to} does not answer."));
        }
        if !self.pool(&to).is_some_and(super::pool::Pool::runs) {
            return Outcome::no(format!("No Front End Server of {to} runs."));
        }
        let left = self.published.store(&self.cms.pool, KIND).map(|s| s.slots.clone());
        let served = left.as_ref().is_some_and(|s| self.cms_serves(s));
        match (served, backup) {
            (false, None) => {
                return Outcome::no("The active Central Management store cannot be reached; use -BackupSqlServerFqdn.");
            }
            (false, Some(_)) => self.give_up_cms(&left.unwrap_or(slots), "Invoke-CsManagementServerFailover"),
            (true, _) => {}
        }
        self.take_cms(&to);
        Outcome::yes(format!("the Central Management store is on {to}"))
    }

    /// A person moves it to a pool that has no store for it (operations §9.4): its databases are created on the SQL Server of
    /// that pool, the topology assigns them to it and takes them from the pool that is left, whose own stay behind. From files
    /// where the old store does not answer: what they lack is lost.
    pub(super) fn move_cms(&mut self, to: &Fqdn, on: &SqlInstance, from_files: bool) -> Outcome {
        let user = self.published.store(to, DatabaseType::User).map(|s| s.slots.clone());
        if !user.is_some_and(|s| s.primary == *on && self.answers(on)) {
            return Outcome::no(format!("{on} is not the SQL Server of {to}, or does not answer."));
        }
        if !self.pool(to).is_some_and(super::pool::Pool::runs) {
            return Outcome::no(format!("No Front End Server of {to} runs."));
        }
        let left = self.published.store(&self.cms.pool, KIND).map(|s| s.slots.clone());
        let served = left.as_ref().is_some_and(|s| self.cms_serves(s));
        let slots = Slots { kind: KIND, primary: on.clone(), mirror: None, witness: None };
        match (served, from_files) {
            (false, false) => return Outcome::no("Enable-CsTopology: the Central Management store does not answer."),
            (false, true) => self.give_up_cms(&left.unwrap_or_else(|| slots.clone()), "Move-CsManagementServer"),
            (true, _) => {}
        }
        self.published.stores.retain(|s| s.slots.kind != KIND);
        self.published.stores.push(super::pool::Store { pools: vec![to.clone()], slots, former: Vec::new() });
        for database in KIND.databases() {
            self.create_one(on, database, true);
        }
        self.take_cms(to);
        Outcome::yes(format!("the Central Management store is on {to}"))
    }

    fn take_cms(&mut self, to: &Fqdn) {
        self.cms.pool = to.clone();
        self.cms.writable = true;
        self.note(format!("{to} holds the Central Management store"));
    }

    /// What was written to the store that is left since the pair last received a backup, or since the exports, is gone.
    fn give_up_cms(&mut self, slots: &Slots, by: &str) {
        for database in KIND.databases() {
            self.ledger.push(Loss {
                at: self.now,
                database: (*database).to_owned(),
                on: slots.primary.clone(),
                how: How::Forced,
                transactions: 1,
                by: by.to_owned(),
            });
        }
    }
}
