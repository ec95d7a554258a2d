//! The checks of casebook.toml, organization files and attachments, each file by itself.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::domain::rules;
use crate::domain::rules::finding::Finding;
use crate::domain::ticket::attachment::Digest;
use crate::domain::time::zone::Zone;
use crate::store::config::signing;
use crate::store::config::{Config, ConfigError};
use crate::store::git::FileKind;
use crate::store::{layout, yaml};

use super::file_types;
use super::findings::with_line;

/// Checks the text of a casebook.toml.
pub(super) fn config(text: &str, read: Result<&Config, &ConfigError>) -> Option<Finding> {
    match read {
        Err(error) => {
            let finding = Finding::new(&rules::CONFIG_INVALID, layout::MARKER, &error.message);
            Some(with_line(finding.at(error.line, error.column), text.as_bytes()))
        }
        Ok(config) => {
            let line_of =
                |start: &str| text.lines().position(|line| line.starts_with(start)).map_or(1, |index| index + 1);
            let (rule, line, message) = match (Zone::named(&config.time_zone), signing::keys(text)) {
                (Err(_), _) => {
                    (&rules::CONFIG_ZONE, line_of("time_zone"), format!("`{}` is not a time zone", config.time_zone))
                }
                (_, Err(message)) => (&rules::CONFIG_INVALID, line_of("[signing]"), message),
                _ => return None,
            };
            Some(with_line(Finding::new(rule, layout::MARKER, message).at(line, 1), text.as_bytes()))
        }
    }
}

/// Checks the file of an organization.
pub(super) fn organization(path: &str, id: &str, bytes: &[u8]) -> Option<Finding> {
    let error = yaml::read_organization(bytes, id).err()?;
    let finding = Finding::new(&rules::ORGANIZATION_INVALID, path, error.kind.to_string());
    Some(with_line(finding.at(error.line, error.column), bytes))
}

/// Checks a file in `attachments/`: its path must be the hash of its bytes.
///
/// # Errors
/// The file cannot be read.
pub(super) fn attachment(path: &str, bytes: io::Result<impl io::Read>) -> io::Result<Option<Finding>> {
    let Some(named) = Digest::at(path) else {
        let message = "only attachments belong here, and this is not an attachment";
        return Ok(Some(Finding::new(&rules::ATTACHMENT_STRAY, path, message)));
    };
    let mut bytes = bytes?;
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 64 << 10]);
    loop {
        match bytes.read(&mut buffer)? {
            0 => break,
            read => digest.update(&buffer[..read]),
        }
    }
    let digest = Digest(digest.finalize().into());
    let differs = || {
        Finding::new(
            &rules::ATTACHMENT_DIFFERS,
            path,
            format!("the SHA-256 of this file is {digest}, which is not that of its path"),
        )
    };
    Ok((digest != named).then(differs))
}

/// Checks the organization files of a work tree. Returns the findings, and the ids that have a file, valid or not.
///
/// # Errors
/// A file or folder cannot be read.
pub(super) fn organizations(root: &Path) -> io::Result<(Vec<Finding>, HashSet<String>)> {
    let (mut findings, mut known) = (Vec::new(), HashSet::new());
    match file_types::kind_in(root, layout::ORGANIZATIONS)? {
        None => return Ok((findings, known)),
        Some(FileKind::Folder) => {}
        Some(kind) => {
            findings.extend(file_types::check(layout::ORGANIZATIONS, kind));
            return Ok((findings, known));
        }
    }
    for entry in fs::read_dir(root.join(layout::ORGANIZATIONS))? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(id) = name.to_str().and_then(layout::organization_of_name) else { continue };
        let path = layout::organization_path(id);
        known.insert(id.to_owned());
        if entry.file_type()?.is_file() {
            findings.extend(organization(&path, id, &fs::read(root.join(&path))?));
        } else {
            let kind = file_types::kind_in(root, &path)?;
            findings.extend(kind.and_then(|kind| file_types::check(&path, kind)));
        }
    }
    Ok((findings, known))
}

/// Checks the `.gitattributes` that keeps git from changing attachments, if there are attachments.
pub(super) fn attributes(bytes: Option<&[u8]>, has_attachments: bool) -> Option<Finding> {
    let path = layout::ATTACHMENT_ATTRIBUTES;
    let message = match bytes {
        _ if !has_attachments => return None,
        Some(bytes) if bytes == layout::ATTACHMENTS_AS_THEY_ARE.as_bytes() => return None,
        Some(_) => "the file must contain `* -text -diff` and nothing else, so that git does not change attachments",
        None => "the file is missing, and without it git may change attachments",
    };
    Some(Finding::new(&rules::ATTACHMENT_ATTRIBUTES, path, message))
}

/// Checks the attachments of a work tree, and reports what is not a plain file among them.
///
/// # Errors
/// A file or folder cannot be read.
pub(super) fn attachments(root: &Path) -> io::Result<Vec<Finding>> {
    let (mut findings, mut files) = (Vec::new(), Vec::new());
    let top = root.join(layout::ATTACHMENTS);
    if top.symlink_metadata().is_err() {
        return Ok(findings);
    }
    for entry in WalkDir::new(&top).follow_root_links(false).sort_by_file_name() {
        let entry = entry?;
        let path = entry.path().strip_prefix(root).unwrap_or(entry.path()).to_string_lossy().into_owned();
        match entry.file_type() {
            kind if kind.is_file() && path != layout::ATTACHMENTS => files.push(path),
            kind if kind.is_dir() => {}
            kind => {
                let kind = if kind.is_symlink() { FileKind::Link } else { FileKind::File };
                findings.extend(file_types::check(&path, kind));
            }
        }
    }
    let has_attachments = files.iter().any(|path| Digest::at(path).is_some());
    let bytes = fs::read(root.join(layout::ATTACHMENT_ATTRIBUTES)).ok();
    findings.extend(attributes(bytes.as_deref(), has_attachments));
    for path in files.into_iter().filter(|path| path != layout::ATTACHMENT_ATTRIBUTES) {
        findings.extend(attachment(&path, fs::File::open(root.join(&path)))?);
    }
    Ok(findings)
}
