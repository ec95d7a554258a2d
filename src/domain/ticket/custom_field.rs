//! The custom fields of a desk, as `[fields]` in casebook.toml defines them.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::domain::value::Value;

/// The kind of values that a field may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One of a list of words.
    Enum(Vec<String>),
    /// One line of text.
    Text,
    /// A number.
    Number,
    /// A date.
    Date,
}

impl FieldKind {
    /// Returns the word in casebook.toml.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Enum(_) => "enum",
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
        }
    }
}

/// A custom field that the desk has defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    /// The name, after `fields.`.
    pub name: String,
    /// The kind of its values.
    pub kind: FieldKind,
    /// The label for people.
    pub label: Option<String>,
    /// True if every new ticket must have the field.
    pub is_required: bool,
}

/// A reason why a value is not valid for a custom field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFieldValue {
    /// A field that the desk has not defined, although it has defined others.
    #[error("unknown field `{name}`: this desk has {}", known.join(", "))]
    UnknownField {
        /// The name given.
        name: String,
        /// The names of the defined fields.
        known: Vec<String>,
    },
    /// A value that is not in the list of an `enum` field.
    #[error("invalid value for {name}: expected one of {}, found `{given}`", known.join(", "))]
    UnknownWord {
        /// The field.
        name: String,
        /// The value given.
        given: String,
        /// The valid values.
        known: Vec<String>,
    },
    /// A value of another kind.
    #[error("invalid value for {name}: expected {kind}, found {found}")]
    WrongKind {
        /// The field.
        name: String,
        /// The value given, quoted, or its kind.
        found: String,
        /// The kind of the field.
        kind: &'static str,
    },
    /// A required field without a value on a new ticket.
    #[error("missing field `{name}`: this desk requires it on every ticket")]
    Missing {
        /// The field.
        name: String,
    },
}

impl CustomField {
    /// Converts a value given by a person to the kind of the field; text may contain a number or a date.
    ///
    /// # Errors
    ///
    /// Returns an error if the value does not have the kind of the field, or is not in its list.
    pub fn coerce(&self, given: &Value) -> Result<Value, InvalidFieldValue> {
        let text = match given {
            Value::String(text) | Value::Text(text) => text.trim().to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            other => return Err(self.wrong_kind(other.kind().to_owned())),
        };
        match &self.kind {
            FieldKind::Text if text.is_empty() => Err(self.wrong_kind(format!("`{text}`"))),
            FieldKind::Text => Ok(Value::String(text)),
            FieldKind::Enum(choices) if choices.contains(&text) => Ok(Value::String(text)),
            FieldKind::Enum(choices) => {
                Err(InvalidFieldValue::UnknownWord { name: self.name.clone(), given: text, known: choices.clone() })
            }
            FieldKind::Number => number(&text).ok_or_else(|| self.wrong_kind(format!("`{text}`"))),
            FieldKind::Date => NaiveDate::from_str(&text)
                .map(|day| Value::String(day.to_string()))
                .map_err(|_| self.wrong_kind(format!("`{text}`"))),
        }
    }

    /// Validates a value in a file.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`CustomField::coerce`], and an error for a number in quotes.
    pub fn validate(&self, value: &Value) -> Result<(), InvalidFieldValue> {
        match (self.coerce(value)?, &self.kind) {
            // A file must not contain a number in quotes.
            (Value::Integer(_) | Value::Number(_), FieldKind::Number) if matches!(value, Value::String(_)) => {
                Err(self.wrong_kind("text".to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn wrong_kind(&self, found: String) -> InvalidFieldValue {
        InvalidFieldValue::WrongKind { name: self.name.clone(), found, kind: self.kind.as_str() }
    }
}

/// Parses a number as a file contains it.
fn number(text: &str) -> Option<Value> {
    match text.parse::<i64>() {
        Ok(whole) => Some(Value::Integer(whole.into())),
        Err(_) => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Number),
    }
}

/// Converts values to the kinds of their fields. A desk without defined fields accepts every name and value.
///
/// # Errors
///
/// Returns the error of the first invalid value.
pub fn coerce_all<'a>(
    fields: &[CustomField],
    values: impl IntoIterator<Item = (&'a str, &'a mut Value)>,
) -> Result<(), InvalidFieldValue> {
    if fields.is_empty() {
        return Ok(());
    }
    for (name, value) in values {
        let names = || fields.iter().map(|field| field.name.clone()).collect();
        let field = fields
            .iter()
            .find(|field| field.name == name)
            .ok_or_else(|| InvalidFieldValue::UnknownField { name: name.to_owned(), known: names() })?;
        *value = field.coerce(value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind) -> CustomField {
        CustomField { name: name.to_owned(), kind, label: None, is_required: false }
    }

    fn coerced(kind: FieldKind, given: &str) -> Option<Value> {
        field("x", kind).coerce(&Value::from(given)).ok()
    }

    #[test]
    fn a_value_has_the_kind_of_its_field() {
        let regions = || FieldKind::Enum(vec!["emea".to_owned(), "apac".to_owned()]);
        assert_eq!(coerced(regions(), "emea"), Some(Value::from("emea")));
        assert_eq!(coerced(regions(), "EMEA"), None);
        assert_eq!(coerced(FieldKind::Text, " a word "), Some(Value::from("a word")));
        assert_eq!(coerced(FieldKind::Text, " "), None);
        assert_eq!(coerced(FieldKind::Number, "12"), Some(Value::Integer(12)));
        assert_eq!(coerced(FieldKind::Number, "-1.5"), Some(Value::Number(-1.5)));
        for invalid in ["", "many", "NaN", "inf", "1,5"] {
            assert_eq!(coerced(FieldKind::Number, invalid), None, "{invalid}");
        }
        assert_eq!(coerced(FieldKind::Date, "2026-11-21"), Some(Value::from("2026-11-21")));
        for invalid in ["2026-02-30", "21.11.2026", "tomorrow", ""] {
            assert_eq!(coerced(FieldKind::Date, invalid), None, "{invalid}");
        }
        assert_eq!(field("x", FieldKind::Number).coerce(&Value::Integer(3)), Ok(Value::Integer(3)));
        assert!(field("x", FieldKind::Text).coerce(&Value::List(Vec::new())).is_err());
    }

    #[test]
    fn a_number_in_quotes_is_accepted_from_a_command_but_not_from_a_file() {
        let cost = field("cost", FieldKind::Number);
        let text = Value::from("7");
        assert_eq!(cost.coerce(&text), Ok(Value::Integer(7)));
        assert_eq!(
            cost.validate(&text).map_err(|error| error.to_string()),
            Err("invalid value for cost: expected number, found text".to_owned())
        );
        assert_eq!(cost.validate(&Value::Number(0.5)), Ok(()));
        assert!(cost.validate(&Value::from("many")).is_err());
        assert_eq!(field("x", FieldKind::Text).validate(&text), Ok(()));
    }

    #[test]
    fn a_desk_without_fields_accepts_any() {
        let mut value = Value::from("emea");
        assert_eq!(coerce_all(&[], [("region", &mut value)]), Ok(()));
        let fields = [field("cost", FieldKind::Number)];
        let unknown = coerce_all(&fields, [("region", &mut value)]).expect_err("an unknown field");
        assert_eq!(unknown.to_string(), "unknown field `region`: this desk has cost");
        let mut cost = Value::from("7");
        assert_eq!(coerce_all(&fields, [("cost", &mut cost)]), Ok(()));
        assert_eq!(cost, Value::Integer(7));
    }
}
