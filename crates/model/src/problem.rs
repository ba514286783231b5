//! The question that a planner answers: an estate, its observed state, what is desired, what is allowed. It knows no
//! answers.

use std::collections::{BTreeMap, BTreeSet};

use topology::names::Fqdn;

use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{Clause, clause};
use crate::estate::{DatabaseId, Estate, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value};
use crate::rules;
use crate::view::View;

/// What is desired of one store. A part that is not declared is not managed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wish {
    /// The store.
    pub store: StoreId,
    /// Its slots.
    pub slots: Slots,
    /// Its witness.
    pub witness: Wanted,
    /// The instance on which its databases shall be PRINCIPAL (or unmirrored): a role, not a slot.
    pub principal: Option<InstanceId>,
}

/// Desired slots of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slots {
    /// Primary and mirror slot, each managed or not.
    Ordered {
        /// `sql-server-store`.
        primary: Option<InstanceId>,
        /// `mirroring-sql-server-store`.
        mirror: Wanted,
    },
    /// `sql-server-stores`: these two, in any order.
    Pair(InstanceId, InstanceId),
}

impl Slots {
    /// Neither slot is managed.
    pub const UNDECLARED: Self = Self::Ordered { primary: None, mirror: Wanted::Unmanaged };
}

/// A wish that can also be "there must be none".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wanted {
    /// Not declared: neither asked for nor guarded.
    Unmanaged,
    /// `"none"`.
    Nothing,
    /// This one.
    One(InstanceId),
}

impl Wish {
    /// The instances that may take the primary slot, best first.
    #[must_use]
    pub fn primaries(&self) -> Vec<InstanceId> {
        match self.slots {
            Slots::Ordered { primary, .. } => primary.into_iter().collect(),
            Slots::Pair(a, b) => vec![a, b],
        }
    }

    /// The instance that must come to hold the primary slot, where the order of the slots is declared.
    #[must_use]
    pub fn ordered_primary(&self) -> Option<InstanceId> {
        if let Slots::Ordered { primary, .. } = self.slots { primary } else { None }
    }

    /// The instance wanted in the mirror slot, given the one in the primary slot.
    #[must_use]
    pub fn mirror_beside(&self, primary: InstanceId) -> Wanted {
        match self.slots {
            Slots::Ordered { mirror, .. } => mirror,
            Slots::Pair(a, b) if primary == a => Wanted::One(b),
            Slots::Pair(a, b) if primary == b => Wanted::One(a),
            Slots::Pair(..) => Wanted::Unmanaged,
        }
    }

    /// Whether a mirror is declared.
    #[must_use]
    pub fn wants_mirror(&self) -> bool {
        match self.slots {
            Slots::Ordered { mirror, .. } => matches!(mirror, Wanted::One(_)),
            Slots::Pair(..) => true,
        }
    }

    /// Whether any slot is declared.
    #[must_use]
    pub fn manages_slots(&self) -> bool {
        self.slots != Slots::UNDECLARED
    }

