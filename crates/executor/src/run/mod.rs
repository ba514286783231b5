//! Carrying out a plan: what it asks for, what it tells while it runs, and how it can end. The loop itself is in `engine`.

mod engine;
mod look;
mod words;

use std::sync::atomic::{AtomicU8, Ordering};

use jiff::Timestamp;
use model::condition::Condition;
use model::declaration::{Clause, Declaration, Performer, StepId};
use model::estate::Estate;
use model::fact::Fact;
use model::field::State;
use model::plan::Plan;

pub use engine::Runner;

use crate::driver::Said;

/// What is to be carried out: steps in an order that the plan's edges allow.
pub trait Steps {
    /// The estate that fields and ids belong to.
    fn estate(&self) -> &Estate;
    /// The state that the plan begins with; fields that are not read again keep its values.
    fn initial(&self) -> &State;
    /// How many steps there are.
    fn count(&self) -> usize;
    /// A step, by place from 0.
    fn declaration(&self, place: usize) -> &Declaration;
    /// What no step may make false.
    fn invariants(&self) -> Vec<Clause>;
    /// Whether stopping after this step is a safe stop; in words, if so.
    fn safe_stop(&self, _place: usize) -> Option<String> {
        None
    }
}

impl Steps for Plan {
    fn estate(&self) -> &Estate {
        &self.problem.estate
    }

    fn initial(&self) -> &State {
        &self.problem.initial
    }

    fn count(&self) -> usize {
        self.steps.len()
    }

    fn declaration(&self, place: usize) -> &Declaration {
        &self.steps[place].declaration
    }

    fn invariants(&self) -> Vec<Clause> {
        model::invariant::all(&self.problem)
    }
}

/// What happens while a plan is carried out.
#[derive(Debug)]
pub enum Event<'a> {
    /// A step begins; places count from 0.
    Started {
        /// Its place.
        place: usize,
        /// What it is.
        declaration: &'a Declaration,
        /// Who performs it.
        performer: Performer,
        /// Which of its ways, from 0.
        way: usize,
    },
    /// A person is asked; also each time they are asked again.
    ForYou {
        /// The place of the step.
        place: usize,
        /// What it is.
        declaration: &'a Declaration,
        /// How often they were asked before.
        asked: u32,
    },
    /// Something was said about a call. It is no proof.
    Said {
        /// The place of the step.
        place: usize,
        /// What.
        said: &'a Said,
    },
    /// The step is not there yet; a sign of life.
    Waiting {
        /// The place of the step.
        place: usize,
        /// Seconds since it began.
        seconds: u64,
        /// How many of its conditions hold by now.
        holds: usize,
        /// Of how many.
        of: usize,
        /// What was read just now.
        facts: &'a [Fact],
    },
    /// What the step achieves was read.
    Done {
        /// The place of the step.
        place: usize,
        /// What it is.
        declaration: &'a Declaration,
        /// Seconds since it began.
        seconds: u64,
    },
    /// What the step achieves was read before it began.
    AlreadyTrue {
        /// The place of the step.
        place: usize,
        /// What it is.
        declaration: &'a Declaration,
    },
    /// One way did not achieve it; the next one is tried.
    NextWay {
        /// The place of the step.
        place: usize,
        /// The way that did not, from 0.
        failed: usize,
        /// The conditions that do not hold.
        missing: &'a [Condition],
    },
    /// Here one may stop.
    SafeStop {
        /// The place of the step before it.
        place: usize,
        /// What is the case here.
        words: String,
    },
}

/// Who is told what happens.
pub trait Listener {
    /// Something happened.
    fn event(&mut self, event: &Event<'_>);
}

impl<F: FnMut(&Event<'_>)> Listener for F {
    fn event(&mut self, event: &Event<'_>) {
        self(event);
    }
}

/// Ctrl-C, from any thread: once stops after the running step, twice leaves now.
#[derive(Debug, Default)]
pub struct Interrupt(AtomicU8);

impl Interrupt {
    /// Nobody has interrupted.
    #[must_use]
    pub const fn new() -> Self {
        Self(AtomicU8::new(0))
    }

    /// Once more; how often by now.
    pub fn press(&self) -> u8 {
        let before = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| Some(n.saturating_add(1)));
        before.unwrap_or(u8::MAX).saturating_add(1)
    }

