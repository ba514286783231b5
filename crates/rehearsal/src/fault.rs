//! Which faults can strike which step: every kind at every act of every call that the plan makes when nothing goes wrong.
//! It strikes none.

use std::collections::BTreeSet;

use executor::simulated::deed::{Deed, bind};
use executor::simulated::{FaultKind, Slip};
use model::call::{Call, Task};
use model::declaration::StepId;
use serde::Serialize;
use topology::names::{Fqdn, SqlInstance};

/// What kind of fault it is: a column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// It says no and does nothing.
    Fails,
    /// It does its work for some databases, or some of its acts.
    Half,
    /// It says yes and takes effect later.
    Late,
    /// It says yes and does nothing.
    Lies,
    /// A machine loses power while it runs.
    Dies,
    /// A person slips.
    Slips,
    /// Nobody hears of it.
    Lost,
}

impl Class {
    /// Every kind, in the order of the table.
    pub const ALL: [Self; 7] = [Self::Fails, Self::Half, Self::Late, Self::Lies, Self::Dies, Self::Slips, Self::Lost];
}

/// One fault at one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The step, by place from 0.
    pub place: usize,
    /// The step's purpose: the fault waits for it.
    pub step: StepId,
    /// Which of the step's calls, from 0, as many as there are when nothing goes wrong: the fault strikes it or a later one.
    pub call: usize,
    /// Which act of the call, from 0; none where the step only waits.
    pub act: Option<usize>,
    /// What the act is called.
    pub on: String,
    /// What goes wrong.
    pub kind: FaultKind,
}

impl Trial {
    /// What kind of fault it is.
    #[must_use]
    pub fn class(&self) -> Class {
        match &self.kind {
            FaultKind::Fails => Class::Fails,
            FaultKind::HalfSucceeds { .. } => Class::Half,
            FaultKind::SucceedsLate { .. } => Class::Late,
            FaultKind::SaysYesDoesNothing => Class::Lies,
            FaultKind::HostDies { .. } => Class::Dies,
            FaultKind::PersonSlips { .. } => Class::Slips,
            FaultKind::ReplyLost => Class::Lost,
        }
    }

    /// The machine that the fault itself takes, whatever the plan does: one that dies, one that is mistaken for another.
    #[must_use]
    pub fn takes(&self) -> Option<&Fqdn> {
        match &self.kind {
            FaultKind::HostDies { host, .. } | FaultKind::PersonSlips { slip: Slip::WrongHost { host } } => Some(host),
            _ => None,
        }
    }

    /// The machine that has no power after it, if one.
    #[must_use]
    pub fn darkens(&self) -> Option<&Fqdn> {
        match &self.kind {
            FaultKind::HostDies { host, .. } => Some(host),
            FaultKind::PersonSlips { slip: Slip::WrongHost { host } } if self.on == "Fence" => Some(host),
            _ => None,
        }
    }

    /// What goes wrong, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let on = match self.on.as_str() {
            "Fence" => "the fence",
            "Publish" => "the publish",
            "Rebuild" => "the rebuild",
            "SetUpSql" => "the installation of SQL Server",
            "EnableServices" => "the enabling of services",
            "MendReplicas" => "the mending of the replicas",
            "SetUpWitness" => "the bringing back of the witness",
            "BringBack" => "the return of the data",
            "Aftercare" => "the aftercare",
            other => other,
        };
        match &self.kind {
            FaultKind::Fails => format!("{on} fails"),
            FaultKind::HalfSucceeds { done } => format!("{on} succeeds for {done} of its databases"),
            FaultKind::SucceedsLate { seconds } => format!("{on} takes effect {seconds} s late"),
            FaultKind::SaysYesDoesNothing => format!("{on} says yes and does nothing"),
            FaultKind::HostDies { host, .. } => format!("{host} dies during {on}"),
            FaultKind::ReplyLost => format!("{on} is done and nobody hears of it"),
            FaultKind::PersonSlips { slip } => match slip {
                Slip::Forgets => format!("{on} is said to be done and is not"),
                Slip::LeavesOut { of } => format!("{on} leaves out {of}"),
                Slip::ChangesMore { .. } => format!("{on} changes something else as well"),
                Slip::WrongHost { host } => format!("{on} is done to {host}"),
                Slip::WrongMirror { instance } => format!("{on} names {instance} as the mirror"),
                Slip::WrongVersion { version } => format!("{on} is of version {version}"),
            },
        }
    }
}

