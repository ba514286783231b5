//! The traps of the operations reference, one test each: what the simulated world must do to whoever steps into them.

mod support;

use executor::driver::{Driver, Said};
use executor::simulated::host::{CopyState, Role, SessionState};
use executor::simulated::pool::{Services, Slots};
use executor::simulated::{Deployment, Fault, FaultKind, How, Simulated, Slip};
use model::call::{Call, Cmdlet, SlotChange, SlotPair, Statement, Task};
use model::database_type::DatabaseType;
use model::declaration::StepId;
use model::estate::Product;
use model::field::{Field, Value};
use topology::names::{Fqdn, SqlInstance};

fn name(label: &str) -> Fqdn {
    Fqdn::new(format!("{label}.contoso.com")).unwrap()
}

fn rtc(label: &str) -> SqlInstance {
    format!(r"{label}.contoso.com\RTC").parse().unwrap()
}

fn call(world: &mut Deployment, cmdlet: Cmdlet) -> Said {
    world.perform(&Call::Cmdlets(vec![cmdlet]))
}

const FAIL_OVER: &str = "Invoke-CsDatabaseFailover";

fn fail_over(world: &mut Deployment, slot: &str, force: bool) -> Said {
    let cmdlet = Cmdlet::new(FAIL_OVER).with("PoolFqdn", "pool01.contoso.com");
    let cmdlet = cmdlet.with("DatabaseType", "User").with("NewPrincipal", slot);
    call(world, if force { cmdlet.switch("Force") } else { cmdlet })
}

fn uninstall(world: &mut Deployment, host: &str) -> Said {
    let cmdlet = Cmdlet::new("Uninstall-CsMirrorDatabase").with("DatabaseType", "User");
    call(world, cmdlet.with("SqlServerFqdn", name(host)).with("SqlInstanceName", "RTC"))
}

fn install(world: &mut Deployment, host: &str, drop: bool) -> Said {
    let cmdlet = Cmdlet::new("Install-CsMirrorDatabase").with("DatabaseType", "User");
    let cmdlet = cmdlet.with("SqlServerFqdn", name(host)).with("SqlInstanceName", "RTC");
    let cmdlet = cmdlet.with("FileShare", r"\\fs1.contoso.com\sqlseed");
    call(world, if drop { cmdlet.switch("DropExistingDatabasesOnMirror") } else { cmdlet })
}

fn sql(world: &mut Deployment, on: &str, statement: fn(String) -> Statement) -> Said {
    let statements = ["rtcab", "rtcxds", "rtcshared"].map(|d| statement(d.to_owned())).into();
    world.perform(&Call::Sql { on: rtc(on), statements })
}

fn publish(world: &mut Deployment, primary: &str, mirror: Option<&str>) -> Said {
    let kinds = [DatabaseType::User, DatabaseType::Application, DatabaseType::Archiving, DatabaseType::Monitoring];
    let slots = SlotPair { primary: rtc(primary), mirror: mirror.map(rtc), witness: None };
    let pool = name("pool01");
    let change = |kind| SlotChange { pool: pool.clone(), kind, before: slots.clone(), after: slots.clone() };
    let changes = kinds.map(change).into();
    world.perform(&Call::Person(Task::Publish { pool: pool.clone(), product: Product::Lync2013, changes }))
}

fn role(world: &Deployment, host: &str) -> Option<Role> {
    world.copy(&rtc(host), "rtcxds").and_then(executor::simulated::host::Copy::role)
}

fn session(world: &Deployment, host: &str) -> Option<SessionState> {
    world.copy(&rtc(host), "rtcxds").and_then(|c| c.session.as_ref()).map(|s| s.state)
}

fn online(world: &Deployment, host: &str) -> bool {
    world.copy(&rtc(host), "rtcxds").is_some_and(executor::simulated::host::Copy::online)
}

fn value(world: &Deployment, field: impl Fn(&model::estate::Estate) -> Field) -> Value {
    let estate = world.estate().unwrap();
    let field = field(&estate);
    Simulated::new(world.clone()).observe(&estate, &[field]).unwrap()[0].value(&estate)
}

