//! The Mermaid rendering of a plan: its steps by the part of the work, and every edge. It computes nothing.

use planner::solve::Solved;

use super::Context;
use super::plan::PlanView;
use super::plan::steps::Step;

/// A plan as a flow chart. Steps of people are yellow, those without a way back have a red frame, waits are grey.
#[must_use]
pub fn chart(solved: &Solved, context: &Context<'_>) -> String {
    let view = PlanView::new(solved, context);
    let mut out = "flowchart TD\n".to_owned();
    for (n, stage) in view.stages.iter().enumerate() {
        out += &format!("  subgraph part{n} [\"{}\"]\n", label(&format!("{}: {}", stage.purpose.short, stage.when)));
        stage.steps.iter().for_each(|step| out += &node(step));
        out += "  end\n";
    }
    for edge in &solved.plan.edges {
        out += &format!("  s{} --> s{}\n", edge.from + 1, edge.to + 1);
    }
    out += "  classDef person fill:#fff3c4,stroke:#8a6d00\n";
    out += "  classDef wait fill:#eeeeee,stroke:#777777\n";
    out += "  classDef final stroke:#c00000,stroke-width:3px\n";
    out
}

fn node(step: &Step) -> String {
    let class = match (step.undo, step.who) {
        ("irreversible", _) => ":::final",
        (_, "person") => ":::person",
        (_, "wait") => ":::wait",
        _ => "",
    };
    format!("    s{}[\"{} {}\"]{class}\n", step.number, step.number, label(&step.title.short))
}

/// Text for a label in quotes: what Mermaid would read is written as an entity.
fn label(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '`' | '&' => out.push_str(&format!("#{};", u32::from(c))),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
