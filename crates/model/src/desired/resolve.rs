//! Names of a desired file to ids of an estate, as wishes. It knows no state: whether a wish is met is asked elsewhere.

use std::collections::BTreeMap;

use topology::diagnostic::Diagnostic;
use topology::names::{Fqdn, SqlInstance};

use super::place::{Page, Spot};
use super::read::Content;
use super::section::{Choice, PoolSection, Section};
use super::suggest;
use crate::estate::{Estate, InstanceId, PoolId, StoreId};
use crate::problem::{Slots, Wanted, Wish};
use crate::vocabulary;

/// Wishes for every declared store, in the order of stores. `names` says where the estate's names come from.
pub(crate) fn resolve(
    page: Page<'_>,
    content: &Content,
    estate: &Estate,
    names: &str,
) -> Result<Vec<Wish>, Vec<Diagnostic>> {
    let resolver = Resolver { page, estate, names };
    let mut errors = Vec::new();
    let mut wishes: BTreeMap<StoreId, (Wish, Section)> = BTreeMap::new();
    for pool in &content.pools {
        match estate.pool_named(&pool.fqdn.value) {
            Some(id) => resolver.pool(id, pool, &mut wishes, &mut errors),
            None => errors.push(resolver.no_pool(&pool.fqdn)),
        }
    }
    if errors.is_empty() { Ok(wishes.into_values().map(|(wish, _)| wish).collect()) } else { Err(errors) }
}

struct Resolver<'a> {
    page: Page<'a>,
    estate: &'a Estate,
    names: &'a str,
}

impl Resolver<'_> {
    fn no_pool(&self, fqdn: &Spot<Fqdn>) -> Diagnostic {
        let message = format!("`{}` is not a pool of this topology", fqdn.value);
        let mut d = self.page.error("CT2008", &fqdn.span, message, &format!("not in {}", self.names));
        let pools = || self.estate.pools.iter().map(|p| p.fqdn.as_str());
        d.notes.push(("known", suggest::wrap(&pools().collect::<Vec<_>>().join(", "))));
        let meant = suggest::help(fqdn.value.as_str(), pools());
        d.notes.push(meant.unwrap_or_else(crate::recognise::replaced));
        d
    }

    fn pool(
        &self,
        id: PoolId,
        pool: &PoolSection,
        wishes: &mut BTreeMap<StoreId, (Wish, Section)>,
        errors: &mut Vec<Diagnostic>,
    ) {
        let before = errors.len();
        for section in std::iter::once(&pool.all).chain(pool.stores.values()) {
            errors.extend(section.named().iter().filter_map(|spot| self.unknown(spot)));
        }
        for (&kind, section) in &pool.stores {
            if self.estate.store_of(id, kind).is_none() {
                let message = format!("{} has no {kind} store", pool.fqdn.value);
                let mut d = self.page.error("CT2016", &section.head, message, &format!("not in {}", self.names));
                let kinds = self.estate.pool(id).stores.iter().map(|&s| self.estate.store(s).kind.key());
                d.notes.push(("known", suggest::wrap(&kinds.collect::<Vec<_>>().join(", "))));
                errors.push(d);
            }
        }
        if errors.len() > before {
            return;
        }
        for &store in &self.estate.pool(id).stores {
            let section = pool.effective(self.estate.store(store).kind);
            if section.is_empty() {
                continue;
            }
            let wish = self.wish(store, &section);
            match wishes.get(&store) {
                Some((other, first)) if *other != wish => errors.push(self.two_wishes(store, first, &section)),
                Some(_) => {}
                None => _ = wishes.insert(store, (wish, section)),
            }
        }
    }

    /// An instance that the estate does not have.
    fn unknown(&self, spot: &Spot<SqlInstance>) -> Option<Diagnostic> {
        if self.estate.instance_named(&spot.value).is_some() {
            return None;
        }
        let SqlInstance { host, name } = &spot.value;
        let label = format!("not in {}", self.names);
        let before = host.as_str().chars().count();
        if self.estate.host_named(host).is_none() {
            let message = format!("`{host}` is not a SQL Server host of this topology");
            let span = self.page.characters(&spot.span, 0, before);
            let mut d = self.page.error("CT2004", &span, message, &label);
            let hosts = || self.estate.hosts.iter().map(Fqdn::as_str);
            d.notes.push(("known", suggest::wrap(&hosts().collect::<Vec<_>>().join(", "))));
            let meant = suggest::help(host.as_str(), hosts()).map_or(String::new(), |(_, words)| format!("{words} "));
            let help =
                format!("{meant}A new host is first defined in Topology Builder: Shared Components, SQL Server stores");
            d.notes.push(("help", suggest::wrap(&help)));
            return Some(d);
        }
        let words = if name.is_default() { "the default instance".to_owned() } else { format!("`{name}`") };
        let message = format!("{host} has no SQL Server instance {words}");
        let (from, to) = if name.is_default() { (0, before) } else { (before + 1, usize::MAX) };
        let span = self.page.characters(&spot.span, from, to);
        let mut d = self.page.error("CT2006", &span, message, &label);
        let there = self.estate.instances.iter().filter(|i| i.name.host == *host);
        let there: Vec<_> = there
            .map(|i| if i.name.name.is_default() { "the default instance".to_owned() } else { i.name.name.to_string() })
            .collect();
        d.notes.push(("", suggest::wrap(&format!("known on {host}: {}", there.join(", ")))));
        d.notes.push(("note", "Topology Builder would not have noticed either".to_owned()));
        Some(d)
    }

    fn wish(&self, store: StoreId, section: &Section) -> Wish {
        let id = |i: &SqlInstance| self.estate.instance_named(i);
        let one = |spot: &Option<Spot<SqlInstance>>| -> Option<InstanceId> { id(&spot.as_ref()?.value) };
        let wanted = |choice: &Option<Spot<Choice>>| match choice.as_ref().map(|c| &c.value) {
            None => Wanted::Unmanaged,
            Some(Choice::Nothing) => Wanted::Nothing,
            // Names that the estate does not have were refused before.
            Some(Choice::One(i)) => id(i).map_or(Wanted::Unmanaged, Wanted::One),
        };
        let pair = section.pair.as_ref().and_then(|[a, b]| Some(Slots::Pair(id(&a.value)?, id(&b.value)?)));
        let ordered = Slots::Ordered { primary: one(&section.store), mirror: wanted(&section.mirror) };
        Wish {
            store,
            slots: pair.unwrap_or(ordered),
            witness: wanted(&section.witness),
            principal: one(&section.principal),
        }
    }

    fn two_wishes(&self, store: StoreId, first: &Section, second: &Section) -> Diagnostic {
        let name = vocabulary::store_name(self.estate, store);
        let users = self.estate.store(store).users.iter().map(|&p| self.estate.pool(p).fqdn.as_str());
        let message = format!("two pools declare their shared store {name} differently");
        let place = |s: &Section| s.named().first().map_or(s.head.clone(), |spot| spot.span.clone());
        let mut d = self.page.error("CT2015", &place(second), message, "and so here");
        d.related.push(self.page.mark(&place(first), "so here"));
        d.notes.push(("", suggest::wrap(&format!("the store serves {}", users.collect::<Vec<_>>().join(", ")))));
        let key = self.estate.store(store).kind.key();
        let help = format!("declare it the same for both, in a table of its own that ends in .{key}]");
        d.notes.push(("help", suggest::wrap(&help)));
        d
    }
}