fn content(world: &Deployment, host: &str) -> Value {
    value(world, |e| {
        let pool = e.pool_named(&name("pool01")).unwrap();
        Field::Content(e.database_of(pool, "rtcxds").unwrap(), e.instance_named(&rtc(host)).unwrap())
    })
}

#[test]
fn a_name_of_the_seed_is_well_formed_and_the_file_comes_back_as_it_went() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("deployment.json");
    let world = Deployment::seed().front_ends(12).witness(&rtc("w")).cms_in_the_pool();
    let slip = Slip::LeavesOut { of: DatabaseType::Archiving };
    let world = world
        .fault(Fault::new("Publish", FaultKind::PersonSlips { slip }).nth(2))
        .fault(Fault::new("T-SQL", FaultKind::HostDies { host: name("be2"), done: 1 }).of(DatabaseType::User));
    let mut world = world.fault(Fault::new(FAIL_OVER, FaultKind::SucceedsLate { seconds: 60 }));
    assert!(fail_over(&mut world, "Mirror", true).yes());
    assert_eq!(world.pending.len(), 1, "what is still under way is part of the file");
    world.save(&file).unwrap();
    assert_eq!(Deployment::load(&file).unwrap(), world);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), world.to_json());
    std::fs::write(&file, world.to_json().replace("\"cms\"", "\"cmd\"")).unwrap();
    assert!(Deployment::load(&file).unwrap_err().to_string().contains("unknown field `cmd`"));
    std::fs::write(&file, world.to_json().replace("\"done\"", "\"dnoe\"")).unwrap();
    assert!(Deployment::load(&file).is_err(), "nor would its number count");
    std::fs::write(&file, world.to_json().replace("\"nth\"", "\"nht\"")).unwrap();
    assert!(Deployment::load(&file).is_err(), "a misspelt fault would never strike");
    std::fs::write(&file, world.to_json().replacen("\"format\": 1", "\"format\": 2", 1)).unwrap();
    assert!(Deployment::load(&file).unwrap_err().to_string().contains("format 2"));
}

#[test]
fn new_principal_names_a_slot_and_without_force_a_lost_principal_stays_lost() {
    let mut world = Deployment::seed();
    assert!(!fail_over(&mut world, "Mirror", false).yes());
    assert_eq!(role(&world, "be2"), Some(Role::Mirror));
    // "Primary" names be1, which is dead: with Force the cmdlet says yes and nothing happens.
    assert!(fail_over(&mut world, "Primary", true).yes());
    assert_eq!(role(&world, "be2"), Some(Role::Mirror));
    assert!(fail_over(&mut world, "Mirror", true).yes());
    assert_eq!((role(&world, "be2"), online(&world, "be2")), (Some(Role::Principal), true));
    assert!(world.ledger.is_empty());
    let wrong = fail_over(&mut world, "principal", true);
    assert!(matches!(wrong, Said::Ended { ok: false, text } if text.contains("NewPrincipal")), "E20");
}

#[test]
fn forcing_a_copy_that_is_behind_loses_what_only_the_other_holds() {
    let mut world = Deployment::seed().behind(&["rtcxds"]);
    assert_eq!(content(&world, "be2"), Value::Behind);
    fail_over(&mut world, "Mirror", true);
    let [loss] = &world.ledger[..] else { panic!("{:?}", world.ledger) };
    assert_eq!((loss.database.as_str(), loss.how, loss.transactions), ("rtcxds", How::Forced, 500));
}

#[test]
fn whether_it_was_synchronised_is_known_from_the_monitor_or_not_at_all() {
    assert_eq!(content(&Deployment::seed(), "be2"), Value::Complete);
    assert_eq!(content(&Deployment::seed().synchronisation_unknown(), "be2"), Value::Unknown);
    assert_eq!(content(&Deployment::seed(), "be1"), Value::Unknown, "a dark machine says nothing");
}

