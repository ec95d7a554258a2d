//! How it looks: what people and programs are shown of tickets.
//!
//! Every view is a pure function from tickets to text. It knows the domain and nobody else: no file, no
//! terminal, no clock and no environment; whether there is a terminal, how wide it is and who looks at it is
//! told in an [`Audience`]. Whatever strangers wrote goes through [`sanitize`] (or is escaped by [`json`])
//! before it is part of a line.

pub mod calendar;
pub mod changes;
pub mod colors;
pub mod concurrent_entries;
pub mod csv_and_jsonl;
pub mod diff;
pub mod entry;
pub mod findings;
pub mod hyperlinks;
pub mod json;
pub mod labels;
pub mod list;
pub mod log;
pub mod macro_template;
pub mod organization;
pub mod overview;
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
use crate::domain::time::zone::Zone;
use colors::ColorMode;
use hyperlinks::LinkTargets;
use labels::{Catalogue, CustomLabels, Language};

/// On whose side somebody looks at a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Support's side, which sees everything.
    Support,
    /// The customer's side, which never sees internal notes.
    Customer,
}

/// Who is shown something, where and when.
#[derive(Clone, Copy, Debug)]
pub struct Audience<'a> {
    /// On whose side they are.
    pub viewer: Viewer,
    /// The language they read.
    pub language: Language,
    /// The zone of the times they read.
    pub zone: &'a Zone,
    /// The present, UTC.
    pub now: DateTime<Utc>,
    /// Whether there is colour.
    pub paint: ColorMode,
    /// What the desk itself calls its product groups and fields.
    pub own: Option<&'a CustomLabels>,
    /// Where the ids of tickets lead, on a terminal that has links.
    pub links: Option<&'a LinkTargets>,
    /// The columns of their terminal; lines are never cut where it is not known.
    pub width: Option<usize>,
}

impl Audience<'_> {
    /// What they read for a product group: its label, where they do not work with its name.
    pub fn group<'b>(&'b self, group: &'b str) -> &'b str {
        let own = self.own.and_then(|own| own.groups.get(group)).map(String::as_str);
        own.unwrap_or_else(|| self.words().groups.of(group))
    }

    /// What they read for a field of the desk's own.
    pub fn field<'b>(&'b self, name: &'b str) -> &'b str {
        self.own.and_then(|own| own.fields.get(name)).map_or(name, String::as_str)
    }

    /// The words they read.
    pub const fn words(&self) -> &'static Catalogue {
        self.language.words(self.viewer)
    }

    /// A time on their clock, to the minute.
    pub fn minute(&self, at: DateTime<Utc>) -> String {
        relative_time::minute_in(at, self.zone, &self.words().ages)
    }

    /// How long ago something was, in a sentence.
    pub fn ago(&self, at: DateTime<Utc>) -> String {
        relative_time::ago_in(at, self.now, &self.words().ages)
    }

    /// The name of a ticket, so that the eye finds it, and leads to its file where there are links.
    pub fn name_of(&self, ticket: Id, name: &str) -> String {
        let mut linked = String::new();
        let address = self.links.map(|links| links.to(ticket));
        hyperlinks::push(&mut linked, address.as_deref(), &self.paint.text(colors::STRONG, name));
        linked
    }
}
