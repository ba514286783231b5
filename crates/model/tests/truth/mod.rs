//! Truth tables: a condition over every combination of the values of some fields, each known or not, held against a second
//! spelling that knows two values only. It knows no particular condition.
#![allow(dead_code)] // every test takes what it needs

pub mod estate;

use model::condition::Condition;
use model::estate::Estate;
use model::field::{Field, State, Value};
use model::truth::Truth;
use model::view::View;
use model::vocabulary;

/// What a field is worth in one row.
pub type Row<'a> = &'a dyn Fn(Field) -> Value;

/// How a condition is spelt a second time.
pub enum Spelling<'a> {
    /// In two values, over known rows. A row with unknown fields is true if all its completions are, false if none is, and
    /// unknown else: no more and no less can be said.
    Exact(&'a dyn Fn(Row<'_>) -> bool),
    /// The same, but in the rows of the second test less may be said: unknown, where all completions agree.
    Cautious(&'a dyn Fn(Row<'_>) -> bool, &'a dyn Fn(Row<'_>) -> bool),
    /// In three values. For conditions that ask what is known.
    Direct(&'a dyn Fn(Row<'_>) -> Truth),
}

/// The rows of some fields.
pub struct Table<'a> {
    estate: &'a Estate,
    fields: Vec<Field>,
    /// Of each field its values; unknown is the first.
    values: Vec<Vec<Value>>,
    strides: Vec<usize>,
    rows: usize,
    /// Fields that are declared and never read.
    spare: Vec<Field>,
}

impl<'a> Table<'a> {
    /// Every value of every field.
    pub fn of(estate: &'a Estate, fields: &[Field]) -> Self {
        Self::but(estate, fields, &|_| None)
    }

    /// Every value, but of some fields only these.
    pub fn but(estate: &'a Estate, fields: &[Field], only: &dyn Fn(Field) -> Option<Vec<Value>>) -> Self {
        let values: Vec<Vec<Value>> = fields
            .iter()
            .map(|&f| {
                let known = only(f).unwrap_or_else(|| vocabulary::domain(f).values(estate));
                std::iter::once(Value::Unknown).chain(known).collect()
            })
            .collect();
        let mut rows = 1;
        let strides = values
            .iter()
            .map(|v| {
                let stride = rows;
                rows *= v.len();
                stride
            })
            .collect();
        assert!(rows <= 2_000_000, "{rows} rows take too long: name fewer values");
        Self { estate, fields: fields.to_vec(), values, strides, rows, spare: Vec::new() }
    }

    /// With fields that the condition declares although it never reads them: whoever looks for what may change it looks too
    /// often, never too seldom.
    pub fn and_declared(self, spare: &[Field]) -> Self {
        Self { spare: spare.to_vec(), ..self }
    }

    fn value(&self, row: usize, k: usize) -> Value {
        self.values[k][row / self.strides[k] % self.values[k].len()]
    }

    fn state(&self, row: usize) -> State {
        let mut state = State::unknown(self.estate);
        for (k, &f) in self.fields.iter().enumerate() {
            state.set(self.estate, f, self.value(row, k));
        }
        state
    }

