//! What Microsoft's pages say about users of a pool whose back end is away or whose Front Ends restart. Numbers with their
//! sources; it knows no estate.

/// How long a back end may be away before users notice, in seconds: after that, resiliency mode (back end server high
/// availability).
pub const RESILIENCY: i64 = 30 * 60;

/// What a failover of the user store costs mobile users.
pub const MOBILE: &str = "mobile devices may miss calls for up to 10 min";

/// What a restart of a Front End costs where conversations are archived: what it had queued.
pub const ARCHIVE: &str = "per restart up to 15 min of chats and 30 min of conferences are lost to the archive";
