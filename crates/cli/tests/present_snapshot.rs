//! What `show` says of a snapshot: every pool, wished for or not; every fact where it is asked for; nothing that is not known.

mod present_pools;
mod present_support;

use cstopo_cli::present::style::Style;
use cstopo_cli::present::{Context, snapshot};
use model::field::{Field, State, Value};
use model::problem::Problem;
use model::snapshot::Snapshot;
use present_pools::{BE2, beside, databases, healed, with};
use present_support::estates::{FOUR, seed};
use present_support::{moment, well_formed, zone};

fn shown(problem: &Problem, read: &Snapshot, verbose: bool) -> String {
    let text = snapshot::text(&problem.estate, &Context::new(read, zone(), ""), verbose, Style::PIPE);
    // The sign of what is worth a look.
    well_formed(&text.replace('!', "."), 80);
    assert!(text.is_ascii(), "{text}");
    text
}

fn night(problem: &Problem, verbose: bool) -> String {
    shown(problem, &present_support::snapshot(problem), verbose)
}

#[test]
fn a_pool_that_nobody_wishes_for_is_shown_too() {
    let mut problem = beside(&seed(&FOUR, 3), &healed());
    problem.wishes.clear();
    let text = night(&problem, false);
    assert!(text.starts_with("1 of 2 pools is broken. Read 02:58:10 to 02:58:48 +01:00 on 2026-03-14.\n"), "{text}");
    assert!(text.contains("\nx pool01.contoso.com ") && text.contains("\nv pool02.contoso.com "), "{text}");
    assert!(text.contains("holds the CMS, writable"));
    assert_eq!(text.matches("no answer since 02:41:07").count(), 1, "{text}");
}

#[test]
fn a_pool_without_a_second_copy_is_worth_a_look_and_not_broken() {
    let mut problem = healed();
    let estate = problem.estate.clone();
    for d in present_pools::databases(&estate) {
        problem.initial.set(&estate, Field::Session(d, BE2), Value::Suspended);
        problem.initial.set(&estate, Field::Session(d, present_pools::BE1), Value::Suspended);
    }
    let text = night(&problem, false);
    assert!(text.contains("\n! pool01.contoso.com ") && !text.contains("is broken"), "{text}");
    assert!(text.contains("SUSPENDED"), "{text}");
}

#[test]
fn verbose_has_every_fact_with_source_and_time() {
    let problem = seed(&FOUR, 3);
    let mut read = present_support::snapshot(&problem);
    for (n, fact) in read.facts.iter_mut().enumerate() {
        fact.source = format!("source{n}");
    }
    read.facts[0].time = moment("01:12:34");
    let text = shown(&problem, &read, true);
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (n, fact) in read.facts.iter().enumerate() {
        let at = if n == 0 { "02:12:34" } else { "02:58:21" };
        assert!(words.contains(&format!("source{n}, {at} +01:00")), "fact {n}");
        assert!(words.contains(&fact.subject), "{}", fact.subject);
    }
    let unknown = read.facts.iter().filter(|f| matches!(f.reading, model::fact::Reading::Unknown(_))).count();
    assert_eq!(words.matches("unknown (no answer in 15 s)").count(), unknown, "each with its reason");
}

#[test]
fn what_is_left_out_is_counted() {
    let problem = seed(&FOUR, 3);
    let read = present_support::snapshot(&problem);
    let text = shown(&problem, &read, false);
    let unknown = read.facts.iter().filter(|f| matches!(f.reading, model::fact::Reading::Unknown(_))).count();
    assert!(text.contains(&format!("{unknown} facts are unknown")), "{text}");
    assert!(text.contains(&format!("lists all {}", read.facts.len())), "{text}");
    assert!(text.ends_with("Next: cstopo triage\n"));
}

#[test]
fn slots_and_sessions_that_were_not_read_are_unknown() {
    let mut problem = seed(&FOUR, 3);
    problem.initial = State::unknown(&problem.estate);
    let text = night(&problem, false);
    for claim in ["MIRROR", "PRINCIPAL", "DISCONNECTED", "no answer since", "none"] {
        assert!(!text.contains(claim), "{claim}: {text}");
    }
    assert!(text.contains("unknown (no answer in"), "{text}");
}

#[test]
fn notes_and_simulation_are_said() {
    let problem = with(|_, _| {});
    let mut read = present_support::snapshot(&problem);
    read.simulated = true;
    read.details.notes.push("be2 has no log backup job".to_owned());
    let text = shown(&problem, &read, false);
    assert!(text.starts_with("1 of 1 pool (simulated) is broken."), "{text}");
    assert!(text.ends_with("Next: cstopo triage (simulated)\n"), "{text}");
    assert!(text.contains("be2 has no log backup job"));
    assert_eq!(text, shown(&problem, &read, false));
}

#[test]
fn only_what_is_known_not_to_be_served_is_broken() {
    let text = night(
        &with(|set, estate| {
            databases(estate).into_iter().for_each(|d| set(Field::Role(d, BE2), Value::Unknown));
        }),
        false,
    );
    assert!(text.starts_with("No pool is known to be broken; 1 of 1 pool is unknown in part."), "{text}");
    assert!(text.contains("\n! pool01.contoso.com "), "{text}");
    assert!(text.contains("\n    ! unknown whether it is served (no answer in 15 s)\n"), "{text}");
}

#[test]
fn a_host_that_was_not_asked_is_not_broken() {
    let text = night(&with(|set, _| set(Field::Answers(BE2), Value::Unknown)), false);
    assert!(text.contains("! be2 MIRROR 3 of 3") && !text.contains("x be2"), "{text}");
}

#[test]
fn roles_that_differ_are_all_counted() {
    let text = night(&with(|set, estate| set(Field::Role(databases(estate)[0], BE2), Value::Principal)), false);
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("PRINCIPAL 1 of 3,") && words.contains("MIRROR 2 of 3"), "{text}");
}

#[test]
fn a_narrow_screen_gets_a_list_instead_of_a_table_of_words() {
    let problem = with(|set, estate| set(Field::Role(databases(estate)[0], BE2), Value::Principal));
    let read = present_support::snapshot(&problem);
    let narrow = Style { width: 60, ..Style::PIPE };
    let text = snapshot::text(&problem.estate, &Context::new(&read, zone(), ""), false, narrow);
    well_formed(&text.replace('!', "."), 60);
    assert!(text.contains("\n    User\n      primary slot: x be1 unknown; mirror slot: ! be2"), "{text}");
}
