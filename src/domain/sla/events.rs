//! The SLA-relevant events of a ticket's history, compact enough to keep in the index.
//!
//! They do not depend on plans, calendars or the present. A change of priority, language or channel is kept with the
//! value before it, because the header has the value now.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::Id;
use crate::domain::ticket::Header;
use crate::domain::ticket::action::Action;
use crate::domain::ticket::entry::Entry;
use crate::domain::ticket::header_field::HeaderField;
use crate::domain::value::Value;
use crate::domain::vocabulary::{Priority, Role, Status};

/// The events of a ticket after its opening, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SlaEvents(pub Vec<SlaEvent>);

/// An event of a ticket that clocks depend on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SlaEvent {
    /// The seconds since the ticket was opened; never less than those of the event before.
    pub after: u64,
    /// The kind.
    pub kind: SlaEventKind,
}

/// The kind of an event that clocks depend on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SlaEventKind {
    /// A human agent replied in public; the status after it.
    AgentReplied(Status),
    /// A customer replied; the status after it.
    CustomerReplied(Status),
    /// The status changed in another way; the status after it.
    StatusChanged(Status),
    /// The ticket was merged into another one, which solved it: its targets continue there.
    MergedAway,
    /// Another ticket was merged into this one, which counts as a reply of the customer.
    SourceMerged,
    /// A ticket that had been merged into this one since the last reply of an agent was unmerged.
    SourceUnmerged,
    /// The priority changed; the one before.
    PriorityWas(Priority),
    /// The language changed; the one before.
    LanguageWas(Option<String>),
    /// The channel changed; the one before.
    ChannelWas(Option<String>),
}

impl SlaEventKind {
    /// Returns the status after the event, if it concerns the status.
    pub const fn status(&self) -> Option<Status> {
        match self {
            Self::AgentReplied(status) | Self::CustomerReplied(status) | Self::StatusChanged(status) => Some(*status),
            Self::MergedAway => Some(Status::Solved),
            _ => None,
        }
    }
}

/// A recorder that reads a history entry by entry and keeps its events.
#[derive(Clone, Debug)]
pub struct SlaEventRecorder {
    events: SlaEvents,
    opened: DateTime<Utc>,
    after: u64,
    status: Status,
    is_merged: bool,
    is_response_due: bool,
    /// The tickets that were merged into this one since the last reply of an agent.
    merged_sources: Vec<Id>,
    priority: Priority,
    language: Option<String>,
    channel: Option<String>,
}

impl SlaEventRecorder {
    /// Begins with the entry that opens a ticket; `None` if its action is another one.
    pub fn opening(entry: &Entry) -> Option<Self> {
        let Action::Open(opening) = &entry.action else { return None };
        Some(Self {
            events: SlaEvents(Vec::new()),
            opened: entry.at,
            after: 0,
            status: Status::Open,
            is_merged: false,
            is_response_due: true,
            merged_sources: Vec::new(),
            priority: opening.priority,
            language: opening.language.clone(),
            channel: opening.channel.clone(),
        })
    }

    /// Records the next entry.
    pub fn record(&mut self, entry: &Entry) {
        self.record_status(entry);
        if let Action::Set { set, unset } = &entry.action {
            let set = set.iter().map(|(field, value)| (field, Some(value)));
            set.chain(unset.iter().map(|field| (field, None))).for_each(|(field, value)| self.set(field, value));
        }
    }

    fn set(&mut self, field: &HeaderField, value: Option<&Value>) {
        let value = match value {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        };
        let kind = match field {
            HeaderField::Named("language") if value != self.language => {
                SlaEventKind::LanguageWas(std::mem::replace(&mut self.language, value))
            }
            HeaderField::Named("channel") if value != self.channel => {
                SlaEventKind::ChannelWas(std::mem::replace(&mut self.channel, value))
            }
            _ => return,
        };
        self.push(kind);
    }

