//! Cmdlets as text that can be pasted into Windows PowerShell 5.1. For people and for checks only: a driver passes
//! arguments as data and never comes here.

use crate::call::{Argument, Call, Cmdlet};

/// Widest line; what is wider is continued.
const WIDTH: usize = 76;

/// The text of a call; none where the call is no cmdlet.
#[must_use]
pub fn text(call: &Call) -> Option<String> {
    match call {
        Call::Cmdlets(cmdlets) => Some(cmdlets.iter().flat_map(lines).collect::<Vec<_>>().join("\n")),
        Call::Sql { .. } | Call::SqlInTurn(_) | Call::Person(_) | Call::Wait => None,
    }
}

/// The lines of a cmdlet, at most 76 columns each.
#[must_use]
pub fn lines(cmdlet: &Cmdlet) -> Vec<String> {
    lines_within(cmdlet, WIDTH)
}

/// The lines of a cmdlet: one, or several that end in a backtick and are continued with two spaces. Only between
/// arguments is there a break, so that a name with its value stays together.
#[must_use]
pub fn lines_within(cmdlet: &Cmdlet, width: usize) -> Vec<String> {
    let arguments: Vec<_> = cmdlet.arguments.iter().map(|(name, value)| argument(name, value)).collect();
    let mut lines = vec![cmdlet.name.to_owned()];
    for (n, text) in arguments.iter().enumerate() {
        let line = lines.last().map_or("", String::as_str);
        // All but the last argument may need room for the backtick.
        let backtick = if n + 1 < arguments.len() { 2 } else { 0 };
        let fits = line.chars().count() + 1 + text.chars().count() + backtick <= width;
        match lines.last_mut() {
            Some(line) if fits => *line = format!("{line} {text}"),
            _ => lines.push(format!("  {text}")),
        }
    }
    let last = lines.len() - 1;
    lines[..last].iter_mut().for_each(|line| line.push_str(" `"));
    lines
}

fn argument(name: &str, value: &Argument) -> String {
    match value {
        Argument::Text(text) => format!("-{name} {}", word(text)),
        Argument::List(texts) => {
            let quoted: Vec<_> = texts.iter().map(|t| quoted(t)).collect();
            format!("-{name} {}", quoted.join(","))
        }
        Argument::On => format!("-{name}"),
        Argument::Off => format!("-{name}:$false"),
    }
}

/// A text as an argument: bare where PowerShell takes it as it is.
#[must_use]
pub fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '\\');
    // A bare dash would begin a parameter.
    let bare = !text.is_empty() && !text.starts_with('-') && text.chars().all(plain);
    if bare { text.to_owned() } else { quoted(text) }
}

/// A text in single quotes. PowerShell ends such a text at typographic quotes too, and reads any two as one.
fn quoted(text: &str) -> String {
    let mut out = "'".to_owned();
    for c in text.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201B}') {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail_over() -> Cmdlet {
        Cmdlet::new("Invoke-CsDatabaseFailover")
            .with("PoolFqdn", "pool01.contoso.com")
            .with("DatabaseType", "User")
            .with("NewPrincipal", "Mirror")
            .switch("Force")
            .without("Confirm")
            .switch("Verbose")
    }

    #[test]
    fn a_long_cmdlet_is_continued_between_arguments() {
        let expected = [
            "Invoke-CsDatabaseFailover -PoolFqdn pool01.contoso.com -DatabaseType User `",
            "  -NewPrincipal Mirror -Force -Confirm:$false -Verbose",
        ];
        assert_eq!(lines(&fail_over()), expected);
        let narrow = lines_within(&fail_over(), 64);
        assert_eq!(narrow[0], "Invoke-CsDatabaseFailover -PoolFqdn pool01.contoso.com `");
        for width in 30..90 {
            for line in lines_within(&fail_over(), width) {
                assert!(line.chars().count() <= width.max(38), "{width}: {line}");
            }
        }
    }

    #[test]
    fn a_short_cmdlet_is_one_line() {
        assert_eq!(lines(&Cmdlet::new("Get-CsTopology").switch("AsXml")), ["Get-CsTopology -AsXml"]);
        assert_eq!(lines(&Cmdlet::new("Enable-CsTopology")), ["Enable-CsTopology"]);
    }

    #[test]
    fn only_plain_words_are_bare() {
        assert_eq!(word("be1.contoso.com"), "be1.contoso.com");
        assert_eq!(word(r"\\fs1.contoso.com\sqlseed"), r"\\fs1.contoso.com\sqlseed");
        assert_eq!(word("-Force"), "'-Force'");
        assert_eq!(word(""), "''");
        assert_eq!(word("$env:x; it's"), "'$env:x; it''s'");
        assert_eq!(word("a\u{2019}b"), "'a\u{2019}\u{2019}b'");
        assert_eq!(word("Registrar:pool01"), "'Registrar:pool01'");
    }

    #[test]
    fn lists_are_quoted_and_joined() {
        let cmdlet = Cmdlet::new("X").list("ExcludeDatabaseList", vec!["rtcab".to_owned(), "a'b".to_owned()]);
        assert_eq!(lines(&cmdlet), ["X -ExcludeDatabaseList 'rtcab','a''b'"]);
    }

    #[test]
    fn only_cmdlets_have_a_text() {
        assert_eq!(text(&Call::Wait), None);
        let two = Call::Cmdlets(vec![Cmdlet::new("A"), Cmdlet::new("B").switch("C")]);
        assert_eq!(text(&two).as_deref(), Some("A\nB -C"));
    }
}
