//! The formats of lists for programs: JSON, JSON lines, CSV, or a template. Every verb that prints records has the same
//! flags.

use clap::Args;
use serde_json::{Map, Value};

use crate::cli::error::CliError;
use crate::cli::exit::Exit;
use crate::cli::session::Session;
use crate::cli::terminal::output::PrintStream;
use crate::desk::Desk;
use crate::domain::suggestion;
use crate::domain::template::{TemplateError, check_fields};
use crate::error::Error;
use crate::view::template::{Template, TemplateTarget};
use crate::view::{csv_and_jsonl, json};

/// The flags for the format of records; at most one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
#[group(id = "form", multiple = false)]
pub struct FormatFlags {
    /// Print a JSON array; with fields, only those; `--json=` lists them
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    json: Option<String>,
    /// Print JSON lines: an object on each line
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    jsonl: Option<String>,
    /// Print CSV with a header; lists are joined by `;`, and `'` comes before text that could start a formula
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    csv: Option<String>,
    /// Print each record with a template: `'{{ short_id }} {{ subject|truncate(40) }} {{ created_at|timeago }}'`
    ///
    /// The language is that of minijinja; the variables are the fields of `--json`. `tablerow(a, b)` makes a row of
    /// aligned columns, on a terminal; in a pipe they are separated by tabs.
    #[arg(long, value_name = "TEMPLATE")]
    format: Option<String>,
}

/// The fields of the records of a verb.
pub(crate) struct RecordFields {
    /// The names of all fields.
    pub fields: &'static [&'static str],
    /// The columns of CSV if no fields are chosen.
    pub columns: &'static [&'static str],
}

/// A format of records.
pub(crate) enum OutputFormat {
    /// No format was chosen: text for people, lines with tabs for programs.
    Text,
    /// The names of the fields, without records.
    FieldNames,
    /// Indented JSON with the chosen fields; an empty list means all.
    Json(Vec<String>),
    /// JSON lines with the chosen fields; an empty list means all.
    Lines(Vec<String>),
    /// CSV with these columns.
    Csv(Vec<String>),
    /// A template.
    Template(Box<Template>),
}

impl FormatFlags {
    /// Returns the fields of `--json`, if it was given.
    pub(crate) fn json_fields(&self) -> Option<&str> {
        self.json.as_deref()
    }

    /// Returns whether a format was chosen.
    pub(crate) const fn is_given(&self) -> bool {
        self.json.is_some() || self.jsonl.is_some() || self.csv.is_some() || self.format.is_some()
    }

    /// Returns whether the chosen format has flat records, without nested records.
    pub(crate) const fn is_flat(&self) -> bool {
        self.csv.is_some() || self.format.is_some()
    }

    /// Returns the chosen format. Unknown fields and invalid templates are refused before anything is read.
    ///
    /// # Errors
    /// A field is unknown, or the template is invalid.
    pub(crate) fn chosen(&self, shape: &RecordFields, session: &Session) -> Result<OutputFormat, CliError> {
        let fields = self.json.as_deref().or(self.jsonl.as_deref()).or(self.csv.as_deref());
        if fields == Some("") {
            return Ok(OutputFormat::FieldNames);
        }
        let names = split_fields(fields);
        check_fields(&names, shape.fields).map_err(CliError::from)?;
        if let Some(source) = &self.format {
            return template(source, shape.fields, session);
        }
        Ok(match (&self.json, &self.jsonl, &self.csv) {
            (Some(_), _, _) => OutputFormat::Json(names),
            (_, Some(_), _) => OutputFormat::Lines(names),
            (_, _, Some(_)) if names.is_empty() => {
                OutputFormat::Csv(shape.columns.iter().map(|name| (*name).to_owned()).collect())
            }
            (_, _, Some(_)) => OutputFormat::Csv(names),
            _ => OutputFormat::Text,
        })
    }
}

impl OutputFormat {
    /// Returns whether a field will be printed.
    pub(crate) fn asks_for(&self, field: &str) -> bool {
        match self {
            Self::Text | Self::FieldNames => false,
            Self::Json(fields) | Self::Lines(fields) if fields.is_empty() => true,
            Self::Json(fields) | Self::Lines(fields) | Self::Csv(fields) => fields.iter().any(|name| name == field),
            Self::Template(template) => template.uses_field(field),
        }
    }

    /// Returns the custom fields that are chosen by name.
    fn custom_fields(&self) -> Vec<&str> {
        match self {
            Self::Text | Self::FieldNames => Vec::new(),
            Self::Json(names) | Self::Lines(names) | Self::Csv(names) => {
                names.iter().filter_map(|name| name.strip_prefix("fields.")).collect()
            }
            Self::Template(template) => template.custom_fields().iter().map(String::as_str).collect(),
        }
    }

    /// Refuses custom fields that the desk does not define, if it defines any, unless a ticket has them.
    ///
    /// # Errors
    /// The first unknown custom field.
    pub(crate) fn refuse_unknown_custom_fields(&self, desk: &Desk, has: impl Fn(&str) -> bool) -> Result<(), CliError> {
        let names = self.custom_fields();
        if names.is_empty() {
            return Ok(());
        }
        let fields = desk.policy().field_choices()?.fields;
        let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let unknown = names.into_iter().find(|name| !known.is_empty() && !known.contains(name) && !has(name));
        unknown.map_or(Ok(()), |name| {
            let hint = match suggestion::nearest(name, &known) {
                Some(near) => suggestion::question(&format!("fields.{near}")),
                None => format!("known are {}; [fields] in casebook.toml defines them", known.join(", ")),
            };
            Err(Error::usage(format!("unknown field `fields.{name}`"), hint).into())
        })
    }

