//! What lies beside the tickets: the policy, organisations' files, attachments, and what has no place there.

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
use super::ticket::with_line;

/// What the text of a casebook.toml breaks.
pub(super) fn config(text: &str, read: Result<&Config, &ConfigError>) -> Option<Finding> {
    match read {
        Err(flaw) => {
            let finding = Finding::new(&rules::CONFIG_INVALID, layout::MARKER, &flaw.message);
            Some(with_line(finding.at(flaw.line, flaw.column), text.as_bytes()))
        }
        Ok(config) => {
            let at = |wanted: &str| text.lines().position(|line| line.starts_with(wanted)).map_or(1, |index| index + 1);
            let (rule, line, message) = match (Zone::named(&config.time_zone), signing::keys(text)) {
                (Err(_), _) => {
                    (&rules::CONFIG_ZONE, at("time_zone"), format!("`{}` is no time zone", config.time_zone))
                }
                (_, Err(message)) => (&rules::CONFIG_INVALID, at("[signing]"), message),
                _ => return None,
            };
            Some(with_line(Finding::new(rule, layout::MARKER, message).at(line, 1), text.as_bytes()))
        }
    }
}

/// What an organisation's file breaks.
pub(super) fn organization(path: &str, id: &str, bytes: &[u8]) -> Option<Finding> {
    let damage = yaml::read_organization(bytes, id).err()?;
    let finding = Finding::new(&rules::ORGANIZATION_INVALID, path, damage.kind.to_string());
    Some(with_line(finding.at(damage.line, damage.column), bytes))
}

/// What a file in `attachments/` breaks: its place is the digest of its bytes.
pub(super) fn attachment(path: &str, bytes: io::Result<impl io::Read>) -> io::Result<Option<Finding>> {
    let Some(named) = Digest::at(path) else {
        let message = "this is no attachment, and lies where only attachments belong";
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
    let differs = || Finding::new(&rules::ATTACHMENT_DIFFERS, path, format!("the digest of these bytes is {digest}"));
    Ok((digest != named).then(differs))
}

/// The organisations' files of a work tree: what they break, and the ids that have one, sound or not.
pub(super) fn organizations(root: &Path) -> io::Result<(Vec<Finding>, HashSet<String>)> {
    let (mut findings, mut known) = (Vec::new(), HashSet::new());
    match file_types::nature_in(root, layout::ORGANIZATIONS)? {
        None => return Ok((findings, known)),
        Some(FileKind::Folder) => {}
        Some(nature) => {
            findings.extend(file_types::finding(layout::ORGANIZATIONS, nature));
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
            let nature = file_types::nature_in(root, &path)?;
            findings.extend(nature.and_then(|nature| file_types::finding(&path, nature)));
        }
    }
    Ok((findings, known))
}

/// What the file breaks that keeps git from changing attachments, where there are some.
pub(super) fn attributes(held: Option<&[u8]>, has_some: bool) -> Option<Finding> {
    let path = layout::ATTACHMENT_ATTRIBUTES;
    let message = match held {
        _ if !has_some => return None,
        Some(held) if held == layout::ATTACHMENTS_AS_THEY_ARE.as_bytes() => return None,
        Some(_) => "this says something else than `* -text -diff`, by which git leaves attachments as they are",
        None => "this is not there, and git leaves attachments as they are by it alone",
    };
    Some(Finding::new(&rules::ATTACHMENT_ATTRIBUTES, path, message))
}

/// The attachments of a work tree: what they break, and what stands there that is no file.
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
                let nature = if kind.is_symlink() { FileKind::Link } else { FileKind::File };
                findings.extend(file_types::finding(&path, nature));
            }
        }
    }
    let has_some = files.iter().any(|path| Digest::at(path).is_some());
    let held = fs::read(root.join(layout::ATTACHMENT_ATTRIBUTES)).ok();
    findings.extend(attributes(held.as_deref(), has_some));
    for path in files.into_iter().filter(|path| path != layout::ATTACHMENT_ATTRIBUTES) {
        findings.extend(attachment(&path, fs::File::open(root.join(&path)))?);
    }
    Ok(findings)
}

/// Something in the tickets folder that is no ticket.
pub(super) fn stray(path: &str) -> Finding {
    Finding::new(&rules::FILE_STRAY, path, "this is no ticket, and lies where only tickets belong")
}
