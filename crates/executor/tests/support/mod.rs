//! What the tests share: the seed's goal as a problem, its steps by purpose, and a run of them with everything that a run
//! needs. Steps are taken from the model's actions by their ids, because the executor knows no planner.
#![allow(dead_code)] // every test file uses its own part
#![allow(clippy::print_stdout)]

use executor::crash::CrashPlan;
use executor::driver::Driver;
use executor::journal::{self, Journal, Told};
use executor::run::{Event, Interrupt, Options, Report, Runner, Steps};
use executor::simulated::{Deployment, Simulated};
use model::actions::Action;
use model::attest::Attestations;
use model::declaration::{Clause, Declaration, StepId};
use model::desired::Desired;
use model::estate::Estate;
use model::field::{Field, State};
use model::problem::Problem;
use model::view::View;
use topology::names::Fqdn;

/// The goal of the seed: be2 is the store, be1 its mirror.
pub const GOAL: &str = r#"
format = 1
[pool."pool01.contoso.com"]
sql-server-store = 'be2.contoso.com\RTC'
mirroring-sql-server-store = 'be1.contoso.com\RTC'
mirroring-witness = "none"
[policy]
seed-share = '\\fs1.contoso.com\sqlseed'
accept = ["outage"]
full-stop = "FULL"
stop-services = "graceful"
"#;

/// The purposes of the seed's 29 steps, in the procedure's order.
pub const NIGHT: [&str; 29] = [
    "fence/be1",
    "failover/pool01.contoso.com/User",
    "failover/pool01.contoso.com/Application",
    "failover/pool01.contoso.com/Archiving",
    "failover/pool01.contoso.com/Monitoring",
    "save/",
    "publish/pool01.contoso.com/mirroring-off",
    "publish/pool01.contoso.com/store",
    "replicate/pool01",
    "restart/fe1",
    "restart/fe2",
    "restart/fe3",
    "end-mirroring/pool01.contoso.com/User",
    "end-mirroring/pool01.contoso.com/Application",
    "end-mirroring/pool01.contoso.com/Archiving",
    "end-mirroring/pool01.contoso.com/Monitoring",
    "rebuild/be1",
    "sql-server/be1",
    "publish/pool01.contoso.com/mirroring",
    "mirror/pool01.contoso.com/User",
    "mirror/pool01.contoso.com/Application",
    "mirror/pool01.contoso.com/Archiving",
    "mirror/pool01.contoso.com/Monitoring",
    "replicate/pool01",
    "restart/fe1",
    "restart/fe2",
    "restart/fe3",
    "test/pool01",
    "aftercare/pool01",
];

/// Steps that were made for a test.
pub struct Made {
    pub problem: Problem,
    pub declarations: Vec<Declaration>,
    /// The state before each step, as declared.
    pub states: Vec<State>,
}

impl Steps for Made {
    fn estate(&self) -> &Estate {
        &self.problem.estate
    }
    fn initial(&self) -> &State {
        &self.problem.initial
    }
    fn count(&self) -> usize {
        self.declarations.len()
    }
    fn declaration(&self, place: usize) -> &Declaration {
        &self.declarations[place]
    }
    fn invariants(&self) -> Vec<Clause> {
        model::invariant::all(&self.problem)
    }
}

impl Made {
    /// Steps with these ids, or the begin of one, each declared in the state that the ones before declare.
    pub fn of(problem: Problem, ids: &[&str]) -> Self {
        let mut state = problem.initial.clone();
        let (mut declarations, mut states) = (Vec::new(), vec![state.clone()]);
        for id in ids {
            let all = Action::proposals(&problem, &state).into_iter().map(|a| a.declare(&problem));
            let all: Vec<Declaration> = all.collect();
            let known: Vec<String> = all.iter().map(|d| d.id.to_string()).collect();
            let whole = all.iter().position(|d| d.id.0 == *id);
            let found = whole.or_else(|| all.iter().position(|d| d.id.0.starts_with(id)));
            let d = all[found.unwrap_or_else(|| panic!("no {id} among {known:?}"))].clone();
            for w in d.begin.iter().chain(&d.end) {
                state.set(&problem.estate, w.field, w.value);
            }
            declarations.push(d);
            states.push(state.clone());
        }
        Self { problem, declarations, states }
    }
}

