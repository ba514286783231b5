//! Tasks as numbered steps for a person. It knows what a task is and where to click, and nothing of how it is proved.
//!
//! Whole host names always: a person may read this on another machine, hours later.

use topology::names::{Fqdn, SqlInstance};

use crate::call::Task;
use crate::estate::Product;
use crate::wrap::wrap;

mod bring_back;
mod move_cms;
mod publish;

/// Widest line.
const WIDTH: usize = 74;

/// What a person is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instructions {
    /// What comes first, each under a word: the right that is needed, the reason.
    pub heads: Vec<(&'static str, String)>,
    /// What to do, in this order.
    pub steps: Vec<Step>,
    /// What to expect, and what to leave alone.
    pub notes: Vec<String>,
}

/// A thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub text: String,
    /// For what, one by one; empty where there is one thing only.
    pub items: Vec<String>,
    /// Commands, to be copied as they stand: never wrapped.
    pub code: Vec<String>,
}

impl From<String> for Step {
    fn from(text: String) -> Self {
        Self { text, items: Vec::new(), code: Vec::new() }
    }
}

impl From<&str> for Step {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Instructions {
    /// The text, in lines of at most 74 columns.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (word, text) in &self.heads {
            hang(&mut lines, &format!("{word:<9}"), text);
        }
        if !self.heads.is_empty() {
            lines.push(String::new());
        }
        for (n, step) in self.steps.iter().enumerate() {
            hang(&mut lines, &format!("{:>2}  ", n + 1), &step.text);
            for item in &step.items {
                hang(&mut lines, "      ", item);
            }
            lines.extend(step.code.iter().map(|c| format!("{}{c}", " ".repeat(bring_back::INDENT))));
        }
        for note in &self.notes {
            lines.push(String::new());
            hang(&mut lines, "", note);
        }
        lines
    }
}

/// A paragraph that begins with a word and hangs under its own text.
fn hang(lines: &mut Vec<String>, head: &str, text: &str) {
    let indent = " ".repeat(head.len());
    for (n, line) in wrap(text, WIDTH - head.len()).into_iter().enumerate() {
        let start = if n == 0 { head } else { &indent };
        lines.push(format!("{start}{line}"));
    }
}

/// What a person is told of a task.
#[must_use]
pub fn instructions(task: &Task) -> Instructions {
    match task {
        Task::Fence { host } => fence(host),
        Task::Publish { pool, product, changes } => publish::instructions(pool, *product, changes),
        Task::Rebuild { host } => rebuild(host),
        Task::EnableServices { front_end, product } => enable_services(front_end, *product),
        Task::MendReplicas { front_ends } => mend_replicas(front_ends),
        Task::SetUpSql { instance, like, partner, share } => {
            set_up_sql(instance, like.as_deref(), partner.as_ref(), share.as_deref())
        }
        Task::SetUpWitness { instance, port, like, partners } => {
            set_up_witness(instance, *port, like.as_deref(), partners)
        }
        Task::BringBack { pool, kind, on, databases, import, stop, start } => {
            bring_back::instructions(pool, *kind, on, databases, import.as_ref(), [stop, start])
        }
        Task::MoveCms { from, to, front_end, create, enable, carry, .. } => {
            move_cms::instructions(from, to, front_end, [create, carry], enable.as_ref())
        }
        Task::Aftercare { pool, backups, reports } => aftercare(pool, backups, reports.as_ref()),
    }
}

/// Fence first: power, network, or stop SQL (operations §2). Each kind of fence is refuted by another answer.
fn fence(host: &Fqdn) -> Instructions {
    Instructions {
        heads: vec![("Why", format!("{host} must not come back with old copies while another host takes over."))],
        steps: vec![
            Step {
                text: format!("Make sure that {host} cannot serve, by one of these:"),
                items: vec![
                    "power it off at the hypervisor or the management board;".to_owned(),
                    "cut it off from the network;".to_owned(),
                    "stop and disable every SQL Server service on it.".to_owned(),
                ],
                code: Vec::new(),
            },
            "Make sure nobody and nothing powers it on, connects it or starts it again.".into(),
        ],
        notes: vec!["What you did cannot be seen from here. cstopo takes your word and writes it down.".to_owned()],
    }
}

