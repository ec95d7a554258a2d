//! An invalid section of casebook.toml: the commands that need it refuse, all others work, and `check` reports its place.

use crate::fixtures::desk::desk;
use crate::fixtures::sandbox::Sandbox;

const SETTINGS: &str = "format = 1\ntime_zone = \"UTC\"\n[team]\nagents = [\"kenji@desk.example\"]\n\
    [plans.standard]\nfirst_response = { S3 = \"4h\" }\ncalendar = \"always\"\n[macros.hello]\ntext = \"Hello.\"\n\
    [desk]\nplan = \"standard\"\n";

/// Commands by name. `OPEN` and `SOLVED` stand for tickets.
const COMMANDS: [(&str, &[&str]); 17] = [
    ("show", &["show", "OPEN"]),
    ("show status", &["show", "OPEN", "--json=status"]),
    ("list", &["list"]),
    ("list due", &["list", "is:overdue"]),
    ("note", &["note", "OPEN", "-m", "Seen.", "-n"]),
    ("reply", &["reply", "OPEN", "-m", "Which release?", "-n"]),
    ("reply late", &["--as", "ana@acme.example", "reply", "SOLVED", "-m", "It is back.", "-n"]),
    ("attach", &["attach", "OPEN", ".gitattributes", "-n"]),
    ("open", &["open", "-s", "Tiles", "--requester", "ana@acme.example", "-m", "Help!", "-n"]),
    ("assign", &["assign", "OPEN", "--next", "-n"]),
    ("macro", &["macro", "hello", "OPEN", "-n"]),
    ("escalate", &["escalate", "OPEN", "--reason", "business_impact", "-m", "Please hurry.", "-n"]),
    ("sla", &["sla"]),
    ("plan", &["plan", "list"]),
    ("calendar", &["calendar", "next"]),
    ("sweep", &["sweep"]),
    ("sweep apply", &["sweep", "--apply"]),
];

/// The commands about plans, calendars and clocks.
const ABOUT_TIME: [&str; 8] = ["show", "list due", "escalate", "sla", "plan", "calendar", "sweep", "sweep apply"];

/// Invalid lines at the end of casebook.toml, with the commands that need them.
const BROKEN: [(&str, &[&str]); 16] = [
    ("reopen_window = \"soon\"", &["reply late"]),
    ("[defaults]\npriority = \"S9\"", &["open"]),
    ("[git]\ncommit = \"often\"", &["note", "reply", "reply late", "attach", "open", "assign", "macro", "escalate"]),
    ("[attachments]\nmax_size = \"much\"", &["attach"]),
    ("[queries]\nmine = 3", &["list", "list due", "sla", "sweep", "sweep apply"]),
    ("[follow_up.S1]\nsolve_after = \"soon\"", &["sweep", "sweep apply"]),
    ("[follow_up.texts.de]\nremind = \"{{ \"", &["sweep apply"]),
    ("[calendars.x]\nopen = []\ntime_zone = \"Nowhere\"", &ABOUT_TIME),
    ("[plans.x]\nfirst_response = { S9 = \"1h\" }", &ABOUT_TIME),
    ("[escalation]\ncalendar = \"moon\"", &ABOUT_TIME),
    ("[eligibility]\nunknown_people = \"maybe\"", &["open"]),
    ("[fields.x]\ntype = \"list\"", &["open", "assign", "macro"]),
    ("[macros.x]\ntext = 3", &["macro"]),
    ("[signing]\n\"kenji@desk.example\" = [\"nonsense\"]", &[]),
    ("[audit]\naccepted = [\"3f2a9c1 CB405\"]", &[]),
    ("[team.people.\"kenji@desk.example\"]\ncalendar = \"moon\"", &["assign"]),
];

fn two_tickets() -> (Sandbox, String, String) {
    let sandbox = desk();
    sandbox.write("casebook.toml", SETTINGS);
    sandbox.shell("git add -A && git commit -qm settings").ok();
    let [open, solved] = ["Open", "Solved"].map(|subject| sandbox.opened(subject, &[]));
    sandbox.run(&["solve", &solved, "--agreed-by", "ana@acme.example", "-m", "Done."]).ok();
    (sandbox, open, solved)
}

#[test]
fn an_invalid_section_stops_only_the_commands_that_need_it() {
    let (sandbox, open, solved) = two_tickets();
    for (lines, needing) in [("", &[][..])].iter().chain(&BROKEN) {
        sandbox.write("casebook.toml", &format!("{SETTINGS}{lines}\n"));
        for (name, arguments) in COMMANDS {
            let arguments: Vec<&str> = arguments
                .iter()
                .map(|argument| match *argument {
                    "OPEN" => open.as_str(),
                    "SOLVED" => solved.as_str(),
                    argument => argument,
                })
                .collect();
            let run = sandbox.run(&arguments);
            let expected = if needing.contains(&name) { 7 } else { 0 };
            assert_eq!(run.code, Some(expected), "{lines:?}: {name}: {run:?}");
            assert!(expected == 0 || run.stderr.contains("casebook.toml:"), "{lines:?}: {name}: {run:?}");
            assert!(name != "show" || run.stdout.contains("Help!"), "{lines:?}: {name}: {run:?}");
        }
    }
}

