//! What is sent or asked for when a step is performed, as typed data: a cmdlet, T-SQL statements, a person's task, a wait.
//! It knows neither the state nor who carries it out. Arguments are never joined into script text by a driver; the texts
//! made in `powershell` and `tsql` are for people and for the checks.

use topology::names::{Fqdn, SqlInstance};

use crate::database_type::DatabaseType;

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Cmdlets of the management shell, one after the other.
    Cmdlets(Vec<Cmdlet>),
    /// Statements on a SQL Server instance, one batch each.
    Sql {
        /// The instance.
        on: SqlInstance,
        /// The statements.
        statements: Vec<Statement>,
    },
    /// Statements on several instances, one batch after the other; the first that fails ends them.
    SqlInTurn(Vec<Batch>),
    /// Something a person does and the tool verifies.
    Person(Task),
    /// Nothing but waiting until it is so.
    Wait,
}

/// A cmdlet with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cmdlet {
    /// Its name.
    pub name: &'static str,
    /// Its arguments, in order.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// The value of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// Text.
    Text(String),
    /// Several texts.
    List(Vec<String>),
    /// A switch that is on.
    On,
    /// A switch that is off: `-Confirm:$false`.
    Off,
}

impl Cmdlet {
    /// A cmdlet without arguments yet.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, arguments: Vec::new() }
    }

    /// With a text argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.arguments.push((name, Argument::Text(value.to_string())));
        self
    }

    /// With a list argument.
    #[must_use]
    pub fn list(mut self, name: &'static str, values: Vec<String>) -> Self {
        self.arguments.push((name, Argument::List(values)));
        self
    }

    /// With a switch.
    #[must_use]
    pub fn switch(mut self, name: &'static str) -> Self {
        self.arguments.push((name, Argument::On));
        self
    }

    /// With a switch turned off.
    #[must_use]
    pub fn without(mut self, name: &'static str) -> Self {
        self.arguments.push((name, Argument::Off));
        self
    }

    /// The text of an argument, by name.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find_map(|(n, a)| match a {
            Argument::Text(t) if *n == name => Some(t.as_str()),
            _ => None,
        })
    }

    /// Whether a switch is on.
    #[must_use]
    pub fn is_on(&self, name: &str) -> bool {
        self.arguments.iter().any(|(n, a)| *n == name && *a == Argument::On)
    }

    /// The values of a list argument, by name; empty where it is not given.
    #[must_use]
    pub fn values(&self, name: &str) -> &[String] {
        let found = self.arguments.iter().find_map(|(n, a)| match a {
            Argument::List(l) if *n == name => Some(l.as_slice()),
            _ => None,
        });
        found.unwrap_or_default()
    }
}

/// Statements on a SQL Server instance, one batch each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The instance.
    pub on: SqlInstance,
    /// The statements.
    pub statements: Vec<Statement>,
}

/// A T-SQL statement about mirroring (operations §6.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// `ALTER DATABASE [d] SET PARTNER OFF`.
    PartnerOff(String),
    /// `ALTER DATABASE [d] SET PARTNER FAILOVER`.
    PartnerFailover(String),
    /// `ALTER DATABASE [d] SET PARTNER RESUME`.
    PartnerResume(String),
    /// `ALTER DATABASE [d] SET PARTNER SAFETY FULL`.
    SafetyFull(String),
    /// `ALTER DATABASE [d] SET WITNESS OFF`.
    WitnessOff(String),
    /// `ALTER DATABASE [d] SET WITNESS = 'TCP://w.contoso.com:7022'`.
    WitnessSet {
        /// The database.
        database: String,
        /// The witness's host.
        host: Fqdn,
        /// The port of its mirroring endpoint.
        port: u16,
    },
    /// `RESTORE DATABASE [d] WITH RECOVERY`.
    Recover(String),
    /// `DROP DATABASE [d]`.
    Drop(String),
    /// `BACKUP DATABASE [d] TO DISK = N'file'`, outside of the site's own series.
    BackupDatabase {
        /// The database.
        database: String,
        /// The file.
        file: String,
    },
    /// `BACKUP LOG [d] TO DISK = N'file'`.
    BackupLog {
        /// The database.
        database: String,
        /// The file.
        file: String,
    },
    /// `RESTORE DATABASE [d] FROM DISK = N'file' WITH NORECOVERY`; never over a database that is there.
    RestoreDatabase {
        /// The database.
        database: String,
        /// The file.
        file: String,
    },
    /// `RESTORE LOG [d] FROM DISK = N'file' WITH NORECOVERY`.
    RestoreLog {
        /// The database.
        database: String,
        /// The file.
        file: String,
    },
    /// A mirroring endpoint, where there is none.
    OpenEndpoint {
        /// Its port.
        port: u16,
    },
    /// `ALTER DATABASE [d] SET PARTNER = 'TCP://host:port'`.
    PartnerSet {
        /// The database.
        database: String,
        /// The other partner.
        host: Fqdn,
        /// The port of its mirroring endpoint.
        port: u16,
    },
}

