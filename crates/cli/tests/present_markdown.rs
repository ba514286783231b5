//! A plan as a comment of a pull request: the verdict first, never too large, the same bytes every time.

mod present_support;

use cstopo_cli::present::markdown::{self, Extras};
use cstopo_cli::present::plan::PlanView;
use present_support::estates::{FOUR, seed, solved};
use present_support::{context, golden, snapshot};

fn view() -> PlanView {
    let problem = seed(&FOUR, 3);
    let snapshot = snapshot(&problem);
    PlanView::new(&solved(&problem), &context(&snapshot))
}

#[test]
fn the_seed_as_markdown() {
    let text = markdown::view(&view(), &Extras::default());
    golden("plan.md", &text);
    assert!(text.len() <= 32_768);
    assert!(text.contains(&format!(
        "nothing left out, {},{:03} of 32,768 bytes",
        text.len() / 1000,
        text.len() % 1000
    )));
}

#[test]
fn a_small_comment_says_what_it_leaves_out() {
    let view = view();
    let xml = vec![("1-UserStore-1".to_owned(), "-  <a/>\n+  <b/>".to_owned())];
    let whole = markdown::view(&view, &Extras { xml: xml.clone(), ..Extras::default() });
    for max_bytes in [0, 50, 200, 700, 1_500, 3_000, 6_000, 9_000, 12_000, whole.len() - 1] {
        let text = markdown::view(&view, &Extras { xml: xml.clone(), max_bytes });
        assert!(text.len() <= max_bytes, "{} of {max_bytes}", text.len());
        assert!(text.is_empty() || text.contains("left out") && !text.contains("nothing left out"), "{text}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
    }
}

#[test]
fn the_same_plan_is_the_same_comment() {
    assert_eq!(markdown::view(&view(), &Extras::default()), markdown::view(&view(), &Extras::default()));
}
