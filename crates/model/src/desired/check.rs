//! What can be wrong within a desired file, whatever the estate is. It knows no estate.

use std::collections::BTreeMap;

use topology::diagnostic::Diagnostic;
use topology::names::SqlInstance;

use super::place::{Page, Spot};
use super::read::Content;
use super::section::{Choice, Section};
use super::suggest::wrap;

/// Everything that is wrong, in the order of the file, each once.
pub(crate) fn check(page: Page<'_>, content: &Content) -> Vec<Diagnostic> {
    let mut errors = Vec::new();
    if content.pools.is_empty() {
        let mut d = page.whole("CT2011", format!("{} declares no pool", page.file));
        d.notes.push(("help", "a pool's table begins with: [pool.\"pool01.contoso.com\"]".to_owned()));
        errors.push(d);
    }
    let mut seen = BTreeMap::new();
    for pool in &content.pools {
        let first = *seen.entry(&pool.fqdn.value).or_insert(pool);
        if !std::ptr::eq(first, pool) {
            let message = format!("{} stands twice", pool.fqdn.value);
            let mut d = page.error("CT2012", &pool.fqdn.span, message, "again here");
            d.related.push(page.mark(&first.fqdn.span, "first here"));
            d.notes.push(("", "names are compared without case".to_owned()));
            errors.push(d);
        }
        let empty = |s: &Section| s.is_empty() && !s.broken;
        if empty(&pool.all) && pool.stores.is_empty() {
            let message = format!("nothing is declared for {}", pool.fqdn.value);
            errors.push(page.error("CT2011", &pool.fqdn.span, message, "an empty table"));
        }
        for section in std::iter::once(&pool.all).chain(pool.stores.values()) {
            two_spellings(page, section, &mut errors);
        }
        // A store's own keys are looked at together with those it inherits.
        same_instance(page, &pool.all, &mut errors);
        relations(page, &pool.all, &mut errors);
        for &kind in pool.stores.keys() {
            let effective = pool.effective(kind);
            same_instance(page, &effective, &mut errors);
            relations(page, &effective, &mut errors);
        }
    }
    let mut once: Vec<Diagnostic> = Vec::new();
    for d in errors {
        if !once.contains(&d) {
            once.push(d);
        }
    }
    once
}

/// Whether errors of the relations between keys can be told: not where a key could not be read.
fn relations(page: Page<'_>, section: &Section, errors: &mut Vec<Diagnostic>) {
    if !section.broken {
        witness_without_mirror(page, section, errors);
        principal_without_slot(page, section, errors);
    }
}

fn two_spellings(page: Page<'_>, section: &Section, errors: &mut Vec<Diagnostic>) {
    let Some([first, _]) = &section.pair else { return };
    let ordered = section.store.as_ref().map(|s| &s.span).or(section.mirror.as_ref().map(|m| &m.span));
    let Some(other) = ordered else { return };
    let message = "the slots are declared in an order and without one".to_owned();
    let mut d = page.error("CT2010", &first.span, message, "`sql-server-stores`: any order");
    d.related.push(page.mark(other, "this slot, and no other"));
    let help = "keep one: sql-server-stores where any order will do, else sql-server-store and \
                mirroring-sql-server-store";
    d.notes.push(("help", wrap(help)));
    errors.push(d);
}

fn same_instance(page: Page<'_>, section: &Section, errors: &mut Vec<Diagnostic>) {
    let mut compare = |first: &Spot<SqlInstance>, again: &Spot<SqlInstance>, code, message: &str| {
        if first.value != again.value {
            return;
        }
        let mut d = page.error(code, &again.span, message.to_owned(), "again here");
        d.related.push(page.mark(&first.span, "first here"));
        if first.value.to_string() != again.value.to_string() {
            d.notes.push(("", "names are compared without case".to_owned()));
        }
        errors.push(d);
    };
    let slots = "SQL Server store and its mirror are the same instance";
    let mirror = one(&section.mirror);
    if let (Some(store), Some(mirror)) = (&section.store, &mirror) {
        compare(store, mirror, "CT2005", slots);
    }
    if let Some([first, second]) = &section.pair {
        compare(first, second, "CT2005", slots);
    }
    if let Some(witness) = one(&section.witness) {
        // The witness breaks the tie between the two; it cannot be one of them.
        let partners = section.store.iter().chain(&mirror).chain(section.pair.iter().flatten());
        for partner in partners {
            compare(partner, &witness, "CT2017", "the witness is one of the two that it watches");
        }
    }
}

fn one(choice: &Option<Spot<Choice>>) -> Option<Spot<SqlInstance>> {
    match choice {
        Some(Spot { value: Choice::One(i), span }) => Some(Spot { value: i.clone(), span: span.clone() }),
        _ => None,
    }
}

fn witness_without_mirror(page: Page<'_>, section: &Section, errors: &mut Vec<Diagnostic>) {
    let Some(witness) = one(&section.witness) else { return };
    if section.pair.is_some() {
        return;
    }
    let mut d = page.error("CT2007", &witness.span, "a witness without a mirror".to_owned(), "nothing to witness");
    let line = |d: &Diagnostic| d.place.as_ref().map_or(0, |m| m.line);
    match &section.mirror {
        Some(Spot { value: Choice::One(_), .. }) => return,
        Some(Spot { value: Choice::Nothing, span }) => {
            let mark = page.mark(span, "mirroring is declared off");
            d.notes.push(("help", format!("drop line {}, or name a mirror in line {}", line(&d), mark.line)));
            d.related.push(mark);
        }
        None => {
            let help = format!("drop line {}, or declare mirroring-sql-server-store too", line(&d));
            d.notes.push(("help", help));
        }
    }
    errors.push(d);
}

fn principal_without_slot(page: Page<'_>, section: &Section, errors: &mut Vec<Diagnostic>) {
    let Some(principal) = &section.principal else { return };
    // Where a slot is not managed, it may be the one that holds the instance.
    let slots = match (&section.pair, &section.store, &section.mirror) {
        (Some([a, b]), ..) => vec![(a.clone(), "one store"), (b.clone(), "the other")],
        (None, Some(store), Some(_)) => {
            let mirror = one(&section.mirror).map(|m| (m, "mirror"));
            std::iter::once((store.clone(), "store")).chain(mirror).collect()
        }
        (None, ..) => return,
    };
    let off = section.mirror.as_ref().filter(|m| m.value == Choice::Nothing);
    if slots.iter().any(|(slot, _)| slot.value == principal.value) {
        return;
    }
    let name = &principal.value;
    let message = format!("{name} cannot be PRINCIPAL: no slot holds it");
    let mut d = page.error("CT2009", &principal.span, message, "neither store nor mirror");
    d.related.extend(slots.iter().map(|(slot, label)| page.mark(&slot.span, label)));
    let mut holders: Vec<_> = slots.iter().map(|(slot, _)| format!("name {}", slot.value)).collect();
    if let Some(off) = off {
        let mark = page.mark(&off.span, "no mirror");
        holders.push(format!("make {name} the mirror in line {}", mark.line));
        d.related.push(mark);
    }
    d.notes.push(("help", wrap(&format!("a role can only be where a slot is: {}", holders.join(", or ")))));
    errors.push(d);
}
