//! Replacing a holiday list.

use crate::domain::calendar::HolidayList;
use crate::error::Error;
use crate::store::files::FileChange;
use crate::store::holidays;

use super::commit_message;
use crate::desk::{Desk, Outcome, WriteOptions};

impl Desk {
    /// What becomes of the desk when a list takes its place.
    pub(crate) fn plan_holiday_list(
        &self,
        name: &str,
        list: &HolidayList,
        terms: &WriteOptions,
    ) -> Result<Outcome, Error> {
        let (before, after) = (self.policy().list_text(name)?, holidays::to_toml(list));
        let mut report = Outcome::default();
        if before.as_ref() == Some(&after) {
            return Ok(report);
        }
        report.changes.push(FileChange { path: holidays::path(name), before, after });
        if self.commits(terms)? {
            report.message = Some(commit_message::for_holiday_list(name, list, self.on_behalf_of(terms)?.as_deref()));
        }
        Ok(report)
    }
}
