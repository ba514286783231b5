//! T-SQL statements about mirroring as text (operations §6.8). It knows neither when they help nor where they run.

use crate::call::{Batch, Call, Statement};

/// The text of a statement, one batch.
#[must_use]
pub fn text(statement: &Statement) -> String {
    match statement {
        Statement::PartnerOff(d) => format!("ALTER DATABASE {} SET PARTNER OFF", name(d)),
        // From another database: the failover ends every session in its own.
        Statement::PartnerFailover(d) => format!("USE [master];\nALTER DATABASE {} SET PARTNER FAILOVER", name(d)),
        Statement::PartnerResume(d) => format!("ALTER DATABASE {} SET PARTNER RESUME", name(d)),
        Statement::SafetyFull(d) => format!("ALTER DATABASE {} SET PARTNER SAFETY FULL", name(d)),
        Statement::WitnessOff(d) => format!("ALTER DATABASE {} SET WITNESS OFF", name(d)),
        Statement::WitnessSet { database, host, port } => {
            format!("ALTER DATABASE {} SET WITNESS = 'TCP://{host}:{port}'", name(database))
        }
        Statement::Recover(d) => format!("RESTORE DATABASE {} WITH RECOVERY", name(d)),
        Statement::Drop(d) => format!("DROP DATABASE {}", name(d)),
        Statement::BackupDatabase { database, file } => {
            format!(
                "BACKUP DATABASE {}\n  TO DISK = {}\n  WITH COPY_ONLY, INIT, CHECKSUM",
                name(database),
                text_of(file)
            )
        }
        Statement::BackupLog { database, file } => {
            format!("BACKUP LOG {}\n  TO DISK = {}\n  WITH INIT, CHECKSUM", name(database), text_of(file))
        }
        Statement::RestoreDatabase { database, file } => {
            format!("RESTORE DATABASE {}\n  FROM DISK = {}\n  WITH NORECOVERY", name(database), text_of(file))
        }
        Statement::RestoreLog { database, file } => {
            format!("RESTORE LOG {}\n  FROM DISK = {}\n  WITH NORECOVERY", name(database), text_of(file))
        }
        Statement::OpenEndpoint { port } => format!(
            "IF NOT EXISTS (SELECT 1 FROM sys.database_mirroring_endpoints)\n  CREATE ENDPOINT [Mirroring] STATE = STARTED\n  \
             AS TCP (LISTENER_PORT = {port})\n  FOR DATABASE_MIRRORING (ROLE = PARTNER)"
        ),
        Statement::PartnerSet { database, host, port } => {
            format!("ALTER DATABASE {}\n  SET PARTNER = 'TCP://{host}:{port}'", name(database))
        }
    }
}

/// Statements that put a backup in the place of a database; `file` is where it lies. Nobody else may be in it meanwhile.
#[must_use]
pub fn restore_backup(database: &str, file: &str) -> Vec<String> {
    let (d, file) = (name(database), file.replace('\'', "''"));
    vec![
        format!("ALTER DATABASE {d} SET SINGLE_USER WITH ROLLBACK IMMEDIATE;"),
        format!("RESTORE DATABASE {d}\n  FROM DISK = N'{file}'\n  WITH REPLACE, RECOVERY;"),
        format!("ALTER DATABASE {d} SET MULTI_USER;"),
    ]
}

/// A query that shows the database user of the product's services, with its role (operations §5.2).
#[must_use]
pub fn component_user(database: &str) -> String {
    let d = name(database);
    format!(
        "SELECT u.name, r.name FROM {d}.sys.database_role_members AS m\n\
         \x20 JOIN {d}.sys.database_principals AS u\n\
         \x20   ON u.principal_id = m.member_principal_id\n\
         \x20 JOIN {d}.sys.database_principals AS r\n\
         \x20   ON r.principal_id = m.role_principal_id\n\
         \x20 WHERE u.name LIKE N'%RTCComponentUniversalServices';"
    )
}

/// The text of a call, a statement a line; none where the call is not of SQL Server.
#[must_use]
pub fn script(call: &Call) -> Option<String> {
    match call {
        Call::Sql { statements, .. } => Some(statements.iter().map(text).collect::<Vec<_>>().join("\n")),
        Call::SqlInTurn(batches) => Some(batches.iter().flat_map(batch).collect::<Vec<_>>().join("\n")),
        Call::Cmdlets(_) | Call::Person(_) | Call::Wait => None,
    }
}

/// The lines of a batch, under the name of its instance as a comment.
#[must_use]
pub fn batch(batch: &Batch) -> Vec<String> {
    let statements = batch.statements.iter().map(text);
    let lines = statements.flat_map(|t| t.lines().map(str::to_owned).collect::<Vec<_>>());
    std::iter::once(format!("-- on {}", batch.on)).chain(lines).collect()
}

/// A text in quotes, in which only the quote is special.
fn text_of(text: &str) -> String {
    format!("N'{}'", text.replace('\'', "''"))
}

/// A name in brackets, in which only the closing one is special.
fn name(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bracketed() {
        assert_eq!(text(&Statement::PartnerOff("rtcxds".to_owned())), "ALTER DATABASE [rtcxds] SET PARTNER OFF");
        assert_eq!(text(&Statement::Recover("a]; DROP--".to_owned())), "RESTORE DATABASE [a]]; DROP--] WITH RECOVERY");
    }

    #[test]
    fn a_planned_failover_is_started_from_master() {
        let expected = "USE [master];\nALTER DATABASE [mgc] SET PARTNER FAILOVER";
        assert_eq!(text(&Statement::PartnerFailover("mgc".to_owned())), expected);
    }
}
