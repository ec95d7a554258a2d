//! The course of a ticket: what its clocks need of its history, and nothing else. A few bytes that an index can keep;
//! independent of plans, calendars and the present.
//!
//! Facts that change on the way are told by what they were before, since the header says what they are now. Must not
//! know how anything is counted.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::id::Id;
use crate::domain::ticket::Header;
use crate::domain::ticket::action::{Action, HeaderField};
use crate::domain::ticket::entry::Entry;
use crate::domain::value::Value;
use crate::domain::vocabulary::{Priority, Role, Status};

/// What the clocks of a ticket need of its history behind the opening, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlaEvents(pub Vec<SlaEvent>);

/// Something that happened to a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlaEvent {
    /// Seconds since the ticket was opened; never less than those of the turn before.
    pub after: u64,
    /// What it was.
    pub what: SlaEventKind,
}

/// What can happen to a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlaEventKind {
    /// A human agent replied in public; the status since.
    Answered(Status),
    /// Somebody on the customer's side wrote; the status since.
    Asked(Status),
    /// The status changed in another way.
    Moved(Status),
    /// The ticket was merged: solved, and what is owed is owed where the conversation goes on.
    WentOn,
    /// Another ticket goes on in this one; what was said there waits for words here.
    Joined,
    /// One that had joined since the last answer was taken out again.
    Parted,
    /// The priority changed; what it was before.
    PriorityWas(Priority),
    /// The language changed; what it was before.
    LanguageWas(Option<String>),
    /// The channel changed; what it was before.
    ChannelWas(Option<String>),
}

impl SlaEventKind {
    /// The status since, where it is about that.
    pub const fn status(&self) -> Option<Status> {
        match self {
            Self::Answered(status) | Self::Asked(status) | Self::Moved(status) => Some(*status),
            Self::WentOn => Some(Status::Solved),
            _ => None,
        }
    }
}

/// An entry as the course sees it.
#[derive(Clone, Copy, Debug)]
pub struct EntryEvent {
    /// When it was done.
    pub at: DateTime<Utc>,
    /// What the person was.
    pub role: Role,
    /// What was done.
    pub deed: EventKind,
    /// The status it led to, where it says so.
    pub to: Option<Status>,
}

/// What was done, as far as clocks go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A public message that a human wrote.
    Reply,
    /// The ticket goes on in another.
    Merge,
    /// It does no more.
    Unmerge,
    /// Another ticket goes on in this one.
    Join(Id),
    /// That one does no more.
    Part(Id),
    /// Another priority.
    Prioritize(Priority),
    /// Anything else.
    Other,
}

impl EntryEvent {
    /// What the course sees of an entry.
    pub const fn of(entry: &Entry) -> Self {
        let deed = match &entry.action {
            Action::Reply { auto: false, .. } => EventKind::Reply,
            Action::Merge { .. } => EventKind::Merge,
            Action::Reopen { unmerge: true, .. } => EventKind::Unmerge,
            Action::Merged { source, .. } => EventKind::Join(*source),
            Action::Unmerged { source } => EventKind::Part(*source),
            Action::Prioritize { priority, .. } => EventKind::Prioritize(*priority),
            _ => EventKind::Other,
        };
        Self { at: entry.at, role: entry.role, deed, to: entry.to }
    }
}

/// Follows a history entry by entry.
#[derive(Clone, Debug)]
pub struct SlaEventRecorder {
    course: SlaEvents,
    opened: DateTime<Utc>,
    after: u64,
    status: Status,
    is_merged: bool,
    owes_response: bool,
    /// The tickets that joined since the last answer.
    joined: Vec<Id>,
    priority: Priority,
    language: Option<String>,
    channel: Option<String>,
}

impl SlaEventRecorder {
    /// Begins with a ticket just opened. Language and channel are only needed where they change on the way.
    pub const fn begin(at: DateTime<Utc>, priority: Priority) -> Self {
        Self {
            course: SlaEvents(Vec::new()),
            opened: at,
            after: 0,
            status: Status::Open,
            is_merged: false,
            owes_response: true,
            joined: Vec::new(),
            priority,
            language: None,
            channel: None,
        }
    }

    /// Begins with the entry that opens a ticket; `None` where it opens none.
    pub fn opening(entry: &Entry) -> Option<Self> {
        let Action::Open(opening) = &entry.action else { return None };
        let (language, channel) = (opening.language.clone(), opening.channel.clone());
        Some(Self { language, channel, ..Self::begin(entry.at, opening.priority) })
    }

    /// Goes on with the next entry.
    pub fn follow(&mut self, entry: &Entry) {
        self.step(EntryEvent::of(entry));
        if let Action::Set { set, unset } = &entry.action {
            let news = set.iter().map(|(fact, value)| (fact, Some(value))).chain(unset.iter().map(|fact| (fact, None)));
            news.for_each(|(fact, value)| self.set(fact, value));
        }
    }

