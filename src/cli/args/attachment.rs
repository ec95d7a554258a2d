//! Files that somebody wants to attach: read whole, once, and refused before anything is done.
//!
//! Must not know where they will lie.

use std::fs;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::text_input::unreadable;
use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::desk::AttachmentData;
use crate::domain::ticket::attachment::{format_size, validate_name};
use crate::error::Error;

/// Reads files for an entry, each no larger than `limit` bytes.
///
/// # Errors
/// The first file that cannot be attached.
pub(crate) fn read(files: &[PathBuf], limit: u64) -> Result<Vec<AttachmentData>, CliError> {
    let mut attached: Vec<AttachmentData> = Vec::with_capacity(files.len());
    for (place, file) in files.iter().enumerate() {
        let one = read_one(file, limit)?;
        if let Some(known) = attached.iter().position(|known| known.what.digest == one.what.digest) {
            let (file, known) = (shown(&files[place]), shown(&files[known]));
            let message = format!("{file} holds the same bytes as {known}");
            return Err(Error::usage(message, "nothing was changed; leave one of them out").into());
        }
        attached.push(one);
    }
    Ok(attached)
}

fn read_one(file: &Path, limit: u64) -> Result<AttachmentData, CliError> {
    let other_name = "nothing was changed; give it another name first, for example with `cp`";
    if file == Path::new("-") {
        let hint = "nothing was changed; write it to a file that has a name, and attach that";
        return Err(Error::usage("standard input has no name to attach it under", hint).into());
    }
    let metadata = fs::metadata(file).map_err(|error| unreadable(file, &error))?;
    if metadata.is_dir() {
        let hint = "nothing was changed; attach the files in it, or an archive: `tar -czf FOLDER.tar.gz FOLDER`";
        return Err(Error::usage(format!("{} is a folder", shown(file)), hint).into());
    }
    if !metadata.is_file() {
        let hint = "nothing was changed; write what it gives to a file, and attach that";
        return Err(Error::usage(format!("{} is no plain file", shown(file)), hint).into());
    }
    let name = file.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Error::usage(format!("the name {} is not UTF-8", shown(file)), other_name))?;
    validate_name(name)
        .map_err(|why| Error::usage(format!("{} cannot be attached: {why}", shown(file)), other_name))?;
    if metadata.len() > limit {
        return Err(too_large(file, metadata.len(), limit));
    }
    let mut bytes = Vec::new();
    let opened = File::open(file).and_then(|opened| opened.take(limit.saturating_add(1)).read_to_end(&mut bytes));
    opened.map_err(|error| unreadable(file, &error))?;
    // It may have grown meanwhile, or be of those that tell no size.
    if bytes.len() as u64 > limit {
        return Err(too_large(file, bytes.len() as u64, limit));
    }
    Ok(AttachmentData::of(name.to_owned(), bytes))
}

fn too_large(file: &Path, size: u64, limit: u64) -> CliError {
    let (mut has, mut most) = (format_size(size), format_size(limit));
    if has == most {
        (has, most) = (format!("{size} bytes"), format!("{limit} bytes"));
    }
    let message = format!("{} has {has}, and an attachment has no more than {most} on this desk", shown(file));
    CliError::new(Exit::Refused, "attachment.too_large", message).hint(
        "nothing was changed; compress it or attach a part of it, or ask an agent to raise `max_size` under [attachments] in casebook.toml",
    )
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}
