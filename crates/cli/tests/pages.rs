//! The pages agree with the tables of the code: sentences, deviations, rules, attributes, words, codes, exit codes, citations,
//! examples, links, the code map, and the demo in README.md.

mod tree;

use std::collections::{BTreeMap, BTreeSet};

use model::attest::Attestations;
use model::desired::Desired;
use model::estate::{Estate, Parts, PoolPart, Product, StorePart};
use model::procedure::{BACK_END_SENTENCES, DEVIATIONS, SENTENCES};
use model::snapshot::Snapshot;
use model::{rules, vocabulary};
use tree::{code, current, files, page, read, root, shown, sources};

/// The cells of each table row of a page.
fn rows(page: &str) -> Vec<Vec<String>> {
    let rows = page.lines().filter(|l| l.starts_with("| "));
    rows.map(|l| l.trim_matches('|').split(" | ").map(|c| c.trim().to_owned()).collect()).collect()
}

/// The only row that begins with a cell.
fn row<'a>(rows: &'a [Vec<String>], first: &str) -> &'a [String] {
    let found: Vec<_> = rows.iter().filter(|r| r[0] == first).collect();
    assert_eq!(found.len(), 1, "rows that begin with {first}");
    found[0]
}

#[test]
fn every_sentence_and_every_deviation_stands_in_procedures() {
    let rows = rows(&page("docs/procedures.md"));
    let sentences = || SENTENCES.iter().chain(BACK_END_SENTENCES);
    for sentence in sentences() {
        let row = row(&rows, &format!("`{}`", sentence.id));
        assert_eq!(row.len(), 5, "sentence {}", sentence.id);
        assert_eq!(row[1], sentence.says, "sentence {}", sentence.id);
    }
    for deviation in DEVIATIONS {
        let row = row(&rows, &format!("`{}`", deviation.id));
        assert_eq!(row[1..], [deviation.says, deviation.source], "deviation {}", deviation.id);
    }
    let ids: BTreeSet<&str> = sentences().map(|s| s.id).chain(DEVIATIONS.iter().map(|d| d.id)).collect();
    let in_page = rows.iter().filter_map(|r| r[0].strip_prefix('`')?.strip_suffix('`'));
    let strange: Vec<&str> = in_page.filter(|id| !id.contains('/') && !ids.contains(id)).collect();
    assert!(strange.is_empty(), "in the page and in no table: {strange:?}");
}

#[test]
fn every_condition_and_guard_stands_in_procedures() {
    let rows = rows(&page("docs/procedures.md"));
    let numbered =
        |key: &str| key.len() > 1 && key.starts_with(['K', 'G']) && key[1..].bytes().all(|b| b.is_ascii_digit());
    let listed: Vec<_> = rules::ALL.iter().filter(|r| numbered(r.key)).collect();
    assert_eq!(listed.len(), 14, "K1 to K12, G1, G2");
    for rule in listed {
        assert_eq!(row(&rows, rule.key)[2..], [rule.because, rule.source], "{}", rule.key);
    }
}

/// An estate that has a field of every kind.
fn estate() -> Estate {
    let pool = "pool01.contoso.com".parse().expect("a name");
    let instances = vec![r"be1.contoso.com\RTC".parse().expect("an instance")];
    let front_ends = vec!["fe1.contoso.com".parse().expect("a name")];
    let kind = model::database_type::DatabaseType::User;
    Estate::new(Parts {
        pools: vec![PoolPart { fqdn: pool, product: Product::Lync2013, front_ends }],
        stores: vec![StorePart {
            users: vec!["pool01.contoso.com".parse().expect("a name")],
            kind,
            megabytes: BTreeMap::new(),
            instances,
        }],
        ..Parts::default()
    })
    .expect("a sound estate")
}

#[test]
fn every_attribute_stands_in_formats_with_its_subject_and_its_values() {
    let estate = estate();
    let rows = rows(&page("docs/formats.md"));
    let mut seen = BTreeSet::new();
    for &field in estate.layout().fields() {
        let attribute = vocabulary::attribute(field);
        if !seen.insert(attribute) {
            continue;
        }
        let row = row(&rows, &format!("`{attribute}`"));
        let subject = vocabulary::subject(&estate, field);
        let form = match subject.as_str() {
            vocabulary::ESTATE => "`estate`",
            "fe1.contoso.com" => "`<front end>`",
            "be1.contoso.com" => "`<host>`",
            "pool01.contoso.com" => "`<pool>`",
            s if s.contains(" on ") => "`<copy>`",
            s if s.contains(" for ") => "`<front end> for <store>`",
            s if s.contains('/') => "`<store>`",
            _ => "`<instance>`",
        };
        assert_eq!(row[1], form, "subject of {attribute}");
        let described = vocabulary::domain(field).describe();
        let words = |text: &str| -> BTreeSet<String> {
            let words = text.split(", ").filter(|w| !w.starts_with("host\\"));
            words.map(|w| w.trim_matches('`').to_owned()).collect()
        };
        assert_eq!(words(&row[2]), words(&described), "values of {attribute}");
    }
    assert_eq!(seen, vocabulary::ATTRIBUTES.into_iter().collect());
}

