//! Votes against a second implementation that knows Microsoft's table and no majority: for pools of 2 to 12 Front Ends, every
//! set of them that runs, each of them taken as down, and the SQL host of the primary slot up, down, mixed or rebuilt.
//!
//! The table says how many Front Ends must run while the back end is up; that the loss of the SQL host counts like one
//! Front End in pools of 2, 4 and 6 is the note below it (operations §11.3; topologies and components for Front End Servers).

mod truth;

use Value::{No, Original, Rebuilt, Running, Stopped, Unknown, Yes};
use model::estate::{Estate, FrontEndId, InstanceId};
use model::field::{Field, State, Value};
use model::truth::Truth;
use model::view::View;
use truth::estate::{BE1, BE2, HOST1, HOST2, POOL, USER, estate};

/// Microsoft's table: sizes of the pool, how many must run, among how many, whether the SQL host is counted.
const TABLE: [(std::ops::RangeInclusive<usize>, usize, usize, bool); 8] = [
    (2..=2, 1, 2, true),
    (3..=3, 2, 3, false),
    (4..=4, 2, 4, true),
    (5..=5, 3, 5, false),
    (6..=6, 3, 6, true),
    (7..=7, 4, 7, false),
    (8..=9, 4, 7, false),
    (10..=12, 5, 9, false),
];

/// Whether the pool keeps its quorum, given which Front Ends run and whether a SQL host is up that all of them count.
fn functional(up: &[bool], sql: bool) -> bool {
    let (_, needed, among, counted) = TABLE.iter().find(|row| row.0.contains(&up.len())).unwrap();
    let running = up.iter().take(*among).filter(|&&x| x).count();
    running >= needed + usize::from(*counted && !sql)
}

/// A Front End, as far as votes go: whether it runs, whom it took as voter at its start, and in which epoch.
type FrontEnd = (Value, InstanceId, Value);
/// A SQL host: whether its SQL Server answers, whether it is fenced, its epoch.
type Sql = [Value; 3];

const UP: Sql = [Yes, No, Original];

fn state(e: &Estate, front_ends: &[FrontEnd], hosts: [Sql; 2]) -> State {
    let mut state = State::unknown(e);
    for (&f, &(services, voter, epoch)) in e.pool(POOL).front_ends.iter().zip(front_ends) {
        state.set(e, Field::Services(f), services);
        state.set(e, Field::LoadedPrimary(f, USER), voter.into());
        state.set(e, Field::VoterEpoch(f), epoch);
    }
    for ((i, h), [answers, fenced, epoch]) in [(BE1, HOST1), (BE2, HOST2)].into_iter().zip(hosts) {
        state.set(e, Field::Answers(i), answers);
        state.set(e, Field::Fenced(h), fenced);
        state.set(e, Field::Epoch(h), epoch);
    }
    state
}

/// Rules §3.8: all that run took the same host, and it is up in the epoch in which they took it.
fn agreed(front_ends: &[FrontEnd], up: &[bool], hosts: [Sql; 2]) -> bool {
    let voters: Vec<_> =
        front_ends.iter().zip(up).filter(|(_, up)| **up).map(|(&(_, i, epoch), _)| (i, epoch)).collect();
    let Some(&(voter, epoch)) = voters.first() else { return false };
    let [answers, fenced, now] = hosts[usize::from(voter == BE2)];
    voters.iter().all(|&v| v == (voter, epoch)) && answers == Yes && fenced == No && now == epoch
}

