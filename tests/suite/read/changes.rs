//! `changes`: entries that were added, removed or rewritten between two revisions.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

fn lines(sandbox: &Sandbox, words: &[&str]) -> Vec<Vec<String>> {
    let told = sandbox.run(&[&["changes"], words].concat()).ok().stdout;
    told.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn commit(sandbox: &Sandbox) {
    sandbox.git(&["commit", "-qam", "by hand"]).ok();
}

#[test]
fn new_entries_are_listed_by_their_ids() {
    let mut sandbox = desk();
    let first = sandbox.opened("Tiles", &[]);
    sandbox.run(&["reply", &first, "-m", "Which release?"]).ok();
    let second = sandbox.opened("Export", &[]);
    let last = lines(&sandbox, &[]);
    assert_eq!(last.len(), 1);
    assert_eq!((last[0][0].as_str(), &last[0][2], last[0][6].as_str()), ("added", &second, "open"));
    let all = lines(&sandbox, &["HEAD~3.."]);
    let told: Vec<(&str, &str)> = all.iter().map(|line| (line[2].as_str(), line[6].as_str())).collect();
    assert_eq!(told, [(first.as_str(), "open"), (first.as_str(), "reply"), (second.as_str(), "open")]);
    assert_eq!(lines(&sandbox, &["HEAD~3"]), all);
    assert_eq!(lines(&sandbox, &["HEAD..HEAD"]), Vec::<Vec<String>>::new());
    let json = sandbox.run(&["changes", "HEAD~2..HEAD", "--json"]).ok().json();
    assert_eq!((&json[0]["change"], &json[0]["status"]), (&"changed".into(), &"awaiting_reply".into()));
    assert_eq!((&json[1]["change"], &json[1]["status_before"]), (&"opened".into(), &serde_json::Value::Null));
    assert_eq!(json[0]["entries"][0]["text"], "Which release?\n");
    sandbox.run(&["changes", "nonsense..HEAD"]).fails(2);
    sandbox.run(&["changes", "--output=/tmp/x"]).fails(2);
    sandbox.act_as(Some("bo@elsewhere.example"));
    assert_eq!(lines(&sandbox, &["HEAD~3"]), Vec::<Vec<String>>::new());
}

#[test]
fn the_first_commit_is_compared_with_an_empty_desk() {
    let sandbox = desk();
    sandbox.git(&["update-ref", "-d", "HEAD"]).ok();
    let ticket = sandbox.opened("Tiles", &[]);
    assert_eq!(lines(&sandbox, &[])[0][2], ticket);
}

#[test]
fn removed_and_rewritten_entries_are_listed() {
    let sandbox = desk();
    let ticket = sandbox.opened("Tiles", &[]);
    sandbox.run(&["note", &ticket, "-m", "One."]).ok();
    let file = sandbox.file_of(&ticket);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("    One.\n", "    Two.\n")).unwrap();
    commit(&sandbox);
    assert_eq!(lines(&sandbox, &[])[0][0], "rewritten");
    std::fs::write(&file, format!("# by hand\n{text}")).unwrap();
    commit(&sandbox);
    assert_eq!(lines(&sandbox, &["HEAD~2..HEAD"])[0][0], "edited");
    std::fs::write(&file, sandbox.git(&["show", &format!("HEAD~3:{}", relative(&sandbox, &ticket))]).ok().stdout)
        .unwrap();
    commit(&sandbox);
    assert_eq!(lines(&sandbox, &[])[0][0], "removed");
    let page = sandbox.run(&["changes", "--markdown"]).ok().stdout;
    assert!(page.contains("- ⚠ ") && page.contains("REMOVED from the history"), "{page}");
    std::fs::remove_file(&file).unwrap();
    commit(&sandbox);
    assert_eq!(sandbox.run(&["changes", "--json"]).ok().json()[0]["change"], "removed");
    std::fs::write(&file, "format: 1\n").unwrap();
    sandbox.git(&["add", "-A"]).ok();
    commit(&sandbox);
    let told = sandbox.run(&["changes"]).fails(7);
    assert!(told.stderr.contains(&ticket), "{}", told.stderr);
}

fn relative(sandbox: &Sandbox, ticket: &str) -> String {
    sandbox.shown(ticket)["path"].as_str().unwrap().to_owned()
}

#[test]
fn a_desk_in_a_folder_of_a_repository_is_compared_too() {
    let mut sandbox = Sandbox::new();
    sandbox.git(&["init", "-q"]).ok();
    sandbox.enter("desk");
    sandbox.run(&["init", "--commit"]).ok();
    let ticket = sandbox.opened("Tiles", &["--commit"]);
    assert_eq!(lines(&sandbox, &["HEAD"]), Vec::<Vec<String>>::new());
    assert_eq!(lines(&sandbox, &[])[0][2], ticket);
    sandbox.git(&["checkout", "-qb", "side"]).ok();
    sandbox.run(&["note", &ticket, "-m", "One.", "--commit"]).ok();
    sandbox.git(&["checkout", "-q", "main"]).ok();
    let other = sandbox.opened("Export", &["--commit"]);
    let two = lines(&sandbox, &["main..side"]);
    assert!(two.iter().any(|line| line[0] == "removed" && line[2] == other), "{two:?}");
    let three = lines(&sandbox, &["main...side"]);
    assert!(three.len() == 1 && three[0][6] == "note", "{three:?}");
}
