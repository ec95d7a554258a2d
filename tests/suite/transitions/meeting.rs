//! Two clones at work on the same tickets, whatever they do: when they meet nothing is lost, and what has come apart
//! between tickets can be mended.

use std::collections::BTreeSet;
use std::fs;

use casebook::casebook::{Scope, Step, Terms, Work};
use casebook::domain::id::Id;
use casebook::domain::rule::Severity;
use casebook::domain::ticket::Ticket;
use casebook::domain::union::concurrent;
use casebook::error::Error;
use casebook::store::layout::ticket_path;
use casebook::store::yaml::unite;
use chrono::TimeDelta;
use proptest::prelude::*;

use super::cast::*;
use super::walks::{Deed, Desk, config, deed, linking_deed, step};

/// Lets somebody do it, if the rules let them.
fn attempt(desk: &mut Desk, deed: &Deed) {
    desk.now += TimeDelta::hours(deed.pause);
    let asked = Step { keep_open: deed.keep_open, ..step(desk.tickets[deed.ticket], deed.action(desk)) };
    match desk.perform(deed.side, asked) {
        Ok(_) | Err(Error::Refused { .. } | Error::NotFound { .. }) => {}
        Err(other) => panic!("{deed:?}: {other:?}"),
    }
}

fn ids(ticket: &Ticket) -> BTreeSet<Id> {
    ticket.history.iter().map(|entry| entry.id).collect()
}

/// Takes in what another desk has, as a merge of git's does. Nothing of either side is lost.
fn meet(desk: &mut Desk, other: &Desk) {
    for id in desk.tickets.clone() {
        let (ours, theirs) = (desk.ticket(id), other.ticket(id));
        let path = ticket_path(id);
        let read = |desk: &Desk| fs::read(desk.folder.path().join(&path)).unwrap();
        let united = unite(None, &read(desk), &read(other)).unwrap();
        assert_eq!(ids(&united.ticket), &ids(&ours) | &ids(&theirs));
        fs::write(desk.folder.path().join(&path), united.bytes).unwrap();
    }
    desk.now = desk.now.max(other.now);
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    proptest::collection::vec(prop_oneof![5 => linking_deed(), 1 => deed()], 1..6)
}

proptest! {
    #![proptest_config(config(80))]

    #[test]
    fn what_two_clones_leave_is_mended_and_nothing_is_lost(
        before in proptest::collection::vec(linking_deed(), 0..3),
        here in deeds(),
        there in deeds(),
    ) {
        let (mut one, mut other) = (Desk::new(), Desk::new());
        prop_assert_eq!(&one.tickets, &other.tickets, "both begin with the same tickets");
        before.iter().for_each(|deed| {
            attempt(&mut one, deed);
            attempt(&mut other, deed);
        });
        for id in &one.tickets {
            prop_assert_eq!(concurrent(&one.ticket(*id)), Vec::new(), "one clone alone crosses nothing");
        }
        // Another second, so that the ids of the clones differ.
        other.now += TimeDelta::seconds(7);
        here.iter().for_each(|deed| attempt(&mut one, deed));
        there.iter().for_each(|deed| attempt(&mut other, deed));
        meet(&mut one, &other);
        let met: Vec<BTreeSet<Id>> = one.tickets.iter().map(|id| ids(&one.ticket(*id))).collect();
        one.now += TimeDelta::minutes(1);
        let by = Side::Agent.person();
        let terms = Terms { by, on_behalf: false, git_author: None, dry_run: false, commit: None };
        one.casebook().perform(Work::Rejoin { key: None }, &terms).unwrap();
        prop_assert_eq!(one.casebook().loose().unwrap(), Vec::new());
        let findings = one.casebook().check(&Scope::Everything).unwrap().findings;
        let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        prop_assert!(errors.is_empty(), "{:#?}", errors);
        let rings = findings.iter().filter(|finding| finding.rule.word == "merge.cycle").count();
        prop_assert_eq!(rings, 0);
        for (id, met) in one.tickets.iter().zip(met) {
            prop_assert!(ids(&one.ticket(*id)).is_superset(&met));
        }
        let mended = one.files();
        one.casebook().perform(Work::Rejoin { key: None }, &terms).unwrap();
        prop_assert_eq!(one.files(), mended, "mending what is whole does nothing");
    }
}
