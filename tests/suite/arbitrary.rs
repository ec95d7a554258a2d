//! Arbitrary tickets for property tests: legal in type, wild in content.

use casebook::domain::action::{Action, Fact, Opening, Override, Solution};
use casebook::domain::attachment::{Attachment, Digest, fit_name, may_have_some};
use casebook::domain::entry::Entry;
use casebook::domain::id::Id;
use casebook::domain::person::Person;
use casebook::domain::text::Text;
use casebook::domain::ticket::{Hold, Ticket};
use casebook::domain::value::{Fields, Value};
use casebook::domain::words::{EscalationReason, HoldReason, Kind, MergeReason, Priority, ReopenReason, Role, Status};
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, FileFailurePersistence};

/// How a property is tried: this often, times `CASEBOOK_PROPERTY_TIMES` (docs/contributing.md), from the seed that
/// `.cargo/config.toml` gives.
pub fn config(cases: u32) -> Config {
    let asked = std::env::var_os("CASEBOOK_PROPERTY_TIMES");
    let times = asked.map_or(1, |times| times.to_string_lossy().parse().expect("a number of times"));
    let cases = cases.saturating_mul(times);
    Config { cases, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
}

/// Fragments that YAML readers are known to trip over.
const TRAPS: &[&str] = &[
    "no",
    "1e3",
    "12:30",
    "2026-11-21",
    "<<",
    "=",
    "#",
    ": ",
    "- ",
    " #",
    "\t",
    "  ",
    "\u{2028}",
    "\u{85}",
    "\u{feff}",
    "\u{1b}[31m",
    "\u{7}",
    "\u{0}",
    "🙂",
    "שלום",
    "日本語",
    "\u{202e}",
    "...",
    "---",
    "|",
    ">",
    "'",
    "\"",
    "\\",
    "%",
    "@",
    "`",
    "{",
    "}",
    "[",
    "]",
    ",",
    "&a",
    "*a",
    "!t",
    "?",
    "~",
    "null",
    "0x1f",
    "1_000",
    ".5",
    "é",
    "\u{a0}",
    "\u{fffe}",
    "\u{10ffff}",
    "<<<<<<< ours",
    "key: value",
    "- item",
    "::error::x",
    "\u{7f}",
    "\u{9f}",
    "\u{ad}",
    "\u{200b}",
    "\\n",
    "a",
    " ",
    "text",
];

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![4 => select(TRAPS).prop_map(str::to_owned), 2 => "[a-zA-Z0-9 ]{1,12}", 1 => any::<char>().prop_map(String::from)]
}

/// Typed text, uncleaned: every line end, blanks anywhere, empty lines at either end.
pub fn typed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![5 => fragment(), 2 => select(&["\n", "\r\n", "\r", "\n\n", "\n \n", "\n\t"][..]).prop_map(str::to_owned)];
    proptest::collection::vec(piece, 1..12).prop_map(|pieces| pieces.concat())
}

pub fn text() -> impl Strategy<Value = Text> {
    typed().prop_filter_map("blank", |typed| Text::clean(&typed))
}

/// Words on one line, as a subject or a reason.
pub fn words() -> impl Strategy<Value = String> {
    proptest::collection::vec(fragment(), 1..5).prop_filter_map("blank", |pieces| {
        let words = pieces.concat().replace(['\n', '\r'], " ");
        (!words.trim().is_empty()).then_some(words)
    })
}

pub fn person() -> impl Strategy<Value = Person> {
    let address = "[a-z]{1,6}@[a-z]{1,6}\\.example".prop_map(|address| Person::from_address(&address).unwrap());
    let name = words().prop_filter_map("no name", |words| Person::from_name(&words).ok());
    prop_oneof![3 => address, 1 => name]
}

pub fn id() -> impl Strategy<Value = Id> {
    (0i64..(1 << 42), any::<u128>())
        .prop_map(|(ms, random)| Id::at(DateTime::from_timestamp_millis(ms).unwrap(), random))
}

pub fn instant() -> impl Strategy<Value = DateTime<Utc>> {
    (0i64..4_000_000_000).prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap())
}

pub fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| Value::Integer(number.into())),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::Number),
        typed().prop_map(Value::String),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 1..4).prop_map(Value::List),
            fields_of(inner).prop_map(Value::Map),
        ]
    })
}

