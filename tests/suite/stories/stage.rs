//! The runner of a story: a sandbox, and one shell process per command.
//!
//! A command gets the folder and the variables that the command before it left, and runs one minute later.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use casebook::view::colors::ColorMode;
use casebook::view::diff::unified;

use super::expected::updated;
use super::script::{Run, Step, StepKind, parse};
use crate::sandbox::{Sandbox, put};

/// The result of a story.
#[derive(Debug, PartialEq, Eq)]
pub enum StoryResult {
    /// Every output was as expected.
    Passed,
    /// An output was different; the story with the present output.
    Updated(String),
}

/// Runs a story. Without `update`, the first different output ends it.
///
/// # Errors
/// Returns the file, the line, and the problem of the page or the diff of the output.
pub fn run(name: &str, story: &str, update: bool) -> Result<StoryResult, String> {
    let steps = parse(story).map_err(|(line, reason)| format!("{name}:{line}: {reason}\n"))?;
    let session = Session { sandbox: Sandbox::new() };
    let mut updates = Vec::new();
    for Step { line, kind } in &steps {
        match kind {
            StepKind::Write { path, text, append } => put(&session.folder().join(path), text, *append),
            StepKind::Wait(span) => session.sandbox.wait(span),
            StepKind::ActAs(actor) => session.act_as(actor.as_deref()),
            StepKind::Run(run) => match session.run(run) {
                None => {}
                Some(actual) if update => updates.push((run, actual)),
                Some(actual) => return Err(failure(name, *line, run, story, &actual)),
            },
        }
    }
    Ok(if updates.is_empty() { StoryResult::Passed } else { StoryResult::Updated(updated_story(story, updates)) })
}

/// Returns the story with the present output in place of what was different.
fn updated_story(story: &str, updates: Vec<(&Run, Vec<String>)>) -> String {
    let mut lines: Vec<String> = story.lines().map(str::to_owned).collect();
    // From the end, so that earlier line numbers stay valid.
    for (run, actual) in updates.into_iter().rev() {
        lines.splice(run.lines.clone(), actual);
    }
    lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect()
}

/// Formats a different output as a diff.
fn failure(name: &str, line: usize, run: &Run, story: &str, actual: &[String]) -> String {
    let text = |lines: &mut dyn Iterator<Item = &str>| lines.flat_map(|line| [line, "\n"]).collect::<String>();
    let expected = text(&mut story.lines().skip(run.lines.start).take(run.lines.len()));
    let actual = text(&mut actual.iter().map(String::as_str));
    let diff = unified(name, Some(&expected), &actual, ColorMode::PLAIN);
    format!("{name}:{line}: $ {}\n{diff}", run.command)
}

