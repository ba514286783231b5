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
    /// What people do, in this order; empty where it is planned. `{lost}` and `{mirror}` are the hosts of the primary and
    /// mirror slot, `{sql}` the arguments that name the SQL Server in the primary slot, `{front-ends}` the pool's Front Ends,
    /// `{pair}` the pool that is paired for the Central Management store.
    pub steps: &'static [&'static str],
}

/// Cheapest and safest first.
pub const ALL: [CmsOption; 4] = [
    CmsOption {
        key: "C1",
        what: "move the Central Management store to another pool, then the procedure as written",
        when: "another pool runs: its Front Ends and its back end",
        price: "nothing is lost",
        needs: "",
        steps: &[
            "{pair} is paired for it, but its store for it does not answer: mend that first, then cstopo observe, cstopo plan.",
            "Or move it to any pool whose Front Ends and back end run, on one of its Front Ends in a local shell: \
             Install-CsDatabase -CentralManagementDatabase, Enable-CsTopology, which must succeed, Move-CsManagementServer.",
            "Run local setup on the computers that the cmdlet lists, restart the new holder, wait until every replica is \
             current. Then cstopo observe, cstopo plan.",
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
            "Fail every database type over to {mirror}, fence {lost}. Users work on {mirror}. cstopo plan --only service plans that.",
            "Save what {mirror} holds: Export-CsConfiguration, Export-CsLisConfiguration, Export-CsUserData, \
             Export-CsRgsConfiguration, SQL backups of every database. Copy the files to a third machine.",
            "Rebuild {lost} under its name, SQL Server with its instance name, version and edition.",
            "Stop the services of every Front End: {front-ends}. Export and back up once more.",
            "Install-CsDatabase -CentralManagementDatabase -Clean {sql}. Never on {mirror}: its xds is the last one.",
            "Set-CsConfigurationStoreLocation {sql}, Import-CsConfiguration, Enable-CsTopology. Get-CsTopology must return \
             the topology.",
            "Drop the old copies on {mirror} only when the files of steps 2 and 4 were read back.",
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
            "Rebuild {lost} and {mirror} under their names, SQL Server with instance names, version and edition.",
            "Install-CsDatabase -CentralManagementDatabase -Clean {sql}.",
            "Set-CsConfigurationStoreLocation {sql}, Import-CsConfiguration, Enable-CsTopology.",
            "Topology Builder, Install Database: the other databases, then their mirrors.",
            "Import-CsUserData with services stopped, then Import-CsLisConfiguration, Import-CsRgsConfiguration, Archiving and \
             Monitoring.",
        ],
    },
];
