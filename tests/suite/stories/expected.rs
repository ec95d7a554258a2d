//! When an output is as expected, and what the expectation becomes where it is not.
//!
//! `[..]` stands for any run of characters in a line, a line `...` for any lines. Where the output has a line
//! `...` in that very place (the end of a ticket file), that line is meant. Must not know stories or commands.

use super::script::{SETUP_END, exit_code};

/// What it costs to drop an expected line, to write a new one, and to write one in place of another. Writing
/// in place has to be cheaper than both, so that a line `...` does not swallow what stands beside it.
const DROP: usize = 3;
const WRITE: usize = 2;
const REPLACE: usize = 2;

/// An expectation laid beside an output: for each pair of places the cost from there to the end.
struct Alignment<'a> {
    expected: &'a [String],
    actual: &'a [String],
    costs: Vec<Vec<usize>>,
}

/// `None` where the output is as expected; else the expectation that holds, which keeps every line with
/// `[..]` or `...` that still does.
pub fn renewed(expected: &[String], actual: &[String]) -> Option<Vec<String>> {
    let alignment = Alignment::of(expected, actual);
    (alignment.costs[0][0] > 0).then(|| alignment.renewed())
}

impl<'a> Alignment<'a> {
    fn of(expected: &'a [String], actual: &'a [String]) -> Self {
        let last = (0..=actual.len()).map(|at| WRITE * (actual.len() - at)).collect();
        let mut alignment = Self { expected, actual, costs: vec![last] };
        for line in expected.iter().rev() {
            let behind = &alignment.costs[alignment.costs.len() - 1];
            let row = if line == "..." { alignment.gap_row(behind) } else { alignment.row(line, behind) };
            alignment.costs.push(row);
        }
        alignment.costs.reverse();
        alignment
    }

    fn row(&self, line: &str, behind: &[usize]) -> Vec<usize> {
        let mut row = vec![0; behind.len()];
        for at in (0..behind.len()).rev() {
            row[at] = DROP + behind[at];
            if let Some(actual) = self.actual.get(at) {
                let here = if fits(line, actual) { 0 } else { REPLACE };
                row[at] = row[at].min(here + behind[at + 1]).min(WRITE + row[at + 1]);
            }
        }
        row
    }

    fn gap_row(&self, behind: &[usize]) -> Vec<usize> {
        let mut least = usize::MAX;
        let mut row = vec![0; behind.len()];
        for at in (0..behind.len()).rev() {
            least = least.min(behind[at]);
            row[at] = if self.ends_file(at) { behind[at + 1] } else { least };
        }
        row
    }

    fn ends_file(&self, at: usize) -> bool {
        self.actual.get(at).is_some_and(|line| line == "...")
    }

    /// Walks the cheapest way from the beginning.
    fn renewed(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut at = 0;
        for (index, line) in self.expected.iter().enumerate() {
            let (row, behind) = (&self.costs[index], &self.costs[index + 1]);
            if line == "..." {
                lines.push(line.clone());
                let skipped = (at..behind.len()).find(|&next| behind[next] == row[at]).unwrap_or(at);
                at = if self.ends_file(at) { at + 1 } else { skipped };
                continue;
            }
            while at < self.actual.len() {
                let here = if fits(line, &self.actual[at]) { 0 } else { REPLACE };
                if row[at] == here + behind[at + 1] {
                    lines.push(if here == 0 { line.clone() } else { spelled(&self.actual[at], lines.is_empty()) });
                    at += 1;
                    break;
                }
                if row[at] == DROP + behind[at] {
                    break;
                }
                lines.push(spelled(&self.actual[at], lines.is_empty()));
                at += 1;
            }
        }
        for line in &self.actual[at..] {
            lines.push(spelled(line, lines.is_empty()));
        }
        lines
    }
}

/// Whether a line is as expected.
fn fits(expected: &str, actual: &str) -> bool {
    let mut parts = expected.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| actual.strip_prefix(first)) else { return false };
    let Some(mut part) = parts.next() else { return rest.is_empty() };
    for next in parts {
        let Some(place) = rest.find(part) else { return false };
        rest = &rest[place + part.len()..];
        part = next;
    }
    rest.ends_with(part)
}

/// A line of output as a story can hold it: never taken for a command, a fence or an exit code.
fn spelled(line: &str, first: bool) -> String {
    let goes_on = first && (line == ">" || line.starts_with("> "));
    let is_mark = line.starts_with("$ ") || line.starts_with("```") || line.trim_end() == SETUP_END;
    let taken = goes_on || is_mark || exit_code(line).is_some();
    if taken { format!("[..]{line}") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    /// The expectation that holds for an output, or `as told`.
    fn told(expected: &str, actual: &str) -> String {
        let Some(renewed) = renewed(&lines(expected), &lines(actual)) else { return "as told".to_owned() };
        let again = super::renewed(&renewed, &lines(actual));
        assert_eq!(again, None, "what was written down holds: {renewed:?}");
        renewed.join("\n")
    }

    #[test]
    fn a_run_of_characters_may_be_anything() {
        for (expected, actual) in [("a[..]c", "abc"), ("a[..]c", "ac"), ("[..]", ""), ("[..]b[..]", "abbb"), ("x", "x")]
        {
            assert!(fits(expected, actual), "{expected} {actual}");
        }
        for (expected, actual) in
            [("a[..]c", "abcd"), ("ab[..]bc", "abc"), ("[..]x[..]", "abc"), ("x", "xy"), ("", "x")]
        {
            assert!(!fits(expected, actual), "{expected} {actual}");
        }
    }

    #[test]
    fn three_dots_stand_for_any_lines() {
        for actual in ["a\nz", "a\nb\nc\nz", "a\nz\nz"] {
            assert_eq!(told("a\n...\nz", actual), "as told");
        }
        assert_eq!(told("...", ""), "as told");
        assert_eq!(told("a\n...", "a\nb\n..."), "as told");
        assert_eq!(told("a\n...\nz", "b\nc\nz"), "b\n...\nz");
    }

    #[test]
    fn the_end_of_a_ticket_file_is_meant_where_it_stands() {
        assert_eq!(told("a\n...", "a\n..."), "as told");
        assert_eq!(told("a\n...", "a\n...\nmore"), "a\n...\nmore");
        assert_eq!(told("a\n...\n...", "a\nb\n..."), "as told");
    }

    #[test]
    fn what_still_holds_is_kept() {
        assert_eq!(told("id [..]\nold\nend [..]", "id 7\nnew\nmore\nend 8"), "id [..]\nnew\nmore\nend [..]");
        assert_eq!(told("a\n...\ny\nz", "a\nb\nc\nY\nz"), "a\n...\nY\nz");
        assert_eq!(told("a\nb", ""), "");
        assert_eq!(told("", "a\nb"), "a\nb");
    }

    #[test]
    fn an_output_is_never_taken_for_something_else() {
        assert_eq!(
            told("", "> a\n> b\n$ c\n```\n-->\n[exit 3]"),
            "[..]> a\n> b\n[..]$ c\n[..]```\n[..]-->\n[..][exit 3]"
        );
    }
}
