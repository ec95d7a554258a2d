//! Lists of holidays: dates, their names, and how far the list knows.
//!
//! Must not know how lists are written down.

use std::collections::BTreeMap;

use chrono::NaiveDate;

/// A list of holidays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolidayList {
    /// What it is a list of, for people.
    pub title: String,
    /// Where its dates come from.
    pub source: String,
    /// The first date it knows of.
    pub from: NaiveDate,
    /// The last date it knows of: what lies behind may be a holiday and not be listed.
    pub until: NaiveDate,
    /// The holidays and their names.
    pub days: BTreeMap<NaiveDate, String>,
}