/// Holds both implementations together, for every Front End that may leave.
fn compare(e: &Estate, front_ends: &[FrontEnd], hosts: [Sql; 2]) {
    let state = state(e, front_ends, hosts);
    let view = View::new(e, &state);
    let members = &e.pool(POOL).front_ends;
    for leaving in std::iter::once(None).chain(members.iter().copied().map(Some)) {
        let runs = |(n, f): (usize, &FrontEnd)| f.0 == Running && leaving != Some(FrontEndId(n as u16));
        let up: Vec<bool> = front_ends.iter().enumerate().map(runs).collect();
        let quorum = functional(&up, agreed(front_ends, &up, hosts));
        let votes = view.votes(POOL, leaving);
        assert_eq!(votes.sure >= votes.needed, quorum, "{front_ends:?}, {hosts:?}, without {leaving:?}: {votes:?}");
        assert_eq!(votes.sure, votes.possible, "all is known");
        assert_eq!(votes.enough(), Truth::from(quorum));
        if let Some(f) = leaving {
            // The same one, started: guard G2 of a pool that has lost its votes.
            let mut with = up.clone();
            with[f.index()] = true;
            let quorum = functional(&with, agreed(front_ends, &with, hosts));
            assert_eq!(view.votes_with(POOL, f), Truth::from(quorum), "{front_ends:?}, {hosts:?}, with {f:?}");
        }
        // Of the three replicas of a routing group two must be up, and nobody knows which Front Ends hold them.
        let groups = up.iter().filter(|&&x| !x).count() <= 1;
        assert_eq!(view.pool_holds(POOL, leaving), Truth::from(quorum && groups), "{front_ends:?}, {hosts:?}");
    }
}

#[test]
fn every_set_of_front_ends_of_every_size_of_pool() {
    for size in 2..=12 {
        let e = estate(size);
        for set in 0..1u32 << size {
            let services = |n: usize| if set & (1u32 << n) != 0 { Running } else { Stopped };
            let front_ends: Vec<FrontEnd> = (0..size).map(|n| (services(n), BE1, Original)).collect();
            for host in [UP, [No, No, Original], [Yes, Yes, Original], [Yes, No, Rebuilt]] {
                compare(&e, &front_ends, [host, UP]);
            }
        }
    }
}

#[test]
fn front_ends_that_took_different_hosts_or_epochs() {
    // Down, or run with be1, with be1 rebuilt, with be2.
    let ways = [(Stopped, BE1, Original), (Running, BE1, Original), (Running, BE1, Rebuilt), (Running, BE2, Original)];
    for size in [2, 3, 4, 6] {
        let e = estate(size);
        for number in 0..ways.len().pow(size as u32) {
            let front_ends: Vec<_> = (0..size).map(|n| ways[number / ways.len().pow(n as u32) % ways.len()]).collect();
            for be1 in [UP, [Yes, No, Rebuilt], [No, No, Rebuilt]] {
                compare(&e, &front_ends, [be1, UP]);
                compare(&e, &front_ends, [be1, [No, No, Original]]);
            }
        }
    }
}

#[test]
fn what_is_not_known_is_neither_a_sure_vote_nor_an_impossible_one() {
    let ways = [Stopped, Running, Unknown].map(|s| [(s, BE1), (s, BE2)]).concat();
    for size in [2, 3, 4] {
        let e = estate(size);
        for number in 0..ways.len().pow(size as u32) {
            let chosen = (0..size).map(|n| ways[number / ways.len().pow(n as u32) % ways.len()]);
            let front_ends: Vec<FrontEnd> = chosen.map(|(s, i)| (s, i, Original)).collect();
            let state = state(&e, &front_ends, [UP, UP]);
            let votes = View::new(&e, &state).votes(POOL, None);
            // Whatever the unknown ones do.
            let unknown: Vec<usize> = (0..size).filter(|&n| front_ends[n].0 == Unknown).collect();
            let outcomes: Vec<bool> = (0..1u32 << unknown.len())
                .map(|set| {
                    let runs = |n: usize| match unknown.iter().position(|&u| u == n) {
                        Some(k) => set & (1u32 << k) != 0,
                        None => front_ends[n].0 == Running,
                    };
                    let up: Vec<bool> = (0..size).map(runs).collect();
                    functional(&up, agreed(&front_ends, &up, [UP, UP]))
                })
                .collect();
            let enough = (votes.sure >= votes.needed, votes.possible >= votes.needed);
            let said = match enough {
                (true, _) => Truth::True,
                (false, true) => Truth::Unknown,
                (false, false) => Truth::False,
            };
            assert_eq!(votes.enough(), said);
            assert!(votes.sure <= votes.possible && votes.possible <= votes.voters);
            assert!(votes.sure < votes.needed || outcomes.iter().all(|&x| x), "{front_ends:?}: {votes:?}");
            assert!(votes.possible >= votes.needed || !outcomes.contains(&true), "{front_ends:?}: {votes:?}");
        }
    }
}

