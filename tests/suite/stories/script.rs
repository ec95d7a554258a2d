//! A story as steps: what its Markdown asks for, and in which lines.
//!
//! Must not know how a step is run, or when an output is as expected.

use std::ops::Range;

use casebook::domain::time::duration;

/// One step of a story.
#[derive(Debug, PartialEq, Eq)]
pub struct Step {
    /// Its line, from 1.
    pub line: usize,
    /// What it asks for.
    pub deed: Deed,
}

/// What a step asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Deed {
    /// Run a command of the shell.
    Run(Run),
    /// Write a file, or add to one.
    Write { path: String, text: String, append: bool },
    /// Let time pass.
    Wait(String),
    /// Act as somebody, or as whoever git says.
    ActAs(Option<String>),
}

/// A command and what is expected of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Run {
    /// The command; several lines where it goes on.
    pub command: String,
    /// What it should print, without the lines that say how it ends.
    pub output: Vec<String>,
    /// The exit code it should end with.
    pub exit: i32,
    /// Where output and exit code stand: positions of lines, from 0.
    pub lines: Range<usize>,
}

/// Reads a story.
///
/// # Errors
/// The first thing that makes no sense: its line, from 1, and what is wrong.
pub fn parse(story: &str) -> Result<Vec<Step>, (usize, String)> {
    let lines: Vec<&str> = story.lines().collect();
    let mut steps = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        if let Some(fence) = Fence::opened_by(lines[at]) {
            let end = (at + 1..lines.len()).find(|&end| fence.is_closed_by(lines[end]));
            let end = end.ok_or_else(|| (at + 1, "this block never ends".to_owned()))?;
            block(fence.info, &lines, at + 1..end, &mut steps)?;
            at = end;
        } else if lines[at].trim_end() == SETUP {
            let end = (at + 1..lines.len()).find(|&end| lines[end].trim_end() == SETUP_END);
            let end = end.ok_or_else(|| (at + 1, "this comment never ends".to_owned()))?;
            commands(&lines, at + 1..end, &mut steps)?;
            at = end;
        } else if let Some(deed) = directive(lines[at]) {
            match &deed {
                Deed::Wait(span) if duration::span(span).is_none() => {
                    return Err((at + 1, format!("`{span}` is no span of time")));
                }
                _ => steps.push(Step { line: at + 1, deed }),
            }
        }
        at += 1;
    }
    Ok(steps)
}

/// The line that opens a comment with commands, which pages do not show.
const SETUP: &str = "<!-- setup";

/// The line that closes it.
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

/// The steps of one block; blocks of other kinds are only for people.
fn block(info: &str, lines: &[&str], inside: Range<usize>, steps: &mut Vec<Step>) -> Result<(), (usize, String)> {
    let opened = inside.start;
    let file = info.split_whitespace().find_map(|word| word.split_once('=')).filter(|(_, path)| !path.is_empty());
    if let Some((how @ ("file" | "append"), path)) = file {
        let text = lines[inside].iter().flat_map(|line| [*line, "\n"]).collect();
        let deed = Deed::Write { path: path.to_owned(), text, append: how == "append" };
        steps.push(Step { line: opened, deed });
        return Ok(());
    }
    if info.split_whitespace().next() == Some("console") {
        return commands(lines, inside, steps);
    }
    Ok(())
}

fn commands(lines: &[&str], inside: Range<usize>, steps: &mut Vec<Step>) -> Result<(), (usize, String)> {
    let mut at = inside.start;
    while at < inside.end {
        let Some(first) = lines[at].strip_prefix("$ ") else {
            return Err((at + 1, "a block of commands begins with `$ `".to_owned()));
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
        steps.push(Step { line, deed: Deed::Run(expectation(command, lines, at..end)) });
        at = end;
    }
    Ok(())
}

/// A line behind a command that belongs to it.
fn continuation(line: &str) -> Option<&str> {
    if line == ">" { Some("") } else { line.strip_prefix("> ") }
}

/// Reads what stands behind a command. Blank lines at the end are only for people.
fn expectation(command: String, lines: &[&str], mut place: Range<usize>) -> Run {
    while place.end > place.start && lines[place.end - 1].trim().is_empty() {
        place.end -= 1;
    }
    let mut output: Vec<String> = lines[place.clone()].iter().map(|line| (*line).to_owned()).collect();
    let exit = output.last().and_then(|line| exit_code(line));
    if exit.is_some() {
        output.pop();
    }
    Run { command, output, exit: exit.unwrap_or(0), lines: place }
}

/// Reads `[exit 4]`.
pub fn exit_code(line: &str) -> Option<i32> {
    line.strip_prefix("[exit ")?.strip_suffix(']')?.parse().ok()
}

/// Reads a comment that is meant for the stage.
fn directive(line: &str) -> Option<Deed> {
    let inside = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let (word, rest) = inside.split_once(' ').unwrap_or((inside, ""));
    match (word, rest.trim()) {
        ("wait", span) => Some(Deed::Wait(span.to_owned())),
        ("as", "") => Some(Deed::ActAs(None)),
        ("as", actor) => Some(Deed::ActAs(Some(actor.to_owned()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_read_with_its_lines() {
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
            Deed::Run(Run { command: command.to_owned(), output, exit, lines })
        };
        let write =
            |path: &str, text: &str, append| Deed::Write { path: path.to_owned(), text: text.to_owned(), append };
        let expected = [
            (2, Deed::ActAs(Some("ana@acme.example".to_owned()))),
            (5, run("cat <<EOF\none\n\nEOF", &["one"], 0, 8..9)),
            (11, run("false", &["said"], 1, 11..13)),
            (16, Deed::Wait("3d".to_owned())),
            (18, run("git config user.name Lea", &[], 0, 18..18)),
            (19, run("(exit 3)", &[], 3, 19..20)),
            (23, write("desk/casebook.toml", "a = 1\n", true)),
            (26, write("a.yaml", "```\n", false)),
            (32, Deed::ActAs(None)),
        ];
        assert_eq!(parse(story), Ok(expected.map(|(line, deed)| Step { line, deed }).into()));
    }

    #[test]
    fn what_makes_no_sense_is_told_with_its_line() {
        assert_eq!(parse("a\n```console\n$ true").map_err(|(line, _)| line), Err(2));
        assert_eq!(parse("```console\n\n$ true\n```").map_err(|(line, _)| line), Err(2));
        assert_eq!(parse("a\n<!-- setup\n$ true").map_err(|(line, _)| line), Err(2));
        assert_eq!(parse("<!-- setup\ntrue\n-->").map_err(|(line, _)| line), Err(2));
        assert_eq!(parse("\n<!-- wait long -->"), Err((2, "`long` is no span of time".to_owned())));
    }
}
