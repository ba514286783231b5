//! What a step costs, whether it may be taken and where one may rest, told a second time: by the spelling of the small world,
//! and from rules §2 for what that world does not have.

mod prove;
mod support;

use Value::{AnnouncedStop, Disabled, No, Running, Starting, Stopped, Unknown, Yes};
use model::database_type::DatabaseType;
use model::declaration::{Declaration, Evidence, Risk, Subject, Work};
use model::estate::{HostId, PoolId, StoreId};
use model::field::{Field, State, Value, write};
use model::problem::{Leave, Problem};
use planner::cost::{self, Cost};
use planner::safe_stop::{is_safe, safe_stops};
use planner::step::{Rules, apply};
use prove::code::{Code, draw};
use prove::take::Steps;
use prove::{goals, starts, world};
use support::world::{BE1, BE2, FE1, Plan, copies, healthy, one, set, want};
use support::{seed, solved};

#[test]
fn every_step_is_taken_and_priced_as_a_second_spelling_says() {
    let base = world::problem();
    let code = Code::new(&base);
    let starts = starts::all(&base, &code);
    let (mut looked, mut taken) = (0, 0);
    for (salt, (name, problem)) in (900..).zip(goals::all()) {
        let rules = Rules::new(&problem);
        let patient = Problem { leave: Leave { patience: true, ..problem.leave }, ..problem.clone() };
        let leaving = Rules::new(&patient);
        let mut steps = Steps::new(&problem);
        // Where a step leads is looked at too: states in the middle of a plan are no start states.
        let mut states: Vec<State> =
            starts.iter().filter(|&&key| draw(key, salt) < 0.02).map(|&key| code.decode(key)).collect();
        for n in 0..states.len() {
            states.extend(steps.from(&states[n].clone()).into_iter().map(|s| s.after));
        }
        for state in states {
            let standing = rules.standing(&state);
            assert_eq!(rules.reached(&state), steps.arrived(&state), "{name}");
            let expected = steps.from(&state).into_iter().map(|s| (s.declaration, s.after, s.price, s.patient));
            let found = steps.proposed(&state).into_iter().filter_map(|d| {
                let at_once = rules.take(&state, &standing, &d).is_some();
                let taken = leaving.take(&state, &standing, &d)?;
                Some((d, taken.after, taken.cost.0, !at_once))
            });
            let (found, expected): (Vec<_>, Vec<_>) = (found.collect(), expected.collect());
            assert_eq!(found, expected, "{name}: {}", code.words(&problem, code.encode(&state)));
            looked += 1;
            taken += found.len();
        }
    }
    assert!(looked > 1000 && taken > 2000, "{looked} states, {taken} steps");
}

#[test]
fn costs_are_summed_part_by_part_and_compared_from_the_first() {
    let one = Cost(std::array::from_fn(|i| i as u64));
    let other = Cost(std::array::from_fn(|i| 100 - i as u64));
    assert_eq!(one.plus(other), Cost([100; cost::COMPONENTS]));
    for i in 1..cost::COMPONENTS {
        let (mut dear, mut cheap) = (Cost::default(), Cost::default());
        dear.0[i - 1] = 1;
        cheap.0[i..].fill(1_000_000);
        assert!(cheap < dear, "{} before {}", cost::NAMES[i - 1], cost::NAMES[i]);
    }
}

