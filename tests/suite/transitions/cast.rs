//! Who takes part in the tests of transitions, the tickets they meet, and the one way to ask something of them.
//!
//! Must not know what should come of it.

use casebook::domain::action::{Action, Opening, Solution};
use casebook::domain::attachment::{Attachment, Digest};
use casebook::domain::entry::Entry;
use casebook::domain::followup::FollowUpPolicy;
use casebook::domain::id::Id;
use casebook::domain::person::{Person, Standing, Team};
use casebook::domain::text::Text;
use casebook::domain::ticket::{Hold, Ticket};
use casebook::domain::transition::{Circumstances, Decision, Refusal, Request, Surroundings, decide, merged_action};
use casebook::domain::words::{EscalationReason, HoldReason, MergeReason, Priority, ReopenReason, Status};
use chrono::{DateTime, TimeDelta, Utc};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Manager,
    Agent,
    Editor,
    Customer,
    Viewer,
    Outsider,
    System,
}

impl Side {
    pub const ALL: [Self; 7] =
        [Self::Manager, Self::Agent, Self::Editor, Self::Customer, Self::Viewer, Self::Outsider, Self::System];

    pub fn person(self) -> Person {
        let address = match self {
            Self::Manager => "mori@desk.example",
            Self::Agent => "kenji@desk.example",
            Self::Editor => "eve@acme.example",
            Self::Customer => "ana@acme.example",
            Self::Viewer => "bo@acme.example",
            Self::Outsider => "ida@northwind.example",
            Self::System => "desk@desk.example",
        };
        Person::from_address(address).unwrap()
    }

    /// Where they stand to a ticket of Ana's.
    pub fn standing(self, ticket: &Ticket) -> Standing {
        match self {
            Self::System => Standing::System,
            // What organisations make of somebody is `Memberships`'s to say; here it is what that lets them do.
            Self::Editor => Standing::Editor,
            Self::Viewer => Standing::Reader,
            _ => team().standing(&self.person(), Some(&ticket.header)),
        }
    }
}

pub fn team() -> Team {
    Team { agents: vec![Side::Agent.person()], managers: vec![Side::Manager.person()], ..Team::default() }
}

/// Something asked of a ticket.
#[derive(Clone, Debug)]
pub struct Asked {
    pub action: Action,
    pub text: Option<Text>,
    pub keep_open: bool,
}

impl Asked {
    pub fn with_text(action: Action) -> Self {
        Self { action, text: Text::clean("Some words."), keep_open: false }
    }

    pub fn without_text(action: Action) -> Self {
        Self { action, text: None, keep_open: false }
    }
}

/// The files of an entry that cannot do without.
pub fn files(action: &Action) -> Vec<Attachment> {
    let file = Attachment { name: "trace.txt".to_owned(), size: 6, digest: Digest([7; 32]) };
    if *action == Action::Attach { vec![file] } else { Vec::new() }
}

pub const fn reply() -> Action {
    Action::Reply { auto: false, via_ticket: None }
}

pub const fn automatic() -> Action {
    Action::Reply { auto: true, via_ticket: None }
}

pub const fn note() -> Action {
    Action::Note { auto: false, via_ticket: None }
}

pub const fn hold(reason: HoldReason) -> Action {
    Action::Hold(Hold { reason, team: None, until: None })
}

pub const fn agreed() -> Action {
    Action::Solve(Solution::Agreed { by: None })
}

pub const fn no_response() -> Action {
    Action::Solve(Solution::NoResponse)
}

pub fn bug_reported() -> Action {
    let eta = "2026-12-15T00:00:00Z".parse().unwrap();
    Action::Solve(Solution::BugReported { bug: "BUG-17".to_owned(), priority: Priority::S2, eta })
}

pub const fn reopen(unmerge: bool) -> Action {
    Action::Reopen { reason: ReopenReason::NotSolved, unmerge }
}

pub const fn escalate() -> Action {
    Action::Escalate { reason: EscalationReason::BusinessImpact, manager: None }
}

pub const fn deescalate() -> Action {
    Action::Deescalate { reason: None, manager: None }
}

