//! How the goals and the invariants stand, and what triage, drafts and safe stops say, in every question around the cases: as
//! a page, `golden/standing.txt`. A rule that is loosened or left out counts otherwise there. `make golden` writes it anew;
//! read the difference.

mod cases;
mod near;
mod support;

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};

use model::declaration::Clause;
use model::field::Field;
use model::problem::Problem;
use model::truth::Truth;
use near::{compare, neighbours, places};
use planner::cost::unserved;
use planner::draft::draft;
use planner::pairing::pairing;
use planner::safe_stop::is_safe;
use planner::step::Rules;
use planner::triage::{triage, violated};

/// Counts by heading and name.
#[derive(Default)]
struct Counts(BTreeMap<(&'static str, String), usize>);

impl Counts {
    fn add(&mut self, heading: &'static str, name: impl Into<String>, n: usize) {
        *self.0.entry((heading, name.into())).or_default() += n;
    }

    fn clauses(&mut self, heading: &'static str, problem: &Problem, clauses: &[Clause]) {
        let v = problem.view(&problem.initial);
        for c in clauses {
            let stands = match c.condition.eval(v) {
                Truth::True => "holds",
                Truth::Unknown => "not known",
                Truth::False => "does not hold",
            };
            self.add(heading, format!("{} {stands}", c.rule.key), 1);
        }
    }
}

/// The name of a variant without what it is about.
fn kind(said: &impl Debug) -> String {
    let text = format!("{said:?}");
    text.split('(').next().unwrap_or_default().to_owned()
}

fn look(problem: &Problem, counts: &mut Counts) {
    let v = problem.view(&problem.initial);
    let rules = Rules::new(problem);
    counts.clauses("goal", problem, &rules.goal);
    counts.clauses("invariant", problem, &rules.invariants);
    violated(problem).iter().for_each(|c| counts.add("violated", c.rule.key, 1));
    for t in triage(problem) {
        counts.add("situation", kind(&t.situation), 1);
        t.stores.iter().for_each(|(_, s)| counts.add("of a store", kind(s), 1));
        counts.add("decides", t.decides.map_or_else(|| "nothing".to_owned(), |f| kind(&f)), 1);
    }
    for wish in &problem.wishes {
        counts.add("pairing", kind(&pairing(v, wish.store)), 1);
        for &d in &problem.estate.store(wish.store).databases {
            counts.add("databases", "lost", usize::from(problem.lost(d)));
            counts.add("databases", "given up", usize::from(problem.gives_up(d)));
            counts.add("databases", "that fill again", usize::from(problem.recreated(d)));
        }
    }
    for (field, value) in draft(problem).assumed {
        counts.add("assumed", format!("{} {}", kind(&field), kind(&value)), 1);
    }
    for wish in &problem.for_service().wishes {
        let slot = |field| v.get(field).instance();
        let from = match wish.principal {
            None => "from nowhere",
            server if server == slot(Field::PrimarySlot(wish.store)) => "from the primary slot",
            server if server == slot(Field::MirrorSlot(wish.store)) => "from the mirror slot",
            Some(_) => "from elsewhere",
        };
        counts.add("for service", from, 1);
    }
    for pool in problem.pools() {
        let share = usize::try_from(unserved(problem, &problem.initial, pool)).unwrap();
        counts.add("unserved", "thousandths of pools", share);
    }
    counts.add("safe stop", if is_safe(&rules, v) { "yes" } else { "no" }, 1);
    counts.add("needed", "instances", problem.needed(&problem.initial).len());
    let cms = model::cms::taker(problem).map_or("nobody", |p| match model::cms::able(v, p) {
        Truth::True => "somebody who can",
        Truth::Unknown => "somebody who may",
        Truth::False => "somebody who cannot",
    });
    counts.add("takes the Central Management store", cms, 1);
    counts.add("the Central Management store", "matters", usize::from(model::cms::matters(problem)));
}

#[test]
fn everything_stands_as_the_page_says() {
    let mut counts = Counts::default();
    for place in places() {
        neighbours(&place).iter().for_each(|problem| look(problem, &mut counts));
    }
    let mut page = String::from("How everything stands in the questions of near/mod.rs, counted.\n");
    let mut last = "";
    for ((heading, name), n) in &counts.0 {
        if *heading != last {
            writeln!(page, "\n{heading}").unwrap();
            last = heading;
        }
        writeln!(page, "  {name:<34}{n:>9}").unwrap();
    }
    compare("standing.txt", &page);
}
