//! Deeds: what a call asks of the world once its arguments are bound, as the product would bind them. The world acts on
//! deeds; it never sees a declaration, and nothing here comes from the declared effects of an action.

use jiff::Timestamp;
use model::call::{Call, Cmdlet, SlotPair, Statement, Task};
use model::database_type::DatabaseType;
use serde::{Deserialize, Serialize};
use topology::names::{Fqdn, InstanceName, SqlInstance};

use super::pool::Slots;

/// Something asked of the world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "deed", deny_unknown_fields)]
#[allow(missing_docs)] // the fields are the arguments of the cmdlets and statements named
pub enum Deed {
    /// `Invoke-CsDatabaseFailover`. `to_mirror_slot` is `-NewPrincipal`, which speaks slots, not roles.
    Failover { pool: Fqdn, kind: DatabaseType, to_mirror_slot: bool, force: bool, exclude: Vec<String> },
    /// `Uninstall-CsMirrorDatabase`.
    EndMirror { kind: DatabaseType, on: SqlInstance, drop: bool },
    /// `Install-CsMirrorDatabase`, for one type or for all that are configured on the instance.
    CreateMirror {
        kind: Option<DatabaseType>,
        on: SqlInstance,
        any_instance: bool,
        share: String,
        drop: bool,
        exclude: Vec<String>,
    },
    /// `Install-CsDatabase`, for one type.
    CreateDatabases { kind: DatabaseType, on: SqlInstance },
    /// `Stop-CsWindowsService`.
    StopServices { front_end: Fqdn, graceful: bool },
    /// `Start-CsWindowsService`.
    StartServices { front_end: Fqdn },
    /// `Test-CsDatabase -ConfiguredDatabases`.
    TestDatabases { on: Fqdn },
    /// A cmdlet that writes a file and changes nothing: topology, simple URLs, settings, locations.
    Export { cmdlet: String },
    /// A cmdlet that only reads.
    Look { cmdlet: String },
    /// `Invoke-CsManagementStoreReplication`, for one machine or for all.
    Replicate { front_end: Option<Fqdn> },
    /// `Invoke-CsComputerFailBack`.
    FailBack { front_end: Fqdn },
    /// A person gives services their start type back, and starts them.
    EnableServices { front_end: Fqdn },
    /// A person finds out why replicas stay behind, and mends it.
    MendReplicas { front_ends: Vec<Fqdn> },
    /// `Set-CsRegistrar` with database slots.
    SetRegistrar { pool: Fqdn, changes: Vec<(DatabaseType, bool, SqlInstance)> },
    /// `Publish-CsTopology`.
    PublishFile { file: String },
    /// `Enable-CsTopology`.
    Enable,
    /// `Invoke-CsManagementServerFailover`; `backup` is the SQL Server of the pool that takes over, named with `-Force`.
    FailOverCms { backup: Option<SqlInstance> },
    /// T-SQL.
    Sql { on: SqlInstance, verb: Verb, database: String },
    /// T-SQL that names another machine: `SET WITNESS = 'TCP://host:port'`.
    SetWitness { on: SqlInstance, database: String, host: Fqdn, port: u16 },
    /// `BACKUP DATABASE` or `BACKUP LOG`.
    BackUp { on: SqlInstance, database: String, log: bool, file: String },
    /// `RESTORE DATABASE` or `RESTORE LOG`, `WITH NORECOVERY`.
    Restore { on: SqlInstance, database: String, log: bool, file: String },
    /// `CREATE ENDPOINT`, where there is none.
    OpenEndpoint { on: SqlInstance, port: u16 },
    /// `SET PARTNER = 'TCP://host:port'`.
    SetPartner { on: SqlInstance, database: String, host: Fqdn, port: u16 },
    /// A person fences a machine.
    Fence { host: Fqdn },
    /// A person publishes.
    Publish { pool: Fqdn, after: Vec<(Fqdn, Slots)> },
    /// A person builds a clean machine.
    Rebuild { host: Fqdn },
    /// A person installs SQL Server.
    SetUpSql { instance: SqlInstance, like: Option<String>, partner: Option<SqlInstance> },
    /// A person brings a witness back, or sets it up.
    SetUpWitness { instance: SqlInstance, port: u16, like: Option<String>, partners: Vec<SqlInstance> },
    /// A person brings data back from a backup, with Front Ends that are stopped meanwhile.
    BringBack { pool: Fqdn, kind: DatabaseType, on: SqlInstance, front_ends: Vec<Fqdn> },
    /// A person moves the Central Management store; `from_files` where the old one does not answer.
    MoveCms { to: Fqdn, on: SqlInstance, from_files: bool },
    /// A person sees to what no cmdlet does.
    Aftercare { pool: Fqdn, backups: Vec<Fqdn>, reports: Option<(SqlInstance, Option<SqlInstance>)> },
}

