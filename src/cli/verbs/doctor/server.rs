//! What `doctor` says of a bare repository: a server has no desk to work in, and one to guard.
//!
//! Changes nothing, and must not know what the guard asks of a push.

use super::Diagnoses;
use crate::cli::error::CliError;
use crate::cli::session::program::quoted;
use crate::desk::{DeskLocation, InstalledHook, ServerHealth};
use crate::error::Error;
use crate::store::config::ConfigError;

/// How a guard is installed.
const INSTALL: &str = "casebook hooks install";

pub(super) fn server(condition: ServerHealth, findings: &mut Diagnoses) {
    findings.ok("repository", format!("{}, bare", condition.folder.display()));
    let prefix = condition.desk.as_ref().ok().map(|desk| desk.prefix.clone());
    let branch = condition.branch.as_deref().unwrap_or("HEAD");
    match condition.desk {
        Ok(there) => desk(&there, condition.format, branch, condition.has_commits, findings),
        Err(error) => no_desk(error, branch, findings),
    }
    guard(&condition.guarded, prefix.as_deref(), findings);
    if condition.is_fsck {
        findings.ok("objects", "git looks at every object that is pushed");
    } else {
        findings.note(
            "objects",
            "git takes malformed objects: receive.fsckObjects is not set",
            "git config receive.fsckObjects true",
        );
    }
    match &condition.pusher {
        Some(name) => findings.ok("pusher", format!("casebook.pusher is `{name}`")),
        None if condition.guarded.is_empty() => {}
        None => findings.note(
            "pusher",
            "casebook.pusher does not say who pushes: without CASEBOOK_PUSHER, GITEA_PUSHER_EMAIL, GL_USER or REMOTE_USER nothing is let in",
            "git config casebook.pusher NAME-OF-A-VARIABLE",
        ),
    }
    let seen = &condition.completeness;
    if !seen.shallow.is_empty() {
        findings.note("history", "this clone is shallow: an audit begins where it ends", "git fetch --unshallow");
    } else if seen.grafts || seen.replaced > 0 {
        findings.note("history", "grafts or replace refs show another history; audit and guard do not follow them", "");
    } else {
        findings.ok("history", "whole");
    }
}

fn desk(
    desk: &DeskLocation,
    format: Option<Result<u32, ConfigError>>,
    branch: &str,
    has_commits: bool,
    findings: &mut Diagnoses,
) {
    let place = match desk.prefix.trim_end_matches('/') {
        "" => "at the top".to_owned(),
        folder => format!("in {folder}/"),
    };
    match format {
        Some(Ok(format)) => findings.ok("desk", format!("{place} of the branch {branch}, format {format}")),
        Some(Err(flaw)) => {
            let path = format!("{}casebook.toml:{}:{}", desk.prefix, flaw.line, flaw.column);
            findings.wrong("desk", format!("{path}: {}", flaw.message), "mend it in a clone, and push that");
        }
        None if has_commits => findings.note("desk", format!("no casebook.toml in the branch {branch}"), ""),
        None => findings.note(
            "desk",
            format!("the branch {branch} has no commits yet: the first push founds the desk"),
            "git symbolic-ref HEAD refs/heads/NAME, where another branch is meant",
        ),
    }
}

/// There is none, or several.
fn no_desk(error: Error, branch: &str, findings: &mut Diagnoses) {
    match error {
        Error::NoDesk { known, .. } if !known.is_empty() => {
            let each = known.iter().map(|folder| {
                let folder = folder.trim_end_matches('/');
                format!("{INSTALL} --desk {}", quoted((if folder.is_empty() { "." } else { folder }).as_ref()))
            });
            let message = format!("{} desks in the branch {branch}; a guard is of one of them", known.len());
            findings.note("desk", message, &each.collect::<Vec<_>>().join("\n"));
        }
        error => findings.complaint("desk", CliError::from(error)),
    }
}

/// Who guards the desk, where that is known to be one.
fn guard(guarded: &[InstalledHook], prefix: Option<&str>, findings: &mut Diagnoses) {
    if guarded.is_empty() {
        findings.note("guard", "no hook runs the guard: whatever is pushed is taken", INSTALL);
    }
    for hook in guarded {
        let (name, command) = (hook.hook.name(), &hook.command);
        if !hook.is_executable {
            let path = quoted(&hook.path);
            findings.wrong(
                "guard",
                format!("git does not run {path}, which is not executable"),
                format!("chmod +x {path}"),
            );
        } else if prefix.is_some_and(|prefix| !hook.is_of(prefix)) {
            findings.wrong("guard", format!("{name} guards another folder: {command}"), INSTALL);
        } else {
            findings.ok("guard", format!("{name}: {command}"));
        }
    }
}
