//! Tables: aligned columns for people, tab-separated values for programs.
//!
//! The constructors of [`Cell`] sanitize its text.

use anstyle::Style;

use super::colors;
use super::colors::ColorMode;
use super::hyperlinks;
use super::sanitize;
use super::text_width::{cut, pad, width};

/// The number of spaces between columns.
const GAP: usize = 2;
/// The least width of the last column.
const MIN_LAST_WIDTH: usize = 12;
/// The width of the last column below which headers that are wider than their column are cut.
const COMFORTABLE_LAST_WIDTH: usize = 40;
/// The least width of a header that is cut.
const MIN_HEADER_WIDTH: usize = 9;

/// A cell of a table, with its text, style and link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    text: String,
    style: Style,
    address: Option<String>,
}

impl Cell {
    /// Returns a cell without a style.
    pub fn plain(text: &str) -> Self {
        Self::styled(text, Style::new())
    }

    /// Returns a cell for an absent value.
    pub fn absent() -> Self {
        Self::styled("-", colors::MUTED)
    }

    /// Returns a cell in a style.
    pub fn styled(text: &str, style: Style) -> Self {
        Self { text: sanitize::one_line(text).into_owned(), style, address: None }
    }

    /// Returns the cell as a link to an address, if there is one.
    pub fn linked_to(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }
}

/// Rows of cells, with or without a header, for people.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Vec<Cell>>,
    headers: usize,
    indent: usize,
}

impl Table {
    /// Returns a table with a header and no rows.
    pub fn with_header(header: &[&str]) -> Self {
        Self {
            rows: vec![header.iter().map(|name| Cell::styled(name, colors::MUTED)).collect()],
            headers: 1,
            indent: 0,
        }
    }

    /// Returns a table without a header and rows.
    pub const fn without_header() -> Self {
        Self { rows: Vec::new(), headers: 0, indent: 0 }
    }

    /// Returns the table with spaces before each line.
    pub const fn indented(mut self, indent: usize) -> Self {
        self.indent = indent;
        self
    }

    /// Adds a row, with as many cells as the header.
    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// Renders aligned columns, the header first. The text is empty without rows. `columns` is the width of the terminal: the
    /// last column is cut to it, and long headers are cut if the last column would be narrow.
    pub fn render(&self, color_mode: ColorMode, columns: Option<usize>) -> String {
        self.lines(color_mode, columns).concat()
    }

    /// Renders each line of [`Self::render`], with its line end.
    pub fn lines(&self, color_mode: ColorMode, columns: Option<usize>) -> Vec<String> {
        if self.rows.len() <= self.headers {
            return Vec::new();
        }
        let before = |widths: &[usize]| widths.iter().rev().skip(1).map(|width| width + GAP).sum::<usize>();
        let mut widths = self.widths(usize::MAX);
        if columns.is_some_and(|columns| before(&widths) + COMFORTABLE_LAST_WIDTH > columns) {
            widths = self.widths(MIN_HEADER_WIDTH);
        }
        let before_last = before(&widths);
        let room = columns.map(|columns| columns.saturating_sub(before_last).max(MIN_LAST_WIDTH));
        self.rows.iter().map(|row| self.line(row, &widths, room, color_mode)).collect()
    }

    /// Renders one line. Spaces are added before the next cell, not after the last one, so no line ends in spaces.
    fn line(&self, row: &[Cell], widths: &[usize], room: Option<usize>, color_mode: ColorMode) -> String {
        let (mut line, mut padding) = (String::new(), self.indent);
        for (index, cell) in row.iter().enumerate() {
            let is_last = index + 1 == widths.len();
            let text = match room {
                Some(room) if is_last => cut(&cell.text, room),
                Some(_) => cut(&cell.text, widths[index]),
                None => cell.text.as_str().into(),
            };
            if !text.is_empty() {
                pad(&mut line, 0, padding);
                match &cell.address {
                    None => color_mode.push(&mut line, cell.style, &text),
                    address => hyperlinks::push(&mut line, address.as_deref(), &color_mode.text(cell.style, &text)),
                }
                padding = 0;
            }
            padding += widths[index] - width(&text).min(widths[index]) + GAP;
        }
        line.push('\n');
        line
    }

