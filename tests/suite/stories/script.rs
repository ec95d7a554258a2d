//! The parser of stories: the steps of a Markdown page, with their lines.

use std::ops::Range;

use casebook::domain::time::duration;

/// One step of a story.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// The line of the page, from 1.
    pub line: usize,
    /// The kind of the step.
    pub kind: StepKind,
}

/// A kind of step.
#[derive(Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Runs a command in the shell.
    Run(Run),
    /// Writes a file, or appends to one.
    Write { path: String, text: String, append: bool },
    /// Lets a span of time pass.
    Wait(String),
    /// Changes the actor; without one, git decides.
    ActAs(Option<String>),
}

/// A command with its expected output and exit code.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    /// The command, in one line or several.
    pub command: String,
    /// The expected output, without the exit code.
    pub output: Vec<String>,
    /// The expected exit code.
    pub exit: i32,
    /// The lines of the page with the output and the exit code, from 0.
    pub lines: Range<usize>,
}

/// Parses a story.
///
/// # Errors
/// Returns the line of the first problem, from 1, and its description.
pub fn parse(story: &str) -> Result<Vec<Step>, (usize, String)> {
    let lines: Vec<&str> = story.lines().collect();
    let mut steps = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some(fence) = Fence::opened_by(lines[at]) {
            let end = (at + 1..lines.len()).find(|&end| fence.is_closed_by(lines[end]));
            let end = end.ok_or_else(|| (at + 1, "the block has no end".to_owned()))?;
            block(fence.info, &lines, at + 1..end, &mut steps)?;
            at = end;
        } else if lines[at].trim_end() == SETUP {
            let end = (at + 1..lines.len()).find(|&end| lines[end].trim_end() == SETUP_END);
            let end = end.ok_or_else(|| (at + 1, "the comment has no end".to_owned()))?;
            commands(&lines, at + 1..end, &mut steps)?;
            at = end;
        } else if let Some(kind) = directive(lines[at]) {
            match &kind {
                StepKind::Wait(span) if duration::parse_duration(span).is_none() => {
                    return Err((at + 1, format!("`{span}` is not a span of time")));
                }
                _ => steps.push(Step { line: at + 1, kind }),
            }
        }
        at += 1;
    }
    Ok(steps)
}

/// The line that opens a comment with commands, which pages do not show.
const SETUP: &str = "<!-- setup";

/// The line that closes such a comment.
pub const SETUP_END: &str = "-->";

/// The line that opens a fenced block.
struct Fence<'a> {
    marks: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn opened_by(line: &'a str) -> Option<Self> {
        let info = line.trim_start_matches('`');
        let marks = line.len() - info.len();
        (marks >= 3 && !info.contains('`')).then_some(Self { marks, info: info.trim() })
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let line = line.trim_end();
        line.len() >= self.marks && line.bytes().all(|byte| byte == b'`')
    }
}

/// Parses the steps of one block. Blocks of other languages have no steps.
fn block(info: &str, lines: &[&str], inside: Range<usize>, steps: &mut Vec<Step>) -> Result<(), (usize, String)> {
    let opened = inside.start;
    let file = info.split_whitespace().find_map(|word| word.split_once('=')).filter(|(_, path)| !path.is_empty());
    if let Some((mode @ ("file" | "append"), path)) = file {
        let text = lines[inside].iter().flat_map(|line| [*line, "\n"]).collect();
        let kind = StepKind::Write { path: path.to_owned(), text, append: mode == "append" };
        steps.push(Step { line: opened, kind });
        return Ok(());
    }
    if info.split_whitespace().next() == Some("console") {
        return commands(lines, inside, steps);
    }
    Ok(())
}