    fn read(&self, row: usize) -> impl Fn(Field) -> Value + '_ {
        move |field| {
            let k = self.fields.iter().position(|&f| f == field);
            self.value(row, k.unwrap_or_else(|| panic!("{field:?} is not in the table")))
        }
    }

    fn unknown(&self, row: usize) -> Option<usize> {
        (0..self.fields.len()).find(|&k| self.value(row, k) == Value::Unknown)
    }

    /// The rows in which field `k` has another value than in this one, which does not know it.
    fn completions(&self, row: usize, k: usize) -> impl Iterator<Item = usize> + '_ {
        (1..self.values[k].len()).map(move |v| row + v * self.strides[k])
    }

    /// What the second spelling says of every row.
    fn expected(&self, holds: &dyn Fn(Row<'_>) -> bool) -> Vec<Truth> {
        let mut expected = vec![Truth::Unknown; self.rows];
        // A completion has a larger number than the row it completes.
        for row in (0..self.rows).rev() {
            expected[row] = match self.unknown(row) {
                None => holds(&self.read(row)).into(),
                Some(k) => {
                    let mut all = self.completions(row, k).map(|r| expected[r]);
                    let first = all.next().unwrap();
                    if all.all(|t| t == first) { first } else { Truth::Unknown }
                }
            };
        }
        expected
    }

    /// Whether something is known of the condition in a row that is no longer so, or the contrary, in a row that knows more.
    fn turned(&self, truth: &[Truth], row: usize) -> bool {
        let unknown = (0..self.fields.len()).filter(|&k| self.value(row, k) == Value::Unknown);
        truth[row] != Truth::Unknown
            && unknown.into_iter().any(|k| self.completions(row, k).any(|r| truth[r] != truth[row]))
    }

    fn words(&self, row: usize) -> String {
        let facts = (0..self.fields.len()).map(|k| format!("{:?} = {:?}", self.fields[k], self.value(row, k)));
        facts.collect::<Vec<_>>().join(", ")
    }

    /// Holds a question against its second spelling, in every row.
    #[track_caller]
    pub fn asks(&self, name: &str, question: impl Fn(View<'_>) -> Truth, spelling: &Spelling<'_>) -> Vec<Truth> {
        let truth: Vec<Truth> = (0..self.rows).map(|r| question(View::new(self.estate, &self.state(r)))).collect();
        let expected = match spelling {
            Spelling::Exact(holds) | Spelling::Cautious(holds, _) => self.expected(holds),
            Spelling::Direct(says) => (0..self.rows).map(|r| says(&self.read(r))).collect(),
        };
        for row in 0..self.rows {
            let less = match spelling {
                Spelling::Cautious(_, may) => truth[row] == Truth::Unknown && may(&self.read(row)),
                _ => false,
            };
            let (said, should) = (truth[row], expected[row]);
            assert!(less || said == should, "{name}: {said:?}, not {should:?}, where {}", self.words(row));
            let direct = matches!(spelling, Spelling::Direct(_));
            assert!(direct || !self.turned(&truth, row), "{name}: more facts turn {said:?} where {}", self.words(row));
        }
        truth
    }

    /// Holds a condition against its second spelling; it declares just the fields of the table, reads no other field, and
    /// each of them matters somewhere.
    #[track_caller]
    pub fn is(&self, condition: impl Into<Condition>, spelling: &Spelling<'_>) {
        let condition = condition.into();
        let name = format!("{condition:?}");
        let truth = self.asks(&name, |v| condition.eval(v), spelling);
        let mut declared = Vec::new();
        condition.fields(View::new(self.estate, &State::unknown(self.estate)), &mut declared);
        declared.sort_unstable();
        declared.dedup();
        let mut fields = [&self.fields[..], &self.spare].concat();
        fields.sort_unstable();
        fields.dedup();
        assert_eq!(declared, fields, "{name} declares other fields than it is known to read");
        for (k, field) in self.fields.iter().enumerate() {
            let unknown = (0..self.rows).filter(|&row| self.value(row, k) == Value::Unknown);
            let matters = unknown.into_iter().any(|row| self.completions(row, k).any(|r| truth[r] != truth[row]));
            assert!(matters, "{name} declares {field:?}, which never matters");
        }
        self.reads_nothing_else(&name, &condition, &truth);
    }

    /// In some hundred rows every other field is given every value.
    #[track_caller]
    fn reads_nothing_else(&self, name: &str, condition: &Condition, truth: &[Truth]) {
        let others = self.estate.layout().fields().iter().filter(|f| !self.fields.contains(f));
        let others: Vec<Field> = others.copied().collect();
        let step = (self.rows / 300).max(1);
        for row in (0..self.rows).step_by(step) {
            let mut state = self.state(row);
            for &field in &others {
                for value in vocabulary::domain(field).values(self.estate) {
                    state.set(self.estate, field, value);
                    let now = condition.eval(View::new(self.estate, &state));
                    assert_eq!(now, truth[row], "{name} reads {field:?} and does not declare it");
                }
            }
        }
    }
}
