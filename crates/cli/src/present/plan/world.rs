//! A plan together with what is asked of it by every part of the view: states by step, who serves, what is protected. It
//! says nothing in words.

use std::collections::{BTreeMap, BTreeSet};

use model::actions::Action;
use model::call::{Call, Task};
use model::declaration::{Performer, Risk, Way, Work};
use model::estate::{Estate, InstanceId, PoolId};
use model::fact::Fact;
use model::field::{Field, State, Value};
use model::problem::Problem;
use model::truth::Truth;
use model::view::View;
use planner::safe_stop;
use planner::sequence::Placed;
use planner::solve::Solved;
use planner::step::Rules;
use serde::Serialize;
use topology::names::Fqdn;

use super::touched::Touched;
use crate::present::Context;
use crate::present::names::{Names, Spelt};

/// A plan and its surroundings.
pub struct World<'a> {
    /// The plan.
    pub solved: &'a Solved,
    /// The facts, the time, the files.
    pub context: &'a Context<'a>,
    /// How names are written.
    pub names: Names<'a>,
    /// After which steps, counted from 0, the plan may rest.
    pub safe_stops: Vec<usize>,
    /// The facts by their field.
    pub facts: BTreeMap<Field, &'a Fact>,
    /// Which pools each step touches.
    pub touched: Touched,
    /// The steps that must have ended before each, counted from 0, directly.
    pub before: Vec<Vec<usize>>,
}

/// A time in which some database has no second copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The step with which it begins, by number; none if it has begun before the plan.
    pub from_step: Option<usize>,
    /// The step with whose end it is over, by number; none if it is not, in this plan.
    pub until_step: Option<usize>,
}

impl Window {
    /// In words: `until step 23`, `from step 38 until step 46`; empty where it is all the time.
    #[must_use]
    pub fn text(self) -> String {
        match (self.from_step, self.until_step) {
            (None, Some(until)) => format!("until step {until}"),
            (Some(from), Some(until)) => format!("from step {from} until step {until}"),
            (Some(from), None) => format!("from step {from} on"),
            (None, None) => String::new(),
        }
    }

    /// Several of them in words.
    #[must_use]
    pub fn all(windows: &[Self]) -> String {
        let texts: Vec<String> = windows.iter().map(|w| w.text()).collect();
        texts.join(", and again ")
    }
}

impl<'a> World<'a> {
    /// A plan and its surroundings.
    #[must_use]
    pub fn new(solved: &'a Solved, context: &'a Context<'a>) -> Self {
        let problem = &solved.plan.problem;
        let safe_stops = safe_stop::safe_stops(&Rules::new(problem), &solved.placed);
        let steps = solved.placed.iter().map(|p| &*p.declaration);
        let mut before = vec![Vec::new(); solved.plan.steps.len()];
        solved.plan.edges.iter().for_each(|e| before[e.to].push(e.from));
        Self {
            solved,
            context,
            names: Names::new(&problem.estate),
            safe_stops,
            facts: context.snapshot.by_field(&problem.estate),
            touched: Touched::of(&problem.estate, steps),
            before,
        }
    }

