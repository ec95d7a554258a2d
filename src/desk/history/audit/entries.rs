//! The audit of the entries that a commit added: their order and times, the people the commit names, and whether the
//! workflow allowed them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::DateTime;

use super::commit::{ChangedTicket, LoadedCommit};
use super::{AuditState, BasePolicy, Redaction, messages};
use crate::domain::audit::{
    AuditPolicy, Counterpart, NotPermitted, TimestampProblem, Verdict, check_timestamp, dated_first, evaluate,
    evaluate_opening, needs_organizations,
};
use crate::domain::convergence::cross_ticket::FORWARD_PREFIX;
use crate::domain::id::Id;
use crate::domain::people::person::Person;
use crate::domain::rules::finding::Finding;
use crate::domain::rules::{
    AUDIT_COUNTERPART, AUDIT_IDENTITY, AUDIT_RIGHTS, AUDIT_TIME, ENTRY_CONCURRENT, ENTRY_ORDER, ENTRY_SHARED, Rule,
};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::vocabulary::Role;
use crate::store::git::GitError;

/// A ticket to which a commit added entries.
#[derive(Clone, Copy)]
struct ExtendedTicket<'a> {
    commit: &'a LoadedCommit<'a>,
    path: &'a str,
    file: &'a ChangedTicket,
    ticket: &'a Ticket,
}

impl ExtendedTicket<'_> {
    /// Returns a finding about one of its entries.
    fn finding(self, entry: &Entry, rule: &'static Rule, message: String) -> Finding {
        Finding::new(rule, self.path, message).of(self.ticket.id).about(entry.id).in_commit(&self.commit.revision.id)
    }
}

/// The tickets to which a commit added entries, for actions that change two tickets.
struct ExtendedTickets<'a>(HashMap<Id, ExtendedTicket<'a>>);

impl<'a> ExtendedTickets<'a> {
    /// Returns the new entries of a ticket.
    fn entries(&self, ticket: Id) -> impl Iterator<Item = &'a Entry> {
        self.0.get(&ticket).into_iter().flat_map(|extended| extended.file.new_entries())
    }

    /// Returns whether a person added such an entry to a ticket.
    fn has(&self, ticket: Id, by: &Person, is_wanted: impl Fn(&Entry) -> bool) -> bool {
        self.entries(ticket).any(|entry| entry.by.same_address(by) && is_wanted(entry))
    }

    /// Returns whether a ticket contains the reply that an entry of `resolve` forwards: by the same person, in the same
    /// role.
    fn has_written(&self, ticket: Id, entry: &Entry) -> bool {
        let Some(key) = entry.key.as_deref().filter(|key| key.starts_with(FORWARD_PREFIX)) else { return false };
        let is_forwarded = |reply: &Entry| {
            matches!(reply.action, Action::Reply { .. })
                && (reply.key.as_deref() == Some(key) || key.ends_with(&reply.id.to_string()))
                && reply.by.same_address(&entry.by)
                && reply.role == entry.role
        };
        self.0.get(&ticket).is_some_and(|extended| extended.ticket.history.iter().any(is_forwarded))
    }

    /// Returns a ticket as it was before such a new entry.
    fn before(&self, ticket: Id, is_wanted: impl Fn(&Entry) -> bool) -> Option<Ticket> {
        let ExtendedTicket { ticket, file, .. } = self.0.get(&ticket)?;
        let place = *file.new.iter().find(|place| is_wanted(&ticket.history[**place]))?;
        with_first_entries(ticket, place)
    }
}

/// Returns a ticket as it was when its history had `count` entries.
fn with_first_entries(ticket: &Ticket, count: usize) -> Option<Ticket> {
    let mut entries = ticket.history.iter().take(count).map(without_text);
    let mut earlier = Ticket::opened_by(entries.next()?)?;
    entries.for_each(|entry| earlier.append(entry));
    Some(earlier)
}

/// Returns an entry without its text, which takes most of the space and decides nothing about later entries.
fn without_text(entry: &Entry) -> Entry {
    Entry {
        at: entry.at,
        from: entry.from,
        to: entry.to,
        ..Entry::new(entry.id, entry.by.clone(), entry.role, entry.action.clone())
    }
}

