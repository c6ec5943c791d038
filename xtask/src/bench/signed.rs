//! What somebody who is signed in costs the real server: the memory of an idle
//! connection with twenty chats, and the time until it stands.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::board::{Board, Case, OURS, Reach};
use super::live::{IDLE, load, number};
use super::load::Shape;
use super::machine::SERVER_CORE;
use super::peer::{self, Peer};
use super::{Options, build};
use crate::process::{TempDir, command, output};
use crate::tidings::Tidings;

const MEMORY: &str = "10,000 people idle in 20 chats each: memory";
const TIME: &str = "10,000 people idle in 20 chats each: server time to connect";
const PEER: &str = "peer-node";

/// Everybody has a chat of their own, and is in the next ones of the circle:
/// as many chats as people, each with as many members.
const CHATS: usize = 20;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new(MEMORY, "bytes each").goal("G5", &[], Reach::AtMost(4096.0)),
        Case::new(TIME, "µs each").goal("G6", &[], Reach::AtMost(100.0)).goal(
            "G6",
            &[PEER],
            Reach::AtMost(0.2),
        ),
    ]
}

pub(super) struct Signed {
    built: build::Built,
    load: PathBuf,
}

impl Signed {
    pub(super) fn prepare(options: &Options, load: &Path) -> Result<Self> {
        peer::install()?;
        Ok(Self { built: build::ours(options)?, load: load.to_path_buf() })
    }

    pub(super) fn round(&self, board: &mut Board) -> Result<()> {
        note(board, OURS, &self.ours()?)?;
        let peer = Peer::start("sqlite", None)?;
        let members = peer.members(Shape { sockets: IDLE, chats: IDLE / 20, window: 1 })?;
        note(board, PEER, &self.hold(&peer.address, peer.pid(), &members, &[])?)
    }

    /// A server that has done nothing yet has no memory to reuse, so its store
    /// is filled by another process.
    fn ours(&self) -> Result<Value> {
        let mut server = Tidings::new(&self.built.tidings)?;
        let mut seed = command(&self.built.parts);
        seed.arg("seed").arg("--data").arg(server.data());
        let public_url = format!("http://localhost:{}", server.address.port());
        seed.args(["--public-url", &public_url, "--chats", &IDLE.to_string()]);
        seed.args(["--members", "1", "--each", &CHATS.to_string()]);
        let folder = TempDir::new("members")?;
        let members = folder.path().join("members");
        std::fs::write(&members, output(&mut seed)?)?;
        server.environment.push(("TIDINGS_WORKERS", "1".into()));
        server.start()?;
        server.pin(SERVER_CORE)?;
        self.hold(&server.address.to_string(), server.pid()?, &members, NATIVE)
    }

    fn hold(&self, address: &str, pid: u32, members: &Path, dialect: &[&str]) -> Result<Value> {
        let mut run = load(&self.load, address, pid, IDLE);
        run.args(["--mode", "idle", "--settle-ms", "3000", "--warmup", "0", "--duration", "1"]);
        run.arg("--members").arg(members).args(dialect);
        serde_json::from_str(output(&mut run)?.trim()).context("not JSON")
    }
}

/// Whoever is connected hears of their chats without asking.
const NATIVE: &[&str] = &["--ns", "/v1", "--join-event", ""];

fn note(board: &mut Board, variant: &str, said: &Value) -> Result<()> {
    board.note(MEMORY, variant, number(said, "/memory/own_bytes_per_conn")?);
    board.note(TIME, variant, number(said, "/connect/server_cpu_us_each")?);
    Ok(())
}