/// `was` is the ticket's to say.
pub const fn prioritize(priority: Priority) -> Action {
    Action::Prioritize { priority, was: priority }
}

/// A ticket, the ticket it may be merged into, and the time.
#[derive(Clone, Debug)]
pub struct Scene {
    pub ticket: Ticket,
    pub other: Ticket,
    pub now: DateTime<Utc>,
}

impl Scene {
    /// Ana has just opened a ticket of priority S3, and another one an hour before.
    pub fn opened() -> Self {
        let now: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
        let other = opened_at(now - TimeDelta::hours(1), Side::Customer, None, 1);
        Self { ticket: opened_at(now, Side::Customer, None, 2), other, now }
    }

    pub fn wait(&mut self, span: TimeDelta) -> &mut Self {
        self.now += span;
        self
    }

    /// What the state machine says to a request.
    pub fn ask(&self, side: Side, asked: &Asked) -> Result<Decision, Refusal> {
        let follow_up = FollowUpPolicy::default();
        let request = Request {
            by: side.person(),
            action: asked.action.clone(),
            text: asked.text.clone(),
            keep_open: asked.keep_open,
        };
        let standing = side.standing(&self.ticket);
        let (team, other) = (team(), Some(&self.other));
        decide(
            &self.ticket,
            &request,
            &Surroundings {
                team: &team,
                follow_up: &follow_up,
                now: self.now,
                standing,
                other,
                circumstances: Circumstances::default(),
            },
        )
    }

    /// Asks, and does what follows: the decision, or why there is none.
    pub fn attempt(&mut self, side: Side, asked: &Asked) -> Result<Decision, Refusal> {
        let decision = self.ask(side, asked)?;
        if let Decision::Entry { action, to, .. } = &decision {
            self.wait(TimeDelta::minutes(1));
            let id = Id::after(Some(self.ticket.version()), self.now, self.ticket.history.len() as u128);
            let other_side = match **action {
                Action::Merge { .. } => Some(merged_action(&self.ticket, &self.other)),
                Action::Reopen { unmerge: true, .. } => Some(Action::Unmerged { source: self.ticket.id }),
                _ => None,
            };
            self.ticket.append(Entry {
                from: Some(self.ticket.header.status),
                to: *to,
                attachments: files(action),
                text: asked.text.clone(),
                ..Entry::new(id, side.person(), side.standing(&self.ticket).role(), (**action).clone())
            });
            if let Some(action) = other_side {
                let id = Id::after(Some(self.other.version()), self.now, 7);
                let from = Some(self.other.header.status);
                let (by, role) = (side.person(), side.standing(&self.ticket).role());
                self.other.append(Entry { from, ..Entry::new(id, by, role, action) });
            }
        }
        Ok(decision)
    }

    /// Does what has to be possible, with words.
    #[track_caller]
    pub fn does(&mut self, side: Side, action: Action) -> &mut Self {
        let asked = Asked::with_text(action);
        if let Err(refusal) = self.attempt(side, &asked) {
            panic!("{side:?} {:?}: {refusal:?}", asked.action);
        }
        self
    }

    /// Why something is refused.
    #[track_caller]
    pub fn refuses(&self, side: Side, action: Action) -> Refusal {
        let asked = Asked::with_text(action);
        self.ask(side, &asked).expect_err("a refusal")
    }

    pub fn status(&self) -> Status {
        self.ticket.header.status
    }

    /// The merge of the ticket into the other one.
    pub fn merge(&self) -> Action {
        Action::Merge { into: self.other.id, reason: MergeReason::SameIssue }
    }
}

/// A ticket just opened.
pub fn opened_at(now: DateTime<Utc>, side: Side, organization: Option<&str>, random: u128) -> Ticket {
    let mut opening = Opening::new("Tiles time out".to_owned(), Priority::S3, side.person());
    opening.organization = organization.map(str::to_owned);
    let id = Id::at(now, random);
    let opened = Entry {
        to: Some(Status::Open),
        text: Text::clean("Since this morning."),
        ..Entry::new(id, side.person(), team().standing(&side.person(), None).role(), Action::Open(Box::new(opening)))
    };
    Ticket::opened_by(opened).unwrap()
}
