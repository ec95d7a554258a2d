//! Changing the file of an organization.

use crate::domain::people::organization::{Organization, PlanPeriod};
use crate::domain::people::organization_change::{ChangeNotAllowed, OrganizationChange, may_change};
use crate::domain::people::role::TicketRole;
use crate::domain::suggestion;
use crate::domain::workflow::Refusal;
use crate::error::Error;
use crate::store::config::Settings;
use crate::store::files::FileChange;
use crate::store::layout;
use crate::store::yaml;

use super::command::OrganizationCommand;
use super::commit_message;
use super::options::WriteOptions;
use super::outcome::Outcome;
use crate::desk::Desk;

impl OrganizationCommand {
    /// Returns the name of the command, as the command line has it.
    fn action(&self) -> &'static str {
        match self.changes.first() {
            _ if self.is_new => "org new",
            Some(OrganizationChange::AddPerson(_)) => "org person add",
            Some(OrganizationChange::RemovePerson(..)) => "org person remove",
            Some(OrganizationChange::Access(..)) => "access",
            _ => "org set",
        }
    }

    /// Returns whether the command would change anything.
    ///
    /// # Errors
    /// As for the command itself.
    pub fn would_change(&self, desk: &Desk, options: &WriteOptions) -> Result<bool, Error> {
        Ok(!plan_change(desk, self, options)?.changes.is_empty())
    }
}

/// Returns the outcome of making or changing an organization.
///
/// # Errors
/// The actor may not change it, it exists already or does not exist, or a file cannot be read.
pub(crate) fn plan_change(
    desk: &Desk,
    command: &OrganizationCommand,
    options: &WriteOptions,
) -> Result<Outcome, Error> {
    let path = layout::organization_path(&command.id);
    let before = match command.is_new {
        true => None,
        // An organization that the actor may not see is not found.
        false => Some(desk.as_seen_by(Some(&options.actor))?.organization(&command.id)?),
    };
    let mut after = before.clone().unwrap_or_else(|| Organization::new(&command.id));
    command.changes.iter().for_each(|change| after.apply(change));
    let memberships = desk.policy().memberships(&options.actor)?;
    may_change(&desk.config.team, &options.actor, &memberships, before.as_ref(), &after).map_err(|reason| {
        let refusal = match reason {
            ChangeNotAllowed::AgentsOnly => Refusal::NotAllowed { role: TicketRole::Outsider },
            ChangeNotAllowed::SupportRolesOnly => Refusal::SupportRolesOnly,
            ChangeNotAllowed::OtherDomain => Refusal::OwnPeopleOnly,
        };
        Error::refused(None, command.action(), refusal)
    })?;
    let bytes = desk.policy().organization_bytes(&command.id)?;
    if command.is_new && bytes.is_some() {
        return Err(Error::OrganizationExists { id: command.id.clone() });
    }
    if before.as_ref() == Some(&after) {
        return Ok(Outcome::default());
    }
    let printed = match (&bytes, &before) {
        (Some(bytes), Some(before)) => yaml::reprint_organization(bytes, before, &after)
            .map_err(|damage| Error::Damaged { path: path.clone(), damage })?,
        _ => yaml::print_organization(&after),
    };
    let read = yaml::read_organization(printed.as_bytes(), &command.id);
    if let Err(damage) = read {
        return Err(Error::Usage { message: damage.kind.to_string(), hint: Some("nothing was changed".to_owned()) });
    }
    refuse_unknown_plans(desk, before.as_ref(), &after)?;
    debug_assert_eq!(read.ok(), Some(after), "the printed file is read back unchanged");
    let before = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let changes = vec![FileChange { path, before, after: printed }];
    let message = options.message(desk, commit_message::for_organization(&[], command))?;
    Ok(Outcome { changes, message, ..Outcome::default() })
}

/// Refuses a new plan period whose plan the desk does not have. Periods that the file contains already may stay.
fn refuse_unknown_plans(desk: &Desk, before: Option<&Organization>, after: &Organization) -> Result<(), Error> {
    let is_old = |period: &&PlanPeriod| before.is_some_and(|before| before.plans.contains(period));
    let mut new = after.plans.iter().filter(|period| !is_old(period)).peekable();
    if new.peek().is_none() {
        return Ok(());
    }
    let names = desk.policy().settings(Settings::plans)?.names();
    // On a desk without plans the name has no effect.
    let unknown = new.find(|period| !names.is_empty() && !names.contains(&period.plan.as_str()));
    let Some(given) = unknown.map(|period| period.plan.as_str()) else { return Ok(()) };
    let hint = suggestion::did_you_mean(given, &names)
        .unwrap_or_else(|| format!("the plans are {}; [plans] in casebook.toml defines them", names.join(", ")));
    Err(Error::usage(format!("`{given}` is not a plan of this desk"), hint))
}
