//! Watching a run: what the invariants say after every act, and how long users are out. It does nothing to the deployment.

use std::collections::BTreeSet;

use executor::driver::Driver as _;
use executor::simulated::{Deployment, Loss, Simulated};
use jiff::Timestamp;
use model::declaration::{Clause, StepId};
use model::estate::Estate;
use model::fact::Fact;
use model::field::{Field, State, Value, Write};
use model::problem::Problem;
use model::truth::Truth;
use model::view::View;
use topology::names::Fqdn;

use crate::outage;
use crate::result::Broken;

/// What a run is watched for.
pub(crate) struct Watch<'a> {
    problem: &'a Problem,
    invariants: Vec<Clause>,
    fields: Vec<Field>,
    /// The pools of the plan.
    pub pools: Vec<Fqdn>,
    /// Sees the deployment with a memory of its own, so that looking more often changes nothing for the run.
    eye: Simulated,
    standing: Vec<Truth>,
    /// Services that stand still by announcement, until all of them run again.
    announced: BTreeSet<Field>,
    /// What got worse, and not by the fault alone.
    pub broken: Vec<Broken>,
    /// What the fault itself took.
    pub by_fault: Vec<String>,
    /// Thousandths of a pool's users, times seconds, without service.
    pub out: u64,
}

/// The invariants that hold for everybody, whatever the plan was made with.
pub(crate) fn invariants(problem: &Problem) -> Vec<Clause> {
    model::invariant::all(&Problem { lifted: BTreeSet::new(), ..problem.clone() })
}

impl<'a> Watch<'a> {
    pub fn new(problem: &'a Problem, world: &Deployment, words: &[Fact]) -> Self {
        let invariants = invariants(problem);
        let mut fields = Vec::new();
        invariants.iter().for_each(|c| c.condition.fields(problem.view(&problem.initial), &mut fields));
        fields.sort_unstable();
        fields.dedup();
        let pools = problem.pools().into_iter().map(|p| problem.estate.pool(p).fqdn.clone()).collect();
        let eye = Simulated::new(world.clone()).with_base(world.now);
        let mut watch = Self {
            problem,
            invariants,
            fields,
            pools,
            eye,
            standing: Vec::new(),
            announced: BTreeSet::new(),
            broken: Vec::new(),
            by_fault: Vec::new(),
            out: 0,
        };
        watch.standing = watch.stand(words);
        watch
    }

    /// The share of users that are out, summed over pools.
    pub fn unserved(&self, world: &Deployment) -> u64 {
        self.pools.iter().map(|p| outage::unserved(world, p)).sum()
    }

    /// Whether a loss is of a database that was given up by name.
    pub fn gives_up(&self, loss: &Loss) -> bool {
        let estate = &self.problem.estate;
        self.problem.consents.iter().any(|&d| {
            let database = estate.database(d);
            let mut instances = estate.store(database.store).instances.iter();
            database.name.eq_ignore_ascii_case(&loss.database) && instances.any(|&i| estate.instance(i).name == loss.on)
        })
    }

    /// A step stops a pool by announcement: from here on its services may stand still, until all of them run again.
    pub fn announce(&mut self, begin: &[Write]) {
        let stops = begin.iter().filter(|w| w.value == Value::AnnouncedStop);
        self.announced.extend(stops.map(|w| w.field));
    }

    /// Counts the time since `from`, during which that share was out.
    pub fn count(&mut self, share: u64, from: Timestamp, to: Timestamp) {
        self.out += share * u64::try_from(to.duration_since(from).as_secs()).unwrap_or(0);
    }

    /// Looks at the world after something was done to it. `unharmed` is the same world without the machine that the fault
    /// took: what is false here and not there is the doing of the fault alone.
    pub fn look(&mut self, world: &mut Deployment, step: &StepId, words: &[Fact], unharmed: Option<Deployment>) {
        std::mem::swap(&mut self.eye.world, world);
        let now = self.stand(words);
        std::mem::swap(&mut self.eye.world, world);
        let without = unharmed.map(|mut other| {
            std::mem::swap(&mut self.eye.world, &mut other);
            let stand = self.stand(words);
            std::mem::swap(&mut self.eye.world, &mut other);
            stand
        });
        for n in 0..now.len() {
            // Where something was known to hold, doubt is a breach as well: somebody may serve whom nobody sees.
            if now[n] < self.standing[n] {
                let clause = &self.invariants[n];
                let what = model::words::condition(&self.problem.estate, &clause.condition);
                let blameless = without.as_ref().is_some_and(|w| w[n] >= self.standing[n]);
                // A dark machine leaves doubt about its copies; it takes what is known not to hold without it.
                if blameless && now[n] == Truth::False {
                    self.by_fault.push(what);
                } else if !blameless {
                    self.broken.push(Broken { rule: clause.rule.key, what, step: step.clone() });
                }
            }
            self.standing[n] = now[n];
        }
    }

    fn stand(&mut self, words: &[Fact]) -> Vec<Truth> {
        let estate: &Estate = &self.problem.estate;
        let mut state = State::unknown(estate);
        // The simulated deployment always answers; a driver that does not leaves everything unknown.
        let facts = self.eye.observe(estate, &self.fields).unwrap_or_default();
        for (&field, fact) in self.fields.iter().zip(facts) {
            let word = words.iter().find(|w| fact.source == "no attestation" && w.same_field(&fact));
            state.set(estate, field, word.unwrap_or(&fact).value(estate));
        }
        // Who stands still by announcement cannot be seen; who announced it knows.
        let still = |f: &&Field| state.get(estate, **f) != Value::Running;
        let still: Vec<Field> = self.announced.iter().filter(still).copied().collect();
        if still.is_empty() {
            self.announced.clear();
        }
        still.into_iter().for_each(|f| state.set(estate, f, Value::AnnouncedStop));
        let view = View::new(estate, &state);
        self.invariants.iter().map(|c| c.condition.eval(view)).collect()
    }
}
