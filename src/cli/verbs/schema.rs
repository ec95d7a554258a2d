//! `schema`: the shapes of files and of JSON, for editors and for those who write programs.

use clap::{Args, ValueEnum};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::reference::CODES;
use crate::cli::session::Session;
use crate::view::schema;

/// Print a JSON Schema (draft 2020-12).
///
/// That of a ticket serves editors too. With the YAML language server, in a project's settings:
///
///   yaml.schemas: { "ticket.schema.json": "tickets/**/*.yaml" }
///
/// or as a comment on the first line of a ticket, which casebook keeps; the path begins in the ticket's folder:
///
///   # yaml-language-server: $schema=../../../ticket.schema.json
///
/// and for casebook.toml with Taplo, on its first line:
///
///   #:schema ./config.schema.json
///
/// In a desk, the schema of a ticket has the fields that casebook.toml defines for it. A schema knows shapes and words, not the workflow: that is for `casebook check`.
#[derive(Debug, Args)]
#[command(
    verbatim_doc_comment,
    about = "Print a JSON Schema (draft 2020-12)",
    after_help = "Example:\n  casebook schema ticket > ticket.schema.json"
)]
pub struct SchemaArgs {
    /// Of what
    #[arg(value_enum)]
    noun: SchemaKind,
}

/// What there are schemas of.
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
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let told = match self.noun {
            // In a desk, with the fields of its own; a schema is worth something elsewhere too.
            SchemaKind::Ticket => schema::ticket(&match session.casebook() {
                Ok(casebook) => casebook.policy().choices()?.fields,
                Err(_) => Vec::new(),
            }),
            SchemaKind::Entry => schema::entry(),
            SchemaKind::Error => schema::error(&CODES.iter().map(|(code, _, _)| *code).collect::<Vec<_>>()),
            SchemaKind::Config => schema::config(),
        };
        session.output.json(&told)?;
        Ok(Exit::Done)
    }
}
