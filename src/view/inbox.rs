//! The inbox of a person: the tickets that wait for them, in sections, each cut to its share of the screen.

use crate::domain::ticket::summary::Summary;

use super::labels::fill;
use super::table::{Cell, Table};
use super::text_width::cut;
use super::{Audience, colors};

/// The number of rows that every section gets before the others get more.
const FEWEST_ROWS: usize = 3;

/// The least width to which a customer is cut, in columns.
const MIN_CUSTOMER_WIDTH: usize = 12;

/// A section: its heading, the command that lists all of it, and its tickets, the most urgent first.
#[derive(Debug)]
pub struct InboxSection {
    /// The heading.
    pub heading: &'static str,
    /// The query of `casebook list` that finds its tickets.
    pub query: &'static str,
    /// The tickets.
    pub rows: Vec<InboxRow>,
}

/// A ticket in the inbox.
#[derive(Debug)]
pub struct InboxRow {
    /// The ticket.
    pub ticket: Summary,
    /// Its short id on the desk.
    pub short_id: String,
    /// The time left, the reminder that is due, or the end of the hold; with its style.
    pub note: Cell,
}

/// Renders the sections that have tickets. With `lines`, the height of the screen, each section gets its share of it, and a
/// line counts the tickets that are left out.
pub fn render(sections: &[InboxSection], lines: Option<usize>, audience: &Audience<'_>) -> String {
    let sections: Vec<&InboxSection> = sections.iter().filter(|section| !section.rows.is_empty()).collect();
    let counts: Vec<usize> = sections.iter().map(|section| section.rows.len()).collect();
    // A section takes three lines besides its tickets: a blank one, its heading, and the count of the others.
    let shares = lines.map_or_else(|| counts.clone(), |lines| shares(&counts, lines.saturating_sub(3 * counts.len())));
    let labels = &audience.catalog().inbox;
    let mut text = String::new();
    for (section, share) in sections.iter().zip(shares) {
        text.push_str(&format!("\n{}\n", audience.color_mode.text(colors::STRONG, section.heading)));
        let mut table = Table::without_header().indented(2);
        for row in &section.rows[..share] {
            table.push(cells(row, audience));
        }
        text.push_str(&audience.render(&table));
        if share < section.rows.len() {
            let others = (section.rows.len() - share).to_string();
            let line = fill(labels.more, &[("number", &others), ("query", section.query)]);
            text.push_str(&format!("  {}\n", audience.color_mode.text(colors::MUTED, &line)));
        }
    }
    text
}

/// Returns the cells of a ticket: short id, priority, note, customer, subject.
fn cells(row: &InboxRow, audience: &Audience<'_>) -> Vec<Cell> {
    let header = &row.ticket.header;
    let customer = header.organization.as_deref().unwrap_or_else(|| audience.name(&header.requester));
    let customer = match audience.width {
        Some(columns) => cut(customer, (columns / 4).max(MIN_CUSTOMER_WIDTH)),
        None => customer.into(),
    };
    vec![
        audience.id_cell(row.ticket.id, &row.short_id),
        audience.priority_cell(header),
        row.note.clone(),
        Cell::plain(&customer),
        Cell::plain(&header.subject),
    ]
}

/// Divides lines among sections: each gets a few, then the first ones get as many as they need.
fn shares(counts: &[usize], lines: usize) -> Vec<usize> {
    let mut shares: Vec<usize> = counts.iter().map(|count| *count.min(&FEWEST_ROWS)).collect();
    let mut left = lines.saturating_sub(shares.iter().sum());
    for (share, count) in shares.iter_mut().zip(counts) {
        let more = left.min(count - *share);
        *share += more;
        left -= more;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::test_fixtures;

    fn section(heading: &'static str, number: usize) -> InboxSection {
        let row = |place: usize| InboxRow {
            ticket: Summary::from(&test_fixtures::opened()),
            short_id: format!("00000{place}"),
            note: Cell::plain("3h"),
        };
        InboxSection { heading, query: "is:mine", rows: (0..number).map(row).collect() }
    }

    #[test]
    fn sections_share_the_screen() {
        for (counts, lines, expected) in [
            (&[5, 5][..], 20, &[5, 5][..]),
            (&[5, 5], 8, &[5, 3]),
            (&[20, 1, 20], 10, &[6, 1, 3]),
            (&[20, 20], 2, &[3, 3]),
        ] {
            assert_eq!(shares(counts, lines), expected, "{counts:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let zone = test_fixtures::paris();
        let audience = test_fixtures::audience(&zone);
        let sections = [section("yours", 5), section("unassigned", 0)];
        let text = render(&sections, Some(7), &audience);
        assert_eq!(text.lines().count(), 7, "{text}");
        assert!(text.starts_with("\nyours\n  000000  S2  3h  acme  Dashboard tiles time out\n"), "{text}");
        assert!(text.ends_with("  1 more: casebook list is:mine\n"), "{text}");
        assert_eq!(render(&sections, None, &audience).lines().count(), 7);
    }
}
