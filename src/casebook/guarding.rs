//! The guard: what a push may carry, decided before anybody else sees it.
//!
//! Rights are those of casebook.toml and of the organisations as they were before the push, on the branch the repository stands for; so nobody
//! raises themselves within a push. Works with the git directory alone, and reads only what the push changes.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::domain::amendment::{NotTheirs, may_amend};
use crate::domain::entry::Entry;
use crate::domain::finding::Finding;
use crate::domain::membership::Memberships;
use crate::domain::person::Person;
use crate::domain::rule::{
    COMMIT_SIGNER, COMMIT_UNSIGNED, PUSH_DELETES, PUSH_FILES, PUSH_FORGED, PUSH_REWRITES, PUSH_UNKNOWN,
};
use crate::error::Error;
use crate::store::git::{Change, GitRefusal, RefChange, Repository, Revision, Side, Signature, Trusted};
use crate::store::layout;

use super::auditing::{Auditor, Commit, Findings, Ground, Judge, Policy, Questions, git, wanted};
use super::check::Tree;

/// Where those files lie that belong to tickets.
const TICKETS_OWN: [&str; 2] = ["tickets/", "attachments/"];

/// Who pushes, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pusher {
    /// The server says.
    Named(Person),
    /// Whoever signed each commit.
    Signers,
    /// Nobody says.
    Unknown,
}

/// Who brings a commit, and what that allows.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    /// The person.
    pub pusher: Option<Person>,
    /// Whether they are an agent.
    is_agent: bool,
}

impl Gate {
    fn of(pusher: Option<Person>, policy: &Policy) -> Self {
        let is_agent = pusher.as_ref().is_some_and(|person| policy.team.has_agent(person));
        Self { pusher, is_agent }
    }

    /// Whether this person may bring an entry. `is_named` says that the commit names its person.
    pub fn judge_entry(&self, _: &Revision, path: &str, entry: &Entry, is_named: bool) -> Option<Finding> {
        let pusher = self.pusher.as_ref()?;
        let name = super::auditing::named(entry);
        match self.is_agent {
            _ if entry.by.is(pusher) => None,
            false => Some(Finding::new(&PUSH_FORGED, path, format!("{name} is not of {pusher}, who pushes it"))),
            true if is_named => None,
            true => {
                let message =
                    format!("{name} is not of {pusher}, and the commit does not say on whose behalf it was made");
                Some(Finding::new(&PUSH_FORGED, path, message))
            }
        }
    }

    /// Whether this person may change files that belong to no ticket.
    pub fn judge_files(&self, commit: &Commit<'_>, judge: &mut Judge) -> Result<(), GitRefusal> {
        let Some(pusher) = self.pusher.as_ref().filter(|_| !self.is_agent) else { return Ok(()) };
        // What a merge takes over from one of its parents was judged where it came from.
        let Some((first, others)) = commit.revision.sides.split_first() else { return Ok(()) };
        for change in &first.changes {
            let of_path = |side: &'_ Side| side.changes.iter().position(|other| other.path == change.path);
            let Some(places) = others.iter().map(of_path).collect::<Option<Vec<_>>>() else { continue };
            let same = others.iter().zip(places).map(|(side, place)| &side.changes[place]);
            let is_ticket = TICKETS_OWN.iter().any(|folder| change.path.starts_with(folder));
            let is_whole = change.path.ends_with(".yaml") || (change.old.is_none() && !change.odd);
            if is_ticket && is_whole {
                continue;
            }
            if let Some(id) = layout::organization_of(&change.path) {
                let mut why_not = None;
                for change in std::iter::once(change).chain(same) {
                    why_not = amends(pusher, id, change, commit, judge)?.err();
                    if why_not.is_none() {
                        break;
                    }
                }
                let Some(why_not) = why_not else { continue };
                if let NotTheirs::BeyondSupportRoles = why_not {
                    let message = format!("{pusher} gives and takes support roles here, and changes nothing else");
                    judge.find(Finding::new(&PUSH_FILES, &change.path, message).in_commit(&commit.revision.id));
                    continue;
                }
            }
            let message = format!("this file is not {pusher}'s to change");
            judge.find(Finding::new(&PUSH_FILES, &change.path, message).in_commit(&commit.revision.id));
        }
        Ok(())
    }
}