    /// The question.
    #[must_use]
    pub fn problem(&self) -> &'a Problem {
        &self.solved.plan.problem
    }

    /// The estate.
    #[must_use]
    pub fn estate(&self) -> &'a Estate {
        &self.problem().estate
    }

    /// The steps with the states around them.
    #[must_use]
    pub fn placed(&self) -> &'a [Placed] {
        &self.solved.placed
    }

    /// The world before the plan.
    #[must_use]
    pub fn first(&self) -> View<'a> {
        self.view(&self.problem().initial)
    }

    /// The world after the plan.
    #[must_use]
    pub fn last(&self) -> View<'a> {
        self.view(self.placed().last().map_or(&self.problem().initial, |p| &p.taken.after))
    }

    /// The world after a step, counted from 0.
    #[must_use]
    pub fn after(&self, n: usize) -> View<'a> {
        self.view(&self.placed()[n].taken.after)
    }

    /// A view of a state.
    #[must_use]
    pub fn view(&self, state: &'a State) -> View<'a> {
        self.problem().view(state)
    }

    /// The way that is taken first, as far as is known.
    #[must_use]
    pub fn way(&self, p: &'a Placed) -> Option<&'a Way> {
        p.declaration.way(self.view(&p.before)).or(p.declaration.ways.first())
    }

    /// The Front End that people restart as a part of a task.
    #[must_use]
    pub fn restarted_by_hand(&self, p: &'a Placed) -> Option<&'a Fqdn> {
        match &self.way(p)?.call {
            Call::Person(Task::MoveCms { front_end, .. }) => Some(front_end),
            Call::Person(_) | Call::Cmdlets(_) | Call::Sql { .. } | Call::SqlInTurn(_) | Call::Wait => None,
        }
    }

    /// Who performs a step.
    #[must_use]
    pub fn who(&self, p: &'a Placed) -> Performer {
        self.way(p).map_or(Performer::Wait, |w| w.performer)
    }

    /// The risk of a step where it stands.
    #[must_use]
    pub fn risk(&self, p: &'a Placed) -> Risk {
        p.declaration.risk(self.view(&p.before))
    }

    /// Whether every managed store is served.
    #[must_use]
    pub fn served(&self, v: View<'_>) -> bool {
        self.problem().wishes.iter().all(|w| v.store_served(w.store) == Truth::True)
    }

    /// Whether the users of a pool have their back end.
    #[must_use]
    pub fn users_served(&self, v: View<'_>, pool: PoolId) -> bool {
        let user = self.estate().store_of(pool, model::database_type::DatabaseType::User);
        user.is_none_or(|s| v.store_served(s) == Truth::True)
    }

    /// Whether a step lets the users of some pool be served from where they were not. Databases that are created or filled
    /// again are nothing that a session of theirs could follow.
    #[must_use]
    pub fn moves_users(&self, p: &'a Placed) -> bool {
        if matches!(p.action, Action::CreateDatabases(_) | Action::BringBack(_)) {
            return false;
        }
        let (before, after) = (self.view(&p.before), self.view(&p.taken.after));
        let user = |pool: &PoolId| self.estate().store_of(*pool, model::database_type::DatabaseType::User);
        self.problem().pools().iter().filter_map(user).map(|s| self.estate().store(s)).any(|store| {
            let new = |d, i| after.serves(d, i) == Truth::True && before.serves(d, i) != Truth::True;
            store.databases.iter().any(|&d| store.instances.iter().any(|&i| new(d, i)))
        })
    }

    /// Whether the published slots lead to nobody who serves, while users are served: a Front End must not start then.
    #[must_use]
    pub fn blind(&self, v: View<'_>, pool: PoolId) -> bool {
        let user = self.estate().store_of(pool, model::database_type::DatabaseType::User);
        let reaches = |s| v.reaches(s, v.get(Field::PrimarySlot(s)), v.get(Field::MirrorSlot(s)));
        self.users_served(v, pool) && user.is_some_and(|s| reaches(s) != Truth::True)
    }

    /// Whether every database of every managed store has a second copy that is in step.
    #[must_use]
    pub fn protected(&self, v: View<'_>) -> bool {
        let stores = self.problem().wishes.iter().map(|w| self.estate().store(w.store));
        stores.flat_map(|s| &s.databases).all(|&d| v.protected(d))
    }

    /// Whether every database of a pool's managed stores has a second copy that is in step.
    fn pool_protected(&self, v: View<'_>, pool: PoolId) -> bool {
        let stores = self.problem().managed(pool).map(|w| self.estate().store(w.store));
        stores.flat_map(|s| &s.databases).all(|&d| v.protected(d))
    }

    /// Of how many managed pools something does not hold before the plan, and after each step. It is asked of a pool only
    /// where a step has touched it.
    #[must_use]
    pub fn failing(&self, holds: impl Fn(View<'_>, PoolId) -> bool) -> (usize, Vec<usize>) {
        let asked = self.problem().pools().into_iter().map(|pool| (pool, holds(self.first(), pool)));
        let mut stands: BTreeMap<PoolId, bool> = asked.collect();
        let first = stands.values().filter(|holds| !**holds).count();
        let mut failing = first;
        let after = |n: usize| {
            for pool in self.touched.pools(n) {
                let Some(stood) = stands.get_mut(pool) else { continue };
                failing += usize::from(*stood);
                *stood = holds(self.after(n), *pool);
                failing -= usize::from(*stood);
            }
            failing
        };
        let all = (0..self.placed().len()).map(after).collect();
        (first, all)
    }

    /// The windows in which some database has no second copy, in order.
    #[must_use]
    pub fn windows(&self) -> Vec<Window> {
        let mut windows: Vec<Window> = Vec::new();
        let (first, after) = self.failing(|v, pool| self.pool_protected(v, pool));
        let mut open = (first > 0).then_some(Window { from_step: None, until_step: None });
        for (n, failing) in after.into_iter().enumerate() {
            match (failing == 0, open) {
                (true, Some(window)) => {
                    windows.push(Window { until_step: Some(n + 1), ..window });
                    open = None;
                }
                (false, None) => open = Some(Window { from_step: Some(n + 1), until_step: None }),
                (true, None) | (false, Some(_)) => {}
            }
        }
        windows.extend(open);
        windows
    }

    /// How many databases have at some time of a window no second copy.
    #[must_use]
    pub fn alone(&self, window: Window) -> usize {
        let first = window.from_step.map_or(self.first(), |n| self.after(n - 1));
        let end = window.until_step.map_or(self.placed().len(), |n| n - 1);
        let rest = (window.from_step.unwrap_or(1) - 1..end).map(|n| self.after(n));
        let views: Vec<View<'_>> = std::iter::once(first).chain(rest).collect();
        let stores = self.problem().wishes.iter().map(|w| self.estate().store(w.store));
        let databases = stores.flat_map(|s| s.databases.iter().copied());
        databases.filter(|&d| views.iter().any(|v| !v.protected(d))).count()
    }

    /// The databases of some windows as words go on: `the databases`, `2 of 9 databases`.
    #[must_use]
    pub fn alone_in_words(&self, windows: &[Window]) -> String {
        let (most, all) = (windows.iter().map(|w| self.alone(*w)).max().unwrap_or(0), self.databases());
        if most == all { "the databases".to_owned() } else { format!("{most} of {all} databases") }
    }

    /// The number of the first step from which on something holds of every managed pool, where it does not before the plan.
    #[must_use]
    pub fn holds_from(&self, holds: impl Fn(View<'_>, PoolId) -> bool) -> Option<usize> {
        let (first, after) = self.failing(holds);
        if first == 0 {
            return None;
        }
        let number = after.iter().rposition(|&failing| failing > 0).map_or(1, |n| n + 2);
        (number <= after.len()).then_some(number)
    }

    /// As above, of one pool.
    #[must_use]
    pub fn pool_holds_from(&self, pool: PoolId, holds: impl Fn(View<'_>) -> bool) -> Option<usize> {
        if holds(self.first()) {
            return None;
        }
        // Only a step that touches the pool can end it.
        let steps = self.touched.steps(pool).iter().rev();
        steps.take_while(|&&n| holds(self.after(n))).last().map(|n| n + 1)
    }

    /// The numbers of the steps of which something is true.
    #[must_use]
    pub fn numbers(&self, is: impl Fn(&'a Placed) -> bool) -> Vec<usize> {
        self.placed().iter().enumerate().filter(|(_, p)| is(p)).map(|(n, _)| n + 1).collect()
    }

    /// The numbers of the steps of some kind of work.
    #[must_use]
    pub fn of_work(&self, work: Work) -> Vec<usize> {
        self.numbers(|p| p.declaration.work == work)
    }

    /// The instances that serve a managed store.
    #[must_use]
    pub fn servers(&self, v: View<'_>) -> BTreeSet<InstanceId> {
        let mut servers = BTreeSet::new();
        for wish in &self.problem().wishes {
            let store = self.estate().store(wish.store);
            for &d in &store.databases {
                servers.extend(store.instances.iter().copied().filter(|&i| v.serves(d, i) == Truth::True));
            }
        }
        servers
    }

    /// The instances that serve a database of a store after the plan and did not before.
    fn gained_of(&self, s: model::estate::StoreId) -> BTreeSet<InstanceId> {
        let store = self.estate().store(s);
        let serves = |v: View<'_>, d, i| v.serves(d, i) == Truth::True;
        let new = |i: &InstanceId| {
            store.databases.iter().any(|&d| serves(self.last(), d, *i) && !serves(self.first(), d, *i))
        };
        store.instances.iter().copied().filter(new).collect()
    }

    /// Whether a store is served after the plan from where it was not before.
    #[must_use]
    pub fn gains(&self, s: model::estate::StoreId) -> bool {
        !self.gained_of(s).is_empty()
    }

    /// The instances that serve a managed database after the plan and did not before.
    #[must_use]
    pub fn gained(&self) -> BTreeSet<InstanceId> {
        self.problem().wishes.iter().flat_map(|w| self.gained_of(w.store)).collect()
    }

    /// The instances in a slot of a managed store.
    #[must_use]
    pub fn in_slot(&self, v: View<'_>, slot: fn(model::estate::StoreId) -> Field) -> BTreeSet<InstanceId> {
        self.problem().wishes.iter().filter_map(|w| v.get(slot(w.store)).instance()).collect()
    }

    /// How many databases the managed stores have.
    #[must_use]
    pub fn databases(&self) -> usize {
        self.problem().wishes.iter().map(|w| self.estate().store(w.store).databases.len()).sum()
    }

    /// The legend: instances that the plan or the topology names, and the Front Ends of the pools.
    #[must_use]
    pub fn legend(&self) -> Vec<Spelt> {
        let mut instances = self.problem().named();
        for v in [self.first(), self.last()] {
            instances.extend(self.in_slot(v, Field::PrimarySlot));
            instances.extend(self.in_slot(v, Field::MirrorSlot));
        }
        self.names.legend(&instances, &self.problem().pools())
    }

    /// The instances of the managed stores that are in a slot before the plan.
    #[must_use]
    pub fn slotted(&self) -> BTreeSet<InstanceId> {
        let mut all = self.in_slot(self.first(), Field::PrimarySlot);
        all.extend(self.in_slot(self.first(), Field::MirrorSlot));
        all
    }

    /// Whether an instance answers before the plan.
    #[must_use]
    pub fn answers(&self, i: InstanceId) -> Value {
        self.first().get(Field::Answers(i))
    }

    /// Names of instances, joined.
    #[must_use]
    pub fn join(&self, names: &Names<'_>, instances: &BTreeSet<InstanceId>) -> String {
        let list: Vec<_> = instances.iter().map(|&i| names.instance(i)).collect();
        crate::present::numbers::join(&list)
    }
}
