//! A refusal as a comment of a pull request: the answer, what would be lost or stands in the way, the ways out, what to
//! type next. It says what the text says.

use model::problem::Problem;
use planner::refusal::Refusal;

use super::{RefusalView, closing, last, loss_shown, now, ways_out};
use crate::present::markdown::escape;
use crate::present::{Context, simulated};

/// A refusal as Markdown.
#[must_use]
pub fn markdown(problem: &Problem, refusal: &Refusal, context: &Context<'_>) -> String {
    let view = RefusalView::new(problem, refusal, context);
    let mut out =
        format!("### cstopo: refused{}\n\n{}\n\n", simulated::mark(view.simulated), escape::text(&view.headline));
    for pool in &view.situation {
        let sentences: Vec<&str> = pool.sentences.iter().map(|s| s.full.as_str()).collect();
        let whose = if view.situation.len() > 1 { format!("{}: ", pool.pool) } else { String::new() };
        let how = if pool.broken { "Wrong" } else { "Now" };
        out += &format!("**{how}:** {}\n\n", escape::text(&format!("{whose}{}", sentences.join(" "))));
    }
    for procedure in &view.procedures {
        out += &format!("**Procedure:** {}\n\n", escape::text(procedure));
    }
    if let Some(loss) = &view.loss {
        out += &loss_shown::markdown(loss);
    }
    if let Some(full) = &view.full_stop {
        out += &crate::present::markdown::arithmetic(full);
    }
    if view.loss.is_none() {
        for blocked in &view.blocked {
            out += &format!("- {}\n", escape::text(&blocked.text()));
        }
    }
    for unmet in &view.unmet {
        let (text, standing) = (escape::text(&unmet.text), escape::text(&unmet.standing));
        out += &format!("- {text}: **{standing}** (without it: {})\n", escape::text(unmet.because));
    }
    for fact in view.unknown.iter().filter(|_| view.advice.is_empty()) {
        out += &format!("- not known: {}\n", escape::text(fact));
    }
    out.push('\n');
    out += &view.cms.as_ref().map_or_else(String::new, crate::present::cms::Cms::markdown);
    out += &ways_out::markdown(&view.ways_out);
    out += &view.now.as_ref().map_or_else(String::new, now::Now::markdown);
    if let Some(beyond) = &view.beyond {
        out += &beyond.markdown();
    }
    for advice in &view.advice {
        out += &format!("- {}\n", escape::text(advice));
    }
    if !view.advice.is_empty() {
        out.push('\n');
    }
    if let Some(decides) = &view.decides {
        out += &format!("Decides most: {}\n\n", escape::text(decides));
    }
    out + &format!("{}\n{}\n", escape::text(&closing(&view)), escape::text(&last(&view)))
}
