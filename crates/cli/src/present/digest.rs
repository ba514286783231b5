//! A plan's digest in four words, for telling it over the phone. It computes no digests.

const WORDS: &str = include_str!("../../data/words.txt");

/// The short name of a plan: the first 12 digits of its digest.
#[must_use]
pub fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}

/// Four words, one for each of the first four bytes of a digest; empty where it is no digest.
#[must_use]
pub fn words(digest: &str) -> String {
    let byte = |n: usize| digest.get(2 * n..2 * n + 2).and_then(|hex| usize::from_str_radix(hex, 16).ok());
    let word = |n: usize| byte(n).and_then(|b| WORDS.lines().nth(b));
    (0..4).map(word).collect::<Option<Vec<_>>>().map(|words| words.join("-")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn there_is_a_word_of_its_own_for_every_byte() {
        let words: BTreeSet<_> = super::WORDS.lines().collect();
        assert_eq!(words.len(), 256);
        assert!(words.iter().all(|w| w.len() >= 3 && w.bytes().all(|b| b.is_ascii_lowercase())));
        assert_eq!(super::words("000102ff").split('-').count(), 4);
        assert_eq!(super::words("no digest"), "");
    }
}
