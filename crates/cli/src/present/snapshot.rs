//! `show snapshot.json`: every pool with its slots, roles and sessions, what is broken, what is unknown. It knows no
//! wishes.

use model::estate::{Estate, InstanceId, PoolId, StoreId};
use model::fact::Reading;
use model::field::{Field, Value};
use model::truth::Truth;
use model::view::View;
use model::vocabulary;

use super::names::Names;
use super::numbers::{count, join, verb};
use super::page::Page;
use super::style::{BROKEN, DONE, Role, Style, keep};
use super::{Context, reasons, simulated, time};

/// How something is; the worst is the smallest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Health {
    /// Known to be so.
    Broken,
    /// It was not read.
    Unknown,
    Watch,
    Fine,
}

impl Health {
    fn of(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::Fine,
            Truth::Unknown => Self::Unknown,
            Truth::False => Self::Broken,
        }
    }

    fn sign(self) -> (&'static str, Role) {
        match self {
            Self::Broken => (BROKEN, Role::Danger),
            Self::Unknown => ("!", Role::Unknown),
            Self::Watch => ("!", Role::Care),
            Self::Fine => (DONE, Role::Good),
        }
    }
}

/// A snapshot as text; with `verbose`, every fact.
#[must_use]
pub fn text(estate: &Estate, context: &Context<'_>, verbose: bool, style: Style) -> String {
    let state = context.snapshot.state(estate);
    let v = View::new(estate, &state);
    let mut page = Page::new(style);
    head(&mut page, v, context);
    page.blank();
    let names = Names::new(estate);
    for p in estate.pool_ids() {
        pool(&mut page, &names, v, context, p);
    }
    page.blank();
    legend(&mut page, &names, estate);
    for note in &context.snapshot.details.notes {
        page.paragraph(&format!("Note: {note}"));
    }
    unknown(&mut page, context, verbose);
    if verbose {
        facts(&mut page, context);
    }
    page.paragraph(&format!("Next: cstopo triage{}", simulated::of(context)));
    page.finish()
}

fn head(page: &mut Page, v: View<'_>, context: &Context<'_>) {
    let is = |health: Health| v.estate.pool_ids().filter(|&p| pool_health(v, p) == health).count();
    let (broken, unknown) = (is(Health::Broken), is(Health::Unknown));
    let mark = simulated::of(context);
    let all = v.estate.pools.len();
    let of = count(all, "pool");
    let first = match (broken, unknown) {
        (0, 0) => format!("No broken pool{mark}: {all} {} served.", verb(all, "pool is", "pools are")),
        (0, n) => format!("No pool{mark} is known to be broken; {n} of {of} {} unknown in part.", verb(n, "is", "are")),
        (b, 0) => format!("{b} of {of}{mark} {} broken.", verb(b, "is", "are")),
        (b, n) => {
            format!("{b} of {of}{mark} {} broken, {n} {} unknown in part.", verb(b, "is", "are"), verb(n, "is", "are"))
        }
    };
    page.paragraph(&format!(
        "{first} Read {} on {}.",
        context.read(),
        time::date(context.snapshot.read.to, context.offset)
    ));
}

fn pool_health(v: View<'_>, p: PoolId) -> Health {
    let stores = v.estate.pool(p).stores.iter().map(|&s| store_health(v, s));
    stores.chain([Health::of(v.pool_holds(p, None))]).min().unwrap_or(Health::Fine)
}

/// A store is broken if a database of it is known not to be served, unknown if that was not read, worth a look if one has
/// no second copy that its slots ask for.
fn store_health(v: View<'_>, s: StoreId) -> Health {
    let mirrored = v.get(Field::MirrorSlot(s)) != Value::Nothing;
    match Health::of(v.store_served(s)) {
        Health::Fine if mirrored && !v.estate.store(s).databases.iter().all(|&d| v.protected(d)) => Health::Watch,
        health => health,
    }
}

