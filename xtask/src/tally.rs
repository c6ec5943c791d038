//! Counts tests from what each runner prints, so that the last line of
//! `cargo xtask test` says what ran rather than what was meant to run.

/// Whose output is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    /// No tests inside: the step itself is the test.
    Step,
    /// `test result: ok. 5 passed; 0 failed; 1 ignored; …`, once per binary.
    Cargo,
    /// `Tests  2 failed | 34 passed (36)`.
    Vitest,
    /// `12 passed (30.1s)`, `1 failed`, `1 flaky`, `2 skipped`, each on a line.
    Playwright,
    /// `# pass 12`, `# fail 0`, `# skipped 0`.
    Node,
}

/// What ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// Adds what the line says, if it is a summary of that runner.
    pub(crate) fn hear(&mut self, runner: Runner, line: &str) {
        let line = plain(line);
        let line = line.trim();
        match runner {
            Runner::Step => {}
            Runner::Cargo => {
                if let Some(rest) = line.strip_prefix("test result: ") {
                    let counts = rest.split_once(". ").map_or("", |(_, counts)| counts);
                    self.add_counts(counts.split(';'));
                }
            }
            Runner::Vitest => {
                if let Some(rest) = line.strip_prefix("Tests ") {
                    self.add_counts(rest.split('(').next().unwrap_or_default().split('|'));
                }
            }
            Runner::Playwright => {
                self.add_counts(std::iter::once(line.split(" (").next().unwrap_or_default()));
            }
            Runner::Node => {
                let mut words = line.split_whitespace();
                if let (Some("#" | "ℹ"), Some(word), Some(count), None) =
                    (words.next(), words.next(), words.next(), words.next())
                {
                    self.add(word, count);
                }
            }
        }
    }

    /// Adds phrases of a number and a word, such as `3 failed`.
    fn add_counts<'a>(&mut self, phrases: impl Iterator<Item = &'a str>) {
        for phrase in phrases {
            let mut words = phrase.split_whitespace();
            if let (Some(count), Some(word)) = (words.next(), words.next()) {
                let rest: Vec<_> = words.collect();
                if rest.is_empty() || (word, rest.as_slice()) == ("did", &["not", "run"]) {
                    self.add(word, count);
                }
            }
        }
    }

    fn add(&mut self, word: &str, count: &str) {
        let Ok(count) = count.parse::<u64>() else { return };
        match word {
            "passed" | "pass" => self.passed += count,
            // A test that passes only when repeated has failed, and one that
            // was not reached proves nothing.
            "failed" | "fail" | "cancelled" | "flaky" | "interrupted" | "did" => {
                self.failed += count;
            }
            "ignored" | "skipped" | "todo" => self.skipped += count,
            _ => {}
        }
    }
}

/// The line without terminal escapes.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(next) = rest.next() {
        if next != '\u{1b}' {
            plain.push(next);
        } else if rest.next() == Some('[') {
            // A control sequence ends with its first letter.
            let _ = rest.by_ref().find(|sign| sign.is_ascii_alphabetic());
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(runner: Runner, printed: &str, passed: u64, failed: u64, skipped: u64) {
        let mut tally = Tally::default();
        printed.lines().for_each(|line| tally.hear(runner, line));
        assert_eq!(tally, Tally { passed, failed, skipped }, "{printed}");
    }

    #[test]
    fn cargo() {
        let printed = "running 9 tests\ntest x ... ok\n\
            test result: ok. 9 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.02s\n\
            test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        check(Runner::Cargo, printed, 11, 1, 1);
    }

    #[test]
    fn vitest() {
        let printed = " Test Files  1 failed | 4 passed (5)\n\
            \u{1b}[2m      Tests \u{1b}[22m \u{1b}[31m2 failed\u{1b}[39m | \u{1b}[32m34 passed\u{1b}[39m | 1 skipped (37)\n\
            \u{20}  Duration  1.20s";
        check(Runner::Vitest, printed, 34, 2, 1);
    }

    #[test]
    fn playwright() {
        let printed = "Running 5 tests using 1 worker\n  ✓  1 story.spec.ts:3:1 › story (3.1s)\n\
            \u{20} 1 failed\n    [chromium] › x.spec.ts:3:1 › x\n  1 flaky\n  1 did not run\n  3 passed (10.2s)";
        check(Runner::Playwright, printed, 3, 3, 0);
    }

    #[test]
    fn node() {
        let printed = "# tests 13\n# pass 12\n# fail 1\n# cancelled 2\n# skipped 0\n# todo 0";
        check(Runner::Node, printed, 12, 3, 0);
        check(Runner::Node, "ℹ pass 3\nℹ fail 0", 3, 0, 0);
    }
}
