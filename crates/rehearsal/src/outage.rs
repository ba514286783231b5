//! Which users are really without service, machine by machine: the truth of the simulated deployment, not an observation.

use executor::simulated::Deployment;
use executor::simulated::host::Role;
use executor::simulated::pool::{FrontEnd, Services};
use model::database_type::DatabaseType;
use topology::names::{Fqdn, SqlInstance};

/// The share of a pool's users without service, in thousandths. A Front End that settles serves.
#[must_use]
pub fn unserved(world: &Deployment, pool: &Fqdn) -> u64 {
    let Some(there) = world.pool(pool) else { return 0 };
    let served = |f: &&FrontEnd| f.power && f.services == Services::Running && reaches(world, f);
    let all = there.front_ends.len().max(1);
    let out = there.front_ends.len() - there.front_ends.iter().filter(served).count();
    u64::try_from(out * 1000 / all).unwrap_or(1000)
}

/// Whether a Front End has a back end: in the primary slot that it loaded, or in the mirror slot while that is mirrored (K5).
fn reaches(world: &Deployment, front_end: &FrontEnd) -> bool {
    let Some(slots) = front_end.loaded.iter().find(|s| s.kind == DatabaseType::User) else { return true };
    let serves = |at: &SqlInstance, database: &str, mirrored: bool| {
        let copy = world.copy(at, database).filter(|c| c.online());
        world.answers(at) && copy.is_some_and(|c| !mirrored || c.role() == Some(Role::Principal))
    };
    DatabaseType::User.databases().iter().all(|d| {
        serves(&slots.primary, d, false) || slots.mirror.as_ref().is_some_and(|mirror| serves(mirror, d, true))
    })
}
