//! A document's bytes, text and tree in one place that views share; it knows no meaning.

use std::ops::Range;
use std::sync::OnceLock;

use crate::diagnostic::{Diagnostic, Mark};
use crate::encoding::{Decoded, decode};
use crate::fault::Fault;
use crate::lines::Lines;
use crate::parse::parse;
use crate::tree::{Tree, Xml};

/// Largest file that is read, in bytes.
pub const SIZE_LIMIT: usize = 64 << 20;

/// What all views of one document point into.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) file: String,
    pub(crate) decoded: Decoded,
    tree: Tree,
    /// Made when the first place is asked for.
    lines: OnceLock<Lines>,
}

impl Source {
    pub(crate) fn read(bytes: Vec<u8>, file: &str) -> Result<Self, Diagnostic> {
        refuse_size(bytes.len(), file)?;
        let decoded = decode(bytes, file)?;
        refuse_empty(decoded.text(), file)?;
        match parse(decoded.text()) {
            Ok(tree) => Ok(Self { file: file.to_owned(), decoded, tree, lines: OnceLock::new() }),
            Err(fault) => {
                let text = decoded.text();
                Err(fault.into_diagnostic(file, text, &Lines::of(text)))
            }
        }
    }

    pub(crate) fn text(&self) -> &str {
        self.decoded.text()
    }

    pub(crate) fn xml(&self) -> Xml<'_> {
        Xml { text: self.text(), tree: &self.tree }
    }

    pub(crate) fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(self.text()))
    }

    pub(crate) fn mark(&self, range: Range<usize>, label: impl Into<String>) -> Mark {
        self.lines().mark(self.text(), range, label)
    }

    pub(crate) fn diagnostic(&self, fault: Fault) -> Diagnostic {
        fault.into_diagnostic(&self.file, self.text(), self.lines())
    }
}

fn refuse_size(bytes: usize, file: &str) -> Result<(), Diagnostic> {
    if bytes <= SIZE_LIMIT {
        return Ok(());
    }
    let message = format!("the file has {bytes} bytes; at most {SIZE_LIMIT} are read");
    let help = "a topology document of 1,000 pools has some 40 MB; is this the right file?";
    Err(about_the_file("CT1006", message, vec![("help", help.into())], file))
}

fn refuse_empty(text: &str, file: &str) -> Result<(), Diagnostic> {
    if !text.trim_start().is_empty() {
        return Ok(());
    }
    let note = "> makes the file before the command runs: an empty one is left when it fails";
    let help = "export again: (Get-CsTopology -AsXml).ToString() | Out-File topology.xml";
    let notes = vec![("", note.to_owned()), ("help", help.to_owned())];
    Err(about_the_file("CT1001", "the file is empty".to_owned(), notes, file))
}

fn about_the_file(code: &'static str, message: String, notes: Vec<(&'static str, String)>, file: &str) -> Diagnostic {
    Diagnostic { code, message, file: file.to_owned(), place: None, related: Vec::new(), notes }
}
