//! Views: tables, text, JSON and diffs of tickets, for people and for programs.
//!
//! # Invariants
//!
//! A view is a pure function from domain types to text. It uses no files, terminal, clock or environment; the viewer, the
//! present and the width of the terminal are in an [`Audience`]. A view decides nothing: it gets the tickets to show as the
//! viewer sees them, and the side of the viewer only chooses the labels. Text from users goes through [`sanitize`],
//! or is escaped by [`json`], before it becomes part of a line.

pub mod calendar;
pub mod changes;
pub mod colors;
pub mod concurrent_entries;
pub mod csv_and_jsonl;
pub mod diff;
pub mod entry;
pub mod findings;
pub mod hyperlinks;
pub mod inbox;
pub mod json;
pub mod labels;
pub mod list;
pub mod log;
pub mod macro_template;
pub mod organization;
pub mod plan;
pub mod relative_time;
pub mod rules;
pub mod sanitize;
pub mod schema;
pub mod search_results;
pub mod sla;
pub mod sla_explanation;
pub mod sweep;
pub mod table;
pub mod template;
#[cfg(test)]
mod test_fixtures;
pub mod text_width;
pub mod ticket;
pub mod visible_history;

use chrono::{DateTime, Utc};

use crate::domain::id::Id;
use crate::domain::people::known_person::PeopleNames;
use crate::domain::people::person::Person;
use crate::domain::ticket::Header;
use crate::domain::time::zone::Zone;
use colors::ColorMode;
use hyperlinks::LinkTargets;
use labels::{Catalog, CustomLabels, Language};
use table::{Cell, Table};

/// The mark after the priority of an escalated ticket.
const ESCALATED: &str = "!";

/// The side on which a viewer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Support, which sees everything.
    Support,
    /// The customer, who never sees internal notes.
    Customer,
}

/// The viewer of a text, with the place and the time.
#[derive(Clone, Copy, Debug)]
pub struct Audience<'a> {
    /// The side of the viewer.
    pub viewer: Viewer,
    /// The language of labels and dates.
    pub language: Language,
    /// The zone of times.
    pub zone: &'a Zone,
    /// The present, in UTC.
    pub now: DateTime<Utc>,
    /// The use of colors.
    pub color_mode: ColorMode,
    /// The labels of the desk's settings, if the viewer gets them in place of names.
    pub custom_labels: Option<&'a CustomLabels>,
    /// The link targets of ticket ids, if the terminal supports links.
    pub links: Option<&'a LinkTargets>,
    /// The names of people, if they are known.
    pub names: Option<&'a PeopleNames>,
    /// The columns of the terminal; without it lines are not cut.
    pub width: Option<usize>,
}

impl Audience<'_> {
    /// Returns the label of a product group: the desk's, or that of the language.
    pub fn product_group<'b>(&'b self, name: &'b str) -> &'b str {
        let custom = self.custom_labels.and_then(|labels| labels.groups.get(name)).map(String::as_str);
        custom.unwrap_or_else(|| self.catalog().product_groups.of(name))
    }

    /// Returns the label of a custom field, or its name.
    pub fn custom_field<'b>(&'b self, name: &'b str) -> &'b str {
        self.custom_labels.and_then(|labels| labels.fields.get(name)).map_or(name, String::as_str)
    }

    /// Returns the labels for the viewer.
    pub const fn catalog(&self) -> &'static Catalog {
        self.language.catalog(self.viewer)
    }

    /// Formats an instant in the zone of the viewer, to the minute.
    pub fn minute(&self, at: DateTime<Utc>) -> String {
        relative_time::minute_in(at, self.zone, &self.catalog().times)
    }

    /// Formats the time since an instant: `3d ago`.
    pub fn ago(&self, at: DateTime<Utc>) -> String {
        relative_time::ago_in(at, self.now, &self.catalog().times)
    }

    /// Returns the name of a person, or the address if the name is not known.
    pub fn name<'b>(&'b self, person: &'b Person) -> &'b str {
        self.names.and_then(|names| names.of(person)).unwrap_or_else(|| person.as_str())
    }

    /// Formats a person: the name and the address, or only the address if the name is not known.
    pub fn person(&self, person: &Person) -> String {
        match self.names.and_then(|names| names.of(person)) {
            Some(name) => format!("{name} <{person}>"),
            None => person.to_string(),
        }
    }

    /// Renders a table for the terminal: it is cut to its width.
    pub fn render(&self, table: &Table<'_>) -> String {
        table.render(self.color_mode, self.width)
    }

    /// Returns the cell with the short id of a ticket, as a link to its file if the terminal supports links.
    pub fn id_cell(&self, ticket: Id, short_id: &str) -> Cell {
        Cell::styled(short_id, colors::STRONG).linked_to(self.links.map(|links| links.to(ticket)))
    }

    /// Returns the cell with the priority of a ticket, marked while the ticket is escalated.
    pub fn priority_cell(&self, header: &Header) -> Cell {
        match header.escalation {
            Some(_) => Cell::styled(&format!("{}{ESCALATED}", header.priority), colors::ALARM),
            None => Cell::styled(header.priority.as_str(), colors::priority(header.priority)),
        }
    }

    /// Formats the id of a ticket in bold, as a link to its file if the terminal supports links.
    pub fn ticket_link(&self, ticket: Id, name: &str) -> String {
        let mut linked = String::new();
        let address = self.links.map(|links| links.to(ticket));
        hyperlinks::push(&mut linked, address.as_deref(), &self.color_mode.text(colors::STRONG, name));
        linked
    }
}
