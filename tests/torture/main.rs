//! Torture: many processes with `kill -9`, clones that converge, and what fails around the program.
//!
//! `cargo test --test torture` runs a short form. The long one is in `.ci/torture`, and by hand:
//! `cargo test --test torture -- processes --processes 8 --commands 1000 --kills 200 --seed 1`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, clippy::print_stdout, missing_docs)]

mod clones;
mod command;
mod faults;
mod kill;
mod ledger;
mod processes;
mod random;
#[allow(dead_code, unused_imports)] // its own tests run in the suite
#[path = "../suite/fixtures/sandbox/mod.rs"]
mod sandbox;
mod worker;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, Subcommand};

use clones::Clones;
use processes::Processes;
use sandbox::Sandbox;
use worker::Counts;

/// The arguments of the command line.
#[derive(Debug, Parser)]
#[command(name = "torture")]
struct Arguments {
    /// The program to test, if not the one that was built for this test
    #[arg(long, global = true, default_value = env!("CARGO_BIN_EXE_casebook"))]
    program: PathBuf,
    #[command(subcommand)]
    what: Option<Torture>,
}

#[derive(Debug, Subcommand)]
enum Torture {
    /// Many processes at one desk, and `kill -9`
    Processes(Processes),
    /// Clones of one desk over a bare remote
    Clones(Clones),
    /// A full disk, a read-only folder, a hook that fails, a clock that jumps, a git that dies
    Faults {
        /// Try only every n-th size and room, and only with a commit
        #[arg(long, default_value = "1")]
        every: usize,
    },
}

/// The result of a run.
#[derive(Default)]
pub struct RunResult {
    pub counts: Counts,
    pub said: Vec<String>,
    pub wrong: Vec<String>,
    /// The sandbox, kept if an error was found.
    pub kept: Option<Sandbox>,
}

impl RunResult {
    /// Records an error if a condition does not hold.
    pub fn expect(&mut self, what: &str, so: bool, why: &str) {
        if !so {
            self.wrong.push(format!("not so: {what}\n{why}"));
        }
    }
}

/// Adds counts to others.
pub fn add_counts(to: &mut Counts, from: Counts) {
    for (what, times) in from {
        *to.entry(what).or_default() += times;
    }
}

fn main() -> ExitCode {
    ledger::prove();
    // `cargo test WORD` asks every test binary for the tests of that name; here are none with names.
    let known = ["processes", "clones", "faults", "--program", "--help", "help"];
    if std::env::args().nth(1).is_some_and(|word| !known.contains(&word.as_str())) {
        println!("torture: not asked for");
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::parse();
    let program = arguments.program.canonicalize().expect("the program is there");
    let short =
        vec![Torture::Processes(Processes::SHORT), Torture::Clones(Clones::SHORT), Torture::Faults { every: 5 }];
    let tortures = arguments.what.map_or(short, |what| vec![what]);
    let fine: Vec<bool> = tortures.iter().map(|what| endure(what, &program)).collect();
    ExitCode::from(u8::from(!fine.into_iter().all(|fine| fine)))
}

/// Runs one of them and prints its result; returns whether no error was found.
#[allow(clippy::disallowed_methods)] // the time it took is printed and decides nothing
fn endure(what: &Torture, program: &Path) -> bool {
    let began = Instant::now();
    println!("torture: {what:?}");
    let told = match what {
        Torture::Processes(processes) => processes.run(program),
        Torture::Clones(clones) => clones.run(program),
        Torture::Faults { every } => faults::run(program, *every),
    };
    for (what, times) in &told.counts {
        println!("  {times:7} {what}");
    }
    told.said.iter().for_each(|said| println!("  {said}"));
    for wrong in told.wrong.iter().take(60) {
        println!("  WRONG: {wrong}");
    }
    println!("  {} things wrong, {} seconds", told.wrong.len(), began.elapsed().as_secs());
    match told.kept {
        Some(sandbox) if !told.wrong.is_empty() => {
            println!("  kept in {}", sandbox.root().display());
            std::mem::forget(sandbox);
        }
        _ => {}
    }
    told.wrong.is_empty()
}
