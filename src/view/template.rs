//! Templates of users (`--format`), which print records in the language of minijinja (Jinja2).
//!
//! A template with an unknown field is an error before records are read. The output is sanitized.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use minijinja::value::{Enumerator, Object, Rest, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, escape_formatter};
use serde_json::{Map, Value as Json};

use super::colors::ColorMode;
use super::json::UnknownField;
use super::table::{Cell, Table, tab_separated};
use super::{json, relative_time, sanitize, text_width};

/// The name of the template in the environment; it is never printed.
const NAME: &str = "format";

/// The field with the custom fields.
const CUSTOM_FIELDS: &str = "fields";

/// A parsed template.
pub struct Template {
    environment: Environment<'static>,
    fields: Vec<String>,
    custom_fields: Vec<String>,
    rows: Arc<Mutex<Vec<Vec<String>>>>,
}

/// An error of a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// An unknown field.
    #[error(transparent)]
    Field(UnknownField),
    /// A violation of the language, with the message of minijinja.
    #[error("{0}")]
    Language(String),
}

/// The destination of the output.
#[derive(Clone, Copy, Debug)]
pub struct TemplateTarget {
    /// True if the rows of tables are aligned, for people.
    pub aligned: bool,
    /// The columns of the terminal, if they are known.
    pub width: Option<usize>,
}

impl Template {
    /// Parses a template. `record_fields` are the fields of the records. In addition to the language, a template can use the function
    /// `tablerow(a, b, …)`, and the filters `truncate(columns)` and `timeago`.
    ///
    /// # Errors
    /// Returns an error if the template is invalid or uses an unknown field.
    pub fn read(source: &str, record_fields: &[&str], now: DateTime<Utc>) -> Result<Self, TemplateError> {
        let rows = Arc::new(Mutex::new(Vec::new()));
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(|out, state, value| {
            let nothing = Value::from("");
            escape_formatter(out, state, if value.is_none() { &nothing } else { value })
        });
        environment.add_filter("truncate", |value: Value, columns: usize| {
            text_width::cut(&sanitize::one_line(&text_of(&value)), columns).into_owned()
        });
        environment.add_filter("timeago", move |value: Value| time_ago(&value, now));
        let collected = Arc::clone(&rows);
        environment.add_function("tablerow", move |cells: Rest<Value>| {
            let row = cells.iter().map(text_of).collect();
            collected.lock().unwrap_or_else(PoisonError::into_inner).push(row);
            Value::from("")
        });
        environment.add_template_owned(NAME, source.to_owned()).map_err(|error| language_error(&error))?;
        let template = environment.get_template(NAME).map_err(|error| language_error(&error))?;
        let functions: Vec<&str> = environment.globals().map(|(name, _)| name).collect();
        let mut fields: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        fields.retain(|name| !functions.contains(&name.as_str()));
        fields.sort_unstable();
        json::check(&fields, record_fields.iter().copied()).map_err(TemplateError::Field)?;
        let nested = template.undeclared_variables(true);
        let mut custom_fields: Vec<String> =
            nested.iter().filter_map(|name| custom_field_name(name)).map(str::to_owned).collect();
        custom_fields.sort_unstable();
        Ok(Self { environment, fields, custom_fields, rows })
    }

    /// Returns the names of the custom fields that the template uses, without `fields.`.
    pub fn custom_fields(&self) -> &[String] {
        &self.custom_fields
    }

    /// Returns true if the template uses a field.
    pub fn uses_field(&self, field: &str) -> bool {
        self.fields.iter().any(|used| used == field)
    }

