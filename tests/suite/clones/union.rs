//! The union of two versions of a ticket: its laws over random histories, and inputs that have no union.

use casebook::domain::convergence::union::{ConflictKind, UnionError, concurrent};
use casebook::domain::id::Id;
use casebook::domain::ticket::Ticket;
use casebook::domain::ticket::entry::Entry;
use casebook::domain::ticket::replay::replay;
use casebook::store::yaml::{MergeConflict, MergeSide, merge, print, read};
use proptest::prelude::*;

use crate::fixtures::arbitrary;

/// The ticket on a clone that has some of the entries.
fn knowing(ticket: &Ticket, mut knows: impl FnMut(usize) -> bool) -> Ticket {
    let known = |(place, entry): (usize, &Entry)| (place == 0 || knows(place)).then(|| entry.clone());
    let history: Vec<Entry> = ticket.history.iter().enumerate().filter_map(known).collect();
    Ticket { header: replay(&history).unwrap(), history, ..ticket.clone() }
}

/// A ticket on three clones, which together have every entry.
fn clones() -> impl Strategy<Value = (Ticket, [Vec<u8>; 3])> {
    (arbitrary::ticket(), proptest::collection::vec(1u8..8, 8)).prop_map(|(ticket, masks)| {
        let file = |clone: u8| {
            let known = knowing(&ticket, |place| masks[place % masks.len()] & (1 << clone) != 0);
            print(&known).into_bytes()
        };
        let files = [file(0), file(1), file(2)];
        (ticket, files)
    })
}

fn united(one: &[u8], other: &[u8]) -> Vec<u8> {
    merge(None, one, other).unwrap_or_else(|split| panic!("{split:?}")).bytes
}

