//! How long steps take: one table, integer seconds, each with its source. It knows no steps.

use crate::declaration::Duration;

const MIN: u32 = 60;
const HOUR: u32 = 3600;

const fn range(least: u32, most: u32, source: &'static str) -> Duration {
    Duration { least, most, settling: 0, source }
}

/// Power a host off, and make sure of it.
pub const FENCE: Duration = range(5 * MIN, 10 * MIN, "assumed");
/// `Invoke-CsDatabaseFailover` for one type.
pub const FAIL_OVER: Duration = range(30, 5 * MIN, "operations 14, proposal");
/// Export topology, simple URLs, settings.
pub const SAVE: Duration = range(MIN, 3 * MIN, "assumed");
/// Another pool takes the Central Management store over.
pub const MOVE_CMS: Duration = range(5 * MIN, 10 * MIN, "operations 14: 5 min documented as the target");
/// People move the Central Management store to a pool that has no store for it: databases, move, local setup, a restart.
pub const MOVE_CMS_BY_HAND: Duration = range(30 * MIN, 2 * HOUR, "assumed");
/// Edit and publish in Topology Builder.
pub const PUBLISH: Duration = range(5 * MIN, 10 * MIN, "assumed");
/// A publish reaches the replicas of a pool.
pub const REPLICATE: Duration = range(3 * MIN, 10 * MIN, "operations 10.3: 2-3 min documented");
/// Stop, start and settle one Front End: 20 min of Ready are documented.
pub const RESTART: Duration =
    Duration { least: 30 * MIN, most: 55 * MIN, settling: 20 * MIN, source: "operations 11.2: 20 min of Ready" };
/// Stop and start a whole pool.
pub const FULL_STOP: Duration = range(15 * MIN, 75 * MIN, "operations 14: up to 60 min cold start");
/// End the sessions of one type.
pub const END_SESSION: Duration = range(5, 55, "operations 14, proposal");
/// Drop the empty databases of one type.
pub const DROP: Duration = range(5, 2 * MIN, "assumed");
/// The mirrors of one type catch up.
pub const SYNCHRONISE: Duration = range(MIN, 15 * MIN, "assumed");
/// Give the databases of one type another witness, and see it connected.
pub const SET_WITNESS: Duration = range(5, 2 * MIN, "assumed");
/// A principal sees its witness again, and serves.
pub const QUORUM: Duration = range(15, 5 * MIN, "operations 14: ping timeout 10 s");
/// Bring a witness back, or build and install it.
pub const WITNESS_SERVER: Duration = range(30 * MIN, 6 * HOUR, "assumed: a repair to a rebuild");
/// Start the services of one Front End, and let the pool settle.
pub const START: Duration =
    Duration { least: 5 * MIN, most: 50 * MIN, settling: 20 * MIN, source: "operations 14: 30 min, 20 min of Ready" };
/// Build a machine.
pub const REBUILD: Duration = range(4 * HOUR, 4 * HOUR, "assumed");
/// Install SQL Server.
pub const SQL_SERVER: Duration = range(2 * HOUR, 2 * HOUR, "assumed");
/// Create the databases of one type, empty.
pub const CREATE_DATABASES: Duration = range(2 * MIN, 10 * MIN, "assumed");
/// Stop a whole pool, import its user data, start it: a cold start, and the import besides.
pub const IMPORT_USER_DATA: Duration =
    range(45 * MIN, 135 * MIN, "operations 14: up to 60 min cold start; the import is assumed");
/// Restore the databases of one type, or import its settings.
pub const BRING_BACK: Duration = range(10 * MIN, 60 * MIN, "assumed");
/// Test the databases of a pool.
pub const TEST: Duration = range(MIN, 3 * MIN, "assumed");
/// What people do afterwards; nothing waits for it.
pub const AFTERCARE: Duration = range(0, 0, "as long as it takes");
/// Ask for one fact again.
pub const CONFIRM: Duration = range(0, 0, "a reading");

/// Create the mirrors of one type: backup, restore and synchronise, by size; 20 GB where the size is not known.
#[must_use]
pub fn create_mirror(megabytes: Option<u64>) -> Duration {
    let mb = u32::try_from(megabytes.unwrap_or(20 * 1024).min(100 * 1024 * 1024)).unwrap_or(u32::MAX);
    // 42 s to 86 s for each gigabyte: 24 to 12 MB/s through a file share, twice.
    let (least, most) = (u64::from(mb) * 42 / 1024, u64::from(mb) * 86 / 1024);
    let seconds = |s: u64, at_least: u32| u32::try_from(s).unwrap_or(u32::MAX).max(at_least);
    range(seconds(least, MIN), seconds(most, 3 * MIN), "operations 14: 1 min per GB proposed")
}
