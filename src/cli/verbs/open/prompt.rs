//! The questions of `open` on a terminal, for everything that no flag gives. Arrow keys move, letters search.
//!
//! A product group that the subject suggests is only preselected, never assumed.

use super::OpenArgs;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::who::Who;
use crate::cli::terminal::question::{Answer, ask_text, choose, choose_or_type};
use crate::desk::{Desk, precheck_opening};
use crate::domain::people::organization::Instance;
use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::ticket::custom_field::{CustomField, FieldKind};
use crate::domain::ticket::product_group::{ProductGroup, suggest_group};
use crate::domain::value::Value;
use crate::domain::vocabulary::Priority;
use crate::store::config::Settings;
use crate::view::Audience;
use crate::view::sanitize::{lines as sanitize_lines, one_line};

/// The choice of no product group.
const NO_GROUP: &str = "none of these";

impl OpenArgs {
    /// Checks that the ticket may be opened, and asks for the instance if the organization has several. It runs first, so
    /// that no text is typed for a ticket that is refused.
    pub(super) fn check_eligibility(&mut self, session: &Session, desk: &Desk, actor: &Person) -> Result<(), CliError> {
        let instances = precheck_opening(desk, &self.fields(session, desk, actor.clone(), String::new())?, actor)?;
        if instances.is_empty() {
            return Ok(());
        }
        let items: Vec<String> = instances.iter().map(describe_instance).collect();
        let index = choose("The instance it is about", &items, 0)?;
        self.instance = instances.get(index).map(|instance| instance.id.clone());
        precheck_opening(desk, &self.fields(session, desk, actor.clone(), String::new())?, actor)?;
        Ok(())
    }

    /// Asks an agent for whom the ticket is: a person whom the desk knows, or another.
    pub(super) fn ask_requester(&mut self, session: &Session, desk: &Desk, actor: &Person) -> Result<(), CliError> {
        let customers = session.view(desk)?.customers()?;
        let mut items: Vec<String> = customers.iter().map(|known| one_line(&known.to_string()).into_owned()).collect();
        items.insert(0, format!("{actor} (you)"));
        loop {
            let who = match choose_or_type("The requester", &items, 0)? {
                Answer::Choice(0) => Ok(Who::Address(actor.clone())),
                Answer::Choice(index) => Ok(Who::Address(customers[index - 1].person.clone())),
                Answer::Text(text) => Who::parse(&text),
            };
            match who.map_err(|message| CliError::usage(message, "")).and_then(|who| session.person(desk, &who)) {
                Ok(person) => {
                    self.requester = Some(Who::Address(person));
                    return Ok(());
                }
                Err(error) => session.output.error_line(&sanitize_lines(&error.message)),
            }
        }
    }

    /// Asks for everything that no flag gives.
    ///
    /// # Errors
    /// There is no terminal to ask on.
    pub(super) fn ask(&mut self, session: &Session, desk: &Desk) -> Result<(), CliError> {
        if !session.can_ask() {
            return Err(CliError::usage(
                "a subject is needed, and there is no terminal to ask for it",
                "give a subject with -s SUBJECT; on a terminal `casebook open` asks for it",
            ));
        }
        let choices = desk.policy().field_choices()?;
        let audience = session.audience_of_ticket(desk)?;
        let is_subject = |text: &str| clean_subject(text).map(|_| ()).ok_or("the subject must not be empty".to_owned());
        let subject = ask_text("The subject, in one line", is_subject)?;
        if self.group.is_none() && !choices.product_groups.is_empty() {
            self.group = ask_group(&choices.product_groups, &subject, &audience)?;
        }
        if self.priority.is_none() {
            self.priority = Some(ask_priority(*desk.policy().settings(Settings::default_priority)?, &audience)?);
        }
        for field in &choices.fields {
            if !self.fields.iter().any(|(name, _)| *name == field.name)
                && let Some(value) = ask_field(field)?
            {
                self.fields.push((field.name.clone(), value));
            }
        }
        self.subject = Some(subject);
        Ok(())
    }
}

/// Formats an instance with its release, edition and hosting.
fn describe_instance(instance: &Instance) -> String {
    let release = instance.release.as_ref().map(|release| format!("release {release}"));
    let edition = instance.edition.map(|edition| edition.as_str().replace('_', " "));
    let hosting = instance.hosting.map(|hosting| format!("hosted by the {}", hosting.as_str()));
    let details: Vec<String> = release.into_iter().chain(edition).chain(hosting).collect();
    let description =
        if details.is_empty() { instance.id.clone() } else { format!("{}: {}", instance.id, details.join(", ")) };
    one_line(&description).into_owned()
}

/// Asks for the product group; a group that the subject suggests is preselected.
fn ask_group(groups: &[ProductGroup], subject: &str, audience: &Audience<'_>) -> Result<Option<String>, CliError> {
    let suggestion = suggest_group(groups, subject).and_then(|group| groups.iter().position(|other| other == group));
    let mut items: Vec<String> = groups.iter().map(|group| describe_group(group, audience)).collect();
    items.push(NO_GROUP.to_owned());
    let index = choose("Product group", &items, suggestion.unwrap_or(groups.len()))?;
    Ok(groups.get(index).map(|group| group.name.clone()))
}

/// Formats a product group with its examples.
fn describe_group(group: &ProductGroup, audience: &Audience<'_>) -> String {
    let label = group.label.as_deref().unwrap_or_else(|| audience.product_group(&group.name));
    let examples =
        group.examples_in(audience.language.code()).map(|examples| format!(": {examples}")).unwrap_or_default();
    one_line(&format!("{label}{examples}")).into_owned()
}

/// Asks for the priority, with the impact that each one states (docs/seeds.md).
pub(in crate::cli::verbs) fn ask_priority(default: Priority, audience: &Audience<'_>) -> Result<Priority, CliError> {
    let labels = audience.catalog();
    let label = |priority: &Priority| format!("{}: {}", labels.priorities.of(*priority), labels.impacts.of(*priority));
    let items: Vec<String> = Priority::ALL.iter().map(label).collect();
    let index = choose("Priority: the impact as it is now", &items, default as usize)?;
    Ok(Priority::ALL.get(index).copied().unwrap_or(default))
}

/// Asks for the value of a custom field. Returns none if it was left out.
fn ask_field(field: &CustomField) -> Result<Option<String>, CliError> {
    let label = field.label.as_deref().unwrap_or(&field.name);
    if let FieldKind::Enum(values) = &field.kind {
        let mut items = values.clone();
        if !field.is_required {
            items.push("leave it out".to_owned());
        }
        return Ok(values.get(choose(label, &items, items.len() - 1)?).cloned());
    }
    let is_valid = |text: &str| {
        if text.trim().is_empty() && !field.is_required {
            return Ok(());
        }
        field.coerce(&Value::from(text)).map(|_| ()).map_err(|error| error.to_string())
    };
    Ok(clean_subject(&ask_text(&format!("{label} ({})", field.kind.as_str()), is_valid)?))
}
