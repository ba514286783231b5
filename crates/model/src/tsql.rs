//! T-SQL statements about mirroring as text (operations §6.8). It knows neither when they help nor where they run.

use crate::call::{Call, Statement};

/// The text of a statement, one batch.
#[must_use]
pub fn text(statement: &Statement) -> String {
    match statement {
        Statement::PartnerOff(d) => format!("ALTER DATABASE {} SET PARTNER OFF", name(d)),
        // From another database: the failover ends every session in its own.
        Statement::PartnerFailover(d) => format!("USE [master];\nALTER DATABASE {} SET PARTNER FAILOVER", name(d)),
        Statement::PartnerResume(d) => format!("ALTER DATABASE {} SET PARTNER RESUME", name(d)),
        Statement::WitnessOff(d) => format!("ALTER DATABASE {} SET WITNESS OFF", name(d)),
        Statement::WitnessSet { database, host, port } => {
            format!("ALTER DATABASE {} SET WITNESS = 'TCP://{host}:{port}'", name(database))
        }
        Statement::Recover(d) => format!("RESTORE DATABASE {} WITH RECOVERY", name(d)),
    }
}

/// The text of a call, a statement a line; none where the call is not of SQL Server.
#[must_use]
pub fn script(call: &Call) -> Option<String> {
    match call {
        Call::Sql { statements, .. } => Some(statements.iter().map(text).collect::<Vec<_>>().join("\n")),
        Call::Cmdlets(_) | Call::Person(_) | Call::Wait => None,
    }
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
