//! A call as lines for people: cmdlets, T-SQL, clicks. One place that chooses the rendering; drivers never read it.

use crate::call::Call;
use crate::{clicks, powershell, tsql};

/// The lines of a call; none for a wait.
#[must_use]
pub fn lines(call: &Call) -> Vec<String> {
    match call {
        Call::Cmdlets(cmdlets) => cmdlets.iter().flat_map(powershell::lines).collect(),
        Call::Sql { on, statements } => {
            let head = format!("on {on}:");
            let all = statements.iter().map(tsql::text);
            std::iter::once(head).chain(all.flat_map(|t| t.lines().map(str::to_owned).collect::<Vec<_>>())).collect()
        }
        Call::SqlInTurn(batches) => batches.iter().flat_map(tsql::batch).collect(),
        Call::Person(task) => clicks::instructions(task).lines(),
        Call::Wait => Vec::new(),
    }
}
