//! A snapshot, attestations, a desired file and consents make a problem. It knows names and ids, and no rules but one:
//! what a product cannot do is refused before anybody plans.

use std::collections::{BTreeMap, BTreeSet};

use topology::diagnostic::Diagnostic;
use topology::names::Fqdn;

use crate::attest::{self, Attestations, Refuted};
use crate::cms;
use crate::database_type::DatabaseType;
use crate::desired::{Desired, Resolved, suggest};
use crate::estate::{DatabaseId, Estate, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value};
use crate::problem::{Problem, Wish};
use crate::recognise;
use crate::snapshot::Snapshot;
use crate::vocabulary;

/// A problem, and what was learnt on the way to it.
#[derive(Clone, Debug)]
pub struct Assembled {
    /// The question.
    pub problem: Problem,
    /// What is declared beside it, and left out because the question is kept to something else.
    pub left_out: Vec<Wish>,
    /// The snapshot with the attested facts taken in: what the problem's state rests on.
    pub facts: Snapshot,
    /// Words that count no longer. They are told, never dropped in silence.
    pub refuted: Vec<Refuted>,
    /// Where journal and lock lie, if the desired file says so.
    pub state_folder: Option<String>,
}

/// Why there is no problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An input is wrong: exit 65.
    Input(Vec<Diagnostic>),
    /// The inputs are right, and what they ask for cannot be: exit 3. Rendered with the word `refused`.
    Refused(Vec<Diagnostic>),
}

/// Assembles a problem. `consents` name databases whose loss is accepted, `pool01.contoso.com/LcsCDR`; `only` keeps the
/// wishes of a pool, of one store of it, `pool01.contoso.com/User`, or of a type in every pool, `Monitoring`; none keeps all. `service`
/// keeps what is left to being served.
///
/// # Errors
/// Names that the estate does not have or of which nothing is declared, and what is outside of scope: the table of `scope`.
pub fn assemble(
    snapshot: &Snapshot,
    attestations: &Attestations,
    desired: &Desired,
    consents: &[String],
    only: &[String],
) -> Result<Assembled, Fault> {
    let one = |d| Fault::Input(vec![d]);
    let (attested, refuted) = attest::merge(snapshot, attestations).map_err(one)?;
    let mut facts = snapshot.clone();
    facts.with_facts(attested);
    let estate = facts.estate(desired).map_err(one)?;
    let names = facts.topology.as_ref().and_then(|t| t.file.as_deref()).unwrap_or("the snapshot");
    let members = recognise::member_servers(&facts, &estate, desired);
    if !members.is_empty() {
        return Err(Fault::Refused(members));
    }
    let Resolved { mut wishes, policy, state_folder } = desired.resolve(&estate, names).map_err(Fault::Input)?;
    let (consents, mut errors) = consented(&estate, consents);
    let (left_out, unkept) = keep(&estate, &mut wishes, only, desired);
    errors.extend(unkept);
    if !errors.is_empty() {
        return Err(Fault::Input(errors));
    }
    let initial = facts.state(&estate);
    let unable = recognise::refused(&facts, &estate, &initial, &wishes, desired);
    if !unable.is_empty() {
        return Err(Fault::Refused(unable));
    }
    let builds = builds(&facts, &estate, &wishes);
    let port = |i: InstanceId| Some((i, facts.details.instances.get(&estate.instance(i).name)?.mirroring_port?));
    let ports = estate.instance_ids().filter_map(port).collect();
    let taken = taken(&estate, &initial, &wishes, desired);
    if !taken.is_empty() {
        return Err(Fault::Refused(taken));
    }
    let (leave, lifted, cms_to) = Default::default();
    let mut problem = Problem { estate, initial, wishes, policy, consents, builds, ports, cms_to, leave, lifted };
    let mut left_out = left_out;
    if only.iter().any(|name| name == CMS) {
        let to = destination(&problem)?;
        left_out.splice(0..0, problem.wishes.clone());
        problem = problem.for_cms(to);
    } else if only.iter().any(|name| name == SERVICE) {
        left_out.splice(0..0, problem.wishes.clone());
        problem = problem.for_service();
    }
    Ok(Assembled { problem, left_out, facts, refuted, state_folder })
}

