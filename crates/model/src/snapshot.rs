//! Snapshots: the facts of an estate as they were read in one go, and what of the estate is constant. It knows no wishes
//! beyond the instances they name, and no rules: a missing fact is unknown, whatever else is known.

#![expect(clippy::result_large_err, reason = "a diagnostic is made at most once per file, and then shown")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use topology::diagnostic::Diagnostic;
use topology::names::{Fqdn, SqlInstance};

use crate::database_type::DatabaseType;
use crate::desired::Desired;
use crate::estate::{Estate, EstateError, Parts, PoolPart, Product, StorePart};
use crate::fact::{Fact, Reading};
use crate::field::{Field, State};
use crate::json::{Source, Step};
use crate::vocabulary;

/// The format version that this program reads and writes.
pub const FORMAT: u32 = 1;

/// What was read of an estate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "snapshot.json of cstopo")]
pub struct Snapshot {
    /// Format version, 1.
    #[schemars(extend("const" = FORMAT))]
    pub format: u32,
    /// Whether the estate is simulated. Facts of a real estate are never applied to a simulation.
    pub simulated: bool,
    /// When, by whom and from where it was read.
    pub read: Read,
    /// What is constant.
    pub estate: Constant,
    /// What is worth telling and decides nothing.
    #[serde(default)]
    pub details: Details,
    /// The topology document that the slots were read with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topology: Option<Document>,
    /// What was read.
    pub facts: Vec<Fact>,
}

/// When, by whom and from where a snapshot was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// When reading began, UTC.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub from: Timestamp,
    /// When it ended, UTC: the planner's now.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub to: Timestamp,
    /// The account: `CONTOSO\lync-admin`.
    pub by: String,
    /// The machine.
    #[schemars(with = "String")]
    pub on: Fqdn,
}

/// What of an estate is constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// The pools.
    pub pools: Vec<PoolEntry>,
    /// The stores.
    pub stores: Vec<StoreEntry>,
    /// Every SQL Server instance of the topology; only these can be named.
    #[schemars(with = "Vec<String>")]
    pub sql: Vec<SqlInstance>,
    /// The pool that holds the Central Management store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub central_management: Option<Fqdn>,
}

/// A pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolEntry {
    /// Its name.
    #[schemars(with = "String")]
    pub fqdn: Fqdn,
    /// Its product.
    pub product: Product,
    /// Its Front Ends, in the order of the topology.
    #[schemars(with = "Vec<String>")]
    pub front_ends: Vec<Fqdn>,
}

/// A store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StoreEntry {
    /// The pools that use it.
    #[schemars(with = "Vec<String>")]
    pub users: Vec<Fqdn>,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: DatabaseType,
    /// Sizes of its databases in megabytes, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub megabytes: BTreeMap<String, u64>,
}

/// What is worth telling and decides nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// Machines, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, HostDetail>")]
    pub hosts: BTreeMap<Fqdn, HostDetail>,
    /// SQL Server instances, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, InstanceDetail>")]
    pub instances: BTreeMap<SqlInstance, InstanceDetail>,
    /// Servers of other roles, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<String, ServerRole>")]
    pub servers: BTreeMap<Fqdn, ServerRole>,
    /// Copies, by name: `pool01.contoso.com/LcsCDR on be2.contoso.com\RTC`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub copies: BTreeMap<String, CopyDetail>,
    /// Last backups of copies, by the same names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub backups: BTreeMap<String, BackupDetail>,
    /// Anything else, for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// What is worth telling about a machine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HostDetail {
    /// Since when it is silent, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub silent_since: Option<Timestamp>,
    /// The machines from which it was asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(with = "Vec<String>")]
    pub asked_from: Vec<Fqdn>,
}

/// What is worth telling about a SQL Server instance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InstanceDetail {
    /// Version and edition: `11.0.7001.0 Standard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The port of its mirroring endpoint, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirroring_port: Option<u16>,
    /// Whether it is an instance of a failover cluster: `SERVERPROPERTY('IsClustered')`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clustered: Option<bool>,
    /// The availability group that it takes part in, where `SERVERPROPERTY('IsHadrEnabled')` is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability_group: Option<String>,
    /// The databases whose logs are shipped to it: `msdb.dbo.log_shipping_secondary_databases`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receives_logs_of: Vec<String>,
}

/// A server that is neither a Front End nor one for stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ServerRole {
    /// An Edge Server.
    Edge,
    /// A Mediation Server.
    Mediation,
    /// A Director.
    Director,
    /// A Persistent Chat Server.
    PersistentChat,
}

