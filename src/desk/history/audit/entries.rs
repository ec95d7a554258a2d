//! The entries a commit brought: allowed where they stand, by whom the commit names, and when it was made.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::DateTime;

use super::commit::{ChangedTicket, LoadedCommit};
use super::{AuditState, BasePolicy, Redaction, messages};
use crate::domain::audit::{
    AuditPolicy, Counterpart, NotPermitted, Verdict, check_timestamp, evaluate, evaluate_opening, needs_organizations,
};
use crate::domain::convergence::cross_ticket::FORWARD_PREFIX;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{
    AUDIT_COUNTERPART, AUDIT_IDENTITY, AUDIT_RIGHTS, AUDIT_TIME, ENTRY_CONCURRENT, ENTRY_ORDER, ENTRY_SHARED,
};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::Role;
use crate::store::git::GitError;

/// The new entries of a commit, for what is about two tickets at once.
struct NewEntries<'a>(HashMap<Id, (&'a ChangedTicket, &'a Ticket, &'a [usize])>);

impl<'a> NewEntries<'a> {
    fn entries(&self, ticket: Id) -> impl Iterator<Item = &'a Entry> {
        let found = self.0.get(&ticket).map(|(_, ticket, new)| (*ticket, *new));
        found.into_iter().flat_map(|(ticket, new)| new.iter().map(move |place| &ticket.history[*place]))
    }

    fn has(&self, ticket: Id, by: &Person, wanted: impl Fn(&Entry) -> bool) -> bool {
        self.entries(ticket).any(|entry| entry.by.same_address(by) && wanted(entry))
    }

    /// Whether a ticket has the reply that an entry of `resolve` brings on: of the same person, in the same role.
    fn has_written(&self, ticket: Id, entry: &Entry) -> bool {
        let Some(key) = entry.key.as_deref().filter(|key| key.starts_with(FORWARD_PREFIX)) else { return false };
        let is_it = |reply: &Entry| {
            matches!(reply.action, Action::Reply { .. })
                && (reply.key.as_deref() == Some(key) || key.ends_with(&reply.id.to_string()))
                && reply.by.same_address(&entry.by)
                && reply.role == entry.role
        };
        self.0.get(&ticket).is_some_and(|(_, ticket, _)| ticket.history.iter().any(is_it))
    }

    /// A ticket as it was before some entry of the commit.
    fn before(&self, ticket: Id, wanted: impl Fn(&Entry) -> bool) -> Option<Ticket> {
        let (_, ticket, new) = self.0.get(&ticket)?;
        let place = *new.iter().find(|place| wanted(&ticket.history[**place]))?;
        up_to(ticket, place)
    }
}

/// A ticket as it was when it had so many entries.
fn up_to(ticket: &Ticket, count: usize) -> Option<Ticket> {
    let mut entries = ticket.history.iter().take(count).map(without_words);
    let mut so_far = Ticket::opened_by(entries.next()?)?;
    entries.for_each(|entry| so_far.append(entry));
    Some(so_far)
}

/// An entry as far as what comes behind it depends on it: its words take most of the space, and decide nothing.
fn without_words(entry: &Entry) -> Entry {
    Entry {
        at: entry.at,
        from: entry.from,
        to: entry.to,
        ..Entry::new(entry.id, entry.by.clone(), entry.role, entry.action.clone())
    }
}

impl AuditState {
    /// Judges the entries a commit brought: by path, with their places in the file.
    pub(super) fn check_entries(
        &mut self,
        commit: &LoadedCommit<'_>,
        judged: &[(&str, Vec<usize>)],
    ) -> Result<(), GitError> {
        let mut brought = NewEntries(HashMap::with_capacity(judged.len()));
        for (path, new) in judged.iter().filter(|(_, new)| !new.is_empty()) {
            let file = &commit.touched[*path];
            if let Some(ticket) = file.after.as_ref().and_then(|after| after.ticket().ok()) {
                brought.0.insert(ticket.id, (file, ticket, new));
            }
        }
        for (path, new) in judged.iter().filter(|(_, new)| !new.is_empty()) {
            let file = &commit.touched[*path];
            if let Some(ticket) = file.after.as_ref().and_then(|after| after.ticket().ok()) {
                self.check_ticket(commit, &brought, path, file, ticket, new)?;
            }
        }
        Ok(())
    }