    /// Whether to stop after the running step.
    #[must_use]
    pub fn stop(&self) -> bool {
        self.0.load(Ordering::SeqCst) >= 1
    }

    /// Whether to leave now.
    #[must_use]
    pub fn leave(&self) -> bool {
        self.0.load(Ordering::SeqCst) >= 2
    }
}

/// Knobs of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Seconds between two readings while a step is awaited.
    pub poll: u32,
    /// How often a person is asked before the run stops; none: as long as it takes, which is right for real people.
    pub asks: Option<u32>,
    /// Who runs it.
    pub who: String,
    /// The machine it runs on.
    pub host: String,
    /// The process.
    pub pid: u32,
}

/// How a step stands when a run has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepState {
    /// Its result was read.
    Done {
        /// Seconds it took.
        seconds: u64,
        /// The way that led there, from 0.
        way: usize,
    },
    /// Its result was read before it began.
    AlreadyTrue,
    /// It did not begin.
    NotBegun,
    /// It ended, and its result is not what it should be.
    Failed {
        /// Whether some of it was seen.
        partial: bool,
    },
    /// It may still be in flight.
    InFlight,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Every step is done: exit 0.
    Done,
    /// Stopped before a step: exit 6.
    Stopped {
        /// The step that was not begun, by place.
        before: usize,
        /// Why.
        why: Stop,
    },
    /// A step's result is not what it should be: exit 7.
    CheckFailed(Box<Failure>),
    /// A step has its result, and something that nobody planned was changed with it: exit 7.
    DidMore {
        /// The step, by place.
        step: usize,
        /// What else, in words.
        besides: Vec<String>,
    },
    /// Stopped as asked, nothing in flight: exit 8.
    Interrupted {
        /// The step that would be next, by place.
        before: usize,
        /// Whether a person had been asked for it already.
        asked: bool,
    },
    /// A step may be in flight: exit 9.
    Unknown {
        /// The step, by place.
        step: usize,
        /// Why nobody knows.
        why: String,
        /// When the call was sent.
        begun: Timestamp,
        /// The fields it achieves, as last seen.
        seen: Vec<Fact>,
    },
}

/// Why a run stopped before a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Stop {
    /// Requirements do not hold, or are not known to.
    Requires(Vec<Clause>),
    /// An invariant was broken since the run began, and the step does not stop harm.
    Invariant(Vec<Clause>),
    /// A fact that the plan wanted confirmed is not so, or is still not known.
    NotConfirmed(Vec<Condition>),
    /// No way is open.
    NoWay,
    /// The journal cannot be written: what cannot be recorded first is not done.
    Journal {
        /// The stable code.
        code: &'static str,
        /// What the file system says.
        error: String,
    },
    /// The estate cannot be read.
    Driver(String),
    /// The lock cannot be kept.
    Lock(String),
}

/// A step whose result is not what it should be.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// The step, by place.
    pub step: usize,
    /// Whether some of its conditions hold now that did not before.
    pub partial: bool,
    /// The conditions that do not hold.
    pub missing: Vec<Condition>,
    /// What was read last.
    pub seen: Vec<Fact>,
    /// What was said, by way.
    pub said: Vec<(usize, Said)>,
    /// How often it was read.
    pub asked: u32,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// How each step stands.
    pub steps: Vec<StepState>,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// The state as last seen.
    pub state: State,
}

impl Report {
    /// The exit code of design §7.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self.outcome {
            Outcome::Done => 0,
            Outcome::Stopped { .. } => 6,
            Outcome::CheckFailed(_) | Outcome::DidMore { .. } => 7,
            Outcome::Interrupted { .. } => 8,
            Outcome::Unknown { .. } => 9,
        }
    }

    /// How many steps are done, those included that were already true.
    #[must_use]
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|s| matches!(s, StepState::Done { .. } | StepState::AlreadyTrue)).count()
    }

    /// How many steps were already true.
    #[must_use]
    pub fn already_true(&self) -> usize {
        self.steps.iter().filter(|s| **s == StepState::AlreadyTrue).count()
    }

    /// The step that may be in flight, by place.
    #[must_use]
    pub fn in_flight(&self) -> Option<usize> {
        self.steps.iter().position(|s| *s == StepState::InFlight)
    }

    /// The id of a step of the plan that was run.
    #[must_use]
    pub fn id(steps: &dyn Steps, place: usize) -> StepId {
        steps.declaration(place).id.clone()
    }
}