/// Whether somebody may change an organisation's file so.
fn amends(
    pusher: &Person,
    id: &str,
    change: &Change,
    commit: &Commit<'_>,
    judge: &mut Judge,
) -> Result<Result<(), NotTheirs>, GitRefusal> {
    let (Some(old), Some(new)) = (&change.old, &change.new) else { return Ok(Err(NotTheirs::Supports)) };
    let (old, new) = (judge.registry.file(id, old)?, judge.registry.file(id, new)?);
    let (Some(old), Some(new)) = (old, new) else { return Ok(Err(NotTheirs::Supports)) };
    let mut judged = Err(NotTheirs::Supports);
    for ground in &commit.grounds {
        let organizations = judge.registry.at(&ground.commit)?;
        let memberships = Memberships::of(pusher, organizations.iter().map(Arc::as_ref));
        judged = may_amend(&ground.policy.team, pusher, &memberships, Some(&old), &new);
        if judged.is_ok() {
            break;
        }
    }
    Ok(judged)
}

/// Somebody who guards a repository.
#[derive(Clone, Debug)]
pub struct Guard {
    auditor: Auditor,
    pusher: Pusher,
    tolerance: TimeDelta,
}

impl Guard {
    /// A guard of the repository whose git has started us as its hook; `folder` is where the desk lies in it: empty, or
    /// with a slash at its end.
    ///
    /// # Errors
    /// There is no repository.
    pub fn at(start: &Path, folder: Option<&str>, pusher: Pusher, tolerance: TimeDelta) -> Result<Self, Error> {
        let mut auditor = Auditor::of(Repository::of_hook(start), start)?;
        if let Some(folder) = folder {
            folder.clone_into(&mut auditor.prefix);
        }
        Ok(Self { auditor, pusher, tolerance })
    }

    fn questions(&self) -> Questions {
        Questions { identity: false, signed: self.pusher == Pusher::Signers, tolerance: self.tolerance }
    }

    /// Judges a push, with all the refs it changes.
    ///
    /// # Errors
    /// git refuses.
    pub fn receive(&self, changes: &[RefChange]) -> Result<Findings, Error> {
        let repository = &self.auditor.repository;
        let mut judge = Judge::new(&self.auditor, self.questions());
        let main = repository.main_branch().map_err(git)?;
        for change in changes {
            self.judge_ref(change, main.as_deref(), &mut judge)?;
        }
        let news: Vec<String> = changes.iter().filter_map(|change| change.new.clone()).collect();
        if !news.is_empty() {
            let ground = self.ground_before(&news)?;
            judge.overruling.clone_from(&ground);
            let policy = ground.map(|ground| ground.policy).unwrap_or_default();
            let revisions: Vec<String> = news.into_iter().chain(["--not", "--all"].map(str::to_owned)).collect();
            judge.paths = Some(BTreeSet::new());
            self.judge_commits(&revisions, &policy, &mut judge)?;
            let head = repository.head().map_err(git)?;
            for change in changes {
                let before = change.old.as_ref().or(head.as_ref());
                if let Some(new) = &change.new {
                    self.check(new, before.map(String::as_str), &mut judge)?;
                }
            }
        }
        Ok(judge.found)
    }

    /// Judges what is about to be committed. Whose entries they are is not asked: the commit has not said so yet.
    ///
    /// # Errors
    /// git refuses.
    pub fn staged(&self) -> Result<Findings, Error> {
        let mut judge = Judge::new(&self.auditor, self.questions());
        let revision = self.auditor.repository.staged(&self.auditor.prefix, "").map_err(git)?;
        let (mut objects, marked) =
            self.auditor.repository.read_of(revision, &self.auditor.prefix, &wanted(true)).map_err(git)?;
        judge.paths = Some(BTreeSet::new());
        judge.look_at(&marked, &mut objects).map_err(git)?;
        judge.found.commits = 1;
        let head = self.auditor.repository.head().map_err(git)?;
        self.check("", head.as_deref(), &mut judge)?;
        // It has no name yet.
        judge.found.findings.iter_mut().for_each(|finding| finding.commit = None);
        Ok(judge.found)
    }

    /// Holds what the commits touched against the rules of `check`, as one commit has it. What was so before, and the
    /// audit has not told, is not the push's fault.
    fn check(&self, new: &str, before: Option<&str>, judge: &mut Judge) -> Result<(), Error> {
        let (mut paths, prefix) = (judge.paths.clone().unwrap_or_default(), &self.auditor.prefix);
        if paths.is_empty() {
            return Ok(());
        }
        if let Some(commit) = before {
            let touched: Vec<&str> = paths.iter().map(String::as_str).collect();
            paths.extend(Tree { lookup: judge.registry.lookup(), commit, prefix }.linked(&touched)?);
        }
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let mut errors = Tree { lookup: judge.registry.lookup(), commit: new, prefix }.errors(&paths)?;
        let is_told = |error: &Finding| {
            let is_it =
                |told: &Finding| told.rule == error.rule && told.path == error.path && told.entry == error.entry;
            judge.found.findings.iter().any(is_it)
        };
        errors.retain(|error| !is_told(error));
        if let (Some(commit), false) = (before, errors.is_empty()) {
            let mut paths: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
            paths.dedup();
            let known = Tree { lookup: judge.registry.lookup(), commit, prefix }.errors(&paths)?;
            let is_known = |error: &Finding| {
                let is_it =
                    |old: &Finding| old.rule == error.rule && old.path == error.path && old.message == error.message;
                known.iter().any(is_it)
            };
            let new: Vec<bool> = errors.iter().map(|error| !is_known(error)).collect();
            let mut new = new.into_iter();
            errors.retain(|_| new.next().unwrap_or(true));
        }
        for error in errors {
            judge.find(if new.is_empty() { error } else { error.in_commit(new) });
        }
        Ok(())
    }

