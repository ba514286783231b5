//! Every rule by its key, with what goes wrong without it and who says so. One table; it knows no actions.

use crate::declaration::Rule;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $because:literal, $source:literal;)*) => {
        $( $(#[$doc])* pub const $name: Rule = Rule { key: $key, because: $because, source: $source }; )*
        /// Every rule.
        pub const ALL: &[Rule] = &[$($name),*];
    };
}

rules! {
    /// Forcing requires the old principal fenced.
    K1 = "K1", "the old principal could still be serving: two PRINCIPALs",
        "SQL Server, role switching; invariant 3";
    /// Publishing "mirroring off" requires a serving copy on the host that keeps the slot or will take it.
    K2 = "K2", "clearing the mirror strands copies that are MIRROR",
        "the procedure, step 3 before step 4";
    /// An instance that is in any mirror slot cannot become the primary slot.
    K3 = "K3", "an instance that is a mirror cannot be chosen as SQL Server store",
        "the procedure, step 4, two publishes; the reason is inferred";
    /// A restart counts only if the machine's replica already held the document.
    K4 = "K4", "a Front End started early reads the old topology",
        "the procedure, step 4: so that each server can read the new topology";
    /// Ending a session on the surviving host requires every running Front End to have loaded slots whose primary it is.
    K5 = "K5", "a Front End on the old topology was told a failover partner, and refuses one that is not mirrored",
        "the procedure, step 4 before step 5; SqlConnectionStringBuilder.FailoverPartner, remarks";
    /// Publishing a mirror slot requires no session left for those stores, and SQL Server ready on the new host.
    K6 = "K6", "a new mirror cannot be named while the old session is remembered or SQL Server is not there",
        "the procedure, steps 5 to 8 before step 10";
    /// Creating a mirror requires no old session, and slots published that way round.
    K7 = "K7", "the cmdlet copies from the primary slot to the mirror slot, as published",
        "deploying SQL mirroring; operations 6.1";
    /// After the slots of its pool changed, and after mirrors were created, every Front End starts once more.
    K8 = "K8", "Front Ends run other slots than the published ones, or do not know the failover partner",
        "deploying SQL mirroring: restart all Front End Servers after a change of a mirroring relation";
    /// A session exists exactly where the published slots say.
    K9 = "K9", "a session is remembered that the topology does not name, or the other way round",
        "the procedure, step 5";
    /// Rebuilding requires the sessions on the survivor ended, and the host fenced until the rebuild begins.
    K10 = "K10", "the new machine would meet sessions of the old one",
        "the procedure, step 5 before step 6";
    /// Publishing requires a saved export newer than the last publish by somebody else.
    K11 = "K11", "there is no way back from the publish",
        "Publish-CsTopology; operations 10.1";
    /// Where a mirror is declared the aftercare facts hold.
    K12 = "K12", "logs grow without backups, reports ask the wrong server, nobody tested the databases",
        "deploying SQL mirroring; associating Monitoring Reports with a mirror database";
    /// Guard G1: never overwrite the last complete copy.
    G1 = "G1", "the only complete copy would be overwritten",
        "operations 2.3, guard G1";
    /// Guard G2: never fewer votes than the pool needs.
    G2 = "G2", "the pool loses its quorum and stops by itself",
        "topologies and components for Front End Servers; operations 11.3";
    /// A copy must have the role that the cmdlet acts on.
    ROLE = "role", "there is nothing to do, or not in this role",
        "operations 7 and 8";
    /// A cmdlet speaks slots: the published topology must name the instance there.
    SLOT = "slot", "the cmdlet takes its hosts from the published slots",
        "Invoke-CsDatabaseFailover; operations 1";
    /// A Front End counts the SQL host in the primary slot as it is when the Front End starts.
    VOTER = "voter", "the SQL host would be counted as a voter that it no longer is",
        "operations 11.3; rules 3.8";
    /// A store that was created anew has its data back before the goal is reached.
    DATA = "data", "databases were created in the place of lost ones, and are empty",
        "restoring an Enterprise Edition Back End Server; operations 5.2";
    /// A lost database is given up for its backup only where no host that may answer holds a copy.
    LAST = "last", "a host that can still answer holds a copy: the backup would replace what is not lost",
        "operations 5.2; rules 2, complete copy";
    /// What is given up must be complete elsewhere, or agreed to by name.
    LOSS = "loss", "transactions would be lost that nobody gave up",
        "SQL Server, role switching; invariant 6";
    /// Mirroring without transaction safety is unsupported and may lose data.
    SAFETY = "safety", "asynchronous mirroring is unsupported and may have lost transactions",
        "back end server high availability";
    /// A witness that is cut off forbids forcing.
    WITNESS = "witness", "SQL Server refuses to force while a configured witness is cut off",
        "SQL Server, role switching; operations 7.4";
    /// The topology names a witness before SQL Server does.
    WITNESS_SLOT = "witness-slot", "the next creation of the mirrors would bring back the witness that the topology names",
        "deploying SQL mirroring, removing a witness: the topology, then SET WITNESS OFF; operations 5.7";
    /// The witness of a pair changes while both partners hold the same.
    WITNESS_CHANGE = "witness-change", "a principal that sees neither partner nor witness serves nobody",
        "SQL Server, ALTER DATABASE SET WITNESS; operations 6.8 and 7.5";
    /// A host must answer to be told anything.
    ANSWERS = "answers", "SQL Server there takes no commands",
        "operations 13";
    /// The old partner must not come back with old copies.
    PARTNER = "partner", "a returning partner opens its old copies, and Front Ends may write to them",
        "operations 7.3; rules 3.7";
    /// Fencing must not stop the only copy that serves.
    FENCE = "fence", "fencing would stop the only copy that serves",
        "decision tree: is it really down";
    /// Publishing needs the Central Management store.
    CMS = "cms", "the topology cannot be written",
        "requirements to publish a topology; invariant 5";
    /// The back end of the pool that holds the Central Management store cannot be changed.
    CMS_POOL = "cms-pool", "Topology Builder does not change the back end of the pool that holds the Central Management store",
        "restoring the server hosting the Central Management store; operations 9.2";
    /// The Central Management store is moved from where it is.
    CMS_PLACE = "cms-place", "the Central Management store is not where it would be taken from",
        "Invoke-CsManagementServerFailover; operations 9.5";
    /// The pool that takes the Central Management store over must be able to run it.
    CMS_TAKER = "cms-taker", "the pool that takes over cannot run the Central Management store: no forest would be left with one",
        "Move-CsManagementServer; operations 9.4 and 9.5";
    /// Databases of the Central Management store begin anew only in a pool that does not hold it.
    CMS_LEFT = "cms-left", "the pool holds the Central Management store: its databases are not begun anew beside a backup, but taken over elsewhere first",
        "operations 9.2, options C1 and C4, and 9.3";
    /// Before the Central Management store is moved it is saved.
    CMS_SAVED = "cms-saved", "a move that fails half-way leaves no Central Management store and no way back",
        "operations 9.2 and 9.4";
    /// What is read from the Central Management store must be served.
    CMS_READ = "cms-read", "the Central Management store cannot be read",
        "operations 9.1";
    /// Slots are kept only where they cannot be exchanged.
    KEPT = "kept", "the slots can be exchanged as the procedure does, and nobody describes any other way",
        "operations 2.3 and 9.2, option C2; rules K5";
    /// A publish starts from the document that was read.
    BASE = "base", "somebody else changed the topology meanwhile",
        "operations 10.2; invariant 5";
    /// A planned failover takes the Front Ends with it.
    FOLLOW = "follow", "a Front End whose topology named no partner when it started does not follow the failover",
        "deploying SQL mirroring: restart after a change of a mirroring relation; operations 15";
    /// A Front End must find the user store when it starts.
    BACKEND = "backend", "the Front End would start without its back end",
        "operations 7.6";
    /// One Front End at a time.
    ROUTING = "routing", "a routing group would lose two of its three replicas",
        "topologies and components for Front End Servers; operations 11.3";
    /// A machine must be there.
    MACHINE = "machine", "there is no machine to install on",
        "the procedure, step 6 before step 8";
    /// SQL Server must be ready to take a mirror.
    READY = "ready", "version, edition, endpoint, port or share do not fit",
        "deploying SQL mirroring; operations 6.1";
    /// The desired file.
    DESIRED = "desired", "the desired file says so",
        "desired.toml";
    /// Front Ends run.
    RUNNING = "running", "a Front End does not run",
        "rules 3.1";
    /// Only what is not known can be confirmed.
    UNKNOWN = "unknown", "it is known already",
        "rules 2, Confirm";
    /// All databases of a type are PRINCIPAL on one instance.
    TOGETHER = "together", "one type is half here, half there, and cmdlets speak of whole types",
        "operations 7.2 and 15";
    /// A living pair whose principal is in the primary slot is ended before the topology says so.
    PAIR = "pair", "the cmdlet that ends mirroring fails once the published topology names no pair",
        "deploying SQL mirroring: cmdlet first, topology second; release notes";
    /// Invariant 1.
    I1 = "invariant 1", "two PRINCIPALs for one database", "design, invariants";
    /// Invariant 2.
    I2 = "invariant 2", "the last complete copy is given up", "design, invariants";
    /// Invariant 3.
    I3 = "invariant 3", "a superseded copy may serve", "design, invariants";
    /// Invariant 4.
    I4 = "invariant 4", "a pool loses its quorum or a routing group", "design, invariants";
    /// Invariant 5.
    I5 = "invariant 5", "a publish while the Central Management store takes no writes", "design, invariants";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn keys_are_unique() {
        let keys: BTreeSet<_> = super::ALL.iter().map(|r| r.key).collect();
        assert_eq!(keys.len(), super::ALL.len());
    }
}
