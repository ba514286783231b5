//! Attestations: a person's word for what no tool can see, kept beside the snapshot. It knows when a word ends: at its
//! time, or by an answer that it makes impossible. It takes no word for what can be read.

#![expect(clippy::result_large_err, reason = "a diagnostic is made at most once per file, and then shown")]

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use topology::diagnostic::Diagnostic;
use topology::names::Fqdn;

use crate::estate::{Estate, HostId};
use crate::fact::{Fact, Provenance, Reading};
use crate::field::{Field, Value};
use crate::json::{Source, Step};
use crate::snapshot::Snapshot;
use crate::vocabulary;

/// The format version that this program reads and writes.
pub const FORMAT: u32 = 1;

/// How long a word counts where it does not say so itself (rules §2, attestation: at most 72 h).
const DEFAULT_SPAN: SignedDuration = SignedDuration::from_hours(72);

/// The attributes for which a person's word is taken: what no tool can see, or not always.
pub const ATTESTABLE: [&str; 6] = ["fenced", "ready", "witness-slot", "log-backups", "reports", "saved"];

/// The attestations beside a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "attestations.json of cstopo")]
pub struct Attestations {
    /// Format version, 1.
    #[schemars(extend("const" = FORMAT))]
    pub format: u32,
    /// What was attested, in the order in which it was said.
    pub attestations: Vec<Attestation>,
}

impl Default for Attestations {
    fn default() -> Self {
        Self { format: FORMAT, attestations: Vec::new() }
    }
}

/// A person's word for one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The subject of the field.
    pub subject: String,
    /// The attribute of the field.
    #[schemars(extend("enum" = ATTESTABLE))]
    pub attribute: String,
    /// The value.
    pub value: String,
    /// The machine that the person named, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub host: Option<Fqdn>,
    /// How a host was fenced; only of a fence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FenceKind>,
    /// Who says so: `CONTOSO\lync-admin`.
    pub who: String,
    /// When it was said, UTC.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub when: Timestamp,
    /// Until when it counts, UTC. Left out: 72 h; without end for what the aftercare asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub until: Option<Timestamp>,
    /// The slots of the pool's stores when it was said; another slot ends an attestation of aftercare.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub slots: BTreeMap<String, SlotWords>,
    /// Anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The slots of a store in words: an instance, or `none`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotWords {
    /// The primary slot.
    pub primary: String,
    /// The mirror slot.
    pub mirror: String,
}

/// How a machine was fenced; each kind is refuted by what it makes impossible (rules §2, fence).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FenceKind {
    /// Switched off: nothing may answer.
    PoweredOff,
    /// Cut off from the network: SQL Server may not answer.
    Isolated,
    /// SQL Server stopped and disabled: SQL Server may not answer.
    SqlStopped,
}

impl FenceKind {
    /// What was done, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::PoweredOff => "powered off",
            Self::Isolated => "isolated",
            Self::SqlStopped => "fenced, SQL Server stopped and disabled",
        }
    }

    /// Whether an answer of the machine that is none of SQL Server is impossible too.
    fn silences_all(self) -> bool {
        self == Self::PoweredOff
    }
}

/// A word that counts no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refuted {
    /// The word.
    pub attestation: Attestation,
    /// Why it counts no longer, as a sentence without a full stop.
    pub why: String,
}

impl Attestations {
    /// Reads the text of a file; `file` is its name, for diagnostics.
    ///
    /// # Errors
    /// When the text is not JSON of this format, or takes a word for what can be read.
    pub fn read(text: &str, file: &str) -> Result<Self, Diagnostic> {
        let source = Source::new(text, file);
        let read: Self = source.read(FORMAT, "a list of attestations")?;
        for (n, a) in read.attestations.iter().enumerate() {
            let path = |key| [Step::Key("attestations"), Step::At(n), Step::Key(key)];
            if !ATTESTABLE.contains(&a.attribute.as_str()) {
                let message = format!("nobody's word is taken for `{}`", a.attribute);
                let mut d = source.at(&path("attribute"), "CT2201", message, "this is read, not attested");
                d.notes.push(("known", ATTESTABLE.join(", ")));
                return Err(d);
            }
            let fence = a.attribute == "fenced" && a.value != "no";
            if fence && a.kind.is_none() {
                let message = "a fence says how: powered-off, isolated or sql-stopped".to_owned();
                return Err(source.at(&path("attribute"), "CT2202", message, "without `kind`"));
            }
            if a.kind.is_some() && a.attribute != "fenced" {
                return Err(source.at(&path("kind"), "CT2202", "only a fence has a kind".to_owned(), "not here"));
            }
        }
        Ok(read)
    }

