//! The simulated deployment as the driver of a rehearsal: each fault waits for its step and strikes there, once; what
//! happens is watched.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use executor::driver::{Driver, DriverError, Said};
use executor::simulated::deed::bind;
use executor::simulated::pool::{FrontEnd, Services};
use executor::simulated::{Deployment, Fault, FaultKind, Simulated};
use jiff::Timestamp;
use model::call::{Call, Cmdlet, Task};
use model::declaration::StepId;
use model::estate::Estate;
use model::fact::Fact;
use model::field::{Field, Write};
use topology::names::Fqdn;

use crate::fault::Trial;
use crate::watch::Watch;

/// The step that runs: the loop tells its listener, and a wait tells its driver nothing.
pub(crate) type Current = Rc<RefCell<Option<StepId>>>;

/// What was done, when nothing goes wrong: the step, the call, the machines with power.
pub(crate) type Log = Vec<(StepId, Option<Call>, Vec<Fqdn>)>;

/// A simulated deployment with faults to come.
pub(crate) struct Stage<'a> {
    pub sim: Simulated,
    /// Words of people that count.
    pub words: Vec<Fact>,
    /// Faults to come.
    trials: Vec<&'a Trial>,
    /// Machines that faults have darkened.
    pub dark: Vec<Fqdn>,
    /// How many faults have struck.
    pub struck: usize,
    /// How often each step was performed by now, and how often from the call on that a fault struck.
    performed: BTreeMap<StepId, (usize, usize)>,
    /// Losses of the ledger, by place, that the fault alone has caused.
    pub blameless: Vec<usize>,
    pub watch: Watch<'a>,
    pub current: Current,
    /// What that step has written by its begin, as it declares.
    pub begun: Rc<RefCell<Vec<Write>>>,
    /// Kept where somebody wants to know what faults there can be.
    pub log: Option<(Log, Vec<Fqdn>)>,
}

impl<'a> Stage<'a> {
    pub fn new(world: &Deployment, base: Timestamp, words: &[Fact], trials: Vec<&'a Trial>, watch: Watch<'a>) -> Self {
        Self {
            sim: Simulated::new(world.clone()).with_base(base),
            words: words.to_vec(),
            trials,
            dark: Vec::new(),
            struck: 0,
            performed: BTreeMap::new(),
            blameless: Vec::new(),
            watch,
            current: Current::default(),
            begun: Rc::default(),
            log: None,
        }
    }

    /// The next run begins: its plan rests on what is read now.
    pub fn rebase(&mut self) {
        let world = self.sim.world.clone();
        let now = world.now;
        self.sim = Simulated::new(world).with_base(now);
    }

    /// Lets time pass between two runs; nobody counts it as the plan's outage.
    pub fn rest(&mut self, seconds: u64) {
        self.sim.world.advance(seconds);
    }

    /// Steps that a fault struck, and how often they were performed from then on.
    pub fn struck_steps(&self) -> impl Iterator<Item = (&StepId, usize)> {
        self.performed.iter().filter(|(_, (_, times))| *times > 0).map(|(step, (_, times))| (step, *times))
    }

    /// Darkened machines get power again, and what has stopped is started, as a person would or Windows does; whether
    /// there was anything.
    pub fn mend(&mut self) -> bool {
        let dark = std::mem::take(&mut self.dark);
        dark.iter().for_each(|host| self.sim.world.power_on(host));
        let world = &mut self.sim.world;
        let pools = world.pools.iter().filter(|p| self.watch.pools.contains(&p.name));
        let stopped = pools.flat_map(|p| &p.front_ends).filter(|f| f.power && f.services == Services::Stopped);
        let start = |f: &FrontEnd| Cmdlet::new("Start-CsWindowsService").with("ComputerName", &f.name);
        let calls: Vec<Cmdlet> = stopped.map(start).collect();
        let started = !calls.is_empty();
        if started {
            world.perform(&Call::Cmdlets(calls));
        }
        started || !dark.is_empty()
    }

    /// The same world, in which what is still to take effect never does.
    fn without_late(&self, go_on: impl FnOnce(&mut Deployment)) -> Option<Deployment> {
        if self.sim.world.pending.is_empty() {
            return None;
        }
        let mut other = self.sim.world.clone();
        other.pending.clear();
        go_on(&mut other);
        Some(other)
    }

    fn write_down(&mut self, step: &StepId, call: Option<&Call>) {
        let Some((log, machines)) = &mut self.log else { return };
        let world = &self.sim.world;
        let on = |m: &&Fqdn| world.host(m).is_some_and(|h| h.power) || world.front_end(m).is_some_and(|f| f.power);
        log.push((step.clone(), call.cloned(), machines.iter().filter(on).cloned().collect()));
    }

