//! `config`: reads and changes the settings of the desk, and keeps the comments in casebook.toml.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::cli::args::CommitFlags;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Command, Desk, FileCommand};
use crate::domain::suggestion;
use crate::store::config::edit::{self, Setting, SettingChange};
use crate::view::sanitize::one_line;

/// Read and change the settings of the desk.
///
/// The settings are in casebook.toml. A setting is named as in TOML: git.commit, follow_up.S2.solve_after,
/// team.people."lea@desk.example".languages. Comments and layout of the file stay.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook config get git.commit\n  casebook config set follow_up.S2.solve_after 4d\n  casebook config set 'calendars.office.holidays' '[\"us\"]' -n\n  casebook config list --show-origin"
)]
pub struct ConfigArgs {
    #[command(subcommand)]
    subcommand: ConfigSubcommand,
}

#[derive(Debug, Subcommand)]
enum ConfigSubcommand {
    /// Print the value of a setting.
    Get {
        /// The setting
        #[arg(value_name = "SETTING")]
        name: String,
    },
    /// Change a setting.
    Set {
        /// The setting
        #[arg(value_name = "SETTING")]
        name: String,
        /// The value: a text, or TOML such as `true` or `["us", "gb"]`
        #[arg(value_name = "VALUE", allow_hyphen_values = true)]
        value: String,
        #[command(flatten)]
        end: ChangeFlags,
    },
    /// Take a setting out of casebook.toml, so that its default is in force.
    Unset {
        /// The setting
        #[arg(value_name = "SETTING")]
        name: String,
        #[command(flatten)]
        end: ChangeFlags,
    },
    /// Print all settings with their values.
    List {
        /// Print the place of each value: a line of casebook.toml, or `default`
        #[arg(long)]
        show_origin: bool,
        /// Print one object as JSON
        #[arg(long)]
        json: bool,
    },
}

/// The flags of every verb that changes settings.
#[derive(Debug, Args)]
pub(super) struct ChangeFlags {
    /// Print one object as JSON: the settings that were changed, with their values, and `changed`
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub end: CommitFlags,
}

impl ConfigArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let desk = session.desk()?;
        match self.subcommand {
            ConfigSubcommand::Get { name } => {
                refuse_customers(session, &desk, "read settings")?;
                get(session, &desk, &name)
            }
            ConfigSubcommand::Set { name, value, end } => {
                let path = path(&name)?;
                change(session, desk, vec![SettingChange::Set { path, value }], &end)
            }
            ConfigSubcommand::Unset { name, end } => {
                let path = path(&name)?;
                change(session, desk, vec![SettingChange::Unset { path }], &end)
            }
            ConfigSubcommand::List { show_origin, json } => {
                refuse_customers(session, &desk, "read settings")?;
                list(session, &desk, show_origin, json)
            }
        }
    }
}

/// Refuses a person whom the command names and who is not an agent: the settings contain internal texts.
pub(super) fn refuse_customers(session: &Session, desk: &Desk, attempt: &str) -> Result<(), CliError> {
    if session.view(desk)?.sees_everything() { Ok(()) } else { Err(CliError::agents_only(attempt)) }
}

/// Returns the names in the path of a setting.
fn path(name: &str) -> Result<Vec<String>, CliError> {
    edit::split_path(name).ok_or_else(|| {
        let message = format!("`{}` is not the name of a setting", one_line(name));
        CliError::usage(message, "a name is written as in TOML: team.people.\"lea@desk.example\".languages")
    })
}

/// Returns the settings of a desk.
fn settings(desk: &Desk) -> Result<Vec<Setting>, CliError> {
    let text = desk.policy().settings(|settings| Ok(settings.text()))?;
    edit::list(text).map_err(|message| CliError::new("config.invalid", message))
}

fn get(session: &Session, desk: &Desk, name: &str) -> Result<(), CliError> {
    let wanted = edit::join_path(&path(name)?);
    let settings = settings(desk)?;
    let below = format!("{wanted}.");
    let found = |setting: &&Setting| setting.name == wanted || setting.name.starts_with(&below);
    let found: Vec<&Setting> = settings.iter().filter(found).collect();
    match found.as_slice() {
        [] => {
            let names: Vec<&str> = settings.iter().map(|setting| setting.name.as_str()).collect();
            let hint = suggestion::did_you_mean(&wanted, &names);
            let hint = hint.unwrap_or_else(|| "`casebook config list` shows the settings".to_owned());
            Err(CliError::new("setting.not_found", format!("`{wanted}` has no value")).hint(hint))
        }
        [setting] if setting.name == wanted => {
            let value = setting.text.as_ref().unwrap_or(&setting.value);
            Ok(session.output.print(&format!("{}\n", crate::view::sanitize::lines(value)))?)
        }
        several => Ok(session.output.print(&several.iter().map(|setting| line(setting)).collect::<String>())?),
    }
}

fn line(setting: &Setting) -> String {
    format!("{} = {}\n", one_line(&setting.name), one_line(&setting.value))
}

fn list(session: &Session, desk: &Desk, show_origin: bool, json: bool) -> Result<(), CliError> {
    let settings = settings(desk)?;
    if json {
        return Ok(session.output.json(&to_json(&settings))?);
    }
    let origin = |setting: &Setting| match setting.line {
        _ if !show_origin => String::new(),
        Some(line) => format!("casebook.toml:{line}\t"),
        None => "default\t".to_owned(),
    };
    let lines: String = settings.iter().map(|setting| origin(setting) + &line(setting)).collect();
    Ok(session.output.print(&lines)?)
}

/// Changes settings, and prints what was changed.
pub(super) fn change(
    session: &Session,
    mut desk: Desk,
    changes: Vec<SettingChange>,
    flags: &ChangeFlags,
) -> Result<(), CliError> {
    let options = session.write_options(&flags.end)?;
    if !desk.config().team.has_agent(&options.actor) {
        return Err(CliError::agents_only(&format!("change settings, and {} is not an agent", options.actor)));
    }
    let names: Vec<String> = changes.iter().map(|change| edit::join_path(change.path())).collect();
    let outcome = desk.perform(Command::File(FileCommand::Settings(changes)), &options)?;
    session.print_recovery(&desk);
    let text = outcome.changes.first().map_or("", |change| change.after.as_str());
    let mut changed = edit::list(text).unwrap_or_default();
    changed.retain(|setting| {
        names.iter().any(|name| setting.name == *name || setting.name.starts_with(&format!("{name}.")))
    });
    if flags.json {
        let settings = to_json(&changed);
        return Ok(session.output.json(&json!({"changed": !outcome.changes.is_empty(), "settings": settings}))?);
    }
    if flags.end.dry_run {
        session.print_plan(&outcome)?;
    } else if outcome.changes.is_empty() {
        session.output.status("casebook.toml says so already")?;
    } else if changed.is_empty() {
        session.output.status(&format!("{} is unset", names.join(", ")))?;
    } else {
        session.output.status(changed.iter().map(line).collect::<String>().trim_end())?;
    }
    Ok(())
}

/// Returns an object of settings: by name, the value as TOML and the line of the file.
fn to_json(settings: &[Setting]) -> Value {
    let of = |setting: &Setting| (setting.name.clone(), json!({"value": setting.value, "line": setting.line}));
    Value::Object(settings.iter().map(of).collect())
}
