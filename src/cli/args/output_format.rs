//! The formats of lists for programs: JSON, JSON lines, CSV, or a template. Every verb that prints records has the same
//! flags.

use clap::Args;
use serde_json::{Map, Value};

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::terminal::output::PrintStream;
use crate::desk::Desk;
use crate::domain::suggestion;
use crate::domain::template::{TemplateError, check_fields};
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

    /// Returns the chosen format; `None` if the names of the fields were asked for, which are then printed. Unknown fields
    /// and invalid templates are refused before anything is read.
    ///
    /// # Errors
    /// A field is unknown, or the template is invalid.
    pub(crate) fn chosen(&self, shape: &RecordFields, session: &Session) -> Result<Option<OutputFormat>, CliError> {
        let fields = self.json.as_deref().or(self.jsonl.as_deref()).or(self.csv.as_deref());
        let Some(names) = shape.chosen(fields, session)? else { return Ok(None) };
        if let Some(source) = &self.format {
            return template(source, shape.fields, session).map(Some);
        }
        Ok(Some(match (&self.json, &self.jsonl, &self.csv) {
            (Some(_), _, _) => OutputFormat::Json(names),
            (_, Some(_), _) => OutputFormat::Lines(names),
            (_, _, Some(_)) if names.is_empty() => {
                OutputFormat::Csv(shape.columns.iter().map(|name| (*name).to_owned()).collect())
            }
            (_, _, Some(_)) => OutputFormat::Csv(names),
            _ => OutputFormat::Text,
        }))
    }
}

impl OutputFormat {
    /// Returns whether no format was chosen.
    pub(crate) const fn is_text(&self) -> bool {
        matches!(self, Self::Text)
    }

    /// Returns whether text is printed for a person, at a terminal.
    pub(crate) const fn is_for_people(&self, session: &Session) -> bool {
        self.is_text() && session.output.is_terminal
    }

    /// Returns whether a field will be printed.
    pub(crate) fn asks_for(&self, field: &str) -> bool {
        match self {
            Self::Text => false,
            Self::Json(fields) | Self::Lines(fields) if fields.is_empty() => true,
            Self::Json(fields) | Self::Lines(fields) | Self::Csv(fields) => fields.iter().any(|name| name == field),
            Self::Template(template) => template.uses_field(field),
        }
    }

    /// Returns the custom fields that are chosen by name.
    fn custom_fields(&self) -> Vec<&str> {
        match self {
            Self::Text => Vec::new(),
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
        let fields = &desk.policy().field_choices()?.fields;
        let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let unknown = names.into_iter().find(|name| !known.is_empty() && !known.contains(name) && !has(name));
        unknown.map_or(Ok(()), |name| {
            let hint = match suggestion::nearest(name, &known) {
                Some(near) => suggestion::question(&format!("fields.{near}")),
                None => format!("known are {}; [fields] in casebook.toml defines them", known.join(", ")),
            };
            Err(CliError::usage(format!("unknown field `fields.{name}`"), hint))
        })
    }

    /// Prints rows for a program: as lines of tab-separated values, or as records in a format.
    ///
    /// # Errors
    /// Standard output cannot be written to, or a template cannot be filled in.
    pub(crate) fn print_rows<R>(
        &self,
        session: &Session,
        rows: impl IntoIterator<Item = R>,
        tsv: impl Fn(&R) -> String,
        record: impl FnMut(R) -> Map<String, Value>,
    ) -> Result<(), CliError> {
        if !self.is_text() {
            return self.print(session, rows.into_iter().map(record));
        }
        let mut stream = session.output.stream();
        rows.into_iter().try_for_each(|row| stream.push(&tsv(&row)))?;
        Ok(stream.end()?)
    }

    /// Prints one record as a JSON object.
    pub(crate) fn print_one(&self, session: &Session, record: Map<String, Value>) -> Result<(), CliError> {
        match self {
            Self::Json(_) => Ok(session.output.json(&Value::Object(self.selected(record)))?),
            _ => self.print(session, vec![record]),
        }
    }

    /// Returns the chosen fields of a record, in their order; a field that the record does not have is `null`.
    pub(crate) fn selected(&self, record: Map<String, Value>) -> Map<String, Value> {
        match self {
            Self::Json(fields) | Self::Lines(fields) | Self::Csv(fields) if !fields.is_empty() => {
                json::select(&record, fields)
            }
            _ => record,
        }
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
            OutputFormat::Text => {}
            OutputFormat::Json(_) => {
                self.stream.push(&self.array.item(&Value::Object(self.format.selected(record))))?
            }
            OutputFormat::Lines(_) => self.stream.push(&csv_and_jsonl::line(self.format.selected(record)))?,
            OutputFormat::Csv(columns) => {
                self.stream.push(&csv_and_jsonl::csv_row(&self.format.selected(record), columns))?
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
    /// Returns the fields that a flag chooses; an empty list means all. `None` if their names were asked for (`--json=`),
    /// which are then printed, one a line.
    ///
    /// # Errors
    /// A field is unknown.
    fn chosen(&self, flag: Option<&str>, session: &Session) -> Result<Option<Vec<String>>, CliError> {
        let names = match flag {
            None | Some("*") => return Ok(Some(Vec::new())),
            Some("") => {
                session.output.print(&format!("{}\n", self.fields.join("\n")))?;
                return Ok(None);
            }
            Some(names) => names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        };
        let names: Vec<String> = names.collect();
        check_fields(&names, self.fields).map_err(CliError::from)?;
        Ok(Some(names))
    }

    /// Returns the format of the flag `--json` of a verb that has no other format; text without the flag. `None` if the
    /// names of the fields were asked for, which are then printed.
    ///
    /// # Errors
    /// A field is unknown.
    pub(crate) fn json_or_text(&self, flag: Option<&str>, session: &Session) -> Result<Option<OutputFormat>, CliError> {
        let names = self.chosen(flag, session)?;
        Ok(names.map(|names| if flag.is_some() { OutputFormat::Json(names) } else { OutputFormat::Text }))
    }
}

fn template_error(error: TemplateError) -> CliError {
    match error {
        TemplateError::Field(unknown) => unknown.into(),
        TemplateError::Language(why) => CliError::usage(
            format!("cannot use the template of --format: {why}"),
            "for example '{{ short_id }}  {{ subject|truncate(40) }}', or '{{ tablerow(short_id, status, subject) }}'",
        ),
    }
}
