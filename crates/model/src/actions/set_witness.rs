//! Change the witness of a mirrored database type: by T-SQL on the principal, because no cmdlet does it on a pair that exists
//! (decision 11). The topology says so first; the pair is left as it is.

use super::{Declare, pool_id};
use crate::call::{Call, Statement};
use crate::condition::Condition;
use crate::declaration::{
    Clause, Declaration, Evidence, Origin, Performer, Phrase, Stage, StepId, Subject, Undo, Way, clause,
};
use crate::durations;
use crate::estate::{DatabaseId, InstanceId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::{Problem, Wish};
use crate::rules;

/// The port of a witness's mirroring endpoint where none is known: the default of the topology (operations §6.1).
const WITNESS_PORT: u16 = 7022;

/// The port on which an instance witnesses. An endpoint that exists keeps its own port, whatever the topology says.
pub(super) fn port(problem: &Problem, witness: InstanceId) -> u16 {
    problem.ports.get(&witness).copied().unwrap_or(WITNESS_PORT)
}

/// Give the databases of one type another witness, or none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetWitness {
    store: StoreId,
    at: InstanceId,
    partner: InstanceId,
    witness: Option<InstanceId>,
    /// Databases without a witness that get one.
    bare: Vec<DatabaseId>,
    /// Databases with another witness, which is taken away first.
    other: Vec<DatabaseId>,
    /// Databases that name the witness and have lost it: it comes back by itself.
    lost: Vec<DatabaseId>,
}

