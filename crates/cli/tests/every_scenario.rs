//! Every folder of fixtures/scenarios, whoever put it there: each of its plans works in every order and after every partial
//! outcome, needs every edge that it has, and says where each of its steps comes from; and no fact that becomes unknown
//! permits a riskier step.
#![allow(clippy::print_stderr)] // measured numbers

mod oracle;
mod scenario;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use clap::Parser;
use cstopo_cli::args::{Cli, Command};
use cstopo_cli::load::{self, Loaded};
use cstopo_cli::place::Place;
use cstopo_cli::present::Context;
use cstopo_cli::present::plan::world::World;
use jiff::tz::Offset;
use model::actions::Action;
use model::attest::Attestations;
use model::declaration::{Declaration, Evidence, Risk, Work};
use model::estate::{DatabaseId, InstanceId, PoolId};
use model::fact::Reading;
use model::field::{Field, State, Value};
use model::problem::Problem;
use model::truth::Truth;
use model::view::View;
use oracle::Seen;
use planner::order::Order;
use planner::solve::{Outcome, Solved, solve};
use planner::step::Rules;
use planner::verify::Verifier;
use scenario::{cases, fixture, in_parallel};

/// A case of a scenario, as the program loads it.
struct Asked {
    name: String,
    loaded: Loaded,
}

/// Every case of every folder that can be loaded; what cannot is refused as its case says.
fn all() -> Vec<Asked> {
    let folders = std::fs::read_dir(fixture("")).expect("scenarios").flatten().filter(|e| e.path().is_dir());
    let mut folders: Vec<String> = folders.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    folders.sort();
    let mut all = Vec::new();
    for folder in folders {
        for case in cases(&folder) {
            let Command::Plan(args) = Cli::parse_from([&["cstopo", "plan"], &case.arguments()[..]].concat()).command
            else {
                panic!("{folder}: no plan")
            };
            let place = Place::new(Some(fixture(&folder)), None);
            let name = format!("{folder}, {}", case.golden);
            let loaded = load::inputs(&place, &args.inputs);
            assert!(loaded.is_ok() || case.exit != 0, "{name} cannot be loaded");
            let Ok(loaded) = loaded else { continue };
            all.push(Asked { name, loaded });
        }
    }
    all
}

impl Asked {
    fn problem(&self) -> &Problem {
        &self.loaded.assembled.problem
    }

    fn plan(&self) -> Option<Box<Solved>> {
        match solve(self.problem()) {
            Outcome::Plan(solved) => Some(solved),
            _ => None,
        }
    }
}

fn name(asked: &Asked) -> String {
    asked.name.clone()
}

/// Edges of plans with more moments than this are released under the eyes of the verification alone.
const FEW: usize = 4_000;

