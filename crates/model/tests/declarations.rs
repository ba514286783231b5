//! What every declaration is asked: may it begin, by which way, is it done, what does it risk, what can it leave behind. Told
//! again for a made-up action, over every combination of its facts.

mod truth;

use Value::{No, Yes};
use model::call::Call;
use model::condition::Condition;
use model::declaration::{
    Declaration, Duration, Evidence, Origin, Performer, Phrase, Risk, Stage, StepId, Subject, Way, clause,
};
use model::estate::Estate;
use model::field::{Field, State, Value, Write, write};
use model::rules;
use model::view::View;
use truth::estate::{POOL, estate};

const TESTED: Field = Field::Tested(POOL);
const BACKUPS: Field = Field::LogBackups(POOL);
const REPORTS: Field = Field::Reports(POOL);

fn way(requires: &[Field]) -> Way {
    let requires = requires.iter().map(|&f| clause(Condition::Is(f, Yes), rules::READY)).collect();
    Way { requires, ..Way::new(Performer::Wait, Call::Wait, Evidence::Documented, "a test") }
}

fn declaration() -> Declaration {
    let duration = Duration { least: 1, most: 2, settling: 0, source: "a test" };
    let origin = Origin { sentences: &[], deviation: None };
    Declaration {
        requires: vec![clause(Condition::Is(TESTED, Yes), rules::READY)],
        achieves: vec![Condition::Is(BACKUPS, Yes), Condition::Is(REPORTS, Yes)],
        ways: vec![way(&[BACKUPS, REPORTS]), way(&[BACKUPS]), way(&[REPORTS])],
        ..Declaration::of(
            StepId("test/one".to_owned()),
            Phrase::new("Test"),
            Subject::Pool(POOL),
            duration,
            Stage::Serve,
            origin,
        )
    }
}

/// Every combination of three facts, each known or not.
fn each(e: &Estate, look: impl Fn([Value; 3], View<'_>)) {
    let all = [Value::Unknown, Yes, No];
    for (tested, backups, reports) in
        all.into_iter().flat_map(|a| all.into_iter().flat_map(move |b| all.into_iter().map(move |c| (a, b, c))))
    {
        let mut state = State::unknown(e);
        [(TESTED, tested), (BACKUPS, backups), (REPORTS, reports)].into_iter().for_each(|(f, x)| state.set(e, f, x));
        look([tested, backups, reports], View::new(e, &state));
    }
}

#[test]
fn it_begins_where_all_is_known_to_hold_by_the_first_way_that_is_open() {
    let e = estate(2);
    let d = declaration();
    each(&e, |[tested, backups, reports], v| {
        let open = match (backups, reports) {
            (Yes, Yes) => Some(0),
            (Yes, _) => Some(1),
            (_, Yes) => Some(2),
            _ => None,
        };
        assert_eq!(d.way(v), open.map(|n: usize| &d.ways[n]));
        assert_eq!(d.may_begin(v), tested == Yes && open.is_some());
        assert_eq!(d.is_true(v), backups == Yes && reports == Yes, "done only if all of it is known");
    });
    let without = Declaration { ways: Vec::new(), ..declaration() };
    each(&e, |_, v| assert!(!without.may_begin(v), "nobody can perform it"));
}

#[test]
fn a_risk_counts_unless_it_is_known_not_to_be_and_known_loss_only_if_it_is_known() {
    let e = estate(2);
    let risks = vec![
        (vec![Condition::Is(TESTED, No), Condition::Is(BACKUPS, No)], Risk::KnownLoss),
        (vec![Condition::IsNot(REPORTS, Yes)], Risk::PossibleLoss),
        (vec![Condition::Is(BACKUPS, No)], Risk::Outage),
    ];
    let d = Declaration { risks, ..declaration() };
    each(&e, |[tested, backups, reports], v| {
        let expected = if tested == No && backups == No {
            Risk::KnownLoss
        } else if reports != Yes {
            Risk::PossibleLoss
        } else if backups != Yes {
            Risk::Outage
        } else {
            Risk::None
        };
        assert_eq!(d.risk(v), expected, "{tested:?} {backups:?} {reports:?}");
    });
    let always = Declaration { risks: vec![(Vec::new(), Risk::Outage)], ..declaration() };
    each(&e, |_, v| assert_eq!(always.risk(v), Risk::Outage));
    each(&e, |_, v| assert_eq!(declaration().risk(v), Risk::None));
}

#[test]
fn of_every_unit_one_alternative_but_neither_nothing_nor_all() {
    let [a, b, c, d] = [(TESTED, Yes), (BACKUPS, No), (BACKUPS, Yes), (REPORTS, Yes)].map(|(f, x)| write(f, x));
    let of = |partial: Vec<Vec<Vec<Write>>>| {
        let mut outcomes = Declaration { partial, ..declaration() }.partial_outcomes();
        outcomes.sort();
        outcomes
    };
    let sorted = |mut list: Vec<Vec<Write>>| {
        list.sort();
        list
    };
    assert_eq!(of(Vec::new()), Vec::<Vec<Write>>::new());
    assert_eq!(of(vec![vec![vec![], vec![a]]]), Vec::<Vec<Write>>::new(), "one unit is done or not");
    // A unit with an intermediate state and one with two writes.
    let found = of(vec![vec![vec![], vec![b], vec![c]], vec![vec![], vec![a, d]]]);
    assert_eq!(found, sorted(vec![vec![b], vec![c], vec![a, d], vec![b, a, d]]));
    assert_eq!(of(vec![vec![vec![], vec![a]], vec![vec![], vec![c]], vec![vec![], vec![d]]]).len(), 6);
}

#[test]
fn the_constructors_leave_nothing_behind() {
    let d = declaration();
    assert!(d.begin.is_empty() && d.end.is_empty() && d.partial.is_empty() && d.loses.is_empty() && !d.stops_harm);
    let cmdlets = Way::cmdlets(Vec::new(), 90, Evidence::Field, "a test").by(&["sysadmin"]);
    assert_eq!((cmdlets.performer, cmdlets.limit, cmdlets.retry), (Performer::Cmdlet, Some(90), false));
    assert_eq!((cmdlets.settle, cmdlets.rights), (60, vec!["sysadmin"]));
    let task = model::call::Task::Fence { host: "be1.contoso.com".parse().unwrap() };
    let person = Way::person(task, Evidence::Documented, "a test");
    assert_eq!((person.performer, person.limit, person.settle, person.retry), (Performer::Person, None, 0, true));
}