/// Every code in a text: `CT` and four digits.
fn codes(text: &str) -> BTreeSet<String> {
    let code = |(at, _): (usize, &str)| {
        let code = text.get(at..at + 6)?;
        code[2..].bytes().all(|b| b.is_ascii_digit()).then(|| code.to_owned())
    };
    text.match_indices("CT").filter_map(code).collect()
}

#[test]
fn every_code_of_the_sources_stands_in_formats_and_the_other_way_round() {
    let used: BTreeSet<String> = sources(None).iter().flat_map(|p| codes(&code(p))).collect();
    let rows = rows(&page("docs/formats.md"));
    let listed: Vec<&String> = rows.iter().map(|r| &r[0]).filter(|c| codes(c).contains(*c)).collect();
    let set: BTreeSet<String> = listed.iter().map(|c| (*c).clone()).collect();
    assert_eq!(set.len(), listed.len(), "a code stands twice in docs/formats.md");
    let missing: Vec<_> = used.difference(&set).collect();
    let gone: Vec<_> = set.difference(&used).collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in docs/formats.md: {missing:?}; in no source: {gone:?}");
}

/// The block after `<!-- example: name -->`, without its fence.
fn example(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("<!-- example: {name} -->\n```")).unwrap_or_else(|| panic!("no {name}"));
    let (_, rest) = rest.split_once('\n').expect("a fence ends its line");
    rest.split_once("\n```").expect("a fence is closed").0.to_owned() + "\n"
}

#[test]
fn the_examples_of_formats_are_read() {
    let page = page("docs/formats.md");
    let desired = example(&page, "desired.toml");
    Desired::read(&desired, "desired.toml").unwrap_or_else(|d| panic!("{}", d[0].render()));
    Snapshot::read(&example(&page, "snapshot.json"), "snapshot.json").unwrap_or_else(|d| panic!("{}", d.render()));
    Attestations::read(&example(&page, "attestations.json"), "a.json").unwrap_or_else(|d| panic!("{}", d.render()));
}

/// What follows a word in a text, where it is a number of a section: `10.3`, `S10`, `E04`.
fn cited(text: &str, word: &str) -> BTreeSet<String> {
    let after = text.match_indices(word).map(|(at, _)| text[at + word.len()..].trim_start_matches(['§', ' ']));
    let number = |s: &str| -> Option<String> {
        let end = s.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == 'S' || c == 'E')).unwrap_or(s.len());
        let number = s[..end].trim_end_matches('.');
        number.bytes().any(|b| b.is_ascii_digit()).then(|| number.to_owned())
    };
    after.filter_map(number).collect()
}

