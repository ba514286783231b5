//! How long steps take, in words: `5-10`, `<1-5`, `4 h`, `2-3.5 h`. It knows no steps.

/// Minutes for the column of that name; `-` where nothing is said.
#[must_use]
pub fn minutes(least: u32, most: u32) -> String {
    if most == 0 {
        return "-".to_owned();
    }
    if most < 60 {
        return "<1".to_owned();
    }
    if least == most && most >= 3600 {
        return format!("{} h", half_hours(most, false));
    }
    let least = if least < 60 { "<1".to_owned() } else { (least / 60).to_string() };
    let most = most.div_ceil(60).to_string();
    if least == most { most } else { format!("{least}-{most}") }
}

/// A sum, with its unit.
#[must_use]
pub fn total(least: u32, most: u32) -> String {
    if most == 0 {
        return "no time of its own".to_owned();
    }
    if most < 90 * 60 {
        return format!("{} min", minutes(least, most));
    }
    if least < 3600 {
        return format!("{} min to {} h", (least / 60).max(1), half_hours(most, true));
    }
    let (least, most) = (half_hours(least, false), half_hours(most, true));
    if least == most { format!("{most} h") } else { format!("{least}-{most} h") }
}

/// The upper end of a sum, with its unit.
#[must_use]
pub fn at_most(seconds: u64) -> String {
    let seconds = u32::try_from(seconds).unwrap_or(u32::MAX);
    if seconds < 90 * 60 { format!("{} min", seconds.div_ceil(60)) } else { format!("{} h", half_hours(seconds, true)) }
}

/// Hours, to the half, down or up.
fn half_hours(seconds: u32, up: bool) -> String {
    let halves = if up { seconds.div_ceil(1800) } else { seconds / 1800 };
    if halves.is_multiple_of(2) { (halves / 2).to_string() } else { format!("{}.5", halves / 2) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_as_short_as_they_can_be_said() {
        let cases = [
            ((300, 600), "5-10"),
            ((30, 300), "<1-5"),
            ((5, 55), "<1"),
            ((14400, 14400), "4 h"),
            ((0, 0), "-"),
            ((60, 180), "1-3"),
            ((1800, 3300), "30-55"),
        ];
        for ((least, most), text) in cases {
            assert_eq!(minutes(least, most), text);
        }
        assert_eq!(total(420, 1800), "7-30 min");
        assert_eq!(total(1740, 7000), "29 min to 2 h");
        assert_eq!(total(7200, 12000), "2-3.5 h");
    }
}
