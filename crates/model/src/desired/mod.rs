//! `desired.toml`: which SQL Servers shall hold a pool's stores, in the words of Topology Builder. It knows no state and
//! no consent to loss of data.
//!
//! A key left out is not managed; `"none"` says that there must be none.

use std::collections::BTreeMap;

use topology::diagnostic::Diagnostic;
use topology::names::{Fqdn, SqlInstance};

use crate::database_type::DatabaseType;
use crate::estate::Estate;
use crate::problem::{Policy, Wish};

mod check;
mod place;
mod policy;
mod read;
mod resolve;
pub mod schema;
mod section;
pub(crate) mod suggest;
mod write;

use place::Page;

/// A desired file that is sound in itself.
#[derive(Clone, Debug)]
pub struct Desired {
    text: String,
    file: String,
    content: read::Content,
}

/// What a desired file means in an estate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Wishes for every declared store, in the order of stores.
    pub wishes: Vec<Wish>,
    /// What is allowed.
    pub policy: Policy,
    /// Where journal and lock lie, if not beside the file.
    pub state_folder: Option<String>,
}

/// The declared pools by name.
pub struct Holders<'a>(BTreeMap<&'a Fqdn, &'a section::PoolSection>);

impl Holders<'_> {
    /// The instances that may come to hold copies of a pool's store.
    #[must_use]
    pub fn of(&self, pool: &Fqdn, kind: DatabaseType) -> Vec<SqlInstance> {
        self.0.get(pool).map(|p| p.effective(kind).holders()).unwrap_or_default()
    }
}

impl Desired {
    /// Reads the text of a file; `file` is its name, for diagnostics.
    ///
    /// # Errors
    /// Everything that is wrong with the file whatever the estate is, in the order of lines.
    pub fn read(text: &str, file: &str) -> Result<Self, Vec<Diagnostic>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let page = Page { text, file };
        let (content, mut errors) = read::read(page);
        // A file that is not TOML, or a pool that could not be read, is no file without pools.
        if errors.is_empty() || !content.pools.is_empty() {
            errors.extend(check::check(page, &content));
        }
        if errors.is_empty() {
            return Ok(Self { text: text.to_owned(), file: file.to_owned(), content });
        }
        errors.sort_by_key(|d| d.place.as_ref().map(|m| (m.line, m.column)));
        Err(errors)
    }

    /// Names to ids. `names` says where the estate's names come from: `topology.xml`, `snapshot.json`.
    ///
    /// # Errors
    /// Every name that the estate does not have, every store that a pool does not have, and stores that two pools
    /// declare differently.
    pub fn resolve(&self, estate: &Estate, names: &str) -> Result<Resolved, Vec<Diagnostic>> {
        let wishes = resolve::resolve(self.page(), &self.content, estate, names)?;
        let rules = &self.content.rules;
        Ok(Resolved { wishes, policy: rules.policy.clone(), state_folder: rules.state_folder.clone() })
    }

    /// The text that was read, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The name of the file that was read.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The normal form: the same declarations give the same text, with defaults spelt out. It reads back as it is.
    #[must_use]
    pub fn to_toml(&self) -> String {
        write::to_toml(&self.content)
    }

    /// What is allowed.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.content.rules.policy
    }

    /// The folder for journal and lock, where the file names one. It is known before anything is read of an estate.
    #[must_use]
    pub fn state_folder(&self) -> Option<&str> {
        self.content.rules.state_folder.as_deref()
    }

    /// The declared pools, in the order of the file.
    pub fn pools(&self) -> impl Iterator<Item = &Fqdn> {
        self.content.pools.iter().map(|p| &p.fqdn.value)
    }

    /// Where the stores of each declared pool may come to lie.
    #[must_use]
    pub fn holders(&self) -> Holders<'_> {
        Holders(self.content.pools.iter().map(|p| (&p.fqdn.value, p)).collect())
    }

    /// A diagnostic about the table of a declared pool.
    #[must_use]
    pub fn about_pool(&self, pool: &Fqdn, code: &'static str, message: String, label: &str) -> Diagnostic {
        let declared = self.content.pools.iter().find(|p| p.fqdn.value == *pool);
        match declared {
            Some(p) => self.page().error(code, &p.fqdn.span, message, label),
            None => self.page().whole(code, message),
        }
    }

    fn page(&self) -> Page<'_> {
        Page { text: &self.text, file: &self.file }
    }
}