proptest! {
    #![proptest_config(arbitrary::config(100))]

    #[test]
    fn the_union_is_commutative_associative_and_idempotent((ticket, [a, b, c]) in clones()) {
        prop_assert_eq!(united(&a, &b), united(&b, &a));
        prop_assert_eq!(united(&united(&a, &b), &c), united(&a, &united(&b, &c)));
        prop_assert_eq!(united(&a, &a), a.clone());
        let crossed = |one: &[u8], other: &[u8]| merge(None, one, other).map(|united| united.concurrent).unwrap();
        prop_assert_eq!(crossed(&a, &b), crossed(&b, &a));
        let all = united(&united(&a, &b), &c);
        prop_assert_eq!(&united(&all, &a), &all);
        // All entries, and the header that follows from them, as if one clone had made them all.
        prop_assert_eq!(String::from_utf8(all).unwrap(), print(&ticket));
    }

    #[test]
    fn every_entry_keeps_its_bytes_in_any_format((ticket, [a, b, _]) in clones(), note in "[a-z ]{1,20}") {
        // A person has quoted an address and added a comment, on one side only.
        let spelled = |file: &[u8]| {
            let text = String::from_utf8(file.to_vec()).unwrap();
            let entry = text.rfind("\n  at: ").unwrap();
            format!("# {note}\n{}\n  # {note}{}", &text[..entry], &text[entry..])
        };
        let old = knowing(&ticket, |_| false);
        let (base, by_hand) = (print(&old), spelled(&a));
        for (one, other) in [(by_hand.as_bytes(), b.as_slice()), (b.as_slice(), by_hand.as_bytes())] {
            match merge(Some(base.as_bytes()), one, other) {
                Ok(united) => {
                    let text = String::from_utf8(united.bytes).unwrap();
                    prop_assert!(text.starts_with(&format!("# {note}\n")), "{}", text);
                    prop_assert!(text.contains(&format!("\n  # {note}\n  at: ")), "{}", text);
                    let ids = |ticket: &Ticket| ticket.history.iter().map(|entry| entry.id).collect::<Vec<_>>();
                    let mut both = [ids(&read(&a, None).unwrap()), ids(&read(&b, None).unwrap())].concat();
                    both.sort();
                    both.dedup();
                    prop_assert_eq!(ids(&united.ticket), both);
                }
                // The base does not have that entry, so it is unknown which spelling is the older one.
                Err(MergeConflict::Spelling(_)) => prop_assert!(read(&b, None).unwrap().history.len() > 1),
                Err(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn no_input_makes_the_merge_panic(one in ".{0,80}", (_, [a, b, _]) in clones(), cut in 0usize..4000) {
        let _ = merge(Some(one.as_bytes()), &a, one.as_bytes());
        let _ = merge(Some(&a), &a[..cut.min(a.len())], &b);
    }
}

fn ticket() -> Ticket {
    let text = "format: 1\nid: 01M7ZH3CA08R6T2M4N0P5S7W1X\nsubject: Tiles\nstatus: awaiting_reply\npriority: S3\nrequester: \
        ana@acme.example\n\nhistory:\n- id: 01M7ZH3CA08R6T2M4N0P5S7W1X\n  at: 2026-11-21T17:05:12Z\n  by: \
        ana@acme.example\n  role: customer\n  action: open\n  to: open\n  subject: Tiles\n  priority: S3\n  requester: \
        ana@acme.example\n  text: |\n    All of them.\n\n- id: 01M7ZK369RH2Y4D6F8J0M2Q4S6\n  at: 2026-11-21T17:40:03Z\n  \
        by: kenji@desk.example\n  role: agent\n  action: reply\n  from: open\n  to: awaiting_reply\n  text: |\n    \
        Which release?\n...\n";
    read(text.as_bytes(), None).unwrap()
}

fn with(text: &str, from: &str, to: &str) -> Vec<u8> {
    assert!(text.contains(from), "{from}");
    text.replace(from, to).into_bytes()
}

#[test]
fn inputs_without_a_union_are_conflicts() {
    let file = print(&ticket());
    let entry: Id = "01M7ZK369RH2Y4D6F8J0M2Q4S6".parse().unwrap();
    let base = Some(file.as_bytes());
    let edited = with(&file, "Which release?", "Which version?");
    assert_eq!(merge(base, file.as_bytes(), &edited), Err(MergeConflict::Union(UnionError::Entry(entry))));
    let cut = with(&file, "...\n", "");
    let Err(MergeConflict::Unreadable { side: MergeSide::Theirs, .. }) = merge(base, file.as_bytes(), &cut) else {
        panic!()
    };
    let Err(MergeConflict::Unreadable { side: MergeSide::Ours, .. }) = merge(base, &cut, file.as_bytes()) else {
        panic!()
    };
    let newer = with(&file, "format: 1", "format: 2");
    assert_eq!(merge(base, &newer, file.as_bytes()), Err(MergeConflict::NewerFormat(2)));
    let quoted = |quote: &str| with(&file, "by: kenji@desk.example", &format!("by: {quote}kenji@desk.example{quote}"));
    assert_eq!(merge(base, &quoted("'"), &quoted("\"")), Err(MergeConflict::Spelling(entry)));
    assert_eq!(merge(base, &quoted("'"), file.as_bytes()).unwrap().bytes, quoted("'"));
    let (one, other) = (format!("# one\n{file}"), format!("# other\n{file}"));
    assert_eq!(merge(base, one.as_bytes(), other.as_bytes()), Err(MergeConflict::HandEdits));
    assert_eq!(merge(base, one.as_bytes(), file.as_bytes()).unwrap().bytes, one.as_bytes());
}

#[test]
fn edits_of_both_sides_on_different_header_lines_stay() {
    let file = print(&ticket());
    let base = Some(file.as_bytes());
    let (one, other) = (
        with(&file, "subject: Tiles\nst", "subject: Tiles # vip\nst"),
        with(&file, "\n\nhistory", "\n# call\n\nhistory"),
    );
    let both =
        "subject: Tiles # vip\nstatus: awaiting_reply\npriority: S3\nrequester: ana@acme.example\n# call\n\nhistory:";
    // Besides the edit, each side has an entry of its own, and the header follows from both.
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let add = |bytes: &[u8], id: &str, by: &str| {
        let entry = format!(
            "\n- id: {id}\n  at: 2026-11-21T17:45:00Z\n  by: {by}\n  role: agent\n  action: note\n  from: awaiting_reply\n  text: |\n    x\n...\n"
        );
        text(bytes).replace("...\n", &entry).into_bytes()
    };
    let one = add(&one, "01M7ZKC7P0RH2Y4D6F8J0M2Q4S", "kenji@desk.example");
    let other = add(&other, "01M7ZKC7P1RH2Y4D6F8J0M2Q4S", "lea@desk.example");
    let united = merge(base, &one, &other).unwrap();
    assert!(text(&united.bytes).contains(both), "{}", text(&united.bytes));
    assert_eq!(united.ticket.history.len(), 4);
    assert_eq!(merge(base, &other, &one).unwrap().bytes, united.bytes);
}

#[test]
fn concurrent_entries_are_named_in_pairs() {
    let base = knowing(&ticket(), |_| false);
    let reply = ticket().history[1].clone();
    let (mut one, mut other) = (base.clone(), base);
    one.append(reply.clone());
    let later: Id = "01M7ZK369SH2Y4D6F8J0M2Q4S6".parse().unwrap();
    other.append(Entry { id: later, ..reply.clone() });
    let united = merge(None, print(&one).as_bytes(), print(&other).as_bytes()).unwrap();
    let [found] = united.concurrent.as_slice() else { panic!("{:?}", united.concurrent) };
    assert_eq!((found.entry, found.other), (later, reply.id));
    assert!(matches!(found.kind, ConflictKind::Status { .. }));
    assert_eq!(concurrent(&united.ticket), united.concurrent);
    let again = merge(None, &united.bytes, print(&one).as_bytes()).unwrap();
    assert_eq!(again.concurrent, [], "it is told once");
}