impl AuditState {
    /// Checks the entries that a commit added.
    ///
    /// # Errors
    /// git ended unexpectedly.
    pub(super) fn check_entries(&mut self, commit: &LoadedCommit<'_>) -> Result<(), GitError> {
        let extended = commit.touched.iter().filter(|(_, file)| !file.new.is_empty()).filter_map(|(path, file)| {
            let ticket = file.after.as_ref()?.ticket().ok()?;
            Some(ExtendedTicket { commit, path, file, ticket })
        });
        let extended: Vec<ExtendedTicket<'_>> = extended.collect();
        let all = ExtendedTickets(extended.iter().map(|one| (one.ticket.id, *one)).collect());
        for one in extended {
            self.check_ticket(&all, one)?;
        }
        Ok(())
    }

    fn check_ticket(&mut self, all: &ExtendedTickets<'_>, extended: ExtendedTicket<'_>) -> Result<(), GitError> {
        let ExtendedTicket { file, ticket, .. } = extended;
        let new = file.new.as_slice();
        let is_import =
            new.first() == Some(&0) && ticket.opening().is_some_and(|opening| opening.imported_from.is_some());
        if is_import {
            self.check_import(extended);
            return Ok(());
        }
        // The state of a ticket before its one new entry is that of the version it extends.
        let extended_version = match (file.befores.as_slice(), new) {
            ([before], [place]) if *place + 1 == ticket.history.len() => {
                before.version.ticket().ok().filter(|before| before.history.len() == *place)
            }
            _ => None,
        };
        let mut so_far: Option<Ticket> =
            if extended_version.is_some() { None } else { with_first_entries(ticket, new[0]) };
        for (place, entry) in ticket.history.iter().enumerate().skip(new[0]) {
            if new.binary_search(&place).is_ok() {
                self.check_order(extended, place);
                let before = extended_version.or(so_far.as_ref());
                self.check_entry(all, extended, place, before)?;
            }
            if extended_version.is_none() {
                match &mut so_far {
                    Some(ticket) => ticket.append(without_text(entry)),
                    none => *none = Ticket::opened_by(without_text(entry)),
                }
            }
        }
        Ok(())
    }

    /// Checks that the id of a new entry is greater than the one before it and less than the one after it, so that no
    /// id occurs twice.
    fn check_order(&mut self, extended: ExtendedTicket<'_>, place: usize) {
        let ExtendedTicket { ticket, file, .. } = extended;
        let entry = &ticket.history[place];
        let previous = place.checked_sub(1).map(|place| &ticket.history[place]);
        // If the next entry is new as well, it has a finding of its own.
        let next = ticket.history.get(place + 1).filter(|_| file.new.binary_search(&(place + 1)).is_err());
        let problem = if previous.is_some_and(|previous| previous.id >= entry.id) {
            "is not newer than the entry before it"
        } else if next.is_some_and(|next| next.id <= entry.id) {
            "is not older than the entry after it"
        } else {
            return;
        };
        let message = format!("{} {problem}", messages::entry(entry));
        self.report(extended.finding(entry, &ENTRY_ORDER, message));
    }

    fn check_import(&mut self, extended: ExtendedTicket<'_>) {
        let ExtendedTicket { commit, path, ticket, file } = extended;
        let new = file.new.as_slice();
        self.result.entries += new.len();
        self.result.imported += new.len();
        file.new_entries().for_each(|entry| self.list_redaction(extended, entry));
        new.iter().for_each(|place| self.check_order(extended, *place));
        file.new_entries().for_each(|entry| self.check_duplicate(extended, entry));
        let carriers = self.carrier.people();
        if !self.options.identity && carriers.is_none() {
            return;
        }
        let carriers = carriers.unwrap_or_else(|| named_people(commit).collect());
        let is_by_agent = |base: &BasePolicy| carriers.iter().any(|person| base.policy.team.has_agent(person));
        if !commit.policies.iter().any(is_by_agent) {
            let message = "the ticket is imported, but no person that the commit names is an agent";
            self.report(Finding::new(&AUDIT_RIGHTS, path, message).of(ticket.id).in_commit(&commit.revision.id));
        }
    }

