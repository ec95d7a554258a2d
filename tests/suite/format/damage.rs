//! Damaged files: each is refused with its place, the reason and a hint, and costs no more than a valid one.

use std::fs;
use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::symlink;
use std::path::Path;

use casebook::domain::id::Id;
use casebook::store::yaml::{ReadErrorKind, read};

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::{Outcome, Running, Sandbox};

/// The mark of the damage: put into the text at its place, and removed before the file is written.
const HERE: char = '§';

/// A desk of three tickets, of which the second will be damaged.
struct Scene {
    sandbox: Sandbox,
    tickets: [String; 3],
    path: String,
    sound: String,
}

impl Scene {
    fn new() -> Self {
        let sandbox = desk();
        let tickets = ["First", "Tiles time out", "Third"].map(|subject| sandbox.opened(subject, &[]));
        let path = sandbox.run(&["show", &tickets[1], "--json=path"]).ok().json()["path"].as_str().unwrap().to_owned();
        let sound = sandbox.read(&path);
        Self { sandbox, tickets, path, sound }
    }

    /// Runs the program with little memory, and kills it if it hangs.
    fn bounded(&self, arguments: &[&str]) -> Outcome {
        let mut command = self.sandbox.command("sh");
        let script = "ulimit -v 800000; ulimit -t 20; exec casebook \"$@\"";
        command.args(["-c", script, "casebook"]).args(arguments);
        Running::start(command).finish()
    }

    /// Asserts that the file at the second ticket's path is refused there, and that the others are read.
    #[track_caller]
    fn assert_refused(&self, why: &str, place: &str, reason: &str) {
        let id = &self.tickets[1];
        let file = format!("{}:{place}", self.path);
        let told = self.bounded(&["show", id]);
        assert_eq!(told.code, Some(7), "{why}: {told:?}");
        let (first, hint) = told.stderr.split_once('\n').unwrap();
        assert!(first.starts_with(&format!("casebook: {file}: ")), "{why}: {first}\nwanted {file}");
        assert!(first.contains(reason), "{why}: {first}");
        assert!(hint.starts_with("  ") && hint.len() > 10, "{why}: no hint: {hint}");
        assert_eq!(told.stdout, "", "{why}");

        let error = self.bounded(&["show", id, "--json"]).fails(7).error();
        let told = format!("{}:{}:{}", error["file"].as_str().unwrap(), error["line"], error["column"]);
        assert_eq!(told, file, "{why}");
        assert!(error["message"].as_str().unwrap().contains(reason), "{why}: {error}");
        assert!(error["hint"].is_string() && error["code"].as_str().unwrap().starts_with("ticket."), "{why}: {error}");

        let listed = self.bounded(&["list"]);
        assert_eq!(listed.code, Some(7), "{why}: {listed:?}");
        let rows: Vec<&str> = listed.stdout.lines().map(|line| &line[..26]).collect();
        assert_eq!(rows, [&self.tickets[0], &self.tickets[2]], "{why}");
        assert!(listed.stderr.starts_with(&format!("casebook: {file}: ")), "{why}: {}", listed.stderr);
        assert_eq!(listed.stderr.lines().count(), 1, "{why}: {}", listed.stderr);

        let checked = self.bounded(&["check"]).fails(1).stdout;
        assert!(checked.contains(&format!("{file}: error: ")), "{why}: {checked}");
        let commits = self.sandbox.commits();
        self.bounded(&["reply", id, "-m", "Hello"]).fails(7);
        assert_eq!(self.sandbox.commits(), commits, "{why}");
        self.sandbox.assert_nothing_waits(why);
    }

    #[track_caller]
    fn assert_refused_text(&self, why: &str, text: &str, reason: &str) {
        assert_eq!(text.matches(HERE).count(), 1, "{why}: the place is not marked");
        let before = &text[..text.find(HERE).unwrap()];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        let text = text.replace(HERE, "");
        self.sandbox.write(&self.path, &text);
        self.assert_refused(why, &format!("{line}:{column}"), reason);
        assert_eq!(self.sandbox.read(&self.path), text, "{why}");
    }
}

