//! What would be lost, on a page and in Markdown: rows by pool, then a sentence with a time for each group of databases
//! that has one. It computes no times.

use super::loss::{Database, Loss};
use crate::present::markdown::escape;
use crate::present::numbers::join;
use crate::present::page::Page;
use crate::present::style::{BROKEN, Role};
use crate::present::time;

/// Columns of the rows at 80.
const WIDTHS: [usize; 5] = [12, 1, 26, 18, 13];

/// The rows on a page; databases of one type that stand alike share one.
pub(super) fn table(page: &mut Page, loss: &Loss) {
    let pools = loss.pools();
    for pool in &pools {
        let its: Vec<&Database> = loss.databases.iter().filter(|d| d.pool == *pool).collect();
        if pools.len() > 1 {
            page.indented(2, pool, Role::Heading);
        }
        rows(page, &its);
    }
    for source in &loss.sources {
        page.indented(2, source, Role::Faint);
    }
    page.blank();
    page.paragraph(&summary(loss));
}

fn rows(page: &mut Page, databases: &[&Database]) {
    let since = databases.first().and_then(|d| d.silent_since.as_ref());
    let one = databases.iter().all(|d| d.silent_since.as_ref() == since);
    let before = since.filter(|_| one).map_or_else(|| "copy".to_owned(), |t| format!("before {t}"));
    let head = ["type", "", "database", &before, "caught up to"].map(str::to_owned);
    let mut rows = vec![(head, Role::Heading)];
    for run in databases.chunk_by(|a, b| alike(a, b)) {
        let names: Vec<&str> = run.iter().map(|d| d.name.as_str()).collect();
        let (sign, role) = if run[0].lost { (BROKEN, Role::Danger) } else { ("", Role::Plain) };
        let copy = match &run[0].silent_since {
            Some(t) if !one => format!("{} before {t}", run[0].content),
            _ => run[0].content.to_owned(),
        };
        rows.push((
            [run[0].kind.to_owned(), sign.to_owned(), names.join(" "), copy, run[0].caught_up_to.clone()],
            role,
        ));
    }
    page.table(2, &rows, WIDTHS, &[2, 3]);
}

fn alike(a: &Database, b: &Database) -> bool {
    let seen = |d: &Database| (d.kind, d.content, d.caught_up_to.clone(), d.silent_since.clone(), d.lost);
    seen(a) == seen(b)
}

/// What would be lost, in a sentence: each time with the databases of which it was read, and no others.
pub(super) fn summary(loss: &Loss) -> String {
    let several = loss.pools().len() > 1;
    let mut groups: Vec<(String, &str, Vec<&str>)> = Vec::new();
    for d in loss.databases.iter().filter(|d| d.lost) {
        let what = match (d.content, d.missing_seconds) {
            ("behind", Some(s)) => format!("{} of # ", time::lasted(s)),
            (_, Some(s)) => format!("up to {} of #, as far as is known", time::lasted(s)),
            (_, None) if d.only_backup => "everything since the last backup of #; its age was not read".to_owned(),
            (_, None) => "the end of #, for a time that was not read".to_owned(),
        };
        let what = what.trim_end().to_owned();
        match groups.iter_mut().find(|(w, pool, _)| *w == what && *pool == d.pool) {
            Some((_, _, names)) => names.push(&d.name),
            None => groups.push((what, &d.pool, vec![&d.name])),
        }
    }
    let group = |(what, pool, names): &(String, &str, Vec<&str>)| {
        let of = if several { format!(" of {pool}") } else { String::new() };
        what.replacen('#', &format!("{}{of}", join(names)), 1)
    };
    let what: Vec<String> = groups.iter().map(group).collect();
    let verb = if loss.behind() == loss.lost() { "would" } else { "may" };
    format!("What {verb} be lost: {}.", what.join("; "))
}

/// The rows and the sentence in Markdown.
pub(super) fn markdown(loss: &Loss) -> String {
    let several = loss.pools().len() > 1;
    let (head, line) = if several { ("| pool ", "|---") } else { ("", "") };
    let mut out = format!(
        "{head}| type | database | copy | caught up to | the other host is silent since |\n{line}|---|---|---|---|---|\n"
    );
    for d in &loss.databases {
        let content = if d.lost { format!("**{}**", d.content) } else { d.content.to_owned() };
        let pool = if several { format!("| {} ", escape::code(&d.pool)) } else { String::new() };
        let since = d.silent_since.as_deref().unwrap_or("not read");
        let (name, caught_up_to) = (escape::code(&d.name), escape::text(&d.caught_up_to));
        out += &format!("{pool}| {} | {name} | {content} | {caught_up_to} | {since} |\n", d.kind);
    }
    format!("{out}\n{}\n\n", escape::text(&summary(loss)))
}
