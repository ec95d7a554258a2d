//! `org`: customer organisations, and who is what in them.

mod key_values;
mod plan_impact;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::cli::Exit;
use crate::cli::args::value_parsers::{address, word_of};
use crate::cli::args::{CommitFlags, key};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Command, FileCommand, OrganizationCommand, Outcome};
use crate::domain::people::organization::{Member, Organization};
use crate::domain::people::organization_change::OrganizationChange;
use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::vocabulary::OrganizationRole;
use crate::error::Error;
use crate::store::{layout, yaml};
use crate::view;
use crate::view::colors::ColorMode;

/// Customer organizations: their plans, instances and people.
///
/// Agents see and change all of it. An organization's administrator (`org_admin`) sees it, and grants and takes
/// tech_support_editor and tech_support_viewer. Nobody else learns that it is there.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook org new acme name='Acme Corporation' domains=acme.example plans=enhanced\n  casebook org person add acme ana@acme.example --role tech_support_editor\n  casebook org set acme instances.main.release=26.18"
)]
pub struct OrgArgs {
    #[command(subcommand)]
    deed: OrgSubcommand,
}

#[derive(Debug, Subcommand)]
enum OrgSubcommand {
    /// Make an organization
    New(OrgNewArgs),
    /// Show an organization: its file in the usual spelling
    Show(OrgShowArgs),
    /// List organizations: id, name, the plan in force, how many people, who administers them
    List(OrgListArgs),
    /// Set facts (key=value) or take them away (key=)
    Set(OrgSetArgs),
    /// Who is what in an organization
    Person(OrgPeopleArgs),
}

#[derive(Debug, Args)]
struct OrgNewArgs {
    /// The word tickets name it by: small letters, digits, - and _
    #[arg(value_name = "ORG")]
    organization: String,
    /// Facts, as `org set` takes them
    #[arg(value_name = "KEY=VALUE")]
    facts: Vec<String>,
    #[command(flatten)]
    write: OrgWriteFlags,
}

#[derive(Debug, Args)]
struct OrgShowArgs {
    /// The organization
    #[arg(value_name = "ORG")]
    organization: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct OrgListArgs {
    /// Print a JSON array
    #[arg(long)]
    json: bool,
}

/// Set facts (key=value) or take them away (key=).
///
/// Known are name, language, time_zone; domains (a,b), whose people belong to it without any role; plans
/// (NAME:FROM..UNTIL,… with days that may be left out); and instances.ID.edition (original, cloud_core),
/// instances.ID.hosting (vendor, customer), instances.ID.release, instances.ID.project_number; `instances.ID=` takes
/// the instance away.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook org set acme plans=looker:..2026-08-01,enhanced:2026-08-01..\n  casebook org set acme instances.main.edition=original instances.main.project_number=123456789012"
)]
struct OrgSetArgs {
    /// The organization
    #[arg(value_name = "ORG")]
    organization: String,
    /// A fact and its value; an empty value takes it away
    #[arg(value_name = "KEY=VALUE", required = true)]
    facts: Vec<String>,
    #[command(flatten)]
    write: OrgWriteFlags,
}

#[derive(Debug, Args)]
struct OrgPeopleArgs {
    #[command(subcommand)]
    deed: OrgPeopleSubcommand,
}

#[derive(Debug, Subcommand)]
enum OrgPeopleSubcommand {
    /// Somebody joins, or is more than before
    Add(OrgPeopleAddArgs),
    /// Somebody loses some roles; without --role they leave
    Remove(OrgPeopleRemoveArgs),
}

#[derive(Debug, Args)]
struct OrgPeopleAddArgs {
    /// The organization
    #[arg(value_name = "ORG")]
    organization: String,
    /// Their address
    #[arg(value_name = "WHO", value_parser = address)]
    person: Person,
    /// What they are there
    #[arg(long, value_name = "ROLE", value_parser = word_of::<OrganizationRole>(OrganizationRole::WORDS))]
    role: Vec<OrganizationRole>,
    /// Another address of theirs
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    alias: Vec<Person>,
    /// What they are called
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    write: OrgWriteFlags,
}

#[derive(Debug, Args)]
struct OrgPeopleRemoveArgs {
    /// The organization
    #[arg(value_name = "ORG")]
    organization: String,
    /// One of their addresses
    #[arg(value_name = "WHO", value_parser = address)]
    person: Person,
    /// Only this role
    #[arg(long, value_name = "ROLE", value_parser = word_of::<OrganizationRole>(OrganizationRole::WORDS))]
    role: Vec<OrganizationRole>,
    #[command(flatten)]
    write: OrgWriteFlags,
}

/// What every deed that writes can be told.
#[derive(Debug, Args)]
#[command(next_help_heading = "Writing")]
struct OrgWriteFlags {
    #[command(flatten)]
    end: CommitFlags,
    /// A retry with the same key returns the first result; what is so already is no change in any case
    #[arg(long, value_name = "KEY", value_parser = key)]
    key: Option<String>,
    /// Print the organization as JSON
    #[arg(long)]
    json: bool,
}

