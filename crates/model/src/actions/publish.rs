//! Publish changed slots of a pool's stores: mirroring off, another SQL Server store, mirroring on, another witness. A person
//! does it in Topology Builder and the tool proves it; roles stay where they are.

use std::collections::BTreeSet;

use super::{Declare, join};
use crate::call::{Call, Cmdlet, SlotChange, SlotPair, Task};
use crate::cms;
use crate::condition::{Condition, Predicate};
use crate::database_type::DatabaseType;
use crate::declaration::{
    Clause, Declaration, Evidence, Group, Origin, Performer, Phrase, Piece, Stage, StepId, Subject, Undo, Way, Work,
    clause,
};
use crate::durations;
use crate::estate::{DatabaseId, Estate, InstanceId, PoolId, StoreId};
use crate::field::{Field, State, Value, Write, write};
use crate::problem::{Problem, PublishBy, Wanted};
use crate::rules;

/// What a publish is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// The mirror slots are cleared.
    MirroringOff,
    /// Another instance takes the primary slot.
    Store,
    /// The mirror slots are filled.
    Mirroring,
    /// Another witness, or none; the pair stays as it is.
    Witness,
}

impl Purpose {
    const ALL: [Self; 4] = [Self::MirroringOff, Self::Store, Self::Mirroring, Self::Witness];

    fn name(self) -> &'static str {
        match self {
            Self::MirroringOff => "mirroring-off",
            Self::Store => "store",
            Self::Mirroring => "mirroring",
            Self::Witness => "witness",
        }
    }
}

/// The slots of one store, before and after.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Change {
    store: StoreId,
    before: Slots,
    after: Slots,
    /// The instance that keeps the primary slot, or will take it.
    heir: InstanceId,
    /// Databases that no host holds any more and that are given up for their backups: nothing of them can be stranded, so the
    /// store may go where nothing serves yet.
    gone: Vec<DatabaseId>,
}

/// Primary, mirror and witness slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Slots {
    primary: InstanceId,
    mirror: Option<InstanceId>,
    witness: Option<InstanceId>,
}

/// What a change of slots leads to.
#[derive(Clone, Copy)]
struct Aim {
    /// The instance for the primary slot.
    primary: InstanceId,
    /// Where it is not the declared one: which of those that are declared the data have to get to from there, as its mirror.
    toward: Option<InstanceId>,
}

/// Publish a change of slots.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Publish {
    purpose: Purpose,
    /// The pools whose stores change: one, or several that share the publish.
    pools: Vec<PoolId>,
    changes: Vec<Change>,
}

/// The slots of a store in a state, where they are known. The witness slot cannot be read: where nobody gave their word for
/// it, it counts as what the sessions have, and clearing the mirror clears it (operations §3, row 11).
fn slots(problem: &Problem, state: &State, s: StoreId) -> Option<Slots> {
    let v = problem.view(state);
    let mirror = v.get(Field::MirrorSlot(s));
    let store = problem.estate.store(s);
    let copies = store.databases.iter().flat_map(|&d| store.instances.iter().map(move |&i| Field::Witness(d, i)));
    let witness = match v.get(Field::WitnessSlot(s)) {
        Value::Unknown => copies.into_iter().find_map(|f| v.get(f).instance()),
        slot => slot.instance(),
    };
    let primary = v.get(Field::PrimarySlot(s)).instance()?;
    mirror.is_known().then_some(Slots { primary, mirror: mirror.instance(), witness })
}

/// A phrase with an instance, or with the hosts where stores go to several.
fn named(estate: &Estate, phrase: Phrase, targets: BTreeSet<InstanceId>) -> Phrase {
    let hosts: BTreeSet<_> = targets.iter().map(|&i| estate.host_of(i)).collect();
    match targets.first() {
        Some(&only) if targets.len() == 1 => phrase.instance(only),
        _ => hosts.into_iter().enumerate().fold(phrase, |p, (n, h)| if n == 0 { p } else { p.words(" and ") }.host(h)),
    }
}

