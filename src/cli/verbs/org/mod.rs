//! `org`: customer organizations: their fields, plans, instances and people.

pub(super) mod key_values;
mod plan_impact;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::cli::Exit;
use crate::cli::args::value_parsers::word_of;
use crate::cli::args::{CommitFlags, key};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Command, DeskView, FileCommand, OrganizationCommand, Outcome};
use crate::domain::people::organization::{Member, Organization};
use crate::domain::people::organization_change::OrganizationChange;
use crate::domain::people::person::Person;
use crate::domain::query::NONE;
use crate::domain::text::clean_subject;
use crate::domain::vocabulary::OrganizationRole;
use crate::error::Error;
use crate::store::{layout, yaml};
use crate::view::organization::{render_table, render_tsv, to_json};
use crate::view::sanitize;

/// Manage customer organizations: their plans, instances and people.
///
/// Agents can see and change all of it. The administrators of an organization (`org_admin`) can see it, and grant and
/// revoke tech_support_editor and tech_support_viewer. For all other people, the organization does not exist.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook org new acme name='Acme Corporation' domains=acme.example plans=enhanced\n  casebook org person add acme ana@acme.example --role tech_support_editor\n  casebook org set acme instances.main.release=26.18"
)]
pub struct OrgArgs {
    #[command(subcommand)]
    subcommand: OrgSubcommand,
}

#[derive(Debug, Subcommand)]
enum OrgSubcommand {
    /// Create an organization
    New {
        /// The id by which tickets refer to it: lowercase letters, digits, - and _
        #[arg(value_name = "ORG")]
        organization: String,
        /// Fields, as for `org set`
        #[arg(value_name = "KEY=VALUE")]
        assignments: Vec<String>,
        #[command(flatten)]
        write: OrgWriteFlags,
    },
    /// Show an organization: its file in canonical format
    Show {
        /// The organization
        #[arg(value_name = "ORG")]
        organization: String,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// List organizations: id, name, the plan in force, the number of people, the administrators
    List {
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Set or clear fields of an organization: key=value, key=
    Set(OrgSetArgs),
    /// Add or remove people of an organization and their roles
    #[command(subcommand)]
    Person(OrgPersonSubcommand),
}

/// Set or clear fields of an organization: key=value, key=.
///
/// The fields are name, language, time_zone; domains (a,b), whose people belong to it without any role; plans
/// (NAME:FROM..UNTIL,… in which days may be left out); and instances.ID.edition (original, cloud_core),
/// instances.ID.hosting (vendor, customer), instances.ID.release, instances.ID.project_number. `instances.ID=` removes
/// the instance.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook org set acme plans=looker:..2026-08-01,enhanced:2026-08-01..\n  casebook org set acme instances.main.edition=original instances.main.project_number=123456789012"
)]
struct OrgSetArgs {
    /// The organization
    #[arg(value_name = "ORG")]
    organization: String,
    /// A field and its value; an empty value clears the field
    #[arg(value_name = "KEY=VALUE", required = true)]
    assignments: Vec<String>,
    #[command(flatten)]
    write: OrgWriteFlags,
}

#[derive(Debug, Subcommand)]
enum OrgPersonSubcommand {
    /// Add a person, or roles of a person
    Add {
        /// The organization
        #[arg(value_name = "ORG")]
        organization: String,
        /// The person's address
        #[arg(value_name = "WHO", value_parser = Person::from_address)]
        person: Person,
        /// A role to give the person; can be given several times
        #[arg(long, value_name = "ROLE", value_parser = word_of::<OrganizationRole>(OrganizationRole::WORDS))]
        role: Vec<OrganizationRole>,
        /// Another address of the person; can be given several times
        #[arg(long, value_name = "ADDRESS", value_parser = Person::from_address)]
        alias: Vec<Person>,
        /// The person's name
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        #[command(flatten)]
        write: OrgWriteFlags,
    },
    /// Remove roles of a person; without --role, remove the person
    Remove {
        /// The organization
        #[arg(value_name = "ORG")]
        organization: String,
        /// One of the person's addresses
        #[arg(value_name = "WHO", value_parser = Person::from_address)]
        person: Person,
        /// Remove only this role; can be given several times
        #[arg(long, value_name = "ROLE", value_parser = word_of::<OrganizationRole>(OrganizationRole::WORDS))]
        role: Vec<OrganizationRole>,
        #[command(flatten)]
        write: OrgWriteFlags,
    },
}

/// The flags of every subcommand that writes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
struct OrgWriteFlags {
    #[command(flatten)]
    end: CommitFlags,
    /// A retry with the same key returns the first result; setting a value again is never a change
    #[arg(long, value_name = "KEY", value_parser = key)]
    key: Option<String>,
    /// Print the organization as JSON
    #[arg(long)]
    json: bool,
}

