//! TOML to sections, with every error of the file in one run. It knows no estate: whether a name exists is asked later.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};
use topology::diagnostic::Diagnostic;
use topology::names::{Fqdn, InstanceName, NameError, SqlInstance};

use super::place::{Page, Spot};
use super::policy::{self, Rules};
use super::section::{Choice, PoolSection, Section};
use super::suggest;
use crate::database_type::DatabaseType;

/// Keys of the file.
pub(crate) const TOP: [&str; 3] = ["format", "pool", "policy"];
/// Keys of a pool or of a store, the labels of Topology Builder.
pub(crate) const STORE: [&str; 5] =
    ["sql-server-store", "mirroring-sql-server-store", "mirroring-witness", "sql-server-stores", "principal"];

/// What a file says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pub(crate) pools: Vec<PoolSection>,
    pub(crate) rules: Rules,
}

/// A key or value of the parsed text.
pub(crate) type Value<'i> = Spanned<DeValue<'i>>;

/// Reads and collects what is wrong.
pub(crate) struct Reader<'a> {
    pub(crate) page: Page<'a>,
    pub(crate) errors: Vec<Diagnostic>,
}

/// Reads a file.
pub(crate) fn read(page: Page<'_>) -> (Content, Vec<Diagnostic>) {
    let mut reader = Reader { page, errors: Vec::new() };
    let (table, faults) = DeTable::parse_recoverable(page.text);
    if !faults.is_empty() {
        // What could be recovered of a broken text would only give errors that are none.
        reader.errors.extend(faults.iter().map(|e| not_toml(page, e)));
        return (Content::default(), reader.errors);
    }
    let content = reader.top(table.get_ref());
    (content, reader.errors)
}

fn not_toml(page: Page<'_>, error: &toml::de::Error) -> Diagnostic {
    let words = error.message().lines().next().unwrap_or_default().to_owned();
    let span = error.span().unwrap_or(0..0);
    let mut d = page.error("CT2003", &span, format!("{} is not TOML: {words}", page.file), "here");
    let line = d.place.as_ref().map_or(String::new(), |m| m.text.clone());
    if line.contains('\\') && line.contains('"') {
        let text = "in double quotes `\\` begins an escape: write host\\instance in 'single quotes'";
        d.notes.push(("help", suggest::wrap(text)));
    }
    d
}

impl<'a> Reader<'a> {
    fn top(&mut self, table: &DeTable<'_>) -> Content {
        let mut content = Content::default();
        if table.is_empty() {
            self.errors.push(self.page.whole("CT2011", format!("{} is empty: it declares nothing", self.page.file)));
            return content;
        }
        self.unknown_keys(table, &TOP);
        match entry(table, "format") {
            Some((_, value)) if value.get_ref().as_integer().is_some_and(|i| i.as_str() == "1" && i.radix() == 10) => {}
            Some((_, value)) => {
                let message = "this cstopo reads desired files of format 1".to_owned();
                self.errors.push(self.page.error("CT2014", &value.span(), message, "not 1"));
            }
            None => {
                let mut d = self.page.whole("CT2014", format!("{} does not say its format", self.page.file));
                d.notes.push(("help", "let the file begin with: format = 1".to_owned()));
                self.errors.push(d);
            }
        }
        if let Some(pools) = self.table(table, "pool") {
            for (key, value) in pools.iter() {
                let Some(tables) = self.as_table(key.get_ref(), value) else { continue };
                if let Some(pool) = self.pool(key.get_ref(), key.span(), tables) {
                    content.pools.push(pool);
                }
            }
        }
        if let Some(table) = self.table(table, "policy") {
            content.rules = policy::read(self, table);
        }
        content.pools.sort_by_key(|p| p.fqdn.span.start);
        content
    }

    fn pool(&mut self, name: &str, key: Range<usize>, table: &DeTable<'_>) -> Option<PoolSection> {
        let inside = self.page.inside(&key);
        let fqdn = match Fqdn::new(name) {
            Ok(fqdn) => fqdn,
            Err(e) => {
                self.bad_name(&inside, 0, &e, "host");
                return None;
            }
        };
        let stores = DatabaseType::ALL.map(DatabaseType::key);
        self.unknown_keys(table, &[&STORE[..], &stores].concat());
        let mut pool = PoolSection {
            fqdn: Spot { value: fqdn, span: inside.clone() },
            all: self.section(inside, table),
            stores: std::collections::BTreeMap::new(),
        };
        for kind in DatabaseType::ALL {
            let Some((key, value)) = entry(table, kind.key()) else { continue };
            let Some(table) = self.as_table(key.get_ref(), value) else { continue };
            self.unknown_keys(table, &STORE);
            let section = self.section(key.span(), table);
            pool.stores.insert(kind, section);
        }
        Some(pool)
    }

    fn section(&mut self, head: Range<usize>, table: &DeTable<'_>) -> Section {
        let before = self.errors.len();
        let mut section = Section { head, ..Section::default() };
        if let Some(spot) = self.text(table, "sql-server-store") {
            section.store = self.instance(&spot);
        }
        section.mirror = self.choice(table, "mirroring-sql-server-store");
        section.witness = self.choice(table, "mirroring-witness");
        section.pair = self.pair(table);
        if let Some(spot) = self.text(table, "principal") {
            section.principal = self.instance(&spot);
        }
        section.broken = self.errors.len() > before;
        section
    }

