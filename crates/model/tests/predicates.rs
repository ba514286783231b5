//! Every named predicate, held against a second spelling from rules §2 and the operations reference, over every combination
//! of the values of the fields that it is known to read.

mod truth;

use Value::*;
use model::condition::{Condition, Predicate};
use model::estate::{DatabaseId, HostId, InstanceId};
use model::field::{Field, State, Value};
use model::truth::Truth;
use model::view::View;
use truth::Spelling::{Cautious, Direct, Exact};
use truth::estate::{
    ARCHIVING, BE1, BE2, FE, HOST1, HOST2, LCSLOG, MON, MONITORED, MONITORING, POOL, USER, USERS, estate,
};
use truth::{Row, Table};

/// A predicate that is new has a table below before it stands here; the compiler asks for it.
#[allow(dead_code)]
fn has_a_table(p: &Predicate) {
    match p {
        Predicate::Serves(..) | Predicate::ServesOnOneOf(..) | Predicate::Served(_) | Predicate::DataBack(_) => {}
        Predicate::NoKnownHarm(_) | Predicate::CannotServe(..) => {}
        Predicate::Together(_) | Predicate::NoLivingPair(..) | Predicate::NotTheOnlyServer(..) => {}
        Predicate::CompleteBesides(..) | Predicate::NoOtherCopy(..) | Predicate::NoLiveCopy(..) => {}
        Predicate::Witnessed(..) | Predicate::WitnessPermits(..) | Predicate::PartnerHarmless(..) => {}
        Predicate::RunsOnPrimary(..) | Predicate::KnowsPartner(..) | Predicate::Reaches(..) => {}
        Predicate::Spares(..) | Predicate::Joins(..) | Predicate::PoolHolds(_) | Predicate::SessionAsSlots(_) => {}
        Predicate::SlotsArePair(..) | Predicate::NotKnownToRunOtherSlots(..) | Predicate::NotKnownToDiffer(..) => {}
        Predicate::IsUnknown(_) | Predicate::OneServer(_) | Predicate::CompleteCopy(_) => {}
        Predicate::NoForkServes(_) | Predicate::NoBlindPublish => {}
    }
}

fn host(i: InstanceId) -> HostId {
    if i == BE2 { HOST2 } else { HOST1 }
}

/// Rules §2: ONLINE and PRINCIPAL or unmirrored, on a host that is neither fenced nor gone.
fn serves(row: Row<'_>, d: DatabaseId, i: InstanceId) -> bool {
    let online = [Principal, Unmirrored].contains(&row(Field::Role(d, i)));
    online && row(Field::Answers(i)) == Yes && row(Field::Fenced(host(i))) == No
}

/// The fields that say whether copies serve, each once.
fn serving(databases: &[DatabaseId], instances: &[InstanceId]) -> Vec<Field> {
    let roles = databases.iter().flat_map(|&d| instances.iter().map(move |&i| Field::Role(d, i)));
    let mut fields: Vec<Field> = roles.collect();
    fields.extend(instances.iter().map(|&i| Field::Answers(i)));
    fields.extend(instances.iter().map(|&i| Field::Fenced(host(i))));
    fields.sort_unstable();
    fields.dedup();
    fields
}

fn contents(d: DatabaseId, instances: &[InstanceId]) -> impl Iterator<Item = Field> {
    instances.iter().map(move |&i| Field::Content(d, i))
}

/// Of roles only the three that a partner of a pair can have: online in a session, online without one, waiting.
fn three_roles(field: Field) -> Option<Vec<Value>> {
    matches!(field, Field::Role(..)).then(|| vec![Principal, Unmirrored, Mirror])
}

#[test]
fn a_copy_serves() {
    let e = estate(2);
    let table = Table::of(&e, &serving(&[LCSLOG], &[BE2]));
    table.is(Predicate::Serves(LCSLOG, BE2), &Exact(&|r| serves(r, LCSLOG, BE2)));
    let fields = serving(&[LCSLOG], &[BE1, BE2]);
    let either = |r: Row<'_>| serves(r, LCSLOG, BE1) || serves(r, LCSLOG, BE2);
    Table::of(&e, &fields).is(Predicate::ServesOnOneOf(LCSLOG, vec![BE1, BE2]), &Exact(&either));
    let any = |r: Row<'_>| [MON, BE1, BE2].iter().any(|&i| serves(r, LCSLOG, i));
    let table = Table::of(&e, &serving(&[LCSLOG], &[MON, BE1, BE2]));
    table.is(Predicate::Served(LCSLOG), &Exact(&any));
    table.asks("served", |v| v.served(LCSLOG), &Exact(&any));
}

