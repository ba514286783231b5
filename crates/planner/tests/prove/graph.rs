//! Every state that can be reached from the start states, and every step between them. It knows no costs to go.

use std::collections::HashMap;

use model::problem::Problem;

use super::code::{Code, Key};
use super::price::Price;
use super::take::Steps;
use super::threads;

/// A step from one state to another, by their places.
#[derive(Clone, Copy)]
pub struct Arrow {
    /// From.
    pub from: u32,
    /// To.
    pub to: u32,
    /// The place of its price.
    pub price: u32,
}

/// States and the steps between them.
#[derive(Default)]
pub struct Graph {
    /// The states; the start states first.
    pub states: Vec<Key>,
    /// Whether the goal holds in each.
    pub arrived: Vec<bool>,
    /// The steps.
    pub arrows: Vec<Arrow>,
    /// Different prices of steps.
    pub prices: Vec<Price>,
}

/// What one state leads to.
type Expanded = (bool, Vec<(Key, Price)>);

/// How many states are expanded before the results are gathered.
const PORTION: usize = 1 << 15;

impl Graph {
    /// Looks at everything that can be reached.
    pub fn of(problem: &Problem, code: &Code, starts: &[Key]) -> Self {
        let mut graph = Self { states: starts.to_vec(), ..Self::default() };
        let mut places: HashMap<Key, u32> = (0..).zip(starts).map(|(i, &key)| (key, i)).collect();
        let mut prices: HashMap<Price, u32> = HashMap::new();
        while graph.arrived.len() < graph.states.len() {
            let from = graph.arrived.len();
            let to = graph.states.len().min(from + PORTION);
            for (arrived, steps) in expand(problem, code, &graph.states[from..to]) {
                let at = u32::try_from(graph.arrived.len()).unwrap();
                graph.arrived.push(arrived);
                for (key, price) in steps {
                    let to = *places.entry(key).or_insert_with(|| {
                        graph.states.push(key);
                        u32::try_from(graph.states.len() - 1).unwrap()
                    });
                    let price = *prices.entry(price).or_insert_with(|| {
                        graph.prices.push(price);
                        u32::try_from(graph.prices.len() - 1).unwrap()
                    });
                    graph.arrows.push(Arrow { from: at, to, price });
                }
            }
        }
        graph
    }
}

/// Expands states on several threads, in their order.
fn expand(problem: &Problem, code: &Code, states: &[Key]) -> Vec<Expanded> {
    let one = |steps: &mut Steps<'_>, &key: &Key| {
        let state = code.decode(key);
        if steps.arrived(&state) {
            return (true, Vec::new());
        }
        let next = steps.from(&state).into_iter().map(|(_, after, price)| (code.encode(&after), price));
        (false, next.collect())
    };
    threads::map(states, || Steps::new(problem), one)
}
