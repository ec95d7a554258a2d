//! The text of a macro: a template over the fields of `show --json`, and `agent`.
//!
//! A text is checked by filling it in for a sample ticket that has a value in every field, so that an error is found
//! before an agent applies the macro (docs/format.md).

use minijinja::value::{Rest, Value as TemplateValue};
use serde_json::{Map, Value as Json};

use super::custom_field::{CustomField, FieldKind};
use crate::domain::template::{self, CUSTOM_FIELDS, ParsedTemplate, TemplateError};

/// The field that a macro has beside those of `show --json`: the agent who applies it.
pub const AGENT: &str = "agent";

/// Checks that the text of a macro can be filled in for a ticket that has a value in every field. If the desk defines
/// no custom fields and the text uses some, only the names of the other fields are checked.
///
/// # Errors
/// The text is not a template, uses an unknown field, or cannot be filled in.
pub fn check(source: &str, custom_fields: &[CustomField]) -> Result<(), TemplateError> {
    let mut record = sample_record(custom_fields);
    record.insert(AGENT.to_owned(), Json::from("agent@desk.example"));
    let known: Vec<&str> = record.keys().map(String::as_str).collect();
    let template = ParsedTemplate::parse(source, &known, environment())?;
    if custom_fields.is_empty() && template.uses_field(CUSTOM_FIELDS) {
        return Ok(());
    }
    check_custom_fields(template.custom_fields(), custom_fields, &record)?;
    template.render(&record).map(drop)
}

/// Checks the custom fields that a text uses: each must be defined or set on the ticket, if the desk defines any.
///
/// # Errors
/// The first unknown name.
pub fn check_custom_fields(
    names: &[String],
    custom_fields: &[CustomField],
    record: &Map<String, Json>,
) -> Result<(), TemplateError> {
    let is_set = |name: &str| record.get(CUSTOM_FIELDS).is_some_and(|set| set.get(name).is_some());
    let is_defined = |name: &str| custom_fields.iter().any(|field| field.name == name);
    match names.iter().find(|name| !custom_fields.is_empty() && !is_defined(name) && !is_set(name)) {
        Some(unknown) => Err(TemplateError::Language(format!("unknown field `{CUSTOM_FIELDS}.{unknown}`"))),
        None => Ok(()),
    }
}

/// The language of macros, with filters that accept the same values as those of output and need no terminal.
fn environment() -> minijinja::Environment<'static> {
    let mut environment = template::environment();
    environment.add_filter("truncate", |value: TemplateValue, columns: usize| {
        template::value_text(&value).chars().take(columns).collect::<String>()
    });
    environment.add_filter("timeago", |value: TemplateValue| {
        template::instant(&value).map(|at| at.map(|_| "1d ago".to_owned()).unwrap_or_default())
    });
    environment.add_function("tablerow", |_cells: Rest<TemplateValue>| TemplateValue::from(""));
    environment
}

/// Returns the fields of `show --json` for a ticket that has a value in every field at once, as no ticket does, except in
/// `kind`, which only tickets about organization access have.
pub fn sample_record(custom_fields: &[CustomField]) -> Map<String, Json> {
    let sample = include_str!("sample_ticket.json");
    let mut record: Map<String, Json> = serde_json::from_str(sample).expect("the sample is a JSON object");
    let fields = custom_fields.iter().map(|field| (field.name.clone(), sample_value(&field.kind)));
    record.insert(CUSTOM_FIELDS.to_owned(), Json::Object(fields.collect()));
    record
}

/// Returns a value that fits a custom field.
fn sample_value(kind: &FieldKind) -> Json {
    match kind {
        FieldKind::Enum(values) => Json::from(values.first().cloned().unwrap_or_default()),
        FieldKind::Text => Json::from("text"),
        FieldKind::Number => Json::from(1),
        FieldKind::Date => Json::from("1970-01-01"),
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
        for name in sample_record(&[]).keys() {
            assert_eq!(check(&format!("{{{{ {name} }}}}"), &[field("a", FieldKind::Text)]), Ok(()), "{name}");
        }
        for source in [
            "Hello {{ requester }}, {{ instance or 'the instance' }} {{ agent }}",
            "{{ hold.reason }} {{ hold.until|timeago }} {{ escalation.manager }} {{ sla[0].due_at }}",
            "{% for tag in tags %}{{ tag }}{% endfor %}{{ subject|truncate(10) }}",
            "{{ fields.anything }} {{ tablerow(id, subject) }}",
        ] {
            assert_eq!(check(source, &[]), Ok(()), "{source}");
        }
        let custom_fields = [field("cost", FieldKind::Number), field("renewal", FieldKind::Date)];
        assert_eq!(check("{{ fields.cost + 1 }} {{ fields.renewal }}", &custom_fields), Ok(()));
    }

    #[test]
    fn a_field_or_filter_that_does_not_exist_is_an_error() {
        let Err(TemplateError::Field(unknown)) = check("{{ subjct }}", &[]) else { panic!("a field") };
        assert_eq!(unknown.nearest.as_deref(), Some("subject"));
        assert!(matches!(check("{{ subjct }} {{ fields.x }}", &[]), Err(TemplateError::Field(_))));
        for source in ["{{ hold.reson }}", "{{ subject|timeago }}", "{{ subject|nope }}", "{{ fields.cots }}"] {
            let result = check(source, &[field("cost", FieldKind::Number)]);
            assert!(matches!(result, Err(TemplateError::Language(_))), "{source}: {result:?}");
        }
    }
}
