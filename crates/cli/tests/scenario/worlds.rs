//! The worlds of the scenarios, built and never typed: what `deployment.json` of each folder says.

use executor::simulated::Deployment;
use executor::simulated::host::{Endpoint, Host, SqlServer};
use executor::simulated::pool::{Services, Stuck};
use jiff::SignedDuration;
use model::database_type::DatabaseType;
use model::estate::Product;
use topology::names::{Fqdn, InstanceName, SqlInstance};

use super::{Folder, middles};

/// A scenario: a folder under `fixtures/scenarios`.
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// Its world.
    pub world: fn() -> Deployment,
}

/// Every scenario.
pub const ALL: [Scenario; 46] = [
    Scenario { name: "seed", world: Deployment::seed },
    Scenario { name: "synchronisation-unknown", world: || Deployment::seed().synchronisation_unknown() },
    Scenario { name: "witness-all", world: || night(|d| d.witness(&instance("be3", "RTC"))) },
    Scenario { name: "witness-some", world: || night(witness_of_two) },
    Scenario { name: "other-instance", world: || night(other_instance) },
    Scenario { name: "user-only", world: || night(user_only) },
    Scenario { name: "front-ends-2", world: || Deployment::seed().front_ends(2) },
    Scenario { name: "front-ends-6", world: || Deployment::seed().front_ends(6) },
    Scenario { name: "mirror-behind", world: || Deployment::seed().behind(&["LcsCDR", "QoEMetrics"]) },
    Scenario { name: "primary-reachable", world: sql_server_dies },
    Scenario { name: "both-lost", world: both_lost },
    Scenario {
        name: "never-mirrored",
        world: || since(|d| backed_up(never_mirrored(d)), |w| w.power_off(&host("be1"))),
    },
    Scenario {
        name: "archiving-lost",
        world: || since(|d| backed_up(archiving_alone(d)), |w| w.power_off(&host("be3"))),
    },
    Scenario { name: "as-desired", world: || after("seed", Deployment::seed()) },
    Scenario { name: "old-slots", world: Deployment::seed },
    Scenario { name: "goal-a", world: Deployment::seed },
    Scenario { name: "goal-b", world: Deployment::seed },
    Scenario { name: "goal-c", world: || after("goal-a", Deployment::seed()) },
    Scenario { name: "goal-c-at-once", world: Deployment::seed },
    Scenario { name: "cms-here-paired", world: || Deployment::seed().cms_in_the_pool().paired() },
    Scenario { name: "cms-here-apart", world: || Deployment::seed().cms_in_the_pool() },
    Scenario { name: "cms-moved", world: cms_moved },
    Scenario { name: "cms-here-both-lost", world: cms_here_both_lost },
    Scenario { name: "cms-here", world: cms_here },
    Scenario { name: "cms-here-undocumented", world: cms_here },
    Scenario { name: "cms-elsewhere-down", world: cms_elsewhere_down },
    Scenario { name: "witness-add", world: || with_server(cared_for(Deployment::healthy()), "w1", Some(7022)) },
    Scenario { name: "witness-remove", world: || since(watched, |world| world.power_off(&host("w1"))) },
    Scenario { name: "principal-offline", world: principal_offline },
    Scenario { name: "principal-offline-witness", world: principal_offline },
    Scenario { name: "services-disabled", world: services_disabled },
    Scenario { name: "replica-stuck", world: || since(cared_for, topology_not_received) },
    Scenario { name: "witness-change", world: || with_server(watched(Deployment::healthy()), "w2", None) },
    Scenario { name: "suspended", world: middles::suspended },
    Scenario { name: "catching-up", world: middles::catching_up },
    Scenario { name: "one-sided", world: middles::one_sided },
    Scenario { name: "old-primary-back", world: middles::old_primary_back },
    Scenario { name: "two-principals", world: middles::two_principals },
    Scenario { name: "principals-mixed", world: middles::principals_mixed },
    Scenario { name: "store-dead", world: middles::store_dead },
    Scenario { name: "created-beside", world: middles::created_beside },
    Scenario { name: "not-restarted", world: middles::not_restarted },
    Scenario { name: "failover-planned", world: || cared_for(Deployment::healthy()) },
    Scenario { name: "exchange", world: || cared_for(Deployment::healthy()) },
    Scenario { name: "several-pools", world: several_pools },
    Scenario { name: "publishes-shared", world: several_pools },
];

