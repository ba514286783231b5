//! Every way in which a plan can be carried out: each set of steps that has ended, each set that has begun beside it, each
//! partial outcome of those. Told from rules §2 and shared with nothing of the planner; it knows no files.

use std::collections::{BTreeSet, HashMap};

use model::condition::Condition;
use model::database_type::DatabaseType;
use model::declaration::{Clause, Declaration};
use model::estate::{DatabaseId, HostId, PoolId, StoreId};
use model::field::{Field, State, Value, Write};
use model::plan::Plan;
use model::problem::Problem;
use model::truth::Truth;

/// More moments than this are not looked at.
pub const MOST: usize = 60_000;
/// More partial outcomes of steps that run side by side are looked at one step at a time.
const PRODUCT: usize = 128;

/// What came of looking.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    /// It works in every order; so many moments were looked at, and so many states that they may leave behind.
    Works(usize, usize),
    /// It does not: what fails, and where.
    Fails(String),
    /// There are too many moments.
    TooMany,
}

/// A moment: the steps that have ended, and those that have begun beside them.
type Moment = (u128, u128);

struct Looker<'a> {
    problem: &'a Problem,
    steps: Vec<&'a Declaration>,
    /// For each step those that must have ended before it begins.
    before: Vec<u128>,
    invariants: Vec<Clause>,
    goal: Vec<Clause>,
    /// Fields that something reads; a difference in any other is none.
    read: BTreeSet<Field>,
    /// How the invariants stand at first.
    first: Vec<Truth>,
    /// For each step, the share of each pool without service when it begins in the plan's own order; none for a step that
    /// brings a store back.
    announced: Vec<Option<Vec<u64>>>,
}

fn bit(n: usize) -> u128 {
    1 << n
}

fn members(set: u128) -> impl Iterator<Item = usize> {
    (0..128).filter(move |&n| set & bit(n) != 0)
}

/// Looks at everything that a plan allows under these edges.
pub fn look(plan: &Plan, edges: &[(usize, usize)], partial: bool) -> Seen {
    if plan.steps.len() > 128 {
        return Seen::TooMany;
    }
    let looker = Looker::new(plan, edges);
    match looker.walk(partial) {
        Ok((moments, states)) => Seen::Works(moments, states),
        Err(seen) => seen,
    }
}

impl<'a> Looker<'a> {
    fn new(plan: &'a Plan, edges: &[(usize, usize)]) -> Self {
        let problem = &plan.problem;
        let steps: Vec<_> = plan.steps.iter().map(|s| &s.declaration).collect();
        let mut before = vec![0u128; steps.len()];
        for to in 0..steps.len() {
            for &(from, _) in edges.iter().filter(|e| e.1 == to) {
                before[to] |= before[from] | bit(from);
            }
        }
        let (invariants, goal) = (model::invariant::all(problem), problem.goal());
        let mut looker = Self {
            problem,
            steps,
            before,
            invariants,
            goal,
            read: BTreeSet::new(),
            first: Vec::new(),
            announced: Vec::new(),
        };
        looker.first = looker.stand(&problem.initial);
        let clauses = looker.invariants.iter().chain(&looker.goal).chain(looker.steps.iter().flat_map(|d| &d.requires));
        let mut read = Vec::new();
        clauses.for_each(|c| c.condition.fields(problem.view(&problem.initial), &mut read));
        looker.read = read.into_iter().collect();
        looker.announce();
        looker
    }

    /// The plan's own order: what it says about outages.
    fn announce(&mut self) {
        let mut state = self.problem.initial.clone();
        for n in 0..self.steps.len() {
            let shares = self.out(&state);
            let served = self.served(&state);
            self.write(&mut state, &self.steps[n].begin);
            self.write(&mut state, &self.steps[n].end);
            self.announced.push((self.served(&state) <= served).then_some(shares));
        }
    }

    fn write(&self, state: &mut State, writes: &[Write]) {
        writes.iter().for_each(|w| state.set(&self.problem.estate, w.field, w.value));
    }

    fn holds(&self, condition: &Condition, state: &State) -> bool {
        condition.eval(self.problem.view(state)) == Truth::True
    }