/// A T-SQL statement about mirroring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)] // the words of the statements
pub enum Verb {
    PartnerOff,
    PartnerFailover,
    PartnerResume,
    SafetyFull,
    WitnessOff,
    Recover,
    Drop,
}

/// Something that was sent and has not taken effect yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// When it takes effect.
    pub at: Timestamp,
    /// What.
    pub what: Deed,
}

/// Why a call is nothing that the product understands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misuse {
    /// The shell knows no such cmdlet.
    #[error("The term '{0}' is not recognized as the name of a cmdlet, function, script file, or operable program.")]
    Unknown(String),
    /// A parameter is missing or cannot be bound.
    #[error("{cmdlet}: Cannot bind parameter '{parameter}'.")]
    Parameter {
        /// The cmdlet.
        cmdlet: String,
        /// The parameter.
        parameter: String,
    },
}

/// What a call asks for.
///
/// # Errors
/// When a cmdlet is not known or a parameter that it needs cannot be bound: nothing at all is done then.
pub fn bind(call: &Call) -> Result<Vec<Deed>, Misuse> {
    match call {
        Call::Cmdlets(list) => list.iter().map(cmdlet).collect(),
        Call::Sql { on, statements } => Ok(statements.iter().map(|s| sql(on, s)).collect()),
        Call::SqlInTurn(batches) => {
            Ok(batches.iter().flat_map(|b| b.statements.iter().map(|s| sql(&b.on, s))).collect())
        }
        Call::Person(task) => Ok(vec![person(task)]),
        Call::Wait => Ok(Vec::new()),
    }
}

fn sql(on: &SqlInstance, statement: &Statement) -> Deed {
    let (verb, database) = match statement {
        Statement::WitnessSet { database, host, port } => {
            let (database, host) = (database.clone(), host.clone());
            return Deed::SetWitness { on: on.clone(), database, host, port: *port };
        }
        Statement::PartnerOff(d) => (Verb::PartnerOff, d),
        Statement::PartnerFailover(d) => (Verb::PartnerFailover, d),
        Statement::PartnerResume(d) => (Verb::PartnerResume, d),
        Statement::SafetyFull(d) => (Verb::SafetyFull, d),
        Statement::WitnessOff(d) => (Verb::WitnessOff, d),
        Statement::Recover(d) => (Verb::Recover, d),
        Statement::Drop(d) => (Verb::Drop, d),
        Statement::BackupDatabase { database, file } => return back_up(on, database, false, file),
        Statement::BackupLog { database, file } => return back_up(on, database, true, file),
        Statement::RestoreDatabase { database, file } => return restore(on, database, false, file),
        Statement::RestoreLog { database, file } => return restore(on, database, true, file),
        Statement::OpenEndpoint { port } => return Deed::OpenEndpoint { on: on.clone(), port: *port },
        Statement::PartnerSet { database, host, port } => {
            let (database, host) = (database.clone(), host.clone());
            return Deed::SetPartner { on: on.clone(), database, host, port: *port };
        }
    };
    Deed::Sql { on: on.clone(), verb, database: database.clone() }
}

