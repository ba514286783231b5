//! Places in a TOML text: what stands inside of quotes, and where a character of a value is written. It knows no keys.

use std::ops::Range;

use topology::diagnostic::{Diagnostic, Mark};

/// A value with the place it was written at, quotes not included.
#[derive(Clone, Debug)]
pub(crate) struct Spot<T> {
    pub(crate) value: T,
    pub(crate) span: Range<usize>,
}

/// The text of a desired file, and its name.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a> {
    pub(crate) text: &'a str,
    pub(crate) file: &'a str,
}

impl Page<'_> {
    /// A mark on a range.
    pub(crate) fn mark(self, span: &Range<usize>, label: &str) -> Mark {
        Mark::of(self.text, span.clone(), label)
    }

    /// A diagnostic about a range.
    pub(crate) fn error(self, code: &'static str, span: &Range<usize>, message: String, label: &str) -> Diagnostic {
        let place = Some(self.mark(span, label));
        Diagnostic { code, message, file: self.file.to_owned(), place, related: Vec::new(), notes: Vec::new() }
    }

    /// A diagnostic about the file as a whole.
    pub(crate) fn whole(self, code: &'static str, message: String) -> Diagnostic {
        let file = self.file.to_owned();
        Diagnostic { code, message, file, place: None, related: Vec::new(), notes: Vec::new() }
    }

    /// The range of a string without its quotes.
    pub(crate) fn inside(self, span: &Range<usize>) -> Range<usize> {
        let raw = self.text.get(span.clone()).unwrap_or_default();
        for quotes in ["'''", "\"\"\"", "'", "\""] {
            if raw.len() >= 2 * quotes.len() && raw.starts_with(quotes) && raw.ends_with(quotes) {
                return span.start + quotes.len()..span.end - quotes.len();
            }
        }
        span.clone()
    }

    /// Where the characters `from..to` of a string's value are written; `inside` is the range without quotes. An escape
    /// in double quotes is one character of the value and several of the text.
    pub(crate) fn characters(self, inside: &Range<usize>, from: usize, to: usize) -> Range<usize> {
        let raw = self.text.get(inside.clone()).unwrap_or_default();
        let escapes = self.text[..inside.start].ends_with('"');
        let mut starts = Vec::new();
        let mut at = 0;
        while let Some(c) = raw[at..].chars().next() {
            starts.push(inside.start + at);
            at += if c == '\\' && escapes { escape(&raw[at..]) } else { c.len_utf8() };
        }
        starts.push(inside.end);
        let place = |n: usize| starts.get(n).copied().unwrap_or(inside.end);
        place(from)..place(to)
    }
}

/// How long an escape is.
fn escape(raw: &str) -> usize {
    let digits = match raw.as_bytes().get(1) {
        Some(b'x') => 2,
        Some(b'u') => 4,
        Some(b'U') => 8,
        _ => 0,
    };
    let end = raw.chars().take(2 + digits).map(char::len_utf8).sum::<usize>();
    end.min(raw.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_one_character_of_the_value() {
        let text = r#"k = "be2\rtc\u0041b""#;
        let page = Page { text, file: "" };
        let inside = page.inside(&(4..text.len()));
        assert_eq!(&text[inside.clone()], r"be2\rtc\u0041b");
        assert_eq!(&text[page.characters(&inside, 3, 4)], r"\r");
        assert_eq!(&text[page.characters(&inside, 6, 7)], r"\u0041");
        assert_eq!(&text[page.characters(&inside, 7, 99)], "b");
    }

    #[test]
    fn single_quotes_have_no_escapes() {
        let text = r"k = 'be2\rtc'";
        let page = Page { text, file: "" };
        let inside = page.inside(&(4..text.len()));
        assert_eq!(&text[page.characters(&inside, 3, 4)], r"\");
    }
}
