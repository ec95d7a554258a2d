//! The pages on topics, from the tables and texts that the reference pages are made of.

use clap::Arg;

use crate::cli::exit::Exit;
use crate::cli::reference::{CODES, VARIABLES};
use crate::domain::query::keys;
use crate::view::json::FIELDS;

/// The name of a topic, and the function that writes its page.
type Topic = (&'static str, fn() -> String);

/// The topics.
pub(super) const TOPICS: [Topic; 6] = [
    ("agents", agents),
    ("environment", environment),
    ("exit-codes", exit_codes),
    ("formatting", formatting),
    ("query", query),
    ("security", security),
];

fn agents() -> String {
    let codes = table(Exit::MEANINGS.iter().map(|(exit, meaning)| ((*exit as u8).to_string(), meaning)));
    format!("{}\nExit codes\n{codes}\nFields of a ticket\n{}", include_str!("./agents.txt"), words(FIELDS))
}

fn environment() -> String {
    table(VARIABLES.iter().map(|(name, meaning)| ((*name).to_owned(), meaning)))
}

fn exit_codes() -> String {
    let exits = table(Exit::MEANINGS.iter().map(|(exit, meaning)| ((*exit as u8).to_string(), meaning)));
    let codes = table(CODES.iter().map(|(code, exit, meaning)| (format!("{} {code}", *exit as u8), meaning)));
    format!("The exit codes:\n{exits}\nThe codes of errors in JSON, each after its exit code:\n{codes}")
}

fn formatting() -> String {
    let flags = flags_of_lists("Output", |flag| format!("--{}", flag.get_long().unwrap_or_default()));
    format!(
        "Without one of these flags, a list is a table on a terminal, and lines with columns separated by tabs\n\
         elsewhere; --color, --lang and NO_COLOR change the tables only.\n{flags}\nFields of a ticket:\n{}",
        words(FIELDS)
    )
}

fn query() -> String {
    let flags = flags_of_lists("Query", |flag| match flag.get_long() {
        Some(long) => format!("{}:", long.trim_end_matches("-of-ticket")),
        None => "QUERY".to_owned(),
    });
    let others: Vec<String> =
        keys().into_iter().map(|key| format!("{key}:")).filter(|key| !flags.contains(key)).collect();
    format!(
        "A ticket must meet every condition. A comma between values means or, a minus before a condition means not, and\n\
         fields.NAME: is a custom field. @NAME is a saved query, which [queries] in casebook.toml defines. Most\n\
         conditions are flags too: --status open is status:open. Without a flag are {}\n{flags}",
        others.join(" ")
    )
}

/// Returns the page on security without the marks of Markdown: a terminal follows no relative links.
fn security() -> String {
    let page = include_str!("../../../../docs/security.md").trim_start_matches("# ").replace("**", "");
    let mut parts = page.split("](");
    let first = parts.next().unwrap_or_default().to_owned();
    let text = parts.fold(first, |text, part| text + part.split_once(')').map_or(part, |(_, rest)| rest));
    text.replace('[', "")
}

/// Returns the flags of `list` under a heading, as the table of what they mean.
fn flags_of_lists(heading: &str, name: impl Fn(&Arg) -> String) -> String {
    let line = super::super::command();
    let list = line.find_subcommand("list").expect("a verb");
    let flags = list.get_arguments().filter(|flag| flag.get_help_heading() == Some(heading));
    let help = |flag: &Arg| flag.get_long_help().or(flag.get_help()).map(ToString::to_string).unwrap_or_default();
    table(flags.map(|flag| (name(flag), help(flag).replace("\n\n", " "))))
}

/// Returns rows of a name and a text.
fn table(rows: impl Iterator<Item = (String, impl AsRef<str>)>) -> String {
    let rows: Vec<_> = rows.collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    rows.iter().map(|(name, text)| format!("  {name:width$}  {}\n", text.as_ref())).collect()
}

/// Returns words in a line.
fn words(words: &[&str]) -> String {
    format!("  {}\n", words.join(" "))
}
