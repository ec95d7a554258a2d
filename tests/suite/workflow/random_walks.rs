//! Random walks: any history replays, any sequence of commands leaves a desk without findings, and cycles of
//! merges that two clones made have one end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use casebook::desk::{
    ActionRequest, AttachmentData, CheckScope, Command, Desk, Environment, TicketCommand, TicketRef, WriteOptions,
    check_desk,
};
use casebook::domain::id::Id;
use casebook::domain::people::person::Person;
use casebook::domain::text::Text;
use casebook::domain::ticket::OpenFields;
use casebook::domain::ticket::Ticket;
use casebook::domain::ticket::action::Action;
use casebook::domain::ticket::entry::Entry;
use casebook::domain::ticket::header_field::HeaderField;
use casebook::domain::ticket::replay::replay;
use casebook::domain::value::Value;
use casebook::domain::vocabulary::{HoldReason, MergeReason, Priority, Role, Status};
use casebook::domain::workflow::{merge_counterpart, resolve_merge_chain};
use casebook::error::Error;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::select;
use tempfile::TempDir;

use crate::fixtures::arbitrary;
use crate::fixtures::environment::environment;
use crate::fixtures::workflow_cast::*;

/// The number of tickets on the desk; the last one is of another customer.
const TICKETS: usize = 4;

/// A desk in a plain folder, without git, whose clock moves when a command runs.
pub struct WalkedDesk {
    pub folder: TempDir,
    pub now: DateTime<Utc>,
    pub tickets: Vec<Id>,
}

impl WalkedDesk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let people = "[team]\nagents = [\"kenji@desk.example\"]\nmanagers = [\"mori@desk.example\"]\n";
        fs::write(folder.path().join("casebook.toml"), format!("format = 1\n{people}")).unwrap();
        let mut desk = Self { folder, now: "2026-11-21T09:00:00Z".parse().unwrap(), tickets: Vec::new() };
        for number in 0..TICKETS {
            let side = if number + 1 < TICKETS { Side::Customer } else { Side::Outsider };
            let opening = OpenFields::new(format!("Ticket {number}"), Priority::S3, side.person());
            let step =
                ActionRequest { target: TicketRef::New, ..step(Id::at(desk.now, 0), Action::Open(Box::new(opening))) };
            let opened = desk.perform(side, step).unwrap();
            desk.tickets.extend(opened);
        }
        desk
    }

    pub fn casebook(&self) -> Desk {
        let seed = Some(self.now.timestamp().cast_unsigned());
        let world = Environment { seed, ..environment(self.now) };
        Desk::open(self.folder.path(), world).unwrap()
    }

    pub fn perform(&mut self, side: Side, step: ActionRequest) -> Result<Vec<Id>, Error> {
        self.now += TimeDelta::minutes(1);
        let terms =
            WriteOptions { actor: side.person(), on_behalf: false, git_author: None, dry_run: false, commit: None };
        let report = self.casebook().perform(Command::Ticket(TicketCommand::Requests(vec![step])), &terms)?;
        Ok(report.tickets.iter().map(|ticket| ticket.id).collect())
    }

    pub fn ticket(&self, id: Id) -> Ticket {
        self.casebook().as_seen_by(None).unwrap().ticket(id).unwrap()
    }

    /// Returns every file of the desk with its bytes.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        gather(&self.folder.path().join("tickets"), &mut files);
        files
    }
}

fn gather(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            files.insert(path.to_string_lossy().into_owned(), fs::read(&path).unwrap());
        }
    }
}

pub fn step(ticket: Id, action: Action) -> ActionRequest {
    let files = if action == Action::Attach { vec!["trace\n"] } else { vec![] };
    let attached = |words: &str| AttachmentData::of("trace.txt".to_owned(), words.as_bytes().to_vec());
    let attachments = files.into_iter().map(attached).collect();
    ActionRequest { attachments, ..ActionRequest::on(ticket, action, Text::clean("Some words.")) }
}

/// An action to do; numbers stand for tickets until there are some.
#[derive(Clone, Debug)]
pub struct DrawnAction {
    pub side: Side,
    pub ticket: usize,
    other: usize,
    what: usize,
    pub keep_open: bool,
    pub pause: i64,
}

