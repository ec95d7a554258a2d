//! The outcomes of commands, compared with the files. Reads the files line by line, with nothing of
//! casebook's own readers: an entry is the text between `- id:` and `- id:`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::command::Command;

/// The fate of a command.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It ended with 0 and printed these tickets, each with its last entry.
    Acknowledged(Vec<(String, String)>),
    /// It ended by itself with another code.
    Refused,
    /// It was killed, or it was blocked and printed nothing.
    Unknown,
}

/// A command and its fate.
#[derive(Clone, Debug)]
pub struct Line {
    pub command: Command,
    pub fate: Fate,
}

/// The contents of the files.
#[derive(Debug, Default)]
pub struct Files {
    /// The ids of every ticket's entries, in the order of the file.
    pub entries: BTreeMap<String, Vec<String>>,
    /// The tickets and entries whose text begins with a mark.
    pub marks: BTreeMap<String, Vec<(String, String)>>,
    /// The same for the copies that `resolve` made where the conversation goes on, with their keys.
    pub copies: BTreeMap<String, Vec<Copy>>,
}

/// A copy that `resolve` made of a stranded reply.
#[derive(Clone, Debug)]
pub struct Copy {
    pub ticket: String,
    pub entry: String,
    pub key: String,
}

/// The prefix of a mark.
const MARK: &str = "@@";

/// The mark of a command.
pub fn mark(process: usize, number: usize) -> String {
    format!("{MARK}{process}-{number}")
}

/// The files of all tickets.
pub fn ticket_files(desk: &Path) -> Vec<PathBuf> {
    let files = WalkDir::new(desk.join("tickets")).sort_by_file_name().into_iter().flatten();
    files
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|end| end == "yaml"))
        .filter(|path| path.file_stem().is_some_and(|name| name.len() == 26))
        .collect()
}

/// The ids of all tickets, the oldest first.
pub fn tickets(desk: &Path) -> Vec<String> {
    ticket_files(desk).iter().map(|path| id_of(path)).collect()
}

