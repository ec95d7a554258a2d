//! `team`: the agents and managers of the desk.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::config::{ChangeFlags, change, refuse_customers};
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::Desk;
use crate::domain::people::person::Person;
use crate::store::config::edit::SettingChange;
use crate::store::config::{Settings, quoted};
use crate::view::table::{Cell, Table};

/// Show and change the support team.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook team add jonas@desk.example --name \"Jonas Weber\" --language de --language fr\n  casebook team add mori@desk.example --manager\n  casebook team remove jonas@desk.example\n  casebook team list"
)]
pub struct TeamArgs {
    #[command(subcommand)]
    subcommand: TeamSubcommand,
}

#[derive(Debug, Subcommand)]
enum TeamSubcommand {
    Add(TeamAddArgs),
    /// Remove a person from the team.
    Remove {
        /// The person's address
        #[arg(value_name = "ADDRESS", value_parser = Person::from_address)]
        person: Person,
        #[command(flatten)]
        end: ChangeFlags,
    },
    /// List the team.
    List {
        /// Print an array of people as JSON
        #[arg(long)]
        json: bool,
    },
}

/// Add a person to the team.
#[derive(Debug, Args)]
struct TeamAddArgs {
    /// The person's address
    #[arg(value_name = "ADDRESS", value_parser = Person::from_address)]
    person: Person,
    /// As a manager, who can also de-escalate
    #[arg(long)]
    manager: bool,
    /// The person's name, which is shown in place of the address
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A language that the person writes
    #[arg(long = "language", value_name = "LANG", value_parser = crate::cli::args::value_parsers::language_tag)]
    languages: Vec<String>,
    #[command(flatten)]
    end: ChangeFlags,
}

impl TeamArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let desk = session.desk()?;
        match self.subcommand {
            TeamSubcommand::Add(add) => add.run(session, desk),
            TeamSubcommand::Remove { person, end } => remove(session, desk, &person, &end),
            TeamSubcommand::List { json } => {
                refuse_customers(session, &desk, "list the team")?;
                list(session, &desk, json)
            }
        }
    }
}

/// Returns the path of a setting of `[team]`.
fn path(names: &[&str]) -> Vec<String> {
    std::iter::once("team").chain(names.iter().copied()).map(str::to_owned).collect()
}

impl TeamAddArgs {
    fn run(self, session: &Session, desk: Desk) -> Result<(), CliError> {
        let (group, text) = (if self.manager { "managers" } else { "agents" }, self.person.to_string());
        let mut changes = vec![SettingChange::Add { path: path(&[group]), text: text.clone() }];
        if let Some(name) = self.name {
            changes.push(SettingChange::Set { path: path(&["people", &text, "name"]), value: quoted(&name) });
        }
        if !self.languages.is_empty() {
            // Only agents have settings of their own.
            changes.insert(0, SettingChange::Add { path: path(&["agents"]), text: text.clone() });
            changes.extend(
                self.languages
                    .into_iter()
                    .map(|language| SettingChange::Add { path: path(&["people", &text, "languages"]), text: language }),
            );
        }
        change(session, desk, changes, &self.end)
    }
}

fn remove(session: &Session, desk: Desk, person: &Person, end: &ChangeFlags) -> Result<(), CliError> {
    let team = &desk.config().team;
    let actor = session.write_options(&end.end)?.actor;
    if !team.has_agent(&actor) {
        return Err(CliError::agents_only(&format!("change settings, and {actor} is not an agent")));
    }
    if !team.has_agent(person) {
        let message = format!("{person} is not in the team");
        return Err(CliError::new("person.not_found", message).hint("`casebook team list` shows the team"));
    }
    let text = person.to_string();
    let mut changes = Vec::new();
    for (people, group) in [(&team.agents, "agents"), (&team.managers, "managers")] {
        if person.is_in(people) {
            changes.push(SettingChange::Remove { path: path(&[group]), text: text.clone() });
        }
    }
    let settings = desk.policy().settings(|settings| Ok(settings.text()))?;
    let written = crate::store::config::edit::list(settings).unwrap_or_default();
    let below = format!("{}.", crate::store::config::edit::join_path(&path(&["people", &text])));
    if written.iter().any(|setting| setting.line.is_some() && setting.name.starts_with(&below)) {
        // Settings of a person who is no agent are not valid, so they go first.
        changes.insert(0, SettingChange::Unset { path: path(&["people", &text]) });
    }
    change(session, desk, changes, end)?;
    if end.json {
        return Ok(());
    }
    session
        .output
        .status(&format!("`casebook list assignee:{text}` lists the tickets that are still assigned to them"))?;
    Ok(())
}

fn list(session: &Session, desk: &Desk, as_json: bool) -> Result<(), CliError> {
    let team = &desk.config().team;
    let assignment = desk.policy().settings(Settings::assignment)?;
    let managers = team.managers.iter().filter(|person| !person.is_in(&team.agents));
    let people: Vec<&Person> = team.agents.iter().chain(managers).collect();
    let languages = |person: &Person| {
        let found = assignment.candidates.iter().find(|candidate| candidate.person.same_address(person));
        found.map(|candidate| candidate.languages.clone()).unwrap_or_default()
    };
    let name = |person: &Person| {
        let found = assignment.names.iter().find(|(other, _)| other.same_address(person));
        found.map(|(_, name)| name.as_str())
    };
    let role = |person: &Person| if team.has_manager(person) { "manager" } else { "agent" };
    if as_json {
        let of = |person: &&Person| json!({"email": person.as_str(), "name": name(person), "role": role(person), "languages": languages(person)});
        return Ok(session.output.json(&Value::Array(people.iter().map(of).collect()))?);
    }
    let mut table = Table::with_header(&["person", "name", "role", "languages"]);
    for person in people {
        let languages = languages(person).join(", ");
        table.push(vec![
            Cell::plain(person.as_str()),
            Cell::plain(name(person).unwrap_or("")),
            Cell::plain(role(person)),
            Cell::plain(&languages),
        ]);
    }
    let audience = session.audience(desk)?;
    Ok(session.output.print(&audience.render(&table))?)
}
