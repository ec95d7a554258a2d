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
    if before.as_ref() == Some(&after) {
        return Ok(Outcome::default());
    }
    let message = options.message(desk, commit_message::for_holiday_list(name, list))?;
    let changes = vec![FileChange { path: holidays::path(name), before, after }];
    Ok(Outcome { changes, message, ..Outcome::default() })
}
