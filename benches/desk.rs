//! A generator of desks of any size with plausible, seeded tickets: `cargo bench --bench desk -- FOLDER COUNT`.
//!
//! A ticket has five entries and 3 KB in the median, and some have 200 entries; the tickets cover two years. The files
//! are byte for byte as the program writes them, in one git commit.

#![allow(clippy::print_stdout)]

use std::fs;
use std::path::Path;
use std::process::Command;

use casebook::domain::id::Id;
use casebook::domain::people::person::Person;
use casebook::domain::text::Text;
use casebook::domain::ticket::OpenFields;
use casebook::domain::ticket::action::{Action, SolveEvidence};
use casebook::domain::ticket::entry::Entry;
use casebook::domain::ticket::{Hold, Ticket};
use casebook::domain::vocabulary::{HoldReason, Priority, Role, Status};
use casebook::store::{holidays, layout, yaml};
use chrono::{DateTime, TimeDelta, Utc};

/// Pages of which the texts are made: real words, as often as people use them.
const PAGES: [&str; 6] = [
    include_str!("../docs/architecture.md"),
    include_str!("../docs/format.md"),
    include_str!("../docs/reliability.md"),
    include_str!("../docs/slas.md"),
    include_str!("../docs/visibility.md"),
    include_str!("../docs/workflow.md"),
];
/// Lines that are measured, each with the percentage of tickets that contain it.
const MEASURED: [(u64, &str); 3] = [
    (52, "The dashboard takes minutes since the update."),
    (2, "昨日からタイルが表示されません。再起動しても直りません。"),
    (1, "Every query waits for the connection pool."),
];

/// Returns the lines of the pages without those that contain a measured word.
fn lines() -> Vec<&'static str> {
    let is_text = |line: &&str| line.len() > 20 && line.chars().next().is_some_and(char::is_alphabetic);
    let is_measured = |line: &str| ["dashboard", "タイル", "pool", "quokka"].iter().any(|word| line.contains(word));
    PAGES.iter().flat_map(|page| page.lines()).filter(is_text).filter(|line| !is_measured(line)).collect()
}

/// A random generator (splitmix64).
struct Dice {
    state: u64,
    lines: Vec<&'static str>,
}

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn line(&mut self) -> &'static str {
        let place = self.roll(self.lines.len() as u64) as usize;
        self.lines[place]
    }

    fn words(&mut self, count: u64) -> String {
        self.line().split_whitespace().take(count as usize).collect::<Vec<_>>().join(" ")
    }

    /// Some lines that follow each other on a page, after `first`.
    fn text(&mut self, first: &str) -> Text {
        let from = self.roll(self.lines.len() as u64 - 9) as usize;
        let until = from + self.roll(4) as usize + 1;
        Text::clean(&format!("{first}{}", self.lines[from..until].join("\n"))).expect("words are not blank")
    }

    fn person(&mut self, kind: &str, count: u64, domain: &str) -> Person {
        Person::from_address(&format!("{kind}{}@{domain}.example", self.roll(count))).expect("an address")
    }
}

fn entry(
    dice: &mut Dice,
    id: Id,
    by: Person,
    role: Role,
    action: Action,
    from: Option<Status>,
    to: Option<Status>,
) -> Entry {
    let text = matches!(action, Action::Open(_) | Action::Reply { .. } | Action::Note { .. }).then(|| {
        let is_first = matches!(action, Action::Open(_));
        let measured = MEASURED.iter().filter(|(percent, _)| is_first && dice.roll(100) < *percent);
        let first: String = measured.map(|(_, line)| format!("{line}\n")).collect();
        dice.text(&first)
    });
    Entry { from, to: to.filter(|to| from != Some(*to)), text, ..Entry::new(id, by, role, action) }
}

