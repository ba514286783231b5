//! A state of the small world as one number, and back. A state that is not of the small world stops the test: the world
//! is closed under its actions. It knows no rules.

use model::field::{Field, State, Value};
use model::problem::Problem;
use model::vocabulary;

use super::world;

/// A state of the small world.
pub type Key = u128;

/// How states are numbered.
pub struct Code {
    template: State,
    columns: Vec<Column>,
}

struct Column {
    field: Field,
    /// Where the field and those that follow it stand in a state.
    places: Vec<usize>,
    /// Of these, contents of databases that fill again by themselves: complete where the others are created and empty.
    filled: Vec<usize>,
    values: Vec<Value>,
}

impl Column {
    /// The value at a place, where the first place has this one.
    fn at(&self, place: usize, value: Value) -> Value {
        if value == Value::Fresh && self.filled.contains(&place) { Value::Complete } else { value }
    }
}

impl Code {
    /// The numbering of a problem's states.
    pub fn new(problem: &Problem) -> Self {
        let estate = &problem.estate;
        let fields = estate.layout().fields();
        let place = |field: Field| fields.iter().position(|&f| f == field).unwrap();
        let column = |field: Field| {
            let mut places = vec![place(field)];
            for s in estate.store_ids() {
                let others = &estate.store(s).databases[1..];
                for at in world::BE {
                    let Some(n) = world::copy(world::first(estate, s), at).iter().position(|&f| f == field) else {
                        continue;
                    };
                    places.extend(others.iter().map(|&d| place(world::copy(d, at)[n])));
                }
            }
            let mut values = vocabulary::domain(field).values(estate);
            values.retain(|v| v.is_known());
            let filled = |&p: &usize| matches!(fields[p], Field::Content(d, _) if problem.recreated(d));
            let (filled, mut rest): (Vec<_>, Vec<_>) = places.into_iter().partition(filled);
            rest.extend(&filled);
            Column { field, places: rest, filled, values }
        };
        Self { template: problem.initial.clone(), columns: world::varying(estate).into_iter().map(column).collect() }
    }

    /// The number of a state.
    pub fn encode(&self, state: &State) -> Key {
        let values = state.values();
        self.columns.iter().rev().fold(0, |key, c| {
            let value = values[c.places[0]];
            assert!(c.places.iter().all(|&p| values[p] == c.at(p, value)), "{:?}: databases out of step", c.field);
            let digit = c.values.iter().position(|&v| v == value);
            let digit = digit.unwrap_or_else(|| panic!("{:?} is {value:?}: not of the small world", c.field));
            key * c.values.len() as Key + digit as Key
        })
    }

    /// The state of a number.
    pub fn decode(&self, mut key: Key) -> State {
        let mut values = self.template.values().to_vec();
        for c in &self.columns {
            let size = c.values.len() as Key;
            let value = c.values[usize::try_from(key % size).unwrap()];
            key /= size;
            c.places.iter().for_each(|&p| values[p] = c.at(p, value));
        }
        State::from_values(values)
    }

    /// A state in words, one fact after the other.
    pub fn words(&self, problem: &Problem, key: Key) -> String {
        let state = self.decode(key);
        let fact = |c: &Column| {
            let value = vocabulary::value_text(&problem.estate, state.values()[c.places[0]]);
            let subject = vocabulary::subject(&problem.estate, c.field).replace(".contoso.com", "");
            format!("{subject} {}: {}", vocabulary::attribute(c.field), value.replace(".contoso.com", ""))
        };
        self.columns.iter().map(fact).collect::<Vec<_>>().join("; ")
    }
}

/// A number between 0 and 1 that a state draws, the same in every run.
pub fn draw(key: Key, salt: u64) -> f64 {
    // The finaliser of splitmix64, over both halves.
    let mix = |mut x: u64| {
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    let halves = [(key >> 64) as u64, key as u64];
    let mixed = halves.into_iter().fold(salt, |h, half| mix(h ^ half.wrapping_add(0x9e37_79b9_7f4a_7c15)));
    (mixed >> 11) as f64 / (1u64 << 53) as f64
}
