//! Bytes to text and back, without loss, told apart by content; it knows no XML.
//!
//! Accepted: UTF-8 with and without a byte order mark, UTF-16LE and UTF-16BE with one (what `>` and `Out-File` of
//! Windows PowerShell write).

use std::ops::Range;

use crate::diagnostic::Diagnostic;

/// How the characters of a document are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 that begins with a byte order mark.
    Utf8Bom,
    /// UTF-16, low byte first, with its byte order mark.
    Utf16Le,
    /// UTF-16, high byte first, with its byte order mark.
    Utf16Be,
}

impl Encoding {
    /// The name for people: `UTF-16LE`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf8Bom => "UTF-8 with byte order mark",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }

    /// The byte order mark that a file in this encoding begins with.
    fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => &[],
            Self::Utf8Bom => &[0xEF, 0xBB, 0xBF],
            Self::Utf16Le => &[0xFF, 0xFE],
            Self::Utf16Be => &[0xFE, 0xFF],
        }
    }

    fn of(bytes: &[u8]) -> Self {
        let marked = [Self::Utf8Bom, Self::Utf16Le, Self::Utf16Be];
        marked.into_iter().find(|e| bytes.starts_with(e.mark())).unwrap_or(Self::Utf8)
    }
}

/// Original bytes together with their text. In UTF-8 the two share one allocation.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub(crate) encoding: Encoding,
    /// The original, only where it is not UTF-8.
    bytes: Option<Vec<u8>>,
    text: String,
    /// Where the text begins in `text`: after the byte order mark.
    body: Range<usize>,
}

impl Decoded {
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.as_deref().unwrap_or(self.text.as_bytes())
    }

    pub(crate) fn text(&self) -> &str {
        &self.text[self.body.clone()]
    }
}

/// Decodes a file. Nothing is replaced: what cannot be decoded is refused.
pub(crate) fn decode(bytes: Vec<u8>, file: &str) -> Result<Decoded, Diagnostic> {
    let encoding = Encoding::of(&bytes);
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => {
            let text = String::from_utf8(bytes).map_err(|e| not_utf8(e.as_bytes(), e.utf8_error(), file))?;
            if text.as_bytes().get(1) == Some(&0) || text.as_bytes().first() == Some(&0) {
                return Err(unmarked_utf16(file));
            }
            let body = encoding.mark().len()..text.len();
            Ok(Decoded { encoding, bytes: None, text, body })
        }
        Encoding::Utf16Le => utf16(bytes, encoding, encoding_rs::UTF_16LE, u16::from_le_bytes, file),
        Encoding::Utf16Be => utf16(bytes, encoding, encoding_rs::UTF_16BE, u16::from_be_bytes, file),
    }
}

fn utf16(
    bytes: Vec<u8>,
    encoding: Encoding,
    decoder: &'static encoding_rs::Encoding,
    unit: fn([u8; 2]) -> u16,
    file: &str,
) -> Result<Decoded, Diagnostic> {
    let units = &bytes[encoding.mark().len()..];
    if !units.len().is_multiple_of(2) {
        return Err(cut_utf16(bytes.len(), bytes.len(), encoding, file));
    }
    let Some(text) = decoder.decode_without_bom_handling_and_without_replacement(units) else {
        let decoded = char::decode_utf16(units.chunks_exact(2).map(|p| unit([p[0], p[1]])));
        let mut at = encoding.mark().len();
        for result in decoded {
            match result {
                Ok(c) => at += 2 * c.len_utf16(),
                Err(_) => break,
            }
        }
        return Err(cut_utf16(at + 1, bytes.len(), encoding, file));
    };
    let text = text.into_owned();
    let body = 0..text.len();
    Ok(Decoded { encoding, bytes: Some(bytes), text, body })
}

/// Encodes a text as a file in `encoding`, byte order mark included. The inverse of [`decode`].
pub(crate) fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let mut out = encoding.mark().to_vec();
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => out.extend_from_slice(text.as_bytes()),
        Encoding::Utf16Le => out.extend(text.encode_utf16().flat_map(u16::to_le_bytes)),
        Encoding::Utf16Be => out.extend(text.encode_utf16().flat_map(u16::to_be_bytes)),
    }
    out
}

const EXPORT_AGAIN: &str = "export or copy it again. What > writes is read without complaint";

fn broken(message: &str, at: String, why: &str, file: &str) -> Diagnostic {
    Diagnostic {
        code: "CT1005",
        message: message.to_owned(),
        file: file.to_owned(),
        place: None,
        related: Vec::new(),
        notes: vec![("at", at), ("", why.to_owned()), ("help", EXPORT_AGAIN.to_owned())],
    }
}

fn cut_utf16(at: usize, of: usize, encoding: Encoding, file: &str) -> Diagnostic {
    let place = format!("byte {at} of {of}; {} by its byte order mark", encoding.name());
    if at == of {
        let why = "UTF-16 has an even number of bytes: the file was cut off, or >> joined a\nsecond encoding to it";
        return broken("the file ends in the middle of a character", place, why, file);
    }
    let why = "half of a surrogate pair stands alone: the file was damaged, or >> joined a\nsecond encoding to it";
    broken("the file holds half of a character", place, why, file)
}

fn not_utf8(bytes: &[u8], error: std::str::Utf8Error, file: &str) -> Diagnostic {
    let at = error.valid_up_to();
    let marked = if Encoding::of(bytes) == Encoding::Utf8Bom { "by its byte order mark" } else { "without a mark" };
    let place = format!("byte {} of {}; UTF-8 {marked}", at + 1, bytes.len());
    if error.error_len().is_none() {
        let why = "the last character needs more bytes than are left: the file was cut off";
        return broken("the file ends in the middle of a character", place, why, file);
    }
    let why = format!(
        "byte {:#04X} cannot stand there: the file was saved in another encoding, or\nis no text",
        bytes.get(at).copied().unwrap_or_default()
    );
    broken("the file is not UTF-8", place, &why, file)
}

fn unmarked_utf16(file: &str) -> Diagnostic {
    let why = "the first bytes look like UTF-16 that has lost its mark, FF FE or FE FF";
    broken("the file has no byte order mark and is not UTF-8", "byte 1".to_owned(), why, file)
}
