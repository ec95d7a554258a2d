//! The command line of the verbs that are run most, without building that of all the others first.
//!
//! Describing thirty verbs takes longer than doing what most of them do. This knows one verb at a time; whatever it
//! cannot read, help and errors among it, is left to the whole command line, so that nothing is worded twice.

use std::ffi::OsString;

use clap::{Args, Command, FromArgMatches};

use super::{Arguments, GlobalFlags, Verb};
use crate::cli::verbs;

/// The arguments, where the words are those of such a verb and say nothing odd.
pub(crate) fn parse(words: &[OsString]) -> Option<Arguments> {
    let verb = words.iter().skip(1).find_map(|word| match word.to_str()? {
        known @ ("show" | "list" | "reply" | "note" | "open" | "hold" | "solve" | "merge-file") => Some(known),
        _ => None,
    })?;
    match verb {
        "show" => of("show", words, Verb::Show),
        "list" => of("list", words, |list| Verb::List(Box::new(list))),
        "reply" => of::<verbs::reply::ReplyArgs>("reply", words, Verb::Reply),
        "note" => of("note", words, Verb::Note),
        "open" => of("open", words, Verb::Open),
        "merge-file" => of("merge-file", words, Verb::MergeFile),
        "hold" => of("hold", words, Verb::Hold),
        _ => of("solve", words, Verb::Solve),
    }
}

fn of<T: Args>(name: &'static str, words: &[OsString], verb: impl FnOnce(T) -> Verb) -> Option<Arguments> {
    let whole = Command::new("casebook").disable_help_subcommand(true).disable_version_flag(true);
    let whole = GlobalFlags::augment_args(whole).subcommand(T::augment_args(Command::new(name)));
    let matches = whole.try_get_matches_from(words).ok()?;
    let (_, own) = matches.subcommand()?;
    Some(Arguments {
        global: GlobalFlags::from_arg_matches(&matches).ok()?,
        verb: Some(verb(T::from_arg_matches(own).ok()?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn both(line: &str) -> (Option<String>, Option<String>) {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let whole = crate::cli::command()
            .try_get_matches_from(&words)
            .and_then(|matches| Arguments::from_arg_matches(&matches));
        (parse(&words).map(|short| format!("{short:?}")), whole.ok().map(|whole| format!("{whole:?}")))
    }

    #[test]
    fn the_shortcut_reads_what_the_whole_command_line_reads() {
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
            let (short, whole) = both(line);
            assert!(short.is_some(), "{line}");
            assert_eq!(short, whole, "{line}");
        }
    }

    #[test]
    fn what_it_does_not_know_is_left_to_the_whole() {
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
            assert_eq!(both(line).0, None, "{line}");
        }
    }
}
