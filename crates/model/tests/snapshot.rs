//! Snapshots: what goes out comes back, unknown stays unknown, and a wrong file is refused with the place.

mod sample;

use model::desired::Desired;
use model::field::{Field, Value};
use model::snapshot::Snapshot;
use sample::{DESIRED, seed, sql};

#[test]
fn a_snapshot_comes_back_as_it_went_one_fact_a_line() {
    let snapshot = seed();
    let text = snapshot.to_json();
    let back = Snapshot::read(&text, "snapshot.json").unwrap();
    assert_eq!(back.to_json(), text);
    assert_eq!(back.facts.len(), snapshot.facts.len());
    let lines = text.lines().filter(|l| l.starts_with("    {\"subject\":")).count();
    assert_eq!(lines, snapshot.facts.len(), "one fact a line");
    assert!(text.ends_with("  ]\n}\n") && !text.contains('\r'));
    assert_eq!(Snapshot::read(&format!("\u{feff}{text}"), "snapshot.json").unwrap(), back, "a byte order mark is read");
    let empty = sample::empty();
    assert_eq!(Snapshot::read(&empty.to_json(), "snapshot.json").unwrap(), empty);
}

#[test]
fn the_digest_does_not_depend_on_the_order_of_lines() {
    let snapshot = seed();
    let mut turned = snapshot.clone();
    turned.facts.reverse();
    turned.estate.pools.reverse();
    turned.estate.stores.reverse();
    assert_eq!(turned.digest(), snapshot.digest());
    assert_eq!(snapshot.digest().len(), 64);
    turned.facts.pop();
    assert_ne!(turned.digest(), snapshot.digest());
    let mut voters = snapshot.clone();
    voters.estate.pools[0].front_ends.reverse();
    assert_ne!(voters.digest(), snapshot.digest(), "the order of Front Ends decides who votes");
}

#[test]
fn what_is_not_said_is_unknown_and_not_applicable_is_nothing() {
    let snapshot = seed();
    let estate = snapshot.observed_estate().unwrap();
    let state = snapshot.state(&estate);
    let pool = estate.pool_named(&sample::fqdn("pool01.contoso.com")).unwrap();
    let i1 = estate.instance_named(&sql(r"be1.contoso.com\RTC")).unwrap();
    let i2 = estate.instance_named(&sql(r"be2.contoso.com\RTC")).unwrap();
    let d = estate.database_of(pool, "rtcxds").unwrap();
    let s = estate.database(d).store;
    assert_eq!(state.get(&estate, Field::Role(d, i1)), Value::Unknown, "no answer");
    assert_eq!(state.get(&estate, Field::Session(d, i1)), Value::Unknown, "not said");
    assert_eq!(state.get(&estate, Field::Role(d, i2)), Value::Mirror);
    assert_eq!(state.get(&estate, Field::WitnessSlot(s)), Value::Nothing, "not applicable");
    assert_eq!(state.get(&estate, Field::PrimarySlot(s)), Value::Instance(i1));
    let fact = snapshot.fact(&estate, Field::Role(d, i2)).unwrap();
    assert_eq!((fact.source.as_str(), fact.time), ("sys.database_mirroring", sample::at(sample::READ)));
    assert!(snapshot.fact(&estate, Field::Session(d, i1)).is_none());
}

#[test]
fn a_store_may_lie_where_a_slot_a_copy_or_a_wish_says() {
    let snapshot = seed();
    let names = |estate: &model::estate::Estate| {
        let pool = estate.pool_named(&sample::fqdn("pool01.contoso.com")).unwrap();
        let s = estate.store_of(pool, model::database_type::DatabaseType::Archiving).unwrap();
        estate.store(s).instances.iter().map(|&i| estate.instance(i).name.to_string()).collect::<Vec<_>>()
    };
    let observed = [r"be1.contoso.com\RTC", r"be2.contoso.com\RTC"];
    assert_eq!(names(&snapshot.observed_estate().unwrap()), observed);
    let desired = Desired::read(&DESIRED.replace("be1", "be3"), "desired.toml").unwrap();
    let all = [r"be1.contoso.com\RTC", r"be2.contoso.com\RTC", r"be3.contoso.com\RTC"];
    assert_eq!(names(&snapshot.estate(&desired).unwrap()), all);
    let witness = DESIRED.replace("\"none\"", r"'be3.contoso.com\RTC'");
    let desired = Desired::read(&witness, "desired.toml").unwrap();
    assert_eq!(names(&snapshot.estate(&desired).unwrap()), observed, "a witness holds no copy");
    let stranger = Desired::read(&DESIRED.replace("be1", "be9"), "desired.toml").unwrap();
    let estate = snapshot.estate(&stranger).unwrap();
    assert!(estate.host_named(&sample::fqdn("be9.contoso.com")).is_none(), "a wish makes no host");
}