impl ServerRole {
    /// What it is, with its article.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Edge => "an Edge Server",
            Self::Mediation => "a Mediation Server",
            Self::Director => "a Director",
            Self::PersistentChat => "a Persistent Chat Server",
        }
    }
}

/// What is worth telling about a copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyDetail {
    /// The time up to which it holds every transaction, UTC.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub caught_up_to: Timestamp,
    /// Who says so: the mirroring monitor, an earlier snapshot.
    pub source: String,
    /// When that was read, UTC.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub time: Timestamp,
}

/// The last backup of a copy. It is told, and nobody reads it to decide: whether a backup can be restored is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupDetail {
    /// When it was made, UTC.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub at: Timestamp,
    /// Who says so: the backup history of an instance's msdb, a person.
    pub source: String,
}

/// A topology document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// The file it was kept in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Digest of the document.
    pub digest: String,
    /// When it was published, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub published: Option<Timestamp>,
}

impl Snapshot {
    /// Reads the text of a file; `file` is its name, for diagnostics.
    ///
    /// # Errors
    /// When the text is not JSON of this format, names what is not in its own estate, gives a field a value that it
    /// cannot have, or says the same fact twice. The first one found.
    pub fn read(text: &str, file: &str) -> Result<Self, Diagnostic> {
        let source = Source::new(text, file);
        let mut snapshot: Self = source.read(FORMAT, "a snapshot")?;
        snapshot.check(source)?;
        snapshot.sort();
        Ok(snapshot)
    }

