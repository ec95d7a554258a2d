//! `macro`: applies a macro of the desk, a reply with a name and the actions that go with it.

use std::cell::RefCell;

use clap::Args;
use serde_json::json;

use crate::cli::args::{ConditionFlags, TextFlags, WriteFlags};
use crate::cli::error::CliError;
use crate::cli::report::ticket::ticket_record;
use crate::cli::run_write::ResultStyle;
use crate::cli::session::Session;
use crate::desk::{ActionRequest, Command, Desk, TicketCommand};
use crate::domain::id::Id;
use crate::domain::suggestion;
use crate::domain::template::TemplateError;
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::macros::{Macro, MacroStep, MacroTexts, language_of, text_in, text_step};
use crate::error::Error;
use crate::store::config::Settings;
use crate::view;
use crate::view::macro_template;
use crate::view::sanitize::one_line;

/// Apply a macro of the desk: a reply with a name, and actions.
///
/// Macros are defined in casebook.toml under [macros.NAME]: a `text` (one, or one per language; a template over the
/// fields of `show --json`, and `agent`), and `actions` with the names of entries, each with a `text` of its own if it
/// needs one. A macro is one command and one commit; -n shows it first. Without a name, the macros of the desk are
/// listed; on a terminal, `macro TICKET` asks for the macro. Only agents can apply macros.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook macro\n  casebook macro ask_release 7S1W1X -n\n  casebook macro ask_release 7S1W1X"
)]
pub struct MacroArgs {
    /// The macro
    #[arg(value_name = "MACRO", requires = "ticket")]
    name: Option<String>,
    /// The ticket
    #[arg(value_name = "TICKET")]
    ticket: Option<String>,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl MacroArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let desk = session.desk()?;
        if session.actor()?.is_some_and(|person| !desk.config().team.has_agent(person)) {
            return Err(CliError::agents_only("`macro` here"));
        }
        let macros = desk.policy().settings(Settings::macros)?;
        let (Some(name), Some(ticket)) = (&self.name, &self.ticket) else {
            return list(session, macros, self.write.json.is_some());
        };
        let applied = macros.iter().find(|other| other.name == *name).ok_or_else(|| unknown_macro(name, macros))?;
        let actor = session.actor()?.cloned().ok_or(Error::NoIdentity)?;
        let id = session.find(&session.view(&desk)?, ticket)?;
        let zone = session.zone(&desk)?;
        let steps = applied.steps_for(&actor, session.environment.now, zone).map_err(|(index, error)| {
            let message = format!("the macro `{name}`, action {}: {error}", index + 1);
            Error::usage(message, "correct it under [macros] in casebook.toml")
        })?;
        let input = self.text.optional()?;
        let values = TemplateValues {
            session,
            desk: &desk,
            ticket: session.view(&desk)?.ticket(id)?,
            name,
            agent: actor.as_str(),
            last_note: RefCell::default(),
        };
        let texts = values.texts(applied, &steps, input.text.as_ref())?;
        let mut requests: Vec<ActionRequest> = steps.into_iter().map(|step| request_of(id, step)).collect();
        if let Some(first) = requests.first_mut() {
            *first = self.conditions.on(first.clone());
        }
        let command = |requests| Command::Ticket(TicketCommand::Requests(with_texts_and_keys(requests, texts)));
        session.run_write(desk, requests, command, &self.write, input, &ResultStyle::One)
    }
}

/// Returns the request for a step of a macro on a ticket, still without its text.
fn request_of(id: Id, step: MacroStep) -> ActionRequest {
    ActionRequest { keep_open: step.keep_open, ..ActionRequest::on(id, step.action, None) }
}

/// Gives each request its text, and a key of its own, so that a retry of the command finds all of them.
fn with_texts_and_keys(mut requests: Vec<ActionRequest>, texts: Vec<Option<Text>>) -> Vec<ActionRequest> {
    for (index, (request, text)) in requests.iter_mut().zip(texts).enumerate() {
        request.text = text;
        if let Some(key) = request.key.as_mut().filter(|_| index > 0) {
            key.push_str(&format!(" {}", index + 1));
        }
    }
    requests
}

/// The values that fill in the templates of a macro.
struct TemplateValues<'a> {
    session: &'a Session,
    desk: &'a Desk,
    ticket: Ticket,
    name: &'a str,
    agent: &'a str,
    /// The last note that was printed; the same note is not printed again.
    last_note: RefCell<String>,
}

