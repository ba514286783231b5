//! Worlds in the middle of things: sessions that stand still or catch up, sessions that one side has ended, copies that
//! serve beside each other, and topologies that somebody left half changed.

use executor::simulated::Deployment;
use executor::simulated::host::{CopyState, Role, Safety, Session, SessionState};
use jiff::SignedDuration;
use model::call::{Call, Cmdlet, Statement};
use model::database_type::DatabaseType;
use topology::names::SqlInstance;

use super::worlds::{after, cared_for, host, instance, kind_of, loaded_as_published, never_mirrored, since};

/// Types of pool01.
const TYPES: [DatabaseType; 4] =
    [DatabaseType::User, DatabaseType::Application, DatabaseType::Archiving, DatabaseType::Monitoring];

/// The sessions of a type, on both partners.
fn sessions(world: &mut Deployment, kind: DatabaseType) -> impl Iterator<Item = &mut Session> {
    let copies = world.hosts.iter_mut().flat_map(|h| &mut h.instances).flat_map(|i| &mut i.databases);
    copies.filter(move |c| kind_of(&c.name) == kind).filter_map(|c| c.session.as_mut())
}

/// Ends the sessions of a type, by T-SQL on one instance.
fn partner_off(world: &mut Deployment, kind: DatabaseType, on: &SqlInstance) {
    let statements = kind.databases().iter().map(|&d| Statement::PartnerOff(d.to_owned())).collect();
    world.perform(&Call::Sql { on: on.clone(), statements });
}

/// The slots of every store of pool01 are published anew, by somebody.
fn published(world: &mut Deployment, primary: &SqlInstance, mirror: Option<&SqlInstance>) {
    let pool = host("pool01");
    for mut slots in world.published.slots_of(&pool) {
        (slots.primary, slots.mirror) = (primary.clone(), mirror.cloned());
        world.foreign_publish(Some((&pool, slots)));
    }
}

/// The logs of Monitoring were full for a while: its two sessions are SUSPENDED.
pub fn suspended() -> Deployment {
    let stop = |s: &mut Session| s.state = SessionState::Suspended;
    since(cared_for, |world| sessions(world, DatabaseType::Monitoring).for_each(stop))
}

/// be2, the mirror, was away for a while and is back; Monitoring is asynchronous besides.
pub fn catching_up() -> Deployment {
    let asynchronous = |mut world: Deployment| {
        for session in sessions(&mut world, DatabaseType::Monitoring) {
            (session.safety, session.state) = (Safety::Off, SessionState::Synchronizing);
        }
        cared_for(world)
    };
    let mut world = since(asynchronous, |world| world.power_off(&host("be2")));
    world.power_on(&host("be2"));
    world.advance(10);
    world
}

/// be2 was cut off when somebody ended mirroring type by type: of Application both partners know, of Archiving be1 alone,
/// of Monitoring be2 alone. Then it came back.
pub fn one_sided() -> Deployment {
    let (be1, be2) = (instance("be1", "RTC"), instance("be2", "RTC"));
    since(cared_for, |world| {
        for (kind, at) in [(DatabaseType::Archiving, &be1), (DatabaseType::Monitoring, &be2)] {
            sessions(world, kind).for_each(|s| s.unheard = true);
            partner_off(world, kind, at);
        }
        partner_off(world, DatabaseType::Application, &be1);
    })
}

/// The topology has followed to be2, mirroring is off, be1 waited for its rebuild; and somebody switched it on again.
pub fn old_primary_back() -> Deployment {
    let mut world = after("goal-a", Deployment::seed());
    world.power_on(&host("be1"));
    world.advance(600);
    world.events.clear();
    world
}

