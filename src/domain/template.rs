//! Templates over the fields of a record, in the language of minijinja (that of Jinja2).
//!
//! The language and its checks are here; filters that shape output for people are added by the caller.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use minijinja::value::{Enumerator, Object, Value};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, escape_formatter};
use serde_json::{Map, Value as Json};

use super::suggestion;

/// The name of the template in its environment. It is never printed.
const NAME: &str = "format";

/// The steps that a template may take to fill in one record, so that no loop runs for minutes.
const FUEL: u64 = 1_000_000;

/// The field that contains the custom fields of a ticket.
pub const CUSTOM_FIELDS: &str = "fields";

/// An error in a template, or in filling it in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The template uses a field that no record has.
    #[error(transparent)]
    Field(UnknownField),
    /// The template does not follow the language, or a record has no value that it needs.
    #[error("{0}")]
    Language(String),
}

/// A field that no record has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown field `{name}`{}", suggestion::or_question(nearest.as_deref()))]
pub struct UnknownField {
    /// The name that was asked for.
    pub name: String,
    /// The most similar known field, if one is similar enough.
    pub nearest: Option<String>,
}

/// A template whose syntax and fields were checked.
pub struct ParsedTemplate {
    environment: Environment<'static>,
    fields: Vec<String>,
    custom_fields: Vec<String>,
}

impl ParsedTemplate {
    /// Parses a template over the known fields of records, in an environment of [`environment`] with the filters and
    /// functions of the caller.
    ///
    /// # Errors
    /// The text is not a template, or uses an unknown field.
    pub fn parse(source: &str, known: &[&str], mut environment: Environment<'static>) -> Result<Self, TemplateError> {
        environment.add_template_owned(NAME, source.to_owned()).map_err(|error| language_error(&error))?;
        let template = environment.get_template(NAME).map_err(|error| language_error(&error))?;
        let functions: Vec<&str> = environment.globals().map(|(name, _)| name).collect();
        let mut fields: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        fields.retain(|name| !functions.contains(&name.as_str()));
        fields.sort_unstable();
        check_fields(&fields, known).map_err(TemplateError::Field)?;
        let nested = template.undeclared_variables(true);
        let mut custom_fields: Vec<String> =
            nested.iter().filter_map(|name| custom_field_name(name)).map(str::to_owned).collect();
        custom_fields.sort_unstable();
        Ok(Self { environment, fields, custom_fields })
    }

    /// Returns the custom fields that the template uses, by their names after `fields.`.
    pub fn custom_fields(&self) -> &[String] {
        &self.custom_fields
    }

    /// Returns whether the template uses a field.
    pub fn uses_field(&self, field: &str) -> bool {
        self.fields.iter().any(|used| used == field)
    }

    /// Fills the template in with a record. A field that the record does not have is empty.
    ///
    /// # Errors
    /// The record has no value that the template needs.
    pub fn render(&self, record: &Map<String, Json>) -> Result<String, TemplateError> {
        let template = self.environment.get_template(NAME).map_err(|error| language_error(&error))?;
        let value = |name: &str| match record.get(name) {
            // A custom field that is not set is empty, like any other field that is not set.
            Some(Json::Object(fields)) if name == CUSTOM_FIELDS => Value::from_object(CustomFieldValues::from(fields)),
            value => template_value(value.unwrap_or(&Json::Null)),
        };
        let values = self.fields.iter().map(|name| (name.as_str(), value(name)));
        template.render(Value::from_pairs(values)).map_err(|error| language_error(&error))
    }
}

/// Returns an environment without filters and functions of casebook: undefined variables are errors, values that are
/// absent are printed as nothing, and a template that takes too many steps is an error.
pub fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_formatter(|out, state, value| {
        let nothing = Value::from("");
        escape_formatter(out, state, if value.is_none() { &nothing } else { value })
    });
    environment
}

/// Returns the text of a value: nothing if it is absent.
pub fn value_text(value: &Value) -> String {
    if value.is_none() { String::new() } else { value.to_string() }
}

/// Returns the instant that the filter `timeago` is applied to. None if the value is absent.
///
/// # Errors
/// The value is not an instant.
pub fn instant(value: &Value) -> Result<Option<DateTime<Utc>>, Error> {
    if value.is_none() || value.is_undefined() {
        return Ok(None);
    }
    let text = value.to_string();
    let day = || text.parse().ok().map(|day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc());
    let at = DateTime::parse_from_rfc3339(&text).ok().map(|at| at.with_timezone(&Utc)).or_else(day);
    at.map(Some).ok_or_else(|| {
        Error::new(ErrorKind::InvalidOperation, format!("`timeago` wants a time, and `{value}` is none"))
    })
}

/// Checks that all names are known fields, before there is a record.
///
/// # Errors
/// The first unknown name.
pub fn check_fields(names: &[String], known: &[&str]) -> Result<(), UnknownField> {
    // Only tickets can say which custom fields a desk has: a name that no ticket has is `null` everywhere.
    let is_custom = |name: &str| known.contains(&CUSTOM_FIELDS) && custom_field_name(name).is_some();
    match names.iter().find(|name| !known.contains(&name.as_str()) && !is_custom(name)) {
        Some(name) => {
            let nearest = suggestion::nearest(name, known).map(str::to_owned);
            Err(UnknownField { name: name.clone(), nearest })
        }
        None => Ok(()),
    }
}

/// Returns `region` of `fields.region`.
fn custom_field_name(name: &str) -> Option<&str> {
    let name = name.strip_prefix(CUSTOM_FIELDS)?.strip_prefix('.')?;
    name.split('.').next().filter(|name| !name.is_empty())
}

/// The custom fields of a record. A template may ask for any name.
#[derive(Debug)]
struct CustomFieldValues(BTreeMap<String, Value>);

impl From<&Map<String, Json>> for CustomFieldValues {
    fn from(fields: &Map<String, Json>) -> Self {
        Self(fields.iter().map(|(name, value)| (name.clone(), template_value(value))).collect())
    }
}

impl Object for CustomFieldValues {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        Some(self.0.get(name.as_str()?).cloned().unwrap_or_else(|| Value::from(())))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.keys().map(|name| Value::from(name.as_str())).collect())
    }
}

/// Converts a JSON value to a value of the language.
fn template_value(value: &Json) -> Value {
    match value {
        Json::Null => Value::from(()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::from(whole),
            (None, Some(number)) => Value::from(number),
            (None, None) => Value::from(number.to_string()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => items.iter().map(template_value).collect(),
        Json::Object(fields) => {
            Value::from_pairs(fields.iter().map(|(name, inner)| (name.as_str(), template_value(inner))))
        }
    }
}

/// Converts an error of minijinja to a sentence, with the line if the template has several.
pub fn language_error(error: &Error) -> TemplateError {
    let line = error.line().filter(|line| *line > 1).map(|line| format!(" (line {line})")).unwrap_or_default();
    let message =
        error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    TemplateError::Language(format!("{message}{line}"))
}
