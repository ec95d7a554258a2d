//! The text of a macro, filled in for a ticket: a template over the fields of `show --json`, and `agent`.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json};

use crate::domain::template::TemplateError;
use crate::domain::text::Text;
use crate::domain::ticket::custom_field::CustomField;
use crate::domain::ticket::macro_template::{AGENT, check_custom_fields};

use super::json;
use super::template::{Template, TemplateTarget};

/// Fills in the text of a macro for a ticket. `record` contains the fields of the ticket, `custom_fields` those that the
/// desk defines. A custom field that is not set is empty; the name of an undefined one is an error, if the desk defines any.
///
/// # Errors
/// The template uses an unknown field, or cannot be filled in.
pub fn fill(
    source: &str,
    mut record: Map<String, Json>,
    custom_fields: &[CustomField],
    agent: &str,
    now: DateTime<Utc>,
) -> Result<Option<Text>, TemplateError> {
    let fields: Vec<&str> = json::FIELDS.iter().copied().chain([AGENT]).collect();
    let template = Template::read(source, &fields, now)?;
    check_custom_fields(template.custom_fields(), custom_fields, &record)?;
    record.insert(AGENT.to_owned(), Json::from(agent));
    Ok(Text::clean(&template.fill(&[record], TemplateTarget { aligned: false, width: None })?))
}

#[cfg(test)]
mod tests {
    use chrono::{NaiveDate, TimeDelta};

    use super::*;
    use crate::domain::id::Id;
    use crate::domain::people::person::Person;
    use crate::domain::sla::clock::{Clock, ClockState};
    use crate::domain::sla::plan::Metric;
    use crate::domain::ticket::OpenFields;
    use crate::domain::ticket::action::Action;
    use crate::domain::ticket::custom_field::FieldKind;
    use crate::domain::ticket::entry::Entry;
    use crate::domain::ticket::macro_template::{check, sample_record};
    use crate::domain::ticket::{Escalation, Hold, Ticket};
    use crate::domain::time::planned::PlannedTime;
    use crate::domain::value::Value;
    use crate::domain::vocabulary::{EscalationReason, HoldReason, Priority, Resolution, Role, Status};

    /// Returns a ticket that has a value in every field, and a clock of it.
    fn sample_ticket(custom_fields: &[CustomField], now: DateTime<Utc>) -> (Ticket, Clock) {
        let (id, person) = (Id::at(now, 1), Person::from_address("ana@acme.example").expect("a person"));
        let some = |text: &str| Some(text.to_owned());
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
        opening.fields = custom_fields.iter().map(|field| (field.name.clone(), value(&field.kind))).collect();
        let opened = Ticket::opened_by(Entry {
            at: now,
            to: Some(Status::Open),
            ..Entry::new(id, person.clone(), Role::Customer, Action::Open(Box::new(opening)))
        });
        let mut ticket = opened.expect("a ticket");
        let header = &mut ticket.header;
        header.hold =
            Some(Hold { reason: HoldReason::Engineering, team: some("team"), until: Some(PlannedTime::Instant(now)) });
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
        (ticket, clock)
    }

    /// Returns a value that fits a custom field.
    fn value(kind: &FieldKind) -> Value {
        match kind {
            FieldKind::Enum(values) => Value::String(values.first().cloned().unwrap_or_default()),
            FieldKind::Text => Value::from("text"),
            FieldKind::Number => Value::Integer(1),
            FieldKind::Date => Value::String(NaiveDate::default().to_string()),
        }
    }

    #[test]
    fn the_sample_that_texts_are_checked_with_is_what_a_ticket_prints() {
        let kinds = [FieldKind::Enum(vec!["a".to_owned()]), FieldKind::Text, FieldKind::Number, FieldKind::Date];
        let named = ["one", "two", "three", "four"].map(str::to_owned).into_iter().zip(kinds);
        let custom_fields: Vec<CustomField> =
            named.map(|(name, kind)| CustomField { name, kind, label: None, is_required: false }).collect();
        let (ticket, clock) = sample_ticket(&custom_fields, DateTime::UNIX_EPOCH);
        let path = "tickets/1970/01/ID.yaml";
        let printed = json::ticket_json(&ticket, "000001", path, &[clock]);
        let sample = sample_record(&custom_fields);
        assert_eq!(sample.keys().map(String::as_str).collect::<Vec<_>>(), json::FIELDS);
        for (name, value) in &sample {
            assert_eq!(value, &printed[name], "{name}");
        }
    }

    #[test]
    fn a_text_that_was_checked_can_be_filled_in() {
        for source in
            ["{{ requester }}: {{ subject|truncate(4) }} {{ hold.until|timeago }}", "{{ fields.a }} {{ agent }}"]
        {
            assert_eq!(check(source, &[]), Ok(()), "{source}");
            let text = fill(source, sample_record(&[]), &[], "bo@desk.example", DateTime::UNIX_EPOCH);
            assert!(text.is_ok_and(|text| text.is_some()), "{source}");
        }
    }
}
