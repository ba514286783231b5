//! Ten megabytes of anything: at most two seconds and ten times its size. One test, because it measures the process.

mod common;
#[path = "../benches/sample/mod.rs"]
mod sample;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use topology::Document;

const SIZE: usize = 10_000_000;
/// Code without optimisation is slower by about this factor.
const PATIENCE: u32 = if cfg!(debug_assertions) { 10 } else { 1 };

const HEAD: &str = "<Topology xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008\">";

fn repeated(head: &str, piece: &str) -> Vec<u8> {
    numbered(head, |_| piece.to_owned(), "")
}

fn numbered(head: &str, piece: impl Fn(usize) -> String, tail: &str) -> Vec<u8> {
    let mut text = head.to_owned();
    for number in 0.. {
        text += &piece(number);
        if text.len() + tail.len() >= SIZE {
            break;
        }
    }
    (text + tail).into_bytes()
}

/// Pools of one name, all mirrored, each with a service that leads nowhere, on one line.
fn many_pools() -> Vec<u8> {
    let mut text = sample::published(570);
    text = text.replace("RoleName=\"ConfServices\" Instance=\"1", "RoleName=\"Nothing\" Instance=\"1");
    text.replace('\n', " ").into_bytes()
}

/// One pool whose one consumer depends on very many stores.
fn many_dependencies() -> Vec<u8> {
    let head = format!(
        "{HEAD}<Clusters><Cluster Fqdn=\"a\"><ClusterId SiteId=\"1\" Number=\"1\"/></Cluster></Clusters><Services>\
         <Service><ServiceId SiteId=\"1\" RoleName=\"UserServices\" Instance=\"1\"/><InstalledOn>\
         <ClusterId SiteId=\"1\" Number=\"1\"/></InstalledOn><DependsOn>"
    );
    let dependency = |n| {
        format!(
            "<Dependency Usage=\"U{n}\"><ServiceId SiteId=\"1\" RoleName=\"UserStore\" Instance=\"{n}\"/></Dependency>"
        )
    };
    numbered(&head, dependency, "</DependsOn></Service></Services></Topology>")
}

/// Both halves of a Topology Builder file, with as many services of unknown roles as fit.
fn two_halves() -> Vec<u8> {
    const WRITABLE: &str = "urn:schema:Microsoft.Rtc.Management.Deploy.WritableTopology.2008";
    let half = |version: u8| {
        let mut text = format!("<PartialTopology xmlns=\"{WRITABLE}\"><Services>");
        for n in 0..SIZE / 2 / 79 {
            _ = write!(
                text,
                "<Service UniqueId=\"{n}\" RoleName=\"R{n}\" InstalledOn=\"x\" ServiceVersion=\"{version}\"/>"
            );
        }
        text + "</Services></PartialTopology>"
    };
    let (old, new) = (half(6), half(7));
    format!(
        "<TopologyBuilder xmlns=\"urn:schema:Microsoft.Rtc.Management.Deploy.TopologyBuilder.2008\"><OriginalTopology>\
         {old}</OriginalTopology><NewTopology>{new}</NewTopology></TopologyBuilder>"
    )
    .into_bytes()
}

fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let in_root = |piece: &str| repeated(HEAD, piece);
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain("<a/>".encode_utf16().flat_map(u16::to_le_bytes).cycle()).take(SIZE).collect();
    vec![
        ("<", repeated("", "<")),
        ("a", repeated("", "a")),
        ("&", in_root("&")),
        ("&amp;", in_root("&amp;")),
        ("zeros", vec![0; SIZE]),
        ("white space", repeated("", " ")),
        ("line ends in the root", in_root("\n")),
        ("nesting", repeated("", "<a>")),
        ("elements", in_root("<a/>")),
        ("elements and text", in_root("<a>b</a>\n")),
        ("comments", in_root("<!---->")),
        ("one comment", in_root("<!-- ").into_iter().chain(vec![b'-'; SIZE]).take(SIZE).collect()),
        ("attributes of one element", numbered("<a ", |n| format!("b{n}='' "), "/>")),
        ("attributes of one name", repeated("<a ", "b='' ")),
        ("prefixes", numbered("<a ", |n| format!("xmlns:b{n}='' "), "/>")),
        ("one value", repeated("<Topology xmlns=\"", "&lt;")),
        ("one name", repeated("<", "a")),
        (
            "clusters of one name",
            numbered(
                &format!("{HEAD}<Clusters>"),
                |n| format!("<Cluster Fqdn=\"a\"><ClusterId SiteId=\"1\" Number=\"{n}\"/></Cluster>"),
                "</Clusters></Topology>",
            ),
        ),
        ("domains", numbered(HEAD, |n| format!("<InternalDomains Name=\"{n}\"/>\n"), "</Topology>")),
        ("UTF-16 elements", utf16),
        ("many pools on one line", many_pools()),
        ("many dependencies", many_dependencies()),
        ("two halves", two_halves()),
    ]
}

fn skip(why: &str) {
    #[expect(clippy::print_stderr, reason = "a test that did not run must not look like one that passed")]
    {
        eprintln!("skipped: {why}");
    }
}

/// Begins to count the most memory that the process has at one time.
fn forget_peak() -> bool {
    std::fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// A line of `/proc/self/status`, in bytes.
fn memory(line: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let value = status.lines().find_map(|l| l.strip_prefix(line)).unwrap();
    value.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024
}

#[test]
fn ten_megabytes_of_anything() {
    let measures_memory = forget_peak();
    if !measures_memory {
        skip("memory is measured only where /proc/self/clear_refs can be written");
    }
    for (what, bytes) in inputs() {
        let size = bytes.len();
        assert!((SIZE - 200..SIZE * 3 / 2).contains(&size), "{what} has {size} bytes");
        let before = if measures_memory { memory("VmRSS:") - size.min(memory("VmRSS:")) } else { 0 };
        if measures_memory {
            forget_peak();
        }
        let start = Instant::now();
        let read = Document::read(bytes, "hostile.xml");
        let took = start.elapsed();
        assert!(took < Duration::from_secs(2) * PATIENCE, "{what}: {took:?}");
        if measures_memory {
            let grew = memory("VmHWM:").saturating_sub(before);
            assert!(grew < 10 * size, "{what}: {grew} bytes for {size}");
        }
        if let Ok(document) = read {
            let start = Instant::now();
            let (pools, warnings) = (document.topology().pools().len(), document.warnings().len());
            let equal = topology::compare(document.topology(), document.topology()).unwrap().is_equal();
            let took = start.elapsed();
            assert!(equal && pools + warnings < 200_000, "{what}");
            assert!(took < Duration::from_secs(2) * PATIENCE, "{what}, asking: {took:?}");
        }
    }
}
