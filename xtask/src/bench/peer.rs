//! The peer: Express, Socket.IO and a durable store on Node, the way most
//! people write it, at its best.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::load::Shape;
use super::machine::{SERVER_CORE, pinned};
use crate::http::Client;
use crate::postgres::free_port;
use crate::process::{Running, TempDir, command, output};
use crate::{tree, web};

/// A running peer; gone when dropped.
pub(crate) struct Peer {
    running: Running,
    folder: TempDir,
    pub(crate) address: String,
}

pub(crate) fn sources() -> PathBuf {
    tree::root().join("bench/peer-node")
}

/// Installs its packages and builds its native add-ons, once.
pub(crate) fn install() -> Result<()> {
    web::install(&sources())?;
    let lock = std::fs::read(sources().join("package-lock.json"))?;
    let built = sources().join("node_modules/.built-lock");
    if std::fs::read(&built).is_ok_and(|held| held == lock) {
        return Ok(());
    }
    output(web::npm(&sources()).args(["rebuild", "--silent"]))?;
    std::fs::write(built, lock)?;
    Ok(())
}

impl Peer {
    /// Starts it with one of its stores; `postgres` is the URL for `pg`.
    pub(crate) fn start(store: &str, postgres: Option<&str>) -> Result<Self> {
        let folder = TempDir::new("peer")?;
        let port = free_port()?;
        let mut node = pinned(SERVER_CORE, "node");
        node.arg("server.js").current_dir(sources());
        node.env("PORT", port.to_string()).env("STORE", store).env("NODE_ENV", "production");
        node.env("DB", folder.path().join("peer.db")).stdout(Stdio::null());
        if let Some(url) = postgres {
            node.env("PG_URL", url);
        }
        let running = Running(node.spawn().context("could not start the peer")?);
        let peer = Self { running, folder, address: format!("127.0.0.1:{port}") };
        let deadline = Instant::now() + Duration::from_secs(20);
        while Client::new(peer.address.parse()?).ask("GET", "/healthz", None).is_err() {
            if Instant::now() > deadline {
                bail!("the peer does not start");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(peer)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.0.id()
    }

    /// One line for each socket: its token and its chat.
    pub(crate) fn members(&self, shape: Shape) -> Result<PathBuf> {
        let mut tokens = command("node");
        tokens.args(["mktokens.js", &shape.sockets.to_string()]).current_dir(sources());
        let said = output(&mut tokens)?;
        let lines = said.lines().enumerate();
        let lines = lines.map(|(index, token)| format!("{token} room{}\n", index % shape.chats));
        let file = self.folder.path().join("members");
        std::fs::write(&file, lines.collect::<String>())?;
        Ok(file)
    }
}

/// A server of the transport alone, ours or Node's: it says where it listens.
pub(crate) struct Bare {
    running: Running,
    pub(crate) address: String,
}

fn bare_sources() -> PathBuf {
    tree::root().join("bench/peer-socketio")
}

/// Installs socket.io with its native add-ons.
pub(crate) fn install_bare() -> Result<()> {
    web::install(&bare_sources())?;
    output(web::npm(&bare_sources()).args(["rebuild", "--silent"])).map(drop)
}

impl Bare {
    /// Socket.io on Node, on a free port.
    pub(crate) fn node() -> Result<Self> {
        let mut node = pinned(SERVER_CORE, "node");
        node.arg("server.js").current_dir(bare_sources()).env("NODE_ENV", "production");
        Self::start(node)
    }

    /// Starts a server and waits for its word.
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let mut running = Running(command.stdout(Stdio::piped()).spawn()?);
        let mut line = String::new();
        let said = running.0.stdout.take().context("its output is piped")?;
        BufReader::new(said).read_line(&mut line)?;
        let address = line.trim().rsplit(' ').next().filter(|word| word.contains(':'));
        let address = address.with_context(|| format!("no address in {line:?}"))?.to_owned();
        Ok(Self { running, address })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running.0.id()
    }
}