fn argument(name: &str, value: &str, message: String, notes: Vec<(&'static str, String)>) -> Diagnostic {
    let file = format!("{name} {value}");
    Diagnostic { code: "CT2018", message, file, place: None, related: Vec::new(), notes }
}

fn consented(estate: &Estate, names: &[String]) -> (BTreeSet<DatabaseId>, Vec<Diagnostic>) {
    let mut errors = Vec::new();
    let mut consents = BTreeSet::new();
    for name in names {
        if let Some(d) = vocabulary::database_named(estate, name) {
            consents.insert(d);
            continue;
        }
        let stores = estate.store_ids().flat_map(|s| estate.store(s).databases.clone());
        let known: Vec<_> = stores.map(|d| estate.qualified(d)).collect();
        let mut notes = vec![("", "consent names pool and database: pool01.contoso.com/LcsCDR".to_owned())];
        notes.extend(suggest::help(name, known.iter().map(String::as_str)));
        errors.push(argument("--accept-data-loss", name, format!("there is no database `{name}`"), notes));
    }
    (consents, errors)
}

/// What `only` says to keep to service: no part of the estate, but a part of the work.
pub const SERVICE: &str = "service";

/// What `only` says to keep to the Central Management store: another pool takes it over, and what can be served is.
pub const CMS: &str = "cms";

/// The pool that is to take the Central Management store over; the one that holds it where nothing declared is in its way.
fn destination(problem: &Problem) -> Result<PoolId, Fault> {
    let error = |message: String, help: &str| {
        Fault::Input(vec![argument("--only", CMS, message, vec![("help", suggest::wrap(help))])])
    };
    let v = problem.view(&problem.initial);
    let Some(from) = cms::holder(v) else {
        return Err(error(
            "it is not known which pool holds the Central Management store".to_owned(),
            "let a collector ask Get-CsService -CentralManagement: holds-cms of each pool in the snapshot",
        ));
    };
    if !problem.pools().contains(&from) && v.get(Field::CmsWritable) == Value::Yes {
        return Ok(from);
    }
    let name = &problem.estate.pool(from).fqdn;
    cms::destination(problem).ok_or_else(|| {
        let message = format!("there is no other pool to which the Central Management store of {name} could move");
        error(message, "the other ways are in docs/operations.md, and in what cstopo plan says without --only")
    })
}

/// Takes the wishes out that were not asked for. What is asked for and not declared is an error: "nothing to do" would be
/// no answer to it.
fn keep(estate: &Estate, wishes: &mut Vec<Wish>, only: &[String], desired: &Desired) -> (Vec<Wish>, Vec<Diagnostic>) {
    let mut stores = BTreeSet::new();
    let mut errors = Vec::new();
    let parts: Vec<&String> = only.iter().filter(|name| *name != SERVICE && *name != CMS).collect();
    if parts.is_empty() {
        return (Vec::new(), Vec::new());
    }
    for name in parts {
        let Some(named) = named(estate, name) else {
            errors.push(nobody(estate, name));
            continue;
        };
        if !wishes.iter().any(|w| named.contains(&w.store)) {
            let message = format!("{} declares nothing for `{name}`", desired.file());
            let declared = wishes.iter().map(|w| vocabulary::store_name(estate, w.store)).collect::<Vec<_>>();
            let notes = vec![("declared", suggest::wrap(&declared.join(", ")))];
            errors.push(argument("--only", name, message, notes));
        }
        stores.extend(named);
    }
    let (kept, left_out) = std::mem::take(wishes).into_iter().partition(|w| stores.contains(&w.store));
    *wishes = kept;
    (left_out, errors)
}

/// The stores of a pool, the store of that name, or every store of a type.
fn named(estate: &Estate, name: &str) -> Option<Vec<StoreId>> {
    if let Some(pool) = Fqdn::new(name).ok().and_then(|fqdn| estate.pool_named(&fqdn)) {
        return Some(estate.pool(pool).stores.clone());
    }
    if let Some(store) = vocabulary::store_named(estate, name) {
        return Some(vec![store]);
    }
    let kind = name.parse::<DatabaseType>().ok()?;
    let stores: Vec<StoreId> = estate.store_ids().filter(|&s| estate.store(s).kind == kind).collect();
    (!stores.is_empty()).then_some(stores)
}

fn nobody(estate: &Estate, name: &str) -> Diagnostic {
    let pools = estate.pools.iter().map(|p| p.fqdn.to_string());
    let types: BTreeSet<DatabaseType> = estate.store_ids().map(|s| estate.store(s).kind).collect();
    let types = types.into_iter().map(|t| t.name().to_owned());
    let known: Vec<_> = pools
        .chain(types)
        .chain([SERVICE, CMS].map(str::to_owned))
        .chain(estate.store_ids().map(|s| vocabulary::store_name(estate, s)))
        .collect();
    let what = "a pool, a store as pool01.contoso.com/User, a type as Monitoring, or one of the words service and cms";
    let mut notes: Vec<_> = vec![("", suggest::wrap(what))];
    notes.extend(suggest::help(name, known.iter().map(String::as_str)));
    argument("--only", name, format!("there is no pool, store or type `{name}`"), notes)
}

/// Wishes that would bring a store to an instance on which another store of its type lies. Their databases have the same
/// names, so one would overwrite the other: guard G1 for copies that are not the store's own.
fn taken(estate: &Estate, initial: &State, wishes: &[Wish], desired: &Desired) -> Vec<Diagnostic> {
    let mut holders: BTreeMap<(DatabaseType, InstanceId), Vec<StoreId>> = BTreeMap::new();
    for s in estate.store_ids() {
        for i in
            [Field::PrimarySlot(s), Field::MirrorSlot(s)].into_iter().filter_map(|f| initial.get(estate, f).instance())
        {
            holders.entry((estate.store(s).kind, i)).or_default().push(s);
        }
    }
    let mut refused = Vec::new();
    for wish in wishes {
        let store = estate.store(wish.store);
        for i in wish.slot_instances() {
            let Some(there) = holders.get(&(store.kind, i)).filter(|x| !x.contains(&wish.store)) else { continue };
            let Some(&other) = there.first() else { continue };
            let (pool, at) = (&estate.pool(store.pool).fqdn, &estate.instance(i).name);
            let of = &estate.pool(estate.store(other).pool).fqdn;
            let message = format!("{at} holds the {} store of {of} already", store.kind);
            let mut d = desired.about_pool(pool, "CT4011", message, "declared here");
            d.notes.push((
                "",
                suggest::wrap("both would have databases of the same names: one would overwrite the other"),
            ));
            d.notes.push((
                "help",
                suggest::wrap(&format!("name another instance for the {} store of {pool}", store.kind)),
            ));
            refused.push(d);
        }
    }
    refused
}

/// How each SQL Server that a wish needs is to be built, should it have to be: as another one that may hold the same
/// store (operations §6.1: same version on all, same edition on both partners).
fn builds(facts: &Snapshot, estate: &Estate, wishes: &[Wish]) -> BTreeMap<InstanceId, String> {
    let version = |i: InstanceId| facts.details.instances.get(&estate.instance(i).name)?.version.clone();
    let mut builds: BTreeMap<InstanceId, String> = BTreeMap::new();
    for wish in wishes {
        let holders = &estate.store(wish.store).instances;
        for &i in holders {
            let partner = holders.iter().filter(|&&other| other != i).find_map(|&other| version(other));
            if let Some(partner) = partner {
                builds.entry(i).or_insert(partner);
            }
        }
    }
    builds
}
