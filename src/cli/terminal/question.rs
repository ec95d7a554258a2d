//! Questions at a terminal: for a line of text, for one of several choices, or for either.
//!
//! They read single keys, because Ctrl-D and Escape must end a question at any place.

use std::io;

use console::{Key, Term};

use crate::view::text_width::width;

/// A question that was not answered: the person pressed Ctrl-D or Escape, or the terminal was closed.
#[derive(Debug)]
pub(crate) struct Unanswered;

/// The answer to a question.
pub(crate) enum Answer {
    /// The index of the choice.
    Choice(usize),
    /// The text as it was typed.
    Text(String),
}

/// The most choices that are shown at once.
const SHOWN: usize = 12;
/// The key Ctrl-D.
const END: char = '\u{4}';
/// The key Ctrl-U, which removes the text.
const KILL: char = '\u{15}';

/// Asks for one of several items, which must not be empty. Returns its index.
pub(crate) fn choose(question: &str, items: &[String], preselected: usize) -> Result<usize, Unanswered> {
    match Prompt::new(question, items, preselected, false).ask()? {
        Answer::Choice(index) => Ok(index),
        Answer::Text(_) => Err(Unanswered),
    }
}

/// Asks for one of several items, or for a text.
pub(crate) fn choose_or_type(question: &str, items: &[String], preselected: usize) -> Result<Answer, Unanswered> {
    Prompt::new(question, items, preselected, true).ask()
}

/// Asks for a line of text until it is valid.
pub(crate) fn ask_text(question: &str, validate: impl Fn(&str) -> Result<(), String>) -> Result<String, Unanswered> {
    loop {
        if let Answer::Text(text) = choose_or_type(question, &[], 0)? {
            match validate(&text) {
                Ok(()) => return Ok(text),
                Err(message) => Term::stderr().write_line(&message).map_err(|_| Unanswered)?,
            }
        }
    }
}

/// A question on the screen, with the text that was typed so far; it filters the choices.
struct Prompt<'a> {
    terminal: Term,
    question: &'a str,
    choices: &'a [String],
    preselected: usize,
    takes_text: bool,
    typed: Vec<char>,
    cursor: usize,
    selected: usize,
    /// The lines of the question above the cursor.
    lines_above: usize,
}

impl<'a> Prompt<'a> {
    fn new(question: &'a str, choices: &'a [String], preselected: usize, takes_text: bool) -> Self {
        let terminal = Term::stderr();
        let (typed, cursor, lines_above) = (Vec::new(), 0, 0);
        Self { terminal, question, choices, preselected, takes_text, typed, cursor, selected: preselected, lines_above }
    }

    fn ask(mut self) -> Result<Answer, Unanswered> {
        loop {
            let rows = self.rows();
            self.draw(&rows).map_err(|_| Unanswered)?;
            let count = rows.len().max(1);
            match self.terminal.read_key().map_err(|_| Unanswered)? {
                Key::Escape | Key::Char(END) => return Err(Unanswered),
                Key::ArrowUp | Key::BackTab => self.selected = (self.selected + count - 1) % count,
                Key::ArrowDown | Key::Tab => self.selected = (self.selected + 1) % count,
                Key::Enter if !rows.is_empty() => return self.end(rows[self.selected]).map_err(|_| Unanswered),
                key => self.edit(&key),
            }
        }
    }

    /// Returns the rows to choose from: the choices that match the text, and none for the text itself.
    fn rows(&self) -> Vec<Option<usize>> {
        let words: Vec<String> = self.text(self.typed.len()).split_whitespace().map(str::to_lowercase).collect();
        let choices = self.choices.iter().enumerate().filter(|(_, choice)| matches(choice, &words));
        let mut rows: Vec<Option<usize>> = choices.map(|(index, _)| Some(index)).collect();
        if self.takes_text && (self.choices.is_empty() || !words.is_empty()) {
            rows.push(None);
        }
        rows
    }

    /// Returns the first characters of the text.
    fn text(&self, length: usize) -> String {
        self.typed[..length].iter().collect()
    }

