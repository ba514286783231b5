//! The rules are data, for every kind of action there is: each of its requirements, and each condition that it achieves, is
//! deleted in turn, and in some state the step may then begin, or counts as done, that must not. So is each clause of the
//! goals. Clauses of one step that differ only in the database, the store or the Front End are one: they are written as one.
#![allow(clippy::print_stderr)] // measured numbers

mod cases;
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use model::actions::Action;
use model::condition::Condition;
use model::declaration::{Clause, Declaration};
use model::field::{Field, State};
use model::problem::Problem;
use model::vocabulary;
use planner::solve::{Outcome, Solved, solve};
use planner::step::{Rules, apply};
use planner::verify::fields;

/// Requirements that say in part what another requirement of the step says: without the other one they are needed.
///
/// A pool spares a Front End only if at most one is down with it (G2): so the others run. The clause stays, because it names
/// the Front End that stands in the way, where G2 can only count. A copy serves only where its host answers (G1): the clause
/// stays, because it says first what has to be mended.
const TWICE: [(&str, &str, &str); 3] =
    [("Restart", "routing", "G2"), ("CreateMirror", "answers", "G1"), ("Remirror", "answers", "G1")];

fn solved(case: &str, problem: &Problem) -> Box<Solved> {
    match solve(problem) {
        Outcome::Plan(solved) => solved,
        _ => panic!("no plan for the case: {case}"),
    }
}

/// A step that is proposed in a state.
struct Proposed {
    kind: &'static str,
    problem: Rc<Problem>,
    state: State,
    step: Rc<Declaration>,
}

impl Proposed {
    fn may_begin(&self) -> bool {
        let v = self.problem.view(&self.state);
        self.step.may_begin(v) && !self.step.is_true(v)
    }

