//! The transport alone: ours bare and under the real server, beside socket.io
//! on Node and beside what the kernel takes for the same frames.
//!
//! Server time per unit is what noise disturbs least, so the goals are judged
//! by it; what the clients saw per second is reported beside it.
//!
//! The floor is a loop of bare system calls under the very load the servers
//! get (`bench/sioload`, program `bare`): same readers, cores and messages in
//! flight. A loop that sends without pause is no floor, because what a send
//! costs depends on its reader. One that lags behind is never woken, and its
//! frames are joined in its queue: the same 100 sockets have cost from 2.2 to
//! 4.7 µs a frame that way, by what else ran on the reader's core.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::board::{Board, Case, OURS, Reach};
use super::load;
use super::machine::{LOAD_CORE, SERVER_CORE, pinned};
use super::peer::{self, Bare};
use super::{Options, signed, stalled};
use crate::process::{cargo, command, output};
use crate::tree;

const NODE: &str = "node";
const FLOOR: &str = "floor";

/// Sockets of the runs that hold idle connections.
pub(super) const IDLE: usize = 10_000;

/// What the sockets of a run do.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Work {
    /// As many messages under way in each of so many rooms.
    Rooms {
        rooms: usize,
        window: usize,
    },
    Echo,
    Idle,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    name: &'static str,
    sockets: usize,
    work: Work,
}

const fn rooms(name: &'static str, sockets: usize, rooms: usize, window: usize) -> Run {
    Run { name, sockets, work: Work::Rooms { rooms, window } }
}

const ONE_OF_100: Run = rooms("1 room of 100, 1 in flight", 100, 1, 1);
const ONE_OF_1000: Run = rooms("1 room of 1,000, 1 in flight", 1000, 1, 1);
const DEEP_100: Run = rooms("1 room of 100, 8 in flight", 100, 1, 8);
const DEEP_1000: Run = rooms("1 room of 1,000, 8 in flight", 1000, 1, 8);
const MANY: Run = rooms("100 rooms of 10, 1 in flight", 1000, 100, 1);
const MANY_DEEP: Run = rooms("100 rooms of 10, 8 in flight", 1000, 100, 8);
const BURST: Run = rooms("1 room of 100, 512 in flight", 100, 1, 512);
const ECHO_100: Run = Run { name: "echo, 100 sockets", sockets: 100, work: Work::Echo };
const ECHO_1000: Run = Run { name: "echo, 1,000 sockets", sockets: 1000, work: Work::Echo };
const HELD: Run = Run { name: "10,000 idle", sockets: IDLE, work: Work::Idle };

/// Reported: with the load beside it, two cores prove no scaling.
const TWO_WORKERS: Run = rooms("1 room of 1,000, 8 in flight, 2 workers", 1000, 1, 8);

const RUNS: [Run; 10] = [
    ONE_OF_100,
    DEEP_100,
    ONE_OF_1000,
    DEEP_1000,
    MANY,
    MANY_DEEP,
    BURST,
    ECHO_100,
    ECHO_1000,
    HELD,
];

impl Run {
    fn case(&self, what: &str) -> String {
        format!("{}: {what}", self.name)
    }

    /// Without batches nothing but the system calls is left to save.
    fn has_floor(&self) -> bool {
        [ONE_OF_100.name, ONE_OF_1000.name].contains(&self.name)
    }

    /// What is judged, and what is reported beside it.
    fn cases(&self) -> Vec<Case> {
        let time = Case::new(self.case("server time"), "µs");
        let per_second = Case::new(self.case("per CPU second"), "1/s");
        let seen = Case::new(self.case("seen"), "1/s");
        let node = |case: Case, id, reach| case.goal(id, &[NODE], Reach::AtLeast(reach));
        let lean = |case: Case, reach| {
            let case = case.goal("G1", &[FLOOR], Reach::AtMost(1.25));
            case.goal("G1", &[NODE], Reach::AtMost(reach))
        };
        match self.name {
            name if name == ONE_OF_100.name => vec![lean(time, 0.65), seen],
            name if name == ONE_OF_1000.name => vec![lean(time, 0.5), seen],
            name if name == MANY.name => vec![node(per_second, "G3", 3.0), time, seen],
            name if name == ECHO_100.name => vec![node(per_second, "G4", 2.2), time, seen],
            name if name == ECHO_1000.name => vec![node(per_second, "G4", 3.0), time, seen],
            name if name == DEEP_100.name || name == DEEP_1000.name => {
                vec![node(per_second, "G2", 7.0), time, seen]
            }
            name if name == BURST.name => {
                let lost = Case::new(self.case("lost"), "deliveries");
                vec![lost.goal("G12", &[], Reach::AtMost(0.0)), time, seen]
            }
            name if name == HELD.name => {
                let held = Case::new(self.case("memory"), "bytes each");
                let opened = Case::new(self.case("server time to connect"), "µs each");
                let connects = Case::new(self.case("connections"), "1/s");
                vec![held.goal("G5", &[], Reach::AtMost(2048.0)), opened, connects]
            }
            _ => vec![per_second, time, seen],
        }
    }