    fn record_status(&mut self, entry: &Entry) {
        // The system clocks of two clones may differ; time never goes back here.
        let seconds = (entry.at.timestamp() - self.opened.timestamp()).max(0).cast_unsigned();
        self.after = self.after.max(seconds);
        let was = self.status;
        self.update_status(entry);
        match (&entry.action, entry.role) {
            (Action::Prioritize { priority, .. }, _) if *priority != self.priority => {
                let was = std::mem::replace(&mut self.priority, *priority);
                self.push(SlaEventKind::PriorityWas(was));
            }
            (Action::Reply { .. }, Role::Agent)
                if entry.is_reply_of(Role::Agent)
                    && (self.is_response_due || !self.merged_sources.is_empty() || was != self.status) =>
            {
                self.push(SlaEventKind::AgentReplied(self.status));
                self.is_response_due = false;
                self.merged_sources.clear();
                return;
            }
            (Action::Reply { auto: false, .. }, Role::Customer)
                if was != self.status || (!self.is_response_due && was != Status::Solved) =>
            {
                self.push(SlaEventKind::CustomerReplied(self.status));
                self.is_response_due = self.status != Status::Solved;
                return;
            }
            (Action::Merged { source, .. }, _)
                if self.status != Status::Solved && !self.merged_sources.contains(source) =>
            {
                self.push(SlaEventKind::SourceMerged);
                self.merged_sources.push(*source);
            }
            (Action::Unmerged { source, .. }, _) if self.merged_sources.contains(source) => {
                self.push(SlaEventKind::SourceUnmerged);
                self.merged_sources.retain(|merged| merged != source);
            }
            _ => {}
        }
        if was != self.status {
            let is_merge = matches!(entry.action, Action::Merge { .. });
            self.push(if is_merge { SlaEventKind::MergedAway } else { SlaEventKind::StatusChanged(self.status) });
            if self.status == Status::Solved {
                self.merged_sources.clear();
            }
            self.is_response_due = match (was, self.status) {
                (_, Status::Solved) => false,
                (Status::Solved, _) => true,
                _ => self.is_response_due,
            };
        }
    }

    /// Updates the status as replay does: a merged ticket stays solved while it is merged.
    fn update_status(&mut self, entry: &Entry) {
        match entry.action {
            Action::Reopen { unmerge: true, .. } => self.is_merged = false,
            Action::Merge { .. } => {
                (self.status, self.is_merged) = (Status::Solved, true);
                return;
            }
            _ => {}
        }
        if !self.is_merged {
            self.status = entry.to.unwrap_or(self.status);
        }
    }

    fn push(&mut self, kind: SlaEventKind) {
        self.events.0.push(SlaEvent { after: self.after, kind });
    }

    /// Returns the status after the last entry.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// Returns the events so far.
    pub const fn events(&self) -> &SlaEvents {
        &self.events
    }

    /// Returns the events, which ends the recording.
    pub fn into_events(self) -> SlaEvents {
        self.events
    }
}

impl SlaEvents {
    /// Returns the events of a history; none if its first entry does not open the ticket.
    pub fn of(history: &[Entry]) -> Self {
        let Some((first, rest)) = history.split_first() else { return Self::default() };
        let Some(mut recorder) = SlaEventRecorder::opening(first) else { return Self::default() };
        rest.iter().for_each(|entry| recorder.record(entry));
        recorder.into_events()
    }

    /// Returns the instant of an event, UTC.
    pub(crate) fn instant(opened: DateTime<Utc>, event: &SlaEvent) -> DateTime<Utc> {
        let span = i64::try_from(event.after).ok().and_then(TimeDelta::try_seconds);
        span.and_then(|span| opened.checked_add_signed(span)).unwrap_or(opened)
    }

    /// Returns priority, language and channel as they were after the first `count` events; `header` has them as they are
    /// after all of them.
    pub(crate) fn inputs_after(&self, count: usize, header: &Header) -> SlaInputs {
        let later = self.0.get(count..).unwrap_or_default();
        let priority = later.iter().find_map(|event| match event.kind {
            SlaEventKind::PriorityWas(priority) => Some(priority),
            _ => None,
        });
        let language = later.iter().find_map(|event| match &event.kind {
            SlaEventKind::LanguageWas(language) => Some(language.clone()),
            _ => None,
        });
        let channel = later.iter().find_map(|event| match &event.kind {
            SlaEventKind::ChannelWas(channel) => Some(channel.clone()),
            _ => None,
        });
        SlaInputs {
            priority: priority.unwrap_or(header.priority),
            language: language.unwrap_or_else(|| header.language.clone()),
            channel: channel.unwrap_or_else(|| header.channel.clone()),
        }
    }
}

/// The header fields that choose the target and calendar of a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlaInputs {
    pub priority: Priority,
    pub language: Option<String>,
    pub channel: Option<String>,
}
