//! The index: whatever happens to the files, the answers with it are the same as without it.

use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use casebook::desk::{Desk, Environment, SearchRequest, SummaryList, UnreadableFile};
use casebook::domain::id::Id;
use casebook::domain::people::person::Person;
use casebook::domain::query::search::{MatchMode, Pattern};
use casebook::domain::query::{QueryScope, parse};
use casebook::domain::ticket::summary::Summary;
use casebook::domain::ticket::texts::TicketTexts;
use casebook::domain::time::zone::Zone;
use casebook::store::index::{FileStamp, Index, IndexBuilder, MonthFolder, NewRow, Row, Rows, TextsBatch, TextsFile};
use casebook::store::layout::ticket_path;
use casebook::store::short_id::short_ids;
use casebook::store::yaml::print;
use casebook::view::search_results;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::Index as Pick;

use crate::fixtures::arbitrary;
use crate::fixtures::environment::environment;
use crate::fixtures::sandbox::Sandbox;

/// More tickets than the number below which no index is written.
const TICKETS: usize = 80;
/// Longer than the time for which a file must be unchanged to be believed.
const A_WHILE: Duration = Duration::from_millis(70);

/// Summaries, unreadable files, names, and tickets found by parts of ids.
type Answers = (Vec<Summary>, Vec<UnreadableFile>, Vec<Id>, Vec<String>);

/// A desk of many small tickets over two months, in a repository with two branches that differ.
struct TestDesk {
    sandbox: Sandbox,
}

fn now() -> DateTime<Utc> {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

impl TestDesk {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let desk = Self { sandbox };
        desk.sandbox.write("casebook.toml", "format = 1\n[team]\nagents = [\"kenji@desk.example\"]\n");
        let template = ticket_text();
        for place in 0..TICKETS {
            let id = Id::at(now() - TimeDelta::hours(12 * place as i64), place as u128);
            desk.sandbox.write(ticket_path(id), &template.replace("ID", &id.to_string()));
        }
        desk.sandbox.shell("git init -q && git add -A && git commit -qm one && git checkout -qb other").ok();
        let changed = desk.files();
        for path in &changed[..TICKETS / 2] {
            desk.swap(path, "priority: S3", "priority: S1");
        }
        fs::remove_file(&changed[0]).unwrap();
        desk.sandbox.shell("git add -A && git commit -qm two && git checkout -q main").ok();
        desk
    }

    fn root(&self) -> PathBuf {
        self.sandbox.path(".")
    }

    fn files(&self) -> Vec<PathBuf> {
        let listed = self.sandbox.shell("find tickets -name '*.yaml' -type f | sort").ok().stdout;
        listed.lines().map(|path| self.sandbox.path(path)).collect()
    }

    /// Changes a file in place: the same inode, and the same size if both texts have the same length.
    fn swap(&self, path: &Path, from: &str, to: &str) {
        let text = fs::read_to_string(path).unwrap();
        let text = if text.contains(from) { text.replace(from, to) } else { text.replace(to, from) };
        fs::write(path, text).unwrap();
    }

    fn read(&self, no_index: bool) -> Answers {
        let casebook = self.desk(no_index);
        let view = casebook.as_seen_by(None).unwrap();
        let SummaryList { rows, unreadable: troubles } = view.summaries().unwrap();
        let names = view.ids().unwrap();
        let mut short = short_ids(&names);
        for (id, short) in names.iter().zip(&mut short) {
            assert_eq!(view.short_id(*id).unwrap(), *short);
            assert_eq!(view.find(short).unwrap(), *id);
        }
        // Parts of ids, and ids of deleted tickets, are looked up the same way.
        for part in ["01K", "01M7", "0000", "0000000000000", "ZZZZ"] {
            short.push(format!("{:?}", view.find(part)));
        }
        (rows.iter().collect(), troubles, names, short)
    }

    /// The results of searches of support and of a customer.
    fn search(&self, no_index: bool) -> Vec<String> {
        let casebook = self.desk(no_index);
        let customer = Person::from_address("ana@acme.example").unwrap();
        let zone = Zone::named("UTC").unwrap();
        let saved = BTreeMap::new();
        let mut results = Vec::new();
        for (words, is_regex, query, viewer) in [
            ("AN answer", false, "-priority:S3", None),
            ("x?.+", true, "", None),
            ("text", false, "answer", None),
            ("text", false, "", Some(&customer)),
            ("text", false, "status:open", Some(&customer)),
        ] {
            let pattern = Pattern::parse(words, MatchMode { is_regex, whole_words: false }).unwrap();
            let query = parse(query, &QueryScope { now: now(), zone: &zone, viewer, saved: &saved }).unwrap();
            let find = |texts: &TicketTexts<'_>| search_results::find(texts, &pattern, 0);
            let request = SearchRequest { query: &query, pattern: &pattern, find: &find };
            let mut push = |result| {
                results.push(search_results::render_tsv(&result));
                Ok::<_, casebook::error::Error>(())
            };
            let unreadable = casebook.as_seen_by(viewer).unwrap().search_tickets(&request, &mut push).unwrap();
            results.push(format!("{unreadable:?}"));
        }
        results
    }

    fn desk(&self, no_index: bool) -> Desk {
        let world = Environment { no_index, ..environment(now()) };
        Desk::open(&self.root(), world).unwrap()
    }

    fn assert_true(&self, why: &str) {
        let found = self.search(true);
        for turn in 0..2 {
            assert_eq!(self.search(false), found, "{why}, {turn}");
        }
        let (rows, troubles, names, short) = self.read(true);
        for turn in 0..2 {
            let (with_rows, with_troubles, with_names, with_short) = self.read(false);
            assert_eq!(with_rows, rows, "{why}, {turn}");
            assert_eq!(with_troubles, troubles, "{why}, {turn}");
            assert_eq!(with_names, names, "{why}, {turn}");
            assert_eq!(with_short, short, "{why}, {turn}");
        }
    }

    fn index(&self) -> PathBuf {
        self.derived(false)
    }

    fn derived(&self, texts: bool) -> PathBuf {
        self.sandbox.path(if texts { ".git/casebook/texts" } else { ".git/casebook/index" })
    }
}

