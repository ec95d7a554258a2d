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
    #[error("this desk has no field `{name}`; known are {}", known.join(", "))]
    UnknownField {
        /// What was named.
        name: String,
        /// Those there are.
        known: Vec<String>,
    },
    /// Not one of the words.
    #[error("`{given}` is no {name}; known are {}", known.join(", "))]
    UnknownWord {
        /// The field.
        name: String,
        /// What was given.
        given: String,
        /// The words that would do.
        known: Vec<String>,
    },
    /// Not of the kind.
    #[error("`{given}` is no {kind}, which {name} is")]
    OtherKind {
        /// The field.
        name: String,
        /// What was given.
        given: String,
        /// The kind that would do.
        kind: &'static str,
    },
    /// A new ticket lacks it.
    #[error("every ticket of this desk has a {name}")]
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
    pub fn fit(&self, given: &Value) -> Result<Value, InvalidFieldValue> {
        let words = match given {
            Value::String(words) | Value::Text(words) => words.trim().to_owned(),
            Value::Integer(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            other => return Err(self.other_kind(other.kind())),
        };
        match &self.kind {
            FieldKind::Text if words.is_empty() => Err(self.other_kind(&words)),
            FieldKind::Text => Ok(Value::String(words)),
            FieldKind::Enum(known) if known.contains(&words) => Ok(Value::String(words)),
            FieldKind::Enum(known) => {
                Err(InvalidFieldValue::UnknownWord { name: self.name.clone(), given: words, known: known.clone() })
            }
            FieldKind::Number => number(&words).ok_or_else(|| self.other_kind(&words)),
            FieldKind::Date => NaiveDate::from_str(&words)
                .map(|day| Value::String(day.to_string()))
                .map_err(|_| self.other_kind(&words)),
        }
    }

    /// Whether it may hold a value as a file has it.
    ///
    /// # Errors
    /// Why not.
    pub fn validate(&self, value: &Value) -> Result<(), InvalidFieldValue> {
        match (self.fit(value)?, &self.kind) {
            // A number in quotes is none.
            (Value::Integer(_) | Value::Number(_), FieldKind::Number) if matches!(value, Value::String(_)) => {
                Err(self.other_kind("words"))
            }
            _ => Ok(()),
        }
    }

    fn other_kind(&self, given: &str) -> InvalidFieldValue {
        InvalidFieldValue::OtherKind { name: self.name.clone(), given: given.to_owned(), kind: self.kind.as_str() }
    }
}

/// A number as a file holds it.
fn number(words: &str) -> Option<Value> {
    match words.parse::<i64>() {
        Ok(whole) => Some(Value::Integer(whole.into())),
        Err(_) => words.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::Number),
    }
}

/// Fits values to the fields of a desk. A desk that has defined none holds whatever it is told.
///
/// # Errors
/// The first that does not fit.
pub fn fit<'a>(
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
        *value = field.fit(value)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(name: &str, kind: FieldKind) -> CustomField {
        CustomField { name: name.to_owned(), kind, label: None, is_required: false }
    }

    fn fitted(kind: FieldKind, given: &str) -> Option<Value> {
        field("x", kind).fit(&Value::from(given)).ok()
    }

    #[test]
    fn a_value_is_of_its_fields_kind_or_refused() {
        let regions = || FieldKind::Enum(vec!["emea".to_owned(), "apac".to_owned()]);
        assert_eq!(fitted(regions(), "emea"), Some(Value::from("emea")));
        assert_eq!(fitted(regions(), "EMEA"), None);
        assert_eq!(fitted(FieldKind::Text, " a word "), Some(Value::from("a word")));
        assert_eq!(fitted(FieldKind::Text, " "), None);
        assert_eq!(fitted(FieldKind::Number, "12"), Some(Value::Integer(12)));
        assert_eq!(fitted(FieldKind::Number, "-1.5"), Some(Value::Number(-1.5)));
        for no_number in ["", "many", "NaN", "inf", "1,5"] {
            assert_eq!(fitted(FieldKind::Number, no_number), None, "{no_number}");
        }
        assert_eq!(fitted(FieldKind::Date, "2026-11-21"), Some(Value::from("2026-11-21")));
        for no_date in ["2026-02-30", "21.11.2026", "tomorrow", ""] {
            assert_eq!(fitted(FieldKind::Date, no_date), None, "{no_date}");
        }
        assert_eq!(field("x", FieldKind::Number).fit(&Value::Integer(3)), Ok(Value::Integer(3)));
        assert!(field("x", FieldKind::Text).fit(&Value::List(Vec::new())).is_err());
    }

    #[test]
    fn a_number_in_quotes_is_given_and_not_held() {
        let cost = field("cost", FieldKind::Number);
        let words = Value::from("7");
        assert_eq!(cost.fit(&words), Ok(Value::Integer(7)));
        assert_eq!(
            cost.validate(&words).map_err(|unfit| unfit.to_string()),
            Err("`words` is no number, which cost is".to_owned())
        );
        assert_eq!(cost.validate(&Value::Number(0.5)), Ok(()));
        assert!(cost.validate(&Value::from("many")).is_err());
        assert_eq!(field("x", FieldKind::Text).validate(&words), Ok(()));
    }

    #[test]
    fn only_a_desk_that_defines_fields_minds() {
        let mut value = Value::from("emea");
        assert_eq!(fit(&[], [("region", &mut value)]), Ok(()));
        let fields = [field("cost", FieldKind::Number)];
        let unknown = fit(&fields, [("region", &mut value)]).expect_err("an unknown field");
        assert_eq!(unknown.to_string(), "this desk has no field `region`; known are cost");
        let mut cost = Value::from("7");
        assert_eq!(fit(&fields, [("cost", &mut cost)]), Ok(()));
        assert_eq!(cost, Value::Integer(7));
    }
}
