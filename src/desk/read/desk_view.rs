//! A desk as a viewer sees it (docs/visibility.md). The command line reads a desk only through it, so that nothing else
//! decides on visibility, and no verb can forget to.

use std::collections::HashSet;
use std::sync::Arc;

use crate::domain::id::Id;
use crate::domain::people::membership::Memberships;
use crate::domain::people::organization::Organization;
use crate::domain::people::person::Person;
use crate::domain::people::visibility::{customer_view, without_redacted_texts};
use crate::domain::ticket::{Header, Ticket};
use crate::error::Error;
use crate::store::files::FileChange;
use crate::store::git::WorkTreeState;
use crate::store::yaml::ReadErrorKind;
use crate::store::{layout, short_id, yaml};

use super::summaries::Selection;
use crate::desk::{Desk, SummaryList, UnreadableFile};

/// The number of tickets from which all ids are sorted instead of looking up each one.
const MANY: usize = 64;

/// A desk as a viewer sees it. An agent sees everything, and so does the owner of the clone, because the files can be read
/// anyway. For a customer everything else is absent: other tickets, internal notes, organizations that the
/// customer does not administer, and damaged files that may belong to other customers.
#[derive(Clone, Debug)]
pub struct DeskView<'a> {
    pub(in crate::desk) desk: &'a Desk,
    viewer: Option<&'a Person>,
    /// The viewer with memberships, if the viewer is a customer.
    customer: Option<(&'a Person, Arc<Memberships>)>,
}

impl Desk {
    /// Returns the desk as a viewer sees it; without a viewer, with everything in it.
    ///
    /// # Errors
    /// A folder cannot be read, or the file of an organization that the viewer may belong to is damaged.
    pub fn as_seen_by<'a>(&'a self, viewer: Option<&'a Person>) -> Result<DeskView<'a>, Error> {
        let with_memberships = |person| Ok::<_, Error>((person, self.policy().memberships(person)?));
        let customer = viewer.filter(|person| self.has_customer(person)).map(with_memberships).transpose()?;
        Ok(DeskView { desk: self, viewer, customer })
    }

    /// Returns the desk with everything in it, for the owner of the clone.
    pub const fn as_owned_by<'a>(&'a self, viewer: Option<&'a Person>) -> DeskView<'a> {
        DeskView { desk: self, viewer, customer: None }
    }

    /// Returns a ticket without redacted texts and the entries that a person does not see.
    pub(in crate::desk) fn ticket_for(&self, person: &Person, ticket: Ticket) -> Ticket {
        let ticket = without_redacted_texts(ticket);
        if self.has_customer(person) { customer_view(ticket) } else { ticket }
    }

    /// Returns whether a person is a customer.
    pub(in crate::desk) fn has_customer(&self, person: &Person) -> bool {
        !self.config.team.has_agent(person)
    }

    /// Returns whether a person may know of the interrupted command: an agent of every command, a customer only of their
    /// own.
    pub(in crate::desk) fn may_know_of_pending(&self, person: Option<&Person>) -> bool {
        let Some(customer) = person.filter(|person| self.has_customer(person)) else { return true };
        let is_own = |change: &FileChange| {
            let ticket = yaml::read(change.after.as_bytes(), None).ok();
            ticket.is_some_and(|ticket| ticket.history.last().is_some_and(|entry| entry.by.same_address(customer)))
        };
        // The `.gitattributes` of attachments is not written by a person.
        let mut changes = self.pending.iter().flat_map(|pending| &pending.changes);
        self.pending.is_some() && changes.all(|change| change.path == layout::ATTACHMENT_ATTRIBUTES || is_own(change))
    }
}