fn ticket_text() -> String {
    "format: 1\nid: ID\nsubject: Tiles time out\nstatus: open\npriority: S3\nrequester: ana@acme.example\n\nhistory:\n\
     - id: ID\n  at: 2026-11-21T09:00:00Z\n  by: ana@acme.example\n  role: customer\n  action: open\n  to: open\n  \
     subject: Tiles time out\n  priority: S3\n  requester: ana@acme.example\n  text: |\n    Text.\n...\n"
        .to_owned()
}

/// A change of the files.
#[derive(Clone, Debug)]
enum Event {
    /// A pause, long enough for the index to believe the files.
    Wait,
    /// An edit of the same size, at the same time as the change before.
    Edit(Pick),
    /// An edit whose time is set back to what it was.
    EditInSecret(Pick),
    /// A time in the past or the future.
    Touch(Pick, bool),
    /// A file that is moved away, and back or not.
    Rename(Pick, bool),
    Delete(Pick),
    /// Another ticket's bytes, with its times.
    CopyOver(Pick, Pick),
    Damage(Pick),
    /// A command of casebook.
    Reply(Pick),
    Note(Pick),
    Redact(Pick),
    Open,
    /// A command of git.
    Checkout(bool),
    Stash,
    Restore,
    /// A file that is not a ticket.
    Misplace(bool),
    /// A change of the index, or of the file of texts.
    ForgetIndex(bool),
    DamageIndex(bool, u16),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => Just(Event::Wait),
        4 => any::<Pick>().prop_map(Event::Edit),
        2 => any::<Pick>().prop_map(Event::EditInSecret),
        1 => (any::<Pick>(), any::<bool>()).prop_map(|(pick, past)| Event::Touch(pick, past)),
        1 => (any::<Pick>(), any::<bool>()).prop_map(|(pick, back)| Event::Rename(pick, back)),
        1 => any::<Pick>().prop_map(Event::Delete),
        1 => (any::<Pick>(), any::<Pick>()).prop_map(|(from, to)| Event::CopyOver(from, to)),
        1 => any::<Pick>().prop_map(Event::Damage),
        2 => any::<Pick>().prop_map(Event::Reply),
        1 => any::<Pick>().prop_map(Event::Note),
        1 => any::<Pick>().prop_map(Event::Redact),
        1 => Just(Event::Open),
        2 => any::<bool>().prop_map(Event::Checkout),
        1 => Just(Event::Stash),
        1 => Just(Event::Restore),
        1 => any::<bool>().prop_map(Event::Misplace),
        1 => any::<bool>().prop_map(Event::ForgetIndex),
        2 => any::<(bool, u16)>().prop_map(|(texts, at)| Event::DamageIndex(texts, at)),
    ]
}