    fn check_entry(
        &mut self,
        all: &ExtendedTickets<'_>,
        extended: ExtendedTicket<'_>,
        place: usize,
        before: Option<&Ticket>,
    ) -> Result<(), GitError> {
        let ExtendedTicket { commit, ticket, .. } = extended;
        let entry = &ticket.history[place];
        let finding = |rule, message| extended.finding(entry, rule, message);
        self.result.entries += 1;
        self.result.system += usize::from(entry.role == Role::System);
        self.list_redaction(extended, entry);
        self.check_duplicate(extended, entry);
        self.check_time(extended, place);
        let is_named = || named_people(commit).any(|person| person.same_address(&entry.by));
        // An entry that a program made in the name of an agent may be in a commit of any person, but its author is
        // checked all the same.
        if self.options.identity && entry.role != Role::System && !is_named() {
            let message = format!("{} is not by {}", messages::entry(entry), messages::author(commit.revision));
            self.report(finding(&AUDIT_IDENTITY, message));
        }
        if let Some((rule, message)) = self.carrier.check_entry(entry, &is_named) {
            self.report(finding(rule, message));
        }
        let name = messages::entry(entry);
        let (rule, message) = match self.evaluate(all, extended, entry, before)? {
            Verdict::Permitted => return Ok(()),
            Verdict::CounterpartMissing => (
                &AUDIT_COUNTERPART,
                format!("{name} has no counterpart: the entry of the other ticket is not in this commit"),
            ),
            Verdict::Concurrent(version) => (
                &ENTRY_CONCURRENT,
                format!(
                    "{name} does not know of the entries after {version}: they were written at the same time in another clone"
                ),
            ),
            Verdict::NotPermitted(reason) => messages::not_permitted(entry, &reason),
        };
        self.report(finding(rule, message));
        Ok(())
    }

    /// Checks the time of an entry. If it had to follow an entry that is dated ahead, that one is to blame, once.
    fn check_time(&mut self, extended: ExtendedTicket<'_>, place: usize) {
        let ExtendedTicket { commit, ticket, .. } = extended;
        let (entry, tolerance) = (&ticket.history[place], self.options.tolerance);
        let first = || &ticket.history[dated_first(&ticket.history, place)];
        let previous = place.checked_sub(1).map(|place| &ticket.history[place]);
        let committed =
            (commit.revision.committed > 0).then(|| DateTime::from_timestamp(commit.revision.committed, 0)).flatten();
        let (blamed, message) = match (check_timestamp(previous, entry, committed, tolerance), self.now) {
            // A guard judged the first entry when it was pushed.
            (Some(TimestampProblem::Future { .. }), Some(_)) if first().id != entry.id => return,
            (Some(problem @ TimestampProblem::Future { .. }), _) => (first(), messages::timestamp(first(), problem)),
            (Some(problem), _) => (entry, messages::timestamp(entry, problem)),
            // The commit may be dated as far ahead as the entry.
            (None, Some(now)) if entry.at > now + tolerance && first().id == entry.id => {
                (entry, messages::in_the_future(entry, now))
            }
            (None, _) => return,
        };
        if self.misdated.insert(blamed.id) {
            self.report(extended.finding(blamed, &AUDIT_TIME, message));
        }
    }

    /// Checks that an entry was not added to another ticket before: ids are unique, so it would be a copy.
    fn check_duplicate(&mut self, extended: ExtendedTicket<'_>, entry: &Entry) {
        let first = *self.first_tickets.entry(entry.id).or_insert(extended.ticket.id);
        if first != extended.ticket.id && self.reports_duplicates {
            let message = format!("the entry {} is also in {first}", entry.id);
            self.report(extended.finding(entry, &ENTRY_SHARED, message));
        }
    }

    /// Evaluates an entry by the policies of the parents. A merge has several; one that allows the entry is enough.
    fn evaluate(
        &mut self,
        all: &ExtendedTickets<'_>,
        extended: ExtendedTicket<'_>,
        entry: &Entry,
        before: Option<&Ticket>,
    ) -> Result<Verdict, GitError> {
        let mut worst = Verdict::NotPermitted(NotPermitted::NotAnAgent);
        for base in &extended.commit.policies {
            let organizations =
                if needs_organizations(before, entry) { self.organizations.at(&base.commit)? } else { Arc::default() };
            let policy = base.policy.for_entries(&organizations);
            let verdict = match before {
                None => evaluate_opening(entry, &policy),
                Some(before) => {
                    let target = merge_target(all, extended.ticket, entry);
                    let mut counterpart = counterpart(&policy, all, before, entry);
                    counterpart.target = target.as_ref();
                    evaluate(before, entry, &policy, &counterpart)
                }
            };
            if !matches!(verdict, Verdict::NotPermitted(_)) {
                return Ok(verdict);
            }
            worst = verdict;
        }
        Ok(worst)
    }

