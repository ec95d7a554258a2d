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
/// The width of the last column before which other columns give way, unless it is narrower: at least this, and 40 % of
/// the terminal.
const COMFORTABLE_LAST_WIDTH: usize = 24;
/// The least width of a header that is cut.
const MIN_HEADER_WIDTH: usize = 9;

/// A column of a table, and how it gives way on a narrow terminal. The last column gets the width that is left.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    name: &'a str,
    is_right: bool,
    /// The width to which it shrinks; `None` if it keeps its width. The last column shrinks to it after the others.
    least: Option<usize>,
    /// The columns with greater numbers stay longer; `None` if it always stays.
    leaves: Option<u8>,
}

impl<'a> Column<'a> {
    /// Returns a column that keeps its width.
    pub const fn new(name: &'a str) -> Self {
        Self { name, is_right: false, least: None, leaves: None }
    }

    /// Returns the column aligned to the right.
    pub const fn right(self) -> Self {
        Self { is_right: true, ..self }
    }

    /// Returns the column as one that shrinks to a width.
    pub const fn shrinks(self, least: usize) -> Self {
        Self { least: Some(least), ..self }
    }

    /// Returns the column as one that leaves the table if it does not fit. The lowest number leaves first.
    pub const fn leaves(self, order: u8) -> Self {
        Self { leaves: Some(order), ..self }
    }
}

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
pub struct Table<'a> {
    columns: Vec<Column<'a>>,
    rows: Vec<Vec<Cell>>,
    indent: usize,
}

