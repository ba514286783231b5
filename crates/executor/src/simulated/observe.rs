//! What a collector could read of the simulated deployment: one reading per field, known only where the product, SQL
//! Server or a person's word would give it. A machine that does not answer gives unknown, never "absent". It changes
//! nothing, and sees nothing that a collector could not see.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::database_type::DatabaseType;
use model::estate::{Estate, FrontEndId, PoolId, StoreId};
use model::fact::{Fact, Provenance};
use model::field::{Field, Value};
use topology::names::{Fqdn, SqlInstance};

use super::deployment::Deployment;
use super::host::Host;
use super::pool::{FrontEnd, Services, Slots};

/// What was read of one field.
pub(super) struct Read {
    pub value: Value,
    pub source: &'static str,
    pub asked: Option<Fqdn>,
    /// Why the value is unknown.
    pub why: String,
}

impl Read {
    pub(super) fn known(value: impl Into<Value>, source: &'static str, asked: Option<&Fqdn>) -> Self {
        Self { value: value.into(), source, asked: asked.cloned(), why: String::new() }
    }

    pub(super) fn unknown(source: &'static str, asked: Option<&Fqdn>, why: impl Into<String>) -> Self {
        Self { value: Value::Unknown, source, asked: asked.cloned(), why: why.into() }
    }

    pub(super) fn yes_no(yes: bool, source: &'static str, asked: Option<&Fqdn>) -> Self {
        Self::known(if yes { Value::Yes } else { Value::No }, source, asked)
    }
}

/// What a collector remembers from one reading to the next: which installation of a machine the facts of its plan are
/// about, and which one it saw last.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    /// When the facts were read that a plan rests on. A machine installed later has been rebuilt since (rules §2, epoch).
    pub base: Option<Timestamp>,
    /// How many changes that nobody planned were told by now.
    pub(super) told: usize,
    /// The installation that was seen last.
    pub(super) seen: BTreeMap<Fqdn, Value>,
}

/// One pass over the deployment.
pub(super) struct Observer<'a> {
    pub world: &'a Deployment,
    pub estate: &'a Estate,
    pub memory: &'a mut Memory,
}

