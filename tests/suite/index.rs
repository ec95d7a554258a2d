//! The index never lies: whatever happens to the files, the answers with it are those without it.

use std::fs::{self, File, FileTimes};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use casebook::casebook::{Casebook, Trouble, World};
use casebook::domain::id::Id;
use casebook::domain::summary::Summary;
use casebook::store::index::{Index, Known, Stamp};
use casebook::store::layout::{short_ids, ticket_path};
use casebook::store::yaml::print;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::sample::Index as Pick;
use proptest::test_runner::{Config, FileFailurePersistence};

use crate::arbitrary;
use crate::sandbox::Sandbox;

/// More than so few that no index is written for them.
const TICKETS: usize = 80;
/// Longer than the tick a file has to have been left alone for.
const A_WHILE: Duration = Duration::from_millis(70);

/// A desk of many small tickets over two months, in a repository with two branches that differ.
struct Desk {
    sandbox: Sandbox,
}

fn now() -> DateTime<Utc> {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

impl Desk {
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

    /// Changes a file in place: the same file, and where both words are as long, the same size.
    fn swap(&self, path: &Path, from: &str, to: &str) {
        let text = fs::read_to_string(path).unwrap();
        let text = if text.contains(from) { text.replace(from, to) } else { text.replace(to, from) };
        fs::write(path, text).unwrap();
    }

    fn read(&self, no_index: bool) -> (Vec<Summary>, Vec<Trouble>, Vec<Id>, Vec<String>) {
        let patience = Duration::from_secs(10);
        let world = World { now: now(), clock_is_fixed: true, seed: None, halt: None, no_index, patience };
        let casebook = Casebook::open(&self.root(), world).unwrap();
        let census = casebook.summaries(None).unwrap();
        let names = casebook.names().unwrap();
        (census.tickets, census.troubles, names.tickets.clone(), short_ids(&names.tickets))
    }

    fn assert_true(&self, why: &str) {
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
        self.sandbox.path(".git/casebook/index")
    }
}

fn ticket_text() -> String {
    "format: 1\nid: ID\nsubject: Tiles time out\nstatus: open\npriority: S3\nrequester: ana@acme.example\n\nhistory:\n\
     - id: ID\n  at: 2026-11-21T09:00:00Z\n  by: ana@acme.example\n  role: customer\n  action: open\n  to: open\n  \
     subject: Tiles time out\n  priority: S3\n  requester: ana@acme.example\n  text: |\n    Text.\n...\n"
        .to_owned()
}

/// Something that happens to the files.
#[derive(Clone, Debug)]
enum Event {
    /// Long enough for the index to believe what it sees.
    Wait,
    /// The same size, in the same moment as whatever was before.
    Edit(Pick),
    /// An edit whose time is set back to what it was.
    EditInSecret(Pick),
    /// A time in the past or the future.
    Touch(Pick, bool),
    /// Away and back, or away for good.
    Rename(Pick, bool),
    Delete(Pick),
    /// Another ticket's bytes, with its times.
    CopyOver(Pick, Pick),
    Damage(Pick),
    /// By a command of ours.
    Reply(Pick),
    Open,
    /// By git.
    Checkout(bool),
    Stash,
    Restore,
    /// Something that is no ticket.
    Misplace(bool),
    /// The index itself.
    ForgetIndex,
    DamageIndex(u16),
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
        1 => Just(Event::Open),
        2 => any::<bool>().prop_map(Event::Checkout),
        1 => Just(Event::Stash),
        1 => Just(Event::Restore),
        1 => any::<bool>().prop_map(Event::Misplace),
        1 => Just(Event::ForgetIndex),
        1 => any::<u16>().prop_map(Event::DamageIndex),
    ]
}

impl Desk {
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
            Event::ForgetIndex => drop(fs::remove_file(self.index())),
            Event::DamageIndex(at) => {
                if let Ok(mut bytes) = fs::read(self.index()) {
                    let place = usize::from(*at) * bytes.len() / 65_536;
                    bytes[place] ^= 1 << (at % 8);
                    fs::write(self.index(), bytes).unwrap();
                }
            }
        }
    }
}