    /// Fills in the template for each record. Each text ends with a line end; an empty text prints nothing. The rows of
    /// `tablerow` are at the position of their record, and are aligned with each other.
    ///
    /// # Errors
    /// Returns an error if the template cannot be filled in for a record.
    pub fn fill(&self, records: &[Map<String, Json>], target: TemplateTarget) -> Result<String, TemplateError> {
        let template = self.environment.get_template(NAME).map_err(|error| language_error(&error))?;
        let mut texts = Vec::with_capacity(records.len());
        let mut cells: Vec<Vec<Cell>> = Vec::new();
        let mut separated = Vec::new();
        for record in records {
            let used = self.fields.iter().map(|name| (name.as_str(), record.get(name)));
            let value = |(name, value): (_, Option<&Json>)| match value {
                // A custom field that is not set is empty, as any other field.
                Some(Json::Object(fields)) if name == CUSTOM_FIELDS => {
                    (name, Value::from_object(CustomFields::from(fields)))
                }
                value => (name, variable(value.unwrap_or(&Json::Null))),
            };
            let variables = Value::from_pairs(used.map(value));
            let text = template.render(variables).map_err(|error| language_error(&error))?;
            let rows = std::mem::take(&mut *self.rows.lock().unwrap_or_else(PoisonError::into_inner));
            texts.push((text, rows.len()));
            for row in rows {
                separated.push(tab_separated(row.iter().map(String::as_str)));
                cells.push(row.iter().map(|cell| Cell::plain(cell)).collect());
            }
        }
        let lines: Vec<String> = if target.aligned {
            let mut table = Table::without_header();
            cells.into_iter().for_each(|row| table.push(row));
            table.render(ColorMode::PLAIN, target.width).lines().map(|line| format!("{line}\n")).collect()
        } else {
            separated
        };
        let mut lines = lines.into_iter();
        let mut filled = String::new();
        for (text, rows) in texts {
            if !text.is_empty() && (rows == 0 || !text.trim().is_empty()) {
                filled.push_str(&sanitize::lines(&text));
                filled.push_str(if text.ends_with('\n') { "" } else { "\n" });
            }
            filled.extend(lines.by_ref().take(rows));
        }
        Ok(filled)
    }
}

/// Returns the name of the custom field in `fields.NAME`.
fn custom_field_name(name: &str) -> Option<&str> {
    let name = name.strip_prefix(CUSTOM_FIELDS)?.strip_prefix('.')?;
    name.split('.').next().filter(|name| !name.is_empty())
}

/// The custom fields of a record. A name that is not set has an empty value.
#[derive(Debug)]
struct CustomFields(BTreeMap<String, Value>);

impl From<&Map<String, Json>> for CustomFields {
    fn from(fields: &Map<String, Json>) -> Self {
        Self(fields.iter().map(|(name, value)| (name.clone(), variable(value))).collect())
    }
}

impl Object for CustomFields {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        Some(self.0.get(name.as_str()?).cloned().unwrap_or_else(|| Value::from(())))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(|name| Value::from(name.as_str())).collect())
    }
}

