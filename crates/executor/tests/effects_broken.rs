//! What the steps of broken middle states declare as their effects, held against what the independent simulation does.

mod support;

use executor::driver::Driver;
use executor::run::{Outcome, StepState};
use executor::simulated::deployment::FenceWord;
use executor::simulated::host::{CopyState, Safety, Session, SessionState};
use executor::simulated::pool::{Services, Stuck};
use executor::simulated::{Deployment, Simulated};
use model::actions::Action;
use model::call::Call;
use model::declaration::StepId;
use model::estate::Product;
use model::field::{Field, Value};
use support::{Made, begin, declared, holds, host, problem, run};
use topology::names::SqlInstance;

#[test]
fn a_session_that_is_suspended_after_a_force_is_resumed() {
    let mut world = Deployment::seed();
    let mut simulated = begin(world.clone());
    let night = problem(&mut simulated, false, &[]);
    let force = declared(&night, "failover/pool01.contoso.com/User");
    simulated.perform(&force.id, &force.ways[0].call, None).unwrap();
    simulated.wait(60).unwrap();
    world = simulated.world.clone();
    world.power_on(&host("be1"));
    world.advance(60);
    let mut simulated = begin(world);
    let later = problem(&mut simulated, false, &[]);
    let resume = declared(&later, "synchronise/pool01.contoso.com/User");
    holds(&mut simulated, &later, &resume);
}

#[test]
fn copies_that_may_not_be_forced_are_opened() {
    let witness: SqlInstance = "w.contoso.com\\RTC".parse().unwrap();
    let mut world = Deployment::healthy().witness(&witness);
    world.power_off(&host("w"));
    world.power_off(&host("be1"));
    world.advance(60);
    let mut simulated = begin(world);
    let mut night = problem(&mut simulated, false, &[]);
    night.policy.allow_undocumented = true;
    let recover = declared(&night, "recover/pool01.contoso.com/User");
    holds(&mut simulated, &night, &recover);
}

fn sessions_of<'a>(world: &'a mut Deployment, at: &SqlInstance) -> impl Iterator<Item = &'a mut Session> {
    let at = at.clone();
    let databases = world.instance_mut(&at).into_iter().flat_map(|i| &mut i.databases);
    databases.filter_map(|c| c.session.as_mut())
}

#[test]
fn a_mirror_forgets_what_its_partner_has_given_up() {
    let (be1, be2): (SqlInstance, SqlInstance) =
        ("be1.contoso.com\\RTC".parse().unwrap(), "be2.contoso.com\\RTC".parse().unwrap());
    let mut world = Deployment::healthy();
    // be2's endpoint is stopped, so that it does not hear that be1 has ended the sessions.
    world.instance_mut(&be2).unwrap().endpoint.as_mut().unwrap().started = false;
    world.advance(60);
    world.instance_mut(&be1).unwrap().databases.iter_mut().for_each(|c| c.session = None);
    world.advance(60);
    assert!(sessions_of(&mut world, &be2).next().is_some());
    let mut simulated = begin(world);
    let now = problem(&mut simulated, false, &[]);
    holds(&mut simulated, &now, &declared(&now, "forget-partner/pool01.contoso.com/User"));
}

#[test]
fn a_front_end_that_stands_still_is_started() {
    let mut world = Deployment::healthy();
    world.front_end_mut(&host("fe1")).unwrap().services = Services::Stopped;
    let mut simulated = begin(world);
    let now = problem(&mut simulated, false, &[]);
    holds(&mut simulated, &now, &declared(&now, "start/fe1.contoso.com"));
}

#[test]
fn services_that_are_disabled_are_enabled_by_the_cmdlet_of_2015_or_by_a_person() {
    for product in [Product::Skype2015, Product::Lync2013] {
        let mut world = Deployment::healthy();
        world.pool_mut(&host("pool01")).unwrap().product = product;
        world.front_end_mut(&host("fe1")).unwrap().services = Services::Disabled;
        let mut simulated = begin(world);
        let now = problem(&mut simulated, false, &[]);
        let start = declared(&now, "start/fe1.contoso.com");
        let by_person = matches!(start.ways[0].call, Call::Person(_));
        assert_eq!(by_person, product == Product::Lync2013);
        holds(&mut simulated, &now, &start);
    }
}

#[test]
fn a_front_end_that_gets_power_again_starts_by_itself_unless_it_is_disabled() {
    let mut world = Deployment::healthy();
    let fe1 = host("fe1");
    world.power_off(&fe1);
    world.advance(60);
    assert_eq!(world.front_end(&fe1).unwrap().services, Services::Stopped);
    world.power_on(&fe1);
    world.advance(3600);
    assert_eq!(world.front_end(&fe1).unwrap().services, Services::Running);
    world.front_end_mut(&fe1).unwrap().services = Services::Disabled;
    world.power_off(&fe1);
    world.power_on(&fe1);
    world.advance(3600);
    assert_eq!(world.front_end(&fe1).unwrap().services, Services::Disabled);
}

/// A topology was published that fe1 does not receive.
fn stuck(why: Stuck) -> Simulated {
    let mut world = Deployment::healthy();
    world.front_end_mut(&host("fe1")).unwrap().replica.stuck = Some(why);
    world.foreign_publish(None);
    begin(world)
}

