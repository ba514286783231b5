//! Recognises, in a snapshot and a desired file, what is outside of scope: each finding is a refusal in the words of
//! `scope`. Only what is known positively refuses; what was not read refuses nothing.

use std::collections::BTreeSet;

use topology::diagnostic::Diagnostic;
use topology::names::Fqdn;

use crate::database_type::DatabaseType;
use crate::desired::{Desired, suggest};
use crate::estate::{Estate, InstanceId, Pool, Product, StoreId};
use crate::field::{Field, State};
use crate::problem::Wish;
use crate::scope::{self, Beyond};
use crate::snapshot::{InstanceDetail, Snapshot};

/// Says what a thing is, and which document is about it.
fn refuse(desired: &Desired, pool: &Fqdn, beyond: &Beyond, message: String) -> Diagnostic {
    let mut d = desired.about_pool(pool, beyond.code, message, "declared here");
    d.notes.push(("", suggest::wrap(&format!("see Microsoft's \"{}\":", beyond.document))));
    d.notes.extend(beyond.checklist.iter().map(|line| ("", suggest::wrap(&format!("- {line}")))));
    let help = format!("take {pool} out of {}; cstopo cannot restore it", desired.file());
    d.notes.push(("help", suggest::wrap(&help)));
    d
}

/// Declared pools that are no pools but servers: a Front End of a pool, or a server whose role the details name.
pub(crate) fn member_servers(facts: &Snapshot, estate: &Estate, desired: &Desired) -> Vec<Diagnostic> {
    let message = |name: &Fqdn| {
        if estate.pool_named(name).is_some() {
            return None;
        }
        if let Some(f) = estate.front_end_named(name) {
            let pool = &estate.pool(estate.front_end(f).pool).fqdn;
            return Some(format!("{name} is a Front End of {pool}, not a pool"));
        }
        let role = facts.details.servers.get(name)?;
        Some(format!("{name} is {}, not a pool with stores", role.words()))
    };
    let found = desired.pools().filter_map(|name| Some((name, message(name)?)));
    found.map(|(name, message)| refuse(desired, name, &scope::MEMBER_SERVER, message)).collect()
}

/// Everything else that the wishes touch and that is outside of scope.
pub(crate) fn refused(
    facts: &Snapshot,
    estate: &Estate,
    initial: &State,
    wishes: &[Wish],
    desired: &Desired,
) -> Vec<Diagnostic> {
    let users: BTreeSet<_> = wishes.iter().flat_map(|w| estate.store(w.store).users.iter().copied()).collect();
    let mut refused = Vec::new();
    for pool in users.into_iter().map(|p| estate.pool(p)) {
        if let Some(beyond) = product(pool.product) {
            let message = format!("{} is {}, which has no SQL mirroring", pool.fqdn, pool.product.name());
            refused.push(refuse(desired, &pool.fqdn, beyond, message));
        } else if let Some(server) = own_server(estate, initial, wishes, pool) {
            let message = format!("{} is a Standard Edition server: {server} holds its stores itself", pool.fqdn);
            refused.push(refuse(desired, &pool.fqdn, &scope::STANDARD_EDITION, message));
        }
    }
    let mut said: BTreeSet<(InstanceId, &str)> = BTreeSet::new();
    for wish in wishes {
        let store = estate.store(wish.store);
        let pool = &estate.pool(store.pool).fqdn;
        for i in wish.named() {
            let name = &estate.instance(i).name;
            let Some(detail) = facts.details.instances.get(name) else { continue };
            let slots = [Field::PrimarySlot(wish.store), Field::MirrorSlot(wish.store)];
            let moves = wish.slot_instances().contains(&i) && slots.iter().all(|&f| initial.get(estate, f) != i.into());
            let found = high_availability(detail).or_else(|| shipped(detail, store.kind).filter(|_| moves));
            if let Some((beyond, what)) = found.filter(|(beyond, _)| said.insert((i, beyond.id))) {
                refused.push(refuse(desired, pool, beyond, what.replace('#', &name.to_string())));
            }
        }
    }
    refused
}

/// Products without mirroring (operations §1: 2013 and 2015 only).
fn product(product: Product) -> Option<&'static Beyond> {
    match product {
        Product::Lync2010 => Some(&scope::LYNC_2010),
        Product::Skype2019 => Some(&scope::SKYPE_2019),
        Product::Lync2013 | Product::Skype2015 => None,
    }
}

/// The Front End of a pool that is the SQL Server of one of its stores too.
fn own_server<'a>(estate: &'a Estate, initial: &State, wishes: &[Wish], pool: &'a Pool) -> Option<&'a Fqdn> {
    let slot = |f| initial.get(estate, f).instance();
    let stores = pool.stores.iter();
    let observed = stores.flat_map(|&s| [slot(Field::PrimarySlot(s)), slot(Field::MirrorSlot(s))]).flatten();
    // They stand in the order of stores, as they were resolved.
    let wish = |s: &StoreId| wishes.binary_search_by_key(s, |w| w.store).ok().map(|n| &wishes[n]);
    let wished = pool.stores.iter().filter_map(wish).flat_map(Wish::slot_instances);
    let hosts: BTreeSet<&Fqdn> = observed.chain(wished).map(|i| &estate.instance(i).name.host).collect();
    pool.front_ends.iter().map(|&f| &estate.front_end(f).fqdn).find(|f| hosts.contains(f))
}

fn high_availability(detail: &InstanceDetail) -> Option<(&'static Beyond, String)> {
    match (&detail.availability_group, detail.clustered) {
        (Some(group), _) => Some((&scope::AVAILABILITY_GROUP, format!("# is in the availability group {group}"))),
        (None, Some(true)) => Some((&scope::FAILOVER_CLUSTER, "# is an instance of a failover cluster".to_owned())),
        (None, _) => None,
    }
}

/// Whether an instance receives the log shipping of a Persistent Chat store.
fn shipped(detail: &InstanceDetail, kind: DatabaseType) -> Option<(&'static Beyond, String)> {
    let chat = matches!(kind, DatabaseType::PersistentChat | DatabaseType::PersistentChatCompliance);
    let received = kind.databases().iter().find(|d| detail.receives_logs_of.iter().any(|x| x.eq_ignore_ascii_case(d)));
    let database = received.filter(|_| chat)?;
    Some((&scope::CHAT_BETWEEN_SITES, format!("# receives the shipped logs of {database}: it is for another site")))
}

/// Said where a declared pool is not in the topology.
#[must_use]
pub(crate) fn replaced() -> (&'static str, String) {
    let text =
        format!("{}: see Microsoft's \"{}\"", scope::POOL_REPLACEMENT.checklist[0], scope::POOL_REPLACEMENT.document);
    ("note", suggest::wrap(&text))
}
