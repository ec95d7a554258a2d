//! Small tickets for the tests of views. They are built without the workflow.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::Text;
use crate::domain::ticket::OpenFields;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::time::zone::Zone;
use crate::domain::vocabulary::{Priority, Role, Status};

use super::colors::ColorMode;
use super::labels::Language;
use super::{Audience, Viewer};

/// Returns an instant in the hour of the sample tickets.
pub(super) fn minute(minute: i64) -> DateTime<Utc> {
    let hour: DateTime<Utc> = "2026-11-21T17:00:12Z".parse().expect("an instant");
    hour + TimeDelta::minutes(minute)
}

pub(super) fn id(at: i64, random: u128) -> Id {
    Id::at(minute(at), random)
}

pub(super) fn person(name: &str) -> Person {
    Person::from_name(name).expect("a person")
}

pub(super) fn reply() -> Action {
    Action::Reply { auto: false, via_ticket: None }
}

pub(super) fn note() -> Action {
    Action::Note { auto: false, via_ticket: None }
}

/// Returns an entry by Ana.
pub(super) fn entry(id: Id, action: Action) -> Entry {
    Entry::new(id, person("ana@acme.example"), Role::Customer, action)
}

/// Returns a ticket that Ana opened at 17:05 UTC.
pub(super) fn opened() -> Ticket {
    let mut opening = OpenFields::new("Dashboard tiles time out".to_owned(), Priority::S2, person("ana@acme.example"));
    opening.organization = Some("acme".to_owned());
    opening.cc = vec![person("bo@acme.example")];
    let text = Text::clean("Every tile times out.\nSince today.");
    let first = Entry { to: Some(Status::Open), text, ..entry(id(5, 1), Action::Open(Box::new(opening))) };
    Ticket::opened_by(first).expect("an opening")
}

/// Adds an entry by Kenji, ten minutes after the last one.
pub(super) fn by_agent(ticket: &mut Ticket, action: Action, to: Option<Status>, text: &str) -> Id {
    let last = ticket.version();
    let id = Id::after(Some(last), last.time() + TimeDelta::minutes(10), 7);
    let by = person("kenji@desk.example");
    let (from, text) = (Some(ticket.header.status), Text::clean(text));
    ticket.append(Entry { by, role: Role::Agent, from, to, text, ..entry(id, action) });
    id
}

/// Returns a viewer from support, three days later, without color.
pub(super) fn audience(zone: &Zone) -> Audience<'_> {
    Audience {
        viewer: Viewer::Support,
        language: Language::English,
        zone,
        now: minute(3 * 24 * 60 + 30),
        color_mode: ColorMode::PLAIN,
        custom_labels: None,
        links: None,
        names: None,
        width: None,
    }
}

pub(super) fn paris() -> Zone {
    Zone::named("Europe/Paris").expect("a zone")
}