#[test]
fn a_store_is_served_when_each_of_its_databases_is() {
    let e = estate(2);
    let table = Table::of(&e, &serving(&MONITORED, &[BE1, BE2]));
    let each = |r: Row<'_>| MONITORED.iter().all(|&d| serves(r, d, BE1) || serves(r, d, BE2));
    table.asks("store served", |v| v.store_served(MONITORING), &Exact(&each));
    // Users whose data are not there are not served.
    let with = |content| {
        let mut state = State::unknown(&e);
        for d in MONITORED {
            state.set(&e, Field::Role(d, BE1), Unmirrored);
            state.set(&e, Field::Content(d, BE1), Complete);
        }
        state.set(&e, Field::Answers(BE1), Yes);
        state.set(&e, Field::Fenced(HOST1), No);
        state.set(&e, Field::Role(MONITORED[0], BE2), Absent);
        state.set(&e, Field::Content(MONITORED[0], BE1), content);
        View::new(&e, &state).store_served(MONITORING)
    };
    assert_eq!([Complete, Fresh].map(with), [Truth::True, Truth::False]);
    let one = |r: Row<'_>| [BE1, BE2].iter().any(|&i| MONITORED.iter().all(|&d| serves(r, d, i)));
    table.is(Predicate::Together(MONITORING), &Exact(&one));
    let mut fields = serving(&MONITORED[..1], &[BE1, BE2]);
    fields.extend(contents(MONITORED[0], &[BE1, BE2]));
    let table = Table::of(&e, &fields);
    let seen = |r: Row<'_>| {
        let serving: Vec<InstanceId> = [BE1, BE2].into_iter().filter(|&i| serves(r, MONITORED[0], i)).collect();
        let old = |&i: &InstanceId| r(Field::Content(MONITORED[0], i)) == Superseded;
        serving.len() == 2 || serving.iter().any(old)
    };
    table.is(Predicate::NoKnownHarm(MONITORED[0]), &Direct(&|r| (!seen(r)).into()));
}

#[test]
fn a_host_may_be_fenced_that_serves_nobody_or_nothing_or_an_older_history_beside_a_good_copy() {
    let e = estate(2);
    let spelling = |d: DatabaseId, i: InstanceId, others: Vec<InstanceId>| {
        move |r: Row<'_>| {
            let good = |&x: &InstanceId| serves(r, d, x) && r(Field::Content(d, x)) != Superseded;
            !serves(r, d, i) || r(Field::Content(d, i)) == Fresh || others.iter().any(good)
        }
    };
    let mut fields = serving(&USERS[..1], &[BE1, BE2]);
    fields.extend(contents(USERS[0], &[BE1, BE2]));
    let table = Table::of(&e, &fields);
    table.is(Predicate::NotTheOnlyServer(USERS[0], BE1), &Exact(&spelling(USERS[0], BE1, vec![BE2])));
    let back = |r: Row<'_>| {
        let empty = |&i: &InstanceId| serves(r, USERS[0], i) && r(Field::Content(USERS[0], i)) == Fresh;
        // For goals: only what is known to be empty is not back.
        Truth::from(![BE1, BE2].iter().any(empty))
    };
    table.is(Predicate::DataBack(USERS[0]), &Direct(&back));
    // Of three copies any of the others will do; two of them lie on one machine.
    let mut fields = serving(&[LCSLOG], &[MON, BE1, BE2]);
    fields.extend(contents(LCSLOG, &[MON, BE1, BE2]));
    let table = Table::but(&e, &fields, &|f| match f {
        Field::Content(..) => Some(vec![Complete, Superseded, Fresh]),
        f => three_roles(f),
    });
    table.is(Predicate::NotTheOnlyServer(LCSLOG, BE2), &Exact(&spelling(LCSLOG, BE2, vec![MON, BE1])));
}