    fn check_ticket(
        &mut self,
        commit: &LoadedCommit<'_>,
        brought: &NewEntries<'_>,
        path: &str,
        file: &ChangedTicket,
        ticket: &Ticket,
        new: &[usize],
    ) -> Result<(), GitError> {
        let is_import = new.first() == Some(&0) && ticket.opening().is_some_and(|facts| facts.imported_from.is_some());
        if is_import {
            self.check_import(commit, path, ticket, new);
            return Ok(());
        }
        // A ticket that grew by one entry is as it was before it in the version it extends.
        let known = match (file.befores.as_slice(), new) {
            ([before], [place]) if *place + 1 == ticket.history.len() => {
                before.version.ticket().ok().filter(|before| before.history.len() == *place)
            }
            _ => None,
        };
        let mut so_far: Option<Ticket> = if known.is_some() { None } else { up_to(ticket, new[0]) };
        for (place, entry) in ticket.history.iter().enumerate().skip(new[0]) {
            if new.binary_search(&place).is_ok() {
                self.check_order(commit, path, ticket, place, new);
                let before = known.or(so_far.as_ref());
                self.check_entry(commit, brought, path, ticket, place, before)?;
            }
            if known.is_none() {
                match &mut so_far {
                    Some(ticket) => ticket.append(without_words(entry)),
                    none => *none = Ticket::opened_by(without_words(entry)),
                }
            }
        }
        Ok(())
    }

    /// Whether a new entry stands behind older ones and before newer ones, so that no id stands twice either.
    fn check_order(&mut self, commit: &LoadedCommit<'_>, path: &str, ticket: &Ticket, place: usize, new: &[usize]) {
        let entry = &ticket.history[place];
        let older = place.checked_sub(1).map(|place| &ticket.history[place]);
        // One that is new as well is told by itself.
        let newer = ticket.history.get(place + 1).filter(|_| new.binary_search(&(place + 1)).is_err());
        let why = if older.is_some_and(|older| older.id >= entry.id) {
            "does not come after the one before it"
        } else if newer.is_some_and(|newer| newer.id <= entry.id) {
            "stands before one that is not newer"
        } else {
            return;
        };
        let finding = Finding::new(&ENTRY_ORDER, path, format!("{} {why}", messages::entry(entry)));
        self.report(finding.of(ticket.id).about(entry.id).in_commit(&commit.revision.id));
    }

    fn check_import(&mut self, commit: &LoadedCommit<'_>, path: &str, ticket: &Ticket, new: &[usize]) {
        self.found.entries += new.len();
        self.found.imported += new.len();
        self.list_redactions(commit, ticket, new);
        new.iter().for_each(|place| self.check_order(commit, path, ticket, *place, new));
        new.iter().for_each(|place| self.report_duplicate(commit, path, ticket.id, ticket.history[*place].id));
        let carriers: Vec<Person> = self.carriers(commit);
        let is_agent = |ground: &BasePolicy| carriers.iter().any(|person| ground.policy.team.has_agent(person));
        if (self.questions.identity || self.gate.is_some()) && !commit.grounds.iter().any(is_agent) {
            let message = "the ticket is imported, and nobody the commit names is an agent".to_owned();
            self.report(Finding::new(&AUDIT_RIGHTS, path, message).of(ticket.id).in_commit(&commit.revision.id));
        }
    }

    /// Whom a commit names: its author, those on whose behalf it was made, and who pushes it.
    fn carriers(&self, commit: &LoadedCommit<'_>) -> Vec<Person> {
        let named = std::iter::once(&commit.revision.author).chain(&commit.revision.on_behalf_of);
        let mut people: Vec<Person> = named.filter_map(|words| person(words)).collect();
        if let Some(gate) = &self.gate {
            people = gate.pusher.iter().cloned().collect();
        }
        people
    }