    fn stand(&self, state: &State) -> Vec<Truth> {
        self.invariants.iter().map(|c| c.condition.eval(self.problem.view(state))).collect()
    }

    /// Whether a database is seen to be served, and not by a copy that is known to be empty.
    fn whole(&self, state: &State, d: DatabaseId) -> bool {
        let v = self.problem.view(state);
        let instances = &self.problem.estate.store(self.problem.estate.database(d).store).instances;
        let empty = |i| v.get(Field::Content(d, i)) == Value::Fresh;
        instances.iter().any(|&i| v.serves(d, i) == Truth::True && !empty(i))
    }

    /// Managed stores all of whose databases are seen to be served.
    fn served(&self, state: &State) -> usize {
        let stores = self.problem.wishes.iter().map(|w| self.problem.estate.store(w.store));
        stores.filter(|s| s.databases.iter().all(|&d| self.whole(state, d))).count()
    }

    /// For each pool, Front Ends of a thousand without service: all while the user store is not served, else those that do
    /// not run or do not find it.
    fn out(&self, state: &State) -> Vec<u64> {
        let v = self.problem.view(state);
        let estate = &self.problem.estate;
        let share = |pool: PoolId| {
            let user = estate.store_of(pool, DatabaseType::User).map(|s| estate.store(s));
            if user.is_some_and(|s| !s.databases.iter().all(|&d| self.whole(state, d))) {
                return 1000;
            }
            let front_ends = &estate.pool(pool).front_ends;
            let out = front_ends.iter().filter(|&&f| {
                let services = v.get(Field::Services(f));
                ![Value::Running, Value::Unknown].contains(&services) || v.front_end_reaches(f) == Truth::False
            });
            out.count() as u64 * 1000 / front_ends.len() as u64
        };
        self.problem.pools().into_iter().map(share).collect()
    }

    /// Whether a step works on a pool: it writes something of its Front Ends, of a store it uses, or of a machine that one
    /// may lie on. One that writes nothing of any pool works for all.
    fn works_on(&self, d: &Declaration, pool: PoolId) -> bool {
        let estate = &self.problem.estate;
        let uses = |s: StoreId| estate.store(s).users.contains(&pool);
        let on = |h: HostId| {
            estate.store_ids().any(|s| uses(s) && estate.store(s).instances.iter().any(|&i| estate.host_of(i) == h))
        };
        let of = |f: Field| match f {
            Field::Reachable(h) | Field::Fenced(h) | Field::Epoch(h) => on(h),
            Field::Answers(i) | Field::Ready(i) => on(estate.host_of(i)),
            Field::Role(x, _) | Field::Session(x, _) | Field::Content(x, _) => uses(estate.database(x).store),
            Field::Safety(x, _) | Field::Witness(x, _) | Field::WitnessLink(x, _) => uses(estate.database(x).store),
            Field::PrimarySlot(s) | Field::MirrorSlot(s) | Field::WitnessSlot(s) => uses(s),
            Field::Services(f) | Field::Replica(f) | Field::VoterEpoch(f) => estate.front_end(f).pool == pool,
            Field::StartedSinceMirror(f) => estate.front_end(f).pool == pool,
            Field::LoadedPrimary(f, _) | Field::LoadedMirror(f, _) => estate.front_end(f).pool == pool,
            Field::Tested(p) | Field::LogBackups(p) | Field::Reports(p) | Field::HoldsCms(p) => p == pool,
            Field::CmsWritable | Field::Saved | Field::Publishing => false,
        };
        d.begin.iter().chain(&d.end).any(|w| of(w.field))
    }

    fn fails(&self, what: String, moment: Moment) -> Seen {
        let names = |set| members(set).map(|n| self.steps[n].id.0.as_str()).collect::<Vec<_>>().join(", ");
        Seen::Fails(format!("{what}; begun: {}; ended: {}", names(moment.1), names(moment.0)))
    }

