//! Attestations: a word counts until its time, or until an answer that it makes impossible; and that is told.

mod sample;

use model::attest::{Attestation, Attestations, FenceKind, Refuted, merge};
use model::fact::{Fact, Provenance, Reading};
use model::field::{Field, Value};
use model::snapshot::Snapshot;
use sample::{at, fqdn, seed, sql};

const WHO: &str = r"CONTOSO\lync-admin";
const BEFORE: &str = "2026-03-14T01:50:00Z";

fn list(attestations: Vec<Attestation>) -> Attestations {
    Attestations { attestations, ..Attestations::default() }
}

fn fence(kind: FenceKind) -> Attestation {
    let estate = seed().observed_estate().unwrap();
    Attestation::fence(&estate, estate.host_named(&fqdn("be1.contoso.com")).unwrap(), kind, WHO, at(BEFORE))
}

/// What is known of be1's fence, and what was refuted.
fn fenced(snapshot: &Snapshot, attestations: Vec<Attestation>) -> (Value, Fact, Vec<Refuted>) {
    let (facts, refuted) = merge(snapshot, &list(attestations)).unwrap();
    let estate = snapshot.observed_estate().unwrap();
    let field = Field::Fenced(estate.host_named(&fqdn("be1.contoso.com")).unwrap());
    let fact = facts.iter().find(|f| f.field(&estate) == Some(field)).unwrap().clone();
    (fact.value(&estate), fact, refuted)
}

/// The seed case in which something of be1 answers, later than the word.
fn answering(machine: bool, sql_server: bool) -> Snapshot {
    let mut snapshot = seed();
    let estate = snapshot.observed_estate().unwrap();
    let i = estate.instance_named(&sql(r"be1.contoso.com\RTC")).unwrap();
    let known = |field, yes: bool| {
        let value = if yes { Value::Yes } else { Value::No };
        Fact::known(&estate, field, value, Provenance::new("test", None, at(sample::READ)))
    };
    let facts = vec![known(Field::Reachable(estate.host_of(i)), machine), known(Field::Answers(i), sql_server)];
    snapshot.with_facts(facts);
    snapshot
}

#[test]
fn without_a_word_a_machine_is_not_fenced() {
    let (value, fact, refuted) = fenced(&seed(), Vec::new());
    assert_eq!((value, fact.source.as_str()), (Value::No, "no attestation"));
    assert!(refuted.is_empty());
}

#[test]
fn a_word_is_a_fact_with_a_person_as_its_source() {
    let (value, fact, refuted) = fenced(&seed(), vec![fence(FenceKind::PoweredOff)]);
    assert_eq!(value, Value::Yes);
    assert_eq!(fact.source, format!("person: {WHO}"));
    assert_eq!(fact.time, at(BEFORE));
    assert!(refuted.is_empty());
}

#[test]
fn each_kind_of_fence_is_refuted_by_what_it_makes_impossible() {
    let kinds = [FenceKind::PoweredOff, FenceKind::Isolated, FenceKind::SqlStopped];
    for kind in kinds {
        let (value, _, refuted) = fenced(&answering(true, false), vec![fence(kind)]);
        let expected = if kind == FenceKind::PoweredOff { Value::No } else { Value::Yes };
        assert_eq!(value, expected, "{kind:?}, only the machine answers");
        assert_eq!(refuted.is_empty(), expected == Value::Yes);
        let (value, _, refuted) = fenced(&answering(false, true), vec![fence(kind)]);
        assert_eq!(value, Value::No, "{kind:?}, SQL Server answers");
        let words = refuted[0].to_string();
        for part in [WHO, "be1.contoso.com is ", kind.words(), r"SQL Server answered on be1.contoso.com\RTC at "] {
            assert!(words.contains(part), "{words}");
        }
    }
}

#[test]
fn an_answer_before_the_word_refutes_nothing() {
    let mut later = fence(FenceKind::PoweredOff);
    later.when = at("2026-03-14T01:58:30Z");
    let (value, _, refuted) = fenced(&answering(true, true), vec![later]);
    assert_eq!(value, Value::Yes, "it was switched off after it had answered");
    assert!(refuted.is_empty());
}

#[test]
fn a_word_that_has_run_out_is_unknown() {
    let mut old = fence(FenceKind::PoweredOff);
    old.until = Some(at("2026-03-14T01:55:00Z"));
    let (value, fact, refuted) = fenced(&seed(), vec![old]);
    assert_eq!(value, Value::Unknown);
    assert!(matches!(fact.reading, Reading::Unknown(reason) if reason.contains("2026-03-14T01:55:00Z")));
    assert_eq!(refuted.len(), 1, "told, not dropped in silence");
    let mut old = fence(FenceKind::PoweredOff);
    old.when = at("2026-03-11T01:58:00Z");
    assert_eq!(fenced(&seed(), vec![old.clone()]).0, Value::Unknown, "72 h, where it does not say");
    old.when = at("2026-03-11T01:59:00Z");
    assert_eq!(fenced(&seed(), vec![old]).0, Value::Yes);
}

#[test]
fn the_last_word_counts() {
    let mut withdrawn = fence(FenceKind::PoweredOff);
    "no".clone_into(&mut withdrawn.value);
    withdrawn.when = at("2026-03-14T01:52:00Z");
    assert_eq!(fenced(&seed(), vec![withdrawn.clone(), fence(FenceKind::PoweredOff)]).0, Value::No);
    withdrawn.when = at("2026-03-14T01:49:00Z");
    assert_eq!(fenced(&seed(), vec![fence(FenceKind::PoweredOff), withdrawn]).0, Value::Yes);
}

