//! What is not well-formed XML, in words: checks that quick-xml leaves to its caller, and its own errors explained.
//! It knows no element of any document.

use std::ops::Range;

use quick_xml::Error;
use quick_xml::errors::{IllFormedError, SyntaxError};
use quick_xml::events::BytesDecl;
use quick_xml::events::attributes::AttrError;

use crate::fault::{EXPORT_AGAIN, Fault, quote};

type Checked = Result<(), Box<Fault>>;

fn malformed(message: impl Into<String>, place: Range<usize>, label: &str) -> Box<Fault> {
    Fault::new("CT1003", message, place, label).note("help", EXPORT_AGAIN).into()
}

/// Control characters are no XML, and a sign of another encoding or of a binary file.
pub(crate) fn refuse_control_characters(text: &str) -> Checked {
    let bad = |b: u8| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r');
    if !text.bytes().fold(false, |found, b| found | bad(b)) {
        return Ok(());
    }
    let at = text.bytes().position(bad).unwrap_or_default();
    let message = format!("the file holds a control character, U+{:04X}", text.as_bytes()[at]);
    Err(malformed(message, at..at + 1, "no XML holds this"))
}

const NO_NAME: u8 = 0;
const INSIDE_NAME: u8 = 1;
const BEGINS_NAME: u8 = 2;

/// Where in a name a byte may stand.
static NAME: [u8; 256] = {
    let mut table = [NO_NAME; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        table[at] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' | 0x80.. => BEGINS_NAME,
            b'0'..=b'9' | b'-' | b'.' => INSIDE_NAME,
            _ => NO_NAME,
        };
        at += 1;
    }
    table
};

/// Names begin with a letter, `_` or `:`, and hold letters, digits and `-._:`.
pub(crate) fn check_name(text: &str, name: Range<usize>) -> Checked {
    let bytes = text[name.clone()].as_bytes();
    let first = bytes.first().is_some_and(|&b| NAME[b as usize] == BEGINS_NAME);
    if first && bytes.iter().fold(BEGINS_NAME, |least, &b| least.min(NAME[b as usize])) > NO_NAME {
        return Ok(());
    }
    let message = if bytes.is_empty() {
        "a tag has no name; `<` in text is written &lt;".to_owned()
    } else {
        format!("`{}` is no name", quote(&text[name.clone()]))
    };
    Err(malformed(message, name.start.saturating_sub(usize::from(bytes.is_empty()))..name.end, "expected a name"))
}

/// The name of an attribute, and the white space that must stand before it.
pub(crate) fn check_attribute(text: &str, name: &Range<usize>) -> Checked {
    let before = name.start.checked_sub(1).map(|i| text.as_bytes()[i]);
    if !before.is_some_and(|b| b.is_ascii_whitespace()) {
        return Err(malformed("no space stands between two attributes", name.clone(), "expected a space before this"));
    }
    check_name(text, name.clone())
}

/// References in a value or in text: the five predefined entities and characters by number, nothing else.
pub(crate) fn check_references(text: &str, span: Range<usize>) -> Checked {
    let mut rest = span.clone();
    while let Some(at) = text[rest.clone()].find('&') {
        let start = rest.start + at;
        let Some(length) = text[start..span.end].bytes().take(64).position(|b| b == b';') else {
            return Err(malformed("`&` begins no reference", start..start + 1, "a plain & is written &amp;"));
        };
        let name = &text[start + 1..start + length];
        let place = start..start + length + 1;
        if let Some(number) = name.strip_prefix('#') {
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok().filter(|_| !hex.starts_with('+')),
                None => number.parse().ok().filter(|_| !number.starts_with('+')),
            };
            let legal = |c: &char| !c.is_control() || matches!(c, '\t' | '\n' | '\r' | '\u{7F}'..='\u{9F}');
            if code.and_then(char::from_u32).filter(legal).is_none() {
                let message = format!("`&{};` names no character", quote(name));
                return Err(malformed(message, place, "not a character of XML"));
            }
        } else if !matches!(name, "lt" | "gt" | "amp" | "apos" | "quot") {
            let message = format!("the entity `&{};` is not defined", quote(name));
            let fault = Fault::new("CT1004", message, place, "not one of &lt; &gt; &amp; &apos; &quot;");
            return Err(fault.note("", "topology documents define no entities, and none are read").into());
        }
        rest.start = start + length + 1;
    }
    Ok(())
}

/// The encoding that a declaration names must be one of those that are read; the byte order mark decides which.
pub(crate) fn check_declaration(declaration: &BytesDecl<'_>, span: Range<usize>) -> Checked {
    if span.start != 0 {
        return Err(malformed("an XML declaration stands inside of the file", span, "must be the very first thing"));
    }
    let Some(Ok(name)) = declaration.encoding() else { return Ok(()) };
    if ["utf-8", "utf-16", "us-ascii", "ascii", "utf8"].iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return Ok(());
    }
    let message = format!("the declaration names the encoding {}", quote(&name));
    let fault = Fault::new("CT1005", message, span, "expected utf-8 or utf-16");
    Err(fault.note("help", "save the file as UTF-8").into())
}

