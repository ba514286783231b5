//! The runbook rendering of a plan: every step as a page for people who carry it out by hand, with boxes to tick: what to
//! send or click, how it is seen to be done, what is so around it, how it is undone. It computes nothing of its own.

use planner::solve::Solved;

use super::markdown::escape::{block, code, text};
use super::numbers::and;
use super::plan::PlanView;
use super::plan::steps::Step;
use super::plan::world::World;
use super::{Context, simulated, words};

/// A plan as a runbook, in Markdown that is read on paper too: nothing is folded.
#[must_use]
pub fn markdown(solved: &Solved, context: &Context<'_>) -> String {
    let view = PlanView::new(solved, context);
    let world = World::new(solved, context);
    let mut out = head(&view);
    for stage in &view.stages {
        out += &format!("## {}: {}\n\n", text(&stage.purpose.full), text(stage.when));
        stage.steps.iter().for_each(|one| out += &step(&world, one));
    }
    out + &format!("{}\n", text(&view.counts.sentence()))
}

fn head(view: &PlanView) -> String {
    let mut out = format!("# Runbook: {}{}\n\n", text(&view.headline.title), simulated::mark(view.simulated));
    out += &format!("{}\n\n", text(&view.headline.text));
    if !view.plan.short.is_empty() {
        let (short, words) = (code(&view.plan.short), text(&view.plan.words));
        out += &format!("Plan {short} ({words}), made of facts read {}.\n", text(&view.plan.read));
    }
    out += "A step is begun only where what it needs is so; it is done only when what is under *Seen* was read, whatever a cmdlet said.\n";
    out += "Stop for hours only where a safe stop is named.\n\n";
    for pool in &view.situation {
        let sentences: Vec<&str> = pool.sentences.iter().map(|s| s.full.as_str()).collect();
        out += &format!("- {}: {}\n", code(&pool.pool), text(&sentences.join(" ")));
        out += &pool.clock.as_ref().map_or_else(String::new, |clock| format!("- clock: {}\n", text(clock)));
    }
    for way in &view.dangers.no_way_back {
        out += &format!("- no way back after {}: {}\n", and(&way.steps), text(way.why));
    }
    out += &view.dangers.blind_restart().map_or_else(String::new, |b| format!("- watch out: {}\n", text(&b)));
    out + "\n"
}

fn step(world: &World<'_>, step: &Step) -> String {
    let d = &world.placed()[step.number - 1].declaration;
    let mut out = format!("### {} {}\n\n", step.number, text(&step.title.full));
    let mut item = |label: &str, what: &str| out += &format!("- {label}: {}\n", text(what));
    if !step.rights.is_empty() {
        item("who", &step.rights.join("; "));
    }
    if step.duration.minutes != "-" {
        item("time", &format!("{} min", step.duration.minutes));
    }
    if !step.after.is_empty() {
        item("after", &format!("the end of {}", and(&step.after)));
    }
    let needs: Vec<_> = d.requires.iter().map(|c| &c.condition).collect();
    words::together(world.estate(), &needs).iter().for_each(|what| item("needs", what));
    step.around.iter().flat_map(|a| a.lines(false)).for_each(|(label, what)| item(label, &what));
    if let Some(how) = step.undo_how {
        item("undo", &format!("{}: {how}", if step.undo == "irreversible" { "none" } else { step.undo }));
    }
    step.notes.iter().for_each(|note| item("note", &note.full));
    out.push('\n');
    for (n, way) in step.ways.iter().enumerate().filter(|(_, w)| !w.lines.is_empty()) {
        let language = match way.who {
            "cmdlet" => "powershell",
            "tsql" => "sql",
            _ => "text",
        };
        let otherwise = if n > 0 { "where that does not do it: " } else { "" };
        out += &format!(
            "- [ ] {otherwise}do (source: {})\n\n{}\n",
            text(way.source),
            block(language, &way.lines.join("\n"))
        );
    }
    let seen: Vec<_> = d.achieves.iter().collect();
    for what in words::together(world.estate(), &seen) {
        out += &format!("- [ ] seen: {}\n", text(&what));
    }
    if let Some(stop) = &step.safe_stop {
        let stop = if stop.full.is_empty() { String::new() } else { format!(": {}", text(&stop.full)) };
        out += &format!("\n**Safe stop**{stop}\n");
    }
    out + "\nTime and name: ................................\n\n"
}
