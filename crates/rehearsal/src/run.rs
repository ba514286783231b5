//! One trial from its begin to its end: the plan with its faults, then, from wherever that ended, new plans until the goal
//! holds or nothing helps.

use std::path::Path;

use executor::crash::CrashPlan;
use executor::journal::{Journal, JournalError};
use executor::run::{Event, Interrupt, Options, Outcome, Report, Runner, StepState, Steps};
use model::declaration::{Clause, Declaration};
use model::estate::Estate;
use model::field::State;
use model::plan::Plan;

use crate::goal::{Goal, Onward};
use crate::result::{After, Ended};
use crate::stage::Stage;
use crate::watch::invariants;

/// How many new plans are made before nothing helps.
const PLANS: usize = 6;
/// How long one waits where there is no plan yet: until services have come up and the pool has settled.
const REST: u64 = 3600;

/// A plan under the invariants that hold for everybody.
struct Rehearsed<'a> {
    plan: &'a Plan,
    invariants: Vec<Clause>,
}

impl Steps for Rehearsed<'_> {
    fn estate(&self) -> &Estate {
        self.plan.estate()
    }

    fn initial(&self) -> &State {
        &self.plan.problem.initial
    }

    fn count(&self) -> usize {
        self.plan.steps.len()
    }

    fn declaration(&self, place: usize) -> &Declaration {
        &self.plan.steps[place].declaration
    }

    fn invariants(&self) -> Vec<Clause> {
        self.invariants.clone()
    }
}

/// Carries a plan out.
pub(crate) fn carry_out(stage: &mut Stage<'_>, plan: &Plan, folder: &Path) -> Result<Report, JournalError> {
    let path = folder.join("journal.jsonl");
    let mut journal = Journal::open(&path, "rehearsal", "rehearsal")?.0;
    let steps = Rehearsed { plan, invariants: invariants(&plan.problem) };
    let (current, begun) = (stage.current.clone(), stage.begun.clone());
    let mut listener = |event: &Event<'_>| match event {
        Event::Started { declaration, .. } => {
            *current.borrow_mut() = Some(declaration.id.clone());
            begun.borrow_mut().clone_from(&declaration.begin);
        }
        Event::Done { .. } | Event::AlreadyTrue { .. } => {
            *current.borrow_mut() = None;
            begun.borrow_mut().clear();
        }
        Event::ForYou { .. }
        | Event::Said { .. }
        | Event::Waiting { .. }
        | Event::NextWay { .. }
        | Event::SafeStop { .. } => {}
    };
    let runner = Runner {
        driver: &mut *stage,
        steps: &steps,
        journal: &mut journal,
        lock: None,
        listener: &mut listener,
        interrupt: &Interrupt::new(),
        options: Options { poll: 15, asks: Some(3), who: "rehearsal".to_owned(), host: String::new(), pid: 0 },
        crash: CrashPlan::never(),
    };
    let report = runner.run();
    drop(journal);
    *stage.current.borrow_mut() = None;
    let source = |source| JournalError::Write { path: path.clone(), source };
    std::fs::remove_file(&path).map_err(source)?;
    Ok(report)
}

/// How a run of the plan ended, given how often the struck steps were performed.
pub(crate) fn ended(plan: &Plan, report: &Report, stage: &Stage<'_>) -> Ended {
    let stopped = |place: usize| Ended::Stopped { exit: report.exit_code(), step: place + 1 };
    match &report.outcome {
        Outcome::Done => {
            let place = |id| plan.place(id).and_then(|p| report.steps.get(p));
            let struck = || stage.struck_steps().map(|(id, times)| (place(id), times));
            let other =
                |(state, _): (Option<&StepState>, usize)| matches!(state, Some(StepState::Done { way: 1.., .. }));
            if struck().any(other) {
                Ended::DoneOtherWay
            } else if struck().any(|(_, times)| times > 1) {
                Ended::DoneAgain
            } else {
                Ended::Done
            }
        }
        Outcome::Stopped { before, .. } | Outcome::Interrupted { before, .. } => stopped(*before),
        Outcome::CheckFailed(failure) => stopped(failure.step),
        Outcome::DidMore { step, .. } | Outcome::Unknown { step, .. } => stopped(*step),
    }
}

/// Observes, plans and applies until the goal holds.
pub(crate) fn onward(stage: &mut Stage<'_>, goal: &Goal<'_>, folder: &Path) -> Result<After, JournalError> {
    let (mut plans, mut steps, mut machine_back, mut rested) = (0, 0, false, false);
    while plans < PLANS {
        stage.rebase();
        let words = stage.words.clone();
        match goal.onward(&mut stage.sim, &words) {
            Onward::Reached if plans == 0 && !machine_back => return Ok(After::Nothing),
            Onward::Reached => return Ok(After::NewPlan { plans, steps, machine_back }),
            Onward::Plan(solved) => {
                let report = carry_out(stage, &solved.plan, folder)?;
                plans += 1;
                steps += report.done();
                // A plan made in the dark that gets no further: somebody sees to the machine.
                if report.outcome != Outcome::Done && plans > 1 {
                    machine_back |= stage.mend();
                }
            }
            // First what is missing, then patience.
            Onward::NoPlan if stage.mend() => machine_back = true,
            Onward::NoPlan if !rested => {
                rested = true;
                stage.rest(REST);
            }
            Onward::NoPlan => return Ok(After::Stuck),
        }
    }
    Ok(After::Stuck)
}