    /// Returns the width of each column, with headers of at most `max_header`.
    fn widths(&self, max_header: usize) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0; columns];
        for (index, row) in self.rows.iter().enumerate() {
            let max = if index < self.headers { max_header } else { usize::MAX };
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = width(&cell.text).min(max).max(*widest);
            }
        }
        widths
    }
}

/// Renders a line of tab-separated values. A tab or line end inside a value becomes a space.
pub fn tab_separated<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            line.push('\t');
        }
        line.push_str(&sanitize::one_line(value));
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::with_header(&["id", "who", "subject"]);
        table.push(vec![Cell::plain("A1"), Cell::plain("緊急"), Cell::plain("Tiles time out today")]);
        table.push(vec![Cell::plain("B2345"), Cell::plain(""), Cell::styled("\u{1b}[2Jx", colors::ALARM)]);
        table.push(vec![Cell::plain("C3"), Cell::plain("bo"), Cell::plain("")]);
        table
    }

    #[test]
    fn columns_are_aligned_and_complete() {
        assert_eq!(
            table().render(ColorMode::PLAIN, None),
            "id     who   subject\n\
             A1     緊急  Tiles time out today\n\
             B2345        ␛[2Jx\n\
             C3     bo\n"
        );
    }

    #[test]
    fn only_the_last_column_is_cut() {
        let lines = table().render(ColorMode::PLAIN, Some(25));
        assert_eq!(lines.lines().nth(1), Some("A1     緊急  Tiles time…"));
        assert_eq!(lines.lines().map(width).max(), Some(24));
        assert_eq!(table().render(ColorMode::PLAIN, Some(3)).lines().nth(1), Some("A1     緊急  Tiles time…"));
    }

    #[test]
    fn long_headers_are_cut_if_the_last_column_is_narrow() {
        let mut table = Table::with_header(&["Identifiant", "担当者の名前", "Objet"]);
        table.push(vec![Cell::plain("A1"), Cell::plain("bo"), Cell::plain("Tiles time out")]);
        let lines = |columns| table.render(ColorMode::PLAIN, Some(columns));
        assert_eq!(lines(80), "Identifiant  担当者の名前  Objet\nA1           bo            Tiles time out\n");
        assert_eq!(lines(40), "Identifi…  担当者の…  Objet\nA1         bo         Tiles time out\n");
    }

    #[test]
    fn colors_do_not_move_columns() {
        let painted = table().render(ColorMode { is_colored: true }, None);
        let plain = anstream::adapter::strip_str(&painted).to_string();
        assert_eq!(plain, table().render(ColorMode::PLAIN, None));
        assert!(painted.contains("\u{1b}[1m\u{1b}[31m␛[2Jx\u{1b}[0m"), "{painted:?}");
    }

    #[test]
    fn links_take_no_columns() {
        let mut linked = Table::without_header();
        for name in ["A1", "B2345"] {
            let cell = Cell::styled(name, colors::STRONG).linked_to(Some("file:///x".to_owned()));
            linked.push(vec![cell, Cell::plain("who")]);
        }
        let rendered = linked.render(ColorMode::PLAIN, None);
        assert_eq!(rendered.lines().next(), Some("\u{1b}]8;;file:///x\u{1b}\\A1\u{1b}]8;;\u{1b}\\     who"));
        let painted = linked.render(ColorMode { is_colored: true }, None);
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), "A1     who\nB2345  who\n");
    }

    #[test]
    fn a_table_without_rows_is_empty() {
        assert_eq!(Table::with_header(&["id"]).render(ColorMode::PLAIN, None), "");
    }

    #[test]
    fn values_cannot_add_columns_or_rows() {
        assert_eq!(tab_separated(["a\tb", "", "c\nd"]), "a b\t\tc d\n");
    }
}
