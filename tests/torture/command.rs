//! Random commands: every verb that writes, by agents, a manager and customers, allowed or not.

use crate::random::Chance;

/// The number of tickets that most commands are about, so that they collide.
const HOT: usize = 8;

/// A command, and the traces it would leave.
#[derive(Clone, Debug)]
pub struct Command {
    /// Its arguments.
    pub words: Vec<String>,
    /// The word its entries' text begins with; no other command has it.
    pub mark: String,
    /// True if it commits.
    pub commits: bool,
    /// True if it may write its text into several tickets.
    pub is_merge: bool,
    /// True if a retry does not do it twice.
    pub has_key: bool,
    /// The file it attaches, relative to the desk; the worker makes it.
    pub file: Option<String>,
}

/// A file of its own for each command.
pub fn given(mark: &str) -> String {
    format!("../../given/{mark}/trace.txt")
}

/// The settings of a desk all of these may act on.
pub fn policy(written: &str) -> String {
    let agents = "agents = [\"kenji@desk.example\", \"lea@desk.example\"]";
    let managers = "managers = [\"mia@desk.example\"]";
    written.replace("agents = [\"kenji@desk.example\"]", agents).replacen("managers = []", managers, 1)
}

/// Opens a ticket that both customers may see.
pub fn opening(subject: &str) -> [&str; 9] {
    ["open", "-s", subject, "--requester", "ana@acme.example", "--cc", "bo@acme.example", "-m", "Help."]
}

impl Command {
    /// Draws one about some of the tickets. `mark` is a word of its own.
    pub fn draw(chance: &mut Chance, tickets: &[String], mark: &str) -> Self {
        let mut words = verb(chance, tickets);
        let file = (words[0] == "attach" || words[0] == "reply" && chance.hits(1, 10)).then(|| given(mark));
        if let Some(file) = &file {
            words.extend((words[0] == "reply").then(|| "--attach".to_owned()));
            words.push(file.clone());
        }
        let is_merge = words[0] == "merge";
        let customer = chance.one(&["ana@acme.example", "bo@acme.example"]);
        let agent = chance.one(&["kenji@desk.example", "lea@desk.example", "mia@desk.example"]);
        let by_customer = match words[0].as_str() {
            "reply" | "open" => chance.hits(1, 2),
            "solve" | "reopen" | "escalate" | "cc" => chance.hits(1, 4),
            _ => chance.hits(1, 40),
        };
        let actor = if by_customer { customer } else { agent };
        let text = match chance.below(8) {
            0 => format!("{mark} in several lines:\n\n  - id: no entry\n\ttext: |\n...\n# Grüße 🦀"),
            1 => format!("{mark} {}", "a long line, ".repeat(chance.below(40))),
            _ => format!("{mark} says so."),
        };
        let commits = chance.hits(1, 2);
        let has_key = chance.hits(1, 4);
        words.extend(["--as", actor, "-m", &text, if commits { "--commit" } else { "--no-commit" }].map(str::to_owned));
        if has_key {
            words.push(format!("--key={mark}"));
        }
        words.push("--json=id,version".to_owned());
        Self { words, mark: mark.to_owned(), commits, is_merge, has_key, file }
    }
}

/// Draws arguments that suit a verb, so that commands are refused by the workflow, seldom by the parser.
fn verb(chance: &mut Chance, tickets: &[String]) -> Vec<String> {
    let mut ticket = || {
        let among = if chance.hits(4, 5) { tickets.len().min(HOT) } else { tickets.len() };
        tickets[chance.below(among)].clone()
    };
    let (one, other) = (ticket(), ticket());
    let (one, other) = (one.as_str(), other.as_str());
    let hold = chance.one(&["reproducing", "workaround", "engineering", "account_team", "other"]);
    let cause = chance.one(&["resolution_time", "technical_expertise", "business_impact"]);
    let priority = chance.one(&["S1", "S2", "S3", "S4"]);
    let agent = chance.one(&["kenji@desk.example", "lea@desk.example"]);
    let change = chance.one(&["--add", "--remove"]);
    let label = chance.one(&["tiles", "api", "login"]);
    let fact = format!("{}={}", chance.one(&["fields.release", "fields.region"]), chance.below(5));
    let bug = format!("BUG-{}", chance.below(100));
    let words: &[&str] = match chance.below(100) {
        0..=29 => &["reply", one],
        30..=41 => &["note", one],
        42..=47 => &["hold", one, "--reason", hold],
        48..=52 => &["resume", one],
        53..=55 => &["remind", one, "--early"],
        56..=58 => &["solve", one, "--agreed-by", "ana@acme.example"],
        59..=60 => {
            &["solve", one, "--resolution", "bug_reported", "--bug", &bug, "--bug-priority", priority, "--eta", "+3d"]
        }
        61..=67 => &["reopen", one],
        68..=71 => &["merge", one, "--into", other],
        72..=76 => &["reopen", one, "--unmerge"],
        77..=80 => &["prioritize", one, priority],
        81..=83 => &["assign", one, agent],
        84 => &["assign", one, "--none"],
        85..=87 => &["escalate", one, "--reason", cause],
        88..=89 => &["deescalate", one],
        90..=92 => &["tag", one, change, label],
        93 => &["attach", one],
        94..=95 => &["cc", one, change, "carla@acme.example"],
        96..=98 => &["set", one, &fact],
        _ => &["open", "-s", "Another", "--requester", "ana@acme.example", "--cc", "bo@acme.example"],
    };
    words.iter().map(|&word| word.to_owned()).collect()
}
