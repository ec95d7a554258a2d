//! Searching a desk on every processor: in the file of texts if it has a ticket as it is, else in the ticket's file, which
//! is read no further than needed. Results are handed on in the order of the tickets' ids before the search ends.

use crate::domain::id::Id;
use crate::domain::query::search::Pattern;
use crate::domain::query::{AsOf, Query};
use crate::domain::ticket::Ticket;
use crate::domain::ticket::texts::TicketTexts;
use crate::error::Error;
use crate::store::files::Dir;
use crate::store::index::{NewTexts, TextsBatch};
use crate::store::{layout, yaml};

use super::kept_texts::KeptTexts;
use super::parallel::in_order;
use super::summaries::{Selection, rules_out};
use super::ticket_ids::{IndexError, TicketBatch};
use crate::desk::sla::clocks::SlaEvaluator;
use crate::desk::{DeskView, UnreadableFile};

/// A search: the tickets to look at, and what to find in them.
pub struct SearchRequest<'a, T> {
    /// The query that selects the tickets.
    pub query: &'a Query,
    /// The pattern that the results match.
    pub pattern: &'a Pattern,
    /// Returns the result in the texts of a ticket, if they contain one.
    pub find: &'a (dyn Fn(&TicketTexts<'_>) -> Option<T> + Sync),
}

/// A search that has begun.
struct Search<'a, T> {
    request: &'a SearchRequest<'a, T>,
    clocks: Option<&'a SlaEvaluator<'a>>,
    /// The tickets that the index leaves, sorted; all without it.
    candidates: Option<Vec<Id>>,
    /// True if the query matches every candidate and the viewer may see it, so that only its texts are needed.
    is_decided: bool,
    texts: KeptTexts,
}

/// The results in a batch, and what was found out about its files.
struct SearchBatch<T> {
    found: Vec<T>,
    unreadable: Vec<UnreadableFile>,
    /// The tickets that the file of texts does not have as they are, with their texts. `None` for texts that must not be
    /// added: those of a damaged file, or of one that changed during the search or just before it.
    changed: Vec<(Id, Option<NewTexts>)>,
    /// True if the file of texts must be written again: it is corrupt, or has a text that is concealed now.
    must_rewrite: bool,
}

