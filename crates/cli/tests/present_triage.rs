//! Triage where a pool is more, or less, than a lost primary-slot host: several pools, other losses, facts that are unknown.

mod present_pools;
mod present_support;

use cstopo_cli::present::style::Style;
use cstopo_cli::present::{Context, triage};
use model::estate::DatabaseId;
use model::field::{Field, Value};
use model::problem::Problem;
use model::snapshot::Snapshot;
use present_pools::{BE1, BE2, beside, databases, healed, with};
use present_support::estates::{FOUR, seed};
use present_support::{moment, snapshot, well_formed, zone};

fn shown(problem: &Problem, snapshot: &Snapshot) -> String {
    let context = Context::new(snapshot, zone(), "");
    let text = triage::text(problem, &planner::triage::triage(problem), &context, Style::PIPE);
    well_formed(&text, 80);
    assert!(text.is_ascii(), "{text}");
    text
}

fn night(problem: &Problem) -> String {
    shown(problem, &snapshot(problem))
}

/// The line that begins with a label, and what hangs under it.
fn labelled<'a>(text: &'a str, label: &str) -> &'a str {
    let at = text.find(&format!("\n{label}")).unwrap_or_else(|| panic!("{label} is missing:\n{text}")) + 1;
    let rest = &text[at..];
    let end =
        rest.match_indices('\n').find(|(n, _)| !rest[n + 1..].starts_with("     ")).map_or(rest.len(), |(n, _)| n);
    &rest[..end]
}

#[test]
fn every_pool_has_its_own_verdict() {
    let text = night(&beside(&seed(&FOUR, 3), &healed()));
    assert!(text.starts_with("1 of 2 pools is not as declared.\n\n"), "the first line answers: {text}");
    let first = text.find("x pool01.contoso.com  has lost its primary-slot SQL host, be1.contoso.com\n").unwrap();
    let second = text.find("v pool02.contoso.com  is as declared\n").unwrap();
    assert!(first < second, "what is wrong comes first: {text}");
    assert!(text.contains("\npool01.contoso.com has lost its primary-slot SQL host, be1.contoso.com. The"), "{text}");
    assert!(text.contains("on pool02.contoso.com, writable"));
    assert!(text.ends_with("Next: cstopo plan\n"), "one pool is not as declared: {text}");
}

#[test]
fn each_machine_stands_under_its_own_pool() {
    let text = night(&beside(&seed(&FOUR, 3), &seed(&FOUR, 3)));
    let place =
        |name: &str| text.find(&format!("\n  {name}.contoso.com\\RTC  ")).unwrap_or_else(|| panic!("{name}: {text}"));
    let second = text.find("\npool02.contoso.com has lost").unwrap();
    let first = text.find("\npool01.contoso.com has lost").unwrap();
    for (machine, its, other) in
        [("be1", first, second), ("be2", first, second), ("be3", second, first), ("be4", second, first)]
    {
        let at = place(machine);
        assert!(at > its && (at < other) == (its < other), "{machine} stands under another pool:\n{text}");
    }
}

#[test]
fn as_declared_leaves_nothing_to_type() {
    let text = night(&healed());
    assert!(text.starts_with("pool01.contoso.com is as declared."));
    assert!(!text.contains("cstopo plan"), "{text}");
}

#[test]
fn a_host_that_was_not_asked_is_neither_silent_nor_lost() {
    let text = night(&with(|set, _| set(Field::Answers(BE1), Value::Unknown)));
    assert!(text.contains("unknown (no answer in 15 s)"));
    for claim in ["has lost", "silent since", "Procedure"] {
        assert!(!text.contains(claim), "{claim}: {text}");
    }
    assert!(labelled(&text, "Unknown").contains(r"be1.contoso.com\RTC"), "{text}");
}

#[test]
fn no_other_copy_answers() {
    let text = night(&with(|set, _| set(Field::Answers(BE2), Value::No)));
    assert!(text.starts_with("pool01.contoso.com has lost be1.contoso.com, and no other copy answers."), "{text}");
    assert!(text.contains("\"Restoring an Enterprise Edition Back End Server\""));
    assert_eq!(text.matches("silent since 02:41:07 +01:00, 18 min").count(), 2, "{text}");
}

#[test]
fn a_lost_mirror_leaves_users_served() {
    let text = night(&with(|set, estate| {
        set(Field::Answers(BE1), Value::Yes);
        set(Field::Answers(BE2), Value::No);
        for d in databases(estate) {
            set(Field::Role(d, BE1), Value::Principal);
            set(Field::Session(d, BE1), Value::Disconnected);
            for unseen in [Field::Role(d, BE2), Field::Session(d, BE2), Field::Content(d, BE2), Field::Safety(d, BE2)] {
                set(unseen, Value::Unknown);
            }
        }
    }));
    assert!(text.starts_with("pool01.contoso.com has lost its mirror-slot SQL host, be2.contoso.com."), "{text}");
    assert!(text.contains("\"Restoring a mirrored Enterprise Edition Back End Server - mirror\""));
    assert!(!text.contains("resiliency mode"), "users are served: {text}");
}

