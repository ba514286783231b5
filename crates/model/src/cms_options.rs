//! The four ways to restore a pool that holds the Central Management store, as operations §9.2 has them: when each applies,
//! what it costs, what it needs, and the steps of those that only people can take. Words only; it plans nothing.

/// A way.
#[derive(Debug, PartialEq, Eq)]
pub struct CmsOption {
    /// Its name in operations §9.2.
    pub key: &'static str,
    /// What is done.
    pub what: &'static str,
    /// When it applies.
    pub when: &'static str,
    /// What it costs, in words.
    pub price: &'static str,
    /// What it needs besides, in words; empty where nothing.
    pub needs: &'static str,
    /// What people do, in this order; empty where it is planned.
    pub steps: &'static [&'static str],
}

/// Cheapest and safest first.
pub const ALL: [CmsOption; 4] = [
    CmsOption {
        key: "C1",
        what: "move the Central Management store to another pool, then the procedure as written",
        when: "another pool is paired for it, its Front Ends run, its stores are served",
        price: "one cmdlet; nothing is lost where the store answers",
        needs: "",
        steps: &[
            "Choose a pool whose Front Ends and back end run. It needs no pairing for this; where one is paired, \
             Invoke-CsManagementServerFailover there does steps 2 to 4, with -BackupSqlServerFqdn, -BackupSqlInstanceName and \
             -Force where the old store does not answer: what it had not received is lost.",
            "Install-CsDatabase -CentralManagementDatabase on its SQL Server.",
            "Enable-CsTopology on one of its Front Ends. It must succeed there: else there may be no Central Management store \
             at all.",
            "There, in a local shell: Move-CsManagementServer. Where the old store does not answer, with \
             -ConfigurationFileName, -LisConfigurationFileName and -Force, from the newest exports.",
            "Run local setup on the computers that the cmdlet lists, restart the new holder, wait until every replica is \
             current.",
            "Then cstopo observe, cstopo plan.",
        ],
    },
    CmsOption {
        key: "C2",
        what: "keep the slots, mirror again by T-SQL",
        when: "the mirror lives",
        price: "no source describes it; users are out while the User databases are copied to the rebuilt host",
        needs: "undocumented-steps = \"allow\", full-stop = \"allow\", and slots declared as they are or in any order \
                (sql-server-stores)",
        steps: &[],
    },
    CmsOption {
        key: "C3",
        what: "restore it as documented (\"Restoring the server hosting the Central Management store\")",
        when: "the mirror lives, and no other pool takes it over",
        price: "the longest outage: users are out from step 4 to step 9, for hours; what is not exported is lost",
        needs: "people; cstopo plans none of it",
        steps: &[
            "Fail every database type over to the mirror, fence the dead host. Users work on the mirror.",
            "Save what the mirror holds: Export-CsConfiguration, Export-CsLisConfiguration, Export-CsUserData, \
             Export-CsRgsConfiguration, SQL backups of every database. Copy the files to a third machine.",
            "Rebuild the dead host under its name, SQL Server with its instance name, version and edition.",
            "Stop the services of every Front End. Export and back up once more.",
            "Install-CsDatabase -CentralManagementDatabase -Clean on the rebuilt host. Never on the mirror: its xds is the \
             last one.",
            "Set-CsConfigurationStoreLocation, Import-CsConfiguration, Enable-CsTopology. Get-CsTopology must return the \
             topology.",
            "Drop the old copies on the mirror only when the files of steps 2 and 4 were read back.",
            "Topology Builder, Install Database: the other databases, and their mirrors.",
            "Import-CsUserData, restore Archiving and Monitoring, start the services.",
            "Import-CsLisConfiguration, Import-CsRgsConfiguration. Then cstopo observe, cstopo plan.",
        ],
    },
    CmsOption {
        key: "C4",
        what: "restore it from backups",
        when: "both hosts are dead",
        price: "everything since the last backup, and an outage of hours",
        needs: "backups of configuration, locations, user data and databases",
        steps: &[
            "Find the newest backups of each, and read their dates.",
            "Rebuild both hosts under their names, SQL Server with instance names, version and edition.",
            "Install-CsDatabase -CentralManagementDatabase -Clean on the host of the primary slot.",
            "Set-CsConfigurationStoreLocation, Import-CsConfiguration, Enable-CsTopology.",
            "Topology Builder, Install Database: the other databases, then their mirrors.",
            "Import-CsUserData with services stopped, then Import-CsLisConfiguration, Import-CsRgsConfiguration, Archiving and \
             Monitoring.",
        ],
    },
];
