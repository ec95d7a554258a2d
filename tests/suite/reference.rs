//! What is made from the command line itself: `docs/cli.md`, completions and manual pages. All of them name
//! every verb.
//!
//! `UPDATE_DOCS=1` writes the page.

use casebook::cli::{CODES, Exit, VARIABLES, command};

use crate::sandbox::Sandbox;
use crate::snapshot;

/// The verbs, in the order of the help.
pub fn verbs() -> Vec<String> {
    command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect()
}

#[test]
fn the_reference_page_is_the_programs_own_help() {
    let mut page = include_str!("reference.head.md").to_owned();
    page.push_str("\n## Exit codes\n\n| code | it means |\n|---|---|\n");
    for exit in Exit::ALL {
        page.push_str(&format!("| {} | {} |\n", *exit as u8, exit.meaning()));
    }
    page.push_str("\n## Error codes\n\nWith `--json` an error is one object on standard error:\n");
    page.push_str("`{\"error\": {\"code\", \"message\", \"hint\", \"ticket\", \"file\", \"line\", \"column\", \"candidates\"}}`.\n");
    page.push_str("Files that a list had to leave out are such objects too, each on a line of its own.\n");
    page.push_str(
        "A script that tries again on 6 should look at the word as well: `io.failed` does not go away by itself. It\n",
    );
    page.push_str("shares the number with what changed underneath, since the same is true of both: nothing was done, and the same\n");
    page.push_str("command may be given again.\n");
    page.push_str("The sentences may change; these words do not.\n\n| code | exit | it means |\n|---|---|---|\n");
    for (code, exit, meaning) in CODES {
        page.push_str(&format!("| `{code}` | {} | {meaning} |\n", *exit as u8));
    }
    page.push_str("\n## Environment\n\n| variable | it says |\n|---|---|\n");
    for (name, meaning) in VARIABLES {
        page.push_str(&format!("| `{name}` | {meaning} |\n"));
    }
    page.push_str(&format!("\n## casebook\n\n```text\n{}```\n", help(command())));
    for verb in command().get_subcommands() {
        page.push_str(&format!("\n## casebook {}\n\n```text\n{}```\n", verb.get_name(), help(verb.clone())));
        for inner in verb.get_subcommands() {
            let heading = format!("casebook {} {}", verb.get_name(), inner.get_name());
            page.push_str(&format!(
                "\n### {heading}\n\n```text\n{}```\n",
                help(inner.clone().bin_name(heading.clone()))
            ));
        }
    }
    snapshot::assert_is("docs/cli.md", &page);
}