    fn command(&self, program: &Path, address: &str, pid: u32, seconds: f64) -> Command {
        let mut run = load(program, address, pid, self.sockets);
        run.args(["--duration", &seconds.to_string()]);
        run.args(["--warmup", if self.work == Work::Idle { "0" } else { "0.5" }]);
        match self.work {
            Work::Rooms { rooms, window } => {
                run.args(["--rooms", &rooms.to_string(), "--window", &window.to_string()]);
                run.args(["--drain-ms", "1000"]);
            }
            Work::Echo => {
                run.args(["--mode", "echo"]);
            }
            Work::Idle => {
                run.args(["--mode", "idle", "--settle-ms", "2000"]);
            }
        }
        run
    }

    fn note(&self, board: &mut Board, variant: &str, said: &Value) -> Result<()> {
        let mut note = |what: &str, figure: f64| {
            let case = self.case(what);
            if self.cases().iter().any(|known| known.name == case) {
                board.note(&case, variant, figure);
            }
        };
        if self.work == Work::Idle {
            note("memory", number(said, "/memory/own_bytes_per_conn")?);
            note("server time to connect", number(said, "/connect/server_cpu_us_each")?);
            note("connections", number(said, "/connect/per_s")?);
            return Ok(());
        }
        let seen = if self.work == Work::Echo { "/acks_per_s" } else { "/deliveries_per_s" };
        let time = number(said, "/server_cpu_us_per_unit")?;
        note("server time", time);
        note("per CPU second", 1e6 / time);
        note("seen", number(said, seen)?);
        let expected = number(said, "/totals/expected_deliveries")?;
        note("lost", expected - number(said, "/totals/delivered")?);
        Ok(())
    }
}

/// A run of the generator with as many sockets against one server.
pub(super) fn load(program: &Path, address: &str, pid: u32, sockets: usize) -> Command {
    let mut run = pinned(LOAD_CORE, program);
    run.args(["--addr", address, "--sockets", &sockets.to_string()]);
    run.args(["--server-pid", &pid.to_string()]);
    // Ten thousand take the slowest peer a quarter of a minute on a quiet
    // machine; a busy one must not cost the whole run.
    run.args(["--connect-timeout", "300"]);
    run
}

/// A figure of what the generator said.
pub(super) fn number(said: &Value, at: &str) -> Result<f64> {
    said.pointer(at).and_then(Value::as_f64).with_context(|| format!("no {at} in {said}"))
}

pub(crate) struct Live {
    conformance: PathBuf,
    load: PathBuf,
    seconds: f64,
    is_quick: bool,
    signed: signed::Signed,
}

impl Live {
    pub(crate) fn prepare(options: &Options) -> Result<Self> {
        peer::install_bare()?;
        let load = load::build()?;
        let conformance = conformance()?;
        let signed = signed::Signed::prepare(options, &load)?;
        let seconds = if options.quick { 1.5 } else { 6.0 };
        Ok(Self { conformance, load, seconds, is_quick: options.quick, signed })
    }

    fn ours(&self) -> Result<Bare> {
        let mut server = pinned(SERVER_CORE, &self.conformance);
        server.args(["bench", "0"]);
        Bare::start(server)
    }

    fn two_workers(&self) -> Result<Bare> {
        let mut server = command(&self.conformance);
        server.args(["bench", "0", "2"]);
        Bare::start(server)
    }

    /// Cuts those who do not read sooner than a product would, for a run of seconds.
    fn impatient(&self) -> Result<Bare> {
        let mut server = pinned(SERVER_CORE, &self.conformance);
        server.args(["bench", "0", "1", &stalled::STALL_SECONDS.to_string()]);
        Bare::start(server)
    }

    fn measure(&self, run: &Run, server: &Bare) -> Result<Value> {
        let said =
            output(&mut run.command(&self.load, &server.address, server.pid(), self.seconds))?;
        serde_json::from_str(said.trim()).context("not JSON")
    }

    fn start(&self, variant: &str) -> Result<Bare> {
        match variant {
            NODE => Bare::node(),
            FLOOR => Bare::start(pinned(SERVER_CORE, self.load.with_file_name("bare"))),
            _ => self.ours(),
        }
    }
}

/// Builds the bare server, optimised.
fn conformance() -> Result<PathBuf> {
    let example = ["build", "--release", "--quiet", "--package", "socketio"];
    output(cargo().args(example).args(["--example", "conformance"]))?;
    let target = tree::variable("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| tree::root().join("target"), PathBuf::from);
    Ok(target.join("release/examples/conformance"))
}

impl super::Contest for Live {
    fn cases(&self) -> Vec<Case> {
        let runs = RUNS.iter().chain([&TWO_WORKERS]);
        runs.flat_map(Run::cases).chain(stalled::cases()).chain(signed::cases()).collect()
    }

    fn round(&mut self, number: u32, board: &mut Board) -> Result<()> {
        for run in &RUNS {
            let mut turns = vec![OURS, NODE];
            if run.has_floor() {
                turns.push(FLOOR);
            }
            // None always comes first.
            let first = number as usize % turns.len();
            turns.rotate_left(first);
            for variant in turns {
                let server = self.start(variant)?;
                run.note(board, variant, &self.measure(run, &server)?)?;
            }
        }
        let server = self.two_workers()?;
        TWO_WORKERS.note(board, OURS, &self.measure(&TWO_WORKERS, &server)?)?;
        drop(server);
        stalled::round(board, &self.load, || self.impatient(), self.is_quick)?;
        self.signed.round(board)
    }
}
