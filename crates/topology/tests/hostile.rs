//! Broken and hostile input: never a panic, and bounded time and memory.

mod common;

use topology::Document;

/// Reads, and asks for everything that a caller may ask for.
fn exercise(bytes: Vec<u8>) -> Result<(), String> {
    let document = Document::read(bytes, "hostile.xml").map_err(|e| e.render())?;
    let topology = document.topology();
    let slots: usize = topology.pools().iter().map(|p| p.stores.len()).sum();
    let spans: usize = topology.services().map(|s| document.text()[s.span()].len() + s.dependencies().count()).sum();
    let central = topology.central_management_pools().len();
    let warnings: usize = document.warnings().iter().map(|w| w.render_as("warning").len()).sum();
    assert!(slots + central <= 10_000_000 && spans + warnings + document.lines() > 0);
    Ok(())
}

/// A generator with a fixed seed: the same mutations on every machine.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

#[test]
fn a_file_cut_at_any_byte() {
    for (name, step) in [("cycle.xml", 1), ("new.tbxml", 7), ("mirrored-utf16.xml", 41)] {
        let bytes = std::fs::read(common::folder("documents").join(name)).unwrap();
        for end in (0..bytes.len()).step_by(step) {
            let outcome = exercise(bytes[..end].to_vec());
            let complete = bytes[end..].iter().all(|b| b.is_ascii_whitespace() || *b == 0);
            assert!(outcome.is_err() || complete, "{name} cut at {end} is read");
        }
    }
}

#[test]
fn bytes_changed_at_random() {
    let mut random = Lcg(20_131_001);
    let splinters: [&[u8]; 14] = [
        b"<",
        b">",
        b"&",
        b"\"",
        b"'",
        b"</",
        b"/>",
        b"<!--",
        b"<![CDATA[",
        b"&#x0;",
        b"\x00",
        b"\xFF",
        b"xmlns=\"\"",
        b"\xC3\xA9",
    ];
    let (mut sound, mut broken) = (0, 0);
    for (_, bytes) in common::files("documents") {
        for _ in 0..150 {
            let mut bytes = bytes.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
                    1 => bytes[at] ^= 1 << random.below(8),
                    2 => drop(bytes.drain(at..(at + random.below(40)).min(bytes.len()))),
                    _ => drop(bytes.splice(at..at, splinters[random.below(splinters.len())].iter().copied())),
                }
            }
            match exercise(bytes) {
                Ok(()) => sound += 1,
                Err(_) => broken += 1,
            }
        }
    }
    assert!(sound > 50 && broken > 50, "{sound} sound, {broken} broken: the mutations test too little");
}
