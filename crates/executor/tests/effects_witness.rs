//! What the steps around a witness declare as their effects, held against what the independent simulation does; and a
//! witness slot that no tool can read.

mod support;

use executor::driver::{Driver, DriverError, Said};
use executor::run::{Outcome, StepState};
use executor::simulated::host::Endpoint;
use executor::simulated::{Deployment, Simulated};
use jiff::Timestamp;
use model::attest::Attestations;
use model::call::Call;
use model::declaration::StepId;
use model::desired::Desired;
use model::estate::Estate;
use model::fact::{Fact, Provenance};
use model::field::{Field, Value};
use model::problem::Problem;
use support::{GOAL, Made, begin, declared, holds, host, run};
use topology::names::SqlInstance;

fn instance(label: &str) -> SqlInstance {
    format!("{label}.contoso.com\\RTC").parse().unwrap()
}

/// The pair stays as it is; its witness shall be this.
fn wish(world: &mut Simulated, witness: &str) -> Problem {
    let witness = if witness == "none" { "\"none\"".to_owned() } else { format!("'{}'", instance(witness)) };
    let goal = GOAL
        .replace("sql-server-store = 'be2", "sql-server-store = 'be0")
        .replace("'be1", "'be2")
        .replace("'be0", "'be1")
        .replace("\"none\"", &witness)
        .replace("FULL", "refuse");
    let desired = Desired::read(&goal, "desired.toml").unwrap();
    let snapshot = world.snapshot().unwrap();
    model::assemble::assemble(&snapshot, &Attestations::default(), &desired, &[], &[]).unwrap().problem
}

/// A healthy pair, and a SQL Server that holds nothing.
fn with_server(endpoint: Option<Endpoint>) -> Deployment {
    let mut world = Deployment::healthy();
    let mut server = world.host(&host("be2")).unwrap().clone();
    server.name = host("w1");
    server.instances[0].databases.clear();
    server.instances[0].endpoint = endpoint;
    world.hosts.push(server);
    world
}

const PUBLISH: &str = "publish/pool01.contoso.com/witness";
const USER: &str = "witness/pool01.contoso.com/User";

#[test]
fn a_witness_is_published_and_set() {
    let mut world = begin(with_server(Some(Endpoint { port: 7022, started: true })));
    for id in ["save/topology", PUBLISH, USER] {
        let now = wish(&mut world, "w1");
        holds(&mut world, &now, &declared(&now, id));
    }
    assert!(world.world.pool(&host("pool01")).unwrap().changed.is_none(), "nothing has to be tested anew");
}

#[test]
fn a_statement_to_the_wrong_port_changes_nothing_and_is_not_believed() {
    let mut world = begin(with_server(Some(Endpoint { port: 5099, started: true })));
    let mut now = wish(&mut world, "w1");
    now.ports.clear();
    let made = Made::of(now, &["save/", PUBLISH, USER]);
    let ran = run(&mut world, &made);
    assert!(matches!(ran.report.outcome, Outcome::CheckFailed(ref f) if f.step == 2), "{:?}", ran.report.outcome);
    // The snapshot knows the port.
    let again = Made::of(wish(&mut world, "w1"), &[USER]);
    assert!(matches!(run(&mut world, &again).report.outcome, Outcome::Done));
}

#[test]
fn a_dead_witness_is_taken_away() {
    let mut world = Deployment::healthy().witness(&instance("w1"));
    world.power_off(&host("w1"));
    world.advance(60);
    let mut world = begin(world);
    for id in ["save/topology", PUBLISH, USER] {
        let now = wish(&mut world, "none");
        holds(&mut world, &now, &declared(&now, id));
    }
}

#[test]
fn a_witness_that_comes_back_is_seen_again_by_itself() {
    let mut world = Deployment::healthy().witness(&instance("w1"));
    world.power_off(&host("w1"));
    world.advance(60);
    let mut world = begin(world);
    let now = wish(&mut world, "w1");
    let seen = declared(&now, USER);
    assert_eq!(seen.ways[0].call, Call::Wait);
    holds(&mut world, &now, &declared(&now, "witness-server/w1.contoso.com\\RTC"));
    holds(&mut world, &now, &seen);
}

#[test]
fn a_server_without_an_endpoint_gets_one() {
    let mut world = begin(with_server(None));
    let now = wish(&mut world, "w1");
    holds(&mut world, &now, &declared(&now, "witness-server/w1.contoso.com\\RTC"));
}

/// The simulated deployment without the person who looks into Topology Builder.
struct Blind(Simulated);

impl Driver for Blind {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn observe(&mut self, estate: &Estate, fields: &[Field]) -> Result<Vec<Fact>, DriverError> {
        let now = self.now();
        let blind = |f: &Field| {
            let from = Provenance::new("Get-CsService", None, now);
            matches!(f, Field::WitnessSlot(_)).then(|| Fact::unknown(estate, *f, "no cmdlet shows it", from))
        };
        let facts = self.0.observe(estate, fields)?;
        Ok(fields.iter().zip(facts).map(|(f, fact)| blind(f).unwrap_or(fact)).collect())
    }

    fn perform(&mut self, step: &StepId, call: &Call, limit: Option<u32>) -> Result<Said, DriverError> {
        self.0.perform(step, call, limit)
    }

    fn besides(&mut self, call: &Call) -> Result<Vec<String>, DriverError> {
        self.0.besides(call)
    }

    fn wait(&mut self, seconds: u32) -> Result<(), DriverError> {
        self.0.wait(seconds)
    }

    fn is_simulated(&self) -> bool {
        true
    }
}

#[test]
fn a_slot_that_no_tool_reads_is_what_the_person_said_at_the_gate() {
    let mut world = begin(with_server(Some(Endpoint { port: 7022, started: true })));
    let mut problem = wish(&mut world, "w1");
    let stores: Vec<_> = problem.estate.store_ids().collect();
    for &s in &stores {
        problem.initial.set(&problem.estate, Field::WitnessSlot(s), Value::Unknown);
    }
    let made = Made::of(problem, &["save/", PUBLISH, USER]);
    let ran = run(&mut Blind(world), &made);
    assert!(matches!(ran.report.outcome, Outcome::Done), "{:?}", ran.report.outcome);
    assert!(ran.report.steps.iter().all(|s| matches!(s, StepState::Done { .. })), "the gate was no formality");
    let text: Vec<String> = ran.told.records.iter().map(|r| format!("{r:?}")).collect();
    assert!(text.iter().any(|r| r.contains("witness-slot") && r.contains("person: CONTOSO")), "{text:#?}");
}
