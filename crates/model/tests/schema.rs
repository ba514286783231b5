//! The shipped JSON Schemas are current, accept what the program writes, and refuse what it refuses.

mod sample;

use std::path::PathBuf;

use model::attest::{Attestation, Attestations, FenceKind};
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

#[test]
fn the_shipped_schemas_are_current() {
    for (name, text) in model::schema::files() {
        let path = folder().join(name);
        if std::env::var_os("CSTOPO_BLESS").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let shipped = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        assert!(shipped == text, "{} is not current; run the tests with CSTOPO_BLESS=1", path.display());
    }
}

fn validator(name: &str) -> jsonschema::Validator {
    let files = model::schema::files();
    let (_, text) = files.iter().find(|(n, _)| *n == name).unwrap();
    jsonschema::validator_for(&serde_json::from_str::<Value>(text).unwrap()).unwrap()
}

#[test]
fn a_snapshot_is_valid() {
    let validator = validator("snapshot.schema.json");
    let mut value: Value = serde_json::from_str(&sample::seed().to_json()).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    value["facts"][0]["attribute"] = "alive".into();
    assert!(!validator.is_valid(&value), "an attribute that is none");
    value["facts"][0]["attribute"] = "reachable".into();
    value["more"] = 1.into();
    assert!(!validator.is_valid(&value), "an unknown field");
}

#[test]
fn attestations_are_valid() {
    let estate = sample::seed().observed_estate().unwrap();
    let host = estate.host_named(&sample::fqdn("be1.contoso.com")).unwrap();
    let word = Attestation::fence(&estate, host, FenceKind::SqlStopped, "me", sample::at(sample::READ));
    let list = Attestations { attestations: vec![word], ..Attestations::default() };
    let value = serde_json::from_str(&list.to_json()).unwrap();
    assert!(validator("attestations.schema.json").is_valid(&value), "{value}");
}

#[test]
fn a_desired_file_is_valid() {
    let validator = validator("desired.schema.json");
    let table: toml::Table = sample::DESIRED.parse().unwrap();
    let mut value = serde_json::to_value(table).unwrap();
    let errors: Vec<_> = validator.iter_errors(&value).map(|e| e.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
    value["policy"]["accept"] = serde_json::json!(["data-loss"]);
    assert!(!validator.is_valid(&value), "consent never stands in a file");
}