/// The variables that the sandbox sets anew for every command.
const FRESH: [&str; 4] = ["CASEBOOK_NOW", "CASEBOOK_SEED", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"];

/// A shell session in which each command is a separate process. Two files pass the variables and the folder on.
struct Session {
    sandbox: Sandbox,
}

impl Session {
    /// Runs a command. Returns the lines that must follow it in the story, or `None` if they are there.
    fn run(&self, run: &Run) -> Option<Vec<String>> {
        let (output, code) = self.shell(&run.command);
        let update = updated(&run.output, &output);
        if update.is_none() && code == run.exit {
            return None;
        }
        let mut lines = update.unwrap_or_else(|| run.output.clone());
        lines.extend((code != 0).then(|| format!("[exit {code}]")));
        Some(lines)
    }

    /// Returns the output of a command, without blank lines at its end, and its exit code. The path of the sandbox is removed
    /// from the output, because it changes with every run.
    fn shell(&self, command: &str) -> (Vec<String>, i32) {
        let mut shell = self.sandbox.command("sh");
        let script = self.script(&shell, command);
        let output = shell.current_dir(self.folder()).arg("-c").arg(script).output().expect("a shell");
        let text = String::from_utf8_lossy(&output.stdout).replace(&*self.sandbox.root().to_string_lossy(), "");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        while lines.last().is_some_and(|line| line.trim().is_empty()) {
            lines.pop();
        }
        (lines, output.status.code().unwrap_or(-1))
    }

    /// Returns a shell script that restores the session, runs the command, and saves the session.
    fn script(&self, shell: &Command, command: &str) -> String {
        let (variables, folder) = (quoted(&self.variables_file()), quoted(&self.folder_file()));
        let fresh = |name: &&str| shell.get_envs().find(|(key, _)| key == name).and_then(|(_, value)| value);
        let fresh = FRESH.iter().map(|name| (name, fresh(name).unwrap_or_default()));
        let fresh: String = fresh.map(|(name, value)| format!("export {name}={}\n", quoted(value.as_ref()))).collect();
        format!(
            "exec 2>&1\n[ ! -f {variables} ] || . {variables}\n{fresh}\
             save() {{ set -- $?; export -p >{variables}; pwd >{folder}; exit $1; }}\ntrap save EXIT\n\
             set -a\n{command}\nexit $?\n"
        )
    }

    /// Returns the folder in which the last command ended.
    fn folder(&self) -> PathBuf {
        let path = fs::read_to_string(self.folder_file()).ok();
        path.map_or_else(|| self.sandbox.path("."), |path| PathBuf::from(path.trim_end_matches('\n')))
    }

    /// Changes the actor of the following commands.
    fn act_as(&self, actor: Option<&str>) {
        let actor = actor.map(|actor| format!("export CASEBOOK_ACTOR={}\n", quoted(actor.as_ref())));
        put(&self.variables_file(), &actor.unwrap_or_else(|| "unset CASEBOOK_ACTOR\n".to_owned()), true);
    }

    fn variables_file(&self) -> PathBuf {
        self.sandbox.root().join("session-variables")
    }

    fn folder_file(&self) -> PathBuf {
        self.sandbox.root().join("session-folder")
    }
}

/// Quotes a path as one word of the shell.
fn quoted(word: &Path) -> String {
    format!("'{}'", word.to_string_lossy().replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a block of commands.
    fn console(lines: &str) -> String {
        format!("```console\n{lines}\n```\n")
    }

    #[track_caller]
    fn passes(story: &str) {
        assert_eq!(run("a.md", story, false), Ok(StoryResult::Passed));
    }

    #[test]
    fn a_story_keeps_its_folder_and_its_variables() {
        passes(&console("$ mkdir a && cd a\n$ pwd\n/story/a\n$ ID=$(echo \"it's\")\n$ echo \"$ID\"\nit's"));
        passes(&console("$ export A=1; exit 3\n[exit 3]\n$ echo $A\n1\n$ unset A; (exit 2)\n[exit 2]\n$ echo $A.\n."));
    }

    #[test]
    fn a_command_may_have_several_lines_and_both_outputs_stay_in_order() {
        passes(&console("$ cat <<EOF\n> one\n> EOF\none\n$ echo a; echo b >&2; echo c\na\nb\nc"));
    }

    #[test]
    fn blocks_write_files_and_comments_let_time_pass() {
        passes(&format!(
            "```yaml file=a/b.yaml\nx: 1\n```\n```toml append=a/b.yaml\ny: 2\n```\n<!-- wait 3d -->\n\
             <!-- as ana@acme.example -->\n{}<!-- as -->\n{}",
            console(
                "$ cat a/b.yaml\nx: 1\ny: 2\n$ echo $CASEBOOK_NOW $CASEBOOK_ACTOR\n2026-11-24T09:01:00Z ana@acme.example"
            ),
            console("$ echo $CASEBOOK_NOW $CASEBOOK_SEED $CASEBOOK_ACTOR.\n2026-11-24T09:02:00Z 3 .")
        ));
    }

    #[test]
    fn a_different_output_is_reported_with_its_line_and_a_diff() {
        let story = console("$ true\n\n$ echo new; (exit 4)\nold");
        let expected = "a.md:4: $ echo new; (exit 4)\n--- a/a.md\n+++ b/a.md\n@@ -1 +1,2 @@\n-old\n+new\n+[exit 4]\n";
        assert_eq!(run("a.md", &story, false), Err(expected.to_owned()));
        let update = console("$ true\n\n$ echo new; (exit 4)\nnew\n[exit 4]");
        assert_eq!(run("a.md", &story, true), Ok(StoryResult::Updated(update.clone())));
        passes(&update);
    }

    #[test]
    fn a_story_is_updated_at_all_positions() {
        let story = console("$ echo a 7; echo b\na [..]\nB\n\n$ echo c\n$ (exit 2)\n[exit 1]\n$ true\n[exit 1]");
        let update = console("$ echo a 7; echo b\na [..]\nb\n\n$ echo c\nc\n$ (exit 2)\n[exit 2]\n$ true");
        assert_eq!(run("a.md", &story, true), Ok(StoryResult::Updated(update)));
    }

    #[test]
    fn a_story_with_a_problem_is_reported_with_its_line() {
        let failure = run("a.md", "```console\n$ true\n", false);
        assert_eq!(failure, Err("a.md:1: the block has no end\n".to_owned()));
    }
}
