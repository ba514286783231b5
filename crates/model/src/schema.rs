//! JSON Schemas of the files that people and other programs read and write. It knows their shape, not their meaning.

use schemars::{JsonSchema, schema_for};

/// Names and texts of the schema files that are shipped.
#[must_use]
pub fn files() -> Vec<(&'static str, String)> {
    vec![
        ("snapshot.schema.json", text::<crate::snapshot::Snapshot>()),
        ("attestations.schema.json", text::<crate::attest::Attestations>()),
        ("plan.schema.json", text::<crate::plan_file::PlanFile>()),
        ("desired.schema.json", text::<crate::desired::schema::File>()),
    ]
}

/// The schema of a type, as a file.
#[must_use]
pub fn text<T: JsonSchema>() -> String {
    let schema = schema_for!(T);
    // A schema is a JSON value, and those can always be written.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