#[test]
fn every_section_that_the_code_cites_is_there() {
    let rust = files("crates").into_iter().filter(|p| p.extension().is_some_and(|e| e == "rs"));
    let text: String = rust.filter(|p| !shown(p).starts_with("crates/cli/tests/")).map(|p| read(&p)).collect();
    let has = |page: &str, number: &str| {
        let heading = |l: &&str| l.starts_with('#') && l.split(' ').nth(1) == Some(number);
        let item = number.split_once('.').map(|(_, item)| format!("{item}. **"));
        page.lines()
            .any(|l| heading(&l) || item.as_ref().is_some_and(|i| page.contains("## 3 Answers") && l.starts_with(i)))
            || page.contains(&format!("**{number}**"))
            || page.contains(&format!("Row {number}:"))
    };
    for (word, path) in
        [("operations ", "docs/operations.md"), ("rules ", "docs/rules.md"), ("design §", "docs/architecture.md")]
    {
        let page = page(path);
        let missing: Vec<_> = cited(&text, word).into_iter().filter(|n| !has(&page, n)).collect();
        assert!(missing.is_empty(), "{path} has no section {missing:?}");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = Vec::new();
    for path in files("").into_iter().filter(|p| p.extension().is_some_and(|e| e == "md")) {
        let text = read(&path);
        for piece in text.split("](").skip(1) {
            let target = piece.split(')').next().unwrap_or_default();
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let to = if file.is_empty() { path.clone() } else { path.parent().expect("a folder").join(file) };
            if !to.exists() || (!anchor.is_empty() && !anchors(&read(&to)).contains(anchor)) {
                broken.push(format!("{}: {target}", shown(&path)));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

/// The anchors of a page, as GitHub makes them of headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|l| l.starts_with('#')).map(|l| l.trim_start_matches('#').trim());
    let anchor = |heading: &str| -> String {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
    };
    headings.map(anchor).collect()
}

/// The duty of a source file: the first sentence of what it opens with.
fn duty(text: &str) -> String {
    let lines = text.lines().map_while(|l| l.strip_prefix("//!")).map(str::trim).take_while(|l| !l.is_empty());
    let whole = lines.collect::<Vec<_>>().join(" ");
    let end = whole.find(". ").map_or(whole.len(), |at| at + 1);
    whole[..end].trim_end_matches(['.', ':']).replace('|', "\\|")
}

#[test]
fn the_code_map_is_current() {
    let mut map = String::from(
        "# Code map\n\nEvery source file with its duty, as its first line says it. Written by `make golden`; a test compares it. How the\n\
         files hang together is in [architecture.md](architecture.md).\n",
    );
    for name in ["topology", "model", "planner", "executor", "cli"] {
        map += &format!("\n## {name}\n\n| file | duty |\n| --- | --- |\n");
        for path in sources(Some(name)) {
            let shown = shown(&path);
            let file = shown.strip_prefix(&format!("crates/{name}/src/")).unwrap_or(&shown);
            map += &format!("| `{file}` | {} |\n", duty(&read(&path)));
        }
    }
    current("docs/code-map.md", &map);
}

#[test]
fn the_page_of_what_is_beyond_is_current() {
    let mut page = String::from(
        "# Outside of scope\n\nWhat cstopo recognises, names and leaves alone: a refusal with one of these codes, or a line of `triage`, says so. Only what is\n\
         known positively refuses. Written by `make golden` from the table `model::scope`; a test compares it.\n",
    );
    for b in model::scope::ALL {
        page += &format!("\n## {}\n\nRecognised: {}. Code {}; source: {}.\n\n", b.id, b.recognised, b.code, b.source);
        page += &format!("Microsoft's document: \"{}\".\n\n", b.document);
        b.checklist.iter().for_each(|line| page += &format!("- {}\n", line.replace('<', "\\<")));
    }
    current("docs/scope.md", &page);
}

const BEGIN: &str = "<!-- demo:begin -->\n```text\n";
const END: &str = "```\n<!-- demo:end -->";

/// Whether a block is the output, where a line `[...]` in the block stands for lines that are left out.
fn shows(block: &str, output: &str) -> bool {
    let output: Vec<&str> = output.lines().collect();
    let lines: Vec<&str> = block.lines().collect();
    let pieces: Vec<&[&str]> = lines.split(|l| *l == "[...]").collect();
    let mut at = 0;
    for (n, piece) in pieces.iter().enumerate() {
        let last = n + 1 == pieces.len();
        let found = if last && n > 0 {
            output.len().checked_sub(piece.len()).filter(|&i| i >= at && output[i..] == **piece)
        } else {
            (at..=output.len()).find(|&i| output[i..].starts_with(piece)).filter(|&i| n > 0 || i == 0)
        };
        let Some(found) = found else { return false };
        at = found + piece.len();
    }
    pieces.len() > 1 || at == output.len()
}

#[test]
fn a_line_of_dots_stands_for_what_is_left_out() {
    let output = "a\nb\nc\nd\ne\n";
    for right in ["a\nb\nc\nd\ne\n", "a\n[...]\ne\n", "a\nb\n[...]\nd\n[...]\ne\n", "a\n[...]\n", "[...]\ne\n"] {
        assert!(shows(right, output), "{right:?}");
    }
    for wrong in ["a\nb\n", "a\n[...]\nd\n", "b\n[...]\ne\n", "a\n[...]\nd\n[...]\nc\n[...]\ne\n", ""] {
        assert!(!shows(wrong, output), "{wrong:?}");
    }
}

#[test]
fn the_demo_of_the_readme_is_what_the_program_says() {
    let readme = page("README.md");
    let (before, rest) = readme.split_once(BEGIN).expect("README.md holds the begin of its demo");
    let (block, after) = rest.split_once(END).expect("README.md holds the end of its demo");
    let mut demo = std::process::Command::new(env!("CARGO_BIN_EXE_cstopo"));
    let folder = std::env::temp_dir().join(format!("cstopo-readme-{}", std::process::id()));
    demo.args(["demo", "--into"]).arg(&folder).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    let ran = demo.output().expect("the program starts");
    let _ = std::fs::remove_dir_all(&folder);
    let output = String::from_utf8(ran.stdout).expect("UTF-8").replace("\r\n", "\n");
    let output = output.trim_start_matches('\n');
    assert!(ran.status.success(), "cstopo demo ends with {}: {}", ran.status, String::from_utf8_lossy(&ran.stderr));
    if shows(block, output) {
        return;
    }
    if std::env::var_os("CSTOPO_BLESS").is_some() {
        std::fs::write(root().join("README.md"), format!("{before}{BEGIN}{output}{END}{after}")).expect("README.md");
        return;
    }
    panic!("README.md does not show what cstopo demo says; make readme writes it, a line [...] leaves lines out");
}
