//! Facts: what somebody or something said about one field, with source, host and time. It knows no rules and believes
//! nothing beyond what a fact says; ids never stand in a fact, because facts outlive an estate.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use topology::names::Fqdn;

use crate::estate::Estate;
use crate::field::{Field, Value};
use crate::vocabulary;

/// A fact about one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "Line", into = "Line")]
#[schemars(with = "Line")]
pub struct Fact {
    /// The subject of the field, see [`vocabulary`].
    pub subject: String,
    /// The attribute of the field.
    pub attribute: String,
    /// What is known.
    pub reading: Reading,
    /// Where it comes from: a view, a cmdlet, `person: <who>`.
    pub source: String,
    /// The machine that was asked, where one was.
    pub asked: Option<Fqdn>,
    /// When it was read, or said.
    pub time: Timestamp,
}

/// What a fact says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The value, as [`vocabulary::value_text`] spells it.
    Known(String),
    /// It is not known, and why.
    Unknown(String),
    /// There is nothing that could have a value.
    NotApplicable,
}

/// A fact as a line of a file: exactly one of `known`, `unknown` and `not_applicable`.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Fact")]
pub(crate) struct Line {
    /// A machine, an instance, a pool, a store, a copy, a store as a Front End loaded it, or `estate`.
    subject: String,
    /// Which field of the subject.
    #[schemars(extend("enum" = vocabulary::ATTRIBUTES))]
    attribute: String,
    /// The value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known: Option<String>,
    /// Why it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unknown: Option<String>,
    /// True where there is nothing that could have a value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    not_applicable: bool,
    /// Where it comes from.
    source: String,
    /// The machine that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    asked: Option<Fqdn>,
    /// When it was read, UTC.
    #[schemars(with = "String", extend("format" = "date-time"))]
    time: Timestamp,
}

impl TryFrom<Line> for Fact {
    type Error = String;
    fn try_from(line: Line) -> Result<Self, String> {
        let reading = match (line.known, line.unknown, line.not_applicable) {
            (Some(value), None, false) => Reading::Known(value),
            (None, Some(reason), false) => Reading::Unknown(reason),
            (None, None, true) => Reading::NotApplicable,
            _ => return Err("a fact has exactly one of known, unknown and not_applicable".to_owned()),
        };
        let Line { subject, attribute, source, asked, time, .. } = line;
        Ok(Self { subject, attribute, reading, source, asked, time })
    }
}

impl From<Fact> for Line {
    fn from(fact: Fact) -> Self {
        let Fact { subject, attribute, reading, source, asked, time } = fact;
        let mut line =
            Self { subject, attribute, known: None, unknown: None, not_applicable: false, source, asked, time };
        match reading {
            Reading::Known(value) => line.known = Some(value),
            Reading::Unknown(reason) => line.unknown = Some(reason),
            Reading::NotApplicable => line.not_applicable = true,
        }
        line
    }
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// A view, a cmdlet, `person: <who>`.
    pub source: String,
    /// The machine that was asked.
    pub asked: Option<Fqdn>,
    /// When.
    pub time: Timestamp,
}

impl Provenance {
    /// A provenance.
    pub fn new(source: impl Into<String>, asked: Option<Fqdn>, time: Timestamp) -> Self {
        Self { source: source.into(), asked, time }
    }
}

impl Fact {
    fn about(estate: &Estate, field: Field, reading: Reading, from: Provenance) -> Self {
        let Provenance { source, asked, time } = from;
        let subject = vocabulary::subject(estate, field);
        Self { subject, attribute: vocabulary::attribute(field).to_owned(), reading, source, asked, time }
    }

    /// A fact with a value. [`Value::Unknown`] gives an unknown fact without a better reason.
    #[must_use]
    pub fn known(estate: &Estate, field: Field, value: impl Into<Value>, from: Provenance) -> Self {
        let value = value.into();
        let text = vocabulary::value_text(estate, value);
        let reading = if value.is_known() { Reading::Known(text) } else { Reading::Unknown("not read".to_owned()) };
        Self::about(estate, field, reading, from)
    }

    /// A fact that is not known.
    #[must_use]
    pub fn unknown(estate: &Estate, field: Field, reason: impl Into<String>, from: Provenance) -> Self {
        Self::about(estate, field, Reading::Unknown(reason.into()), from)
    }

    /// A fact about a field that cannot have a value.
    #[must_use]
    pub fn not_applicable(estate: &Estate, field: Field, from: Provenance) -> Self {
        Self::about(estate, field, Reading::NotApplicable, from)
    }

    /// The field; none where the estate has no such field.
    #[must_use]
    pub fn field(&self, estate: &Estate) -> Option<Field> {
        vocabulary::parse_field(estate, &self.subject, &self.attribute)
    }

    /// The value as a state holds it; unknown where the fact is unknown, or says what the field cannot have.
    #[must_use]
    pub fn value(&self, estate: &Estate) -> Value {
        let Some(field) = self.field(estate) else { return Value::Unknown };
        match &self.reading {
            Reading::Known(text) => vocabulary::parse_value(estate, field, text).unwrap_or(Value::Unknown),
            Reading::Unknown(_) => Value::Unknown,
            Reading::NotApplicable if vocabulary::domain(field).contains(Value::Nothing) => Value::Nothing,
            Reading::NotApplicable => Value::Unknown,
        }
    }

    /// Whether both are about one field; names compare without case.
    #[must_use]
    pub fn same_field(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// What facts are sorted by and told apart by.
    pub(crate) fn key(&self) -> (String, usize) {
        let place = vocabulary::ATTRIBUTES.iter().position(|a| *a == self.attribute);
        (self.subject.to_lowercase(), place.unwrap_or(usize::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_exactly_one_thing() {
        let line = |middle: &str| {
            let text = format!(
                r#"{{"subject":"be1.contoso.com","attribute":"reachable",{middle}"source":"ping","time":"2026-03-14T01:58:10Z"}}"#
            );
            serde_json::from_str::<Fact>(&text)
        };
        assert_eq!(line(r#""known":"no","#).unwrap().reading, Reading::Known("no".to_owned()));
        assert_eq!(line(r#""unknown":"timeout","#).unwrap().reading, Reading::Unknown("timeout".to_owned()));
        assert_eq!(line(r#""not_applicable":true,"#).unwrap().reading, Reading::NotApplicable);
        for wrong in
            ["", r#""known":"no","unknown":"x","#, r#""known":"no","not_applicable":true,"#, r#""knwon":"no","#]
        {
            assert!(line(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_line_comes_back_as_it_went() {
        let text = r#"{"subject":"be1.contoso.com","attribute":"reachable","unknown":"timeout","source":"ping","asked":"be1.contoso.com","time":"2026-03-14T01:58:10Z"}"#;
        let fact: Fact = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&fact).unwrap(), text);
    }
}