    fn choice(&mut self, table: &DeTable<'_>, key: &str) -> Option<Spot<Choice>> {
        let spot = self.text(table, key)?;
        if spot.value.eq_ignore_ascii_case("none") {
            // A word, not a name: it is shown with its quotes.
            let span = entry(table, key).map_or(spot.span, |(_, value)| value.span());
            return Some(Spot { value: Choice::Nothing, span });
        }
        let instance = self.instance(&spot)?;
        Some(Spot { value: Choice::One(instance.value), span: instance.span })
    }

    fn pair(&mut self, table: &DeTable<'_>) -> Option<[Spot<SqlInstance>; 2]> {
        let list = self.texts(table, "sql-server-stores")?;
        let (_, value) = entry(table, "sql-server-stores")?;
        if list.len() != 2 {
            let message = format!("`sql-server-stores` names two instances, not {}", list.len());
            self.errors.push(self.page.error("CT2003", &value.span(), message, "two, in any order"));
            return None;
        }
        let read: Vec<_> = list.iter().filter_map(|spot| self.instance(spot)).collect();
        read.try_into().ok()
    }

    /// Reads `host\INSTANCE`.
    fn instance(&mut self, spot: &Spot<String>) -> Option<Spot<SqlInstance>> {
        let (host, name) = spot.value.split_once('\\').unwrap_or((&spot.value, ""));
        let fqdn = Fqdn::new(host).map_err(|e| self.bad_name(&spot.span, 0, &e, "host"));
        let skipped = host.chars().count() + 1;
        let name = InstanceName::new(name).map_err(|e| self.bad_name(&spot.span, skipped, &e, "instance"));
        Some(Spot { value: SqlInstance { host: fqdn.ok()?, name: name.ok()? }, span: spot.span.clone() })
    }

    /// Says why a text is no name; `skipped` characters of the value stand before the name.
    fn bad_name(&mut self, inside: &Range<usize>, skipped: usize, error: &NameError, what: &str) {
        let words = error.to_string().replace("a host name", &format!("{} {what} name", article(what)));
        let (span, label) = match error {
            NameError::Character { character, at } => {
                let at = skipped + at;
                let span = self.page.characters(inside, at, at + 1);
                let escaped = character.is_control() && span.len() > 1;
                (span, if escaped { "TOML reads this as one character" } else { "not part of a name" })
            }
            NameError::Empty => (inside.clone(), "empty"),
            NameError::Long(_) => (inside.clone(), "too long"),
        };
        let mut d = self.page.error("CT2002", &span, words, label);
        let raw = &self.page.text[inside.clone()];
        if span.len() > 1 && raw.contains('\\') && !raw.contains('\'') {
            d.notes.push(("help", format!("use single quotes: '{raw}'")));
        }
        self.errors.push(d);
    }

    /// The text under a key.
    pub(crate) fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<Spot<String>> {
        let (_, value) = entry(table, key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(Spot { value: text.to_owned(), span: self.page.inside(&value.span()) }),
            None => {
                self.wrong_type(key, value, "a text in quotes");
                None
            }
        }
    }

    /// The texts of the list under a key.
    pub(crate) fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Option<Vec<Spot<String>>> {
        let (_, value) = entry(table, key)?;
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list: ['…', '…']");
            return None;
        };
        let mut texts = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_str() {
                Some(text) => texts.push(Spot { value: text.to_owned(), span: self.page.inside(&item.span()) }),
                None => {
                    self.wrong_type(key, item, "texts in quotes");
                    return None;
                }
            }
        }
        Some(texts)
    }

    fn table<'t, 'i>(&mut self, table: &'t DeTable<'i>, key: &str) -> Option<&'t DeTable<'i>> {
        let (_, value) = entry(table, key)?;
        self.as_table(key, value)
    }

    fn as_table<'t, 'i>(&mut self, key: &str, value: &'t Value<'i>) -> Option<&'t DeTable<'i>> {
        if !value.get_ref().is_table() {
            self.wrong_type(key, value, "a table");
        }
        value.get_ref().as_table()
    }

    fn wrong_type(&mut self, key: &str, value: &Value<'_>, wanted: &str) {
        let found = value.get_ref().type_str();
        let message = format!("`{key}` takes {wanted}");
        let label = format!("{} {found}", article(found));
        self.errors.push(self.page.error("CT2003", &value.span(), message, &label));
    }

    /// Complains about every key that is not known.
    pub(crate) fn unknown_keys(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for (key, _) in table.iter().filter(|(key, _)| !known.contains(&key.get_ref().as_ref())) {
            let message = format!("{} has no key `{}`", self.page.file, key.get_ref());
            let mut d = self.page.error("CT2001", &key.span(), message, "unknown key");
            match suggest::help(key.get_ref(), known.iter().copied()) {
                Some(help) => d.notes.push(help),
                None => d.notes.push(("known", suggest::wrap(&known.join(", ")))),
            }
            self.errors.push(d);
        }
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// The key and the value under a name.
pub(crate) fn entry<'t, 'i>(table: &'t DeTable<'i>, name: &str) -> Option<(&'t Spanned<DeString<'i>>, &'t Value<'i>)> {
    table.get_key_value(name)
}
