//! The types of fields: scalars, optional scalars, lists, flags, numbers and open maps.

use chrono::{DateTime, NaiveDate, Utc};

use super::field::{FieldType, FieldWriter};
use super::leaf::{Leaf, Shape};
use super::source::FieldSource;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::ticket::attachment::Digest;
use crate::domain::time::duration;
use crate::domain::time::planned::PlannedTime;
use crate::domain::value::{Fields, Value};

/// The name of the custom fields, which are sorted. Other open maps keep the order of the file.
const CUSTOM_FIELDS: &str = "fields";

impl Leaf for String {
    const SHAPE: Shape = Shape::Line;
    const SETTABLE: bool = true;

    fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() { Err("empty text".to_owned()) } else { Ok(text.to_owned()) }
    }

    fn value(&self) -> Value {
        Value::String(self.clone())
    }

    fn text(&self) -> Option<&str> {
        Some(self)
    }
}

impl Leaf for Id {
    const SHAPE: Shape = Shape::Id;

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: <Self as std::str::FromStr>::Err| error.to_string())
    }

    fn parse_exact(text: &str) -> Option<Self> {
        if Self::is_canonical(text) { text.parse().ok() } else { None }
    }

    fn value(&self) -> Value {
        Value::String(self.to_string())
    }
}

impl Leaf for Person {
    const SHAPE: Shape = Shape::Person;

    fn parse(text: &str) -> Result<Self, String> {
        Self::from_name(text).map_err(|error| error.to_string())
    }

    fn parse_exact(text: &str) -> Option<Self> {
        Self::from_name(text).ok().filter(|person| person.as_str().len() == text.len())
    }

    fn value(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl Leaf for DateTime<Utc> {
    const SHAPE: Shape = Shape::Time;

    fn parse(text: &str) -> Result<Self, String> {
        let time = DateTime::parse_from_rfc3339(text);
        let time = time.map_err(|_| format!("invalid time `{text}`: expected a form such as 2026-11-21T17:05:12Z"))?;
        Ok(time.with_timezone(&Utc))
    }

    fn parse_exact(text: &str) -> Option<Self> {
        duration::parse_exact_instant(text)
    }

    fn value(&self) -> Value {
        Value::Time(*self)
    }
}

impl Leaf for NaiveDate {
    const SHAPE: Shape = Shape::Date;

    fn parse(text: &str) -> Result<Self, String> {
        let day = text.parse().ok().filter(|day: &Self| day.to_string() == text);
        day.ok_or_else(|| format!("invalid date `{text}`: expected a form such as 2026-08-01"))
    }

    fn value(&self) -> Value {
        Value::String(self.to_string())
    }
}

impl Leaf for PlannedTime {
    const SHAPE: Shape = Shape::DayOrTime;

    fn parse(text: &str) -> Result<Self, String> {
        if text.len() > 10 { DateTime::parse(text).map(Self::Instant) } else { NaiveDate::parse(text).map(Self::Day) }
    }

    fn parse_exact(text: &str) -> Option<Self> {
        Self::parse_exact(text)
    }

    fn value(&self) -> Value {
        match self {
            Self::Day(day) => day.value(),
            Self::Instant(instant) => instant.value(),
        }
    }
}

impl Leaf for Digest {
    const SHAPE: Shape = Shape::Digest;

    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: <Self as std::str::FromStr>::Err| error.to_string())
    }

    fn value(&self) -> Value {
        Value::String(self.to_string())
    }
}

impl<T: Leaf> FieldType for T {
    const SHAPE: Shape = T::SHAPE;
    const REQUIRED: bool = true;
    const SETTABLE: bool = T::SETTABLE || matches!(T::SHAPE, Shape::Person);

    fn take<S: FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error> {
        source.required(name)
    }

    fn write(&self, name: &str, writer: &mut FieldWriter) {
        writer.value(name, self.value());
    }

    fn text(&self) -> Option<&str> {
        Leaf::text(self)
    }

    fn assign(&mut self, text: Option<&str>) {
        if let Some(value) = text.and_then(|text| Self::parse(text).ok()) {
            *self = value;
        }
    }
}

impl<T: Leaf> FieldType for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const SETTABLE: bool = T::SETTABLE;

    fn take<S: FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error> {
        source.leaf(name)
    }

    fn write(&self, name: &str, writer: &mut FieldWriter) {
        if let Some(value) = self {
            writer.value(name, value.value());
        }
    }

    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(Leaf::text)
    }

    fn assign(&mut self, text: Option<&str>) {
        *self = text.and_then(|text| T::parse(text).ok());
    }
}

impl<T: Leaf> FieldType for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);

    fn take<S: FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error> {
        source.leaves(name)
    }

    fn write(&self, name: &str, writer: &mut FieldWriter) {
        writer.value(name, Value::List(self.iter().map(Leaf::value).collect()));
    }
}

impl FieldType for bool {
    const SHAPE: Shape = Shape::Flag;

    fn take<S: FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error> {
        source.flag(name)
    }

    fn write(&self, name: &str, writer: &mut FieldWriter) {
        if *self {
            writer.value(name, Value::Bool(true));
        }
    }
}

impl FieldType for u64 {
    const SHAPE: Shape = Shape::Number;
    const REQUIRED: bool = true;

    fn take<S: FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error> {
        let number = source.number(name)?;
        let number = source.need(name, number)?;
        Self::try_from(number).map_err(|_| source.invalid(name, "expected a number of bytes"))
    }

    fn write(&self, name: &str, writer: &mut FieldWriter) {
        writer.value(name, Value::Integer((*self).into()));
    }
}

impl FieldType for Fields {
    const SHAPE: Shape = Shape::OpenMap;

    fn take<S: FieldSource>(source: &mut S, name: &'static str) -> Result<Self, S::Error> {
        let mut fields = source.open_map(name)?;
        if name == CUSTOM_FIELDS && !fields.is_sorted_by(|(a, _), (b, _)| a <= b) {
            source.reordered()?;
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        Ok(fields)
    }

    fn write(&self, name: &str, writer: &mut FieldWriter) {
        writer.value(name, Value::Map(self.clone()));
    }
}
