//! Votes against Microsoft's table, which is kept in the data: every size of pool, SQL host up or down.

use model::database_type::DatabaseType;
use model::estate::{Estate, InstanceId, Parts, PoolId, PoolPart, Product, StorePart};
use model::field::{Field, State, Value};
use model::truth::Truth;
use model::view::View;

/// A pool of that many Front Ends, all running, with the SQL host of their primary slot up or down.
fn pool(size: usize, sql_up: bool) -> (Estate, State) {
    let be1: topology::SqlInstance = "be1.contoso.com\\RTC".parse().unwrap();
    let name: topology::Fqdn = "pool01.contoso.com".parse().unwrap();
    let estate = Estate::new(Parts {
        pools: vec![PoolPart {
            fqdn: name.clone(),
            product: Product::Lync2013,
            front_ends: (1..=size).map(|n| format!("fe{n}.contoso.com").parse().unwrap()).collect(),
        }],
        stores: vec![StorePart {
            users: vec![name],
            kind: DatabaseType::User,
            megabytes: Default::default(),
            instances: vec![be1],
        }],
        ..Parts::default()
    })
    .unwrap();
    let mut state = State::unknown(&estate);
    let be1 = InstanceId(0);
    let host = estate.host_of(be1);
    state.set(&estate, Field::Answers(be1), if sql_up { Value::Yes } else { Value::No });
    state.set(&estate, Field::Fenced(host), Value::No);
    state.set(&estate, Field::Epoch(host), Value::Original);
    for f in estate.front_end_ids() {
        state.set(&estate, Field::Services(f), Value::Running);
        state.set(&estate, Field::VoterEpoch(f), Value::Original);
        for s in estate.store_ids() {
            state.set(&estate, Field::LoadedPrimary(f, s), be1.into());
        }
    }
    (estate, state)
}

/// How many Front Ends must run, with the back end up: the table's rows for 2013 and 2015.
fn running_needed(size: usize) -> (usize, usize) {
    let data: serde_json::Value = serde_json::from_str(include_str!("../data/cmdlets.json")).unwrap();
    let rows = data["front_end_quorum"]["functional"].as_array().unwrap();
    let number = |v: &serde_json::Value| usize::try_from(v.as_u64().unwrap()).unwrap();
    let row = rows
        .iter()
        .find(|r| r.get("product").is_none() && (number(&r["pool"][0])..=number(&r["pool"][1])).contains(&size));
    let row = row.unwrap();
    (number(&row["running"]), row.get("among").map_or(size, number).min(size))
}

#[test]
fn every_row_of_the_table() {
    for size in 2..=12 {
        let (needed, among) = running_needed(size);
        let (estate, mut state) = pool(size, true);
        // Stop the voters from the last to the first, and look at each number that runs.
        for running in (0..=among).rev() {
            for (n, f) in estate.front_end_ids().enumerate() {
                let up = n < running || n >= among;
                state.set(&estate, Field::Services(f), if up { Value::Running } else { Value::Stopped });
            }
            let votes = View::new(&estate, &state).votes(PoolId(0), None);
            assert_eq!(votes.sure >= votes.needed, running >= needed, "{running} of {size} run");
        }
    }
}

#[test]
fn without_the_sql_host_even_pools_can_spare_one_less() {
    // Size of the pool, Front Ends that may be down with the SQL host of the primary slot dead: operations §11.3.
    for (size, spare) in [(2, 0), (3, 1), (4, 1), (5, 2), (6, 2), (7, 3), (8, 3), (9, 3), (10, 4), (11, 4), (12, 4)] {
        let (estate, mut state) = pool(size, false);
        let mut down = 0;
        for f in estate.front_end_ids() {
            state.set(&estate, Field::Services(f), Value::Stopped);
            let votes = View::new(&estate, &state).votes(PoolId(0), None);
            if votes.sure < votes.needed {
                break;
            }
            down += 1;
        }
        assert_eq!(down, spare, "pool of {size}");
    }
}

#[test]
fn the_sql_host_votes_only_for_those_who_agree_on_it() {
    let (estate, state) = pool(2, true);
    let sure = |change: &dyn Fn(&mut State)| {
        let mut state = state.clone();
        change(&mut state);
        View::new(&estate, &state).votes(PoolId(0), None).sure
    };
    let [first, _] = [0, 1].map(model::estate::FrontEndId);
    let host = estate.host_of(InstanceId(0));
    assert_eq!(sure(&|_| ()), 3);
    assert_eq!(sure(&|s| s.set(&estate, Field::Fenced(host), Value::Yes)), 2, "fenced");
    assert_eq!(sure(&|s| s.set(&estate, Field::Epoch(host), Value::Rebuilt)), 2, "another epoch");
    assert_eq!(sure(&|s| s.set(&estate, Field::VoterEpoch(first), Value::Unknown)), 2, "unknown epoch");
    let store = estate.store_ids().next().unwrap();
    assert_eq!(sure(&|s| s.set(&estate, Field::LoadedPrimary(first, store), Value::Unknown)), 2, "unknown host");
}

#[test]
fn two_front_ends_down_cost_a_routing_group_whatever_the_size() {
    for size in [5, 6, 7, 9, 12] {
        let (estate, mut state) = pool(size, true);
        let mut all = estate.front_end_ids();
        state.set(&estate, Field::Services(all.next().unwrap()), Value::Stopped);
        assert_eq!(View::new(&estate, &state).pool_holds(PoolId(0), None), Truth::True);
        state.set(&estate, Field::Services(all.next().unwrap()), Value::Starting);
        assert_eq!(View::new(&estate, &state).pool_holds(PoolId(0), None), Truth::False, "pool of {size}");
    }
}