#[test]
fn a_planned_failover_exchanges_roles_and_leaves_slots() {
    let mut world = Deployment::healthy();
    let slots = world.published.clone();
    assert!(fail_over(&mut world, "Mirror", false).yes());
    assert_eq!((role(&world, "be1"), role(&world, "be2")), (Some(Role::Mirror), Some(Role::Principal)));
    assert_eq!(world.published, slots);
    assert!(world.ledger.is_empty());
}

#[test]
fn partners_fall_silent_after_the_ping_timeout_and_catch_up_when_they_return() {
    let mut world = Deployment::healthy();
    world.power_off(&name("be2"));
    world.advance(5);
    assert_eq!(session(&world, "be1"), Some(SessionState::Synchronized), "not yet noticed");
    world.advance(10);
    assert_eq!(session(&world, "be1"), Some(SessionState::Disconnected));
    assert!(online(&world, "be1"), "without a witness the principal serves on, exposed");
    world.advance(600);
    world.power_on(&name("be2"));
    world.advance(5);
    assert_eq!(session(&world, "be1"), Some(SessionState::Synchronizing));
    assert_eq!(content(&world, "be2"), Value::Behind);
    world.advance(120);
    assert_eq!(session(&world, "be1"), Some(SessionState::Synchronized));
    assert_eq!(content(&world, "be2"), Value::Complete);
}

#[test]
fn a_connected_witness_fails_a_synchronised_pair_over_by_itself() {
    let mut world = Deployment::healthy().witness(&rtc("w"));
    world.power_off(&name("be1"));
    world.advance(30);
    assert_eq!((role(&world, "be2"), online(&world, "be2")), (Some(Role::Principal), true));
    assert!(world.ledger.is_empty());
}

#[test]
fn without_its_witness_a_mirror_neither_fails_over_nor_can_be_forced() {
    let mut world = Deployment::healthy().witness(&rtc("w"));
    world.power_off(&name("w"));
    world.advance(30);
    assert!(online(&world, "be1"), "the partners keep the quorum");
    world.power_off(&name("be1"));
    world.advance(30);
    assert_eq!(role(&world, "be2"), Some(Role::Mirror));
    fail_over(&mut world, "Mirror", true);
    assert_eq!(role(&world, "be2"), Some(Role::Mirror), "no quorum: forcing is refused");
    // The only way (operations 7.4): end the session, then open the copy.
    assert!(sql(&mut world, "be2", Statement::PartnerOff).yes());
    assert!(!online(&world, "be2"));
    assert!(sql(&mut world, "be2", Statement::Recover).yes());
    assert!(online(&world, "be2"));
}

#[test]
fn a_principal_that_sees_neither_partner_nor_witness_serves_nobody() {
    let mut world = Deployment::healthy().witness(&rtc("w"));
    world.power_off(&name("be2"));
    world.power_off(&name("w"));
    world.advance(30);
    assert_eq!(world.copy(&rtc("be1"), "rtcxds").unwrap().state, CopyState::Recovering);
    let role = |e: &model::estate::Estate| {
        let pool = e.pool_named(&name("pool01")).unwrap();
        Field::Role(e.database_of(pool, "rtcxds").unwrap(), e.instance_named(&rtc("be1")).unwrap())
    };
    assert_eq!(value(&world, role), Value::Recovering, "not online, and every column of its session is NULL");
    assert!(!sql(&mut world, "be1", Statement::WitnessOff).yes(), "refused without quorum");
    assert!(sql(&mut world, "be1", Statement::PartnerOff).yes());
    assert!(online(&world, "be1"));
}

#[test]
fn an_old_principal_that_returns_after_a_force_is_a_suspended_mirror() {
    let mut world = Deployment::seed();
    fail_over(&mut world, "Mirror", true);
    world.power_on(&name("be1"));
    world.advance(60);
    assert_eq!((role(&world, "be1"), role(&world, "be2")), (Some(Role::Mirror), Some(Role::Principal)));
    assert_eq!(session(&world, "be2"), Some(SessionState::Suspended));
    assert_eq!(content(&world, "be1"), Value::Superseded);
    assert!(sql(&mut world, "be2", Statement::PartnerResume).yes());
    world.advance(120);
    assert_eq!(session(&world, "be1"), Some(SessionState::Synchronized));
}

