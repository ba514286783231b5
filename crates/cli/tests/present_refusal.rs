//! Refusals whose ways out differ: content unknown, policy, nothing that answers, none at all. What a refusal promises is
//! tried.

mod present_pools;
mod present_support;

use cstopo_cli::present::style::Style;
use cstopo_cli::present::{Context, refusal};
use model::field::{Field, Value};
use model::problem::Problem;
use planner::refusal::{Grant, Refusal};
use planner::solve::{Outcome, solve};
use present_pools::{BE2, databases, with};
use present_support::estates::{FOUR, seed};
use present_support::{snapshot, well_formed, zone};

fn refused(problem: &Problem) -> Refusal {
    let Outcome::NoPlan { states } = solve(problem) else { panic!("there is a plan") };
    planner::refusal::explain(problem, states)
}

fn shown(problem: &Problem) -> String {
    let read = snapshot(problem);
    let render = || refusal::text(problem, &refused(problem), &Context::new(&read, zone(), ""), Style::PIPE);
    let text = render();
    well_formed(&text, 80);
    assert!(text.is_ascii(), "{text}");
    assert_eq!(text, render(), "the same bytes");
    assert!(text.starts_with("Refused: "), "{text}");
    let last: Vec<&str> = text.lines().rev().take(2).collect();
    assert!(last[1].starts_with("Refused: ") && last[1].ends_with("; no plan was written."), "{text}");
    assert!(last[0].starts_with("Next: "), "{text}");
    text
}

fn json(problem: &Problem) -> serde_json::Value {
    let read = snapshot(problem);
    serde_json::from_str(&refusal::json(problem, &refused(problem), &Context::new(&read, zone(), ""))).unwrap()
}

/// Nothing says how complete the copies on be2 are.
fn unknown_content() -> Problem {
    with(|set, estate| databases(estate).into_iter().for_each(|d| set(Field::Content(d, BE2), Value::Unknown)))
}

/// All copies are unreadable: the account is nobody there.
fn unknown_roles() -> Problem {
    with(|set, estate| {
        for d in databases(estate) {
            set(Field::Role(d, BE2), Value::Unknown);
            set(Field::Session(d, BE2), Value::Unknown);
        }
    })
}

fn without_share() -> Problem {
    let mut problem = seed(&FOUR, 3);
    problem.policy.seed_share = None;
    problem
}

fn without_outage() -> Problem {
    let mut problem = seed(&FOUR, 3);
    problem.policy.accept_outage = false;
    problem
}

fn nobody_answers() -> Problem {
    with(|set, _| set(Field::Answers(BE2), Value::No))
}

#[test]
fn content_that_is_not_known_is_neither_complete_nor_behind() {
    let text = shown(&unknown_content());
    assert!(text.contains("unknown") && text.contains("no answer in"), "{text}");
    assert!(!text.contains("behind"), "{text}");
    assert!(text.contains("What may be lost: "), "nobody knows that it would be: {text}");
    assert!(text.contains(r"SYNCHRONIZED at the"), "the fact that would decide: {text}");
}

#[test]
fn consent_names_every_database_in_a_command_to_paste() {
    let problem = unknown_content();
    let text = shown(&problem);
    let lines: Vec<&str> = text.lines().filter(|l| l.contains("--accept-data-loss")).collect();
    let all = databases(&problem.estate);
    assert_eq!(lines.len(), all.len(), "one option a line: {text}");
    for (n, (line, d)) in lines.iter().zip(&all).enumerate() {
        assert_eq!(n == 0, line.trim_start().starts_with("cstopo plan "));
        assert!(line.contains(&problem.estate.qualified(*d)), "{line}");
        assert_eq!(n + 1 < all.len(), line.ends_with(" `"), "{line}");
        assert!(!line.contains([',', ';', '#']), "{line}");
    }
}

#[test]
fn policy_that_is_missing_is_named_as_it_is_written() {
    assert!(shown(&without_share()).contains(r"seed-share = '\\server\share'"));
    assert!(shown(&without_outage()).contains("accept = [\"outage\"]"));
}

#[test]
fn who_does_not_answer_is_to_be_brought_back() {
    let text = shown(&nobody_answers());
    assert!(text.contains(r"Bring be2.contoso.com\RTC back"), "{text}");
    assert!(text.contains("       cstopo observe\n       cstopo plan\n"), "{text}");
    assert!(!text.contains("--accept-data-loss"), "no consent helps: {text}");
}

#[test]
fn where_there_is_no_way_out_the_search_is_told() {
    let problem = unknown_roles();
    let found = refused(&problem);
    assert!(found.ways_out.is_empty());
    let text = shown(&problem);
    assert!(text.contains(&format!("All {} states that can be\nreached were searched.", found.states)), "{text}");
    assert!(text.contains("unknown\n  (no answer in 15 s)"), "{text}");
}

#[test]
fn a_way_out_leads_to_the_plan_that_it_promises() {
    for problem in [unknown_content(), without_share(), without_outage(), nobody_answers()] {
        for way in &refused(&problem).ways_out {
            let mut granted = problem.clone();
            for grant in &way.grants {
                match grant {
                    Grant::Fact(field, value) => granted.initial.set(&problem.estate, *field, *value),
                    Grant::Facts(_, facts) => {
                        facts.iter().for_each(|(field, value)| granted.initial.set(&problem.estate, *field, *value));
                    }
                    Grant::Fence(h) => granted.initial.set(&problem.estate, Field::Fenced(*h), Value::Yes),
                    Grant::SeedShare => granted.policy.seed_share = Some(r"\\server\share".to_owned()),
                    Grant::Outage => granted.policy.accept_outage = true,
                    Grant::FullStop => granted.policy.allow_full_stop = true,
                    Grant::Undocumented => granted.policy.allow_undocumented = true,
                    Grant::Loss(list) => granted.consents.extend(list),
                }
            }
            let Outcome::Plan(solved) = solve(&granted) else { panic!("no plan after {:?}", way.grants) };
            assert_eq!(solved.plan.steps.len(), way.steps, "{:?}", way.grants);
            let promise = format!("the plan has {} steps", way.steps);
            assert!(shown(&problem).contains(&promise), "{promise}");
        }
    }
}

#[test]
fn json_and_the_screen_count_alike() {
    for problem in [unknown_content(), unknown_roles(), without_share(), without_outage(), nobody_answers()] {
        let (json, text) = (json(&problem), shown(&problem));
        assert_eq!(json["outcome"], "refused");
        let plain: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.starts_with(json["headline"].as_str().unwrap()), "{text}");
        let conditions = json["unmet_conditions"].as_u64().unwrap().max(1);
        assert!(text.contains(&format!("\nRefused: {conditions} unmet condition")), "{text}");
        let numbers =
            text.lines().filter(|l| l.len() > 5 && l[..3].trim().parse::<usize>().is_ok() && &l[3..5] == "  ");
        assert_eq!(json["ways_out"].as_array().unwrap().len(), numbers.count(), "{text}");
    }
}
