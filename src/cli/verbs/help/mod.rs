//! `help`: the verbs by task, the help of a verb, or a page on a topic.

mod topics;

use clap::{Args, Command};

use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::domain::suggestion;
use crate::view::text_width::wrap;
use topics::TOPICS;

/// The tasks of the overview, each with its verbs.
pub const TASKS: &[(&str, &[&str])] = &[
    ("Start", &["init", "demo", "import", "doctor", "help"]),
    ("Answer customers", &["open", "reply", "remind", "hold", "resume", "solve", "reopen", "merge", "attach", "macro"]),
    (
        "Organize tickets",
        &["note", "assign", "prioritize", "escalate", "deescalate", "cc", "tag", "set", "correct", "redact"],
    ),
    ("Find and read", &["list", "search", "show", "log", "changes", "sla", "sweep"]),
    ("Policy and people", &["config", "team", "org", "access", "plan", "calendar"]),
    ("Git and checks", &["sync", "resolve", "git-setup", "hooks", "check", "rule", "audit"]),
];

/// The verbs that git, editors and installers run. The overview leaves them out.
pub const PLUMBING: &[&str] = &["merge-file", "textconv", "guard", "schema", "completions", "man"];

/// The verbs that customers notice.
const NOTICED: &str =
    "open reply remind hold resume solve reopen merge attach macro prioritize escalate deescalate cc sweep redact";

/// Returns whether a verb may be the tip for an unknown one: a slip must not lead to a message, nor to plumbing.
pub(super) fn may_be_tip(verb: &str) -> bool {
    !NOTICED.split(' ').any(|noticed| noticed == verb) && !PLUMBING.contains(&verb)
}

/// The largest width of a page.
const MAX_WIDTH: usize = 100;
/// The least width of the text in a row, on a very narrow terminal.
const MIN_TEXT_WIDTH: usize = 16;
/// The mark of an item of a list.
const ITEM: &str = "- ";

/// The help of a verb: examples come before the flags, of which there are many.
const VERB: &str = "{about-with-newline}\n{usage-heading} {usage}{after-help}\n\n{all-args}";

/// Returns the command line with help that lists the verbs by task, and shows the examples of a verb first.
pub(super) fn arranged(line: Command) -> Command {
    let header = line.get_styles().get_header();
    let mut verbs = String::new();
    for (task, names) in TASKS {
        verbs.push_str(&format!("{header}{task}:{header:#}\n"));
        for verb in names.iter().filter_map(|name| line.find_subcommand(name)) {
            let about = verb.get_about().map(ToString::to_string).unwrap_or_default();
            verbs.push_str(&format!("  {:<12}{about}\n", verb.get_name()));
        }
        verbs.push('\n');
    }
    let topics = TOPICS.map(|(topic, _)| topic).join(", ");
    let overview = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{verbs}{header}Options:{header:#}\n{{options}}{{after-help}}\n\
         `casebook help VERB` explains a verb, and `casebook help TOPIC` one of these:\n{topics}."
    );
    line.mut_subcommands(examples_first).help_template(overview)
}

fn examples_first(verb: Command) -> Command {
    verb.mut_subcommands(examples_first).help_template(VERB)
}

/// Explain a verb, or a topic.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  casebook help solve\n  casebook help query\n  casebook help agents")]
pub struct HelpArgs {
    /// The topic, or the verb, with the verb below it [default: all verbs, and the names of the topics]
    #[arg(value_name = "VERB|TOPIC")]
    words: Vec<String>,
}

impl HelpArgs {
    pub(super) fn run(self, session: &Session) -> Result<(), CliError> {
        let name = self.words.join(" ");
        if let Some((_, page)) = TOPICS.iter().find(|(topic, _)| *topic == name) {
            let page = session.output.width().map_or_else(&page, |columns| fit(&page(), columns.min(MAX_WIDTH)));
            return Ok(session.output.print(&page)?);
        }
        let words = ["casebook"].into_iter().chain(self.words.iter().map(String::as_str)).chain(["--help"]);
        match super::parse(&words.map(Into::into).collect::<Vec<_>>()) {
            Err(help) if !help.use_stderr() => {
                // A closed pipe is not an error.
                let _ = help.print();
                Ok(())
            }
            _ => Err(unknown(&name)),
        }
    }
}

/// Fits a page to a terminal: the lines of paragraphs and list items flow, and rows of tables continue below their text.
fn fit(page: &str, columns: usize) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let mut flows = false;
    for line in page.lines() {
        let is_row = line.starts_with(' ');
        match blocks.last_mut() {
            Some(block)
                if flows && !line.is_empty() && !line.starts_with(ITEM) && (!is_row || block.starts_with(ITEM)) =>
            {
                block.push_str(&format!(" {}", line.trim_start()));
            }
            _ => {
                flows = !line.is_empty() && !is_row;
                blocks.push(line.to_owned());
            }
        }
    }
    let mut text = String::new();
    for block in &blocks {
        let hang = hang_of(block, columns.saturating_sub(MIN_TEXT_WIDTH));
        for (index, part) in wrap(&block[hang..], columns.saturating_sub(hang)).iter().enumerate() {
            let before = if index == 0 { &block[..hang] } else { &" ".repeat(hang) };
            text.push_str(&format!("{before}{part}\n"));
        }
    }
    text
}

/// Returns the place of the text in a row of a table or an item of a list, or the indent of a row whose place is greater
/// than `most`.
fn hang_of(block: &str, most: usize) -> usize {
    let row = block.trim_start();
    let indent = block.len() - row.len();
    let place = row.find("  ").filter(|_| indent > 0).map(|end| block.len() - row[end..].trim_start().len());
    match place.filter(|place| *place <= most) {
        Some(place) => place,
        None if block.starts_with(ITEM) => ITEM.len(),
        None => indent,
    }
}

/// Returns the names of the verbs and topics.
pub(super) fn names() -> Vec<&'static str> {
    let verbs = TASKS.iter().flat_map(|(_, verbs)| verbs.iter()).chain(PLUMBING).copied();
    verbs.chain(TOPICS.map(|(topic, _)| topic)).collect()
}

/// Returns the error that there is neither a verb nor a topic of a name.
fn unknown(name: &str) -> CliError {
    let hint = match suggestion::nearest(name, names()) {
        Some(nearest) => suggestion::question(&format!("casebook help {nearest}")),
        None => "`casebook help` lists the verbs and the topics".to_owned(),
    };
    CliError::usage(format!("there is no verb or topic `{name}`"), hint)
}