impl Publish {
    /// What it is for.
    #[must_use]
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The pools whose stores change.
    #[must_use]
    pub fn pools(&self) -> &[PoolId] {
        &self.pools
    }

    /// Publishes of the same purpose as one, with the changes of all. None if they are for different purposes, or of
    /// different products: then they are not one visit to Topology Builder.
    #[must_use]
    pub fn together(problem: &Problem, all: &[&Self]) -> Option<Self> {
        let first = all.first()?;
        let product = |p: &Self| problem.estate.pool(p.pools[0]).product;
        if all.iter().any(|p| p.purpose != first.purpose || product(p) != product(first)) {
            return None;
        }
        let mut pools: Vec<PoolId> = all.iter().flat_map(|p| p.pools.iter().copied()).collect();
        pools.sort_unstable();
        let mut changes: Vec<Change> = all.iter().flat_map(|p| p.changes.iter().cloned()).collect();
        changes.sort();
        Some(Self { purpose: first.purpose, pools, changes })
    }

    fn pool_names(&self, estate: &Estate) -> Vec<String> {
        self.pools.iter().map(|&p| estate.pool(p).fqdn.to_string()).collect()
    }

    /// The change of one store for a purpose, if its wish needs it.
    fn change(problem: &Problem, state: &State, s: StoreId, purpose: Purpose, aim: Aim) -> Option<Change> {
        let wish = problem.wish(s)?;
        let before = slots(problem, state, s)?;
        let want = aim.primary;
        let mirror_wanted = aim.toward.map_or_else(|| wish.mirror_beside(want), Wanted::One);
        let pair_stays = before.mirror.is_some()
            && want == before.primary
            && match mirror_wanted {
                Wanted::Unmanaged => true,
                Wanted::Nothing => false,
                Wanted::One(m) => Some(m) == before.mirror,
            };
        let after = match (purpose, before.mirror) {
            (Purpose::MirroringOff, Some(_)) => {
                (!pair_stays).then_some(Slots { mirror: None, witness: None, ..before })
            }
            // Also with a mirror, which it clears: whether one publish may do both is for its requirements to say (K3).
            (Purpose::Store, _) => {
                (want != before.primary).then_some(Slots { primary: want, mirror: None, witness: None })
            }
            (Purpose::Mirroring, None) if want == before.primary => match mirror_wanted {
                Wanted::One(m) => {
                    let witness = if let Wanted::One(w) = wish.witness { Some(w) } else { None };
                    Some(Slots { mirror: Some(m), witness, ..before })
                }
                Wanted::Nothing | Wanted::Unmanaged => None,
            },
            (Purpose::Witness, Some(_)) if pair_stays && aim.toward.is_none() => {
                let witness = wish.witness_wish()?;
                (witness != before.witness).then_some(Slots { witness, ..before })
            }
            _ => None,
        }?;
        let gone = Self::gone(problem, state, s, before.primary, want);
        Some(Change { store: s, before, after, heir: want, gone })
    }

    /// What is lost of a store that leaves its host for another one. On the host in the primary slot its databases would be
    /// created before any publish (operations §5.2).
    fn gone(problem: &Problem, state: &State, s: StoreId, from: InstanceId, to: InstanceId) -> Vec<DatabaseId> {
        let v = problem.view(state);
        let hosts = [from, to].map(|i| problem.estate.host_of(i));
        let lost = |&&d: &&DatabaseId| problem.gives_up(d) && hosts.iter().all(|&h| v.no_other_copy(d, h).holds());
        let databases = problem.estate.store(s).databases.iter();
        if hosts[0] == hosts[1] { Vec::new() } else { databases.filter(lost).copied().collect() }
    }

    /// Where the store shall go, by the n-th choice that its wish leaves open: a primary slot that is declared, or else one
    /// of them by way of another.
    fn aim(problem: &Problem, state: &State, s: StoreId, choice: usize) -> Option<Aim> {
        let primaries = problem.wish(s)?.primaries();
        match (primaries.get(choice / 2), choice) {
            (Some(&p), 0 | 2) => Some(Aim { primary: p, toward: None }),
            (Some(&p), _) => Self::detour(problem, state, s, &primaries).map(|i| Aim { primary: i, toward: Some(p) }),
            (None, 0) => Some(Aim { primary: slots(problem, state, s)?.primary, toward: None }),
            (None, _) => None,
        }
    }