#[test]
fn there_is_no_other_copy_where_every_other_host_is_fenced_or_has_none() {
    let e = estate(2);
    let d = LCSLOG;
    let fields = [Field::Role(d, MON), Field::Role(d, BE1), Field::Fenced(HOST1)];
    let none =
        |r: Row<'_>| r(Field::Fenced(HOST1)) == Yes || [MON, BE1].iter().all(|&i| r(Field::Role(d, i)) == Absent);
    // Where the fence is not known but nobody has a copy, or the other way round, nothing is in doubt.
    Table::of(&e, &fields).is(Predicate::NoOtherCopy(d, HOST2), &Exact(&none));
}

#[test]
fn both_copies_in_the_slots_have_the_witness_and_see_it() {
    let e = estate(2);
    let d = MONITORED[0];
    let (primary, mirror) = (Field::PrimarySlot(MONITORING), Field::MirrorSlot(MONITORING));
    let mut fields = vec![primary, mirror];
    fields.extend([BE1, BE2].iter().flat_map(|&i| [Field::Witness(d, i), Field::WitnessLink(d, i)]));
    let table = Table::but(&e, &fields, &|f| match f {
        Field::PrimarySlot(_) => Some(vec![BE1.into(), BE2.into()]),
        Field::MirrorSlot(_) => Some(vec![Nothing, BE1.into(), BE2.into()]),
        Field::Witness(..) => Some(vec![Nothing, MON.into()]),
        _ => None,
    });
    for witness in [None, Some(MON)] {
        let has = |r: Row<'_>, i: InstanceId| {
            let link = if witness.is_some() { Connected } else { Nothing };
            r(Field::Witness(d, i)) == Value::from(witness) && r(Field::WitnessLink(d, i)) == link
        };
        let both = |r: Row<'_>| {
            let copies = [r(primary).instance(), r(mirror).instance()];
            copies.into_iter().flatten().all(|i| has(r, i))
        };
        let may = |r: Row<'_>| r(primary) == Unknown || r(mirror) == Unknown;
        table.is(Predicate::Witnessed(d, witness), &Cautious(&both, &may));
    }
}

#[test]
fn a_living_pair_is_a_server_with_a_session_and_a_mirror_that_answers() {
    let e = estate(2);
    let d = LCSLOG;
    let mut fields = serving(&[d], &[BE1]);
    fields.extend([Field::Role(d, BE2), Field::Answers(BE2), Field::Session(d, BE1)]);
    let pair = |r: Row<'_>| {
        let mirror = r(Field::Role(d, BE2)) == Mirror && r(Field::Answers(BE2)) == Yes;
        serves(r, d, BE1) && r(Field::Session(d, BE1)) != NoSession && mirror
    };
    Table::of(&e, &fields)
        .and_declared(&[Field::Fenced(HOST2)])
        .is(Predicate::NoLivingPair(d, BE1, BE2), &Exact(&|r| !pair(r)));
}

#[test]
fn what_is_complete_besides_a_host_serves_on_another_host() {
    let e = estate(2);
    let d = LCSLOG;
    let whole = |r: Row<'_>, i: InstanceId| serves(r, d, i) && r(Field::Content(d, i)) == Complete;
    let mut fields = serving(&[d], &[MON, BE1]);
    fields.extend(contents(d, &[MON, BE1]));
    let table = Table::of(&e, &fields);
    table.is(Predicate::CompleteBesides(d, HOST2), &Exact(&|r| whole(r, MON) || whole(r, BE1)));
    let mut fields = serving(&[d], &[BE2]);
    fields.extend(contents(d, &[BE2]));
    Table::of(&e, &fields).is(Predicate::CompleteBesides(d, HOST1), &Exact(&|r| whole(r, BE2)));
}