    /// Scripts the fault that waits for this step, if one does.
    fn arm(&mut self, step: &StepId, call: &Call) -> Option<&'a Trial> {
        let performed = self.performed.entry(step.clone()).or_default();
        performed.0 += 1;
        // Counted from the first call that a fault struck.
        performed.1 += usize::from(performed.1 > 0);
        let due = |t: &&Trial| t.step == *step && t.act.is_some() && t.call < performed.0;
        let found = self.trials.iter().position(|&t| due(&t))?;
        let deeds = bind(call).ok()?;
        let trial = self.trials.remove(found);
        let n = trial.act?.min(deeds.len().checked_sub(1)?);
        let on = deeds[n].called();
        let nth = deeds[..=n].iter().filter(|d| d.called() == on).count();
        let fault = Fault::new(on, trial.kind.clone()).nth(u32::try_from(nth).unwrap_or(1));
        self.sim.world.faults.push(fault);
        self.struck += 1;
        performed.1 = performed.1.max(1);
        Some(trial)
    }
}

impl Driver for Stage<'_> {
    fn now(&self) -> Timestamp {
        self.sim.now()
    }

    fn observe(&mut self, estate: &Estate, fields: &[Field]) -> Result<Vec<Fact>, DriverError> {
        let facts = self.sim.observe(estate, fields)?;
        let answer = |fact: Fact| {
            let word = self.words.iter().find(|w| fact.source == "no attestation" && w.same_field(&fact));
            word.cloned().unwrap_or(fact)
        };
        Ok(facts.into_iter().map(answer).collect())
    }

    fn perform(&mut self, step: &StepId, call: &Call, limit: Option<u32>) -> Result<Said, DriverError> {
        self.write_down(step, Some(call));
        if let Call::Person(Task::Rebuild { host }) = call {
            // The fence ends when the rebuild begins.
            self.words.retain(|w| w.subject != host.to_string() || w.attribute != "fenced");
        }
        let armed = self.arm(step, call);
        let taken = armed.and_then(Trial::takes);
        // The same call without what the fault itself takes, to tell its doing from the plan's.
        let unharmed = taken.map(|_| {
            let mut other = self.sim.world.clone();
            if let Some(fault) = other.faults.last_mut() {
                fault.kind = match fault.kind {
                    FaultKind::HostDies { done, .. } => FaultKind::HalfSucceeds { done },
                    _ => FaultKind::SaysYesDoesNothing,
                };
            }
            other.perform(call);
            other
        });
        let unharmed = unharmed.or_else(|| self.without_late(|world| drop(world.perform(call))));
        let (share, from) = (self.watch.unserved(&self.sim.world), self.sim.now());
        let known = self.sim.world.ledger.len();
        let said = self.sim.perform(step, call, limit)?;
        self.watch.count(share, from, self.sim.now());
        self.sim.world.faults.clear();
        self.dark.extend(armed.and_then(Trial::darkens).cloned());
        if taken.is_some() {
            // What a hand destroys while it slips, no order of steps could have kept.
            let lost = self.sim.world.ledger.iter().skip(known).map(|l| format!("{} on {} is lost", l.database, l.on));
            self.watch.by_fault.extend(lost);
            self.blameless.extend(known..self.sim.world.ledger.len());
        }
        self.watch.announce(&self.begun.borrow());
        self.watch.look(&mut self.sim.world, step, &self.words, unharmed);
        Ok(said)
    }

    fn besides(&mut self, call: &Call) -> Result<Vec<String>, DriverError> {
        self.sim.besides(call)
    }

    fn wait(&mut self, seconds: u32) -> Result<(), DriverError> {
        let step = self.current.borrow().clone();
        let waits = step.as_ref().and_then(|s| self.trials.iter().position(|t| t.step == *s && t.act.is_none()));
        if let Some(step) = &step {
            self.write_down(step, None);
        }
        let mut unharmed = None;
        if let Some(host) = waits.and_then(|n| self.trials.remove(n).darkens().cloned()) {
            unharmed = Some(self.sim.world.clone());
            self.sim.world.power_off(&host);
            self.dark.push(host);
            self.struck += 1;
        }
        let unharmed = unharmed.or_else(|| self.without_late(|world| world.advance(u64::from(seconds))));
        let (share, from) = (self.watch.unserved(&self.sim.world), self.sim.now());
        let known = self.sim.world.events.len();
        self.sim.wait(seconds)?;
        self.watch.count(share, from, self.sim.now());
        if unharmed.is_some() || self.sim.world.events.len() > known {
            let step = step.unwrap_or(StepId(String::new()));
            self.watch.announce(&self.begun.borrow());
            self.watch.look(&mut self.sim.world, &step, &self.words, unharmed);
        }
        Ok(())
    }

    fn is_simulated(&self) -> bool {
        true
    }
}