/// The world of a scenario.
pub fn world(name: &str) -> Deployment {
    let found = ALL.iter().find(|s| s.name == name).unwrap_or_else(|| panic!("no scenario {name}"));
    (found.world)()
}

/// A host.
pub fn host(label: &str) -> Fqdn {
    Fqdn::new(format!("{label}.contoso.com")).expect("a name")
}

/// An instance.
pub fn instance(label: &str, name: &str) -> SqlInstance {
    SqlInstance { host: host(label), name: InstanceName::new(name).expect("a name") }
}

/// 17 min 3 s before the night is first looked at, be1 goes.
const BEFORE: i64 = 17 * 60 + 3;

/// A healthy estate, varied; then something happens to it, and time passes until the night is first looked at.
pub fn since(vary: impl FnOnce(Deployment) -> Deployment, happens: impl FnOnce(&mut Deployment)) -> Deployment {
    let mut world = vary(Deployment::healthy());
    world.now = world.now.checked_sub(SignedDuration::from_secs(BEFORE)).expect("a time");
    world.stirred = None;
    happens(&mut world);
    world.advance(u64::try_from(BEFORE).expect("some time"));
    world
}

/// The night of a varied estate: be1 has no power.
fn night(vary: impl FnOnce(Deployment) -> Deployment) -> Deployment {
    since(vary, |world| world.power_off(&host("be1")))
}

/// The machine answers, SQL Server on it does not run.
fn sql_server_dies() -> Deployment {
    since(|d| d, |world| world.instance_mut(&instance("be1", "RTC")).expect("be1").running = false)
}

/// pool01 holds the Central Management store, and there is no other pool.
fn cms_here() -> Deployment {
    let mut world = Deployment::seed().cms_in_the_pool();
    let (pool, sql) = (host("pool02"), host("sql2"));
    world.published.stores.retain(|s| !s.pools.contains(&pool));
    world.pools.retain(|p| p.name != pool);
    world.hosts.retain(|h| h.name != sql);
    world
}

/// pool01 held it with no pool paired, and people moved it to pool02 as the first plan of that night says.
fn cms_moved() -> Deployment {
    let folder = Folder::with("cms-here-apart", &Deployment::seed().cms_in_the_pool());
    folder.cstopo(&["observe"]).exits(0);
    folder.plan(&[]);
    folder.apply(&[]).exits(0);
    let mut world = folder.world();
    world.events.clear();
    world
}

/// pool01 holds it and has lost both hosts; pool02 is paired with it.
fn cms_here_both_lost() -> Deployment {
    let paired = |world: Deployment| backed_up(world.cms_in_the_pool().paired());
    since(paired, |world| ["be1", "be2"].iter().for_each(|h| world.power_off(&host(h))))
}

/// pool02 holds the Central Management store on sql2 alone, and sql2 has no power either. No pool is paired with it.
fn cms_elsewhere_down() -> Deployment {
    night(|world| world.with_power("sql2", false))
}

/// Nothing is left to do after mirroring: databases are tested, logs are backed up on both hosts.
pub fn cared_for(mut world: Deployment) -> Deployment {
    world.pool_mut(&host("pool01")).expect("pool01").tested = Some(world.now);
    world.host_mut(&host("be2")).expect("be2").log_backups = true;
    world
}

/// With a witness, w1, and nothing left to do.
fn watched(world: Deployment) -> Deployment {
    cared_for(world).witness(&instance("w1", "RTC"))
}

/// be2, the mirror, has been dead for a while when w1, the witness, dies too: be1 sees neither, and serves nobody.
fn principal_offline() -> Deployment {
    let mut world = since(watched, |world| world.power_off(&host("be2")));
    world.power_off(&host("w1"));
    world.advance(300);
    world
}

/// A failover of the computer fe1 was left half done: its services are disabled.
fn services_disabled() -> Deployment {
    let mut world = cared_for(Deployment::healthy());
    world.pool_mut(&host("pool01")).expect("pool01").product = Product::Skype2015;
    world.front_end_mut(&host("fe1")).expect("fe1").services = Services::Disabled;
    world
}

/// The Front Ends run a topology from before the mirrors; the one with them does not reach fe3.
fn topology_not_received(world: &mut Deployment) {
    for front_end in &mut world.pool_mut(&host("pool01")).expect("pool01").front_ends {
        for slots in front_end.loaded.iter_mut().chain(&mut front_end.replica.slots) {
            slots.mirror = None;
        }
    }
    world.front_end_mut(&host("fe3")).expect("fe3").replica.stuck = Some(Stuck::UntilForced);
    world.foreign_publish(None);
}