impl OrgArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        match self.deed {
            OrgSubcommand::New(new) => {
                if !Organization::is_id(&new.organization) {
                    let hint = "it names a file: up to 64 small letters, digits, - and _, such as `acme`";
                    return Err(
                        Error::usage(format!("`{}` is no name for an organization", new.organization), hint).into()
                    );
                }
                let amendments = key_values::read(&new.facts)?;
                amend(session, OrganizationCommand { id: new.organization, is_new: true, amendments }, &new.write)
            }
            OrgSubcommand::Show(show) => show.run(session),
            OrgSubcommand::List(list) => list.run(session),
            OrgSubcommand::Set(set) => {
                let amendments = key_values::read(&set.facts)?;
                amend(session, OrganizationCommand { id: set.organization, is_new: false, amendments }, &set.write)
            }
            OrgSubcommand::Person(OrgPeopleArgs { deed: OrgPeopleSubcommand::Add(add) }) => {
                let mut member = Member::new(add.person);
                (member.aliases, member.name) = (add.alias, add.name.as_deref().and_then(clean_subject));
                for role in add.role {
                    if !member.roles.contains(&role) {
                        member.roles.push(role);
                    }
                }
                let amendments = vec![OrganizationChange::AddPerson(member)];
                amend(session, OrganizationCommand { id: add.organization, is_new: false, amendments }, &add.write)
            }
            OrgSubcommand::Person(OrgPeopleArgs { deed: OrgPeopleSubcommand::Remove(remove) }) => {
                let amendments = vec![OrganizationChange::RemovePerson(remove.person, remove.role)];
                amend(
                    session,
                    OrganizationCommand { id: remove.organization, is_new: false, amendments },
                    &remove.write,
                )
            }
        }
    }
}

impl OrgShowArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let organization = casebook.policy().organization(&self.organization, session.actor()?)?;
        print_organization(session, &organization, self.json)?;
        Ok(Exit::Done)
    }
}

impl OrgListArgs {
    fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let (organizations, troubles) = casebook.policy().organizations(session.actor()?)?;
        if self.json {
            session.output.json(&Value::Array(organizations.iter().map(view::organization::to_json).collect()))?;
            return Ok(session.print_unreadable(&troubles));
        }
        let today = session.zone(&casebook)?.local(session.world.now).date_naive();
        let paint = ColorMode { is_colored: session.output.colour };
        let told = match session.output.is_terminal {
            true => view::organization::render_table(&organizations, today, paint, session.output.width()),
            false => view::organization::render_tsv(&organizations, today),
        };
        session.output.print(&told)?;
        Ok(session.print_unreadable(&troubles))
    }
}

/// Prints an organisation.
pub(super) fn print_organization(session: &Session, organization: &Organization, as_json: bool) -> Result<(), Error> {
    if as_json {
        return session.output.json(&view::organization::to_json(organization));
    }
    session.output.print(&view::sanitize::lines(&yaml::print_organization(organization)))
}

/// Changes an organisation, and tells what it is then.
fn amend(session: &Session, amending: OrganizationCommand, flags: &OrgWriteFlags) -> Result<Exit, CliError> {
    let mut casebook = session.casebook()?;
    let terms = session.write_options(&flags.end)?;
    let id = amending.id.clone();
    let before = casebook.policy().organization(&id, session.actor()?).ok();
    let again = flags.key.as_ref().map(|_| OrganizationCommand { is_new: false, ..amending.clone() });
    let mut report = casebook.perform(Command::File(FileCommand::Organization(amending)), &terms);
    session.print_recovery(&casebook);
    // An organisation that is there as it was asked for is what the first try made.
    if let (Err(Error::OrganizationExists { .. }), Some(again)) = (&report, again)
        && !again.would_change(&casebook, &terms)?
    {
        report = Ok(Outcome::default());
    }
    let report = report?;
    if report.changes.is_empty() {
        session.output.warn("note: nothing to change");
    }
    if let Some(after) = require_new(&report, &id) {
        plan_impact::print_impact(session, &casebook, before.as_ref(), &after);
    }
    if flags.end.dry_run && !flags.json {
        session.print_plan(&report)?;
        return Ok(Exit::Done);
    }
    let organization = match require_new(&report, &id) {
        Some(organization) => organization,
        None => casebook.policy().organization(&id, session.actor()?)?,
    };
    if flags.json {
        session.output.json(&view::organization::to_json(&organization))?;
    } else {
        let people = organization.people.len();
        let plural = if people == 1 { "person" } else { "people" };
        session.output.status(&view::sanitize::one_line(&format!("{id}  {people} {plural}")))?;
    }
    Ok(Exit::Done)
}

/// The organisation as a command leaves it.
pub(super) fn require_new(report: &Outcome, id: &str) -> Option<Organization> {
    let change = report.changes.iter().find(|change| layout::organization_of(&change.path) == Some(id))?;
    yaml::read_organization(change.after.as_bytes(), id).ok()
}