    /// The text of the file: sorted, one fact a line, so that it diffs well.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut sorted = self.clone();
        sorted.sort();
        let facts = std::mem::take(&mut sorted.facts);
        // Only maps with keys that are no text could fail, and there are none.
        let head = serde_json::to_string_pretty(&sorted).unwrap_or_default();
        let lines: Vec<_> =
            facts.iter().filter_map(|f| serde_json::to_string(f).ok()).map(|f| format!("    {f}")).collect();
        let list = if lines.is_empty() { "[]".to_owned() } else { format!("[\n{}\n  ]", lines.join(",\n")) };
        let head = head.strip_suffix("\"facts\": []\n}").unwrap_or(&head);
        format!("{head}\"facts\": {list}\n}}\n")
    }

    /// The digest of the snapshot, whatever the order of its lines: SHA-256 in hexadecimal digits.
    #[must_use]
    pub fn digest(&self) -> String {
        Sha256::digest(self.to_json().as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
    }

    /// What the estate is made of. A store may lie wherever a slot or a copy of it was seen, also in the topology that a
    /// Front End still runs. `extra` are further instances that may be named.
    #[must_use]
    pub fn parts(&self, extra: &[SqlInstance]) -> Parts {
        let pools = self.estate.pools.iter().map(|p| PoolPart {
            fqdn: p.fqdn.clone(),
            product: p.product,
            front_ends: p.front_ends.clone(),
        });
        let stores = self.estate.stores.iter().map(|s| StorePart {
            users: s.users.clone(),
            kind: s.kind,
            megabytes: s.megabytes.clone(),
            instances: Vec::new(),
        });
        let mut parts = Parts {
            pools: pools.collect(),
            stores: stores.collect(),
            instances: self.estate.sql.iter().chain(extra).cloned().collect(),
            cms: self.estate.central_management.clone(),
        };
        let by_name = by_name(&parts.stores);
        for fact in &self.facts {
            place_copies(fact, &by_name, &mut parts);
        }
        parts
    }

    /// The estate with every instance that the desired file names for a store and the topology has.
    ///
    /// # Errors
    /// When the constant part contradicts itself; never for a snapshot that was read from a file.
    pub fn estate(&self, desired: &Desired) -> Result<Estate, Diagnostic> {
        let mut parts = self.parts(&[]);
        let known: BTreeSet<_> = parts.instances.iter().cloned().collect();
        let holders = desired.holders();
        for store in &mut parts.stores {
            for user in &store.users {
                let named = holders.of(user, store.kind);
                store.instances.extend(named.into_iter().filter(|i| known.contains(i)));
            }
        }
        self.build(parts)
    }

    /// The estate as observed, without any wishes.
    ///
    /// # Errors
    /// When the constant part contradicts itself; never for a snapshot that was read from a file.
    pub fn observed_estate(&self) -> Result<Estate, Diagnostic> {
        self.build(self.parts(&[]))
    }

    fn build(&self, parts: Parts) -> Result<Estate, Diagnostic> {
        Estate::new(parts).map_err(|e| Source::new("", "snapshot.json").at(&[], "CT2107", e.to_string(), ""))
    }

    /// The state of an estate: what is not said is unknown. Which pools hold the Central Management store follows from the
    /// constant part, where no fact says otherwise.
    #[must_use]
    pub fn state(&self, estate: &Estate) -> State {
        let mut state = State::unknown(estate);
        estate.place_cms(&mut state);
        for fact in &self.facts {
            if let Some(field) = fact.field(estate) {
                state.set(estate, field, fact.value(estate));
            }
        }
        state
    }

    /// The fact about a field. It looks through them all: whoever asks for many takes [`Self::by_field`].
    #[must_use]
    pub fn fact(&self, estate: &Estate, field: Field) -> Option<&Fact> {
        let attribute = vocabulary::attribute(field);
        self.facts.iter().find(|f| f.attribute == attribute && f.field(estate) == Some(field))
    }

    /// Every fact by its field; of two about one field the first. It borrows the facts, so that it never tells old ones.
    #[must_use]
    pub fn by_field(&self, estate: &Estate) -> BTreeMap<Field, &Fact> {
        let mut all = BTreeMap::new();
        for (field, fact) in self.facts.iter().filter_map(|f| Some((f.field(estate)?, f))) {
            all.entry(field).or_insert(fact);
        }
        all
    }

    /// Takes in facts; each replaces the one about the same field.
    pub fn with_facts(&mut self, facts: Vec<Fact>) {
        let mut by_key: BTreeMap<_, _> = std::mem::take(&mut self.facts).into_iter().map(|f| (f.key(), f)).collect();
        by_key.extend(facts.into_iter().map(|f| (f.key(), f)));
        self.facts = by_key.into_values().collect();
    }

    /// Puts everything into the order of the file. Front Ends keep theirs: it decides who votes.
    fn sort(&mut self) {
        self.estate.pools.sort_by(|a, b| a.fqdn.cmp(&b.fqdn));
        for store in &mut self.estate.stores {
            store.users.sort();
        }
        self.estate.stores.sort_by(|a, b| (&a.users, a.kind).cmp(&(&b.users, b.kind)));
        self.estate.sql.sort();
        self.estate.sql.dedup();
        self.facts.sort_by_cached_key(Fact::key);
    }

    fn check(&self, source: Source<'_>) -> Result<(), Diagnostic> {
        self.check_constant(source)?;
        let known: BTreeSet<_> = self.estate.sql.iter().collect();
        let parts = self.parts(&[]);
        let strangers: Vec<_> = parts.stores.iter().flat_map(|s| &s.instances).chain(&parts.instances).collect();
        let strangers: BTreeSet<_> = strangers.into_iter().filter(|i| !known.contains(i)).cloned().collect();
        let estate = Estate::new(parts).map_err(|e| estate_error(source, &e))?;
        let mut seen: BTreeMap<Field, usize> = BTreeMap::new();
        for (n, fact) in self.facts.iter().enumerate() {
            let field = check_fact(source, &estate, &strangers, n, fact)?;
            if let Some(first) = seen.insert(field, n) {
                let message = format!("the same fact stands twice: {}", vocabulary::phrase(&estate, field));
                let path = |n| [Step::Key("facts"), Step::At(n)];
                let mut d = source.at(&path(n), "CT2106", message, "again here");
                d.related.extend(source.mark(&path(first), "first here"));
                return Err(d);
            }
        }
        Ok(())
    }

    fn check_constant(&self, source: Source<'_>) -> Result<(), Diagnostic> {
        let pools: BTreeSet<&Fqdn> = self.estate.pools.iter().map(|p| &p.fqdn).collect();
        let known = |fqdn: &Fqdn| pools.contains(fqdn);
        let unknown = |fqdn: &Fqdn, path: &[Step<'_>]| {
            let message = format!("`{fqdn}` is not a pool of this snapshot");
            let mut d = source.at(path, "CT2104", message, "not under estate.pools");
            let pools: Vec<_> = self.estate.pools.iter().map(|p| p.fqdn.as_str()).collect();
            d.notes.push(("known", pools.join(", ")));
            d
        };
        for (n, store) in self.estate.stores.iter().enumerate() {
            if let Some(at) = store.users.iter().position(|u| !known(u)) {
                let path = [Step::Key("estate"), Step::Key("stores"), Step::At(n), Step::Key("users"), Step::At(at)];
                return Err(unknown(&store.users[at], &path));
            }
        }
        match &self.estate.central_management {
            Some(pool) if !known(pool) => Err(unknown(pool, &[Step::Key("estate"), Step::Key("central_management")])),
            _ => Ok(()),
        }
    }
}

