//! Names that are long, shared or not ASCII, and pools whose stores differ: the layout holds, and nothing is cut.

mod present_support;

use cstopo_cli::present::markdown::{self, Extras};
use cstopo_cli::present::plan::PlanView;
use cstopo_cli::present::style::Style;
use cstopo_cli::present::text;
use model::problem::{Problem, Slots, Wanted};
use present_support::estates::{FOUR, fqdn, seed, solved};
use present_support::{context, golden, snapshot, well_formed};

fn view(problem: &Problem) -> PlanView {
    let snapshot = snapshot(problem);
    PlanView::new(&solved(problem), &context(&snapshot))
}

fn renamed(names: [&str; 2]) -> Problem {
    let mut problem = seed(&FOUR, 3);
    for (n, name) in names.into_iter().enumerate() {
        problem.estate.hosts[n] = fqdn(name);
        problem.estate.instances[n].name.host = fqdn(name);
    }
    problem
}

#[test]
fn hosts_that_share_a_label_are_written_whole() {
    let names = ["sql.amsterdam-datacentre-west.contoso.com", "sql.rotterdam-datacentre-east.contoso.com"];
    let text = text::plan(&view(&renamed(names)), Style::default());
    well_formed(&text, 80);
    golden("plan-long-names.txt", &text);
    for name in names {
        assert!(text.contains(&format!("{name}\\RTC")));
    }
    assert!(!text.contains("sql = "));
}

#[test]
fn names_outside_of_ascii_are_spelt_in_a_pipe() {
    let text = text::plan(&view(&renamed(["bé1.contoso.com", "be2.contoso.com"])), Style::PIPE);
    assert!(text.is_ascii() && text.contains(r"b\u{e9}1.contoso.com"));
    well_formed(&text.replace('!', ""), 80);
}

#[test]
fn stores_that_differ_have_changes_of_their_own() {
    let mut problem = seed(&FOUR, 3);
    let Slots::Ordered { mirror, .. } = &mut problem.wishes[2].slots else { panic!() };
    *mirror = Wanted::Nothing;
    let view = view(&problem);
    assert_eq!(view.changes.len(), 2);
    let text = text::plan(&view, Style::default());
    well_formed(&text, 80);
    assert!(text.contains("Changes of User, Application and Monitoring\n") && text.contains("Changes of Archiving\n"));
}

#[test]
fn a_goal_without_a_mirror_says_what_is_left() {
    let mut problem = seed(&FOUR, 3);
    for wish in &mut problem.wishes {
        let Slots::Ordered { mirror, .. } = &mut wish.slots else { panic!() };
        *mirror = Wanted::Nothing;
    }
    let text = text::plan(&view(&problem), Style::default());
    well_formed(&text, 80);
    golden("plan-alone.txt", &text);
}

#[test]
fn names_in_markdown_stay_in_their_cells() {
    let mut problem = seed(&FOUR, 3);
    problem.builds.values_mut().for_each(|build| *build = "11.0 | <b>`Standard`</b> @all".to_owned());
    let text = markdown::view(&view(&problem), &Extras::default());
    let outside: String = text.split("```").step_by(2).collect();
    assert!(!outside.contains("<b>") && !outside.contains("@all"));
    for table in outside.lines().filter(|l| l.starts_with('|')) {
        let cells = table.replace("\\|", "").matches('|').count();
        assert!(matches!(cells, 4 | 7 | 8), "{table}");
    }
}

#[test]
fn a_simulation_says_so_first_and_last() {
    let problem = seed(&FOUR, 3);
    let mut snapshot = snapshot(&problem);
    snapshot.simulated = true;
    let text = text::plan(&PlanView::new(&solved(&problem), &context(&snapshot)), Style::default());
    assert!(text.starts_with("29 steps (simulated) give "));
    assert!(text.ends_with("cstopo apply plan.json (simulated)\n"));
}