impl OrgArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let (id, changes, is_new, write) = match self.subcommand {
            OrgSubcommand::Show { organization, json } => return show(session, &organization, json).map(Exit::from),
            OrgSubcommand::List { json } => return list(session, json),
            OrgSubcommand::New { organization, assignments, write } => {
                // Queries find tickets without an organization by `none`.
                if !Organization::is_id(&organization) || organization == NONE {
                    let message = format!("`{organization}` is not a valid id for an organization");
                    let hint = "it is the name of a file: up to 64 lowercase letters, digits, - and _, such as `acme`";
                    return Err(CliError::usage(message, hint));
                }
                (organization, key_values::parse(&assignments)?, true, write)
            }
            OrgSubcommand::Set(OrgSetArgs { organization, assignments, write }) => {
                (organization, key_values::parse(&assignments)?, false, write)
            }
            OrgSubcommand::Person(OrgPersonSubcommand::Add { organization, person, role, alias, name, write }) => {
                let mut member = Member::new(person);
                (member.aliases, member.name) = (alias, name.as_deref().and_then(clean_subject));
                for role in role {
                    if !member.roles.contains(&role) {
                        member.roles.push(role);
                    }
                }
                (organization, vec![OrganizationChange::AddPerson(member)], false, write)
            }
            OrgSubcommand::Person(OrgPersonSubcommand::Remove { organization, person, role, write }) => {
                (organization, vec![OrganizationChange::RemovePerson(person, role)], false, write)
            }
        };
        run_change(session, OrganizationCommand { id, is_new, changes }, &write).map(Exit::from)
    }
}

fn show(session: &Session, id: &str, as_json: bool) -> Result<(), CliError> {
    let desk = session.desk()?;
    let organization = session.view(&desk)?.organization(id)?;
    let file = || sanitize::lines(&yaml::print_organization(&organization)).into_owned();
    Ok(session.output.json_or_text(as_json, || to_json(&organization), file)?)
}

fn list(session: &Session, as_json: bool) -> Result<Exit, CliError> {
    let desk = session.desk()?;
    let (organizations, unreadable) = session.view(&desk)?.organizations()?;
    if as_json {
        session.output.json(&Value::Array(organizations.iter().map(to_json).collect()))?;
        return Ok(session.report_unreadable(&unreadable));
    }
    let today = session.zone(&desk)?.local(session.environment.now).date_naive();
    let text = match session.output.is_terminal {
        true => render_table(&organizations, today, &session.audience(&desk)?),
        false => render_tsv(&organizations, today),
    };
    session.output.print(&text)?;
    Ok(session.report_unreadable(&unreadable))
}

/// Creates or changes an organization, and prints the result.
fn run_change(session: &Session, command: OrganizationCommand, flags: &OrgWriteFlags) -> Result<(), CliError> {
    let mut desk = session.desk()?;
    let options = session.write_options(&flags.end)?;
    let id = command.id.clone();
    let before = session.view(&desk)?.organization(&id).ok();
    let retry = flags.key.as_ref().map(|_| OrganizationCommand { is_new: false, ..command.clone() });
    let mut outcome = desk.perform(Command::File(FileCommand::Organization(command)), &options);
    session.print_recovery(&desk);
    // With a key, an organization that exists as requested is the result of the first try.
    if let (Err(Error::OrganizationExists { .. }), Some(retry)) = (&outcome, retry)
        && !retry.would_change(&desk, &options)?
    {
        outcome = Ok(Outcome::default());
    }
    let outcome = outcome?;
    let view = session.view(&desk)?;
    if outcome.changes.is_empty() {
        session.output.warn("note: nothing to change");
    }
    if let Some(after) = organization_after(&outcome, &id) {
        plan_impact::print_impact(session, &view, before.as_ref(), &after);
    }
    print_result(session, &view, &outcome, &id, (flags.json, flags.end.dry_run), |organization| {
        let people = organization.people.len();
        format!("{id}  {people} {}", if people == 1 { "person" } else { "people" })
    })
}

/// Prints the result of a command that changed an organization: as JSON, as a plan in a dry run, or as a line.
pub(super) fn print_result(
    session: &Session,
    view: &DeskView<'_>,
    outcome: &Outcome,
    id: &str,
    (as_json, is_dry_run): (bool, bool),
    line: impl FnOnce(&Organization) -> String,
) -> Result<(), CliError> {
    if is_dry_run && !as_json {
        return Ok(session.print_plan(outcome)?);
    }
    let organization = organization_after(outcome, id).map_or_else(|| view.organization(id), Ok)?;
    match as_json {
        true => session.output.json(&to_json(&organization))?,
        false => session.output.status(&sanitize::one_line(&line(&organization)))?,
    }
    Ok(())
}

/// Returns an organization as a command left it, if the command changed it.
fn organization_after(outcome: &Outcome, id: &str) -> Option<Organization> {
    let change = outcome.changes.iter().find(|change| layout::organization_of(&change.path) == Some(id))?;
    yaml::read_organization(change.after.as_bytes(), id).ok()
}
