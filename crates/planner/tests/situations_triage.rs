//! Every state has one name, and an unknown fact never gives it another: it takes the name away.

mod support;

use std::collections::BTreeSet;

use model::database_type::DatabaseType;
use model::estate::StoreId;
use model::field::{Field, Value};
use model::problem::Problem;
use planner::pairing::{Pairing, pairing};
use planner::triage::{Situation, triage};
use support::world::{BE1, BE2, Plan, THIRD, copies, dies, healthy, host, set, witnessed};

fn name(p: &Problem) -> (Situation, Pairing) {
    (triage(p)[0].situation, pairing(p.view(&p.initial), StoreId(0)))
}

#[test]
fn every_combination_has_one_name_and_ignorance_only_takes_it_away() {
    use Value::{
        Absent, Disconnected, Mirror, No, NoSession, Principal, Recovering, Restoring, Suspended, Synchronized,
        Synchronizing, Unknown, Unmirrored, Yes,
    };
    let mut p = healthy(&Plan { types: &[DatabaseType::Archiving], ..Plan::default() });
    let d = p.estate.store(StoreId(0)).databases[0];
    let answers = [Unknown, Yes, No];
    let roles = [Unknown, Absent, Restoring, Recovering, Unmirrored, Principal, Mirror];
    let sessions = [Unknown, NoSession, Disconnected, Suspended, Synchronizing, Synchronized];
    let links = [Unknown, Value::Nothing, Value::Connected, Disconnected];
    let facts: [(Field, &[Value]); 7] = [
        (Field::Answers(BE1), &answers),
        (Field::Answers(BE2), &answers),
        (Field::Role(d, BE1), &roles),
        (Field::Role(d, BE2), &roles),
        (Field::Session(d, BE1), &sessions),
        (Field::Session(d, BE2), &sessions),
        (Field::WitnessLink(d, BE2), &links),
    ];
    let total: usize = facts.iter().map(|(_, values)| values.len()).product();
    let mut seen = BTreeSet::new();
    for n in 0..total {
        let mut rest = n;
        for (field, values) in facts {
            set(&mut p, field, values[rest % values.len()]);
            rest /= values.len();
        }
        let (situation, pair) = name(&p);
        seen.insert(pair);
        for (field, _) in facts {
            let known = p.initial.get(&p.estate, field);
            if !known.is_known() {
                continue;
            }
            set(&mut p, field, Unknown);
            let (now, pair_now) = name(&p);
            assert!(now == situation || now == Situation::Unknown, "{situation:?} became {now:?} without {field:?}");
            assert!(pair_now == pair || pair_now == Pairing::Unknown, "{pair:?} became {pair_now:?} without {field:?}");
            set(&mut p, field, known);
        }
    }
    // One database alone is never apart from itself; every other name was given.
    assert_eq!(seen.len(), 13, "{seen:?}");
}

#[test]
fn the_situations_have_their_names() {
    let base = || healthy(&Plan { witness: Some("w1.contoso.com"), ..Plan::default() });
    let with = |change: &dyn Fn(&mut Problem)| {
        let mut p = base();
        change(&mut p);
        name(&p)
    };
    let be = |p: &mut Problem, i, role, session| copies(p, i, role, session, Value::Complete);
    assert_eq!(with(&|_| {}), (Situation::AsDeclared, Pairing::Synchronized));
    let suspended = with(&|p| {
        be(p, BE1, Value::Principal, Value::Suspended);
        be(p, BE2, Value::Mirror, Value::Suspended);
    });
    assert_eq!(suspended, (Situation::Drift, Pairing::Suspended));
    let apart = with(&|p| {
        let d = p.estate.store(StoreId(0)).databases[1];
        set(p, Field::Role(d, BE1), Value::Mirror);
        set(p, Field::Role(d, BE2), Value::Principal);
    });
    assert_eq!(apart, (Situation::Drift, Pairing::Apart));
    let one_sided = with(&|p| {
        be(p, BE1, Value::Unmirrored, Value::NoSession);
        be(p, BE2, Value::Mirror, Value::Disconnected);
    });
    assert_eq!(one_sided, (Situation::Drift, Pairing::OneSided));
    let left_over = with(&|p| {
        be(p, BE1, Value::Unmirrored, Value::NoSession);
        be(p, BE2, Value::Restoring, Value::NoSession);
    });
    assert_eq!(left_over, (Situation::Drift, Pairing::LeftOver));
    let twice = with(&|p| {
        be(p, BE1, Value::Principal, Value::Disconnected);
        be(p, BE2, Value::Principal, Value::Disconnected);
    });
    assert_eq!(twice, (Situation::SplitBrain, Pairing::Twice));
    assert_eq!(with(&|p| witnessed(p, THIRD, Value::Disconnected)), (Situation::AsDeclared, Pairing::Unwitnessed));
    let lost = |p: &mut Problem, i| {
        let h = host(p, i);
        dies(p, h);
    };
    let mirror_lost = with(&|p| {
        lost(p, BE2);
        be(p, BE1, Value::Principal, Value::Disconnected);
    });
    assert!(matches!(mirror_lost, (Situation::MirrorLost(_), Pairing::Disconnected)));
    let refused = with(&|p| {
        lost(p, BE1);
        be(p, BE2, Value::Mirror, Value::Disconnected);
        witnessed(p, THIRD, Value::Disconnected);
    });
    assert!(matches!(refused, (Situation::PrimaryLost(_), Pairing::ForceRefused)));
    let unserved = with(&|p| {
        lost(p, BE1);
        be(p, BE2, Value::Mirror, Value::Disconnected);
    });
    assert!(matches!(unserved, (Situation::PrimaryLost(_), Pairing::Unserved)));
}
