//! A table that becomes a list where the screen is too narrow for it: no cell is broken into more than two lines. It knows
//! nothing of what is said.

use super::page::{Cell, Page, columns, wrap};
use super::style::Role;

/// The most lines of a cell.
const LINES: usize = 2;

impl Page {
    /// A table: a row of headings, then rows of cells of some widths at 80 columns, of which some can be narrower. Where a
    /// cell would need more than two lines, each row is a sentence under its headings instead.
    pub fn table<const N: usize>(
        &mut self,
        indent: usize,
        rows: &[([String; N], Role)],
        widths: [usize; N],
        flexible: &[usize],
    ) {
        let widths = self.fitted(indent, widths, flexible);
        let fits = |cell: &String, width: usize| {
            let lines = wrap(&self.style().characters(cell), width);
            lines.len() <= LINES && lines.iter().all(|l| columns(l) <= width)
        };
        if rows.iter().all(|(cells, _)| cells.iter().zip(widths).all(|(cell, w)| fits(cell, w))) {
            for (cells, role) in rows {
                let cells: Vec<Cell<'_>> = cells.iter().zip(widths).map(|(c, w)| Cell::new(c, w).role(*role)).collect();
                self.row(indent, &cells);
            }
            return;
        }
        let Some(((heads, _), rows)) = rows.split_first() else { return };
        for (cells, role) in rows {
            let part = |(head, cell): (&String, &String)| match (head.is_empty(), cell.is_empty()) {
                (_, true) => None,
                (true, _) => Some(cell.clone()),
                _ => Some(format!("{head}: {cell}")),
            };
            let parts: Vec<String> = heads.iter().zip(cells).skip(1).filter_map(part).collect();
            self.indented(indent, &cells[0], *role);
            self.indented(indent + 2, &parts.join("; "), *role);
        }
    }
}