#[test]
fn an_old_principal_that_returns_after_partner_off_opens_its_old_copies() {
    let mut world = Deployment::seed();
    fail_over(&mut world, "Mirror", true);
    sql(&mut world, "be2", Statement::PartnerOff);
    world.power_on(&name("be1"));
    world.advance(300);
    assert!(online(&world, "be1") && online(&world, "be2"), "two copies are open");
    // The Front Ends still run the topology that names be1: they write to it, and that is lost.
    assert!(world.ledger.iter().any(|l| l.how == How::SplitBrain && l.on == rtc("be1")), "{:?}", world.ledger);
}

#[test]
fn after_partner_off_front_ends_of_the_old_topology_do_not_reach_the_survivor() {
    let mut world = Deployment::seed();
    fail_over(&mut world, "Mirror", true);
    let before = world.copy(&rtc("be2"), "rtcxds").unwrap().log;
    world.advance(60);
    let served = world.copy(&rtc("be2"), "rtcxds").unwrap().log;
    assert!(served > before, "as the failover partner it is reached");
    sql(&mut world, "be2", Statement::PartnerOff);
    let at = world.copy(&rtc("be2"), "rtcxds").unwrap().log;
    world.advance(600);
    assert_eq!(world.copy(&rtc("be2"), "rtcxds").unwrap().log, at, "K5: the client refuses an unmirrored partner");
}

#[test]
fn uninstall_fails_once_the_topology_names_no_pair() {
    let mut world = Deployment::seed();
    fail_over(&mut world, "Mirror", true);
    assert!(publish(&mut world, "be1", None).yes());
    assert!(!uninstall(&mut world, "be2").yes(), "E04");
    assert!(session(&world, "be2").is_some());
    assert!(sql(&mut world, "be2", Statement::PartnerOff).yes());
    assert!(session(&world, "be2").is_none() && online(&world, "be2"));
}

#[test]
fn guard_g1_install_from_the_primary_slot_destroys_the_only_copies() {
    let mut world = Deployment::seed();
    fail_over(&mut world, "Mirror", true);
    world.perform(&Call::Person(Task::Rebuild { host: name("be1") }));
    let instance = rtc("be1");
    let like = Some("11.0.7001.0 Standard".to_owned());
    world.perform(&Call::Person(Task::SetUpSql { instance, like, partner: None, share: None }));
    assert!(world.ledger.is_empty(), "be2 holds everything");
    assert!(!install(&mut world, "be1", true).yes());
    let destroyed = world.ledger.iter().filter(|l| l.how == How::Destroyed && l.on == rtc("be2"));
    assert_eq!(destroyed.count(), 3, "the live copies on be2 are gone: {:?}", world.ledger);
}

#[test]
fn install_wants_the_share_the_version_and_no_left_over_copies() {
    let mut world = Deployment::healthy();
    assert!(!install(&mut world, "be1", false).yes(), "mirrored already");
    assert!(uninstall(&mut world, "be1").yes());
    assert!(!install(&mut world, "be1", false).yes(), "left-over copies on the mirror");
    world.share.writable = false;
    assert!(!install(&mut world, "be1", true).yes(), "the share");
    world.share.writable = true;
    world.instance_mut(&rtc("be2")).unwrap().version = "11.0.6020.0".to_owned();
    assert!(!install(&mut world, "be1", true).yes(), "the version");
    world.instance_mut(&rtc("be2")).unwrap().version = "11.0.7001.0".to_owned();
    assert!(install(&mut world, "be1", true).yes());
    let last = world.copy(&rtc("be2"), "rtcshared").and_then(|c| c.session.clone()).unwrap();
    assert_eq!(last.state, SessionState::Synchronizing, "the last one has only just begun");
    world.advance(120);
    assert_eq!(session(&world, "be2"), Some(SessionState::Synchronized));
    assert!(world.ledger.is_empty());
}

