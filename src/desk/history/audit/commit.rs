//! One commit: the versions it changes taken in, and each held against those of its parents.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{AuditState, BasePolicy, PolicyAt, TICKETS, messages};
use crate::desk::write::transaction::first_header_mismatch;
use crate::domain::audit::{LostEntry, RawEntry, added, align_entries, inserted, lost_entries};
use crate::domain::id::Id;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{
    FILE_MISPLACED, FILE_NEWER, FILE_NOT_PLAIN, FILE_OTHER_ID, HEADER_DIFFERS, HISTORY_EDITED, HISTORY_INSERTED,
    HISTORY_REMOVED, HISTORY_REORDERED, HISTORY_UNREADABLE, POLICY_UNREADABLE, TICKET_DELETED, TICKET_MOVED,
};
use crate::domain::ticket::{FORMAT, Ticket};
use crate::store::git::{CommitChange, GitError, ObjectStream, Revision, is_blob};
use crate::store::layout;
use crate::store::yaml::{FileVersion, ReadErrorKind};

/// How many entries a commit adds to a ticket at most, for the older version to be told from the newer one.
const FEW: usize = 3;

/// What a parent and a commit have of a file.
type VersionPair = (Option<Arc<FileVersion>>, Option<Arc<FileVersion>>);

/// What a parent has of a file that differs.
#[derive(Clone, Debug)]
pub struct ParentVersion {
    /// Its object.
    pub name: String,
    /// What it holds.
    pub version: Arc<FileVersion>,
}

/// A ticket's file that a commit changed.
#[derive(Debug, Default)]
pub struct ChangedTicket {
    /// What those parents have that have something else, and have it.
    pub befores: Vec<ParentVersion>,
    /// How many of the parents have something else, or nothing.
    pub differing: usize,
    /// What the commit has.
    pub after: Option<Arc<FileVersion>>,
    /// Its object.
    pub name: Option<String>,
    /// Whether the commit has something else than a file.
    pub is_odd: bool,
}

impl ChangedTicket {
    /// The id of what the file is, or was.
    pub fn id(&self) -> Option<Id> {
        let versions = self.after.iter().chain(self.befores.iter().map(|before| &before.version));
        versions.filter_map(|version| version.ticket().ok()).map(|ticket| ticket.id).next()
    }
}

/// A commit with its versions at hand.
pub struct LoadedCommit<'a> {
    /// Its facts.
    pub revision: &'a Revision,
    /// What it is judged by: of each parent, else its own.
    pub grounds: Vec<BasePolicy>,
    /// The tickets' files it changed.
    pub touched: BTreeMap<String, ChangedTicket>,
}

