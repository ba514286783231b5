//! The closed list of actions. Each stands in a file of its own that proposes where it applies and declares what it is;
//! to add one is to add a file and its line here.

mod aftercare;
mod await_quorum;
mod await_replication;
mod bring_back;
mod confirm;
mod create_databases;
mod create_mirror;
mod drop_empty;
mod end_mirroring;
mod fail_over;
mod fence;
mod forget_partner;
mod full_stop;
mod move_cms;
mod move_cms_by_hand;
mod open_principal;
mod publish;
mod rebuild;
mod recover;
mod remirror;
mod restart;
mod save;
mod set_up_sql;
mod set_up_witness;
mod set_witness;
mod start_services;
mod synchronise;
mod test_databases;

pub use confirm::Confirm;
pub use publish::{Publish, Purpose};

use crate::declaration::{Declaration, StepId};
use crate::estate::{Estate, HostId, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value};
use crate::problem::Problem;

/// What an action module provides.
pub trait Declare: Sized {
    /// Where the action applies in a state, grounded. Nothing is proposed that cannot lead to a goal; whether it may
    /// begin is for its declaration to say.
    fn propose(problem: &Problem, state: &State) -> Vec<Self>;
    /// What the action is.
    fn declare(&self, problem: &Problem) -> Declaration;
    /// Its place among the actions of its kind, in the canonical order.
    fn order(&self) -> u16;
}

macro_rules! catalogue {
    ($($variant:ident = $module:ident::$type:ident),* $(,)?) => {
        /// An action, grounded: every name in it is decided. The order of the variants is the canonical order of steps.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // each is explained in its module
        pub enum Action { $($variant($module::$type)),* }

        impl Action {
            /// Every kind of action, in canonical order.
            pub const KINDS: &'static [&'static str] = &[$(stringify!($variant)),*];

            /// Its kind, one of [`Action::KINDS`].
            #[must_use]
            pub fn kind(&self) -> &'static str {
                match self { $( Self::$variant(_) => stringify!($variant) ),* }
            }

            /// Every action that applies in a state, in canonical order.
            #[must_use]
            pub fn proposals(problem: &Problem, state: &State) -> Vec<Self> {
                let mut all = Vec::new();
                $( all.extend(<$module::$type as Declare>::propose(problem, state).into_iter().map(Self::$variant)); )*
                all
            }

            /// Its place in the canonical order: by declaration, then by type, host or Front End.
            #[must_use]
            pub fn rank(&self) -> (u8, u16) {
                let mut kind = 0u8;
                $(
                    if let Self::$variant(a) = self {
                        return (kind, Declare::order(a));
                    }
                    kind += 1;
                )*
                (kind, 0)
            }

            fn declare_whole(&self, problem: &Problem) -> Declaration {
                match self { $( Self::$variant(a) => a.declare(problem) ),* }
            }
        }
    };
}

catalogue! {
    Fence = fence::Fence,
    DropEmpty = drop_empty::DropEmpty,
    Synchronise = synchronise::Synchronise,
    FailOver = fail_over::FailOver,
    Save = save::Save,
    MoveCms = move_cms::MoveCms,
    MoveCmsByHand = move_cms_by_hand::MoveCmsByHand,
    Publish = publish::Publish,
    AwaitReplication = await_replication::AwaitReplication,
    FullStop = full_stop::FullStop,
    Restart = restart::Restart,
    EndMirroring = end_mirroring::EndMirroring,
    Rebuild = rebuild::Rebuild,
    SetUpSql = set_up_sql::SetUpSql,
    CreateDatabases = create_databases::CreateDatabases,
    BringBack = bring_back::BringBack,
    CreateMirror = create_mirror::CreateMirror,
    TestDatabases = test_databases::TestDatabases,
    Aftercare = aftercare::Aftercare,
    Confirm = confirm::Confirm,
    ForgetPartner = forget_partner::ForgetPartner,
    StartServices = start_services::StartServices,
    Recover = recover::Recover,
    SetUpWitness = set_up_witness::SetUpWitness,
    SetWitness = set_witness::SetWitness,
    AwaitQuorum = await_quorum::AwaitQuorum,
    OpenPrincipal = open_principal::OpenPrincipal,
    Remirror = remirror::Remirror,
}

