//! The search finds Microsoft's procedure, in its order.

mod support;

use planner::search::{Found, search};
use planner::step::Rules;
use planner::{alike, sequence};

#[test]
fn the_seed() {
    for (types, n) in [(&support::FOUR[..1], 3), (&support::FOUR[..], 3), (&support::FOUR[..], 2), (&support::FOUR[..], 6)] {
        let problem = support::seed(types, n);
        let classes = alike::classes(&problem);
        eprintln!("classes {}", classes.len());
        let keep: Vec<_> = classes.iter().map(|c| c[0]).collect();
        let small = problem.restricted(&keep).unwrap();
        let rules = Rules::new(&small);
        let t = std::time::Instant::now();
        let found = search(&rules);
        eprintln!("{:?}", t.elapsed());
        let Found::Plan(actions, cost) = found else { panic!("{found:?}") };
        eprintln!("{cost:?} {:?}", t.elapsed());
        let ids: Vec<_> = actions.iter().map(|a| rules.declare(a).id.clone()).collect();
        let rules = Rules::new(&problem);
        let all = alike::expand(&rules, &classes, &ids).unwrap();
        let placed = sequence::settle(&rules, all).unwrap();
        eprintln!("settled {:?}", t.elapsed());
        for p in &placed {
            eprintln!("{} {}", p.declaration.id, p.declaration.title.short(&problem.estate));
        }
    }
}

#[test]
fn edges() {
    for (types, n) in [(&support::FOUR[..1], 3), (&support::FOUR[..], 3), (&support::FOUR[..], 2), (&support::FOUR[..], 6)] {
        let problem = support::seed(types, n);
        let classes = alike::classes(&problem);
        let keep: Vec<_> = classes.iter().map(|c| c[0]).collect();
        let small = problem.restricted(&keep).unwrap();
        let rules = Rules::new(&small);
        let Found::Plan(actions, _) = search(&rules) else { panic!() };
        let ids: Vec<_> = actions.iter().map(|a| rules.declare(a).id.clone()).collect();
        let rules = Rules::new(&problem);
        let all = alike::expand(&rules, &classes, &ids).unwrap();
        let placed = sequence::settle(&rules, all).unwrap();
        let t = std::time::Instant::now();
        let (edges, order) = planner::edges::needed(&problem, placed.iter().map(|p| &*p.declaration).collect()).unwrap();
        eprintln!("edges {} orders {:?} in {:?}", edges.len(), order.sequences(), t.elapsed());
        for e in &edges {
            eprintln!("{} -> {}: {:?}", e.from + 1, e.to + 1, e.why.kind);
        }
    }
}