    /// From moment to moment: a step begins, or ends.
    fn walk(&self, partial: bool) -> Result<(usize, usize), Seen> {
        let mut looked = 0;
        let mut states: HashMap<Moment, State> = HashMap::from([((0, 0), self.problem.initial.clone())]);
        let mut queue = vec![(0, 0)];
        while let Some(moment) = queue.pop() {
            let state = states[&moment].clone();
            looked += self.stands(moment, &state, partial)?;
            let (ended, begun) = moment;
            let mut next = Vec::new();
            for n in (0..self.steps.len()).filter(|&n| (ended | begun) & bit(n) == 0 && self.before[n] & !ended == 0) {
                let shares_group =
                    |m: usize| self.steps[n].group.is_some() && self.steps[m].group == self.steps[n].group;
                if members(begun).any(shares_group) {
                    continue;
                }
                self.may_begin(n, moment, &state)?;
                let mut after = state.clone();
                self.write(&mut after, &self.steps[n].begin);
                next.push(((ended, begun | bit(n)), after));
            }
            for n in members(begun) {
                let mut after = state.clone();
                self.write(&mut after, &self.steps[n].end);
                next.push(((ended | bit(n), begun & !bit(n)), after));
            }
            for (moment, after) in next {
                match states.get(&moment) {
                    Some(known) => self.same(known, &after, moment)?,
                    None => {
                        states.insert(moment, after);
                        queue.push(moment);
                    }
                }
            }
            if states.len() > MOST {
                return Err(Seen::TooMany);
            }
        }
        let all = (0..self.steps.len()).fold(0, |set, n| set | bit(n));
        let last = &states[&(all, 0)];
        match self.goal.iter().find(|c| !self.holds(&c.condition, last)) {
            Some(c) => Err(self.fails(format!("the goal is missed: {:?}", c.condition), (all, 0))),
            None => Ok((states.len(), looked)),
        }
    }

    /// The same steps in another order leave the same behind, in all that anything reads.
    fn same(&self, one: &State, other: &State, moment: Moment) -> Result<(), Seen> {
        let get = |s: &State, f| s.get(&self.problem.estate, f);
        match self.read.iter().find(|&&f| get(one, f) != get(other, f)) {
            Some(f) => Err(self.fails(format!("{f:?} depends on the order"), moment)),
            None => Ok(()),
        }
    }

    fn may_begin(&self, n: usize, moment: Moment, state: &State) -> Result<(), Seen> {
        let d = self.steps[n];
        if let Some(c) = d.requires.iter().find(|c| !self.holds(&c.condition, state)) {
            return Err(self.fails(format!("{} may not begin: {:?}", d.id, c.condition), moment));
        }
        if let (Some(most), 0) = (&self.announced[n], moment.1) {
            let pools = self.problem.pools();
            let none = !pools.iter().any(|&p| self.works_on(d, p));
            let longer = |(pool, (now, most)): (&PoolId, (&u64, &u64))| now > most && (none || self.works_on(d, *pool));
            if pools.iter().zip(self.out(state).iter().zip(most)).any(longer) {
                return Err(self.fails(format!("{} begins in an outage that nobody announced", d.id), moment));
            }
        }
        Ok(())
    }

    /// No invariant is worse than at first, whatever the steps that run may leave behind: so many states.
    fn stands(&self, moment: Moment, state: &State, partial: bool) -> Result<usize, Seen> {
        let mut states = vec![state.clone()];
        if partial {
            let begun: Vec<usize> = members(moment.1).collect();
            let outcomes: Vec<_> = begun.iter().map(|&n| self.steps[n].partial_outcomes()).collect();
            let product: usize = outcomes.iter().map(|o| o.len() + 1).product();
            for own in &outcomes {
                let so_far = if product <= PRODUCT { states.clone() } else { states[..1].to_vec() };
                for one in &so_far {
                    states.extend(own.iter().map(|writes| {
                        let mut left = one.clone();
                        self.write(&mut left, writes);
                        left
                    }));
                }
            }
        }
        for state in &states {
            let now = self.stand(state);
            if let Some(n) = (0..now.len()).find(|&n| now[n] < self.first[n]) {
                return Err(self.fails(format!("{:?}: {:?}", self.invariants[n].condition, now[n]), moment));
            }
        }
        Ok(states.len())
    }
}
