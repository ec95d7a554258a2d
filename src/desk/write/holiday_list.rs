//! Replacing a holiday list.

use crate::domain::calendar::HolidayList;
use crate::error::Error;
use crate::store::files::FileChange;
use crate::store::holidays;

use super::commit_message;
use super::options::WriteOptions;
use super::outcome::Outcome;
use crate::desk::Desk;

/// What becomes of the desk when a list takes its place.
pub(crate) fn plan_change(
    desk: &Desk,
    name: &str,
    list: &HolidayList,
    options: &WriteOptions,
) -> Result<Outcome, Error> {
    let (before, after) = (desk.policy().list_text(name)?, holidays::to_toml(list));
    let mut report = Outcome::default();
    if before.as_ref() == Some(&after) {
        return Ok(report);
    }
    report.changes.push(FileChange { path: holidays::path(name), before, after });
    if options.commits(desk)? {
        report.message = Some(commit_message::for_holiday_list(name, list, options.on_behalf_of(desk)?.as_deref()));
    }
    Ok(report)
}
