//! How long it takes to read a document of 1,000 pools, against quick-xml's own pass over all attributes and against
//! roxmltree. Reading with all spans and the typed view has to stay below 2.5 times quick-xml's pass.

#![allow(clippy::print_stdout, reason = "a bench says what it measured")]

mod sample;

use std::hint::black_box;
use std::time::{Duration, Instant};

use quick_xml::events::Event;
use quick_xml::reader::Reader;
use topology::{Document, Edit, StoreRole};

const POOLS: usize = 1000;
const RUNS: usize = 9;

/// The least of some runs: what the work costs when nothing disturbs it.
fn least(mut run: impl FnMut() -> Duration) -> Duration {
    (0..RUNS).map(|_| run()).min().unwrap_or_default()
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}

/// Every event and every attribute, with quick-xml's own checks; the sum keeps it from being optimised away.
fn attribute_pass(text: &str) -> usize {
    let mut reader = Reader::from_str(text);
    let mut sum = 0;
    loop {
        match reader.read_event().expect("the sample is well-formed") {
            Event::Start(tag) | Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    let attribute = attribute.expect("the sample is well-formed");
                    sum += attribute.key.as_ref().len() + attribute.value.len();
                }
            }
            Event::Eof => return sum,
            _ => {}
        }
    }
}

fn main() {
    let text = sample::published(POOLS);
    let quick = least(|| timed(|| attribute_pass(&text)));
    let tree = least(|| timed(|| roxmltree::Document::parse(&text).map(|d| d.descendants().count())));
    let read = least(|| {
        let bytes = text.clone().into_bytes();
        timed(|| Document::read(bytes, "sample.xml").expect("the sample is sound"))
    });
    let document = Document::read(text.clone().into_bytes(), "sample.xml").expect("the sample is sound");
    let pools = least(|| timed(|| document.topology().pools()));
    let compare = least(|| timed(|| topology::compare(document.topology(), document.topology())));
    let pool = "pool500.contoso.com".parse().expect("a host name");
    let off = [Edit::MirroringOff { pool, store: StoreRole::User }];
    let edit = least(|| timed(|| document.apply(&off).expect("the sample is mirrored")));

    println!("{POOLS} pools, {:.1} MB, least of {RUNS} runs", text.len() as f64 / 1e6);
    let ratio = |d: Duration| d.as_secs_f64() / quick.as_secs_f64();
    for (what, time) in [
        ("quick-xml, all attributes", quick),
        ("roxmltree, tree", tree),
        ("Document::read, spans and typed view", read),
        ("Topology::pools", pools),
        ("compare with itself", compare),
        ("apply one edit", edit),
    ] {
        println!("{what:<40} {:>8.1} ms   {:>5.2} x", time.as_secs_f64() * 1e3, ratio(time));
    }
    println!("bound: Document::read at most 2.50 x quick-xml; here {:.2} x", ratio(read));
}