    fn list_redaction(&mut self, extended: ExtendedTicket<'_>, entry: &Entry) {
        if let Action::Redact { entry: hides, reason, .. } = &entry.action {
            self.result.redactions.push(Redaction {
                commit: extended.commit.revision.id.clone(),
                ticket: extended.ticket.id,
                entry: entry.id,
                hides: *hides,
                by: entry.by.clone(),
                reason: reason.clone(),
            });
        }
    }
}

/// Returns the people whom a commit names: its author, and those of its `On-behalf-of:` trailers.
fn named_people(commit: &LoadedCommit<'_>) -> impl Iterator<Item = Person> {
    let named = std::iter::once(&commit.revision.author).chain(&commit.revision.on_behalf_of);
    named.filter_map(|name| parse_person(name))
}

/// Parses `ana@acme.example` or `Ana <ana@acme.example>`.
fn parse_person(name: &str) -> Option<Person> {
    let address = name.rsplit_once('<').and_then(|(_, rest)| rest.strip_suffix('>')).unwrap_or(name);
    Person::from_address(address).ok()
}

/// Returns the target of a merge as it was before the counterpart of the merge.
fn merge_target(all: &ExtendedTickets<'_>, ticket: &Ticket, entry: &Entry) -> Option<Ticket> {
    let Action::Merge { into, .. } = entry.action else { return None };
    all.before(into, |other| matches!(other.action, Action::Merged { source, .. } if source == ticket.id))
}

/// Returns whether a forward and its reply were made together: by one person, or by `resolve`, which marks both with
/// its key and leaves the reply to its author.
fn has_one_author(forward: &Entry, reply: &Entry) -> bool {
    let is_resolved = |key: &str| key.starts_with(FORWARD_PREFIX) && forward.key == reply.key;
    forward.by.same_address(&reply.by) || forward.role == Role::Agent && forward.key.as_deref().is_some_and(is_resolved)
}

/// Returns the facts about the other ticket of an action that changes two tickets.
fn counterpart<'a>(
    policy: &AuditPolicy<'_>,
    all: &ExtendedTickets<'_>,
    ticket: &Ticket,
    entry: &Entry,
) -> Counterpart<'a> {
    let here = ticket.id;
    let has =
        |other: Id, is_wanted: &dyn Fn(&Action) -> bool| all.has(other, &entry.by, |entry| is_wanted(&entry.action));
    let (mut sees_source, mut is_moved_reply) = (false, false);
    let has_counterpart = match &entry.action {
        Action::Merge { into, .. } => {
            has(*into, &|action| matches!(action, Action::Merged { source, .. } if *source == here))
        }
        Action::Merged { source, .. } => {
            has(*source, &|action| matches!(action, Action::Merge { into, .. } if *into == here))
        }
        Action::Reopen { unmerge: true, .. } => ticket.header.merged_into.is_some_and(|target| {
            has(target, &|action| matches!(action, Action::Unmerged { source, .. } if *source == here))
        }),
        Action::Unmerged { source, .. } => {
            has(*source, &|action| matches!(action, Action::Reopen { unmerge: true, .. }))
        }
        Action::Forward { into, entry: there } => {
            is_moved_reply = all.has_written(here, entry);
            all.entries(*into).any(|other| {
                has_one_author(entry, other)
                    && other.id == *there
                    && match &other.action {
                        Action::Reply { via_ticket, .. } => *via_ticket == Some(here),
                        // A late reply opened a follow-up ticket.
                        Action::Open(opening) => opening.follow_up_of.is_some(),
                        _ => false,
                    }
            })
        }
        Action::Reply { via_ticket: Some(via), .. } => {
            is_moved_reply = all.has_written(*via, entry);
            let source = all.before(*via, |other| matches!(other.action, Action::Forward { .. }));
            sees_source = source.is_some_and(|source| policy.shows(&source, &entry.by));
            all.entries(*via).any(|other| {
                has_one_author(other, entry)
                    && matches!(other.action, Action::Forward { into, entry: there } if into == here && there == entry.id)
            })
        }
        _ => false,
    };
    let is_moved_reply = is_moved_reply && has_counterpart;
    Counterpart { target: None, has_counterpart, sees_source, is_moved_reply }
}
