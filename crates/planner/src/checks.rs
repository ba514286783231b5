//! The clauses of a plan as checks: what must hold, where it is checked, and which steps write what it reads. It checks
//! nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use model::condition::Condition;
use model::declaration::{Declaration, Group, Rule};
use model::estate::{Estate, PoolId};
use model::field::{Field, State, Write};
use model::problem::Problem;
use model::truth::Truth;

use crate::cost::unserved;
use crate::verify::fields;

/// One clause.
pub(crate) struct Check {
    pub kind: Kind,
    /// The step at whose begin it is checked; none for an invariant, which is checked always.
    pub at: Option<usize>,
    /// The steps that write what it reads.
    pub writers: Vec<Writer>,
}

pub(crate) enum Kind {
    Requirement(Condition, Rule),
    Invariant(Condition, Rule, Truth),
    /// The most that may be unserved of a pool.
    Outage(PoolId, u64),
}

/// What a step does to the fields of one check.
#[derive(Clone)]
pub(crate) struct Writer {
    pub step: usize,
    pub begin: Vec<Write>,
    pub end: Vec<Write>,
    /// Different ways to be unfinished, beyond its begin.
    pub partial: Vec<Vec<Write>>,
}

impl Writer {
    fn writes(&self) -> impl Iterator<Item = &Write> {
        self.begin.iter().chain(&self.end).chain(self.partial.iter().flatten())
    }
}

/// The checks of a plan.
pub(crate) struct Checks<'a> {
    problem: &'a Problem,
    steps: &'a [&'a Declaration],
    /// The steps that write each field, in whatever outcome.
    writing: HashMap<Field, BTreeSet<usize>>,
    pub list: Vec<Check>,
    /// The fields that some clause or the goal reads.
    pub read: HashSet<Field>,
}

