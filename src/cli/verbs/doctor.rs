//! `doctor`: what is wrong around the desk, and the command that mends it.

mod server;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::Exit;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::session::program::{program, quoted};
use crate::desk::{Desk, DeskHealth, GitSetting, ServerHealth, SettingState};
use crate::domain::time::zone::Zone;
use crate::store::git::Repository;
use crate::view::labels::count;
use crate::view::sanitize::one_line;

/// The oldest git that has all that is asked of it.
const OLDEST_GIT: (u32, u32) = (2, 26);

/// Look whether everything around the desk is well.
///
/// It looks at git, who acts, merge driver, attributes, index, time zones and lock. In a bare repository it looks at the desk that HEAD has, the hooks that guard it, and git's settings for pushes. Changes nothing. Each thing that is wrong comes with the command that mends it. Ends with 1 if something is wrong.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

/// How a thing stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum DiagnosisState {
    Ok,
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

/// One thing looked at.
struct Diagnosis {
    check: &'static str,
    state: DiagnosisState,
    message: String,
    hint: Option<String>,
}

/// What was found so far.
#[derive(Default)]
struct Diagnoses(Vec<Diagnosis>);

impl Diagnoses {
    fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.0.push(Diagnosis { check, state: DiagnosisState::Ok, message: message.into(), hint: None });
    }

    fn note(&mut self, check: &'static str, message: impl Into<String>, hint: &str) {
        let hint = Some(hint.to_owned()).filter(|hint| !hint.is_empty());
        self.0.push(Diagnosis { check, state: DiagnosisState::Note, message: message.into(), hint });
    }

    fn wrong(&mut self, check: &'static str, message: impl Into<String>, hint: impl Into<String>) {
        self.0.push(Diagnosis {
            check,
            state: DiagnosisState::Wrong,
            message: message.into(),
            hint: Some(hint.into()),
        });
    }

    fn complaint(&mut self, check: &'static str, complaint: CliError) {
        let place = complaint.place.map(|(file, line, column)| format!("{file}:{line}:{column}: ")).unwrap_or_default();
        self.wrong(check, format!("{place}{}", complaint.message), complaint.hint.unwrap_or_default());
    }
}

