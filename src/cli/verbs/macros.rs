//! `macro`: a named reply of the desk, and what is done with it.

use std::cell::RefCell;

use clap::Args;
use serde_json::{Map, Value, json};

use super::show;
use crate::cli::Exit;
use crate::cli::args::{ConditionFlags, TextFlags, WriteFlags};
use crate::cli::error::CliError;
use crate::cli::run_write::ResultStyle;
use crate::cli::session::Session;
use crate::desk::{ActionRequest, Command, Desk, TicketCommand, macro_finding};
use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::text::Text;
use crate::domain::ticket::Ticket;
use crate::domain::ticket::macros::{Macro, MacroStep, MacroTexts, language_of, text_in, text_step};
use crate::error::Error;
use crate::store::config::{fields, macros};
use crate::view;
use crate::view::Viewer;
use crate::view::macro_template;
use crate::view::sanitize::one_line;
use crate::view::template::TemplateError;

/// Apply a macro of the desk: a reply with a name, and what is done with it.
///
/// Macros stand in casebook.toml under [macros.NAME]: a `text` (one, or one per language; a template over the fields of
/// `show --json`, and `agent`), and `actions` with the names of entries, each with a `text` of its own where it needs
/// one. All is one command and one commit; -n shows it first. Without a name, the macros there are. For agents.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook macro\n  casebook macro ask_release 7S1W1X -n\n  casebook macro ask_release 7S1W1X"
)]
pub struct MacroArgs {
    /// The macro
    #[arg(value_name = "NAME", requires = "ticket")]
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
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        if session.viewer(&casebook)? == Viewer::Customer {
            return Err(agents_only());
        }
        let macros = casebook.policy().macros()?;
        let (Some(name), Some(word)) = (&self.name, &self.ticket) else {
            return list(session, &macros, self.write.json.is_some());
        };
        let known = macros.iter().find(|known| known.name == *name).ok_or_else(|| unknown(name, &macros))?;
        let by = session.actor()?.cloned().ok_or(Error::NoIdentity)?;
        let id = casebook.read().find(word, Some(&by))?;
        let zone = session.zone(&casebook)?;
        let deeds = known.steps_for(&by, session.world.now, &zone).map_err(|(place, flaw)| {
            let message = format!("the macro `{name}`, action {}: {flaw}", place + 1);
            Error::usage(message, "[macros] in casebook.toml defines it")
        })?;
        let typed = self.text.optional()?;
        let told = TemplateValues {
            session,
            casebook: &casebook,
            ticket: casebook.read().ticket(id)?,
            name,
            agent: by.as_str(),
            noted: RefCell::default(),
        };
        let texts = told.texts(known, &deeds, typed.text.as_ref())?;
        let mut steps: Vec<ActionRequest> = deeds.into_iter().map(|deed| step(id, deed)).collect();
        if let Some(first) = steps.first_mut() {
            *first = self.conditions.on(first.clone());
        }
        let work = |steps| Command::Ticket(TicketCommand::Requests(split_argument(steps, texts)));
        session.run_write_in(casebook, steps, work, &self.write, typed, &ResultStyle::One)
    }
}

fn agents_only() -> CliError {
    CliError::new(Exit::NotAllowed, "person.not_allowed", "only an agent may `macro` here")
        .hint("[team] in casebook.toml says who is what")
}

fn step(id: crate::domain::id::Id, deed: MacroStep) -> ActionRequest {
    ActionRequest { keep_open: deed.keep_open, ..ActionRequest::on(id, deed.action, None) }
}

/// The steps of one command on one ticket, each with its words, and with a key of its own, so that a retry finds them
/// all.
fn split_argument(mut steps: Vec<ActionRequest>, texts: Vec<Option<Text>>) -> Vec<ActionRequest> {
    for (place, (step, text)) in steps.iter_mut().zip(texts).enumerate() {
        step.text = text;
        if let Some(key) = step.key.as_mut().filter(|_| place > 0) {
            key.push_str(&format!(" {}", place + 1));
        }
    }
    steps
}

/// What the texts of a macro are filled in with.
struct TemplateValues<'a> {
    session: &'a Session,
    casebook: &'a Desk,
    ticket: Ticket,
    name: &'a str,
    agent: &'a str,
    /// What was said last beside the result; said once.
    noted: RefCell<String>,
}