fn pool(page: &mut Page, names: &Names<'_>, v: View<'_>, context: &Context<'_>, p: PoolId) {
    let estate = v.estate;
    let pool = estate.pool(p);
    let (sign, role) = pool_health(v, p).sign();
    let votes = v.votes(p, None);
    let running: Vec<String> = pool
        .front_ends
        .iter()
        .filter(|&&f| v.get(Field::Services(f)) == Value::Running)
        .map(|&f| names.front_end(f))
        .collect();
    let run = if running.is_empty() {
        "no Front End is seen to run".to_owned()
    } else {
        format!("{} {}", running.join(" "), verb(running.len(), "runs", "run"))
    };
    let text = format!(
        "{}    {}    {run}: {}, needs {}",
        pool.fqdn,
        keep(pool.product.name()),
        keep(&count(votes.sure, "vote")),
        votes.needed
    );
    page.hang(&format!("{sign} "), role, &text, Role::Plain);
    if estate.cms == Some(p) {
        let writable = match v.get(Field::CmsWritable) {
            Value::Yes => "writable",
            Value::No => "takes no writes",
            _ => "unknown whether it takes writes",
        };
        page.indented(4, &format!("holds the CMS, {writable}"), Role::Plain);
    }
    if pool.stores.is_empty() {
        return;
    }
    let mut rows = vec![(["store", "primary slot", "mirror slot", "session"].map(str::to_owned), Role::Heading)];
    rows.extend(pool.stores.iter().map(|&s| (store(names, v, context, s), Role::Plain)));
    page.table(4, &rows, [12, 21, 21, 14], &[1, 2]);
    if pool_health(v, p) == Health::Unknown {
        let why = why(v, context, p);
        page.hang("    ! ", Role::Unknown, &format!("unknown whether it is served ({why})"), Role::Plain);
    }
    for i in silent(v, p) {
        let since = reasons::silent_since(context.snapshot, estate, estate.host_of(i));
        let since = since.map_or_else(String::new, |t| format!(" since {}", context.at(t)));
        page.hang(
            &format!("    {BROKEN} "),
            Role::Danger,
            &format!("{}   no answer{since}", estate.instance(i).name),
            Role::Plain,
        );
    }
}

fn store(names: &Names<'_>, v: View<'_>, context: &Context<'_>, s: StoreId) -> [String; 4] {
    let slot = |field: Field| match v.get(field) {
        Value::Instance(i) => holding(names, v, s, i),
        Value::Nothing => "none".to_owned(),
        _ => format!("unknown ({})", reasons::unknown(context.snapshot, v.estate, field)),
    };
    let (primary, mirror) = (slot(Field::PrimarySlot(s)), slot(Field::MirrorSlot(s)));
    [v.estate.store(s).kind.name().to_owned(), primary, mirror, session(v, s)]
}

/// A host with the roles of the databases on it, each with how many have it.
fn holding(names: &Names<'_>, v: View<'_>, s: StoreId, i: InstanceId) -> String {
    let databases = &v.estate.store(s).databases;
    let mut roles: Vec<(Value, usize)> = Vec::new();
    for &d in databases {
        let role = v.get(Field::Role(d, i));
        match roles.iter_mut().find(|(r, _)| *r == role) {
            Some((_, n)) => *n += 1,
            None => roles.push((role, 1)),
        }
    }
    let health = match v.get(Field::Answers(i)) {
        Value::Yes if databases.iter().all(|&d| v.served(d) == Truth::True) => Health::Fine,
        Value::Yes => Health::Watch,
        Value::Unknown => Health::Unknown,
        _ => Health::Broken,
    };
    let group = |&(role, n): &(Value, usize)| match role {
        Value::Unknown if n == databases.len() => "unknown".to_owned(),
        _ => keep(&format!("{} {n} of {}", vocabulary::value_text(v.estate, role), databases.len())),
    };
    let roles: Vec<String> = roles.iter().map(group).collect();
    format!("{} {} {}", health.sign().0, names.instance(i), roles.join(", "))
}

