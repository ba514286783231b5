//! Every start state of the small worlds: each couple of copies that SQL Server allows, on hosts in each condition in which
//! such copies can lie, under each published pair of slots, with Front Ends that run what may have been published. It
//! knows no goals.
//!
//! Where there are two stores, each has its couple on the same machines, without a witness, and Front Ends are of fewer kinds.
//!
//! Left out, because they cannot occur together or nothing asks for them:
//! - a witness slot without a mirror slot; a witness of a session other than that of the mirror slot it was created under;
//! - Front Ends of which neither runs the published slots, unless both run the same: a rolling restart has one edge;
//! - replicas that are behind while Front Ends restart or stand still: one thing happens at a time;
//! - Front Ends that stand still and run other slots than the published ones: what they would load counts, not what they had;
//! - a replica that is behind on one Front End only, tests and log backups without a synchronised mirror: steps lead there;
//! - both SQL Servers rebuilt.

use std::collections::BTreeSet;

use Value::*;
use model::database_type::DatabaseType;
use model::estate::{HostId, InstanceId, StoreId};
use model::field::{Field, State, Value};
use model::problem::Problem;

use super::code::{Code, Key};
use super::world::{self, BE, FE, POOL, STORE, WITNESS};

/// The condition of a host and its SQL Server: reachable, fenced, epoch, answers, ready.
type Host = [Value; 5];

const UP: Host = [Yes, No, Original, Yes, Yes];
const UP_REBUILT: Host = [Yes, No, Rebuilt, Yes, Yes];
const UP_UNFIT: Host = [Yes, No, Rebuilt, Yes, No];
const BARE: Host = [Yes, No, Rebuilt, No, No];
const SQL_DOWN: Host = [Yes, No, Original, No, No];
const SILENT: Host = [No, No, Original, No, No];
const FENCED: Host = [No, Yes, Original, No, No];
/// Rebuilt, and SQL Server kept from starting: a fence that leaves the machine reachable.
const BARE_FENCED: Host = [Yes, Yes, Rebuilt, No, No];

/// Role, session and content of a copy.
type Copy = [Value; 3];

/// Two copies: the better one on one host, the other on the other; whether they are mirrored is told by their sessions.
#[derive(Clone, Copy)]
struct Couple {
    better: (Host, Copy),
    other: (Host, Copy),
    safety: Value,
    /// None, connected, cut off.
    witnesses: &'static [Value],
}

const ANY_WITNESS: &[Value] = &[Nothing, Connected, Disconnected];