#[test]
fn what_is_of_one_time_is_decided() {
    let mut withdrawn = fence(FenceKind::PoweredOff);
    "no".clone_into(&mut withdrawn.value);
    let words = |first: &Attestation, last: &Attestation| fenced(&seed(), vec![first.clone(), last.clone()]).0;
    let said = fence(FenceKind::PoweredOff);
    assert_eq!(words(&said, &withdrawn), Value::No, "of two words of one time the last in the file counts");
    assert_eq!(words(&withdrawn, &said), Value::Yes);
    // It counts until then, and then still.
    let mut ends = said;
    ends.until = Some(seed().read.to);
    assert_eq!(fenced(&seed(), vec![ends]).0, Value::Yes);
    // Only what was read after the word overrules it.
    let mut snapshot = seed();
    let estate = snapshot.observed_estate().unwrap();
    let field = Field::LogBackups(estate.pool_named(&fqdn("pool01.contoso.com")).unwrap());
    let word = Attestation::new(&snapshot, &estate, field, Value::Yes, WHO, at(BEFORE));
    snapshot.with_facts(vec![Fact::known(&estate, field, Value::No, Provenance::new("msdb", None, at(BEFORE)))]);
    let (facts, refuted) = merge(&snapshot, &list(vec![word])).unwrap();
    let counts = facts.iter().find(|f| f.attribute == "log-backups").map(|f| f.value(&estate));
    assert_eq!((counts, refuted), (Some(Value::Yes), Vec::new()));
}

#[test]
fn aftercare_stays_until_the_slots_change() {
    let snapshot = seed();
    let estate = snapshot.observed_estate().unwrap();
    let pool = estate.pool_named(&fqdn("pool01.contoso.com")).unwrap();
    let long_ago = at("2025-01-01T00:00:00Z");
    let word = Attestation::new(&snapshot, &estate, Field::LogBackups(pool), Value::Yes, WHO, long_ago);
    assert_eq!(word.slots.len(), 4);
    let of = |snapshot: &Snapshot| {
        let (facts, refuted) = merge(snapshot, &list(vec![word.clone()])).unwrap();
        let fact = facts.iter().find(|f| f.attribute == "log-backups").unwrap().value(&estate);
        (fact, refuted)
    };
    assert_eq!(of(&snapshot), (Value::Yes, Vec::new()), "older than 72 h, and still true");
    let mut changed = snapshot.clone();
    let s = estate.store_of(pool, model::database_type::DatabaseType::Archiving).unwrap();
    let i = estate.instance_named(&sql(r"be3.contoso.com\RTC")).unwrap();
    let from = Provenance::new("Get-CsService", None, at(sample::READ));
    changed.with_facts(vec![Fact::known(&estate, Field::PrimarySlot(s), i, from)]);
    let (value, refuted) = of(&changed);
    assert_eq!(value, Value::Unknown);
    assert!(refuted[0].to_string().contains("slots of pool01.contoso.com/Archiving changed"), "{}", refuted[0]);
}

#[test]
fn what_was_read_after_the_word_counts_more() {
    let mut snapshot = seed();
    let estate = snapshot.observed_estate().unwrap();
    let pool = estate.pool_named(&fqdn("pool01.contoso.com")).unwrap();
    let field = Field::LogBackups(pool);
    let word = Attestation::new(&snapshot, &estate, field, Value::Yes, WHO, at(BEFORE));
    let read = |value| Fact::known(&estate, field, value, Provenance::new("msdb", None, at(sample::READ)));
    snapshot.with_facts(vec![read(Value::No)]);
    let (facts, refuted) = merge(&snapshot, &list(vec![word.clone()])).unwrap();
    assert!(facts.iter().all(|f| f.attribute != "log-backups"), "the fact of the snapshot stays");
    assert_eq!(refuted.len(), 1);
    snapshot.with_facts(vec![read(Value::Yes)]);
    assert!(merge(&snapshot, &list(vec![word])).unwrap().1.is_empty(), "no contradiction, no word about it");
}

#[test]
fn a_word_about_another_estate_is_told() {
    let mut word = fence(FenceKind::PoweredOff);
    "be9.contoso.com".clone_into(&mut word.subject);
    let (_, refuted) = merge(&seed(), &list(vec![word])).unwrap();
    assert_eq!(refuted.len(), 1);
}

#[test]
fn a_file_comes_back_as_it_went_and_a_wrong_one_is_refused() {
    let list = list(vec![fence(FenceKind::Isolated)]);
    let text = list.to_json();
    assert_eq!(Attestations::read(&text, "attestations.json").unwrap(), list);
    let wrong = |find: &str, replace: &str| {
        Attestations::read(&text.replacen(find, replace, 1), "attestations.json").unwrap_err().render()
    };
    assert!(wrong("\"fenced\"", "\"role\"").contains("nobody's word is taken for `role` [CT2201]"));
    assert!(wrong("\"kind\": \"isolated\",", "").contains("[CT2202]"));
    assert!(wrong("\"isolated\"", "\"asleep\"").contains("[CT2101]"));
    assert!(wrong("\"who\"", "\"whom\"").contains("[CT2102]"));
}