impl Observer<'_> {
    /// The fact about a field.
    pub(super) fn fact(&mut self, field: Field) -> Fact {
        let read = self.read(field);
        let from = Provenance::new(read.source, read.asked, self.world.now);
        if read.value.is_known() {
            Fact::known(self.estate, field, read.value, from)
        } else {
            Fact::unknown(self.estate, field, read.why, from)
        }
    }

    fn read(&mut self, field: Field) -> Read {
        match field {
            Field::Reachable(h) => self.reachable(&self.estate.host(h).clone()),
            Field::Fenced(h) => self.fenced(&self.estate.host(h).clone()),
            Field::Epoch(h) => self.epoch(&self.estate.host(h).clone()),
            Field::Answers(i) => {
                let name = &self.estate.instance(i).name;
                Read::yes_no(self.world.answers(name), "SQL login", Some(&name.host))
            }
            Field::Ready(i) => self.ready(&self.estate.instance(i).name.clone()),
            Field::Role(d, i)
            | Field::Session(d, i)
            | Field::Content(d, i)
            | Field::Safety(d, i)
            | Field::Witness(d, i)
            | Field::WitnessLink(d, i) => self.copy(field, d, i),
            Field::PrimarySlot(s) => self.slot(s, |x| Some(x.primary.clone())),
            Field::MirrorSlot(s) => self.slot(s, |x| x.mirror.clone()),
            // No cmdlet shows it: a person looks it up in Topology Builder.
            Field::WitnessSlot(s) => Read { source: "person: Topology Builder", ..self.slot(s, |x| x.witness.clone()) },
            Field::Services(f) => self.front_end(f, "Get-CsWindowsService", Self::services),
            Field::Replica(f) => self.front_end(f, "Get-CsManagementStoreReplicationStatus", Self::replica),
            Field::VoterEpoch(f) => self.voter_epoch(f),
            Field::StartedSinceMirror(f) => self.started_since_mirror(f),
            Field::LoadedPrimary(f, s) => self.loaded(f, s, |x| Some(x.primary.clone())),
            Field::LoadedMirror(f, s) => self.loaded(f, s, |x| x.mirror.clone()),
            Field::Tested(p) => self.tested(p),
            Field::LogBackups(p) => self.log_backups(p),
            Field::Reports(p) => self.reports(p),
            Field::HoldsCms(p) => {
                let here = self.world.cms.pool == self.estate.pool(p).fqdn;
                Read::yes_no(here, "Get-CsService -CentralManagement", None)
            }
            Field::CmsWritable => Read::yes_no(
                self.world.cms_writable(),
                "Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus",
                None,
            ),
            Field::Saved => self.saved(),
            Field::Publishing => Read::known(Value::No, "journal", None),
        }
    }

    fn reachable(&self, name: &Fqdn) -> Read {
        Read::yes_no(self.world.host(name).is_some_and(Host::answers), "SQL, 5022, WinRM, SMB", Some(name))
    }

    /// A fence cannot be seen: it is a person's word, and an answer of the machine refutes it.
    fn fenced(&self, name: &Fqdn) -> Read {
        let word = self.world.fences.iter().any(|f| f.host == *name);
        let answers = self.world.host(name).is_some_and(Host::answers);
        let source = match (word, answers) {
            (true, true) => "person: refuted, the machine answers",
            (true, false) => "person: powered off",
            (false, _) => "no attestation",
        };
        Read::yes_no(word && !answers, source, None)
    }

    fn epoch(&mut self, name: &Fqdn) -> Read {
        let source = "installation date of Windows";
        let seen = self.world.host(name).filter(|h| h.answers()).map(|h| h.windows_installed);
        // A machine that is silent keeps the epoch it was last seen in: none begins unless it is seen (rules §2).
        let value = match seen {
            Some(at) if self.memory.base.is_some_and(|base| at > base) => Value::Rebuilt,
            Some(_) => Value::Original,
            None => self.memory.seen.get(name).copied().unwrap_or(Value::Original),
        };
        self.memory.seen.insert(name.clone(), value);
        Read::known(value, source, Some(name))
    }

    /// Version and edition as the partner's, endpoint and port as the topology says, the share writable for the service
    /// account, and no left-over of ours that is live; one without rows is none, and is dropped.
    fn ready(&self, name: &SqlInstance) -> Read {
        let source = "SERVERPROPERTY, sys.database_mirroring_endpoints, share";
        let Some(host) = self.world.host(&name.host).filter(|h| h.answers()) else {
            return Read::unknown(source, Some(&name.host), "the machine does not answer");
        };
        let Some(server) = host.instance(&name.name) else { return Read::known(Value::No, source, Some(&name.host)) };
        if !server.running {
            return Read::unknown(source, Some(&name.host), "SQL Server does not answer");
        }
        if !self.may_hold(name) {
            let fits =
                self.world.each_copy().all(|(h, i, _)| !(h.answers() && i.running) || i.version == server.version);
            let listens = server.endpoint.is_some_and(|e| e.started);
            return Read::yes_no(fits && listens, source, Some(&name.host));
        }
        let port = server.endpoint.is_none_or(|e| e.started && e.port == super::mirroring::MIRRORING_PORT);
        let fits = self.partners(name).iter().all(|p| {
            self.world.instance(p).is_none_or(|partner| !self.world.answers(p) || partner.build() == server.build())
        });
        let live_leftover = server
            .databases
            .iter()
            .any(|c| c.online() && !c.empty && c.session.is_none() && self.serves_elsewhere(c.family, name));
        let share = self.world.share.writable && server.share_rights;
        Read::yes_no(port && fits && share && !live_leftover, source, Some(&name.host))
    }

    /// Whether a store may lie on the machine of an instance; on any other it can only witness.
    fn may_hold(&self, name: &SqlInstance) -> bool {
        let holders = self.estate.stores.iter().flat_map(|s| &s.instances);
        holders.into_iter().any(|&i| self.estate.instance(i).name.host == name.host)
    }

    /// The other instances that may hold the same stores.
    fn partners(&self, name: &SqlInstance) -> Vec<SqlInstance> {
        let Some(id) = self.estate.instance_named(name) else { return Vec::new() };
        let shared = self.estate.stores.iter().filter(|s| s.instances.contains(&id));
        let others = shared.flat_map(|s| s.instances.iter().filter(|&&i| i != id));
        others.map(|&i| self.estate.instance(i).name.clone()).collect()
    }

    fn serves_elsewhere(&self, family: u32, besides: &SqlInstance) -> bool {
        self.world.each_copy().any(|(h, i, c)| {
            let here = h.name == besides.host && i.name == besides.name;
            c.family == family && c.online() && !here && h.answers() && i.running
        })
    }

    fn slot(&self, s: StoreId, part: impl Fn(&Slots) -> Option<SqlInstance>) -> Read {
        let source = "Get-CsService";
        let store = self.estate.store(s);
        let pool = &self.estate.pool(store.pool).fqdn;
        match self.world.published.store(pool, store.kind) {
            Some(published) => self.instance_or_nothing(part(&published.slots), source, None),
            None => Read::unknown(source, None, "the topology has no such store"),
        }
    }

    fn instance_or_nothing(&self, name: Option<SqlInstance>, source: &'static str, asked: Option<&Fqdn>) -> Read {
        match name {
            None => Read::known(Value::Nothing, source, asked),
            Some(name) => match self.estate.instance_named(&name) {
                Some(i) => Read::known(i, source, asked),
                None => Read::unknown(source, asked, format!("{name} is not in the estate")),
            },
        }
    }

    fn front_end(&self, f: FrontEndId, source: &'static str, read: impl Fn(&Self, &FrontEnd) -> Value) -> Read {
        let name = &self.estate.front_end(f).fqdn;
        match self.world.front_end(name).filter(|x| x.power) {
            Some(front_end) => Read::known(read(self, front_end), source, Some(name)),
            None => Read::unknown(source, Some(name), "the Front End does not answer"),
        }
    }

    /// Running means that every service runs and the pool has settled: until then the next Front End must not be touched
    /// (operations §11.2).
    fn services(&self, front_end: &FrontEnd) -> Value {
        match front_end.services {
            Services::Running if self.world.settled(front_end) => Value::Running,
            Services::Running | Services::Starting => Value::Starting,
            Services::Stopped => Value::Stopped,
            Services::Disabled => Value::Disabled,
        }
    }

    /// Up to date is not enough: a replica stays "up to date" for a moment after a publish (operations §10.3).
    fn replica(&self, front_end: &FrontEnd) -> Value {
        let published = &self.world.published;
        let current = front_end.replica.version == published.version && front_end.replica.received >= published.at;
        // The replica of a topology that nobody published since it was built is current, whatever the clocks say.
        if current || front_end.replica.version == published.version { Value::Current } else { Value::Stale }
    }

    fn loaded(&self, f: FrontEndId, s: StoreId, part: impl Fn(&Slots) -> Option<SqlInstance>) -> Read {
        let source = "start of RTCSRV, replica";
        let name = &self.estate.front_end(f).fqdn;
        let kind = self.estate.store(s).kind;
        let Some(front_end) = self.world.front_end(name).filter(|x| x.power) else {
            return Read::unknown(source, Some(name), "the Front End does not answer");
        };
        match front_end.loaded.iter().find(|l| l.kind == kind) {
            Some(slots) => self.instance_or_nothing(part(slots), source, Some(name)),
            None => Read::unknown(source, Some(name), "RTCSRV started before its replica was received"),
        }
    }

    fn voter_epoch(&mut self, f: FrontEndId) -> Read {
        let source = "start of RTCSRV, installation date of Windows";
        let name = self.estate.front_end(f).fqdn.clone();
        let Some(front_end) = self.world.front_end(&name).filter(|x| x.power) else {
            return Read::unknown(source, Some(&name), "the Front End does not answer");
        };
        let Some(voter) = front_end.voter.clone() else {
            return Read::unknown(source, Some(&name), "it has not started");
        };
        let host = self.world.host(&voter.instance.host);
        let answers = host.is_some_and(Host::answers);
        let current = host.is_some_and(|h| h.windows_installed == voter.windows_installed);
        let rebuilt_since = self.memory.base.is_some_and(|base| voter.windows_installed > base);
        let value = match (answers, current) {
            _ if rebuilt_since => Value::Rebuilt,
            // It took the machine before the machine was rebuilt; relative to the plan's facts that was the original.
            (true, false) if self.epoch(&voter.instance.host).value == Value::Original => Value::Older,
            _ => Value::Original,
        };
        Read::known(value, source, Some(&name))
    }

    fn started_since_mirror(&self, f: FrontEndId) -> Read {
        let source = "start of RTCSRV, msdb restore history";
        let front_end = self.estate.front_end(f);
        let Some(there) = self.world.front_end(&front_end.fqdn).filter(|x| x.power) else {
            return Read::unknown(source, Some(&front_end.fqdn), "the Front End does not answer");
        };
        let Some(started) = there.started else { return Read::known(Value::No, source, Some(&front_end.fqdn)) };
        let pool = &self.estate.pool(front_end.pool);
        let mut newest = None;
        for slots in self.world.published.slots_of(&pool.fqdn) {
            for at in [Some(&slots.primary), slots.mirror.as_ref()].into_iter().flatten() {
                let copies = self.world.instance(at).filter(|_| self.world.answers(at)).map(|i| &i.databases);
                let ours = copies.into_iter().flatten().filter(|c| of_kind(slots.kind, &c.name));
                newest = newest.max(ours.filter_map(|c| c.session.as_ref()).map(|s| s.created).max());
            }
        }
        Read::yes_no(newest.is_none_or(|created| started > created), source, Some(&front_end.fqdn))
    }

    fn tested(&self, p: PoolId) -> Read {
        let pool = self.world.pool(&self.estate.pool(p).fqdn);
        let tested = pool.and_then(|x| x.tested).is_some_and(|at| pool.and_then(|x| x.changed).is_none_or(|c| at > c));
        Read::yes_no(tested, "Test-CsDatabase", None)
    }

    /// A log backup job on every host that holds a slot of a mirrored store.
    fn log_backups(&self, p: PoolId) -> Read {
        let source = "msdb.dbo.backupset, SQL Server Agent";
        let mirrored = self.world.published.slots_of(&self.estate.pool(p).fqdn);
        let slots = mirrored.into_iter().filter(|s| s.mirror.is_some());
        let mut hosts: Vec<Fqdn> =
            slots.flat_map(|s| [Some(s.primary.host), s.mirror.map(|m| m.host)]).flatten().collect();
        hosts.sort();
        hosts.dedup();
        let mut silent = None;
        for name in &hosts {
            match self.world.host(name).filter(|h| h.answers()) {
                Some(host) if !host.log_backups => return Read::known(Value::No, source, Some(name)),
                Some(_) => {}
                None => silent = Some(name),
            }
        }
        match silent {
            Some(name) => Read::unknown(source, Some(name), "the machine does not answer"),
            None => Read::known(Value::Yes, source, None),
        }
    }

    fn reports(&self, p: PoolId) -> Read {
        let source = "person: data sources CDRDB and QMSDB";
        let pool = &self.estate.pool(p).fqdn;
        let Some(store) = self.world.published.store(pool, DatabaseType::Monitoring) else {
            return Read::known(Value::Yes, "no Monitoring store", None);
        };
        let named = self.world.pool(pool).and_then(|x| x.reports.as_ref());
        let right = named.is_some_and(|r| r.server == store.slots.primary && r.partner == store.slots.mirror);
        Read::yes_no(right, source, None)
    }

    /// Topology, simple URLs and settings, all newer than the last publish by somebody outside the plan (K11).
    fn saved(&self) -> Read {
        let newer = |cmdlet: &str| {
            let at = self.world.saved.get(cmdlet);
            at.is_some_and(|at| self.world.published.foreign_at.is_none_or(|foreign| *at > foreign))
        };
        let all = ["Get-CsTopology", "Get-CsSimpleUrlConfiguration", "Export-CsConfiguration"];
        Read::yes_no(all.into_iter().all(newer), "saved files", None)
    }
}

pub(super) fn of_kind(kind: DatabaseType, database: &str) -> bool {
    kind.databases().iter().any(|d| d.eq_ignore_ascii_case(database))
}