/// A clean machine under the old name (operations §5, common to all, and §2, S7).
fn rebuild(host: &Fqdn) -> Instructions {
    Instructions {
        heads: vec![("Right", "to join machines to the domain; local Administrators".to_owned())],
        steps: vec![
            format!(
                "Give {host} empty disks. Old database files must not come back with it. Put the old disks aside until \
                 every database has its second copy: nobody knows what may still be read from them."
            )
            .into(),
            format!(
                "Keep its computer account in Active Directory: reset it, do not delete it. Install Windows and join \
                 the domain under the same name, {host}."
            )
            .into(),
            "Leave its DNS entries as they were. Bring back certificates and shares that were on it.".into(),
            "Take an image of the machine before anything else goes on it: the way back.".into(),
        ],
        notes: vec![format!("From here on {host} may answer again. No SQL Server runs on it yet.")],
    }
}

/// Services that somebody or something has disabled (operations §11.1). Who did it had a reason.
fn enable_services(front_end: &Fqdn, product: Product) -> Instructions {
    let why = match product {
        Product::Skype2015 | Product::Skype2019 => {
            "Invoke-CsComputerFailOver disables them; Invoke-CsComputerFailBack has not brought them back."
        }
        Product::Lync2010 | Product::Lync2013 => "No cmdlet of this product disables them: somebody did.",
    };
    Instructions {
        heads: vec![("Right", format!("local Administrators on {front_end}")), ("Why", why.to_owned())],
        steps: vec![
            format!("Find out who disabled the services of {front_end}, and whether the reason has gone.").into(),
            Step {
                text: "See which they are, on that machine, in an elevated shell:".to_owned(),
                items: Vec::new(),
                code: vec!["Get-CsWindowsService | Select-Object Name, Status".to_owned()],
            },
            Step {
                text: "Give each that is disabled its start type back, RTCSRV last:".to_owned(),
                items: Vec::new(),
                code: vec!["Set-Service -Name RTCSRV -StartupType Automatic".to_owned()],
            },
            Step { text: "Start them:".to_owned(), items: Vec::new(), code: vec!["Start-CsWindowsService".to_owned()] },
        ],
        notes: vec![
            "RTCSRV may say StartPending for many minutes. The other Front Ends must run meanwhile.".to_owned(),
        ],
    }
}

/// Replicas that stay behind although they were told to hurry (operations §10.3).
fn mend_replicas(front_ends: &[Fqdn]) -> Instructions {
    Instructions {
        heads: vec![("Right", "RTCUniversalServerAdmins; local Administrators on the Front Ends".to_owned())],
        steps: vec![
            Step {
                text: "See which of these is not UpToDate: Get-CsManagementStoreReplicationStatus".to_owned(),
                items: front_ends.iter().map(ToString::to_string).collect(),
                code: Vec::new(),
            },
            "On that machine, elevated: Test-CsReplica; the service \"Lync Server Replica Replicator Agent\" runs."
                .into(),
            "Its share xds-replica: RTC Server Local Group and RTCUniversalConfigReplicator read and write.".into(),
            "Its certificate, and that of the machine with the Central Management store, are valid and trusted: else \
             events 1015 and 1017 of LS File Transfer Agent Service."
                .into(),
            "Then, once more: Invoke-CsManagementStoreReplication -ReplicaFqdn with the name of that machine.".into(),
        ],
        notes: vec!["An Edge Server or another machine that stays behind stops nothing here.".to_owned()],
    }
}

