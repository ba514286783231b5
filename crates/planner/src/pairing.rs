//! How the copies of a store stand to each other, in one word: what a broken middle state is called. It plans nothing.

use model::estate::{DatabaseId, InstanceId, StoreId};
use model::field::{Field, Value};
use model::truth::Truth;
use model::view::View;

use crate::triage::first_of;

/// How the copies of a store stand to each other; the first that applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pairing {
    /// Two copies of one database serve.
    Twice,
    /// A copy is PRINCIPAL and serves nobody: it has lost mirror and witness.
    Offline,
    /// Some database is served nowhere, its mirror does not see the witness that is configured: forcing is refused.
    ForceRefused,
    /// Some database is served nowhere.
    Unserved,
    /// All are served, not all from one instance.
    Apart,
    /// A session is SUSPENDED.
    Suspended,
    /// One partner remembers a session that no copy beside it has.
    OneSided,
    /// A session has lost its partner.
    Disconnected,
    /// Copies without a session lie RESTORING beside those that serve.
    LeftOver,
    /// No session anywhere.
    Unmirrored,
    /// A session catches up, or fails over.
    CatchingUp,
    /// All are SYNCHRONIZED, and a witness that is configured is not seen: nothing fails over by itself.
    Unwitnessed,
    /// All are SYNCHRONIZED.
    Synchronized,
    /// It could not be told.
    Unknown,
}

/// How the copies of a store stand to each other.
#[must_use]
pub fn pairing(v: View<'_>, s: StoreId) -> Pairing {
    let store = v.estate.store(s);
    let any = |test: &dyn Fn(DatabaseId, InstanceId) -> Truth| {
        let of = |&d: &DatabaseId| Truth::any(store.instances.iter().map(|&i| test(d, i)));
        Truth::any(store.databases.iter().map(of))
    };
    let session = |d, i, value| v.is(Field::Session(d, i), value);
    // What a machine that does not answer says of its sessions is not asked.
    let answers = |i| v.is(Field::Answers(i), Value::Yes);
    let some = |value| any(&|d, i| answers(i).and(session(d, i, value)));
    let has = |d, i| session(d, i, Value::NoSession).not();
    let served = v.store_served(s);
    let cut_off = any(&|d, i| answers(i).and(v.is(Field::WitnessLink(d, i), Value::Disconnected)));
    let together =
        Truth::any(store.instances.iter().map(|&i| Truth::all(store.databases.iter().map(|&d| v.serves(d, i)))));
    let one_sided = any(&|d, i| {
        let beside = store.instances.iter().filter(|&&x| x != i);
        let forgotten = Truth::all(beside.map(|&x| answers(x).and(session(d, x, Value::NoSession))));
        answers(i).and(has(d, i)).and(forgotten)
    });
    let restoring = any(&|d, i| answers(i).and(v.is(Field::Role(d, i), Value::Restoring)));
    let mirrored = any(&|d, i| answers(i).and(has(d, i)));
    let catching_up = some(Value::Synchronizing).or(some(Value::PendingFailover));
    first_of(
        Pairing::Unknown,
        [
            (Pairing::Twice, twice(v, s)),
            (Pairing::Offline, offline(v, s)),
            (Pairing::ForceRefused, served.not().and(cut_off)),
            (Pairing::Unserved, served.not()),
            (Pairing::Apart, together.not()),
            (Pairing::Suspended, some(Value::Suspended)),
            (Pairing::OneSided, one_sided),
            (Pairing::Disconnected, some(Value::Disconnected)),
            (Pairing::LeftOver, restoring),
            (Pairing::Unmirrored, mirrored.not()),
            (Pairing::CatchingUp, catching_up),
            (Pairing::Unwitnessed, cut_off),
            (Pairing::Synchronized, some(Value::Synchronized)),
        ],
    )
}

/// Whether a copy on an instance that answers is a principal without quorum.
#[must_use]
pub fn offline(v: View<'_>, s: StoreId) -> Truth {
    Truth::any(v.estate.store(s).instances.iter().map(|&i| offline_at(v, s, i)))
}

/// The same of one instance.
pub(crate) fn offline_at(v: View<'_>, s: StoreId, i: InstanceId) -> Truth {
    let databases = v.estate.store(s).databases.iter();
    let recovering = Truth::any(databases.map(|&d| v.is(Field::Role(d, i), Value::Recovering)));
    v.is(Field::Answers(i), Value::Yes).and(recovering)
}

/// Whether two copies of one database serve.
#[must_use]
pub fn twice(v: View<'_>, s: StoreId) -> Truth {
    let store = v.estate.store(s);
    Truth::any(store.databases.iter().flat_map(|&d| {
        let pairs =
            store.instances.iter().enumerate().flat_map(|(n, &i)| store.instances[..n].iter().map(move |&j| (i, j)));
        pairs.map(move |(i, j)| v.serves(d, i).and(v.serves(d, j)))
    }))
}