impl DoctorArgs {
    pub(super) fn run(self, session: &Session) -> Result<Exit, CliError> {
        let mut findings = Diagnoses::default();
        git(session, &mut findings)?;
        match ServerHealth::of(&session.start()?)? {
            Some(condition) => server::server(condition, &mut findings),
            None => desk(session, &mut findings)?,
        }
        findings.ok("time_zones", format!("rules of tzdata {}", Zone::tzdata_version()));
        if self.json {
            session.output.json(&Value::Array(findings.0.iter().map(to_json).collect()))?;
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

fn desk(session: &Session, findings: &mut Diagnoses) -> Result<(), CliError> {
    match session.casebook() {
        Err(complaint) => findings.complaint("desk", complaint),
        Ok(casebook) => {
            findings.ok("desk", format!("{}, format {}", casebook.root().display(), casebook.config().format));
            actor(session, &casebook, findings)?;
            zone(&casebook, findings);
            settings(&casebook, findings);
            surroundings(&casebook, findings);
        }
    }
    Ok(())
}

fn git(session: &Session, findings: &mut Diagnoses) -> Result<(), CliError> {
    match Repository::at(&session.start()?).version() {
        Err(_) => {
            findings.wrong("git", "git was not found on PATH", "install git; without it nothing is committed or merged")
        }
        Ok(version) => {
            let mut numbers = version.split('.').map(|number| number.parse::<u32>().unwrap_or(0));
            let (major, minor) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
            if (major, minor) < OLDEST_GIT {
                findings.wrong("git", format!("version {version} is too old"), "install git 2.26 or newer");
            } else {
                findings.ok("git", format!("version {version}"));
            }
        }
    }
    Ok(())
}

fn actor(session: &Session, casebook: &Desk, findings: &mut Diagnoses) -> Result<(), CliError> {
    match session.actor()? {
        None => findings.wrong(
            "identity",
            "nobody is known to act",
            "git config user.email YOU@EXAMPLE, or set CASEBOOK_ACTOR",
        ),
        Some(person) if casebook.config().team.has_agent(person) => {
            findings.ok("identity", format!("{person}, an agent"))
        }
        Some(person) => {
            findings.note("identity", format!("{person}, no agent"), "agents stand under [team] in casebook.toml");
        }
    }
    Ok(())
}

fn zone(casebook: &Desk, findings: &mut Diagnoses) {
    let name = &casebook.config().time_zone;
    if Zone::named(name).is_err() {
        findings.wrong("time_zones", format!("`{name}` is no time zone"), "set `time_zone` in casebook.toml");
    }
}

/// What some commands would refuse to work with, though this one was read.
fn settings(casebook: &Desk, findings: &mut Diagnoses) {
    for finding in casebook.unsound_sections() {
        findings.wrong("config", format!("casebook.toml:{}: {}", finding.line, finding.message), "casebook check");
    }
}

fn surroundings(casebook: &Desk, findings: &mut Diagnoses) {
    if !casebook.state().in_repository() {
        findings.note("repository", "in no git repository: nothing is committed", "git init && casebook git-setup");
    }
    let condition = match casebook.health(&program()) {
        Ok(condition) => condition,
        Err(error) => return findings.complaint("repository", error.into()),
    };
    condition.tellings.iter().for_each(|one| diagnose_setting(one, findings));
    if !condition.conflicted.is_empty() {
        let conflicts = count(condition.conflicted.len(), "conflict");
        findings.wrong("merge", format!("{conflicts} of git, such as {}", condition.conflicted[0]), "casebook resolve");
    } else if let Some(what) = condition.at_work {
        let hint = if what == "merge" { "git commit --no-edit".to_owned() } else { format!("git {what} --continue") };
        findings.note("merge", format!("git is in the middle of a {what}"), &hint);
    }
    match condition.indexed {
        Some(rows) => findings.ok("index", count(rows, "row")),
        None => findings.ok("index", "none yet; the first long list makes one"),
    }
    if condition.is_locked {
        findings.note("lock", "another command is writing at this moment", "");
    } else {
        findings.ok("lock", "free");
    }
    journal(casebook, &condition, findings);
    if condition.kept > 0 {
        let kept = casebook.state().path("kept");
        findings.note(
            "kept",
            format!("{} in {}", count(condition.kept, "text"), kept.display()),
            "take out what is needed, and delete the rest",
        );
    }
}

fn journal(casebook: &Desk, condition: &DeskHealth, findings: &mut Diagnoses) {
    if condition.is_interrupted {
        findings.wrong("journal", "a command was interrupted", "the next command that writes brings it to its end");
    } else if condition.left_behind.is_empty() {
        findings.ok("journal", "nothing was interrupted");
    }
    let folder = quoted(casebook.state().folder());
    for path in &condition.left_behind {
        let (check, what, then) = if path.ends_with("journal") {
            ("journal", "a command that was interrupted", "the next command that writes brings it to its end")
        } else {
            ("kept", "texts that came to nothing", "or take out what is needed, and delete the rest")
        };
        findings.wrong(
            check,
            format!("{what} before this was a git repository: {}", path.display()),
            format!("mkdir -p {folder} && mv -n {} {folder}\nif it is yours; {then}", quoted(path)),
        );
    }
}

fn diagnose_setting(telling: &GitSetting, findings: &mut Diagnoses) {
    let check = if telling.name == ".gitattributes" { "attributes" } else { "drivers" };
    let GitSetting { name, wanted, state } = telling;
    match state {
        SettingState::There => findings.ok(check, name),
        SettingState::Missing => findings.wrong(check, format!("{name} is not set"), "casebook git-setup"),
        SettingState::Stale(was) => {
            findings.wrong(check, format!("{name} is `{was}`, which is not there"), "casebook git-setup");
        }
        SettingState::Other(is) => findings.wrong(
            check,
            format!("{name} is `{is}`, not `{wanted}`"),
            "casebook git-setup says what would do; it overwrites nothing",
        ),
    }
}

fn to_json(finding: &Diagnosis) -> Value {
    let Diagnosis { check, state, message, hint } = finding;
    json!({"check": check, "state": state.as_str(), "message": message, "hint": hint})
}
