//! Conditions in words: one sentence each, with whole names, in the field's terms. It evaluates nothing.

use crate::condition::{Condition, Predicate};
use crate::estate::{DatabaseId, Estate, FrontEndId, InstanceId, PoolId, StoreId};
use crate::field::{Field, Value};
use crate::vocabulary::{phrase, value_text};

/// What must hold, in words.
#[must_use]
pub fn condition(estate: &Estate, condition: &Condition) -> String {
    match condition {
        Condition::Is(field, value) => is(estate, *field, *value),
        Condition::IsNot(field, value) => match field {
            Field::PrimarySlot(_) | Field::MirrorSlot(_) | Field::WitnessSlot(_) => {
                format!("{} is not in the {}", value_text(estate, *value), phrase(estate, *field))
            }
            _ => format!("{} is known, and not {}", phrase(estate, *field), value_text(estate, *value)),
        },
        Condition::Named(p) => predicate(estate, p),
    }
}

fn is(estate: &Estate, field: Field, value: Value) -> String {
    match (field, value) {
        (Field::Fenced(h), Value::Yes) => format!("{} is fenced", estate.host(h)),
        (Field::Fenced(h), Value::No) => format!("{} is not fenced", estate.host(h)),
        (Field::Reachable(h), Value::Yes) => format!("{} answers", estate.host(h)),
        (Field::Answers(i), Value::Yes) => format!("SQL Server on {} answers", sql(estate, i)),
        (Field::Ready(i), Value::Yes) => {
            format!("{} is ready to take a mirror: version, edition, endpoint, port, share", sql(estate, i))
        }
        (Field::Session(d, i), Value::NoSession) => {
            format!("{} has no mirroring session on {}", database(estate, d), sql(estate, i))
        }
        (Field::Session(d, i), value) => {
            format!("session of {} on {}: {}", database(estate, d), sql(estate, i), value_text(estate, value))
        }
        (Field::Role(d, i), value) => {
            format!("{} on {}: {}", database(estate, d), sql(estate, i), value_text(estate, value))
        }
        (Field::Content(d, i), Value::Complete) => {
            format!("{} on {} is complete: nothing committed is missing", database(estate, d), sql(estate, i))
        }
        (Field::Safety(d, i), Value::Full) => {
            format!("{} on {}: safety FULL", database(estate, d), sql(estate, i))
        }
        (Field::Replica(f), Value::Current) => {
            format!("{} has received the published topology", front_end(estate, f))
        }
        (Field::Services(f), Value::Running) => format!("the services of {} run", front_end(estate, f)),
        (Field::HoldsCms(p), Value::Yes) => format!("{} holds the Central Management store", pool(estate, p)),
        (Field::HoldsCms(p), Value::No) => format!("the Central Management store is not on {}", pool(estate, p)),
        (Field::CmsWritable, Value::Yes) => "the Central Management store takes writes".to_owned(),
        (Field::Saved, Value::Yes) => "topology, simple URLs and settings are saved".to_owned(),
        _ => format!("{}: {}", phrase(estate, field), value_text(estate, value)),
    }
}