fn back_up(on: &SqlInstance, database: &str, log: bool, file: &str) -> Deed {
    Deed::BackUp { on: on.clone(), database: database.to_owned(), log, file: file.to_owned() }
}

fn restore(on: &SqlInstance, database: &str, log: bool, file: &str) -> Deed {
    Deed::Restore { on: on.clone(), database: database.to_owned(), log, file: file.to_owned() }
}

fn slots(kind: DatabaseType, pair: &SlotPair) -> Slots {
    Slots { kind, primary: pair.primary.clone(), mirror: pair.mirror.clone(), witness: pair.witness.clone() }
}

fn person(task: &Task) -> Deed {
    match task {
        Task::Fence { host } => Deed::Fence { host: host.clone() },
        Task::Publish { pool, changes, .. } => {
            let after = changes.iter().map(|c| (c.pool.clone(), slots(c.kind, &c.after))).collect();
            Deed::Publish { pool: pool.clone(), after }
        }
        Task::Rebuild { host } => Deed::Rebuild { host: host.clone() },
        Task::SetUpSql { instance, like, partner, .. } => {
            Deed::SetUpSql { instance: instance.clone(), like: like.clone(), partner: partner.clone() }
        }
        Task::EnableServices { front_end, .. } => Deed::EnableServices { front_end: front_end.clone() },
        Task::MendReplicas { front_ends } => Deed::MendReplicas { front_ends: front_ends.clone() },
        Task::SetUpWitness { instance, port, like, partners } => Deed::SetUpWitness {
            instance: instance.clone(),
            port: *port,
            like: like.clone(),
            partners: partners.clone(),
        },
        Task::BringBack { pool, kind, on, stop, .. } => {
            let named = |c: &Cmdlet| c.text("ComputerName").and_then(|f| Fqdn::new(f).ok());
            let front_ends = stop.iter().filter_map(named).collect();
            Deed::BringBack { pool: pool.clone(), kind: *kind, on: on.clone(), front_ends }
        }
        Task::MoveCms { to, on, carry, .. } => {
            Deed::MoveCms { to: to.clone(), on: on.clone(), from_files: carry.is_on("Force") }
        }
        Task::Aftercare { pool, backups, reports } => {
            Deed::Aftercare { pool: pool.clone(), backups: backups.clone(), reports: reports.clone() }
        }
    }
}

/// Arguments of one cmdlet, to be bound.
struct Bound<'a>(&'a Cmdlet);

impl Bound<'_> {
    fn missing(&self, parameter: &str) -> Misuse {
        Misuse::Parameter { cmdlet: self.0.name.to_owned(), parameter: parameter.to_owned() }
    }

    fn text(&self, parameter: &str) -> Result<String, Misuse> {
        self.0.text(parameter).map(str::to_owned).ok_or_else(|| self.missing(parameter))
    }

    fn fqdn(&self, parameter: &str) -> Result<Fqdn, Misuse> {
        Fqdn::new(self.text(parameter)?).map_err(|_| self.missing(parameter))
    }

    fn kind(&self) -> Result<DatabaseType, Misuse> {
        self.text("DatabaseType")?.parse().map_err(|_| self.missing("DatabaseType"))
    }

    /// The instance that a parameter for the host and one for the instance name together.
    fn instance(&self, host: &str, parameter: &str) -> Result<SqlInstance, Misuse> {
        let host = self.fqdn(host)?;
        let name = self.0.text(parameter).unwrap_or_default();
        let name = InstanceName::new(name).map_err(|_| self.missing(parameter))?;
        Ok(SqlInstance { host, name })
    }
}