#[test]
fn a_later_fact_takes_the_place_of_the_one_about_the_same_field() {
    let mut snapshot = seed();
    let before = snapshot.facts.len();
    let mut fact = snapshot.facts[0].clone();
    fact.subject = fact.subject.to_uppercase();
    "new".clone_into(&mut fact.source);
    snapshot.with_facts(vec![fact]);
    assert_eq!(snapshot.facts.len(), before);
    assert_eq!(snapshot.facts.iter().filter(|f| f.source == "new").count(), 1);
}

/// A file with one thing wrong, and what is said of it.
fn wrong(find: &str, replace: &str) -> String {
    let text = seed().to_json();
    assert!(text.contains(find), "{find}");
    let broken = text.replacen(find, replace, 1);
    Snapshot::read(&broken, "snapshot.json").unwrap_err().render()
}

fn says(rendered: &str, parts: &[&str]) {
    for part in parts {
        assert!(rendered.contains(part), "`{part}` is missing in:\n{rendered}");
    }
}

#[test]
fn a_wrong_file_is_refused_with_the_place() {
    says(&wrong("\"simulated\": true,", "\"simulated\": true, \"sim\": 1,"), &["no field `sim`", "[CT2102]", "^^^^^"]);
    says(&wrong("\"simulated\": true", "\"simulated\": 1"), &["[CT2101]", "snapshot.json:3:16", "invalid type"]);
    says(&wrong("\"facts\": [", "\"facts\": ,"), &["is not JSON", "[CT2101]"]);
}

#[test]
fn names_that_the_estate_does_not_have_are_refused() {
    let r = wrong("\"central_management\": \"pool02", "\"central_management\": \"pool03");
    says(&r, &["`pool03.contoso.com` is not a pool", "[CT2104]", "known: pool01.contoso.com, pool02.contoso.com"]);
    let r = wrong(r#""known":"be1.contoso.com\\RTC""#, r#""known":"be9.contoso.com\\RTC""#);
    says(&r, &[r"cannot be `be9.contoso.com\RTC`", "[CT2105]", "estate.sql", "^^^^^"]);
    let r = wrong(r#""subject":"be1.contoso.com""#, r#""subject":"be7.contoso.com""#);
    says(&r, &["`be7.contoso.com`", "[CT2104]"]);
    let r = wrong(
        r#""subject":"be1.contoso.com\\RTC","attribute":"answers""#,
        r#""subject":"be7.contoso.com\\RTC","attribute":"answers""#,
    );
    says(&r, &["[CT2104]", "estate.sql"]);
    says(&wrong(r#""attribute":"reachable""#, r#""attribute":"alive""#), &["no attribute `alive`", "[CT2108]"]);
}

#[test]
fn a_value_outside_of_its_domain_is_refused() {
    let r = wrong(r#""known":"MIRROR""#, r#""known":"SLAVE""#);
    says(
        &r,
        &[
            "role of",
            "cannot be `SLAVE`",
            "[CT2105]",
            "known: absent, RESTORING, RECOVERING, unmirrored, PRINCIPAL, MIRROR",
        ],
    );
    let r = wrong(r#""known":"MIRROR""#, r#""not_applicable":true"#);
    says(&r, &["cannot be not applicable", "[CT2105]"]);
}

#[test]
fn a_fact_given_twice_is_refused_with_both_places() {
    let text = seed().to_json();
    let line = text.lines().find(|l| l.contains("\"reachable\"")).unwrap();
    let shouted = line.replace("be1.contoso.com\",\"attribute", "BE1.CONTOSO.COM\",\"attribute");
    let twice = text.replacen(line, &format!("{line}\n{},", shouted.trim_end_matches(',')), 1);
    let rendered = Snapshot::read(&twice, "snapshot.json").unwrap_err().render();
    says(
        &rendered,
        &["the same fact stands twice: answers of be1.contoso.com", "[CT2106]", "first here", "again here"],
    );
}

#[test]
fn an_estate_that_contradicts_itself_is_refused() {
    let r = wrong("\"fqdn\": \"pool02.contoso.com\"", "\"fqdn\": \"POOL01.contoso.com\"");
    says(&r, &["[CT2104]"]);
    says(&wrong("fe2.contoso.com\"", "fe1.contoso.com\""), &["fe1.contoso.com stands twice", "[CT2107]"]);
    says(&wrong("\"format\": 1", "\"format\": 2"), &["format 2", "[CT2103]", "snapshot.json:2:13"]);
}
