//! `schema`: JSON Schemas of files and of JSON output, for editors and programs.

use clap::{Args, ValueEnum};

use crate::cli::error::CliError;
use crate::cli::reference::CODES;
use crate::cli::session::Session;
use crate::store::config::schema::settings;
use crate::view::schema;

/// Print a JSON Schema (draft 2020-12).
///
/// Editors can use the schema of a ticket. For the YAML language server, in the settings of a project:
///
///   yaml.schemas: { "ticket.schema.json": "tickets/**/*.yaml" }
///
/// or as a comment on the first line of a ticket, which casebook keeps; the path is relative to the ticket's folder:
///
///   # yaml-language-server: $schema=../../../ticket.schema.json
///
/// and for casebook.toml with Taplo, on its first line:
///
///   #:schema ./config.schema.json
///
/// In a desk, the schema of a ticket contains the custom fields that casebook.toml defines.
/// Schemas check structure and vocabulary; only `casebook check` checks the workflow.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    about = "Print a JSON Schema (draft 2020-12)",
    after_help = "Example:\n  casebook schema ticket > ticket.schema.json"
)]
pub struct SchemaArgs {
    /// The data that the schema describes
    #[arg(value_enum, value_name = "NOUN")]
    kind: SchemaKind,
}

/// The data that a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// A ticket: its file, and what `show --json` and `list --json` print of it
    Ticket,
    /// An entry, as `log --json` and `show --entry --json` print it
    Entry,
    /// An error, as `--json` prints it on standard error
    Error,
    /// casebook.toml
    Config,
}

impl SchemaArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let json = match self.kind {
            // The custom fields are those of the desk; outside a desk there are none.
            SchemaKind::Ticket => match session.desk() {
                Ok(desk) => schema::ticket(&desk.policy().field_choices()?.fields),
                Err(_) => schema::ticket(&[]),
            },
            SchemaKind::Entry => schema::entry(),
            SchemaKind::Error => schema::error(&CODES.iter().map(|(code, _, _)| *code).collect::<Vec<_>>()),
            SchemaKind::Config => settings(),
        };
        Ok(session.output.json(&json)?)
    }
}
