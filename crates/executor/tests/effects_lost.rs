//! What the steps declare that bring a lost store back, held against what the independent simulation does: databases created
//! empty, data brought back from a backup, whole and in part; and what the product would let anybody do.

mod support;

use executor::driver::{Driver, Said};
use executor::simulated::{Deployment, Fault, FaultKind, How, Simulated};
use model::attest::Attestations;
use model::call::{Call, Cmdlet, Task};
use model::database_type::DatabaseType;
use model::declaration::Declaration;
use model::desired::Desired;
use model::estate::{Estate, InstanceId};
use model::field::{Field, State, Value, Write};
use model::problem::Problem;
use model::view::View;
use support::{Made, begin};
use topology::names::{Fqdn, SqlInstance};

const GOAL: &str = r#"
format = 1
[pool."pool01.contoso.com"]
sql-server-store = 'be1.contoso.com\RTC'
mirroring-sql-server-store = 'be2.contoso.com\RTC'
[policy]
seed-share = '\\fs1.contoso.com\sqlseed'
accept = ["outage"]
full-stop = "allow"
"#;

const DATA: [&str; 6] = ["rtcxds", "rtcshared", "rgsconfig", "LcsLog", "LcsCDR", "QoEMetrics"];

/// The steps until the data are back.
const BACK: [&str; 12] = [
    "fence/be1",
    "fence/be2",
    "rebuild/be1",
    "sql-server/be1",
    "create-databases/pool01.contoso.com/User",
    "create-databases/pool01.contoso.com/Application",
    "create-databases/pool01.contoso.com/Archiving",
    "create-databases/pool01.contoso.com/Monitoring",
    "bring-back/pool01.contoso.com/User",
    "bring-back/pool01.contoso.com/Application",
    "bring-back/pool01.contoso.com/Archiving",
    "bring-back/pool01.contoso.com/Monitoring",
];

fn host(label: &str) -> Fqdn {
    format!("{label}.contoso.com").parse().unwrap()
}

fn rtc(label: &str) -> SqlInstance {
    format!("{label}.contoso.com\\RTC").parse().unwrap()
}

/// Both SQL Servers of the pair are dead; the backups lack 500 transactions.
fn night() -> Simulated {
    let taken = "2026-03-13T21:00:00Z".parse().unwrap();
    let mut world = Deployment::healthy().backed_up(500, taken);
    ["be1", "be2"].iter().for_each(|h| world.power_off(&host(h)));
    world.advance(60);
    begin(world)
}

fn problem(world: &mut Simulated) -> Problem {
    let consents: Vec<String> = DATA.iter().map(|d| format!("pool01.contoso.com/{d}")).collect();
    let desired = Desired::read(GOAL, "desired.toml").unwrap();
    let snapshot = world.snapshot().unwrap();
    model::assemble::assemble(&snapshot, &Attestations::default(), &desired, &consents, &[]).unwrap().problem
}

fn observe(world: &mut Simulated, estate: &Estate) -> State {
    let mut state = State::unknown(estate);
    for fact in world.observe(estate, estate.layout().fields()).unwrap() {
        state.set(estate, fact.field(estate).unwrap(), fact.value(estate));
    }
    state
}

fn carry_out(world: &mut Simulated, estate: &Estate, d: &Declaration) {
    world.perform(&d.id, &d.ways[0].call, None).unwrap();
    for _ in 0..400 {
        if d.is_true(View::new(estate, &observe(world, estate))) {
            return;
        }
        world.wait(15).unwrap();
    }
    panic!("{} was not achieved", d.id);
}

fn at<'a>(made: &'a Made, estate: &Estate, state: &'a State, database: &str, i: InstanceId) -> (Value, Value) {
    let pool = estate.pool_named(&host("pool01")).unwrap();
    let d = estate.database_of(pool, database).unwrap();
    let v = made.problem.view(state);
    (v.get(Field::Role(d, i)), v.get(Field::Content(d, i)))
}