    /// Whether anything is asked for.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.manages_slots() || self.witness != Wanted::Unmanaged || self.principal.is_some()
    }

    /// The instances that the wish names for its primary and mirror slot.
    #[must_use]
    pub fn slot_instances(&self) -> Vec<InstanceId> {
        let mut named = self.primaries();
        if let Slots::Ordered { mirror: Wanted::One(m), .. } = self.slots {
            named.push(m);
        }
        named
    }

    /// Every instance that the wish names.
    #[must_use]
    pub fn named(&self) -> Vec<InstanceId> {
        let mut named = self.slot_instances();
        if let Wanted::One(w) = self.witness {
            named.push(w);
        }
        named.extend(self.principal);
        named
    }

    /// The witness that mirrored databases shall have, or that they shall have none. A store that shall not be mirrored has
    /// none anyway.
    #[must_use]
    pub fn witness_wish(&self) -> Option<Option<InstanceId>> {
        let unmirrored = matches!(self.slots, Slots::Ordered { mirror: Wanted::Nothing, .. });
        match self.witness {
            Wanted::Nothing if !unmirrored => Some(None),
            Wanted::One(w) if !unmirrored => Some(Some(w)),
            Wanted::Nothing | Wanted::One(_) | Wanted::Unmanaged => None,
        }
    }

    fn clauses(&self, estate: &Estate, out: &mut Vec<Clause>) {
        let s = self.store;
        match self.slots {
            Slots::Ordered { primary, mirror } => {
                out.extend(primary.map(|p| desired(Condition::Is(Field::PrimarySlot(s), p.into()))));
                match mirror {
                    Wanted::Unmanaged => {}
                    Wanted::Nothing => out.push(desired(Condition::Is(Field::MirrorSlot(s), Value::Nothing))),
                    Wanted::One(m) => out.push(desired(Condition::Is(Field::MirrorSlot(s), m.into()))),
                }
            }
            Slots::Pair(a, b) => out.push(desired(Predicate::SlotsArePair(s, a, b))),
        }
        out.push(clause(Predicate::Together(s), rules::TOGETHER));
        for &d in &estate.store(s).databases {
            // Where no slot is declared no session is asked for: a role alone is reached by a failover.
            if self.manages_slots() {
                out.push(clause(Predicate::SessionAsSlots(d), rules::K9));
            } else {
                out.push(clause(Predicate::NoKnownHarm(d), rules::I1));
            }
            out.push(clause(Predicate::DataBack(d), rules::DATA));
            out.extend(self.principal.map(|p| desired(Predicate::Serves(d, p))));
            // Met by mirroring_witness_name of every mirrored database (rules §3.9); the slot is attested.
            out.extend(self.witness_wish().map(|w| desired(Predicate::Witnessed(d, w))));
        }
        let slot = |w: Option<_>| Predicate::NotKnownToDiffer(Field::WitnessSlot(s), w.into());
        out.extend(self.witness_wish().map(|w| desired(slot(w))));
    }
}

fn desired(condition: impl Into<Condition>) -> Clause {
    clause(condition, rules::DESIRED)
}

/// Who publishes a changed topology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PublishBy {
    /// A person, in Topology Builder; the tool proves it.
    #[default]
    Gate,
    /// `Publish-CsTopology` with the site's own edited export.
    Cmdlet,
}

/// What is allowed. Nothing here consents to loss of data: that never stands in a file that outlives the night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Who publishes.
    pub publish: PublishBy,
    /// The share through which new mirrors are seeded, a UNC path.
    pub seed_share: Option<String>,
    /// Whether users of one Front End at a time may be signed out.
    pub accept_outage: bool,
    /// Whether a whole pool may be stopped, announced.
    pub allow_full_stop: bool,
    /// Whether steps may be planned that no source describes.
    pub allow_undocumented: bool,
    /// Whether services stop gracefully.
    pub graceful: bool,
    /// How old facts may be on which a step that forces or destroys acts, in seconds.
    pub max_snapshot_age: u64,
    /// How long a pool may wait in all so that publishes of several pools are one, in seconds; none does not share any.
    pub publish_wait: Option<u64>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            publish: PublishBy::Gate,
            seed_share: None,
            accept_outage: true,
            allow_full_stop: false,
            allow_undocumented: false,
            graceful: true,
            max_snapshot_age: 15 * 60,
            publish_wait: None,
        }
    }
}

/// What a search may do that it may not at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Leave {
    /// To ask once more for a fact that is not known: `Confirm`.
    pub confirms: bool,
    /// To change what a pool without quorum starts with before it is started: it cannot start as it is.
    pub patience: bool,
}

/// The question.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The constant part of the world.
    pub estate: Estate,
    /// What is observed.
    pub initial: State,
    /// What is desired, by store.
    pub wishes: Vec<Wish>,
    /// What is allowed.
    pub policy: Policy,
    /// Databases whose loss or possible loss was consented to, by name.
    pub consents: BTreeSet<DatabaseId>,
    /// How the SQL Server of an instance is to be built: version and edition of its partner, where known.
    pub builds: BTreeMap<InstanceId, String>,
    /// The port of an instance's mirroring endpoint, where the snapshot knows one: an endpoint that exists keeps its own.
    pub ports: BTreeMap<InstanceId, u16>,
    /// The pool that shall take the Central Management store over before anything else is planned: by then the topology has
    /// other stores.
    pub cms_to: Option<PoolId>,
    /// What is tried only where there is no plan without it.
    pub leave: Leave,
    /// Rules that are left out, by key, to ask what they are for. Empty in earnest.
    pub lifted: BTreeSet<&'static str>,
}