impl<'a> Table<'a> {
    /// Returns a table with a header and no rows. All columns shrink.
    pub fn with_header(header: &[&'a str]) -> Self {
        Self::with_columns(header.iter().map(|name| Column::new(name).shrinks(MIN_HEADER_WIDTH)).collect())
    }

    /// Returns a table with columns and no rows.
    pub fn with_columns(columns: Vec<Column<'a>>) -> Self {
        Self {
            rows: vec![columns.iter().map(|column| Cell::styled(column.name, colors::MUTED)).collect()],
            columns,
            indent: 0,
        }
    }

    /// Returns a table without a header and rows.
    pub const fn without_header() -> Self {
        Self { columns: Vec::new(), rows: Vec::new(), indent: 0 }
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

    /// Renders aligned columns, the header first. The text is empty without rows. `columns` is the width of the terminal:
    /// columns shrink and leave until the last one has enough of it, which is then cut to the rest.
    pub fn render(&self, color_mode: ColorMode, columns: Option<usize>) -> String {
        self.lines(color_mode, columns).concat()
    }

    /// Renders each line of [`Self::render`], with its line end.
    pub fn lines(&self, color_mode: ColorMode, columns: Option<usize>) -> Vec<String> {
        if self.rows.len() <= self.headers() {
            return Vec::new();
        }
        let natural = self.widths(usize::MAX);
        let widths = match columns {
            Some(columns) => self.fit(natural, columns.saturating_sub(self.indent)),
            None => natural.into_iter().map(Some).collect(),
        };
        self.rows.iter().map(|row| self.line(row, &widths, columns.is_some(), color_mode)).collect()
    }

    /// Returns the width of each column on a terminal; `None` for one that leaves.
    fn fit(&self, natural: Vec<usize>, columns: usize) -> Vec<Option<usize>> {
        let last = natural.len().saturating_sub(1);
        let least = self.columns.last().and_then(|column| column.least).unwrap_or(0);
        let comfortable = least.max(COMFORTABLE_LAST_WIDTH).max((columns * 2).div_ceil(5));
        let wanted = natural.get(last).map_or(0, |width| (*width).min(comfortable));
        let before = |widths: &[Option<usize>]| widths[..last].iter().flatten().map(|width| width + GAP).sum::<usize>();
        let mut widths: Vec<Option<usize>> = natural.iter().copied().map(Some).collect();
        if before(&widths) + wanted > columns {
            let least: Vec<usize> = self.widths(MIN_HEADER_WIDTH);
            let shrunk = |index: usize| self.columns.get(index).and_then(|column| column.least).unwrap_or(usize::MAX);
            let mut narrow: Vec<Option<usize>> =
                least.iter().enumerate().map(|(index, width)| Some((*width).min(shrunk(index)))).collect();
            let order = |index: &usize| self.columns.get(*index).and_then(|column| column.leaves);
            let mut leaving: Vec<usize> = (0..last).filter(|index| order(index).is_some()).collect();
            leaving.sort_by_key(order);
            let mut leaving = leaving.into_iter();
            while before(&narrow) + wanted > columns
                && let Some(index) = leaving.next()
            {
                narrow[index] = None;
            }
            // The columns that stay get back what is left over, from the left.
            let mut over = columns.saturating_sub(before(&narrow) + wanted);
            for (narrow, least) in narrow[..last].iter_mut().zip(least) {
                if let Some(width) = narrow {
                    let more = over.min(least.saturating_sub(*width));
                    (*width, over) = (*width + more, over - more);
                }
            }
            widths = narrow;
        }
        let room = columns.saturating_sub(before(&widths)).max(MIN_LAST_WIDTH);
        if let Some(width) = widths.last_mut() {
            *width = Some(room);
        }
        widths
    }

    /// Renders one line. Spaces are added before the next cell, not after the last one, so no line ends in spaces.
    fn line(&self, row: &[Cell], widths: &[Option<usize>], is_cut: bool, color_mode: ColorMode) -> String {
        let (mut line, mut padding) = (String::new(), self.indent);
        for (index, cell) in row.iter().enumerate() {
            let Some(columns) = widths[index] else { continue };
            let text = if is_cut { cut(&cell.text, columns) } else { cell.text.as_str().into() };
            let rest = columns - width(&text).min(columns);
            let is_right = self.columns.get(index).is_some_and(|column| column.is_right);
            if is_right {
                padding += rest;
            }
            if !text.is_empty() {
                pad(&mut line, 0, padding);
                match &cell.address {
                    None => color_mode.push(&mut line, cell.style, &text),
                    address => hyperlinks::push(&mut line, address.as_deref(), &color_mode.text(cell.style, &text)),
                }
                padding = 0;
            }
            padding += if is_right { GAP } else { rest + GAP };
        }
        line.push('\n');
        line
    }

    /// Returns the number of header rows.
    fn headers(&self) -> usize {
        usize::from(!self.columns.is_empty())
    }

    /// Returns the width of each column, with headers of at most `max_header`.
    fn widths(&self, max_header: usize) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0; columns];
        for (index, row) in self.rows.iter().enumerate() {
            let max = if index < self.headers() { max_header } else { usize::MAX };
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

    fn table() -> Table<'static> {
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
    fn columns_shrink_and_leave_before_the_last_one_is_narrow() {
        let columns = vec![
            Column::new("id"),
            Column::new("due").right(),
            Column::new("organization").shrinks(6).leaves(1),
            Column::new("who").shrinks(8),
            Column::new("subject"),
        ];
        let mut table = Table::with_columns(columns);
        for (due, who) in [("in 2h30m", "somewhere@acme.example"), ("3d", "ana@acme.example")] {
            let cells = ["A1", due, "acme", who, "Dashboard tiles time out today"];
            table.push(cells.into_iter().map(Cell::plain).collect());
        }
        let second = |columns| {
            let text = table.render(ColorMode::PLAIN, Some(columns));
            assert!(text.lines().all(|line| width(line) <= columns), "{text}");
            text.lines().nth(2).unwrap_or_default().to_owned()
        };
        assert_eq!(second(90), "A1        3d  acme          ana@acme.example        Dashboard tiles time out today");
        assert_eq!(second(70), "A1        3d  acme       ana@acme.examp…  Dashboard tiles time out to…");
        assert_eq!(second(60), "A1        3d  acme       ana@acme…  Dashboard tiles time ou…");
        assert_eq!(second(48), "A1        3d  ana@acm…  Dashboard tiles time ou…");
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
