//! How lists are printed for programs: JSON, JSON lines, CSV, or a template. One set of flags for every verb that
//! prints records.
//!
//! Must not know what the records are about.

use clap::Args;
use serde_json::{Map, Value};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::terminal::output::PrintStream;
use crate::cli::verbs::show::unknown_field;
use crate::desk::Desk;
use crate::error::Error;
use crate::store::config::sla;
use crate::view::template::{Template, TemplateError, TemplateTarget};
use crate::view::{csv_and_jsonl, json};

/// In which form to print; at most one.
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
    /// Print CSV with a header; lists are joined by `;`, and `'` stands before what could start a formula
    #[arg(long, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "*")]
    csv: Option<String>,
    /// Print each by a template: `'{{ short_id }} {{ subject|truncate(40) }} {{ created_at|timeago }}'`
    ///
    /// The language is that of minijinja; the variables are the fields of `--json`. `tablerow(a, b)` makes a row of
    /// aligned columns, on a terminal; in a pipe they are separated by tabs.
    #[arg(long, value_name = "TEMPLATE")]
    format: Option<String>,
}

/// What the records of a verb have.
pub(crate) struct RecordFields {
    /// The names of their fields.
    pub fields: &'static [&'static str],
    /// The columns of CSV, where none are asked for.
    pub columns: &'static [&'static str],
}

/// What was chosen.
pub(crate) enum OutputFormat {
    /// Nothing: words for people, tabs for programs.
    Words,
    /// The names of the fields, and nothing else.
    Names,
    /// JSON over several lines, with the fields asked for; none means all.
    Json(Vec<String>),
    /// JSON lines, likewise.
    Lines(Vec<String>),
    /// CSV, likewise.
    Csv(Vec<String>),
    /// A template.
    Template(Box<Template>),
}

impl FormatFlags {
    /// What `--json` asks for.
    pub(crate) fn json_alone(&self) -> Option<&str> {
        self.json.as_deref()
    }

    /// Whether any form was asked for.
    pub(crate) const fn is_given(&self) -> bool {
        self.json.is_some() || self.jsonl.is_some() || self.csv.is_some() || self.format.is_some()
    }

    /// Whether what was chosen has room for a row alone, with nothing inside.
    pub(crate) const fn is_flat(&self) -> bool {
        self.csv.is_some() || self.format.is_some()
    }

    /// What was chosen. Unknown fields and broken templates are refused before anything is read.
    pub(crate) fn chosen(&self, shape: &RecordFields, session: &Session) -> Result<OutputFormat, CliError> {
        let fields = self.json.as_deref().or(self.jsonl.as_deref()).or(self.csv.as_deref());
        if fields == Some("") {
            return Ok(OutputFormat::Names);
        }
        let asked = asked(fields);
        json::check(&asked, shape.fields.iter().copied()).map_err(|unknown| unknown_field(&unknown))?;
        if let Some(source) = &self.format {
            return template(source, shape.fields, session);
        }
        Ok(match (&self.json, &self.jsonl, &self.csv) {
            (Some(_), _, _) => OutputFormat::Json(asked),
            (_, Some(_), _) => OutputFormat::Lines(asked),
            (_, _, Some(_)) if asked.is_empty() => {
                OutputFormat::Csv(shape.columns.iter().map(|name| (*name).to_owned()).collect())
            }
            (_, _, Some(_)) => OutputFormat::Csv(asked),
            _ => OutputFormat::Words,
        })
    }
}

impl OutputFormat {
    /// Whether a field will be printed.
    pub(crate) fn asks_for(&self, field: &str) -> bool {
        match self {
            Self::Words | Self::Names => false,
            Self::Json(fields) | Self::Lines(fields) if fields.is_empty() => true,
            Self::Json(fields) | Self::Lines(fields) | Self::Csv(fields) => fields.iter().any(|asked| asked == field),
            Self::Template(template) => template.uses_field(field),
        }
    }

    /// The fields of the desk's own that are asked for by name.
    fn own_fields(&self) -> Vec<&str> {
        match self {
            Self::Words | Self::Names => Vec::new(),
            Self::Json(asked) | Self::Lines(asked) | Self::Csv(asked) => {
                asked.iter().filter_map(|name| name.strip_prefix("fields.")).collect()
            }
            Self::Template(template) => template.custom_fields().iter().map(String::as_str).collect(),
        }
    }

    /// Refuses fields of the desk's own that it has not defined, where it has defined any, unless a ticket has them all
    /// the same.
    pub(crate) fn refuse_unknown_own(&self, casebook: &Desk, has: impl Fn(&str) -> bool) -> Result<(), CliError> {
        let asked = self.own_fields();
        if asked.is_empty() {
            return Ok(());
        }
        let fields = casebook.policy().choices()?.fields;
        let known: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let unknown = asked.into_iter().find(|name| !known.is_empty() && !known.contains(name) && !has(name));
        unknown.map_or(Ok(()), |name| {
            let hint = match sla::nearest(name, &known) {
                Some(near) => format!("did you mean `fields.{near}`?"),
                None => format!("known are {}; [fields] in casebook.toml has them", known.join(", ")),
            };
            Err(Error::usage(format!("`fields.{name}` is no field"), hint).into())
        })
    }

