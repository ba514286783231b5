//! Standard output and standard error: results on the one, everything else on the other. It knows how wide they are and
//! whether somebody watches, and nothing of what is said.

use std::io::{IsTerminal as _, Write as _};

use jiff::tz::{Offset, TimeZone};

use crate::args::Color;
use crate::exit::{Exit, Failure};
use crate::present::page::wrap;
use crate::present::style::Style;

/// Where the program speaks.
#[derive(Clone, Debug)]
pub struct Screen {
    /// How results are written.
    pub style: Style,
    /// How everything else is written.
    pub aside: Style,
    /// The zone of times.
    pub offset: Offset,
}

impl Screen {
    /// From the command line and the surroundings.
    ///
    /// # Errors
    /// When the offset is none.
    pub fn new(color: Color, offset: Option<&str>) -> Result<Self, Failure> {
        let offset = match offset {
            Some(text) => parse_offset(text)?,
            None => TimeZone::system().to_offset(jiff::Timestamp::now()),
        };
        let style = |terminal: bool| {
            let wanted = match color {
                Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
                Color::Always => true,
                Color::Never => false,
            };
            if terminal {
                let (_, columns) = console::Term::stdout().size();
                Style::terminal(usize::from(columns), unicode(), wanted)
            } else {
                Style { colour: wanted, ..Style::PIPE }
            }
        };
        Ok(Self {
            style: style(std::io::stdout().is_terminal()),
            aside: style(std::io::stderr().is_terminal()),
            offset,
        })
    }

    /// Writes a result. A reader that has gone away is no error of ours.
    pub fn result(&self, text: &str) {
        let text = text.trim_end_matches('\n');
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    /// Writes sentences as a result: wrapped under their own indent, in the characters that the screen has.
    pub fn say(&self, text: &str) {
        let _ = writeln!(std::io::stdout().lock(), "{}", fitted(self.style, text));
    }

    /// Writes what is no result.
    pub fn note(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{}", fitted(self.aside, text));
    }
}

/// Lines that fit a screen.
fn fitted(style: Style, text: &str) -> String {
    let wrapped = |line: &str| -> Vec<String> {
        let indent = line.len() - line.trim_start().len();
        let rows = wrap(line.trim_start(), style.width.saturating_sub(indent));
        let rows = if rows.is_empty() { vec![String::new()] } else { rows };
        rows.into_iter().map(|row| format!("{}{row}", " ".repeat(indent))).collect()
    };
    let lines = text.trim_end_matches('\n').split('\n').flat_map(wrapped);
    lines.map(|line| style.characters(line.trim_end())).collect::<Vec<_>>().join("\n")
}

/// Whether the terminal shows UTF-8. Windows PowerShell 5.1 decodes a pipe with the OEM code page, and a console shows
/// UTF-8 only where its code page says so; elsewhere the locale tells.
fn unicode() -> bool {
    if cfg!(windows) {
        return std::env::var_os("WT_SESSION").is_some();
    }
    let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

fn parse_offset(text: &str) -> Result<Offset, Failure> {
    let wrong = || {
        let what = format!("error: `{text}` is no offset from UTC [CT3104]");
        Failure::new(Exit::Usage, format!("{what}\n  = help: write it as +01:00 or -08:00, or Z"))
    };
    if text.eq_ignore_ascii_case("z") {
        return Ok(Offset::UTC);
    }
    let (sign, rest) = match text.split_at_checked(1) {
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return Err(wrong()),
    };
    let (hours, minutes) = rest.split_once(':').ok_or_else(wrong)?;
    let number = |t: &str| t.parse::<i32>().ok().filter(|_| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit()));
    let (h, m) = number(hours).zip(number(minutes)).filter(|&(h, m)| h < 24 && m < 60).ok_or_else(wrong)?;
    Offset::from_seconds(sign * (h * 3600 + m * 60)).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_read_strictly() {
        assert_eq!(parse_offset("+01:00").unwrap(), Offset::constant(1));
        assert_eq!(parse_offset("-08:30").unwrap(), Offset::from_seconds(-(8 * 3600 + 1800)).unwrap());
        for wrong in ["1", "+1:00", "+01", "+01:60", "01:00", "", "+é:00", "+24:00"] {
            assert!(parse_offset(wrong).is_err(), "{wrong}");
        }
    }
}
