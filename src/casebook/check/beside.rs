//! What lies beside the tickets: the policy, organisations' files, attachments, and what has no place there.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use crate::domain::finding::Finding;
use crate::domain::rule;
use crate::domain::zone::Zone;
use crate::store::config::{Config, ConfigFlaw};
use crate::store::{layout, signing, yaml};

use super::sheet::with_line;

/// What the text of a casebook.toml breaks.
pub(super) fn config(text: &str, read: Result<&Config, &ConfigFlaw>) -> Option<Finding> {
    match read {
        Err(flaw) => {
            let finding = Finding::new(&rule::CONFIG_INVALID, layout::MARKER, &flaw.message);
            Some(with_line(finding.at(flaw.line, flaw.column), text.as_bytes()))
        }
        Ok(config) => {
            let at = |wanted: &str| text.lines().position(|line| line.starts_with(wanted)).map_or(1, |index| index + 1);
            let (rule, line, message) = match (Zone::named(&config.time_zone), signing::keys(text)) {
                (Err(_), _) => (&rule::CONFIG_ZONE, at("time_zone"), format!("`{}` is no time zone", config.time_zone)),
                (_, Err(message)) => (&rule::CONFIG_INVALID, at("[signing]"), message),
                _ => return None,
            };
            Some(with_line(Finding::new(rule, layout::MARKER, message).at(line, 1), text.as_bytes()))
        }
    }
}

/// What an organisation's file breaks.
pub(super) fn organization(path: &str, id: &str, bytes: &[u8]) -> Option<Finding> {
    let damage = yaml::read_organization(bytes, id).err()?;
    let finding = Finding::new(&rule::ORGANIZATION_INVALID, path, damage.kind.to_string());
    Some(with_line(finding.at(damage.line, damage.column), bytes))
}

/// What a file in `attachments/` breaks: its place is the digest of its bytes.
pub(super) fn attachment(path: &str, bytes: io::Result<impl io::Read>) -> io::Result<Option<Finding>> {
    let mut parts = path.split('/').skip(1);
    let (folder, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_digest = name.len() == 64 && name.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_digest || !name.starts_with(folder) || folder.len() != 2 || parts.next().is_some() {
        let message = "this is no attachment, and lies where only attachments belong";
        return Ok(Some(Finding::new(&rule::ATTACHMENT_STRAY, path, message)));
    }
    let mut bytes = bytes?;
    let (mut digest, mut buffer) = (Sha256::new(), vec![0; 64 << 10]);
    loop {
        match bytes.read(&mut buffer)? {
            0 => break,
            read => digest.update(&buffer[..read]),
        }
    }
    let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let differs = || Finding::new(&rule::ATTACHMENT_DIFFERS, path, format!("the digest of these bytes is {digest}"));
    Ok((digest != name).then(differs))
}

/// The organisations' files of a work tree: what they break, and the ids that have one.
pub(super) fn organizations(root: &Path) -> io::Result<(Vec<Finding>, HashSet<String>)> {
    let (mut findings, mut known) = (Vec::new(), HashSet::new());
    for path in files(root, layout::ORGANIZATIONS)? {
        let Some(id) = layout::organization_of(&path) else { continue };
        known.insert(id.to_owned());
        findings.extend(organization(&path, id, &fs::read(root.join(&path))?));
    }
    Ok((findings, known))
}

/// The attachments of a work tree: what they break.
pub(super) fn attachments(root: &Path) -> io::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for path in files(root, layout::ATTACHMENTS)? {
        findings.extend(attachment(&path, fs::File::open(root.join(&path)))?);
    }
    Ok(findings)
}

/// The plain files below a folder, and what is no file: by path relative to the root, in order.
fn files(root: &Path, folder: &str) -> io::Result<Vec<String>> {
    let top = root.join(folder);
    if top.symlink_metadata().is_err() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(&top).follow_root_links(false).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            let relative = entry.path().strip_prefix(root).unwrap_or(entry.path());
            files.push(relative.to_string_lossy().into_owned());
        }
    }
    Ok(files)
}

/// Something in the tickets folder that is no ticket.
pub(super) fn stray(path: &str) -> Finding {
    Finding::new(&rule::FILE_STRAY, path, "this is no ticket, and lies where only tickets belong")
}
