//! Replacing pieces of a text and nothing else; it knows no XML.

use std::ops::Range;

/// A piece of a text and what stands there afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Splice {
    pub(crate) range: Range<usize>,
    pub(crate) with: String,
}

/// The text with all splices done. Splices do not overlap; every byte outside of them stays as it is.
pub(crate) fn splice(text: &str, mut splices: Vec<Splice>) -> String {
    splices.sort_by_key(|s| (s.range.start, s.range.end));
    let mut out = String::with_capacity(text.len() + splices.iter().map(|s| s.with.len()).sum::<usize>());
    let mut at = 0;
    for splice in &splices {
        debug_assert!(at <= splice.range.start, "splices overlap");
        out.push_str(&text[at..splice.range.start.max(at)]);
        out.push_str(&splice.with);
        at = splice.range.end.max(at);
    }
    out.push_str(&text[at..]);
    out
}

/// An element together with the white space before it: what is removed so that no empty line stays behind.
pub(crate) fn with_leading_space(text: &str, element: Range<usize>) -> Range<usize> {
    let before = text[..element.start].trim_end_matches([' ', '\t', '\r', '\n']).len();
    before..element.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_named_ranges_change_whatever_their_order() {
        let replace = |range, with: &str| Splice { range, with: with.to_owned() };
        assert_eq!(splice("abcdef", vec![replace(4..5, ""), replace(1..2, "BB"), replace(6..6, "!")]), "aBBcdf!");
    }

    #[test]
    fn an_element_goes_with_its_line() {
        let text = "<a>\r\n  <b/>\r\n</a>";
        assert_eq!(with_leading_space(text, 7..11), 3..11);
    }
}
