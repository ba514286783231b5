//! Namespaces and element names that real documents hold; what they mean is decided elsewhere.
//!
//! Every name here was seen in a document that Topology Builder or `Get-CsTopology -AsXml` wrote. What is only
//! inferred stands in `spelling.rs`.

/// A namespace of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ns {
    /// No namespace at all.
    None,
    /// `urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008`
    Topology,
    /// `urn:schema:Microsoft.Rtc.Management.Deploy.TopologyBuilder.2008`
    Builder,
    /// `urn:schema:Microsoft.Rtc.Management.Deploy.WritableTopology.2008`
    Writable,
    /// `urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008`
    Roles,
    /// Any other.
    Other,
}

impl Ns {
    pub(crate) fn of(uri: &str) -> Self {
        let Some(rest) = uri.strip_prefix("urn:schema:Microsoft.Rtc.Management.Deploy.") else {
            return if uri.is_empty() { Self::None } else { Self::Other };
        };
        match rest {
            "Topology.2008" => Self::Topology,
            "TopologyBuilder.2008" => Self::Builder,
            "WritableTopology.2008" => Self::Writable,
            "ServiceRoles.2008" => Self::Roles,
            _ => Self::Other,
        }
    }
}

macro_rules! tags {
    ($($name:ident)*) => {
        /// The local name of an element, as far as the typed view asks for it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Tag {
            $(#[doc = stringify!($name)] $name,)*
            /// Any other name.
            Other,
        }

        impl Tag {
            pub(crate) fn of(local: &str) -> Self {
                match local {
                    $(stringify!($name) => Self::$name,)*
                    _ => Self::Other,
                }
            }
        }
    };
}

tags! {
    Topology TopologyBuilder OriginalTopology NewTopology PartialTopology
    Sites CentralSites CentralSite RemoteSites Name
    Clusters Cluster ClusterId Machines Machine SqlInstances SqlInstance SqlInstanceId
    Services Service ServiceId DependsOn Dependency InstalledOn Ports Port
}

/// `Dependency/@Usage` of every dependency in every document seen.
pub(crate) const DEFAULT_USAGE: &str = "Default";

/// Roles that real documents hold, or that Microsoft's pages name.
pub(crate) const ROLES: &[&str] = &[
    "UserServices",
    "Registrar",
    "WebServices",
    "ConfServices",
    "ApplicationServer",
    "CentralMgmt",
    "MediationServer",
    "EdgeServer",
    "ManagementServices",
    "PstnGateway",
    "UserStore",
    "ApplicationStore",
    "CentralMgmtStore",
    "ArchivingStore",
    "MonitoringStore",
    "FileStore",
    "WacService",
    "PersistentChatService",
    "PersistentChatStore",
    "PersistentChatComplianceStore",
];

/// Values of `ServiceVersion`, with the product.
pub(crate) const VERSIONS: &[(u8, &str)] = &[
    (5, "Lync Server 2010"),
    (6, "Lync Server 2013"),
    (7, "Skype for Business Server 2015"),
    (8, "Skype for Business Server 2019"),
];
