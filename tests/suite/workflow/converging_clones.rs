//! Two clones that change the same tickets at random: after a merge nothing is lost, and links between tickets can
//! be made consistent again.

use std::collections::BTreeSet;
use std::fs;

use casebook::desk::{ActionRequest, CheckScope, Command, TicketCommand, WriteOptions, check_desk};
use casebook::domain::convergence::cross_ticket::{FORWARD_PREFIX, Inconsistency, duplicate_forwards};
use casebook::domain::convergence::union::concurrent;
use casebook::domain::id::Id;
use casebook::domain::rules::Severity;
use casebook::domain::rules::finding::Finding;
use casebook::domain::ticket::Ticket;
use casebook::domain::ticket::action::Action;
use casebook::domain::ticket::entry::Entry;
use casebook::error::Error;
use casebook::store::layout::ticket_path;
use casebook::store::yaml::merge;
use chrono::TimeDelta;
use proptest::prelude::*;

use super::random_walks::{DrawnAction, WalkedDesk, drawn_action, linking_action, step};
use crate::fixtures::arbitrary;
use crate::fixtures::desk::tree;
use crate::fixtures::sandbox::put;
use crate::fixtures::workflow_cast::*;

/// Does a drawn action, if the workflow allows it.
fn attempt(desk: &mut WalkedDesk, drawn: &DrawnAction) {
    desk.now += TimeDelta::hours(drawn.pause);
    let asked = ActionRequest { keep_open: drawn.keep_open, ..step(desk.tickets[drawn.ticket], drawn.action(desk)) };
    match desk.perform(drawn.side, asked) {
        Ok(_) | Err(Error::Refused { .. } | Error::NotFound { .. }) => {}
        Err(other) => panic!("{drawn:?}: {other:?}"),
    }
}

fn ids(ticket: &Ticket) -> BTreeSet<Id> {
    ticket.history.iter().map(|entry| entry.id).collect()
}

/// Merges another desk into this one, as git does. Nothing of either side is lost.
fn meet(desk: &mut WalkedDesk, other: &WalkedDesk) {
    for id in desk.tickets.clone() {
        let (ours, theirs) = (desk.ticket(id), other.ticket(id));
        let path = ticket_path(id);
        let read = |desk: &WalkedDesk| fs::read(desk.folder.path().join(&path)).unwrap();
        let united = merge(None, &read(desk), &read(other)).unwrap();
        assert_eq!(ids(&united.ticket), &ids(&ours) | &ids(&theirs));
        fs::write(desk.folder.path().join(&path), united.bytes).unwrap();
    }
    for (path, bytes) in tree(&other.folder.path().join("attachments")) {
        put(&desk.folder.path().join("attachments").join(path), &String::from_utf8(bytes).unwrap(), false);
    }
    desk.now = desk.now.max(other.now);
}

/// Relinks, as an agent or a manager does it on a clone.
fn mend(desk: &mut WalkedDesk, side: Side, later: TimeDelta) {
    desk.now += later;
    let terms = WriteOptions { actor: side.person(), on_behalf: false, git_author: None, dry_run: false, commit: None };
    desk.casebook().perform(Command::Ticket(TicketCommand::Relink { key: None }), &terms).unwrap();
}

/// Returns the keys of the replies that `resolve` copied to a ticket, once for each copy that a reader sees.
fn brought_keys(ticket: &Ticket) -> Vec<String> {
    let twins = duplicate_forwards(ticket);
    let replies = ticket.history.iter().filter(|entry| matches!(entry.action, Action::Reply { .. }));
    let read = replies.filter(|entry| !twins.contains_key(&entry.id));
    read.filter_map(|entry| entry.key.clone()).filter(|key| key.starts_with(FORWARD_PREFIX)).collect()
}

#[test]
fn a_copied_reply_that_reopens_its_target_leaves_nothing_to_reopen() {
    let (mut one, mut other) = (WalkedDesk::new(), WalkedDesk::new());
    other.now += TimeDelta::seconds(7);
    let [first, second] = [one.tickets[0], one.tickets[1]];
    one.perform(Side::Agent, step(second, agreed_by_customer())).unwrap();
    one.perform(Side::Customer, step(first, reply())).unwrap();
    let merge = Action::Merge { into: second, reason: casebook::domain::vocabulary::MergeReason::SameIssue };
    other.perform(Side::Agent, step(first, merge)).unwrap();
    meet(&mut one, &other);
    mend(&mut one, Side::Agent, TimeDelta::minutes(1));
    assert_eq!(one.casebook().clones().inconsistencies().unwrap(), Vec::new());
    assert_eq!(one.ticket(second).header.status, casebook::domain::vocabulary::Status::Open);
}

fn drawn_actions() -> impl Strategy<Value = Vec<DrawnAction>> {
    proptest::collection::vec(prop_oneof![5 => linking_action(), 1 => drawn_action()], 1..6)
}

