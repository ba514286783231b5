//! Microsoft's pages "Restoring a mirrored Enterprise Edition Back End Server", primary and mirror, and "Restoring an
//! Enterprise Edition Back End Server", sentence by sentence in our own words, and every deviation from them with its reason. It knows no plan; which sentences a plan carries out is
//! computed.

/// The page's name.
pub const TITLE: &str = "Restoring a mirrored Enterprise Edition Back End Server - primary";

/// A sentence of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The page's number, and a word where a number has several sentences.
    pub id: &'static str,
    /// What it says, in our words.
    pub says: &'static str,
    /// Whether it asks for an act on the estate; the others say who logs on where.
    pub acts: bool,
}

const fn act(id: &'static str, says: &'static str) -> Sentence {
    Sentence { id, says, acts: true }
}

const fn setting(id: &'static str, says: &'static str) -> Sentence {
    Sentence { id, says, acts: false }
}

/// The page, in its order.
pub const SENTENCES: &[Sentence] = &[
    setting("0", "take an image copy of the system as a rollback point"),
    setting("1", "log on to a Front End Server as a member of RTCUniversalServerAdmins"),
    setting("2", "start the management shell"),
    act("3", "force the configured databases to fail over to the mirror, with Invoke-CsDatabaseFailover"),
    act("3.types", "do so for each configured database type"),
    act("4.builder", "start Topology Builder"),
    act("4.off", "clear store mirroring of the pool, also for Archiving and Monitoring where needed"),
    act("4.publish-1", "publish"),
    act("4.store", "make the surviving host the SQL Server store"),
    act("4.publish-2", "publish"),
    act("4.restart", "restart the services on each Front End Server, so that it reads the new topology"),
    act("5", "uninstall mirroring, with Uninstall-CsMirrorDatabase on the surviving host"),
    act("5.types", "do so for all database types"),
    act("6", "build a clean server with the same name; operating system and certificates"),
    act("7", "log on to the new server"),
    act("8", "install SQL Server with the same instance names"),
    act("9", "log on to a Front End Server"),
    act("10.builder", "start Topology Builder"),
    act("10.on", "enable store mirroring, also for Archiving and Monitoring where needed"),
    act("10.mirror-name", "name the new server as mirroring SQL Server store"),
    act("10.install", "choose Install Database"),
    act("10.wizard", "on the page Create databases, choose what to recreate"),
    act("10.mirror", "in Create Mirror Database, create the mirrors"),
];

/// The name of the sibling page, for a lost mirror.
pub const MIRROR_TITLE: &str = "Restoring a mirrored Enterprise Edition Back End Server - mirror";

/// The sibling page, in its order. It reuses the names of the first page's hosts for the opposite slots.
pub const MIRROR_SENTENCES: &[Sentence] = &[
    setting("m.0", "take an image copy of the system as a rollback point"),
    setting("m.1", "log on to a Front End Server as a member of RTCUniversalServerAdmins"),
    setting("m.2", "start the management shell"),
    act("m.3", "uninstall mirroring, with Uninstall-CsMirrorDatabase on the primary"),
    act("m.3.types", "do so for each configured database type"),
    act("m.4", "build a clean server with the name of the failed mirror; operating system and certificates"),
    act("m.5", "log on to the new server"),
    act("m.6", "install SQL Server with the same instance names"),
    act("m.7", "create the mirrors again: the topology still names them"),
];

/// The name of the third page: a Back End Server that was not mirrored, or whose mirror is lost too.
pub const BACK_END_TITLE: &str = "Restoring an Enterprise Edition Back End Server";

/// The third page, in its order.
pub const BACK_END_SENTENCES: &[Sentence] = &[
    setting("b.0", "take an image copy of the system as a rollback point"),
    act("b.build", "build a clean server with the name of the failed one; operating system and certificates"),
    act("b.log-on", "log on to the new server"),
    act("b.sql", "install SQL Server with the same instance names, permissions and logins"),
    setting("b.front-end", "log on to a Front End Server"),
    act("b.builder", "start Topology Builder and download the topology"),
    act("b.publish", "publish, and go on to the page Create databases"),
    act("b.wizard", "choose the databases to recreate: only stand-alone ones are shown"),
    act("b.mirror", "where the server was mirrored, create the mirrors"),
    act("b.stop", "stop the services"),
    act("b.import", "import the user data, with Import-CsUserData"),
    act("b.start", "start the services"),
    act("b.rgs", "import the response groups, with Import-CsRgsConfiguration"),
    act("b.restore", "restore the Archiving and Monitoring databases from their SQL backups"),
    act("b.user", "make sure of the database user RTCComponentUniversalServices, with the role ServerRole"),
];

/// A deviation from the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// Its name, as steps give it.
    pub id: &'static str,
    /// What is done otherwise, and why.
    pub says: &'static str,
    /// Who demands it.
    pub source: &'static str,
}

const fn deviation(id: &'static str, says: &'static str, source: &'static str) -> Deviation {
    Deviation { id, says, source }
}