    /// The text of the file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Only maps with keys that are no text could fail, and there are none.
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

impl Attestation {
    /// A word for a field, said now. Of aftercare it records the slots that it is about.
    #[must_use]
    pub fn new(snapshot: &Snapshot, estate: &Estate, field: Field, value: Value, who: &str, when: Timestamp) -> Self {
        let slots = if let Field::LogBackups(pool) | Field::Reports(pool) = field {
            slots_of(&snapshot.by_field(estate), estate, pool)
        } else {
            BTreeMap::new()
        };
        Self {
            subject: vocabulary::subject(estate, field),
            attribute: vocabulary::attribute(field).to_owned(),
            value: vocabulary::value_text(estate, value),
            host: None,
            kind: None,
            who: who.to_owned(),
            when,
            until: None,
            slots,
            note: None,
        }
    }

    /// A fence, said now.
    #[must_use]
    pub fn fence(estate: &Estate, host: HostId, kind: FenceKind, who: &str, when: Timestamp) -> Self {
        let field = Field::Fenced(host);
        Self {
            subject: vocabulary::subject(estate, field),
            attribute: vocabulary::attribute(field).to_owned(),
            value: vocabulary::value_text(estate, Value::Yes),
            host: Some(estate.host(host).clone()),
            kind: Some(kind),
            who: who.to_owned(),
            when,
            until: None,
            slots: BTreeMap::new(),
            note: None,
        }
    }

    /// Until when it counts; none for aftercare, which stays until the slots change.
    #[must_use]
    pub fn ends(&self) -> Option<Timestamp> {
        let aftercare = matches!(self.attribute.as_str(), "log-backups" | "reports");
        self.until.or_else(|| if aftercare { None } else { self.when.checked_add(DEFAULT_SPAN).ok() })
    }

    /// What was said: `be1.contoso.com is powered off`.
    #[must_use]
    pub fn words(&self) -> String {
        match self.kind {
            Some(kind) => format!("{} is {}", self.subject, kind.words()),
            None => format!("{} of {}: {}", self.attribute, self.subject, self.value),
        }
    }
}

impl std::fmt::Display for Refuted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Attestation { who, when, .. } = &self.attestation;
        write!(f, "{who} said at {when} that {}; {}", self.attestation.words(), self.why)
    }
}

