//! The one table of how mirroring is spelt in a document. Everything in it is INFERRED; it knows no tree.
//!
//! No public document of a mirrored pool is known, so no spelling here was seen in a real file. The shape (a second
//! store service, and a second dependency told apart by `Usage`) rests on `Set-CsRegistrar -MirrorArchivingDatabase`,
//! which takes the *service identity* of the mirror, and on the `Mirror…` properties of `Get-CsService`. One real file
//! settles it: then this table changes, and nothing else.

/// Where a spelling comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// Deduced from cmdlets and samples without a mirror.
    Inferred,
    /// Read in a document of a mirrored pool.
    Seen,
}

/// A rule for `Dependency/@Usage`.
struct UsageRule {
    /// Contained, in any case.
    contains: &'static str,
    /// Not contained, in any case.
    without: &'static str,
    evidence: Evidence,
}

/// What names the mirror's store in `Dependency/@Usage`. `backup` is the word of paired pools.
const MIRROR: &[UsageRule] = &[UsageRule { contains: "mirror", without: "backup", evidence: Evidence::Inferred }];

/// The evidence on which a `Usage` names a mirror; none if it does not.
pub(crate) fn mirror_usage(usage: &str) -> Option<Evidence> {
    let usage = usage.to_ascii_lowercase();
    MIRROR.iter().find(|r| usage.contains(r.contains) && !usage.contains(r.without)).map(|r| r.evidence)
}

/// Attributes of `SqlInstance` that are known to say nothing of mirroring. `AlwaysOnPrimaryNodeFqdn` was seen in a
/// published document; that `.tbxml` spells it the same way is inferred.
pub(crate) const SQL_INSTANCE: &[&str] = &["AlwaysOnPrimaryNodeFqdn", "UniqueId", "Name", "OriginalClusterUniqueId"];

/// Attributes of a store's `Service` that were seen.
pub(crate) const STORE_SERVICE: &[&str] = &[
    "RoleVersion",
    "ServiceVersion",
    "Type",
    "UniqueId",
    "RoleName",
    "InstalledOn",
    "OriginalSiteId",
    "OriginalInstance",
];

/// Attributes of `Dependency` that were seen.
pub(crate) const DEPENDENCY: &[&str] = &["Usage", "ServiceUniqueId"];