impl SetWitness {
    /// What a type on an instance that is PRINCIPAL of all of it needs; none where it needs nothing, or a fact is unknown.
    fn of(problem: &Problem, state: &State, wish: &Wish, at: InstanceId, partner: InstanceId) -> Option<Self> {
        let v = problem.view(state);
        let witness = wish.witness_wish()?;
        let store = wish.store;
        let (mut bare, mut other, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        for &d in &problem.estate.store(store).databases {
            if (v.get(Field::Role(d, at)), v.get(Field::Role(d, partner))) != (Value::Principal, Value::Mirror) {
                return None;
            }
            let now = v.get(Field::Witness(d, at));
            let named = [at, partner].iter().all(|&i| v.get(Field::Witness(d, i)) == witness.into());
            let seen = [at, partner].iter().all(|&i| v.get(Field::WitnessLink(d, i)) == Value::Connected);
            match (named, witness) {
                (true, None) => {}
                (true, Some(_)) if seen => {}
                (true, Some(_)) => lost.push(d),
                (false, _) if !now.is_known() => return None,
                (false, Some(_)) if now == Value::Nothing => bare.push(d),
                (false, _) => other.push(d),
            }
        }
        let found = Self { store, at, partner, witness, bare, other, lost };
        found.databases().next()?;
        Some(found)
    }

    fn databases(&self) -> impl Iterator<Item = DatabaseId> {
        self.bare.iter().chain(&self.other).chain(&self.lost).copied()
    }

    /// Whether every database names the witness already.
    fn only_lost(&self) -> bool {
        self.bare.is_empty() && self.other.is_empty()
    }

    fn effect(&self, d: DatabaseId, witness: Option<InstanceId>, link: Value) -> Vec<Write> {
        let of = |i| [write(Field::Witness(d, i), witness), write(Field::WitnessLink(d, i), link)];
        [self.at, self.partner].into_iter().flat_map(of).collect()
    }

    fn done(&self, d: DatabaseId) -> Vec<Write> {
        self.effect(d, self.witness, if self.witness.is_some() { Value::Connected } else { Value::Nothing })
    }

    /// Nothing; without the old witness; with the new one, which is not seen yet: the statement can say yes and fail
    /// afterwards (operations §6.8); done.
    fn alternatives(&self, d: DatabaseId) -> Vec<Vec<Write>> {
        let mut list = vec![Vec::new()];
        if !self.bare.contains(&d) && self.witness.is_some() {
            list.push(self.effect(d, None, Value::Nothing));
        }
        if self.witness.is_some() && !self.lost.contains(&d) {
            list.push(self.effect(d, self.witness, Value::Disconnected));
        }
        list.push(self.done(d));
        list
    }

    fn requirement(&self) -> Vec<Clause> {
        let is = |field, value| Condition::Is(field, value);
        let mut requires = Vec::new();
        if !self.only_lost() {
            requires.push(clause(is(Field::WitnessSlot(self.store), self.witness.into()), rules::WITNESS_SLOT));
        }
        requires.extend([self.at, self.partner].map(|i| clause(is(Field::Answers(i), Value::Yes), rules::ANSWERS)));
        if let Some(w) = self.witness {
            requires.push(clause(is(Field::Answers(w), Value::Yes), rules::ANSWERS));
            requires.push(clause(is(Field::Ready(w), Value::Yes), rules::READY));
        }
        for d in self.databases() {
            requires.push(clause(is(Field::Role(d, self.at), Value::Principal), rules::ROLE));
            requires.push(clause(is(Field::Role(d, self.partner), Value::Mirror), rules::ROLE));
            for i in [self.at, self.partner] {
                requires.push(clause(is(Field::Session(d, i), Value::Synchronized), rules::WITNESS_CHANGE));
            }
        }
        requires
    }

    fn statements(&self, problem: &Problem) -> Vec<Statement> {
        let estate = &problem.estate;
        let of = |d: DatabaseId| {
            let database = &estate.database(d).name;
            let off = (!self.bare.contains(&d)).then(|| Statement::WitnessOff(database.clone()));
            let set = self.witness.map(|w| Statement::WitnessSet {
                database: database.clone(),
                host: estate.host(estate.host_of(w)).clone(),
                port: port(problem, w),
            });
            off.into_iter().chain(set)
        };
        self.databases().flat_map(of).collect()
    }

    /// The statement; where the witness is only lost, the world's own way before it.
    fn ways(&self, problem: &Problem) -> Vec<Way> {
        let by_itself = Way {
            limit: Some(2 * 60),
            settle: 0,
            retry: true,
            ..Way::new(
                Performer::Wait,
                Call::Wait,
                Evidence::Documented,
                "SQL Server, how a witness affects database availability: it joins again by itself",
            )
        };
        let on = problem.estate.instance(self.at).name.clone();
        let by_sql = Way {
            limit: Some(60),
            retry: true,
            ..Way::new(
                Performer::Tsql,
                Call::Sql { on, statements: self.statements(problem) },
                Evidence::Documented,
                if self.witness.is_some() {
                    "SQL Server, ALTER DATABASE SET WITNESS; no cmdlet does it on a pair that exists"
                } else {
                    "deploying SQL mirroring, removing a witness: ALTER DATABASE SET WITNESS OFF"
                },
            )
        };
        let waits = self.only_lost().then_some(by_itself);
        waits.into_iter().chain([by_sql.by(&["sysadmin on the SQL Server"])]).collect()
    }
}

impl Declare for SetWitness {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let v = problem.view(state);
        let mut all = Vec::new();
        for wish in &problem.wishes {
            let slots = [Field::PrimarySlot(wish.store), Field::MirrorSlot(wish.store)].map(|f| v.get(f).instance());
            let [Some(primary), Some(mirror)] = slots else { continue };
            all.extend(Self::of(problem, state, wish, primary, mirror));
            all.extend(Self::of(problem, state, wish, mirror, primary));
        }
        all
    }

    fn order(&self) -> u16 {
        self.store.0
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let store = estate.store(self.store);
        let title = match self.witness {
            Some(w) => Phrase::new(format!("Witness of {}: ", store.kind)).instance(w).words(", on ").instance(self.at),
            None => Phrase::new(format!("Witness of {}: none, on ", store.kind)).instance(self.at),
        };
        let seen = |d| self.done(d).into_iter().map(|w| Condition::Is(w.field, w.value));
        Declaration {
            requires: self.requirement(),
            achieves: self.databases().flat_map(seen).collect(),
            end: self.databases().flat_map(|d| self.done(d)).collect(),
            partial: self.databases().map(|d| self.alternatives(d)).collect(),
            ways: self.ways(problem),
            ends: self.witness.is_none().then_some("the automatic failover"),
            undo: Undo::Reversible("publish the former witness, and set it again"),
            notes: vec![Phrase::new(if self.witness.is_some() {
                "SET WITNESS can say yes and fail afterwards: it is read back on both partners"
            } else {
                "mirroring goes on; from here on somebody fails over by hand"
            })],
            ..Declaration::of(
                StepId(format!("{}/{}", pool_id("witness", estate, store.pool), store.kind)),
                title,
                Subject::Pool(store.pool),
                durations::SET_WITNESS,
                Stage::Protect,
                Origin { sentences: &[], deviation: Some("witness") },
            )
        }
    }
}