#[test]
fn who_is_without_service_in_a_pool_of_three() {
    let p = one();
    let pool = PoolId(0);
    let unserved = |p: &Problem| cost::unserved(p, &p.initial, pool);
    let services = [Running, Starting, Stopped, AnnouncedStop, Disabled, Unknown];
    for a in services {
        for b in services {
            for c in services {
                let mut p = p.clone();
                let front_ends: Vec<_> = p.estate.front_end_ids().collect();
                front_ends.iter().zip([a, b, c]).for_each(|(&f, x)| set(&mut p, Field::Services(f), x));
                let out = [a, b, c].iter().filter(|x| ![Running, Unknown].contains(*x)).count();
                assert_eq!(unserved(&p), [0, 333, 666, 1000][out], "only what is known counts");
            }
        }
    }
    // A Front End that was told a partner that is no longer mirrored does not find it (K5).
    let mut lost = p.clone();
    copies(&mut lost, BE1, Value::Absent, Value::NoSession, Value::Nothing);
    copies(&mut lost, BE2, Value::Unmirrored, Value::NoSession, Value::Complete);
    assert_eq!(unserved(&lost), 1000);
    set(&mut lost, Field::LoadedPrimary(FE1, StoreId(0)), BE2.into());
    assert_eq!(unserved(&lost), 666);
    lost.lifted.insert("K5");
    assert_eq!(unserved(&lost), 0, "without the rule nobody would count it");
    // Nobody serves the user store, as far as is known: all of the pool.
    for role in [Value::Mirror, Unknown] {
        let mut dark = p.clone();
        let d = dark.estate.store(StoreId(0)).databases[2];
        set(&mut dark, Field::Role(d, BE1), role);
        assert_eq!(unserved(&dark), 1000);
    }
    // What is no user store is no outage.
    let mut other = healthy(&Plan { types: &[DatabaseType::Archiving], ..Plan::default() });
    copies(&mut other, BE1, Value::Mirror, Value::Disconnected, Value::Complete);
    assert_eq!(cost::unserved(&other, &other.initial, pool), 0);
}

/// A step of the plan of the seed to vary.
fn step(p: &Problem, prefix: &str) -> (State, Declaration) {
    let solved = solved(p);
    let placed = solved.placed.iter().find(|s| s.declaration.id.0.starts_with(prefix)).unwrap();
    (placed.before.clone(), (*placed.declaration).clone())
}

fn price(p: &Problem, before: &State, d: &Declaration) -> [u64; cost::COMPONENTS] {
    cost::of_step(p, before, &apply(p, before, &d.begin), d).0
}

#[test]
fn what_is_lost_undescribed_or_done_elsewhere_is_counted() {
    let p = seed(&[DatabaseType::User], 3);
    let (before, force) = step(&p, "failover/");
    let databases = p.estate.store(StoreId(0)).databases.clone();
    let with = |change: &dyn Fn(&mut Declaration)| {
        let mut d = force.clone();
        change(&mut d);
        price(&p, &before, &d)
    };
    assert_eq!(price(&p, &before, &force)[..4], [0; 4]);
    for (risk, lost) in [(Risk::None, 0), (Risk::Outage, 0), (Risk::PossibleLoss, 2), (Risk::KnownLoss, 2)] {
        let found = with(&|d| {
            d.risks = vec![(Vec::new(), risk)];
            d.loses = databases[..2].to_vec();
        });
        assert_eq!(found[0], lost, "{risk:?}");
    }
    let inferred = |d: &mut Declaration| d.ways[0].evidence = Evidence::Inferred;
    assert_eq!(with(&inferred)[1], 1);
    assert_eq!(with(&|d| d.ways[0].evidence = Evidence::Field)[1], 0);
    assert_eq!(with(&|d| d.ways.clear())[1], 1, "what nobody can perform nobody describes");
    let looks = |d: &mut Declaration| {
        inferred(d);
        d.work = Work::Look;
    };
    assert_eq!(with(&looks)[1], 0, "looking needs no evidence");
    let works = [Work::Publish, Work::Restart, Work::FullStop, Work::Change, Work::Look];
    let counted = works.map(|work| {
        let found = with(&|d| d.work = work);
        (found[3], found[7], found[8], found[9])
    });
    assert_eq!(counted, [(0, 1, 0, 1), (0, 0, 1, 1), (1, 0, 0, 1), (0, 0, 0, 1), (0, 0, 0, 1)]);
}