#[test]
fn two_that_serve_come_before_everything() {
    let problem = with(|set, estate| {
        set(Field::Answers(BE1), Value::Yes);
        for d in databases(estate) {
            set(Field::Role(d, BE1), Value::Principal);
            set(Field::Role(d, BE2), Value::Principal);
        }
    });
    let text = night(&problem);
    let verdict = verdict(&text);
    assert!(
        verdict.starts_with("pool01.contoso.com breaks invariant 1, two PRINCIPALs for one database: 9 databases."),
        "{text}"
    );
    assert!(verdict.contains("It has two copies of a database that serve at once."), "{text}");
    assert!(!text.contains("Procedure"), "no page describes it: {text}");
}

#[test]
fn votes_that_are_not_known_are_only_possible() {
    let text = night(&with(|set, estate| {
        estate.front_end_ids().for_each(|f| set(Field::Services(f), Value::Unknown));
        set(Field::CmsWritable, Value::Unknown);
        estate.store_ids().for_each(|s| set(Field::WitnessSlot(s), Value::Unknown));
    }));
    let front_ends = labelled(&text, "  Front Ends").split_whitespace().collect::<Vec<_>>().join(" ");
    let all = "0 of 3 run, 3 unknown (no answer in 15 s); 0 of 3 votes, 3 possible, needs 2";
    assert!(front_ends.ends_with(all), "{text}");
    assert!(labelled(&text, "  CMS").contains("unknown"), "{text}");
    assert!(labelled(&text, "  witness slot").contains("unknown"), "{text}");
}

#[test]
fn the_clock_needs_a_moment_and_runs_out() {
    let problem = seed(&FOUR, 3);
    let mut read = snapshot(&problem);
    read.read.to = moment("02:30:00");
    assert!(labelled(&shown(&problem, &read), "Clock").contains("users are in resiliency mode since about 03:11"));
    read.details.hosts.clear();
    let text = shown(&problem, &read);
    assert!(!text.contains("resiliency") && !text.contains("silent since"), "nothing says since when: {text}");
}

#[test]
fn a_simulated_estate_is_said_to_be_one() {
    let problem = seed(&FOUR, 3);
    let mut read = snapshot(&problem);
    read.simulated = true;
    let text = shown(&problem, &read);
    assert!(text.starts_with("pool01.contoso.com (simulated) has lost"), "{text}");
    assert!(text.ends_with("Next: cstopo plan (simulated)\n"), "{text}");
}

#[test]
fn json_says_what_the_screen_says() {
    let problem = beside(&seed(&FOUR, 3), &healed());
    let read = snapshot(&problem);
    let found = planner::triage::triage(&problem);
    let render = || triage::json(&problem, &found, &Context::new(&read, zone(), ""));
    assert_eq!(render(), render());
    let json: serde_json::Value = serde_json::from_str(&render()).unwrap();
    let pools = json["pools"].as_array().unwrap();
    assert_eq!(pools.len(), 2);
    let plain: String = night(&problem).split_whitespace().collect::<Vec<_>>().join(" ");
    for pool in pools {
        let verdict = pool["verdict"].as_str().unwrap();
        assert!(plain.contains(verdict.trim_end_matches('.')), "{verdict}");
        assert_eq!(pool["broken"].as_bool(), Some(pool["situation"] == "primary_lost"));
    }
}

