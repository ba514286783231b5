//! Lists of step numbers and of words, as a sentence needs them. It knows no steps.

/// Numbers with runs of three and more drawn together: `2-5 and 17`, `7, 8 and 19`.
#[must_use]
pub fn and(numbers: &[usize]) -> String {
    join(&runs(numbers))
}

/// As [`and`], with commas only: for brackets and tables.
#[must_use]
pub fn commas(numbers: &[usize]) -> String {
    runs(numbers).join(", ")
}

/// The first and the last, which may be one: `1-5`.
#[must_use]
pub fn span(first: usize, last: usize) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

fn runs(numbers: &[usize]) -> Vec<String> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &n in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => runs.push((n, n)),
        }
    }
    let text = |(first, last): (usize, usize)| {
        if last == first + 1 { vec![first.to_string(), last.to_string()] } else { vec![span(first, last)] }
    };
    runs.into_iter().flat_map(text).collect()
}

/// `User`, `User and Application`, `User, Application and Archiving`.
#[must_use]
pub fn join<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

/// `1 step`, `2 steps`.
#[must_use]
pub fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// The verb that goes with a number: `1 loses`, `2 lose`.
#[must_use]
pub fn verb(n: usize, one: &'static str, many: &'static str) -> &'static str {
    if n == 1 { one } else { many }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_drawn_together_from_three_on() {
        assert_eq!(and(&[2, 3, 4, 5, 17]), "2-5 and 17");
        assert_eq!(commas(&[7, 8, 19]), "7, 8, 19");
        assert_eq!(and(&[]), "");
    }
}
