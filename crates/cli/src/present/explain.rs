//! `plan --explain`: why a step is there, why it stands where it stands, and how it is carried out. Every reason is the
//! clause that fails without it, in an order that the planner found.

use model::declaration::StepId;
use model::field::Field;
use model::plan::{Edge, WhyKind};
use planner::changes::What;
use planner::solve::Solved;

use super::numbers::and;
use super::page::Page;
use super::plan::steps::Step;
use super::plan::world::World;
use super::plan::{PlanView, changes};
use super::style::{Role, Style};
use super::verbose::{reason, source};
use super::{Context, commands, words};

/// Columns of the words at the left.
const LABEL: usize = 12;

/// Why a step stands where it stands; the step by number or by id. None where the plan has no such step.
#[must_use]
pub fn text(solved: &Solved, context: &Context<'_>, step: &str, style: Style) -> Option<String> {
    let n = place(solved, step)?;
    let view = PlanView::new(solved, context);
    let world = World::new(solved, context);
    let one = view.steps().nth(n)?;
    let mut page = Page::new(style);
    page.paragraph(&headline(&world, one, n));
    page.blank();
    page.labelled("Wanted by", LABEL, &wanted(&world, &view, n));
    page.blank();
    let mut told: Vec<&Edge> = Vec::new();
    for edge in solved.plan.edges.iter().filter(|e| e.to == n) {
        after(&mut page, &world, edge, told.iter().copied().find(|t| alike(t, edge)));
        told.push(edge);
    }
    for edge in solved.plan.edges.iter().filter(|e| e.from == n) {
        let why = capital(&reason(&world, &edge.why));
        page.labelled(&format!("Before {}", edge.to + 1), LABEL, &format!("{why}{}.", clause(&edge.why.kind)));
    }
    page.blank();
    for (label, text) in one.around.iter().flat_map(|a| a.lines(true)) {
        page.labelled(&capital(label), LABEL, &text);
    }
    if let Some(how) = one.undo_how {
        let word = if one.undo == "irreversible" { "none" } else { one.undo };
        page.labelled("Undo", LABEL, &format!("{word}: {how}"));
    }
    page.blank();
    how(&mut page, &world, n);
    for (k, other) in view.alternatives.iter().enumerate() {
        page.labelled(if k == 0 { "Not chosen" } else { "" }, LABEL, &other.text);
    }
    page.paragraph(&format!("Next: {}", view.next));
    Some(page.finish())
}

/// The place of a step by number or id.
#[must_use]
pub fn place(solved: &Solved, step: &str) -> Option<usize> {
    let count = solved.plan.steps.len();
    let numbered = step.parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|&n| n < count);
    numbered.or_else(|| solved.plan.place(&StepId(step.to_owned())))
}

fn headline(world: &World<'_>, step: &Step, n: usize) -> String {
    let last = world.solved.plan.edges.iter().filter(|e| e.to == n).max_by_key(|e| e.from);
    let title = format!("Step {}, {}, stands", step.number, step.title.short);
    match last {
        Some(edge) => format!("{title} after step {}: {}.", edge.from + 1, reason(world, &edge.why)),
        None => format!("{title} first in its part: nothing must end before it begins."),
    }
}

/// The changes that it works on; otherwise the steps that need it.
fn wanted(world: &World<'_>, view: &PlanView, n: usize) -> String {
    let p = &world.placed()[n];
    let (before, after) = (world.view(&p.before), world.after(n));
    let d = &p.declaration;
    let changed_fields = d.begin.iter().chain(&d.end).map(|w| w.field).filter(|&f| before.get(f) != after.get(f));
    let mut kinds: Vec<What> = changed_fields.filter_map(kind).collect();
    if world.servers(before) != world.servers(after) || newly_served(world, n) {
        kinds.push(What::Principal);
    }
    let whats = [What::PrimarySlot, What::MirrorSlot, What::WitnessSlot, What::Principal, What::Session];
    let mut lines: Vec<String> = Vec::new();
    for block in &view.changes {
        for (line, what) in block.lines.iter().zip(whats) {
            if line.change != "same" && kinds.contains(&what) {
                lines.push(changed(line));
            }
        }
    }
    lines.dedup();
    let needed: Vec<usize> = world.solved.plan.edges.iter().filter(|e| e.from == n).map(|e| e.to + 1).collect();
    match (lines.is_empty(), needed.is_empty()) {
        (false, _) => format!("{}.", lines.join("; ")),
        (true, false) => format!("{}, which cannot do without it.", steps(&needed)),
        (true, true) => goal(world, n),
    }
}

/// Whether the step brings a store back.
fn newly_served(world: &World<'_>, n: usize) -> bool {
    let (before, after) = (world.view(&world.placed()[n].before), world.after(n));
    world.problem().wishes.iter().any(|w| !before.store_served(w.store).holds() && after.store_served(w.store).holds())
}

fn changed(line: &changes::ChangeLine) -> String {
    format!("{}: {}, {} → {}", line.kind, line.what, line.before.short, line.after.short)
}