impl<'a> DeskView<'a> {
    /// Returns the desk itself: its folder, its settings and its policy.
    pub const fn desk(&self) -> &'a Desk {
        self.desk
    }

    /// Returns the person who looks at the desk.
    pub const fn viewer(&self) -> Option<&'a Person> {
        self.viewer
    }

    /// Returns whether the viewer sees everything: an agent, the owner of the clone, or no person.
    pub const fn sees_everything(&self) -> bool {
        self.customer.is_none()
    }

    /// Returns whether the viewer sees a ticket with this header.
    pub(in crate::desk) fn sees(&self, header: &Header) -> bool {
        self.customer.as_ref().is_none_or(|(person, memberships)| memberships.role(person, header).sees())
    }

    /// Returns a ticket without redacted texts and the entries that the viewer does not see.
    pub(in crate::desk) fn without_hidden_texts(&self, ticket: Ticket) -> Ticket {
        self.without_hidden_entries(without_redacted_texts(ticket))
    }

    /// Returns a ticket without the entries that the viewer does not see.
    pub(in crate::desk) fn without_hidden_entries(&self, ticket: Ticket) -> Ticket {
        if self.sees_everything() { ticket } else { customer_view(ticket) }
    }

    /// Returns the ticket that a word names: by its id, by the beginning or end of it, by the beginning of its short id, or
    /// by the id in the system from which it was imported. A ticket that the viewer does not see gives the same error as
    /// one that does not exist.
    ///
    /// # Errors
    /// There is no such ticket, there are several, of which the newest is the first, or its file is damaged, misplaced or not
    /// checked out.
    pub fn find(&self, word: &str) -> Result<Id, Error> {
        let reader = self.desk.read();
        let part = short_id::parse_id_part(word);
        if let Some(Ok(id)) = part.as_deref().map(str::parse::<Id>)
            && self.contains(id)?
        {
            return Ok(id);
        }
        let mut found = match &part {
            Some(part) => self.find_by_part(part)?,
            None => Vec::new(),
        };
        let mut unreadable = Vec::new();
        if found.is_empty() {
            let imported = reader.find_imported(word)?;
            found = self.visible(imported.rows.ids().collect())?;
            unreadable = self.known_files(imported.unreadable);
        }
        match found.as_slice() {
            [] => Err(self.not_found(word, part.as_deref(), unreadable)),
            [id] => Ok(*id),
            _ => {
                found.sort_unstable_by(|a, b| b.cmp(a));
                Err(Error::Ambiguous { word: word.to_owned(), candidates: found })
            }
        }
    }

    /// Returns the error that no ticket has an id or a part of one, or that the file that could have it is among the
    /// unreadable ones.
    fn not_found(&self, word: &str, part: Option<&str>, unreadable: Vec<UnreadableFile>) -> Error {
        let has_part = |id| part.is_some_and(|part| !short_id::matching(&[id], part).is_empty());
        let could_be = |file: &UnreadableFile| {
            file.damage.kind == ReadErrorKind::NotCheckedOut || self.desk.read().id_inside(file).is_some_and(has_part)
        };
        match unreadable.into_iter().find(could_be) {
            Some(UnreadableFile { path, damage }) => Error::Damaged { path, damage },
            None => Error::NotFound { word: word.to_owned() },
        }
    }

    /// Returns the tickets whose ids begin or end with a part, and those whose short ids begin with it.
    fn find_by_part(&self, part: &str) -> Result<Vec<Id>, Error> {
        let mut found = self.visible(self.desk.read().find_by_parts(&[part.to_owned()])?.concat())?;
        // A part as long as a short id is usually one, and is found without a look at every id.
        if part.len() < short_id::SHORTEST_SHOWN || found.is_empty() {
            let mut others = self.ids()?;
            others.retain(|id| !found.contains(id) && short_id::may_begin_with(*id, part));
            let short = self.short_ids(others.iter().copied())?;
            found.extend(others.into_iter().zip(short).filter(|(_, short)| short.starts_with(part)).map(|(id, _)| id));
        }
        Ok(found)
    }

    fn visible(&self, ids: Vec<Id>) -> Result<Vec<Id>, Error> {
        let visible = ids.into_iter().map(|id| Ok(self.contains(id)?.then_some(id)));
        visible.filter_map(Result::transpose).collect()
    }

    /// Returns whether the view contains a ticket: an agent sees also damaged ones, a customer those that are theirs by the
    /// header.
    fn contains(&self, id: Id) -> Result<bool, Error> {
        if self.sees_everything() {
            return Ok(self.desk.read().has_file(id));
        }
        match self.desk.read().ticket(id) {
            Ok(ticket) => Ok(self.sees(&ticket.header)),
            Err(Error::NotFound { .. }) => Ok(false),
            Err(Error::Damaged { .. }) => Ok(self.sees_damaged(id)),
            Err(other) => Err(other),
        }
    }

    /// Returns whether the header of a damaged file, if it can be read, is that of a ticket that the viewer sees.
    fn sees_damaged(&self, id: Id) -> bool {
        let header = self.desk.read().bytes(id).ok().and_then(|bytes| yaml::salvage_header(&bytes, id));
        header.is_some_and(|header| self.sees(&header))
    }

    /// Returns, of the files in `tickets/` that could not be read, those that the viewer may know of.
    pub(in crate::desk) fn known_files(&self, mut files: Vec<UnreadableFile>) -> Vec<UnreadableFile> {
        if !self.sees_everything() {
            files.retain(|file| {
                file.damage.kind == ReadErrorKind::NotCheckedOut
                    || layout::id_in(&file.path).is_some_and(|id| self.sees_damaged(id))
            });
        }
        files
    }

    /// Reads a ticket.
    ///
    /// # Errors
    /// The viewer does not see it, or its file is missing or damaged.
    pub fn ticket(&self, id: Id) -> Result<Ticket, Error> {
        let ticket = self.desk.read().ticket(id)?;
        if self.sees(&ticket.header) {
            Ok(self.without_hidden_texts(ticket))
        } else {
            Err(Error::NotFound { word: id.to_string() })
        }
    }

    /// Returns the text of a ticket's file; `None` for a customer, because it contains the internal entries.
    ///
    /// # Errors
    /// The file is missing or is not UTF-8.
    pub fn file_text(&self, id: Id) -> Result<Option<String>, Error> {
        self.sees_everything().then(|| self.desk.read().file_text(id)).transpose()
    }

    /// Returns the summaries of all tickets.
    ///
    /// # Errors
    /// A folder or file cannot be read.
    pub fn summaries(&self) -> Result<SummaryList, Error> {
        let list = self.desk.read().select(&Selection::by(&|summary| self.sees(&summary.header)))?;
        Ok(SummaryList { unreadable: self.known_files(list.unreadable), ..list })
    }

    /// Returns the ids of all tickets, in their order; for an agent also those of damaged files.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn ids(&self) -> Result<Vec<Id>, Error> {
        Ok(match self.sees_everything() {
            true => self.desk.read().list_tickets()?.tickets,
            false => self.summaries()?.rows.ids().collect(),
        })
    }

    /// Returns the shortest suffix of a ticket's id, of at least six characters, that no other visible ticket has.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn short_id(&self, id: Id) -> Result<String, Error> {
        let short = self.short_ids([id].into_iter())?;
        Ok(short.into_iter().next().unwrap_or_else(|| id.to_string()))
    }

    /// Returns the short ids of several tickets, in their order.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn short_ids(&self, ids: impl ExactSizeIterator<Item = Id> + Clone) -> Result<Vec<String>, Error> {
        if ids.len() < MANY {
            let suffixes = ids.clone().map(|id| short_id::suffix(id, short_id::SHORTEST_SHOWN));
            let candidates = self.desk.read().find_by_parts(&suffixes.collect::<Vec<_>>())?;
            return ids.zip(candidates).map(|(id, others)| self.short_id_among(id, &others)).collect();
        }
        let visible = self.ids()?;
        let short = short_id::short_ids(&visible);
        let find =
            |id: Id| visible.binary_search(&id).map_or_else(|_| id.to_string(), |position| short[position].clone());
        Ok(ids.map(find).collect())
    }

    /// Returns the short id of a ticket among others whose ids end in the same characters.
    fn short_id_among(&self, id: Id, others: &[Id]) -> Result<String, Error> {
        let (own, mut length) = (id.to_string(), short_id::SHORTEST_SHOWN);
        for other in others.iter().filter(|other| **other != id) {
            let other_text = other.to_string();
            let shared = own.bytes().rev().zip(other_text.bytes().rev()).take_while(|(a, b)| a == b).count();
            if shared >= length && self.contains(*other)? {
                length = shared + 1;
            }
        }
        Ok(short_id::suffix(id, length))
    }

    /// Returns an organization: an agent sees every organization, a customer those that they administer. Another one gives
    /// the same error as one that does not exist.
    ///
    /// # Errors
    /// There is no such organization, or its file is damaged.
    pub fn organization(&self, id: &str) -> Result<Organization, Error> {
        let is_visible = self.customer.as_ref().is_none_or(|(_, memberships)| memberships.administers(id));
        let policy = self.desk.policy();
        let exists = is_visible && policy.organization_ids()?.iter().any(|existing| existing == id);
        let organization = if exists { policy.read_organization(id)? } else { None };
        organization.ok_or_else(|| Error::NoOrganization { id: id.to_owned() })
    }

    /// Returns the organizations in the order of their ids, and the files that could not be read.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn organizations(&self) -> Result<(Vec<Organization>, Vec<UnreadableFile>), Error> {
        let mut organizations = Vec::new();
        let mut unreadable: Vec<UnreadableFile> = self.desk.left_out_of(layout::ORGANIZATIONS).into_iter().collect();
        for id in self.desk.policy().organization_ids()? {
            match self.organization(&id) {
                Ok(organization) => organizations.push(organization),
                Err(Error::NoOrganization { .. }) => {}
                Err(Error::Damaged { path, damage }) => unreadable.push(UnreadableFile { path, damage }),
                Err(other) => return Err(other),
            }
        }
        Ok((organizations, unreadable))
    }

    /// Returns the ids of all organizations, to correct a query; none for a customer.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn organization_ids(&self) -> Result<Vec<String>, Error> {
        if self.sees_everything() { self.desk.policy().organization_ids() } else { Ok(Vec::new()) }
    }

    /// Returns the support team, to correct a query; none for a customer.
    pub fn team(&self) -> Vec<Person> {
        let team = &self.desk.config.team;
        if self.sees_everything() { team.agents.iter().chain(&team.managers).cloned().collect() } else { Vec::new() }
    }

    /// Returns the names of the product groups in casebook.toml, to correct a query; none if it is invalid.
    pub fn product_groups(&self) -> Vec<String> {
        let groups = self.desk.policy().field_choices().map(|choices| choices.product_groups.as_slice());
        groups.unwrap_or_default().iter().map(|group| group.name.clone()).collect()
    }

    /// Returns the ids that the tickets imported from a system have there, to import the others; none for a customer.
    ///
    /// # Errors
    /// A folder or file cannot be read.
    pub fn imported_ids(&self, system: &str) -> Result<HashSet<String>, Error> {
        if self.sees_everything() { self.desk.read().imported_ids(system) } else { Ok(HashSet::new()) }
    }

    /// Returns whether a command was interrupted and the viewer may know of it.
    pub fn has_interrupted_command(&self) -> bool {
        self.desk.has_pending() && self.desk.may_know_of_pending(self.viewer)
    }

    /// Returns the number of files of the desk that differ from the last commit, and of commits that are not sent; 0 without
    /// a repository, and for a customer.
    ///
    /// # Errors
    /// git cannot be asked.
    pub fn work_tree_state(&self) -> Result<WorkTreeState, Error> {
        if self.sees_everything() { self.desk.read().work_tree_state() } else { Ok(WorkTreeState::default()) }
    }
}