impl TestDesk {
    fn happen(&self, event: &Event) {
        let files = self.files();
        let pick = |pick: &Pick| &files[pick.index(files.len())];
        match event {
            _ if files.is_empty() => {}
            Event::Wait => std::thread::sleep(A_WHILE),
            Event::Edit(at) => self.swap(pick(at), "priority: S3", "priority: S2"),
            Event::EditInSecret(at) => {
                let before = fs::metadata(pick(at)).unwrap().modified().unwrap();
                self.swap(pick(at), "priority: S3", "priority: S4");
                set_time(pick(at), before);
            }
            Event::Touch(at, past) => {
                let span = Duration::from_secs(86_400);
                let time = if *past { SystemTime::UNIX_EPOCH + span } else { SystemTime::UNIX_EPOCH + span * 40_000 };
                set_time(pick(at), time);
            }
            Event::Rename(at, back) => {
                let away = self.sandbox.path("away");
                fs::rename(pick(at), &away).unwrap();
                if *back {
                    fs::rename(&away, pick(at)).unwrap();
                }
            }
            Event::Delete(at) => fs::remove_file(pick(at)).unwrap(),
            Event::CopyOver(from, to) => {
                let (from, to) = (pick(from).display().to_string(), pick(to).display().to_string());
                self.sandbox.shell(&format!("cp -p {from} {to} || true")).ok();
            }
            Event::Damage(at) => self.swap(pick(at), "status: open", "status: opne"),
            Event::Reply(at) => {
                let id = pick(at).file_stem().unwrap().to_str().unwrap().to_owned();
                self.sandbox.run(&["reply", &id, "-m", "An answer.", "--no-commit"]);
            }
            Event::Note(at) => {
                let id = pick(at).file_stem().unwrap().to_str().unwrap().to_owned();
                self.sandbox.run(&["note", &id, "-m", "A text for support.", "--no-commit"]);
            }
            Event::Redact(at) => {
                let id = pick(at).file_stem().unwrap().to_str().unwrap().to_owned();
                self.sandbox.run(&["redact", &id, &id, "--reason", "x", "--subject", "Clean", "--no-commit"]);
            }
            Event::Open => drop(self.sandbox.run(&["open", "-s", "New", "-m", "Text", "--no-commit"])),
            Event::Checkout(other) => {
                let branch = if *other { "other" } else { "main" };
                self.sandbox.shell(&format!("git checkout -qf {branch}")).ok();
            }
            Event::Stash => drop(self.sandbox.shell("git stash -q && git stash pop -q || true").ok()),
            Event::Restore => drop(self.sandbox.shell("git checkout -q -f -- tickets").ok()),
            Event::Misplace(link) => {
                let script = if *link { "ln -sf nowhere" } else { "touch" };
                self.sandbox.shell(&format!("{script} tickets/2026/11/note.yaml")).ok();
            }
            Event::ForgetIndex(texts) => drop(fs::remove_file(self.derived(*texts))),
            Event::DamageIndex(texts, at) => {
                if let Ok(mut bytes) = fs::read(self.derived(*texts)) {
                    let place = usize::from(*at) * bytes.len() / 65_536;
                    bytes[place] ^= 1 << (at % 8);
                    fs::write(self.derived(*texts), bytes).unwrap();
                }
            }
        }
    }
}

fn set_time(path: &Path, time: SystemTime) {
    File::options().write(true).open(path).unwrap().set_times(FileTimes::new().set_modified(time)).unwrap();
}

proptest! {
    #![proptest_config(arbitrary::config(12))]

    #[test]
    fn answers_are_the_same_as_without_an_index_whatever_happens(events in proptest::collection::vec(event(), 4..24)) {
        let desk = TestDesk::new();
        std::thread::sleep(A_WHILE);
        desk.assert_true("at first");
        for event in &events {
            desk.happen(event);
            desk.assert_true(&format!("{event:?}"));
        }
    }
}

