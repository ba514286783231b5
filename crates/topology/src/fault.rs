//! What is wrong at a place of a text, before it is known which file the text came from; and the file's help.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::lines::Lines;

/// How to get a sound document; the first thing to do about a broken one.
pub(crate) const EXPORT_AGAIN: &str = "export again, do not repair by hand; on a Front End Server:\n\
                                       (Get-CsTopology -AsXml).ToString() | Out-File topology.xml";

/// A diagnostic without its file.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) place: (Range<usize>, String),
    pub(crate) related: Vec<(Range<usize>, String)>,
    pub(crate) notes: Vec<(&'static str, String)>,
}

impl Fault {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, place: Range<usize>, label: &str) -> Self {
        let place = (place, label.to_owned());
        Self { code, message: message.into(), place, related: Vec::new(), notes: Vec::new() }
    }

    pub(crate) fn related(mut self, place: Range<usize>, label: &str) -> Self {
        self.related.push((place, label.to_owned()));
        self
    }

    pub(crate) fn note(mut self, word: &'static str, text: impl Into<String>) -> Self {
        self.notes.push((word, text.into()));
        self
    }

    pub(crate) fn into_diagnostic(self, file: &str, text: &str, lines: &Lines) -> Diagnostic {
        let mark = |(range, label): (Range<usize>, String)| lines.mark(text, range, label);
        Diagnostic {
            code: self.code,
            message: self.message,
            file: file.to_owned(),
            place: Some(mark(self.place)),
            related: self.related.into_iter().map(mark).collect(),
            notes: self.notes,
        }
    }
}

/// A piece of a document as a message quotes it: at most 60 characters, on one line.
pub(crate) fn quote(text: &str) -> String {
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let mut quoted: String = text.chars().take(60).map(plain).collect();
    if text.chars().nth(60).is_some() {
        quoted.push('…');
    }
    quoted
}
