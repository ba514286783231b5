//! The stores of a pool and who uses them; it knows neither documents nor databases.

use serde::{Deserialize, Serialize};

/// A store that SQL Server holds for a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreRole {
    /// `UserStore`, used by `UserServices`.
    User,
    /// `ApplicationStore`, used by `ApplicationServer`.
    Application,
    /// `CentralMgmtStore`, used by `CentralMgmt`.
    CentralMgmt,
    /// `ArchivingStore`, used by `Registrar`.
    Archiving,
    /// `MonitoringStore`, used by `Registrar`.
    Monitoring,
    /// `PersistentChatStore`, used by `PersistentChatService`.
    PersistentChat,
    /// `PersistentChatComplianceStore`, used by `PersistentChatService`.
    PersistentChatCompliance,
}

impl StoreRole {
    /// Every store, in the order in which screens list them.
    pub const ALL: [Self; 7] = [
        Self::User,
        Self::Application,
        Self::CentralMgmt,
        Self::Archiving,
        Self::Monitoring,
        Self::PersistentChat,
        Self::PersistentChatCompliance,
    ];

    /// `RoleName` of the store's service in a document: `UserStore`.
    #[must_use]
    pub fn xml_name(self) -> &'static str {
        match self {
            Self::User => "UserStore",
            Self::Application => "ApplicationStore",
            Self::CentralMgmt => "CentralMgmtStore",
            Self::Archiving => "ArchivingStore",
            Self::Monitoring => "MonitoringStore",
            Self::PersistentChat => "PersistentChatStore",
            Self::PersistentChatCompliance => "PersistentChatComplianceStore",
        }
    }

    /// `RoleName` of the service that depends on the store: `UserServices`.
    #[must_use]
    pub fn consumer(self) -> &'static str {
        match self {
            Self::User => "UserServices",
            Self::Application => "ApplicationServer",
            Self::CentralMgmt => "CentralMgmt",
            Self::Archiving | Self::Monitoring => "Registrar",
            Self::PersistentChat | Self::PersistentChatCompliance => "PersistentChatService",
        }
    }

    /// The word for people, which is also the database type of the cmdlets: `User`.
    #[must_use]
    pub fn word(self) -> &'static str {
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

    /// The store whose service has this `RoleName`.
    #[must_use]
    pub fn from_xml_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.xml_name() == name)
    }
}

impl std::fmt::Display for StoreRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}