/// What the attestations add to a snapshot, and which of them count no longer. The snapshot's own time is now.
///
/// Of several words for one field the last counts. A machine for which there is no word is not fenced: that much the file
/// itself tells. A refuted fence is no fence; whatever else is refuted or expired is unknown.
///
/// # Errors
/// When the snapshot's constant part contradicts itself; never for a snapshot that was read from a file.
pub fn merge(snapshot: &Snapshot, attestations: &Attestations) -> Result<(Vec<Fact>, Vec<Refuted>), Diagnostic> {
    let estate = snapshot.observed_estate()?;
    let mut last: BTreeMap<Field, &Attestation> = BTreeMap::new();
    let mut refuted = Vec::new();
    for a in &attestations.attestations {
        let field = vocabulary::parse_field(&estate, &a.subject, &a.attribute);
        match field.filter(|&f| vocabulary::parse_value(&estate, f, &a.value).is_some()) {
            Some(field) if last.get(&field).is_none_or(|b| b.when <= a.when) => _ = last.insert(field, a),
            Some(_) => {}
            None => {
                let why = "nothing of this estate can be that".to_owned();
                refuted.push(Refuted { attestation: a.clone(), why });
            }
        }
    }
    let mut facts = Vec::new();
    let read = snapshot.by_field(&estate);
    for host in estate.host_ids() {
        let field = Field::Fenced(host);
        if !last.contains_key(&field) && !read.contains_key(&field) {
            let from = Provenance::new("no attestation", None, snapshot.read.to);
            facts.push(Fact::known(&estate, field, Value::No, from));
        }
    }
    for (field, a) in last {
        let observed = read.get(&field).copied();
        let later = observed.filter(|f| f.time > a.when && matches!(f.reading, Reading::Known(_)));
        let from = Provenance::new(format!("person: {}", a.who), a.host.clone(), a.when);
        let value = vocabulary::parse_value(&estate, field, &a.value).unwrap_or(Value::Unknown);
        let why = match later {
            // What was read afterwards counts, and only a contradiction is worth a word.
            Some(fact) if fact.value(&estate) == value => continue,
            Some(fact) => Some(format!("{} was read at {}", reading(fact), fact.time)),
            None => refutation(snapshot.read.to, &estate, &read, field, a),
        };
        let overruled = later.is_some();
        match why {
            None => facts.push(Fact::known(&estate, field, value, from)),
            Some(why) => {
                let fact = match field {
                    _ if overruled => None,
                    Field::Fenced(_) if !why.starts_with(EXPIRED) => Some(Fact::known(&estate, field, Value::No, from)),
                    _ => Some(Fact::unknown(&estate, field, why.clone(), from)),
                };
                facts.extend(fact);
                refuted.push(Refuted { attestation: a.clone(), why });
            }
        }
    }
    Ok((facts, refuted))
}

/// Facts by their field.
type Facts<'a> = BTreeMap<Field, &'a Fact>;

const EXPIRED: &str = "that counted until";

fn reading(fact: &Fact) -> String {
    match &fact.reading {
        Reading::Known(value) => value.clone(),
        Reading::Unknown(reason) => format!("unknown ({reason})"),
        Reading::NotApplicable => "not applicable".to_owned(),
    }
}

/// Why a word counts no longer.
fn refutation(now: Timestamp, estate: &Estate, read: &Facts<'_>, field: Field, a: &Attestation) -> Option<String> {
    if let Some(end) = a.ends().filter(|&end| end < now) {
        return Some(format!("{EXPIRED} {end}"));
    }
    match (field, a.kind) {
        (Field::Fenced(host), Some(kind)) if a.value != "no" => {
            let answers = |f: Field| {
                let fact = read.get(&f)?;
                let contradicts = fact.value(estate) == Value::Yes && fact.time > a.when;
                contradicts.then_some(fact.time)
            };
            let instances = estate.instances_on(host).iter().copied();
            let sql = instances.filter_map(|i| Some((i, answers(Field::Answers(i))?))).next();
            if let Some((i, time)) = sql {
                return Some(format!("SQL Server answered on {} at {time}", estate.instance(i).name));
            }
            let machine = answers(Field::Reachable(host)).filter(|_| kind.silences_all())?;
            Some(format!("{} answered at {machine}", estate.host(host)))
        }
        (Field::LogBackups(pool) | Field::Reports(pool), _) => {
            let now = slots_of(read, estate, pool);
            let changed = a.slots.iter().find(|(store, words)| now.get(*store).is_some_and(|n| n != *words))?;
            Some(format!("the slots of {} changed since", changed.0))
        }
        _ => None,
    }
}

/// The slots of a pool's stores, as far as they are known.
fn slots_of(read: &Facts<'_>, estate: &Estate, pool: crate::estate::PoolId) -> BTreeMap<String, SlotWords> {
    let known = |field| read.get(&field).map(|f| f.value(estate)).filter(|v| v.is_known());
    let text = |value| vocabulary::value_text(estate, value);
    let slots = estate.pool(pool).stores.iter().filter_map(|&s| {
        let (primary, mirror) = (known(Field::PrimarySlot(s))?, known(Field::MirrorSlot(s))?);
        let words = SlotWords { primary: text(primary), mirror: text(mirror) };
        Some((vocabulary::store_name(estate, s), words))
    });
    slots.collect()
}
