//! A shortcut through the command line, for the verbs that run most often.
//!
//! To describe all verbs to clap takes longer than to run most of them, so this file describes only one. Everything it
//! cannot parse, such as help and errors, is left to the complete command line.

use std::ffi::OsString;

use clap::{Args, Command, FromArgMatches};

use super::session::global_flags::GlobalFlags;
use super::verbs::{Arguments, Verb};

/// Parses the arguments of such a verb. None if the complete command line must parse them.
pub(crate) fn parse(words: &[OsString]) -> Option<Arguments> {
    let verb = words.iter().skip(1).find_map(|word| match word.to_str()? {
        verb @ ("show" | "list" | "reply" | "note" | "open" | "hold" | "solve" | "merge-file") => Some(verb),
        _ => None,
    })?;
    match verb {
        "show" => parse_verb("show", words, Verb::Show),
        "list" => parse_verb("list", words, |list| Verb::List(Box::new(list))),
        "reply" => parse_verb("reply", words, Verb::Reply),
        "note" => parse_verb("note", words, Verb::Note),
        "open" => parse_verb("open", words, Verb::Open),
        "merge-file" => parse_verb("merge-file", words, Verb::MergeFile),
        "hold" => parse_verb("hold", words, Verb::Hold),
        _ => parse_verb("solve", words, Verb::Solve),
    }
}

fn parse_verb<T: Args>(name: &'static str, words: &[OsString], verb: impl FnOnce(T) -> Verb) -> Option<Arguments> {
    let command = Command::new("casebook").disable_help_subcommand(true).disable_version_flag(true);
    let command = GlobalFlags::augment_args(command).subcommand(T::augment_args(Command::new(name)));
    let matches = command.try_get_matches_from(words).ok()?;
    let (_, verb_matches) = matches.subcommand()?;
    Some(Arguments {
        global: GlobalFlags::from_arg_matches(&matches).ok()?,
        verb: Some(verb(T::from_arg_matches(verb_matches).ok()?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_both(line: &str) -> (Option<String>, Option<String>) {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let complete = crate::cli::verbs::command()
            .try_get_matches_from(&words)
            .and_then(|matches| Arguments::from_arg_matches(&matches));
        (parse(&words).map(|short| format!("{short:?}")), complete.ok().map(|complete| format!("{complete:?}")))
    }

    #[test]
    fn the_shortcut_parses_the_same_as_the_complete_command_line() {
        for line in [
            "casebook show 01M7 --json=id,subject",
            "casebook -C desk --as ana@acme.example show 01M7 --raw --no-index",
            "casebook list status:open --sort -updated --limit 3 -q",
            "casebook list --color never -p S1,S2 --count",
            "casebook reply 01M7 -m -x --keep-open --commit",
            "casebook note 01M7 -F - --key k --if-status open",
            "casebook open -s -x -p P2 --cc bo@acme.example -m one -m two -q",
            "casebook hold 01M7 --reason engineering --until +3d -n",
            "casebook solve 01M7 --resolution bug_reported --bug B-1 --bug-priority S2 --eta 2026-12-01",
            "casebook -v solve show",
            "casebook merge-file .merge_file_a .merge_file_b .merge_file_c 7 tickets/2026/11/x.yaml",
        ] {
            let (short, complete) = parse_both(line);
            assert!(short.is_some(), "{line}");
            assert_eq!(short, complete, "{line}");
        }
    }

    #[test]
    fn other_arguments_are_left_to_the_complete_command_line() {
        for line in [
            "casebook",
            "casebook tag show --add x",
            "casebook show",
            "casebook show --help",
            "casebook lsit show",
            "casebook show 01M7 --jsn",
            "casebook --version",
            "casebook check list",
            "casebook hold 01M7 --reason enginering",
            "casebook -q -v show 01M7",
        ] {
            assert_eq!(parse_both(line).0, None, "{line}");
        }
    }
}
