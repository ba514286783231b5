//! Wrong desired files: every error in one run, each with code, line, column and help.

use crate::scenario::Folder;

const BE2: &str = "sql-server-store = 'be2.contoso.com\\RTC'";
const OFF: &str = "mirroring-sql-server-store = \"none\"";

/// The seed with other lines in its pool's table; the first of them is line 7.
fn with(lines: &[&str]) -> Folder {
    let folder = Folder::of("seed");
    let text = format!("# 1\n# 2\n# 3\n# 4\nformat = 1\n[pool.\"pool01.contoso.com\"]\n{}\n", lines.join("\n"));
    folder.write("desired.toml", text);
    folder
}

/// Plans with such a file, and finds what it has to say.
#[track_caller]
fn wrong(lines: &[&str], code: &str, place: &str, says: &[&str]) {
    let folder = with(lines);
    let ran = folder.cstopo(&["plan"]).exits(65);
    assert_eq!(ran.out, "", "an error is no result");
    let head = ran.err.lines().next().unwrap_or_default();
    assert!(head.starts_with("error: ") && head.ends_with(&format!("[{code}]")), "{}", ran.all());
    assert!(ran.err.contains(&format!("--> desired.toml:{place}\n")), "not at {place}: {}", ran.all());
    for text in says {
        assert!(ran.err.contains(text), "{text} is missing: {}", ran.all());
    }
    let last = ran.err.lines().last().unwrap_or_default();
    assert_eq!(last, "1 error in desired.toml; nothing was planned.", "{}", ran.all());
    assert!(!folder.has("plan.json"), "nothing was planned");
    // Every command that reads it says the same.
    for other in [&["triage"][..], &["check"], &["apply"]] {
        let again = folder.cstopo(other).exits(65);
        assert_eq!(again.err, ran.err, "{other:?}");
    }
}

#[test]
fn an_unknown_key() {
    let key = "mirror-sql-server-store = 'be1.contoso.com\\RTC'";
    wrong(
        &[BE2, key],
        "CT2001",
        "8:1",
        &[
            "desired.toml has no key `mirror-sql-server-store`",
            "8 | mirror-sql-server-store = 'be1.contoso.com\\RTC'\n  | ^^^^^^^^^^^^^^^^^^^^^^^ unknown key",
            "= help: did you mean `mirroring-sql-server-store`?",
        ],
    );
}

#[test]
fn a_host_that_nobody_knows() {
    wrong(
        &[BE2, "mirroring-sql-server-store = 'be11.contoso.com\\RTC'"],
        "CT2004",
        "8:31",
        &[
            "`be11.contoso.com` is not a SQL Server host",
            "^^^^^^^^^^^^^^^^ not in the snapshot",
            "= known: be1.contoso.com, be2.contoso.com, sql2.contoso.com",
            "= help: did you mean `be1.contoso.com`?",
        ],
    );
}

#[test]
fn both_slots_on_one_instance() {
    wrong(
        &[BE2, "mirroring-sql-server-store = 'BE2.contoso.com\\rtc'"],
        "CT2005",
        "8:31",
        &[
            "SQL Server store and its mirror are the same instance",
            "^^^^^^^^^^^^^^^^^^^ first here",
            "^^^^^^^^^^^^^^^^^^^ again here",
            "= names are compared without case",
        ],
    );
}

#[test]
fn an_instance_that_its_host_does_not_have() {
    wrong(
        &["sql-server-store = 'be2.contoso.com\\LYNC'"],
        "CT2006",
        "7:37",
        &[
            "be2.contoso.com has no SQL Server instance `LYNC`",
            "^^^^ not in the snapshot",
            "= known on be2.contoso.com: RTC",
            "= note: Topology Builder would not have noticed either",
        ],
    );
}

#[test]
fn a_witness_without_a_mirror() {
    wrong(
        &[BE2, OFF, "mirroring-witness = 'sql2.contoso.com\\RTC'"],
        "CT2007",
        "9:22",
        &[
            "a witness without a mirror",
            "^^^^^^ mirroring is declared off",
            "nothing to witness",
            "= help: drop line 9, or name a mirror in line 8",
        ],
    );
}

#[test]
fn a_principal_that_no_slot_holds() {
    wrong(
        &[BE2, OFF, "principal = 'be1.contoso.com\\RTC'"],
        "CT2009",
        "9:14",
        &[
            "be1.contoso.com\\RTC cannot be PRINCIPAL: no slot holds it",
            "^^^^^^^^^^^^^^^^^^^ neither store nor mirror",
            "= help: a role can only be where a slot is",
        ],
    );
}

#[test]
fn an_escape_that_toml_reads_as_one_character() {
    wrong(
        &["sql-server-store = \"be2.contoso.com\\rtc\""],
        "CT2002",
        "7:36",
        &[
            "a host name holds a control character, carriage return",
            "^^ TOML reads this as one character",
            "= help: use single quotes: 'be2.contoso.com\\rtc'",
        ],
    );
    wrong(
        &["sql-server-store = \"be2.contoso.com\\RTC\""],
        "CT2003",
        "7:37",
        &["host\\instance in", "'single quotes'"],
    );
}

#[test]
fn every_error_of_a_file_in_one_run() {
    let folder =
        with(&["sql-server-store = 'be9.contoso.com\\RTC'", "mirroring-sql-server-store = 'be2.contoso.com\\X'"]);
    let ran = folder.cstopo(&["plan"]).exits(65);
    let at = |code: &str| ran.err.find(code).unwrap_or_else(|| panic!("{code}: {}", ran.all()));
    assert!(at("CT2004") < at("CT2006"), "in the order of lines");
    assert!(ran.err.ends_with("2 errors in desired.toml; nothing was planned.\n"), "{}", ran.all());
}

#[test]
fn a_pool_that_nobody_knows_and_names_on_the_command_line() {
    let folder = Folder::of("seed");
    let text = folder.read("desired.toml").replace("pool01.contoso.com\"]", "pool10.contoso.com\"]");
    folder.write("desired.toml", text);
    let ran = folder.cstopo(&["plan"]).exits(65);
    assert!(ran.err.contains("pool10.contoso.com") && ran.err.contains("help: did you mean"), "{}", ran.all());
    let folder = Folder::of("seed");
    for (arguments, place) in [
        (["plan", "--only", "pool09.contoso.com"], "--> --only pool09.contoso.com"),
        (["plan", "--accept-data-loss", "pool01/x"], "--> --accept-data-loss pool01/x"),
    ] {
        let ran = folder.cstopo(&arguments).exits(65);
        assert!(ran.err.contains("[CT2018]") && ran.err.contains(place), "{}", ran.all());
    }
}

#[test]
fn loss_of_data_cannot_be_accepted_in_a_file() {
    let folder = Folder::of("seed");
    let text = folder.read("desired.toml").replace("accept = [\"outage\"]", "accept = [\"outage\", \"data-loss\"]");
    folder.write("desired.toml", text);
    let ran = folder.cstopo(&["plan"]).exits(65);
    assert!(
        ran.err.contains("[CT2013]") && ran.err.contains("--accept-data-loss pool01.contoso.com/LcsCDR"),
        "{}",
        ran.all()
    );
}
