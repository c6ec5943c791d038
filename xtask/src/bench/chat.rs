//! The full path of a message: signed in, checked, durable, delivered to
//! everybody in the chat, acknowledged; against the usual stack on Node.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::board::{Board, Case, OURS, Reach};
use super::load::{self, Shape, Target};
use super::machine::SERVER_CORE;
use super::peer::{self, Peer};
use super::{Contest, Options, build};
use crate::postgres::Postgres;
use crate::process::{TempDir, command, output};
use crate::tidings::Tidings;

/// The variants of the peer, with the word it knows them by: a transaction for
/// each message is what most people write.
const PEERS: [(&str, &str); 3] =
    [("node", "sqlite"), ("node grouped", "sqlite-group"), ("node postgres", "pg")];
const ALL: [&str; 3] = ["node", "node grouped", "node postgres"];

/// A case: its shape, what it has to reach against the best of the peers, and
/// against the plain one.
struct Path {
    name: &'static str,
    shape: Shape,
    best: f64,
    plain: Option<f64>,
}

const fn shape(sockets: usize, chats: usize, window: usize) -> Shape {
    Shape { sockets, chats, window }
}

const PATHS: [Path; 5] = [
    Path { name: "P1 1 chat of 100", shape: shape(100, 1, 1), best: 1.4, plain: None },
    Path { name: "P2 the same, 8 under way", shape: shape(100, 1, 8), best: 4.0, plain: None },
    Path { name: "P3 100 chats of 10", shape: shape(1000, 100, 1), best: 1.9, plain: Some(5.0) },
    Path { name: "P4 1000 chats of 2", shape: shape(2000, 1000, 1), best: 2.5, plain: Some(10.0) },
    Path { name: "P5 1 chat of 1000", shape: shape(1000, 1, 1), best: 1.7, plain: None },
];

/// The same offered load for all: its answers are compared.
const STEADY: Shape = shape(1000, 100, 1);
const P50: &str = "500 msg/s, ack p50";
const P99: &str = "500 msg/s, ack p99";

pub(crate) struct Chat {
    built: build::Built,
    load: std::path::PathBuf,
    postgres: Postgres,
    seconds: u32,
    /// How often in a round the answers under the same load are compared.
    steady: u32,
}

impl Chat {
    pub(crate) fn prepare(options: &Options) -> Result<Self> {
        peer::install()?;
        Ok(Self {
            built: build::ours(options)?,
            load: load::build()?,
            postgres: Postgres::start_lasting()?,
            seconds: if options.quick { 2 } else { 6 },
            steady: if options.quick { 1 } else { 2 },
        })
    }

    /// A fresh server of ours with the people of that shape.
    fn ours(&self, shape: Shape, rate: Option<u32>) -> Result<Value> {
        let mut server = Tidings::new(&self.built.tidings)?;
        let port = server.address.port();
        let mut seed = command(&self.built.parts);
        seed.arg("seed").arg("--data").arg(server.data());
        seed.args(["--public-url", &format!("http://localhost:{port}")]);
        seed.args(["--chats", &shape.chats.to_string()]);
        seed.args(["--members", &(shape.sockets / shape.chats).to_string()]);
        let folder = TempDir::new("members")?;
        let members = folder.path().join("members");
        std::fs::write(&members, output(&mut seed)?)?;
        server.environment.push(("TIDINGS_WORKERS", "1".into()));
        server.start()?;
        server.pin(SERVER_CORE)?;
        let target = Target {
            address: server.address.to_string(),
            members: &members,
            pid: server.pid()?,
            dialect: DIALECT,
        };
        self.run(&target, shape, rate)
    }

    /// The peer, which may lose a run to a busy machine, such as by cutting
    /// sockets that it heard too late. Ours may not: that would be a fault.
    fn peer(&self, store: &str, shape: Shape, rate: Option<u32>) -> Result<Value> {
        let first = self.try_peer(store, shape, rate);
        first.or_else(|error| {
            eprintln!("once more, because the peer failed: {error:#}");
            self.try_peer(store, shape, rate)
        })
    }

    fn try_peer(&self, store: &str, shape: Shape, rate: Option<u32>) -> Result<Value> {
        let peer = Peer::start(store, Some(&self.postgres.url()))?;
        let members = peer.members(shape)?;
        let address = peer.address.clone();
        let target = Target { address, members: &members, pid: peer.pid(), dialect: &[] };
        self.run(&target, shape, rate)
    }

    /// A run that is over before the first answer came measured nothing, and
    /// is done again with more time: a slow variant waits for a slow disk.
    fn run(&self, target: &Target, shape: Shape, rate: Option<u32>) -> Result<Value> {
        for seconds in [self.seconds, 5 * self.seconds, 15 * self.seconds] {
            let mut run = load::command(&self.load, target, shape, seconds);
            if let Some(rate) = rate {
                run.args(["--rate", &rate.to_string()]);
            }
            let said = load::measure(&mut run)?;
            if said.pointer("/ack_latency/n").and_then(Value::as_u64) > Some(0) {
                return Ok(said);
            }
        }
        bail!("no answer came in {} s", 15 * self.seconds)
    }

    /// One measurement of every variant, ours first.
    fn all(&self, shape: Shape, rate: Option<u32>) -> Result<Vec<(&'static str, Value)>> {
        let mut said = vec![(OURS, self.ours(shape, rate)?)];
        for (name, store) in PEERS {
            said.push((name, self.peer(store, shape, rate)?));
        }
        Ok(said)
    }
}

/// Our native events.
const DIALECT: &[&str] = &[
    "--ns",
    "/v1",
    "--join-event",
    "",
    "--send-event",
    "message.send",
    "--recv-event",
    "message.new",
    "--ack-ok",
    "\"ok\":true",
    "--template",
    r#"{"chat":"{room}","client_id":"{run}-{seq}","body":"{body}"}"#,
];

fn time_of(path: &Path) -> String {
    format!("{}, server time", path.name)
}

fn figure(said: &Value, name: &str) -> Result<f64> {
    said.pointer(name).and_then(Value::as_f64).with_context(|| format!("no {name} in {said}"))
}

impl Contest for Chat {
    fn cases(&self) -> Vec<Case> {
        let mut cases = Vec::new();
        for path in &PATHS {
            let mut rate = Case::new(path.name, "msg/s");
            rate = rate.goal("G7", &ALL, Reach::AtLeast(path.best));
            if let Some(plain) = path.plain {
                rate = rate.goal("G7", &["node"], Reach::AtLeast(plain));
            }
            cases.push(rate);
            cases.push(Case::new(time_of(path), "µs/delivery"));
        }
        cases.push(Case::new(P50, "µs").goal("G8", &ALL, Reach::AtMost(0.7)));
        cases.push(Case::new(P99, "µs").goal("G8", &ALL, Reach::AtMost(1.0)));
        cases
    }

    fn round(&mut self, _number: u32, board: &mut Board) -> Result<()> {
        for path in &PATHS {
            for (name, said) in self.all(path.shape, None)? {
                board.note(path.name, name, figure(&said, "/acks_per_s")?);
                board.note(&time_of(path), name, figure(&said, "/server_cpu_us_per_unit")?);
            }
        }
        for _ in 0..self.steady {
            for (name, said) in self.all(STEADY, Some(500))? {
                board.note(P50, name, figure(&said, "/ack_latency/p50_us")?);
                board.note(P99, name, figure(&said, "/ack_latency/p99_us")?);
            }
        }
        Ok(())
    }
}