#[test]
fn work_that_the_goal_does_not_name_is_counted() {
    let mut p = healthy(&Plan { pools: &["pool01", "pool02"], spare: Some("be3.contoso.com"), ..Plan::default() });
    want(&mut p, BE1, Some(BE2));
    p.wishes.truncate(1);
    let mut d = step(&seed(&[DatabaseType::User], 3), "failover/").1;
    let mut foreign = |subject| {
        d.subject = subject;
        price(&p, &p.initial, &d)[2]
    };
    assert_eq!([HostId(0), HostId(1), HostId(2)].map(|h| foreign(Subject::Host(h))), [0, 0, 1]);
    assert_eq!([PoolId(0), PoolId(1)].map(|x| foreign(Subject::Pool(x))), [0, 1]);
    assert_eq!(foreign(Subject::Estate), 0);
}

#[test]
fn time_is_counted_while_users_are_out_stores_silent_or_unprotected() {
    let p = seed(&[DatabaseType::User, DatabaseType::Archiving], 3);
    let (before, mut d) = step(&p, "failover/");
    (d.duration.most, d.duration.settling) = (600, 100);
    assert_eq!(price(&p, &before, &d)[4..7], [500 * 1000, 2 * 600, 2 * 600], "nobody serves: settling is no outage");
    d.duration.settling = 700;
    assert_eq!(price(&p, &before, &d)[4], 0, "no more than the whole");
    d.duration.settling = 0;
    let h = one();
    assert_eq!(price(&h, &h.initial, &d)[4..7], [0, 0, 0]);
    d.begin = vec![write(Field::Services(FE1), Stopped)];
    assert_eq!(price(&h, &h.initial, &d)[4..7], [600 * 333, 0, 0], "the state while it runs counts");
    let mut alone = h.clone();
    want(&mut alone, BE1, None);
    copies(&mut alone, BE2, Value::Absent, Value::NoSession, Value::Nothing);
    assert_eq!(price(&alone, &alone.initial, &d)[6], 0, "no mirror is wanted");
    want(&mut alone, BE1, Some(BE2));
    assert_eq!(price(&alone, &alone.initial, &d)[6], 600);
    let mut one_behind = h.clone();
    let last = *one_behind.estate.store(StoreId(0)).databases.last().unwrap();
    set(&mut one_behind, Field::Session(last, BE2), Value::Synchronizing);
    assert_eq!(price(&one_behind, &one_behind.initial, &d)[6], 600, "until its last database is protected");
}

#[test]
fn while_a_pool_stands_only_what_mends_something_is_taken() {
    // Two serve, and the pool has no quorum: invariants 1 and 4 are false.
    let mut p = one();
    copies(&mut p, BE2, Value::Unmirrored, Value::NoSession, Value::Complete);
    for f in p.estate.front_end_ids().collect::<Vec<_>>() {
        set(&mut p, Field::Services(f), Stopped);
    }
    let databases = p.estate.store(StoreId(0)).databases.clone();
    let mut d = step(&seed(&[DatabaseType::User], 3), "save/").1;
    d.requires.clear();
    d.achieves = vec![model::condition::Condition::Is(Field::Saved, Yes)];
    d.stops_harm = false;
    set(&mut p, Field::Saved, No);
    let taken = |d: &Declaration| {
        let rules = Rules::new(&p);
        rules.take(&p.initial, &rules.standing(&p.initial), d).is_some()
    };
    d.end = vec![write(Field::Saved, Yes)];
    assert!(!taken(&d), "it mends nothing");
    d.end.extend(databases.iter().map(|&x| write(Field::Role(x, BE2), Value::Mirror)));
    assert!(taken(&d), "two principals come before the pool");
    d.end = vec![write(Field::Saved, Yes)];
    d.end.extend(p.estate.front_end_ids().map(|f| write(Field::Services(f), Running)));
    assert!(!taken(&d), "to start the pool mends nothing of two principals");
}

