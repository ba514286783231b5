//! Edits of the seed case, in both forms: what changes, what stays, and what is refused.

mod common;

use common::{document, fqdn, sql};
use topology::{Document, Edit, Mirroring, Slot, SlotValue, StoreRole};

const POOL: &str = "pool01.contoso.com";
const BE1: &str = "be1.contoso.com\\RTC";
const BE2: &str = "be2.contoso.com\\RTC";
const FOUR: [StoreRole; 4] = [StoreRole::User, StoreRole::Application, StoreRole::Archiving, StoreRole::Monitoring];

fn off(stores: &[StoreRole]) -> Vec<Edit> {
    stores.iter().map(|&store| Edit::MirroringOff { pool: fqdn(POOL), store }).collect()
}

fn to(stores: &[StoreRole], instance: &str) -> Vec<Edit> {
    stores.iter().map(|&store| Edit::MoveStore { pool: fqdn(POOL), store, to: sql(instance) }).collect()
}

fn on(earlier: &Document, stores: &[StoreRole], primary: &str, mirror: &str) -> Vec<Edit> {
    let edit = |&store| {
        let words = earlier.words(&fqdn(POOL), store).unwrap();
        Edit::MirroringOn { pool: fqdn(POOL), store, words, primary: sql(primary), mirror: sql(mirror) }
    };
    stores.iter().map(edit).collect()
}

fn apply(document: &Document, edits: &[Edit]) -> Document {
    document.apply(edits).unwrap_or_else(|r| panic!("{}: {r}", r.code))
}

fn code(document: &Document, edits: &[Edit]) -> &'static str {
    document.apply(edits).unwrap_err().code
}

/// The document with the SQL clusters 2 and 3 exchanged in what services are installed on, made without the crate.
fn exchanged(text: &str) -> String {
    let (head, services) = text.split_at(text.find("<Services>").unwrap());
    let cluster = |n: u8| format!("<SqlInstanceId Name=\"RTC\">NL          <ClusterId SiteId=\"1\" Number=\"{n}\" />");
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let cluster = |n: u8| cluster(n).replace("NL", newline);
    let services = services.replace(&cluster(2), "FORMER 2").replace(&cluster(3), &cluster(2));
    head.to_owned() + &services.replace("FORMER 2", &cluster(3))
}

#[test]
fn after_the_whole_restore_the_document_differs_by_the_exchange_alone() {
    for name in ["mirrored.xml", "mirrored-utf16.xml"] {
        let original = document(name);
        let unmirrored = apply(&original, &off(&FOUR));
        let moved = apply(&unmirrored, &to(&FOUR, BE2));
        let mut reversed = FOUR;
        reversed.reverse();
        for order in [FOUR, reversed] {
            let restored = apply(&moved, &on(&original, &order, BE2, BE1));
            assert_eq!(restored.text(), exchanged(original.text()), "{name}");
            assert_eq!(restored.encoding(), original.encoding());
            assert_eq!(restored.bytes().len(), original.bytes().len());
            for store in FOUR {
                let slots = restored.topology().slots(&fqdn(POOL), store).unwrap();
                assert_eq!((slots.primary.as_ref(), slots.mirror()), (Some(&sql(BE2)), Some(&sql(BE1))));
            }
        }
    }
}

#[test]
fn mirroring_off_and_on_again_is_the_original() {
    let original = document("mirrored.xml");
    let back = apply(&apply(&original, &off(&FOUR)), &on(&original, &FOUR, BE1, BE2));
    assert_eq!(back.bytes(), original.bytes());
}