impl DeskView<'_> {
    /// Hands on the results of a search, and returns the files that could not be read.
    ///
    /// # Errors
    /// As [`Self::query`], and the errors of `hand_on`.
    pub fn search_tickets<T: Send, E: From<Error>>(
        &self,
        request: &SearchRequest<'_, T>,
        mut hand_on: impl FnMut(T) -> Result<(), E>,
    ) -> Result<Vec<UnreadableFile>, E> {
        let evaluator = self.evaluator_for(request.query)?;
        let (reader, clocks) = (self.desk.read(), evaluator.as_ref());
        if let Some(AsOf::Revision(revision)) = &request.query.as_of {
            let find = |ticket| self.find_in(request, clocks, ticket);
            let list = reader.load_tickets_at(revision, find)?;
            list.tickets.into_iter().try_for_each(&mut hand_on)?;
            return Ok(self.known_files(list.unreadable));
        }
        let (batches, misplaced) = reader.with_index(|index| {
            let listing = reader.list_ids(index)?;
            Ok::<_, IndexError>((listing.batches()?, listing.misplaced))
        })?;
        let search = self.begin_search(request, clocks, &batches)?;
        let (mut unreadable, mut changes) = (Vec::new(), search.texts.no_changes());
        in_order(
            &batches,
            |batch| self.search_batch(&search, batch),
            |batch| {
                let batch = batch?;
                batch.found.into_iter().try_for_each(&mut hand_on)?;
                unreadable.extend(batch.unreadable);
                changes.add(batch.changed, batch.must_rewrite);
                Ok::<_, E>(())
            },
        )?;
        search.texts.finish(changes, &batches);
        unreadable.extend(reader.unlisted(&misplaced));
        unreadable = self.known_files(unreadable);
        unreadable.extend(clocks.into_iter().flat_map(SlaEvaluator::unreadable));
        Ok(unreadable)
    }

    /// Decides how to search: with the index and the file of texts, unless they must not be used.
    fn begin_search<'a, T>(
        &self,
        request: &'a SearchRequest<'a, T>,
        clocks: Option<&'a SlaEvaluator<'a>>,
        batches: &[TicketBatch],
    ) -> Result<Search<'a, T>, Error> {
        let (query, sees_all) = (request.query, self.sees_everything());
        let is_everything = sees_all && query.conditions.is_empty() && query.as_of.is_none();
        if self.desk.environment.no_index || self.desk.pending.is_some() || query.as_of.is_some() {
            let texts = KeptTexts::unused();
            return Ok(Search { request, clocks, candidates: None, is_decided: is_everything, texts });
        }
        // A summary counts internal notes, so that a query of a customer is decided by the ticket.
        let is_decided = if sees_all { !query.needs_texts() } else { query.conditions.is_empty() };
        let list = match sees_all {
            true if is_everything || !is_decided => None,
            true => {
                let selection = Selection { query, viewer: self.viewer(), clocks, keep: &|_| true };
                Some(self.desk.read().select(&selection)?)
            }
            false => Some(self.summaries()?),
        };
        let candidates = list.map(|list| {
            // An unreadable file is reported only if it could contain a result.
            let id = |file: &UnreadableFile| layout::id_in(&file.path);
            let mut ids: Vec<Id> = list.rows.ids().chain(list.unreadable.iter().filter_map(id)).collect();
            ids.sort_unstable();
            ids
        });
        let texts = KeptTexts::open(self.desk.state.folder(), sees_all, candidates.is_none(), batches);
        Ok(Search { request, clocks, candidates, is_decided, texts })
    }

    fn find_in<T>(
        &self,
        request: &SearchRequest<'_, T>,
        clocks: Option<&SlaEvaluator<'_>>,
        ticket: Ticket,
    ) -> Option<T> {
        let (ticket, _) = self.evaluate(request.query, clocks, ticket)?;
        (request.find)(&TicketTexts::from(&ticket))
    }

    /// Returns the result in the texts of a ticket that the viewer sees, without internal ones for a customer.
    fn find_in_texts<T>(&self, search: &Search<'_, T>, mut texts: TicketTexts<'_>) -> Option<T> {
        texts.entries.retain(|entry| !entry.is_internal || self.sees_everything());
        (search.request.find)(&texts)
    }

    fn search_batch<T>(&self, search: &Search<'_, T>, batch: &TicketBatch) -> Result<SearchBatch<T>, Error> {
        let (month, ids) = batch;
        let is_candidate =
            |id: &&Id| search.candidates.as_ref().is_none_or(|candidates| candidates.binary_search(id).is_ok());
        let ids: Vec<Id> = ids.iter().filter(is_candidate).copied().collect();
        let (found, unreadable, changed) = (Vec::new(), Vec::new(), Vec::new());
        let mut result = SearchBatch { found, unreadable, changed, must_rewrite: false };
        if ids.is_empty() {
            return Ok(result);
        }
        let folder = month.as_ref().and_then(|month| self.desk.read().open_month(month));
        let kept = search.texts.batch(&ids);
        result.must_rewrite = kept.is_corrupt;
        let mut bytes = Vec::new();
        for id in &ids {
            let searched = match &folder {
                Some(folder) if search.texts.is_used() => {
                    self.search_kept(search, folder, &kept, *id, &mut bytes, &mut result)
                }
                _ => self.search_file(search, folder.as_ref(), *id, &mut bytes),
            };
            match searched {
                Ok(found) => result.found.extend(found),
                Err(Error::Damaged { path, damage }) => result.unreadable.push(UnreadableFile { path, damage }),
                // The file was removed after its folder was listed.
                Err(Error::NotFound { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        search.texts.put_back(kept);
        Ok(result)
    }

    /// Searches a ticket in the file of texts. If that does not have the ticket as it is, the ticket's own file is
    /// searched, and its texts are to be added.
    fn search_kept<T>(
        &self,
        search: &Search<'_, T>,
        folder: &Dir,
        kept: &TextsBatch,
        id: Id,
        bytes: &mut Vec<u8>,
        result: &mut SearchBatch<T>,
    ) -> Result<Option<T>, Error> {
        let name = layout::file_name(id);
        let stamp = folder.stamp(&name).unwrap_or_default();
        let record = kept.record(id, stamp);
        if let Ok(Some(record)) = &record {
            let find = |texts: &[u8], from| search.request.pattern.find_part(texts, from);
            if find(record.texts, 0).is_none() {
                return Ok(None);
            }
            if search.is_decided
                && let Some(texts) = record.decode_found(find)
            {
                return Ok(self.find_in_texts(search, texts));
            }
            return self.search_file(search, Some(folder), id, bytes);
        }
        result.must_rewrite |= record.is_err();
        let stamp = if search.texts.is_kept() { folder.read(&name, bytes).unwrap_or_default() } else { None };
        let Some(stamp) = stamp else { return self.search_file(search, Some(folder), id, bytes) };
        let is_settled = stamp.is_settled(search.texts.began());
        let mut keep = |texts: &TicketTexts<'_>| {
            let is_gone = |entry: &Id| !texts.entries.iter().any(|kept| kept.id == *entry);
            result.must_rewrite |= kept.entries(id).iter().any(is_gone);
            result.changed.push((id, is_settled.then(|| NewTexts::of(texts, stamp))));
        };
        if let Ok(ticket) = yaml::read(bytes, Some(id)) {
            let texts = TicketTexts::from(&ticket);
            keep(&texts);
            if search.is_decided {
                return Ok(self.find_in_texts(search, texts));
            }
        }
        self.find_in_file(search, id, bytes)
    }

    fn search_file<T>(
        &self,
        search: &Search<'_, T>,
        folder: Option<&Dir>,
        id: Id,
        bytes: &mut Vec<u8>,
    ) -> Result<Option<T>, Error> {
        self.desk.read().bytes_in(folder, id, bytes)?;
        self.find_in_file(search, id, bytes)
    }

    /// Returns the result in the bytes of a ticket's file.
    fn find_in_file<T>(&self, search: &Search<'_, T>, id: Id, bytes: &[u8]) -> Result<Option<T>, Error> {
        let query = search.request.query;
        if !search.request.pattern.may_match_file(bytes) {
            return Ok(None);
        }
        if query.as_of.is_none() && !query.conditions.is_empty() && rules_out(query, bytes, id) {
            return Ok(None);
        }
        let ticket = yaml::read(bytes, Some(id)).map_err(|damage| self.desk.read().damaged(id, damage))?;
        match search.is_decided {
            true => Ok(self.find_in_texts(search, TicketTexts::from(&ticket))),
            false => Ok(self.find_in(search.request, search.clocks, ticket)),
        }
    }
}