/// The first paragraph, in one line.
fn verdict(text: &str) -> String {
    text.split("\n\n").next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn roles_that_cannot_be_read_are_unknown_and_no_claim_rests_on_them() {
    for some in [9, 4] {
        let text = night(&with(|set, estate| {
            databases(estate).into_iter().take(some).for_each(|d| set(Field::Role(d, BE2), Value::Unknown));
        }));
        let verdict = verdict(&text);
        assert!(verdict.contains("on be2.contoso.com are unknown (no answer in 15 s)."), "{verdict}");
        assert!(!verdict.contains("complete") && !verdict.contains("nobody"), "{verdict}");
    }
}

#[test]
fn what_is_known_to_be_behind_wins_over_what_may_be_complete() {
    let text = night(&with(|set, estate| {
        databases(estate).into_iter().for_each(|d| set(Field::Content(d, BE2), Value::Unknown));
        set(Field::Content(databases(estate)[8], BE2), Value::Behind);
    }));
    assert!(verdict(&text).ends_with("are in part behind, and serve nobody yet."), "{text}");
    let text = night(&with(|set, estate| {
        databases(estate).into_iter().for_each(|d| set(Field::Content(d, BE2), Value::Unknown));
    }));
    let unsure = "Whether the copies on be2.contoso.com are complete is unknown (no answer in 15 s)";
    assert!(verdict(&text).contains(unsure), "{text}");
}

#[test]
fn no_copy_at_all_is_not_a_complete_one() {
    let text = night(&with(|set, estate| {
        estate.store_ids().for_each(|s| set(Field::MirrorSlot(s), Value::Nothing));
    }));
    assert!(verdict(&text).ends_with("No copy of its databases is known on a host that answers."), "{text}");
}

#[test]
fn users_are_served_only_where_that_was_read() {
    let text = night(&with(|set, estate| {
        set(Field::Answers(BE1), Value::Yes);
        set(Field::Answers(BE2), Value::No);
        databases(estate).into_iter().for_each(|d| set(Field::Role(d, BE1), Value::Unknown));
    }));
    let verdict = verdict(&text);
    assert!(verdict.ends_with("The roles of the copies on be1.contoso.com are unknown (no answer in 15 s)."), "{text}");
    assert!(!verdict.contains("Users are served") && !verdict.contains("served by nobody"), "{text}");
}

#[test]
fn a_pool_that_is_as_declared_takes_one_line() {
    let text = night(&beside(&healed(), &seed(&FOUR, 3)));
    let (wrong, fine) = (text.find("x pool02.contoso.com  has lost").unwrap(), text.find("v pool01").unwrap());
    assert!(wrong < fine, "what is wrong comes first: {text}");
    assert_eq!(text.matches("pool01.contoso.com").count(), 1, "{text}");
    assert!(!text.contains("be1.contoso.com"), "{text}");
}

#[test]
fn narrow_screens_break_no_text_into_words() {
    let problem = seed(&FOUR, 3);
    let read = snapshot(&problem);
    let narrow = Style { width: 60, ..Style::PIPE };
    let text = triage::text(&problem, &planner::triage::triage(&problem), &Context::new(&read, zone(), ""), narrow);
    well_formed(&text, 60);
    assert!(text.contains("\n      9 of 9 databases MIRROR, DISCONNECTED\n"), "{text}");
    assert!(text.contains("\n  be1.contoso.com\\RTC: primary slot\n"), "{text}");
}

/// The pool after its plan, and then something happened to User.
fn drifted(change: impl Fn(&mut dyn FnMut(Field, Value), DatabaseId)) -> Problem {
    let mut problem = healed();
    let estate = problem.estate.clone();
    let user = estate.store_ids().next().unwrap();
    for &d in &estate.store(user).databases {
        change(&mut |field, value| problem.initial.set(&estate, field, value), d);
    }
    problem
}

#[test]
fn broken_middle_states_have_their_names() {
    let both = |set: &mut dyn FnMut(Field, Value), d, session| {
        set(Field::Session(d, BE1), session);
        set(Field::Session(d, BE2), session);
    };
    let cases: [(Problem, &str, &str); 4] = [
        (drifted(|set, d| both(set, d, Value::Suspended)), "suspended", "Pausing and Resuming"),
        (
            drifted(|set, d| {
                set(Field::Session(d, BE2), Value::NoSession);
                set(Field::Role(d, BE2), Value::Unmirrored);
            }),
            "one-sided",
            "Removing Database",
        ),
        (
            drifted(|set, d| {
                both(set, d, Value::NoSession);
                set(Field::Role(d, BE2), Value::Unmirrored);
                set(Field::Role(d, BE1), Value::Restoring);
            }),
            "left over",
            "Removing Database",
        ),
        (drifted(|set, d| both(set, d, Value::Disconnected)), "disconnected", ""),
    ];
    for (problem, word, page) in cases {
        let text = night(&problem);
        let verdict = verdict(&text);
        assert!(verdict.starts_with("pool01.contoso.com is not as declared: "), "{text}");
        assert!(verdict.contains(word) && verdict.contains("Users are served, without a second copy."), "{text}");
        assert!(labelled(&text, "  copies").contains("User"), "{text}");
        assert!(text.contains("\n  not so yet"), "{text}");
        assert_eq!(text.contains("none of the product; SQL Server"), !page.is_empty(), "{text}");
        assert!(text.contains(page), "{text}");
    }
}

#[test]
fn the_history_that_nobody_knows_decides_before_the_fence() {
    let text = night(&with(|set, estate| {
        databases(estate).into_iter().for_each(|d| set(Field::Content(d, BE2), Value::Unknown));
    }));
    assert!(labelled(&text, "Unknown").contains("were complete at the loss"), "{text}");
}

#[test]
fn many_pools_that_are_fine_take_one_line() {
    let line = "1 of 2 pools is not as declared";
    let problem = beside(&seed(&FOUR, 3), &healed());
    let read = snapshot(&problem);
    let comment = triage::markdown(&problem, &planner::triage::triage(&problem), &Context::new(&read, zone(), ""));
    assert!(comment.starts_with(&format!("### cstopo: {line}\n")), "{comment}");
    assert!(comment.contains("| `pool01.contoso.com` |") && !comment.contains("| `pool02.contoso.com` |"), "{comment}");
}