    /// Prints one record as a JSON object.
    pub(crate) fn print_one(&self, session: &Session, record: Map<String, Value>) -> Result<(), CliError> {
        let Self::Json(fields) = self else { return self.print(session, vec![record]) };
        Ok(session.output.json(&Value::Object(selected(record, fields)))?)
    }

    /// Prints records in the form that was chosen.
    pub(crate) fn print(
        &self,
        session: &Session,
        records: impl IntoIterator<Item = Map<String, Value>>,
    ) -> Result<(), CliError> {
        let mut printer = self.printer(session)?;
        records.into_iter().try_for_each(|record| printer.push(record))?;
        printer.end()
    }

    /// Prints records as they come.
    pub(crate) fn printer<'a>(&'a self, session: &'a Session) -> Result<RecordWriter<'a>, CliError> {
        let paper = TemplateTarget { aligned: session.output.is_terminal, width: session.output.width() };
        let (array, held) = (json::JsonArray::default(), Vec::new());
        let mut printer = RecordWriter { chosen: self, stream: session.output.stream(), paper, array, held };
        if let Self::Csv(columns) = self {
            printer.stream.push(&csv_and_jsonl::csv_header(columns))?;
        }
        Ok(printer)
    }
}

/// Records on their way.
pub(crate) struct RecordWriter<'a> {
    chosen: &'a OutputFormat,
    stream: PrintStream<'a>,
    paper: TemplateTarget,
    array: json::JsonArray,
    held: Vec<Map<String, Value>>,
}

/// So many records are filled in at once; columns that are aligned have to know all rows.
const AT_ONCE: usize = 256;

impl RecordWriter<'_> {
    pub(crate) fn push(&mut self, record: Map<String, Value>) -> Result<(), CliError> {
        match self.chosen {
            OutputFormat::Words | OutputFormat::Names => {}
            OutputFormat::Json(fields) => {
                self.stream.push(&self.array.item(&Value::Object(selected(record, fields))))?
            }
            OutputFormat::Lines(fields) => self.stream.push(&csv_and_jsonl::line(selected(record, fields)))?,
            OutputFormat::Csv(columns) => {
                self.stream.push(&csv_and_jsonl::csv_row(&selected(record, columns), columns))?
            }
            OutputFormat::Template(template) => {
                self.held.push(record);
                if !self.paper.aligned && self.held.len() == AT_ONCE {
                    self.fill(template)?;
                }
            }
        }
        Ok(())
    }

    fn fill(&mut self, template: &Template) -> Result<(), CliError> {
        let filled =
            template.fill(&std::mem::take(&mut self.held), self.paper).map_err(|flaw| template_error(&flaw))?;
        Ok(self.stream.push(&filled)?)
    }

    pub(crate) fn end(mut self) -> Result<(), CliError> {
        match self.chosen {
            OutputFormat::Json(_) => self.stream.push(self.array.end())?,
            OutputFormat::Template(template) => self.fill(template)?,
            _ => {}
        }
        Ok(self.stream.end()?)
    }
}

/// A template over fields.
pub(crate) fn template(source: &str, fields: &[&str], session: &Session) -> Result<OutputFormat, CliError> {
    let template = Template::read(source, fields, session.world.now).map_err(|flaw| template_error(&flaw))?;
    Ok(OutputFormat::Template(Box::new(template)))
}

impl RecordFields {
    /// JSON with the fields a flag asks for.
    pub(crate) fn of(&self, fields: &str) -> Result<OutputFormat, CliError> {
        let asked = asked(Some(fields));
        json::check(&asked, self.fields.iter().copied()).map_err(|unknown| unknown_field(&unknown))?;
        Ok(OutputFormat::Json(asked))
    }

    /// Prints the names of the fields, one a line.
    pub(crate) fn list(&self, session: &Session) -> Result<Exit, CliError> {
        session.output.print(&format!("{}\n", self.fields.join("\n")))?;
        Ok(Exit::Done)
    }
}

/// The fields asked for; none means all.
pub(crate) fn asked(fields: Option<&str>) -> Vec<String> {
    match fields {
        None | Some("*") => Vec::new(),
        Some(names) => names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
    }
}

/// The fields asked for, in that order; one that the record does not have is `null` there.
fn selected(record: Map<String, Value>, fields: &[String]) -> Map<String, Value> {
    if fields.is_empty() { record } else { json::select_known(record, fields) }
}

fn template_error(flaw: &TemplateError) -> CliError {
    match flaw {
        TemplateError::Field(unknown) => unknown_field(unknown),
        TemplateError::Language(said) => Error::usage(
            format!("the template of --format: {said}"),
            "for example '{{ short_id }}  {{ subject|truncate(40) }}', or '{{ tablerow(short_id, status, subject) }}'",
        )
        .into(),
    }
}
