//! `kill -9` at a random time: of the program only, of one git it started, or of all of them.

use std::fs;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group, test_kill_process_group};

use crate::random::Chance;

/// A kill that will be done.
#[derive(Clone, Copy, Debug)]
pub struct Kill {
    /// True to wait until the command holds the desk's lock and is about to write.
    holding: bool,
    /// The time after that, or after its start.
    after: Duration,
    whom: Whom,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Whom {
    Program,
    Git,
    All,
}

impl Kill {
    /// Draws one. Commands take about `usual`.
    pub fn draw(chance: &mut Chance, usual: Duration) -> Self {
        let holding = chance.hits(2, 3);
        let whom = [Whom::Program, Whom::Program, Whom::Git, Whom::All][chance.below(4)];
        let span = if holding { Duration::from_millis(20) } else { usual };
        let micros = usize::try_from(span.as_micros()).unwrap_or(usize::MAX).max(1);
        Self { holding, after: Duration::from_micros(chance.below(micros) as u64), whom }
    }

    /// Waits and kills. Returns `false` if the command ended first.
    pub fn strike(self, child: &mut Child) -> bool {
        let program = pid(child.id());
        while self.holding && !holds_a_lock(child.id()) {
            if has_ended(child) {
                return false;
            }
            sleep(Duration::from_micros(200));
        }
        sleep(self.after);
        loop {
            if has_ended(child) {
                return false;
            }
            let done = match self.whom {
                Whom::Program => kill_process(program, Signal::KILL).is_ok(),
                Whom::All => kill_process_group(program, Signal::KILL).is_ok(),
                Whom::Git => git_of(child.id()).is_some_and(|git| kill_process(pid(git), Signal::KILL).is_ok()),
            };
            if done || self.whom != Whom::Git {
                return done;
            }
            sleep(Duration::from_micros(500));
        }
    }
}

/// Returns whether a process that a command started still runs.
pub fn lives_on(command: u32) -> bool {
    test_kill_process_group(pid(command)).is_ok()
}

fn pid(raw: u32) -> Pid {
    Pid::from_raw(raw.cast_signed()).expect("a process has a number")
}

fn has_ended(child: &mut Child) -> bool {
    child.try_wait().is_ok_and(|status| status.is_some())
}

/// Returns whether a process holds a lock, by the kernel's list, rather than waits for one.
fn holds_a_lock(process: u32) -> bool {
    let word = process.to_string();
    let locks = fs::read_to_string("/proc/locks").unwrap_or_default();
    locks.lines().any(|line| {
        let mut words = line.split_whitespace().skip(1);
        words.next() == Some("FLOCK") && words.nth(2) == Some(&word)
    })
}

/// A process that another has started.
fn git_of(parent: u32) -> Option<u32> {
    let processes = fs::read_dir("/proc").ok()?.flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    numbers.filter(|number| *number > parent).find(|number| {
        let stat = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        let rest = stat.rsplit(')').next().unwrap_or_default();
        let mut words = rest.split_whitespace();
        words.next().is_some_and(|state| state != "Z") && words.next() == Some(&parent.to_string())
    })
}