    fn check_entry(
        &mut self,
        commit: &LoadedCommit<'_>,
        brought: &NewEntries<'_>,
        path: &str,
        ticket: &Ticket,
        place: usize,
        before: Option<&Ticket>,
    ) -> Result<(), GitError> {
        let entry = &ticket.history[place];
        let about = |finding: Finding| finding.of(ticket.id).about(entry.id).in_commit(&commit.revision.id);
        self.found.entries += 1;
        self.found.system += usize::from(entry.role == Role::System);
        self.list_redactions(commit, ticket, &[place]);
        self.report_duplicate(commit, path, ticket.id, entry.id);
        let previous = place.checked_sub(1).map(|place| &ticket.history[place]);
        let committed =
            (commit.revision.committed > 0).then(|| DateTime::from_timestamp(commit.revision.committed, 0)).flatten();
        if let Some(lapse) = check_timestamp(previous, entry, committed, self.questions.tolerance) {
            self.report(about(Finding::new(&AUDIT_TIME, path, messages::timestamp_message(entry, lapse))));
        } else if let Some(now) = self.now.filter(|now| entry.at > *now + self.questions.tolerance) {
            // The commit may be dated as far ahead as the entry.
            self.report(about(Finding::new(&AUDIT_TIME, path, messages::ahead(entry, now))));
        }
        // What a program made in an agent's name may come with anybody's commit; whose name it bears is asked all the same.
        if self.questions.identity && entry.role != Role::System && !names(commit, entry) {
            let message = format!("{} is not of {}", messages::entry(entry), messages::author(commit.revision));
            self.report(about(Finding::new(&AUDIT_IDENTITY, path, message)));
        }
        if let Some(gate) = self.gate.take() {
            if let Some(finding) = gate.check_entry(path, entry, names(commit, entry)) {
                self.report(about(finding));
            }
            self.gate = Some(gate);
        }
        match self.evaluate(commit, brought, ticket, entry, before)? {
            Verdict::Permitted => {}
            Verdict::CounterpartMissing => {
                let message =
                    format!("{} stands alone: the other ticket's entry is not in this commit", messages::entry(entry));
                self.report(about(Finding::new(&AUDIT_COUNTERPART, path, message)));
            }
            Verdict::Concurrent(version) => {
                let message = format!(
                    "{} did not see what came behind {version}: it was written at the same time elsewhere",
                    messages::entry(entry)
                );
                self.report(about(Finding::new(&ENTRY_CONCURRENT, path, message)));
            }
            Verdict::NotPermitted(why) => {
                let (rule, message) = messages::unlawful(entry, &why);
                self.report(about(Finding::new(rule, path, message)));
            }
        }
        Ok(())
    }

    /// An entry that came to another ticket before: a copy, since ids are unique.
    fn report_duplicate(&mut self, commit: &LoadedCommit<'_>, path: &str, ticket: Id, entry: Id) {
        let first = *self.tickets.entry(entry).or_insert(ticket);
        // The guard's `check` looks at all that a push touches.
        if first != ticket && self.paths.is_none() {
            let message = format!("the entry {entry} is in {first} too");
            let finding = Finding::new(&ENTRY_SHARED, path, message).of(ticket).about(entry);
            self.report(finding.in_commit(&commit.revision.id));
        }
    }

    /// What is to be said of an entry, by any of the grounds before the commit: a merge has several.
    fn evaluate(
        &mut self,
        commit: &LoadedCommit<'_>,
        brought: &NewEntries<'_>,
        ticket: &Ticket,
        entry: &Entry,
        before: Option<&Ticket>,
    ) -> Result<Verdict, GitError> {
        let mut worst = Verdict::NotPermitted(NotPermitted::NotAnAgent);
        for ground in &commit.grounds {
            let organizations =
                if needs_organizations(before, entry) { self.registry.at(&ground.commit)? } else { Arc::default() };
            let law = ground.policy.law(&organizations);
            let verdict = match before {
                None => evaluate_opening(entry, &law),
                Some(before) => {
                    let target = target_of(brought, ticket, entry);
                    let mut company = company(&law, brought, before, entry);
                    company.target = target.as_ref();
                    evaluate(before, entry, &law, &company)
                }
            };
            if !matches!(verdict, Verdict::NotPermitted(_)) {
                return Ok(verdict);
            }
            worst = verdict;
        }
        Ok(worst)
    }