#[test]
fn nobodys_copy_and_a_witness_that_permits() {
    let e = estate(2);
    let role = Field::Role(LCSLOG, BE1);
    Table::of(&e, &[role]).is(Predicate::NoLiveCopy(LCSLOG, BE1), &Exact(&|r| [Absent, Restoring].contains(&r(role))));
    let (witness, link) = (Field::Witness(LCSLOG, BE1), Field::WitnessLink(LCSLOG, BE1));
    Table::of(&e, &[witness, link])
        .is(Predicate::WitnessPermits(LCSLOG, BE1), &Exact(&|r| r(witness) == Nothing || r(link) == Connected));
}

#[test]
fn a_partner_is_harmless_that_is_fenced_or_a_living_mirror_or_has_no_copy() {
    let e = estate(2);
    let d = LCSLOG;
    let harmless = |r: Row<'_>, i: InstanceId| {
        let role = r(Field::Role(d, i));
        let mirror = role == Mirror && r(Field::Answers(i)) == Yes;
        r(Field::Fenced(host(i))) == Yes || mirror || role == Absent || role == Restoring
    };
    let both = |r: Row<'_>| harmless(r, MON) && harmless(r, BE2);
    Table::of(&e, &serving(&[d], &[MON, BE2])).is(Predicate::PartnerHarmless(d, BE1), &Exact(&both));
    Table::of(&e, &serving(&[d], &[BE2])).is(Predicate::CannotServe(d, BE2), &Exact(&|r| harmless(r, BE2)));
}

#[test]
fn a_front_end_that_runs_runs_on_the_primary_or_knows_the_partner() {
    let e = estate(2);
    let (services, loaded) = (Field::Services(FE[1]), Field::LoadedPrimary(FE[1], ARCHIVING));
    let runs = |r: Row<'_>| r(services) != Running || r(loaded) == Instance(BE2);
    Table::of(&e, &[services, loaded]).is(Predicate::RunsOnPrimary(FE[1], ARCHIVING, BE2), &Exact(&runs));
    let mirror = Field::LoadedMirror(FE[1], ARCHIVING);
    let knows = |r: Row<'_>| r(services) != Running || [r(loaded), r(mirror)].contains(&Instance(BE2));
    Table::of(&e, &[services, loaded, mirror]).is(Predicate::KnowsPartner(FE[1], ARCHIVING, BE2), &Exact(&knows));
}

/// Remarks of SqlConnectionStringBuilder.FailoverPartner: a partner that is not mirrored is refused while the primary is away.
fn found(r: Row<'_>, databases: &[DatabaseId], primary: InstanceId, mirror: Option<InstanceId>) -> bool {
    let partner = |d, m| serves(r, d, m) && r(Field::Role(d, m)) == Principal;
    databases.iter().all(|&d| serves(r, d, primary) || mirror.is_some_and(|m| partner(d, m)))
}

#[test]
fn a_front_end_finds_the_primary_or_a_partner_that_is_still_mirrored() {
    let e = estate(2);
    let table = Table::of(&e, &serving(&MONITORED, &[BE1, BE2]));
    let both = |r: Row<'_>| found(r, &MONITORED, BE1, Some(BE2));
    table.is(Predicate::Reaches(MONITORING, BE1, Some(BE2)), &Exact(&both));
    let table = Table::of(&e, &serving(&MONITORED, &[BE1]));
    table.is(Predicate::Reaches(MONITORING, BE1, None), &Exact(&|r| found(r, &MONITORED, BE1, None)));
    let all = |r: Row<'_>| found(r, &USERS, BE2, Some(BE1));
    Table::but(&e, &serving(&USERS, &[BE1, BE2]), &three_roles)
        .is(Predicate::Reaches(USER, BE2, Some(BE1)), &Exact(&all));
}

