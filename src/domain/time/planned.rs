//! Planned times: a day, which is the same day in every zone, or an instant.

use std::fmt;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::duration::{format_instant, parse_exact_instant};
use super::zone::Zone;

/// A planned time, as a person gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PlannedTime {
    /// A day.
    Day(NaiveDate),
    /// An instant, UTC.
    Instant(DateTime<Utc>),
}

impl PlannedTime {
    /// Returns the instant at which the time begins in a zone, UTC.
    pub fn start(&self, zone: &Zone) -> DateTime<Utc> {
        match self {
            Self::Day(day) => zone.instant(day.and_time(NaiveTime::MIN)),
            Self::Instant(instant) => *instant,
        }
    }

    /// Parses a time in exactly the form in which it is displayed.
    pub fn parse_exact(text: &str) -> Option<Self> {
        if text.len() > 10 {
            return parse_exact_instant(text).map(Self::Instant);
        }
        text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text).map(Self::Day)
    }
}

impl fmt::Display for PlannedTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Day(day) => day.fmt(formatter),
            Self::Instant(instant) => formatter.write_str(&format_instant(*instant)),
        }
    }
}
