//! Changing the files of the policy: settings in casebook.toml, and holiday lists.

use crate::desk::Desk;
use crate::desk::check::saved_queries;
use crate::domain::calendar::HolidayList;
use crate::domain::time::zone::Zone;
use crate::error::Error;
use crate::store::config::Settings;
use crate::store::config::edit::{self, SettingChange};
use crate::store::files::FileChange;
use crate::store::{holidays, layout};

use super::commit_message;
use super::options::WriteOptions;
use super::outcome::Outcome;

/// Returns the outcome of changing settings.
///
/// # Errors
/// casebook.toml cannot be read, or a change is not valid.
pub(crate) fn plan_settings(desk: &Desk, changes: &[SettingChange], options: &WriteOptions) -> Result<Outcome, Error> {
    let path = desk.root.join(layout::MARKER);
    let before = std::fs::read_to_string(&path).map_err(Error::io(&path, "read"))?;
    let names: Vec<String> = changes.iter().map(|change| edit::join_path(change.path())).collect();
    let after = edit::apply(&before, changes).map_err(|reason| {
        Error::usage(
            format!("cannot change {}: {reason}", names.join(", ")),
            "`casebook config list` shows the settings",
        )
    })?;
    check_result(&before, &after, options).map_err(|reason| {
        let message = format!("cannot change {}: {reason}", names.join(", "));
        Error::usage(message, "`casebook config list` shows the settings, `casebook team list` the team")
    })?;
    if before == after {
        return Ok(Outcome::default());
    }
    let message = options.message(desk, commit_message::for_settings(changes))?;
    let changes = vec![FileChange { path: layout::MARKER.to_owned(), before: Some(before), after }];
    Ok(Outcome { changes, message, ..Outcome::default() })
}

/// Checks what the settings need beside each value by itself: a time zone, valid saved queries, and an agent who can make
/// the next change.
///
/// # Errors
/// A sentence that says what is missing.
fn check_result(before: &str, text: &str, options: &WriteOptions) -> Result<(), String> {
    let settings = Settings::of(text);
    let Ok(config) = settings.config() else { return Ok(()) };
    Zone::named(&config.time_zone).map_err(|_| format!("`{}` is not a time zone", config.time_zone))?;
    if !config.team.has_agent(&options.actor) {
        return Err(format!("{} would no longer be an agent, and only agents change settings", options.actor));
    }
    match saved_queries::errors(&settings).into_iter().next_back() {
        Some(error) if saved_queries::errors(&Settings::of(before)).is_empty() => Err(error.message),
        _ => Ok(()),
    }
}

/// Returns the outcome of adding a holiday list, or replacing the one of the same name.
///
/// # Errors
/// The list that is there cannot be read, or git cannot be asked.
pub(crate) fn plan_holiday_list(
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
