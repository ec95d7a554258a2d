//! How an organisation's file changes: through the same door as tickets, with a commit of its own kind.

use crate::domain::people::organization::{Organization, PlanPeriod};
use crate::domain::people::organization_change::{ChangeNotAllowed, OrganizationChange, may_change};
use crate::domain::people::role::TicketRole;
use crate::domain::workflow::Refusal;
use crate::error::Error;
use crate::store::config::sla;
use crate::store::files::FileChange;
use crate::store::layout;
use crate::store::yaml;

use super::command::OrganizationCommand;
use super::commit_message;
use super::options::WriteOptions;
use super::outcome::Outcome;
use crate::desk::Desk;

impl OrganizationCommand {
    /// What was asked, in the words of the command line.
    fn action(&self) -> &'static str {
        match self.amendments.first() {
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

/// What the command makes of the organisation.
pub(crate) fn plan_change(
    desk: &Desk,
    amending: &OrganizationCommand,
    options: &WriteOptions,
) -> Result<Outcome, Error> {
    let path = layout::organization_path(&amending.id);
    let before = match amending.is_new {
        true => None,
        // Whose file somebody may not see, they do not learn that it is there.
        false => Some(desk.policy().organization(&amending.id, Some(&options.by))?),
    };
    let mut after = before.clone().unwrap_or_else(|| Organization::new(&amending.id));
    amending.amendments.iter().for_each(|amendment| after.apply(amendment));
    let memberships = desk.policy().memberships(&options.by)?;
    may_change(&desk.config.team, &options.by, &memberships, before.as_ref(), &after).map_err(|why| {
        let refusal = match why {
            ChangeNotAllowed::AgentsOnly => Refusal::NotAllowed { role: TicketRole::Outsider },
            ChangeNotAllowed::SupportRolesOnly => Refusal::SupportRolesOnly,
            ChangeNotAllowed::OtherDomain => Refusal::OwnPeopleOnly,
        };
        Error::Refused { ticket: None, action: amending.action().to_owned(), refusal }
    })?;
    let bytes = desk.policy().organization_bytes(&amending.id)?;
    if amending.is_new && bytes.is_some() {
        return Err(Error::OrganizationExists { id: amending.id.clone() });
    }
    let mut report = Outcome::default();
    if before.as_ref() == Some(&after) {
        return Ok(report);
    }
    let printed = match (&bytes, &before) {
        (Some(bytes), Some(before)) => yaml::reprint_organization(bytes, before, &after)
            .map_err(|damage| Error::Damaged { path: path.clone(), damage })?,
        _ => yaml::print_organization(&after),
    };
    let read = yaml::read_organization(printed.as_bytes(), &amending.id);
    if let Err(damage) = read {
        return Err(Error::Usage { message: damage.kind.to_string(), hint: Some("nothing was changed".to_owned()) });
    }
    refuse_unknown_plans(desk, before.as_ref(), &after)?;
    debug_assert_eq!(read.ok(), Some(after), "what is printed is read back as it was");
    let before = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    report.changes.push(FileChange { path, before, after: printed });
    if options.commits(desk)? {
        report.message = Some(commit_message::for_organization(amending, options.on_behalf_of(desk)?.as_deref()));
    }
    Ok(report)
}

/// A plan the desk does not have is misspelt. What is on file so already stays, as a plan of the past may.
fn refuse_unknown_plans(desk: &Desk, before: Option<&Organization>, after: &Organization) -> Result<(), Error> {
    let on_file = |period: &&PlanPeriod| before.is_some_and(|before| before.plans.contains(period));
    let mut new = after.plans.iter().filter(|period| !on_file(period)).peekable();
    if new.peek().is_none() {
        return Ok(());
    }
    let plans = desk.policy().settings(sla::read)?.plans;
    let known: Vec<&str> = plans.iter().map(|plan| plan.name.as_str()).collect();
    // A desk without plans promises nothing to anybody, whatever the word.
    match new.find(|period| !known.is_empty() && !known.contains(&period.plan.as_str())) {
        Some(period) => Err(unknown_plan(&period.plan, &known)),
        None => Ok(()),
    }
}

fn unknown_plan(given: &str, known: &[&str]) -> Error {
    let hint = match sla::nearest(given, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}; [plans] of casebook.toml has them", known.join(", ")),
    };
    Error::usage(format!("`{given}` is no plan of this desk"), hint)
}