#[test]
fn every_invalid_section_is_reported_with_its_place() {
    let (sandbox, ..) = two_tickets();
    let lines: Vec<&str> = BROKEN.iter().map(|(lines, _)| *lines).collect();
    let text = format!("{SETTINGS}{}\n", lines.join("\n"));
    sandbox.write("casebook.toml", &text);
    let found = sandbox.run(&["check", "--json"]).fails(1).json();
    let found: Vec<u64> = found.as_array().unwrap().iter().map(|finding| finding["line"].as_u64().unwrap()).collect();
    let mut line = SETTINGS.lines().count();
    let ends = lines.iter().map(|lines| {
        line += lines.lines().count();
        line as u64
    });
    assert_eq!(found, ends.collect::<Vec<_>>());
    let told = sandbox.run(&["doctor"]).fails(1).stdout;
    assert_eq!(told.matches("casebook.toml:").count(), BROKEN.len(), "{told}");
}

#[test]
fn a_list_of_holidays_is_read_only_for_a_clock_that_needs_it() {
    let (sandbox, open, _) = two_tickets();
    let calendar = "[calendars.office]\ntime_zone = \"UTC\"\nopen = [\"Mon-Fri\"]\nholidays = [\"xx\"]\n";
    sandbox.write("casebook.toml", &format!("{SETTINGS}{calendar}"));
    sandbox.run(&["show", &open]).ok();
    let told = sandbox.run(&["check", "--format", "concise"]).fails(1).stdout;
    assert!(told.contains("there is no calendars/xx.toml"), "{told}");
    let settings = SETTINGS.replace("calendar = \"always\"", "calendar = \"office\"");
    sandbox.write("casebook.toml", &format!("{settings}{calendar}"));
    let shown = sandbox.run(&["show", &open, "--json"]).fails(7);
    assert_eq!(shown.json()["sla"], serde_json::json!([]));
    assert!(shown.stderr.contains("there is no calendars/xx.toml"), "{}", shown.stderr);
    for arguments in [&["list", "is:overdue"][..], &["sla"], &["sla", "--explain", &open]] {
        assert_eq!(sandbox.run(arguments).fails(7).stdout, "", "{arguments:?}");
    }
}

#[test]
fn a_casebook_toml_that_is_not_utf8_is_invalid_at_its_place() {
    let sandbox = desk();
    sandbox.opened("Open", &[]);
    std::fs::write(sandbox.path("casebook.toml"), [SETTINGS.as_bytes(), b"# caf\xe9\n"].concat()).unwrap();
    let line = SETTINGS.lines().count() + 1;
    sandbox.git(&["add", "casebook.toml"]).ok();
    for words in [&["check", "--json"][..], &["check", "--staged", "--json"]] {
        let findings = sandbox.run(words).fails(1).json();
        let found = (&findings[0]["code"], &findings[0]["line"], &findings[0]["column"]);
        assert_eq!(found, (&"CB301".into(), &line.into(), &6.into()), "{words:?}: {findings}");
    }
    for words in [&["list", "--json"][..], &["sweep", "--json"]] {
        let error = sandbox.run(words).fails(7).error();
        assert_eq!((&error["code"], &error["line"]), (&"config.invalid".into(), &line.into()), "{words:?}: {error}");
    }
}

#[test]
fn a_casebook_toml_in_conflict_is_named_so() {
    let (sandbox, open, _) = two_tickets();
    sandbox.git(&["branch", "other"]).ok();
    for (branch, name) in [("", "name = \"a\"\n"), ("git checkout -q other && ", "name = \"b\"\n")] {
        sandbox.write("../casebook.toml", &format!("{name}{SETTINGS}"));
        sandbox.shell(&format!("{branch}mv ../casebook.toml . && git commit -qam name")).ok();
    }
    sandbox.shell("git merge -q @{-1} 2>&1").fails(1);
    for words in [&["list", "--json"][..], &["show", &open, "--json"], &["sync", "--json"]] {
        let error = sandbox.run(words).fails(7).error();
        assert_eq!((&error["code"], &error["line"]), (&"config.invalid".into(), &1.into()), "{error}");
        let told = error.to_string();
        assert!(told.contains("in conflict") && told.contains("`git add casebook.toml`"), "{told}");
    }
}

#[test]
fn check_tries_saved_queries() {
    let sandbox = desk();
    let saved =
        "[queries]\ngood = \"is:open @also\"\nalso = \"assignee:me updated:<7d\"\nbad = \"nope:x\"\nloop = \"@loop\"\n";
    let toml = sandbox.read("casebook.toml").replace("[queries]\n", saved);
    sandbox.write("casebook.toml", &toml);
    let told = sandbox.run(&["check"]).fails(1).stdout;
    for (name, reason) in [("bad", "unknown query key `nope:`"), ("loop", "saved query `loop` contains itself")] {
        let line = toml.lines().position(|line| line.starts_with(&format!("{name} ="))).unwrap() + 1;
        let expected = format!("the saved query `{name}` is invalid: {reason}");
        assert!(told.contains(&expected) && told.contains(&format!("casebook.toml:{line}:")), "{told}");
    }
    assert!(told.contains("CB301") && told.contains("2 errors"), "{told}");
    sandbox.run(&["list", "@good"]).ok();
}