fn set_time(path: &Path, time: SystemTime) {
    File::options().write(true).open(path).unwrap().set_times(FileTimes::new().set_modified(time)).unwrap();
}

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: Some(Box::new(FileFailurePersistence::Off)), ..Config::default() }
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn the_answers_are_those_without_an_index_whatever_happens(events in proptest::collection::vec(event(), 4..24)) {
        let desk = Desk::new();
        std::thread::sleep(A_WHILE);
        desk.assert_true("at first");
        for event in &events {
            desk.happen(event);
            desk.assert_true(&format!("{event:?}"));
        }
    }
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn a_row_comes_back_from_the_index_as_it_went_in(ticket in arbitrary::ticket()) {
        let folder = tempfile::tempdir().unwrap();
        let (row, stamp) = (Summary::from(&ticket), Stamp { size: 1, modified: 2, changed: 3, inode: 4 });
        let made = Stamp { changed: i64::MAX, ..stamp };
        Index::write(folder.path(), made, &[], &[Known { id: ticket.id, stamp, row: row.clone() }]);
        let index = Index::load(folder.path());
        prop_assert_eq!(index.row(ticket.id, stamp), Some(row), "{}", print(&ticket));
        prop_assert_eq!(index.row(ticket.id, Stamp { changed: 4, ..stamp }), None);
    }
}

#[test]
fn the_index_is_used_and_spares_reading() {
    let desk = Desk::new();
    std::thread::sleep(A_WHILE);
    assert!(!desk.index().exists());
    desk.read(false);
    let made = fs::read(desk.index()).unwrap();
    // A file whose bytes the index knows can be unreadable, as long as nothing about it changes.
    let index = Index::load(&desk.sandbox.path(".git/casebook"));
    assert_eq!(index.len(), TICKETS);
    for path in desk.files() {
        let id: Id = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        assert!(index.row(id, Stamp::of(&fs::metadata(&path).unwrap())).is_some());
    }
    desk.read(false);
    assert_eq!(fs::read(desk.index()).unwrap(), made, "nothing changed, so nothing is written");
}

#[test]
fn a_file_as_young_as_the_index_is_read_again() {
    let desk = Desk::new();
    desk.read(false);
    let index = Index::load(&desk.sandbox.path(".git/casebook"));
    for path in desk.files() {
        let stamp = Stamp::of(&fs::metadata(&path).unwrap());
        let id: Id = path.file_stem().unwrap().to_str().unwrap().parse().unwrap();
        let is_young = !stamp.is_older_than(Stamp::now(&desk.root()).unwrap());
        assert!(index.row(id, stamp).is_none() || !is_young);
    }
    desk.assert_true("young files");
}

#[test]
fn an_index_that_is_cut_or_garbled_is_none() {
    let desk = Desk::new();
    std::thread::sleep(A_WHILE);
    desk.read(false);
    let folder = desk.sandbox.path(".git/casebook");
    let whole = fs::read(desk.index()).unwrap();
    for end in (0..whole.len()).step_by(97) {
        fs::write(desk.index(), &whole[..end]).unwrap();
        assert!(Index::load(&folder).is_empty(), "cut at {end}");
    }
    for place in (0..whole.len()).step_by(89) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x10;
        fs::write(desk.index(), &bytes).unwrap();
        assert!(Index::load(&folder).is_empty(), "garbled at {place}");
    }
    desk.assert_true("a garbled index");
}

#[test]
fn reading_works_where_no_index_can_be_written() {
    let desk = Desk::new();
    std::thread::sleep(A_WHILE);
    fs::create_dir_all(desk.sandbox.path(".git/casebook")).unwrap();
    fs::create_dir(desk.index()).unwrap();
    desk.assert_true("a folder in the index's place");
    assert!(desk.index().is_dir());
}
