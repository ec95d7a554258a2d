//! Gates and lists of a named actor who is not an agent, and the identity of git on a machine that has none.

use crate::fixtures::desk::desk;

#[test]
fn a_gate_does_not_pass_for_a_customer() {
    let sandbox = desk();
    sandbox.opened("Tiles", &[]);
    for words in
        [&["sla", "--fail-on", "breached"][..], &["sla", "--report", "junit=-"], &["sweep"], &["sweep", "--json"]]
    {
        let customer = [&["--as", "ci@x.example"][..], words].concat();
        let told = sandbox.run(&customer).fails(5);
        assert!(told.stdout.is_empty() && told.stderr.contains("only an agent may run"), "{}", told.stderr);
        sandbox.run(words).ok();
        sandbox.run(&[&["--as", "kenji@desk.example"][..], words].concat()).ok();
    }
}

#[test]
fn a_list_for_a_customer_says_that_it_is_not_complete() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    let note = "note: only tickets visible to ci@x.example are shown\n";
    let commands =
        ["list", "list --count", "list --json", "search tiles", "log", "sla", "changes HEAD~1..HEAD --markdown"];
    for line in commands.into_iter().chain([""]) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let told = sandbox.run(&[&["--as", "ci@x.example"][..], &words].concat()).ok();
        assert!(told.stderr == note && !told.stdout.contains("Tiles"), "{line}: {}{}", told.stdout, told.stderr);
        assert_eq!(sandbox.run(&words).ok().stderr, "", "{line}");
    }
    sandbox.run(&["--as", "ci@x.example", "show", &id]).fails(3);
}

#[test]
fn a_clone_hides_nothing_from_its_owner() {
    let sandbox = desk();
    let id = sandbox.opened("Tiles", &[]);
    sandbox.run(&["note", &id, "-m", "Known bug."]).ok();
    sandbox.git(&["config", "user.email", "ci@x.example"]).ok();
    assert!(sandbox.run(&["show", &id]).ok().stdout.contains("Known bug."));
    assert_eq!(sandbox.run(&["list", "--count"]).ok().stdout, "1\n");
    sandbox.run(&["--as", "ci@x.example", "show", &id]).fails(3);
}

#[test]
fn the_named_actor_is_the_identity_of_git_where_git_has_none() {
    let mut sandbox = desk();
    let robot = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("CASEBOOK_ACTOR", "kenji@desk.example")];
    let open = ["open", "-q", "-s", "Tiles", "-m", "Late", "--requester", "ana@acme.example"];
    sandbox.run_under(&robot, &open).ok();
    sandbox.run_under(&robot, &[&["--as", "ana@acme.example"][..], &open].concat()).ok();
    let authors =
        sandbox.git(&["log", "-2", "--format=%an <%ae> %ce %(trailers:key=On-behalf-of,valueonly)"]).ok().stdout;
    let authors: Vec<&str> = authors.lines().filter(|line| !line.is_empty()).collect();
    let author = "kenji <kenji@desk.example> kenji@desk.example";
    assert_eq!(authors, [&format!("{author} ana@acme.example"), &format!("{author} ")]);
    sandbox.enter("../robots");
    sandbox.run_under(&robot, &["init"]).ok();
    assert_eq!(sandbox.git(&["log", "--format=%ae"]).ok().stdout, "kenji@desk.example\n");
    sandbox.run_under(&[("GIT_AUTHOR_EMAIL", "ci@x.example"), ("GIT_AUTHOR_NAME", "CI"), robot[1]], &open).ok();
    assert_eq!(sandbox.git(&["log", "-1", "--format=%ae"]).ok().stdout, "ci@x.example\n");
}

#[test]
fn nothing_found_is_not_the_same_as_no_desk() {
    let sandbox = desk();
    sandbox.run(&["list", "--exists"]).fails(1);
    sandbox.opened("Tiles", &[]);
    sandbox.run(&["list", "--exists"]).ok();
    sandbox.run(&["-C", "..", "list", "--exists"]).fails(3);
}
