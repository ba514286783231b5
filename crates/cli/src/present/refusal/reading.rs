//! What has to be read before anything else is decided: roles that a login did not see, slots that nobody looked up, states
//! that pass by themselves. It searches nothing: what follows depends on what is then found.

use std::collections::{BTreeMap, BTreeSet};

use model::estate::{DatabaseId, InstanceId, PoolId, StoreId};
use model::field::{Field, Value};
use model::problem::Problem;

use super::ways_out::{GrantView, PLAN, Way};
use crate::present::numbers::{count, join};

/// What to read first, where there is any.
pub(super) fn of(problem: &Problem) -> Option<Way> {
    let instances = concerned(problem);
    let texts = [roles(problem, &instances), slots(problem), passing(problem, &instances)];
    let mut grants: Vec<GrantView> =
        texts.into_iter().flatten().map(|text| GrantView { kind: "fact", text, lines: Vec::new() }).collect();
    grants.last_mut()?.lines = vec!["cstopo observe".to_owned(), PLAN.to_owned()];
    Some(Way { grants, steps: None, loses: Vec::new() })
}

/// The instances that answer and that are declared, or in a slot.
fn concerned(problem: &Problem) -> BTreeSet<InstanceId> {
    let v = problem.view(&problem.initial);
    let slots = |s: StoreId| [Field::PrimarySlot(s), Field::MirrorSlot(s)].map(|f| v.get(f).instance());
    let published = problem.wishes.iter().flat_map(|w| slots(w.store)).flatten();
    problem.named().into_iter().chain(published).filter(|&i| v.get(Field::Answers(i)) == Value::Yes).collect()
}

/// The managed databases whose copy on an instance is so.
fn databases(problem: &Problem, i: InstanceId, so: impl Fn(DatabaseId) -> bool) -> Vec<DatabaseId> {
    let stores = problem.wishes.iter().map(|w| problem.estate.store(w.store));
    let here = stores.filter(|s| s.instances.contains(&i)).flat_map(|s| s.databases.iter().copied());
    here.filter(|&d| so(d)).collect()
}

fn roles(problem: &Problem, instances: &BTreeSet<InstanceId>) -> Option<String> {
    let v = problem.view(&problem.initial);
    let unread = |&i: &InstanceId| {
        let n = databases(problem, i, |d| !v.get(Field::Role(d, i)).is_known()).len();
        (n > 0).then(|| format!("{} on {}", count(n, "database"), problem.estate.instance(i).name))
    };
    let on: Vec<String> = instances.iter().filter_map(unread).collect();
    (!on.is_empty()).then(|| {
        format!(
            "Read the roles of {}: sys.database_mirroring and sys.databases, as sysadmin. To other logins a mirror looks \
             unmirrored.",
            join(&on)
        )
    })
}

fn slots(problem: &Problem) -> Option<String> {
    let (estate, v) = (&problem.estate, problem.view(&problem.initial));
    let of = |slot: fn(StoreId) -> Field, name: &str| {
        let mut pools: BTreeMap<PoolId, Vec<&str>> = BTreeMap::new();
        for wish in problem.wishes.iter().filter(|w| !v.get(slot(w.store)).is_known()) {
            let store = estate.store(wish.store);
            pools.entry(store.pool).or_default().push(store.kind.name());
        }
        let whom: Vec<String> =
            pools.iter().map(|(&p, kinds)| format!("{} of {}", join(kinds), estate.pool(p).fqdn)).collect();
        (!whom.is_empty()).then(|| format!("the {name} of {}", whom.join("; ")))
    };
    let unread = [of(Field::PrimarySlot, "primary slot"), of(Field::MirrorSlot, "mirror slot")];
    let unread: Vec<String> = unread.into_iter().flatten().collect();
    (!unread.is_empty()).then(|| format!("Look up {}: Get-CsService, or Topology Builder.", join(&unread)))
}

/// A failover that is under way, and two partners that both are MIRROR while they look for each other.
fn passing(problem: &Problem, instances: &BTreeSet<InstanceId>) -> Option<String> {
    let v = problem.view(&problem.initial);
    let mirror = |d, i| v.get(Field::Role(d, i)) == Value::Mirror;
    let other = |d, i| instances.iter().any(|&x| x != i && mirror(d, x));
    let under_way = |d, i| v.get(Field::Session(d, i)) == Value::PendingFailover || (mirror(d, i) && other(d, i));
    let names: Vec<String> = instances
        .iter()
        .filter(|&&i| !databases(problem, i, |d| under_way(d, i)).is_empty())
        .map(|&i| problem.estate.instance(i).name.to_string())
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "Wait a minute, and read {} again: a failover that is under way, and two partners that look for each other, \
             come to an end by themselves.",
            join(&names)
        )
    })
}
