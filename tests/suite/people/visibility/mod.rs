//! The table of docs/visibility.md: person, verb, and relation to the ticket.
//!
//! Every cell is the program's own answer. All of it is asked of one desk, since `-n` keeps what would be done from
//! being done. `UPDATE_DOCS=1` writes the page.

mod verbs;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use casebook::cli::command;

use crate::fixtures::generated_page;
use crate::fixtures::sandbox::Running;
use crate::fixtures::visibility_cast::{Cast, PEOPLE, Person, Relation};
use crate::people::concealment::questions::OF_THE_CLONE;
use verbs::{AT_LARGE, OF_THE_PROGRAM, ON_A_TICKET, Row, Way};

const PAGE: &str = "docs/visibility.md";
const BEGIN: &str = "<!-- who does what:";
const END: &str = "<!-- here it ends -->";

/// One cell: a person tries one row, in one relation or in none.
struct Question {
    row: &'static Row,
    person: &'static Person,
    relation: Option<Relation>,
}

impl Question {
    /// Returns the program's answer, as the table shows it.
    fn answer(&self, cast: &Cast, now: &str) -> &'static str {
        let (_, way, state, line) = self.row;
        let ticket = |state| self.relation.map_or("", |relation| cast.ticket(self.person, relation, state));
        let word = |word| match word {
            "T" => ticket(state),
            "TWIN" => ticket("twin"),
            "REQUEST" => &cast.request,
            word => word,
        };
        let words: Vec<&str> = ["--as", self.person.address].into_iter().chain(line.split(' ').map(word)).collect();
        let mut program = cast.sandbox.program(&words);
        program.env("CASEBOOK_NOW", now).env("CASEBOOK_SEED", "7");
        let told = Running::start(program).finish();
        match (told.code, way) {
            (Some(5), _) => "5",
            (Some(4), Way::Does) => "4",
            (Some(3), Way::Does) => "3",
            (Some(0), Way::Does) => "✓",
            (Some(0), Way::Shows(what)) if told.stdout.contains(if *what == "T" { ticket(state) } else { what }) => "✓",
            (Some(0), Way::Shows(_)) => "–",
            _ => panic!("{}: neither done nor refused\n{}{}", told.command, told.stdout, told.stderr),
        }
    }
}

/// Returns the answers to many questions, in their order.
fn answers(cast: &Cast, questions: &[Question]) -> Vec<&'static str> {
    let (next, now) = (AtomicUsize::new(0), casebook::domain::time::duration::format_instant(cast.sandbox.now()));
    let ask = || {
        let mut told = Vec::new();
        while let Some((place, question)) =
            Some(next.fetch_add(1, Ordering::SeqCst)).and_then(|place| Some((place, questions.get(place)?)))
        {
            told.push((place, question.answer(cast, &now)));
        }
        told
    };
    let mut told: Vec<_> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(ask)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    told.sort_by_key(|(place, _)| *place);
    told.into_iter().map(|(_, answer)| answer).collect()
}

/// Formats a table of some rows: a line for each, a column for each person who can have the relation.
fn table(cast: &Cast, rows: &'static [Row], relation: Option<Relation>) -> String {
    let people: Vec<&Person> =
        PEOPLE.iter().filter(|person| relation.is_none_or(|relation| person.can_be(relation))).collect();
    let ask = |row| people.iter().map(move |person| Question { row, person, relation });
    let questions: Vec<Question> = rows.iter().flat_map(ask).collect();
    let heads: Vec<&str> = people.iter().map(|person| person.head).collect();
    let mut text = format!("| | {} |\n|---|{}\n", heads.join(" | "), ":-:|".repeat(heads.len()));
    for (row, cells) in rows.iter().zip(answers(cast, &questions).chunks(people.len())) {
        text.push_str(&format!("| `{}` | {} |\n", row.0, cells.join(" | ")));
    }
    text
}

#[test]
fn the_visibility_table_is_generated_from_answers() {
    let cast = Cast::new();
    let mut told = String::new();
    for relation in Relation::ALL {
        told.push_str(&format!("\n### {}\n\n{}", relation.heading(), table(&cast, ON_A_TICKET, Some(relation))));
    }
    told.push_str(&format!("\n### Without a ticket\n\n{}\n", table(&cast, AT_LARGE, None)));
    let page = std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE)).unwrap();
    let begin = page.lines().find(|line| line.starts_with(BEGIN)).expect("the mark where the tables begin");
    let (before, rest) = page.split_once(begin).expect("the mark where the tables begin");
    let (_, after) = rest.split_once(END).expect("the mark where the tables end");
    generated_page::assert_is(PAGE, &format!("{before}{begin}\n{told}{END}{after}"));
}

/// Returns the verbs below one, each with all its words.
fn verbs_of(command: &clap::Command, above: &str) -> Vec<String> {
    let named = |verb: &clap::Command| {
        let name = format!("{above}{}", verb.get_name());
        if verb.get_subcommands().next().is_some() { verbs_of(verb, &format!("{name} ")) } else { vec![name] }
    };
    // A hidden verb is another name of a command.
    command.get_subcommands().filter(|verb| !verb.is_hide_set()).flat_map(named).collect()
}

#[test]
fn every_verb_about_tickets_or_people_has_its_row() {
    let tried: BTreeSet<&str> = ON_A_TICKET.iter().chain(AT_LARGE).map(|(_, _, _, line)| *line).collect();
    for verb in verbs_of(&command(), "") {
        let is_tried = tried.iter().any(|line| *line == verb || line.starts_with(&format!("{verb} ")));
        let first = verb.split(' ').next().unwrap();
        let is_elsewhere = OF_THE_CLONE.contains(&first) || OF_THE_PROGRAM.contains(&first);
        assert!(
            is_tried != is_elsewhere,
            "`{verb}` has a row in tests/suite/people/visibility/verbs.rs, or is named as none"
        );
    }
}
