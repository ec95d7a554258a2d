//! The tables of fields in docs/format.md, which follow from the lists of fields in `src/domain`. `UPDATE_DOCS=1` writes
//! them.

use std::fs;
use std::path::Path;

use casebook::domain::codec::{ENTRY_FIELDS, Field, Record, Shape};
use casebook::domain::people::organization::Organization;
use casebook::domain::ticket::action::Action;
use casebook::domain::ticket::attachment::may_have_attachments;
use casebook::domain::ticket::{FORMAT, Header, OpenFields};

use crate::fixtures::generated_page;

const PAGE: &str = "docs/format.md";

/// Returns the description of a value, for people.
fn value(shape: Shape) -> String {
    match shape {
        Shape::Line => "text on one line".to_owned(),
        Shape::Person => "a person: an address, or a name in imported tickets".to_owned(),
        Shape::Id => "an id".to_owned(),
        Shape::Time => "a time".to_owned(),
        Shape::Date => "a date".to_owned(),
        Shape::DayOrTime => "a date, or a time".to_owned(),
        Shape::Digest => "a SHA-256, 64 digits".to_owned(),
        Shape::Number => "a whole number".to_owned(),
        Shape::Flag => "`true`, or absent".to_owned(),
        Shape::Word(_, words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Shape::List(Shape::Person) => "a list of people".to_owned(),
        Shape::List(Shape::Id) => "a list of ids".to_owned(),
        Shape::List(items) => format!("a list: {}", value(*items)),
        Shape::Map(fields) => format!("a map: {}", names(fields)),
        Shape::Maps(fields) => format!("a list of maps: {}", names(fields)),
        Shape::OpenMap => "a map of any names".to_owned(),
        Shape::Changes => "a map of header fields and `fields`, with their new values".to_owned(),
    }
}

fn names(fields: &[Field]) -> String {
    let name = |field: &Field| if field.required { format!("`{}`", field.name) } else { format!("`{}`?", field.name) };
    fields.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Returns the meaning without links into the code.
fn meaning(text: &str) -> String {
    let mut plain = text.trim().to_owned();
    while let Some((before, rest)) = plain.split_once("](") {
        let (Some(begin), Some(end)) = (before.rfind('['), rest.find(')')) else { break };
        plain = format!("{}{}{}", &before[..begin], &before[begin + 1..], &rest[end + 1..]);
    }
    plain
}

fn table(fields: &[Field]) -> String {
    let mut rows = "| field | value | meaning |\n|---|---|---|\n".to_owned();
    for field in fields {
        let required = if field.required { ", required" } else { "" };
        rows.push_str(&format!(
            "| `{}` | {}{required} | {} |\n",
            field.name,
            value(field.shape),
            meaning(field.meaning)
        ));
    }
    rows
}

fn actions() -> String {
    let mut rows = "| action | meaning | its own fields |\n|---|---|---|\n".to_owned();
    for action in Action::ALL {
        let mut fields = match action.word {
            "open" => "see below".to_owned(),
            _ => {
                let field = |field: &Field| format!("{}: {}", names(&[*field]), meaning(field.meaning));
                action.fields.iter().map(field).collect::<Vec<_>>().join(" ")
            }
        };
        if may_have_attachments(action.word) {
            let mark = if action.word == "attach" { "" } else { "?" };
            fields.push_str(&format!("{}`attachments`{mark}", if fields.is_empty() { "" } else { " " }));
        }
        rows.push_str(&format!("| `{}` | {} | {fields} |\n", action.word, meaning(action.meaning)));
    }
    rows
}

#[test]
fn the_tables_of_fields_are_those_of_the_program() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let mut page = fs::read_to_string(file).expect("the page");
    let header = table(Header::FIELDS).replacen(
        "|---|---|---|\n",
        &format!("|---|---|---|\n| `format` | {FORMAT}, required | The version of the format. |\n| `id` | an id, required | The id of the ticket, which is that of its first entry. |\n"),
        1,
    );
    let text = "| `text` | text of several lines | The text, exactly as it was typed. |\n";
    let sections = [
        ("header", header),
        ("entry", table(ENTRY_FIELDS) + text),
        ("actions", actions()),
        ("opening", table(OpenFields::FIELDS)),
        ("organization", table(Organization::FIELDS)),
    ];
    for (name, table) in sections {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
        let start = page.find(&begin).expect("the mark of the table") + begin.len();
        let stop = page.find(&end).expect("the end of the table");
        page.replace_range(start..stop, &format!("\n{table}\n"));
    }
    generated_page::assert_is(PAGE, &page);
}