fn ticket(dice: &mut Dice, opened: DateTime<Utc>) -> Ticket {
    let bits = |dice: &mut Dice| (u128::from(dice.roll(u64::MAX)) << 64) | u128::from(dice.roll(u64::MAX));
    let organization = dice.roll(300);
    let requester = dice.person("user", 40, &format!("org{organization}"));
    let subject_length = 4 + dice.roll(5);
    let mut opening =
        OpenFields::new(dice.words(subject_length), Priority::ALL[dice.roll(4) as usize], requester.clone());
    opening.organization = Some(format!("org{organization}"));
    opening.channel = Some("portal".to_owned());
    let id = Id::at(opened, bits(dice));
    let first =
        entry(dice, id, requester.clone(), Role::Customer, Action::Open(Box::new(opening)), None, Some(Status::Open));
    let mut ticket = Ticket::opened_by(first).expect("an opening");
    let agent = dice.person("agent", 30, "desk");
    let more = match dice.roll(100) {
        0 => 200,
        1..=9 => 12 + dice.roll(20),
        _ => 1 + dice.roll(7),
    };
    for _ in 0..more {
        let id = Id::after(
            Some(ticket.version()),
            ticket.version().time() + TimeDelta::minutes(dice.roll(3000) as i64 + 1),
            bits(dice),
        );
        let from = ticket.header.status;
        let reply = Action::Reply { auto: false, via_ticket: None };
        let (by, role, action, to) = match dice.roll(10) {
            0..=3 if from != Status::Solved => (agent.clone(), Role::Agent, reply, Some(Status::AwaitingReply)),
            4 if from == Status::Open => {
                let hold = Hold { reason: HoldReason::Engineering, team: Some("rendering".to_owned()), until: None };
                (agent.clone(), Role::Agent, Action::Hold(hold), Some(Status::OnHold))
            }
            5..=6 if from != Status::Solved => (
                agent.clone(),
                Role::Agent,
                Action::Solve(SolveEvidence::Agreed { by: Some(requester.clone()), reply: None }),
                Some(Status::Solved),
            ),
            7 => (agent.clone(), Role::Agent, Action::Note { auto: false, via_ticket: None }, None),
            8 if ticket.header.assignee.is_none() => {
                (agent.clone(), Role::Agent, Action::Assign { assignee: Some(agent.clone()) }, None)
            }
            _ => (requester.clone(), Role::Customer, reply, Some(Status::Open)),
        };
        let next = entry(dice, id, by, role, action, Some(from), to);
        ticket.append(next);
    }
    ticket
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [folder, count] = arguments.as_slice() else {
        println!("usage: cargo bench --bench desk -- FOLDER COUNT");
        return;
    };
    let (root, count) = (Path::new(folder), count.parse::<u64>().expect("a number of tickets"));
    let mut dice = Dice { state: count, lines: lines() };
    let begin: DateTime<Utc> = "2024-11-01T00:00:00Z".parse().expect("a time");
    let step = TimeDelta::days(730).num_seconds() / count.max(1) as i64;
    for place in 0..count {
        let ticket = ticket(&mut dice, begin + TimeDelta::seconds(step * place as i64));
        let path = root.join(layout::ticket_path(ticket.id));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, yaml::print(&ticket)).expect("a file");
    }
    let agents: Vec<String> = (0..30).map(|agent| format!("\"agent{agent}@desk.example\"")).collect();
    let config = casebook::store::config::PolicyTemplate::Looker
        .text("Bench", "UTC", true, None)
        .replace("agents = []", &format!("agents = [{}]", agents.join(", ")));
    fs::write(root.join(layout::MARKER), config).expect("casebook.toml");
    for name in casebook::store::config::PolicyTemplate::Looker.holidays() {
        let path = root.join(holidays::path(name));
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, holidays::shipped(name).expect("a built-in list")).expect("a list of holidays");
    }
    for arguments in [&["init", "-q"][..], &["add", "-A"], &["commit", "-q", "-m", "A desk"]] {
        assert!(Command::new("git").current_dir(root).args(arguments).status().expect("git").success());
    }
}
