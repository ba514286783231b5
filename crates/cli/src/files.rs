//! Reading and writing files: text in any of the encodings that Windows writes, whole files or none. It knows no formats.

use std::io::Write as _;
use std::path::Path;

use crate::exit::{Exit, Failure};

/// Files larger than this are none of ours: the plan of an estate that is as large as ids can number is smaller.
const LIMIT: u64 = 512 * MB;
const MB: u64 = 1024 * 1024;

/// A name for people: as it was given, with the separators of the system.
#[must_use]
pub fn name(path: &Path) -> String {
    path.display().to_string()
}

/// The bytes of a file. `help` says what to do where it is missing.
///
/// # Errors
/// When it is missing (66), is a folder, is too large or cannot be read (65).
pub fn bytes(path: &Path, shown: &str, help: &str) -> Result<Vec<u8>, Failure> {
    let wrong = |exit, what: String, help: &str| {
        Failure::new(exit, format!("error: {what} [CT3101]\n --> {shown}\n  = help: {help}"))
    };
    let meta = match std::fs::metadata(path) {
        Ok(meta) => meta,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Err(wrong(Exit::Missing, "there is no such file".to_owned(), help));
        }
        Err(e) => return Err(wrong(Exit::BadInput, format!("it cannot be read: {e}"), help)),
    };
    if meta.is_dir() {
        return Err(wrong(Exit::BadInput, "this is a folder, not a file".to_owned(), help));
    }
    if meta.len() > LIMIT {
        let size = format!("it has {} MB; at most {} are read", meta.len() / MB, LIMIT / MB);
        return Err(wrong(Exit::BadInput, size, help));
    }
    std::fs::read(path).map_err(|e| wrong(Exit::BadInput, format!("it cannot be read: {e}"), help))
}

/// The text of a file: UTF-8, or UTF-16 with a byte order mark, as Windows PowerShell writes it.
///
/// # Errors
/// As [`bytes`], and when it is no text.
pub fn text(path: &Path, shown: &str, help: &str) -> Result<String, Failure> {
    let bytes = bytes(path, shown, help)?;
    let (encoding, skip) = encoding_rs::Encoding::for_bom(&bytes).unwrap_or((encoding_rs::UTF_8, 0));
    encoding.decode_without_bom_handling_and_without_replacement(&bytes[skip..]).map(|t| t.into_owned()).ok_or_else(
        || {
            let what = format!("error: this is no {} text [CT3102]\n --> {shown}", encoding.name());
            Failure::new(Exit::BadInput, format!("{what}\n  = help: save it as UTF-8, or let the tool write it again"))
        },
    )
}

/// Writes a file whole or not at all.
///
/// # Errors
/// When the file system refuses (1).
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let result = atomic_write_file::AtomicWriteFile::open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.commit()
    });
    result.map_err(|e| {
        let shown = name(path);
        Failure::new(
            Exit::Error,
            format!("error: it cannot be written: {e} [CT3103]\n --> {shown}\n  = nothing else was changed"),
        )
    })
}
