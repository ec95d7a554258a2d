//! Inconsistent links between tickets after two clones were merged, and how `resolve` relinks them.

use crate::fixtures::clones::{Clones, actions};
use crate::fixtures::sandbox::Sandbox;

/// Two clones with three tickets of Ana's.
fn clones() -> (Clones, [String; 3]) {
    let mut clones = Clones::new(&["a", "b"]);
    let first = clones.ticket.clone();
    let more = ["Tiles again", "Tiles once more"].map(|subject| clones.at("a").opened(subject, &[]));
    clones.pull("a", "b").ok();
    let [second, third] = more;
    (clones, [first, second, third])
}

/// Returns the rules of the findings of `check`, with their severities.
fn found(sandbox: &Sandbox) -> Vec<String> {
    let told = sandbox.run(&["check", "--json"]).json();
    told.as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

fn status(sandbox: &Sandbox, ticket: &str) -> String {
    sandbox.shown(ticket)["status"].as_str().unwrap().to_owned()
}

#[test]
fn tickets_merged_into_each_other_reopen_the_later_merged_one() {
    let (mut clones, [one, other, _]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.at("b").run(&["merge", &other, "--into", &one]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!((status(sandbox, &one), status(sandbox, &other)), ("solved".to_owned(), "solved".to_owned()));
    let plan = sandbox.run(&["resolve", "-n"]).ok().stdout;
    assert!(plan.contains("+  action: reopen") && plan.contains("+  action: unmerged"), "{plan}");
    let commits = sandbox.commits();
    let said = sandbox.run(&["resolve"]).ok().stdout;
    assert!(said.contains("reopen") && said.contains("unmerged"), "{said}");
    assert_eq!(sandbox.commits(), commits + 1);
    assert_eq!((status(sandbox, &one), status(sandbox, &other)), ("solved".to_owned(), "open".to_owned()));
    assert_eq!(sandbox.shown(&other)["merged_from"], serde_json::json!([one]));
    sandbox.run(&["check"]).ok();
    assert!(!found(sandbox).iter().any(|rule| rule.contains("cycle") || rule.contains("sided")));
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
    assert_eq!(sandbox.git(&["status", "--short"]).ok().stdout, "");
}

#[test]
fn a_reply_to_a_ticket_merged_meanwhile_is_copied_to_the_target() {
    let (mut clones, [one, other, _]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.sandbox.run(&["reply", &other, "-m", "Is it solved?"]).ok();
    clones.at("b").run(&["--as", "ana@acme.example", "reply", &one, "-m", "It still does not work."]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!(status(sandbox, &one), "solved");
    assert!(found(sandbox).contains(&"reply.stranded".to_owned()));
    sandbox.run(&["resolve"]).ok();
    assert!(!found(sandbox).contains(&"reply.stranded".to_owned()), "it is read now");
    assert_eq!(actions(sandbox, &one), ["open", "merge", "reply", "forward"]);
    let history = sandbox.shown(&other)["history"].as_array().unwrap().clone();
    let reply = history.last().unwrap();
    assert_eq!((&reply["by"], &reply["role"]), (&"ana@acme.example".into(), &"customer".into()));
    assert_eq!((&reply["via_ticket"], &reply["text"]), (&one.as_str().into(), &"It still does not work.\n".into()));
    assert_eq!(status(sandbox, &other), "open", "it is the other ticket's turn, by its rules");
    let message = sandbox.git(&["log", "-1", "--format=%B"]).ok().stdout;
    assert!(message.contains("On-behalf-of: ana@acme.example"), "{message}");
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n", "and only once");
}

#[test]
fn a_ticket_merged_into_two_others_stays_in_the_later_target() {
    let (mut clones, [one, other, third]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.at("b").run(&["merge", &one, "--into", &third]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    sandbox.run(&["check"]).fails(1);
    sandbox.run(&["resolve"]).ok();
    sandbox.run(&["check"]).ok();
    assert_eq!(sandbox.shown(&one)["merged_into"], third.as_str());
    assert_eq!(sandbox.shown(&other)["merged_from"], serde_json::json!([]));
    assert_eq!(sandbox.shown(&third)["merged_from"], serde_json::json!([one]));
}

#[test]
fn a_ticket_solved_before_a_concurrent_merge_into_it_is_reopened() {
    let (mut clones, [one, other, _]) = clones();
    clones.at("a").run(&["solve", &other, "--agreed-by", "ana@acme.example"]).ok();
    clones.at("b").run(&["merge", &one, "--into", &other]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!(status(sandbox, &other), "solved");
    sandbox.run(&["resolve"]).ok();
    assert_eq!(actions(sandbox, &other), ["open", "solve", "merged", "reopen"]);
    assert_eq!((status(sandbox, &one), status(sandbox, &other)), ("solved".to_owned(), "open".to_owned()));
    // Solved again by an agent who knows of both, it stays solved.
    sandbox.run(&["solve", &other, "--agreed-by", "ana@acme.example"]).ok();
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
}

/// The first ticket is merged into the second, which is solved later on a clone that did not have the merge.
fn solved_unseen() -> (Clones, [String; 3]) {
    let (mut clones, tickets) = clones();
    clones.at("a").run(&["merge", &tickets[0], "--into", &tickets[1]]).ok();
    clones.at("b").run(&["--as", "lea@desk.example", "solve", &tickets[1], "--agreed-by", "ana@acme.example"]).ok();
    (clones, tickets)
}

#[test]
fn a_sync_reports_the_unaware_solve_that_it_merges() {
    let (mut clones, [_, other, _]) = solved_unseen();
    clones.at("a").run(&["sync"]).ok();
    let said = clones.at("b").run(&["sync"]).ok().stderr;
    assert_eq!(actions(&clones.sandbox, &other), ["open", "merged", "solve"]);
    assert!(said.contains("lea@desk.example solved it") && said.contains("without knowing of this entry"), "{said}");
    assert!(said.contains("kenji@desk.example merged") && said.contains("`casebook reopen"), "{said}");
    clones.sandbox.run(&["reopen", &other]).ok();
    assert_eq!(found(&clones.sandbox), [] as [String; 0]);
    clones.sandbox.run(&["audit"]).ok();
}

#[test]
fn a_solve_aware_of_the_merge_stays() {
    let (mut clones, [one, other, _]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.pull("a", "b").ok();
    clones.at("a").run(&["note", &other, "-m", "Beside it."]).ok();
    clones.at("b").run(&["--as", "lea@desk.example", "solve", &other, "--agreed-by", "ana@acme.example"]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!(actions(sandbox, &other), ["open", "merged", "note", "solve"]);
    assert_eq!(found(sandbox), [] as [String; 0]);
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
}

#[test]
fn the_merge_driver_and_resolve_report_an_unaware_solve() {
    let (mut clones, [_, other, _]) = solved_unseen();
    let said = clones.pull("a", "b").ok().stderr;
    assert!(said.contains("without knowing of this entry"), "{said}");
    let sandbox = &clones.sandbox;
    sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    sandbox.git(&["config", "--remove-section", "merge.casebook"]).ok();
    clones.pull("a", "b").fails(1);
    let sandbox = &clones.sandbox;
    let resolved = sandbox.run(&["resolve"]).ok();
    assert!(resolved.stderr.contains("without knowing of this entry"), "{resolved:?}");
    sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    assert_eq!(actions(sandbox, &other), ["open", "merged", "solve"]);
    sandbox.run(&["audit"]).ok();
}

#[test]
fn during_a_merge_relink_entries_are_part_of_its_commit() {
    let (mut clones, [one, other, _]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.at("b").run(&["merge", &other, "--into", &one]).ok();
    clones.sandbox.git(&["config", "--remove-section", "merge.casebook"]).ok();
    clones.pull("a", "b").fails(1);
    let sandbox = &clones.sandbox;
    sandbox.run(&["resolve"]).ok();
    sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    assert_eq!(sandbox.git(&["status", "--short"]).ok().stdout, "");
    assert_eq!((status(sandbox, &one), status(sandbox, &other)), ("solved".to_owned(), "open".to_owned()));
    sandbox.run(&["check"]).ok();
}

#[test]
fn only_agents_relink_and_customers_get_a_report() {
    let (mut clones, [one, other, _]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.at("b").run(&["merge", &other, "--into", &one]).ok();
    clones.pull("a", "b").ok();
    let told = clones.sandbox.run(&["--as", "ana@acme.example", "resolve"]).ok();
    assert!(told.stderr.contains("only agents may relink them"), "{}", told.stderr);
    assert_eq!(actions(&clones.sandbox, &other).len(), 3);
}

#[test]
fn a_target_without_its_merged_entry_gets_it_again() {
    let (mut clones, [one, other, _]) = clones();
    let sandbox = clones.at("a");
    sandbox.run(&["merge", &one, "--into", &other]).ok();
    let path = sandbox.file_of(&other);
    sandbox.git(&["checkout", "-q", "HEAD~1", "--", path.to_str().unwrap()]).ok();
    sandbox.git(&["commit", "-qm", "Half of it lost"]).ok();
    sandbox.run(&["check"]).fails(1);
    sandbox.run(&["resolve"]).ok();
    sandbox.run(&["check"]).ok();
    assert_eq!(sandbox.shown(&other)["merged_from"], serde_json::json!([one]));
}

/// A reply of Ana's to a ticket that was merged meanwhile, as both clones have it: neither has relinked it yet.
fn stranded() -> (Clones, [String; 3]) {
    let (mut clones, [one, other, third]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.at("b").run(&["--as", "ana@acme.example", "reply", &one, "-m", "It still does not work."]).ok();
    clones.pull("a", "b").ok();
    clones.pull("b", "a").ok();
    (clones, [one, other, third])
}

#[test]
fn two_clones_that_relink_the_same_write_the_same_bytes() {
    let (mut clones, [one, other, _]) = stranded();
    clones.at("a").run(&["resolve"]).ok();
    clones.at("b").wait("3h");
    clones.sandbox.run(&["--as", "lea@desk.example", "resolve"]).ok();
    for ticket in [&one, &other] {
        assert_eq!(clones.file_at("a", ticket), clones.file_at("b", ticket));
    }
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!(actions(sandbox, &one), ["open", "merge", "reply", "forward"]);
    assert_eq!(actions(sandbox, &other), ["open", "merged", "reply"]);
    sandbox.run(&["check"]).ok();
    sandbox.run(&["audit", "--identity"]).ok();
}

#[test]
fn two_clones_that_relink_differently_keep_both_copies_and_show_one() {
    let (mut clones, [one, other, third]) = stranded();
    clones.at("a").run(&["resolve"]).ok();
    clones.at("b").run(&["reply", &other, "-m", "Is it solved?"]).ok();
    clones.sandbox.run(&["--as", "lea@desk.example", "resolve"]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!(actions(sandbox, &other), ["open", "merged", "reply", "reply", "reply"]);
    let shown = sandbox.run(&["show", &other]).ok().stdout;
    assert_eq!(shown.matches("It still does not work.").count(), 1, "{shown}");
    assert!(shown.contains("recorded by two clones; the text is in "), "{shown}");
    assert!(!found(sandbox).contains(&"entry.key".to_owned()));
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
    sandbox.run(&["check"]).ok();
    sandbox.run(&["audit"]).ok();
    // Merged into a third ticket on a clone that did not have them: one copy goes on there.
    clones.pull("b", "a").ok();
    clones.at("a").run(&["merge", &other, "--into", &third]).ok();
    let sandbox = clones.at("a");
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
    assert_eq!(actions(sandbox, &one).last().map(String::as_str), Some("forward"));
}

#[test]
fn a_reply_copied_by_two_paths_is_shown_once() {
    let (mut clones, [one, other, third]) = stranded();
    clones.at("a").run(&["resolve"]).ok();
    clones.at("b").run(&["merge", &other, "--into", &third]).ok();
    clones.sandbox.run(&["--as", "lea@desk.example", "resolve"]).ok();
    assert_eq!(actions(&clones.sandbox, &third), ["open", "merged", "reply"]);
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    sandbox.run(&["resolve"]).ok();
    assert_eq!(actions(sandbox, &third), ["open", "merged", "reply"], "it is there already");
    assert_eq!(actions(sandbox, &one).iter().filter(|action| *action == "forward").count(), 2);
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
    sandbox.run(&["check"]).ok();
    sandbox.run(&["audit"]).ok();
}

#[test]
fn two_clones_that_unmerge_the_same_keep_both_entries() {
    let (mut clones, [one, other, third]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.sandbox.run(&["solve", &third, "--agreed-by", "ana@acme.example"]).ok();
    clones.at("b").run(&["merge", &other, "--into", &one]).ok();
    clones.pull("a", "b").ok();
    clones.pull("b", "a").ok();
    clones.at("a").run(&["resolve"]).ok();
    clones.at("b").run(&["--as", "lea@desk.example", "resolve"]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!((status(sandbox, &one), status(sandbox, &other)), ("solved".to_owned(), "open".to_owned()));
    assert_eq!(sandbox.shown(&other)["merged_from"], serde_json::json!([one]));
    assert_eq!(actions(sandbox, &other).iter().filter(|action| *action == "reopen").count(), 2);
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
    sandbox.run(&["check"]).ok();
    sandbox.run(&["audit"]).ok();
}

#[test]
fn relinking_can_be_retried_with_its_key() {
    let (mut clones, [one, other, third]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.at("b").run(&["merge", &other, "--into", &one]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    let first = sandbox.run(&["resolve", "--key", "k", "--json"]).ok().json();
    let again = sandbox.run(&["resolve", "--key", "k", "--json"]).ok().json();
    assert_eq!(first["entries"].as_array().unwrap().len(), 2);
    let sorted = |told: &serde_json::Value| {
        let mut entries: Vec<String> = told["entries"].as_array().unwrap().iter().map(ToString::to_string).collect();
        entries.sort();
        entries
    };
    assert_eq!(sorted(&first), sorted(&again));
    assert!(!found(sandbox).contains(&"entry.key".to_owned()));
    assert_eq!(sandbox.run(&["resolve", "--key", "new"]).ok().stdout, "nothing to resolve\n");
    sandbox.run(&["note", &third, "-m", "x", "--key", "used"]).ok();
    sandbox.run(&["resolve", "--key", "used"]).fails(4);
}
