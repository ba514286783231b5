//! Questions about a state that several rules ask: who serves, who votes, whether a Front End reaches its back end.
//! Pure functions of the state; it knows no actions.

use crate::database_type::DatabaseType;
use crate::estate::{DatabaseId, Estate, FrontEndId, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value};
use crate::truth::Truth;

/// A state together with the estate that gives its fields their names.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The constant part.
    pub estate: &'a Estate,
    /// The values.
    pub state: &'a State,
}

/// What a pool can afford: votes that are there, and votes that it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Votes {
    /// Votes that are known to be there.
    pub sure: usize,
    /// Votes that are there if everything unknown turns out well.
    pub possible: usize,
    /// Voters in all.
    pub voters: usize,
    /// Votes without which the pool stops.
    pub needed: usize,
}

impl Votes {
    /// Whether they are enough.
    #[must_use]
    pub fn enough(self) -> Truth {
        if self.sure >= self.needed {
            Truth::True
        } else if self.possible < self.needed {
            Truth::False
        } else {
            Truth::Unknown
        }
    }
}

impl<'a> View<'a> {
    /// A view.
    #[must_use]
    pub fn new(estate: &'a Estate, state: &'a State) -> Self {
        Self { estate, state }
    }

    /// The value of a field.
    #[must_use]
    pub fn get(self, field: Field) -> Value {
        self.state.get(self.estate, field)
    }

    /// Whether a field is known to have that value.
    #[must_use]
    pub fn is(self, field: Field, value: Value) -> Truth {
        match self.get(field) {
            Value::Unknown => Truth::Unknown,
            v => (v == value).into(),
        }
    }

    /// Whether a copy serves: online as PRINCIPAL or unmirrored, on a host that answers and is not fenced
    /// (rules §2, serving copy).
    #[must_use]
    pub fn serves(self, d: DatabaseId, i: InstanceId) -> Truth {
        let online = match self.get(Field::Role(d, i)) {
            Value::Unknown => Truth::Unknown,
            role => matches!(role, Value::Principal | Value::Unmirrored).into(),
        };
        let fenced = self.is(Field::Fenced(self.estate.host_of(i)), Value::Yes);
        online.and(self.is(Field::Answers(i), Value::Yes)).and(fenced.not())
    }

    /// Whether a copy may serve to somebody, seen or not: a silent host that nobody fenced may, and a principal without quorum
    /// does again as soon as it sees its partner or its witness.
    #[must_use]
    pub fn may_serve(self, d: DatabaseId, i: InstanceId) -> Truth {
        let online = match self.get(Field::Role(d, i)) {
            Value::Unknown | Value::Recovering => Truth::Unknown,
            role => matches!(role, Value::Principal | Value::Unmirrored).into(),
        };
        online.and(self.is(Field::Fenced(self.estate.host_of(i)), Value::Yes).not())
    }

    /// Whether any copy of a database serves.
    #[must_use]
    pub fn served(self, d: DatabaseId) -> Truth {
        let instances = &self.estate.store(self.estate.database(d).store).instances;
        Truth::any(instances.iter().map(|&i| self.serves(d, i)))
    }

    /// Whether every database of a store is served, and by a copy that is not known to be empty: users whose data are not
    /// there are not served.
    #[must_use]
    pub fn store_served(self, s: StoreId) -> Truth {
        let store = self.estate.store(s);
        let whole = |d, i| self.serves(d, i).and((self.get(Field::Content(d, i)) != Value::Fresh).into());
        Truth::all(store.databases.iter().map(|&d| Truth::any(store.instances.iter().map(|&i| whole(d, i)))))
    }

    /// Whether a database is protected: two copies, both of which say SYNCHRONIZED.
    #[must_use]
    pub fn protected(self, d: DatabaseId) -> bool {
        let instances = &self.estate.store(self.estate.database(d).store).instances;
        let synchronized = |&&i: &&InstanceId| self.get(Field::Session(d, i)) == Value::Synchronized;
        instances.iter().filter(synchronized).count() >= 2
    }

    /// Whether a database is complete on an instance of another host than `besides`, and serves there.
    #[must_use]
    pub fn complete_besides(self, d: DatabaseId, besides: crate::estate::HostId) -> Truth {
        let instances = &self.estate.store(self.estate.database(d).store).instances;
        let others = instances.iter().copied().filter(|&i| self.estate.host_of(i) != besides);
        Truth::any(others.map(|i| self.serves(d, i).and(self.is(Field::Content(d, i), Value::Complete))))
    }

    /// Whether no other host than `besides` that may answer holds a copy of a database: each is fenced, or has none.
    #[must_use]
    pub fn no_other_copy(self, d: DatabaseId, besides: crate::estate::HostId) -> Truth {
        let instances = &self.estate.store(self.estate.database(d).store).instances;
        let others = instances.iter().copied().filter(|&i| self.estate.host_of(i) != besides);
        Truth::all(others.map(|i| {
            let fenced = self.is(Field::Fenced(self.estate.host_of(i)), Value::Yes);
            fenced.or(self.is(Field::Role(d, i), Value::Absent))
        }))
    }

    /// Whether a database is lost: nothing that answers holds a copy of it, but for one that was created since and is empty.
    #[must_use]
    pub fn lost(self, d: DatabaseId) -> Truth {
        let instances = &self.estate.store(self.estate.database(d).store).instances;
        Truth::all(instances.iter().map(|&i| {
            let none = self.is(Field::Role(d, i), Value::Absent).or(self.is(Field::Content(d, i), Value::Fresh));
            self.is(Field::Answers(i), Value::Yes).not().or(none)
        }))
    }

