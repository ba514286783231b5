//! What is outside of this program's procedures: how it is recognised, which document of Microsoft's is about it, and the
//! lines of a checklist. One table; refusals, `triage` and the page docs/scope.md take their words from it. It recognises
//! nothing itself.

/// Something that cstopo names and leaves alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// Its name, as the table's key.
    pub id: &'static str,
    /// The code of the message that says so.
    pub code: &'static str,
    /// How it is recognised, in words.
    pub recognised: &'static str,
    /// The name of Microsoft's document.
    pub document: &'static str,
    /// What that document comes to, in our words; empty where a checklist would only mislead.
    pub checklist: &'static [&'static str],
    /// Where the facts come from.
    pub source: &'static str,
}

macro_rules! beyond {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $code:literal, $recognised:literal, $document:literal, [$($line:literal),* $(,)?], $source:literal;)*) => {
        $( $(#[$doc])* pub const $name: Beyond = Beyond {
            id: $id,
            code: $code,
            recognised: $recognised,
            document: $document,
            checklist: &[$($line),*],
            source: $source,
        }; )*
        /// Everything, in the order of the page.
        pub const ALL: &[Beyond] = &[$($name),*];
    };
}

beyond! {
    /// Lync Server 2010 knows no mirrored back ends.
    LYNC_2010 = "lync-2010", "CT4008",
        "the pool's product is Lync Server 2010, ServiceVersion 5",
        "Backing Up and Restoring Lync Server 2010",
        ["its Front Ends know no failover partner: SQL mirroring is not supported", "a lost back end comes back from its backup"],
        "operations 1";
    /// Skype for Business Server 2019 has no mirroring.
    SKYPE_2019 = "skype-2019", "CT4008",
        "the pool's product is Skype for Business Server 2019, ServiceVersion 8",
        "Plan for high availability and disaster recovery in Skype for Business Server",
        ["Microsoft supports availability groups and failover clusters there", "some cmdlet pages still claim otherwise; the product page decides"],
        "operations 1";
    /// A pool that is its own SQL Server.
    STANDARD_EDITION = "standard-edition", "CT4012",
        "a store of the pool lies on one of its own Front Ends",
        "Restoring a Standard Edition server",
        [
            "a clean machine with the same name, computer account and certificates",
            "the file store back at the identical path, and shared",
            "download the topology; Setup.exe, steps 1 to 4: step 2 creates the databases again",
            "stop the services, Import-CsUserData once, start them",
            "response groups with Import-CsRgsConfiguration; Persistent Chat the way it was saved",
        ],
        "operations 5.5";
    /// A back end in an availability group.
    AVAILABILITY_GROUP = "availability-group", "CT4013",
        "the details of the instance name an availability group",
        "Deploy an Always On Availability Group on a Back End Server in Skype for Business Server",
        [
            "the group fails over in SQL Server, and Front Ends follow its listener",
            "Install-CsMirrorDatabase and Uninstall-CsMirrorDatabase have no place there",
        ],
        "operations 1";
    /// A back end on a failover cluster.
    FAILOVER_CLUSTER = "failover-cluster", "CT4014",
        "the details of the instance say that it is clustered",
        "Back End Server high availability",
        [
            "the cluster fails over by itself: one instance under one name",
            "a pool on a cluster and a mirrored pool must not be paired",
        ],
        "operations 1";
    /// A server of a role, where a pool with stores is expected.
    MEMBER_SERVER = "member-server", "CT4015",
        "the name of a declared pool is that of a Front End, or of a server whose role the details name",
        "Restoring an Enterprise Edition member server",
        [
            "a clean machine with the same name, computer account and certificates",
            "Setup.exe as local Administrator: 1 local configuration store, 2 components, 3 certificates, 4 start services",
            "an Edge Server needs the exported configuration carried over",
            "a Front End that stays away for days is taken out of the topology, and added again later",
            "its own databases lost for good: Reset-CsPoolRegistrarState -ResetType MachineStateRemoved",
        ],
        "operations 5.4";
    /// Persistent Chat between sites.
    CHAT_BETWEEN_SITES = "persistent-chat-disaster-recovery", "CT4016",
        "a Persistent Chat store is wished onto an instance that receives its log shipping",
        "Failing over Persistent Chat Server",
        [
            "sp_delete_log_shipping_secondary_database; copy and apply the log backups that are left",
            "RESTORE DATABASE [mgc] WITH RECOVERY on the second site",
            "Set-CsPersistentChatState -PoolState FailedOver, Set-CsPersistentChatActiveServer",
            "mirrors on the second site with Install-CsMirrorDatabase; mgccomp is never failed over",
        ],
        "operations 5.10";
    /// A pool that another takes the place of.
    POOL_REPLACEMENT = "pool-replacement", "CT2008",
        "a declared pool is not in the topology",
        "Front End pool ABC failover procedure",
        ["a pool that is gone for good and replaced: users are moved, branch appliances re-homed, in thirty-odd steps"],
        "operations 5.11";
    /// A Front End whose machine is gone.
    FRONT_END_GONE = "front-end-gone", "CT4017",
        "a Front End of a managed pool is silent: a plan that needs it asks for it first, and a refusal that needs it names it",
        "Restoring an Enterprise Edition member server",
        [
            "bring the machine back, or build it again under its name: Setup.exe, steps 1 to 4",
            "away for days: take it out of the topology, publish, restart the others one at a time",
            "its databases lost for good: Reset-CsPoolRegistrarState -ResetType MachineStateRemoved -PoolFqdn <pool> -MachineFqdn <machine>",
        ],
        "operations 5.4";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique_and_every_entry_says_something() {
        let ids: BTreeSet<_> = super::ALL.iter().map(|b| b.id).collect();
        assert_eq!(ids.len(), super::ALL.len());
        for b in super::ALL {
            assert!(b.code.starts_with("CT") && !b.document.is_empty() && !b.recognised.is_empty(), "{}", b.id);
            assert!(!b.checklist.is_empty(), "{}", b.id);
        }
    }
}
