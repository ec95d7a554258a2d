//! Attachments named on the command line: read once, and refused before anything is changed.

use std::fs;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::text_input::unreadable;
use crate::cli::error::CliError;
use crate::desk::{AttachmentData, Desk};
use crate::domain::ticket::attachment::{format_size, validate_name};
use crate::error::Error;
use crate::store::config::Settings;

/// Reads files for an entry, none larger than the desk allows.
///
/// # Errors
/// The first file that cannot be attached, or an invalid limit in casebook.toml.
pub(crate) fn read(files: &[PathBuf], desk: &Desk) -> Result<Vec<AttachmentData>, CliError> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let limit = *desk.policy().settings(Settings::largest_attachment)?;
    let mut attachments: Vec<AttachmentData> = Vec::with_capacity(files.len());
    for (position, file) in files.iter().enumerate() {
        let attachment = read_file(file, limit)?;
        if let Some(same) =
            attachments.iter().position(|earlier| earlier.attachment.digest == attachment.attachment.digest)
        {
            let (file, same) = (files[position].display(), files[same].display());
            let message = format!("cannot attach {file}: it has the same contents as {same}");
            return Err(CliError::usage(message, "nothing was changed; leave one of them out"));
        }
        attachments.push(attachment);
    }
    Ok(attachments)
}

fn read_file(file: &Path, limit: u64) -> Result<AttachmentData, CliError> {
    let rename = "nothing was changed; give it another name first, for example with `cp`";
    if file == Path::new("-") {
        let hint = "nothing was changed; write it to a file that has a name, and attach that";
        return Err(CliError::usage("cannot attach standard input: it has no name", hint));
    }
    let metadata = fs::metadata(file).map_err(|error| unreadable(file, &error))?;
    if metadata.is_dir() {
        let hint = "nothing was changed; attach the files in it, or an archive: `tar -czf FOLDER.tar.gz FOLDER`";
        return Err(CliError::usage(format!("cannot attach {}: it is a folder", file.display()), hint));
    }
    if !metadata.is_file() {
        let hint = "nothing was changed; copy its contents to a file, and attach that";
        return Err(CliError::usage(format!("cannot attach {}: it is not a regular file", file.display()), hint));
    }
    let name = file.file_name().and_then(|name| name.to_str());
    let name =
        name.ok_or_else(|| Error::usage(format!("cannot attach {}: its name is not UTF-8", file.display()), rename))?;
    validate_name(name).map_err(|error| Error::usage(format!("cannot attach {}: {error}", file.display()), rename))?;
    if metadata.len() > limit {
        return Err(too_large(file, metadata.len(), limit));
    }
    let mut bytes = Vec::new();
    let opened = File::open(file).and_then(|opened| opened.take(limit.saturating_add(1)).read_to_end(&mut bytes));
    opened.map_err(|error| unreadable(file, &error))?;
    // The file may have grown meanwhile, or may report no size, as files in /proc do.
    if bytes.len() as u64 > limit {
        return Err(too_large(file, bytes.len() as u64, limit));
    }
    Ok(AttachmentData::of(name.to_owned(), bytes))
}

fn too_large(file: &Path, size: u64, limit: u64) -> CliError {
    let (mut found, mut allowed) = (format_size(size), format_size(limit));
    if found == allowed {
        (found, allowed) = (format!("{size} bytes"), format!("{limit} bytes"));
    }
    let message = format!("cannot attach {}: it has {found}, and this desk allows {allowed}", file.display());
    CliError::new("attachment.too_large", message).hint(
        "nothing was changed; compress it or attach a part of it, or ask an agent to raise `max_size` under [attachments] in casebook.toml",
    )
}