/// Converts a JSON value to a value of the template language.
fn variable(value: &Json) -> Value {
    match value {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::from(number.to_string()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => items.iter().map(variable).collect(),
        Json::Object(fields) => Value::from_pairs(fields.iter().map(|(name, inner)| (name.as_str(), variable(inner)))),
    }
}

/// Formats a value; an absent one is empty.
fn text_of(value: &Value) -> String {
    if value.is_none() { String::new() } else { value.to_string() }
}

/// Implements the filter `timeago`.
fn time_ago(value: &Value, now: DateTime<Utc>) -> Result<String, Error> {
    if value.is_none() {
        return Ok(String::new());
    }
    let at = DateTime::parse_from_rfc3339(&value.to_string()).map_err(|_| {
        Error::new(
            ErrorKind::InvalidOperation,
            format!("`timeago` needs a time such as 2026-11-21T09:00:00Z, found `{value}`"),
        )
    })?;
    Ok(relative_time::ago(at.with_timezone(&Utc), now))
}

/// Returns the error of minijinja, with its detail and line.
fn language_error(error: &Error) -> TemplateError {
    let line = error.line().filter(|line| *line > 1).map(|line| format!(" (line {line})")).unwrap_or_default();
    let message =
        error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    TemplateError::Language(format!("{message}{line}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FIELDS: [&str; 6] = ["id", "subject", "tags", "hold", "at", "fields"];

    fn records() -> Vec<Map<String, Json>> {
        let record = |value: Json| value.as_object().cloned().expect("a record");
        vec![
            record(
                json!({"id": "A1", "subject": "One \u{1b}[2J", "tags": ["x", "y"], "hold": null, "at": "2026-11-20T09:00:00Z", "fields": {"seats": 5}}),
            ),
            record(
                json!({"id": "B22", "subject": "緊急です", "tags": [], "hold": {"reason": "other"}, "at": null, "fields": {}}),
            ),
        ]
    }

    fn filled(source: &str) -> Result<String, TemplateError> {
        let now = "2026-11-21T09:00:00Z".parse().expect("an instant");
        Template::read(source, &FIELDS, now)?.fill(&records(), TemplateTarget { aligned: false, width: None })
    }

    #[test]
    fn each_record_is_one_line() {
        assert_eq!(filled("{{ id }} {{ subject }}"), Ok("A1 One ␛[2J\nB22 緊急です\n".to_owned()));
        assert_eq!(filled("{{ id }}{{ '\n' }}"), Ok("A1\nB22\n".to_owned()));
        assert_eq!(filled("{{ tags|join(',') }};{{ hold.reason if hold }}"), Ok("x,y;\n;other\n".to_owned()));
        assert_eq!(filled("{% if tags %}{{ id }}{% endif %}"), Ok("A1\n".to_owned()));
        assert_eq!(filled("{{ at|timeago }}|{{ subject|truncate(5) }}"), Ok("1d ago|One…\n|緊急…\n".to_owned()));
    }

    #[test]
    fn rows_are_tab_separated_for_programs_and_aligned_for_people() {
        let source = "{{ tablerow(id, hold, subject) }}";
        assert_eq!(filled(source), Ok("A1\t\tOne ␛[2J\nB22\t{'reason': 'other'}\t緊急です\n".to_owned()));
        let template = Template::read("{{ tablerow(id, at) }}", &FIELDS, DateTime::UNIX_EPOCH).expect("a template");
        let target = TemplateTarget { aligned: true, width: Some(80) };
        assert_eq!(template.fill(&records(), target), Ok("A1   2026-11-20T09:00:00Z\nB22\n".to_owned()));
    }

    #[test]
    fn a_custom_field_that_is_not_set_is_empty() {
        assert_eq!(filled("{{ id }}={{ fields.seats }};"), Ok("A1=5;\nB22=;\n".to_owned()));
        assert_eq!(filled("{% if fields.seats %}{{ fields['seats'] }}{% endif %}"), Ok("5\n".to_owned()));
        assert_eq!(filled("{{ fields|length }}{{ fields }}"), Ok("1{'seats': 5}\n0{}\n".to_owned()));
        let template = Template::read("{{ fields.a ~ fields.b.c ~ id }}", &FIELDS, DateTime::UNIX_EPOCH);
        assert_eq!(template.expect("a template").custom_fields(), ["a", "b"]);
    }

    #[test]
    fn errors_name_the_field_or_the_problem() {
        let error = |source: &str| filled(source).expect_err("an error");
        let TemplateError::Field(unknown) = error("{{ subjct }}") else { panic!("a field") };
        assert_eq!((unknown.name.as_str(), unknown.nearest.as_deref()), ("subjct", Some("subject")));
        for source in ["{{ id", "{{ id|nope }}", "{{ hold.team }}", "{{ subject|timeago }}", "{% nope %}"] {
            let TemplateError::Language(message) = error(source) else { panic!("{source}") };
            assert!(message.len() > 10, "{source}: {message}");
        }
    }

    #[test]
    fn the_output_is_sanitized() {
        assert_eq!(filled("{{ '\u{1b}[2J' }}::error::"), Ok("␛[2J::error::\n".repeat(2)));
        assert_eq!(filled("::error::"), Ok(":\\:error::\n".repeat(2)));
    }
}
