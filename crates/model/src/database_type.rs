//! Database types: what cmdlets act on, and the databases of each. It knows no machines.
//!
//! Source: the table "Words" of the operations reference, kept in `data/cmdlets.json`; a test holds both together.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A database type, as the `-DatabaseType` parameter of the mirroring cmdlets names it. One store holds one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub enum DatabaseType {
    /// User data and presence of a Front End pool.
    User,
    /// Response groups and call park of a Front End pool.
    Application,
    /// The Central Management store, one per forest.
    CentralMgmt,
    /// Archived conversations.
    Archiving,
    /// Call records and call quality.
    Monitoring,
    /// Persistent Chat rooms.
    PersistentChat,
    /// Compliance records of Persistent Chat.
    PersistentChatCompliance,
}

impl DatabaseType {
    /// Every type, in the canonical order of steps.
    pub const ALL: [Self; 7] = [
        Self::User,
        Self::Application,
        Self::CentralMgmt,
        Self::Archiving,
        Self::Monitoring,
        Self::PersistentChat,
        Self::PersistentChatCompliance,
    ];

    /// The value of `-DatabaseType`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "User",
            Self::Application => "Application",
            Self::CentralMgmt => "CentralMgmt",
            Self::Archiving => "Archiving",
            Self::Monitoring => "Monitoring",
            Self::PersistentChat => "PersistentChat",
            Self::PersistentChatCompliance => "PersistentChatCompliance",
        }
    }

    /// The SQL databases of the type, spelt as SQL Server lists them.
    #[must_use]
    pub fn databases(self) -> &'static [&'static str] {
        match self {
            Self::User => &["rtcab", "rtcxds", "rtcshared"],
            Self::Application => &["rgsconfig", "rgsdyn", "cpsdyn"],
            Self::CentralMgmt => &["xds", "lis"],
            Self::Archiving => &["LcsLog"],
            Self::Monitoring => &["LcsCDR", "QoEMetrics"],
            Self::PersistentChat => &["mgc"],
            Self::PersistentChatCompliance => &["mgccomp"],
        }
    }

    /// Those of its databases that the product fills again by itself: from Active Directory, or because they hold nothing
    /// that lasts. No backup brings them back, and nobody need give them up (operations §5.2).
    #[must_use]
    pub fn recreated(self) -> &'static [&'static str] {
        match self {
            Self::User => &["rtcab"],
            Self::Application => &["rgsdyn", "cpsdyn"],
            Self::PersistentChatCompliance => &["mgccomp"],
            Self::CentralMgmt | Self::Archiving | Self::Monitoring | Self::PersistentChat => &[],
        }
    }

    /// The role of the type's store in a topology document.
    #[must_use]
    pub fn store_role(self) -> topology::StoreRole {
        match self {
            Self::User => topology::StoreRole::User,
            Self::Application => topology::StoreRole::Application,
            Self::CentralMgmt => topology::StoreRole::CentralMgmt,
            Self::Archiving => topology::StoreRole::Archiving,
            Self::Monitoring => topology::StoreRole::Monitoring,
            Self::PersistentChat => topology::StoreRole::PersistentChat,
            Self::PersistentChatCompliance => topology::StoreRole::PersistentChatCompliance,
        }
    }

    /// The key of the type's own table in a desired file: `[pool."fqdn".archiving]`.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Application => "application",
            Self::CentralMgmt => "central-management",
            Self::Archiving => "archiving",
            Self::Monitoring => "monitoring",
            Self::PersistentChat => "persistent-chat",
            Self::PersistentChatCompliance => "persistent-chat-compliance",
        }
    }
}

impl fmt::Display for DatabaseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A text that names no database type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no database type; expected one of User, Application, CentralMgmt, Archiving, Monitoring, PersistentChat, PersistentChatCompliance"
)]
pub struct UnknownType(pub String);

impl FromStr for DatabaseType {
    type Err = UnknownType;
    fn from_str(s: &str) -> Result<Self, UnknownType> {
        Self::ALL.into_iter().find(|t| t.name().eq_ignore_ascii_case(s)).ok_or_else(|| UnknownType(s.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::DatabaseType;

    #[test]
    fn the_table_of_the_documentation_says_the_same() {
        let table: serde_json::Value = serde_json::from_str(include_str!("../data/cmdlets.json")).unwrap();
        let rows = table["database_types"].as_array().unwrap();
        assert_eq!(rows.len(), DatabaseType::ALL.len());
        for (row, kind) in rows.iter().zip(DatabaseType::ALL) {
            assert_eq!(row["type"], kind.name());
            let databases: Vec<_> = row["databases"].as_array().unwrap().iter().map(|d| d.as_str().unwrap()).collect();
            assert_eq!(databases, kind.databases());
        }
    }
}
