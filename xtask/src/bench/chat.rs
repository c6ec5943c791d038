//! The full path of a message: signed in, checked, durable, delivered to
//! everybody in the chat, acknowledged; against the usual stack on Node.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use super::board::{Board, Case, OURS, Reach};
use super::load::{self, Shape, Target};
use super::machine::SERVER_CORE;
use super::peer::{self, Peer};
use super::{Contest, Options};
use crate::process::TempDir;
use crate::serve;
use crate::tidings::{Tidings, befriend};

/// The variants of the peer, with the word it knows them by: a transaction for
/// each message is what most people write.
const PEERS: [(&str, &str); 2] = [("node", "sqlite"), ("node grouped", "sqlite-group")];

const PAIRS: &str = "P4 chats of 2";
const PAIRS_CPU: &str = "P4 chats of 2, server time";

pub(crate) struct Chat {
    binary: PathBuf,
    load: PathBuf,
    shape: Shape,
    seconds: u32,
}

impl Chat {
    pub(crate) fn prepare(options: &Options) -> Result<Self> {
        peer::install()?;
        let binary = match &options.binary {
            Some(binary) => binary.clone(),
            None => serve::build(true)?,
        };
        let chats = if options.quick { 100 } else { 1000 };
        let shape = Shape { sockets: 2 * chats, chats, window: 1 };
        let seconds = if options.quick { 4 } else { 10 };
        Ok(Self { binary, load: load::build()?, shape, seconds })
    }

    fn ours(&self) -> Result<Value> {
        let mut server = Tidings::new(&self.binary)?;
        server.start()?;
        let folder = TempDir::new("members")?;
        let members = folder.path().join("members");
        std::fs::write(&members, pairs(&server, self.shape.chats)?)?;
        server.pin(SERVER_CORE)?;
        let target = Target {
            address: server.address.to_string(),
            members: &members,
            pid: server.pid()?,
            dialect: DIALECT,
        };
        self.run(&target)
    }

    fn peer(&self, store: &str) -> Result<Value> {
        let peer = Peer::start(store, None)?;
        let members = peer.members(self.shape)?;
        let address = peer.address.clone();
        self.run(&Target { address, members: &members, pid: peer.pid(), dialect: &[] })
    }

    fn run(&self, target: &Target) -> Result<Value> {
        load::measure(&mut load::command(&self.load, target, self.shape, self.seconds))
    }
}

fn note(board: &mut Board, variant: &str, said: &Value) -> Result<()> {
    board.note(PAIRS, variant, said["acks_per_s"].as_f64().context("no rate")?);
    let time = said["server_cpu_us_per_unit"].as_f64().context("no time")?;
    board.note(PAIRS_CPU, variant, time);
    Ok(())
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

/// Two people for each chat: a line for each, with token and chat.
fn pairs(server: &Tidings, chats: usize) -> Result<String> {
    let mut lines = String::new();
    for pair in 0..chats {
        let one = server.sign_up(&format!("one{pair}"))?;
        let other = server.sign_up(&format!("other{pair}"))?;
        let chat = befriend(server.address, &one, &other)?;
        writeln!(lines, "{} {chat}\n{} {chat}", one.token, other.token)?;
    }
    Ok(lines)
}

impl Contest for Chat {
    fn cases(&self) -> Vec<Case> {
        let grouped = ["node", "node grouped"];
        vec![Case::new(PAIRS, "msg/s").goal("G7", &grouped, Reach::AtLeast(2.5)).goal(
            "G7",
            &["node"],
            Reach::AtLeast(10.0),
        )]
    }

    fn round(&mut self, _number: u32, board: &mut Board) -> Result<()> {
        note(board, OURS, &self.ours()?)?;
        for (name, store) in PEERS {
            note(board, name, &self.peer(store)?)?;
        }
        Ok(())
    }
}