impl Action {
    /// What the action is, for this problem: with the ways that its policy allows, and without rules that are lifted.
    #[must_use]
    pub fn declare(&self, problem: &Problem) -> Declaration {
        let mut d = self.declare_whole(problem);
        if !problem.lifted.is_empty() {
            d.requires.retain(|c| !problem.lifted.contains(c.rule.key));
            for way in &mut d.ways {
                way.requires.retain(|c| !problem.lifted.contains(c.rule.key));
            }
        }
        if !problem.policy.allow_undocumented {
            d.ways.retain(|w| w.evidence != crate::declaration::Evidence::Inferred);
        }
        d
    }

    /// The action with that step id among those that apply in a state.
    #[must_use]
    pub fn with_id(problem: &Problem, state: &State, id: &StepId) -> Option<(Self, Declaration)> {
        let proposals = Self::proposals(problem, state).into_iter();
        proposals
            .map(|a| {
                let d = a.declare(problem);
                (a, d)
            })
            .find(|(_, d)| d.id == *id)
    }
}

/// Whether what was lost is a mirror: a host that does not answer, in mirror slots as observed and in no primary slot. Then
/// steps follow the sibling page.
fn mirror_lost(problem: &Problem, host: HostId) -> bool {
    let v = problem.view(&problem.initial);
    let here = |field| v.get(field).instance().is_some_and(|i| problem.estate.host_of(i) == host);
    let stores = problem.estate.stores_on(host);
    let mirrors = stores.iter().any(|&s| here(Field::MirrorSlot(s)));
    let primary = stores.iter().any(|&s| here(Field::PrimarySlot(s)));
    let silent = |&i: &_| v.get(Field::Answers(i)) != Value::Yes;
    mirrors && !primary && problem.estate.instances_on(host).iter().any(silent)
}

/// The name of a purpose, where it serves the desired slots, and where it only leads to them.
fn purpose(name: &str, meanwhile: bool) -> String {
    if meanwhile { format!("{name}-meanwhile") } else { name.to_owned() }
}

/// Whether mirrors of a store are in the making, as observed: some Front End has not started since the last one was created.
fn young(problem: &Problem, s: StoreId) -> bool {
    let v = problem.view(&problem.initial);
    let front_ends = problem.estate.store(s).users.iter().flat_map(|&p| &problem.estate.pool(p).front_ends);
    front_ends.into_iter().any(|&f| v.get(Field::StartedSinceMirror(f)) == Value::No)
}

/// Whether no store may lie on the machine of an instance: it can only witness.
fn holds_nothing(problem: &Problem, instance: InstanceId) -> bool {
    problem.estate.stores_on(problem.estate.host_of(instance)).is_empty()
}

/// Whether a host had a store whose every copy is lost, as observed. Then steps follow the page for a Back End Server that
/// was not mirrored, or whose mirror is lost too.
fn back_end_lost(problem: &Problem, host: HostId) -> bool {
    let stores = problem.estate.stores_on(host).iter().map(|&s| problem.estate.store(s));
    stores.into_iter().any(|s| s.databases.iter().all(|&d| problem.lost(d)))
}

/// Whether a managed store of a host serves nobody, as observed: what brings it back stops harm.
fn unserved(problem: &Problem, host: HostId) -> bool {
    let v = problem.view(&problem.initial);
    problem.wishes.iter().any(|w| {
        let instances = &problem.estate.store(w.store).instances;
        instances.iter().any(|&i| problem.estate.host_of(i) == host)
            && v.store_served(w.store) == crate::truth::Truth::False
    })
}

/// `<purpose>/<pool>`.
fn pool_id(purpose: &str, estate: &Estate, pool: PoolId) -> StepId {
    StepId(format!("{purpose}/{}", estate.pool(pool).fqdn))
}

/// "User", "User and Application", "User, Application and Archiving".
fn join(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
