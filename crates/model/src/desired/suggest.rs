//! "Did you mean": the nearest of some known words; and wrapping of what is said under a diagnostic. It knows no keys.

/// The known word nearest to what was written, if it is near enough to be meant: at most one slip for three letters.
pub(crate) fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    let allowed = (written.chars().count() / 3).max(1);
    let distance = |k: &str| strsim::damerau_levenshtein(&written, &k.to_lowercase());
    known.into_iter().map(|k| (distance(k), k)).filter(|(d, _)| *d <= allowed).min_by_key(|(d, _)| *d).map(|(_, k)| k)
}

/// The note that offers the nearest word.
pub(crate) fn help<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<(&'static str, String)> {
    nearest(written, known).map(|k| ("help", format!("did you mean `{k}`?")))
}

/// Breaks a text into lines that fit beside `= help: ` in 80 columns. A longer word has a line of its own.
pub(crate) fn wrap(text: &str) -> String {
    crate::wrap::wrap(text, 68).join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_words_are_offered() {
        let keys = ["sql-server-store", "mirroring-sql-server-store", "principal"];
        assert_eq!(nearest("mirror-sql-server-store", keys), Some("mirroring-sql-server-store"));
        assert_eq!(nearest("pricnipal", keys), Some("principal"));
        assert_eq!(nearest("LYNC", ["RTC"]), None);
    }

    #[test]
    fn long_notes_are_wrapped() {
        let text =
            "a role can only be where a slot is: name be2.contoso.com\\RTC, or make be1.contoso.com\\RTC the mirror";
        let expected =
            "a role can only be where a slot is: name be2.contoso.com\\RTC, or\nmake be1.contoso.com\\RTC the mirror";
        assert_eq!(wrap(text), expected);
    }
}
