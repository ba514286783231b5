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
    /// `("at", …)` is no line of its own: it says more about the place, after the name of the file.
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
    /// The text of the line, without its end. Of a long line only what is shown, see [`Mark::shown`].
    pub text: String,
    /// What is said under the carets.
    pub label: String,
}

/// Longest piece of a source line that is shown; documents may hold one line of a megabyte.
const SHOWN: usize = 72;

/// How many characters of the line are left out before what is shown, so that the carets, or half a screen of them,
/// stand within it.
fn left_out(column: usize, width: usize) -> usize {
    if column + width.min(SHOWN / 2) > SHOWN { column.saturating_sub(SHOWN / 2) } else { 0 }
}

impl Mark {
    /// The mark of a byte range of `text`; a range over several lines is cut at the end of its first line.
    /// Offsets outside of `text`, or inside a character, are moved to the nearest character before.
    #[must_use]
    pub fn of(text: &str, range: Range<usize>, label: impl Into<String>) -> Self {
        let start = floor(text, range.start);
        let line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let line = text[..start].bytes().filter(|&b| b == b'\n').count() + 1;
        let column = text[line_start..start].chars().count() + 1;
        Self::at(text, start..range.end, line, column, label.into())
    }

    /// The same for a place whose line and column are known already.
    pub(crate) fn at(text: &str, range: Range<usize>, line: usize, column: usize, label: String) -> Self {
        let (start, end) = (floor(text, range.start), floor(text, range.end));
        // No more is looked at than can be shown: a character has at most four bytes.
        let window = &text[start..floor(text, start + 4 * (SHOWN + 1))];
        let rest = window.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        let width = rest[..end.saturating_sub(start).min(rest.len())].chars().take(SHOWN).count().max(1);
        let before = column - 1 - left_out(column, width).min(column - 1);
        let shown_start = text[..start].char_indices().rev().take(before).last().map_or(start, |(i, _)| i);
        let shown_end = start + rest.char_indices().nth(SHOWN).map_or(rest.len(), |(i, _)| i);
        Self { line, column, width, text: text[shown_start..shown_end].to_owned(), label }
    }

    /// What of the line is shown, at most 72 characters, and how many of them stand before the carets. Tabs and other
    /// control characters become spaces, so that the carets stand where they belong.
    #[must_use]
    pub fn shown(&self) -> (String, usize) {
        let plain = |c: char| if c.is_control() { ' ' } else { c };
        let before = self.column.saturating_sub(1);
        let text: String = self.text.chars().map(plain).take(SHOWN).collect();
        (text.trim_end().to_owned(), before - left_out(self.column, self.width).min(before))
    }

    /// The carets, as many as fit under what is shown.
    #[must_use]
    pub fn carets(&self) -> String {
        let (_, before) = self.shown();
        "^".repeat(self.width.min(SHOWN.saturating_sub(before)).max(1))
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Diagnostic {
    /// The text for a person, many lines, without a trailing line end. The first word is `error:`.
    #[must_use]
    pub fn render(&self) -> String {
        self.render_as("error")
    }

    /// The same with another first word, `warning` or `refused`.
    #[must_use]
    pub fn render_as(&self, word: &str) -> String {
        let mut out = format!("{word}: {} [{}]", self.message, self.code);
        let mut marks: Vec<&Mark> = self.place.iter().chain(&self.related).collect();
        marks.sort_by_key(|m| (m.line, m.column));
        let gutter = marks.iter().map(|m| m.line.to_string().len()).max().unwrap_or(1);
        let pad = " ".repeat(gutter);
        match &self.place {
            Some(m) => _ = write!(out, "\n{pad}--> {}:{}:{}", self.file, m.line, m.column),
            None => _ = write!(out, "\n{pad}--> {}", self.file),
        }
        for (_, place) in self.notes.iter().filter(|(word, _)| *word == "at") {
            _ = write!(out, ", {place}");
        }
        let mut line_shown = (0, String::new());
        for m in &marks {
            let (text, before) = m.shown();
            if line_shown != (m.line, text.clone()) {
                _ = write!(out, "\n{:>gutter$} | {}", m.line, text);
                out.truncate(out.trim_end().len());
            }
            line_shown = (m.line, text);
            _ = write!(out, "\n{pad} | {}{} {}", " ".repeat(before), m.carets(), m.label);
            out.truncate(out.trim_end().len());
        }
        for (word, text) in self.notes.iter().filter(|(word, _)| *word != "at") {
            let head = if word.is_empty() { String::new() } else { format!("{word}: ") };
            let indent = gutter + 3 + head.len();
            let text = text.replace('\n', &format!("\n{}", " ".repeat(indent)));
            _ = write!(out, "\n{pad} = {head}{text}");
        }
        out
    }
}
