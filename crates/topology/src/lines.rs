//! Byte offset to line and column of one text, by checkpoints; it knows nothing of what the text means.
//!
//! A file may be one line of many megabytes, so a column is never counted from the start of its line.

use std::ops::Range;

use crate::diagnostic::Mark;

/// Distance of two checkpoints in bytes.
const STRIDE: usize = 1024;

/// How the lines of a text end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineEnding {
    /// Every line ends in LF, or the text is one line.
    Lf,
    /// Every line ends in CR LF.
    Crlf,
    /// Some lines end one way and some the other.
    Mixed,
}

impl LineEnding {
    /// The name for people: `CRLF`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lf => "LF",
            Self::Crlf => "CRLF",
            Self::Mixed => "mixed line ends",
        }
    }
}

/// Checkpoints over a text.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Line (from 0) and column in characters (from 0) of every `STRIDE`th byte.
    checkpoints: Vec<(u32, u32)>,
    /// Number of LF.
    feeds: usize,
    /// Number of CR LF.
    pairs: usize,
    ends_with_feed: bool,
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (mut line, mut column, mut pairs) = (0_u32, 0_u32, 0_usize);
        let mut checkpoints = Vec::with_capacity(bytes.len() / STRIDE + 1);
        let mut before = 0_u8;
        for block in bytes.chunks(STRIDE) {
            checkpoints.push((line, column));
            for &b in block {
                if b == b'\n' {
                    (line, column) = (line + 1, 0);
                    pairs += usize::from(before == b'\r');
                } else {
                    column += u32::from(begins_character(b));
                }
                before = b;
            }
        }
        Self { checkpoints, feeds: line as usize, pairs, ends_with_feed: before == b'\n' }
    }

    /// Number of lines; a line end at the very end begins no further line.
    pub(crate) fn count(&self) -> usize {
        self.feeds + usize::from(!self.ends_with_feed)
    }

    pub(crate) fn ending(&self) -> LineEnding {
        match self.pairs {
            0 => LineEnding::Lf,
            n if n == self.feeds => LineEnding::Crlf,
            _ => LineEnding::Mixed,
        }
    }

    /// The mark of a byte range of the text these checkpoints were made of.
    pub(crate) fn mark(&self, text: &str, range: Range<usize>, label: impl Into<String>) -> Mark {
        let mut start = range.start.min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        let block = start / STRIDE;
        let (mut line, mut column) = self.checkpoints.get(block).copied().unwrap_or_default();
        let from = if block < self.checkpoints.len() { block * STRIDE } else { 0 };
        for &b in &text.as_bytes()[from..start] {
            if b == b'\n' {
                (line, column) = (line + 1, 0);
            } else {
                column += u32::from(begins_character(b));
            }
        }
        Mark::at(text, start..range.end, line as usize + 1, column as usize + 1, label.into())
    }
}

fn begins_character(b: u8) -> bool {
    b & 0xC0 != 0x80
}