fn kind(field: Field) -> Option<What> {
    match field {
        Field::PrimarySlot(_) => Some(What::PrimarySlot),
        Field::MirrorSlot(_) => Some(What::MirrorSlot),
        Field::WitnessSlot(_) => Some(What::WitnessSlot),
        Field::Session(..) => Some(What::Session),
        _ => None,
    }
}

fn steps(numbers: &[usize]) -> String {
    format!("step{} {}", if numbers.len() == 1 { "" } else { "s" }, and(numbers))
}

/// The part of the goal that holds only after the step.
fn goal(world: &World<'_>, n: usize) -> String {
    let (before, after) = (world.view(&world.placed()[n].before), world.after(n));
    let goal = world.problem().goal();
    let made = goal.iter().find(|c| !c.condition.eval(before).holds() && c.condition.eval(after).holds());
    made.map_or_else(
        || "the goal.".to_owned(),
        |c| {
            format!(
                "the goal: {}; without it, {}.",
                words::condition_text(world.estate(), &c.condition),
                c.rule.because
            )
        },
    )
}

/// Whether two edges are there for one reason.
fn alike(a: &Edge, b: &Edge) -> bool {
    let rule = |e: &Edge| match &e.why.kind {
        WhyKind::Requirement { rule, .. } | WhyKind::Invariant { rule, .. } => Some(rule.key),
        WhyKind::Outage { .. } | WhyKind::EndState { .. } => None,
    };
    rule(a).is_some() && rule(a) == rule(b)
}

/// An edge into the step: an order without it, and what fails there. What was told of another step is not told again.
fn after(page: &mut Page, world: &World<'_>, edge: &Edge, told: Option<&Edge>) {
    if let Some(told) = told {
        page.labelled(
            &format!("After {}", edge.from + 1),
            LABEL,
            &format!("For the same reason as after {}.", told.from + 1),
        );
        return;
    }
    page.labelled(&format!("After {}", edge.from + 1), LABEL, "Without it:");
    let titled = |n: usize| format!("step {} ({})", n + 1, world.names.phrase(&world.placed()[n].declaration.title));
    let numbers = |places: &[usize]| {
        let mut numbers: Vec<usize> = places.iter().map(|n| n + 1).collect();
        numbers.sort_unstable();
        numbers
    };
    let why = &edge.why;
    let mut lines = Vec::new();
    if !why.ended.is_empty() {
        lines.push(format!(
            "{} {} ended",
            steps(&numbers(&why.ended)),
            if why.ended.len() == 1 { "has" } else { "have" }
        ));
    }
    lines.push(format!("{} has not ended", titled(edge.from)));
    let begun: Vec<usize> = why.begun.iter().copied().filter(|&n| n != edge.from && n != edge.to).collect();
    if !begun.is_empty() {
        lines.push(format!("{} {} running", steps(&numbers(&begun)), if begun.len() == 1 { "is" } else { "are" }));
    }
    lines.push(format!("{} begins", titled(edge.to)));
    for (n, line) in lines.iter().enumerate() {
        page.hang(&format!("{}{:>2}  ", " ".repeat(LABEL), n + 1), Role::Plain, line, Role::Plain);
    }
    page.hang(&format!("{} →  ", " ".repeat(LABEL)), Role::Danger, &failure(world, edge), Role::Plain);
}

fn failure(world: &World<'_>, edge: &Edge) -> String {
    let sentence = |condition| words::condition_text(world.estate(), condition);
    match &edge.why.kind {
        WhyKind::Requirement { step, condition, rule } => format!(
            "step {} requires: {}. {} [{}; {}]",
            step + 1,
            sentence(condition),
            capital(rule.because),
            rule.key,
            rule.source
        ),
        WhyKind::Invariant { condition, rule } => {
            format!(
                "always required: {}. {} [{}; {}]",
                sentence(condition),
                capital(rule.because),
                rule.key,
                rule.source
            )
        }
        WhyKind::Outage { .. } | WhyKind::EndState { .. } => format!("{}.", capital(&reason(world, &edge.why))),
    }
}

/// The clause behind a reason, by its key.
fn clause(kind: &WhyKind) -> String {
    match kind {
        WhyKind::Requirement { rule, .. } | WhyKind::Invariant { rule, .. } => {
            format!(" [{}; {}]", rule.key, rule.source)
        }
        WhyKind::Outage { .. } | WhyKind::EndState { .. } => String::new(),
    }
}

fn how(page: &mut Page, world: &World<'_>, n: usize) {
    for (k, way) in world.placed()[n].declaration.ways.iter().enumerate() {
        let label = if k == 0 { "How" } else { "" };
        let lead = if k == 0 { "" } else { "otherwise: " };
        page.labelled(label, LABEL, &format!("{lead}{}", source(way)));
        for line in commands::lines(&way.call) {
            page.verbatim(if line.is_empty() { 0 } else { LABEL - 6 }, &line);
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| format!("{}{}", c.to_uppercase(), chars.as_str()))
}
