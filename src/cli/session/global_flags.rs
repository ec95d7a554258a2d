//! The flags that every verb has.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::who::Who;

/// Flags that every verb has.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalFlags {
    /// The desk's folder [default: $CASEBOOK_DIR, else the nearest casebook.toml upwards]
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// The person who runs the command [default: $CASEBOOK_ACTOR, else git's user.email]
    #[arg(long = "as", value_name = "WHO", global = true, value_parser = Who::parse)]
    pub actor: Option<Who>,
    /// The language of tickets printed for people [default: that of LC_ALL, LC_MESSAGES or LANG, else en]
    #[arg(long, global = true, value_name = "LANG", value_parser = ["en", "fr", "ja", "pt"])]
    pub lang: Option<String>,
    /// When to use colors
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: ColorChoice,
    /// Read the files only, without the index
    #[arg(long, global = true)]
    pub no_index: bool,
    /// Do not start a pager on a terminal
    #[arg(long, global = true)]
    pub no_pager: bool,
    /// Print results only, without notes
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print more
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

/// A choice of when to use colors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
