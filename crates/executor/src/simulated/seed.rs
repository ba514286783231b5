//! The night that demo, rehearsal and tests begin with, and its variations. Data only: it makes deployments and changes
//! none that run.

use jiff::Timestamp;
use model::database_type::DatabaseType;
use model::estate::Product;
use topology::names::{Fqdn, InstanceName, SqlInstance};

use super::deployment::{Cms, Deployment, FORMAT, Share};
use super::fault::Fault;
use super::host::{
    Copy, CopyState, Endpoint, Host, MonitorRow, Role, Safety, Session, SessionState, SqlServer, WitnessLink,
};
use super::mirroring::MIRRORING_PORT;
use super::pool::{FrontEnd, Pool, Published, Replica, ReportSource, Services, Slots, Store, Voter};

/// Types of the pool that lost its primary-slot host.
const MIRRORED: [DatabaseType; 4] =
    [DatabaseType::User, DatabaseType::Application, DatabaseType::Archiving, DatabaseType::Monitoring];

/// A name of this module's own; they are all well formed, and a test reads every one.
fn fqdn(label: &str) -> Fqdn {
    Fqdn::new(format!("{label}.contoso.com")).unwrap_or_else(|_| unreachable_name())
}

fn unreachable_name() -> Fqdn {
    // `Fqdn` has no infallible constructor; a name of letters and dots is always read.
    unreachable!("a name of this module is not well formed")
}

fn rtc(label: &str) -> SqlInstance {
    SqlInstance {
        host: fqdn(label),
        name: InstanceName::new("RTC").unwrap_or_else(|_| InstanceName::default_instance()),
    }
}