    /// Where the store has to go first: nothing that is declared for the primary slot serves, and another instance does.
    /// Databases get from there to the declared one only by mirroring and a change of the slots (operations §2.1, §6.5).
    fn detour(problem: &Problem, state: &State, s: StoreId, declared: &[InstanceId]) -> Option<InstanceId> {
        let v = problem.view(state);
        let store = problem.estate.store(s);
        let holds = |i: InstanceId| store.databases.iter().all(|&d| v.serves(d, i).holds());
        if declared.iter().any(|&i| holds(i)) { None } else { store.instances.iter().copied().find(|&i| holds(i)) }
    }

    /// Whether it leads to slots that are not the declared ones.
    fn is_meanwhile(&self, problem: &Problem) -> bool {
        self.changes.iter().any(|c| problem.is_meanwhile(c.store, c.heir))
    }

    fn requirement(&self, problem: &Problem) -> Vec<Clause> {
        let estate = &problem.estate;
        let mut requires = vec![
            clause(Condition::Is(Field::CmsWritable, Value::Yes), rules::CMS),
            clause(Condition::Is(Field::Saved, Value::Yes), rules::K11),
        ];
        for change in &self.changes {
            let s = change.store;
            requires.push(clause(Condition::Is(Field::PrimarySlot(s), change.before.primary.into()), rules::BASE));
            requires.push(clause(Condition::Is(Field::MirrorSlot(s), change.before.mirror.into()), rules::BASE));
            for &d in &estate.store(s).databases {
                match self.purpose {
                    Purpose::MirroringOff | Purpose::Store if change.gone.contains(&d) => {
                        let hosts = [change.before.primary, change.heir].map(|i| estate.host_of(i));
                        requires.extend(hosts.map(|h| clause(Predicate::NoOtherCopy(d, h), rules::LAST)));
                    }
                    Purpose::MirroringOff => {
                        let mut takers = vec![change.before.primary, change.heir];
                        takers.sort_unstable();
                        takers.dedup();
                        requires.push(clause(Predicate::ServesOnOneOf(d, takers), rules::K2));
                        // Only of a pair at home: where the principal is in the mirror slot, the Front Ends must follow
                        // first (K5), and the session is ended after the publish.
                        let pair = change.before.mirror.map(|m| Predicate::NoLivingPair(d, change.before.primary, m));
                        requires.extend(pair.map(|p| clause(p, rules::PAIR)));
                    }
                    Purpose::Store => {
                        requires.push(clause(Predicate::Serves(d, change.after.primary), rules::K2));
                        // Front Ends change over one after the other: meanwhile some would write there, some here.
                        requires.push(clause(Predicate::CannotServe(d, change.before.primary), rules::PARTNER));
                    }
                    Purpose::Mirroring => {
                        let pair = [Some(change.after.primary), change.after.mirror];
                        for i in pair.into_iter().flatten() {
                            requires.push(clause(Condition::Is(Field::Session(d, i), Value::NoSession), rules::K6));
                        }
                        requires.push(clause(Predicate::Serves(d, change.after.primary), rules::K2));
                        requires.extend(change.after.mirror.map(|m| clause(Predicate::NoLiveCopy(d, m), rules::G1)));
                    }
                    Purpose::Witness => {}
                }
            }
            if change.before.primary != change.after.primary && cms::is_back_end(estate.store(s).kind) {
                let pool = estate.store(s).pool;
                requires.push(clause(Condition::Is(Field::HoldsCms(pool), Value::No), rules::CMS_POOL));
            }
            match self.purpose {
                Purpose::Store => {
                    let to = change.after.primary;
                    let anywhere = may_have_mirror(problem, to);
                    requires
                        .extend(anywhere.map(|x| clause(Condition::IsNot(Field::MirrorSlot(x), to.into()), rules::K3)));
                }
                Purpose::Mirroring => {
                    let ready = change.after.mirror.map(|m| Condition::Is(Field::Ready(m), Value::Yes));
                    requires.extend(ready.map(|c| clause(c, rules::K6)));
                }
                Purpose::MirroringOff | Purpose::Witness => {}
            }
        }
        requires.sort_by(|a, b| (a.rule.key, &a.condition).cmp(&(b.rule.key, &b.condition)));
        requires.dedup();
        requires
    }

