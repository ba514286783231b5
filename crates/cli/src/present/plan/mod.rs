//! One presentation model of a plan: everything that any rendering says, computed once. It knows no widths, colours or
//! markup, and it decides nothing: numbers come from the plan, states from its steps, times from the snapshot.

use model::declaration::Performer;
use planner::solve::Solved;
use serde::Serialize;

use super::names::{Names, Spelt, Text};
use super::{Alternative, Context, digest, left_out};

pub mod around;
pub mod changes;
pub mod counts;
pub mod danger;
pub mod facts;
pub mod full_stop;
pub mod headline;
pub mod price;
pub mod procedure;
pub mod situation;
pub mod stages;
pub mod steps;
pub mod touched;
pub mod world;

use world::World;

/// A plan as it is shown. Serialised, it is the JSON rendering.
#[derive(Clone, Debug, Serialize)]
pub struct PlanView {
    /// Format version of this rendering.
    pub format: u32,
    /// What came of the command: `changes`.
    pub outcome: &'static str,
    /// Whether the estate is simulated.
    pub simulated: bool,
    /// The answer, in sentences.
    pub headline: headline::Headline,
    /// What is wrong now, pool by pool.
    pub situation: Vec<situation::Situation>,
    /// What the plan follows, and how often it deviates.
    pub procedure: Option<procedure::Procedure>,
    /// What the Central Management store has to do with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cms: Option<super::cms::Cms>,
    /// Short names and what they stand for.
    pub names: Vec<Spelt>,
    /// What changes; stores that change alike are one.
    pub changes: Vec<changes::Block>,
    /// The steps, by the part of the work they belong to.
    pub stages: Vec<stages::Stage>,
    /// The arithmetic of an announced full stop.
    pub full_stop: Option<full_stop::FullStop>,
    /// What it costs.
    pub price: price::Price,
    /// What cannot be undone, or hurts if something else happens meanwhile.
    pub dangers: danger::Dangers,
    /// Plans that were not chosen.
    pub alternatives: Vec<Alternative>,
    /// What came of a rehearsal, in a sentence, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearsed: Option<String>,
    /// Which plan it is, and what it rests on.
    pub plan: Identity,
    /// The facts it rests on.
    pub facts: Vec<facts::Fact>,
    /// The numbers of the first line, again.
    pub counts: counts::Counts,
    /// What to type next.
    pub next: String,
    /// What stays undone of what was left out with `--only`, in a sentence; empty where nothing was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub left_undone: String,
}

/// Which plan it is, and what it rests on.
#[derive(Clone, Debug, Serialize)]
pub struct Identity {
    /// The digest, whole.
    pub digest: String,
    /// Its first 12 digits.
    pub short: String,
    /// The same in four words.
    pub words: String,
    /// The file it is in.
    pub file: String,
    /// How many facts it rests on.
    pub facts: usize,
    /// When they were read.
    pub read: String,
    /// How many orders of the steps it allows; none where that was not counted.
    pub orders: Option<String>,
}

impl PlanView {
    /// The view of a plan.
    #[must_use]
    pub fn new(solved: &Solved, context: &Context<'_>) -> Self {
        let world = World::new(solved, context);
        let steps = steps::all(&world);
        let counts = counts::of(&world, &steps);
        let full_stop = full_stop::of(&world);
        let ids: Vec<_> = solved.plan.steps.iter().map(|s| s.declaration.id.clone()).collect();
        let next = if counts.stop_a_pool > 0 { "announce the outage, then " } else { "" };
        Self {
            format: 1,
            outcome: "changes",
            simulated: context.snapshot.simulated,
            headline: headline::of(&world, &counts),
            situation: situation::of(&world),
            procedure: procedure::of(&world),
            cms: super::cms::of(&solved.plan.problem, Some(&ids)),
            names: world.legend(),
            changes: changes::of(&world),
            stages: stages::of(&world, steps),
            full_stop,
            price: price::of(&world),
            dangers: danger::of(&world),
            alternatives: context.alternatives.clone(),
            rehearsed: context.rehearsed.clone(),
            plan: Identity {
                digest: context.digest.to_owned(),
                short: digest::short(context.digest).to_owned(),
                words: digest::words(context.digest),
                file: context.files.plan.to_owned(),
                facts: solved.plan.base.len(),
                read: context.read(),
                orders: solved.plan.orders.map(|n| n.to_string()),
            },
            facts: facts::of(&world),
            counts,
            next: format!("{next}cstopo apply {}", context.files.plan),
            left_undone: left_undone(solved, context),
        }
    }

    /// Every step, in order.
    pub fn steps(&self) -> impl Iterator<Item = &steps::Step> {
        self.stages.iter().flat_map(|s| &s.steps)
    }
}

/// What stays undone when the plan has ended.
fn left_undone(solved: &Solved, context: &Context<'_>) -> String {
    let problem = &solved.plan.problem;
    let end = solved.placed.last().map_or(&problem.initial, |p| &p.taken.after);
    let then = if problem.cms_to.is_some() { " Then cstopo observe, cstopo plan." } else { "" };
    format!("{}{then}", left_out::sentence(problem, end, context)).trim_start().to_owned()
}

/// Who performs, as JSON spells it.
#[must_use]
pub fn who(performer: Performer) -> &'static str {
    match performer {
        Performer::Person => "person",
        Performer::Cmdlet => "cmdlet",
        Performer::Tsql => "tsql",
        Performer::Wait => "wait",
    }
}

/// A text with names in it.
fn text(names: &Names<'_>, text: impl Fn(&Names<'_>) -> String) -> Text {
    names.both(text)
}
