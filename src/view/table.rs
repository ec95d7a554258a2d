//! Tables: aligned columns for people, tab-separated values for programs.
//!
//! Every cell is made safe for terminals where it is made, so no table can hold what steers one. Must not
//! know what the columns mean.

use anstyle::Style;

use super::colors;
use super::colors::ColorMode;
use super::hyperlinks;
use super::sanitize;
use super::text_width::{cut, pad, width};

/// Blanks between columns.
const GAP: usize = 2;
/// What is left of the last column on the narrowest terminal.
const LAST_AT_LEAST: usize = 12;
/// Where the last column would have less than this, headers that are wider than what stands below them are cut.
const LAST_WELL: usize = 40;
/// What is left of such a header.
const HEADER_AT_LEAST: usize = 9;

/// Words in one place of a table, and their colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    text: String,
    style: Style,
    address: Option<String>,
}

impl Cell {
    /// Words without a colour.
    pub fn plain(text: &str) -> Self {
        Self::styled(text, Style::new())
    }

    /// Words in a colour.
    pub fn styled(text: &str, style: Style) -> Self {
        Self { text: sanitize::one_line(text).into_owned(), style, address: None }
    }

    /// The same, leading to an address where there is one.
    pub fn leading_to(self, address: Option<String>) -> Self {
        Self { address, ..self }
    }
}

/// Rows of cells under a header, for people.
#[derive(Clone, Debug)]
pub struct Table {
    rows: Vec<Vec<Cell>>,
    headers: usize,
}

impl Table {
    /// A table with a header and no rows yet.
    pub fn under(header: &[&str]) -> Self {
        Self { rows: vec![header.iter().map(|name| Cell::styled(name, colors::MUTED)).collect()], headers: 1 }
    }

    /// A table without a header and without rows yet.
    pub const fn bare() -> Self {
        Self { rows: Vec::new(), headers: 0 }
    }

    /// Adds a row of as many cells as the header has.
    pub fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// Lines of aligned columns, the header first; nothing where there are no rows. The last column is cut to
    /// `columns`, where the terminal's are known; of the others only long headers are, where room is wanted.
    pub fn render(&self, paint: ColorMode, columns: Option<usize>) -> String {
        if self.rows.len() <= self.headers {
            return String::new();
        }
        let before = |widths: &[usize]| widths.iter().rev().skip(1).map(|width| width + GAP).sum::<usize>();
        let mut widths = self.widths(usize::MAX);
        if columns.is_some_and(|columns| before(&widths) + LAST_WELL > columns) {
            widths = self.widths(HEADER_AT_LEAST);
        }
        let before_last = before(&widths);
        let room = columns.map(|columns| columns.saturating_sub(before_last).max(LAST_AT_LEAST));
        let mut lines = String::new();
        for row in &self.rows {
            push_row(&mut lines, row, &widths, room, paint);
        }
        lines
    }

    /// The columns that each column takes, where headers take no more than `header` by themselves.
    fn widths(&self, header: usize) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![0; columns];
        for (index, row) in self.rows.iter().enumerate() {
            let most = if index < self.headers { header } else { usize::MAX };
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = width(&cell.text).min(most).max(*widest);
            }
        }
        widths
    }
}

/// Adds one line. Blanks are put before the next cell rather than after the last one, so no line ends in them.
fn push_row(lines: &mut String, row: &[Cell], widths: &[usize], room: Option<usize>, paint: ColorMode) {
    let mut owed = 0;
    for (index, cell) in row.iter().enumerate() {
        let is_last = index + 1 == widths.len();
        let text = match room {
            Some(room) if is_last => cut(&cell.text, room),
            Some(_) => cut(&cell.text, widths[index]),
            None => cell.text.as_str().into(),
        };
        if !text.is_empty() {
            pad(lines, 0, owed);
            match &cell.address {
                None => paint.push(lines, cell.style, &text),
                address => hyperlinks::push(lines, address.as_deref(), &paint.text(cell.style, &text)),
            }
            owed = 0;
        }
        owed += widths[index] - width(&text).min(widths[index]) + GAP;
    }
    lines.push('\n');
}

/// One line of values with tabs between them, complete; a tab or line end inside a value becomes a blank.
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
        let mut table = Table::under(&["id", "who", "subject"]);
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
    fn long_headers_give_way_where_room_is_wanted() {
        let mut table = Table::under(&["Identifiant", "担当者の名前", "Objet"]);
        table.push(vec![Cell::plain("A1"), Cell::plain("bo"), Cell::plain("Tiles time out")]);
        let lines = |columns| table.render(ColorMode::PLAIN, Some(columns));
        assert_eq!(lines(80), "Identifiant  担当者の名前  Objet\nA1           bo            Tiles time out\n");
        assert_eq!(lines(40), "Identifi…  担当者の…  Objet\nA1         bo         Tiles time out\n");
    }

    #[test]
    fn colour_does_not_move_columns() {
        let painted = table().render(ColorMode { colour: true }, None);
        let plain = anstream::adapter::strip_str(&painted).to_string();
        assert_eq!(plain, table().render(ColorMode::PLAIN, None));
        assert!(painted.contains("\u{1b}[1m\u{1b}[31m␛[2Jx\u{1b}[0m"), "{painted:?}");
    }

    #[test]
    fn links_take_no_columns() {
        let mut linked = Table::bare();
        for name in ["A1", "B2345"] {
            let cell = Cell::styled(name, colors::STRONG).leading_to(Some("file:///x".to_owned()));
            linked.push(vec![cell, Cell::plain("who")]);
        }
        let shown = linked.render(ColorMode::PLAIN, None);
        assert_eq!(shown.lines().next(), Some("\u{1b}]8;;file:///x\u{1b}\\A1\u{1b}]8;;\u{1b}\\     who"));
        let painted = linked.render(ColorMode { colour: true }, None);
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), "A1     who\nB2345  who\n");
    }

    #[test]
    fn nothing_is_shown_without_rows() {
        assert_eq!(Table::under(&["id"]).render(ColorMode::PLAIN, None), "");
    }

    #[test]
    fn values_cannot_make_columns_or_rows() {
        assert_eq!(tab_separated(["a\tb", "", "c\nd"]), "a b\t\tc d\n");
    }
}
