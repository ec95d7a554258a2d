//! Replacing a holiday list.

use crate::domain::calendar::HolidayList;
use crate::error::Error;
use crate::store::files::FileChange;
use crate::store::holidays;

use super::commit_message;
use super::options::WriteOptions;
use super::outcome::Outcome;
use crate::desk::Desk;

/// Returns the outcome of adding a holiday list, or replacing the one of the same name.
///
/// # Errors
/// The list that is there cannot be read, or git cannot be asked.
pub(crate) fn plan_change(
    desk: &Desk,
    name: &str,
    list: &HolidayList,
    options: &WriteOptions,
) -> Result<Outcome, Error> {
    let (before, after) = (desk.policy().holiday_list_text(name)?, holidays::to_toml(list));
    let mut outcome = Outcome::default();
    if before.as_ref() == Some(&after) {
        return Ok(outcome);
    }
    outcome.changes.push(FileChange { path: holidays::path(name), before, after });
    if options.commits(desk)? {
        outcome.message = Some(commit_message::for_holiday_list(name, list, options.on_behalf_of(desk)?.as_deref()));
    }
    Ok(outcome)
}
