//! Moments on screens: local time with its offset, and how long ago. It is told the zone and the present; it reads neither.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// An offset as screens show it: `+01:00`.
#[must_use]
pub fn offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let minutes = seconds.unsigned_abs() / 60;
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `02:41:07 +01:00`, with the date before it where it is not the day of `now`.
#[must_use]
pub fn at(moment: Timestamp, now: Timestamp, zone: Offset) -> String {
    format!("{} {}", at_bare(moment, now, zone), offset(zone))
}

/// As [`at`], without the offset.
#[must_use]
pub fn at_bare(moment: Timestamp, now: Timestamp, zone: Offset) -> String {
    let t = zone.to_datetime(moment);
    format!("{}{:02}:{:02}:{:02}", day(t, now, zone), t.hour(), t.minute(), t.second())
}

/// As [`at_bare`], to the minute.
#[must_use]
pub fn about(moment: Timestamp, now: Timestamp, zone: Offset) -> String {
    let t = zone.to_datetime(moment);
    format!("{}{:02}:{:02}", day(t, now, zone), t.hour(), t.minute())
}

/// The date: `2026-03-14`.
#[must_use]
pub fn date(moment: Timestamp, zone: Offset) -> String {
    let t = zone.to_datetime(moment);
    format!("{:04}-{:02}-{:02}", t.year(), t.month(), t.day())
}

fn day(t: DateTime, now: Timestamp, zone: Offset) -> String {
    if t.date() == zone.to_datetime(now).date() {
        return String::new();
    }
    format!("{:04}-{:02}-{:02} ", t.year(), t.month(), t.day())
}

/// Seconds between two moments; nothing if the second is earlier.
#[must_use]
pub fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_second() - from.as_second()).unwrap_or(0)
}

/// How long something has lasted: `6 s`, `18 min`, `12 h 47 min`, `3 days`.
#[must_use]
pub fn lasted(seconds: u64) -> String {
    let minutes = (seconds + 30) / 60;
    match (seconds, minutes) {
        (0..60, _) => format!("{seconds} s"),
        (_, 0..120) => format!("{minutes} min"),
        (_, 120..2880) if minutes.is_multiple_of(60) => format!("{} h", minutes / 60),
        (_, 120..2880) => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} days", minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_local_and_other_days_have_a_date() {
        let zone = Offset::constant(1);
        let now: Timestamp = "2026-03-14T01:58:48Z".parse().unwrap();
        assert_eq!(at("2026-03-14T01:41:07Z".parse().unwrap(), now, zone), "02:41:07 +01:00");
        assert_eq!(about("2026-03-13T22:41:07Z".parse().unwrap(), now, zone), "2026-03-13 23:41");
        assert_eq!(offset(Offset::from_seconds(-(3 * 3600 + 1800)).unwrap()), "-03:30");
    }

    #[test]
    fn time_that_has_passed_is_rounded_to_what_matters() {
        let cases = [(6, "6 s"), (1061, "18 min"), (46020, "12 h 47 min"), (7200, "2 h"), (300_000, "3 days")];
        for (seconds, text) in cases {
            assert_eq!(lasted(seconds), text);
        }
    }
}
