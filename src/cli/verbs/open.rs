//! `open`: a ticket begins. On a terminal it asks for what was not said; [`prompt`] knows how.

mod prompt;

use std::path::PathBuf;

use clap::Args;

use crate::cli::Exit;
use crate::cli::args::attachment;
use crate::cli::args::value_parsers::{address, language_tag, priority};
use crate::cli::args::{TextFlags, WriteFlags};
use crate::cli::error::CliError;
use crate::cli::run_write::ResultStyle;
use crate::cli::session::Session;
use crate::desk::{ActionRequest, Desk, TicketRef};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::{Action, OpenFields, Override};
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::Priority;
use crate::error::Error;

/// Open a ticket.
///
/// Prints it; with -q its full id alone. Without -s, on a terminal, it asks: for the instance where the organization has
/// several, the subject, the product group, the priority, the desk's own fields, and for the text in the editor. Whether
/// the requester may ask for support is looked at before.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook open\n  casebook open -s \"Tiles time out\" -p S2 --requester ana@acme.example -m \"Since this morning.\"\n  id=$(casebook open -q -s \"Disk full on db1\" -p S1 -m \"$ALERT\" --key alert-$ALERT_ID)"
)]
pub struct OpenArgs {
    /// What it is about, in one line
    #[arg(short, long, value_name = "SUBJECT", allow_hyphen_values = true)]
    subject: Option<String>,
    /// The impact, S1 to S4 [default: `[defaults] priority` of casebook.toml]
    #[arg(short, long, value_parser = priority)]
    priority: Option<Priority>,
    /// The product group
    #[arg(short, long, value_name = "GROUP")]
    group: Option<String>,
    /// Whose ticket it is [default: whoever acts]
    #[arg(long, value_name = "WHO", value_parser = address)]
    requester: Option<Person>,
    /// The customer's organization
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// The instance it is about, where the organization has several
    #[arg(long, value_name = "INSTANCE")]
    instance: Option<String>,
    /// The product it is about
    #[arg(long, value_name = "PRODUCT")]
    product: Option<String>,
    /// Who else takes part on the customer's side
    #[arg(long, value_name = "WHO", value_parser = address)]
    cc: Vec<Person>,
    /// How it came in: portal, email, chat, phone, …
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// The language it is written in: `ja`, `pt-BR`
    #[arg(long, value_name = "LANG", value_parser = language_tag)]
    lang_of_ticket: Option<String>,
    /// One of the fields that casebook.toml defines for this desk; several can be given
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
    fields: Vec<(String, String)>,
    /// The agent who takes care of it
    #[arg(long, value_name = "WHO", value_parser = address)]
    assignee: Option<Person>,
    /// For agents: open it against the rules of who may ask for support, and why; recorded in the ticket
    #[arg(long = "override", value_name = "REASON", allow_hyphen_values = true)]
    overridden: Option<String>,
    /// Attach a file; several can be given
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl OpenArgs {
    pub(super) fn run(mut self, session: &Session) -> Result<Exit, CliError> {
        let casebook = session.casebook()?;
        let by = session.actor()?.cloned().ok_or(Error::NoIdentity)?;
        // A retry gets the first result, whatever has become of the requester's roles since.
        if session.can_ask() && !self.has_all_words() && self.write.key.is_none() {
            self.settle(&casebook, &by)?;
        }
        if self.subject.is_none() {
            self.ask(session, &casebook)?;
        }
        let subject = clean_subject(self.subject.as_deref().unwrap_or_default())
            .ok_or_else(|| Error::usage("the subject is empty", "say what it is about with -s SUBJECT"))?;
        let attachments = attachment::read(&self.attach, casebook.config().largest_attachment)?;
        let typed = self.text.required(casebook.state(), &format!("The first text of the ticket: {subject}"))?;
        let opening = self.opening(&casebook, by, subject)?;
        let step = ActionRequest {
            target: TicketRef::New,
            attachments,
            ..ActionRequest::on(Id::at(session.world.now, 0), Action::Open(Box::new(opening)), None)
        };
        session.run_write(casebook, vec![step], &self.write, typed, &ResultStyle::Opened)
    }

    /// Whether nothing is left to type.
    fn has_all_words(&self) -> bool {
        self.subject.is_some() && (!self.text.message.is_empty() || self.text.file.is_some())
    }

    /// What the ticket opens with.
    fn opening(&self, casebook: &Desk, by: Person, subject: String) -> Result<OpenFields, CliError> {
        let priority = self.priority.unwrap_or(casebook.config().default_priority);
        let mut opening = OpenFields::new(subject, priority, self.requester.clone().unwrap_or(by));
        opening.product_group = self.group.as_deref().and_then(clean_subject);
        opening.organization = self.org.as_deref().and_then(clean_subject);
        opening.instance = self.instance.as_deref().and_then(clean_subject);
        opening.product = self.product.as_deref().and_then(clean_subject);
        opening.channel = self.channel.as_deref().and_then(clean_subject);
        opening.language = self.lang_of_ticket.as_deref().and_then(clean_subject);
        opening.assignee.clone_from(&self.assignee);
        opening.fields = own_fields(&self.fields)?;
        opening.overridden = match self.overridden.as_deref() {
            None => None,
            // Which rules it is against, the desk finds out.
            Some(reason) => Some(Override { rule: String::new(), reason: reason_of(reason)? }),
        };
        for person in &self.cc {
            if !person.is_in(&opening.cc) && !person.same_address(&opening.requester) {
                opening.cc.push(person.clone());
            }
        }
        Ok(opening)
    }
}

/// The fields by name, as files have them.
fn own_fields(given: &[(String, String)]) -> Result<Fields, Error> {
    let mut fields = Fields::new();
    for (name, value) in given {
        let words = clean_subject(value).ok_or_else(|| {
            Error::usage(format!("--field {name} has no value"), "leave it out, or give it one: --field NAME=VALUE")
        })?;
        if fields.iter().any(|(known, _)| known == name) {
            return Err(Error::usage(format!("the field `{name}` is given twice"), "give each field once"));
        }
        fields.push((name.clone(), Value::String(words)));
    }
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(fields)
}

fn field(words: &str) -> Result<(String, String), String> {
    let (name, value) = words.split_once('=').ok_or("NAME=VALUE belongs here")?;
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(format!("`{name}` is no name of a field"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

fn reason_of(words: &str) -> Result<String, Error> {
    clean_subject(words).ok_or_else(|| Error::usage("the reason of --override is empty", "say why in one line"))
}
