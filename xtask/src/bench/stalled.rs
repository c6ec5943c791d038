//! Readers who do not read: what they cost the others, and the server.
//!
//! One run measures both sides of the moment when they stop, so that nothing
//! but their stopping differs. Messages come at a steady rate, because a loop
//! that waits for its readers would hide how long they wait.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::board::{Board, Case, OURS, Reach};
use super::live::{load, number};
use super::peer::Bare;
use crate::process::output;

/// The others while everybody still reads.
const ALL_READ: &str = "all read";

/// Seconds a write of the measured server may stall; what is given to it.
pub(super) const STALL_SECONDS: u32 = 5;

/// Until it is cut a stalled one may first let the kernel's buffers fill.
const CUT_SECONDS: f64 = 2.0 * STALL_SECONDS as f64;

const BYTES: f64 = 1024.0 * 1024.0;

struct Run {
    name: &'static str,
    sockets: usize,
    stalled: usize,
    /// Messages a second and the bytes of each: a third of a core for the
    /// server, and the buffers of the stalled are full after some seconds.
    rate: u32,
    body: u32,
}

const ONE: Run = Run {
    name: "1 room of 100, 1 does not read",
    sockets: 100,
    stalled: 1,
    rate: 200,
    body: 2_000,
};
const TEN: Run = Run {
    name: "1 room of 1,000, 10 do not read",
    sockets: 1_000,
    stalled: 10,
    rate: 20,
    body: 8_000,
};
const RUNS: [Run; 2] = [ONE, TEN];

pub(super) fn cases() -> Vec<Case> {
    RUNS.iter().flat_map(Run::cases).collect()
}

impl Run {
    fn case(&self, what: &str) -> String {
        format!("{}: {what}", self.name)
    }

    fn cases(&self) -> Vec<Case> {
        let judged = |what: &str, unit, against: &[&'static str], most| {
            Case::new(self.case(what), unit).goal("G12", against, Reach::AtMost(most))
        };
        vec![
            judged("p99 of the others", "µs", &[ALL_READ], 1.1),
            Case::new(self.case("p50 of the others"), "µs"),
            judged("lost by the others", "deliveries", &[], 0.0),
            judged("memory for each", "bytes", &[], BYTES),
            judged("cut after", "s", &[], CUT_SECONDS),
        ]
    }

    fn command(&self, program: &Path, server: &Bare, is_quick: bool) -> Command {
        // Both sides of the moment take as long as the cut does at the latest.
        let side = if is_quick { CUT_SECONDS } else { 3.0 * CUT_SECONDS };
        let mut run = load(program, &server.address, server.pid(), self.sockets);
        run.args(["--rate", &self.rate.to_string(), "--payload", &self.body.to_string()]);
        run.args(["--sample", "1"]);
        run.args(["--stalled", &self.stalled.to_string(), "--stall-after", &side.to_string()]);
        run.args(["--duration", &(2.0 * side).to_string(), "--drain-ms", "2000"]);
        run
    }

    fn note(&self, board: &mut Board, said: &Value) -> Result<()> {
        let median = self.case("p50 of the others");
        board.note(&median, OURS, number(said, "/stalled/delivery_latency/p50_us")?);
        board.note(&median, ALL_READ, number(said, "/delivery_latency/p50_us")?);
        // Of a usual second: a neighbour spoils some, on either side.
        let late = self.case("p99 of the others");
        board.note(&late, OURS, number(said, "/stalled/usual_p99_us/beside")?);
        board.note(&late, ALL_READ, number(said, "/stalled/usual_p99_us/before")?);
        let mut note = |what: &str, figure| board.note(&self.case(what), OURS, figure);
        let expected = number(said, "/totals/expected_deliveries")?;
        note("lost by the others", expected - number(said, "/totals/delivered")?);
        note("memory for each", number(said, "/stalled/own_bytes_each")?);
        // One that was never cut has no figure, and no figure reaches no goal.
        note("cut after", number(said, "/stalled/cut_after_s").unwrap_or(f64::INFINITY));
        Ok(())
    }
}

/// Each run against a server of its own: one that has been filled before has
/// memory to reuse.
pub(super) fn round(
    board: &mut Board,
    program: &Path,
    start: impl Fn() -> Result<Bare>,
    is_quick: bool,
) -> Result<()> {
    for run in &RUNS {
        let server = start()?;
        let said = output(&mut run.command(program, &server, is_quick))?;
        run.note(board, &serde_json::from_str(said.trim()).context("not JSON")?)?;
    }
    Ok(())
}
