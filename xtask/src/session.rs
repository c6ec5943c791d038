//! A run of steps: each is announced, heard, counted and timed; one that fails
//! does not hide the next.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::Result;

use crate::process::{self, Ending, say};
use crate::tally::{Runner, Tally};

/// What ran so far.
#[derive(Default)]
pub(crate) struct Session {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    tally: Tally,
    took: Duration,
    note: &'static str,
}

/// The outcome of a run whose last line has said it already.
#[derive(Debug)]
pub(crate) struct NotAllPassed;

impl std::fmt::Display for NotAllPassed {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        out.write_str("not everything passed")
    }
}

impl std::error::Error for NotAllPassed {}

/// Longer than any step takes on a slow, busy machine: only a step that hangs
/// is killed, and one that is slow is not taken for it.
const HANGS: Duration = Duration::from_secs(25 * 60);

/// A step before it runs.
pub(crate) struct Step<'a> {
    pub(crate) name: &'a str,
    pub(crate) runner: Runner,
    /// After this long it hangs and is killed.
    pub(crate) limit: Duration,
}

impl<'a> Step<'a> {
    /// A step without tests of its own.
    pub(crate) fn plain(name: &'a str) -> Self {
        Self { name, runner: Runner::Step, limit: HANGS }
    }

    /// A step whose tests are counted.
    pub(crate) fn tests(name: &'a str, runner: Runner) -> Self {
        Self { name, runner, limit: HANGS }
    }
}

impl Session {
    /// Runs the commands of one step in turn; true when all went well.
    pub(crate) fn run(&mut self, step: &Step, commands: impl IntoIterator<Item = Command>) -> bool {
        let started = Instant::now();
        let mut tally = Tally::default();
        let mut note = "";
        say(&format!("\n== {}", step.name));
        for mut command in commands {
            say(&format!("$ {}", process::describe(&command)));
            let before = tally.failed;
            let ending = process::stream(&mut command, step.limit, |line| {
                tally.hear(step.runner, line);
                say(line);
            });
            note = match ending {
                Ok(Ending::Succeeded) => continue,
                Ok(Ending::Failed) => "failed",
                Ok(Ending::TimedOut) => "killed: it took too long",
                Err(error) => {
                    say(&format!("{error:#}"));
                    "could not start"
                }
            };
            // A runner that died without a summary still counts as one failure.
            if tally.failed == before {
                tally.failed += 1;
            }
        }
        if step.runner == Runner::Step && note.is_empty() {
            tally.passed += 1;
        } else if note.is_empty() && tally.passed + tally.failed == 0 {
            note = "ran no tests";
            tally.failed += 1;
        }
        self.add(step.name, tally, started.elapsed(), note);
        note.is_empty() && tally.failed == 0
    }

    /// Does work of our own as a step; true when it went well.
    pub(crate) fn work(&mut self, name: &str, work: impl FnOnce() -> Result<()>) -> bool {
        let started = Instant::now();
        say(&format!("\n== {name}"));
        let outcome = work();
        if let Err(error) = &outcome {
            say(&format!("{error:#}"));
        }
        let note = if outcome.is_ok() { "" } else { "failed" };
        let tally = Tally {
            passed: u64::from(outcome.is_ok()),
            failed: u64::from(outcome.is_err()),
            skipped: 0,
        };
        self.add(name, tally, started.elapsed(), note);
        outcome.is_ok()
    }

    /// Counts a step that could not run as failed: what was not proven is not proven.
    pub(crate) fn missed(&mut self, name: &str, why: &'static str) {
        say(&format!("\n== {name}\nnot run: {why}"));
        let tally = Tally { failed: 1, ..Tally::default() };
        self.add(name, tally, Duration::ZERO, why);
    }

    fn add(&mut self, name: &str, tally: Tally, took: Duration, note: &'static str) {
        self.rows.push(Row { name: name.into(), tally, took, note });
    }

    /// Prints the table and the closing line; an error when anything failed.
    pub(crate) fn close(self) -> Result<()> {
        say("\n== summary");
        let (mut passed, mut failed) = (0, 0);
        for Row { name, tally, took, note } in &self.rows {
            passed += tally.passed;
            failed += tally.failed;
            let skipped = match tally.skipped {
                0 => String::new(),
                count => format!(", {count} skipped"),
            };
            say(&format!(
                "{name:<34} {:>5} passed, {} failed{skipped}  {:.1} s  {note}",
                tally.passed,
                tally.failed,
                took.as_secs_f64(),
            ));
        }
        say(&format!("\n{passed} passed, {failed} failed"));
        if failed > 0 || passed == 0 {
            return Err(NotAllPassed.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> [Command; 1] {
        let mut command = process::command("sh");
        command.args(["-c", script]);
        [command]
    }

    #[test]
    fn a_runner_that_ran_nothing_has_failed() {
        let mut session = Session::default();
        assert!(!session.run(&Step::tests("empty", Runner::Cargo), shell("true")));
        assert!(session.close().is_err());
    }

    #[test]
    fn a_runner_that_died_has_failed() {
        let mut session = Session::default();
        let script = "echo 'test result: ok. 3 passed; 0 failed; 0 ignored'; exit 1";
        assert!(!session.run(&Step::tests("dies", Runner::Cargo), shell(script)));
        assert!(session.close().is_err());
    }

    #[test]
    fn steps_and_tests_add_up() {
        let mut session = Session::default();
        let script = "echo 'test result: ok. 3 passed; 0 failed; 0 ignored'";
        assert!(session.run(&Step::tests("tests", Runner::Cargo), shell(script)));
        assert!(session.run(&Step::plain("plain"), shell("true")));
        assert!(session.close().is_ok());
    }
}
