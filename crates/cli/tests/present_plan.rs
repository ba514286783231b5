//! A plan on screen: the seed's night in text and JSON, at every width.

mod present_support;

use cstopo_cli::present::plan::PlanView;
use cstopo_cli::present::style::Style;
use cstopo_cli::present::{json, mermaid, runbook, text};
use model::estate::FrontEndId;
use model::field::{Field, Value};
use model::snapshot::BackupDetail;
use present_support::estates::{FOUR, seed, solved};
use present_support::{context, golden, snapshot, well_formed};

fn view(front_ends: usize) -> PlanView {
    let problem = seed(&FOUR, front_ends);
    let snapshot = snapshot(&problem);
    PlanView::new(&solved(&problem), &context(&snapshot))
}

#[test]
fn the_seed_as_text() {
    let text = text::plan(&view(3), Style::default());
    well_formed(&text, 80);
    golden("plan.txt", &text);
}

#[test]
fn two_front_ends_need_a_full_stop() {
    let text = text::plan(&view(2), Style::default());
    well_formed(&text, 80);
    golden("plan-full-stop.txt", &text);
}

#[test]
fn a_pipe_gets_ascii() {
    let text = text::plan(&view(3), Style::PIPE);
    assert!(text.is_ascii());
    well_formed(&text, 80);
}

#[test]
fn the_seed_as_json() {
    golden("plan.json", &json::plan(&view(3)));
}

#[test]
fn the_same_plan_is_the_same_text() {
    assert_eq!(text::plan(&view(3), Style::default()), text::plan(&view(3), Style::default()));
    assert_eq!(json::plan(&view(3)), json::plan(&view(3)));
}

#[test]
fn no_width_cuts_a_name() {
    let view = view(3);
    for width in [60, 72, 80, 100] {
        let text = text::plan(&view, Style { width, ..Style::default() });
        well_formed(&text, width);
        for spelt in &view.names {
            assert!(text.contains(&spelt.full), "{} at {width}", spelt.full);
        }
    }
}

#[test]
fn how_old_the_last_resort_is_is_told_as_far_as_it_was_read() {
    let problem = seed(&FOUR, 3);
    let solved = solved(&problem);
    let shown = |databases: usize| {
        let mut read = snapshot(&problem);
        let all = problem.estate.store_ids().flat_map(|s| problem.estate.store(s).databases.clone());
        for (n, d) in all.take(databases).enumerate() {
            let of = problem.estate.store(problem.estate.database(d).store).instances[n % 2];
            let subject = model::vocabulary::subject(&problem.estate, model::field::Field::Role(d, of));
            let minute = 10 + n;
            let at = present_support::moment(&format!("00:{minute}:00"));
            read.details.backups.insert(subject, BackupDetail { at, source: "msdb.dbo.backupset".to_owned() });
        }
        let text = text::plan(&PlanView::new(&solved, &context(&read)), Style::PIPE);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(shown(0).contains("only backups are left: cstopo has not read how old they are."));
    let all = "only backups are left: the oldest of the last ones is of 01:10:00 +01:00, 109 min old.";
    assert!(shown(9).contains(all), "{}", shown(9));
    assert!(shown(4).contains(
        "those of 4 of 9 databases are of 01:10:00 +01:00, 109 min old, or newer; of the others none was read."
    ));
}

#[test]
fn the_seed_as_a_runbook_and_as_a_chart() {
    let problem = seed(&FOUR, 3);
    let (read, solved) = (snapshot(&problem), solved(&problem));
    let book = runbook::markdown(&solved, &context(&read));
    assert_eq!(book.matches("\n### ").count(), solved.plan.steps.len());
    assert!(book.matches("- [ ] seen: ").count() >= solved.plan.steps.len(), "every step is seen to be done");
    assert!(!book.contains("<details>"), "nothing is folded on paper");
    golden("runbook.md", &book);
    let chart = mermaid::chart(&solved, &context(&read));
    assert_eq!(chart.matches(" --> ").count(), solved.plan.edges.len());
    golden("plan.mmd", &chart);
}

/// One Front End of two stands still while be1 is dead: the pool has one vote of the two that it needs.
#[test]
fn what_is_false_already_is_named_first() {
    let mut problem = seed(&FOUR, 2);
    problem.initial.set(&problem.estate, Field::Services(FrontEndId(1)), Value::Stopped);
    let snapshot = snapshot(&problem);
    let text = text::plan(&PlanView::new(&solved(&problem), &context(&snapshot)), Style::default());
    let wrong = text.split("Wrong ").nth(1).unwrap().trim_start();
    assert!(wrong.starts_with("False already: invariant 4"), "{text}");
    let start = text.find("Start fe2").unwrap();
    assert!(start < text.find("Save topology").unwrap(), "{text}");
}