#[test]
fn every_plan_works_in_every_order_and_needs_every_edge() {
    let all = all();
    let (plans, moments, alone, unseen) =
        (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    in_parallel(&all, name, |asked| {
        let Some(solved) = asked.plan() else { return };
        plans.fetch_add(1, Relaxed);
        let plan = &solved.plan;
        let edges: Vec<(usize, usize)> = plan.edges.iter().map(|e| (e.from, e.to)).collect();
        let verifier = Verifier::new(&plan.problem, plan.steps.iter().map(|s| &s.declaration).collect());
        let order = Order::spanned(plan.steps.len(), edges.iter().copied()).expect("an order");
        assert_eq!(verifier.failure(&order), None);
        let seen = oracle::look(plan, &edges, true);
        let few = match seen {
            Seen::Works(n, _) => {
                moments.fetch_add(n, Relaxed);
                n <= FEW
            }
            Seen::Fails(why) => panic!("the verification says that it works, and: {why}"),
            Seen::TooMany => {
                unseen.fetch_add(1, Relaxed);
                false
            }
        };
        for (n, &(from, to)) in edges.iter().enumerate() {
            let mut looser = order.clone();
            looser.release(from, to);
            let between = format!("{} -> {}", plan.steps[from].declaration.id, plan.steps[to].declaration.id);
            assert!(verifier.failure(&looser).is_some(), "{between} is not needed");
            if few {
                // The edges of the order that is left: whatever came before the first still comes before the second.
                let mut kept = edges.clone();
                kept.remove(n);
                kept.extend((0..from).filter(|&i| looser.precedes(i, to)).map(|i| (i, to)));
                kept.extend((to + 1..plan.steps.len()).filter(|&j| looser.precedes(from, j)).map(|j| (from, j)));
                let fails = |partial| matches!(oracle::look(plan, &kept, partial), Seen::Fails(_));
                assert!(fails(false) || fails(true), "{between}: the verification says that it is needed, alone");
                alone.fetch_add(1, Relaxed);
            }
        }
    });
    let [plans, moments, alone, unseen] = [plans, moments, alone, unseen].map(AtomicUsize::into_inner);
    eprintln!(
        "{plans} plans, {moments} moments, {alone} edges released under both; {unseen} plans have too many moments"
    );
    assert!(unseen * 4 <= plans, "{unseen} of {plans} plans were not looked at");
}

#[test]
fn every_step_comes_from_somewhere_and_every_database_is_whole_in_the_end() {
    for asked in all() {
        let Some(solved) = asked.plan() else { continue };
        for d in solved.plan.steps.iter().map(|s| &s.declaration) {
            let origin = d.origin;
            let (name, id) = (&asked.name, &d.id);
            assert!(!origin.sentences.is_empty() || origin.deviation.is_some(), "{name}: {id} comes from nowhere");
            let known = |s: &&str| model::procedure::sentence(s).is_some();
            assert!(origin.sentences.iter().all(known), "{name}: {id} names a sentence that is not there");
            assert!(origin.deviation.is_none_or(|x| model::procedure::by_id(x).is_some()), "{name}: {id}");
            assert!(d.ways.iter().all(|w| !w.source.is_empty()), "{name}: {id} has a way without a source");
        }
        let last = &solved.placed.last().expect("a step").taken.after;
        let v = asked.problem().view(last);
        for store in asked.problem().wishes.iter().map(|w| v.estate.store(w.store)) {
            for &d in &store.databases {
                let whole = |&i: &InstanceId| v.serves(d, i).holds() && v.get(Field::Content(d, i)) == Value::Complete;
                assert!(store.instances.iter().any(whole), "{}: {}", asked.name, v.estate.qualified(d));
            }
        }
    }
}

/// What is asked about a pool in a state.
type Question<'a> = &'a dyn Fn(View<'_>, PoolId) -> bool;

/// A pool is asked about only where a step has touched it; asked after every step, it says the same.
#[test]
fn what_no_step_touches_stays_as_it_is() {
    let all = all();
    in_parallel(&all, name, |asked| {
        let Some(solved) = asked.plan() else { return };
        let context = Context::new(&asked.loaded.assembled.facts, Offset::UTC, "");
        let (world, pools) = (World::new(&solved, &context), asked.problem().pools());
        let votes = |v: View<'_>, p| v.votes(p, None).sure >= world.first().votes(p, None).sure;
        let questions: [Question<'_>; 4] = [
            &|v, p| world.users_served(v, p),
            &|v, p| world.blind(v, p),
            &|v, p| v.pool_holds(p, None).holds(),
            &votes,
        ];
        for holds in questions {
            let after = |n: usize| pools.iter().filter(|&&p| !holds(world.after(n), p)).count();
            let (_, found) = world.failing(holds);
            assert_eq!(found, (0..solved.placed.len()).map(after).collect::<Vec<_>>(), "{}", asked.name);
            for &p in &pools {
                let holds = |v: View<'_>| holds(v, p);
                let broken = (0..solved.placed.len()).rev().find(|&n| !holds(world.after(n)));
                let from = broken.map_or(1, |n| n + 2);
                let from = (!holds(world.first()) && from <= solved.placed.len()).then_some(from);
                assert_eq!(world.pool_holds_from(p, holds), from, "{}", asked.name);
            }
        }
        let protected: Vec<bool> = (0..solved.placed.len()).map(|n| world.protected(world.after(n))).collect();
        let open = |n: &usize| {
            world
                .windows()
                .iter()
                .any(|w| w.from_step.is_none_or(|from| from <= n + 1) && w.until_step.is_none_or(|until| n + 1 < until))
        };
        assert_eq!(protected, (0..solved.placed.len()).map(|n| !open(&n)).collect::<Vec<_>>(), "{}", asked.name);
    });
}

/// Whether a copy of a database begins to serve by a step: then no other one may.
fn begins_to_serve(d: &Declaration, problem: &Problem, before: &State) -> Vec<(DatabaseId, InstanceId)> {
    let serves = |f: Field, x: Value| match f {
        Field::Role(d, i) if [Value::Principal, Value::Unmirrored].contains(&x) => Some((d, i)),
        _ => None,
    };
    let v = problem.view(before);
    let fresh =
        |&(d, i): &(DatabaseId, InstanceId)| ![Value::Principal, Value::Unmirrored].contains(&v.get(Field::Role(d, i)));
    d.end.iter().filter_map(|w| serves(w.field, w.value)).filter(fresh).collect()
}

/// A plan that was made without a fact: nothing in it is riskier than it would be with the fact.
fn no_riskier(asked: &Asked, dark: &Problem, hidden: Field, plan: &Solved) {
    let bright = asked.problem();
    let known = bright.initial.get(&bright.estate, hidden);
    for placed in &plan.placed {
        let d = &placed.declaration;
        let about = || format!("{}: {} without {hidden:?}", asked.name, d.id);
        let v = dark.view(&placed.before);
        // With the fact it could begin here as well, and its risk is no greater than was said.
        let mut seen = placed.before.clone();
        if v.get(hidden) == Value::Unknown {
            seen.set(&dark.estate, hidden, known);
        }
        let with = dark.view(&seen);
        assert!(d.may_begin(with) || d.id.0.starts_with("confirm/"), "{}", about());
        let (risk, said) = (d.risk(with), d.risk(v));
        assert!(risk.min(Risk::PossibleLoss) <= said, "{}: {risk:?}, and {said:?} was said", about());
        // What may be lost was given up by name; what nobody describes was allowed.
        assert!(said < Risk::PossibleLoss || !d.loses.is_empty(), "{}", about());
        assert!(d.loses.iter().all(|x| bright.consents.contains(x)), "{}", about());
        let evidence = d.way(v).map_or(Evidence::Inferred, |w| w.evidence);
        assert!(
            evidence != Evidence::Inferred || bright.policy.allow_undocumented || d.work == Work::Look,
            "{}",
            about()
        );
        assert!(d.work != Work::FullStop || bright.policy.allow_full_stop, "{}", about());
        // Nobody takes over while another copy may serve. A wait takes nothing over: a principal that waits for its quorum
        // gets it from SQL Server, which gives it to one of the two.
        if d.ways.iter().all(|w| w.call == model::call::Call::Wait) {
            continue;
        }
        for (x, i) in begins_to_serve(d, dark, &placed.before) {
            let after = dark.view(&placed.taken.after);
            let others = after.estate.store(after.estate.database(x).store).instances.iter().filter(|&&o| o != i);
            others.for_each(|&o| assert_eq!(after.may_serve(x, o), Truth::False, "{}", about()));
        }
    }
}

/// Whole plans, made anew. That every single step is permitted to nobody who knows less is looked at below, for every fact.
#[test]
fn no_fact_that_becomes_unknown_permits_a_riskier_plan() {
    let mut questions = Vec::new();
    let all = all();
    for (n, asked) in all.iter().enumerate() {
        let known = |f: &model::fact::Fact| matches!(f.reading, Reading::Known(_));
        let facts = asked.loaded.assembled.facts.facts.iter().enumerate().filter(|(_, f)| known(f));
        // A sixth of the facts, for time; `make prove` hides every one.
        let every = std::env::var("CSTOPO_PROVE").is_ok_and(|v| v == "all");
        questions.extend(facts.map(|(fact, _)| (n, fact)).filter(|(_, fact)| every || (fact + n).is_multiple_of(6)));
    }
    let plans = AtomicUsize::new(0);
    let about = |&(n, fact): &(usize, usize)| {
        let f = &all[n].loaded.assembled.facts.facts[fact];
        format!("{} without {} of {}", all[n].name, f.attribute, f.subject)
    };
    in_parallel(&questions, about, |&(n, fact)| {
        let asked = &all[n];
        let mut facts = asked.loaded.assembled.facts.clone();
        let hidden = facts.facts[fact].field(&asked.problem().estate).expect("a field");
        facts.facts[fact].reading = Reading::Unknown("a test".to_owned());
        let (desired, loss, only) = (&asked.loaded.desired, &asked.loaded.accepted_loss, &asked.loaded.only);
        // Without a fact it may not even be a question any more.
        let Ok(dark) = model::assemble::assemble(&facts, &Attestations::default(), desired, loss, only) else { return };
        assert_eq!(dark.problem.estate, asked.problem().estate);
        if let Outcome::Plan(solved) = solve(&dark.problem) {
            no_riskier(asked, &dark.problem, hidden, &solved);
            plans.fetch_add(1, Relaxed);
        }
    });
    eprintln!("{} facts hidden, {} plans all the same", questions.len(), plans.into_inner());
}

#[test]
fn in_no_state_of_any_plan_does_ignorance_permit_a_riskier_step() {
    let all = all();
    let looked = AtomicUsize::new(0);
    in_parallel(&all, name, |asked| {
        let Some(solved) = asked.plan() else { return };
        let problem = asked.problem();
        let rules = Rules::new(problem);
        for state in solved.placed.iter().map(|p| &p.before) {
            let v = problem.view(state);
            let permitted = |state: &State| -> BTreeSet<(String, Risk)> {
                let proposed = Action::proposals(problem, state).into_iter().map(|a| rules.declare(&a));
                let v = problem.view(state);
                proposed.filter(|d| d.may_begin(v)).map(|d| (d.id.0.clone(), d.risk(v))).collect()
            };
            let with = permitted(state);
            for &field in problem.estate.layout().fields().iter().filter(|&&f| v.get(f).is_known()) {
                let mut dark = state.clone();
                dark.set(&problem.estate, field, Value::Unknown);
                let w = problem.view(&dark);
                for action in Action::proposals(problem, &dark) {
                    let d = rules.declare(&action);
                    looked.fetch_add(1, Relaxed);
                    if !d.may_begin(w) || with.contains(&(d.id.0.clone(), d.risk(w))) {
                        continue;
                    }
                    // Permitted only because a fact is not known: then it changes nothing, or is what the fact says already.
                    let harmless = d.work == Work::Look || d.is_true(v) || d.may_begin(v);
                    assert!(harmless, "{} may begin only without {field:?}", d.id);
                    assert!(d.risk(w) < Risk::PossibleLoss || d.loses.iter().all(|x| problem.consents.contains(x)));
                }
            }
        }
    });
    eprintln!("{} steps looked at in the dark", looked.into_inner());
}