    fn judge_ref(&self, change: &RefChange, main: Option<&str>, judge: &mut Judge) -> Result<(), Error> {
        let repository = &self.auditor.repository;
        let is_main = main == Some(change.name.as_str());
        let Some(old) = &change.old else { return Ok(()) };
        let lost = |new: Option<&str>| repository.lost(&change.name, old, new).map_err(git);
        let finding = match &change.new {
            None if is_main => {
                Finding::new(&PUSH_DELETES, ".", format!("{} is what the repository stands for", change.name))
            }
            None => match lost(None)? {
                0 => return Ok(()),
                count => Finding::new(
                    &PUSH_DELETES,
                    ".",
                    format!("{} has {} that nothing else leads to", change.name, commits(count)),
                ),
            },
            Some(new) if repository.comes_before(old, new).map_err(git)? => return Ok(()),
            Some(new) => match lost(Some(new))? {
                0 if !is_main => return Ok(()),
                count => Finding::new(&PUSH_REWRITES, ".", format!("{} would lose {}", change.name, commits(count))),
            },
        };
        judge.find(finding.in_commit(old));
        Ok(())
    }

    /// What the push is judged by: casebook.toml and the organisations as they are before it; of a repository without one, as the push brings it: somebody has to be
    /// the first.
    fn ground_before(&self, news: &[String]) -> Result<Option<Ground>, Error> {
        let path = format!("{}{}", self.auditor.prefix, layout::MARKER);
        for revision in std::iter::once("HEAD").chain(news.iter().map(String::as_str)) {
            if let Some(text) = self.auditor.repository.file_at(revision, &path).map_err(git)? {
                let broken = |(line, column, message)| Error::Config {
                    path: path.clone().into(),
                    flaw: crate::store::config::ConfigFlaw { line, column, message },
                };
                let policy = Arc::new(Policy::read(&text).map_err(broken)?);
                let commit = self.auditor.repository.commit_of(revision).map_err(git)?;
                return Ok(Some(Ground { policy, commit }));
            }
        }
        Ok(None)
    }

    fn judge_commits(&self, revisions: &[String], policy: &Policy, judge: &mut Judge) -> Result<(), Error> {
        match &self.pusher {
            Pusher::Unknown => {
                judge.find(Finding::new(&PUSH_UNKNOWN, ".", "the server does not say who pushes"));
                return Ok(());
            }
            Pusher::Named(person) => {
                judge.gate = Some(Gate::of(Some(person.clone()), policy));
                return self.auditor.walk(revisions, judge, &mut |_| {});
            }
            Pusher::Signers => {}
        }
        let keys: Vec<Trusted> = policy.keys.iter().map(|(_, key)| key.clone()).collect();
        let signatures = self.auditor.repository.signatures(revisions, &keys).map_err(git)?;
        let mut walk = self.auditor.repository.walk(revisions, &self.auditor.prefix, &wanted(true)).map_err(git)?;
        let mut signatures = signatures.into_iter();
        while let Some(revision) = walk.step().map_err(git)? {
            let signature = signatures.find(|(commit, _)| *commit == revision.id).map(|(_, signature)| signature);
            let mut signer = None;
            match signature {
                Some(Signature::By(place)) => signer = Some(policy.keys[place].0.clone()),
                Some(Signature::None) | None => {
                    judge.find(Finding::new(&COMMIT_UNSIGNED, ".", "the commit is not signed").in_commit(&revision.id));
                }
                Some(Signature::Other) => {
                    let message = "the signature is of no key casebook.toml names, or does not fit";
                    judge.find(Finding::new(&COMMIT_SIGNER, ".", message).in_commit(&revision.id));
                }
            }
            judge.gate = Some(Gate::of(signer, policy));
            judge.look_at(&revision, &mut walk.objects).map_err(git)?;
            judge.found.commits += 1;
        }
        Ok(())
    }
}

fn commits(count: usize) -> String {
    format!("{count} commit{}", if count == 1 { "" } else { "s" })
}