/// The long help of a verb, as wide as anywhere. Flags every verb has stand on the first page alone.
fn help(verb: clap::Command) -> String {
    let help = verb.term_width(100).render_long_help().to_string();
    help.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// The help of a verb without what a page adds: what it says of itself.
fn about(verb: &clap::Command, long: bool) -> String {
    let about = if long { verb.get_long_about().or(verb.get_about()) } else { verb.get_about() };
    about.map(ToString::to_string).unwrap_or_default()
}

#[test]
fn the_help_of_a_verb_is_all_that_its_source_says() {
    // A comment on the variant of a verb would stand in front of that on its struct, and hide its longer part.
    let source = include_str!("../../src/cli/arguments.rs");
    let (_, verbs) = source.split_once("pub enum Verb {").expect("the verbs");
    assert!(!verbs.contains("///"), "a variant has words of its own");
    for verb in command().get_subcommands() {
        let (short, long) = (about(verb, false), about(verb, true));
        assert!(!short.is_empty() && !short.contains('\n') && !short.ends_with('.'), "{}: {short}", verb.get_name());
        assert!(long.starts_with(short.trim_end_matches('.')), "{}: {long}", verb.get_name());
        assert!(short.len() < 80, "{}: `{short}` is long for a line among others", verb.get_name());
    }
    let hold = command().find_subcommand("reply").map(|verb| about(verb, true)).unwrap_or_default();
    assert!(hold.contains("where the conversation goes on"), "{hold}");
}

#[test]
fn a_heading_holds_the_same_flags_wherever_it_stands() {
    // The heading of a flattened struct goes on over what follows it.
    let under = |verb: &clap::Command, heading: &str| {
        let flags = verb.get_arguments().filter(|flag| flag.get_help_heading() == Some(heading));
        flags.map(|flag| flag.get_id().to_string()).collect::<Vec<_>>()
    };
    for heading in ["Query", "Output", "Text", "Findings"] {
        let mut held: Vec<_> = command().get_subcommands().map(|verb| under(verb, heading)).collect();
        held.retain(|flags| !flags.is_empty());
        assert!(held.windows(2).all(|two| two[0] == two[1]), "{heading}: {held:?}");
        assert!(!held.is_empty(), "{heading}");
    }
}

/// The source of the command line.
fn sources(folder: &str) -> Vec<String> {
    let files = walkdir::WalkDir::new(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).into_iter();
    let files = files.map(|file| file.unwrap()).filter(|file| file.file_type().is_file());
    files.map(|file| std::fs::read_to_string(file.path()).unwrap()).collect()
}

#[test]
fn the_codes_on_the_page_are_the_codes_of_the_program() {
    let mut used = std::collections::BTreeSet::new();
    for source in sources("src/cli").iter().filter(|source| !source.contains("pub const CODES")) {
        let words: Vec<&str> = source.split('"').skip(1).step_by(2).collect();
        used.extend(words.iter().filter(|word| is_code(word)).map(|word| (*word).to_owned()));
    }
    used.extend(["usage", "bug"].map(str::to_owned));
    let listed: std::collections::BTreeSet<String> = CODES.iter().map(|(code, _, _)| (*code).to_owned()).collect();
    assert_eq!(used, listed);
}

/// `ticket.not_found` and the like.
fn is_code(word: &str) -> bool {
    let fits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    word.split_once('.').is_some_and(|(noun, what)| fits(noun) && fits(what))
        && !matches!(word, "user.email" | "casebook.toml" | "casebook.pusher")
}

#[test]
fn the_variables_on_the_page_are_the_variables_of_the_program() {
    let mut used = std::collections::BTreeSet::new();
    for source in sources("src/cli") {
        let asked = source.split("variable(\"").skip(1).filter_map(|rest| rest.split('"').next());
        used.extend(asked.map(str::to_owned));
    }
    let listed: std::collections::BTreeSet<String> = VARIABLES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(used, listed);
}

#[test]
fn completions_name_every_verb_for_every_shell() {
    let sandbox = Sandbox::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = sandbox.run(&["completions", shell]).ok().stdout;
        for verb in verbs() {
            assert!(script.contains(&verb), "{shell} {verb}");
        }
        assert!(script.contains("--if-version") || script.contains("if-version"), "{shell}");
    }
    sandbox.run(&["completions", "tcsh"]).fails(2);
}

#[test]
fn bash_takes_the_completions_it_is_given() {
    let sandbox = Sandbox::new();
    let told = sandbox.shell("command -v bash >/dev/null || exit 0; casebook completions bash > c && bash -n c");
    assert_eq!(told.ok().stderr, "");
}

#[test]
fn there_is_a_manual_page_for_every_verb() {
    let sandbox = Sandbox::new();
    let page = sandbox.run(&["man"]).ok().stdout;
    assert!(page.contains(".TH"), "{page}");
    sandbox.run(&["man", "pages"]).ok();
    for verb in verbs() {
        // A page spells a minus with a backslash before it.
        assert!(page.contains(&verb.replace('-', r"\-")), "{verb}");
        let own = sandbox.read(format!("pages/casebook-{verb}.1"));
        assert!(own.contains(".TH") && own.contains(".SH SYNOPSIS"), "{verb}");
    }
}
