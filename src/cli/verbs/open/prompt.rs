//! What `open` asks on a terminal: everything that was not said by a flag. Arrow keys move, letters search.
//!
//! Nothing is assumed: what words of the subject hint at is where the choice begins, and no more.

use dialoguer::{FuzzySelect, Input};

use super::OpenArgs;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::desk::{Desk, precheck_opening};
use crate::domain::people::organization::Instance;
use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::ticket::custom_field::{CustomField, FieldKind};
use crate::domain::ticket::product_group::{ProductGroup, suggest_group};
use crate::domain::value::Value;
use crate::domain::vocabulary::Priority;
use crate::error::Error;
use crate::view::Audience;
use crate::view::sanitize::one_line;

/// What the choice of no group is called.
const NO_GROUP: &str = "none of these";

impl OpenArgs {
    /// Looks whether the ticket may be opened at all, and asks for the instance where there are several: before anybody
    /// types what is refused in the end.
    pub(super) fn settle(&mut self, casebook: &Desk, by: &Person) -> Result<(), CliError> {
        let instances = precheck_opening(casebook, &self.opening(casebook, by.clone(), String::new())?, by)?;
        if instances.is_empty() {
            return Ok(());
        }
        let items: Vec<String> = instances.iter().map(describe_instance).collect();
        let chosen = choose("Which instance is it about", &items, 0)?;
        self.instance = instances.get(chosen).map(|instance| instance.id.clone());
        precheck_opening(casebook, &self.opening(casebook, by.clone(), String::new())?, by)?;
        Ok(())
    }

    /// Asks for what was not said, where there is somebody to ask.
    pub(super) fn ask(&mut self, session: &Session, casebook: &Desk) -> Result<(), CliError> {
        if !session.can_ask() {
            return Err(Error::usage(
                "a subject is needed, and this is no terminal to ask for it",
                "say what it is about with -s SUBJECT; on a terminal `casebook open` asks",
            )
            .into());
        }
        let choices = casebook.policy().choices()?;
        let zone = session.zone(casebook)?;
        let audience = session.audience_of_ticket(casebook, &zone)?;
        let subject: String = Input::new()
            .with_prompt("What is it about, in one line")
            .validate_with(|words: &String| clean_subject(words).map(|_| ()).ok_or("a few words"))
            .interact_text()
            .map_err(unanswered)?;
        if self.group.is_none() && !choices.product_groups.is_empty() {
            self.group = ask_group(&choices.product_groups, &subject, &audience)?;
        }
        if self.priority.is_none() {
            self.priority = Some(ask_priority(casebook.config().default_priority, &audience)?);
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

/// An instance, and what is on file about it.
fn describe_instance(instance: &Instance) -> String {
    let release = instance.release.as_ref().map(|release| format!("release {release}"));
    let edition = instance.edition.map(|edition| edition.as_str().replace('_', " "));
    let hosting = instance.hosting.map(|hosting| format!("hosted by the {}", hosting.as_str()));
    let facts: Vec<String> = release.into_iter().chain(edition).chain(hosting).collect();
    let told = if facts.is_empty() { instance.id.clone() } else { format!("{}: {}", instance.id, facts.join(", ")) };
    one_line(&told).into_owned()
}

/// The product group; where the subject hints at one, the choice begins there.
fn ask_group(groups: &[ProductGroup], subject: &str, audience: &Audience<'_>) -> Result<Option<String>, CliError> {
    let hinted = suggest_group(groups, subject).and_then(|group| groups.iter().position(|known| known == group));
    let mut items: Vec<String> = groups.iter().map(|group| describe(group, audience)).collect();
    items.push(NO_GROUP.to_owned());
    let chosen = choose("Product group", &items, hinted.unwrap_or(groups.len()))?;
    Ok(groups.get(chosen).map(|group| group.name.clone()))
}

fn describe(group: &ProductGroup, audience: &Audience<'_>) -> String {
    let label = group.label.as_deref().unwrap_or_else(|| audience.product_group(&group.name));
    let examples =
        group.examples_in(audience.language.code()).map(|examples| format!(": {examples}")).unwrap_or_default();
    one_line(&format!("{label}{examples}")).into_owned()
}

/// The priority, with what each means (seeds 002 to 004).
fn ask_priority(default: Priority, audience: &Audience<'_>) -> Result<Priority, CliError> {
    let catalog = audience.catalog();
    let label =
        |priority: &Priority| format!("{}: {}", catalog.priorities.of(*priority), catalog.impacts.of(*priority));
    let items: Vec<String> = Priority::ALL.iter().map(label).collect();
    let chosen = choose("Priority: the impact as it is now", &items, default as usize)?;
    Ok(Priority::ALL.get(chosen).copied().unwrap_or(default))
}

/// The value of one of the desk's own fields; nothing where it may be left out, and was.
fn ask_field(field: &CustomField) -> Result<Option<String>, CliError> {
    let label = field.label.as_deref().unwrap_or(&field.name);
    if let FieldKind::Enum(words) = &field.kind {
        let mut items = words.clone();
        if !field.is_required {
            items.push("leave it out".to_owned());
        }
        return Ok(words.get(choose(label, &items, items.len() - 1)?).cloned());
    }
    let is_answer = |words: &String| {
        if words.trim().is_empty() && !field.is_required {
            return Ok(());
        }
        field.coerce(&Value::from(words.as_str())).map(|_| ()).map_err(|unfit| unfit.to_string())
    };
    let prompt = format!("{label} ({})", field.kind.as_str());
    let words: String = Input::new()
        .with_prompt(prompt)
        .allow_empty(!field.is_required)
        .validate_with(is_answer)
        .interact_text()
        .map_err(unanswered)?;
    Ok(clean_subject(&words))
}

fn choose(prompt: &str, items: &[String], begins: usize) -> Result<usize, CliError> {
    FuzzySelect::new().with_prompt(prompt).items(items).default(begins).interact().map_err(unanswered)
}

fn unanswered(_: dialoguer::Error) -> CliError {
    Error::usage("not everything was answered, so nothing is done", "`casebook open --help` shows the flags").into()
}