pub fn drawn_action() -> impl Strategy<Value = DrawnAction> {
    let sides = [Side::Agent, Side::Agent, Side::Agent, Side::Manager, Side::Customer, Side::Customer, Side::Outsider];
    (select(sides.to_vec()), 0..TICKETS, 0..TICKETS, 0usize..25, any::<bool>(), select(vec![0, 1, 24, 96, 200]))
        .prop_map(|(side, ticket, other, what, keep_open, pause)| DrawnAction {
            side,
            ticket,
            other,
            what,
            keep_open,
            pause,
        })
}

/// An action that links tickets, or is written to a linked one.
pub fn linking_action() -> impl Strategy<Value = DrawnAction> {
    let what = select(vec![0, 0, 9, 9, 13, 13, 13, 16, 17, 17]);
    (drawn_action(), what, select(vec![Side::Agent, Side::Agent, Side::Customer]), 0..TICKETS - 1, 0..TICKETS - 1)
        .prop_map(|(drawn, what, side, ticket, other)| DrawnAction { what, side, ticket, other, pause: 0, ..drawn })
}

impl DrawnAction {
    pub fn action(&self, desk: &WalkedDesk) -> Action {
        let (ticket, other) = (desk.tickets[self.ticket], desk.tickets[self.other]);
        let bo = Person::from_address("bo@acme.example").unwrap();
        match self.what {
            0..3 => reply(),
            3 => note(),
            4 => hold(HoldReason::Engineering),
            5 => hold(HoldReason::Workaround),
            6 => Action::Resume,
            7 | 8 => Action::Remind { auto: false },
            9 if self.keep_open => agreed(),
            9 => agreed_by_customer(),
            10 => bug_reported(),
            11 | 12 => no_response(),
            13..16 => Action::Merge { into: other, reason: MergeReason::SameIssue },
            16 => reopen(false),
            17 => reopen(true),
            18 => {
                if self.keep_open {
                    escalate()
                } else {
                    deescalate()
                }
            }
            19 => prioritize(if self.keep_open { Priority::S1 } else { Priority::S2 }),
            20 => Action::Assign { assignee: self.keep_open.then(|| Side::Agent.person()) },
            21 => Action::Cc {
                add: vec![bo.clone()],
                remove: if self.keep_open { vec![Side::Customer.person()] } else { vec![] },
            },
            22 => Action::Set {
                set: vec![(HeaderField::Field("region".to_owned()), Value::Bool(self.keep_open))],
                unset: vec![HeaderField::LANGUAGE],
            },
            23 => Action::Attach,
            _ => Action::Correct { entry: ticket, reason: "a word".to_owned() },
        }
    }
}

proptest! {
    #![proptest_config(arbitrary::config(300))]

    #[test]
    fn any_history_replays_to_the_same_header(ticket in arbitrary::ticket()) {
        let once = replay(&ticket.history);
        prop_assert!(once.is_some());
        prop_assert_eq!(&once, &replay(&ticket.history));
        prop_assert_eq!(once, Some(ticket.header));
    }

    #[test]
    fn replay_can_continue_from_any_entry(ticket in arbitrary::ticket()) {
        let mut so_far = Ticket::opened_by(ticket.history[0].clone()).unwrap();
        for (place, entry) in ticket.history.iter().enumerate().skip(1) {
            prop_assert_eq!(replay(&ticket.history[..place]), Some(so_far.header.clone()));
            so_far.append(entry.clone());
        }
        prop_assert_eq!(so_far, ticket);
    }

    #[test]
    fn a_merged_ticket_is_solved_whatever_entries_follow(ticket in arbitrary::ticket()) {
        if ticket.header.merged_into.is_some() {
            prop_assert_eq!(ticket.header.status, Status::Solved);
        }
        if ticket.header.hold.is_some() {
            prop_assert_eq!(ticket.header.status, Status::OnHold);
        }
        if ticket.header.resolution.is_some() {
            prop_assert_eq!(ticket.header.status, Status::Solved);
        }
    }

    #[test]
    fn chains_of_merges_end_and_cycles_break_at_the_later_merge(links in links()) {
        let tickets = linked(&links);
        for start in 0..tickets.len() {
            let read = |id: Id| tickets.iter().find(|ticket| ticket.id == id).cloned().ok_or(id);
            let found = resolve_merge_chain(&tickets[start], read);
            prop_assert_eq!(found, Ok(tickets[end_of(start, &links)].id));
        }
    }
}