    fn list_redactions(&mut self, commit: &LoadedCommit<'_>, ticket: &Ticket, new: &[usize]) {
        for entry in new.iter().map(|place| &ticket.history[*place]) {
            if let Action::Redact { entry: hides, reason } = &entry.action {
                self.found.redactions.push(Redaction {
                    commit: commit.revision.id.clone(),
                    ticket: ticket.id,
                    entry: entry.id,
                    hides: *hides,
                    by: entry.by.clone(),
                    reason: reason.clone(),
                });
            }
        }
    }
}

/// Whether a commit says that it brings an entry of this person.
fn names(commit: &LoadedCommit<'_>, entry: &Entry) -> bool {
    let named = std::iter::once(&commit.revision.author).chain(&commit.revision.on_behalf_of);
    named.filter_map(|words| person(words)).any(|person| person.same_address(&entry.by))
}

/// The person that `ana@acme.example` or `Ana <ana@acme.example>` names.
fn person(words: &str) -> Option<Person> {
    let address = words.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(words);
    Person::from_address(address).ok()
}

fn target_of(brought: &NewEntries<'_>, ticket: &Ticket, entry: &Entry) -> Option<Ticket> {
    let Action::Merge { into, .. } = entry.action else { return None };
    brought.before(into, |other| matches!(other.action, Action::Merged { source, .. } if source == ticket.id))
}

/// Whether a forward and the reply it leads to were made together: by one person, or by `resolve`, which says so by
/// their key and leaves the reply to its author.
fn has_one_author(forward: &Entry, reply: &Entry) -> bool {
    let is_resolved = |key: &str| key.starts_with(FORWARD_PREFIX) && forward.key == reply.key;
    forward.by.same_address(&reply.by) || forward.role == Role::Agent && forward.key.as_deref().is_some_and(is_resolved)
}

/// What the commit brought to the other ticket of an entry that is about two.
fn company<'a>(law: &AuditPolicy<'_>, brought: &NewEntries<'_>, ticket: &Ticket, entry: &Entry) -> Counterpart<'a> {
    let here = ticket.id;
    let has =
        |other: Id, wanted: &dyn Fn(&Action) -> bool| brought.has(other, &entry.by, |entry| wanted(&entry.action));
    let has_counterpart = match &entry.action {
        Action::Merge { into, .. } => {
            has(*into, &|action| matches!(action, Action::Merged { source, .. } if *source == here))
        }
        Action::Merged { source, .. } => {
            has(*source, &|action| matches!(action, Action::Merge { into, .. } if *into == here))
        }
        Action::Reopen { unmerge: true, .. } => ticket.header.merged_into.is_some_and(|target| {
            has(target, &|action| matches!(action, Action::Unmerged { source } if *source == here))
        }),
        Action::Unmerged { source } => has(*source, &|action| matches!(action, Action::Reopen { unmerge: true, .. })),
        Action::Forward { into, entry: there } => brought.entries(*into).any(|other| {
            has_one_author(entry, other)
                && other.id == *there
                && match &other.action {
                    Action::Reply { via_ticket, .. } => *via_ticket == Some(here),
                    // A reply that came too late opened a ticket of its own.
                    Action::Open(opening) => opening.follow_up_of.is_some(),
                    _ => false,
                }
        }),
        Action::Reply { via_ticket: Some(via), .. } => brought.entries(*via).any(|other| {
            has_one_author(other, entry)
                && matches!(other.action, Action::Forward { into, entry: there } if into == here && there == entry.id)
        }),
        _ => false,
    };
    let sees_source = match &entry.action {
        Action::Reply { via_ticket: Some(via), .. } => {
            let source = brought.before(*via, |other| matches!(other.action, Action::Forward { .. }));
            source.is_some_and(|source| law.shows(&source, &entry.by))
        }
        _ => false,
    };
    let is_brought = has_counterpart
        && match &entry.action {
            Action::Reply { via_ticket: Some(via), .. } => brought.has_written(*via, entry),
            Action::Forward { .. } => brought.has_written(here, entry),
            _ => false,
        };
    Counterpart { target: None, has_counterpart, sees_source, is_moved_reply: is_brought }
}