/// With one more SQL Server that holds nothing, and a mirroring endpoint on that port.
fn with_server(mut world: Deployment, label: &str, port: Option<u16>) -> Deployment {
    let mut server = world.host(&host("be2")).expect("be2").clone();
    server.name = host(label);
    server.instances[0].databases.clear();
    server.instances[0].endpoint = port.map(|port| Endpoint { port, started: true });
    world.hosts.push(server);
    world
}

/// Backups of the evening before, 21:00:00Z; a transaction a second was written since.
fn backed_up(world: Deployment) -> Deployment {
    let taken = "2026-03-13T21:00:00Z".parse().expect("a time");
    let ago = world.now.duration_since(taken).as_secs();
    world.backed_up(u64::try_from(ago).expect("some time"), taken)
}

/// Both SQL Servers of the pair go.
fn both_lost() -> Deployment {
    since(backed_up, |world| ["be1", "be2"].iter().for_each(|h| world.power_off(&host(h))))
}

/// The pool lies on be1 alone; be2 is a SQL Server without a database of ours.
pub fn never_mirrored(mut world: Deployment) -> Deployment {
    let pool = host("pool01");
    for store in world.published.stores.iter_mut().filter(|s| s.pools.contains(&pool)) {
        store.slots.mirror = None;
        store.former = vec![instance("be2", "RTC")];
    }
    for server in world.hosts.iter_mut().filter(|h| h.name == host("be2")).flat_map(|h| &mut h.instances) {
        server.databases.clear();
    }
    for copy in world.hosts.iter_mut().flat_map(|h| &mut h.instances).flat_map(|i| &mut i.databases) {
        (copy.session, copy.monitor) = (None, None);
    }
    if let Some(reports) = &mut world.pool_mut(&pool).expect("pool01").reports {
        reports.partner = None;
    }
    loaded_as_published(world)
}

/// Archiving lies on a machine of its own, be3, and has no mirror.
fn archiving_alone(mut world: Deployment) -> Deployment {
    let at = instance("be3", "ARCH");
    let mut third = world.host(&host("be1")).expect("be1").clone();
    third.name = at.host.clone();
    third.instances[0].name = at.name.clone();
    third.instances[0].databases.retain(|c| kind_of(&c.name) == DatabaseType::Archiving);
    third.instances[0].databases.iter_mut().for_each(|c| (c.session, c.monitor) = (None, None));
    for server in world.hosts.iter_mut().flat_map(|h| &mut h.instances) {
        server.databases.retain(|c| kind_of(&c.name) != DatabaseType::Archiving);
    }
    world.hosts.push(third);
    for store in world.published.stores.iter_mut().filter(|s| s.slots.kind == DatabaseType::Archiving) {
        (store.slots.primary, store.slots.mirror) = (at.clone(), None);
    }
    loaded_as_published(world)
}

/// User and Application have a witness; Archiving and Monitoring were set up without one.
fn witness_of_two(healthy: Deployment) -> Deployment {
    let mut world = healthy.witness(&instance("be3", "RTC"));
    let without = |kind: DatabaseType| matches!(kind, DatabaseType::Archiving | DatabaseType::Monitoring);
    for store in world.published.stores.iter_mut().filter(|s| without(s.slots.kind)) {
        store.slots.witness = None;
    }
    let copies = world.hosts.iter_mut().flat_map(|h| &mut h.instances).flat_map(|i| &mut i.databases);
    for copy in copies.filter(|c| without(kind_of(&c.name))) {
        if let Some(session) = &mut copy.session {
            session.witness = None;
        }
    }
    loaded_as_published(world)
}