/// The partners stopped seeing each other while Front Ends saw both; somebody forced everything to be2, and nobody had
/// fenced be1.
pub fn two_principals() -> Deployment {
    let mut world = since(
        |d| d,
        |world| {
            let server = world.instance_mut(&instance("be1", "RTC")).expect("be1");
            server.endpoint.as_mut().expect("an endpoint").started = false;
            world.advance(60);
            for kind in TYPES {
                let call = Cmdlet::new("Invoke-CsDatabaseFailover").with("PoolFqdn", host("pool01"));
                let call = call.with("DatabaseType", kind).with("NewPrincipal", "Mirror").switch("Force");
                world.perform(&Call::Cmdlets(vec![call.without("Confirm")]));
            }
        },
    );
    // What was lost until now is no plan's doing.
    world.ledger.clear();
    world.events.clear();
    world
}

/// rtcxds is PRINCIPAL on be2, the other databases of User on be1.
pub fn principals_mixed() -> Deployment {
    since(cared_for, |world| {
        for (at, role, state) in
            [("be1", Role::Mirror, CopyState::Restoring), ("be2", Role::Principal, CopyState::Online)]
        {
            let copy = world.copy_mut(&instance(at, "RTC"), "rtcxds").expect("rtcxds");
            copy.state = state;
            copy.session.as_mut().expect("a session").role = role;
        }
    })
}

/// be2 serves after the loss of be1, and mirroring is removed; the topology goes on to name be1 as the store.
pub fn store_dead() -> Deployment {
    let (be1, be2) = (instance("be1", "RTC"), instance("be2", "RTC"));
    let mut world = since(
        |d| d,
        |world| {
            world.power_off(&be1.host);
            world.advance(300);
            for kind in TYPES {
                let call = Cmdlet::new("Invoke-CsDatabaseFailover").with("PoolFqdn", host("pool01"));
                let call = call.with("DatabaseType", kind).with("NewPrincipal", "Mirror").switch("Force");
                world.perform(&Call::Cmdlets(vec![call.without("Confirm")]));
            }
            published(world, &be1, None);
            TYPES.iter().for_each(|&kind| partner_off(world, kind, &be2));
        },
    );
    world.events.clear();
    world
}

/// be1 serves alone, without a mirror; on be2 somebody has created databases of the same names.
pub fn created_beside() -> Deployment {
    let mut world = since(|d| cared_for(never_mirrored(d)), |_| {});
    let living = world.instance(&instance("be1", "RTC")).expect("be1").databases.clone();
    let created = living.into_iter().map(|mut copy| {
        (copy.empty, copy.log, copy.megabytes) = (true, 0, 16);
        copy
    });
    world.instance_mut(&instance("be2", "RTC")).expect("be2").databases = created.collect();
    world
}

/// The slots of a healthy pair were exchanged and its mirrors created anew yesterday; no Front End has started since.
pub fn not_restarted() -> Deployment {
    let mut world = cared_for(Deployment::healthy());
    let (be1, be2) = (instance("be1", "RTC"), instance("be2", "RTC"));
    let before = world.pool(&host("pool01")).expect("pool01").front_ends.clone();
    for store in world.published.stores.iter_mut().filter(|s| s.pools.contains(&host("pool01"))) {
        (store.slots.primary, store.slots.mirror) = (be2.clone(), Some(be1.clone()));
    }
    world = loaded_as_published(world);
    let yesterday = world.now.checked_sub(SignedDuration::from_hours(24)).expect("a time");
    for (at, role, state) in [("be1", Role::Mirror, CopyState::Restoring), ("be2", Role::Principal, CopyState::Online)]
    {
        for copy in &mut world.instance_mut(&instance(at, "RTC")).expect("a server").databases {
            copy.state = state;
            let session = copy.session.as_mut().expect("a session");
            (session.role, session.created) = (role, yesterday);
        }
    }
    let pool = world.pool_mut(&host("pool01")).expect("pool01");
    if let Some(reports) = &mut pool.reports {
        (reports.server, reports.partner) = (be2, Some(be1));
    }
    for (front_end, before) in pool.front_ends.iter_mut().zip(before) {
        front_end.loaded = before.loaded;
    }
    world
}