    fn set(&mut self, fact: &HeaderField, value: Option<&Value>) {
        let words = match value {
            Some(Value::String(words)) => Some(words.clone()),
            _ => None,
        };
        let what = match fact {
            HeaderField::Language if words != self.language => {
                SlaEventKind::LanguageWas(std::mem::replace(&mut self.language, words))
            }
            HeaderField::Channel if words != self.channel => {
                SlaEventKind::ChannelWas(std::mem::replace(&mut self.channel, words))
            }
            _ => return,
        };
        self.push(what);
    }

    /// Goes on with what is seen of the next entry.
    pub fn step(&mut self, beat: EntryEvent) {
        // On two clones the clocks may differ: time never goes back here.
        let seconds = (beat.at.timestamp() - self.opened.timestamp()).max(0).cast_unsigned();
        self.after = self.after.max(seconds);
        let was = self.status;
        self.move_by(&beat);
        match (beat.deed, beat.role) {
            (EventKind::Prioritize(priority), _) if priority != self.priority => {
                let was = std::mem::replace(&mut self.priority, priority);
                self.push(SlaEventKind::PriorityWas(was));
            }
            (EventKind::Reply, Role::Agent) if self.owes_response || !self.joined.is_empty() || was != self.status => {
                self.push(SlaEventKind::Answered(self.status));
                self.owes_response = false;
                self.joined.clear();
                return;
            }
            (EventKind::Reply, Role::Customer)
                if was != self.status || (!self.owes_response && was != Status::Solved) =>
            {
                self.push(SlaEventKind::Asked(self.status));
                self.owes_response = self.status != Status::Solved;
                return;
            }
            (EventKind::Join(source), _) if self.status != Status::Solved && !self.joined.contains(&source) => {
                self.push(SlaEventKind::Joined);
                self.joined.push(source);
            }
            (EventKind::Part(source), _) if self.joined.contains(&source) => {
                self.push(SlaEventKind::Parted);
                self.joined.retain(|joined| *joined != source);
            }
            _ => {}
        }
        if was != self.status {
            let went_on = matches!(beat.deed, EventKind::Merge);
            self.push(if went_on { SlaEventKind::WentOn } else { SlaEventKind::Moved(self.status) });
            if self.status == Status::Solved {
                self.joined.clear();
            }
            self.owes_response = match (was, self.status) {
                (_, Status::Solved) => false,
                (Status::Solved, _) => true,
                _ => self.owes_response,
            };
        }
    }

    /// The status as replaying has it: a merged ticket stays solved as long as it is merged.
    fn move_by(&mut self, beat: &EntryEvent) {
        match beat.deed {
            EventKind::Unmerge => self.is_merged = false,
            EventKind::Merge => {
                (self.status, self.is_merged) = (Status::Solved, true);
                return;
            }
            _ => {}
        }
        if !self.is_merged {
            self.status = beat.to.unwrap_or(self.status);
        }
    }

    fn push(&mut self, what: SlaEventKind) {
        self.course.0.push(SlaEvent { after: self.after, what });
    }

    /// The status now.
    pub const fn status(&self) -> Status {
        self.status
    }

    /// The course so far.
    pub const fn course(&self) -> &SlaEvents {
        &self.course
    }

    /// The course in the end.
    pub fn into_course(self) -> SlaEvents {
        self.course
    }
}

impl SlaEvents {
    /// The course of a history.
    pub fn of(history: &[Entry]) -> Self {
        let Some((first, rest)) = history.split_first() else { return Self::default() };
        let Some(mut follower) = SlaEventRecorder::opening(first) else { return Self::default() };
        rest.iter().for_each(|entry| follower.follow(entry));
        follower.into_course()
    }

    /// The instant of a turn.
    pub(crate) fn instant(opened: DateTime<Utc>, turn: &SlaEvent) -> DateTime<Utc> {
        let span = i64::try_from(turn.after).ok().and_then(TimeDelta::try_seconds);
        span.and_then(|span| opened.checked_add_signed(span)).unwrap_or(opened)
    }

    /// What the promises of the ticket hung on behind so many turns, where the header says what they hang on now.
    pub(crate) fn facts(&self, turns: usize, header: &Header) -> SlaInputs {
        let later = self.0.get(turns..).unwrap_or_default();
        let priority = later.iter().find_map(|turn| match turn.what {
            SlaEventKind::PriorityWas(priority) => Some(priority),
            _ => None,
        });
        let language = later.iter().find_map(|turn| match &turn.what {
            SlaEventKind::LanguageWas(language) => Some(language.clone()),
            _ => None,
        });
        let channel = later.iter().find_map(|turn| match &turn.what {
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

/// What a ticket's promises hang on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SlaInputs {
    pub priority: Priority,
    pub language: Option<String>,
    pub channel: Option<String>,
}