/// Every deviation.
pub const DEVIATIONS: &[Deviation] = &[
    deviation(
        "fence",
        "fenced first: the page forces while the old principal could be serving",
        "SQL Server, role switching; invariant 3",
    ),
    deviation(
        "planned-failover",
        "failed over without force: both copies are SYNCHRONIZED, nothing is lost",
        "failing over a mirrored database; operations 7.2",
    ),
    deviation(
        "end-living-pair",
        "mirroring ended while both partners answer: the page has only a dead one",
        "deploying SQL mirroring; errata E04",
    ),
    deviation(
        "resume",
        "a suspended session is resumed instead of created again",
        "SQL Server, pausing and resuming mirroring; operations 6.8",
    ),
    deviation(
        "synchronise",
        "a session that runs is waited for instead of created again, with safety FULL where it was OFF",
        "SQL Server, changing transaction safety; operations 6.8 and 8.2",
    ),
    deviation(
        "drop-empty",
        "databases that were created empty on the other host are dropped: a mirror cannot be created over them",
        "field reports; operations 6.1",
    ),
    deviation(
        "forget-partner",
        "the mirror forgets a session that its partner has ended",
        "SQL Server, removing mirroring; operations 6.8",
    ),
    deviation(
        "recover",
        "the mirror's copies opened by T-SQL: SQL Server refuses to force while a witness is configured and cut off",
        "SQL Server, role switching; operations 7.4; no page of the product",
    ),
    deviation(
        "keep-slots",
        "built again before the sessions end: the slots stay as they are, and the outage is shorter so",
        "operations 2.3 and 9.2, option C2; no page of the product",
    ),
    deviation(
        "remirror",
        "mirrored again by T-SQL with the slots as they are: the pool holds the Central Management store",
        "SQL Server, ALTER DATABASE SET PARTNER; operations 2.3; no page of the product",
    ),
    deviation(
        "start-services",
        "services that are stopped or disabled are started",
        "upgrade or update Front End Servers; operations 11.1",
    ),
    deviation(
        "witness",
        "the witness of a pair that stays: the pages have pairs that begin or end",
        "deploying SQL mirroring, removing a witness; SQL Server, ALTER DATABASE SET WITNESS; operations 5.7 and 6.8",
    ),
    deviation(
        "quorum",
        "a principal that has lost mirror and witness is waited for: it serves again once it sees one of them",
        "SQL Server, how a witness affects database availability; operations 7.5",
    ),
    deviation(
        "open-principal",
        "a principal without quorum opened by T-SQL: no page says how it serves when mirror and witness stay away",
        "SQL Server, removing mirroring; operations 7.5; no page of the product",
    ),
    deviation(
        "create-databases",
        "databases created per type by cmdlet: nothing in the topology changes, so nothing is published",
        "restoring an Enterprise Edition Back End Server; Install-CsDatabase",
    ),
    deviation(
        "stop-every-front-end",
        "the services of every Front End stop for the import; the page names one shell",
        "operations 5.2; guard G2",
    ),
    deviation(
        "by-hand",
        "a person imports or restores: nobody but the site knows where its backups lie",
        "operations 5.12",
    ),
    deviation(
        "mirror-after-data",
        "mirrors created after the data are back: before, they would be seeded twice",
        "operations 5.2",
    ),
    deviation("confirm", "-Confirm:$false, else each cmdlet asks", "Invoke-CsDatabaseFailover"),
    deviation("save", "topology and settings saved: the way back from the publishes", "Publish-CsTopology; K11"),
    deviation(
        "move-cms",
        "the Central Management store moved to another pool first: its own back end cannot be changed, or it is down",
        "Central Management store failover; operations 9.2, option C1",
    ),
    deviation("replicas", "replicas awaited: a Front End started early reads the old topology", "operations 10.3; K4"),
    deviation(
        "one-at-a-time",
        "one Front End at a time; the page restarts \"each\"",
        "topologies and components for Front End Servers",
    ),
    deviation(
        "full-stop",
        "all Front Ends stopped and started together: one at a time would cost the quorum",
        "guard G2; operations 11.3",
    ),
    deviation(
        "partner-off",
        "T-SQL where the cmdlet fails, known from the release notes",
        "release notes; operations E04",
    ),
    deviation(
        "publish-first",
        "published before the mirrors are created: the page forgets it",
        "deploying SQL mirroring; K7",
    ),
    deviation(
        "create-by-cmdlet",
        "mirrors created per type by cmdlet; no database is chosen for creation, the survivor's are live",
        "operations S10; guard G1",
    ),
    deviation(
        "restart-after-mirroring",
        "restart after mirroring again: demanded by another page",
        "deploying SQL mirroring; K8",
    ),
    deviation("aftercare", "databases tested, log backups and reports set: no page lists it", "operations 2.2; K12"),
    deviation("confirm-fact", "an unknown fact is asked for again before the first step that needs it", "rules 2"),
];

/// The sentences of a page.
#[must_use]
pub fn page(title: &str) -> &'static [Sentence] {
    match title {
        MIRROR_TITLE => MIRROR_SENTENCES,
        BACK_END_TITLE => BACK_END_SENTENCES,
        _ => SENTENCES,
    }
}

/// The sentence of an id.
#[must_use]
pub fn sentence(id: &str) -> Option<&'static Sentence> {
    SENTENCES.iter().chain(MIRROR_SENTENCES).chain(BACK_END_SENTENCES).find(|s| s.id == id)
}

/// The deviation of an id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static Deviation> {
    DEVIATIONS.iter().find(|d| d.id == id)
}