pub(crate) fn doctype(start: usize) -> Box<Fault> {
    Fault::new("CT1004", "the file has a document type definition", start..start + 9, "must not be here")
        .note("", "topology documents have none. It is not read, because definitions can name\nother files")
        .note("help", EXPORT_AGAIN)
        .into()
}

pub(crate) fn not_xml(place: Range<usize>) -> Box<Fault> {
    Fault::new("CT1002", "this is not XML", place, "expected <Topology or <TopologyBuilder")
        .note("help", "the document itself: (Get-CsTopology -AsXml).ToString()")
        .into()
}

pub(crate) fn too_much(what: &str, place: Range<usize>) -> Box<Fault> {
    Fault::new("CT1006", format!("the file holds {what}"), place, "reading stops here")
        .note("", "no topology document does; the limit keeps broken files from taking all\nmemory")
        .note("help", EXPORT_AGAIN)
        .into()
}

pub(crate) fn less_than_in_tag(text: &str, inside: Range<usize>) -> Box<Fault> {
    let at = inside.start + text[inside.clone()].find('<').unwrap_or_default();
    let tag = inside.start.saturating_sub(1);
    let name = text[inside].split(|c: char| c.is_whitespace() || matches!(c, '<' | '/' | '>')).next();
    let head = tag..tag + 1 + name.map_or(0, str::len);
    let fault = Fault::new("CT1003", "a tag begins inside of another tag", at..at + 1, "in a value, < is &lt;");
    fault.related(head, "not yet closed").note("help", EXPORT_AGAIN).into()
}

pub(crate) fn duplicate_attribute(text: &str, second: Range<usize>, first: Range<usize>) -> Box<Fault> {
    let message = format!("the attribute `{}` is given twice", quote(&text[second.clone()]));
    let fault = Fault::new("CT1003", message, second, "the second time").related(first, "the first time");
    fault.note("help", EXPORT_AGAIN).into()
}

/// An error of quick-xml in the attributes of a tag; `inside` is what stands between `<` and `>`.
pub(crate) fn explain_attribute(error: &AttrError, text: &str, inside: Range<usize>) -> Box<Fault> {
    let (at, message, label) = match error {
        AttrError::ExpectedEq(at) => (*at, "an attribute has no value", "expected = and a value in quotes"),
        AttrError::ExpectedValue(at) => (*at, "an attribute has no value", "expected a value in quotes"),
        AttrError::UnquotedValue(at) => (*at, "a value stands without quotes", "expected a quote"),
        AttrError::ExpectedQuote(at, _) => (*at, "a value has no closing quote", "expected a quote"),
        AttrError::Duplicated(at, _) => (*at, "an attribute is given twice", "the second time"),
    };
    let start = (inside.start + at).min(text.len());
    malformed(message, start..start + 1, label)
}

/// An error of quick-xml itself. `at` is where the construct begins that is not closed.
pub(crate) fn explain(error: &Error, text: &str, at: usize) -> Box<Fault> {
    let at = at.min(text.len());
    let unclosed = |what: &str, closing: &str, width: usize| {
        malformed(format!("{what} is not closed"), at..at + width, &format!("expected {closing} before the file ends"))
    };
    match error {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => malformed("`<!` begins nothing known", at..at + 2, "here"),
        Error::Syntax(SyntaxError::UnclosedPI) => unclosed("a processing instruction", "?>", 2),
        Error::Syntax(SyntaxError::UnclosedXmlDecl) => unclosed("the XML declaration", "?>", 5),
        Error::Syntax(SyntaxError::UnclosedComment) => unclosed("a comment", "-->", 4),
        Error::Syntax(SyntaxError::UnclosedDoctype) => doctype(at),
        Error::Syntax(SyntaxError::UnclosedCData) => unclosed("a CDATA section", "]]>", 9),
        Error::Syntax(SyntaxError::UnclosedTag) => unclosed("a tag", ">", 1),
        Error::Syntax(SyntaxError::UnclosedSingleQuotedAttributeValue) => unclosed("a value in this tag", "'", 1),
        Error::Syntax(SyntaxError::UnclosedDoubleQuotedAttributeValue) => unclosed("a value in this tag", "\"", 1),
        Error::IllFormed(IllFormedError::UnclosedReference) => {
            malformed("`&` begins no reference", at..at + 1, "a plain & is written &amp;")
        }
        Error::IllFormed(IllFormedError::MissingDoctypeName) => doctype(at),
        other => malformed(format!("the text is not well-formed: {}", quote(&other.to_string())), at..at + 1, "here"),
    }
}
