//! The audit of one commit: its versions of files are loaded, and each is compared with those of the parents.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{AuditState, BasePolicy, PolicyAt, messages};
use crate::desk::write::transaction::first_header_mismatch;
use crate::domain::audit::{LostEntry, RawEntry, added, align_entries, inserted, lost_entries};
use crate::domain::id::Id;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{
    FILE_MISPLACED, FILE_NEWER, FILE_NOT_PLAIN, FILE_OTHER_ID, HEADER_DIFFERS, HISTORY_EDITED, HISTORY_INSERTED,
    HISTORY_REMOVED, HISTORY_REORDERED, HISTORY_UNREADABLE, POLICY_UNREADABLE, TICKET_DELETED, TICKET_MOVED,
};
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::{FORMAT, Ticket};
use crate::store::git::{CommitChange, GitError, ObjectStream, Revision};
use crate::store::layout;
use crate::store::yaml::{FileVersion, ReadErrorKind};

/// A version of a file in a parent that differs from that of the commit.
#[derive(Clone, Debug)]
pub struct ParentVersion {
    /// The object of the file.
    pub object: String,
    /// The version.
    pub version: Arc<FileVersion>,
}

/// A ticket file that a commit changed.
#[derive(Debug, Default)]
pub struct ChangedTicket {
    /// The versions of the parents that have another version.
    pub befores: Vec<ParentVersion>,
    /// The number of parents that have another version, or none.
    pub differing: usize,
    /// The version of the commit.
    pub after: Option<Arc<FileVersion>>,
    /// The object of the file in the commit.
    pub object: Option<String>,
    /// True if the commit has something other than a plain file at the path.
    pub is_not_plain: bool,
    /// The places of the new entries in the history; known after the comparison with the parents.
    pub new: Vec<usize>,
}

impl ChangedTicket {
    /// Returns the id of the ticket in the file, now or before.
    pub fn id(&self) -> Option<Id> {
        let versions = self.after.iter().chain(self.befores.iter().map(|before| &before.version));
        versions.filter_map(|version| version.ticket().ok()).map(|ticket| ticket.id).next()
    }

    /// Returns the new entries.
    pub fn new_entries(&self) -> impl Iterator<Item = &Entry> {
        let ticket = self.after.as_ref().and_then(|after| after.ticket().ok());
        self.new.iter().filter_map(move |place| ticket?.history.get(*place))
    }
}

/// A commit and the versions of its files.
pub struct LoadedCommit<'a> {
    /// The commit.
    pub revision: &'a Revision,
    /// The policies that decide about it: those of its parents, else its own.
    pub policies: Vec<BasePolicy>,
    /// The ticket files it changed, by path.
    pub touched: BTreeMap<String, ChangedTicket>,
}