proptest! {
    #![proptest_config(arbitrary::config(200))]

    #[test]
    fn a_summary_is_read_from_the_index_as_it_was_written(ticket in arbitrary::ticket()) {
        let folder = tempfile::tempdir().unwrap();
        let (row, stamp) = (Summary::from(&ticket), FileStamp { size: 1, modified: 2, changed: 3, inode: 4 });
        let mut making = IndexBuilder::begin(folder.path()).unwrap();
        making.add_all(&[(ticket.id, Some(NewRow::of(&row, stamp)))]).unwrap();
        making.finish(&[]).unwrap();
        let index = Index::load(folder.path()).expect("an index");
        let rows = index.rows(0..1).expect("a sound index");
        let later = FileStamp { changed: 4, ..stamp };
        prop_assert!(rows[0].is_of(stamp) && !rows[0].is_of(later));
        prop_assert_eq!(rows[0].header, casebook::domain::ticket::summary::SummaryHeader::from(&row));
        let mut taken = Rows::default();
        prop_assert_eq!(index.decode_matching(&rows, &mut taken, |_| true), vec![]);
        prop_assert_eq!(taken.iter().collect::<Vec<_>>(), vec![row], "{}", print(&ticket));
    }
}

/// Returns the number of files whose summaries the index believes, as they are now.
fn believed(desk: &TestDesk) -> usize {
    let Some(index) = Index::load(&desk.sandbox.path(".git/casebook")) else { return 0 };
    let ids: Vec<Id> =
        desk.files().iter().map(|path| path.file_stem().unwrap().to_str().unwrap().parse().unwrap()).collect();
    let rows = index.rows_of(&ids).expect("a sound index");
    let is_known = |(row, path): (Option<Row>, PathBuf)| {
        row.is_some_and(|row| row.is_of(FileStamp::of(&fs::metadata(path).unwrap())))
    };
    rows.into_iter().zip(desk.files()).map(is_known).filter(|known| *known).count()
}

/// Returns whether the index believes the list of names in a month's folder.
fn knows_folder(desk: &TestDesk, month: u32) -> bool {
    let folder = desk.sandbox.path(format!("tickets/2026/{month:02}"));
    let stamp = FileStamp::of(&fs::metadata(folder).unwrap());
    let index = Index::load(&desk.sandbox.path(".git/casebook"));
    index.is_some_and(|index| index.cached_month(&MonthFolder { year: 2026, month, stamp }).is_some())
}

#[test]
fn the_index_avoids_reading_files() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    assert!(!desk.index().exists());
    desk.read(false);
    let made = fs::read(desk.index()).unwrap();
    assert_eq!(believed(&desk), TICKETS);
    assert!(knows_folder(&desk, 10) && knows_folder(&desk, 11));
    desk.read(false);
    assert_eq!(fs::read(desk.index()).unwrap(), made, "nothing changed, so nothing is written");
}

#[test]
fn only_changed_files_are_added_to_the_index() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    desk.read(false);
    let made = fs::read(desk.index()).unwrap();
    let files = desk.files();
    desk.swap(&files[3], "priority: S3", "priority: S1");
    fs::remove_file(&files[7]).unwrap();
    assert_eq!(believed(&desk), TICKETS - 2);
    std::thread::sleep(A_WHILE);
    desk.assert_true("one changed, one went");
    assert_eq!(believed(&desk), TICKETS - 1);
    let added = fs::read(desk.index()).unwrap();
    assert!(added.starts_with(&made) && added.len() > made.len(), "the index itself stays as it is");
    for _ in 0..400 {
        desk.swap(&files[3], "priority: S3", "priority: S1");
        std::thread::sleep(Duration::from_millis(1));
    }
    // The leftover of a killed writer is not part of the log, and the next writer removes it.
    fs::write(desk.index(), [added.as_slice(), b"half a piece"].concat()).unwrap();
    std::thread::sleep(A_WHILE);
    desk.assert_true("a torn log");
    let mended = fs::read(desk.index()).unwrap();
    assert!(mended.starts_with(&added) && !mended.windows(4).any(|bytes| bytes == b"half"));
    assert_eq!(believed(&desk), TICKETS - 1);
}

