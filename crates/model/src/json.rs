//! Where something stands in a JSON text, and how its reader's complaints become diagnostics. It knows no format.

#![expect(clippy::result_large_err, reason = "a diagnostic is made at most once per file, and then shown")]

use std::collections::BTreeMap;
use std::ops::Range;

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use topology::diagnostic::{Diagnostic, Mark};

/// A step down into a JSON text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step<'a> {
    /// The value under a key.
    Key(&'a str),
    /// The value at a place of a list.
    At(usize),
}

/// The text of a file without its byte order mark, and the file's name.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) text: &'a str,
    pub(crate) file: &'a str,
}

impl<'a> Source<'a> {
    pub(crate) fn new(text: &'a str, file: &'a str) -> Self {
        Self { text: text.strip_prefix('\u{feff}').unwrap_or(text), file }
    }

    /// A diagnostic about a value, named by the way down to it; about the whole file where there is no such value.
    pub(crate) fn at(self, path: &[Step<'_>], code: &'static str, message: String, label: &str) -> Diagnostic {
        let place = span(self.text, path).map(|range| Mark::of(self.text, range, label));
        self.diagnostic(place, code, message)
    }

    /// A mark on a value, for a second place of a diagnostic.
    pub(crate) fn mark(self, path: &[Step<'_>], label: &str) -> Option<Mark> {
        span(self.text, path).map(|range| Mark::of(self.text, range, label))
    }

    fn diagnostic(self, place: Option<Mark>, code: &'static str, message: String) -> Diagnostic {
        let file = self.file.to_owned();
        Diagnostic { code, message, file, place, related: Vec::new(), notes: Vec::new() }
    }

    /// Reads the whole text. `format` is the only format version that this program knows.
    pub(crate) fn read<T: DeserializeOwned>(self, format: u32, what: &str) -> Result<T, Diagnostic> {
        // The version first: an unknown field of a later version should not be called a spelling error.
        #[derive(serde::Deserialize)]
        struct Version {
            format: Option<u32>,
        }
        if let Ok(Version { format: Some(other) }) = serde_json::from_str(self.text)
            && other != format
        {
            let message = format!("{} is {what} of format {other}; this cstopo reads format {format}", self.file);
            let mut d = self.at(&[Step::Key("format")], "CT2103", message, "not this one");
            d.notes.push(("help", "read it with the cstopo that wrote it, or observe again".to_owned()));
            return Err(d);
        }
        serde_json::from_str(self.text).map_err(|e| self.complaint(&e))
    }

    fn complaint(self, error: &serde_json::Error) -> Diagnostic {
        let at = offset(self.text, error.line(), error.column());
        let words = error.to_string();
        // serde_json appends the place, which the diagnostic has already.
        let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(w, _)| w);
        let unknown = words.starts_with("unknown field");
        let (code, message, label) = if unknown {
            let field = words.split('`').nth(1).unwrap_or_default();
            ("CT2102", format!("{} has no field `{field}` at this place", self.file), "unknown field")
        } else if error.is_data() {
            ("CT2101", format!("{} is not in the expected form: {words}", self.file), "here")
        } else {
            ("CT2101", format!("{} is not JSON: {words}", self.file), "here")
        };
        let mut d = self.diagnostic(Some(Mark::of(self.text, token_before(self.text, at), label)), code, message);
        if let Some((_, expected)) = words.split_once(", expected ").filter(|_| unknown) {
            d.notes.push(("known", expected.trim_start_matches("one of ").replace('`', "")));
        }
        d
    }
}

/// Where a line and a column, counted from 1 and in bytes, stand in a text.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column).min(text.len())
}

/// The word, number or string that ends at a place: `serde_json` names the end of what it does not like.
fn token_before(text: &str, end: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let end = end.min(bytes.len());
    let mut start = end.saturating_sub(1);
    if bytes.get(start) == Some(&b'"') {
        while start > 0 && (bytes[start - 1] != b'"' || (start > 1 && bytes[start - 2] == b'\\')) {
            start -= 1;
        }
        return start.saturating_sub(1)..end;
    }
    let part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'+');
    while start > 0 && part(bytes[start]) && part(bytes[start - 1]) {
        start -= 1;
    }
    start..end
}

/// The range of a value in a valid JSON text.
fn span(text: &str, path: &[Step<'_>]) -> Option<Range<usize>> {
    let mut raw: &RawValue = serde_json::from_str(text).ok()?;
    for step in path {
        raw = match step {
            Step::Key(key) => serde_json::from_str::<BTreeMap<String, &RawValue>>(raw.get()).ok()?.remove(*key)?,
            Step::At(index) => serde_json::from_str::<Vec<&RawValue>>(raw.get()).ok()?.get(*index).copied()?,
        };
    }
    // A RawValue borrows from the text it was read from, so its address says where it stands.
    let start = (raw.get().as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    Some(start..start + raw.get().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_the_way_down_to_it() {
        let text = "{ \"a\": [1, {\"b\": \"x\"}],\n  \"c\": true }";
        let of = |path: &[Step<'_>]| span(text, path).map(|r| &text[r]);
        assert_eq!(of(&[Step::Key("a"), Step::At(1), Step::Key("b")]), Some("\"x\""));
        assert_eq!(of(&[Step::Key("c")]), Some("true"));
        assert_eq!(of(&[Step::Key("d")]), None);
    }

    #[test]
    fn a_complaint_marks_the_token() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct T {
            #[allow(dead_code)]
            format: u32,
        }
        let text = "{\n  \"format\": 1,\n  \"formt\": 2\n}";
        let d = Source::new(text, "x.json").read::<T>(1, "a sample").unwrap_err();
        let expected = "error: x.json has no field `formt` at this place [CT2102]\n --> x.json:3:3\n3 |   \"formt\": 2\n  |   \
                        ^^^^^^^ unknown field\n  = known: format";
        assert_eq!(d.render(), expected);
        let d = Source::new("{\"format\": 2}", "x.json").read::<T>(1, "a sample").unwrap_err();
        assert_eq!(d.code, "CT2103");
        assert_eq!(d.place.unwrap().column, 12);
        let d = Source::new("{\"format\": ", "x.json").read::<T>(1, "a sample").unwrap_err();
        assert!(d.message.starts_with("x.json is not JSON"), "{}", d.message);
    }
}
