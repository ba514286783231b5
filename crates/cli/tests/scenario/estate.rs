//! What of a world must be the same at the end, however it was reached: slots, roles, sessions, and what Front Ends run.

use std::collections::BTreeMap;

use executor::simulated::Deployment;

/// What counts of a world, by name. Times, numbers of sessions and histories differ from run to run.
pub fn end_state(world: &Deployment) -> BTreeMap<String, String> {
    let mut state = BTreeMap::new();
    for store in &world.published.stores {
        let slots = &store.slots;
        state.insert(format!("slots of {:?} {}", store.pools, slots.kind), format!("{slots:?}"));
    }
    for (at, copy) in world.copies() {
        let session = copy.session.as_ref().map(|s| {
            let witness = s.witness.as_ref().map(|w| w.instance.to_string());
            format!("{:?} with {}, {:?}, safety {:?}, witness {witness:?}", s.role, s.partner, s.state, s.safety)
        });
        state.insert(format!("{} on {at}", copy.name), format!("{:?}, {session:?}", copy.state));
    }
    for pool in &world.pools {
        state.insert(format!("{} reports", pool.name), format!("{:?}", pool.reports));
        for front_end in &pool.front_ends {
            let voter = front_end.voter.as_ref().map(|v| v.instance.to_string());
            let text = format!("{:?}, loaded {:?}, voter {voter:?}", front_end.services, front_end.loaded);
            state.insert(front_end.name.to_string(), text);
        }
    }
    for host in &world.hosts {
        let text = format!("power {}, network {}, log backups {}", host.power, host.network, host.log_backups);
        state.insert(host.name.to_string(), text);
    }
    state
}

/// Insists that two worlds agree in what counts.
#[track_caller]
pub fn same_end(one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) {
    let names = one.keys().chain(other.keys());
    let differ = names.filter(|n| one.get(*n) != other.get(*n));
    let lines: Vec<String> = differ.map(|n| format!("{n}:\n  {:?}\n  {:?}", one.get(n), other.get(n))).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}
