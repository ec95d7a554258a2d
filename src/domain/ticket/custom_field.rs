//! Fields of a desk's own: what `fields` of a ticket may hold, where the desk has said so.
//!
//! Must not know where they are defined, nor how a value is spelled in files.

use std::str::FromStr;

use chrono::NaiveDate;

use crate::domain::value::Value;

/// What a field may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One of some words.
    Enum(Vec<String>),
    /// Words on one line.
    Text,
    /// A number.
    Number,
    /// A day.
    Date,
}

impl FieldKind {
    /// Its word in casebook.toml.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Enum(_) => "enum",
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
        }
    }
}

/// A field the desk has defined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomField {
    /// Its name, behind `fields.`.
    pub name: String,
    /// What it may hold.
    pub kind: FieldKind,
    /// What people read.
    pub label: Option<String>,
    /// Whether every new ticket has it.
    pub is_required: bool,
}

/// Why a value is none for a field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFieldValue {
    /// The desk has fields, and not this one.
    #[error("unknown field `{name}`: this desk has {}", known.join(", "))]
    UnknownField {
        /// What was named.
        name: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// Not one of the words.
    #[error("invalid value for {name}: expected one of {}, found `{given}`", known.join(", "))]
    UnknownWord {
        /// The field.
        name: String,
        /// What was given.
        given: String,
        /// The words that would do.
        known: Vec<String>,
    },
    /// Not of the kind.
    #[error("invalid value for {name}: expected {kind}, found {found}")]
    WrongKind {
        /// The field.
        name: String,
        /// What was given.
        found: String,
        /// The kind that would do.
        kind: &'static str,
    },
    /// A new ticket lacks it.
    #[error("missing field `{name}`: this desk requires it on every ticket")]
    Missing {
        /// The field.
        name: String,
    },
}

impl CustomField {
    /// A value as somebody gives it, as the field holds it.
    ///
    /// # Errors
    /// Why it is none.
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
            FieldKind::Enum(known) if known.contains(&text) => Ok(Value::String(text)),
            FieldKind::Enum(known) => {
                Err(InvalidFieldValue::UnknownWord { name: self.name.clone(), given: text, known: known.clone() })
            }
            FieldKind::Number => number(&text).ok_or_else(|| self.wrong_kind(format!("`{text}`"))),
            FieldKind::Date => NaiveDate::from_str(&text)
                .map(|day| Value::String(day.to_string()))
                .map_err(|_| self.wrong_kind(format!("`{text}`"))),
        }
    }

    /// Whether it may hold a value as a file has it.
    ///
    /// # Errors
    /// Why not.
    pub fn validate(&self, value: &Value) -> Result<(), InvalidFieldValue> {
        match (self.coerce(value)?, &self.kind) {
            // A number in quotes is none.
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

/// A number as a file holds it.
fn number(text: &str) -> Option<Value> {
    match text.parse::<i64>() {
        Ok(whole) => Some(Value::Integer(whole.into())),
        Err(_) => text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Number),
    }
}

/// Fits values to the fields of a desk. A desk that has defined none holds whatever it is told.
///
/// # Errors
/// The first that does not fit.
pub fn coerce_all<'a>(
    fields: &[CustomField],
    values: impl IntoIterator<Item = (&'a str, &'a mut Value)>,
) -> Result<(), InvalidFieldValue> {
    if fields.is_empty() {
        return Ok(());
    }
    for (name, value) in values {
        let known = || fields.iter().map(|field| field.name.clone()).collect();
        let field = fields
            .iter()
            .find(|field| field.name == name)
            .ok_or_else(|| InvalidFieldValue::UnknownField { name: name.to_owned(), known: known() })?;
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