impl AuditState {
    /// Takes in what a commit brings, in the order it comes.
    pub fn load_commit<'a>(
        &mut self,
        revision: &'a Revision,
        objects: &mut ObjectStream,
    ) -> Result<LoadedCommit<'a>, GitError> {
        if revision.sends_base
            && let Some(parent) = revision.sides.first().and_then(|side| side.parent.clone())
            && let Some(bytes) = objects.take()?
            && let Ok(policy) = PolicyAt::read(&String::from_utf8_lossy(&bytes))
        {
            self.policy_of.insert(parent, Arc::new(policy));
        }
        let mut own = self.inherited(revision, 0).map(|ground| ground.policy);
        let mut touched: BTreeMap<String, ChangedTicket> = BTreeMap::new();
        for side in &revision.sides {
            for change in &side.changes {
                if change.path == layout::MARKER {
                    own = self.take_policy(revision, change, objects)?.or(own);
                } else if change.path.starts_with(TICKETS) {
                    let is_merge = revision.sides.len() > 1;
                    let (before, after) = self.versions(change, is_merge, objects)?;
                    if !layout::has_ticket_extension(change.path.rsplit('/').next().unwrap_or_default().as_ref()) {
                        continue;
                    }
                    self.remember_sound(change, before.as_ref(), after.as_ref());
                    let file = touched.entry(change.path.clone()).or_default();
                    file.differing += 1;
                    file.befores
                        .extend(change.old.clone().zip(before).map(|(name, version)| ParentVersion { name, version }));
                    (file.after, file.name, file.is_odd) = (after, change.new.clone(), change.odd);
                }
            }
        }
        if let Some(own) = &own {
            self.policy_of.insert(revision.id.clone(), own.clone());
        }
        let inherited = (0..revision.sides.len()).filter_map(|place| self.inherited(revision, place));
        let mut grounds: Vec<BasePolicy> = match &self.overruling {
            Some(ground) => vec![ground.clone()],
            None => inherited.collect(),
        };
        if grounds.is_empty() {
            grounds.push(BasePolicy { policy: own.unwrap_or_default(), commit: revision.id.clone() });
        }
        if self.questions.signed {
            self.judged_by.insert(revision.id.clone(), grounds[0].policy.clone());
        }
        Ok(LoadedCommit { revision, grounds, touched })
    }

    fn inherited(&self, revision: &Revision, place: usize) -> Option<BasePolicy> {
        let parent = revision.sides.get(place)?.parent.as_ref()?;
        Some(BasePolicy { policy: self.policy_of.get(parent)?.clone(), commit: parent.clone() })
    }

    fn take_policy(
        &mut self,
        revision: &Revision,
        change: &CommitChange,
        objects: &mut ObjectStream,
    ) -> Result<Option<Arc<PolicyAt>>, GitError> {
        let Some(name) = &change.new else { return Ok(None) };
        if change.sends_new {
            let bytes = objects.take()?.unwrap_or_default();
            match PolicyAt::read(&String::from_utf8_lossy(&bytes)) {
                Ok(policy) => _ = self.policies.insert(name.clone(), Arc::new(policy)),
                Err((line, column, message)) => {
                    let finding = Finding::new(&POLICY_UNREADABLE, layout::MARKER, message).at(line, column);
                    self.report(finding.in_commit(&revision.id));
                }
            }
        }
        Ok(self.policies.get(name).cloned())
    }

    /// What a parent and the commit have of a file.
    fn versions(
        &mut self,
        change: &CommitChange,
        is_merge: bool,
        objects: &mut ObjectStream,
    ) -> Result<VersionPair, GitError> {
        // A version that was extended is seldom asked for again, but for where branches part and meet.
        let known = match &change.old {
            Some(old) if is_merge || change.new.is_none() => self.shelf.get(old),
            Some(old) => self.shelf.take(old),
            None => None,
        };
        let known = known.map(|known| as_named(known, &change.path));
        let after = match &change.new {
            Some(new) => Some(self.newer(change, new, known.as_deref(), objects)?),
            None => None,
        };
        let before = match (&change.old, known) {
            (None, _) => None,
            (_, Some(known)) => Some(known),
            (Some(old), None) => Some(self.older(change, old, after.as_deref())?),
        };
        Ok((before, after))
    }

    /// The version a commit has: it comes now, or came before.
    fn newer(
        &mut self,
        change: &CommitChange,
        name: &str,
        before: Option<&FileVersion>,
        objects: &mut ObjectStream,
    ) -> Result<Arc<FileVersion>, GitError> {
        let bytes = if change.sends_new { objects.take()? } else { None };
        if let Some(version) = self.shelf.get(name) {
            return Ok(as_named(version, &change.path));
        }
        let bytes = match bytes {
            None if !change.sends_new => self.registry.lookup().object(name)?,
            bytes => bytes,
        };
        let bytes = bytes.ok_or_else(|| missing(change, name))?;
        let version = Arc::new(FileVersion::read(bytes, id_of(&change.path), before));
        self.shelf.put(name.to_owned(), version.clone(), version.memory_size());
        Ok(version)
    }

    /// The version a parent has, which is not known yet. Mostly it is the newer one without its last entry, and then its
    /// name says so: git need not be asked, nor anything be read again.
    fn older(
        &mut self,
        change: &CommitChange,
        name: &str,
        after: Option<&FileVersion>,
    ) -> Result<Arc<FileVersion>, GitError> {
        let shorter = |count| after?.truncated(count).filter(|older| is_blob(name, older.bytes()));
        if let Some(older) = (1..=FEW).find_map(shorter) {
            return Ok(Arc::new(older));
        }
        let bytes = self.registry.lookup().object(name)?.ok_or_else(|| missing(change, name))?;
        Ok(Arc::new(FileVersion::read(bytes, id_of(&change.path), None)))
    }

    /// Keeps the last sound version beside one that cannot be read.
    fn remember_sound(
        &mut self,
        change: &CommitChange,
        before: Option<&Arc<FileVersion>>,
        after: Option<&Arc<FileVersion>>,
    ) {
        if let (Some(name), Some(after)) = (&change.new, after)
            && after.ticket().is_err()
            && let Some(before) = before
            && let Some(sound) = self.sound_of(change.old.as_deref(), before)
        {
            self.sound.insert(name.clone(), sound);
        }
    }

    fn sound_of(&self, name: Option<&str>, version: &Arc<FileVersion>) -> Option<Arc<FileVersion>> {
        if version.ticket().is_ok() {
            return Some(version.clone());
        }
        name.and_then(|name| self.sound.get(name).cloned())
    }

    /// Judges a commit.
    ///
    /// # Errors
    /// git has ended.
    pub fn check_commit(&mut self, commit: &LoadedCommit<'_>) -> Result<(), GitError> {
        let mut judged = Vec::with_capacity(commit.touched.len());
        for (path, file) in &commit.touched {
            judged.push((path.as_str(), self.compare(commit, path, file)));
        }
        self.check_attachments(commit);
        self.check_entries(commit, &judged)?;
        if let Some(gate) = self.gate.take() {
            gate.check_files(commit, &judged, self)?;
            self.gate = Some(gate);
        }
        Ok(())
    }

    /// Holds a file against what the parents have. Gives the places of its new entries.
    fn compare(&mut self, commit: &LoadedCommit<'_>, path: &str, file: &ChangedTicket) -> Vec<usize> {
        let about = |finding: Finding| {
            let finding = finding.in_commit(&commit.revision.id);
            match file.id() {
                Some(id) => finding.of(id),
                None => finding,
            }
        };
        let Some(after) = &file.after else {
            self.report_missing(commit, path, file, &about);
            return Vec::new();
        };
        if !layout::is_ticket_path(path.as_ref()) {
            let message = ReadErrorKind::WrongPlace.to_string();
            self.report(about(Finding::new(&FILE_MISPLACED, path, message)));
        }
        let ticket = match after.ticket() {
            Ok(ticket) => ticket,
            Err(damage) => {
                let rule = match damage.kind {
                    ReadErrorKind::OtherId { .. } => &FILE_OTHER_ID,
                    _ => &HISTORY_UNREADABLE,
                };
                let finding = Finding::new(rule, path, damage.kind.to_string());
                self.report(about(finding.at(damage.line, damage.column)));
                return Vec::new();
            }
        };
        let is_newer = |version: &FileVersion| version.ticket().is_ok_and(|ticket| ticket.format > FORMAT);
        if is_newer(after) && !file.befores.iter().any(|before| is_newer(&before.version)) {
            let message =
                format!("format {} is newer than {FORMAT}: what is not understood is not judged", ticket.format);
            self.report(about(Finding::new(&FILE_NEWER, path, message)));
        }
        let sound = |before: &ParentVersion| self.sound_of(Some(&before.name), &before.version);
        let mut befores: Vec<Arc<FileVersion>> = file.befores.iter().filter_map(sound).collect();
        if befores.is_empty() {
            befores.extend(self.gone.remove(path));
        }
        // What a version added to another one was held against the header already.
        if !after.is_append_of_known() {
            self.report_header(ticket, path, &about);
        }
        let is_as_in_a_parent = file.differing < commit.revision.sides.len();
        if let [before] = befores.as_slice()
            && after.extends(before)
            && let Ok(before) = before.ticket()
            && ticket.history.iter().skip(before.history.len()).all(|entry| entry.id > before.version())
        {
            let new = before.history.len()..ticket.history.len();
            return if is_as_in_a_parent { Vec::new() } else { new.collect() };
        }
        if befores.is_empty() {
            return if is_as_in_a_parent { Vec::new() } else { (0..ticket.history.len()).collect() };
        }
        let now = after.raw_entries();
        let (mut lost, mut known, mut kept): (Vec<LostEntry>, Vec<Vec<RawEntry<'_>>>, Vec<_>) = Default::default();
        for before in &befores {
            let was = before.raw_entries();
            let places = align_entries(&was, &now);
            for (loss, place) in lost_entries(&was, &now, &places) {
                if !lost.contains(&loss) && !self.is_restored(loss, was[place], &now) {
                    lost.push(loss);
                    let rule = match loss {
                        LostEntry::Removed(_) => &HISTORY_REMOVED,
                        LostEntry::Edited(_) => &HISTORY_EDITED,
                        LostEntry::Reordered(_) => &HISTORY_REORDERED,
                    };
                    let (message, line) = messages::loss(loss, before, after, &was, &now);
                    self.report(about(Finding::new(rule, path, message).at(line, 1)).about(loss.entry()));
                }
            }
            known.push(was);
            kept.push(places);
        }
        if is_as_in_a_parent {
            return Vec::new();
        }
        let mut new = added(&kept, now.len());
        new.retain(|place| {
            let piece = now[*place];
            match known.iter().flatten().find(|known| known.id == piece.id) {
                // It stands twice now. Should one of the two go, the first one is the original.
                Some(known) => _ = self.originals.entry(piece.id).or_insert_with(|| known.bytes.to_vec()),
                // What comes back as it was is no news.
                None if self.originals.get(&piece.id).is_some_and(|original| original == piece.bytes) => return false,
                None => {}
            }
            true
        });
        // Of a merge they are what no parent has.
        for place in inserted(&new, now.len()) {
            let entry = &ticket.history[place];
            let message = format!("{} was put before entries that were there already", messages::entry(entry));
            self.report(about(Finding::new(&HISTORY_INSERTED, path, message)).about(entry.id));
        }
        new
    }

    /// Whether an entry that was edited, or stood twice, has its first bytes again. Those of every entry that is lost are
    /// kept for that.
    fn is_restored(&mut self, loss: LostEntry, was: RawEntry<'_>, now: &[RawEntry<'_>]) -> bool {
        if let LostEntry::Reordered(_) = loss {
            return false;
        }
        let original = self.originals.entry(was.id).or_insert_with(|| was.bytes.to_vec());
        now.iter().any(|piece| piece.id == was.id && piece.bytes == original)
    }

    fn report_header(&mut self, ticket: &Ticket, path: &str, about: &dyn Fn(Finding) -> Finding) {
        if let Some(name) = first_header_mismatch(ticket) {
            let message = format!("`{name}` in the header is not what the history leads to");
            self.report(about(Finding::new(&HEADER_DIFFERS, path, message)));
        }
    }

    /// A file that is no longer there, or is something else.
    fn report_missing(
        &mut self,
        commit: &LoadedCommit<'_>,
        path: &str,
        file: &ChangedTicket,
        about: &dyn Fn(Finding) -> Finding,
    ) {
        if file.is_odd {
            self.report(about(Finding::new(&FILE_NOT_PLAIN, path, ReadErrorKind::NotAFile.to_string())));
        }
        let Some(before) = file.befores.first() else { return };
        // What comes back later is held against it, whatever stood there meanwhile.
        let sound = self.sound_of(Some(&before.name), &before.version).unwrap_or_else(|| before.version.clone());
        self.gone.insert(path.to_owned(), sound);
        if file.is_odd {
            return;
        }
        let id = file.id();
        let same = |(other, touched): &(&String, &ChangedTicket)| {
            let is_new = touched.after.is_some() && touched.befores.is_empty();
            other.as_str() != path && is_new && id.is_some() && touched.id() == id
        };
        let elsewhere = commit.touched.iter().find(same).map(|(other, _)| other.clone()).or_else(|| {
            // What lies outside the folder of tickets is not read; the object alone tells.
            let all = commit.revision.sides.iter().flat_map(|side| &side.changes);
            let moved = |change: &&CommitChange| change.old.is_none() && change.new.as_ref() == Some(&before.name);
            all.filter(|change| change.path != path).find(moved).map(|change| change.path.clone())
        });
        let finding = match elsewhere {
            Some(other) => Finding::new(&TICKET_MOVED, path, format!("the ticket's file was moved to {other}")),
            None => Finding::new(&TICKET_DELETED, path, "the ticket's file was deleted"),
        };
        self.report(about(finding));
    }
}

fn missing(change: &CommitChange, name: &str) -> GitError {
    GitError::Refused { said: format!("the object {name} of {} is missing", change.path) }
}

/// The same bytes under a name: those of another ticket say nothing of the one that the name means.
fn as_named(version: Arc<FileVersion>, path: &str) -> Arc<FileVersion> {
    let id = id_of(path);
    let is_other = |inside: Id| id.is_some_and(|id| id != inside);
    let is_read_otherwise = match version.ticket() {
        Ok(ticket) => is_other(ticket.id),
        Err(damage) => matches!(damage.kind, ReadErrorKind::OtherId { inside } if !is_other(inside)),
    };
    if !is_read_otherwise {
        return version;
    }
    Arc::new(FileVersion::read(version.bytes().to_vec(), id, None))
}

/// The id a path names.
fn id_of(path: &str) -> Option<Id> {
    path.rsplit('/').next()?.strip_suffix(".yaml")?.parse().ok()
}