impl TemplateValues<'_> {
    /// The words of each action: those given with the command in the place of the macro's, else its own.
    ///
    /// # Errors
    /// A text cannot be filled in, or an action that needs words has none.
    fn texts(&self, known: &Macro, deeds: &[MacroStep], typed: Option<&Text>) -> Result<Vec<Option<Text>>, CliError> {
        let speaker = text_step(deeds);
        let of = |(place, deed): (usize, &MacroStep)| {
            let text = match typed.filter(|_| place == speaker) {
                Some(typed) => Some(typed.clone()),
                None if deed.texts.is_empty() && place == speaker => self.filled(&known.texts)?,
                None => self.filled(&deed.texts)?,
            };
            match text {
                None if deed.needs_text() => Err(self.wordless(deed)),
                text => Ok(text),
            }
        };
        deeds.iter().enumerate().map(of).collect()
    }

    /// Only where words could be given: check has looked after the others.
    fn wordless(&self, deed: &MacroStep) -> CliError {
        let name = self.name;
        let message = format!("`{}` needs words, and the macro `{name}` has none for it", deed.action.as_str());
        CliError::new(Exit::Usage, "text.missing", message)
            .hint(format!("give them with -m TEXT, -F FILE or -F -, or as `text` of [macros.{name}] in casebook.toml"))
    }

    /// A text for the ticket, in its language where there is one; none where there is no text.
    fn filled(&self, texts: &MacroTexts) -> Result<Option<Text>, CliError> {
        let languages = self.casebook.policy().languages_of(&self.ticket.header);
        let Some((language, source)) = text_in(texts, languages.iter().map(String::as_str)) else { return Ok(None) };
        if let Some(wanted) = languages.first().map(|tag| language_of(tag))
            && !language.is_empty()
            && language != wanted
        {
            let note =
                format!("note: the macro `{}` has no text in `{wanted}`; this is the one in `{language}`", self.name);
            if self.noted.replace(note.clone()) != note {
                self.session.output.warn(&note);
            }
        }
        let told = show::ticket_json(self.session, self.casebook, std::slice::from_ref(&self.ticket), None)?;
        let record = match told.into_iter().next() {
            Some(Value::Object(record)) => record,
            _ => Map::new(),
        };
        let flaw = |flaw: TemplateError| {
            Error::usage(
                format!("the text of the macro `{}`: {}", self.name, why(flaw)),
                "[macros] in casebook.toml has it; `casebook show TICKET --json=` lists the fields",
            )
        };
        let own = self.casebook.policy().choices()?.fields;
        Ok(macro_template::fill(source, record, &own, self.agent, self.session.world.now).map_err(flaw)?)
    }
}

fn why(flaw: TemplateError) -> String {
    match flaw {
        TemplateError::Field(unknown) => {
            let near = unknown.nearest.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            format!("there is no field `{}`{near}", unknown.name)
        }
        TemplateError::Language(why) => why,
    }
}

/// What is wrong with the texts of macros in the text of a casebook.toml, as applying one would find it. What is wrong
/// with `[macros]` itself is told by whoever reads it.
pub fn flaws(text: &str) -> Vec<Finding> {
    let (Ok(macros), Ok(choices)) = (macros::read(text), fields::read(text)) else { return Vec::new() };
    let mut findings = Vec::new();
    for known in &macros {
        let own = known.step_texts();
        for (language, source) in std::iter::once(&known.texts).chain(&own).flatten() {
            let Err(flaw) = macro_template::validate(source, &choices.fields) else { continue };
            let rule = match flaw {
                TemplateError::Field(_) => &rules::CONFIG_INVALID,
                TemplateError::Language(_) => &rules::MACRO_TEXT,
            };
            let of = if language.is_empty() { String::new() } else { format!(" ({language})") };
            let message = format!("the text{of} of the macro `{}`: {}", known.name, why(flaw));
            findings.push(macro_finding(text, &known.name, rule, message));
        }
    }
    findings
}

fn unknown(name: &str, macros: &[Macro]) -> Error {
    let near = macros.iter().map(|known| known.name.as_str());
    let near = near.max_by(|a, b| strsim::jaro(a, name).total_cmp(&strsim::jaro(b, name)));
    let hint = match near.filter(|near| strsim::jaro(near, name) > 0.7) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`casebook macro` lists them; [macros] in casebook.toml defines them".to_owned(),
    };
    Error::usage(format!("there is no macro `{name}`"), hint)
}

fn list(session: &Session, macros: &[Macro], as_json: bool) -> Result<Exit, CliError> {
    let actions = |known: &Macro| match known.steps.as_slice() {
        [] => vec!["reply".to_owned()],
        steps => steps.iter().filter_map(|step| step.iter().find(|(name, _)| name == "action")).map(word).collect(),
    };
    if as_json {
        let record = |known: &Macro| json!({"name": known.name, "about": known.about, "languages": known.texts.keys().filter(|language| !language.is_empty()).collect::<Vec<_>>(), "actions": actions(known)});
        session.output.json(&Value::Array(macros.iter().map(record).collect()))?;
        return Ok(Exit::Done);
    }
    let line = |known: &Macro| {
        let about = one_line(known.about.as_deref().unwrap_or_default()).into_owned();
        format!("{}\t{}\t{about}\n", known.name, actions(known).join(","))
    };
    session.output.print(&macros.iter().map(line).collect::<String>())?;
    Ok(Exit::Done)
}

fn word((_, value): &(String, crate::domain::value::Value)) -> String {
    view::labels::format_value(value)
}
