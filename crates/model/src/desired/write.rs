//! A desired file in its normal form: the same wishes give the same text, defaults spelt out. It knows no estate.

use std::fmt::Write as _;

use super::policy::{ALLOW, PUBLISH, STOP};
use super::read::Content;
use super::section::{Choice, Section};
use crate::problem::PublishBy;

/// The normal form.
pub(crate) fn to_toml(content: &Content) -> String {
    let mut out = "format = 1\n".to_owned();
    let mut pools: Vec<_> = content.pools.iter().collect();
    pools.sort_by(|a, b| a.fqdn.value.cmp(&b.fqdn.value));
    for pool in pools {
        _ = writeln!(out, "\n[pool.\"{}\"]", pool.fqdn.value);
        section(&mut out, &pool.all);
        for (kind, own) in &pool.stores {
            _ = writeln!(out, "\n[pool.\"{}\".{}]", pool.fqdn.value, kind.key());
            section(&mut out, own);
        }
    }
    let policy = &content.rules.policy;
    out.push_str("\n[policy]\n");
    let mut word = |key: &str, words: [&str; 2], second: bool| {
        _ = writeln!(out, "{key} = \"{}\"", words[usize::from(second)]);
    };
    word("publish", PUBLISH, policy.publish == PublishBy::Cmdlet);
    word("full-stop", ALLOW, policy.allow_full_stop);
    word("undocumented-steps", ALLOW, policy.allow_undocumented);
    word("stop-services", STOP, !policy.graceful);
    _ = writeln!(out, "accept = [{}]", if policy.accept_outage { "\"outage\"" } else { "" });
    _ = writeln!(out, "max-snapshot-age = \"{}s\"", policy.max_snapshot_age);
    if let Some(wait) = policy.publish_wait {
        _ = writeln!(out, "publish-wait = \"{wait}s\"");
    }
    if let Some(share) = &policy.seed_share {
        _ = writeln!(out, "seed-share = {}", quoted(share));
    }
    if let Some(folder) = &content.rules.state_folder {
        _ = writeln!(out, "state-folder = {}", quoted(folder));
    }
    out
}

fn section(out: &mut String, section: &Section) {
    let choice = |c: &Choice| match c {
        Choice::Nothing => "\"none\"".to_owned(),
        Choice::One(i) => quoted(&i.to_string()),
    };
    let mut line = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            _ = writeln!(out, "{key} = {value}");
        }
    };
    line("sql-server-store", section.store.as_ref().map(|s| quoted(&s.value.to_string())));
    line("mirroring-sql-server-store", section.mirror.as_ref().map(|m| choice(&m.value)));
    line("mirroring-witness", section.witness.as_ref().map(|w| choice(&w.value)));
    let pair = section.pair.as_ref().map(|[a, b]| {
        let (a, b) = if a.value <= b.value { (a, b) } else { (b, a) };
        format!("[{}, {}]", quoted(&a.value.to_string()), quoted(&b.value.to_string()))
    });
    line("sql-server-stores", pair);
    line("principal", section.principal.as_ref().map(|p| quoted(&p.value.to_string())));
}

/// A text in single quotes, as people write `host\INSTANCE`; with escapes only where it must be.
fn quoted(text: &str) -> String {
    if text.chars().any(|c| c == '\'' || c.is_control()) {
        return toml::Value::String(text.to_owned()).to_string();
    }
    format!("'{text}'")
}
