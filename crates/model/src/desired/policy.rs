//! The `[policy]` table of a desired file. It knows no pools. Consent to loss of data has no key: a file outlives the
//! night, consent must not.

use std::ops::Range;

use toml::de::DeTable;

use super::place::Spot;
use super::read::Reader;
use super::suggest;
use crate::problem::{Policy, PublishBy};

/// Keys of the table.
pub(crate) const KEYS: [&str; 9] = [
    "publish",
    "seed-share",
    "accept",
    "full-stop",
    "undocumented-steps",
    "stop-services",
    "max-snapshot-age",
    "publish-wait",
    "state-folder",
];
/// Values of `publish`, the default first; so below.
pub(crate) const PUBLISH: [&str; 2] = ["gate", "cmdlet"];
/// Values of `full-stop` and `undocumented-steps`.
pub(crate) const ALLOW: [&str; 2] = ["refuse", "allow"];
/// Values of `stop-services`.
pub(crate) const STOP: [&str; 2] = ["graceful", "plain"];
/// What may stand in `accept`.
pub(crate) const ACCEPT: [&str; 1] = ["outage"];

/// What the table says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    pub(crate) policy: Policy,
    pub(crate) state_folder: Option<String>,
}

/// Reads the table.
pub(crate) fn read(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Rules {
    reader.unknown_keys(table, &KEYS);
    let mut rules = Rules::default();
    let policy = &mut rules.policy;
    if let Some(second) = reader.word(table, "publish", PUBLISH) {
        policy.publish = if second { PublishBy::Cmdlet } else { PublishBy::Gate };
    }
    if let Some(second) = reader.word(table, "full-stop", ALLOW) {
        policy.allow_full_stop = second;
    }
    if let Some(second) = reader.word(table, "undocumented-steps", ALLOW) {
        policy.allow_undocumented = second;
    }
    if let Some(second) = reader.word(table, "stop-services", STOP) {
        policy.graceful = !second;
    }
    if let Some(list) = reader.texts(table, "accept") {
        policy.accept_outage = !list.is_empty();
        list.iter().for_each(|spot| reader.acceptable(spot));
    }
    if let Some(spot) = reader.text(table, "seed-share") {
        policy.seed_share = reader.share(&spot);
    }
    if let Some(spot) = reader.text(table, "max-snapshot-age")
        && let Some(seconds) = reader.seconds(&spot)
    {
        policy.max_snapshot_age = seconds;
    }
    if let Some(spot) = reader.text(table, "publish-wait") {
        policy.publish_wait = reader.seconds(&spot);
    }
    rules.state_folder = reader.text(table, "state-folder").map(|spot| spot.value);
    rules
}

impl Reader<'_> {
    /// Whether the second of two words stands under a key.
    fn word(&mut self, table: &DeTable<'_>, key: &str, words: [&'static str; 2]) -> Option<bool> {
        let spot = self.text(table, key)?;
        let found = words.iter().position(|w| *w == spot.value);
        if found.is_none() {
            self.not_one_of(&spot, key, &words);
        }
        found.map(|n| n == 1)
    }

    fn not_one_of(&mut self, spot: &Spot<String>, key: &str, words: &[&'static str]) {
        let message = format!("`{key}` cannot be `{}`", spot.value);
        self.complain(&spot.span, message, "unknown word");
        if let Some(d) = self.errors.last_mut() {
            d.notes.push(("known", words.join(", ")));
            d.notes.extend(suggest::help(&spot.value, words.iter().copied()));
        }
    }

    fn acceptable(&mut self, spot: &Spot<String>) {
        if spot.value.contains("data") || spot.value.contains("loss") {
            self.complain(&spot.span, "loss of data cannot be accepted in a file".to_owned(), "not here");
            let help = "consent names pool and database, for one plan: cstopo plan --accept-data-loss \
                        pool01.contoso.com/LcsCDR";
            if let Some(d) = self.errors.last_mut() {
                d.notes.push(("", "a file outlives the night, consent must not".to_owned()));
                d.notes.push(("help", suggest::wrap(help)));
            }
        } else if !ACCEPT.contains(&spot.value.as_str()) {
            self.not_one_of(spot, "accept", &ACCEPT);
        }
    }

    fn share(&mut self, spot: &Spot<String>) -> Option<String> {
        let mut parts = spot.value.strip_prefix(r"\\").unwrap_or_default().split('\\');
        let (server, share) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let control = spot.value.chars().any(char::is_control);
        if !server.is_empty() && !share.is_empty() && !control {
            return Some(spot.value.clone());
        }
        self.complain(&spot.span, "`seed-share` is no path of a share".to_owned(), r"not \\server\share");
        // A folder of the SQL host alone is out of the partner's reach (operations §6.1).
        let help = r"both SQL Servers copy through it: '\\fs1.contoso.com\sqlseed', in single quotes";
        if let Some(d) = self.errors.last_mut() {
            d.notes.push(("help", suggest::wrap(help)));
        }
        None
    }

    fn seconds(&mut self, spot: &Spot<String>) -> Option<u64> {
        let digits = spot.value.trim_end_matches(['s', 'm', 'h', 'd']);
        let unit = match &spot.value[digits.len()..] {
            "s" => Some(1),
            "m" => Some(60),
            "h" => Some(3600),
            "d" => Some(86400),
            _ => None,
        };
        let number = Some(digits).filter(|d| d.bytes().all(|b| b.is_ascii_digit())).and_then(|d| d.parse::<u64>().ok());
        let seconds = unit.zip(number).and_then(|(u, n)| n.checked_mul(u)).filter(|&s| s > 0);
        if seconds.is_none() {
            self.complain(&spot.span, format!("`{}` is no span of time", spot.value), "not a span of time");
            if let Some(d) = self.errors.last_mut() {
                d.notes.push(("help", "a number and a unit: 90s, 15m, 1h".to_owned()));
            }
        }
        seconds
    }

    fn complain(&mut self, span: &Range<usize>, message: String, label: &str) {
        self.errors.push(self.page.error("CT2013", span, message, label));
    }
}