fn at(seconds_before_now: i64) -> Timestamp {
    // 2026-03-14T01:58:10Z, when the night was first looked at.
    Timestamp::from_second(1_773_453_490 - seconds_before_now).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Since 01:41:07Z, 17 min 3 s before.
const SILENT: i64 = 17 * 60 + 3;
/// Long before: a hundred days.
const LONG_AGO: i64 = 100 * 86_400;

/// Megabytes of each database: 14 GB User, 0.1 GB Application, 7 GB Archiving, 21 GB Monitoring.
fn megabytes(database: &str) -> u64 {
    match database {
        "rtcxds" => 9_216,
        "rtcshared" => 4_096,
        "rtcab" => 1_024,
        "rgsconfig" | "rgsdyn" => 40,
        "cpsdyn" => 22,
        "LcsLog" => 7_168,
        "LcsCDR" => 8_192,
        "QoEMetrics" => 13_312,
        _ => 512,
    }
}

fn slots(kind: DatabaseType, primary: &SqlInstance, mirror: Option<&SqlInstance>) -> Slots {
    Slots { kind, primary: primary.clone(), mirror: mirror.cloned(), witness: None }
}

fn server(databases: Vec<Copy>) -> SqlServer {
    SqlServer {
        name: rtc("x").name,
        installed: at(LONG_AGO),
        version: "11.0.7001.0".to_owned(),
        edition: "Standard".to_owned(),
        running: true,
        share_rights: true,
        endpoint: Some(Endpoint { port: MIRRORING_PORT, started: true }),
        databases,
    }
}

fn host(label: &str, server: SqlServer) -> Host {
    Host {
        name: fqdn(label),
        power: true,
        network: true,
        windows_installed: at(LONG_AGO + 86_400),
        silent_since: None,
        log_backups: false,
        instances: vec![server],
    }
}

fn copy(database: &str, family: u32, role: Option<Role>, partner: &SqlInstance) -> Copy {
    let session = role.map(|role| Session {
        guid: format!("{database}-before"),
        role,
        partner: partner.clone(),
        state: SessionState::Synchronized,
        safety: Safety::Full,
        created: at(LONG_AGO - 3600),
        witness: None,
        silent_since: None,
        synchronized_at: None,
        was_synchronized: false,
        unheard: false,
    });
    Copy {
        name: database.to_owned(),
        family,
        megabytes: megabytes(database),
        state: if role == Some(Role::Mirror) { CopyState::Restoring } else { CopyState::Online },
        fork: 1,
        log: 1_000_000,
        monitor: session.is_some().then(|| MonitorRow { at: at(SILENT + 7), synchronized: true }),
        session,
        backed_up: None,
        empty: false,
    }
}

fn front_end(label: &str, primary: &SqlInstance, stores: &[Slots]) -> FrontEnd {
    FrontEnd {
        name: fqdn(label),
        power: true,
        services: Services::Running,
        started: Some(at(30 * 86_400)),
        running_since: Some(at(30 * 86_400 - 600)),
        loaded: stores.to_vec(),
        voter: Some(Voter { instance: primary.clone(), windows_installed: at(LONG_AGO + 86_400) }),
        replica: Replica { version: 1, received: at(40 * 86_400), slots: stores.to_vec(), stuck: None, forced: None },
    }
}

fn pool(label: &str, front_ends: Vec<FrontEnd>, reports: Option<ReportSource>) -> Pool {
    Pool { name: fqdn(label), product: Product::Lync2013, front_ends, reports, tested: None, changed: None }
}

impl Deployment {
    /// The pair before the night: be1 PRINCIPAL of everything, be2 MIRROR, all SYNCHRONIZED, pool02 with the Central
    /// Management store beside it.
    #[must_use]
    pub fn healthy() -> Self {
        let (be1, be2, sql2) = (rtc("be1"), rtc("be2"), rtc("sql2"));
        let databases: Vec<&str> = MIRRORED.iter().flat_map(|k| k.databases().iter().copied()).collect();
        let half = |role, partner: &SqlInstance| {
            (1..).zip(&databases).map(|(family, &d)| copy(d, family, Some(role), partner)).collect::<Vec<_>>()
        };
        let other = [DatabaseType::User, DatabaseType::Application, DatabaseType::CentralMgmt];
        let other_databases = (101..)
            .zip(other.iter().flat_map(|k| k.databases()))
            .map(|(family, &d)| copy(d, family, None, &sql2))
            .collect();
        let ours: Vec<Slots> = MIRRORED.iter().map(|&k| slots(k, &be1, Some(&be2))).collect();
        let theirs: Vec<Slots> = other.iter().map(|&k| slots(k, &sql2, None)).collect();
        let store = |pool: &str| {
            let pools = vec![fqdn(pool)];
            move |slots: Slots| Store { pools: pools.clone(), slots, former: Vec::new() }
        };
        let stores = ours.iter().cloned().map(store("pool01")).chain(theirs.iter().cloned().map(store("pool02")));
        let reports = Some(ReportSource { server: be1.clone(), partner: Some(be2.clone()) });
        let (front_ends, others) = (["fe1", "fe2", "fe3"], ["fe4", "fe5", "fe6"]);
        let mut first = host("be1", server(half(Role::Principal, &be2)));
        first.log_backups = true;
        Self {
            format: FORMAT,
            now: at(0),
            cms: Cms { pool: fqdn("pool02"), writable: true },
            share: Share { path: r"\\fs1.contoso.com\sqlseed".to_owned(), writable: true },
            published: Published {
                version: 1,
                at: at(40 * 86_400),
                foreign_at: Some(at(40 * 86_400)),
                stores: stores.collect(),
                unplanned: Vec::new(),
            },
            pools: vec![
                pool("pool01", front_ends.map(|f| front_end(f, &be1, &ours)).into(), reports),
                pool("pool02", others.map(|f| front_end(f, &sql2, &theirs)).into(), None),
            ],
            hosts: vec![first, host("be2", server(half(Role::Mirror, &be1))), host("sql2", server(other_databases))],
            saved: std::collections::BTreeMap::new(),
            fences: Vec::new(),
            faults: Vec::new(),
            pending: Vec::new(),
            ledger: Vec::new(),
            events: Vec::new(),
            stirred: Some(at(SILENT)),
            document: None,
            mirrored_document: None,
            files: std::collections::BTreeMap::new(),
            seed_files: std::collections::BTreeMap::new(),
            offers: Vec::new(),
            sessions: 0,
            backups: Vec::new(),
        }
    }

    /// The night: be1 has been dead since 01:41:07Z, all nine databases were SYNCHRONIZED, it is 01:58:10Z.
    #[must_use]
    pub fn seed() -> Self {
        let mut night = Self::healthy();
        let be1 = fqdn("be1");
        if let Some(host) = night.host_mut(&be1) {
            host.power = false;
            host.silent_since = Some(at(SILENT));
        }
        let be2 = fqdn("be2");
        for session in sessions(&mut night, &be2) {
            session.state = SessionState::Disconnected;
            session.silent_since = Some(at(SILENT));
            session.was_synchronized = true;
        }
        night
    }

    /// With that many Front Ends in pool01, 1 to 12.
    #[must_use]
    pub fn front_ends(mut self, count: usize) -> Self {
        let name = fqdn("pool01");
        let ours = self.published.slots_of(&name);
        let primary = ours.first().map_or_else(|| rtc("be1"), |s| s.primary.clone());
        if let Some(pool) = self.pool_mut(&name) {
            // fe4 to fe6 belong to pool02.
            let label = |i: usize| if i <= 3 { format!("fe{i}") } else { format!("fe{}", i + 3) };
            pool.front_ends = (1..=count).map(|i| front_end(&label(i), &primary, &ours)).collect();
        }
        self
    }

    /// Those databases were not SYNCHRONIZED when be1 was lost: be1 holds transactions that be2 lacks.
    #[must_use]
    pub fn behind(mut self, databases: &[&str]) -> Self {
        for &database in databases {
            if let Some(copy) = self.copy_mut(&rtc("be2"), database) {
                copy.log -= 500;
                copy.monitor = Some(MonitorRow { at: at(SILENT + 7), synchronized: false });
                if let Some(session) = &mut copy.session {
                    session.was_synchronized = false;
                }
            }
        }
        self
    }

    /// Nothing says whether be2 was SYNCHRONIZED when be1 was lost: the mirroring monitor wrote no rows.
    #[must_use]
    pub fn synchronisation_unknown(mut self) -> Self {
        for copy in self.hosts.iter_mut().flat_map(|h| &mut h.instances).flat_map(|i| &mut i.databases) {
            copy.monitor = None;
        }
        self
    }

    /// With a witness in every mirrored store's slot and in every session. If the pair has lost its principal already,
    /// a connected witness has failed it over by the time anybody looks.
    #[must_use]
    pub fn witness(mut self, instance: &SqlInstance) -> Self {
        if self.host(&instance.host).is_none() {
            let mut witness = host("w", server(Vec::new()));
            witness.name = instance.host.clone();
            witness.instances[0].name = instance.name.clone();
            self.hosts.push(witness);
        }
        for store in self.published.stores.iter_mut().filter(|s| s.slots.mirror.is_some()) {
            store.slots.witness = Some(instance.clone());
        }
        self = self.loads_what_is_published();
        for label in ["be1", "be2"] {
            for session in sessions(&mut self, &fqdn(label)) {
                session.witness = Some(WitnessLink { instance: instance.clone(), connected: true });
            }
        }
        self
    }

    /// With the Central Management store in pool01, on be1 and be2 as the other stores.
    #[must_use]
    pub fn cms_in_the_pool(mut self) -> Self {
        let kind = DatabaseType::CentralMgmt;
        let (be1, be2) = (rtc("be1"), rtc("be2"));
        self.cms = Cms { pool: fqdn("pool01"), writable: true };
        self.published.stores.retain(|s| s.slots.kind != kind);
        let slots = slots(kind, &be1, Some(&be2));
        self.published.stores.push(Store { pools: vec![fqdn("pool01")], slots, former: Vec::new() });
        for (family, &database) in (50..).zip(kind.databases()) {
            for (at, role, partner) in [(&be1, Role::Principal, &be2), (&be2, Role::Mirror, &be1)] {
                let like = self.copy(at, "rtcxds").and_then(|c| c.session.clone());
                let mut new = copy(database, family, Some(role), partner);
                if let (Some(session), Some(like)) = (&mut new.session, like) {
                    session.state = like.state;
                    session.silent_since = like.silent_since;
                    session.was_synchronized = like.was_synchronized;
                    session.witness = like.witness;
                }
                if let Some(server) = self.instance_mut(at) {
                    server.databases.push(new);
                }
            }
            if let Some(server) = self.instance_mut(&rtc("sql2")) {
                server.databases.retain(|c| c.name != database);
            }
        }
        self.loads_what_is_published()
    }

    /// With pool02 paired with pool01 for the Central Management store that pool01 holds: a store of its own on sql2.
    #[must_use]
    pub fn paired(mut self) -> Self {
        let (kind, sql2) = (DatabaseType::CentralMgmt, rtc("sql2"));
        let slots = slots(kind, &sql2, None);
        self.published.stores.push(Store { pools: vec![fqdn("pool02")], slots, former: Vec::new() });
        if let Some(server) = self.instance_mut(&sql2) {
            server.databases.extend((150..).zip(kind.databases()).map(|(family, d)| copy(d, family, None, &sql2)));
        }
        self.loads_what_is_published()
    }

    /// Every Front End runs what is published.
    fn loads_what_is_published(mut self) -> Self {
        let published = self.published.clone();
        for pool in &mut self.pools {
            for front_end in &mut pool.front_ends {
                front_end.loaded = published.slots_of(&pool.name);
                front_end.replica.slots.clone_from(&front_end.loaded);
            }
        }
        self
    }

    /// With the Central Management store not writable.
    #[must_use]
    pub fn cms_down(mut self) -> Self {
        self.cms.writable = false;
        self
    }

    /// With a machine that is off, or on, from the start.
    #[must_use]
    pub fn with_power(mut self, host: &str, power: bool) -> Self {
        if power {
            self.power_on(&fqdn(host))
        } else {
            self.power_off(&fqdn(host))
        }
        self
    }

    /// With a fault to come.
    #[must_use]
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }
}

fn sessions<'a>(deployment: &'a mut Deployment, host: &Fqdn) -> impl Iterator<Item = &'a mut Session> {
    let instances = deployment.hosts.iter_mut().filter(move |h| h.name == *host).flat_map(|h| &mut h.instances);
    instances.flat_map(|i| &mut i.databases).filter_map(|c| c.session.as_mut())
}