/// What a plan rests on is read again before it is applied (operations §13): also what only its risk reads.
#[test]
fn a_plan_rests_on_what_its_risks_read() {
    let mut p = seed(&[DatabaseType::User], 3);
    let d = p.estate.store(StoreId(0)).databases[1];
    set(&mut p, Field::Content(d, BE2), Value::Behind);
    p.consents.insert(d);
    assert!(solved(&p).plan.base.contains(&Field::Content(d, BE2)));
}

/// Rules §2, safe stop: invariants hold; every pool is served; every Front End runs the published slots; and one Front End that
/// fails breaks nothing.
#[test]
fn one_may_rest_where_nothing_is_in_doubt_and_one_front_end_may_fail() {
    for front_ends in [1, 2, 3] {
        let p = healthy(&Plan { front_ends, ..Plan::default() });
        let safe = |p: &Problem| is_safe(&Rules::new(p), p.view(&p.initial));
        assert!(safe(&p));
        let last = p.estate.front_end_ids().last().unwrap();
        for services in [Starting, Stopped, AnnouncedStop, Disabled, Unknown] {
            let mut p = p.clone();
            set(&mut p, Field::Services(last), services);
            assert!(!safe(&p), "{front_ends} Front Ends, one {services:?}");
        }
        let s = StoreId(0);
        for (field, values) in [
            (Field::LoadedPrimary(last, s), [BE2.into(), Unknown]),
            (Field::LoadedMirror(last, s), [Value::Nothing, Unknown]),
        ] {
            for value in values {
                let mut p = p.clone();
                set(&mut p, field, value);
                assert!(!safe(&p), "{field:?} is {value:?}");
            }
        }
        let d = p.estate.store(s).databases[1];
        let mut dark = p.clone();
        set(&mut dark, Field::Role(d, BE1), Value::Mirror);
        assert!(!safe(&dark), "a database is served nowhere");
        let mut twice = p.clone();
        set(&mut twice, Field::Role(d, BE2), Value::Unmirrored);
        assert!(!safe(&twice), "two serve");
        // A host that is silent and not fenced may come back and serve: that breaks invariant 1.
        let mut back = p.clone();
        set(&mut back, Field::Answers(BE2), No);
        set(&mut back, Field::Role(d, BE2), Unknown);
        assert!(!safe(&back));
        set(&mut back, Field::Fenced(HostId(1)), Yes);
        assert!(safe(&back));
    }
    // The host in the primary slot votes in a pool of two: without it no Front End may fail.
    let mut p = healthy(&Plan { front_ends: 2, ..Plan::default() });
    copies(&mut p, BE1, Value::Mirror, Value::Synchronized, Value::Complete);
    copies(&mut p, BE2, Value::Principal, Value::Synchronized, Value::Complete);
    assert!(is_safe(&Rules::new(&p), p.view(&p.initial)));
    set(&mut p, Field::Answers(BE1), No);
    assert!(!is_safe(&Rules::new(&p), p.view(&p.initial)));
}

#[test]
fn one_may_rest_only_at_the_end_of_a_stage() {
    let p = seed(&[DatabaseType::User], 3);
    let solved = solved(&p);
    let rules = Rules::new(&p);
    let stops = safe_stops(&rules, &solved.placed);
    for n in 0..solved.placed.len() {
        let ends = solved.placed.get(n + 1).is_none_or(|x| x.declaration.stage != solved.placed[n].declaration.stage);
        let rests = ends && is_safe(&rules, p.view(&solved.placed[n].taken.after));
        assert_eq!(stops.contains(&n), rests, "{}", solved.placed[n].declaration.id);
    }
    let ids: Vec<_> = stops.iter().map(|&n| support::short(&solved.placed[n].declaration.id.0)).collect();
    assert_eq!(ids, ["failover/pool01/User", "end-mirroring/pool01/User", "sql-server/be1\\RTC", "aftercare/pool01"]);
}