fn predicate(estate: &Estate, p: &Predicate) -> String {
    let d = |d: &DatabaseId| database(estate, *d);
    let i = |i: &InstanceId| sql(estate, *i);
    match p {
        Predicate::Serves(db, at) => format!("{} is served by {}", d(db), i(at)),
        Predicate::ServesOnOneOf(db, list) => {
            let names: Vec<_> = list.iter().map(i).collect();
            format!("{} is served by {}", d(db), names.join(" or "))
        }
        Predicate::Served(db) => format!("{} is served", d(db)),
        Predicate::NotTheOnlyServer(db, at) => {
            format!("{} does not serve {}, or another host serves a copy that is not superseded", i(at), d(db))
        }
        Predicate::NoOtherCopy(db, h) => {
            format!("no host besides {} that may answer holds a copy of {}", estate.host(*h), d(db))
        }
        Predicate::DataBack(db) => format!("the data of {} are back", d(db)),
        Predicate::NoKnownHarm(db) => format!("{} is served by one host at most, and from no older history", d(db)),
        Predicate::Together(s) => format!("all databases of {} are served by one instance", store(estate, *s)),
        Predicate::NoLivingPair(db, p, m) => {
            format!("{} is no longer mirrored from {} to {}, as far as both answer", d(db), i(p), i(m))
        }
        Predicate::CompleteBesides(db, h) => {
            format!("a complete copy of {} is served by another host than {}", d(db), estate.host(*h))
        }
        Predicate::NoLiveCopy(db, at) => format!("{} holds no live copy of {}", i(at), d(db)),
        Predicate::Witnessed(db, Some(w)) => format!("{} has the witness {}, and both partners see it", d(db), i(w)),
        Predicate::Witnessed(db, None) => format!("{} has no witness", d(db)),
        Predicate::WitnessPermits(db, at) => format!("{} has no witness, or {} sees it", d(db), i(at)),
        Predicate::CannotServe(db, at) => format!("{} on {} cannot serve", d(db), i(at)),
        Predicate::PartnerHarmless(db, at) => {
            format!("the partner of {} for {} cannot come back with an old copy", i(at), d(db))
        }
        Predicate::RunsOnPrimary(f, s, at) => format!(
            "{} runs a topology with {} in the primary slot of {}",
            front_end(estate, *f),
            i(at),
            store(estate, *s)
        ),
        Predicate::KnowsPartner(f, s, at) => {
            format!("{} runs a topology with {} in a slot of {}", front_end(estate, *f), i(at), store(estate, *s))
        }
        Predicate::Reaches(s, p, m) => {
            let partner =
                m.map_or_else(String::new, |m| format!(", or through {} as its failover partner", sql(estate, m)));
            format!("{} is served by {}{partner}", store(estate, *s), i(p))
        }
        Predicate::Spares(pool, f) => format!(
            "{} keeps its votes and routing groups while {} is down",
            estate.pool(*pool).fqdn,
            front_end(estate, *f)
        ),
        Predicate::Joins(pool, f) => {
            format!("{} has its votes once {} has started", estate.pool(*pool).fqdn, front_end(estate, *f))
        }
        Predicate::SessionAsSlots(db) => format!("the session of {} is as the published slots say", d(db)),
        Predicate::SlotsArePair(s, a, b) => {
            format!("the slots of {} are {} and {}, in any order", store(estate, *s), i(a), i(b))
        }
        Predicate::NotKnownToRunOtherSlots(f, s) => {
            format!("{} runs the published slots of {}", front_end(estate, *f), store(estate, *s))
        }
        Predicate::NotKnownToDiffer(field, value) => match (*field, *value) {
            (Field::StartedSinceMirror(f), _) => {
                format!("{} has started since the last mirror was created", front_end(estate, f))
            }
            (field, value) => is(estate, field, value),
        },
        Predicate::IsUnknown(field) => format!("{} is not known yet", phrase(estate, *field)),
        Predicate::OneServer(db) => format!("at most one host may serve {}", d(db)),
        Predicate::CompleteCopy(db) => format!("a complete copy of {} exists that nothing overwrites", d(db)),
        Predicate::NoForkServes(db) => format!("no superseded copy of {} may serve", d(db)),
        Predicate::PoolHolds(pool) => {
            format!("{} has its votes and routing groups, or stands still as announced", estate.pool(*pool).fqdn)
        }
        Predicate::NoBlindPublish => "nobody publishes while the Central Management store takes no writes".to_owned(),
    }
}

fn database(estate: &Estate, d: DatabaseId) -> String {
    estate.qualified(d)
}

fn pool(estate: &Estate, p: PoolId) -> String {
    estate.pool(p).fqdn.to_string()
}

fn sql(estate: &Estate, i: InstanceId) -> String {
    estate.instance(i).name.to_string()
}

fn store(estate: &Estate, s: StoreId) -> String {
    let store = estate.store(s);
    format!("{}/{}", estate.pool(store.pool).fqdn, store.kind)
}

fn front_end(estate: &Estate, f: FrontEndId) -> String {
    estate.front_end(f).fqdn.to_string()
}
