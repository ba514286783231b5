//! One way to say what is wrong with a file: what, where with a caret, why, what to do. It knows no file formats.
//!
//! Shape on screen (at most 80 columns where the source line allows it):
//!
//! ```text
//! error: desired.toml has no key `mirror-sql-server-store` [CT2001]
//!  --> desired.toml:8:1
//! 8 | mirror-sql-server-store = 'be1.contoso.com\RTC'
//!   | ^^^^^^^^^^^^^^^^^^^^^^^ unknown key
//!   = help: did you mean `mirroring-sql-server-store`?
//! ```

use std::fmt::Write as _;
use std::ops::Range;

/// A diagnostic about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code, `CT` and four digits; listed in docs/formats.md.
    pub code: &'static str,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Name of the file as the user gave it.
    pub file: String,
    /// The place the diagnostic is about; none when the file as a whole is meant.
    pub place: Option<Mark>,
    /// Other places that explain it, in order of line.
    pub related: Vec<Mark>,
    /// Lines that begin with `= `: `("help", …)`, `("known", …)`, `("note", …)`, or `("", …)` without a word.
    pub notes: Vec<(&'static str, String)>,
}

/// A place in a file with a word about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How many characters the caret line covers, at least 1.
    pub width: usize,
    /// The text of the line, without its end.
    pub text: String,
    /// What is said under the carets.
    pub label: String,
}

impl Mark {
    /// The mark of a byte range of `text`; a range over several lines is cut at the end of its first line.
    /// Offsets outside of `text`, or inside a character, are moved to the nearest character before.
    #[must_use]
    pub fn of(text: &str, range: Range<usize>, label: impl Into<String>) -> Self {
        let floor = |mut i: usize| {
            i = i.min(text.len());
            while !text.is_char_boundary(i) {
                i -= 1;
            }
            i
        };
        let (start, end) = (floor(range.start), floor(range.end));
        let line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i);
        let line_text = text[line_start..line_end].trim_end_matches('\r');
        let shown_end = end.clamp(start, line_start + line_text.len().max(start - line_start));
        Self {
            line: text[..start].bytes().filter(|&b| b == b'\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            width: text[start..shown_end].chars().count().max(1),
            text: line_text.to_owned(),
            label: label.into(),
        }
    }
}

/// Longest piece of a source line that is shown; documents may hold one line of a megabyte.
const SHOWN: usize = 72;

impl Diagnostic {
    /// The text for a person, many lines, without a trailing line end. The first word is `error:`.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = format!("error: {} [{}]", self.message, self.code);
        let mut marks: Vec<&Mark> = self.place.iter().chain(&self.related).collect();
        marks.sort_by_key(|m| (m.line, m.column));
        let gutter = marks.iter().map(|m| m.line.to_string().len()).max().unwrap_or(1);
        let pad = " ".repeat(gutter);
        match &self.place {
            Some(m) => _ = write!(out, "\n{pad}--> {}:{}:{}", self.file, m.line, m.column),
            None => _ = write!(out, "\n{pad}--> {}", self.file),
        }
        for m in &marks {
            let (text, before) = shown(m);
            let carets = "^".repeat(m.width.min(SHOWN.saturating_sub(before)).max(1));
            _ = write!(out, "\n{:>gutter$} | {}", m.line, text);
            _ = write!(out, "\n{pad} | {}{carets} {}", " ".repeat(before), m.label);
            out.truncate(out.trim_end().len());
        }
        for (word, text) in &self.notes {
            let head = if word.is_empty() { String::new() } else { format!("{word}: ") };
            let indent = gutter + 3 + head.len();
            let text = text.replace('\n', &format!("\n{}", " ".repeat(indent)));
            _ = write!(out, "\n{pad} = {head}{text}");
        }
        out
    }
}

/// The part of the line that is shown, and how many characters stand before the caret in it. Tabs and other control
/// characters become spaces, so that the caret stands where it belongs.
fn shown(m: &Mark) -> (String, usize) {
    let chars: Vec<char> = m.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let from = if m.column > SHOWN { m.column - SHOWN / 2 } else { 0 };
    let to = chars.len().min(from + SHOWN);
    let mut text: String = chars.get(from..to).unwrap_or_default().iter().collect();
    text.truncate(text.trim_end().len());
    (text, m.column - 1 - from.min(m.column - 1))
}