impl<'a> Checks<'a> {
    /// The checks of a plan's steps, given in an order in which they work.
    pub fn of(problem: &'a Problem, steps: &'a [&'a Declaration]) -> Self {
        let mut writing: HashMap<Field, BTreeSet<usize>> = HashMap::new();
        for (n, d) in steps.iter().enumerate() {
            let partial = d.partial.iter().flatten().flatten();
            for w in d.begin.iter().chain(&d.end).chain(partial) {
                writing.entry(w.field).or_default().insert(n);
            }
        }
        let read = problem.goal().iter().flat_map(|c| fields(problem, &c.condition)).collect();
        let mut checks = Self { problem, steps, writing, list: Vec::new(), read };
        checks.requirements();
        checks.invariants();
        checks.outages();
        checks
    }

    fn requirements(&mut self) {
        for (j, d) in self.steps.iter().enumerate() {
            for c in &d.requires {
                let read = fields(self.problem, &c.condition);
                self.read.extend(read.iter().copied());
                self.add(Some(j), self.writers(&read, Some(j), false), || {
                    Kind::Requirement(c.condition.clone(), c.rule)
                });
            }
        }
    }

    fn invariants(&mut self) {
        let v = self.problem.view(&self.problem.initial);
        for c in model::invariant::all(self.problem) {
            let read = fields(self.problem, &c.condition);
            self.read.extend(read.iter().copied());
            let at_first = c.condition.eval(v);
            self.add(None, self.writers(&read, None, true), || Kind::Invariant(c.condition.clone(), c.rule, at_first));
        }
    }

    /// A step does not begin while more users of its pools are without service than in the plan's own order. Steps that
    /// bring a store back are free: they belong to the announced wait for service, and may run side by side.
    fn outages(&mut self) {
        let problem = self.problem;
        let mut state = problem.initial.clone();
        let served = |s: &State| {
            let v = problem.view(s);
            problem.wishes.iter().filter(|w| v.store_served(w.store) == Truth::True).count()
        };
        let mut before = served(&state);
        let read: BTreeMap<PoolId, Vec<Field>> =
            problem.pools().into_iter().map(|p| (p, service_fields(problem, p))).collect();
        for j in 0..self.steps.len() {
            let most: Vec<_> =
                self.concerned(j, &read).into_iter().map(|p| (p, unserved(problem, &state, p))).collect();
            for w in self.steps[j].begin.iter().chain(&self.steps[j].end) {
                state.set(&problem.estate, w.field, w.value);
            }
            let after = served(&state);
            if after <= before {
                for (pool, share) in most {
                    self.add(Some(j), self.writers(&read[&pool], Some(j), false), || Kind::Outage(pool, share));
                }
            }
            before = after;
        }
    }

    /// The pools that a step works on: those whose fields it writes. A step that writes none of any pool serves all.
    fn concerned(&self, j: usize, pools: &BTreeMap<PoolId, Vec<Field>>) -> Vec<PoolId> {
        let estate = &self.problem.estate;
        let own = works_on(estate, self.steps[j]);
        pools.keys().copied().filter(|p| own.is_empty() || own.contains(p)).collect()
    }

    /// Adds a check. Steps of one exclusive group that leave its fields as they were at first need not be combined: at
    /// most one of them runs, and the others have not been there.
    fn add(&mut self, at: Option<usize>, writers: Vec<Writer>, kind: impl Fn() -> Kind) {
        let passing = self.passing(&writers);
        if passing.len() < 2 {
            self.list.push(Check { kind: kind(), at, writers });
            return;
        }
        for &one in &passing {
            let with = writers.iter().filter(|w| w.step == one || !passing.contains(&w.step)).cloned();
            self.list.push(Check { kind: kind(), at, writers: with.collect() });
        }
    }

    /// The writers that pass without a trace: of one exclusive group, back at the first values at their end, alone with
    /// their fields.
    fn passing(&self, writers: &[Writer]) -> BTreeSet<usize> {
        let mut groups: BTreeMap<Group, Vec<&Writer>> = BTreeMap::new();
        for w in writers {
            if let Some(group) = self.steps[w.step].group {
                groups.entry(group).or_default().push(w);
            }
        }
        let first = |field| self.problem.initial.get(&self.problem.estate, field);
        let returns = |w: &Writer| {
            w.writes().all(|x| {
                let ends = w.end.iter().rev().chain(w.begin.iter().rev()).find(|y| y.field == x.field);
                ends.is_none_or(|y| y.value == first(x.field))
            })
        };
        // One group is enough: what is left of the others is combined as ever.
        let Some(largest) = groups.into_values().max_by_key(Vec::len) else { return BTreeSet::new() };
        let mut passing: BTreeSet<usize> = largest.into_iter().filter(|w| returns(w)).map(|w| w.step).collect();
        loop {
            let others = writers.iter().filter(|w| !passing.contains(&w.step));
            let taken: HashSet<Field> = others.flat_map(Writer::writes).map(|w| w.field).collect();
            let shares = |w: &&Writer| passing.contains(&w.step) && w.writes().any(|x| taken.contains(&x.field));
            let Some(step) = writers.iter().find(shares).map(|w| w.step) else { return passing };
            passing.remove(&step);
        }
    }

    /// The steps that write one of the fields, with just these writes.
    fn writers(&self, read: &[Field], but: Option<usize>, partial: bool) -> Vec<Writer> {
        let only = |writes: &[Write]| -> Vec<Write> {
            writes.iter().filter(|w| read.binary_search(&w.field).is_ok()).copied().collect()
        };
        let writer = |step: usize| {
            let d = self.steps[step];
            let (begin, end) = (only(&d.begin), only(&d.end));
            let mut outcomes: Vec<Vec<Write>> = Vec::new();
            if partial {
                // Units that touch none of the fields would only multiply the same.
                let mut unfinished = vec![Vec::new()];
                for unit in &d.partial {
                    let mut choices: Vec<Vec<Write>> = unit.iter().map(|o| only(o)).collect();
                    choices.sort();
                    choices.dedup();
                    if choices.iter().all(Vec::is_empty) {
                        continue;
                    }
                    unfinished = unfinished
                        .iter()
                        .flat_map(|so_far: &Vec<Write>| choices.iter().map(move |c| [so_far.as_slice(), c].concat()))
                        .collect();
                }
                outcomes = unfinished.into_iter().filter(|o| !o.is_empty() && *o != end).collect();
            }
            Writer { step, begin, end, partial: outcomes }
        };
        let steps: BTreeSet<usize> = read.iter().filter_map(|f| self.writing.get(f)).flatten().copied().collect();
        let steps = steps.into_iter().filter(|&i| Some(i) != but).map(writer);
        steps.filter(|w| !(w.begin.is_empty() && w.end.is_empty() && w.partial.is_empty())).collect()
    }
}

/// The pools whose fields a step writes.
pub(crate) fn works_on(estate: &Estate, d: &Declaration) -> BTreeSet<PoolId> {
    d.begin.iter().chain(&d.end).flat_map(|w| pools_of(estate, w.field)).collect()
}

/// The pools to which a field belongs; none for a field of the estate.
fn pools_of(estate: &Estate, field: Field) -> Vec<PoolId> {
    let users = |s| estate.store(s).users.clone();
    let host = |h| estate.stores_on(h).iter().flat_map(|&s| users(s)).collect();
    match field {
        Field::Reachable(h) | Field::Fenced(h) | Field::Epoch(h) => host(h),
        Field::Answers(i) | Field::Ready(i) => host(estate.host_of(i)),
        Field::Role(d, _)
        | Field::Session(d, _)
        | Field::Content(d, _)
        | Field::Safety(d, _)
        | Field::Witness(d, _)
        | Field::WitnessLink(d, _) => users(estate.database(d).store),
        Field::PrimarySlot(s) | Field::MirrorSlot(s) | Field::WitnessSlot(s) => users(s),
        Field::Services(f)
        | Field::Replica(f)
        | Field::LoadedPrimary(f, _)
        | Field::LoadedMirror(f, _)
        | Field::VoterEpoch(f)
        | Field::StartedSinceMirror(f) => vec![estate.front_end(f).pool],
        Field::Tested(p) | Field::LogBackups(p) | Field::Reports(p) | Field::HoldsCms(p) => vec![p],
        Field::CmsWritable | Field::Saved | Field::Publishing => Vec::new(),
    }
}

/// What `unserved` reads of a pool, sorted.
fn service_fields(problem: &Problem, pool: PoolId) -> Vec<Field> {
    let estate = &problem.estate;
    let front_ends = &estate.pool(pool).front_ends;
    let mut out: Vec<Field> = front_ends.iter().map(|&f| Field::Services(f)).collect();
    if let Some(s) = estate.store_of(pool, model::database_type::DatabaseType::User) {
        out.extend(front_ends.iter().flat_map(|&f| [Field::LoadedPrimary(f, s), Field::LoadedMirror(f, s)]));
        for &i in &estate.store(s).instances {
            out.extend([Field::Answers(i), Field::Fenced(estate.host_of(i))]);
            out.extend(estate.store(s).databases.iter().flat_map(|&d| [Field::Role(d, i), Field::Content(d, i)]));
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}
