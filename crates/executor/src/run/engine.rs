//! The loop: look, already true?, may it begin?, write down the intent, perform, look until it is achieved, write down the
//! end. It believes no driver, decides nothing about order, and prints nothing.

use jiff::Timestamp;
use model::call::Call;
use model::condition::{Condition, Predicate};
use model::declaration::{Clause, Declaration, Way};
use model::fact::Fact;

use super::look::Look;
use super::words::intent;
use super::{Event, Failure, Interrupt, Listener, Options, Outcome, Report, StepState, Steps, Stop};
use crate::crash::CrashPlan;
use crate::driver::{Driver, Said};
use crate::journal::{Entry, FORMAT, Journal, JournalError, StepOutcome};
use crate::lock::Lock;

/// How long to wait before requirements are read a second time: a failover may be running (operations §13, rule 2).
const SECOND_LOOK: u32 = 10;

/// Carries out a plan.
pub struct Runner<'a> {
    /// Who acts and reads.
    pub driver: &'a mut dyn Driver,
    /// The plan.
    pub steps: &'a dyn Steps,
    /// Where intents and results are written down.
    pub journal: &'a mut Journal,
    /// The lock, kept alive while the run lives.
    pub lock: Option<&'a mut Lock>,
    /// Who is told.
    pub listener: &'a mut dyn Listener,
    /// Ctrl-C.
    pub interrupt: &'a Interrupt,
    /// Knobs.
    pub options: Options,
    /// Where to die, in a test.
    pub crash: CrashPlan,
}

/// Why the loop does not go on with the next step.
enum Halt {
    /// Nothing was begun.
    Before(Stop),
    /// It was begun; nobody knows how it stands.
    InFlight { why: String, begun: Timestamp, seen: Vec<Fact> },
    /// Asked to stop, nothing in flight.
    Asked { person: bool },
    /// It ended without its result.
    Failed(Box<Failure>),
    /// It ended with its result, and with more than that.
    TooMuch { done: StepState, besides: Vec<String> },
}

impl From<JournalError> for Halt {
    fn from(e: JournalError) -> Self {
        Self::Before(Stop::Journal { code: e.code(), error: e.to_string() })
    }
}

/// How one performance of one way ended.
enum Performed {
    Achieved,
    /// It ended, or its time is over; what was read last, and how often.
    Not {
        seen: Vec<Fact>,
        asked: u32,
        no_reply: bool,
    },
}