#[test]
fn a_damaged_ticket_is_refused_at_its_place() {
    let scene = Scene::new();
    let cases: &[(&str, &str, &str, &str)] = &[
        ("a doubled fact", "status: open\n", "status: open\n§status: open\n", "`status` occurs twice"),
        ("a doubled fact in quotes", "status: open\n", "status: open\n§\"status\": open\n", "occurs twice"),
        ("a doubled fact of an entry", "  role: agent\n", "  role: agent\n  §role: agent\n", "`role` occurs twice"),
        ("a doubled own field", "priority: S3\n", "priority: S3\nfields:\n  a: 1\n  §a: 2\n", "`a` occurs twice"),
        ("a doubled number", "priority: S3\n", "priority: S3\nfields:\n  12: 1\n  §0xC: 2\n", "`12` occurs twice"),
        ("a doubled name in brackets", "priority: S3\n", "priority: S3\nfields: {a: 1, §a: 2}\n", "occurs twice"),
        ("an unknown fact", "priority: S3\n", "priority: S3\n§color: red\n", "color"),
        ("an unknown fact of an entry", "  role: agent\n", "  role: agent\n  §color: red\n", "color"),
        ("a merge key", "priority: S3\n", "priority: S3\n§<<: {status: open}\n", "<<"),
        ("an anchor", "subject: Tiles", "subject: §&a Tiles", "anchor"),
        ("an anchor on a list", "priority: S3\n", "priority: S3\ncc: §&a\n- a@b.example\n", "anchor"),
        ("an alias", "subject: Tiles time out", "subject: §*a", "alias"),
        ("a tag", "subject: Tiles", "subject: §!!str Tiles", "tag"),
        ("a local tag", "subject: Tiles", "subject: §!a Tiles", "tag"),
        ("a tagged name", "status: open\n", "§!!str status: open\n", "tag"),
        (
            "a conflict",
            "status: open\n",
            "§<<<<<<< ours\nstatus: open\n=======\nstatus: solved\n>>>>>>> theirs\n",
            "conflict",
        ),
        ("half a conflict", "status: open\n", "status: open\n§>>>>>>> theirs\n", "conflict"),
        ("a list for a word", "priority: S3", "priority: §[S3]", "priority"),
        ("a word for a number", "format: 1", "format: §one", "format"),
        ("a word for a list", "priority: S3\n", "priority: S3\ncc: §ana@acme.example\n", "list"),
        ("a word for a time", "  role: agent\n", "  role: §wizard\n", "wizard"),
        ("an unknown status", "status: open\n", "status: §opened\n", "opened"),
        ("nothing", "subject: Tiles time out\n", "subject: §~\n", "subject"),
        ("a name that is a list", "status: open\n", "? §[a]\n: open\n", "plain word"),
        ("a second document", "\n...\n", "\n§---\na: 1\n...\n", ""),
        ("a tab", "status: open\n", "status: §open\n\tpriority: S2\n", ""),
    ];
    for (why, from, to, reason) in cases {
        let text = scene.sound.replacen(from, to, 1);
        assert_ne!(text, scene.sound, "{why}: nothing to change");
        scene.assert_refused_text(why, &text, reason);
    }
    let other = scene.sound.replace(&scene.tickets[1], &scene.tickets[0]).replacen("id: ", "id: §", 1);
    scene.assert_refused_text("another ticket's id", &other, "differs from the id in the name of the file");
    scene.assert_refused_text("an empty file", "§", "empty");
    scene.assert_refused_text("no map", "§- a\n...\n", "");
    let cut = scene.sound.strip_suffix("...\n").unwrap();
    scene.assert_refused_text("no end marker", &format!("{cut}§"), "`...` is missing");
    let mut bytes = scene.sound.replacen("Tiles", "é\u{1}", 1).into_bytes();
    let place = bytes.iter().position(|byte| *byte == 1).unwrap();
    bytes[place] = 0xff;
    fs::write(scene.sandbox.path(&scene.path), bytes).unwrap();
    scene.assert_refused("no UTF-8", "3:11", "not UTF-8");
}