fn estate_error(source: Source<'_>, error: &EstateError) -> Diagnostic {
    source.at(&[Step::Key("estate")], "CT2107", format!("the estate contradicts itself: {error}"), "in here")
}

fn check_fact(
    source: Source<'_>,
    estate: &Estate,
    strangers: &BTreeSet<SqlInstance>,
    n: usize,
    fact: &Fact,
) -> Result<Field, Diagnostic> {
    let path = |key| [Step::Key("facts"), Step::At(n), Step::Key(key)];
    if !vocabulary::ATTRIBUTES.contains(&fact.attribute.as_str()) {
        let message = format!("there is no attribute `{}`", fact.attribute);
        let mut d = source.at(&path("attribute"), "CT2108", message, "unknown attribute");
        d.notes.push(("known", vocabulary::ATTRIBUTES.join(", ")));
        return Err(d);
    }
    let Some(field) = fact.field(estate) else {
        let message = format!("nothing of this estate is `{}` and has `{}`", fact.subject, fact.attribute);
        return Err(source.at(&path("subject"), "CT2104", message, "not under estate"));
    };
    let named = fact.subject.rsplit(" on ").next().and_then(|s| s.parse::<SqlInstance>().ok());
    if let Some(stranger) = named.filter(|i| strangers.contains(i)) {
        let message = format!("`{stranger}` is not a SQL Server instance of this snapshot");
        return Err(source.at(&path("subject"), "CT2104", message, "not under estate.sql"));
    }
    let domain = vocabulary::domain(field);
    let (text, key) = match &fact.reading {
        Reading::Unknown(_) => return Ok(field),
        Reading::NotApplicable => ("none", "not_applicable"),
        Reading::Known(text) => (text.as_str(), "known"),
    };
    let stranger = text.parse::<SqlInstance>().is_ok_and(|i| domain.instances && strangers.contains(&i));
    if stranger || vocabulary::parse_value(estate, field, text).is_none() {
        let what = if key == "known" { format!("`{text}`") } else { "not applicable".to_owned() };
        let message = format!("{} cannot be {what}", vocabulary::phrase(estate, field));
        let mut d = source.at(&path(key), "CT2105", message, "not a value of this field");
        d.notes.push(("known", domain.describe()));
        if domain.instances {
            d.notes.push(("note", "an instance must stand under estate.sql".to_owned()));
        }
        return Err(d);
    }
    Ok(field)
}

/// Where each store stands in the list, by the names that facts give it: its pool with its type or with a database of it,
/// in small letters. Of several of one name the first.
type ByName = BTreeMap<(String, String), usize>;

fn by_name(stores: &[StorePart]) -> ByName {
    let mut all = ByName::new();
    for (n, store) in stores.iter().enumerate() {
        for user in &store.users {
            for name in std::iter::once(store.kind.name()).chain(store.kind.databases().iter().copied()) {
                all.entry((user.as_str().to_ascii_lowercase(), name.to_ascii_lowercase())).or_insert(n);
            }
        }
    }
    all
}

/// Notes which instances a fact names. What cannot be read is left out here and refused where it is checked.
fn place_copies(fact: &Fact, by_name: &ByName, parts: &mut Parts) {
    let instance = |text: &str| text.parse::<SqlInstance>().ok();
    let value = match &fact.reading {
        Reading::Known(text) if text != "none" => instance(text),
        _ => None,
    };
    match fact.attribute.as_str() {
        "answers" | "ready" => parts.instances.extend(instance(&fact.subject)),
        "primary-slot" | "mirror-slot" => hold(by_name, parts, &fact.subject, value),
        "loaded-primary" | "loaded-mirror" => {
            if let Some((_, store)) = vocabulary::split_loaded(&fact.subject) {
                hold(by_name, parts, store, value);
            }
        }
        // A witness holds no copy.
        "witness-slot" => parts.instances.extend(value),
        "role" | "session" | "content" | "safety" | "witness" | "witness-link" => {
            if let Some((database, at)) = vocabulary::split_copy(&fact.subject) {
                hold(by_name, parts, database, instance(at));
            }
            if fact.attribute == "witness" {
                parts.instances.extend(value);
            }
        }
        _ => {}
    }
}

/// Lets the store that is named by type or by database hold copies on an instance.
fn hold(by_name: &ByName, parts: &mut Parts, name: &str, on: Option<SqlInstance>) {
    let (Some((pool, what)), Some(on)) = (name.split_once('/'), on) else { return };
    if let Some(&store) = by_name.get(&(pool.to_ascii_lowercase(), what.to_ascii_lowercase())) {
        parts.stores[store].instances.push(on);
    }
}