#[test]
fn uninstall_with_roles_away_drops_the_live_copies() {
    let mut world = Deployment::healthy();
    fail_over(&mut world, "Mirror", false);
    let cmdlet = Cmdlet::new("Uninstall-CsMirrorDatabase").with("DatabaseType", "User");
    let cmdlet = cmdlet.with("SqlServerFqdn", name("be1")).with("SqlInstanceName", "RTC");
    call(&mut world, cmdlet.switch("DropExistingDatabasesOnMirror"));
    assert!(!online(&world, "be1") && !online(&world, "be2"), "operations 6.3, step 1 is there for a reason");
}

#[test]
fn topology_builder_refuses_what_it_refuses() {
    let mut world = Deployment::seed();
    assert!(!publish(&mut world, "be2", None).yes(), "K3: be2 is a mirror");
    assert!(publish(&mut world, "be1", None).yes());
    assert!(publish(&mut world, "be2", None).yes());
    let mut world = Deployment::seed().cms_down();
    assert!(!publish(&mut world, "be1", None).yes());
    let mut world = Deployment::healthy().cms_in_the_pool();
    assert!(publish(&mut world, "be1", None).yes());
    assert!(!publish(&mut world, "be2", None).yes(), "operations 9.2");
}

fn restart(world: &mut Deployment, front_end: &str) {
    call(world, Cmdlet::new("Stop-CsWindowsService").with("ComputerName", name(front_end)));
    call(world, Cmdlet::new("Start-CsWindowsService").with("ComputerName", name(front_end)));
}

#[test]
fn a_front_end_started_too_early_reads_the_old_topology() {
    let mut world = Deployment::seed();
    publish(&mut world, "be1", None);
    restart(&mut world, "fe1");
    let loaded = |w: &Deployment| w.front_end(&name("fe1")).unwrap().loaded[0].mirror.clone();
    assert_eq!(loaded(&world), Some(rtc("be2")), "K4");
    world.advance(600);
    restart(&mut world, "fe1");
    assert_eq!(loaded(&world), None);
}

#[test]
fn start_returns_while_the_services_are_starting_and_running_means_settled() {
    let mut world = Deployment::healthy();
    restart(&mut world, "fe1");
    let services = |w: &Deployment| value(w, |e| Field::Services(e.front_end_named(&name("fe1")).unwrap()));
    assert_eq!(services(&world), Value::Starting);
    world.advance(660);
    assert_eq!(world.front_end(&name("fe1")).unwrap().services, Services::Running);
    assert_eq!(services(&world), Value::Starting, "20 min of Ready are not over");
    world.advance(1200);
    assert_eq!(services(&world), Value::Running);
}

#[test]
fn the_table_of_quorum_decides_who_may_stop() {
    // (Front Ends, down with the SQL primary up, down with it dead): operations 11.3.
    for (size, up, dead) in [(2, 1, 0), (3, 1, 1), (4, 2, 1), (5, 2, 2), (6, 3, 2), (7, 3, 3)] {
        for (world, most) in [(Deployment::healthy(), up), (Deployment::seed(), dead)] {
            let mut world = world.front_ends(size);
            let names: Vec<Fqdn> = world.pools[0].front_ends.iter().map(|f| f.name.clone()).collect();
            for (stopped, front_end) in (1..).zip(names.iter().take(size - 1)) {
                call(&mut world, Cmdlet::new("Stop-CsWindowsService").with("ComputerName", front_end));
                let runs = world.pools[0].front_ends.iter().any(|f| f.services == Services::Running);
                assert_eq!(runs, stopped <= most, "{size} Front Ends, {stopped} down");
            }
        }
    }
}

#[test]
fn a_cold_pool_starts_only_when_enough_front_ends_do() {
    let mut world = Deployment::healthy();
    for f in ["fe1", "fe2", "fe3"] {
        call(&mut world, Cmdlet::new("Stop-CsWindowsService").with("ComputerName", name(f)));
    }
    let start = |w: &mut Deployment, f| call(w, Cmdlet::new("Start-CsWindowsService").with("ComputerName", name(f)));
    start(&mut world, "fe1");
    start(&mut world, "fe2");
    world.advance(3600);
    assert_eq!(world.front_end(&name("fe1")).unwrap().services, Services::Starting, "three of three are needed");
    start(&mut world, "fe3");
    world.advance(900);
    assert!(world.pools[0].front_ends.iter().all(|f| f.services == Services::Running));
}