fn couples() -> Vec<Couple> {
    let mut all = Vec::new();
    let mut add = |better, other, safety, witnesses| all.push(Couple { better, other, safety, witnesses });
    // Two healthy partners; one catches up; one is suspended.
    for hosts in [(UP, UP), (UP, UP_REBUILT), (UP_REBUILT, UP)] {
        let both = |a: Copy, b: Copy| ((hosts.0, a), (hosts.1, b));
        let (a, b) = both([Principal, Synchronized, Complete], [Mirror, Synchronized, Complete]);
        add(a, b, Full, ANY_WITNESS);
        let (a, b) = both([Principal, Synchronizing, Complete], [Mirror, Synchronizing, Behind]);
        add(a, b, Full, &[Nothing, Connected]);
    }
    add((UP, [Principal, Synchronizing, Complete]), (UP, [Mirror, Synchronizing, Behind]), Off, &[Nothing]);
    add((UP, [Principal, Suspended, Complete]), (UP, [Mirror, Suspended, Behind]), Full, &[Nothing]);
    // The principal is lost.
    for host in [SILENT, FENCED, SQL_DOWN, UP] {
        for content in [Complete, Behind] {
            let lost = (host, [Principal, Disconnected, Complete]);
            add((UP, [Mirror, Disconnected, content]), lost, Full, ANY_WITNESS);
        }
    }
    add((UP, [Mirror, Disconnected, Complete]), (SILENT, [Principal, Disconnected, Complete]), Off, &[Nothing]);
    // The mirror was forced; the old principal is away, or comes back, as PRINCIPAL or as a suspended mirror.
    for host in [SILENT, FENCED, SQL_DOWN, UP] {
        let old = (host, [Principal, Disconnected, Superseded]);
        add((UP, [Principal, Disconnected, Complete]), old, Full, &[Nothing, Disconnected]);
    }
    add((UP, [Principal, Suspended, Complete]), (UP, [Mirror, Suspended, Superseded]), Full, &[Nothing]);
    // The mirror is lost.
    for host in [SILENT, FENCED, SQL_DOWN] {
        add(
            (UP, [Principal, Disconnected, Complete]),
            (host, [Mirror, Disconnected, Behind]),
            Full,
            &[Nothing, Connected],
        );
    }
    // Mirroring was ended: the other copy is gone, left RESTORING, or an old one.
    for host in [BARE, BARE_FENCED, UP_UNFIT, UP_REBUILT] {
        add((UP, [Unmirrored, NoSession, Complete]), (host, [Absent, NoSession, Nothing]), Nothing, &[Nothing]);
    }
    for host in [UP, UP_REBUILT] {
        add((UP, [Unmirrored, NoSession, Complete]), (host, [Restoring, NoSession, Behind]), Nothing, &[Nothing]);
    }
    for host in [SILENT, FENCED, SQL_DOWN] {
        add(
            (UP, [Unmirrored, NoSession, Complete]),
            (host, [Principal, Disconnected, Superseded]),
            Nothing,
            &[Nothing],
        );
    }
    add((UP, [Unmirrored, NoSession, Complete]), (UP, [Unmirrored, NoSession, Superseded]), Nothing, &[Nothing]);
    // Empty databases were installed on the new machine. The mirror's host was rebuilt while the session is remembered.
    add((UP, [Unmirrored, NoSession, Complete]), (UP_REBUILT, [Unmirrored, NoSession, Nothing]), Nothing, &[Nothing]);
    add((UP, [Principal, Disconnected, Complete]), (UP_REBUILT, [Absent, NoSession, Nothing]), Full, &[Nothing]);
    // An old copy serves, and the complete one lies on a fenced host, or nowhere any more.
    add((FENCED, [Principal, Disconnected, Complete]), (UP, [Unmirrored, NoSession, Superseded]), Full, &[Nothing]);
    add((UP, [Unmirrored, NoSession, Superseded]), (UP_REBUILT, [Absent, NoSession, Nothing]), Nothing, &[Nothing]);
    // A host was rebuilt too early: the only copy is one that is behind. And: nobody answers.
    add((UP, [Mirror, Disconnected, Behind]), (BARE, [Absent, NoSession, Nothing]), Full, &[Nothing]);
    add((SILENT, [Principal, Disconnected, Complete]), (SILENT, [Mirror, Disconnected, Complete]), Full, &[Nothing]);
    all
}

/// Primary and mirror slot.
type Slots = (InstanceId, Option<InstanceId>);

fn slots() -> Vec<Slots> {
    let pairs = [(BE[0], BE[1]), (BE[1], BE[0])];
    pairs.into_iter().flat_map(|(p, m)| [(p, Some(m)), (p, None)]).collect()
}

/// A Front End: services, slots that it runs, whether it started since the last mirror was created.
type FrontEnd = (Value, Slots, Value);

fn front_ends(published: Slots) -> Vec<[FrontEnd; 2]> {
    let mut all = Vec::new();
    for loaded in slots() {
        for started in [Yes, No] {
            all.push([(Running, loaded, started); 2]);
        }
    }
    // A rolling restart: the first runs what is published, the second not yet, or not since the mirror was created.
    for loaded in slots() {
        all.push([(Running, published, Yes), (Running, loaded, No)]);
    }
    let still = |services| (services, published, Yes);
    for (a, b) in [(Stopped, Running), (Running, Starting), (Disabled, Stopped), (AnnouncedStop, AnnouncedStop)] {
        all.push([still(a), still(b)]);
    }
    all
}