    fn edit(&mut self, key: &Key) {
        match key {
            Key::ArrowLeft => self.cursor = self.cursor.saturating_sub(1),
            Key::ArrowRight => self.cursor = self.typed.len().min(self.cursor + 1),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = self.typed.len(),
            Key::Char(KILL) => {
                self.typed.clear();
                self.cursor = 0;
            }
            Key::Char(c) if !c.is_control() => {
                self.typed.insert(self.cursor, *c);
                self.cursor += 1;
            }
            Key::Backspace if self.cursor > 0 => {
                self.cursor -= 1;
                self.typed.remove(self.cursor);
            }
            Key::Del if self.cursor < self.typed.len() => _ = self.typed.remove(self.cursor),
            _ => return,
        }
        self.selected = if self.typed.is_empty() { self.preselected } else { 0 };
    }

    /// Draws the question in the place of its last drawing, and puts the cursor into the text.
    fn draw(&mut self, rows: &[Option<usize>]) -> io::Result<()> {
        let (height, columns) = self.terminal.size();
        let columns = usize::from(columns).max(1);
        let shown = usize::from(height).saturating_sub(3).clamp(1, SHOWN);
        let line = format!("{}: {} ", self.question, self.text(self.typed.len()));
        let place = width(&format!("{}: {}", self.question, self.text(self.cursor)));
        let mut screen = self.erase() + &line;
        let mut below = width(&line).saturating_sub(1) / columns - place / columns;
        // Without choices the text is the only row, and needs no mark.
        let rows = if self.choices.is_empty() { &[] } else { rows };
        for (index, row) in rows.iter().enumerate().skip((self.selected + 1).saturating_sub(shown)).take(shown) {
            let mark = if index == self.selected { '>' } else { ' ' };
            let label =
                row.map_or_else(|| format!("as typed: {}", self.text(self.typed.len())), |at| self.choices[at].clone());
            // The terminal cuts a long row, so that it takes one line.
            screen.push_str(&format!("\r\n\x1b[?7l{mark} {label}\x1b[?7h"));
            below += 1;
        }
        screen.push_str(&format!("{}\r{}", moved(below, 'A'), moved(place % columns, 'C')));
        self.lines_above = place / columns;
        self.terminal.write_str(&screen)?;
        self.terminal.flush()
    }

    /// Returns the sequence that removes the question from the screen.
    fn erase(&self) -> String {
        format!("{}\r\x1b[J", moved(self.lines_above, 'A'))
    }

    /// Leaves the question with its answer on the screen.
    fn end(&self, row: Option<usize>) -> io::Result<Answer> {
        let text = self.text(self.typed.len());
        let label = row.map_or(&text, |index| &self.choices[index]);
        self.terminal.write_line(&format!("{}{}: {label}", self.erase(), self.question))?;
        Ok(row.map_or(Answer::Text(text), Answer::Choice))
    }
}

/// Returns the sequence that moves the cursor. A count of 0 would move it by one.
fn moved(count: usize, direction: char) -> String {
    if count == 0 { String::new() } else { format!("\x1b[{count}{direction}") }
}

/// Returns whether each word begins a word of the choice.
fn matches(choice: &str, words: &[String]) -> bool {
    let choice = choice.to_lowercase();
    let begins = |place: usize| !choice[..place].ends_with(char::is_alphanumeric);
    words.iter().all(|word| choice.match_indices(word.as_str()).any(|(place, _)| begins(place)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_words_begin_words_of_a_choice() {
        let found = |typed: &str| {
            let words: Vec<String> = typed.split_whitespace().map(str::to_owned).collect();
            matches("diana@x.example  Diana Prince (LookML)", &words)
        };
        for typed in ["", "diana@x.example", "prince diana", "exam", "lookml"] {
            assert!(found(typed), "{typed}");
        }
        for typed in ["ana@x.example", "diana bo", "rince"] {
            assert!(!found(typed), "{typed}");
        }
    }
}