/// A person's task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Make sure that a host cannot serve.
    Fence {
        /// The host.
        host: Fqdn,
    },
    /// Change slots in Topology Builder and publish.
    Publish {
        /// The pool whose properties are edited.
        pool: Fqdn,
        /// The product, which decides the names of the menus.
        product: crate::estate::Product,
        /// The changes.
        changes: Vec<SlotChange>,
    },
    /// Build a clean machine under an old name.
    Rebuild {
        /// The host.
        host: Fqdn,
    },
    /// Give the services of a Front End their start type back, and start them.
    EnableServices {
        /// The Front End.
        front_end: Fqdn,
        /// The product, which decides whether there is a cmdlet.
        product: crate::estate::Product,
    },
    /// Find out why replicas stay behind, and mend it.
    MendReplicas {
        /// The Front Ends that are waited for.
        front_ends: Vec<Fqdn>,
    },
    /// Install SQL Server on a rebuilt machine.
    SetUpSql {
        /// The instance.
        instance: SqlInstance,
        /// Version and edition to match, where known.
        like: Option<String>,
        /// The partner whose logins and rights it needs.
        partner: Option<SqlInstance>,
        /// The share that its service account must be able to write.
        share: Option<String>,
    },
    /// Make a SQL Server able to witness: bring it back, or set it up.
    SetUpWitness {
        /// The instance.
        instance: SqlInstance,
        /// The port of its mirroring endpoint.
        port: u16,
        /// Version to match, where known.
        like: Option<String>,
        /// The SQL Servers that it watches.
        partners: Vec<SqlInstance>,
    },
    /// Bring data back from the site's own backup, whose place only people know.
    BringBack {
        /// The pool that the cmdlets name.
        pool: Fqdn,
        /// The type.
        kind: DatabaseType,
        /// Where the empty databases are.
        on: SqlInstance,
        /// Those databases.
        databases: Vec<String>,
        /// What imports them, with the place of the archive left to fill in; none where SQL Server restores them.
        import: Option<Cmdlet>,
        /// What stops every Front End first; empty where they may run.
        stop: Vec<Cmdlet>,
        /// What starts them afterwards.
        start: Vec<Cmdlet>,
    },
    /// Move the Central Management store to a pool that has no store for it.
    MoveCms {
        /// The pool that holds it.
        from: Fqdn,
        /// The pool that takes it over.
        to: Fqdn,
        /// The Front End of that pool on which the shell runs.
        front_end: Fqdn,
        /// Where its databases come.
        on: SqlInstance,
        /// What creates them.
        create: Cmdlet,
        /// What proves that the topology can be written from there; none where the old store does not answer.
        enable: Option<Cmdlet>,
        /// What moves it; with the places of the exports left to fill in where the old store does not answer.
        carry: Cmdlet,
    },
    /// What no cmdlet does after mirroring again.
    Aftercare {
        /// The pool.
        pool: Fqdn,
        /// The hosts on which log backups must run.
        backups: Vec<Fqdn>,
        /// The server and partner that the reports' data sources must name; none without Monitoring.
        reports: Option<(SqlInstance, Option<SqlInstance>)>,
    },
}

/// A change of the slots of one store, as published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotChange {
    /// The pool.
    pub pool: Fqdn,
    /// The store's type.
    pub kind: DatabaseType,
    /// Slots before.
    pub before: SlotPair,
    /// Slots after.
    pub after: SlotPair,
}

/// The slots of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotPair {
    /// The primary slot.
    pub primary: SqlInstance,
    /// The mirror slot.
    pub mirror: Option<SqlInstance>,
    /// The witness slot.
    pub witness: Option<SqlInstance>,
}
