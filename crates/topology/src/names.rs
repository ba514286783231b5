//! Names of machines and SQL Server instances; this module knows nothing of documents or of what a machine is for.
//!
//! A name keeps the spelling it was given and compares without case, because DNS and SQL Server do.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing was given where a name is needed.
    #[error("the name is empty")]
    Empty,
    /// The text holds a character that no name can hold; `at` counts characters from 0.
    #[error("a host name holds {}", describe(*character))]
    Character {
        /// The character.
        character: char,
        /// Its place, in characters from 0.
        at: usize,
    },
    /// DNS allows at most 255 characters.
    #[error("the name has {0} characters; a host name has at most 255")]
    Long(usize),
}

fn describe(c: char) -> String {
    match c {
        '\r' => "a control character, carriage return".to_owned(),
        '\n' => "a control character, line feed".to_owned(),
        '\t' => "a control character, tab".to_owned(),
        c if c.is_control() => format!("a control character, U+{:04X}", u32::from(c)),
        c => format!("`{c}`, which no host name can hold"),
    }
}

/// A name that keeps its spelling and compares without case.
macro_rules! caseless {
    ($name:ident) => {
        impl $name {
            /// The name as it was spelt.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other) == Ordering::Equal
            }
        }
        impl Eq for $name {}
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                let lower = |s: &str| s.chars().flat_map(char::to_lowercase).collect::<String>();
                if self.0.is_ascii() && other.0.is_ascii() {
                    let (a, b) = (self.0.bytes(), other.0.bytes());
                    return a.map(|b| b.to_ascii_lowercase()).cmp(b.map(|b| b.to_ascii_lowercase()));
                }
                lower(&self.0).cmp(&lower(&other.0))
            }
        }
        impl Hash for $name {
            fn hash<H: Hasher>(&self, state: &mut H) {
                for c in self.0.chars().flat_map(char::to_lowercase) {
                    c.hash(state);
                }
            }
        }
    };
}

/// A fully qualified domain name of a machine or a pool: `be1.contoso.com`.
///
/// A name without a dot is accepted, because real documents hold such clusters.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fqdn(String);
caseless!(Fqdn);

impl Fqdn {
    /// Reads a name.
    ///
    /// # Errors
    /// When the text is empty, too long, or holds a character that no host name can hold.
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        let count = text.chars().count();
        if count > 255 {
            return Err(NameError::Long(count));
        }
        let bad = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if let Some((at, character)) = text.chars().enumerate().find(|&(_, c)| bad(c)) {
            return Err(NameError::Character { character, at });
        }
        Ok(Self(text))
    }

    /// The first label, `be1` of `be1.contoso.com`: for tables only, where a legend spells the whole name.
    #[must_use]
    pub fn label(&self) -> &str {
        self.0.split('.').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Fqdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Fqdn {
    type Err = NameError;
    fn from_str(s: &str) -> Result<Self, NameError> {
        Self::new(s)
    }
}

impl TryFrom<String> for Fqdn {
    type Error = NameError;
    fn try_from(s: String) -> Result<Self, NameError> {
        Self::new(s)
    }
}

impl From<Fqdn> for String {
    fn from(f: Fqdn) -> Self {
        f.0
    }
}

/// The name of a SQL Server instance on its host; empty for the default instance.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InstanceName(String);
caseless!(InstanceName);

impl InstanceName {
    /// Reads a name; the empty text and `MSSQLSERVER` both name the default instance.
    ///
    /// # Errors
    /// When a character is none that SQL Server allows in an instance name.
    pub fn new(text: impl Into<String>) -> Result<Self, NameError> {
        let text = text.into();
        if text.eq_ignore_ascii_case("MSSQLSERVER") {
            return Ok(Self(String::new()));
        }
        let bad = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '$' | '#'));
        if let Some((at, character)) = text.chars().enumerate().find(|&(_, c)| bad(c)) {
            return Err(NameError::Character { character, at });
        }
        Ok(Self(text))
    }

    /// The default instance, which has no name.
    #[must_use]
    pub fn default_instance() -> Self {
        Self(String::new())
    }

    /// Whether this is the default instance.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for InstanceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for InstanceName {
    type Error = NameError;
    fn try_from(s: String) -> Result<Self, NameError> {
        Self::new(s)
    }
}

impl From<InstanceName> for String {
    fn from(f: InstanceName) -> Self {
        f.0
    }
}

/// A SQL Server instance: a host and the name of the instance on it. Written `be1.contoso.com\RTC`, or the host alone
/// for the default instance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SqlInstance {
    /// The machine.
    pub host: Fqdn,
    /// The instance on it.
    pub name: InstanceName,
}

impl fmt::Display for SqlInstance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_default() { f.pad(self.host.as_str()) } else { f.pad(&format!("{}\\{}", self.host, self.name)) }
    }
}

impl FromStr for SqlInstance {
    type Err = NameError;
    fn from_str(s: &str) -> Result<Self, NameError> {
        let (host, name) = s.split_once('\\').unwrap_or((s, ""));
        Ok(Self { host: Fqdn::new(host)?, name: InstanceName::new(name)? })
    }
}

impl TryFrom<String> for SqlInstance {
    type Error = NameError;
    fn try_from(s: String) -> Result<Self, NameError> {
        s.parse()
    }
}

impl From<SqlInstance> for String {
    fn from(i: SqlInstance) -> Self {
        i.to_string()
    }
}