#[test]
fn a_hostile_file_is_refused_in_little_time_and_memory() {
    let scene = Scene::new();
    let fields = |text: &str| scene.sound.replacen("\nhistory:", &format!("fields:\n{text}\n\nhistory:"), 1);
    scene.sandbox.write(&scene.path, &fields(&format!("  a: {}", "[".repeat(100_000))));
    scene.assert_refused("100,000 brackets", "8:261", "nested deeper than 32 levels");
    scene.sandbox.write(&scene.path, &fields(&format!("  a: {}1{}", "[".repeat(10_000), "]".repeat(10_000))));
    scene.assert_refused("10,000 levels of brackets", "8:261", "nested deeper than 32 levels");
    scene.sandbox.write(&scene.path, &fields(&format!("  a:\n    {}1", "- ".repeat(10_000))));
    scene.assert_refused("10,000 levels of blocks", "9:65", "nested deeper than 32 levels");
    let deep: String = (1..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    scene.sandbox.write(&scene.path, &fields(&deep));
    scene.assert_refused("2,000 levels of maps", "39:33", "nested deeper than 32 levels");
    let aliases = format!("  a: &a {}\n  b: [{}]", "x".repeat(20_000), "*a,".repeat(5_000));
    scene.sandbox.write(&scene.path, &fields(&aliases));
    scene.assert_refused("5,000 aliases", "8:6", "anchor");

    for (why, values) in [
        ("countless values in brackets", format!("  a: [{}]", "1,".repeat(7 << 20))),
        ("countless lists", format!("  a: [{}]", "[],".repeat(5 << 20))),
        ("countless maps", format!("  a:\n{}", "  - a: 1\n".repeat(3 << 19))),
    ] {
        scene.sandbox.write(&scene.path, &fields(&values));
        let listed = scene.bounded(&["list"]).fails(7);
        assert!(listed.stderr.contains("more than 250000 values"), "{why}: {}", listed.stderr);
        assert_eq!(listed.stdout.lines().count(), 2, "{why}");
    }

    let sparse = File::create(scene.sandbox.path(&scene.path)).unwrap();
    sparse.set_len(100 << 20).unwrap();
    scene.assert_refused("100 MB of nothing", "1:1", "larger than 16 MiB");
    let mut large = File::create(scene.sandbox.path(&scene.path)).unwrap();
    large.write_all(scene.sound.as_bytes()).unwrap();
    large.seek(SeekFrom::Start(100 << 20)).unwrap();
    large.write_all(b"...\n").unwrap();
    scene.assert_refused("a ticket of 100 MB", "1:1", "larger than 16 MiB");
}

#[test]
fn a_file_that_is_not_plain_is_refused_without_blocking() {
    let scene = Scene::new();
    let path = scene.sandbox.path(&scene.path);
    let elsewhere = scene.sandbox.root().join("elsewhere.yaml");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    scene.assert_refused("a link", "1:1", "symbolic link");
    fs::remove_file(&path).unwrap();
    symlink("/nowhere", &path).unwrap();
    scene.assert_refused("a link to nowhere", "1:1", "symbolic link");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    scene.assert_refused("a folder", "1:1", "not a plain file");
    scene.sandbox.write(path.join("within.txt"), "text\n");
    scene.assert_refused("a folder with something in it", "1:1", "not a plain file");
    fs::remove_dir_all(&path).unwrap();
    scene.sandbox.shell(&format!("mkfifo {}", path.display())).ok();
    scene.assert_refused("a pipe", "1:1", "not a plain file");
    fs::remove_file(&path).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    scene.assert_refused("a socket", "1:1", "not a plain file");
}

#[test]
fn a_misplaced_file_is_reported_and_the_others_are_read() {
    let scene = Scene::new();
    scene.sandbox.write("tickets/2026/12/notes.yaml", "notes\n");
    scene.sandbox.write("tickets/2026/12/.notes.yaml.swp", "left by an editor\n");
    let misplaced = format!("tickets/2020/01/{}.yaml", scene.tickets[1]);
    fs::create_dir_all(scene.sandbox.path("tickets/2020/01")).unwrap();
    fs::rename(scene.sandbox.path(&scene.path), scene.sandbox.path(&misplaced)).unwrap();
    let listed = scene.bounded(&["list"]).fails(7);
    assert_eq!(listed.stdout.lines().count(), 2);
    for path in ["tickets/2026/12/notes.yaml", &misplaced] {
        assert!(listed.stderr.contains(&format!("casebook: {path}:1:1: tickets are at tickets/YYYY/MM/ID.yaml")));
    }
    let shown = scene.bounded(&["show", &scene.tickets[1]]).fails(7).stderr;
    assert!(shown.starts_with(&format!("casebook: {misplaced}:1:1: ")), "{shown}");
    let last = if scene.tickets[1].ends_with('A') { "B" } else { "A" };
    for name in ["x".to_owned(), format!("{}{last}", &scene.tickets[1][..25])] {
        let path = format!("tickets/2026/11/{name}.yaml");
        fs::rename(scene.sandbox.path(&misplaced), scene.sandbox.path(&path)).unwrap();
        for word in [&scene.tickets[1], &scene.tickets[1][..25]] {
            let shown = scene.bounded(&["show", word]).fails(7).stderr;
            assert!(shown.starts_with(&format!("casebook: {path}:")), "{shown}");
        }
        fs::rename(scene.sandbox.path(&path), scene.sandbox.path(&misplaced)).unwrap();
    }
    for word in ["../../casebook", "../2020/01/x", "/etc/passwd", "tickets/2026", "..", "%2e%2e"] {
        scene.bounded(&["show", word]).fails(3);
        scene.bounded(&["reply", word, "-m", "Hello"]).fails(3);
    }
}

#[test]
fn a_linked_folder_is_neither_read_nor_written() {
    for linked in ["tickets", "tickets/2026", "tickets/2026/11"] {
        let scene = Scene::new();
        let outside = scene.sandbox.root().join("outside");
        fs::rename(scene.sandbox.path(linked), &outside).unwrap();
        symlink(&outside, scene.sandbox.path(linked)).unwrap();
        let before = crate::fixtures::desk::tree(&outside);
        for words in [["show", &scene.tickets[1]].as_slice(), &["reply", &scene.tickets[1], "-m", "Hello"]] {
            let told = scene.bounded(words).fails(7).stderr;
            assert!(told.contains("symbolic link"), "{told}");
        }
        for mode in ["--commit", "--no-commit"] {
            let told = scene.bounded(&["open", "-s", "New", "-m", "Hello", mode]).fails(7).stderr;
            assert!(told.contains("symbolic link"), "{told}");
        }
        let listed = scene.bounded(&["list"]).fails(7);
        assert_eq!(listed.stdout, "");
        assert!(
            listed.stderr.contains(&format!("casebook: {linked}:1:1: this is a symbolic link")),
            "{}",
            listed.stderr
        );
        assert_eq!(crate::fixtures::desk::tree(&outside), before, "{linked}: written outside the store");
        scene.sandbox.assert_nothing_waits(linked);
    }
}

#[test]
fn a_tickets_folder_that_is_a_file_is_reported() {
    let scene = Scene::new();
    fs::remove_dir_all(scene.sandbox.path("tickets")).unwrap();
    scene.sandbox.write("tickets", "text\n");
    let listed = scene.bounded(&["list"]).fails(7).stderr;
    assert!(listed.starts_with("casebook: tickets:1:1: "), "{listed}");
    scene.bounded(&["open", "-s", "New", "-m", "Hello"]).fails(6);
    assert_eq!(scene.sandbox.read("tickets"), "text\n");
}

#[test]
fn a_header_that_differs_from_its_history_is_read_but_not_written() {
    let scene = Scene::new();
    scene
        .sandbox
        .write(&scene.path, &scene.sound.replacen("status: open\n", "status: solved\nresolution: agreed\n", 1));
    scene.bounded(&["show", &scene.tickets[1]]).ok();
    let error = scene.bounded(&["reply", &scene.tickets[1], "-m", "Hello", "--json"]).fails(7).error();
    assert_eq!((error["code"].as_str(), error["file"].as_str()), (Some("ticket.header_differs"), Some(&*scene.path)));
    let checked = scene.bounded(&["check"]).fails(1).stdout;
    assert!(checked.contains("`status` in the header differs from the value that the history gives"), "{checked}");
}

#[test]
fn a_text_that_could_not_be_read_back_is_not_written() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles time out", &[]);
    let before = sandbox.work_tree();
    let words = "x".repeat(16 << 20);
    for verb in [["open", "-s", "New", "-F", "-"].as_slice(), &["reply", &ticket, "-F", "-"]] {
        let told = sandbox.run_with(verb, &words).fails(4).stderr;
        assert!(told.contains("16 MiB"), "{told}");
        assert_eq!(sandbox.work_tree(), before);
    }
    let most = "many words\n".repeat(100_000);
    sandbox.run_with(&["reply", &ticket, "-F", "-", "-q"], &most).ok();
    sandbox.run(&["check"]).ok();
}

