//! The questions around the cases: each case as it begins, and where the first step of each kind is taken, and the same
//! with one fact, one wish or one policy otherwise. And pages that are compared with what they were. It knows no rules.
#![allow(dead_code)] // every test takes what it needs

use std::collections::BTreeSet;
use std::path::Path;

use model::actions::Action;
use model::declaration::Declaration;
use model::field::{Field, Value};
use model::problem::{Problem, PublishBy, Slots, Wanted};
use model::vocabulary;

use crate::cases;
use crate::support::solved;

/// The kind of a step, with the purpose of a publish and with the slots that a failover speaks of.
pub fn name(action: &Action, d: &Declaration) -> String {
    let purpose = match action.kind() {
        "Publish" => d.id.0.rsplit('/').next().unwrap_or_default().trim_end_matches("-meanwhile"),
        "FailOver" if d.id.0.starts_with("failback") => "back",
        _ => "",
    };
    format!("{} {purpose}", action.kind()).trim_end().to_owned()
}

/// Compares a page with what it is now, or writes it where `CSTOPO_BLESS` is set.
#[track_caller]
pub fn compare(name: &str, page: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("CSTOPO_BLESS").is_some() {
        std::fs::write(&path, page).unwrap();
        return;
    }
    let read = std::fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let (was, is): (BTreeSet<&str>, BTreeSet<&str>) = (read.lines().collect(), page.lines().collect());
    let gone: Vec<_> = was.difference(&is).collect();
    let new: Vec<_> = is.difference(&was).collect();
    assert!(read == page, "{name} has changed; make golden writes it anew\ngone: {gone:#?}\nnew: {new:#?}");
}

/// The same question under other policies, without consents, and with one fact otherwise, unknown included.
pub fn neighbours(problem: &Problem) -> Vec<Problem> {
    let mut all = vec![problem.clone()];
    let mut with = |change: &dyn Fn(&mut Problem)| {
        let mut other = problem.clone();
        change(&mut other);
        all.push(other);
    };
    with(&|p| p.policy.allow_full_stop ^= true);
    with(&|p| p.policy.accept_outage ^= true);
    with(&|p| p.policy.allow_undocumented ^= true);
    with(&|p| p.policy.publish = PublishBy::Cmdlet);
    with(&|p| p.policy.seed_share = None);
    with(&|p| p.consents.clear());
    with(&|p| p.leave.confirms = true);
    // Part of it is managed; a role alone is; no mirror is wished for; another word is said about the witness.
    with(&|p| _ = p.wishes.pop());
    with(&|p| *p = p.for_service());
    with(&|p| {
        *p = p.for_service();
        p.initial.set(&problem.estate, Field::CmsWritable, Value::Yes);
    });
    with(&|p| p.wishes.iter_mut().for_each(|w| w.slots = Slots::Ordered { primary: None, mirror: Wanted::Nothing }));
    with(&|p| p.wishes.iter_mut().for_each(|w| w.witness = Wanted::Nothing));
    with(&|p| p.wishes.iter_mut().for_each(|w| w.witness = Wanted::Unmanaged));
    // Everything is given up, whatever is known of it.
    for contents in [&[][..], &[Value::Unknown], &[Value::Behind], &[Value::Unknown, Value::Behind]] {
        with(&|p| {
            let estate = &problem.estate;
            let databases = || estate.store_ids().flat_map(|s| &estate.store(s).databases);
            p.consents = databases().copied().collect();
            for (n, &d) in databases().enumerate().filter(|_| !contents.is_empty()) {
                for &i in &estate.store(estate.database(d).store).instances {
                    p.initial.set(estate, Field::Content(d, i), contents[n % contents.len()]);
                }
            }
        });
    }
    for &field in problem.estate.layout().fields() {
        let now = problem.initial.get(&problem.estate, field);
        let values = vocabulary::domain(field).values(&problem.estate);
        for value in values.into_iter().chain([Value::Unknown]).collect::<BTreeSet<_>>() {
            if value != now {
                with(&|p| {
                    p.initial.set(&problem.estate, field, value);
                    p.leave.confirms = value == Value::Unknown;
                });
            }
        }
    }
    all
}

/// Every case as it begins, and where the first step of each kind is taken: as if that were what is observed.
pub fn places() -> Vec<Problem> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut all = Vec::new();
    for (_, case) in cases::all() {
        for step in solved(&case).placed {
            if taken.insert(name(&step.action, &step.declaration)) {
                all.push(Problem { initial: step.before, ..case.clone() });
            }
        }
        all.push(case);
    }
    all
}