impl TemplateValues<'_> {
    /// Returns the text of each step: the text given with the command replaces that of the macro; else its own.
    ///
    /// # Errors
    /// A template cannot be filled in, or a step that needs a text has none.
    fn texts(&self, applied: &Macro, steps: &[MacroStep], given: Option<&Text>) -> Result<Vec<Option<Text>>, CliError> {
        let speaker = text_step(steps);
        let text_of = |(index, step): (usize, &MacroStep)| {
            let text = match given.filter(|_| index == speaker) {
                Some(given) => Some(given.clone()),
                None if step.texts.is_empty() && index == speaker => self.fill(&applied.texts)?,
                None => self.fill(&step.texts)?,
            };
            match text {
                None if step.needs_text() => Err(self.missing_text(step)),
                text => Ok(text),
            }
        };
        steps.iter().enumerate().map(text_of).collect()
    }

    /// Returns the error for the step that takes the text of the command, if there is none. `casebook check` finds
    /// other steps without a text in casebook.toml.
    fn missing_text(&self, step: &MacroStep) -> CliError {
        let name = self.name;
        let message = format!("`{}` needs a text, and the macro `{name}` has none for it", step.action.as_str());
        CliError::new("text.missing", message)
            .hint(format!("give it with -m TEXT, -F FILE or -F -, or as `text` under [macros.{name}] in casebook.toml"))
    }

    /// Fills in the template for the ticket, in the language of the ticket if there is one in it. Returns none if there
    /// is no template.
    fn fill(&self, texts: &MacroTexts) -> Result<Option<Text>, CliError> {
        let languages = self.desk.policy().languages_of(&self.ticket.header);
        let Some((language, source)) = text_in(texts, languages.iter().map(String::as_str)) else { return Ok(None) };
        if let Some(ticket_language) = languages.first().map(|tag| language_of(tag))
            && !language.is_empty()
            && language != ticket_language
        {
            let note = format!(
                "note: the macro `{}` has no text in `{ticket_language}`; its text in `{language}` is used",
                self.name
            );
            if self.last_note.replace(note.clone()) != note {
                self.session.output.warn(&note);
            }
        }
        let view = self.session.view(self.desk)?;
        let clocks = self.session.clocks(&view, self.session.environment.now, true);
        let record = ticket_record(&view, &self.ticket, true, &clocks)?;
        let template_error = |error: TemplateError| {
            Error::usage(
                format!("the text of the macro `{}`: {error}", self.name),
                "correct it under [macros] in casebook.toml; `casebook show TICKET --json=` lists the fields",
            )
        };
        let custom_fields = &self.desk.policy().field_choices()?.fields;
        let filled = macro_template::fill(source, record, custom_fields, self.agent, self.session.environment.now);
        Ok(filled.map_err(template_error)?)
    }
}

/// Returns the error for a name that no macro has; its hint suggests a similar name, if there is one.
fn unknown_macro(name: &str, macros: &[Macro]) -> Error {
    let hint = suggestion::did_you_mean(name, macros.iter().map(|other| &other.name))
        .unwrap_or_else(|| "`casebook macro` lists them; [macros] in casebook.toml defines them".to_owned());
    Error::usage(format!("there is no macro `{name}`"), hint)
}

/// Prints the macros of the desk with their actions and what they are for.
fn list(session: &Session, macros: &[Macro], as_json: bool) -> Result<(), CliError> {
    let actions = |listed: &Macro| match listed.steps.as_slice() {
        [] => vec!["reply".to_owned()],
        steps => {
            let action = |step: &crate::domain::value::Fields| {
                step.iter().find(|(name, _)| name == "action").map(|(_, value)| view::labels::format_value(value))
            };
            steps.iter().filter_map(action).collect()
        }
    };
    let record = |listed: &Macro| json!({"name": listed.name, "about": listed.about, "languages": listed.texts.keys().filter(|language| !language.is_empty()).collect::<Vec<_>>(), "actions": actions(listed)});
    let line = |listed: &Macro| {
        let about = one_line(listed.about.as_deref().unwrap_or_default()).into_owned();
        format!("{}\t{}\t{about}\n", listed.name, actions(listed).join(","))
    };
    let output = &session.output;
    Ok(output.json_or_text(as_json, || macros.iter().map(record).collect(), || macros.iter().map(line).collect())?)
}
