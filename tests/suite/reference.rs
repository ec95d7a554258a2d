//! Documents generated from the command line: `docs/cli.md`, the pages of `docs/cli/`, completions and manual pages.
//! All of them contain every verb.
//!
//! `UPDATE_DOCS=1` writes the pages.

use casebook::cli::{CODES, Exit, FILES, PLUMBING, TASKS, VARIABLES, command};

use crate::sandbox::Sandbox;
use crate::snapshot;

/// Returns the verbs, without those that are other names of a command.
pub fn verbs() -> Vec<String> {
    shown(&command()).map(|verb| verb.get_name().to_owned()).collect()
}

fn shown(line: &clap::Command) -> impl Iterator<Item = &clap::Command> {
    line.get_subcommands().filter(|verb| !verb.is_hide_set())
}

#[test]
fn the_reference_is_the_help_of_the_program() {
    let mut page = include_str!("reference.head.md").to_owned();
    page.push_str("\n## Verbs\n\n| verb | purpose |\n|---|---|\n");
    for verb in shown(&command()) {
        let name = verb.get_name();
        page.push_str(&format!("| [{name}](cli/{name}.md) | {} |\n", about(verb, false).replace('|', "\\|")));
    }
    page.push_str("\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (exit, meaning) in Exit::MEANINGS {
        page.push_str(&format!("| {} | {meaning} |\n", *exit as u8));
    }
    page.push_str(include_str!("reference.errors.md"));
    page.push_str("\n| code | exit | meaning |\n|---|---|---|\n");
    for (code, exit, meaning) in CODES {
        page.push_str(&format!("| `{code}` | {} | {meaning} |\n", *exit as u8));
    }
    page.push_str("\n## Environment\n\n| variable | meaning |\n|---|---|\n");
    for (name, meaning) in VARIABLES {
        page.push_str(&format!("| `{name}` | {meaning} |\n"));
    }
    page.push_str("\n## Files\n\n| path | contents |\n|---|---|\n");
    for (path, contents) in FILES {
        page.push_str(&format!("| `{path}` | {contents} |\n"));
    }
    page.push_str(&format!("\n## casebook\n\n```text\n{}```\n", help(command())));
    snapshot::assert_is("docs/cli.md", &page);
}

#[test]
fn every_verb_has_a_page_and_every_page_a_verb() {
    for verb in shown(&command()) {
        snapshot::assert_is(&format!("docs/cli/{}.md", verb.get_name()), &verb_page(verb));
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli");
    for file in std::fs::read_dir(&folder).expect("docs/cli") {
        let path = file.expect("a page").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if verbs().contains(&name) {
            continue;
        }
        assert!(snapshot::is_updating(), "{}: the verb does not exist; UPDATE_DOCS=1 deletes the page", path.display());
        std::fs::remove_file(&path).expect("a page that can be deleted");
    }
}

/// Returns the page of a verb: a table of contents if it has subcommands, then the help of each.
fn verb_page(verb: &clap::Command) -> String {
    let name = format!("casebook {}", verb.get_name());
    let mut page = format!(
        "# {name}\n\n*A test generates this page from the program's help. [The command line](../cli.md) lists all verbs, exit \
         codes and\nerror codes.*\n"
    );
    let inner = inner_verbs(verb, &name);
    if !inner.is_empty() {
        page.push_str("\n| verb | purpose |\n|---|---|\n");
        for (name, inner) in &inner {
            let anchor = name.replace(' ', "-");
            page.push_str(&format!("| [{name}](#{anchor}) | {} |\n", about(inner, false).replace('|', "\\|")));
        }
    }
    page.push_str(&format!("\n```text\n{}```\n", help(verb.clone().bin_name(name))));
    for (name, inner) in inner {
        page.push_str(&format!("\n## {name}\n\n```text\n{}```\n", help(inner.clone().bin_name(name.clone()))));
    }
    page
}

/// Returns the verbs below a verb, at any depth, with their full names.
fn inner_verbs<'a>(verb: &'a clap::Command, name: &str) -> Vec<(String, &'a clap::Command)> {
    let inner = verb.get_subcommands().map(|inner| (format!("{name} {}", inner.get_name()), inner));
    inner.flat_map(|(name, inner)| std::iter::once((name.clone(), inner)).chain(inner_verbs(inner, &name))).collect()
}