    fn slot_writes(change: &Change) -> Vec<Write> {
        let s = change.store;
        vec![
            write(Field::PrimarySlot(s), change.after.primary),
            write(Field::MirrorSlot(s), change.after.mirror),
            write(Field::WitnessSlot(s), change.after.witness),
        ]
    }

    /// A published document reaches no replica at once, and the reports name the old server.
    fn side_writes(&self, estate: &Estate, of: &[PoolId]) -> Vec<Write> {
        let stores = || self.changes.iter().map(|c| estate.store(c.store)).filter(|s| of.contains(&s.pool));
        let mut pools: Vec<PoolId> = stores().flat_map(|s| s.users.iter().copied()).collect();
        pools.sort_unstable();
        pools.dedup();
        let front_ends = pools.iter().flat_map(|&p| estate.pool(p).front_ends.iter().copied());
        let mut end: Vec<Write> = front_ends.map(|f| write(Field::Replica(f), Value::Stale)).collect();
        // The reports name the pair, and no witness.
        let monitoring = stores().filter(|s| s.kind == DatabaseType::Monitoring && self.purpose != Purpose::Witness);
        end.extend(monitoring.flat_map(|s| s.users.iter()).map(|&p| write(Field::Reports(p), Value::No)));
        end
    }

    fn slot_changes(&self, estate: &Estate) -> Vec<SlotChange> {
        let name = |i: InstanceId| estate.instance(i).name.clone();
        let pair =
            |s: Slots| SlotPair { primary: name(s.primary), mirror: s.mirror.map(name), witness: s.witness.map(name) };
        let change = |c: &Change| SlotChange {
            pool: estate.pool(estate.store(c.store).pool).fqdn.clone(),
            kind: estate.store(c.store).kind,
            before: pair(c.before),
            after: pair(c.after),
        };
        self.changes.iter().map(change).collect()
    }

    fn ways(&self, problem: &Problem) -> Vec<Way> {
        let estate = &problem.estate;
        let changes = self.slot_changes(estate);
        let pool = estate.pool(self.pools[0]);
        let rights = vec!["RTCUniversalServerAdmins", "Domain Admins or delegated setup rights"];
        let gate = Way {
            performer: Performer::Person,
            requires: Vec::new(),
            rights: rights.clone(),
            call: Call::Person(Task::Publish {
                pool: pool.fqdn.clone(),
                product: pool.product,
                changes: changes.clone(),
            }),
            limit: None,
            settle: 0,
            evidence: Evidence::Documented,
            source: match self.purpose {
                Purpose::MirroringOff => "the procedure, step 4, bullets 1 to 3",
                Purpose::Store => "the procedure, step 4, bullets 4 and 5",
                Purpose::Mirroring => "the procedure, step 10, bullets 1 and 2; deploying SQL mirroring",
                Purpose::Witness => "deploying SQL mirroring: a witness, and removing one; operations 5.7",
            },
            retry: true,
        };
        let by_registrar = registrar(&changes).map(|cmdlets| Way {
            performer: Performer::Cmdlet,
            requires: Vec::new(),
            rights: vec!["RTCUniversalServerAdmins"],
            call: Call::Cmdlets(cmdlets),
            limit: Some(10 * 60),
            settle: 2 * 60,
            evidence: Evidence::Documented,
            source: "Set-CsRegistrar; one page doubts that Topology Builder moves an Archiving database",
            retry: false,
        });
        let by_cmdlet = Way {
            performer: Performer::Cmdlet,
            requires: Vec::new(),
            rights,
            call: Call::Cmdlets(vec![
                Cmdlet::new("Publish-CsTopology").with("FileName", "topology.xml").with("BackupFileName", "backup.xml"),
                Cmdlet::new("Enable-CsTopology"),
            ]),
            limit: Some(20 * 60),
            settle: 2 * 60,
            evidence: Evidence::Field,
            source: "automated labs publish edited exports; Microsoft recommends Topology Builder",
            retry: false,
        };
        match problem.policy.publish {
            PublishBy::Gate => std::iter::once(gate).chain(by_registrar).collect(),
            PublishBy::Cmdlet => std::iter::once(by_cmdlet).chain(by_registrar).chain([gate]).collect(),
        }
    }

