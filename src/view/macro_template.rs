//! The text of a macro, filled in: over the fields of `show --json`, and `agent`. And tried before anybody needs it, on a
//! ticket that has every fact.
//!
//! Must not know where macros are defined, nor what else they do.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Map, Value as Json};

use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::sla::clock::{Clock, ClockState};
use crate::domain::sla::plan::Metric;
use crate::domain::text::Text;
use crate::domain::ticket::action::{Action, OpenFields};
use crate::domain::ticket::custom_field::{CustomField, FieldKind};
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{Escalation, Hold, Ticket};
use crate::domain::value::Value;
use crate::domain::vocabulary::{EscalationReason, HoldReason, Priority, Resolution, Role, Status};

use super::template::{Template, TemplateError, TemplateTarget};
use super::{Viewer, json};

/// What a template may ask for beside the fields of `show --json`: who applies the macro.
const AGENT: &str = "agent";

/// The desk's own fields of a ticket.
const OWN: &str = "fields";

/// The text of a macro for a ticket; `record` are the ticket's fields, `own` those that the desk has defined. One of
/// these that is not set is nothing; a name that is none of them is no field, where there are any.
///
/// # Errors
/// The template asks for what there is not, or cannot be filled in.
pub fn filled(
    source: &str,
    mut record: Map<String, Json>,
    own: &[CustomField],
    agent: &str,
    now: DateTime<Utc>,
) -> Result<Option<Text>, TemplateError> {
    let template = read(source, now)?;
    let is_set = |name: &str| record.get(OWN).is_some_and(|set| set.get(name).is_some());
    let is_known = |name: &str| own.is_empty() || own.iter().any(|field| field.name == name) || is_set(name);
    if let Some(unknown) = template.own_fields().iter().find(|name| !is_known(name)) {
        return Err(TemplateError::Language(format!("there is no field `{OWN}.{unknown}`")));
    }
    record.insert(AGENT.to_owned(), Json::from(agent));
    Ok(Text::clean(&template.fill(&[record], TemplateTarget { aligned: false, width: None })?))
}

/// Whether the text of a macro can be filled in for a ticket that has every fact. `own` are the fields that the desk has
/// defined; where it has none and the text asks for some, only the names of the other fields are looked at.
///
/// # Errors
/// As [`filled`].
pub fn tried(source: &str, own: &[CustomField]) -> Result<(), TemplateError> {
    let now = DateTime::UNIX_EPOCH;
    if own.is_empty() && read(source, now)?.asks_for(OWN) {
        return Ok(());
    }
    let Some((ticket, clock)) = sample(own, now) else { return Ok(()) };
    let record = json::ticket_json(&ticket, "000001", "tickets/1970/01/ID.yaml", &[clock], Viewer::Support);
    filled(source, record, own, "agent@desk.example", now).map(drop)
}

fn read(source: &str, now: DateTime<Utc>) -> Result<Template, TemplateError> {
    let fields: Vec<&str> = json::FIELDS.iter().copied().chain([AGENT]).collect();
    Template::read(source, &fields, now)
}

/// A ticket that has every fact at once, as no ticket does.
fn sample(own: &[CustomField], now: DateTime<Utc>) -> Option<(Ticket, Clock)> {
    let (id, person) = (Id::at(now, 1), Person::from_address("ana@acme.example").ok()?);
    let some = |word: &str| Some(word.to_owned());
    let mut opening = OpenFields::new("A subject".to_owned(), Priority::S3, person.clone());
    opening.product = some("product");
    opening.product_group = some("group");
    opening.organization = some("acme");
    opening.instance = some("main");
    opening.assignee = Some(person.clone());
    opening.cc = vec![person.clone()];
    opening.channel = some("web");
    opening.language = some("en");
    opening.tags = vec!["tag".to_owned()];
    opening.follow_up_of = Some(id);
    opening.fields = own.iter().map(|field| (field.name.clone(), value(&field.kind))).collect();
    let mut ticket = Ticket::opened_by(Entry {
        at: now,
        to: Some(Status::Open),
        ..Entry::new(id, person.clone(), Role::Customer, Action::Open(Box::new(opening)))
    })?;
    let header = &mut ticket.header;
    header.hold = Some(Hold { reason: HoldReason::Engineering, team: some("team"), until: Some(now) });
    header.escalation =
        Some(Escalation { reason: EscalationReason::BusinessImpact, manager: Some(person), since: now });
    header.resolution = Some(Resolution::Agreed);
    header.merged_into = Some(id);
    header.merged_from = vec![id];
    let clock = Clock {
        metric: Metric::FirstResponse,
        priority: Priority::S3,
        target: TimeDelta::hours(4),
        calendar: "always".into(),
        started_at: now,
        due_at: Some(now),
        state: ClockState::Met,
        elapsed: TimeDelta::zero(),
        stopped_at: Some(now),
    };
    Some((ticket, clock))
}

/// A value that fits a field.
fn value(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Enum(words) => Value::String(words.first().cloned().unwrap_or_default()),
        FieldKind::Text => Value::from("words"),
        FieldKind::Number => Value::Integer(1),
        FieldKind::Date => Value::String(NaiveDate::default().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind) -> CustomField {
        CustomField { name: name.to_owned(), kind, label: None, is_required: false }
    }

    #[test]
    fn every_field_of_a_ticket_can_be_asked_for() {
        for name in json::FIELDS {
            assert_eq!(tried(&format!("{{{{ {name} }}}}"), &[field("a", FieldKind::Text)]), Ok(()), "{name}");
        }
        for source in [
            "Hello {{ requester }}, {{ instance or 'the instance' }} {{ agent }}",
            "{{ hold.reason }} {{ hold.until|timeago }} {{ escalation.manager }} {{ sla[0].due_at }}",
            "{% for tag in tags %}{{ tag }}{% endfor %}{{ subject|truncate(10) }}",
            "{{ fields.anything }}",
        ] {
            assert_eq!(tried(source, &[]), Ok(()), "{source}");
        }
        let own = [field("cost", FieldKind::Number), field("renewal", FieldKind::Date)];
        assert_eq!(tried("{{ fields.cost + 1 }} {{ fields.renewal }}", &own), Ok(()));
    }

    #[test]
    fn what_no_ticket_has_is_told() {
        let Err(TemplateError::Field(unknown)) = tried("{{ subjct }}", &[]) else { panic!("a field") };
        assert_eq!(unknown.nearest.as_deref(), Some("subject"));
        assert!(matches!(tried("{{ subjct }} {{ fields.x }}", &[]), Err(TemplateError::Field(_))));
        for source in ["{{ hold.reson }}", "{{ subject|timeago }}", "{{ subject|nope }}", "{{ fields.cots }}"] {
            let told = tried(source, &[field("cost", FieldKind::Number)]);
            assert!(matches!(told, Err(TemplateError::Language(_))), "{source}: {told:?}");
        }
    }
}
