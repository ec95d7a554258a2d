//! `open`: a ticket begins.

use clap::Args;

use super::super::Exit;
use super::super::arguments::{TextFlags, WriteFlags};
use super::super::complaint::Complaint;
use super::super::parsing::{address, priority};
use super::super::session::Session;
use super::super::writing::Telling;
use crate::casebook::{Step, Target};
use crate::domain::action::{Action, Opening, Override};
use crate::domain::person::Person;
use crate::domain::text::clean_subject;
use crate::domain::words::Priority;
use crate::error::Error;

/// Open a ticket.
///
/// Prints it; with -q its full id alone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  casebook open -s \"Tiles time out\" -p S2 --requester ana@acme.example -m \"Since this morning.\"\n  id=$(casebook open -q -s \"Disk full on db1\" -p S1 -m \"$ALERT\" --key alert-$ALERT_ID)"
)]
pub struct Open {
    /// What it is about, in one line
    #[arg(short, long, value_name = "SUBJECT", allow_hyphen_values = true)]
    subject: String,
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
    /// The language it is written in
    #[arg(long, value_name = "LANG")]
    lang_of_ticket: Option<String>,
    /// The agent who takes care of it
    #[arg(long, value_name = "WHO", value_parser = address)]
    assignee: Option<Person>,
    /// For agents: open it against the rules of who may ask for support, and why; recorded in the ticket
    #[arg(long = "override", value_name = "REASON", allow_hyphen_values = true)]
    overridden: Option<String>,
    #[command(flatten)]
    text: TextFlags,
    #[command(flatten)]
    write: WriteFlags,
}

impl Open {
    pub(super) fn run(self, session: &Session) -> Result<Exit, Complaint> {
        let casebook = session.casebook()?;
        let by = session.actor()?.cloned().ok_or(Error::NoIdentity)?;
        let subject = clean_subject(&self.subject)
            .ok_or_else(|| Error::usage("the subject is empty", "say what it is about with -s SUBJECT"))?;
        let priority = self.priority.unwrap_or(casebook.config().default_priority);
        let typed = self.text.required(casebook.state(), &format!("The first text of the ticket: {subject}"))?;
        let mut opening = Opening::new(subject, priority, self.requester.unwrap_or(by));
        opening.product_group = self.group.as_deref().and_then(clean_subject);
        opening.organization = self.org.as_deref().and_then(clean_subject);
        opening.instance = self.instance.as_deref().and_then(clean_subject);
        opening.product = self.product.as_deref().and_then(clean_subject);
        opening.overridden = match self.overridden.as_deref() {
            None => None,
            // Which rules it is against, the desk finds out.
            Some(reason) => Some(Override { rule: String::new(), reason: reason_of(reason)? }),
        };
        opening.channel = self.channel.as_deref().and_then(clean_subject);
        opening.language = self.lang_of_ticket.as_deref().and_then(clean_subject);
        opening.assignee = self.assignee;
        for person in self.cc {
            if !person.among(&opening.cc) && !person.is(&opening.requester) {
                opening.cc.push(person);
            }
        }
        let step = Step {
            target: Target::New,
            ..Step::on(crate::domain::id::Id::at(session.world.now, 0), Action::Open(Box::new(opening)), None)
        };
        session.carry_out(casebook, vec![step], &self.write, typed, &Telling::Opened)
    }
}

fn reason_of(words: &str) -> Result<String, Error> {
    clean_subject(words).ok_or_else(|| Error::usage("the reason of --override is empty", "say why in one line"))
}
