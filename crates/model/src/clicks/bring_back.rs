//! How data come back from the site's own backup: exact commands, in which the place of the archive is left to fill in. It
//! knows no backup, and nothing of how the result is proved.
//!
//! Source: operations §5.2 and §5.12; "Restoring Monitoring or Archiving data", "Restoring Response Group settings".

use topology::names::{Fqdn, SqlInstance};

use super::{Instructions, Step, WIDTH};
use crate::call::Cmdlet;
use crate::database_type::DatabaseType;
use crate::{powershell, tsql};

/// How far commands stand from the margin.
pub(super) const INDENT: usize = 4;

/// What a person is told.
pub(super) fn instructions(
    pool: &Fqdn,
    kind: DatabaseType,
    on: &SqlInstance,
    databases: &[String],
    import: Option<&Cmdlet>,
    [stop, start]: [&[Cmdlet]; 2],
) -> Instructions {
    let steps = match import {
        Some(import) if kind == DatabaseType::User => user(pool, stop, import, start),
        Some(import) => application(import),
        None => restore(on, databases),
    };
    let right = match kind {
        DatabaseType::User => "RTCUniversalServerAdmins, and local Administrators on every Front End",
        DatabaseType::Application => "RTCUniversalServerAdmins",
        _ => "sysadmin on the SQL Server",
    };
    let mut notes = vec![
        "Everything that was written after the backup is lost. cstopo has not read how old the backups are: look at the \
         date of the file before you begin."
            .to_owned(),
    ];
    notes.push(match kind {
        DatabaseType::User => {
            "All users of the pool are signed out until the Front Ends run again. A cold start can take an hour; event \
             32174 repeats meanwhile. Nothing is imported twice: if the import fails, leave the Front Ends stopped and \
             find out why."
                .to_owned()
        }
        DatabaseType::Application => {
            "OverwriteOwner is needed because the contact objects of the response groups still exist in Active Directory."
                .to_owned()
        }
        _ => format!(
            "What the pool wrote to {} since the databases were created is overwritten. No service has to be restarted.",
            super::join(databases)
        ),
    });
    notes.push(
        "If the disks of an old host can be read after all: import nothing, and plan again with that host.".to_owned(),
    );
    Instructions { heads: vec![("For", pool.to_string()), ("Right", right.to_owned())], steps, notes }
}

pub(super) fn commands(text: impl Into<String>, cmdlets: &[Cmdlet]) -> Step {
    let code = cmdlets.iter().flat_map(|c| powershell::lines_within(c, WIDTH - INDENT)).collect();
    Step { text: text.into(), items: Vec::new(), code }
}

/// The page names one shell; services of every Front End are meant (operations §5.2).
fn user(pool: &Fqdn, stop: &[Cmdlet], import: &Cmdlet, start: &[Cmdlet]) -> Vec<Step> {
    let check = Cmdlet::new("Get-CsUserDatabaseState").with("RegistrarPool", pool);
    vec![
        commands("Tell the users. Then stop every Front End, in this order:", stop),
        commands("When all have stopped, once, on one of them:", std::slice::from_ref(import)),
        commands("Start every Front End; do not wait for one before you start the next:", start),
        commands("When all services run: Online must be True.", &[check]),
    ]
}

fn application(import: &Cmdlet) -> Vec<Step> {
    vec![
        commands("On a Front End of the pool, while its services run:", std::slice::from_ref(import)),
        "Call one response group, and look at the numbers of call park: those come back by themselves.".into(),
    ]
}

fn restore(on: &SqlInstance, databases: &[String]) -> Vec<Step> {
    let of = |d: &String| tsql::restore_backup(d, &format!("<FILL IN: full backup of {d}>"));
    let code = |statements: Vec<String>| statements.iter().flat_map(|s| s.lines().map(str::to_owned)).collect();
    vec![
        Step {
            text: format!("On {on}, from your own backup:"),
            items: Vec::new(),
            code: code(databases.iter().flat_map(of).collect()),
        },
        Step {
            text: "The database user RTCComponentUniversalServices must be there, with the role ServerRole:".to_owned(),
            items: Vec::new(),
            code: code(databases.iter().map(|d| tsql::component_user(d)).collect()),
        },
    ]
}