fn fields_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Fields> {
    proptest::collection::btree_map(words(), value, 1..4).prop_map(|map| map.into_iter().collect())
}

fn some<T: std::fmt::Debug + Clone>(strategy: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(strategy)
}

pub fn opening() -> impl Strategy<Value = Opening> {
    let people = (person(), some(person()), proptest::collection::vec(person(), 0..3));
    let place = (some(words()), some(words()), some(words()), some(words()));
    let labels = (some(words()), some(words()), proptest::collection::vec(words(), 0..3), some(id()));
    let extra = (
        some(fields_of(value())),
        some((words(), words())),
        some((words(), words())),
        some(fields_of(value())),
        some((Just(Kind::OrganizationAccess), some(person()))),
    );
    (words(), select(Priority::ALL), people, place, labels, extra).prop_map(
        |(subject, priority, people, place, labels, extra)| Opening {
            kind: extra.4.clone().map(|(kind, _)| kind),
            approved_by: extra.4.and_then(|(_, approved_by)| approved_by),
            product: place.0,
            product_group: place.1,
            organization: place.2,
            instance: place.3,
            assignee: people.1,
            cc: people.2,
            channel: labels.0,
            language: labels.1,
            tags: labels.2,
            follow_up_of: labels.3,
            fields: extra.0.unwrap_or_default(),
            overridden: extra.1.map(|(rule, reason)| Override { rule, reason }),
            imported_from: extra.2.clone().map(|(from, _)| from),
            imported_id: extra.2.map(|(_, id)| id),
            imported: extra.3.unwrap_or_default(),
            ..Opening::new(subject, priority, people.0)
        },
    )
}

fn nonempty_lists<T>((add, remove): (Vec<T>, Vec<T>)) -> Option<(Vec<T>, Vec<T>)> {
    (!add.is_empty() || !remove.is_empty()).then_some((add, remove))
}

fn solution() -> impl Strategy<Value = Solution> {
    prop_oneof![
        some(person()).prop_map(|by| Solution::Agreed { by }),
        (words(), select(Priority::ALL), instant()).prop_map(|(bug, priority, eta)| Solution::BugReported {
            bug,
            priority,
            eta
        }),
        Just(Solution::NoResponse),
    ]
}

fn set() -> impl Strategy<Value = Action> {
    let facts = select(Fact::NAMED.to_vec()).prop_map(|(_, fact)| fact);
    let name = "[a-z]{1,8}";
    let leaf = prop_oneof![any::<bool>().prop_map(Value::Bool), words().prop_map(Value::String)];
    let changes = (
        proptest::collection::btree_map(facts.clone(), words().prop_map(Value::String), 0..3),
        proptest::collection::btree_map(name.prop_map(Fact::Field), leaf, 0..2),
        proptest::collection::vec(facts, 0..2),
    );
    changes.prop_filter_map("no change", |(named, own, unset)| {
        let set: Vec<_> = named.into_iter().chain(own).collect();
        (!set.is_empty() || !unset.is_empty()).then_some(Action::Set { set, unset })
    })
}

/// Any action that can follow an opening.
pub fn action() -> impl Strategy<Value = Action> {
    let people = || proptest::collection::vec(person(), 0..3);
    let tags = || proptest::collection::vec(words(), 0..3);
    prop_oneof![
        (any::<bool>(), some(id())).prop_map(|(auto, via_ticket)| Action::Reply { auto, via_ticket }),
        (any::<bool>(), some(id())).prop_map(|(auto, via_ticket)| Action::Note { auto, via_ticket }),
        any::<bool>().prop_map(|auto| Action::Remind { auto }),
        (select(HoldReason::ALL), some(words()), some(instant()))
            .prop_map(|(reason, team, until)| Action::Hold(Hold { reason, team, until })),
        Just(Action::Resume),
        Just(Action::Attach),
        solution().prop_map(Action::Solve),
        (id(), select(MergeReason::ALL)).prop_map(|(into, reason)| Action::Merge { into, reason }),
        (id(), people()).prop_map(|(source, cc)| Action::Merged { source, cc }),
        (id(), id()).prop_map(|(into, entry)| Action::Forward { into, entry }),
        (select(ReopenReason::ALL), any::<bool>()).prop_map(|(reason, unmerge)| Action::Reopen { reason, unmerge }),
        id().prop_map(|source| Action::Unmerged { source }),
        (select(EscalationReason::ALL), some(person()))
            .prop_map(|(reason, manager)| Action::Escalate { reason, manager }),
        (some(select(EscalationReason::ALL)), some(person()))
            .prop_map(|(reason, manager)| Action::Deescalate { reason, manager }),
        (select(Priority::ALL), select(Priority::ALL)).prop_map(|(priority, was)| Action::Prioritize { priority, was }),
        some(person()).prop_map(|assignee| Action::Assign { assignee }),
        set(),
        (people(), people())
            .prop_filter_map("no change", nonempty_lists)
            .prop_map(|(add, remove)| Action::Cc { add, remove }),
        (tags(), tags())
            .prop_filter_map("no change", nonempty_lists)
            .prop_map(|(add, remove)| Action::Tag { add, remove }),
        (id(), words()).prop_map(|(entry, reason)| Action::Correct { entry, reason }),
        (id(), words()).prop_map(|(entry, reason)| Action::Redact { entry, reason }),
    ]
}