#[test]
fn a_file_as_recent_as_the_index_is_read_again() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    let files = desk.files();
    desk.swap(&files[3], "priority: S3", "priority: S1");
    desk.read(false);
    let young = FileStamp::of(&fs::metadata(&files[3]).unwrap());
    if !young.is_older_than(FileStamp::now(&desk.root()).unwrap()) {
        assert_eq!(believed(&desk), TICKETS - 1);
    }
    desk.assert_true("a young file");
}

#[test]
fn a_corrupt_index_changes_no_answer() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    desk.read(false);
    // After the index, its log.
    desk.swap(&desk.files()[3], "priority: S3", "priority: S1");
    std::thread::sleep(A_WHILE);
    let right = desk.read(true);
    desk.read(false);
    let whole = fs::read(desk.index()).unwrap();
    let places = (0..whole.len()).step_by(whole.len() / 60);
    for place in places {
        for (what, bytes) in [
            ("cut", whole[..place].to_vec()),
            (
                "garbled",
                whole.iter().enumerate().map(|(at, byte)| if at == place { byte ^ 0x10 } else { *byte }).collect(),
            ),
        ] {
            fs::write(desk.index(), bytes).unwrap();
            assert_eq!(desk.read(false), right, "{what} at {place}");
        }
    }
}

#[test]
fn reads_work_if_the_index_cannot_be_written() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    fs::create_dir_all(desk.sandbox.path(".git/casebook")).unwrap();
    fs::create_dir(desk.index()).unwrap();
    desk.assert_true("a folder in the index's place");
    assert!(desk.index().is_dir());
}

/// The tickets whose records the file of texts has, as they are now.
fn kept(desk: &TestDesk) -> usize {
    let Some(texts) = TextsFile::load(&desk.sandbox.path(".git/casebook")) else { return 0 };
    let ids: Vec<Id> =
        desk.files().iter().map(|path| path.file_stem().unwrap().to_str().unwrap().parse().unwrap()).collect();
    let batch = texts.batch(&ids, TextsBatch::default());
    let stamps = desk.files().into_iter().map(|path| FileStamp::of(&fs::metadata(path).unwrap()));
    ids.iter().zip(stamps).filter(|(id, stamp)| matches!(batch.record(**id, *stamp), Ok(Some(_)))).count()
}

fn has_text(desk: &TestDesk, text: &str) -> bool {
    let bytes = fs::read(desk.derived(true)).unwrap();
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn only_a_search_makes_the_file_of_texts_and_changes_are_appended() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    desk.read(false);
    assert!(!desk.derived(true).exists());
    let right = desk.search(true);
    assert!(!desk.derived(true).exists());
    assert_eq!(desk.search(false), right);
    assert_eq!(kept(&desk), TICKETS);
    let made = fs::read(desk.derived(true)).unwrap();
    assert_eq!(desk.search(false), right);
    assert_eq!(fs::read(desk.derived(true)).unwrap(), made, "nothing changed, so nothing is written");
    desk.swap(&desk.files()[3], "Text.", "Once.");
    assert_eq!(kept(&desk), TICKETS - 1);
    std::thread::sleep(A_WHILE);
    assert_eq!(desk.search(false), desk.search(true));
    assert_eq!(kept(&desk), TICKETS);
    let added = fs::read(desk.derived(true)).unwrap();
    assert!(added.starts_with(&made) && added.len() > made.len());
    // Half of the tickets: the file is written again.
    desk.swap(&desk.files()[3], "Once.", "Text.");
    for file in &desk.files()[..TICKETS / 2] {
        desk.swap(file, "Text.", "Then.");
    }
    std::thread::sleep(A_WHILE);
    assert_eq!(desk.search(false), desk.search(true));
    assert_eq!(kept(&desk), TICKETS);
    assert!(!has_text(&desk, "Once."));
}

#[test]
fn a_text_that_was_redacted_leaves_the_file_of_texts() {
    let desk = TestDesk::new();
    let file = desk.files()[3].clone();
    desk.swap(&file, "Text.", "Passw0rd");
    std::thread::sleep(A_WHILE);
    desk.search(false);
    assert!(has_text(&desk, "Passw0rd"));
    let id = file.file_stem().unwrap().to_str().unwrap();
    desk.sandbox.run(&["redact", id, id, "--reason", "x", "--subject", "Clean", "--no-commit"]).ok();
    assert_eq!(desk.search(false), desk.search(true));
    assert!(!has_text(&desk, "Passw0rd"));
}