/// What surrounds the Front Ends: the replicas, the Central Management store, elsewhere, and whether the topology is saved.
/// Replicas are behind after a publish, and before a publish the topology is saved.
fn surroundings(pair: &[FrontEnd; 2]) -> &'static [[Value; 3]] {
    const PUBLISHED: &[[Value; 3]] = &[[Current, Yes, No], [Current, No, No], [Stale, Yes, Yes], [Stale, No, Yes]];
    let running = pair[0] == pair[1] && pair[0].0 == Running && pair[0].2 == Yes;
    if running { PUBLISHED } else { &PUBLISHED[..2] }
}

/// Every start state, numbered.
pub fn all(problem: &Problem, code: &Code) -> Vec<Key> {
    let mut keys = BTreeSet::new();
    let states = if problem.estate.stores.len() == 1 { one(problem) } else { two(problem) };
    states.iter().for_each(|state| _ = keys.insert(code.encode(state)));
    keys.into_iter().collect()
}

/// With one store.
fn one(problem: &Problem) -> Vec<State> {
    let mut all = Vec::new();
    for couple in couples() {
        for &link in couple.witnesses {
            for better in 0..2 {
                let mut sql = problem.initial.clone();
                lay(problem, &mut sql, STORE, &Laid { couple, better, link });
                for published in slots() {
                    all.extend(under_slots(problem, &sql, &couple, link, published));
                }
            }
        }
    }
    all
}

/// With two.
fn two(problem: &Problem) -> Vec<State> {
    let mut all = Vec::new();
    let orientated =
        || couples().into_iter().flat_map(|couple| [0, 1].map(|better| Laid { couple, better, link: Nothing }));
    for first in orientated() {
        for second in orientated().filter(|l| l.hosts() == first.hosts()) {
            let mut sql = problem.initial.clone();
            lay(problem, &mut sql, StoreId(0), &first);
            lay(problem, &mut sql, StoreId(1), &second);
            for published in slots() {
                all.extend(under_slots_of_two(problem, &sql, published));
            }
        }
    }
    all
}

/// A couple on its machines.
struct Laid {
    couple: Couple,
    /// The number of the machine with the better copy.
    better: u16,
    /// Its witness.
    link: Value,
}

impl Laid {
    /// The condition of the machines, in their order.
    fn hosts(&self) -> [Host; 2] {
        let (better, other) = (self.couple.better.0, self.couple.other.0);
        if self.better == 0 { [better, other] } else { [other, better] }
    }
}

/// The hosts and copies of a couple, the better one on the host of that number.
fn lay(problem: &Problem, state: &mut State, store: StoreId, laid: &Laid) {
    let Laid { couple, better, link } = *laid;
    for (n, (host, copy)) in [(better, couple.better), (1 - better, couple.other)] {
        let (h, at) = (HostId(n), BE[usize::from(n)]);
        let mut set = |field, value| state.set(&problem.estate, field, value);
        let fields = [Field::Reachable(h), Field::Fenced(h), Field::Epoch(h), Field::Answers(at), Field::Ready(at)];
        fields.into_iter().zip(host).for_each(|(field, value)| set(field, value));
        let mirrored = copy[1] != NoSession;
        let witness = if mirrored && link != Nothing { Value::from(WITNESS) } else { Nothing };
        let rest = if mirrored { [couple.safety, witness, link] } else { [Nothing; 3] };
        let rest = if mirrored && couple.safety == Nothing { [Full, Nothing, Nothing] } else { rest };
        for &d in &problem.estate.store(store).databases {
            let fields = world::copy(d, at);
            fields.into_iter().zip(copy.into_iter().chain(rest)).for_each(|(field, value)| set(field, value));
        }
    }
}