impl Problem {
    /// The same question for service alone: every managed store served, from where it can be; no slot moved, no mirror
    /// made, and what is not known to answer stays as it is asked for.
    #[must_use]
    pub fn for_service(&self) -> Self {
        let mut part = self.clone();
        for wish in &mut part.wishes {
            if let Some(server) = self.server(wish.store) {
                wish.slots = Slots::UNDECLARED;
                wish.witness = Wanted::Unmanaged;
                wish.principal = Some(server);
            }
        }
        part
    }

    /// The same question for the Central Management store alone: a pool takes it over, and what can be served again is, as it
    /// has to be read before. What nobody can serve is left as it is.
    #[must_use]
    pub fn for_cms(&self, to: PoolId) -> Self {
        let mut part = self.for_service();
        for wish in part.wishes.iter_mut().filter(|w| self.server(w.store).is_none()) {
            wish.slots = Slots::UNDECLARED;
            wish.witness = Wanted::Unmanaged;
            wish.principal = None;
        }
        part.cms_to = Some(to);
        part
    }

    /// The instance from which a store is served, or can be: one that answers; most of its databases served there, or
    /// else standing there, decide; then the primary slot.
    fn server(&self, s: StoreId) -> Option<InstanceId> {
        let v = self.view(&self.initial);
        let store = self.estate.store(s);
        let mut candidates: Vec<InstanceId> =
            [Field::PrimarySlot(s), Field::MirrorSlot(s)].into_iter().filter_map(|f| v.get(f).instance()).collect();
        candidates.extend(store.instances.iter().copied());
        candidates.retain(|&i| v.get(Field::Answers(i)) == Value::Yes);
        let weight = |i: InstanceId| {
            let served = store.databases.iter().filter(|&&d| v.serves(d, i).holds()).count();
            let there = store.databases.iter().filter(|&&d| v.get(Field::Role(d, i)) == Value::Mirror).count();
            (served, there)
        };
        // Of equals the first: `max_by_key` takes the last.
        candidates.into_iter().rev().max_by_key(|&i| weight(i)).filter(|&i| weight(i) != (0, 0))
    }

    /// A view of a state of this problem's estate.
    #[must_use]
    pub fn view<'a>(&'a self, state: &'a State) -> View<'a> {
        View::new(&self.estate, state)
    }

    /// The wish for a store.
    #[must_use]
    pub fn wish(&self, s: StoreId) -> Option<&Wish> {
        // They stand in the order of stores wherever there are many.
        let found = self.wishes.binary_search_by_key(&s, |w| w.store).ok().map(|i| &self.wishes[i]);
        found.or_else(|| self.wishes.iter().find(|w| w.store == s))
    }

    /// Whether an instance would hold the primary slot of a store only meanwhile: the desired file names another one, and
    /// the way there leads over this one. Steps of that part of the way have ids of their own.
    #[must_use]
    pub fn is_meanwhile(&self, s: StoreId, primary: InstanceId) -> bool {
        self.wish(s).is_some_and(|w| !w.primaries().is_empty() && !w.primaries().contains(&primary))
    }

    /// Whether the product fills a database again by itself once it is created. What the Central Management store's
    /// databases hold comes from the pool that holds it: they are created only in one that does not (rules `cms-left`).
    #[must_use]
    pub fn recreated(&self, d: DatabaseId) -> bool {
        let database = self.estate.database(d);
        let kind = self.estate.store(database.store).kind;
        kind == DatabaseType::CentralMgmt || kind.recreated().contains(&database.name.as_str())
    }

    /// Whether a lost database may go back to its backup: its loss was consented to by name, or it holds nothing that
    /// lasts. Of the Central Management store that is so in a pool that is known not to hold it.
    #[must_use]
    pub fn gives_up(&self, d: DatabaseId) -> bool {
        let store = self.estate.store(self.estate.database(d).store);
        let elsewhere = || self.initial.get(&self.estate, Field::HoldsCms(store.pool)) == Value::No;
        let lasts = !self.recreated(d) || (store.kind == DatabaseType::CentralMgmt && !elsewhere());
        !lasts || self.consents.contains(&d)
    }

