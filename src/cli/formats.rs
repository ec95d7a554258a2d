//! How lists are printed for programs: JSON, JSON lines, CSV, or a template. One set of flags for every verb that
//! prints records.
//!
//! Must not know what the records are about.

use clap::Args;
use serde_json::{Map, Value};

use super::Exit;
use super::complaint::Complaint;
use super::session::Session;
use super::verbs::show::unknown_field;
use crate::error::Error;
use crate::view::template::{Paper, Template, TemplateFlaw};
use crate::view::{json, records};

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
pub(super) struct Shape {
    /// The names of their fields.
    pub fields: &'static [&'static str],
    /// The columns of CSV, where none are asked for.
    pub columns: &'static [&'static str],
}

/// What was chosen.
pub(super) enum Chosen {
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
    /// Whether what was chosen has room for a row alone, with nothing inside.
    pub(super) const fn is_flat(&self) -> bool {
        self.csv.is_some() || self.format.is_some()
    }

    /// What was chosen. Unknown fields and broken templates are refused before anything is read.
    pub(super) fn chosen(&self, shape: &Shape, session: &Session) -> Result<Chosen, Complaint> {
        let fields = self.json.as_deref().or(self.jsonl.as_deref()).or(self.csv.as_deref());
        if fields == Some("") {
            return Ok(Chosen::Names);
        }
        let asked = asked(fields);
        json::check(&asked, shape.fields.iter().copied()).map_err(|unknown| unknown_field(&unknown))?;
        if let Some(source) = &self.format {
            let template = Template::read(source, shape.fields, session.world.now).map_err(|flaw| complain(&flaw))?;
            return Ok(Chosen::Template(Box::new(template)));
        }
        Ok(match (&self.json, &self.jsonl, &self.csv) {
            (Some(_), _, _) => Chosen::Json(asked),
            (_, Some(_), _) => Chosen::Lines(asked),
            (_, _, Some(_)) if asked.is_empty() => {
                Chosen::Csv(shape.columns.iter().map(|name| (*name).to_owned()).collect())
            }
            (_, _, Some(_)) => Chosen::Csv(asked),
            _ => Chosen::Words,
        })
    }
}

impl Chosen {
    /// Whether a field will be printed.
    pub(super) fn asks_for(&self, field: &str) -> bool {
        match self {
            Self::Words | Self::Names => false,
            Self::Json(fields) | Self::Lines(fields) if fields.is_empty() => true,
            Self::Json(fields) | Self::Lines(fields) | Self::Csv(fields) => fields.iter().any(|asked| asked == field),
            Self::Template(template) => template.asks_for(field),
        }
    }

    /// Prints one record as a JSON object.
    pub(super) fn print_one(&self, session: &Session, record: Map<String, Value>) -> Result<(), Complaint> {
        let Self::Json(fields) = self else { return self.print(session, vec![record]) };
        let object = selected(vec![record], fields).pop().unwrap_or_default();
        Ok(session.output.json(&Value::Object(object))?)
    }

    /// Prints records in the form that was chosen.
    pub(super) fn print(&self, session: &Session, records: Vec<Map<String, Value>>) -> Result<(), Complaint> {
        let told = match self {
            Self::Words | Self::Names => String::new(),
            Self::Json(fields) => {
                let selected = selected(records, fields).into_iter().map(Value::Object).collect();
                return Ok(session.output.json(&Value::Array(selected))?);
            }
            Self::Lines(fields) => records::lines(&selected(records, fields)),
            Self::Csv(columns) => records::csv(&records, columns),
            Self::Template(template) => {
                let paper = Paper { aligned: session.output.is_terminal, width: session.output.width() };
                template.fill(&records, paper).map_err(|flaw| complain(&flaw))?
            }
        };
        Ok(session.output.print(&told)?)
    }
}

impl Shape {
    /// JSON with the fields a flag asks for.
    pub(super) fn of(&self, fields: &str) -> Result<Chosen, Complaint> {
        let asked = asked(Some(fields));
        json::check(&asked, self.fields.iter().copied()).map_err(|unknown| unknown_field(&unknown))?;
        Ok(Chosen::Json(asked))
    }

    /// Prints the names of the fields, one a line.
    pub(super) fn list(&self, session: &Session) -> Result<Exit, Complaint> {
        session.output.print(&format!("{}\n", self.fields.join("\n")))?;
        Ok(Exit::Done)
    }
}

/// The fields asked for; none means all.
pub(super) fn asked(fields: Option<&str>) -> Vec<String> {
    match fields {
        None | Some("*") => Vec::new(),
        Some(names) => names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect(),
    }
}

/// The fields asked for, in that order; one that a record does not have is `null` there.
fn selected(records: Vec<Map<String, Value>>, fields: &[String]) -> Vec<Map<String, Value>> {
    if fields.is_empty() {
        return records;
    }
    let select = |mut record: Map<String, Value>| {
        fields.iter().map(|name| (name.clone(), record.remove(name).unwrap_or(Value::Null))).collect()
    };
    records.into_iter().map(select).collect()
}

fn complain(flaw: &TemplateFlaw) -> Complaint {
    match flaw {
        TemplateFlaw::Field(unknown) => unknown_field(unknown),
        TemplateFlaw::Language(said) => Error::usage(
            format!("the template of --format: {said}"),
            "for example '{{ short_id }}  {{ subject|truncate(40) }}', or '{{ tablerow(short_id, status, subject) }}'",
        )
        .into(),
    }
}
