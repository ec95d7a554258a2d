//! The checks of `doctor` in a bare repository: a server has no work tree, only a desk to guard.

use super::Diagnoses;
use crate::cli::error::CliError;
use crate::cli::terminal::shell::quoted;
use crate::desk::{DeskLocation, InstalledHook, ServerHealth};
use crate::error::Error;
use crate::store::config::ConfigError;

/// The command that installs the guard.
const INSTALL: &str = "casebook hooks install";

/// Adds the diagnoses of a bare repository.
pub(super) fn diagnose(health: ServerHealth, findings: &mut Diagnoses) {
    findings.ok("repository", format!("{}, bare", health.folder.display()));
    let prefix = health.desk.as_ref().ok().map(|desk| desk.prefix.clone());
    let branch = health.branch.as_deref().unwrap_or("HEAD");
    match health.desk {
        Ok(desk) => diagnose_desk(&desk, health.format, branch, health.has_commits, findings),
        Err(error) => diagnose_missing_desk(error, branch, findings),
    }
    diagnose_guard(&health.hooks, prefix.as_deref(), findings);
    if health.is_fsck {
        findings.ok("objects", "git checks every object that is pushed");
    } else {
        findings.note(
            "objects",
            "git accepts malformed objects: receive.fsckObjects is not set",
            "git config receive.fsckObjects true",
        );
    }
    match &health.pusher {
        Some(name) => findings.ok("pusher", format!("casebook.pusher is `{name}`")),
        None if health.hooks.is_empty() => {}
        None => findings.note(
            "pusher",
            "casebook.pusher is not set: without CASEBOOK_PUSHER, GITEA_PUSHER_EMAIL, GL_USER or REMOTE_USER, the guard does not know the pusher and refuses every push",
            "git config casebook.pusher NAME-OF-A-VARIABLE",
        ),
    }
    let completeness = &health.completeness;
    if !completeness.shallow.is_empty() {
        findings.note("history", "this clone is shallow: an audit begins at its first commit", "git fetch --unshallow");
    } else if completeness.grafts || completeness.replaced > 0 {
        findings.note(
            "history",
            "grafts or replace refs change the history that git shows; audit and guard ignore them",
            "",
        );
    } else {
        findings.ok("history", "complete");
    }
}

/// Adds the diagnosis of the desk in the branch of HEAD.
fn diagnose_desk(
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
        Some(Err(error)) => {
            let path = format!("{}casebook.toml:{}:{}", desk.prefix, error.line, error.column);
            findings.wrong(
                "desk",
                format!("{path}: {}", error.message),
                "correct it in a clone, and push the correction",
            );
        }
        None if has_commits => findings.note("desk", format!("no casebook.toml in the branch {branch}"), ""),
        None => findings.note(
            "desk",
            format!("the branch {branch} has no commits yet: the first push creates the desk"),
            "to use another branch: git symbolic-ref HEAD refs/heads/NAME",
        ),
    }
}

/// Adds the diagnosis of a repository with no desk, or with several.
fn diagnose_missing_desk(error: Error, branch: &str, findings: &mut Diagnoses) {
    match error {
        Error::NoDesk { known: folders, .. } if !folders.is_empty() => {
            let each = folders.iter().map(|folder| {
                let folder = folder.trim_end_matches('/');
                format!("{INSTALL} --desk {}", quoted((if folder.is_empty() { "." } else { folder }).as_ref()))
            });
            let message = format!("{} desks in the branch {branch}; a guard protects only one of them", folders.len());
            findings.note("desk", message, &each.collect::<Vec<_>>().join("\n"));
        }
        error => findings.error("desk", CliError::from(error)),
    }
}

/// Adds the diagnoses of the hooks that run the guard. `prefix` is the folder of the desk, if there is exactly one.
fn diagnose_guard(hooks: &[InstalledHook], prefix: Option<&str>, findings: &mut Diagnoses) {
    if hooks.is_empty() {
        findings.note("guard", "no hook runs the guard: every push is accepted", INSTALL);
    }
    for hook in hooks {
        let (name, command) = (hook.hook.name(), &hook.command);
        if !hook.is_executable {
            let path = quoted(&hook.path);
            findings.wrong(
                "guard",
                format!("git does not run {path}: it is not executable"),
                format!("chmod +x {path}"),
            );
        } else if prefix.is_some_and(|prefix| !hook.is_of(prefix)) {
            findings.wrong("guard", format!("{name} guards another folder: {command}"), INSTALL);
        } else {
            findings.ok("guard", format!("{name}: {command}"));
        }
    }
}
