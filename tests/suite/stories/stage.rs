//! Where a story is played: a sandbox of its own, one shell process per command, and what they hand on.
//!
//! A command sees the folder and the variables the one before it left, and the next minute. Must not know
//! where the story lies.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use casebook::view::colors::ColorMode;
use casebook::view::diff::unified;

use super::expected::renewed;
use super::script::{Deed, Run, Step, parse};
use crate::sandbox::{Sandbox, put};

/// How a story went.
#[derive(Debug, PartialEq, Eq)]
pub enum Played {
    /// As it is told.
    AsTold,
    /// Otherwise: the story as it has to be told now.
    Otherwise(String),
}

/// Plays a story. Without `update` the first step that goes otherwise ends it.
///
/// # Errors
/// What makes no sense in it, or went otherwise: file, line and a diff.
pub fn play(name: &str, story: &str, update: bool) -> Result<Played, String> {
    let steps = parse(story).map_err(|(line, reason)| format!("{name}:{line}: {reason}\n"))?;
    let stage = Stage { sandbox: Sandbox::new() };
    let mut renewals = Vec::new();
    for Step { line, deed } in &steps {
        match deed {
            Deed::Write { path, text, append } => put(&stage.folder().join(path), text, *append),
            Deed::Wait(span) => stage.sandbox.wait(span),
            Deed::ActAs(actor) => stage.act_as(actor.as_deref()),
            Deed::Run(run) => match stage.play(run) {
                None => {}
                Some(told) if update => renewals.push((run, told)),
                Some(told) => return Err(failure(name, *line, run, story, &told)),
            },
        }
    }
    Ok(if renewals.is_empty() { Played::AsTold } else { Played::Otherwise(retold(story, renewals)) })
}

/// The story with new lines in place of those that did not hold.
fn retold(story: &str, renewals: Vec<(&Run, Vec<String>)>) -> String {
    let mut lines: Vec<String> = story.lines().map(str::to_owned).collect();
    // From the end, so that the places before stay what they are.
    for (run, told) in renewals.into_iter().rev() {
        lines.splice(run.lines.clone(), told);
    }
    lines.into_iter().flat_map(|line| [line, "\n".to_owned()]).collect()
}

fn failure(name: &str, line: usize, run: &Run, story: &str, told: &[String]) -> String {
    let text = |lines: &mut dyn Iterator<Item = &str>| lines.flat_map(|line| [line, "\n"]).collect::<String>();
    let expected = text(&mut story.lines().skip(run.lines.start).take(run.lines.len()));
    let actual = text(&mut told.iter().map(String::as_str));
    let diff = unified(name, Some(&expected), &actual, ColorMode::PLAIN);
    format!("{name}:{line}: $ {}\n{diff}", run.command)
}

/// The variables of the sandbox that change with every command, whatever the session has.
const FRESH: [&str; 4] = ["CASEBOOK_NOW", "CASEBOOK_SEED", "GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"];

/// One long session, of which every command is a process of its own: two notes hand on what it leaves.
struct Stage {
    sandbox: Sandbox,
}

impl Stage {
    /// Runs a command; `None` where it goes as told, else the lines that have to stand behind it.
    fn play(&self, run: &Run) -> Option<Vec<String>> {
        let (output, code) = self.shell(&run.command);
        let told = renewed(&run.output, &output);
        if told.is_none() && code == run.exit {
            return None;
        }
        let mut told = told.unwrap_or_else(|| run.output.clone());
        told.extend((code != 0).then(|| format!("[exit {code}]")));
        Some(told)
    }

    /// What a command prints, without blank lines at its end, and its exit code. Paths are told as if the
    /// sandbox were the whole machine, since its name changes with every run.
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

    /// The command between taking over the session and handing it on, however the command ends.
    fn script(&self, shell: &Command, command: &str) -> String {
        let (variables, folder) = (quoted(&self.variables()), quoted(&self.folder_note()));
        let fresh = |name: &&str| shell.get_envs().find(|(known, _)| known == name).and_then(|(_, value)| value);
        let fresh = FRESH.iter().map(|name| (name, fresh(name).unwrap_or_default()));
        let fresh: String = fresh.map(|(name, value)| format!("export {name}={}\n", quoted(value.as_ref()))).collect();
        format!(
            "exec 2>&1\n[ ! -f {variables} ] || . {variables}\n{fresh}\
             hand_on() {{ set -- $?; export -p >{variables}; pwd >{folder}; exit $1; }}\ntrap hand_on EXIT\n\
             set -a\n{command}\nexit $?\n"
        )
    }