    fn title(&self, estate: &Estate) -> Phrase {
        let title = self.what(estate);
        match &self.pools[..] {
            [] | [_] => title,
            [one, two] => title.words(" of ").piece(Piece::Pool(*one)).words(" and ").piece(Piece::Pool(*two)),
            more => title.words(format!(" of {} pools", more.len())),
        }
    }

    fn what(&self, estate: &Estate) -> Phrase {
        let stores = match self.changes.len() {
            1 => format!("{} store", estate.store(self.changes[0].store).kind),
            n => format!("{n} stores"),
        };
        match self.purpose {
            Purpose::MirroringOff => Phrase::new(format!("Publish: mirroring off, {stores}")),
            Purpose::Store => {
                let targets = self.changes.iter().map(|c| c.after.primary);
                named(estate, Phrase::new("Publish: SQL Server store "), targets.collect())
            }
            Purpose::Mirroring => {
                let targets = self.changes.iter().filter_map(|c| c.after.mirror);
                named(estate, Phrase::new("Publish: mirror "), targets.collect()).words(format!(", {stores}"))
            }
            Purpose::Witness => {
                let targets: BTreeSet<_> = self.changes.iter().filter_map(|c| c.after.witness).collect();
                let phrase = if targets.is_empty() { "Publish: no witness" } else { "Publish: witness " };
                named(estate, Phrase::new(phrase), targets).words(format!(", {stores}"))
            }
        }
    }
}

/// `Set-CsRegistrar`, for changes that are of Archiving and Monitoring only. The only mirror slots with a cmdlet
/// (operations §5.9). It takes a service identity, which names the SQL Server host and not the instance.
fn registrar(changes: &[SlotChange]) -> Option<Vec<Cmdlet>> {
    let mut cmdlets = Vec::new();
    // No parameter names a witness.
    if changes.iter().any(|c| c.before.witness != c.after.witness) {
        return None;
    }
    for change in changes {
        let (store, mirror, role) = match change.kind {
            DatabaseType::Archiving => ("ArchivingDatabase", "MirrorArchivingDatabase", "ArchivingDatabase"),
            DatabaseType::Monitoring => ("MonitoringDatabase", "MirrorMonitoringDatabase", "MonitoringDatabase"),
            _ => return None,
        };
        let mut cmdlet = Cmdlet::new("Set-CsRegistrar").with("Identity", format!("Registrar:{}", change.pool));
        if change.before.primary != change.after.primary {
            cmdlet = cmdlet.with(store, format!("{role}:{}", change.after.primary.host));
        }
        if change.before.mirror != change.after.mirror {
            // Clearing has no documented value; a person does it.
            let mirror_host = &change.after.mirror.as_ref()?.host;
            cmdlet = cmdlet.with(mirror, format!("{role}:{mirror_host}"));
        }
        cmdlets.push(cmdlet);
    }
    (!cmdlets.is_empty()).then_some(cmdlets)
}

/// The stores whose mirror slot may be an instance: an unknown slot may be any, and nobody here says what becomes of the slots
/// of a store without a wish.
fn may_have_mirror(problem: &Problem, i: InstanceId) -> impl Iterator<Item = StoreId> {
    let estate = &problem.estate;
    let v = problem.view(&problem.initial);
    let here = move |&s: &StoreId| {
        let known = v.get(Field::MirrorSlot(s)).is_known();
        estate.store(s).instances.contains(&i) || !known || problem.wish(s).is_none()
    };
    estate.store_ids().filter(here)
}