impl AuditState {
    /// Loads the files of a commit. Their bytes come from `objects`, in the order in which the commit lists them.
    ///
    /// # Errors
    /// git ended unexpectedly, or an object is missing.
    pub(super) fn load_commit<'a>(
        &mut self,
        revision: &'a Revision,
        objects: &mut ObjectStream,
    ) -> Result<LoadedCommit<'a>, GitError> {
        if revision.sends_base
            && let Some(parent) = revision.sides.first().and_then(|side| side.parent.clone())
            && let Some(bytes) = objects.take()?
            && let Ok(policy) = PolicyAt::read(&bytes)
        {
            self.policies.by_commit.insert(parent, Arc::new(policy));
        }
        let mut own = self.policies.inherited(revision, 0).map(|base| base.policy);
        let mut touched: BTreeMap<String, ChangedTicket> = BTreeMap::new();
        for side in &revision.sides {
            for change in &side.changes {
                if change.path == layout::MARKER {
                    own = self.load_policy(revision, change, objects)?.or(own);
                } else if layout::is_in_tickets(&change.path) {
                    let is_merge = revision.sides.len() > 1;
                    let (before, after) =
                        self.versions.pair(change, is_merge, objects, self.organizations.repository())?;
                    if !layout::has_ticket_extension(change.path.rsplit('/').next().unwrap_or_default().as_ref()) {
                        continue;
                    }
                    self.versions.keep_valid(change, before.as_ref(), after.as_ref());
                    let file = touched.entry(change.path.clone()).or_default();
                    file.differing += 1;
                    let before = change.old.clone().zip(before);
                    file.befores.extend(before.map(|(object, version)| ParentVersion { object, version }));
                    (file.after, file.object, file.is_not_plain) = (after, change.new.clone(), change.is_special());
                }
            }
        }
        if let Some(own) = &own {
            self.policies.by_commit.insert(revision.id.clone(), own.clone());
        }
        let inherited = (0..revision.sides.len()).filter_map(|parent| self.policies.inherited(revision, parent));
        let mut policies: Vec<BasePolicy> = match &self.policies.fixed {
            Some(fixed) => vec![fixed.clone()],
            None => inherited.collect(),
        };
        if policies.is_empty() {
            policies.push(BasePolicy { policy: own.unwrap_or_default(), commit: revision.id.clone() });
        }
        if self.options.signed {
            self.policies.for_signature.insert(revision.id.clone(), policies[0].policy.clone());
        }
        Ok(LoadedCommit { revision, policies, touched })
    }

    /// Returns the casebook.toml of a commit that changed it, and reports if it is invalid.
    fn load_policy(
        &mut self,
        revision: &Revision,
        change: &CommitChange,
        objects: &mut ObjectStream,
    ) -> Result<Option<Arc<PolicyAt>>, GitError> {
        let Some(object) = &change.new else { return Ok(None) };
        if change.sends_new {
            let bytes = objects.take()?.unwrap_or_default();
            match PolicyAt::read(&bytes) {
                Ok(policy) => _ = self.policies.by_object.insert(object.clone(), Arc::new(policy)),
                Err(error) => {
                    let finding = Finding::new(&POLICY_UNREADABLE, layout::MARKER, error.message);
                    let finding = finding.at(error.line, error.column);
                    self.report(finding.in_commit(&revision.id));
                }
            }
        }
        Ok(self.policies.by_object.get(object).cloned())
    }

    /// Checks a loaded commit, and notes its new entries.
    ///
    /// # Errors
    /// git ended unexpectedly.
    pub(super) fn check_commit(&mut self, commit: &mut LoadedCommit<'_>) -> Result<(), GitError> {
        let new: Vec<_> = commit.touched.iter().map(|(path, file)| self.compare(commit, path, file)).collect();
        commit.touched.values_mut().zip(new).for_each(|(file, new)| file.new = new);
        self.check_attachments(commit);
        self.check_entries(commit)
    }

    /// Compares a file with the versions of the parents. Returns the places of its new entries.
    fn compare(&mut self, commit: &LoadedCommit<'_>, path: &str, file: &ChangedTicket) -> Vec<usize> {
        let located = |finding: Finding| {
            let finding = finding.in_commit(&commit.revision.id);
            match file.id() {
                Some(id) => finding.of(id),
                None => finding,
            }
        };
        let Some(after) = &file.after else {
            self.report_missing(commit, path, file, &located);
            return Vec::new();
        };
        if layout::ticket_at(path).is_none() {
            let message = ReadErrorKind::WrongPlace.to_string();
            self.report(located(Finding::new(&FILE_MISPLACED, path, message)));
        }
        let ticket = match after.ticket() {
            Ok(ticket) => ticket,
            Err(damage) => {
                let rule = match damage.kind {
                    ReadErrorKind::OtherId { .. } => &FILE_OTHER_ID,
                    _ => &HISTORY_UNREADABLE,
                };
                let finding = Finding::new(rule, path, damage.kind.to_string());
                self.report(located(finding.at(damage.line, damage.column)));
                return Vec::new();
            }
        };
        let is_newer = |version: &FileVersion| version.ticket().is_ok_and(|ticket| ticket.format > FORMAT);
        if is_newer(after) && !file.befores.iter().any(|before| is_newer(&before.version)) {
            let message = format!(
                "format {} is newer than {FORMAT}, the newest that this casebook reads: parts that it does not know were not audited",
                ticket.format
            );
            self.report(located(Finding::new(&FILE_NEWER, path, message)));
        }
        let valid = |before: &ParentVersion| self.versions.valid(Some(&before.object), &before.version);
        let mut befores: Vec<Arc<FileVersion>> = file.befores.iter().filter_map(valid).collect();
        if befores.is_empty() {
            befores.extend(self.versions.deleted.remove(path));
        }
        // The entries that a version appended to another one were compared with the header when it was read.
        if !after.is_append_of_known() {
            self.check_header(ticket, path, &located);
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
        let (mut lost, mut all_before, mut kept): (Vec<LostEntry>, Vec<Vec<RawEntry<'_>>>, Vec<_>) = Default::default();
        for before in &befores {
            let was = before.raw_entries();
            let places = align_entries(&was, &now);
            for (loss, place) in lost_entries(&was, &now, &places) {
                if !lost.contains(&loss) && !self.versions.is_restored(loss, was[place], &now) {
                    lost.push(loss);
                    let rule = match loss {
                        LostEntry::Removed(_) => &HISTORY_REMOVED,
                        LostEntry::Edited(_) => &HISTORY_EDITED,
                        LostEntry::Reordered(_) => &HISTORY_REORDERED,
                    };
                    let message = messages::lost_entry(loss, before, &was, &now);
                    self.report(located(Finding::new(rule, path, message)).about(loss.entry()));
                }
            }
            all_before.push(was);
            kept.push(places);
        }
        if is_as_in_a_parent {
            return Vec::new();
        }
        let mut new = added(&kept, now.len());
        new.retain(|place| {
            let entry = now[*place];
            match all_before.iter().flatten().find(|before| before.id == entry.id) {
                // The id occurs twice now. If one of the two disappears, the first one is the original.
                Some(before) => self.versions.keep_original(*before),
                // An entry that returns as it was is not new.
                None if self.versions.is_original(entry) => return false,
                None => {}
            }
            true
        });
        // In a merge, these are the entries that no parent has.
        for place in inserted(&new, now.len()) {
            let entry = &ticket.history[place];
            let message = format!("{} was inserted before existing entries", messages::entry(entry));
            self.report(located(Finding::new(&HISTORY_INSERTED, path, message)).about(entry.id));
        }
        new
    }

    fn check_header(&mut self, ticket: &Ticket, path: &str, located: &dyn Fn(Finding) -> Finding) {
        if let Some(name) = first_header_mismatch(ticket) {
            let message = format!("`{name}` in the header differs from the value that the history gives");
            self.report(located(Finding::new(&HEADER_DIFFERS, path, message)));
        }
    }

    /// Reports a file that was deleted or moved, or is not a plain file any more.
    fn report_missing(
        &mut self,
        commit: &LoadedCommit<'_>,
        path: &str,
        file: &ChangedTicket,
        located: &dyn Fn(Finding) -> Finding,
    ) {
        if file.is_not_plain {
            self.report(located(Finding::new(&FILE_NOT_PLAIN, path, ReadErrorKind::NotAFile.to_string())));
        }
        let Some(before) = file.befores.first() else { return };
        // If the file returns later, it is compared with this version, whatever was at its path in between.
        let valid = self.versions.valid(Some(&before.object), &before.version);
        self.versions.deleted.insert(path.to_owned(), valid.unwrap_or_else(|| before.version.clone()));
        if file.is_not_plain {
            return;
        }
        let id = file.id();
        let has_same_id = |(other, touched): &(&String, &ChangedTicket)| {
            let is_new = touched.after.is_some() && touched.befores.is_empty();
            other.as_str() != path && is_new && id.is_some() && touched.id() == id
        };
        let new_path = commit.touched.iter().find(has_same_id).map(|(other, _)| other.clone()).or_else(|| {
            // Files outside the folder of tickets are not read; only their objects are compared.
            let all = commit.revision.sides.iter().flat_map(|side| &side.changes);
            let moved = |change: &&CommitChange| change.old.is_none() && change.new.as_ref() == Some(&before.object);
            all.filter(|change| change.path != path).find(moved).map(|change| change.path.clone())
        });
        let finding = match new_path {
            Some(other) => Finding::new(&TICKET_MOVED, path, format!("the ticket file was moved to {other}")),
            None => Finding::new(&TICKET_DELETED, path, "the ticket file was deleted"),
        };
        self.report(located(finding));
    }
}
