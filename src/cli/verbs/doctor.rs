//! `doctor`: problems of the desk and its environment, each with the command that repairs it.

mod server;

use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::program::program;
use crate::cli::terminal::shell::quoted;
use crate::desk::{Desk, DeskHealth, GitSetting, ServerHealth, SettingState};
use crate::domain::time::zone::Zone;
use crate::store::git::Repository;
use crate::view::labels::count;
use crate::view::sanitize::one_line;

/// The oldest supported version of git.
const OLDEST_GIT: (u32, u32) = (2, 26);

/// Diagnose problems with the desk and its environment.
///
/// It checks git, the actor's identity, the merge driver, .gitattributes, the index, time zones and the lock. In a bare
/// repository it checks the desk in HEAD, the hooks that guard it, and git's settings for pushes. It changes nothing.
/// Each problem comes with the command that repairs it. Exits with 1 if there are problems.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// The result of a check.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum DiagnosisState {
    Ok,
    /// Worth knowing, but not a problem.
    Note,
    Wrong,
}

impl DiagnosisState {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Wrong => "wrong",
        }
    }
}

/// A check with its result, and the command that repairs it.
#[derive(Serialize)]
struct Diagnosis {
    check: &'static str,
    state: DiagnosisState,
    message: String,
    hint: Option<String>,
}

/// The diagnoses so far, in the order in which they are printed.
#[derive(Default)]
struct Diagnoses(Vec<Diagnosis>);

impl Diagnoses {
    fn add(&mut self, check: &'static str, state: DiagnosisState, message: impl Into<String>, hint: Option<String>) {
        self.0.push(Diagnosis { check, state, message: message.into(), hint });
    }

    fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.add(check, DiagnosisState::Ok, message, None);
    }

    fn note(&mut self, check: &'static str, message: impl Into<String>, hint: &str) {
        self.add(check, DiagnosisState::Note, message, Some(hint.to_owned()).filter(|hint| !hint.is_empty()));
    }

    fn wrong(&mut self, check: &'static str, message: impl Into<String>, hint: impl Into<String>) {
        self.add(check, DiagnosisState::Wrong, message, Some(hint.into()));
    }

    /// Adds an error of the program as a problem.
    fn error(&mut self, check: &'static str, error: CliError) {
        let place = error.place.map(|(file, line, column)| format!("{file}:{line}:{column}: ")).unwrap_or_default();
        self.wrong(check, format!("{place}{}", error.message), error.hint.unwrap_or_default());
    }
}

impl DoctorArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let mut findings = Diagnoses::default();
        diagnose_git(session, &mut findings)?;
        match ServerHealth::of(&session.start()?)? {
            Some(health) => server::diagnose(health, &mut findings),
            None => diagnose_desk(session, &mut findings)?,
        }
        findings.ok("time_zones", format!("rules of tzdata {}", Zone::tzdata_version()));
        if self.json {
            session.output.json(&json!(findings.0))?;
        } else {
            for Diagnosis { check, state, message, hint } in &findings.0 {
                session.output.print(&format!("{:5}  {check:12} {}\n", state.as_str(), one_line(message)))?;
                for line in hint.iter().flat_map(|hint| hint.lines()) {
                    session.output.print(&format!("{:20}{}\n", "", one_line(line)))?;
                }
            }
        }
        let is_wrong = findings.0.iter().any(|finding| finding.state == DiagnosisState::Wrong);
        Ok(if is_wrong { Exit::Found } else { Exit::Done })
    }
}

/// Adds the diagnoses of the desk, or the error that keeps it from being opened.
fn diagnose_desk(session: &Session, findings: &mut Diagnoses) -> Result<(), CliError> {
    match session.desk() {
        Err(error) => findings.error("desk", error),
        Ok(desk) => {
            findings.ok("desk", format!("{}, format {}", desk.root().display(), desk.config().format));
            diagnose_actor(session, &desk, findings)?;
            diagnose_zone(&desk, findings);
            diagnose_sections(&desk, findings);
            diagnose_clone(&desk, findings);
        }
    }
    Ok(())
}

/// Adds the diagnosis of the installed git.
fn diagnose_git(session: &Session, findings: &mut Diagnoses) -> Result<(), CliError> {
    match Repository::at(&session.start()?).version() {
        Err(_) => findings.wrong(
            "git",
            "git was not found on PATH",
            "install git; without git, casebook neither commits nor merges",
        ),
        Ok(version) => {
            let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
            let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
            if (major, minor) < OLDEST_GIT {
                findings.wrong(
                    "git",
                    format!("git {version} is too old: 2.26 or newer is needed"),
                    "install git 2.26 or newer",
                );
            } else {
                findings.ok("git", format!("version {version}"));
            }
        }
    }
    Ok(())
}