/// The ticket that each ticket is merged into, and the order of the merges.
fn links() -> impl Strategy<Value = Vec<(Option<usize>, u32)>> {
    (2usize..7).prop_flat_map(|count| {
        proptest::collection::vec((proptest::option::weighted(0.8, 0..count), any::<u32>()), count)
    })
}

/// Returns the ticket where a conversation goes on, found in the simplest way: walk until a ticket repeats.
fn end_of(start: usize, links: &[(Option<usize>, u32)]) -> usize {
    let mut seen = vec![start];
    loop {
        let here = seen[seen.len() - 1];
        let Some(next) = links[here].0 else { return here };
        if let Some(ring) = seen.iter().position(|known| *known == next) {
            return seen[ring..].iter().copied().max_by_key(|&place| (links[place].1, place)).unwrap();
        }
        seen.push(next);
    }
}

/// Makes tickets with these links, as clones may have left them.
fn linked(links: &[(Option<usize>, u32)]) -> Vec<Ticket> {
    let begun: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
    let ids: Vec<Ticket> =
        (0..links.len()).map(|number| opened_at(begun, Side::Customer, None, number as u128)).collect();
    let mut tickets = ids.clone();
    for (place, (into, order)) in links.iter().enumerate() {
        let Some(into) = into else { continue };
        let at = begun + TimeDelta::seconds(1 + i64::from(*order));
        let action = Action::Merge { into: ids[*into].id, reason: MergeReason::SameIssue };
        tickets[place].append(Entry {
            from: Some(Status::Open),
            to: Some(Status::Solved),
            ..Entry::new(Id::at(at, place as u128), Side::Agent.person(), Role::Agent, action)
        });
    }
    tickets
}

proptest! {
    #![proptest_config(arbitrary::config(24))]

    #[test]
    fn any_commands_leave_a_desk_without_findings(drawn_actions in proptest::collection::vec(drawn_action(), 1..30)) {
        let mut desk = WalkedDesk::new();
        for drawn in &drawn_actions {
            desk.now += TimeDelta::hours(drawn.pause);
            let before = desk.files();
            let asked = ActionRequest { keep_open: drawn.keep_open, ..step(desk.tickets[drawn.ticket], drawn.action(&desk)) };
            match desk.perform(drawn.side, asked) {
                Ok(_) => {}
                Err(Error::Refused { .. } | Error::NotFound { .. }) => prop_assert_eq!(before, desk.files()),
                Err(other) => panic!("{drawn:?}: {other:?}"),
            }
            for id in &desk.tickets {
                let ticket = desk.ticket(*id);
                prop_assert_eq!(replay(&ticket.history), Some(ticket.header), "{:?}", drawn);
            }
        }
        let checked = check_desk(&mut desk.casebook(), &CheckScope::Everything).unwrap();
        prop_assert_eq!((checked.findings, checked.count), (Vec::new(), TICKETS));
    }
}

#[test]
fn a_reply_follows_a_chain_of_merges_and_unmerge_undoes_both_sides() {
    let mut desk = WalkedDesk::new();
    let [first, second, third] = desk.tickets[..3] else { panic!("three tickets") };
    let merge = |into| Action::Merge { into, reason: MergeReason::SameIssue };
    desk.perform(Side::Agent, step(first, merge(second))).unwrap();
    desk.perform(Side::Agent, step(second, merge(third))).unwrap();
    assert!(matches!(desk.perform(Side::Agent, step(third, merge(first))), Err(Error::Refused { .. })), "no ring");

    assert_eq!(desk.perform(Side::Agent, step(first, reply())).unwrap(), [third]);
    assert_eq!(desk.ticket(third).header.status, Status::AwaitingReply);
    let (from, to) = (desk.ticket(first), desk.ticket(third));
    let entry = to.version();
    assert_eq!(from.history.last().unwrap().action, Action::Forward { into: third, entry });
    assert_eq!(to.history.last().unwrap().action, Action::Reply { auto: false, via_ticket: Some(first) });
    assert_eq!(desk.ticket(second).history.len(), 3, "what lies between says nothing");

    desk.perform(Side::Agent, step(third, agreed_by_customer())).unwrap();
    desk.perform(Side::Customer, step(first, reply())).unwrap();
    assert_eq!(desk.ticket(third).header.status, Status::Open, "a customer's reply reopens the target");
    assert_eq!(desk.ticket(first).header.status, Status::Solved);

    desk.perform(Side::Customer, step(first, reopen(true))).unwrap();
    let (first, second) = (desk.ticket(first), desk.ticket(second));
    assert_eq!((first.header.status, first.header.merged_into), (Status::Open, None));
    assert_eq!(second.header.merged_from, []);
    assert_eq!(second.history.last().unwrap().action, Action::Unmerged { source: first.id, cc: Vec::new() });
    assert_eq!(second.header.merged_into, Some(third), "its own merge stays");
}