#[test]
fn a_restore_in_the_builder_form() {
    let original = document("new.tbxml");
    let user = [StoreRole::User];
    let moved = apply(&apply(&original, &off(&user)), &to(&user, BE2));
    assert!(!moved.text().contains("Mirror"));
    let restored = apply(&moved, &on(&original, &user, BE2, BE1));
    let (one, two) = ("InstalledOn=\"00000005-", "InstalledOn=\"00000006-");
    let user_store = |text: &str| -> Vec<String> {
        text.lines().filter(|l| l.contains("\"UserStore\"")).map(|l| l.trim().to_owned()).collect()
    };
    let (before, after) = (user_store(original.text()), user_store(restored.text()));
    assert!(before[0].contains(one) && before[1].contains(two));
    assert!(after[0].contains(two) && after[1].contains(one));
    let others =
        |text: &str| text.lines().filter(|l| !l.contains("\"UserStore\"")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(others(original.text()), others(restored.text()));
}

#[test]
fn an_edit_changes_only_its_own_lines() {
    let original = document("mirrored.xml");
    let edited = apply(&original, &off(&[StoreRole::User]));
    let gone: usize = original.text().len() - edited.text().len();
    let kept: Vec<&str> = edited.text().lines().collect();
    let mut at = kept.iter();
    let removed: Vec<&str> = {
        let mut next = at.next();
        let mut removed = Vec::new();
        for line in original.text().lines() {
            if next == Some(&line) { next = at.next() } else { removed.push(line) }
        }
        assert_eq!(next, None, "lines were added");
        removed
    };
    assert_eq!(removed.iter().map(|l| l.len() + 1).sum::<usize>(), gone);
    assert_eq!(removed.len(), 3 + 10, "a dependency of three lines and a store service of ten: {removed:#?}");
    assert!(edited.text().contains("Number=\"3\""), "the SQL instance stays listed");
}

#[test]
fn a_comparison_for_the_screen() {
    let original = document("mirrored.xml");
    let edited = apply(&original, &off(&FOUR));
    let comparison = topology::compare(original.topology(), edited.topology()).unwrap();
    let slots: Vec<_> = comparison.slots.iter().map(|d| (d.store, d.slot, d.old.clone(), d.new.clone())).collect();
    let gone = |store| (store, Slot::Mirror, SlotValue::Instance(sql(BE2)), SlotValue::None);
    assert_eq!(slots, FOUR.map(gone));
    assert_eq!(comparison.beside_slots().count(), 0, "{comparison:#?}");
    assert_eq!((comparison.equal.servers, comparison.equal.sql_instances), (10, 3));
    assert_eq!(comparison.equal.services, original.topology().services().count() - 4 - 3);
}

#[test]
fn a_store_that_two_pools_share() {
    let shared = document("shared-archiving.xml");
    let archiving = StoreRole::Archiving;
    let pools = ["pool01.contoso.com", "pool02.contoso.com"].map(fqdn);
    let one = apply(&shared, &[Edit::MirroringOff { pool: pools[0].clone(), store: archiving }]);
    let mirror = |d: &Document, pool| d.topology().slots(pool, archiving).unwrap().mirror().cloned();
    assert_eq!((mirror(&one, &pools[0]), mirror(&one, &pools[1])), (None, Some(sql(BE2))));
    let off_both = pools.clone().map(|pool| Edit::MirroringOff { pool, store: archiving });
    let both = apply(&shared, &off_both);
    assert!(!both.text().contains("RoleName=\"ArchivingStore\" Instance=\"2\""));
    let move_both = pools.clone().map(|pool| Edit::MoveStore { pool, store: archiving, to: sql(BE2) });
    assert_eq!(code(&both, &move_both[..1]), "CT1106");
    let moved = apply(&both, &move_both);
    let on_both = pools.map(|pool| Edit::MirroringOn {
        words: shared.words(&pool, archiving).unwrap(),
        pool,
        store: archiving,
        primary: sql(BE2),
        mirror: sql(BE1),
    });
    assert_eq!(apply(&moved, &on_both).text().len(), shared.text().len());
}

#[test]
fn what_is_refused() {
    let original = document("mirrored.xml");
    let unmirrored = apply(&original, &off(&FOUR));
    let user = [StoreRole::User];
    assert_eq!(code(&original, &to(&user, BE2)), "CT1103", "a mirrored store is not moved");
    assert_eq!(code(&unmirrored, &off(&user)), "CT1103", "there is no mirror to take away");
    assert_eq!(code(&unmirrored, &to(&user, "be3.contoso.com\\RTC")), "CT1102", "nothing is added");
    assert_eq!(code(&unmirrored, &off(&[StoreRole::PersistentChat])), "CT1102");
    assert_eq!(code(&unmirrored, &on(&original, &user, BE2, BE1)), "CT1103", "the store lies on be1");
    assert_eq!(code(&unmirrored, &on(&original, &user, BE1, "sql2.contoso.com\\RTC")), "CT1104");
    assert_eq!(code(&document("new.tbxml"), &on(&original, &user, BE1, BE2)), "CT1104", "another form");
    assert!(unmirrored.words(&fqdn(POOL), StoreRole::User).is_none());
    let unknown = document("unknown-usage.xml").apply(&off(&user)).unwrap_err();
    assert_eq!(unknown.code, "CT1101");
    assert!(unknown.place.is_some() && unknown.to_string().contains("\"Partner\""), "{unknown}");
}

#[test]
fn words_keep_a_comment_and_odd_layout_where_they_were() {
    let text = document("mirrored.xml").text().replace(
        "        <Dependency Usage=\"Mirror\">\n          <ServiceId SiteId=\"1\" RoleName=\"UserStore\"",
        "<!-- by hand --> <Dependency  Usage='Mirror' >\n<ServiceId SiteId=\"1\" RoleName=\"UserStore\"",
    );
    let original = Document::read(text.into_bytes(), "odd.xml").unwrap();
    let slots = original.topology().slots(&fqdn(POOL), StoreRole::User).unwrap();
    assert!(matches!(slots.mirroring, Mirroring::Mirrored { .. }));
    let back = apply(&apply(&original, &off(&FOUR)), &on(&original, &FOUR, BE1, BE2));
    assert_eq!(back.text(), original.text());
}