fn real_ticket() -> (Id, String) {
    let sandbox = desk();
    let id = sandbox.opened("Tiles time out: again", &["--cc", "bo@acme.example", "--channel", "portal"]);
    sandbox.run(&["reply", &id, "-m", "Which release?\n\n...\n\n  - a\n# b\n\tc: 日本語 \u{1b}[31m\nEnd"]).ok();
    sandbox.run(&["hold", &id, "--reason", "engineering", "--team", "tiles", "-m", "It is a bug."]).ok();
    sandbox.run(&["escalate", &id, "--reason", "business_impact", "-m", "Everybody\nwaits."]).ok();
    let text =
        sandbox.read(Path::new(sandbox.run(&["show", &id, "--json=path"]).ok().json()["path"].as_str().unwrap()));
    (id.parse().unwrap(), text)
}

#[test]
fn a_ticket_cut_at_any_byte_is_refused() {
    let (id, text) = real_ticket();
    for end_of_line in ["\n", "\r\n"] {
        let text = text.replace('\n', end_of_line);
        let whole = read(text.as_bytes(), Some(id)).unwrap();
        let marker = text.len() - end_of_line.len();
        for cut in 0..text.len() {
            let result = read(&text.as_bytes()[..cut], Some(id));
            if cut >= marker {
                // Only the end of the last line is missing, which some editors omit.
                assert_eq!(result, Ok(whole.clone()));
            } else {
                let damage = result.expect_err(&format!("cut at byte {cut} of {}", text.len()));
                assert!(damage.line >= 1 && damage.line <= text[..].matches('\n').count() + 1, "{damage}");
            }
        }
    }
}