proptest! {
    #![proptest_config(arbitrary::config(80))]

    #[test]
    fn merged_clones_are_relinked_and_nothing_is_lost(
        before in proptest::collection::vec(linking_action(), 0..3),
        here in drawn_actions(),
        there in drawn_actions(),
    ) {
        let (mut one, mut other) = (WalkedDesk::new(), WalkedDesk::new());
        prop_assert_eq!(&one.tickets, &other.tickets, "both begin with the same tickets");
        before.iter().for_each(|drawn| {
            attempt(&mut one, drawn);
            attempt(&mut other, drawn);
        });
        for id in &one.tickets {
            prop_assert_eq!(concurrent(&one.ticket(*id)), Vec::new(), "one clone alone crosses nothing");
        }
        // Another second, so that the ids of the clones differ.
        other.now += TimeDelta::seconds(7);
        here.iter().for_each(|drawn| attempt(&mut one, drawn));
        there.iter().for_each(|drawn| attempt(&mut other, drawn));
        meet(&mut one, &other);
        let met: Vec<BTreeSet<Id>> = one.tickets.iter().map(|id| ids(&one.ticket(*id))).collect();
        one.now += TimeDelta::minutes(1);
        let by = Side::Agent.person();
        let terms = WriteOptions { actor: by, on_behalf: false, git_author: None, dry_run: false, commit: None };
        one.casebook().perform(Command::Ticket(TicketCommand::Relink { key: None }), &terms).unwrap();
        prop_assert_eq!(one.casebook().clones().inconsistencies().unwrap(), Vec::new());
        let findings = check_desk(&mut one.casebook(), &CheckScope::Everything).unwrap().findings;
        let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        prop_assert!(errors.is_empty(), "{:#?}", errors);
        let rings = findings.iter().filter(|finding| finding.rule.word == "merge.cycle").count();
        prop_assert_eq!(rings, 0);
        for (id, met) in one.tickets.iter().zip(met) {
            prop_assert!(ids(&one.ticket(*id)).is_superset(&met));
        }
        let mended = one.files();
        one.casebook().perform(Command::Ticket(TicketCommand::Relink { key: None }), &terms).unwrap();
        prop_assert_eq!(one.files(), mended, "mending what is whole does nothing");
    }

    #[test]
    fn two_clones_that_both_relink_converge_and_no_reply_is_shown_twice(
        before in proptest::collection::vec(linking_action(), 0..3),
        here in drawn_actions(),
        there in drawn_actions(),
        meanwhile in proptest::collection::vec(linking_action(), 0..2),
    ) {
        let (mut one, mut other) = (WalkedDesk::new(), WalkedDesk::new());
        before.iter().for_each(|drawn| {
            attempt(&mut one, drawn);
            attempt(&mut other, drawn);
        });
        other.now += TimeDelta::seconds(7);
        here.iter().for_each(|drawn| attempt(&mut one, drawn));
        there.iter().for_each(|drawn| attempt(&mut other, drawn));
        meet(&mut one, &other);
        meet(&mut other, &one);
        other.now += TimeDelta::seconds(7);
        // One clone makes a change before it relinks, unknown to the other, which relinks too.
        meanwhile.iter().for_each(|drawn| attempt(&mut other, drawn));
        // A merge is taken back in the actor's name, so the two clones copy replies to two versions.
        let takes_back = one.casebook().clones().inconsistencies().unwrap().iter().any(|one| matches!(one, Inconsistency::Ring { .. }));
        mend(&mut one, Side::Agent, TimeDelta::minutes(1));
        mend(&mut other, Side::Manager, TimeDelta::hours(5));
        for round in 0..4 {
            meet(&mut one, &other);
            meet(&mut other, &one);
            prop_assert!(one.files().values().eq(other.files().values()), "not the same bytes");
            if one.casebook().clones().inconsistencies().unwrap().is_empty() {
                break;
            }
            prop_assert!(round < 3, "{:?}", one.casebook().clones().inconsistencies().unwrap());
            mend(&mut one, Side::Agent, TimeDelta::minutes(1));
        }
        let mut copies = 0;
        for id in &one.tickets {
            let ticket = one.ticket(*id);
            let mut keys = brought_keys(&ticket);
            let read = keys.len();
            keys.sort();
            keys.dedup();
            prop_assert_eq!(keys.len(), read, "read twice: {:?}", keys);
            copies += ticket.history.iter().filter(|entry| is_copy(entry)).count() - read;
        }
        prop_assert!(copies == 0 || takes_back || !meanwhile.is_empty(), "what mends the same version is the same entry");
        let findings = check_desk(&mut one.casebook(), &CheckScope::Everything).unwrap().findings;
        let is_wrong = |finding: &&Finding| finding.severity == Severity::Error || finding.rule.word == "entry.key";
        let errors: Vec<_> = findings.iter().filter(is_wrong).collect();
        prop_assert!(errors.is_empty(), "{:#?}", errors);
    }
}

fn is_copy(entry: &Entry) -> bool {
    let has_key = entry.key.as_ref().is_some_and(|key| key.starts_with(FORWARD_PREFIX));
    has_key && matches!(entry.action, Action::Reply { .. })
}
