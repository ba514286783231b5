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
use present_pools::{BE1, BE2, beside, databases, with};
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
    assert!(text.contains(r"Bring be2.contoso.com\RTC back, to stay:"), "{text}");
    assert!(text.contains("       cstopo observe\n       cstopo plan\n"), "{text}");
    assert!(!text.contains("--accept-data-loss"), "no consent helps: {text}");
}

#[test]
fn roles_that_a_login_did_not_see_are_to_be_read_first() {
    let problem = unknown_roles();
    let found = refused(&problem);
    assert!(found.ways_out.is_empty());
    let text = shown(&problem);
    assert!(text.contains("\nTo go on:\n  1  Read the roles of 9 databases on be2"), "{text}");
    assert!(text.contains("What follows depends on what is then found."), "{text}");
    assert!(text.contains("\nDecides most: the role of 9 databases on be2"), "{text}");
    assert!(text.contains(&format!("All {} states that can be\nreached were searched.", found.states)), "{text}");
    assert!(text.contains("unknown\n  (no answer in 15 s)"), "{text}");
}

#[test]
fn slots_that_nobody_looked_up_and_states_that_pass_are_to_be_read_first() {
    let slots = with(|set, estate| estate.store_ids().for_each(|s| set(Field::MirrorSlot(s), Value::Unknown)));
    let text = shown(&slots);
    assert!(text.contains("\n  1  Look up the mirror slot of "), "{text}");
    assert!(!text.contains("No fact that is missing would help"), "{text}");
    // Both say that they are MIRROR: they look for each other, and it is soon over.
    let apart = with(|set, estate| {
        set(Field::Answers(BE1), Value::Yes);
        for (d, i) in databases(estate).into_iter().flat_map(|d| [(d, BE1), (d, BE2)]) {
            set(Field::Role(d, i), Value::Mirror);
            set(Field::Session(d, i), Value::Disconnected);
        }
    });
    let text = shown(&apart);
    assert!(text.contains("\n  1  Wait a minute, and read be1.contoso.com\\RTC and be2"), "{text}");
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
                    Grant::Slots(all) => all.iter().for_each(|(s, slots)| {
                        let of = granted.wishes.iter_mut().find(|w| w.store == *s);
                        of.expect("a wish").slots = *slots;
                    }),
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

/// The seed where a database is behind on be2.
fn behind(names: &[&str]) -> Problem {
    with(|set, estate| {
        let named = |d: &model::estate::DatabaseId| names.contains(&estate.database(*d).name.as_str());
        databases(estate).into_iter().filter(named).for_each(|d| set(Field::Content(d, BE2), Value::Behind));
    })
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A refusal by another snapshot, as text, Markdown and JSON.
fn renderings(problem: &Problem, read: &model::snapshot::Snapshot) -> (String, String, serde_json::Value) {
    let (found, context) = (refused(problem), Context::new(read, zone(), ""));
    let text = refusal::text(problem, &found, &context, Style::PIPE);
    well_formed(&text, 80);
    let json = refusal::json(problem, &found, &context);
    (text, refusal::markdown(problem, &found, &context), serde_json::from_str(&json).unwrap())
}

#[test]
fn every_database_is_counted_from_the_silence_of_its_own_partner() {
    let problem = beside(&behind(&["LcsCDR"]), &behind(&["LcsLog"]));
    let mut read = snapshot(&problem);
    let host = present_support::estates::fqdn("be3.contoso.com");
    read.details.hosts.get_mut(&host).unwrap().silent_since = Some(present_support::moment("01:57:12"));
    // Pools that share nothing stand for themselves; a few without a plan are refused together.
    let (text, markdown, json) = renderings(&problem, &read);
    for said in [words(&text), words(&markdown)] {
        assert!(said.contains("4 min of LcsCDR of pool01.contoso.com; 20 min of LcsLog"), "{said}");
    }
    assert!(text.contains("before 02:41:07") && text.contains("before 02:57:12"), "{text}");
    let lost = |json: &serde_json::Value| -> Vec<serde_json::Value> {
        json["loss"]["databases"].as_array().unwrap().iter().filter(|d| d["lost"] == true).cloned().collect()
    };
    assert_eq!(
        (&lost(&json)[0]["pool"], &lost(&json)[0]["missing_seconds"]),
        (&"pool01.contoso.com".into(), &235.into())
    );
    assert_eq!(lost(&json)[1]["missing_seconds"], 1200, "{text}");
    let mut second = problem.clone();
    second.wishes.retain(|w| {
        let pool = second.estate.store(w.store).pool;
        second.estate.pool(pool).fqdn.as_str() == "pool02.contoso.com"
    });
    let (text, markdown, json) = renderings(&second, &read);
    for said in [words(&text), words(&markdown)] {
        assert!(said.contains("20 min of LcsLog.") && said.contains("Bring be3.contoso.com back"), "{said}");
    }
    assert!(text.contains("before 02:57:12") && !text.contains("before 02:41:07"), "{text}");
    assert_eq!(
        (&lost(&json)[0]["pool"], &lost(&json)[0]["missing_seconds"]),
        (&"pool02.contoso.com".into(), &1200.into())
    );
}

#[test]
fn a_pool_that_loses_nothing_is_not_asked_about() {
    let problem = beside(&behind(&["LcsCDR"]), &seed(&FOUR, 3));
    let (text, _, json) = renderings(&problem, &snapshot(&problem));
    assert!(text.contains("Bring be1.contoso.com back") && !text.contains("be3"), "{text}");
    assert_eq!(json["loss"]["databases"].as_array().unwrap().len(), 9, "{text}");
}

#[test]
fn a_time_stands_only_behind_databases_of_which_it_was_read() {
    let problem = behind(&["LcsCDR", "QoEMetrics"]);
    let mut read = snapshot(&problem);
    read.details.copies.retain(|copy, _| !copy.contains("QoEMetrics"));
    let (text, markdown, json) = renderings(&problem, &read);
    for said in [words(&text), words(&markdown)] {
        let lost = "What would be lost: 4 min of LcsCDR; the end of QoEMetrics, for a time that was not read.";
        assert!(said.contains(lost), "{said}");
    }
    let all = json["loss"]["databases"].as_array().unwrap();
    let unread = all.iter().find(|d| d["name"] == "QoEMetrics").unwrap();
    assert!(unread["missing_seconds"].is_null(), "{unread}");
}

#[test]
fn a_plan_that_was_agreed_to_gives_no_time_to_others_either() {
    let mut problem = behind(&["LcsCDR", "QoEMetrics"]);
    problem.consents = refused(&problem).ways_out.iter().flat_map(|w| w.loses.clone()).collect();
    let mut read = snapshot(&problem);
    read.details.copies.retain(|copy, _| !copy.contains("QoEMetrics"));
    let solved = present_support::estates::solved(&problem);
    let view = cstopo_cli::present::plan::PlanView::new(&solved, &Context::new(&read, zone(), ""));
    let said = "Data is lost: LcsCDR, 4 min; QoEMetrics, for a time that was not read, accepted by name.";
    assert!(view.headline.text.contains(said), "{}", view.headline.text);
}

#[test]
fn every_way_is_said_of_every_way_only() {
    let text = words(&shown(&unknown_content()));
    assert!(refused(&unknown_content()).ways_out.iter().any(|w| w.loses.is_empty()));
    assert!(text.starts_with("Refused: as far as is known, restoring pool01.contoso.com may lose data"), "{text}");
    assert!(!text.contains("every way") && !text.contains("0 of 9"), "{text}");
    assert!(text.contains("A way below loses nothing."), "{text}");
    let text = words(&shown(&behind(&["LcsCDR"])));
    assert!(text.starts_with("Refused: every way to restore pool01.contoso.com loses data of 1 database,"), "{text}");
}

#[test]
fn what_is_needed_together_is_one_way_with_its_parts() {
    let mut problem = without_share();
    problem.policy.accept_outage = false;
    let (text, markdown, json) = renderings(&problem, &snapshot(&problem));
    assert_eq!(json["ways_out"].as_array().unwrap().len(), 1);
    assert!(text.contains("  1  All of these together:\n     a  ") && text.contains("\n     b  "), "{text}");
    assert!(!text.contains("\n  2  "), "{text}");
    assert_eq!(text.matches("cstopo plan\n").count(), 1, "one plan follows: {text}");
    assert!(markdown.contains("1. All of these together:\n\n   - ") && !markdown.contains("\n2. "), "{markdown}");
    assert_eq!(markdown.matches("\n1. ").count(), 1, "{markdown}");
}

#[test]
fn a_comment_says_all_that_the_screen_says() {
    let mut problem = seed(&FOUR, 2);
    problem.policy.allow_full_stop = false;
    let mut read = snapshot(&problem);
    read.simulated = true;
    let (text, markdown, _) = renderings(&problem, &read);
    assert!(text.starts_with("Refused (simulated): pool01.contoso.com has to stop"), "{text}");
    assert!(text.lines().last().is_some_and(|l| l.ends_with("(simulated)")), "{text}");
    assert!(markdown.starts_with("### cstopo: refused (simulated)\n"), "{markdown}");
    assert!(markdown.contains("| needed | half of 3, rounded down, plus 1 | 2 |"), "{markdown}");
    assert!(
        markdown.lines().last().is_some_and(|l| l.starts_with("Next: ") && l.ends_with("(simulated)")),
        "{markdown}"
    );
}

#[test]
fn nothing_to_do_is_marked_and_its_json_has_a_field_a_line() {
    let problem = seed(&FOUR, 3);
    let mut read = snapshot(&problem);
    read.simulated = true;
    let context = Context::new(&read, zone(), "");
    let text = cstopo_cli::present::nothing::text(&problem, &context, Style::PIPE);
    assert!(text.starts_with("Nothing to do (simulated): "), "{text}");
    let json = cstopo_cli::present::nothing::json(&problem, &context);
    assert!(json.starts_with("{\n  \"format\": 1,\n") && json.ends_with("}\n"), "{json}");
}

#[test]
fn a_narrow_screen_gets_a_list_where_a_table_would_break() {
    let problem =
        with(|set, estate| databases(estate).into_iter().for_each(|d| set(Field::Content(d, BE2), Value::Unknown)));
    let mut read = snapshot(&problem);
    for fact in &mut read.facts {
        if let model::fact::Reading::Unknown(reason) = &mut fact.reading {
            *reason = "login timeout after 15 s, asked twice, and once more".to_owned();
        }
    }
    let narrow = Style { width: 60, ..Style::PIPE };
    let text = refusal::text(&problem, &refused(&problem), &Context::new(&read, zone(), ""), narrow);
    // A command is as wide as the names in it.
    let lines: Vec<&str> = text.lines().filter(|l| !l.contains("--accept-data-loss")).collect();
    well_formed(&format!("{}\n", lines.join("\n")), 60);
    assert!(text.contains("\n  User\n    x; database: rtcab rtcxds rtcshared;"), "{text}");
    assert_eq!(problem.view(&problem.initial).get(Field::Answers(BE1)), Value::No);
}

#[test]
fn a_front_end_whose_machine_is_gone_has_a_document_of_its_own() {
    // One alone would be restarted first; of two each needs the other.
    let mut problem = with(|set, _| {
        for f in [model::estate::FrontEndId(0), model::estate::FrontEndId(1)] {
            set(Field::Services(f), Value::Unknown);
        }
    });
    // A plan would ask for it once more; here something else is refused as well.
    problem.policy.seed_share = None;
    let text = shown(&problem);
    for part in [
        "fe1.contoso.com and fe2.contoso.com are silent, and the plan needs them.",
        "see Microsoft's \"Restoring an Enterprise Edition member server\" [CT4017]:",
        "  - away for days: take it out of the topology, publish, restart the others one\n    at a time",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    assert_eq!(json(&problem)["beyond"]["id"], "front-end-gone");
    assert!(json(&without_share())["beyond"].is_null(), "all answer");
}
