//! Every state that can be reached from the start states, and every step between them. It knows no costs to go.
//!
//! What a few actions declare depends on where a plan begins, not only on where it is: whether a store was served then,
//! whether a mirror was in the making. States that begin alike in that are a class, and each class has a graph.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use model::field::{Field, State, Value};
use model::problem::Problem;
use model::truth::Truth;

use super::code::{Code, Key};
use super::price::Price;
use super::take::Steps;
use super::threads;
use super::world::FE;

/// A step from one state to another, by their places.
#[derive(Clone, Copy)]
pub struct Arrow {
    /// From.
    pub from: u32,
    /// To.
    pub to: u32,
    /// The place of its price.
    pub price: u32,
    /// Whether it waits although a pool has no quorum: taken only where no plan does without.
    pub patient: bool,
}

/// States and the steps between them.
pub struct Graph {
    /// The question, as it begins in the states of the class.
    pub problem: Problem,
    /// The states; the start states first.
    pub states: Vec<Key>,
    /// Whether the goal holds in each.
    pub arrived: Vec<bool>,
    /// The steps.
    pub arrows: Vec<Arrow>,
    /// Different prices of steps.
    pub prices: Vec<Price>,
    places: HashMap<Key, u32>,
    price_places: HashMap<Price, u32>,
}

/// What one state leads to.
type Expanded = (bool, Vec<(Key, Price, bool)>);

/// How many states are expanded before the results are gathered.
const PORTION: usize = 1 << 15;

/// Where a plan begins, as far as declarations ask for it.
pub type Class = Vec<bool>;

/// The class of a state.
pub fn class(problem: &Problem, state: &State) -> Class {
    let here = Problem { initial: state.clone(), ..problem.clone() };
    let v = here.view(state);
    let made = FE.iter().any(|&f| v.get(Field::StartedSinceMirror(f)) == Value::No);
    let mut class = vec![made, v.get(Field::CmsWritable) == Value::No];
    for wish in &here.wishes {
        let databases = &here.estate.store(wish.store).databases;
        class.push(v.store_served(wish.store) == Truth::False);
        class.push(databases.iter().any(|&d| here.lost(d)));
    }
    class
}

/// The graphs of a question, by class; every state that is reached anywhere stands in the graph of its own class.
pub fn graphs(problem: &Problem, code: &Code, starts: &[Key]) -> BTreeMap<Class, Graph> {
    let mut graphs: BTreeMap<Class, Graph> = BTreeMap::new();
    let mut due: BTreeSet<Key> = starts.iter().copied().collect();
    while !due.is_empty() {
        let mut by_class: BTreeMap<Class, Vec<Key>> = BTreeMap::new();
        for key in due {
            by_class.entry(class(problem, &code.decode(key))).or_default().push(key);
        }
        let mut reached = BTreeSet::new();
        for (class, keys) in by_class {
            let begins = || Graph::new(Problem { initial: code.decode(keys[0]), ..problem.clone() });
            let graph = graphs.entry(class).or_insert_with(begins);
            let before = graph.states.len();
            graph.grow(code, &keys);
            reached.extend(graph.states[before..].iter().copied());
        }
        due = reached;
        due.retain(|&key| {
            let own = graphs.get(&class(problem, &code.decode(key)));
            own.is_none_or(|g| !g.places.contains_key(&key))
        });
    }
    graphs
}

impl Graph {
    /// Without states.
    pub fn new(problem: Problem) -> Self {
        let (places, price_places) = (HashMap::new(), HashMap::new());
        let (states, arrived, arrows, prices) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { problem, states, arrived, arrows, prices, places, price_places }
    }

    /// Looks at everything that can be reached, from wherever it begins alike.
    pub fn of(problem: &Problem, code: &Code, starts: &[Key]) -> Self {
        let mut graph = Self::new(problem.clone());
        graph.grow(code, starts);
        graph
    }

    fn place(&mut self, key: Key) -> u32 {
        *self.places.entry(key).or_insert_with(|| {
            self.states.push(key);
            u32::try_from(self.states.len() - 1).unwrap()
        })
    }

    /// Looks at everything that can be reached from more states.
    fn grow(&mut self, code: &Code, starts: &[Key]) {
        starts.iter().for_each(|&key| _ = self.place(key));
        while self.arrived.len() < self.states.len() {
            let from = self.arrived.len();
            let to = self.states.len().min(from + PORTION);
            for (arrived, steps) in expand(&self.problem, code, &self.states[from..to]) {
                let at = u32::try_from(self.arrived.len()).unwrap();
                self.arrived.push(arrived);
                for (key, price, patient) in steps {
                    let to = self.place(key);
                    let price = *self.price_places.entry(price).or_insert_with(|| {
                        self.prices.push(price);
                        u32::try_from(self.prices.len() - 1).unwrap()
                    });
                    self.arrows.push(Arrow { from: at, to, price, patient });
                }
            }
        }
    }
}

/// Expands states on several threads, in their order.
fn expand(problem: &Problem, code: &Code, states: &[Key]) -> Vec<Expanded> {
    let one = |steps: &mut Steps<'_>, &key: &Key| {
        let state = code.decode(key);
        if steps.arrived(&state) {
            return (true, Vec::new());
        }
        let next = steps.from(&state).into_iter().map(|s| (code.encode(&s.after), s.price, s.patient));
        (false, next.collect())
    };
    threads::map(states, || Steps::new(problem), one)
}
