//! The rehearsal: once without a fault, to see what is done when; then every fault at every step, and pairs of them.

use std::collections::BTreeSet;

use executor::journal::JournalError;
use executor::simulated::Deployment;
use jiff::Timestamp;
use model::estate::Estate;
use model::fact::Fact;
use model::plan::Plan;
use topology::names::{Fqdn, SqlInstance};

use crate::crew;
use crate::fault::{Act, Trial, trials};
use crate::goal::Goal;
use crate::result::{Rehearsal, Struck, Tried};
use crate::run::{carry_out, ended, onward};
use crate::stage::Stage;
use crate::watch::Watch;

/// The most pairs that are tried; of more, every so-manieth.
pub const MOST_PAIRS: usize = 5_000;

/// What is rehearsed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Also pairs of faults.
    pub pairs: bool,
    /// Only every so-manieth single fault; 0 and 1 are every one. For tests that have little time.
    pub every: usize,
}

/// Why there is no rehearsal.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// There is no folder for journals.
    #[error("there is no temporary folder: {0}")]
    Folder(std::io::Error),
    /// A journal could not be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// Carries a plan out on copies of a deployment, with each fault.
///
/// # Errors
/// When there is no room for a journal. What goes wrong on the deployment is no error, but what is told.
pub fn rehearse(
    plan: &Plan,
    goal: &Goal<'_>,
    world: &Deployment,
    options: Options,
) -> Result<Rehearsal, RehearsalError> {
    let mut world = world.clone();
    // Faults of the file are for `apply`; what was lost before is not this plan's doing.
    world.faults.clear();
    world.ledger.clear();
    let scene = Scene { plan, goal, world: &world };
    let (plain, acts) = scene.plain()?;
    let (strangers, hosts) = (strangers(plan), sql_hosts(plan));
    let mut singles: Vec<Trial> = acts.iter().flat_map(|a| trials(a, &strangers, &hosts)).collect();
    if options.every > 1 {
        singles = singles.into_iter().step_by(options.every).collect();
    }
    let one: Vec<Vec<&Trial>> = singles.iter().map(|t| vec![t]).collect();
    let pairs_of = singles.len() * singles.len().saturating_sub(1) / 2;
    let two = if options.pairs { pairs(&singles, pairs_of) } else { Vec::new() };
    let plain_out = plain.1;
    let work = |job: &Vec<&Trial>| {
        let (mut tried, out) = scene.trial(job.clone())?;
        tried.out_longer = out.saturating_sub(plain_out) / 1000;
        Ok::<Tried, RehearsalError>(tried)
    };
    Ok(Rehearsal {
        steps: plan.steps.iter().map(|s| s.declaration.title.short(plan.estate())).collect(),
        plain: plain.0,
        singles: crew::all(&one, work).into_iter().collect::<Result<_, _>>()?,
        pairs: crew::all(&two, work).into_iter().collect::<Result<_, _>>()?,
        pairs_of: if options.pairs { pairs_of } else { 0 },
    })
}

/// Pairs, the earlier first; evenly chosen where there are too many.
fn pairs(singles: &[Trial], count: usize) -> Vec<Vec<&Trial>> {
    let all = singles.iter().enumerate().flat_map(|(n, a)| singles[n + 1..].iter().map(move |b| vec![a, b]));
    all.step_by(count.div_ceil(MOST_PAIRS).max(1)).collect()
}

/// What every trial begins with.
struct Scene<'a> {
    plan: &'a Plan,
    goal: &'a Goal<'a>,
    world: &'a Deployment,
}

