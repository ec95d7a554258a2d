//! The names of the fields of tickets and entries in JSON, in their order, from the lists of fields of the format.

use crate::domain::codec::{self, Field, Record};
use crate::domain::ticket::Header;
use crate::domain::ticket::action::Action;

use super::HISTORY;

/// The fields of a ticket in a list: all but the history.
pub const FIELDS: &[&str] = TICKET_FIELDS.split_at(TICKET_FIELDS.len() - 1).0;

/// The fields of a ticket: its id and places, the fields of its header, the facts that follow from its history, and the
/// history.
pub const TICKET_FIELDS: &[&str] = &{
    const COUNT: usize = Header::FIELDS.len() + 11;
    let mut names = Names::<COUNT>::EMPTY.and("id").and("short_id").and("path");
    let mut place = 0;
    while place < Header::FIELDS.len() {
        names = names.and(Header::FIELDS[place].name);
        if is_same(Header::FIELDS[place].name, "status") {
            names = names.and("next_step");
        }
        place += 1;
    }
    names
        .and("alerts")
        .and("created_at")
        .and("last_activity_at")
        .and("version")
        .and("due_at")
        .and("sla")
        .and(HISTORY)
        .names
};

/// The fields that an entry can have outside a ticket: its ticket, and the fields of the file. A field that several
/// actions have is at its place in the first of them.
pub const ENTRY_FIELDS: &[&str] = ENTRY_NAMES.names.split_at(ENTRY_NAMES.count).0;

const ENTRY_NAMES: Names<80> = {
    let mut names = Names::EMPTY.and("ticket").and_fields(codec::ENTRY_FIELDS);
    let mut place = 0;
    while place < Action::ALL.len() {
        names = names.and_fields(Action::ALL[place].fields);
        place += 1;
    }
    names.and("attachments").and("text")
};

/// Names that are collected when the program is compiled, each once.
struct Names<const N: usize> {
    names: [&'static str; N],
    count: usize,
}

impl<const N: usize> Names<N> {
    const EMPTY: Self = Self { names: [""; N], count: 0 };

    const fn and(mut self, name: &'static str) -> Self {
        let mut place = 0;
        while place < self.count {
            if is_same(self.names[place], name) {
                return self;
            }
            place += 1;
        }
        self.names[self.count] = name;
        self.count += 1;
        self
    }

    const fn and_fields(mut self, fields: &[Field]) -> Self {
        let mut place = 0;
        while place < fields.len() {
            self = self.and(fields[place].name);
            place += 1;
        }
        self
    }
}

/// Returns true if two texts are the same; `==` cannot be used in constants.
const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut place = 0;
    while place < a.len() && place < b.len() && a[place] == b[place] {
        place += 1;
    }
    place == a.len() && place == b.len()
}