#[test]
fn two_clones_that_merge_tickets_into_each_other_agree_on_the_target() {
    let mut older = Scene::opened();
    let merge = older.merge();
    older.does(Side::Agent, merge);
    let mut younger = Scene { ticket: older.other.clone(), other: older.ticket.clone(), now: older.now };
    // The other clone did not have the merge, so there the target could be merged the other way round.
    younger.ticket = Scene::opened().other;
    younger.now += TimeDelta::hours(1);
    younger.other = Scene::opened().ticket;
    let merge = younger.merge();
    younger.does(Side::Agent, merge);
    let (a, b) = (older.ticket, younger.ticket);
    assert!(a.version() < b.version());
    let read = |id: Id| if id == a.id { Ok::<_, ()>(a.clone()) } else { Ok(b.clone()) };
    assert_eq!((resolve_merge_chain(&a, read), resolve_merge_chain(&b, read)), (Ok(b.id), Ok(b.id)));
    assert_eq!(merge_counterpart(&a, &b), Action::Merged { source: a.id, cc: vec![] });
}

#[test]
fn a_reply_to_a_merged_ticket_reveals_no_concealed_ticket() {
    let mut desk = WalkedDesk::new();
    let organized = |side: Side| {
        let opening = OpenFields::new("Slow".to_owned(), Priority::S3, side.person());
        Action::Open(Box::new(OpenFields { organization: Some("acme".to_owned()), ..opening }))
    };
    let mut open = |side| {
        let opening = ActionRequest { target: TicketRef::New, ..step(Id::at(desk.now, 0), organized(side)) };
        desk.perform(side, opening).unwrap()[0]
    };
    let (source, target) = (open(Side::Outsider), open(Side::Customer));
    desk.perform(Side::Agent, step(source, Action::Merge { into: target, reason: MergeReason::SameIssue })).unwrap();
    let keyed = |key: &str| ActionRequest { key: Some(key.to_owned()), ..step(source, reply()) };
    assert_eq!(desk.perform(Side::Outsider, keyed("one")).unwrap(), [target]);
    desk.perform(Side::Agent, step(target, Action::Cc { add: vec![], remove: vec![Side::Outsider.person()] })).unwrap();
    assert_eq!(desk.perform(Side::Outsider, keyed("two")).unwrap(), [source], "it is recorded all the same");
    assert_eq!(desk.perform(Side::Outsider, keyed("two")).unwrap(), [source]);
    assert_eq!(desk.perform(Side::Agent, keyed("one")).unwrap(), [target]);
    assert_eq!(desk.ticket(target).history.iter().filter(|entry| entry.is_reply_of(Role::Customer)).count(), 2);
}

#[test]
fn a_version_is_the_id_of_exactly_one_entry() {
    let mut desk = WalkedDesk::new();
    let ticket = desk.tickets[0];
    desk.perform(Side::Agent, step(ticket, note())).unwrap();
    let at = |version: String| ActionRequest { if_version: Some(version), ..step(ticket, note()) };
    let last = desk.ticket(ticket).version().to_string();
    for shared in [&last[..4], &ticket.to_string()] {
        let refused = desk.perform(Side::Agent, at(shared.to_owned()));
        assert!(matches!(refused, Err(Error::VersionChanged { .. })), "{shared}");
    }
    desk.perform(Side::Agent, at(last.to_lowercase())).unwrap();
    let last = desk.ticket(ticket).version().to_string();
    desk.perform(Side::Agent, at(last[20..].to_owned())).unwrap();
}
