//! The search: uniform cost over the declared actions, from the observed state to the goal. Among plans of equal cost the
//! canonical order decides, so that the remainder of a plan is the plan of the remainder. It knows no particular action.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use model::actions::Action;
use model::field::{Field, State, Value};

use crate::cost::Cost;
use crate::step::Rules;

/// More states than any estate that was solved one part at a time has shown; beyond it the search gives up, and says so.
pub const LIMIT: usize = 150_000;

/// What a search came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A best plan.
    Plan {
        /// Its actions in canonical order.
        actions: Vec<Action>,
        /// Its cost.
        cost: Cost,
        /// States seen.
        states: usize,
    },
    /// There is none: every reachable state was seen. How many, and what they had in common is for others to ask.
    Nothing {
        /// States seen.
        states: usize,
    },
    /// The search gave up at its limit.
    TooLarge,
}

/// Ranks along a path, for ties.
type Ranks = Vec<(u8, u16)>;

struct Node {
    state: State,
    parent: Option<(usize, Action)>,
}

/// Searches.
#[must_use]
pub fn search(rules: &Rules<'_>) -> Found {
    search_within(rules, None, LIMIT)
}

/// Searches for a plan that is cheaper than a known one, among so many states at most.
#[must_use]
pub fn search_below(rules: &Rules<'_>, known: Cost, states: usize) -> Found {
    search_within(rules, Some(known), states)
}

fn search_within(rules: &Rules<'_>, below: Option<Cost>, limit: usize) -> Found {
    let problem = rules.problem;
    let symmetry = Symmetry::of(rules);
    let mut nodes = vec![Node { state: problem.initial.clone(), parent: None }];
    let mut heap: BinaryHeap<Reverse<(Cost, Ranks, usize)>> = BinaryHeap::new();
    let mut closed: HashSet<State> = HashSet::new();
    let mut best: HashMap<State, Cost> = HashMap::new();
    heap.push(Reverse((Cost::default(), Ranks::new(), 0)));
    while let Some(Reverse((cost, ranks, index))) = heap.pop() {
        let state = nodes[index].state.clone();
        if !closed.insert(symmetry.canonical(&state)) {
            continue;
        }
        if rules.reached(&state) {
            return Found::Plan { actions: path(&nodes, index), cost, states: closed.len() };
        }
        let standing = rules.standing(&state);
        for action in Action::proposals(problem, &state) {
            let declaration = rules.declare(&action);
            let Some(taken) = rules.take(&state, &standing, &declaration) else { continue };
            let key = symmetry.canonical(&taken.after);
            let total = cost.plus(taken.cost);
            if below.is_some_and(|known| total >= known) {
                continue;
            }
            if closed.contains(&key) || best.get(&key).is_some_and(|&known| known < total) {
                continue;
            }
            best.insert(key, total);
            let mut ranks = ranks.clone();
            ranks.push(action.rank());
            if nodes.len() >= limit {
                return Found::TooLarge;
            }
            nodes.push(Node { state: taken.after, parent: Some((index, action)) });
            heap.push(Reverse((total, ranks, nodes.len() - 1)));
        }
    }
    Found::Nothing { states: closed.len() }
}

fn path(nodes: &[Node], mut index: usize) -> Vec<Action> {
    let mut actions = Vec::new();
    while let Some((parent, action)) = &nodes[index].parent {
        actions.push(action.clone());
        index = *parent;
    }
    actions.reverse();
    actions
}

/// Front Ends of a pool that are alike are a multiset: states that differ only in which of them is which are one.
struct Symmetry {
    /// For each group of interchangeable Front Ends, the places of their fields in the state.
    groups: Vec<Vec<Vec<usize>>>,
}

impl Symmetry {
    fn of(rules: &Rules<'_>) -> Self {
        let estate = &rules.problem.estate;
        let fields = estate.layout().fields();
        let owner = |field: &Field| match *field {
            Field::Services(f)
            | Field::Replica(f)
            | Field::VoterEpoch(f)
            | Field::StartedSinceMirror(f)
            | Field::LoadedPrimary(f, _)
            | Field::LoadedMirror(f, _) => Some(f),
            _ => None,
        };
        let mut groups = Vec::new();
        for pool in rules.problem.pools() {
            // Only the first Front Ends of a large pool vote: voters and others are not alike (operations §11.3).
            let members = &estate.pool(pool).front_ends;
            let voters = match members.len() {
                0..=7 => members.len(),
                8..=9 => 7,
                _ => 9,
            };
            let (seeds, others) = members.split_at(voters);
            for group in [seeds, others] {
                let places = group.iter().map(|&f| {
                    let places = fields.iter().enumerate().filter(|(_, field)| owner(field) == Some(f));
                    places.map(|(i, _)| i).collect()
                });
                groups.push(places.collect());
            }
        }
        Self { groups }
    }

    fn canonical(&self, state: &State) -> State {
        let mut values = state.values().to_vec();
        for group in &self.groups {
            let block = |places: &Vec<usize>| places.iter().map(|&i| state.values()[i]).collect::<Vec<Value>>();
            let mut blocks: Vec<_> = group.iter().map(block).collect();
            blocks.sort_unstable();
            for (places, block) in group.iter().zip(blocks) {
                for (&i, value) in places.iter().zip(block) {
                    values[i] = value;
                }
            }
        }
        State::from_values(values)
    }
}