/// Adds the diagnosis of the actor's identity.
fn diagnose_actor(session: &Session, desk: &Desk, findings: &mut Diagnoses) -> Result<(), CliError> {
    match session.actor()? {
        None => findings.wrong(
            "identity",
            "cannot determine who is running this command",
            "git config user.email YOU@EXAMPLE, or set CASEBOOK_ACTOR",
        ),
        Some(person) if desk.config().team.has_agent(person) => findings.ok("identity", format!("{person}, an agent")),
        Some(person) => {
            findings.note("identity", format!("{person}, not an agent"), "[team] in casebook.toml lists the agents");
        }
    }
    Ok(())
}

/// Adds an invalid time zone of the desk.
fn diagnose_zone(desk: &Desk, findings: &mut Diagnoses) {
    let name = &desk.config().time_zone;
    if Zone::named(name).is_err() {
        findings.wrong(
            "time_zones",
            format!("`{name}` is not a time zone"),
            "set `time_zone` in casebook.toml, such as Europe/Paris",
        );
    }
}

/// Adds the invalid sections of casebook.toml, which some commands refuse though the file could be read.
fn diagnose_sections(desk: &Desk, findings: &mut Diagnoses) {
    for finding in desk.invalid_settings() {
        findings.wrong("config", format!("casebook.toml:{}: {}", finding.line, finding.message), "casebook check");
    }
}

/// Adds the diagnoses of the clone: git's settings, conflicts, the index, the lock, the journal and kept texts.
fn diagnose_clone(desk: &Desk, findings: &mut Diagnoses) {
    if !desk.state().in_repository() {
        findings.note("repository", "not in a git repository: nothing is committed", "git init && casebook git-setup");
    }
    let health = match desk.health(&program()) {
        Ok(health) => health,
        Err(error) => return findings.error("repository", error.into()),
    };
    health.git_settings.iter().for_each(|setting| diagnose_setting(setting, findings));
    if !health.conflicted.is_empty() {
        let conflicts = count(health.conflicted.len(), "conflict");
        findings.wrong("merge", format!("{conflicts} of git, such as {}", health.conflicted[0]), "casebook resolve");
    } else if let Some(operation) = health.git_operation {
        let hint = if operation == "merge" {
            "git commit --no-edit".to_owned()
        } else {
            format!("git {operation} --continue")
        };
        findings.note("merge", format!("git is in the middle of a {operation}"), &hint);
    }
    if let Some(path) = health.left_out.first() {
        let files = count(health.left_out.len(), "file");
        findings.wrong(
            "sparse",
            format!("git's sparse checkout leaves out {files} of the desk, such as {path}"),
            "git sparse-checkout disable",
        );
    }
    for path in &health.ignored {
        findings.wrong(
            "ignored",
            format!("git ignores files such as {path}"),
            format!("git check-ignore -v {}", quoted(path.as_ref())),
        );
    }
    match health.indexed {
        Some(rows) => findings.ok("index", count(rows, "row")),
        None => findings.ok("index", "none yet; the first long list creates it"),
    }
    if health.is_locked {
        findings.note("lock", "another command is writing at this moment", "");
    } else {
        findings.ok("lock", "free");
    }
    diagnose_journal(desk, &health, findings);
    if health.kept_texts > 0 {
        let kept = desk.state().path("kept");
        findings.note(
            "kept",
            format!("{} in {}", count(health.kept_texts, "text"), kept.display()),
            "copy the texts that are still needed, and delete the rest",
        );
    }
}

/// Adds the diagnoses of an interrupted command, and of files from before the desk was in a git repository.
fn diagnose_journal(desk: &Desk, health: &DeskHealth, findings: &mut Diagnoses) {
    if health.is_interrupted {
        findings.wrong(
            "journal",
            "a command was interrupted",
            "the next command that writes completes it or rolls it back",
        );
    } else if health.legacy_files.is_empty() {
        findings.ok("journal", "no command was interrupted");
    }
    let folder = quoted(desk.state().folder());
    for path in &health.legacy_files {
        let (check, contents, advice) = if path.ends_with("journal") {
            ("journal", "an interrupted command", "the next command that writes completes it or rolls it back")
        } else {
            ("kept", "texts of failed commands", "or copy the texts that are still needed, and delete the rest")
        };
        findings.wrong(
            check,
            format!("{contents} from before this was a git repository: {}", path.display()),
            format!("mkdir -p {folder} && mv -n {} {folder}\nif it belongs to this desk; {advice}", quoted(path)),
        );
    }
}

/// Adds the diagnosis of a setting that `git-setup` makes.
fn diagnose_setting(setting: &GitSetting, findings: &mut Diagnoses) {
    let check = if setting.name == ".gitattributes" { "attributes" } else { "drivers" };
    let GitSetting { name, expected, state } = setting;
    match state {
        SettingState::Present => findings.ok(check, name),
        SettingState::Missing => findings.wrong(check, format!("{name} is not set"), "casebook git-setup"),
        SettingState::Stale(program) => {
            findings.wrong(check, format!("{name} is `{program}`, which does not exist"), "casebook git-setup");
        }
        SettingState::Other(value) => findings.wrong(
            check,
            format!("{name} is `{value}`, not `{expected}`"),
            "casebook git-setup prints how to change it; it overwrites nothing",
        ),
    }
}