#[test]
fn a_corrupt_file_of_texts_changes_no_result_and_is_repaired() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    desk.search(false);
    desk.swap(&desk.files()[3], "Text.", "More.");
    std::thread::sleep(A_WHILE);
    let right = desk.search(true);
    assert_eq!(desk.search(false), right);
    let whole = fs::read(desk.derived(true)).unwrap();
    for place in (0..whole.len()).step_by(whole.len() / 20) {
        let mut garbled = whole.clone();
        garbled[place] ^= 0x10;
        for bytes in [&whole[..place], garbled.as_slice()] {
            fs::write(desk.derived(true), bytes).unwrap();
            assert_eq!(desk.search(false), right, "at {place}");
        }
    }
    desk.search(false);
    assert_eq!(kept(&desk), TICKETS);
}

#[test]
fn searches_work_if_the_file_of_texts_cannot_be_written() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    fs::create_dir_all(desk.derived(true)).unwrap();
    assert_eq!(desk.search(false), desk.search(true));
    assert!(desk.derived(true).is_dir());
}

#[test]
fn a_customer_does_not_write_the_file_of_texts() {
    let mut desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    desk.sandbox.act_as(Some("ana@acme.example"));
    let found = desk.sandbox.run(&["search", "text"]).ok().stdout;
    assert_eq!((found.lines().count(), desk.derived(true).exists()), (TICKETS, false));
    desk.sandbox.act_as(None);
    desk.search(false);
    desk.swap(&desk.files()[3], "Text.", "More.");
    let made = fs::read(desk.derived(true)).unwrap();
    std::thread::sleep(A_WHILE);
    desk.sandbox.act_as(Some("ana@acme.example"));
    assert_eq!(desk.sandbox.run(&["search", "text"]).ok().stdout.lines().count(), TICKETS - 1);
    assert_eq!(desk.sandbox.run(&["search", "more"]).ok().stdout.lines().count(), 1);
    assert_eq!(fs::read(desk.derived(true)).unwrap(), made);
}

#[test]
fn a_command_notes_the_folder_in_which_it_writes() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    desk.read(false);
    let file = desk.files()[3].clone();
    let id = file.file_stem().unwrap().to_str().unwrap().to_owned();
    for (words, month) in
        [(&["reply", &id, "-m", "An answer."][..], 10), (&["open", "-s", "New", "-m", "Text", "--org", "acme"][..], 11)]
    {
        desk.sandbox.run(&[words, &["--no-commit"]].concat()).ok();
        assert!(knows_folder(&desk, month), "{words:?}");
        desk.assert_true("a command");
    }
    // A change of the folder in the same tick of the clock is noticed, and so is one before the command.
    desk.sandbox.run(&["reply", &id, "-m", "Once more.", "--no-commit"]).ok();
    fs::remove_file(&desk.files()[1]).unwrap();
    assert!(!knows_folder(&desk, 10));
    desk.sandbox.run(&["reply", &id, "-m", "And again.", "--no-commit"]).ok();
    assert!(!knows_folder(&desk, 10));
    desk.assert_true("another program");
}

#[test]
fn a_folder_that_another_program_changed_is_listed_once() {
    let desk = TestDesk::new();
    std::thread::sleep(A_WHILE);
    desk.read(false);
    let files = desk.files();
    // As git does in a checkout: another file in the same place.
    let text = fs::read(&files[3]).unwrap();
    fs::remove_file(&files[3]).unwrap();
    fs::write(&files[3], text).unwrap();
    let suffix = &files[5].file_stem().unwrap().to_str().unwrap()[20..];
    std::thread::sleep(A_WHILE);
    for no_index in [true, false] {
        assert!(!knows_folder(&desk, 10));
        let flag: &[&str] = if no_index { &["--no-index"] } else { &[] };
        desk.sandbox.run(&[&["show", suffix], flag].concat()).ok();
    }
    assert!(knows_folder(&desk, 10));
    let noted = fs::read(desk.index()).unwrap();
    desk.sandbox.run(&["show", suffix]).ok();
    assert_eq!(fs::read(desk.index()).unwrap(), noted);
    desk.assert_true("a checkout");
}
