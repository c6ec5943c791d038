//! What somebody who is signed in costs the real server: the memory of an idle
//! connection with twenty chats, and the time until it stands.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::Options;
use super::board::{Board, Case, OURS, Reach};
use super::live::{IDLE, load, number};
use super::load::Shape;
use super::machine::SERVER_CORE;
use super::peer::{self, Peer};
use crate::http::Client;
use crate::process::{TempDir, output};
use crate::serve;
use crate::tidings::{Person, Tidings, befriend};

const MEMORY: &str = "10,000 idle, signed in, 20 chats: memory";
const TIME: &str = "10,000 idle, signed in, 20 chats: server time to connect";
const PEER: &str = "peer-node";

/// People, each with as many devices as it takes.
const PEOPLE: usize = 250;
/// Each befriends as many behind and before them in the circle.
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

/// A server on which people know one another.
pub(super) struct Signed {
    server: Tidings,
    people: Vec<Person>,
    load: PathBuf,
    folder: TempDir,
}

impl Signed {
    pub(super) fn prepare(options: &Options, load: &Path) -> Result<Self> {
        peer::install()?;
        let binary = match &options.binary {
            Some(binary) => binary.clone(),
            None => serve::build(true)?,
        };
        let mut server = Tidings::new(&binary)?;
        server.start()?;
        let people = (0..PEOPLE).map(|number| server.sign_up(&format!("person{number}")));
        let people = people.collect::<Result<Vec<_>>>()?;
        for (number, person) in people.iter().enumerate() {
            for step in 1..=CHATS / 2 {
                befriend(server.address, person, &people[(number + step) % PEOPLE])?;
            }
        }
        server.kill();
        Ok(Self { server, people, load: load.to_path_buf(), folder: TempDir::new("signed")? })
    }

    pub(super) fn round(&mut self, number: u32, board: &mut Board) -> Result<()> {
        // A server that has done nothing yet has no memory to reuse.
        self.server.start()?;
        if number > 1 {
            self.sign_in()?;
            self.server.kill();
            self.server.start()?;
        }
        self.server.pin(SERVER_CORE)?;
        let members = self.folder.path().join("members");
        std::fs::write(&members, self.members()?)?;
        let address = self.server.address.to_string();
        let said = self.hold(&address, self.server.pid()?, &members, NATIVE)?;
        self.server.kill();
        note(board, OURS, &said)?;
        let peer = Peer::start("sqlite", None)?;
        let members = peer.members(Shape { sockets: IDLE, chats: IDLE / 10, window: 1 })?;
        note(board, PEER, &self.hold(&peer.address, peer.pid(), &members, &[])?)
    }

    /// Tokens of an earlier round may have expired.
    fn sign_in(&mut self) -> Result<()> {
        let mut client = Client::new(self.server.address);
        self.people.iter_mut().try_for_each(|person| person.sign_in(&mut client))
    }

    fn members(&self) -> Result<String> {
        let mut lines = String::new();
        for person in &self.people {
            writeln!(lines, "{}", person.token)?;
        }
        Ok(lines)
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
    board.note(MEMORY, variant, number(said, "/memory/rss_bytes_per_conn")?);
    board.note(TIME, variant, number(said, "/connect/server_cpu_us_each")?);
    Ok(())
}