    /// The folder the command before went to.
    fn folder(&self) -> PathBuf {
        let note = fs::read_to_string(self.folder_note()).ok();
        note.map_or_else(|| self.sandbox.path("."), |note| PathBuf::from(note.trim_end_matches('\n')))
    }

    fn act_as(&self, actor: Option<&str>) {
        let actor = actor.map(|actor| format!("export CASEBOOK_ACTOR={}\n", quoted(actor.as_ref())));
        put(&self.variables(), &actor.unwrap_or_else(|| "unset CASEBOOK_ACTOR\n".to_owned()), true);
    }

    fn variables(&self) -> PathBuf {
        self.sandbox.root().join("session-variables")
    }

    fn folder_note(&self) -> PathBuf {
        self.sandbox.root().join("session-folder")
    }
}

/// One word of the shell.
fn quoted(word: &Path) -> String {
    format!("'{}'", word.to_string_lossy().replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of commands.
    fn console(lines: &str) -> String {
        format!("```console\n{lines}\n```\n")
    }

    #[track_caller]
    fn goes_as_told(story: &str) {
        assert_eq!(play("a.md", story, false), Ok(Played::AsTold));
    }

    #[test]
    fn a_story_keeps_its_folder_and_its_variables() {
        goes_as_told(&console("$ mkdir a && cd a\n$ pwd\n/story/a\n$ ID=$(echo \"it's\")\n$ echo \"$ID\"\nit's"));
        goes_as_told(&console(
            "$ export A=1; exit 3\n[exit 3]\n$ echo $A\n1\n$ unset A; (exit 2)\n[exit 2]\n$ echo $A.\n.",
        ));
    }

    #[test]
    fn a_command_may_go_on_and_both_outputs_come_in_their_order() {
        goes_as_told(&console("$ cat <<EOF\n> one\n> EOF\none\n$ echo a; echo b >&2; echo c\na\nb\nc"));
    }

    #[test]
    fn blocks_write_files_and_comments_let_time_pass() {
        goes_as_told(&format!(
            "```yaml file=a/b.yaml\nx: 1\n```\n```toml append=a/b.yaml\ny: 2\n```\n<!-- wait 3d -->\n\
             <!-- as ana@acme.example -->\n{}<!-- as -->\n{}",
            console(
                "$ cat a/b.yaml\nx: 1\ny: 2\n$ echo $CASEBOOK_NOW $CASEBOOK_ACTOR\n2026-11-24T09:01:00Z ana@acme.example"
            ),
            console("$ echo $CASEBOOK_NOW $CASEBOOK_SEED $CASEBOOK_ACTOR.\n2026-11-24T09:02:00Z 3 .")
        ));
    }

    #[test]
    fn what_goes_otherwise_is_told_with_its_place_and_a_diff() {
        let story = console("$ true\n\n$ echo new; (exit 4)\nold");
        let told = "a.md:4: $ echo new; (exit 4)\n--- a/a.md\n+++ b/a.md\n@@ -1 +1,2 @@\n-old\n+new\n+[exit 4]\n";
        assert_eq!(play("a.md", &story, false), Err(told.to_owned()));
        let renewed = console("$ true\n\n$ echo new; (exit 4)\nnew\n[exit 4]");
        assert_eq!(play("a.md", &story, true), Ok(Played::Otherwise(renewed.clone())));
        goes_as_told(&renewed);
    }

    #[test]
    fn a_story_is_renewed_in_all_its_places() {
        let story = console("$ echo a 7; echo b\na [..]\nB\n\n$ echo c\n$ (exit 2)\n[exit 1]\n$ true\n[exit 1]");
        let renewed = console("$ echo a 7; echo b\na [..]\nb\n\n$ echo c\nc\n$ (exit 2)\n[exit 2]\n$ true");
        assert_eq!(play("a.md", &story, true), Ok(Played::Otherwise(renewed)));
    }

    #[test]
    fn a_story_that_makes_no_sense_is_told_with_its_place() {
        let failure = play("a.md", "```console\n$ true\n", false);
        assert_eq!(failure, Err("a.md:1: this block never ends\n".to_owned()));
    }
}