#[test]
fn a_vote_in_doubt_is_possible_and_not_sure() {
    let e = estate(2);
    let front_ends = [(Running, BE1, Original); 2];
    let known = state(&e, &front_ends, [UP, UP]);
    let count = |change: &[(Field, Value)]| {
        let mut state = known.clone();
        change.iter().for_each(|&(f, x)| state.set(&e, f, x));
        let votes = View::new(&e, &state).votes(POOL, None);
        (votes.sure, votes.possible)
    };
    let [fe1, fe2] = [FrontEndId(0), FrontEndId(1)];
    assert_eq!(count(&[]), (3, 3));
    for field in [
        Field::Answers(BE1),
        Field::Fenced(HOST1),
        Field::Epoch(HOST1),
        Field::VoterEpoch(fe2),
        Field::LoadedPrimary(fe1, USER),
    ] {
        assert_eq!(count(&[(field, Unknown)]), (2, 3), "{field:?}");
    }
    // Nobody knows whom they took: any host may vote.
    assert_eq!(count(&[fe1, fe2].map(|f| (Field::LoadedPrimary(f, USER), Unknown))), (2, 3));
    // Nobody who runs, nobody who asks for the host's vote.
    assert_eq!(count(&[fe1, fe2].map(|f| (Field::Services(f), Stopped))), (0, 0));
}

#[test]
fn the_table_is_microsofts() {
    let data: serde_json::Value = serde_json::from_str(include_str!("../data/cmdlets.json")).unwrap();
    let number = |v: &serde_json::Value| usize::try_from(v.as_u64().unwrap()).unwrap();
    let rows = data["front_end_quorum"]["functional"].as_array().unwrap().iter().filter(|r| r.get("product").is_none());
    let mut sizes = 0;
    for row in rows {
        for size in number(&row["pool"][0])..=number(&row["pool"][1]) {
            let (_, needed, among, _) = TABLE.iter().find(|r| r.0.contains(&size)).unwrap();
            assert_eq!((*needed, *among), (number(&row["running"]), row.get("among").map_or(size, number)), "{size}");
            sizes += 1;
        }
    }
    assert_eq!(sizes, 11, "2 to 12");
}

#[test]
fn the_voters_are_those_of_the_table_of_votes() {
    // Size, voters and votes needed: the table of operations §11.3.
    let rows = [
        (2, 3, 2),
        (3, 3, 2),
        (4, 5, 3),
        (5, 5, 3),
        (6, 7, 4),
        (7, 7, 4),
        (8, 7, 4),
        (9, 7, 4),
        (10, 9, 5),
        (12, 9, 5),
    ];
    for (size, voters, needed) in rows {
        let e = estate(size);
        let votes = View::new(&e, &State::unknown(&e)).votes(POOL, None);
        assert_eq!((votes.voters, votes.needed), (voters, needed), "pool of {size}");
    }
}

#[test]
fn without_a_user_store_no_sql_host_votes() {
    let parts = model::estate::Parts {
        pools: vec![model::estate::PoolPart {
            fqdn: "pool01.contoso.com".parse().unwrap(),
            product: model::estate::Product::Lync2013,
            front_ends: vec!["fe1.contoso.com".parse().unwrap(), "fe2.contoso.com".parse().unwrap()],
        }],
        ..Default::default()
    };
    let e = Estate::new(parts).unwrap();
    let mut state = State::unknown(&e);
    e.front_end_ids().for_each(|f| state.set(&e, Field::Services(f), Running));
    let votes = View::new(&e, &state).votes(POOL, None);
    assert_eq!((votes.sure, votes.possible), (2, 2));
    assert_eq!(View::new(&e, &state).front_end_reaches(FrontEndId(0)), Truth::True, "there is nothing to reach");
}