impl<'a> Scene<'a> {
    fn words(&self) -> &'a [Fact] {
        self.goal.words
    }

    fn stage(&self, trials: Vec<&'a Trial>) -> Stage<'a> {
        let base: Timestamp = self.world.now;
        let watch = Watch::new(&self.plan.problem, self.world, self.words());
        Stage::new(self.world, base, self.words(), trials, watch)
    }

    /// Without a fault: how it ends, how long users are out, and what was done.
    fn plain(&self) -> Result<((Tried, u64), Vec<Act>), RehearsalError> {
        let folder = folder()?;
        let mut stage = self.stage(Vec::new());
        stage.log = Some((Vec::new(), machines(self.plan)));
        let report = carry_out(&mut stage, self.plan, folder.path())?;
        let log = stage.log.take().unwrap_or_default().0;
        let ended = ended(self.plan, &report, &stage);
        let after = onward(&mut stage, self.goal, folder.path())?;
        let tried = told(&stage, Vec::new(), ended, after);
        let mut acts: Vec<Act> = Vec::new();
        for (step, call, machines) in log {
            let Some(place) = self.plan.place(&step) else { continue };
            // Looks while a result is awaited are no acts of their own.
            if acts.iter().any(|a| a.place == place && (call.is_none() || a.call.is_none())) {
                continue;
            }
            let ways = &self.plan.steps[place].declaration.ways;
            let patience = ways.iter().map(|w| u64::from(w.limit.unwrap_or(0)) + u64::from(w.settle)).max();
            let nth = acts.iter().filter(|a| a.place == place).count();
            acts.push(Act { place, step, nth, call, machines, patience: patience.unwrap_or(0) });
        }
        Ok(((tried, stage.watch.out), acts))
    }

    /// With faults: what came of them, and how long users were out.
    fn trial(&self, trials: Vec<&'a Trial>) -> Result<(Tried, u64), RehearsalError> {
        let folder = folder()?;
        let faults = trials.iter().map(|t| Struck {
            step: t.place + 1,
            id: t.step.to_string(),
            class: t.class(),
            what: t.words(),
        });
        let faults: Vec<Struck> = faults.collect();
        let mut stage = self.stage(trials);
        let report = carry_out(&mut stage, self.plan, folder.path())?;
        let ended = ended(self.plan, &report, &stage);
        let after = onward(&mut stage, self.goal, folder.path())?;
        Ok((told(&stage, faults, ended, after), stage.watch.out))
    }
}

fn told(stage: &Stage<'_>, faults: Vec<Struck>, ended: crate::Ended, after: crate::After) -> Tried {
    let losses = stage.sim.world.ledger.iter().enumerate();
    // What was given up by name may be lost (invariant 6).
    let losses = losses.filter(|(n, l)| !stage.blameless.contains(n) && !stage.watch.gives_up(l));
    let lost = losses.map(|(_, l)| format!("{} on {}: {} transactions, by {}", l.database, l.on, l.transactions, l.by));
    Tried {
        faults,
        struck: stage.struck,
        ended,
        after,
        broken: stage.watch.broken.clone(),
        lost: lost.collect(),
        by_fault: stage.watch.by_fault.clone(),
        out_longer: 0,
    }
}

/// A folder for the journal of one trial: in memory where there is such a place, because nobody reads it afterwards.
fn folder() -> Result<tempfile::TempDir, RehearsalError> {
    let memory = std::path::Path::new("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir())
    } else {
        tempfile::tempdir()
    };
    made.map_err(RehearsalError::Folder)
}

/// The instances that may hold a store that the plan manages.
fn instances(plan: &Plan) -> BTreeSet<model::estate::InstanceId> {
    let estate = plan.estate();
    plan.problem.wishes.iter().flat_map(|w| estate.store(w.store).instances.clone()).collect()
}

fn sql_hosts(plan: &Plan) -> BTreeSet<Fqdn> {
    let estate = plan.estate();
    instances(plan).into_iter().map(|i| estate.instance(i).name.host.clone()).collect()
}

/// Machines that can die: the SQL hosts of managed stores and the Front Ends of their pools.
fn machines(plan: &Plan) -> Vec<Fqdn> {
    let estate: &Estate = plan.estate();
    let front_ends = plan.problem.pools().into_iter().flat_map(|p| estate.pool(p).front_ends.clone());
    let mut all: Vec<Fqdn> = sql_hosts(plan).into_iter().collect();
    all.extend(front_ends.map(|f| estate.front_end(f).fqdn.clone()));
    all
}

/// Instances that no store of the plan may lie on: what a slip can put into a slot.
fn strangers(plan: &Plan) -> Vec<SqlInstance> {
    let (estate, ours) = (plan.estate(), instances(plan));
    let others = estate.instance_ids().filter(|i| !ours.contains(i));
    others.map(|i| estate.instance(i).name.clone()).collect()
}