    /// The kind, of a publish with its purpose: each purpose has requirements of its own.
    fn purpose(&self) -> String {
        let last = self.step.id.0.rsplit('/').next().filter(|_| self.kind == "Publish");
        let last = last.map(|l| l.trim_end_matches("-meanwhile"));
        [Some(self.kind), last].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Every step that is proposed anywhere along the plans of the cases.
fn proposed() -> Vec<Proposed> {
    let mut all = Vec::new();
    for (case, problem) in cases::all() {
        let solved = solved(case, &problem);
        let problem = Rc::new(solved.plan.problem.clone());
        let rules = Rules::new(&problem);
        for state in solved.placed.iter().map(|p| &p.before) {
            all.extend(Action::proposals(&problem, state).iter().map(|action| Proposed {
                kind: action.kind(),
                problem: Rc::clone(&problem),
                state: state.clone(),
                step: rules.declare(action),
            }));
        }
    }
    all
}

/// A rule, and what a condition asks, without the names of some kinds of things.
type Asked = (&'static str, String);

fn asked(rule: &'static str, condition: &Condition, but: &[&str]) -> Asked {
    let mut text = format!("{condition:?}");
    for name in but {
        while let Some(at) = text.find(&format!("{name}(")) {
            let end = at + text[at..].find(')').unwrap();
            text.replace_range(at..=end, name);
        }
    }
    (rule, text)
}

/// Of which a step has many alike.
const MANY: [&str; 3] = ["DatabaseId", "StoreId", "FrontEndId"];
/// Everything that has a name.
const ALL: [&str; 6] = ["DatabaseId", "StoreId", "FrontEndId", "InstanceId", "HostId", "PoolId"];

/// The state, and those in which one or two of the fields that a condition reads have other values.
fn near(problem: &Problem, state: &State, condition: &Condition) -> Vec<State> {
    let estate = &problem.estate;
    let read = fields(problem, condition);
    let values = |f: Field| vocabulary::domain(f).values(estate);
    let with = |state: &State, field, value| {
        let mut other = state.clone();
        other.set(estate, field, value);
        other
    };
    let mut all = vec![state.clone()];
    for (n, &f) in read.iter().enumerate() {
        for x in values(f) {
            let one = with(state, f, x);
            for &g in &read[n + 1..] {
                all.extend(values(g).into_iter().map(|y| with(&one, g, y)));
            }
            all.push(one);
        }
    }
    all
}

/// Clauses by what they belong to, rule and question: whether all that are written as one could not be deleted somewhere.
#[derive(Default)]
struct Survey(BTreeMap<(String, Asked), bool>);

impl Survey {
    /// Looks at conditions, in a state and near it: which of them alone do not hold there? Says so of each, with the state.
    fn look(
        &mut self,
        of: &str,
        problem: &Problem,
        state: &State,
        conditions: &[(&'static str, &Condition)],
        deleted: &mut dyn FnMut(&[&Condition], &State),
    ) {
        let mut groups: BTreeMap<Asked, Vec<&Condition>> = BTreeMap::new();
        for (rule, c) in conditions {
            groups.entry(asked(rule, c, &MANY)).or_default().push(c);
        }
        let mut now: BTreeMap<(String, Asked), bool> = BTreeMap::new();
        for ((rule, _), own) in groups {
            let shape = (of.to_owned(), asked(rule, own[0], &ALL));
            if self.0.get(&shape) == Some(&true) {
                continue;
            }
            let holds = |c: &Condition, s: &State| c.eval(problem.view(s)).holds();
            let others = || conditions.iter().map(|(_, c)| *c).filter(|c| !own.contains(c));
            let alone = |s: &State| own.iter().any(|c| !holds(c, s)) && others().all(|c| holds(c, s));
            let found = near(problem, state, own[0]).into_iter().find(alone);
            *now.entry(shape).or_insert(true) &= found.is_some();
            if let Some(state) = found {
                deleted(&own, &state);
            }
        }
        now.into_iter().for_each(|(shape, needed)| *self.0.entry(shape).or_default() |= needed);
    }

    #[track_caller]
    fn none_survives(&self) {
        let survivors: Vec<_> = self.0.iter().filter(|(_, needed)| !**needed).map(|(shape, _)| shape).collect();
        eprintln!("{} shapes of clauses deleted, {} unnoticed", self.0.len(), survivors.len());
        assert!(survivors.is_empty(), "deleted unnoticed, in every case of cases/mod.rs: {survivors:#?}");
    }
}

#[test]
fn every_kind_of_action_has_a_case() {
    let covered: BTreeSet<&str> = proposed().iter().filter(|p| p.may_begin()).map(|p| p.kind).collect();
    let missing: Vec<_> = Action::KINDS.iter().filter(|k| !covered.contains(*k)).collect();
    assert!(
        missing.is_empty(),
        "{missing:?} may begin in no case: add an estate to cases::all() in crates/planner/tests/cases/mod.rs on whose way to \
         the goal it may"
    );
}

#[test]
fn no_requirement_of_any_action_can_be_deleted_unnoticed() {
    let mut survey = Survey::default();
    for p in proposed() {
        let (problem, d) = (&*p.problem, &*p.step);
        for way in &d.ways {
            let clauses = || d.requires.iter().chain(&way.requires);
            let mut look = |kept: &dyn Fn(&Clause) -> bool| {
                let conditions: Vec<_> = clauses().filter(|c| kept(c)).map(|c| (c.rule.key, &c.condition)).collect();
                survey.look(&p.purpose(), problem, &p.state, &conditions, &mut |gone, state| {
                    let without = |list: &[Clause]| -> Vec<Clause> {
                        list.iter().filter(|c| kept(c) && !gone.contains(&&c.condition)).cloned().collect()
                    };
                    let way = model::declaration::Way { requires: without(&way.requires), ..way.clone() };
                    let deleted = Declaration { requires: without(&d.requires), ways: vec![way], ..d.clone() };
                    let v = problem.view(state);
                    assert!(deleted.may_begin(v) && !d.may_begin(v), "{}: {gone:?}", d.id);
                });
            };
            match TWICE.iter().find(|(kind, ..)| *kind == p.kind) {
                // The part is looked at without the whole, and the whole without the part.
                Some((_, part, whole)) => {
                    look(&|c| c.rule.key != *whole);
                    look(&|c| c.rule.key != *part);
                }
                None => look(&|_| true),
            }
        }
    }
    survey.none_survives();
    let mut used: BTreeSet<&str> = survey.0.keys().map(|(_, (rule, _))| *rule).collect();
    for (_, problem) in cases::all() {
        used.extend(problem.goal().iter().chain(&model::invariant::all(&problem)).map(|c| c.rule.key));
    }
    let dead: Vec<_> = model::rules::ALL.iter().map(|r| r.key).filter(|k| !used.contains(k)).collect();
    assert!(dead.is_empty(), "rules that no step, goal or invariant uses: {dead:?}");
}

#[test]
fn nothing_that_an_action_achieves_can_be_deleted_unnoticed() {
    let mut survey = Survey::default();
    for p in proposed().iter().filter(|p| p.may_begin()) {
        let (problem, d) = (&*p.problem, &*p.step);
        let after = apply(problem, &apply(problem, &p.state, &d.begin), &d.end);
        assert!(d.is_true(problem.view(&after)), "{} does not achieve what it says", d.id);
        let conditions: Vec<_> = d.achieves.iter().map(|c| ("achieves", c)).collect();
        survey.look(&p.purpose(), problem, &after, &conditions, &mut |gone, state| {
            let achieves = d.achieves.iter().filter(|c| !gone.contains(c)).cloned().collect();
            let v = problem.view(state);
            assert!(Declaration { achieves, ..d.clone() }.is_true(v) && !d.is_true(v), "{}: {gone:?}", d.id);
        });
    }
    survey.none_survives();
}

#[test]
fn no_clause_of_a_goal_can_be_deleted_unnoticed() {
    let mut survey = Survey::default();
    for (case, problem) in cases::all() {
        let solved = solved(case, &problem);
        let goal = problem.goal();
        let conditions: Vec<_> = goal.iter().map(|c| (c.rule.key, &c.condition)).collect();
        let states = solved.placed.iter().flat_map(|p| [&p.before, &p.taken.after]);
        for state in states {
            survey.look("goal", &problem, state, &conditions, &mut |_, _| {});
        }
    }
    survey.none_survives();
}
