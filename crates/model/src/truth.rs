//! Three-valued truth. Unknown is never taken for true.

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It is known not to hold.
    False,
    /// It is not known whether it holds.
    Unknown,
    /// It is known to hold.
    True,
}

impl Truth {
    /// True if both are; false if one is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// True if one is; false if both are.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The opposite; unknown stays unknown.
    #[must_use]
    #[allow(clippy::should_implement_trait)] // `!truth` would hide that there are three values
    pub fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    /// True if all are; an empty list is true.
    pub fn all(list: impl IntoIterator<Item = Self>) -> Self {
        list.into_iter().fold(Self::True, Self::and)
    }

    /// True if one is; an empty list is false.
    pub fn any(list: impl IntoIterator<Item = Self>) -> Self {
        list.into_iter().fold(Self::False, Self::or)
    }

    /// Whether it is known to hold.
    #[must_use]
    pub fn holds(self) -> bool {
        self == Self::True
    }
}

impl From<bool> for Truth {
    fn from(b: bool) -> Self {
        if b { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};
    use super::*;

    #[test]
    fn unknown_is_between_false_and_true() {
        let all = [False, Unknown, True];
        for a in all {
            for b in all {
                assert_eq!(a.and(b).not(), a.not().or(b.not()));
                assert_eq!(a.and(b), b.and(a));
            }
        }
        assert_eq!(Unknown.and(False), False);
        assert_eq!(Unknown.or(True), True);
        assert_eq!(Truth::all([]), True);
        assert_eq!(Truth::any([]), False);
    }
}
