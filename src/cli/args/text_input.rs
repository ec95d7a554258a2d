//! Where the words of a command come from: flags, a file, standard input, or the editor git would open.

use std::fs;
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::TextFlags;
use crate::cli::error::CliError;
use crate::domain::text::Text;
use crate::error::Error;
use crate::store::files::StateDir;

/// Everything from this line on is for the writer alone.
const SCISSORS: &str = "# ------------------------ >8 ------------------------";

/// Words, and whether they would be lost with the command.
pub(crate) struct TextInput {
    /// The words, cleaned.
    pub text: Option<Text>,
    /// Whether they exist nowhere else: typed in the editor or read from standard input.
    pub is_only_copy: bool,
    /// Whether they lie in a file of the writer's own.
    pub is_in_a_file: bool,
}

impl TextFlags {
    /// The words given, if any. Never waits.
    pub(crate) fn optional(&self) -> Result<TextInput, CliError> {
        if let Some(file) = &self.file {
            let is_only_copy = file == Path::new("-");
            let words = if is_only_copy { from_input()? } else { from_file(file)? };
            return Ok(TextInput { text: Text::clean(&words), is_only_copy, is_in_a_file: !is_only_copy });
        }
        let words = self.message.join("\n\n");
        Ok(TextInput { text: Text::clean(&words), is_only_copy: false, is_in_a_file: false })
    }

    /// The words a verb cannot do without: as given, else from the editor on a terminal.
    pub(crate) fn required(&self, state: &StateDir, about: &str) -> Result<TextInput, CliError> {
        let given = self.optional()?;
        if given.text.is_some() {
            return Ok(given);
        }
        if self.file.is_some() || !self.message.is_empty() {
            return Err(Error::usage("the text is empty", "give it with -m TEXT or -F FILE").into());
        }
        if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
            return Err(Error::usage(
                "a text is needed, and this is no terminal to ask for it",
                "give it with -m TEXT, -F FILE or -F -",
            )
            .into());
        }
        let text = Text::clean(&from_editor(state, about)?);
        if text.is_none() {
            return Err(Error::usage("nothing was written, so nothing is done", "give the text with -m TEXT").into());
        }
        Ok(TextInput { text, is_only_copy: true, is_in_a_file: false })
    }
}

fn from_input() -> Result<String, CliError> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(Error::io("standard input", "read"))?;
    utf8(bytes, Path::new("standard input"))
}

fn from_file(file: &Path) -> Result<String, CliError> {
    utf8(fs::read(file).map_err(|error| unreadable(file, &error))?, file)
}

/// A file named on the command line that cannot be read: the name is wrong, and trying again will not help.
pub(crate) fn unreadable(file: &Path, error: &std::io::Error) -> Error {
    Error::usage(format!("cannot read {}: {error}", file.display()), "nothing was changed; name another file")
}

fn utf8(bytes: Vec<u8>, source: &Path) -> Result<String, CliError> {
    String::from_utf8(bytes).map_err(|error| {
        let message = format!("{} is not UTF-8 text (byte {})", source.display(), error.utf8_error().valid_up_to());
        Error::usage(message, "convert it first, for example with `iconv -t UTF-8`").into()
    })
}

fn from_editor(state: &StateDir, about: &str) -> Result<String, CliError> {
    state.create().map_err(Error::io(state.folder(), "make"))?;
    let template =
        format!("\n{SCISSORS}\n# Everything from the line above on is left out.\n# {}\n", about.replace('\n', "\n# "));
    let path = new_file(state, &template)?;
    edit(&path)?;
    let words = fs::read_to_string(&path).map_err(Error::io(&path, "read"))?;
    let _ = fs::remove_file(&path);
    Ok(words.split(SCISSORS).next().unwrap_or_default().to_owned())
}

/// A file for one editor: two at once have one each, and what another left unfinished stays.
fn new_file(state: &StateDir, template: &str) -> Result<PathBuf, CliError> {
    let mut number = 1;
    loop {
        let path = state.path(&format!("TEXT-{number}.txt"));
        match fs::File::create_new(&path).and_then(|mut file| file.write_all(template.as_bytes())) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            made => return Ok(made.map(|()| path.clone()).map_err(Error::io(&path, "write"))?),
        }
    }
}

/// Opens the editor git would open.
fn edit(path: &PathBuf) -> Result<(), CliError> {
    let asked = Command::new("git").args(["var", "GIT_EDITOR"]).stderr(Stdio::null()).output().ok();
    let answer = asked
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let editor =
        answer.or_else(|| crate::cli::session::variable("VISUAL")).or_else(|| crate::cli::session::variable("EDITOR"));
    let editor = editor.unwrap_or_else(|| "vi".to_owned());
    // As git does it: the editor may come with arguments of its own, so a shell takes it apart.
    let status = Command::new("sh").arg("-c").arg(format!("{editor} \"$@\"")).arg(&editor).arg(path).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Error::usage(
            format!("the editor `{editor}` did not end well"),
            format!("what was written is in {}", path.display()),
        )
        .into()),
    }
}