fn id_of(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

impl Files {
    /// Reads all of them.
    pub fn read(desk: &Path) -> Self {
        let mut files = Self::default();
        for path in ticket_files(desk) {
            files.take(&id_of(&path), &fs::read_to_string(&path).unwrap_or_default());
        }
        files
    }

    fn take(&mut self, ticket: &str, text: &str) {
        let entries = self.entries.entry(ticket.to_owned()).or_default();
        let mut copy_of = None;
        for line in text.lines() {
            if let Some(id) = line.strip_prefix("- id: ") {
                entries.push(id.to_owned());
                copy_of = None;
            }
            if let Some(reply) = line.strip_prefix("  key: resolve-") {
                copy_of = Some(reply.to_owned());
            }
            if let Some(words) = line.trim_start().strip_prefix(MARK) {
                let mark = format!("{MARK}{}", words.split_whitespace().next().unwrap_or_default());
                let entry = entries.last().cloned().unwrap_or_default();
                let ticket = ticket.to_owned();
                match copy_of.clone() {
                    Some(key) => self.copies.entry(mark).or_default().push(Copy { ticket, entry, key }),
                    None => self.marks.entry(mark).or_default().push((ticket, entry)),
                }
            }
        }
    }

    /// Returns the marks that two clones both copied to one ticket before they were merged, with the ticket.
    pub fn duplicate_forwards(&self) -> Vec<(&str, &str)> {
        let mut twins: Vec<(&str, &str)> = Vec::new();
        for (mark, copies) in &self.copies {
            let tickets: Vec<&str> = copies.iter().map(|copy| copy.ticket.as_str()).collect();
            let twice = |ticket: &&&str| tickets.iter().filter(|other| other == ticket).count() > 1;
            twins.extend(tickets.iter().filter(twice).map(|ticket| (mark.as_str(), *ticket)));
        }
        twins.dedup();
        twins
    }

    /// Returns the number of entries.
    pub fn count(&self) -> usize {
        self.entries.values().map(Vec::len).sum()
    }
}

/// Returns the differences between the files and the outcomes.
pub fn differences(lines: &[Line], files: &Files) -> Vec<String> {
    let mut wrong = Vec::new();
    for (ticket, ids) in &files.entries {
        if !ids.windows(2).all(|pair| pair[0] < pair[1]) {
            wrong.push(format!("the ids of {ticket} do not increase"));
        }
    }
    let known: BTreeSet<&str> = lines.iter().map(|line| line.command.mark.as_str()).collect();
    wrong
        .extend(files.marks.keys().filter(|mark| !known.contains(mark.as_str())).map(|mark| format!("{mark}: whose?")));
    for (mark, copies) in &files.copies {
        let entries: BTreeSet<&str> = copies.iter().map(|copy| copy.entry.as_str()).collect();
        let written = files.marks.get(mark).map_or(&[][..], Vec::as_slice);
        // All of them name the reply that they copy, so readers show them as one.
        let is_of_it = |copy: &Copy| written.iter().any(|(_, entry)| *entry == copy.key);
        if entries.len() < copies.len() || !copies.iter().all(is_of_it) {
            wrong.push(format!("written down twice where the conversation goes on: {mark} {copies:?}"));
        }
    }
    let nothing = Vec::new();
    for Line { command, fate } in lines {
        let found = files.marks.get(&command.mark).unwrap_or(&nothing);
        let mut say = |what: &str| wrong.push(format!("{what}: {:?} {fate:?}; found {found:?}", command.words));
        let tickets: BTreeSet<&str> = found.iter().map(|(ticket, _)| ticket.as_str()).collect();
        if tickets.len() < found.len() || (found.len() > 1 && !command.is_merge) {
            say("doubled");
        }
        match fate {
            Fate::Refused if !found.is_empty() => say("refused, and there"),
            Fate::Acknowledged(told) => {
                for (ticket, entry) in told {
                    let there = files.entries.get(ticket).map_or(0, |ids| ids.iter().filter(|id| *id == entry).count());
                    if there != 1 {
                        say(&format!("acknowledged, and there {there} times"));
                    }
                }
                // A command that changes nothing makes no entry, and prints the last one.
                // A retry with its key prints the ticket as it is now: other processes may have written to it since.
                let is_there = |told: &(String, String)| {
                    found.iter().any(|found| found == told || command.has_key && found.0 == told.0)
                };
                if !found.is_empty() && !told.iter().any(is_there) {
                    say("told of another entry");
                }
            }
            _ => {}
        }
    }
    wrong
}

/// Tests the functions above: a ledger that never finds a difference would prove nothing.
pub fn prove() {
    let mut files = Files::default();
    files.take("T", "history:\n- id: A\n  text: |\n    @@1-2 says so.\n\n- id: B\n  text: |\n    @@1-2 again\n");
    let command =
        Command { words: vec![], mark: mark(1, 2), commits: true, is_merge: false, has_key: false, file: None };
    let line = |entry: &str| {
        let fate = Fate::Acknowledged(vec![("T".to_owned(), entry.to_owned())]);
        [Line { command: command.clone(), fate }]
    };
    assert!(differences(&line("A"), &files)[0].starts_with("doubled"));
    assert!(differences(&line("C"), &files).iter().any(|said| said.starts_with("acknowledged, and there 0 times")));
    assert_eq!(differences(&[], &files), ["@@1-2: whose?"]);
    files.take("T", "- id: C\n  key: resolve-A\n    @@1-2 says so.\n- id: D\n  key: resolve-A\n    @@1-2 says so.\n");
    assert_eq!(files.duplicate_forwards(), [("@@1-2", "T")]);
    assert!(!differences(&[], &files).iter().any(|said| said.contains("goes on")));
    files.take("T", "- id: E\n  key: resolve-X\n    @@1-2 says so.\n");
    assert!(differences(&[], &files).iter().any(|said| said.contains("goes on")));
    files = Files::default();
    files.entries.insert("U".to_owned(), vec!["B".to_owned(), "A".to_owned()]);
    assert_eq!(differences(&[], &files).len(), 1);
}
