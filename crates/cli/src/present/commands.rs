//! What is sent or asked when a step is performed, as people read it. The one place where renderings ask for that text.

use model::call::Call;
use model::{clicks, powershell, tsql};

/// Columns of a line, so that it fits behind an indent of six.
const WIDTH: usize = 74;

/// The lines of a call: PowerShell to paste, T-SQL with its instance, clicks; none for waiting.
#[must_use]
pub fn lines(call: &Call) -> Vec<String> {
    match call {
        Call::Cmdlets(cmdlets) => cmdlets.iter().flat_map(|c| powershell::lines_within(c, WIDTH)).collect(),
        Call::Sql { on, statements } => {
            let place = format!("-- on {on}");
            std::iter::once(place).chain(statements.iter().map(tsql::text)).collect()
        }
        Call::SqlInTurn(batches) => batches.iter().flat_map(tsql::batch).collect(),
        Call::Person(task) => clicks::instructions(task).lines(),
        Call::Wait => Vec::new(),
    }
}
