//! The text of a command: from flags, a file, standard input, or the editor that git would open.

use std::fs;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::Args;

use crate::cli::env::variable;
use crate::cli::error::CliError;
use crate::domain::text::Text;
use crate::error::Error;
use crate::store::files::StateDir;

/// The line from which the contents of the editor are dropped.
const SCISSORS: &str = "# ------------------------ >8 ------------------------";

/// The flags for text.
#[derive(Debug, Args)]
#[command(next_help_heading = "Text")]
pub struct TextFlags {
    /// The text; several make paragraphs
    #[arg(short = 'm', long = "message", value_name = "TEXT", allow_hyphen_values = true, conflicts_with = "file")]
    pub message: Vec<String>,
    /// Read the text from a file, or from standard input with `-`
    #[arg(short = 'F', long = "file", value_name = "FILE", allow_hyphen_values = true)]
    pub file: Option<PathBuf>,
    /// With -F: replace bytes that are not UTF-8
    #[arg(long, requires = "file", conflicts_with = "message")]
    pub lossy: bool,
    /// With -F: leave out the colors and other codes of a terminal
    #[arg(long, requires = "file", conflicts_with = "message")]
    pub strip_ansi: bool,
    /// With -F: only the last lines
    #[arg(long, value_name = "N", requires = "file", conflicts_with = "message")]
    pub last_lines: Option<usize>,
}

/// The text of a command, and its source.
pub(crate) struct TextInput {
    /// The text, cleaned. None if it is blank.
    pub text: Option<Text>,
    /// The text was typed in the editor or read from standard input, so no other copy exists.
    pub is_only_copy: bool,
    /// The text was read from a file of the actor.
    pub is_in_a_file: bool,
}

impl TextFlags {
    /// Returns the text of the flags, if there is any. Never opens an editor.
    ///
    /// # Errors
    /// The file cannot be read, or is not UTF-8.
    pub(crate) fn optional(&self) -> Result<TextInput, CliError> {
        if let Some(file) = &self.file {
            let is_only_copy = file == Path::new("-");
            let bytes = if is_only_copy { from_input()? } else { from_file(file)? };
            let text = self.prepared(bytes, if is_only_copy { Path::new("standard input") } else { file })?;
            return Ok(TextInput { text: Text::clean(&text), is_only_copy, is_in_a_file: !is_only_copy });
        }
        let text = self.message.join("\n\n");
        Ok(TextInput { text: Text::clean(&text), is_only_copy: false, is_in_a_file: false })
    }

    /// Returns the text of a file as the flags ask for it.
    fn prepared(&self, bytes: Vec<u8>, source: &Path) -> Result<String, CliError> {
        let mut text = if self.lossy { String::from_utf8_lossy(&bytes).into_owned() } else { utf8(bytes, source)? };
        if self.strip_ansi {
            text = anstream::adapter::strip_str(&text).to_string();
        }
        if let Some(most) = self.last_lines {
            let lines: Vec<&str> = text.trim_end().lines().collect();
            text = lines[lines.len().saturating_sub(most)..].join("\n");
        }
        Ok(text)
    }

    /// Returns the text of the flags, else of the editor, on a terminal. The comment is shown in the editor.
    ///
    /// # Errors
    /// The text is blank, there is neither text nor a terminal, or the comment has an error.
    pub(crate) fn required(
        &self,
        state: &StateDir,
        comment: impl FnOnce() -> Result<String, CliError>,
    ) -> Result<TextInput, CliError> {
        let given = self.optional()?;
        if given.text.is_some() {
            return Ok(given);
        }
        if self.file.is_some() || !self.message.is_empty() {
            return Err(text_missing("the text is empty", "give it with -m TEXT or -F FILE"));
        }
        if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
            return Err(text_missing(
                "a text is required, and there is no terminal for an editor",
                "give it with -m TEXT, -F FILE or -F -",
            ));
        }
        let text = Text::clean(&from_editor(state, &comment()?)?);
        if text.is_none() {
            return Err(text_missing("the text in the editor is empty; nothing was changed", "give it with -m TEXT"));
        }
        Ok(TextInput { text, is_only_copy: true, is_in_a_file: false })
    }
}

fn text_missing(message: &str, hint: &str) -> CliError {
    CliError::new("text.missing", message).hint(hint)
}

fn from_input() -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(Error::io("standard input", "read"))?;
    Ok(bytes)
}

fn from_file(file: &Path) -> Result<Vec<u8>, CliError> {
    Ok(fs::read(file).map_err(|error| unreadable(file, &error))?)
}

/// Returns the error for a file of the command line that cannot be read. This is a usage error: a retry does not help.
pub(crate) fn unreadable(file: &Path, error: &std::io::Error) -> Error {
    Error::usage(format!("cannot read {}: {error}", file.display()), "nothing was changed; name another file")
}

fn utf8(bytes: Vec<u8>, source: &Path) -> Result<String, CliError> {
    String::from_utf8(bytes).map_err(|error| {
        let position = error.utf8_error().valid_up_to();
        let message = format!("cannot read {}: it is not UTF-8 text (byte {position})", source.display());
        CliError::usage(message, "--lossy replaces such bytes")
    })
}

fn from_editor(state: &StateDir, comment: &str) -> Result<String, CliError> {
    state.create().map_err(Error::io(state.folder(), "make"))?;
    let template = format!(
        "\n{SCISSORS}\n# Everything from the line above on is left out.\n# {}\n",
        comment.trim_end().replace('\n', "\n# ")
    );
    let path = new_file(state, &template)?;
    edit(&path)?;
    let text = utf8(fs::read(&path).map_err(Error::io(&path, "read"))?, &path)?;
    let _ = fs::remove_file(&path);
    Ok(text.split(SCISSORS).next().unwrap_or_default().to_owned())
}

/// Creates a file for one editor. Two commands at once have one each, and an unfinished text of an earlier command stays.
fn new_file(state: &StateDir, template: &str) -> Result<PathBuf, CliError> {
    let mut number = 1;
    loop {
        let path = state.path(&format!("TEXT-{number}.txt"));
        match fs::File::create_new(&path).and_then(|mut file| file.write_all(template.as_bytes())) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            created => return Ok(created.map(|()| path.clone()).map_err(Error::io(&path, "write"))?),
        }
    }
}

/// Opens the editor that git would open.
fn edit(path: &PathBuf) -> Result<(), CliError> {
    let asked = Command::new("git").args(["var", "GIT_EDITOR"]).stderr(Stdio::null()).output().ok();
    let answer = asked
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let editor = answer.or_else(|| variable("VISUAL")).or_else(|| variable("EDITOR"));
    let editor = editor.unwrap_or_else(|| "vi".to_owned());
    // As git does: the editor may have arguments, so a shell splits it.
    let status = Command::new("sh").arg("-c").arg(format!("{editor} \"$@\"")).arg(&editor).arg(path).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err(CliError::usage(
            format!("the editor `{editor}` failed; nothing was changed"),
            format!("the text is in {}", path.display()),
        )),
    }
}