impl Runner<'_> {
    /// Carries out the plan from its first step to its end, or to where it has to stop.
    pub fn run(mut self) -> Report {
        let began = self.driver.now();
        let count = self.steps.count();
        let mut look = Look::new(self.steps.estate(), self.steps.initial().clone(), self.steps.invariants());
        let mut states = vec![StepState::NotBegun; count];
        let options = self.options.clone();
        let begun =
            Entry::RunBegun { format: FORMAT, who: options.who, host: options.host, pid: options.pid, steps: count };
        let mut outcome = self.record(begun).err().map(|e| Self::ended(0, e.into(), &mut states));
        for place in 0..count {
            if outcome.is_some() {
                break;
            }
            let d = self.steps.declaration(place);
            match self.step(&mut look, place, d) {
                Ok(state) => {
                    states[place] = state;
                    if let Some(words) = self.steps.safe_stop(place) {
                        self.listener.event(&Event::SafeStop { place, words });
                    }
                }
                Err(halt) => outcome = Some(Self::ended(place, halt, &mut states)),
            }
        }
        let outcome = outcome.unwrap_or(Outcome::Done);
        let report = Report { outcome, steps: states, began, ended: self.driver.now(), state: look.state };
        // A disk that is full refuses this record too; the report says so already.
        let _ = self.record(Entry::RunEnded { code: report.exit_code(), reason: reason(&report.outcome) });
        report
    }

    fn ended(place: usize, halt: Halt, states: &mut [StepState]) -> Outcome {
        let mut set = |state| {
            if let Some(slot) = states.get_mut(place) {
                *slot = state;
            }
        };
        match halt {
            Halt::Before(why) => Outcome::Stopped { before: place, why },
            Halt::Asked { person } => Outcome::Interrupted { before: place, asked: person },
            Halt::InFlight { why, begun, seen } => {
                set(StepState::InFlight);
                Outcome::Unknown { step: place, why, begun, seen }
            }
            Halt::Failed(failure) => {
                set(StepState::Failed { partial: failure.partial });
                Outcome::CheckFailed(failure)
            }
            Halt::TooMuch { done, besides } => {
                set(done);
                Outcome::DidMore { step: place, besides }
            }
        }
    }

    fn record(&mut self, entry: Entry) -> Result<(), JournalError> {
        self.crash.before_record();
        self.journal.append(self.driver.now(), entry)?;
        self.crash.after_record();
        Ok(())
    }

    fn end_record(&mut self, place: usize, d: &Declaration, outcome: StepOutcome) -> Result<(), JournalError> {
        self.record(Entry::StepEnded { step: d.id.to_string(), number: place + 1, outcome })
    }

    fn beat(&mut self, place: usize, d: &Declaration) -> Result<(), String> {
        let now = self.driver.now();
        match &mut self.lock {
            Some(lock) => lock.beat(now, Some((place + 1, d.id.to_string()))).map_err(|e| e.to_string()),
            None => Ok(()),
        }
    }

    fn step(&mut self, look: &mut Look<'_>, place: usize, d: &Declaration) -> Result<StepState, Halt> {
        if self.interrupt.stop() {
            return Err(Halt::Asked { person: false });
        }
        self.beat(place, d).map_err(|e| Halt::Before(Stop::Lock(e)))?;
        let mut facts = self.look_whole(look, d)?;
        if !look.missing(d).is_empty() && !look.unmet(&d.requires).is_empty() {
            self.driver.wait(SECOND_LOOK).map_err(|e| Halt::Before(Stop::Driver(e.to_string())))?;
            facts = self.look_whole(look, d)?;
        }
        let broken = look.broken();
        if look.missing(d).is_empty() {
            self.record(Entry::Observed { step: d.id.to_string(), facts })?;
            self.end_record(place, d, StepOutcome::AlreadyTrue)?;
            self.listener.event(&Event::AlreadyTrue { place, declaration: d });
            return Ok(StepState::AlreadyTrue);
        }
        if !broken.is_empty() && !d.stops_harm {
            self.end_record(place, d, StepOutcome::NotBegun)?;
            return Err(Halt::Before(Stop::Invariant(broken)));
        }
        let unmet = look.unmet(&d.requires);
        if !unmet.is_empty() {
            self.end_record(place, d, StepOutcome::NotBegun)?;
            return Err(Halt::Before(Stop::Requires(unmet)));
        }
        self.ways(look, place, d)
    }

    fn look_whole(&mut self, look: &mut Look<'_>, d: &Declaration) -> Result<Vec<Fact>, Halt> {
        look.whole(self.driver, d).map_err(|e| Halt::Before(Stop::Driver(e.to_string())))
    }

    /// The ways, best first; each next one only after the former has ended and been looked at (design §4).
    fn ways(&mut self, look: &mut Look<'_>, place: usize, d: &Declaration) -> Result<StepState, Halt> {
        let began = self.driver.now();
        let before = look.missing(d).len();
        let mut said = Vec::new();
        let mut last = None;
        for (n, way) in d.ways.iter().enumerate() {
            if !look.is_open(way) {
                continue;
            }
            if last.is_some() {
                self.still_right(look, place, d, &last, &said)?;
            }
            // Once more where that is harmless, and the first time did nothing at all.
            for attempt in 0..=u32::from(way.retry && way.limit.is_some() && way.call != Call::Wait) {
                if attempt > 0 {
                    self.still_right(look, place, d, &last, &said)?;
                }
                match self.perform(look, place, d, n, way, &mut said)? {
                    Performed::Achieved => {
                        self.end_record(place, d, StepOutcome::Done).map_err(|e| self.unrecorded(&e, began))?;
                        let seconds = seconds(began, self.driver.now());
                        self.listener.event(&Event::Done { place, declaration: d, seconds });
                        let besides = self.driver.besides(&way.call).map_err(|e| in_flight(&e, began))?;
                        if besides.is_empty() {
                            return Ok(StepState::Done { seconds, way: n });
                        }
                        return Err(Halt::TooMuch { done: StepState::Done { seconds, way: n }, besides });
                    }
                    Performed::Not { seen, asked, no_reply } => {
                        let partial = look.missing(d).len() < before;
                        let outcome = match (no_reply, partial) {
                            (true, _) => StepOutcome::Unknown,
                            (false, true) => StepOutcome::Partial,
                            (false, false) => StepOutcome::NoEffect,
                        };
                        self.end_record(place, d, outcome).map_err(|e| self.unrecorded(&e, began))?;
                        if no_reply {
                            let why = "nothing was heard of the call, and its result is not there".to_owned();
                            return Err(Halt::InFlight { why, begun: began, seen });
                        }
                        last = Some((partial, seen, asked));
                        if partial || attempt > 0 {
                            break;
                        }
                    }
                }
            }
            if d.ways[n + 1..].iter().any(|w| look.is_open(w)) {
                let missing = look.missing(d);
                self.listener.event(&Event::NextWay { place, failed: n, missing: &missing });
            }
        }
        let Some((partial, seen, asked)) = last else {
            self.end_record(place, d, StepOutcome::NotBegun)?;
            return Err(Halt::Before(Stop::NoWay));
        };
        // `Confirm` changes nothing: another answer stops the run, and is no failure (rules §2).
        let asks = |c: &Clause| matches!(c.condition, Condition::Named(Predicate::IsUnknown(_)));
        if d.requires.iter().any(asks) {
            return Err(Halt::Before(Stop::NotConfirmed(look.missing(d))));
        }
        Err(Halt::Failed(Box::new(Failure { step: place, partial, missing: look.missing(d), seen, said, asked })))
    }

    /// A record that cannot be written after something was done: the estate has changed, the journal does not say so.
    fn unrecorded(&self, error: &JournalError, begun: Timestamp) -> Halt {
        Halt::InFlight { why: error.to_string(), begun, seen: Vec::new() }
    }

    fn perform(
        &mut self,
        look: &mut Look<'_>,
        place: usize,
        d: &Declaration,
        n: usize,
        way: &Way,
        said: &mut Vec<(usize, Said)>,
    ) -> Result<Performed, Halt> {
        let step = d.id.to_string();
        let began = self.driver.now();
        let person = matches!(way.call, Call::Person(_));
        let intent = intent(&way.call);
        self.record(Entry::StepBegun { step: step.clone(), number: place + 1, way: n + 1, intent })?;
        self.listener.event(&Event::Started { place, declaration: d, performer: way.performer, way: n });
        let mut asks = 0;
        let (mut seen, mut asked) = (Vec::new(), 0);
        loop {
            let mut no_reply = false;
            if way.call != Call::Wait {
                if person {
                    self.listener.event(&Event::ForYou { place, declaration: d, asked: asks });
                    asks += 1;
                }
                no_reply = self.send(place, d, n, way, said, began)?;
                if person && said.last().is_some_and(|(_, s)| matches!(s, Said::Ended { ok: true, .. })) {
                    look.take_word(d, &self.options.who, self.driver.now());
                }
            }
            // For a wait its limit is the time in which the world does it; for a call its result may take `settle`.
            let span = if way.call == Call::Wait { way.limit.unwrap_or(0) } else { way.settle };
            let idle = person || way.call == Call::Wait;
            let achieved = self.await_result(look, place, d, span, (person, idle), &mut seen, &mut asked, began)?;
            if achieved {
                let facts = std::mem::take(&mut seen);
                self.record(Entry::Observed { step, facts }).map_err(|e| self.unrecorded(&e, began))?;
                return Ok(Performed::Achieved);
            }
            let again = person && self.options.asks.is_none_or(|most| asks < most);
            if !again {
                let facts = seen.clone();
                self.record(Entry::Observed { step, facts }).map_err(|e| self.unrecorded(&e, began))?;
                return Ok(Performed::Not { seen, asked, no_reply });
            }
            self.driver.wait(self.options.poll).map_err(|e| in_flight(&e, began))?;
            self.still_right(look, place, d, &Some((false, seen.clone(), asked)), said)?;
        }
    }

    /// Whether a step that was begun may be tried or asked for once more: everything is read again, and what it required
    /// and does not change itself must hold still. A person who did the work on the wrong machine is not asked to do it on
    /// the right one too.
    fn still_right(
        &mut self,
        look: &mut Look<'_>,
        place: usize,
        d: &Declaration,
        last: &Option<(bool, Vec<Fact>, u32)>,
        said: &[(usize, Said)],
    ) -> Result<(), Halt> {
        let began = self.driver.now();
        look.whole(self.driver, d).map_err(|e| in_flight(&e, began))?;
        let mut missing = look.moved(d);
        if missing.is_empty() {
            return Ok(());
        }
        self.end_record(place, d, StepOutcome::NoEffect).map_err(|e| self.unrecorded(&e, began))?;
        missing.extend(look.missing(d));
        let (partial, seen, asked) = last.clone().unwrap_or_default();
        Err(Halt::Failed(Box::new(Failure { step: place, partial, missing, seen, said: said.to_vec(), asked })))
    }

    /// Sends a call; whether nothing was heard of it.
    fn send(
        &mut self,
        place: usize,
        d: &Declaration,
        n: usize,
        way: &Way,
        said: &mut Vec<(usize, Said)>,
        began: Timestamp,
    ) -> Result<bool, Halt> {
        self.crash.before_act();
        let answer = self.driver.perform(&d.id, &way.call, way.limit).map_err(|e| in_flight(&e, began))?;
        self.crash.after_act();
        self.record(Entry::Said { step: d.id.to_string(), said: answer.clone() })
            .map_err(|e| self.unrecorded(&e, began))?;
        self.listener.event(&Event::Said { place, said: &answer });
        let no_reply = answer == Said::NoReply;
        said.push((n, answer));
        Ok(no_reply)
    }

    /// Reads until the result is there, the time is over, or somebody wants to leave.
    #[allow(clippy::too_many_arguments)] // the places where it leaves what it read
    fn await_result(
        &mut self,
        look: &mut Look<'_>,
        place: usize,
        d: &Declaration,
        span: u32,
        (person, idle): (bool, bool),
        seen: &mut Vec<Fact>,
        asked: &mut u32,
        began: Timestamp,
    ) -> Result<bool, Halt> {
        let from = self.driver.now();
        loop {
            *seen = look.result(self.driver, d).map_err(|e| in_flight(&e, began))?;
            *asked += 1;
            let missing = look.missing(d).len();
            if missing == 0 {
                return Ok(true);
            }
            let (of, now) = (d.achieves.len(), self.driver.now());
            let waited = seconds(began, now);
            self.listener.event(&Event::Waiting { place, seconds: waited, holds: of - missing, of, facts: seen });
            self.beat(place, d).map_err(|why| Halt::InFlight { why, begun: began, seen: seen.clone() })?;
            // Nothing of ours is in flight while the world or a person does it: once is enough to stop.
            if self.interrupt.stop() && idle {
                self.end_record(place, d, StepOutcome::NoEffect).map_err(|e| self.unrecorded(&e, began))?;
                return Err(Halt::Asked { person });
            }
            if self.interrupt.leave() {
                let why = "left at once, as asked".to_owned();
                return Err(Halt::InFlight { why, begun: began, seen: seen.clone() });
            }
            if seconds(from, now) >= u64::from(span) {
                return Ok(false);
            }
            self.driver.wait(self.options.poll).map_err(|e| in_flight(&e, began))?;
        }
    }
}

fn in_flight(error: &crate::driver::DriverError, begun: Timestamp) -> Halt {
    Halt::InFlight { why: error.to_string(), begun, seen: Vec::new() }
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0)
}

fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Stopped { before, why } => {
            let why = match why {
                Stop::Requires(_) => "a requirement does not hold",
                Stop::Invariant(_) => "an invariant was broken",
                Stop::NotConfirmed(_) => "a fact is not as it had to be confirmed",
                Stop::NoWay => "no way is open",
                Stop::Journal { .. } => "the journal cannot be written",
                Stop::Driver(_) => "the estate cannot be read",
                Stop::Lock(_) => "the lock cannot be kept",
            };
            format!("stopped before step {}: {why}", before + 1)
        }
        Outcome::CheckFailed(f) => format!("step {} has not the result it should have", f.step + 1),
        Outcome::DidMore { step, .. } => format!("step {} is done, and something else with it", step + 1),
        Outcome::Interrupted { before, .. } => format!("stopped as asked, before step {}", before + 1),
        Outcome::Unknown { step, why, .. } => format!("step {} may be in flight: {why}", step + 1),
    }
}