/// Archiving and Monitoring lie on an instance of their own, MON, of the same two machines.
fn other_instance(mut world: Deployment) -> Deployment {
    let moves = |kind: DatabaseType| matches!(kind, DatabaseType::Archiving | DatabaseType::Monitoring);
    let name = InstanceName::new("MON").expect("a name");
    for host in world.hosts.iter_mut().filter(|h| h.name == host("be1") || h.name == host("be2")) {
        let mut second = SqlServer { name: name.clone(), databases: Vec::new(), ..host.instances[0].clone() };
        let (mut moved, stay): (Vec<_>, Vec<_>) =
            host.instances[0].databases.drain(..).partition(|c| moves(kind_of(&c.name)));
        for session in moved.iter_mut().filter_map(|c| c.session.as_mut()) {
            session.partner.name = name.clone();
        }
        host.instances[0].databases = stay;
        second.databases = moved;
        host.instances.push(second);
    }
    for store in world.published.stores.iter_mut().filter(|s| moves(s.slots.kind)) {
        store.slots.primary.name = name.clone();
        if let Some(mirror) = &mut store.slots.mirror {
            mirror.name = name.clone();
        }
    }
    let pool = world.pool_mut(&host("pool01")).expect("pool01");
    if let Some(reports) = &mut pool.reports {
        reports.server.name = name.clone();
        if let Some(partner) = &mut reports.partner {
            partner.name = name;
        }
    }
    loaded_as_published(world)
}

/// A pool with a User store and no other.
fn user_only(mut world: Deployment) -> Deployment {
    let pool = host("pool01");
    world.published.stores.retain(|s| !s.pools.contains(&pool) || s.slots.kind == DatabaseType::User);
    let ours = |h: &Host| h.name == host("be1") || h.name == host("be2");
    for server in world.hosts.iter_mut().filter(|h| ours(h)).flat_map(|h| &mut h.instances) {
        server.databases.retain(|c| kind_of(&c.name) == DatabaseType::User);
    }
    world.pool_mut(&pool).expect("pool01").reports = None;
    loaded_as_published(world)
}

/// Two hosts die at once: be1 with pool01, and be5 with two more pools, each of which has an instance there.
fn several_pools() -> Deployment {
    let pair = [("be1.", "be5."), ("be2.", "be6.")];
    let third = [("pool01.", "pool03."), ("fe1.", "fe7."), ("fe2.", "fe8."), ("fe3.", "fe9.")];
    let fourth = [("pool01.", "pool04."), ("fe1.", "fe10."), ("fe2.", "fe11."), ("fe3.", "fe12."), ("RTC", "RTC4")];
    let vary = |world| beside(beside(world, &[&pair[..], &third].concat(), 200), &[&pair[..], &fourth].concat(), 300);
    since(vary, |world| ["be1", "be5"].iter().for_each(|h| world.power_off(&host(h))))
}

/// With another pool that is like pool01 with a User store only, under other names. Databases of a kin have numbers of their
/// own.
fn beside(mut world: Deployment, names: &[(&str, &str)], kin: u32) -> Deployment {
    let mut like = user_only(Deployment::healthy());
    let pool = host("pool01");
    like.pools.retain(|p| p.name == pool);
    like.published.stores.retain(|s| s.pools.contains(&pool));
    like.hosts.retain(|h| h.name == host("be1") || h.name == host("be2"));
    for copy in like.hosts.iter_mut().flat_map(|h| &mut h.instances).flat_map(|i| &mut i.databases) {
        copy.family += kin;
        if let Some(session) = &mut copy.session {
            session.guid = format!("{}-{kin}", session.guid);
        }
    }
    let text = names.iter().fold(like.to_json(), |text, (from, to)| text.replace(from, to));
    let like: Deployment = serde_json::from_str(&text).expect("a deployment under other names");
    world.pools.extend(like.pools);
    world.published.stores.extend(like.published.stores);
    for other in like.hosts {
        match world.hosts.iter_mut().find(|h| h.name == other.name) {
            Some(known) => known.instances.extend(other.instances),
            None => world.hosts.push(other),
        }
    }
    world
}

/// The type of store that a database belongs to.
pub fn kind_of(database: &str) -> DatabaseType {
    let of = |kind: &&DatabaseType| kind.databases().iter().any(|d| d.eq_ignore_ascii_case(database));
    *DatabaseType::ALL.iter().find(of).expect("a database of a store")
}

/// Every Front End runs what is published.
pub fn loaded_as_published(mut world: Deployment) -> Deployment {
    let published = world.published.clone();
    for pool in &mut world.pools {
        for front_end in &mut pool.front_ends {
            front_end.loaded = published.slots_of(&pool.name);
            front_end.replica.slots.clone_from(&front_end.loaded);
        }
    }
    world
}

/// A world in which a scenario's plan was carried out. What happened on the way is left out.
pub fn after(scenario: &str, world: Deployment) -> Deployment {
    let folder = Folder::with(scenario, &world);
    folder.finish(&[]);
    let mut world = folder.world();
    world.events.clear();
    world
}