fn cmdlet(call: &Cmdlet) -> Result<Deed, Misuse> {
    let bound = Bound(call);
    let exclude = || call.values("ExcludeDatabaseList").to_vec();
    let drop = call.is_on("DropExistingDatabasesOnMirror");
    Ok(match call.name {
        "Invoke-CsDatabaseFailover" => Deed::Failover {
            pool: bound.fqdn("PoolFqdn")?,
            kind: bound.kind()?,
            to_mirror_slot: match bound.text("NewPrincipal")?.to_ascii_lowercase().as_str() {
                "mirror" => true,
                "primary" => false,
                _ => return Err(bound.missing("NewPrincipal")), // E20: `principal` is not a slot
            },
            force: call.is_on("Force"),
            exclude: exclude(),
        },
        "Uninstall-CsMirrorDatabase" => {
            Deed::EndMirror { kind: bound.kind()?, on: bound.instance("SqlServerFqdn", "SqlInstanceName")?, drop }
        }
        "Install-CsMirrorDatabase" => {
            let all = call.is_on("ConfiguredDatabases");
            let named = if all { "ForInstance" } else { "SqlInstanceName" };
            Deed::CreateMirror {
                kind: if all { None } else { Some(bound.kind()?) },
                on: bound.instance("SqlServerFqdn", named)?,
                any_instance: all && call.text("ForInstance").is_none() && !call.is_on("ForDefaultInstance"),
                share: bound.text("FileShare")?,
                drop,
                exclude: exclude(),
            }
        }
        "Install-CsDatabase" => {
            let cms = call.is_on("CentralManagementDatabase");
            let kind = if cms { DatabaseType::CentralMgmt } else { bound.kind()? };
            Deed::CreateDatabases { kind, on: bound.instance("SqlServerFqdn", "SqlInstanceName")? }
        }
        "Stop-CsWindowsService" => {
            Deed::StopServices { front_end: bound.fqdn("ComputerName")?, graceful: call.is_on("Graceful") }
        }
        "Start-CsWindowsService" => Deed::StartServices { front_end: bound.fqdn("ComputerName")? },
        "Test-CsDatabase" => Deed::TestDatabases { on: bound.fqdn("SqlServerFqdn")? },
        "Export-CsConfiguration" | "Export-CsLisConfiguration" | "Get-CsTopology" | "Get-CsSimpleUrlConfiguration" => {
            Deed::Export { cmdlet: call.name.to_owned() }
        }
        "Invoke-CsManagementStoreReplication" => {
            Deed::Replicate { front_end: call.text("ReplicaFqdn").map(|_| bound.fqdn("ReplicaFqdn")).transpose()? }
        }
        "Invoke-CsComputerFailBack" => Deed::FailBack { front_end: bound.fqdn("ComputerName")? },
        "Publish-CsTopology" => Deed::PublishFile { file: bound.text("FileName")? },
        "Enable-CsTopology" => Deed::Enable,
        "Invoke-CsManagementServerFailover" => Deed::FailOverCms {
            backup: match (call.text("BackupSqlServerFqdn").is_some(), call.is_on("Force")) {
                (true, true) => Some(bound.instance("BackupSqlServerFqdn", "BackupSqlInstanceName")?),
                (false, false) => None,
                _ => return Err(bound.missing("BackupSqlServerFqdn")),
            },
        },
        "Set-CsRegistrar" => registrar(&bound)?,
        name if name.starts_with("Get-Cs") => Deed::Look { cmdlet: name.to_owned() },
        name => return Err(Misuse::Unknown(name.to_owned())),
    })
}

