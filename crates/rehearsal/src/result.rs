//! What a rehearsal found: each trial, and what they come to together. Plain data; it runs nothing.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::fault::Class;

/// How the first run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "how")]
pub enum Ended {
    /// It went on to its end, as if nothing had been.
    Done,
    /// It went on to its end, after the struck step was performed once more.
    DoneAgain,
    /// It went on to its end, after the struck step was reached another way.
    DoneOtherWay,
    /// It stopped.
    Stopped {
        /// The exit code of `apply`.
        exit: u8,
        /// Before or in which step, by number from 1.
        step: usize,
    },
}

/// What came after the first run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "then")]
pub enum After {
    /// Nothing was left to do.
    Nothing,
    /// New plans led to the goal.
    NewPlan {
        /// How many plans.
        plans: usize,
        /// How many steps they had, as far as they were carried out.
        steps: usize,
        /// Whether a machine that the fault had darkened had to get its power back first.
        machine_back: bool,
    },
    /// There was no plan, or plans did not lead to the goal.
    Stuck,
}

/// An invariant that became false.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The rule.
    pub rule: &'static str,
    /// What does not hold.
    pub what: String,
    /// The step that ran.
    #[serde(serialize_with = "id")]
    pub step: model::declaration::StepId,
}

fn id<S: serde::Serializer>(step: &model::declaration::StepId, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_str(&step.0)
}

/// A fault, as it was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Struck {
    /// The step, by number from 1.
    pub step: usize,
    /// Its purpose.
    pub id: String,
    /// What kind of fault it was.
    pub class: Class,
    /// What went wrong, in words.
    pub what: String,
}

/// One trial: faults, and what came of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tried {
    /// The faults; one, or two.
    pub faults: Vec<Struck>,
    /// How many of them found their step.
    pub struck: usize,
    /// How the first run ended.
    #[serde(flatten)]
    pub ended: Ended,
    /// What came after it.
    pub after: After,
    /// Invariants that became false, and not by the fault alone.
    pub broken: Vec<Broken>,
    /// Data that was lost, and not by the fault alone.
    pub lost: Vec<String>,
    /// What the fault itself took, whatever the plan does.
    pub by_fault: Vec<String>,
    /// Seconds that all users were out longer than without the fault; some users for some seconds count in part. The time
    /// until somebody plans anew is not in it.
    pub out_longer: u64,
}

/// How bad it is, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The run went on to its end.
    Done,
    /// It stopped, and a new plan finished it.
    Stops,
    /// It stopped, and a new plan finished it once a machine was back.
    Back,
    /// The fault alone took what no plan could keep.
    Alone,
    /// No new plan finished it.
    Stuck,
    /// An invariant became false, or data was lost.
    Breaks,
}

impl Tried {
    /// How bad it is.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.broken.is_empty() || !self.lost.is_empty() {
            return Verdict::Breaks;
        }
        if !self.by_fault.is_empty() {
            return Verdict::Alone;
        }
        match (self.ended, self.after) {
            (_, After::Stuck) => Verdict::Stuck,
            (_, After::NewPlan { machine_back: true, .. }) => Verdict::Back,
            (Ended::Stopped { .. }, _) | (_, After::NewPlan { .. }) => Verdict::Stops,
            (_, After::Nothing) => Verdict::Done,
        }
    }

    /// Whether the run stopped.
    #[must_use]
    pub fn stopped(&self) -> bool {
        matches!(self.ended, Ended::Stopped { .. })
    }

    /// Whether the goal was reached in the end.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.after != After::Stuck
    }
}

/// A rehearsed plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rehearsal {
    /// The titles of its steps, in order, short.
    pub steps: Vec<String>,
    /// The run without any fault.
    pub plain: Tried,
    /// Every single fault.
    pub singles: Vec<Tried>,
    /// Pairs, where they were asked for.
    pub pairs: Vec<Tried>,
    /// How many pairs there are; more than were tried, where that would be too many.
    pub pairs_of: usize,
}

/// What trials come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// How many trials.
    pub trials: usize,
    /// In how many the run stopped.
    pub stop: usize,
    /// In how many of these the goal was reached in the end.
    pub stop_and_finish: usize,
    /// In how many the goal was not reached, and not because of the fault alone.
    pub stuck: usize,
    /// In how many an invariant became false.
    pub broken: usize,
    /// In how many data was lost.
    pub lost: usize,
    /// In how many the fault alone took what no plan could keep.
    pub alone: usize,
}

impl Counts {
    /// Counts.
    #[must_use]
    pub fn of(trials: &[Tried]) -> Self {
        let count = |test: &dyn Fn(&Tried) -> bool| trials.iter().filter(|t| test(t)).count();
        Self {
            trials: trials.len(),
            stop: count(&Tried::stopped),
            stop_and_finish: count(&|t| t.stopped() && t.finished()),
            stuck: count(&|t| t.verdict() == Verdict::Stuck),
            broken: count(&|t| !t.broken.is_empty()),
            lost: count(&|t| !t.lost.is_empty()),
            alone: count(&|t| !t.by_fault.is_empty()),
        }
    }
}

impl Rehearsal {
    /// Whether nothing breaks and nothing is lost but by faults alone, with or without a fault.
    #[must_use]
    pub fn holds(&self) -> bool {
        let mut all = self.singles.iter().chain(&self.pairs);
        self.plain.verdict() == Verdict::Done && all.all(|t| t.verdict() != Verdict::Breaks)
    }

    /// The worst of each step and kind of single fault; nothing where none can strike.
    #[must_use]
    pub fn table(&self) -> BTreeMap<(usize, Class), Verdict> {
        let mut table = BTreeMap::new();
        for tried in &self.singles {
            for fault in &tried.faults {
                let worst = table.entry((fault.step, fault.class)).or_insert(Verdict::Done);
                *worst = tried.verdict().max(*worst);
            }
        }
        table
    }

    /// How many steps a single fault struck.
    #[must_use]
    pub fn steps_struck(&self) -> usize {
        let steps: std::collections::BTreeSet<usize> =
            self.singles.iter().flat_map(|t| &t.faults).map(|f| f.step).collect();
        steps.len()
    }
}