    /// Whether a Front End that runs those slots of a store reaches it: a serving copy in the primary slot, or a serving
    /// copy in the mirror slot that is still mirrored. A client that was told a failover partner refuses a partner that is
    /// not mirrored while the primary is away (SqlConnectionStringBuilder.FailoverPartner, remarks).
    #[must_use]
    pub fn reaches(self, s: StoreId, primary: Value, mirror: Value) -> Truth {
        let Some(p) = primary.instance() else { return Truth::Unknown };
        let databases = &self.estate.store(s).databases;
        Truth::all(databases.iter().map(|&d| {
            let partner = match mirror {
                Value::Unknown => Truth::Unknown,
                Value::Instance(m) => self.serves(d, m).and(self.is(Field::Role(d, m), Value::Principal)),
                _ => Truth::False,
            };
            self.serves(d, p).or(partner)
        }))
    }

    /// Whether a Front End reaches the user store with the topology that it runs.
    #[must_use]
    pub fn front_end_reaches(self, f: FrontEndId) -> Truth {
        let pool = self.estate.front_end(f).pool;
        let Some(s) = self.estate.store_of(pool, DatabaseType::User) else { return Truth::True };
        self.reaches(s, self.get(Field::LoadedPrimary(f, s)), self.get(Field::LoadedMirror(f, s)))
    }

    /// Votes of a pool, with `leaving` counted as down.
    ///
    /// Seeds are all Front Ends up to 7, the first 7 of 8 and 9, the first 9 above. In pools of 2, 4 and 6 the SQL host
    /// that the Front Ends took from the primary slot at their start votes too; it votes only if all running Front Ends
    /// took the same one, and it is up in the epoch they took it in. Source: operations §11.3; rules §3.8.
    #[must_use]
    pub fn votes(self, pool: PoolId, leaving: Option<FrontEndId>) -> Votes {
        let runs = |f| if Some(f) == leaving { Truth::False } else { self.is(Field::Services(f), Value::Running) };
        self.votes_if(pool, runs)
    }

    /// Whether a pool has the votes it needs once a Front End has started. Without them it would not come up: it waits for
    /// the others (operations §11.3, cold start).
    #[must_use]
    pub fn votes_with(self, pool: PoolId, joining: FrontEndId) -> Truth {
        let runs = |f| if f == joining { Truth::True } else { self.is(Field::Services(f), Value::Running) };
        self.votes_if(pool, runs).enough()
    }

    fn votes_if(self, pool: PoolId, running: impl Fn(FrontEndId) -> Truth) -> Votes {
        let front_ends = &self.estate.pool(pool).front_ends;
        let size = front_ends.len();
        let seeds = match size {
            0..=7 => size,
            8..=9 => 7,
            _ => 9,
        };
        let sql = matches!(size, 2 | 4 | 6);
        let mut votes = Votes { sure: 0, possible: 0, voters: seeds + usize::from(sql), needed: 0 };
        votes.needed = votes.voters / 2 + 1;
        let mut add = |t: Truth| {
            votes.sure += usize::from(t == Truth::True);
            votes.possible += usize::from(t != Truth::False);
        };
        for &f in front_ends.iter().take(seeds) {
            add(running(f));
        }
        if sql {
            let up: Vec<_> = front_ends.iter().copied().filter(|&f| running(f) != Truth::False).collect();
            add(self.sql_vote(pool, &up));
        }
        votes
    }

    fn sql_vote(self, pool: PoolId, up: &[FrontEndId]) -> Truth {
        let Some(s) = self.estate.store_of(pool, DatabaseType::User) else { return Truth::False };
        let mut host = None;
        // Without a Front End nobody asks for its vote.
        let mut truth = Truth::from(!up.is_empty());
        for &f in up {
            match self.get(Field::LoadedPrimary(f, s)) {
                Value::Instance(i) => {
                    if *host.get_or_insert(i) != i {
                        return Truth::False;
                    }
                    let epoch = self.get(Field::Epoch(self.estate.host_of(i)));
                    let same = if epoch.is_known() { self.is(Field::VoterEpoch(f), epoch) } else { Truth::Unknown };
                    let fenced = self.is(Field::Fenced(self.estate.host_of(i)), Value::Yes);
                    truth = truth.and(same).and(self.is(Field::Answers(i), Value::Yes)).and(fenced.not());
                }
                _ => truth = truth.and(Truth::Unknown),
            }
        }
        truth
    }

    /// Whether a pool stands still because that was announced: a full stop.
    #[must_use]
    pub fn announced_stop(self, pool: PoolId) -> Truth {
        let front_ends = self.estate.pool(pool).front_ends.iter();
        Truth::any(front_ends.map(|&f| self.is(Field::Services(f), Value::AnnouncedStop)))
    }

    /// Whether a pool has the votes and the routing groups it needs, with `leaving` counted as down. Routing groups have
    /// three replicas of which two must be up: so at most one Front End is down, whatever the size (operations §11.3).
    #[must_use]
    pub fn pool_holds(self, pool: PoolId, leaving: Option<FrontEndId>) -> Truth {
        let votes = self.votes(pool, leaving);
        let down = |t: Truth| {
            let front_ends = self.estate.pool(pool).front_ends.iter().copied();
            front_ends
                .filter(|&f| if Some(f) == leaving { true } else { self.is(Field::Services(f), Value::Running) <= t })
                .count()
        };
        let groups = if down(Truth::Unknown) <= 1 {
            Truth::True
        } else if down(Truth::False) > 1 {
            Truth::False
        } else {
            Truth::Unknown
        };
        votes.enough().and(groups)
    }
}