/// Everything else around two SQL Servers, under published slots.
fn under_slots(problem: &Problem, sql: &State, couple: &Couple, link: Value, published: Slots) -> Vec<State> {
    let estate = &problem.estate;
    let healthy = couple.better.1[1] == Synchronized;
    let created = couple.better.1[1] != NoSession;
    // A mirror slot that is published and not yet filled may have been published with a witness.
    let witnesses: &[Value] = match (published.1, created, link) {
        (None, ..) | (Some(_), true, Nothing) => &[Nothing],
        (Some(_), true, _) => &[Value::Instance(WITNESS)],
        (Some(_), false, _) => &[Nothing, Value::Instance(WITNESS)],
    };
    let cares: &[Value] = if healthy { &[Yes, No] } else { &[No] };
    let mut all = Vec::new();
    for &witness in witnesses {
        for pair in front_ends(published) {
            for voters in voters(problem, sql, &pair) {
                for &[replica, cms, saved] in surroundings(&pair) {
                    for &care in cares {
                        let mut state = sql.clone();
                        let mut set = |field, value: Value| state.set(estate, field, value);
                        set(Field::PrimarySlot(STORE), published.0.into());
                        set(Field::MirrorSlot(STORE), published.1.into());
                        set(Field::WitnessSlot(STORE), witness);
                        for ((f, (services, loaded, started)), epoch) in FE.into_iter().zip(pair).zip(voters) {
                            set(Field::Services(f), services);
                            set(Field::Replica(f), replica);
                            set(Field::VoterEpoch(f), epoch);
                            set(Field::StartedSinceMirror(f), started);
                            set(Field::LoadedPrimary(f, STORE), loaded.0.into());
                            set(Field::LoadedMirror(f, STORE), loaded.1.into());
                        }
                        set(Field::Tested(POOL), care);
                        set(Field::LogBackups(POOL), care);
                        set(Field::CmsWritable, cms);
                        set(Field::Saved, saved);
                        all.push(state);
                    }
                }
            }
        }
    }
    all
}

/// Everything else around the SQL Servers of two stores, which have the same slots.
fn under_slots_of_two(problem: &Problem, sql: &State, published: Slots) -> Vec<State> {
    let estate = &problem.estate;
    let still = |services| (services, published, Yes);
    let exchanged = (published.1.unwrap_or(BE[0]), Some(published.0).filter(|_| published.1.is_some()));
    let pairs = [
        [still(Running); 2],
        [(Running, published, No); 2],
        [(Running, exchanged, Yes); 2],
        [still(Stopped), still(Running)],
    ];
    let writable: &[Value] =
        if estate.store_ids().any(|s| estate.store(s).kind == DatabaseType::CentralMgmt) { &[Yes, No] } else { &[Yes] };
    let mut all = Vec::new();
    for pair in pairs {
        for voters in voters(problem, sql, &pair) {
            for &cms in writable {
                let mut state = sql.clone();
                let mut set = |field, value: Value| state.set(estate, field, value);
                for s in estate.store_ids() {
                    set(Field::PrimarySlot(s), published.0.into());
                    set(Field::MirrorSlot(s), published.1.into());
                    set(Field::WitnessSlot(s), Nothing);
                    for (f, (_, loaded, _)) in FE.into_iter().zip(pair) {
                        set(Field::LoadedPrimary(f, s), loaded.0.into());
                        set(Field::LoadedMirror(f, s), loaded.1.into());
                    }
                }
                for ((f, (services, _, started)), epoch) in FE.into_iter().zip(pair).zip(voters) {
                    set(Field::Services(f), services);
                    set(Field::Replica(f), Current);
                    set(Field::VoterEpoch(f), epoch);
                    set(Field::StartedSinceMirror(f), started);
                }
                for field in [Field::Tested(POOL), Field::LogBackups(POOL)] {
                    set(field, No);
                }
                set(Field::CmsWritable, cms);
                set(Field::Saved, No);
                all.push(state);
            }
        }
    }
    all
}

/// The epochs in which Front Ends took their voter: both the one that is, or both the one before a rebuild.
fn voters(problem: &Problem, sql: &State, pair: &[FrontEnd; 2]) -> Vec<[Value; 2]> {
    let epoch = |(_, loaded, _): FrontEnd| {
        let host = problem.estate.host_of(loaded.0);
        sql.get(&problem.estate, Field::Epoch(host))
    };
    let now = pair.map(epoch);
    if now.contains(&Rebuilt) { vec![now, [Original; 2]] } else { vec![now] }
}