/// Parses the commands of a block or comment.
fn commands(lines: &[&str], inside: Range<usize>, steps: &mut Vec<Step>) -> Result<(), (usize, String)> {
    let mut at = inside.start;
    while at < inside.end {
        let Some(first) = lines[at].strip_prefix("$ ") else {
            return Err((at + 1, "a block of commands must begin with `$ `".to_owned()));
        };
        let line = at + 1;
        let mut command = first.to_owned();
        at += 1;
        while let Some(more) = lines[..inside.end].get(at).and_then(|line| continuation(line)) {
            command.push('\n');
            command.push_str(more);
            at += 1;
        }
        let end = (at..inside.end).find(|&end| lines[end].starts_with("$ ")).unwrap_or(inside.end);
        steps.push(Step { line, kind: StepKind::Run(expectation(command, lines, at..end)) });
        at = end;
    }
    Ok(())
}

/// Returns the text of a line that continues the command before it.
fn continuation(line: &str) -> Option<&str> {
    if line == ">" { Some("") } else { line.strip_prefix("> ") }
}

/// Parses the expected output and exit code after a command. Blank lines at the end are ignored.
fn expectation(command: String, lines: &[&str], mut range: Range<usize>) -> Run {
    while range.end > range.start && lines[range.end - 1].trim().is_empty() {
        range.end -= 1;
    }
    let mut output: Vec<String> = lines[range.clone()].iter().map(|line| (*line).to_owned()).collect();
    let exit = output.last().and_then(|line| exit_code(line));
    if exit.is_some() {
        output.pop();
    }
    Run { command, output, exit: exit.unwrap_or(0), lines: range }
}

/// Parses an exit code such as `[exit 4]`.
pub fn exit_code(line: &str) -> Option<i32> {
    line.strip_prefix("[exit ")?.strip_suffix(']')?.parse().ok()
}

/// Parses a comment that is a step.
fn directive(line: &str) -> Option<StepKind> {
    let inside = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let (word, rest) = inside.split_once(' ').unwrap_or((inside, ""));
    match (word, rest.trim()) {
        ("wait", span) => Some(StepKind::Wait(span.to_owned())),
        ("as", "") => Some(StepKind::ActAs(None)),
        ("as", actor) => Some(StepKind::ActAs(Some(actor.to_owned()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_parsed_with_its_lines() {
        let story = "\
# A story
<!-- as ana@acme.example -->

```console
$ cat <<EOF
> one
>
> EOF
one

$ false
said
[exit 1]

```
<!-- wait 3d -->
<!-- setup
$ git config user.name Lea
$ (exit 3)
[exit 3]
-->
<!-- a word between us -->
```toml append=desk/casebook.toml
a = 1
```
````yaml file=a.yaml
```
````
```sh
$ not a step
```
<!-- as -->
";
        let run = |command: &str, output: &[&str], exit, lines| {
            let output = output.iter().map(|line| (*line).to_owned()).collect();
            StepKind::Run(Run { command: command.to_owned(), output, exit, lines })
        };
        let write =
            |path: &str, text: &str, append| StepKind::Write { path: path.to_owned(), text: text.to_owned(), append };
        let expected = [
            (2, StepKind::ActAs(Some("ana@acme.example".to_owned()))),
            (5, run("cat <<EOF\none\n\nEOF", &["one"], 0, 8..9)),
            (11, run("false", &["said"], 1, 11..13)),
            (16, StepKind::Wait("3d".to_owned())),
            (18, run("git config user.name Lea", &[], 0, 18..18)),
            (19, run("(exit 3)", &[], 3, 19..20)),
            (23, write("desk/casebook.toml", "a = 1\n", true)),
            (26, write("a.yaml", "```\n", false)),
            (32, StepKind::ActAs(None)),
        ];
        assert_eq!(parse(story), Ok(expected.map(|(line, kind)| Step { line, kind }).into()));
    }

    #[test]
    fn a_problem_is_reported_with_its_line() {
        assert_eq!(parse("a\n```console\n$ true").map_err(|(line, _)| line), Err(2));
        assert_eq!(parse("```console\n\n$ true\n```").map_err(|(line, _)| line), Err(2));
        assert_eq!(parse("a\n<!-- setup\n$ true").map_err(|(line, _)| line), Err(2));
        assert_eq!(parse("<!-- setup\ntrue\n-->").map_err(|(line, _)| line), Err(2));
        assert_eq!(parse("\n<!-- wait long -->"), Err((2, "`long` is not a span of time".to_owned())));
    }
}
