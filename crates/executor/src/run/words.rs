//! What is about to be sent, in words, for the journal. It is a record for people, never a script that is run.

use model::call::{Argument, Call, Cmdlet, Statement, Task};

/// A call in words.
pub fn intent(call: &Call) -> String {
    match call {
        Call::Cmdlets(list) => list.iter().map(cmdlet).collect::<Vec<_>>().join("; "),
        Call::Sql { on, statements } => {
            format!("on {on}: {}", statements.iter().map(statement).collect::<Vec<_>>().join("; "))
        }
        Call::SqlInTurn(batches) => {
            let words = |b: &model::call::Batch| {
                format!("on {}: {}", b.on, b.statements.iter().map(statement).collect::<Vec<_>>().join("; "))
            };
            batches.iter().map(words).collect::<Vec<_>>().join("; then ")
        }
        Call::Person(task) => person(task),
        Call::Wait => "wait".to_owned(),
    }
}

fn cmdlet(call: &Cmdlet) -> String {
    let mut text = call.name.to_owned();
    for (name, argument) in &call.arguments {
        text += &match argument {
            Argument::Text(value) => format!(" -{name} {value}"),
            Argument::List(values) => format!(" -{name} {}", values.join(", ")),
            Argument::On => format!(" -{name}"),
            Argument::Off => format!(" -{name}:$false"),
        };
    }
    text
}

fn statement(statement: &Statement) -> String {
    model::tsql::text(statement).replace('\n', " ")
}

fn person(task: &Task) -> String {
    match task {
        Task::Fence { host } => format!("a person fences {host}"),
        Task::Publish { pool, changes, .. } => {
            let slot = |c: &model::call::SlotChange| {
                let mirror = c.after.mirror.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
                let witness = match (&c.before.witness, &c.after.witness) {
                    (before, after) if before == after => String::new(),
                    (_, None) => ", witness slot none".to_owned(),
                    (_, Some(w)) => format!(", witness slot {w}"),
                };
                format!("{} of {}: primary slot {}, mirror slot {mirror}{witness}", c.kind, c.pool, c.after.primary)
            };
            format!("a person publishes {pool}: {}", changes.iter().map(slot).collect::<Vec<_>>().join("; "))
        }
        Task::Rebuild { host } => format!("a person rebuilds {host}"),
        Task::SetUpSql { instance, .. } => format!("a person installs SQL Server {instance}"),
        Task::EnableServices { front_end, .. } => format!("a person enables the services of {front_end}"),
        Task::MendReplicas { front_ends } => {
            let names: Vec<_> = front_ends.iter().map(ToString::to_string).collect();
            format!("a person looks why replicas stay behind: {}", names.join(", "))
        }
        Task::SetUpWitness { instance, .. } => format!("a person makes {instance} able to witness"),
        Task::BringBack { pool, kind, .. } => {
            format!("a person brings the data of {kind} of {pool} back from a backup")
        }
        Task::MoveCms { to, .. } => format!("a person moves the Central Management store to {to}"),
        Task::Aftercare { pool, .. } => format!("a person sees to log backups and reports of {pool}"),
    }
}