#[test]
fn with_what_it_loaded_a_front_end_finds_the_user_store_or_not() {
    let e = estate(2);
    let (primary, mirror) = (Field::LoadedPrimary(FE[0], USER), Field::LoadedMirror(FE[0], USER));
    let mut fields = serving(&USERS[..1], &[BE1, BE2]);
    fields.extend([primary, mirror]);
    let table = Table::but(&e, &fields, &|f| match f {
        Field::LoadedPrimary(..) => Some(vec![BE1.into(), BE2.into()]),
        Field::LoadedMirror(..) => Some(vec![Nothing, BE1.into(), BE2.into()]),
        _ => None,
    });
    // The other databases of the store stand as the first does.
    let question = |v: View<'_>| {
        let mut state = v.state.clone();
        for i in [BE1, BE2] {
            let role = v.get(Field::Role(USERS[0], i));
            USERS[1..].iter().for_each(|&d| state.set(v.estate, Field::Role(d, i), role));
        }
        View::new(v.estate, &state).front_end_reaches(FE[0])
    };
    let finds = |r: Row<'_>| found(r, &USERS[..1], r(primary).instance().unwrap(), r(mirror).instance());
    // Whom it would ask is not guessed.
    let may = |r: Row<'_>| r(primary) == Unknown || r(mirror) == Unknown;
    table.asks("front end reaches", question, &Cautious(&finds, &may));
}

#[test]
fn sessions_are_as_the_slots_say() {
    let e = estate(2);
    let d = MONITORED[1];
    let (primary, mirror) = (Field::PrimarySlot(MONITORING), Field::MirrorSlot(MONITORING));
    let mut fields = serving(&[d], &[BE1, BE2]);
    fields.extend([primary, mirror, Field::Session(d, BE1), Field::Session(d, BE2)]);
    let table = Table::but(&e, &fields, &|f| match f {
        Field::PrimarySlot(_) => Some(vec![BE1.into(), BE2.into()]),
        Field::MirrorSlot(_) => Some(vec![Nothing, BE1.into(), BE2.into()]),
        Field::Session(..) => Some(vec![NoSession, Synchronizing, Synchronized]),
        f => three_roles(f),
    });
    let as_slots = |r: Row<'_>| {
        let (p, m) = (r(primary).instance().unwrap(), r(mirror).instance());
        match m {
            // One of the two serves, and both say that they are in step.
            Some(m) => {
                let in_step = [p, m].iter().all(|&i| r(Field::Session(d, i)) == Synchronized);
                in_step && (serves(r, d, p) || serves(r, d, m))
            }
            None => serves(r, d, p) && r(Field::Session(d, p)) == NoSession,
        }
    };
    let may = |r: Row<'_>| r(primary) == Unknown || r(mirror) == Unknown;
    table.is(Predicate::SessionAsSlots(d), &Cautious(&as_slots, &may));
}

#[test]
fn two_instances_are_the_pair_of_slots_in_any_order() {
    let e = estate(2);
    let (primary, mirror) = (Field::PrimarySlot(ARCHIVING), Field::MirrorSlot(ARCHIVING));
    let pair = |r: Row<'_>| {
        let now = [r(primary), r(mirror)];
        now == [Instance(BE1), Instance(BE2)] || now == [Instance(BE2), Instance(BE1)]
    };
    Table::of(&e, &[primary, mirror]).is(Predicate::SlotsArePair(ARCHIVING, BE1, BE2), &Exact(&pair));
}

#[test]
fn what_is_not_known_to_be_otherwise() {
    let e = estate(2);
    let (f, s) = (FE[0], MONITORING);
    let pairs =
        [[Field::LoadedPrimary(f, s), Field::PrimarySlot(s)], [Field::LoadedMirror(f, s), Field::MirrorSlot(s)]];
    let same = |r: Row<'_>| {
        let differs = |[a, b]: &[Field; 2]| ![r(*a), r(*b)].contains(&Unknown) && r(*a) != r(*b);
        Truth::from(!pairs.iter().any(differs))
    };
    Table::of(&e, &pairs.concat()).is(Predicate::NotKnownToRunOtherSlots(f, s), &Direct(&same));
    let services = Field::Services(f);
    let table = Table::of(&e, &[services]);
    let runs = |r: Row<'_>| Truth::from([Running, Unknown].contains(&r(services)));
    table.is(Predicate::NotKnownToDiffer(services, Running), &Direct(&runs));
    table.is(Predicate::IsUnknown(services), &Direct(&|r| Truth::from(r(services) == Unknown)));
    table.is(Condition::Is(services, Running), &Exact(&|r| r(services) == Running));
    table.is(Condition::IsNot(services, Running), &Exact(&|r| r(services) != Running));
}

