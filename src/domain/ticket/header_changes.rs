//! The header fields that each entry of a history changed.

use super::Ticket;
use super::replay;
use crate::domain::codec::header_fields;
use crate::domain::id::Id;
use crate::domain::value::{Fields, Value};

/// A change of a header field by an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct HeaderChange {
    /// The name of the field; `fields.NAME` for a custom field.
    pub name: String,
    /// The value before, if there was one.
    pub from: Option<Value>,
    /// The value after, if there is one.
    pub to: Option<Value>,
}

/// Returns the changes of every entry, in the order of the history. The first entry sets all the fields of the opening.
pub fn changes(ticket: &Ticket) -> Vec<(Id, Vec<HeaderChange>)> {
    let mut found = Vec::with_capacity(ticket.history.len());
    let Some(mut now) = ticket.history.first().and_then(|first| Ticket::opened_by(first.clone())) else { return found };
    let mut before = named_fields(&now);
    found.push((now.id, difference(&Fields::new(), &before)));
    for entry in ticket.history.iter().skip(1) {
        replay::apply(&mut now.header, entry);
        let after = named_fields(&now);
        found.push((entry.id, difference(&before, &after)));
        before = after;
    }
    found
}

/// Returns the header fields by name, without `format` and `id`, which never change.
fn named_fields(ticket: &Ticket) -> Fields {
    let mut named_fields = Fields::new();
    for (name, value) in header_fields(ticket) {
        match (name.as_str(), value) {
            ("format" | "id", _) => {}
            ("fields", Value::Map(custom)) => {
                named_fields.extend(custom.into_iter().map(|(name, value)| (format!("fields.{name}"), value)));
            }
            (_, value) => named_fields.push((name, value)),
        }
    }
    named_fields
}

fn difference(before: &Fields, after: &Fields) -> Vec<HeaderChange> {
    let of = |fields: &Fields, name: &str| {
        fields.iter().find(|(candidate, _)| candidate == name).map(|(_, value)| value.clone())
    };
    let removed = before.iter().filter(|(name, _)| of(after, name).is_none());
    let names = after.iter().chain(removed).map(|(name, _)| name);
    let change = |name: &String| HeaderChange { name: name.clone(), from: of(before, name), to: of(after, name) };
    names.map(change).filter(|change| change.from != change.to).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::person::Person;
    use crate::domain::ticket::OpenFields;
    use crate::domain::ticket::action::Action;
    use crate::domain::ticket::entry::Entry;
    use crate::domain::ticket::header_field::HeaderField;
    use crate::domain::vocabulary::{Priority, Role, Status};

    fn entry(random: u128, action: Action, to: Option<Status>) -> Entry {
        let id = Id::at("2026-11-21T17:05:12Z".parse().expect("an instant"), random);
        let by = Person::from_name("kenji").expect("a person");
        Entry { to, ..Entry::new(id, by, Role::Agent, action) }
    }

    #[test]
    fn every_entry_lists_its_header_changes() {
        let opening = OpenFields::new("One".to_owned(), Priority::S2, Person::from_name("ana").expect("a person"));
        let mut ticket =
            Ticket::opened_by(entry(1, Action::Open(Box::new(opening)), Some(Status::Open))).expect("a ticket");
        let set = vec![(HeaderField::Field("site".to_owned()), Value::from("Paris"))];
        ticket.append(entry(2, Action::Set { set, unset: Vec::new() }, None));
        ticket.append(entry(3, Action::Remind { auto: false }, None));
        let unset = vec![HeaderField::Field("site".to_owned())];
        ticket.append(entry(4, Action::Set { set: Vec::new(), unset }, Some(Status::Solved)));
        let found = changes(&ticket);
        let names = |index: usize| found[index].1.iter().map(|change| change.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names(0), ["subject", "status", "priority", "requester"]);
        let change = |name: &str, from: Option<&str>, to: Option<&str>| HeaderChange {
            name: name.to_owned(),
            from: from.map(Value::from),
            to: to.map(Value::from),
        };
        assert_eq!(found[1].1, [change("fields.site", None, Some("Paris"))]);
        assert_eq!(found[2].1, []);
        assert_eq!(
            found[3].1,
            [change("status", Some("open"), Some("solved")), change("fields.site", Some("Paris"), None)]
        );
    }
}