/// The name of a file somebody attached.
fn file_name() -> impl Strategy<Value = String> {
    let name = prop_oneof![3 => words().prop_map(|words| words.replace('/', "-")), 1 => "[a-z]{1,8}\\.[a-z]{3}"];
    name.prop_filter("no name", |name| fit_name(name).is_ok())
}

/// Digests, among them such as look like numbers.
fn digest() -> impl Strategy<Value = Digest> {
    let digits = proptest::array::uniform32((0u8..10, 0u8..10).prop_map(|(high, low)| high << 4 | low));
    let exponent = digits.clone().prop_map(|mut digits| {
        digits[0] = digits[0] & 0xf0 | 0x0e;
        digits
    });
    let binary = proptest::array::uniform32(select(&[0u8, 1, 0x10, 0x11][..])).prop_map(|mut digits| {
        digits[0] = 0x0b;
        digits
    });
    prop_oneof![3 => any::<[u8; 32]>(), 1 => digits, 1 => exponent, 1 => binary].prop_map(Digest)
}

fn attachments() -> impl Strategy<Value = Vec<Attachment>> {
    let size = prop_oneof![0u64..2_000_000, 0u64..1 << 63];
    let one = (file_name(), size, digest()).prop_map(|(name, size, digest)| Attachment { name, size, digest });
    proptest::collection::vec(one, 1..4).prop_map(|mut attachments| {
        let mut known = Vec::new();
        attachments.retain(|attachment| {
            let is_new = !known.contains(&attachment.digest);
            known.push(attachment.digest);
            is_new
        });
        attachments
    })
}

prop_compose! {
    fn entry()(
        action in action(), by in person(), role in select(Role::ALL), from in select(Status::ALL),
        to in some(select(Status::ALL)), key in some(words()), message_id in some(words()), text in some(text()),
        files in attachments(), has_files in any::<bool>(), gap in 0i64..10_000_000, random in any::<u128>(),
    ) -> (Entry, i64) {
        let has_files = action == Action::Attach || has_files && may_have_some(&action);
        let attachments = if has_files { files } else { Vec::new() };
        let placeholder = Id::at(DateTime::UNIX_EPOCH, random);
        (Entry { id: placeholder, at: DateTime::UNIX_EPOCH, by, role, action, from: Some(from), to, key, message_id, attachments, text }, gap)
    }
}

prop_compose! {
    /// A ticket of one to six entries: any sequence, legal or not, since replay is total.
    pub fn ticket()(
        first in id(), opening in opening(), by in person(), role in select(Role::ALL), text in text(), files in some(attachments()),
        later in proptest::collection::vec(entry(), 0..6),
    ) -> Ticket {
        let at = casebook::domain::clock::whole_seconds(first.time());
        let opened = Entry {
            id: first, at, by, role, action: Action::Open(Box::new(opening)), from: None, to: Some(Status::Open),
            key: None, message_id: None, attachments: files.unwrap_or_default(), text: Some(text),
        };
        let mut ticket = Ticket::opened_by(opened).unwrap();
        for (mut entry, gap) in later {
            let now = ticket.version().time() + TimeDelta::milliseconds(gap);
            let random = entry.id;
            entry.id = Id::after(Some(ticket.version()), now, u128::from(random.to_string().bytes().map(u64::from).sum::<u64>()));
            entry.at = casebook::domain::clock::whole_seconds(entry.id.time());
            ticket.append(entry);
        }
        ticket
    }
}
