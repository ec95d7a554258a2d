//! Templates of those who ask: records printed as they like, in the language of minijinja (that of Jinja2).
//!
//! A field that does not exist is refused before anything is read. What comes out is as safe for a terminal as
//! everything else. Must not know which fields there are: they are given.

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

/// The template's name in the environment; nobody sees it.
const NAME: &str = "format";

/// The field that holds those of the desk's own.
const OWN: &str = "fields";

/// A template that can be filled in.
pub struct Template {
    environment: Environment<'static>,
    fields: Vec<String>,
    own: Vec<String>,
    rows: Arc<Mutex<Vec<Vec<String>>>>,
}

/// Why a template is none, or cannot be filled in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It asks for a field no record has.
    #[error(transparent)]
    Field(UnknownField),
    /// It does not follow the language.
    #[error("{0}")]
    Language(String),
}

/// Where the output goes.
#[derive(Clone, Copy, Debug)]
pub struct TemplateTarget {
    /// Whether people look at it, so that the rows of tables are aligned.
    pub aligned: bool,
    /// The columns there are, where they are known.
    pub width: Option<usize>,
}

impl Template {
    /// Reads a template over the fields that records have. Beside what the language has, there are
    /// `tablerow(a, b, …)`, and the filters `truncate(columns)` and `timeago`.
    ///
    /// # Errors
    /// It is no template, or asks for a field there is none of.
    pub fn read(source: &str, known: &[&str], now: DateTime<Utc>) -> Result<Self, TemplateError> {
        let rows = Arc::new(Mutex::new(Vec::new()));
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_formatter(|out, state, value| {
            let nothing = Value::from("");
            escape_formatter(out, state, if value.is_none() { &nothing } else { value })
        });
        environment.add_filter("truncate", |value: Value, columns: usize| {
            text_width::cut(&sanitize::one_line(&words(&value)), columns).into_owned()
        });
        environment.add_filter("timeago", move |value: Value| time_ago(&value, now));
        let collected = Arc::clone(&rows);
        environment.add_function("tablerow", move |cells: Rest<Value>| {
            let row = cells.iter().map(words).collect();
            collected.lock().unwrap_or_else(PoisonError::into_inner).push(row);
            Value::from("")
        });
        environment.add_template_owned(NAME, source.to_owned()).map_err(|error| flaw(&error))?;
        let template = environment.get_template(NAME).map_err(|error| flaw(&error))?;
        let functions: Vec<&str> = environment.globals().map(|(name, _)| name).collect();
        let mut fields: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        fields.retain(|name| !functions.contains(&name.as_str()));
        fields.sort_unstable();
        json::check(&fields, known.iter().copied()).map_err(TemplateError::Field)?;
        let nested = template.undeclared_variables(true);
        let mut own: Vec<String> = nested.iter().filter_map(|name| own_name(name)).map(str::to_owned).collect();
        own.sort_unstable();
        Ok(Self { environment, fields, own, rows })
    }

    /// The fields of the desk's own that it asks for, by their names behind `fields.`.
    pub fn own_fields(&self) -> &[String] {
        &self.own
    }

    /// Whether it asks for a field.
    pub fn asks_for(&self, field: &str) -> bool {
        self.fields.iter().any(|asked| asked == field)
    }