    /// Prints one record as a JSON object.
    pub(crate) fn print_one(&self, session: &Session, record: Map<String, Value>) -> Result<(), CliError> {
        let Self::Json(fields) = self else { return self.print(session, vec![record]) };
        Ok(session.output.json(&Value::Object(selected(record, fields)))?)
    }

    /// Prints records in this format.
    pub(crate) fn print(
        &self,
        session: &Session,
        records: impl IntoIterator<Item = Map<String, Value>>,
    ) -> Result<(), CliError> {
        let mut printer = self.printer(session)?;
        records.into_iter().try_for_each(|record| printer.push(record))?;
        printer.end()
    }

    /// Returns a writer that prints records one by one.
    pub(crate) fn printer<'a>(&'a self, session: &'a Session) -> Result<RecordWriter<'a>, CliError> {
        let target = TemplateTarget { aligned: session.output.is_terminal, width: session.output.width() };
        let (array, batch) = (json::JsonArray::default(), Vec::new());
        let mut printer = RecordWriter { format: self, stream: session.output.stream(), target, array, batch };
        if let Self::Csv(columns) = self {
            printer.stream.push(&csv_and_jsonl::csv_header(columns))?;
        }
        Ok(printer)
    }
}

/// A writer of records in a format.
pub(crate) struct RecordWriter<'a> {
    format: &'a OutputFormat,
    stream: PrintStream<'a>,
    target: TemplateTarget,
    array: json::JsonArray,
    batch: Vec<Map<String, Value>>,
}

/// The number of records that a template is filled in with at once. Aligned columns need all records.
const BATCH: usize = 256;

impl RecordWriter<'_> {
    /// Prints a record, or keeps it until the template is filled in.
    pub(crate) fn push(&mut self, record: Map<String, Value>) -> Result<(), CliError> {
        match self.format {
            OutputFormat::Text | OutputFormat::FieldNames => {}
            OutputFormat::Json(fields) => {
                self.stream.push(&self.array.item(&Value::Object(selected(record, fields))))?
            }
            OutputFormat::Lines(fields) => self.stream.push(&csv_and_jsonl::line(selected(record, fields)))?,
            OutputFormat::Csv(columns) => {
                self.stream.push(&csv_and_jsonl::csv_row(&selected(record, columns), columns))?
            }
            OutputFormat::Template(template) => {
                self.batch.push(record);
                if !self.target.aligned && self.batch.len() == BATCH {
                    self.fill(template)?;
                }
            }
        }
        Ok(())
    }

    fn fill(&mut self, template: &Template) -> Result<(), CliError> {
        let filled = template.fill(&std::mem::take(&mut self.batch), self.target).map_err(template_error)?;
        Ok(self.stream.push(&filled)?)
    }

    /// Prints the rest.
    pub(crate) fn end(mut self) -> Result<(), CliError> {
        match self.format {
            OutputFormat::Json(_) => self.stream.push(self.array.end())?,
            OutputFormat::Template(template) => self.fill(template)?,
            _ => {}
        }
        Ok(self.stream.end()?)
    }
}

/// Returns the format of a template over fields.
///
/// # Errors
/// The template is invalid, or uses an unknown field.
pub(crate) fn template(source: &str, fields: &[&str], session: &Session) -> Result<OutputFormat, CliError> {
    let template = Template::read(source, fields, session.environment.now).map_err(template_error)?;
    Ok(OutputFormat::Template(Box::new(template)))
}

impl RecordFields {
    /// Returns the format of JSON with the fields of a flag.
    ///
    /// # Errors
    /// A field is unknown.
    pub(crate) fn of(&self, fields: &str) -> Result<OutputFormat, CliError> {
        let names = split_fields(Some(fields));
        check_fields(&names, self.fields).map_err(CliError::from)?;
        Ok(OutputFormat::Json(names))
    }

    /// Prints the names of the fields, one a line.
    pub(crate) fn list(&self, session: &Session) -> Result<Exit, CliError> {
        session.output.print(&format!("{}\n", self.fields.join("\n")))?;
        Ok(Exit::Done)
    }
}

/// Splits the fields of a flag; an empty list means all.
pub(crate) fn split_fields(fields: Option<&str>) -> Vec<String> {
    match fields {
        None | Some("*") => Vec::new(),
        Some(names) => names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
    }
}

/// Returns the chosen fields of a record, in their order; a field that the record does not have is `null`.
fn selected(record: Map<String, Value>, fields: &[String]) -> Map<String, Value> {
    if fields.is_empty() { record } else { json::select_known(record, fields) }
}

fn template_error(error: TemplateError) -> CliError {
    match error {
        TemplateError::Field(unknown) => unknown.into(),
        TemplateError::Language(why) => Error::usage(
            format!("cannot use the template of --format: {why}"),
            "for example '{{ short_id }}  {{ subject|truncate(40) }}', or '{{ tablerow(short_id, status, subject) }}'",
        )
        .into(),
    }
}
