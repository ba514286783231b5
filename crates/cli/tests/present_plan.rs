//! A plan on screen: the seed's night in text and JSON, at every width.

mod present_support;

use cstopo_cli::present::plan::PlanView;
use cstopo_cli::present::style::Style;
use cstopo_cli::present::{json, text};
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