#[test]
fn a_changed_byte_or_line_never_panics_and_never_changes_the_id() {
    let (id, text) = real_ticket();
    let bytes = text.as_bytes();
    for place in 0..bytes.len() {
        const ODD: [u8; 18] = *b"\0\n\t\r -:#[{&*!|\"'\xff\xc3";
        for turn in 0..3 {
            let mut other = bytes.to_vec();
            other[place] = ODD[(place * 3 + turn) % ODD.len()];
            if let Ok(ticket) = read(&other, Some(id)) {
                assert_eq!(ticket.id, id);
            }
        }
    }
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for missing in 0..lines.len() {
        let other: String =
            lines.iter().enumerate().filter(|(line, _)| *line != missing).map(|(_, line)| *line).collect();
        let _either = read(other.as_bytes(), Some(id));
        let twice: String = lines
            .iter()
            .enumerate()
            .flat_map(|(line, words)| std::iter::repeat_n(*words, 1 + usize::from(line == missing)))
            .collect();
        let _either = read(twice.as_bytes(), Some(id));
    }
}

#[test]
fn a_byte_order_mark_and_other_line_ends_read_as_the_same_ticket() {
    let (id, text) = real_ticket();
    let whole = read(text.as_bytes(), Some(id)).unwrap();
    for other in
        [format!("\u{feff}{text}"), text.replace('\n', "\r\n"), format!("\u{feff}{}", text.replace('\n', "\r\n"))]
    {
        assert_eq!(read(other.as_bytes(), Some(id)), Ok(whole.clone()));
    }
    let twice = read(format!("\u{feff}\u{feff}{text}").as_bytes(), Some(id)).unwrap_err();
    assert!(!matches!(twice.kind, ReadErrorKind::NoEndMarker), "{twice}");
}