/// The problem of a deployment with the seed's goal.
pub fn problem(world: &mut Simulated, full_stop: bool, consents: &[&str]) -> Problem {
    let snapshot = world.snapshot().unwrap();
    let goal = GOAL.replace("FULL", if full_stop { "allow" } else { "refuse" });
    let desired = Desired::read(&goal, "desired.toml").unwrap();
    let consents: Vec<String> = consents.iter().map(|c| format!("pool01.contoso.com/{c}")).collect();
    model::assemble::assemble(&snapshot, &Attestations::default(), &desired, &consents, &[]).unwrap().problem
}

/// A deployment with a plan's base at its clock.
pub fn begin(world: Deployment) -> Simulated {
    let base = world.now;
    Simulated::new(world).with_base(base)
}

pub fn options() -> Options {
    Options { poll: 15, asks: Some(3), who: r"CONTOSO\lync-admin".to_owned(), host: "fe1".to_owned(), pid: 4172 }
}

/// What a run left behind.
pub struct Ran {
    pub report: Report,
    pub told: Told,
    pub events: Vec<String>,
}

/// Runs steps on a driver with a journal in a folder of its own; `during` sees every event.
pub fn run_with(
    driver: &mut dyn Driver,
    steps: &dyn Steps,
    interrupt: &Interrupt,
    during: &mut dyn FnMut(&Event<'_>),
) -> Ran {
    run_in_room(driver, steps, interrupt, during, u64::MAX)
}

/// The same on a disk that takes only so many records.
pub fn run_in_room(
    driver: &mut dyn Driver,
    steps: &dyn Steps,
    interrupt: &Interrupt,
    during: &mut dyn FnMut(&Event<'_>),
    room: u64,
) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let mut journal = Journal::open(&path, "run1", "7c41e0b295fd").unwrap().0.with_room_for(room);
    let mut events = Vec::new();
    let mut listener = |e: &Event<'_>| {
        during(e);
        events.push(match e {
            Event::Started { declaration, way, .. } => format!("started {} way {way}", declaration.id),
            Event::ForYou { declaration, asked, .. } => format!("for you {} asked {asked}", declaration.id),
            Event::Said { .. } => "said".to_owned(),
            Event::Waiting { holds, of, .. } => format!("waiting {holds}/{of}"),
            Event::Done { declaration, seconds, .. } => format!("done {} {seconds}", declaration.id),
            Event::AlreadyTrue { declaration, .. } => format!("already {}", declaration.id),
            Event::NextWay { place, failed, .. } => format!("next way {place} {failed}"),
            Event::SafeStop { words, .. } => format!("safe stop {words}"),
        });
    };
    let runner = Runner {
        driver,
        steps,
        journal: &mut journal,
        lock: None,
        listener: &mut listener,
        interrupt,
        options: options(),
        crash: CrashPlan::never(),
    };
    let report = runner.run();
    Ran { report, told: journal::read(&path).unwrap(), events }
}

pub fn run(driver: &mut dyn Driver, steps: &dyn Steps) -> Ran {
    run_with(driver, steps, &Interrupt::new(), &mut |_| {})
}

/// Everything that can be read.
pub fn observe(world: &mut Simulated, estate: &Estate) -> State {
    let mut state = State::unknown(estate);
    for fact in world.observe(estate, estate.layout().fields()).unwrap() {
        state.set(estate, fact.field(estate).unwrap(), fact.value(estate));
    }
    state
}

/// A machine.
pub fn host(label: &str) -> Fqdn {
    format!("{label}.contoso.com").parse().unwrap()
}

/// Performs a step by its first way, waits, and compares every field that it declares and that can be read then.
pub fn holds(world: &mut Simulated, problem: &Problem, d: &Declaration) {
    let estate = &problem.estate;
    world.perform(&d.id, &d.ways[0].call, None).unwrap();
    for _ in 0..240 {
        if d.is_true(View::new(estate, &observe(world, estate))) {
            break;
        }
        world.wait(15).unwrap();
    }
    let seen = observe(world, estate);
    for w in &d.end {
        let value = seen.get(estate, w.field);
        let dark = !value.is_known() && matches!(w.field, Field::Content(..));
        assert!(value == w.value || dark, "{}: {:?} declared {:?}, seen {value:?}", d.id, w.field, w.value);
    }
}

/// What a step is, where it applies.
pub fn declared(problem: &Problem, id: &str) -> Declaration {
    let id = StepId(id.to_owned());
    Action::with_id(problem, &problem.initial, &id).unwrap_or_else(|| panic!("{id} does not apply")).1
}