    /// The records one after the other, each ended by a line end; one that leads to nothing prints nothing. Rows
    /// of `tablerow` stand where their record does, and share their columns.
    ///
    /// # Errors
    /// A record that it cannot be filled in with.
    pub fn fill(&self, records: &[Map<String, Json>], paper: TemplateTarget) -> Result<String, TemplateError> {
        let template = self.environment.get_template(NAME).map_err(|error| flaw(&error))?;
        let mut texts = Vec::with_capacity(records.len());
        let mut cells: Vec<Vec<Cell>> = Vec::new();
        let mut separated = Vec::new();
        for record in records {
            let asked = self.fields.iter().map(|name| (name.as_str(), record.get(name)));
            let value = |(name, value): (_, Option<&Json>)| match value {
                // One of the desk's own that is not set is as any other fact that is not set.
                Some(Json::Object(own)) if name == OWN => (name, Value::from_object(CustomFields::from(own))),
                value => (name, variable(value.unwrap_or(&Json::Null))),
            };
            let variables = Value::from_pairs(asked.map(value));
            let text = template.render(variables).map_err(|error| flaw(&error))?;
            let rows = std::mem::take(&mut *self.rows.lock().unwrap_or_else(PoisonError::into_inner));
            texts.push((text, rows.len()));
            for row in rows {
                separated.push(tab_separated(row.iter().map(String::as_str)));
                cells.push(row.iter().map(|words| Cell::plain(words)).collect());
            }
        }
        let lines: Vec<String> = if paper.aligned {
            let mut table = Table::bare();
            cells.into_iter().for_each(|row| table.push(row));
            table.render(ColorMode::PLAIN, paper.width).lines().map(|line| format!("{line}\n")).collect()
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

/// `region` of `fields.region`.
fn own_name(name: &str) -> Option<&str> {
    let name = name.strip_prefix(OWN)?.strip_prefix('.')?;
    name.split('.').next().filter(|name| !name.is_empty())
}

/// The desk's own fields of a record, of which any name may be asked for.
#[derive(Debug)]
struct CustomFields(BTreeMap<String, Value>);

impl From<&Map<String, Json>> for CustomFields {
    fn from(own: &Map<String, Json>) -> Self {
        Self(own.iter().map(|(name, value)| (name.clone(), variable(value))).collect())
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

/// A field as the language knows values.
fn variable(value: &Json) -> Value {
    match value {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::from(number.to_string()),
        },
        Json::String(words) => Value::from(words.as_str()),
        Json::Array(items) => items.iter().map(variable).collect(),
        Json::Object(fields) => Value::from_pairs(fields.iter().map(|(name, inner)| (name.as_str(), variable(inner)))),
    }
}

/// A value in words: nothing where it is absent.
fn words(value: &Value) -> String {
    if value.is_none() { String::new() } else { value.to_string() }
}

fn time_ago(value: &Value, now: DateTime<Utc>) -> Result<String, Error> {
    if value.is_none() {
        return Ok(String::new());
    }
    let at = DateTime::parse_from_rfc3339(&value.to_string()).map_err(|_| {
        Error::new(ErrorKind::InvalidOperation, format!("`timeago` wants a time, and `{value}` is none"))
    })?;
    Ok(relative_time::ago(at.with_timezone(&Utc), now))
}

/// What minijinja has against it, with the causes behind it.
fn flaw(error: &Error) -> TemplateError {
    let line = error.line().filter(|line| *line > 1).map(|line| format!(" (line {line})")).unwrap_or_default();
    let said = error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    TemplateError::Language(format!("{said}{line}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const KNOWN: [&str; 6] = ["id", "subject", "tags", "hold", "at", "fields"];

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
        Template::read(source, &KNOWN, now)?.fill(&records(), TemplateTarget { aligned: false, width: None })
    }

    #[test]
    fn each_record_is_a_line_of_its_own() {
        assert_eq!(filled("{{ id }} {{ subject }}"), Ok("A1 One ␛[2J\nB22 緊急です\n".to_owned()));
        assert_eq!(filled("{{ id }}{{ '\n' }}"), Ok("A1\nB22\n".to_owned()));
        assert_eq!(filled("{{ tags|join(',') }};{{ hold.reason if hold }}"), Ok("x,y;\n;other\n".to_owned()));
        assert_eq!(filled("{% if tags %}{{ id }}{% endif %}"), Ok("A1\n".to_owned()));
        assert_eq!(filled("{{ at|timeago }}|{{ subject|truncate(5) }}"), Ok("1d ago|One…\n|緊急…\n".to_owned()));
    }

    #[test]
    fn rows_are_tabs_for_programs_and_columns_for_people() {
        let source = "{{ tablerow(id, hold, subject) }}";
        assert_eq!(filled(source), Ok("A1\t\tOne ␛[2J\nB22\t{'reason': 'other'}\t緊急です\n".to_owned()));
        let template = Template::read("{{ tablerow(id, at) }}", &KNOWN, DateTime::UNIX_EPOCH).expect("a template");
        let paper = TemplateTarget { aligned: true, width: Some(80) };
        assert_eq!(template.fill(&records(), paper), Ok("A1   2026-11-20T09:00:00Z\nB22\n".to_owned()));
    }

    #[test]
    fn an_own_field_that_is_not_set_is_nothing() {
        assert_eq!(filled("{{ id }}={{ fields.seats }};"), Ok("A1=5;\nB22=;\n".to_owned()));
        assert_eq!(filled("{% if fields.seats %}{{ fields['seats'] }}{% endif %}"), Ok("5\n".to_owned()));
        assert_eq!(filled("{{ fields|length }}{{ fields }}"), Ok("1{'seats': 5}\n0{}\n".to_owned()));
        let template = Template::read("{{ fields.a ~ fields.b.c ~ id }}", &KNOWN, DateTime::UNIX_EPOCH);
        assert_eq!(template.expect("a template").own_fields(), ["a", "b"]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let flaw = |source: &str| filled(source).expect_err("a flaw");
        let TemplateError::Field(unknown) = flaw("{{ subjct }}") else { panic!("a field") };
        assert_eq!((unknown.name.as_str(), unknown.nearest.as_deref()), ("subjct", Some("subject")));
        for source in ["{{ id", "{{ id|nope }}", "{{ hold.team }}", "{{ subject|timeago }}", "{% nope %}"] {
            let TemplateError::Language(said) = flaw(source) else { panic!("{source}") };
            assert!(said.len() > 10, "{source}: {said}");
        }
    }

    #[test]
    fn nobody_commands_a_terminal_or_a_build() {
        assert_eq!(filled("{{ '\u{1b}[2J' }}::error::"), Ok("␛[2J::error::\n".repeat(2)));
        assert_eq!(filled("::error::"), Ok(":\\:error::\n".repeat(2)));
    }
}