#[test]
fn every_step_has_its_declared_end() {
    let mut world = night();
    let made = Made::of(problem(&mut world), &BACK);
    let estate = &made.problem.estate;
    let be1 = estate.instance_named(&rtc("be1")).unwrap();
    let mut wrong = Vec::new();
    for d in &made.declarations {
        carry_out(&mut world, estate, d);
        let seen = observe(&mut world, estate);
        let writes: Vec<Write> = d.begin.iter().chain(&d.end).copied().collect();
        for (n, w) in writes.iter().enumerate().filter(|(n, w)| writes[n + 1..].iter().all(|x| x.field != w.field)) {
            let value = seen.get(estate, w.field);
            // What a dark machine holds is declared from what is known of it, and cannot be read.
            let dark = !value.is_known() && matches!(w.field, Field::Content(..));
            if value != w.value && !dark {
                wrong.push(format!("{} ({n}): {:?} declared {:?}, seen {value:?}", d.id, w.field, w.value));
            }
        }
        if d.id.0 == "create-databases/pool01.contoso.com/User" {
            assert_eq!(at(&made, estate, &seen, "rtcxds", be1), (Value::Unmirrored, Value::Fresh));
            assert_eq!(at(&made, estate, &seen, "rtcab", be1), (Value::Unmirrored, Value::Complete));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Lost is what was written after the backup, and what came to the empty databases before it was put in their place.
    let by_backup = |l: &&executor::simulated::Loss| l.how == How::Forced && l.by == "backup";
    let lost: Vec<_> =
        world.world.ledger.iter().filter(by_backup).map(|l| (l.database.as_str(), l.transactions)).collect();
    let names: Vec<&str> = lost.iter().map(|(d, _)| *d).collect();
    assert_eq!(names, DATA);
    assert!(lost.iter().all(|(_, n)| *n >= 500), "{lost:?}");
    assert!(world.world.ledger.iter().all(|l| DATA.contains(&l.database.as_str())), "{:?}", world.world.ledger);
}

#[test]
fn whatever_is_left_half_done_is_a_declared_partial_outcome() {
    let mut world = night();
    let base = world.world.now;
    let made = Made::of(problem(&mut world), &BACK);
    let estate = &made.problem.estate;
    let mut looked = 0;
    for d in &made.declarations {
        let databases = DatabaseType::ALL.into_iter().find(|k| d.id.0.ends_with(&format!("/{k}")));
        let restores = d.id.0.starts_with("create-databases/") || d.id.0.ends_with("/Monitoring");
        for done in 1..databases.filter(|_| restores).map_or(1, |k| k.databases().len()) {
            let before = observe(&mut world, estate);
            let mut other = Simulated::new(world.world.clone()).with_base(base);
            let Some(on) = named(&d.ways[0].call) else { continue };
            other.world.faults.push(Fault::new(on, FaultKind::HalfSucceeds { done }));
            other.perform(&d.id, &d.ways[0].call, None).unwrap();
            let seen = observe(&mut other, estate);
            let fits = |outcome: &Vec<Write>| {
                let mut expected = before.clone();
                outcome.iter().for_each(|w| expected.set(estate, w.field, w.value));
                let same =
                    |f: &Field| !seen.get(estate, *f).is_known() || expected.get(estate, *f) == seen.get(estate, *f);
                let asked = |f: &&Field| matches!(f, Field::Role(..) | Field::Content(..));
                estate.layout().fields().iter().filter(asked).all(same)
            };
            assert!(d.partial_outcomes().iter().any(fits), "no declared outcome fits {} after {done}", d.id);
            looked += 1;
        }
        carry_out(&mut world, estate, d);
    }
    assert_eq!(looked, 2 + 2 + 1 + 1, "User, Application and Monitoring created in part; Monitoring restored in part");
}

fn named(call: &Call) -> Option<&'static str> {
    match call {
        Call::Cmdlets(list) => list.first().map(|c| c.name),
        Call::Person(Task::BringBack { .. }) => Some("BringBack"),
        Call::Person(_) | Call::Sql { .. } | Call::SqlInTurn(_) | Call::Wait => None,
    }
}

fn install(on: &str) -> Call {
    let cmdlet =
        Cmdlet::new("Install-CsDatabase").with("DatabaseType", DatabaseType::User).with("SqlServerFqdn", host(on));
    Call::Cmdlets(vec![cmdlet.with("SqlInstanceName", "RTC").without("Confirm")])
}

fn says(world: &mut Deployment, call: &Call) -> (bool, String) {
    match world.perform(call) {
        Said::Ended { ok, text } => (ok, text),
        Said::NoReply => panic!("no reply"),
    }
}

#[test]
fn the_product_creates_only_what_is_missing_where_the_topology_has_its_store() {
    let mut world = Deployment::healthy();
    let before = world.copy(&rtc("be1"), "rtcxds").cloned();
    assert!(says(&mut world, &install("be1")).0);
    let after = world.copy(&rtc("be1"), "rtcxds").cloned();
    assert_eq!(before.map(|c| c.family), after.map(|c| c.family), "what is there is left as it is");
    let (ok, text) = says(&mut world, &install("be2"));
    assert!(!ok && text.contains("topology"), "be2 is in no primary slot: {text}");
    // A copy that lies RESTORING is in the way.
    let copy = world.copy_mut(&rtc("be1"), "rtcxds").unwrap();
    (copy.session, copy.state) = (None, executor::simulated::host::CopyState::Restoring);
    assert!(!says(&mut world, &install("be1")).0);
}

#[test]
fn nothing_comes_back_without_a_backup_and_nothing_twice() {
    let mut world = night();
    let made = Made::of(problem(&mut world), &BACK[..9]);
    let estate = &made.problem.estate;
    made.declarations[..8].iter().for_each(|d| carry_out(&mut world, estate, d));
    let import = made.declarations[8].ways[0].call.clone();
    let mut without = world.world.clone();
    without.backups.clear();
    let (ok, text) = says(&mut without, &import);
    assert!(!ok && text.contains("no backup of rtcxds"), "{text}");
    carry_out(&mut world, estate, &made.declarations[8]);
    let once = world.world.copy(&rtc("be1"), "rtcxds").unwrap().fork;
    assert!(says(&mut world.world, &import).0);
    assert_eq!(world.world.copy(&rtc("be1"), "rtcxds").unwrap().fork, once, "asked again, nothing is imported");
}

#[test]
fn the_product_would_mirror_an_empty_database() {
    let mut world = night();
    let made = Made::of(problem(&mut world), &BACK[..8]);
    let estate = &made.problem.estate;
    made.declarations.iter().for_each(|d| carry_out(&mut world, estate, d));
    world.world.power_on(&host("be2"));
    let mirror = Cmdlet::new("Install-CsMirrorDatabase")
        .with("DatabaseType", DatabaseType::User)
        .with("SqlServerFqdn", host("be1"))
        .with("SqlInstanceName", "RTC")
        .with("FileShare", r"\\fs1.contoso.com\sqlseed")
        .switch("DropExistingDatabasesOnMirror");
    let known = world.world.ledger.len();
    says(&mut world.world, &Call::Cmdlets(vec![mirror]));
    let lost: Vec<&str> = world.world.ledger[known..].iter().map(|l| l.database.as_str()).collect();
    assert!(lost.contains(&"rtcxds"), "guard G1 is for this: {lost:?}");
}