/// Whoever is online and not fenced may serve: a machine that does not answer may still answer others.
fn may_serve(r: Row<'_>, d: DatabaseId, i: InstanceId) -> bool {
    [Principal, Unmirrored].contains(&r(Field::Role(d, i))) && r(Field::Fenced(host(i))) != Yes
}

fn seen_or_not(d: DatabaseId, instances: &[InstanceId]) -> Vec<Field> {
    serving(&[d], instances).into_iter().filter(|f| !matches!(f, Field::Answers(_))).collect()
}

#[test]
fn invariants_1_and_3_count_whoever_may_serve() {
    let e = estate(2);
    let d = LCSLOG;
    let all = [MON, BE1, BE2];
    let one = |r: Row<'_>| all.iter().filter(|&&i| may_serve(r, d, i)).count() <= 1;
    let answers = all.map(Field::Answers);
    // A principal without quorum may serve again at any moment: as little is known of it as of a role that is not read.
    let roles = |f: Field| matches!(f, Field::Role(..)).then(|| vec![Absent, Restoring, Unmirrored, Principal, Mirror]);
    let table = Table::but(&e, &seen_or_not(d, &all), &roles).and_declared(&answers);
    table.is(Predicate::OneServer(d), &Exact(&one));
    let offline = |role| {
        let mut state = State::unknown(&e);
        state.set(&e, Field::Role(d, BE1), role);
        [No, Yes, Unknown].map(|fenced| {
            state.set(&e, Field::Fenced(HOST1), fenced);
            View::new(&e, &state).may_serve(d, BE1)
        })
    };
    assert_eq!(offline(Recovering), offline(Unknown));
    assert_eq!(offline(Recovering), [Truth::Unknown, Truth::False, Truth::Unknown]);
    let mut fields = seen_or_not(d, &all);
    fields.extend(contents(d, &all));
    let table = Table::but(&e, &fields, &three_roles).and_declared(&answers);
    let none = |r: Row<'_>| !all.iter().any(|&i| r(Field::Content(d, i)) == Superseded && may_serve(r, d, i));
    table.is(Predicate::NoForkServes(d), &Exact(&none));
}

#[test]
fn invariant_2_counts_complete_copies_that_nobody_may_drop() {
    let e = estate(2);
    let d = MONITORED[0];
    let both = [BE1, BE2];
    let mut fields = serving(&[d], &both);
    fields.extend(contents(d, &both));
    // A copy that lies RESTORING beside one that serves is a leftover; if it is the last one, it can be opened.
    let safe = |r: Row<'_>| {
        let served = both.iter().any(|&i| serves(r, d, i));
        both.iter().any(|&i| r(Field::Content(d, i)) == Complete && !(served && r(Field::Role(d, i)) == Restoring))
    };
    let may = |r: Row<'_>| both.iter().any(|&i| r(Field::Role(d, i)) == Unknown);
    Table::of(&e, &fields).is(Predicate::CompleteCopy(d), &Cautious(&safe, &may));
}

#[test]
fn invariant_5_nobody_publishes_blindly() {
    let e = estate(2);
    let (publishing, cms) = (Field::Publishing, Field::CmsWritable);
    let fine = |r: Row<'_>| r(publishing) != Yes || r(cms) == Yes;
    Table::of(&e, &[publishing, cms]).is(Predicate::NoBlindPublish, &Exact(&fine));
}

#[test]
fn a_database_is_protected_by_two_copies_in_step() {
    let e = estate(2);
    let sessions = [BE1, BE2].map(|i| Field::Session(MONITORED[0], i));
    let both = |r: Row<'_>| Truth::from(sessions.iter().all(|&s| r(s) == Synchronized));
    Table::of(&e, &sessions).asks("protected", |v| v.protected(MONITORED[0]).into(), &Direct(&both));
}

/// Services, voters, and what makes a host vote, of a pool of two.
fn voters() -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for f in FE {
        fields.extend([Field::Services(f), Field::LoadedPrimary(f, USER), Field::VoterEpoch(f)]);
    }
    for (i, h) in [(BE1, HOST1), (BE2, HOST2)] {
        fields.extend([Field::Answers(i), Field::Fenced(h), Field::Epoch(h)]);
    }
    fields
}