impl Declare for Publish {
    fn propose(problem: &Problem, state: &State) -> Vec<Self> {
        let mut all = Vec::new();
        for purpose in Purpose::ALL {
            for pool in problem.pools() {
                // A shared store is published once, with the pool that its cmdlets name.
                let stores: Vec<StoreId> =
                    problem.managed(pool).map(|w| w.store).filter(|&s| problem.estate.store(s).pool == pool).collect();
                // One proposal for each choice of primary slots that the wishes leave open, and one for the way round.
                for choice in 0..4 {
                    let change =
                        |&s: &_| Self::change(problem, state, s, purpose, Self::aim(problem, state, s, choice)?);
                    let changes: Vec<Change> = stores.iter().filter_map(change).collect();
                    let publish = Self { purpose, pools: vec![pool], changes };
                    if !publish.changes.is_empty() && !all.contains(&publish) {
                        all.push(publish);
                    }
                }
            }
        }
        all
    }

    fn order(&self) -> u16 {
        self.pools[0].0 * 4 + self.purpose as u16
    }

    fn declare(&self, problem: &Problem) -> Declaration {
        let estate = &problem.estate;
        let slot_writes = || self.changes.iter().flat_map(Self::slot_writes);
        let mut end: Vec<Write> = slot_writes().chain(self.side_writes(estate, &self.pools)).collect();
        end.push(write(Field::Publishing, Value::No));
        // What a store's change does to the Front Ends it does to those of its own pools.
        let unit = |c: &Change| {
            vec![Vec::new(), [Self::slot_writes(c), self.side_writes(estate, &[estate.store(c.store).pool])].concat()]
        };
        let mut kinds: Vec<_> = self.changes.iter().map(|c| estate.store(c.store).kind).collect();
        if self.pools.len() > 1 {
            kinds.sort_unstable();
            kinds.dedup();
        }
        let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        Declaration {
            id: StepId(format!(
                "publish/{}/{}",
                self.pool_names(estate).join("+"),
                super::purpose(self.purpose.name(), self.is_meanwhile(problem))
            )),
            title: self.title(estate),
            requires: self.requirement(problem),
            // The witness slot cannot be read from anywhere: it is a person's word, asked for where it is all that changes.
            achieves: slot_writes()
                .filter(|w| self.purpose == Purpose::Witness || !matches!(w.field, Field::WitnessSlot(_)))
                .map(|w| Condition::Is(w.field, w.value))
                .collect(),
            begin: vec![write(Field::Publishing, Value::Yes)],
            end,
            partial: self.changes.iter().map(unit).collect(),
            ways: self.ways(problem),
            risks: Vec::new(),
            loses: Vec::new(),
            ends: None,
            undo: Undo::Costly("publish the slots as they were; after restarts, restart again"),
            duration: durations::PUBLISH,
            group: Some(Group::Publish),
            subject: if let [pool] = self.pools[..] { Subject::Pool(pool) } else { Subject::Estate },
            stops_harm: false,
            work: Work::Publish,
            origin: match self.purpose {
                Purpose::MirroringOff => Origin { sentences: &["4.builder", "4.off", "4.publish-1"], deviation: None },
                Purpose::Store => Origin { sentences: &["4.store", "4.publish-2"], deviation: None },
                Purpose::Mirroring => Origin {
                    sentences: &["9", "10.builder", "10.on", "10.mirror-name"],
                    deviation: Some("publish-first"),
                },
                Purpose::Witness => Origin { sentences: &[], deviation: Some("witness") },
            },
            stage: match self.purpose {
                Purpose::MirroringOff | Purpose::Store => Stage::Follow,
                Purpose::Mirroring | Purpose::Witness => Stage::Protect,
            },
            notes: vec![Phrase::new(format!("stores: {}", join(&kinds)))],
        }
    }
}