/// What the plan did at a step when nothing went wrong.
#[derive(Clone, Debug)]
pub struct Act {
    /// The step, by place.
    pub place: usize,
    /// Its purpose.
    pub step: StepId,
    /// How many calls of the step came before.
    pub nth: usize,
    /// What was sent or asked; none where it waited.
    pub call: Option<Call>,
    /// Machines that had power then, of those that the plan is about.
    pub machines: Vec<Fqdn>,
    /// Seconds after which its result is awaited no longer.
    pub patience: u64,
}

/// A little late: the result is still awaited.
const A_LITTLE: u64 = 60;
/// How much later than the last look a call takes effect that is too late.
const TOO_LATE: u64 = 600;
/// After that time nobody waits for a person.
const PATIENCE_WITH_PEOPLE: u64 = 3600;

/// Every fault that can strike what was done at a step; `strangers` are instances that no slot of the plan names.
#[must_use]
pub fn trials(act: &Act, strangers: &[SqlInstance], sql_hosts: &BTreeSet<Fqdn>) -> Vec<Trial> {
    let mut found = Vec::new();
    let mut add = |n: Option<usize>, on: &str, kind: FaultKind| {
        let (step, on) = (act.step.clone(), on.to_owned());
        found.push(Trial { place: act.place, step, call: act.nth, act: n, on, kind });
    };
    let dies = |done| act.machines.iter().map(move |host| FaultKind::HostDies { host: host.clone(), done });
    let Some(call) = &act.call else {
        dies(0).for_each(|kind| add(None, "the wait", kind));
        return found;
    };
    let deeds = bind(call).unwrap_or_default();
    for (n, deed) in deeds.iter().enumerate() {
        let databases = databases(deed);
        let mut kinds = vec![FaultKind::Fails];
        kinds.extend((1..databases).map(|done| FaultKind::HalfSucceeds { done }));
        let late = if deed.by_person() { PATIENCE_WITH_PEOPLE } else { act.patience + TOO_LATE };
        kinds.extend([A_LITTLE, late].map(|seconds| FaultKind::SucceedsLate { seconds }));
        if deed.by_person() {
            let slips = slips(call, sql_hosts, &act.machines, strangers);
            kinds.extend(slips.into_iter().map(|slip| FaultKind::PersonSlips { slip }));
        } else {
            kinds.push(FaultKind::SaysYesDoesNothing);
        }
        kinds.push(FaultKind::ReplyLost);
        // By the last act most of the call is done: that is when a death leaves the most behind.
        if n + 1 == deeds.len() {
            kinds.extend(dies(1));
        }
        kinds.into_iter().for_each(|kind| add(Some(n), deed.called(), kind));
    }
    found
}

/// How many databases an act is about; one where it is about none.
fn databases(deed: &Deed) -> usize {
    match deed {
        Deed::Failover { .. } | Deed::EndMirror { .. } | Deed::CreateMirror { .. } | Deed::CreateDatabases { .. } => {
            deed.kind().map_or(1, |kind| kind.databases().len())
        }
        _ => 1,
    }
}

fn slips(call: &Call, sql_hosts: &BTreeSet<Fqdn>, machines: &[Fqdn], strangers: &[SqlInstance]) -> Vec<Slip> {
    let mut slips = vec![Slip::Forgets];
    let wrong = |right: &Fqdn| {
        let others = machines.iter().filter(|m| sql_hosts.contains(*m) && *m != right);
        others.map(|host| Slip::WrongHost { host: host.clone() }).collect::<Vec<_>>()
    };
    match call {
        Call::Person(Task::Fence { host } | Task::Rebuild { host }) => slips.extend(wrong(host)),
        Call::Person(Task::Publish { pool, changes, .. }) => {
            if changes.len() > 1 {
                slips.extend(changes.iter().map(|c| Slip::LeavesOut { of: c.kind }));
            }
            slips.push(Slip::ChangesMore { what: format!("{pool}, file store -> none") });
            if changes.iter().any(|c| c.after.mirror.is_some()) {
                slips.extend(strangers.iter().map(|instance| Slip::WrongMirror { instance: instance.clone() }));
            }
        }
        Call::Person(Task::SetUpSql { .. }) => {
            slips.push(Slip::WrongVersion { version: "11.0.6020.0 Standard".to_owned() });
        }
        Call::Person(
            Task::SetUpWitness { .. }
            | Task::EnableServices { .. }
            | Task::MendReplicas { .. }
            | Task::BringBack { .. }
            | Task::MoveCms { .. }
            | Task::Aftercare { .. },
        )
        | Call::Cmdlets(_)
        | Call::Sql { .. }
        | Call::SqlInTurn(_)
        | Call::Wait => {}
    }
    slips
}
