//! Templates of users (`--format`), which print records in the language of minijinja (Jinja2).
//!
//! A template with an unknown field is an error before records are read. The output is sanitized.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use minijinja::UndefinedBehavior;
use minijinja::value::{Rest, Value};
use serde_json::{Map, Value as Json};

use super::colors::ColorMode;
use super::table::{Cell, Table, tab_separated};
use super::{relative_time, sanitize, text_width};
use crate::domain::template::{ParsedTemplate, TemplateError, environment, instant, value_text};

/// A parsed template.
pub struct Template {
    parsed: ParsedTemplate,
    rows: Arc<Mutex<Vec<Vec<String>>>>,
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
    /// Parses a template over the fields of records. In addition to the language, a template can use the function
    /// `tablerow(a, b, …)`, and the filters `truncate(columns)` and `timeago`.
    ///
    /// # Errors
    /// Returns an error if the template is invalid or uses an unknown field.
    pub fn read(source: &str, known: &[&str], now: DateTime<Utc>) -> Result<Self, TemplateError> {
        let rows = Arc::new(Mutex::new(Vec::new()));
        let mut environment = environment();
        // The fields of the record were checked; a value inside one that the record does not have is nothing.
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.add_filter("truncate", |value: Value, columns: usize| {
            text_width::cut(&sanitize::one_line(&value_text(&value)), columns).into_owned()
        });
        environment.add_filter("timeago", move |value: Value| {
            instant(&value).map(|at| at.map(|at| relative_time::ago(at, now)).unwrap_or_default())
        });
        let collected = Arc::clone(&rows);
        environment.add_function("tablerow", move |cells: Rest<Value>| {
            let row = cells.iter().map(value_text).collect();
            collected.lock().unwrap_or_else(PoisonError::into_inner).push(row);
            Value::from("")
        });
        Ok(Self { parsed: ParsedTemplate::parse(source, known, environment)?, rows })
    }

    /// Returns the names of the custom fields that the template uses, without `fields.`.
    pub fn custom_fields(&self) -> &[String] {
        self.parsed.custom_fields()
    }

    /// Returns true if the template uses a field.
    pub fn uses_field(&self, field: &str) -> bool {
        self.parsed.uses_field(field)
    }

    /// Fills in the template for each record. Each text ends with a line end; an empty text prints nothing. The rows of
    /// `tablerow` are at the position of their record, and are aligned with each other.
    ///
    /// # Errors
    /// Returns an error if the template cannot be filled in for a record.
    pub fn fill(&self, records: &[Map<String, Json>], target: TemplateTarget) -> Result<String, TemplateError> {
        let mut texts = Vec::with_capacity(records.len());
        let mut cells: Vec<Vec<Cell>> = Vec::new();
        let mut separated = Vec::new();
        for record in records {
            let text = self.parsed.render(record)?;
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
            table.lines(ColorMode::PLAIN, target.width)
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
        assert_eq!(template.expect("a template").custom_fields(), ["a", "b"]);
    }

    #[test]
    fn a_value_inside_a_field_that_is_not_set_is_nothing() {
        assert_eq!(filled("{{ id }}={{ hold.reason }};"), Ok("A1=;\nB22=other;\n".to_owned()));
        assert_eq!(filled("{{ id }}{{ hold.until|timeago }}{{ hold.a.b|truncate(3) }}"), Ok("A1\nB22\n".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let flaw = |source: &str| filled(source).expect_err("a flaw");
        let TemplateError::Field(unknown) = flaw("{{ subjct }}") else { panic!("a field") };
        assert_eq!((unknown.name.as_str(), unknown.nearest.as_deref()), ("subjct", Some("subject")));
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}";
        assert_eq!(flaw(endless), TemplateError::Language("engine ran out of fuel".to_owned()));
        for source in ["{{ id", "{{ id|nope }}", "{{ subject|timeago }}", "{% nope %}"] {
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
