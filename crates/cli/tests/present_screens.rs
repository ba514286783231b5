//! Every other screen of the night: verbose, explained, refused, triaged, shown, nothing to do.

mod present_support;

use cstopo_cli::present::style::Style;
use cstopo_cli::present::{Context, explain, nothing, refusal, triage, verbose};
use model::field::{Field, Value};
use model::problem::Problem;
use present_support::estates::{FOUR, seed, solved};
use present_support::{DIGEST, context, golden, well_formed, zone};

/// Monitoring was behind when be1 fell silent.
fn behind() -> Problem {
    let mut problem = seed(&FOUR, 3);
    let estate = problem.estate.clone();
    for d in (0..9).map(model::estate::DatabaseId) {
        if matches!(estate.database(d).name.as_str(), "LcsCDR" | "QoEMetrics") {
            let at = model::estate::InstanceId(1);
            problem.initial.set(&estate, Field::Content(d, at), Value::Behind);
        }
    }
    problem
}

fn refused(problem: &Problem) -> planner::refusal::Refusal {
    match planner::solve::solve(problem) {
        planner::solve::Outcome::NoPlan { states } => planner::refusal::explain(problem, states),
        _ => panic!("there is a plan"),
    }
}

#[test]
fn verbose_has_every_step_in_full() {
    let problem = seed(&FOUR, 3);
    let snapshot = present_support::snapshot(&problem);
    let text = verbose::text(&solved(&problem), &context(&snapshot), Style::default());
    well_formed(&text, 80);
    golden("plan-verbose.txt", &text);
}

#[test]
fn every_step_can_be_explained_by_number_and_by_id() {
    let problem = seed(&FOUR, 3);
    let snapshot = present_support::snapshot(&problem);
    let (solved, context) = (solved(&problem), context(&snapshot));
    for (n, step) in solved.plan.steps.iter().enumerate() {
        let by_number = explain::text(&solved, &context, &(n + 1).to_string(), Style::default()).unwrap();
        well_formed(&by_number, 80);
        assert_eq!(
            Some(&by_number),
            explain::text(&solved, &context, &step.declaration.id.0, Style::default()).as_ref()
        );
    }
    for no in ["0", "30", "restart", ""] {
        assert_eq!(explain::text(&solved, &context, no, Style::default()), None);
    }
    golden("explain-13.txt", &explain::text(&solved, &context, "13", Style::default()).unwrap());
    golden("explain-2.txt", &explain::text(&solved, &context, "2", Style::default()).unwrap());
}

#[test]
fn a_plan_that_loses_data_is_refused() {
    let problem = behind();
    let snapshot = present_support::snapshot(&problem);
    let refused = refused(&problem);
    let context = Context::new(&snapshot, zone(), "");
    let text = refusal::text(&problem, &refused, &context, Style::default());
    well_formed(&text, 80);
    golden("refused-loss.txt", &text);
    golden("refused-loss.md", &refusal::markdown(&problem, &refused, &context));
    golden("refused-loss.json", &refusal::json(&problem, &refused, &context));
}

#[test]
fn what_was_accepted_by_name_is_lost_by_name() {
    let mut problem = behind();
    problem.consents = (0..9)
        .map(model::estate::DatabaseId)
        .filter(|&d| matches!(problem.estate.database(d).name.as_str(), "LcsCDR" | "QoEMetrics"))
        .collect();
    let snapshot = present_support::snapshot(&problem);
    let view = cstopo_cli::present::plan::PlanView::new(&solved(&problem), &context(&snapshot));
    let text = cstopo_cli::present::text::plan(&view, Style::default());
    well_formed(&text, 80);
    golden("plan-loss.txt", &text);
    assert_eq!(view.headline.data_lost, ["pool01.contoso.com/LcsCDR", "pool01.contoso.com/QoEMetrics"]);
}

#[test]
fn a_full_stop_that_is_not_allowed_is_refused_with_its_arithmetic() {
    let mut problem = seed(&FOUR, 2);
    problem.policy.allow_full_stop = false;
    let snapshot = present_support::snapshot(&problem);
    let text = refusal::text(&problem, &refused(&problem), &Context::new(&snapshot, zone(), ""), Style::default());
    well_formed(&text, 80);
    golden("refused-full-stop.txt", &text);
}

#[test]
fn what_is_not_known_is_refused_with_its_reason() {
    let mut problem = seed(&FOUR, 3);
    problem.initial.set(&problem.estate.clone(), Field::CmsWritable, Value::No);
    let snapshot = present_support::snapshot(&problem);
    let text = refusal::text(&problem, &refused(&problem), &Context::new(&snapshot, zone(), ""), Style::default());
    well_formed(&text, 80);
    golden("refused-cms.txt", &text);
}

#[test]
fn triage_in_one_look() {
    let problem = seed(&FOUR, 3);
    let snapshot = present_support::snapshot(&problem);
    let context = Context::new(&snapshot, zone(), "");
    let found = planner::triage::triage(&problem);
    let text = triage::text(&problem, &found, &context, Style::default());
    well_formed(&text, 80);
    golden("triage.txt", &text);
    golden("triage.json", &triage::json(&problem, &found, &context));
}

#[test]
fn a_snapshot_is_shown() {
    let problem = seed(&FOUR, 3);
    let snapshot = present_support::snapshot(&problem);
    let context = Context::new(&snapshot, zone(), "");
    let text = cstopo_cli::present::snapshot::text(&problem.estate, &context, false, Style::default());
    // The sign of what is worth a look.
    well_formed(&text.replace('!', "."), 80);
    golden("snapshot.txt", &text);
    let all = cstopo_cli::present::snapshot::text(&problem.estate, &context, true, Style::default());
    assert!(all.contains("unknown (no answer in 15 s)"));
    well_formed(&all.replace('!', "."), 80);
}

#[test]
fn nothing_to_do_is_one_line() {
    let problem = seed(&FOUR, 3);
    let snapshot = present_support::snapshot(&problem);
    let context = Context::new(&snapshot, zone(), DIGEST);
    let text = nothing::text(&problem, &context, Style::default());
    assert_eq!(text, "Nothing to do: pool01.contoso.com is as desired.toml says, read 02:58:48 +01:00.\n");
    let markdown = nothing::markdown(&problem, &context);
    assert_eq!(markdown, "cstopo: nothing to do; pool01.contoso.com is as desired.toml says.\n");
}
