//! A page of text: wrapped lines, rows of cells, labels with hanging text. Nothing is wider than the screen; what does not
//! fit moves to the left and is never cut. It knows nothing of what is said.

use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};

use super::style::{KEPT, Role, Style};

/// A page that is being written.
#[derive(Debug)]
pub struct Page {
    style: Style,
    out: String,
}

/// The least columns that a text has beside its lead.
const ROOM: usize = 24;
/// Where a text stands that has fewer.
const BELOW: usize = 6;

/// A cell of a row.
#[derive(Clone, Debug)]
pub struct Cell<'a> {
    text: &'a str,
    width: usize,
    right: bool,
    role: Role,
}

impl<'a> Cell<'a> {
    /// A cell of a width, its text on the left; a longer text is wrapped.
    #[must_use]
    pub fn new(text: &'a str, width: usize) -> Self {
        Self { text, width, right: false, role: Role::Plain }
    }

    /// With its text on the right.
    #[must_use]
    pub fn right(self) -> Self {
        Self { right: true, ..self }
    }

    /// In the colour of a role.
    #[must_use]
    pub fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }
}

/// Text in lines of a width, at spaces only: names with hyphens stay whole.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let options = Options::new(width.max(1))
        .break_words(false)
        .word_splitter(WordSplitter::NoHyphenation)
        .word_separator(WordSeparator::AsciiSpace)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    textwrap::wrap(&text.replace(" +0", "\u{a0}+0").replace(" +1", "\u{a0}+1"), options)
        .into_iter()
        .map(|line| line.trim_end().replace(KEPT, " "))
        .collect()
}

/// How many columns a text takes.
#[must_use]
pub fn columns(text: &str) -> usize {
    textwrap::core::display_width(text)
}

impl Page {
    /// An empty page.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self { style, out: String::new() }
    }

    /// How the page is written.
    #[must_use]
    pub fn style(&self) -> Style {
        self.style
    }

    /// The text of the page.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    /// An empty line.
    pub fn blank(&mut self) {
        self.out.push('\n');
    }

    /// A heading.
    pub fn heading(&mut self, text: &str) {
        self.indented(0, text, Role::Heading);
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: &str) {
        self.indented(0, text, Role::Plain);
    }

    /// A paragraph under an indent, in the colour of a role.
    pub fn indented(&mut self, indent: usize, text: &str, role: Role) {
        self.hang(&" ".repeat(indent), Role::Plain, text, role);
    }

    /// A line as it is, such as a command, under an indent; its author keeps it narrow.
    pub fn verbatim(&mut self, indent: usize, line: &str) {
        let line = self.style.characters(line);
        self.line(&format!("{}{line}", " ".repeat(indent)));
    }

    /// A label, and text that hangs under its own column.
    pub fn labelled(&mut self, label: &str, width: usize, text: &str) {
        let label = format!("{label:<width$}");
        self.hang(&label, Role::Plain, text, Role::Plain);
    }

    /// A lead of any text, and text that hangs behind it.
    pub fn hang(&mut self, lead: &str, lead_role: Role, text: &str, role: Role) {
        let (lead, text) = (self.style.characters(lead), self.style.characters(text));
        let column = columns(&lead);
        let room = self.style.width.saturating_sub(column);
        // Beside a long lead a long text would stand word under word: it goes below.
        let below = room < ROOM && columns(&text) > room;
        let (column, room) = if below { (BELOW, self.style.width.saturating_sub(BELOW)) } else { (column, room) };
        let lines = wrap(&text, room);
        let fits = lines.iter().all(|l| column + columns(l) <= self.style.width);
        let indent = if fits { column } else { self.left_for(&lines, column) };
        let lead_painted = self.style.paint(lead_role, &lead);
        if (below || indent < column) && !lead.trim().is_empty() {
            self.line(lead_painted.trim_end());
            lines.iter().for_each(|l| self.put(indent, l, role));
            return;
        }
        for (n, line) in lines.iter().enumerate() {
            if n == 0 && !below && indent == column {
                let painted = self.style.paint(role, line);
                self.line(&format!("{lead_painted}{painted}"));
            } else {
                self.put(indent, line, role);
            }
        }
    }

    /// Widths of cells that fit into the screen behind an indent: what is too much is taken from some of them, evenly.
    #[must_use]
    pub fn fitted<const N: usize>(&self, indent: usize, mut widths: [usize; N], flexible: &[usize]) -> [usize; N] {
        let whole = indent + widths.iter().sum::<usize>() + 2 * N.saturating_sub(1);
        let too_much = whole.saturating_sub(self.style.width).div_ceil(flexible.len().max(1));
        for &n in flexible {
            widths[n] = widths[n].saturating_sub(too_much).max(1);
        }
        widths
    }

    /// A row of cells, two spaces before each but the first. A cell that is too long goes on under its own column.
    pub fn row(&mut self, indent: usize, cells: &[Cell<'_>]) {
        let mut columns_of = Vec::new();
        let mut late: Vec<(usize, Vec<String>, Role)> = Vec::new();
        let mut at = indent;
        for cell in cells {
            let lines = wrap(&self.style.characters(cell.text), cell.width);
            if lines.iter().any(|l| columns(l) > cell.width) && at + cell.width < self.style.width {
                // A name too long for its cell stands below the row, as far to the left as it must.
                let room = self.style.width.saturating_sub(at);
                late.push((at, wrap(&self.style.characters(cell.text), room), cell.role));
                columns_of.push(Vec::new());
            } else {
                columns_of.push(lines);
            }
            at += cell.width + 2;
        }
        let height = columns_of.iter().map(Vec::len).max().unwrap_or(0);
        for n in 0..height.max(usize::from(!late.is_empty())) {
            let mut line = " ".repeat(indent);
            for (k, (cell, lines)) in cells.iter().zip(&columns_of).enumerate() {
                let text = lines.get(n).map_or("", String::as_str);
                let pad = " ".repeat(cell.width.saturating_sub(columns(text)));
                let painted = self.style.paint(cell.role, text);
                line += if k == 0 { "" } else { "  " };
                line += &if cell.right { format!("{pad}{painted}") } else { format!("{painted}{pad}") };
            }
            self.line(line.trim_end());
        }
        for (column, lines, role) in late {
            let indent = self.left_for(&lines, column);
            lines.iter().for_each(|l| self.put(indent, l, role));
        }
    }

    fn left_for(&self, lines: &[String], column: usize) -> usize {
        let longest = lines.iter().map(|l| columns(l)).max().unwrap_or(0);
        column.min(self.style.width.saturating_sub(longest))
    }

    fn put(&mut self, indent: usize, text: &str, role: Role) {
        let painted = self.style.paint(role, text);
        self.line(format!("{}{painted}", " ".repeat(indent)).trim_end());
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(&line.replace(KEPT, " "));
        self.out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_does_not_fit_moves_left_whole() {
        let mut page = Page::new(Style { width: 40, ..Style::default() });
        page.labelled("Wrong", 11, "a-very-long-host-name.of.contoso.com is silent");
        assert_eq!(page.finish(), "Wrong\n    a-very-long-host-name.of.contoso.com\n    is silent\n");
    }

    #[test]
    fn cells_wrap_under_their_own_column() {
        let mut page = Page::new(Style::default());
        page.row(1, &[Cell::new("1", 2).right(), Cell::new("one two three", 7), Cell::new("no", 3)]);
        assert_eq!(page.finish(), "  1  one two  no\n     three\n");
    }
}
