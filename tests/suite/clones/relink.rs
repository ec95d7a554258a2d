//! What two clones leave between tickets when they meet, and how `resolve` mends it.

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

/// The rules that check finds broken, with their severities.
fn found(sandbox: &Sandbox) -> Vec<String> {
    let told = sandbox.run(&["check", "--json"]).json();
    told.as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}

fn status(sandbox: &Sandbox, ticket: &str) -> String {
    sandbox.shown(ticket)["status"].as_str().unwrap().to_owned()
}

#[test]
fn tickets_merged_into_each_other_go_on_where_the_younger_merge_was() {
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
fn a_reply_to_a_ticket_merged_meanwhile_is_brought_to_where_it_is_read() {
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
fn a_ticket_merged_into_two_others_goes_on_in_one_and_the_other_is_told() {
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
fn a_ticket_solved_while_another_came_to_go_on_in_it_is_opened_again() {
    let (mut clones, [one, other, _]) = clones();
    clones.at("a").run(&["solve", &other]).ok();
    clones.at("b").run(&["merge", &one, "--into", &other]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!(status(sandbox, &other), "solved");
    sandbox.run(&["resolve"]).ok();
    assert_eq!(actions(sandbox, &other), ["open", "solve", "merged", "reopen"]);
    assert_eq!((status(sandbox, &one), status(sandbox, &other)), ("solved".to_owned(), "open".to_owned()));
    // Solved once more by somebody who knows of both, it stays so.
    sandbox.run(&["solve", &other]).ok();
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
}

/// The first ticket merged into the second one, and that solved later on a clone that had not seen it.
fn solved_unseen() -> (Clones, [String; 3]) {
    let (mut clones, tickets) = clones();
    clones.at("a").run(&["merge", &tickets[0], "--into", &tickets[1]]).ok();
    clones.at("b").run(&["--as", "lea@desk.example", "solve", &tickets[1]]).ok();
    (clones, tickets)
}

#[test]
fn a_ticket_solved_by_somebody_who_had_not_seen_what_came_to_go_on_in_it_is_told_and_opened_again() {
    let (mut clones, [one, other, _]) = solved_unseen();
    clones.at("a").run(&["sync"]).ok();
    let foreseen = clones.at("b").run(&["sync", "-n"]).ok().stderr;
    let merger = clones.sandbox.run(&["sync"]).ok().stderr;
    assert_eq!(actions(&clones.sandbox, &other), ["open", "merged", "solve"]);
    // Who takes the merge in later is told as well.
    let second = clones.at("a").run(&["sync"]).ok().stderr;
    for said in [&foreseen, &merger, &second] {
        assert!(said.contains("lea@desk.example solved it") && said.contains("without having seen this"), "{said}");
        assert!(said.contains("kenji@desk.example merged") && said.contains("`casebook resolve`"), "{said}");
    }
    for name in ["a", "b"] {
        let sandbox = clones.at(name);
        // The second time from memory.
        for _ in 0..2 {
            let checked = sandbox.run(&["check", "--json"]).ok().json();
            let finding = &checked[0];
            assert_eq!((&finding["code"], &finding["severity"]), (&"CB103".into(), &"warning".into()), "{checked}");
            let line = sandbox
                .read(sandbox.file_of(&other))
                .lines()
                .nth(finding["line"].as_u64().unwrap() as usize - 1)
                .unwrap()
                .to_owned();
            assert_eq!(line, "  action: solve");
            assert!(finding["message"].as_str().unwrap().contains(&one), "{finding}");
        }
    }
    let sandbox = clones.at("b");
    sandbox.run(&["resolve"]).ok();
    assert_eq!(actions(sandbox, &other), ["open", "merged", "solve", "reopen"]);
    assert_eq!((status(sandbox, &one), status(sandbox, &other)), ("solved".to_owned(), "open".to_owned()));
    assert_eq!(found(sandbox), [] as [String; 0]);
    // Solved once more by somebody who knows of both, it stays so.
    sandbox.run(&["solve", &other]).ok();
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
    assert_eq!(found(sandbox), [] as [String; 0]);
    sandbox.run(&["audit"]).ok();
}

#[test]
fn a_solve_that_has_seen_what_came_is_as_it_is() {
    let (mut clones, [one, other, _]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.pull("a", "b").ok();
    clones.at("a").run(&["note", &other, "-m", "Beside it."]).ok();
    clones.at("b").run(&["--as", "lea@desk.example", "solve", &other]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!(actions(sandbox, &other), ["open", "merged", "note", "solve"]);
    assert_eq!(found(sandbox), [] as [String; 0]);
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
}

#[test]
fn what_was_not_seen_is_told_by_the_driver_and_mended_within_the_merge() {
    let (mut clones, [_, other, _]) = solved_unseen();
    let said = clones.pull("a", "b").ok().stderr;
    assert!(said.contains("without having seen this"), "{said}");
    let sandbox = &clones.sandbox;
    sandbox.git(&["reset", "-q", "--hard", "HEAD~1"]).ok();
    sandbox.git(&["config", "--remove-section", "merge.casebook"]).ok();
    clones.pull("a", "b").fails(1);
    let sandbox = &clones.sandbox;
    let resolved = sandbox.run(&["resolve"]).ok();
    assert!(resolved.stdout.contains("mended    "), "{resolved:?}");
    sandbox.git(&["commit", "-q", "--no-edit"]).ok();
    assert_eq!(actions(sandbox, &other), ["open", "merged", "solve", "reopen"]);
    assert_eq!(found(sandbox), [] as [String; 0]);
    sandbox.run(&["audit"]).ok();
}

#[test]
fn a_memory_that_was_cut_or_of_a_commit_that_is_no_more_is_made_anew() {
    let (mut clones, [_, other, _]) = solved_unseen();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!(found(sandbox), ["entry.concurrent"]);
    let memory = sandbox.path(".git/casebook/unseen");
    let whole = std::fs::read_to_string(&memory).unwrap();
    for text in ["", "0123\nend\n", &whole[..whole.len() - 4], "\0"] {
        std::fs::write(&memory, text).unwrap();
        assert_eq!(found(sandbox), ["entry.concurrent"], "{text:?}");
        assert_eq!(std::fs::read_to_string(&memory).unwrap(), whole);
    }
    sandbox.run(&["note", &other, "-m", "Later."]).ok();
    assert_eq!(found(sandbox), ["entry.concurrent"]);
}

#[test]
fn in_the_middle_of_a_merge_what_mends_is_part_of_its_commit() {
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
fn only_agents_mend_and_others_are_told() {
    let (mut clones, [one, other, _]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.at("b").run(&["merge", &other, "--into", &one]).ok();
    clones.pull("a", "b").ok();
    let told = clones.sandbox.run(&["--as", "ana@acme.example", "resolve"]).ok();
    assert!(told.stderr.contains("which agents may do"), "{}", told.stderr);
    assert_eq!(actions(&clones.sandbox, &other).len(), 3);
}

#[test]
fn a_target_that_lost_its_side_of_a_merge_is_told_again() {
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

/// A reply of Ana's to a ticket that was merged meanwhile, as both clones have it: neither has mended it yet.
fn stranded() -> (Clones, [String; 3]) {
    let (mut clones, [one, other, third]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.at("b").run(&["--as", "ana@acme.example", "reply", &one, "-m", "It still does not work."]).ok();
    clones.pull("a", "b").ok();
    clones.pull("b", "a").ok();
    (clones, [one, other, third])
}

#[test]
fn two_clones_that_mend_the_same_write_the_same_bytes() {
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
fn two_clones_that_mend_what_differs_keep_both_and_show_one() {
    let (mut clones, [one, other, third]) = stranded();
    clones.at("a").run(&["resolve"]).ok();
    clones.at("b").run(&["reply", &other, "-m", "Is it solved?"]).ok();
    clones.sandbox.run(&["--as", "lea@desk.example", "resolve"]).ok();
    clones.pull("a", "b").ok();
    let sandbox = &clones.sandbox;
    assert_eq!(actions(sandbox, &other), ["open", "merged", "reply", "reply", "reply"]);
    let shown = sandbox.run(&["show", &other]).ok().stdout;
    assert_eq!(shown.matches("It still does not work.").count(), 1, "{shown}");
    assert!(shown.contains("two clones brought this here; it stands in "), "{shown}");
    assert!(!found(sandbox).contains(&"entry.key".to_owned()));
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
    sandbox.run(&["check"]).ok();
    sandbox.run(&["audit"]).ok();
    // Merged into a third one by somebody who had not seen them: one copy goes on there.
    clones.pull("b", "a").ok();
    clones.at("a").run(&["merge", &other, "--into", &third]).ok();
    let sandbox = clones.at("a");
    assert_eq!(sandbox.run(&["resolve"]).ok().stdout, "nothing to resolve\n");
    assert_eq!(actions(sandbox, &one).last().map(String::as_str), Some("forward"));
}

#[test]
fn what_was_brought_by_two_ways_arrives_once() {
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
fn two_clones_that_take_back_the_same_merge_keep_both_entries() {
    let (mut clones, [one, other, third]) = clones();
    clones.at("a").run(&["merge", &one, "--into", &other]).ok();
    clones.sandbox.run(&["solve", &third]).ok();
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
fn mending_can_be_repeated_with_its_key() {
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