/// Operations §11.3 and rules §3.8, for a pool of two: two Front Ends and the SQL host vote, two votes are needed; and a
/// routing group has three replicas of which two must be up, so that one Front End at most is down. The host votes if all
/// that run took it, and it is up in the epoch in which they took it.
fn holds(r: Row<'_>, up: &[model::estate::FrontEndId]) -> bool {
    let running: Vec<_> = up.iter().filter(|&&f| r(Field::Services(f)) == Running).collect();
    let Some(&&first) = running.first() else { return false };
    let voter = r(Field::LoadedPrimary(first, USER)).instance().unwrap();
    let there = r(Field::Answers(voter)) == Yes && r(Field::Fenced(host(voter))) != Yes;
    let agreed = running.iter().all(|&&f| {
        r(Field::LoadedPrimary(f, USER)) == Instance(voter) && r(Field::VoterEpoch(f)) == r(Field::Epoch(host(voter)))
    });
    running.len() + usize::from(there && agreed) >= 2
}

fn few_values(field: Field) -> Option<Vec<Value>> {
    match field {
        Field::Services(_) => Some(vec![Running, Starting, AnnouncedStop]),
        Field::LoadedPrimary(..) => Some(vec![BE1.into(), BE2.into()]),
        Field::VoterEpoch(_) => Some(vec![Original, Rebuilt]),
        _ => None,
    }
}

#[test]
fn invariant_4_and_guard_g2_in_a_pool_of_two() {
    let e = estate(2);
    // One host varies, the other is up, and has never been rebuilt: the table of both would have millions of rows.
    for other in [BE1, BE2] {
        let fields: Vec<Field> = voters().into_iter().filter(|&f| !about(f, other)).collect();
        let table = Table::but(&e, &fields, &few_values);
        let with = |v: View<'_>, ask: &dyn Fn(View<'_>) -> Truth| {
            let mut state = v.state.clone();
            let h = host(other);
            let up = [(Field::Answers(other), Yes), (Field::Fenced(h), No), (Field::Epoch(h), Original)];
            up.into_iter().for_each(|(f, x)| state.set(v.estate, f, x));
            ask(View::new(v.estate, &state))
        };
        let filled = |r: Row<'_>, f: Field| match f {
            f if !about(f, other) => r(f),
            Field::Answers(_) => Yes,
            Field::Fenced(_) => No,
            _ => Original,
        };
        let spares = |r: Row<'_>| holds(&|f| filled(r, f), &FE[1..]);
        let joins = |r: Row<'_>| {
            let up = |f| if f == Field::Services(FE[0]) { Running } else { filled(r, f) };
            holds(&up, &FE)
        };
        let pool =
            |r: Row<'_>| FE.iter().any(|&f| r(Field::Services(f)) == AnnouncedStop) || holds(&|f| filled(r, f), &FE);
        // Where services, voters or their epochs are not known, less may be said.
        let doubt = |r: Row<'_>| {
            let fields =
                FE.iter().flat_map(|&f| [Field::Services(f), Field::LoadedPrimary(f, USER), Field::VoterEpoch(f)]);
            fields.into_iter().any(|f| r(f) == Unknown)
        };
        let ask = |v: View<'_>| with(v, &|v| Condition::from(Predicate::Spares(POOL, FE[0])).eval(v));
        table.asks("spares", ask, &Cautious(&spares, &doubt));
        let ask = |v: View<'_>| with(v, &|v| Condition::from(Predicate::Joins(POOL, FE[0])).eval(v));
        table.asks("joins", ask, &Cautious(&joins, &doubt));
        let ask = |v: View<'_>| with(v, &|v| Condition::from(Predicate::PoolHolds(POOL)).eval(v));
        table.asks("pool holds", ask, &Cautious(&pool, &doubt));
    }
}

/// Whether a field is about the host of an instance.
fn about(field: Field, i: InstanceId) -> bool {
    match field {
        Field::Answers(x) => x == i,
        Field::Fenced(h) | Field::Epoch(h) => h == host(i),
        _ => false,
    }
}