/// SQL Server on a rebuilt machine (operations §2, S8, and §6.1).
fn set_up_sql(
    instance: &SqlInstance,
    like: Option<&str>,
    partner: Option<&SqlInstance>,
    share: Option<&str>,
) -> Instructions {
    let SqlInstance { host, name } = instance;
    let called = if name.is_default() { "the default instance".to_owned() } else { format!("instance {name}") };
    let same = match (like, partner) {
        (Some(like), Some(partner)) => format!("{like}, as {partner}"),
        (Some(like), None) => like.to_owned(),
        (None, Some(partner)) => format!("the version and edition of {partner}"),
        (None, None) => "the version and edition that it had".to_owned(),
    };
    let mut steps: Vec<Step> = vec![
        format!("Install SQL Server on {host}, {called}: {same}. A witness has the same version too.").into(),
        "Create and attach no database. Whatever has the name of one of ours is in the way.".into(),
        Step {
            text: format!("Open the firewall of {host}:"),
            items: vec![
                "TCP 1433, or the instance's own static port".to_owned(),
                "UDP 1434, and let the SQL Server Browser run".to_owned(),
                "TCP 5022, or the port of its mirroring endpoint".to_owned(),
            ],
            code: Vec::new(),
        },
        match partner {
            Some(partner) => format!("Give {instance} the logins and rights of {partner}.").into(),
            None => format!("Give {instance} the logins and rights that it had.").into(),
        },
    ];
    if let Some(share) = share {
        steps.push(Step {
            text: format!(
                "Let the accounts of SQL Server and of its Agent read and write {share}, as share and as NTFS:"
            ),
            items: vec![
                format!("those of {instance}"),
                partner.map_or("those of its partner".to_owned(), |p| format!("those of {p}")),
                "a service that runs as NetworkService or LocalSystem acts as the computer account, DOMAIN\\HOST$"
                    .to_owned(),
            ],
            code: Vec::new(),
        });
    }
    steps.push(format!("Take an image of {host} now.").into());
    Instructions {
        heads: vec![("Right", format!("local Administrators and sysadmin on {host}"))],
        steps,
        notes: vec!["The account that will create the mirrors needs sysadmin on both partners.".to_owned()],
    }
}

/// A witness (operations §5.7 and §6.1): its version, its endpoint, the rights of those who connect to it.
fn set_up_witness(instance: &SqlInstance, port: u16, like: Option<&str>, partners: &[SqlInstance]) -> Instructions {
    let SqlInstance { host, name } = instance;
    let called = if name.is_default() { "the default instance".to_owned() } else { format!("instance {name}") };
    let version = like.map_or("the version of the two partners".to_owned(), |like| format!("version as {like}"));
    let endpoint = format!(
        "CREATE ENDPOINT [Mirroring] STATE = STARTED AS TCP (LISTENER_PORT = {port}) FOR DATABASE_MIRRORING (ROLE = WITNESS)"
    );
    Instructions {
        heads: vec![("Right", format!("local Administrators and sysadmin on {host}"))],
        steps: vec![
            format!("Bring {host} back if it can be: then nothing else is needed, the sessions find it again.").into(),
            format!(
                "Else build it under the same name and install SQL Server, {called}: {version}; any edition. It holds no \
                 database of ours."
            )
            .into(),
            Step { text: "Where it has no mirroring endpoint, create one:".to_owned(), items: Vec::new(), code: vec![endpoint] },
            Step {
                text: "Create logins for the SQL Server service accounts of these, with GRANT CONNECT ON ENDPOINT; one that \
                       runs as NetworkService or LocalSystem acts as DOMAIN\\HOST$:"
                    .to_owned(),
                items: partners.iter().map(ToString::to_string).collect(),
                code: Vec::new(),
            },
            format!("Open TCP {port} in the firewall of {host}.").into(),
        ],
        notes: vec!["Users notice nothing. Until it is seen again nothing fails over by itself.".to_owned()],
    }
}

/// What no page of the procedures lists together (operations §2.2).
fn aftercare(pool: &Fqdn, backups: &[Fqdn], reports: Option<&(SqlInstance, Option<SqlInstance>)>) -> Instructions {
    let mut steps = vec![Step {
        text: "Set up log backups, with SQL Server Agent or your own tool, on:".to_owned(),
        items: backups.iter().map(ToString::to_string).collect(),
        code: Vec::new(),
    }];
    if let Some((server, partner)) = reports {
        let mut items = vec![format!("Data Source={server}")];
        items.push(match partner {
            Some(partner) => format!("Failover Partner={partner}"),
            None => "no Failover Partner".to_owned(),
        });
        let text = "Reporting Services, Monitoring Reports: let the connection strings of both data sources, CDRDB and \
                    QMSDB, say:";
        steps.push(Step { text: text.to_owned(), items, code: Vec::new() });
    }
    let why = "Mirrored databases keep their whole log until it is backed up, and jobs do not move with the role: they \
               must be there on every host, and do nothing where the copy is MIRROR.";
    Instructions {
        heads: vec![
            ("For", format!("{pool}")),
            ("Right", "sysadmin on these hosts; manager of the reports".to_owned()),
        ],
        steps,
        notes: vec![why.to_owned(), "The share that the mirrors were copied through can be emptied.".to_owned()],
    }
}

/// "LcsLog", "LcsCDR and QoEMetrics".
fn join(names: &[String]) -> String {
    names.join(" and ")
}
