//! Symbols and colours. A symbol or a colour repeats a word and never replaces it; where the screen is not UTF-8, every
//! character is ASCII. It knows nothing of what is said.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Color, Style as Ansi};

/// How a screen is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns; tables need 60.
    pub width: usize,
    /// Whether the screen shows UTF-8.
    pub unicode: bool,
    /// Whether colours are wanted.
    pub colour: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { width: 80, unicode: true, colour: false }
    }
}

impl Style {
    /// For files and pipes: 80 columns of ASCII without colours.
    pub const PIPE: Self = Self { width: 80, unicode: false, colour: false };

    /// For a terminal of some width: what is read stays narrower than 100 columns, and a table
    /// needs 60.
    #[must_use]
    pub fn terminal(columns: usize, unicode: bool, colour: bool) -> Self {
        Self { width: columns.clamp(60, 100), unicode, colour }
    }

    /// A text with the characters that the screen has.
    #[must_use]
    pub fn characters(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                KEPT => out.push(KEPT),
                // Names in files could hold what moves a cursor.
                c if c.is_control() => out.push(' '),
                c if self.unicode || c.is_ascii() => out.push(c),
                c => match ASCII.iter().find(|(sign, _)| *sign == c) {
                    Some((_, ascii)) => out.push_str(ascii),
                    None => {
                        let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
                    }
                },
            }
        }
        out
    }

    /// As [`Style::characters`], line by line.
    #[must_use]
    pub fn characters_of(self, text: &str) -> String {
        text.split('\n').map(|line| self.characters(line)).collect::<Vec<_>>().join("\n")
    }

    /// A text in the colour of its role.
    #[must_use]
    pub fn paint(self, role: Role, text: &str) -> String {
        match role.ansi() {
            Some(ansi) if self.colour && !text.trim().is_empty() => format!("{ansi}{text}{ansi:#}"),
            _ => text.to_owned(),
        }
    }
}

/// A space at which no line is broken; it becomes an ordinary one when a line is written.
pub const KEPT: char = '\u{a0}';

/// A text that is not broken.
#[must_use]
pub fn keep(text: &str) -> String {
    text.replace(' ', "\u{a0}")
}

/// Done, or fine.
pub const DONE: &str = "√";
/// No effect, or broken.
pub const BROKEN: &str = "×";
/// Running.
pub const RUNNING: &str = "►";
/// For a person.
pub const PERSON: &str = "■";
/// Not begun.
pub const NOT_BEGUN: &str = "·";
/// Already true.
pub const TRUE: &str = "=";

/// Signs of WGL4, which every console font has, and what stands for them in ASCII.
const ASCII: [(char, &str); 9] =
    [('√', "v"), ('×', "x"), ('►', ">"), ('■', "#"), ('·', "."), ('→', "->"), ('…', "..."), ('–', "-"), ('≥', ">=")];

/// What a colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing in particular.
    Plain,
    /// A heading.
    Heading,
    /// Done, fine, added.
    Good,
    /// For a person; an outage; changed.
    Care,
    /// Loss, no way back, broken, removed.
    Danger,
    /// Running.
    Running,
    /// Unknown.
    Unknown,
    /// What can be passed over.
    Faint,
}

impl Role {
    fn ansi(self) -> Option<Ansi> {
        let colour = |c: AnsiColor| Some(Ansi::new().fg_color(Some(Color::Ansi(c))));
        match self {
            Self::Plain => None,
            Self::Heading => Some(Ansi::new().bold()),
            Self::Good => colour(AnsiColor::Green),
            Self::Care => colour(AnsiColor::Yellow),
            Self::Danger => colour(AnsiColor::Red),
            Self::Running => colour(AnsiColor::Cyan),
            Self::Unknown => colour(AnsiColor::Magenta),
            Self::Faint => Some(Ansi::new().dimmed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_gets_ascii_only() {
        assert_eq!(Style::PIPE.characters("√ 3 → 2 … é"), r"v 3 -> 2 ... \u{e9}");
        assert_eq!(Style::default().characters("a\u{1b}[2J→"), "a [2J→");
    }

    #[test]
    fn colours_come_only_where_they_are_wanted() {
        let colour = Style { colour: true, ..Style::default() };
        assert!(colour.paint(Role::Danger, "NO").contains('\u{1b}'));
        assert_eq!(Style::default().paint(Role::Danger, "NO"), "NO");
    }
}