#[test]
fn a_replica_that_stays_behind_is_forced_then_mended() {
    for (why, way) in [(Stuck::UntilForced, 1), (Stuck::UntilMended, 2)] {
        let mut simulated = stuck(why);
        let now = problem(&mut simulated, false, &[]);
        let wait = declared(&now, "replicate/pool01.contoso.com/mirroring-meanwhile");
        let made = Made { states: vec![now.initial.clone()], problem: now, declarations: vec![wait] };
        let ran = run(&mut simulated, &made);
        assert!(matches!(ran.report.outcome, Outcome::Done), "{:?}", ran.report.outcome);
        assert!(matches!(ran.report.steps[0], StepState::Done { way: n, .. } if n == way), "{:?}", ran.report.steps);
    }
}

/// be2, the mirror, dies; later w1, the witness; or both at once.
fn offline(apart: bool) -> Simulated {
    let mut world = Deployment::healthy().witness(&"w1.contoso.com\\RTC".parse().unwrap());
    world.power_off(&host("be2"));
    if apart {
        world.advance(600);
    }
    world.power_off(&host("w1"));
    world.advance(600);
    begin(world)
}

#[test]
fn a_principal_without_quorum_is_seen_and_is_complete_only_where_its_mirror_died_first() {
    for (apart, content) in [(true, Value::Complete), (false, Value::Unknown)] {
        let mut simulated = offline(apart);
        let now = problem(&mut simulated, false, &[]);
        let v = now.view(&now.initial);
        let be1 = now.estate.instance_named(&"be1.contoso.com\\RTC".parse().unwrap()).unwrap();
        let d = now.estate.store(now.estate.store_ids().next().unwrap()).databases[0];
        assert_eq!((v.get(Field::Role(d, be1)), v.get(Field::Content(d, be1))), (Value::Recovering, content));
        assert_eq!(v.get(Field::Session(d, be1)), Value::Unknown, "the columns are NULL");
    }
}

#[test]
fn a_principal_without_quorum_is_opened_without_its_mirror() {
    let mut simulated = offline(true);
    simulated.world.fences.push(FenceWord { host: host("be2"), at: simulated.world.now });
    let mut now = problem(&mut simulated, false, &[]);
    now.policy.allow_undocumented = true;
    holds(&mut simulated, &now, &declared(&now, "open/pool01.contoso.com/User"));
    assert!(simulated.world.ledger.is_empty(), "nothing is lost: {:?}", simulated.world.ledger);
}

#[test]
fn a_principal_serves_again_once_it_sees_its_witness() {
    let mut simulated = offline(false);
    let night = problem(&mut simulated, false, &[]);
    assert!(Action::with_id(&night, &night.initial, &StepId("quorum/pool01.contoso.com/User".to_owned())).is_some());
    simulated.world.power_on(&host("w1"));
    let later = problem(&mut simulated, false, &[]);
    // It may serve at once: the declaration is held against what was seen before.
    let quorum = declared(&night, "quorum/pool01.contoso.com/User");
    holds(&mut simulated, &later, &quorum);
}

#[test]
fn a_mirror_that_was_away_catches_up() {
    let mut world = Deployment::healthy();
    world.power_off(&host("be2"));
    world.advance(60);
    world.power_on(&host("be2"));
    let mut simulated = begin(world);
    let now = problem(&mut simulated, false, &[]);
    holds(&mut simulated, &now, &declared(&now, "synchronise/pool01.contoso.com/User"));
}

#[test]
fn an_asynchronous_session_never_becomes_synchronized_and_gets_safety_full() {
    let mut world = Deployment::healthy();
    for at in ["be1.contoso.com\\RTC", "be2.contoso.com\\RTC"] {
        let at: SqlInstance = at.parse().unwrap();
        sessions_of(&mut world, &at).for_each(|s| (s.safety, s.state) = (Safety::Off, SessionState::Synchronizing));
    }
    world.advance(60 * 60);
    let be2: SqlInstance = "be2.contoso.com\\RTC".parse().unwrap();
    assert!(sessions_of(&mut world, &be2).all(|s| s.state == SessionState::Synchronizing));
    let mut simulated = begin(world);
    let now = problem(&mut simulated, false, &[]);
    holds(&mut simulated, &now, &declared(&now, "synchronise/pool01.contoso.com/User"));
}

#[test]
fn empty_databases_beside_the_living_ones_are_dropped() {
    let mut world = Deployment::healthy();
    for at in ["be1.contoso.com\\RTC", "be2.contoso.com\\RTC"] {
        let at: SqlInstance = at.parse().unwrap();
        for copy in &mut world.instance_mut(&at).unwrap().databases {
            (copy.session, copy.state) = (None, CopyState::Online);
        }
    }
    let mut simulated = begin(world);
    let mut now = problem(&mut simulated, false, &[]);
    let store = &now.estate.stores[0];
    let at = now.estate.instance_named(&"be2.contoso.com\\RTC".parse().unwrap()).unwrap();
    // No reading tells an empty database from a full one: a person says so.
    for &d in &store.databases {
        now.initial.set(&now.estate, Field::Content(d, at), Value::Nothing);
    }
    holds(&mut simulated, &now, &declared(&now, "drop-empty/pool01.contoso.com/User"));
}
