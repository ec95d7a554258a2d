//! The templates of macro texts: filled in with the fields of `show --json` and `agent`, and validated with a sample ticket.

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

/// The variable with the agent who applies the macro, in addition to the fields of `show --json`.
const AGENT: &str = "agent";

/// The field with the custom fields of a ticket.
const CUSTOM_FIELDS: &str = "fields";

/// Fills in the text of a macro for a ticket. `record` is the ticket as JSON, `custom_fields` are those that the desk defined.
/// A custom field that is not set is empty. If the desk defined any, a name that is not one of them is an error, unless the
/// ticket has it.
///
/// # Errors
/// Returns an error if the template is invalid, uses an unknown field, or cannot be filled in.
pub fn fill(
    source: &str,
    mut record: Map<String, Json>,
    custom_fields: &[CustomField],
    agent: &str,
    now: DateTime<Utc>,
) -> Result<Option<Text>, TemplateError> {
    let template = read(source, now)?;
    let is_set = |name: &str| record.get(CUSTOM_FIELDS).is_some_and(|set| set.get(name).is_some());
    let is_known =
        |name: &str| custom_fields.is_empty() || custom_fields.iter().any(|field| field.name == name) || is_set(name);
    if let Some(unknown) = template.custom_fields().iter().find(|name| !is_known(name)) {
        return Err(TemplateError::Language(format!("there is no field `{CUSTOM_FIELDS}.{unknown}`")));
    }
    record.insert(AGENT.to_owned(), Json::from(agent));
    Ok(Text::clean(&template.fill(&[record], TemplateTarget { aligned: false, width: None })?))
}

/// Validates the text of a macro by filling it in for a ticket that has every field. If the desk defined no custom fields and
/// the text uses some, only the names of the other fields are checked.
///
/// # Errors
/// Returns the errors of [`fill`].
pub fn validate(source: &str, custom_fields: &[CustomField]) -> Result<(), TemplateError> {
    let now = DateTime::UNIX_EPOCH;
    if custom_fields.is_empty() && read(source, now)?.uses_field(CUSTOM_FIELDS) {
        return Ok(());
    }
    let Some((ticket, clock)) = sample(custom_fields, now) else { return Ok(()) };
    let record = json::ticket_json(&ticket, "000001", "tickets/1970/01/ID.yaml", &[clock], Viewer::Support);
    fill(source, record, custom_fields, "agent@desk.example", now).map(drop)
}

/// Parses a template over the fields of a ticket and `agent`.
fn read(source: &str, now: DateTime<Utc>) -> Result<Template, TemplateError> {
    let fields: Vec<&str> = json::FIELDS.iter().copied().chain([AGENT]).collect();
    Template::read(source, &fields, now)
}

/// Returns a sample ticket with a value in every field, and a clock.
fn sample(custom_fields: &[CustomField], now: DateTime<Utc>) -> Option<(Ticket, Clock)> {
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
    opening.fields = custom_fields.iter().map(|field| (field.name.clone(), sample_value(&field.kind))).collect();
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

/// Returns a valid value for a kind of field.
fn sample_value(kind: &FieldKind) -> Value {
    match kind {
        FieldKind::Enum(values) => Value::String(values.first().cloned().unwrap_or_default()),
        FieldKind::Text => Value::from("text"),
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
    fn every_field_of_a_ticket_can_be_used() {
        for name in json::FIELDS {
            assert_eq!(validate(&format!("{{{{ {name} }}}}"), &[field("a", FieldKind::Text)]), Ok(()), "{name}");
        }
        for source in [
            "Hello {{ requester }}, {{ instance or 'the instance' }} {{ agent }}",
            "{{ hold.reason }} {{ hold.until|timeago }} {{ escalation.manager }} {{ sla[0].due_at }}",
            "{% for tag in tags %}{{ tag }}{% endfor %}{{ subject|truncate(10) }}",
            "{{ fields.anything }}",
        ] {
            assert_eq!(validate(source, &[]), Ok(()), "{source}");
        }
        let custom_fields = [field("cost", FieldKind::Number), field("renewal", FieldKind::Date)];
        assert_eq!(validate("{{ fields.cost + 1 }} {{ fields.renewal }}", &custom_fields), Ok(()));
    }

    #[test]
    fn unknown_fields_and_invalid_templates_are_errors() {
        let Err(TemplateError::Field(unknown)) = validate("{{ subjct }}", &[]) else { panic!("a field") };
        assert_eq!(unknown.nearest.as_deref(), Some("subject"));
        assert!(matches!(validate("{{ subjct }} {{ fields.x }}", &[]), Err(TemplateError::Field(_))));
        for source in ["{{ hold.reson }}", "{{ subject|timeago }}", "{{ subject|nope }}", "{{ fields.cots }}"] {
            let result = validate(source, &[field("cost", FieldKind::Number)]);
            assert!(matches!(result, Err(TemplateError::Language(_))), "{source}: {result:?}");
        }
    }
}
