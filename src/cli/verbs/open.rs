//! `open`: opens a ticket. On a terminal it asks for what the flags do not give, see [`prompt`].

pub(super) mod prompt;

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::attachment;
use crate::cli::args::value_parsers::{given_twice, language_tag, priority, word_of};
use crate::cli::args::{TextFlags, WriteFlags};
use crate::cli::error::CliError;
use crate::cli::run_write::ResultStyle;
use crate::cli::session::Session;
use crate::cli::session::who::Who;
use crate::desk::{ActionRequest, Command, Desk, OnExisting, TicketRef};
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::{OpenFields, Override};
use crate::domain::value::{Fields, Value};
use crate::domain::vocabulary::Priority;
use crate::error::Error;
use crate::store::config::Settings;

/// Open a ticket.
///
/// Prints the ticket; with -q only its full id. On a terminal without -s, it asks for the requester (agents), the
/// instance if the organization has several, the subject, the product group, the priority, the custom fields of the desk,
/// and for the text in the editor. Before that, it checks that the requester may ask for support.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook open\n  casebook open -s \"Tiles time out\" -p S2 --requester ana@acme.example -m \"Since this morning.\"\n  id=$(casebook open -q -s \"Disk full on db1\" -p S1 -m \"$ALERT\" --key alert-$ALERT_ID)"
)]
pub struct OpenArgs {
    /// The subject, in one line
    #[arg(short, long, value_name = "SUBJECT", allow_hyphen_values = true)]
    subject: Option<String>,
    /// The impact, S1 to S4 [default: `[defaults] priority` of casebook.toml]
    #[arg(short, long, value_parser = priority)]
    priority: Option<Priority>,
    /// The product group
    #[arg(short, long, value_name = "GROUP")]
    group: Option<String>,
    /// The requester [default: the actor]
    #[arg(long, value_name = "WHO", value_parser = Who::parse)]
    requester: Option<Who>,
    /// The customer's organization
    #[arg(long, value_name = "ORG")]
    org: Option<String>,
    /// The instance it is about, if the organization has several
    #[arg(long, value_name = "INSTANCE")]
    instance: Option<String>,
    /// The product it is about
    #[arg(long, value_name = "PRODUCT")]
    product: Option<String>,
    /// A person in copy, on the customer's side; commas separate several
    #[arg(long, value_name = "WHO", value_parser = Who::parse, value_delimiter = ',')]
    cc: Vec<Who>,
    /// The channel it came through: portal, email, chat, phone, …
    #[arg(long, value_name = "CHANNEL")]
    channel: Option<String>,
    /// The language it is written in: `ja`, `pt-BR`
    #[arg(long, value_name = "LANG", value_parser = language_tag)]
    lang_of_ticket: Option<String>,
    /// A custom field that casebook.toml defines; can be given several times
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field)]
    fields: Vec<(String, String)>,
    /// The agent responsible for it
    #[arg(long, value_name = "WHO", value_parser = Who::parse)]
    assignee: Option<Who>,
    /// For agents: open it although the requester may not ask for support, and why; recorded in the ticket
    #[arg(long = "override", value_name = "REASON", allow_hyphen_values = true)]
    overridden: Option<String>,
    /// A tag; can be given several times
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// With --key: what to do if a ticket was opened with it before
    #[arg(long, value_name = "CHOICE", requires = "key", default_value = "return", value_parser = word_of::<OnExisting>(OnExisting::WORDS))]
    on_existing: OnExisting,
    /// Attach a file; can be given several times
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl OpenArgs {
    pub(super) fn run(mut self, session: &Session) -> Result<(), CliError> {
        let desk = session.desk()?;
        let actor = session.actor()?.cloned().ok_or(Error::NoIdentity)?;
        let is_asked_all = self.subject.is_none() && self.requester.is_none() && self.write.key.is_none();
        if is_asked_all && session.can_ask() && desk.config().team.has_agent(&actor) {
            self.ask_requester(session, &desk, &actor)?;
        }
        // With a key, the first result must be returned even if the requester has lost their roles since.
        if session.can_ask() && !self.is_complete() && self.write.key.is_none() {
            self.check_eligibility(session, &desk, &actor)?;
        }
        if self.subject.is_none() {
            self.ask(session, &desk)?;
        }
        let subject = clean_subject(self.subject.as_deref().unwrap_or_default())
            .ok_or_else(|| Error::usage("the subject is empty", "give a subject with -s SUBJECT"))?;
        let attachments = attachment::read(&self.attach, &desk)?;
        let input = self.text.required(desk.state(), || Ok(format!("The first text of the ticket: {subject}")))?;
        let fields = self.fields(session, &desk, actor, subject)?;
        let request = ActionRequest {
            target: TicketRef::New,
            attachments,
            on_existing: self.on_existing,
            ..ActionRequest::on(Id::at(session.environment.now, 0), Action::Open(Box::new(fields)), None)
        };
        let mut requests = vec![request];
        if !self.tags.is_empty() {
            let action = Action::Tag { add: self.tags.clone(), remove: Vec::new() };
            let id = Id::at(session.environment.now, 0);
            requests.push(ActionRequest { target: TicketRef::Opened, ..ActionRequest::on(id, action, None) });
        }
        session.run_write(desk, requests, Command::requests, &self.write, input, &ResultStyle::Opened)
    }

    /// Returns whether the flags give the subject and the text, so that nothing is left to ask.
    fn is_complete(&self) -> bool {
        self.subject.is_some() && (!self.text.message.is_empty() || self.text.file.is_some())
    }

    /// Returns the fields of the new ticket, without its text and attachments.
    fn fields(&self, session: &Session, desk: &Desk, actor: Person, subject: String) -> Result<OpenFields, CliError> {
        let priority = match self.priority {
            Some(priority) => priority,
            None => *desk.policy().settings(Settings::default_priority)?,
        };
        let person = |who: &Option<Who>| who.as_ref().map(|who| session.person(desk, who)).transpose();
        let mut fields = OpenFields::new(subject, priority, person(&self.requester)?.unwrap_or(actor));
        fields.product_group = self.group.as_deref().and_then(clean_subject);
        fields.organization = self.org.as_deref().and_then(clean_subject);
        fields.instance = self.instance.as_deref().and_then(clean_subject);
        fields.product = self.product.as_deref().and_then(clean_subject);
        fields.channel = self.channel.as_deref().and_then(clean_subject);
        fields.language = self.lang_of_ticket.as_deref().and_then(clean_subject);
        fields.assignee = person(&self.assignee)?;
        fields.fields = custom_fields(&self.fields)?;
        fields.overridden = match self.overridden.as_deref() {
            None => None,
            // The desk fills in the rules that are overridden.
            Some(reason) => Some(Override { rule: String::new(), reason: override_reason(reason)? }),
        };
        for person in session.people(desk, &self.cc)? {
            if !person.is_in(&fields.cc) && !person.same_address(&fields.requester) {
                fields.cc.push(person);
            }
        }
        Ok(fields)
    }
}

/// Returns the custom fields as files store them, sorted by name.
///
/// # Errors
/// A field has no value, or is given twice.
fn custom_fields(given: &[(String, String)]) -> Result<Fields, Error> {
    let mut fields = Fields::new();
    for (name, value) in given {
        let text = clean_subject(value).ok_or_else(|| {
            Error::usage(
                format!("--field {name} has no value"),
                "give it a value with --field NAME=VALUE, or leave it out",
            )
        })?;
        if fields.iter().any(|(other, _)| other == name) {
            return Err(given_twice(name));
        }
        fields.push((name.clone(), Value::String(text)));
    }
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(fields)
}

/// Parses `NAME=VALUE` of the command line.
fn field(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err(format!("`{name}` is not the name of a field"));
    }
    Ok((name.to_owned(), value.to_owned()))
}

/// Cleans the reason of `--override`.
fn override_reason(text: &str) -> Result<String, Error> {
    clean_subject(text)
        .ok_or_else(|| Error::usage("the reason of --override is empty", "give it in one line with --override REASON"))
}