    /// Whether a database is lost as observed: nothing that answers holds it, and no complete copy is known anywhere.
    #[must_use]
    pub fn lost(&self, d: DatabaseId) -> bool {
        let v = self.view(&self.initial);
        let store = self.estate.store(self.estate.database(d).store);
        let complete = |&i: &InstanceId| v.get(Field::Content(d, i)) == Value::Complete;
        v.lost(d).holds() && !store.instances.iter().any(complete)
    }

    /// The pools whose stores are managed, in order.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolId> {
        let users = self.wishes.iter().flat_map(|w| self.estate.store(w.store).users.iter().copied());
        users.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The managed stores of a pool, in the order of types.
    pub fn managed(&self, pool: PoolId) -> impl Iterator<Item = &Wish> {
        self.estate.pool(pool).stores.iter().filter_map(|&s| self.wish(s))
    }

    /// Whether any mirror is declared for a pool.
    #[must_use]
    pub fn mirrors(&self, pool: PoolId) -> bool {
        self.managed(pool).any(Wish::wants_mirror)
    }

    /// Every instance that the desired file names, and what a state has in mirror slots that are not managed beside a
    /// primary slot that is as declared: no publish clears them, so their sessions are asked for (rules K9).
    #[must_use]
    pub fn needed(&self, state: &State) -> BTreeSet<InstanceId> {
        let v = self.view(state);
        let kept = |w: &Wish| {
            let primary = v.get(Field::PrimarySlot(w.store)).instance()?;
            let stays = w.primaries().contains(&primary) && w.mirror_beside(primary) == Wanted::Unmanaged;
            v.get(Field::MirrorSlot(w.store)).instance().filter(|_| stays)
        };
        self.named().into_iter().chain(self.wishes.iter().filter_map(kept)).collect()
    }

    /// Every instance that the desired file names.
    #[must_use]
    pub fn named(&self) -> BTreeSet<InstanceId> {
        self.wishes.iter().flat_map(Wish::named).collect()
    }

    /// The goal: what must hold at the end (rules §3.1), each with the rule that asks for it.
    #[must_use]
    pub fn goal(&self) -> Vec<Clause> {
        let mut goal = Vec::new();
        if let Some(to) = self.cms_to {
            goal.push(desired(Condition::Is(Field::HoldsCms(to), Value::Yes)));
            goal.push(desired(Condition::Is(Field::CmsWritable, Value::Yes)));
        }
        for wish in self.wishes.iter().filter(|w| w.asks()) {
            wish.clauses(&self.estate, &mut goal);
        }
        let asked = |pool: &PoolId| self.managed(*pool).all(Wish::asks);
        for pool in self.pools().into_iter().filter(asked) {
            for &f in &self.estate.pool(pool).front_ends {
                goal.push(clause(Predicate::NotKnownToDiffer(Field::Services(f), Value::Running), rules::RUNNING));
                for wish in self.managed(pool) {
                    goal.push(clause(Predicate::NotKnownToRunOtherSlots(f, wish.store), rules::K8));
                }
                goal.push(clause(Predicate::NotKnownToDiffer(Field::StartedSinceMirror(f), Value::Yes), rules::K8));
            }
            if self.mirrors(pool) {
                let mut aftercare = |field| goal.push(clause(Condition::Is(field, Value::Yes), rules::K12));
                aftercare(Field::Tested(pool));
                aftercare(Field::LogBackups(pool));
                if self.estate.store_of(pool, DatabaseType::Monitoring).is_some_and(|s| self.wish(s).is_some()) {
                    aftercare(Field::Reports(pool));
                }
            }
        }
        goal.retain(|c| !self.lifted.contains(c.rule.key));
        goal
    }

    /// Pools by name, for a goal in words.
    #[must_use]
    pub fn pool_names(&self) -> Vec<&Fqdn> {
        self.pools().into_iter().map(|p| &self.estate.pool(p).fqdn).collect()
    }
}