/// Why it is unknown whether a pool is served: the first fact of its services, slots, hosts and roles that was not read.
fn why(v: View<'_>, context: &Context<'_>, p: PoolId) -> String {
    let pool = v.estate.pool(p);
    let services = pool.front_ends.iter().map(|&f| Field::Services(f));
    let copies = pool.stores.iter().flat_map(|&s| {
        let store = v.estate.store(s);
        let roles = move |i| store.databases.iter().map(move |&d| Field::Role(d, i));
        store.instances.iter().flat_map(move |&i| std::iter::once(Field::Answers(i)).chain(roles(i)))
    });
    let silent = |f: &Field| matches!(*f, Field::Role(_, i) if v.get(Field::Answers(i)) == Value::No);
    let unread = copies.chain(services).find(|f| !v.get(*f).is_known() && !silent(f));
    unread.map_or_else(|| "not read".to_owned(), |f| reasons::unknown(context.snapshot, v.estate, f))
}

/// The session as a copy that answers sees it.
fn session(v: View<'_>, s: StoreId) -> String {
    let store = v.estate.store(s);
    let mut seen: Vec<String> = Vec::new();
    for &d in &store.databases {
        let answering = store.instances.iter().filter(|&&i| v.get(Field::Answers(i)) == Value::Yes);
        let value = answering.map(|&i| v.get(Field::Session(d, i))).find(|s| s.is_known()).unwrap_or(Value::Unknown);
        let text = vocabulary::value_text(v.estate, value);
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    join(&seen)
}

/// Instances of the pool's stores that are known not to answer.
fn silent(v: View<'_>, p: PoolId) -> Vec<InstanceId> {
    let stores = v.estate.pool(p).stores.iter();
    let mut list: Vec<InstanceId> = stores.flat_map(|&s| v.estate.store(s).instances.iter().copied()).collect();
    list.sort_unstable();
    list.dedup();
    list.retain(|&i| v.get(Field::Answers(i)) == Value::No);
    list
}

fn legend(page: &mut Page, names: &Names<'_>, estate: &Estate) {
    let spelt = names.legend(&estate.instance_ids().collect(), &estate.pool_ids().collect::<Vec<_>>());
    if spelt.is_empty() {
        return;
    }
    let list: Vec<String> = spelt.iter().map(|n| keep(&format!("{} = {}", n.short, n.full))).collect();
    page.labelled("Names", 7, &list.join("  "));
    page.blank();
}

fn unknown(page: &mut Page, context: &Context<'_>, verbose: bool) {
    let facts = &context.snapshot.facts;
    let unknown = facts.iter().filter(|f| matches!(f.reading, Reading::Unknown(_))).count();
    let what = if unknown == 0 {
        "No fact is unknown".to_owned()
    } else {
        format!("{} {} unknown", count(unknown, "fact"), verb(unknown, "is", "are"))
    };
    let more = if verbose {
        format!("All {} follow.", facts.len())
    } else {
        format!("cstopo show -v {} lists all {}.", context.files.snapshot, facts.len())
    };
    page.paragraph(&format!("{what}. {more}"));
}

fn facts(page: &mut Page, context: &Context<'_>) {
    page.blank();
    for fact in &context.snapshot.facts {
        let (value, role) = match &fact.reading {
            Reading::Known(value) => (value.clone(), Role::Plain),
            Reading::Unknown(reason) => (format!("unknown ({reason})"), Role::Unknown),
            Reading::NotApplicable => ("not applicable".to_owned(), Role::Faint),
        };
        let text = format!("{}: {value}   {}, {}", fact.attribute, fact.source, context.at(fact.time));
        page.indented(0, &fact.subject, Role::Plain);
        page.indented(4, &text, role);
    }
    page.blank();
}