#[test]
fn a_rebuilt_host_is_no_voter_for_those_who_took_the_old_one() {
    let mut world = Deployment::healthy().front_ends(2);
    let pool = |w: &Deployment| w.quorum(&w.pools[0]);
    assert_eq!(pool(&world), (3, 2));
    world.host_mut(&name("be1")).unwrap().windows_installed = world.now;
    assert_eq!(pool(&world), (2, 2));
}

#[test]
fn an_unreachable_host_is_unknown_and_a_host_without_sql_server_is_known_to_be_empty() {
    let mut world = Deployment::seed();
    let role = |e: &model::estate::Estate| {
        let pool = e.pool_named(&name("pool01")).unwrap();
        Field::Role(e.database_of(pool, "rtcxds").unwrap(), e.instance_named(&rtc("be1")).unwrap())
    };
    assert_eq!(value(&world, role), Value::Unknown);
    fail_over(&mut world, "Mirror", true);
    world.perform(&Call::Person(Task::Rebuild { host: name("be1") }));
    assert_eq!(value(&world, role), Value::Absent);
    assert_eq!(content(&world, "be1"), Value::Nothing);
    let answers = |e: &model::estate::Estate| Field::Answers(e.instance_named(&rtc("be1")).unwrap());
    assert_eq!(value(&world, answers), Value::No);
}

#[test]
fn a_fence_is_a_word_and_an_answer_refutes_it() {
    let mut world = Deployment::seed();
    let fenced = |e: &model::estate::Estate| Field::Fenced(e.host_named(&name("be1")).unwrap());
    assert_eq!(value(&world, fenced), Value::No, "nobody has said so");
    world.perform(&Call::Person(Task::Fence { host: name("be1") }));
    assert_eq!(value(&world, fenced), Value::Yes);
    world.power_on(&name("be1"));
    assert_eq!(value(&world, fenced), Value::No);
}

#[test]
fn a_foreign_publish_makes_the_saved_export_old() {
    let mut world = Deployment::seed();
    let saved = |_: &model::estate::Estate| Field::Saved;
    assert_eq!(value(&world, saved), Value::No);
    for cmdlet in ["Get-CsTopology", "Get-CsSimpleUrlConfiguration", "Export-CsConfiguration"] {
        call(&mut world, Cmdlet::new(cmdlet));
    }
    assert_eq!(value(&world, saved), Value::Yes);
    publish(&mut world, "be1", None);
    assert_eq!(value(&world, saved), Value::Yes, "our own publish keeps it");
    world.advance(10);
    world.foreign_publish(None);
    assert_eq!(value(&world, saved), Value::No);
}

#[test]
fn set_registrar_moves_archiving_slots_and_nothing_else() {
    let mut world = Deployment::seed();
    let cmdlet = Cmdlet::new("Set-CsRegistrar").with("Identity", "Registrar:pool01.contoso.com");
    assert!(call(&mut world, cmdlet.with("ArchivingDatabase", r"ArchivingDatabase:be2.contoso.com\RTC")).yes());
    let slots = |kind| -> Slots { world.published.store(&name("pool01"), kind).unwrap().slots.clone() };
    assert_eq!(slots(DatabaseType::Archiving).primary, rtc("be2"));
    assert_eq!(slots(DatabaseType::Monitoring).primary, rtc("be1"));
}

#[test]
fn what_the_shell_does_not_know_does_nothing() {
    let mut world = Deployment::seed();
    let before = world.clone();
    assert!(!call(&mut world, Cmdlet::new("Uninstall -CsMirrorDatabase")).yes(), "E05");
    assert_eq!(world, before);
}

#[test]
fn a_driver_that_ran_over_its_limit_has_heard_nothing() {
    let mut world = Simulated::new(Deployment::seed());
    let call = Call::Person(Task::Rebuild { host: name("be1") });
    assert_eq!(world.perform(&StepId("x".to_owned()), &call, Some(60)).unwrap(), Said::NoReply);
}