/// `Set-CsRegistrar -Identity Registrar:pool -ArchivingDatabase ArchivingDatabase:host\instance` and its siblings, the only
/// slots with a cmdlet (operations §5.9).
fn registrar(bound: &Bound<'_>) -> Result<Deed, Misuse> {
    let after_colon = |text: String| text.rsplit_once(':').map_or(text.clone(), |(_, name)| name.to_owned());
    let pool = Fqdn::new(after_colon(bound.text("Identity")?)).map_err(|_| bound.missing("Identity"))?;
    let mut changes = Vec::new();
    for (parameter, kind, mirror) in [
        ("ArchivingDatabase", DatabaseType::Archiving, false),
        ("MirrorArchivingDatabase", DatabaseType::Archiving, true),
        ("MonitoringDatabase", DatabaseType::Monitoring, false),
        ("MirrorMonitoringDatabase", DatabaseType::Monitoring, true),
    ] {
        if let Ok(text) = bound.text(parameter) {
            let instance = after_colon(text).parse().map_err(|_| bound.missing(parameter))?;
            changes.push((kind, mirror, instance));
        }
    }
    Ok(Deed::SetRegistrar { pool, changes })
}

impl Deed {
    /// What it is called in a fault's `on`: the cmdlet, `T-SQL`, or the person's task.
    #[must_use]
    pub fn called(&self) -> &str {
        match self {
            Self::Failover { .. } => "Invoke-CsDatabaseFailover",
            Self::EndMirror { .. } => "Uninstall-CsMirrorDatabase",
            Self::CreateMirror { .. } => "Install-CsMirrorDatabase",
            Self::CreateDatabases { .. } => "Install-CsDatabase",
            Self::StopServices { .. } => "Stop-CsWindowsService",
            Self::StartServices { .. } => "Start-CsWindowsService",
            Self::TestDatabases { .. } => "Test-CsDatabase",
            Self::Export { cmdlet } | Self::Look { cmdlet } => cmdlet,
            Self::FailBack { .. } => "Invoke-CsComputerFailBack",
            Self::EnableServices { .. } => "EnableServices",
            Self::MendReplicas { .. } => "MendReplicas",
            Self::Replicate { .. } => "Invoke-CsManagementStoreReplication",
            Self::SetRegistrar { .. } => "Set-CsRegistrar",
            Self::PublishFile { .. } => "Publish-CsTopology",
            Self::Enable => "Enable-CsTopology",
            Self::FailOverCms { .. } => "Invoke-CsManagementServerFailover",
            Self::Sql { .. }
            | Self::SetWitness { .. }
            | Self::BackUp { .. }
            | Self::Restore { .. }
            | Self::OpenEndpoint { .. }
            | Self::SetPartner { .. } => "T-SQL",
            Self::Fence { .. } => "Fence",
            Self::Publish { .. } => "Publish",
            Self::Rebuild { .. } => "Rebuild",
            Self::SetUpSql { .. } => "SetUpSql",
            Self::SetUpWitness { .. } => "SetUpWitness",
            Self::BringBack { .. } => "BringBack",
            Self::MoveCms { .. } => "MoveCms",
            Self::Aftercare { .. } => "Aftercare",
        }
    }

    /// The database type that it names.
    #[must_use]
    pub fn kind(&self) -> Option<DatabaseType> {
        match self {
            Self::Failover { kind, .. }
            | Self::EndMirror { kind, .. }
            | Self::CreateDatabases { kind, .. }
            | Self::BringBack { kind, .. } => Some(*kind),
            Self::CreateMirror { kind, .. } => *kind,
            Self::Sql { database, .. }
            | Self::SetWitness { database, .. }
            | Self::BackUp { database, .. }
            | Self::Restore { database, .. }
            | Self::SetPartner { database, .. } => {
                let holds = |t: &DatabaseType| t.databases().iter().any(|d| d.eq_ignore_ascii_case(database));
                DatabaseType::ALL.into_iter().find(holds)
            }
            _ => None,
        }
    }

    /// Whether a person does it.
    #[must_use]
    pub fn by_person(&self) -> bool {
        matches!(
            self,
            Self::Fence { .. }
                | Self::Publish { .. }
                | Self::Rebuild { .. }
                | Self::SetUpSql { .. }
                | Self::SetUpWitness { .. }
                | Self::EnableServices { .. }
                | Self::MendReplicas { .. }
                | Self::BringBack { .. }
                | Self::MoveCms { .. }
                | Self::Aftercare { .. }
        )
    }
}