/// Returns the long help of a verb, at one width. Global options are in the help of the program only.
fn help(verb: clap::Command) -> String {
    let help = verb.term_width(100).render_long_help().to_string();
    help.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// Returns the description of a verb, short or long.
fn about(verb: &clap::Command, long: bool) -> String {
    let about = if long { verb.get_long_about().or(verb.get_about()) } else { verb.get_about() };
    about.map(ToString::to_string).unwrap_or_default()
}

#[test]
fn the_help_of_a_verb_is_the_comment_of_its_arguments() {
    // A comment on the variant of a verb would replace the comment of its struct.
    let source = include_str!("../../src/cli/verbs/mod.rs");
    let (_, verbs) = source.split_once("\nverbs! {").expect("the verbs");
    let (verbs, _) = verbs.split_once("\n}").expect("the end of the verbs");
    assert!(!verbs.contains("///"), "a variant has a comment");
    for verb in command().get_subcommands() {
        let (short, long) = (about(verb, false), about(verb, true));
        assert!(!short.is_empty() && !short.contains('\n') && !short.ends_with('.'), "{}: {short}", verb.get_name());
        assert!(long.starts_with(short.trim_end_matches('.')), "{}: {long}", verb.get_name());
        assert!(short.len() < 80, "{}: `{short}` is long for a line among others", verb.get_name());
    }
    let reply = command().find_subcommand("reply").map(|verb| about(verb, true)).unwrap_or_default();
    assert!(reply.contains("where the conversation goes on"), "{reply}");
}

#[test]
fn a_heading_has_the_same_flags_in_every_verb() {
    // The heading of a flattened struct also applies to the arguments after it.
    let under = |verb: &clap::Command, heading: &str| {
        let flags = verb.get_arguments().filter(|flag| flag.get_help_heading() == Some(heading));
        flags.map(|flag| flag.get_id().to_string()).collect::<Vec<_>>()
    };
    for heading in ["Query", "Output", "Text", "Findings"] {
        let mut groups: Vec<_> = command().get_subcommands().map(|verb| under(verb, heading)).collect();
        groups.retain(|flags| !flags.is_empty());
        assert!(groups.windows(2).all(|two| two[0] == two[1]), "{heading}: {groups:?}");
        assert!(!groups.is_empty(), "{heading}");
    }
}

/// Returns the source files in a folder.
fn sources(folder: &str) -> Vec<String> {
    let files = walkdir::WalkDir::new(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).into_iter();
    let files = files.map(|file| file.unwrap()).filter(|file| file.file_type().is_file());
    files.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect()
}

#[test]
fn the_codes_on_the_page_are_the_codes_of_the_program() {
    let mut used = std::collections::BTreeSet::new();
    for source in sources("src/cli").iter().filter(|source| !source.contains("pub const CODES")) {
        let literals: Vec<&str> = source.split('"').skip(1).step_by(2).collect();
        used.extend(literals.iter().filter(|word| is_code(word)).map(|word| (*word).to_owned()));
    }
    used.extend(["usage", "bug"].map(str::to_owned));
    let listed: std::collections::BTreeSet<String> = CODES.iter().map(|(code, _, _)| (*code).to_owned()).collect();
    assert_eq!(used, listed);
}

/// Returns true if a word has the form of an error code, such as `ticket.not_found`.
fn is_code(word: &str) -> bool {
    let is_valid = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    word.split_once('.').is_some_and(|(noun, problem)| is_valid(noun) && is_valid(problem))
        && !matches!(word, "user.email" | "casebook.toml" | "demo.toml" | "casebook.pusher")
}

#[test]
fn the_variables_on_the_page_are_the_variables_of_the_program() {
    let mut used = std::collections::BTreeSet::new();
    for source in sources("src/cli") {
        let names = source.split("variable(\"").skip(1).filter_map(|rest| rest.split('"').next());
        used.extend(names.map(str::to_owned));
    }
    let listed: std::collections::BTreeSet<String> = VARIABLES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(used, listed);
}

#[test]
fn there_is_a_manual_page_for_every_verb() {
    let sandbox = Sandbox::new();
    let page = sandbox.run(&["man"]).ok().stdout;
    assert!(page.contains(".TH"), "{page}");
    sandbox.run(&["man", "pages"]).ok();
    for verb in verbs() {
        // Manual pages escape a minus with a backslash.
        assert!(page.contains(&verb.replace('-', r"\-")), "{verb}");
        let page = sandbox.read(format!("pages/casebook-{verb}.1"));
        for part in [".TH", ".SH SYNOPSIS", ".SH \"EXIT STATUS\"", ".SH ENVIRONMENT", ".SH FILES"] {
            assert!(page.contains(part), "{verb}: {part}");
        }
    }
    assert!(page.contains("\\fBCASEBOOK_ACTOR\\fR\n"), "{page}");
}

#[test]
fn the_overview_has_every_verb_under_one_task_and_no_plumbing() {
    let mut named: Vec<&str> = TASKS.iter().flat_map(|(_, verbs)| verbs.iter()).chain(PLUMBING).copied().collect();
    named.sort_unstable();
    let mut all = verbs();
    all.sort_unstable();
    assert_eq!(named, all);
    let sandbox = Sandbox::new();
    let overview = sandbox.run(&["--help"]).ok().stdout;
    assert_eq!(overview, sandbox.run(&["help"]).ok().stdout);
    for (task, verbs) in TASKS {
        assert!(overview.contains(&format!("\n{task}:\n  {} ", verbs[0])), "{overview}");
    }
    for verb in PLUMBING.iter().chain(&["take", "status"]) {
        assert!(!overview.contains(&format!("  {verb} ")), "{verb}: {overview}");
        assert!(sandbox.run(&["help", verb]).ok().stdout.contains(&format!("Usage: casebook {verb}")), "{verb}");
    }
}

#[test]
fn the_help_of_a_verb_shows_examples_before_flags() {
    let sandbox = Sandbox::new();
    for (words, flag) in [("solve", "--resolution"), ("org person add", "--role"), ("calendar import", "--replace")] {
        let words: Vec<&str> = words.split(' ').collect();
        let help = sandbox.run(&[&["help"], words.as_slice()].concat()).ok().stdout;
        assert_eq!(help, sandbox.run(&[words.as_slice(), &["--help"]].concat()).ok().stdout);
        let place = |text: &str| help.find(&format!("\n{text}")).unwrap_or_else(|| panic!("{text}: {help}"));
        assert!(help.contains(flag) && place("Global options:") > place("Usage: "), "{help}");
        assert!(!help.contains("Example") || place("Example") < place("Arguments:"), "{help}");
    }
}

#[test]
fn there_is_a_page_for_every_topic() {
    let sandbox = Sandbox::new();
    let page = |topic: &str| sandbox.run(&["help", topic]).ok().stdout;
    for (name, _) in VARIABLES {
        assert!(page("environment").contains(name), "{name}");
    }
    for (code, _, meaning) in CODES {
        assert!(page("exit-codes").contains(code) && page("exit-codes").contains(meaning), "{code}");
    }
    for key in casebook::domain::query::keys() {
        assert!(page("query").contains(&format!(" {key}:")), "{key}: {}", page("query"));
    }
    assert!(
        page("formatting").contains("tablerow") && page("formatting").contains("short_id"),
        "{}",
        page("formatting")
    );
    assert!(page("security").contains("`guard`"), "{}", page("security"));
    // A token is three characters or more.
    assert!(page("agents").len() < 3 * 800, "{} bytes: {}", page("agents").len(), page("agents"));
}

#[test]
fn an_unknown_topic_suggests_one() {
    let sandbox = Sandbox::new();
    for (words, hint) in [
        (&["exit-code"][..], "did you mean `casebook help exit-codes`?"),
        (&["solv"], "did you mean `casebook help solve`?"),
        (&["org", "persons"], "did you mean `casebook help org`?"),
        (&["zzz"], "`casebook help` lists the verbs and the topics"),
    ] {
        let outcome = sandbox.run(&[&["help"], words].concat()).fails(2);
        assert!(outcome.stderr.contains(hint), "{}", outcome.stderr);
    }
}

#[test]
fn other_names_of_verbs_are_accepted() {
    let mut sandbox = Sandbox::new();
    sandbox.run(&["init", "desk"]).ok();
    sandbox.enter("desk");
    let id = sandbox.run(&["-q", "new", "-s", "Tiles", "--requester", "ana@acme.example", "-m", "Hi."]).ok().stdout;
    let id = id.trim();
    assert!(sandbox.run(&["take", id]).ok().stdout.contains(id));
    assert_eq!(sandbox.run(&["view", id, "--json=assignee"]).ok().json()["assignee"], "kenji@desk.example");
    sandbox.run(&["comment", id, "-m", "Known."]).ok();
    sandbox.run(&["prioritise", id, "S1", "-m", "All are affected."]).ok();
    assert_eq!(sandbox.run(&["ls", "-priority:S3", "--count"]).ok().stdout, "1\n");
    let close = ["close", id, "--agreed-by", "ana@acme.example"];
    sandbox.run(&close).ok();
    assert_eq!(sandbox.run(&["show", id, "--json=status"]).ok().json()["status"], "solved");
    assert_eq!(sandbox.run(&["status"]).ok().stdout, sandbox.run(&[]).ok().stdout);
}

#[test]
fn no_tip_names_a_verb_that_customers_notice() {
    let sandbox = Sandbox::new();
    let risky = ["remind", "redact", "reply", "solve", "close", "merge", "merge-file", "sweep"];
    for slip in ["rm", "remid", "replay", "clos", "solv", "mege", "sweap"] {
        let told = sandbox.run(&[slip]).fails(2).stderr;
        assert!(!risky.iter().any(|verb| told.contains(&format!("'{verb}'"))), "{told}");
    }
    for (slip, verb) in [("lsit", "'list'"), ("serch", "'search'")] {
        assert!(sandbox.run(&[slip]).fails(2).stderr.contains(verb), "{slip}");
    }
}
